/*
 * speedscope.c - the file format of speedscope: a profile per sample type, as a list of stacks
 * with weights.
 *
 * Weights cannot be negative: of a difference, and of a type with values below 0, there are two
 * profiles, of the stacks that have grown and of those that have shrunk.
 */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/ops/rounded.h"
#include "analyzer/ops/row_tree.h"
#include "render/common.h"
#include "render/label.h"
#include "render/metadata.h"
#include "render/render.h"

struct speedscope_writer {
	const struct hprof_view *v; /* rounded */
	struct hp_row_tree paths;
	uint32_t *order;  /* [tree.n - 1] nodes of the paths, depth first */
	uint32_t *stack;  /* [tree.n] rows of the node at hand */
	uint32_t *number; /* [n_rows] 1 + index among the frames; 0: not there */
	uint32_t *line;   /* [n_rows] 0: not known */
	bool *used;       /* [tree.n] there are values in the node or below */
	double **value;   /* [n_types] per node of the paths */
};

static int speedscope_prepare(struct speedscope_writer *m, struct hprof_error *err)
{
	const struct hprof_view *v = m->v;
	int r = hp_row_tree_init(v, &m->paths, err);

	if (r == HPROF_OK)
		r = hp_tree_order(&m->paths.tree, &m->order, err);
	if (r < 0)
		return r;
	m->stack = calloc(m->paths.tree.n, sizeof(*m->stack));
	m->number = calloc((size_t)m->paths.n_rows + 1, sizeof(*m->number));
	m->value = calloc(v->n_types, sizeof(double *));
	m->line = calloc((size_t)m->paths.n_rows + 1, sizeof(*m->line));
	m->used = calloc(m->paths.tree.n, sizeof(*m->used));
	if (!m->stack || !m->number || !m->line || !m->used || !m->value)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; r == HPROF_OK && t < v->n_types; t++)
		r = hp_row_tree_sum(v, &m->paths, v->types[t].value, &m->value[t], err);
	return r;
}

static void find_used(struct speedscope_writer *m)
{
	const struct hp_tree *t = &m->paths.tree;

	for (uint32_t i = 1; i < t->n; i++)
		for (uint32_t k = 0; k < m->v->n_types; k++)
			m->used[i] |= m->value[k][i] != 0;
	hp_tree_mark(t->parent, t->n, m->used);
}

static void speedscope_release(struct speedscope_writer *m)
{
	for (uint32_t t = 0; m->value && t < m->v->n_types; t++)
		free(m->value[t]);
	free(m->value);
	free(m->number);
	free(m->line);
	free(m->used);
	free(m->stack);
	free(m->order);
	hp_row_tree_release(&m->paths);
}

/* Of a function that has many lines, the first that the profile has: it leads there. */
static void find_lines(struct speedscope_writer *m)
{
	const struct hprof_view *v = m->v;

	if (hp_view_merges_calls(v))
		return;
	for (uint32_t i = 1; i < v->tree.n; i++) {
		const struct hp_vframe *f = &v->frames[v->tree.frame[i]];
		uint32_t *line = &m->line[m->paths.tree.frame[m->paths.node[i]]];

		if (f->line && (!*line || f->line < *line))
			*line = f->line;
	}
}

static int put_frame(struct hp_jsonw *w, const struct speedscope_writer *m, uint32_t i,
		     struct hprof_error *err)
{
	const struct hprof_view *v = m->v;
	const struct hp_table_row *row = &m->paths.row[i];
	struct hp_slice file = hp_row_file(v, row), name;
	char address[HP_ADDRESS_MAX], *text = NULL;
	struct hp_label label;

	name = hp_row_label(v, row, &label);
	if (*hp_label_address(address, v, row)) {
		if (asprintf(&text, "%s%.*s", address, (int)name.len, name.ptr) < 0)
			return hp_fail_nomem(err);
		name = hp_slice_str(text);
	}
	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "name");
	hp_jsonw_text(w, name);
	if (file.len) {
		hp_jsonw_key(w, "file");
		hp_jsonw_text(w, file);
	}
	if (file.len && m->line[i]) {
		hp_jsonw_key(w, "line");
		hp_jsonw_uint(w, m->line[i]);
	}
	hp_jsonw_close(w, '}');
	free(text);
	return HPROF_OK;
}

/* The frames of all stacks, numbered as they come. */
static int put_frames(struct hp_jsonw *w, struct speedscope_writer *m, struct hprof_error *err)
{
	const struct hp_tree *t = &m->paths.tree;
	uint32_t n = 0;
	int r = HPROF_OK;

	hp_jsonw_key(w, "shared");
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "frames");
	hp_jsonw_open(w, '[');
	for (uint32_t k = 0; r == HPROF_OK && k + 1 < t->n; k++) {
		uint32_t row = t->frame[m->order[k]];

		if (m->number[row] || !m->used[m->order[k]])
			continue;
		m->number[row] = ++n;
		r = put_frame(w, m, row, err);
	}
	hp_jsonw_close(w, ']');
	hp_jsonw_close(w, '}');
	return r;
}

static void put_stack(struct hp_jsonw *w, const struct speedscope_writer *m, uint32_t node)
{
	const struct hp_tree *t = &m->paths.tree;
	size_t n = 0;

	for (uint32_t at = node; at != 0; at = t->parent[at])
		m->stack[n++] = t->frame[at];
	hp_jsonw_line(w);
	hp_jsonw_open(w, '[');
	while (n-- > 0)
		hp_jsonw_uint(w, m->number[m->stack[n]] - 1);
	hp_jsonw_close(w, ']');
}

/* Type @type as one profile: what of its values has the sign of @sign; @half: the other is one too.
 */
static void put_profile(struct hp_jsonw *w, const struct speedscope_writer *m, uint32_t type,
			double sign, bool half)
{
	const struct hp_vtype *t = &m->v->types[type];
	struct hp_slice name = hp_view_str(m->v, t->name);
	const double *value = m->value[type];
	char title[128];
	double sum = 0;

	(void)snprintf(title, sizeof(title), "%.*s%s", name.len < 100 ? (int)name.len : 100,
		       name.ptr,
		       !half      ? ""
		       : sign > 0 ? " grown"
				  : " shrunk"); /* fits */
	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "type");
	hp_jsonw_str(w, "sampled");
	hp_jsonw_key(w, "name");
	hp_jsonw_str(w, title);
	hp_jsonw_key(w, "unit");
	hp_jsonw_str(w, t->unit == HP_UNIT_BYTES ? "bytes" : "none");
	hp_jsonw_key(w, "samples");
	hp_jsonw_open(w, '[');
	for (uint32_t k = 0; k + 1 < m->paths.tree.n; k++)
		if (sign * value[m->order[k]] > 0)
			put_stack(w, m, m->order[k]);
	hp_jsonw_close(w, ']');
	hp_jsonw_key(w, "weights");
	hp_jsonw_open(w, '[');
	for (uint32_t k = 0; k + 1 < m->paths.tree.n; k++) {
		double v = sign * value[m->order[k]];

		if (v <= 0)
			continue;
		hp_jsonw_integer(w, v);
		sum += v;
	}
	hp_jsonw_close(w, ']');
	hp_jsonw_key(w, "startValue");
	hp_jsonw_integer(w, 0);
	hp_jsonw_key(w, "endValue");
	hp_jsonw_integer(w, sum);
	hp_jsonw_close(w, '}');
}

/* The chosen type first: it is what one sees. */
static void put_profiles(struct hp_jsonw *w, const struct speedscope_writer *m)
{
	const struct hprof_view *v = m->v;

	hp_jsonw_key(w, "profiles");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < v->n_types; i++) {
		uint32_t t = hp_type_in_order(v, i);
		bool halves = hp_type_signed(v, t);

		put_profile(w, m, t, 1, halves);
		if (halves)
			put_profile(w, m, t, -1, true);
	}
	hp_jsonw_close(w, ']');
}

static int write_file(struct speedscope_writer *m, struct hp_out *out, struct hprof_error *err)
{
	struct hp_slice name = hp_slice_basename(hp_input_of(m->v, 0));
	char more[HP_MORE_MAX], *text;
	struct hp_jsonw w;
	int r;

	if (asprintf(&text, "%.*s%s", (int)name.len, name.ptr, hp_input_more(m->v, more)) < 0)
		return hp_fail_nomem(err);

	hp_jsonw_init(&w, out);
	hp_jsonw_open(&w, '{');
	hp_jsonw_key(&w, "$schema");
	hp_jsonw_str(&w, "https://www.speedscope.app/file-format-schema.json");
	hp_jsonw_key(&w, "exporter");
	hp_jsonw_str(&w, "hprof " HPROF_VERSION);
	hp_jsonw_key(&w, "name");
	hp_jsonw_str(&w, text);
	free(text);
	hp_jsonw_key(&w, "activeProfileIndex");
	hp_jsonw_uint(&w, 0);
	r = put_frames(&w, m, err);
	if (r < 0)
		return r;
	put_profiles(&w, m);
	hp_jsonw_close(&w, '}');
	return HPROF_OK;
}

static int speedscope_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			   struct hp_out *out, struct hprof_error *err)
{
	struct hprof_view rounded;
	struct speedscope_writer m = {.v = &rounded};
	int r = hp_view_round(v, &rounded, err);

	(void)o;
	if (r < 0)
		return r;
	r = speedscope_prepare(&m, err);
	if (r == HPROF_OK) {
		find_used(&m);
		find_lines(&m);
		r = write_file(&m, out, err);
	}
	speedscope_release(&m);
	hp_view_round_release(&rounded);
	return r;
}

const struct hp_output hp_output_speedscope = {
	{"speedscope", "a file of speedscope, with all sample types", true},
	speedscope_draw,
};
