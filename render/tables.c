/*
 * tables.c - profiles as tables for databases, an object of JSON per line: dumps, stacks, samples
 * and symbols.
 *
 * Each profile stays one dump.  What the tables are joined by does not depend on the run, the
 * host or what else is exported (ops/identity.h): files of many exports can be read together.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/ops/apportion.h"
#include "analyzer/ops/stable_id.h"
#include "render/common.h"
#include "render/render.h"
#include "render/words.h"

enum table {
	DUMPS = 1,
	STACKS = 2,
	SAMPLES = 4,
	SYMBOLS = 8,
	ALL = DUMPS | STACKS | SAMPLES | SYMBOLS,
};

/* Every table has columns for these, whether a profile has them or not. */
static const char *const standard[] = {"inuse_space", "inuse_objects", "alloc_space",
				       "alloc_objects"};

/* Columns of a sample type: its value, and of a sample the error and what stands in the file. */
static const char *const ends[] = {"", "_stderr", "_recorded"};

/* Other columns of the tables that have these, no names for those of a type. */
static const char *const reserved[] = {
	"table",    "dump_id",         "path",        "time", "format",
	"writer",   "sampling_period", "snapshot",    "exe",  "exe_build_id",
	"stack_id", "thread",          "thread_name",
};

/* Identities that were written before. */
struct seen {
	struct hp_stable_id *id;
	uint32_t n, cap;
	struct hp_index index;
};

struct tables_writer {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	struct hp_out *out;
	unsigned tables;
	struct hp_jsonw w;
	struct seen stacks, locs;
	struct hp_word
		*word; /* [n_words] names of the types of all profiles, the standard ones first */
	size_t n_words;
	struct hp_strtab words;
	/* of the profile at hand */
	const struct hprof_profile *p;
	const struct hp_samples *s;
	const uint32_t *node; /* [s->n] of the view's tree; HP_NONE: left out */
	struct hp_stable_ids ids;
	uint32_t snapshot; /* that is shown; HP_NONE: all, or there are none */
	size_t *word_of;   /* [p->n_types] rows of @word */
	double **value;    /* [p->n_types] of samples, in whole numbers; NULL: absent */
	double *total;     /* [p->n_types] */
	uint32_t *thread;  /* [stacks.n] 1 + the one thread that has a stack; 0: none, or several */
	bool *walked;      /* [stacks.n] */
};

static bool same_id(const void *ctx, uint32_t row, const void *key)
{
	return memcmp(((const struct hp_stable_id *)ctx)[row].byte, key,
		      sizeof(struct hp_stable_id)) == 0;
}

/* Whether @id is new; then it is noted. */
static int is_new(struct seen *s, const struct hp_stable_id *id, bool *out, struct hprof_error *err)
{
	uint32_t tag;

	memcpy(&tag, id->byte, sizeof(tag));
	*out = hp_index_find(&s->index, tag, same_id, s->id, id->byte) == UINT32_MAX;
	if (!*out)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(s->id, s->n, s->cap) || !hp_index_add(&s->index, tag, s->n))
		return hp_fail_nomem(err);
	s->id[s->n++] = *id;
	return HPROF_OK;
}

/* --- values of a profile --- */

static int make_values(struct tables_writer *w, uint32_t t, struct hprof_error *err)
{
	double total = 0;
	int r;

	w->value[t] = calloc((size_t)w->s->n + 1, sizeof(double));
	if (!w->value[t])
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < w->s->n; i++) {
		if (w->node[i] == HP_NONE)
			continue;
		w->value[t][i] = w->s->estimate[t][i];
		total += w->value[t][i];
	}
	r = hp_apportion(w->value[t], w->s->n, total, err);
	w->total[t] = round(total);
	return r;
}

/* Which stacks belong to one thread alone. */
static void find_threads(struct tables_writer *w)
{
	const struct hp_samples *s = &w->p->by_thread;

	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t *owner = &w->thread[s->stack[i].i], own = s->thread[i].i + 1;

		*owner = *owner == 0 || *owner == own ? own : HP_NONE;
	}
	for (uint32_t i = 0; i < w->p->stacks.n; i++)
		if (w->thread[i] == HP_NONE)
			w->thread[i] = 0;
}

/* --- names of columns --- */

/* The row of the words of type @name; w->n_words: there is none. */
static size_t word_of(const struct tables_writer *w, struct hp_slice name)
{
	size_t i = 0;

	while (i < w->n_words && !hp_slice_same(w->word[i].name, name))
		i++;
	return i;
}

static void add_word(struct tables_writer *w, struct hp_slice name)
{
	if (word_of(w, name) == w->n_words)
		w->word[w->n_words++] = (struct hp_word){name, ends, HP_LEN(ends), {0}};
}

/* A type has the same columns in all profiles. */
static int name_columns(struct tables_writer *w, struct hprof_error *err)
{
	const struct hprof_view *v = w->v;
	size_t n = HP_LEN(standard);
	int r = hp_strtab_init(&w->words, 0, err);

	for (size_t i = 0; i < v->n_profiles; i++)
		n += v->profiles[i]->n_types;
	w->word = calloc(n, sizeof(*w->word));
	if (r == HPROF_OK && !w->word)
		r = hp_fail_nomem(err);
	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(standard); i++)
		add_word(w, hp_slice_str(standard[i]));
	for (size_t i = 0; r == HPROF_OK && i < v->n_profiles; i++)
		for (uint32_t t = 0; t < v->profiles[i]->n_types; t++)
			add_word(w, hp_profile_str(v->profiles[i], v->profiles[i]->types[t].name));
	return r < 0 ? r
		     : hp_words_find(w->word, w->n_words, reserved, HP_LEN(reserved), &w->words,
				     err);
}

static int begin_profile(struct tables_writer *w, size_t n, struct hprof_error *err)
{
	int r;

	w->p = w->v->profiles[n];
	w->s = hp_view_samples(w->v, n);
	w->snapshot = w->v->sources[n].snapshot;
	w->node = w->v->sample_node[n];
	r = hp_stable_ids_init(w->p, w->snapshot, &w->ids, err);
	if (r < 0)
		return r;
	w->word_of = calloc((size_t)w->p->n_types + 1, sizeof(*w->word_of));
	w->value = calloc((size_t)w->p->n_types + 1, sizeof(double *));
	w->total = calloc((size_t)w->p->n_types + 1, sizeof(double));
	w->thread = calloc(w->p->stacks.n, sizeof(*w->thread));
	w->walked = calloc(w->p->stacks.n, sizeof(*w->walked));
	if (!w->word_of || !w->value || !w->total || !w->thread || !w->walked)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; r == HPROF_OK && t < w->p->n_types; t++) {
		w->word_of[t] = word_of(w, hp_profile_str(w->p, w->p->types[t].name));
		if (!w->p->types[t].absent && w->s->estimate[t])
			r = make_values(w, t, err);
	}
	find_threads(w);
	return r;
}

static void end_profile(struct tables_writer *w)
{
	for (uint32_t t = 0; w->value && t < w->p->n_types; t++)
		free(w->value[t]);
	free(w->word_of);
	free(w->value);
	free(w->total);
	free(w->thread);
	free(w->walked);
	hp_stable_ids_release(&w->ids);
	w->word_of = NULL;
	w->value = NULL;
	w->total = NULL;
	w->thread = NULL;
	w->walked = NULL;
}

static bool is_kept(const struct tables_writer *w, uint32_t sample)
{
	if (w->node[sample] == HP_NONE)
		return false;
	for (uint32_t t = 0; t < w->p->n_types; t++)
		if (w->value[t] && w->s->estimate[t][sample] != 0)
			return true;
	return false;
}

/* --- parts of a line --- */

static void begin_line(struct tables_writer *w, const char *table)
{
	hp_jsonw_init(&w->w, w->out);
	hp_jsonw_open(&w->w, '{');
	if (w->tables != ALL)
		return;
	hp_jsonw_key(&w->w, "table");
	hp_jsonw_str(&w->w, table);
}

static void put_null(struct hp_jsonw *w)
{
	hp_jsonw_real(w, (double)NAN);
}

static void tables_put_text(struct tables_writer *w, const char *key, struct hp_slice s)
{
	if (key)
		hp_jsonw_key(&w->w, key);
	if (s.len)
		hp_jsonw_text(&w->w, s);
	else
		put_null(&w->w);
}

static void put_id(struct tables_writer *w, const char *key, const struct hp_stable_id *id)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * sizeof(id->byte)];

	for (size_t i = 0; i < sizeof(id->byte); i++) {
		text[2 * i] = digits[id->byte[i] >> 4];
		text[2 * i + 1] = digits[id->byte[i] & 15];
	}
	if (key)
		hp_jsonw_key(&w->w, key);
	hp_jsonw_text(&w->w, (struct hp_slice){text, sizeof(text)});
}

static void put_line_number(struct tables_writer *w, const char *key, uint32_t line)
{
	if (key)
		hp_jsonw_key(&w->w, key);
	if (line)
		hp_jsonw_uint(&w->w, line);
	else
		put_null(&w->w);
}

/* Key of a column of the type with word @word: letters, digits and '_' only. */
static void put_key(struct tables_writer *w, size_t word, const char *end)
{
	struct hp_slice text = hp_strtab_get(&w->words, w->word[word].word);
	char key[HP_WORD_MAX];

	(void)snprintf(key, sizeof(key), "%s%s", text.ptr, end); /* fits */
	hp_jsonw_key(&w->w, key);
}

static uint32_t find_type(const struct tables_writer *w, size_t word)
{
	for (uint32_t t = 0; t < w->p->n_types; t++)
		if (w->value[t] && w->word_of[t] == word)
			return t;
	return HP_NONE;
}

/* The columns of one type, which may be HP_NONE: of sample @i, or of the whole (HP_NONE). */
static void put_value(struct tables_writer *w, size_t word, uint32_t t, uint32_t i)
{
	put_key(w, word, ends[0]);
	if (t == HP_NONE)
		put_null(&w->w);
	else
		hp_jsonw_integer(&w->w, i == HP_NONE ? w->total[t] : w->value[t][i]);
	if (i == HP_NONE)
		return;
	put_key(w, word, ends[1]);
	hp_jsonw_real(&w->w, t == HP_NONE || hp_profile_errors(w->p, t) != HP_ERRORS_KNOWN
				     ? (double)NAN
				     : sqrt(w->s->variance[t][i]));
	put_key(w, word, ends[2]);
	if (t == HP_NONE)
		put_null(&w->w);
	else
		hp_jsonw_integer(&w->w, w->s->recorded[t][i]);
}

static void put_values(struct tables_writer *w, uint32_t i)
{
	for (size_t k = 0; k < HP_LEN(standard); k++)
		put_value(w, k, find_type(w, k), i);
	for (uint32_t t = 0; t < w->p->n_types; t++)
		if (w->value[t] && w->word_of[t] >= HP_LEN(standard))
			put_value(w, w->word_of[t], t, i);
}

/* --- tables --- */

static hp_modid main_module(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->modules.n; i++)
		if (p->modules.row[i].main)
			return (hp_modid){i};
	return (hp_modid){HP_NONE};
}

static void put_dump(struct tables_writer *w)
{
	const struct hprof_profile *p = w->p;
	hp_modid exe = main_module(p);
	bool has_time = w->o->has_time || p->time_ns;
	int64_t time_ns = w->o->has_time ? w->o->time_ns : p->time_ns;

	begin_line(w, "dumps");
	put_id(w, "dump_id", &w->ids.dump);
	tables_put_text(w, "path", hp_profile_str(p, p->input));
	hp_jsonw_key(&w->w, "time");
	hp_jsonw_real(&w->w, has_time ? (double)time_ns / 1e9 : (double)NAN);
	tables_put_text(w, "format", hp_slice_str(p->format));
	tables_put_text(w, "writer", hp_profile_str(p, p->writer));
	hp_jsonw_key(&w->w, "sampling_period");
	hp_jsonw_uint(&w->w, hp_profile_period(p));
	hp_jsonw_key(&w->w, "snapshot");
	if (w->snapshot != HP_NONE)
		hp_jsonw_uint(&w->w, w->snapshot);
	else
		put_null(&w->w);
	tables_put_text(w, "exe",
			exe.i == HP_NONE ? p->snapshots.command.i
						   ? hp_profile_str(p, p->snapshots.command)
						   : (struct hp_slice){"", 0}
					 : hp_profile_str(p, p->modules.row[exe.i].path));
	tables_put_text(w, "exe_build_id", hp_module_build_id(p, exe));
	put_values(w, HP_NONE);
	hp_jsonw_close(&w->w, '}');
}

/* Of three names the one that was asked for. */
static struct hp_slice choose_name(const struct tables_writer *w, struct hp_slice name,
				   struct hp_slice full, struct hp_slice linkage)
{
	switch (w->v->opts.names) {
	case HPROF_NAMES_SHORT:
		return name;
	case HPROF_NAMES_FULL:
		return full;
	case HPROF_NAMES_MANGLED:
		break;
	}
	return linkage.len ? linkage : full;
}

static struct hp_slice name_of(const struct tables_writer *w, const struct hp_vframe *f,
			       struct hp_label *buf)
{
	const struct hprof_view *v = w->v;
	const struct hp_vfunc *func;

	if (f->func == HP_NONE)
		return hp_view_label(v, f, buf);
	func = &v->funcs[f->func];
	return choose_name(w, hp_view_str(v, func->name), hp_view_str(v, func->full),
			   hp_view_str(v, func->linkage));
}

enum list { NAMES, MODULES, FILES, LINES };

static void put_list(struct tables_writer *w, const char *key, enum list what, uint32_t node)
{
	const struct hprof_view *v = w->v;
	struct hp_label label;

	hp_jsonw_key(&w->w, key);
	hp_jsonw_open(&w->w, '[');
	for (uint32_t at = node; at != 0; at = v->tree.parent[at]) {
		const struct hp_vframe *f = &v->frames[v->tree.frame[at]];

		if (what == NAMES)
			tables_put_text(w, NULL, name_of(w, f, &label));
		else if (what == MODULES)
			tables_put_text(w, NULL,
					f->module == HP_NONE
						? (struct hp_slice){"", 0}
						: hp_view_str(v, v->modules[f->module].path));
		else if (what == FILES)
			tables_put_text(w, NULL, hp_view_str(v, f->file));
		else
			put_line_number(w, NULL, f->line);
	}
	hp_jsonw_close(&w->w, ']');
}

/* Whether the writer could not tell the callers of the outermost address. */
static bool is_truncated(const struct hprof_profile *p, hp_stackid stack)
{
	while (p->stacks.parent[stack.i].i != 0 && stack.i != 0)
		stack = p->stacks.parent[stack.i];
	return stack.i != 0 && p->stacks.loc[stack.i].i < HP_TRUNCATED_LOCS &&
	       p->locs.frame_n[p->stacks.loc[stack.i].i] > 0;
}

static void put_stack(struct tables_writer *w, hp_stackid stack, uint32_t node)
{
	const struct hprof_view *v = w->v;
	uint64_t depth = 0;

	for (uint32_t at = node; at != 0; at = v->tree.parent[at])
		depth++;
	begin_line(w, "stacks");
	put_id(w, "stack_id", &w->ids.stack[stack.i]);
	hp_jsonw_key(&w->w, "depth");
	hp_jsonw_uint(&w->w, depth);
	put_list(w, "frames", NAMES, node);
	put_list(w, "modules", MODULES, node);
	put_list(w, "files", FILES, node);
	put_list(w, "lines", LINES, node);
	hp_jsonw_key(&w->w, "locations");
	hp_jsonw_open(&w->w, '[');
	for (hp_stackid at = stack; at.i != 0; at = w->p->stacks.parent[at.i])
		if (w->p->stacks.loc[at.i].i >= HP_TRUNCATED_LOCS)
			put_id(w, NULL, &w->ids.loc[w->p->stacks.loc[at.i].i]);
	hp_jsonw_close(&w->w, ']');
	hp_jsonw_key(&w->w, "truncated");
	hp_jsonw_bool(&w->w, is_truncated(w->p, stack));
	hp_jsonw_close(&w->w, '}');
}

/* Frame @k of the location, counted from the innermost; HP_NONE: it has no names. */
static void put_symbol(struct tables_writer *w, hp_locid loc, uint32_t k)
{
	const struct hprof_profile *p = w->p;
	struct hp_code_addr code = hp_code_addr_of(p, loc);
	uint32_t row = k == HP_NONE ? 0 : p->locs.frame_first[loc.i] + k;
	hp_funcid f = k == HP_NONE ? (hp_funcid){0} : p->frames.func[row];
	char offset[24];

	begin_line(w, "symbols");
	put_id(w, "location_id", &w->ids.loc[loc.i]);
	tables_put_text(w, "build_id", hp_module_build_id(p, code.module));
	tables_put_text(w, "module",
			code.module.i == HP_NONE
				? (struct hp_slice){"", 0}
				: hp_profile_str(p, p->modules.row[code.module.i].path));
	(void)snprintf(offset, sizeof(offset), "0x%" PRIx64, code.offset); /* fits */
	tables_put_text(w, "offset", hp_slice_str(offset));
	hp_jsonw_key(&w->w, "inline_depth");
	hp_jsonw_uint(&w->w, k == HP_NONE ? 0 : k);
	if (k == HP_NONE) {
		tables_put_text(w, "function", (struct hp_slice){"", 0});
		tables_put_text(w, "linkage_name", (struct hp_slice){"", 0});
		tables_put_text(w, "file", (struct hp_slice){"", 0});
		put_line_number(w, "line", 0);
	} else {
		tables_put_text(w, "function",
				choose_name(w, hp_profile_str(p, p->funcs.name[f.i]),
					    hp_profile_str(p, p->funcs.full[f.i]),
					    hp_profile_str(p, p->funcs.linkage[f.i])));
		tables_put_text(w, "linkage_name", hp_profile_str(p, p->funcs.linkage[f.i]));
		tables_put_text(w, "file", hp_profile_str(p, p->funcs.file[f.i]));
		put_line_number(w, "line", p->frames.line[row]);
	}
	hp_jsonw_close(&w->w, '}');
}

static int put_location(struct tables_writer *w, hp_locid loc, struct hprof_error *err)
{
	bool fresh;
	int r;

	if (loc.i < HP_TRUNCATED_LOCS)
		return HPROF_OK;
	r = is_new(&w->locs, &w->ids.loc[loc.i], &fresh, err);
	if (r < 0 || !fresh)
		return r;
	if (w->p->locs.frame_n[loc.i] == 0)
		put_symbol(w, loc, HP_NONE);
	for (uint32_t k = 0; k < w->p->locs.frame_n[loc.i]; k++)
		put_symbol(w, loc, k);
	return HPROF_OK;
}

static int put_symbols(struct tables_writer *w, hp_stackid stack, struct hprof_error *err)
{
	int r = HPROF_OK;

	while (r == HPROF_OK && stack.i != 0 && !w->walked[stack.i]) {
		w->walked[stack.i] = true;
		r = put_location(w, w->p->stacks.loc[stack.i], err);
		stack = w->p->stacks.parent[stack.i];
	}
	return r;
}

static void put_sample(struct tables_writer *w, uint32_t i)
{
	const struct hprof_profile *p = w->p;
	hp_stackid stack = w->s->stack[i];
	uint32_t thread = w->s->thread ? w->s->thread[i].i + 1 : w->thread[stack.i];

	begin_line(w, "samples");
	put_id(w, "dump_id", &w->ids.dump);
	put_id(w, "stack_id", &w->ids.stack[stack.i]);
	tables_put_text(w, "thread",
			thread ? hp_profile_str(p, p->threads.id[thread - 1])
			       : (struct hp_slice){"", 0});
	tables_put_text(w, "thread_name",
			thread ? hp_profile_str(p, p->threads.name[thread - 1])
			       : (struct hp_slice){"", 0});
	put_values(w, i);
	hp_jsonw_close(&w->w, '}');
}

static int put_profile(struct tables_writer *w, struct hprof_error *err)
{
	int r = HPROF_OK;

	if (w->tables & DUMPS)
		put_dump(w);
	for (uint32_t i = 0; r == HPROF_OK && i < w->s->n; i++) {
		hp_stackid stack = w->s->stack[i];
		bool fresh = false;

		if (!is_kept(w, i))
			continue;
		if (w->tables & STACKS)
			r = is_new(&w->stacks, &w->ids.stack[stack.i], &fresh, err);
		if (fresh)
			put_stack(w, stack, w->node[i]);
		if (r == HPROF_OK && (w->tables & SYMBOLS))
			r = put_symbols(w, stack, err);
		if (r == HPROF_OK && (w->tables & SAMPLES))
			put_sample(w, i);
	}
	return r;
}

static int write_tables(const struct hprof_view *v, const struct hprof_render_opts *o,
			unsigned tables, struct hp_out *out, struct hprof_error *err)
{
	struct tables_writer w = {.v = v, .o = o, .out = out, .tables = tables};
	int r = HPROF_OK;

	if (!v->sample_node || v->n_bases)
		return hp_fail(err, HPROF_EINVAL,
			       "tables need a view with moments, without a base");
	r = name_columns(&w, err);
	for (size_t n = 0; r == HPROF_OK && n < v->n_profiles; n++) {
		r = begin_profile(&w, n, err);
		if (r == HPROF_OK)
			r = put_profile(&w, err);
		end_profile(&w);
	}
	free(w.word);
	hp_strtab_release(&w.words);
	free(w.stacks.id);
	hp_index_release(&w.stacks.index);
	free(w.locs.id);
	hp_index_release(&w.locs.index);
	return r;
}

static int tables_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		       struct hp_out *out, struct hprof_error *err)
{
	return write_tables(v, o, ALL, out, err);
}

static int draw_dumps(const struct hprof_view *v, const struct hprof_render_opts *o,
		      struct hp_out *out, struct hprof_error *err)
{
	return write_tables(v, o, DUMPS, out, err);
}

static int draw_stacks(const struct hprof_view *v, const struct hprof_render_opts *o,
		       struct hp_out *out, struct hprof_error *err)
{
	return write_tables(v, o, STACKS, out, err);
}

static int draw_samples(const struct hprof_view *v, const struct hprof_render_opts *o,
			struct hp_out *out, struct hprof_error *err)
{
	return write_tables(v, o, SAMPLES, out, err);
}

static int draw_symbols(const struct hprof_view *v, const struct hprof_render_opts *o,
			struct hp_out *out, struct hprof_error *err)
{
	return write_tables(v, o, SYMBOLS, out, err);
}

const struct hp_output hp_output_tables = {
	{"tables", "rows of all tables for databases, an object of JSON per line", true},
	tables_draw,
};

const struct hp_output hp_output_tables_dumps = {
	{"tables-dumps", "of these, a row per profile", true},
	draw_dumps,
};

const struct hp_output hp_output_tables_stacks = {
	{"tables-stacks", "of these, a row per stack", true},
	draw_stacks,
};

const struct hp_output hp_output_tables_samples = {
	{"tables-samples", "of these, a row per profile and stack", true},
	draw_samples,
};

const struct hp_output hp_output_tables_symbols = {
	{"tables-symbols", "of these, a row per address and function", true},
	draw_symbols,
};
