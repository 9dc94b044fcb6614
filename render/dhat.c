/*
 * dhat.c - the file of valgrind's DHAT, version 2, as dh_view.html and the Firefox Profiler
 * read it.
 *
 * Both want unique stacks of texts: frames that read the same are one, and so are stacks.  What
 * a heap profile does not know (lifetimes, the time) is 0.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/jsonw.h"
#include "analyzer/base/strtab.h"
#include "analyzer/ops/rounded.h"
#include "render/metadata.h"
#include "render/render.h"

enum column { TOTAL_BYTES, TOTAL_BLOCKS, LIVE_BYTES, LIVE_BLOCKS, N_COLUMNS };

struct dhat_writer {
	const struct hprof_view *v;   /* rounded */
	struct hp_strtab texts;       /* from id 1 on those of frames; 1 is "[root]" */
	uint32_t *text;               /* [n_frames] 1 + id; 0: not made yet */
	struct hp_tree tree;          /* its frames are ids of texts */
	const double *own[N_COLUMNS]; /* per node of the view; NULL: not known */
	double *value[N_COLUMNS];     /* [tree.n] */
};

static const double *find_type(const struct hprof_view *v, const char *name)
{
	for (uint32_t t = 0; t < v->n_types; t++)
		if (hp_slice_same(hp_view_str(v, v->types[t].name), hp_slice_str(name)))
			return v->types[t].value;
	return NULL;
}

/* What was never freed, or not recorded, is all there was. */
static void find_columns(struct dhat_writer *m)
{
	const struct hp_vtype *chosen = &m->v->types[m->v->chosen];

	m->own[LIVE_BYTES] = find_type(m->v, "inuse_space");
	m->own[LIVE_BLOCKS] = find_type(m->v, "inuse_objects");
	if (!m->own[LIVE_BYTES] && chosen->unit == HP_UNIT_BYTES)
		m->own[LIVE_BYTES] = chosen->value;
	m->own[TOTAL_BYTES] = find_type(m->v, "alloc_space");
	m->own[TOTAL_BLOCKS] = find_type(m->v, "alloc_objects");
	if (!m->own[TOTAL_BYTES]) {
		m->own[TOTAL_BYTES] = m->own[LIVE_BYTES];
		m->own[TOTAL_BLOCKS] = m->own[LIVE_BLOCKS];
	}
}

/*
 * "0xaddress: FUNCTION (FILE:LINE:COLUMN)": the Firefox Profiler wants small digits and a column, 0
 * is none.
 * Without a source file its place is "in MODULE".
 */
static int format_frame(const struct hprof_view *v, const struct hp_vframe *f, char **out)
{
	struct hp_label label;
	struct hp_slice name = hp_view_label(v, f, &label), place = HP_LIT("???");
	bool in_module = !f->file.i && f->module != HP_NONE;

	if (!f->has_addr && !f->file.i && f->module == HP_NONE)
		return asprintf(out, "%.*s", (int)name.len, name.ptr); /* "[no stack]" */
	if (f->file.i)
		place = hp_view_str(v, f->file);
	else if (in_module)
		place = hp_view_str(v, v->modules[f->module].path);
	return asprintf(out, "0x%" PRIx64 ": %.*s (%s%.*s:%" PRIu32 ":0)", f->addr, (int)name.len,
			name.ptr, in_module ? "in " : "", (int)place.len, place.ptr, f->line);
}

static int find_text(struct dhat_writer *m, uint32_t frame, uint32_t *out, struct hprof_error *err)
{
	hp_strid id;
	char *text;
	int r;

	if (!m->text[frame]) {
		if (format_frame(m->v, &m->v->frames[frame], &text) < 0)
			return hp_fail_nomem(err);
		r = hp_strtab_add(&m->texts, hp_slice_str(text), &id, err);
		free(text);
		if (r < 0)
			return r;
		m->text[frame] = id.i + 1;
	}
	*out = m->text[frame] - 1;
	return HPROF_OK;
}

/* Which nodes of the view have values, or are on the way to some. */
static bool *find_used(const struct dhat_writer *m)
{
	const struct hp_tree *t = &m->v->tree;
	bool *used = calloc(t->n, sizeof(*used));

	if (!used)
		return NULL;
	for (uint32_t i = 1; i < t->n; i++)
		for (size_t c = 0; c < N_COLUMNS; c++)
			used[i] |= m->own[c] && m->own[c][i] != 0;
	hp_tree_mark(t->parent, t->n, used);
	return used;
}

/* Make the tree of texts; @node receives where each node of the view went. */
static int make_tree(struct dhat_writer *m, const bool *used, uint32_t *node,
		     struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;
	uint32_t text = 0;
	int r = hp_tree_add(&m->tree, m->v->seed, HP_NONE, HP_NONE, &node[0], err);

	for (uint32_t i = 1; r == HPROF_OK && i < t->n; i++) {
		if (!used[i])
			continue;
		r = find_text(m, t->frame[i], &text, err);
		if (r == HPROF_OK)
			r = hp_tree_add(&m->tree, m->v->seed, node[t->parent[i]], text, &node[i],
					err);
	}
	return r;
}

static int make_values(struct dhat_writer *m, const uint32_t *node, struct hprof_error *err)
{
	for (size_t c = 0; c < N_COLUMNS; c++) {
		m->value[c] = calloc(m->tree.n, sizeof(double));
		if (!m->value[c])
			return hp_fail_nomem(err);
		for (uint32_t i = 0; m->own[c] && i < m->v->tree.n; i++)
			m->value[c][node[i]] += m->own[c][i];
	}
	return HPROF_OK;
}

static int dhat_prepare(struct dhat_writer *m, struct hprof_error *err)
{
	uint32_t *node = calloc(m->v->tree.n, sizeof(*node));
	bool *used;
	hp_strid root;
	int r;

	find_columns(m);
	used = find_used(m);
	m->text = calloc((size_t)m->v->n_frames + 1, sizeof(*m->text));
	r = node && used && m->text ? hp_strtab_init(&m->texts, 0, err) : hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&m->texts, HP_LIT("[root]"), &root, err);
	if (r == HPROF_OK)
		r = make_tree(m, used, node, err);
	if (r == HPROF_OK)
		r = make_values(m, node, err);
	free(node);
	free(used);
	return r;
}

static void dhat_release(struct dhat_writer *m)
{
	for (size_t c = 0; c < N_COLUMNS; c++)
		free(m->value[c]);
	free(m->text);
	hp_tree_release(&m->tree);
	hp_strtab_release(&m->texts);
}

static void put_number(struct hp_jsonw *w, const char *key, double v)
{
	hp_jsonw_key(w, key);
	hp_jsonw_integer(w, v);
}

/* What ran, "" where the profile does not tell. */
static struct hp_slice program_of(const struct hprof_profile *p)
{
	if (p->snapshots.command.i)
		return hp_profile_str(p, p->snapshots.command);
	for (uint32_t i = 0; i < p->modules.n; i++)
		if (p->modules.row[i].main)
			return hp_profile_str(p, p->modules.row[i].path);
	return HP_LIT("");
}

/* The program of all profiles, or else their names. */
static void put_command(struct hp_jsonw *w, const struct hprof_view *v)
{
	struct hp_slice program = program_of(v->profiles[0]);
	struct hp_slice name = hp_slice_basename(hp_input_of(v, 0));
	char more[HP_MORE_MAX], text[NAME_MAX + HP_MORE_MAX];

	for (size_t i = 1; i < v->n_profiles; i++)
		if (!hp_slice_same(program, program_of(v->profiles[i])))
			program.len = 0;
	if (!program.len && name.len <= NAME_MAX) {
		(void)snprintf(text, sizeof(text), "%.*s%s", (int)name.len, name.ptr,
			       hp_input_more(v, more)); /* fits */
		name = hp_slice_str(text);
	}
	hp_jsonw_key(w, "cmd");
	hp_jsonw_text(w, program.len ? program : name);
}

static void put_head(struct hp_jsonw *w, const struct hprof_view *v)
{
	static const struct {
		const char *key, *text;
	} texts[] = {{"mode", "heap"}, {"verb", "Allocated"}, {"tu", "instrs"}, {"Mtu", "Minstr"}};

	put_number(w, "dhatFileVersion", 2);
	for (size_t i = 0; i < HP_LEN(texts); i++) {
		hp_jsonw_key(w, texts[i].key);
		hp_jsonw_str(w, texts[i].text);
	}
	hp_jsonw_key(w, "bklt"); /* without it there are no values but the totals */
	hp_jsonw_bool(w, true);
	hp_jsonw_key(w, "bkacc");
	hp_jsonw_bool(w, false);
	hp_jsonw_key(w, "tuth"); /* nothing is known to have lived shortly */
	hp_jsonw_real(w, -1);
	put_command(w, v);
	put_number(w, "pid", 0);
	put_number(w, "te", 0);
	put_number(w, "tg", 0);
}

static void put_point(struct hp_jsonw *w, const struct dhat_writer *m, uint32_t node)
{
	static const struct {
		const char *key;
		enum column column;
	} values[] = {{"tb", TOTAL_BYTES},  {"tbk", TOTAL_BLOCKS}, {"mb", LIVE_BYTES},
		      {"mbk", LIVE_BLOCKS}, {"gb", LIVE_BYTES},    {"gbk", LIVE_BLOCKS},
		      {"eb", LIVE_BYTES},   {"ebk", LIVE_BLOCKS}};

	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	for (size_t i = 0; i < HP_LEN(values); i++)
		put_number(w, values[i].key, m->value[values[i].column][node]);
	put_number(w, "tl", 0);
	hp_jsonw_key(w, "fs");
	hp_jsonw_open(w, '[');
	for (uint32_t at = node; at != 0; at = m->tree.parent[at])
		hp_jsonw_uint(w, m->tree.frame[at] - 1); /* id 0 is the empty text */
	hp_jsonw_close(w, ']');
	hp_jsonw_close(w, '}');
}

static bool has_value(const struct dhat_writer *m, uint32_t node)
{
	for (size_t c = 0; c < N_COLUMNS; c++)
		if (m->value[c][node] != 0)
			return true;
	return false;
}

static void write_file(const struct dhat_writer *m, struct hp_out *out)
{
	struct hp_jsonw w;

	hp_jsonw_init(&w, out);
	hp_jsonw_open(&w, '{');
	put_head(&w, m->v);
	hp_jsonw_key(&w, "pps");
	hp_jsonw_open(&w, '[');
	for (uint32_t i = 1; i < m->tree.n; i++)
		if (has_value(m, i))
			put_point(&w, m, i);
	hp_jsonw_close(&w, ']');
	hp_jsonw_key(&w, "ftbl");
	hp_jsonw_open(&w, '[');
	for (uint32_t i = 1; i < m->texts.n; i++) {
		hp_jsonw_line(&w);
		hp_jsonw_text(&w, hp_strtab_get(&m->texts, (hp_strid){i}));
	}
	hp_jsonw_close(&w, ']');
	hp_jsonw_close(&w, '}');
}

static int dhat_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		     struct hp_out *out, struct hprof_error *err)
{
	struct hprof_view rounded;
	struct dhat_writer m = {.v = &rounded};
	int r = hp_view_round(v, &rounded, err);

	(void)o;
	if (r < 0)
		return r;
	r = dhat_prepare(&m, err);
	if (r == HPROF_OK)
		write_file(&m, out);
	dhat_release(&m);
	hp_view_round_release(&rounded);
	return r;
}

const struct hp_output hp_output_dhat = {
	{"dhat", "a file of valgrind's DHAT, for dh_view.html and the Firefox Profiler", true},
	dhat_draw,
};
