/*
 * dot.c - the call graph for graphviz: functions (or lines, files, modules) and the calls
 * between them.
 *
 * The largest rows are nodes.  A call that leads over rows that are no nodes is a dashed edge, so
 * that what flows into a node is all of it.  A stack counts in the first call into a row only, not
 * again in recursion.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/utf8.h"
#include "analyzer/ops/rounded.h"
#include "analyzer/ops/table.h"
#include "render/label.h"
#include "render/render.h"
#include "render/text_header.h"

enum {
	NAME_MAX_BYTES = 120, /* of a name in a node; all of it is in the tooltip */
	TOOLTIP_MAX_BYTES = 4096,
};

/* From one node to another, or from outside (HP_NONE). */
struct edge {
	uint32_t from, to; /* rows of the table */
	bool dashed;       /* some calls between were left out */
	double value;
};

struct dot_writer {
	struct hp_style style;
	const struct hprof_view *v;
	const struct hp_vtype *type;
	struct hp_table table;
	uint32_t n;             /* rows of the table that are nodes: the first */
	uint32_t *row_of_frame; /* [n_frames] rows of hp_rows_new() */
	uint32_t *shown;        /* [n_rows] index into the table; HP_NONE: no node */
	uint32_t n_rows;
	struct edge *edge;
	uint32_t n_edges, cap;
};

/* --- nodes --- */

static double size_of(const struct hp_table_row *row)
{
	return fmax(fabs(row->flat.delta), fabs(row->cum.delta));
}

static int by_size(const void *a, const void *b, void *ctx)
{
	const struct hp_table_row *x = a, *y = b;
	double sx = size_of(x), sy = size_of(y);

	if (sx != sy)
		return sx > sy ? -1 : 1;
	return hp_row_order(ctx, x, y);
}

static int choose_nodes(struct dot_writer *m, struct hprof_error *err)
{
	struct hp_table *t = &m->table;
	struct hp_table_row *row;
	int r = hp_rows_new(m->v, &row, &m->n_rows, &m->row_of_frame, err);

	if (r < 0)
		return r;
	free(row);
	r = hp_table_init(m->v, m->v->chosen, 0, t, err);
	if (r < 0)
		return r;
	m->shown = malloc(((size_t)m->n_rows + 1) * sizeof(*m->shown));
	if (!m->shown)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < m->n_rows; i++)
		m->shown[i] = HP_NONE;
	if (t->n)
		qsort_r(t->row, t->n, sizeof(*t->row), by_size, (void *)(uintptr_t)m->v);
	for (m->n = 0; m->n < t->n && (!m->style.o->rows || m->n < m->style.o->rows); m->n++) {
		if (size_of(&t->row[m->n]) == 0) /* of a difference: nothing changed */
			break;
		m->shown[m->row_of_frame[t->row[m->n].frame]] = m->n;
	}
	return HPROF_OK;
}

/* --- edges --- */

static int by_ends(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* Where a path of the tree is. */
struct place {
	uint32_t node; /* the last row that is a node; HP_NONE: none yet */
	bool gap;      /* it is not the last row */
};

static int add_edge(struct dot_writer *m, struct place from, uint32_t to, double value,
		    struct hprof_error *err)
{
	if (from.node == HP_NONE || value == 0)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(m->edge, m->n_edges, m->cap))
		return hp_fail_nomem(err);
	m->edge[m->n_edges++] = (struct edge){from.node, to, from.gap, value};
	return HPROF_OK;
}

static int list_edges(struct dot_writer *m, const double *below, const bool *outermost,
		      struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;
	struct place *place = calloc(t->n, sizeof(*place));
	int r = place ? HPROF_OK : hp_fail_nomem(err);

	if (r == HPROF_OK)
		place[0].node = HP_NONE;
	for (uint32_t i = 1; r == HPROF_OK && i < t->n; i++) {
		uint32_t to = m->shown[m->row_of_frame[t->frame[i]]];
		struct place from = place[t->parent[i]];

		if (to == HP_NONE) {
			place[i] = (struct place){from.node, true};
			continue;
		}
		place[i] = (struct place){to, false};
		if (outermost[i])
			r = add_edge(m, from, to, below[i], err);
	}
	free(place);
	return r;
}

/* Edges between the same two nodes are one, which is dashed if all of them are. */
static void merge_edges(struct dot_writer *m)
{
	uint32_t n = 0;

	if (m->n_edges)
		qsort(m->edge, m->n_edges, sizeof(*m->edge), by_ends);
	for (uint32_t i = 0; i < m->n_edges; i++) {
		if (n == 0 || by_ends(&m->edge[n - 1], &m->edge[i]) != 0) {
			m->edge[n++] = m->edge[i];
			continue;
		}
		m->edge[n - 1].value += m->edge[i].value;
		m->edge[n - 1].dashed &= m->edge[i].dashed;
	}
	m->n_edges = n;
}

static int make_edges(struct dot_writer *m, struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;
	double *below = calloc(t->n, sizeof(*below));
	bool *outermost = NULL;
	int r = below ? hp_tree_outermost(t, m->row_of_frame, m->n_rows, &outermost, err)
		      : hp_fail_nomem(err);

	if (r == HPROF_OK) {
		memcpy(below, m->type->value, t->n * sizeof(*below));
		hp_tree_sum_below(t->parent, t->n, below, 1);
		r = list_edges(m, below, outermost, err);
	}
	if (r == HPROF_OK)
		merge_edges(m);
	free(below);
	free(outermost);
	return r;
}

/* --- writing --- */

/* In a string in quotes, in which dot also knows character references. */
static void dot_put_text(struct hp_out *out, struct hp_slice s)
{
	while (s.len) {
		size_t n = hp_utf8_len(s);

		if (n == 0 || hp_utf8_is_hostile(s, n)) {
			hp_out_fmt(out, "\\\\x%02x", (unsigned char)s.ptr[0]);
			n = 1;
		} else if (s.ptr[0] == '&') {
			hp_out_str(out, "&amp;");
		} else {
			if (s.ptr[0] == '"' || s.ptr[0] == '\\')
				hp_out_char(out, '\\');
			hp_out_put(out, (struct hp_slice){s.ptr, n});
		}
		s = hp_slice_from(s, n);
	}
}

/* Where a character begins, at @at or before. */
static size_t character(struct hp_slice s, size_t at)
{
	while (at > 0 && ((unsigned char)s.ptr[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Elide the middle of a text longer than @most: the last part of a C++ name identifies it. */
static void put_cut(struct hp_out *out, struct hp_slice s, size_t most)
{
	size_t head, tail;

	if (s.len <= most) {
		dot_put_text(out, s);
		return;
	}
	head = character(s, most / 2);
	tail = character(s, s.len - most / 2);
	dot_put_text(out, (struct hp_slice){s.ptr, head});
	hp_out_str(out, " ... ");
	dot_put_text(out, hp_slice_from(s, tail));
}

static const char *value_text(const struct dot_writer *m, char *buf, double v)
{
	return m->type->base ? hp_style_delta(&m->style, buf, v)
			     : hp_style_value(&m->style, buf, v);
}

/* Between white and orange, or of what shrank blue: black is read well on all of these. */
static void put_fill(struct hp_out *out, double share)
{
	static const double orange[3] = {244, 162, 97}, blue[3] = {127, 179, 230};
	const double *end = share < 0 ? blue : orange;
	double part = sqrt(fmin(fabs(share), 1));

	hp_out_char(out, '#');
	for (size_t i = 0; i < 3; i++)
		hp_out_hex(out, (uint64_t)(255 + (end[i] - 255) * part), 2);
}

static void put_node(struct hp_out *out, const struct dot_writer *m, uint32_t i, double most_flat,
		     double most_cum)
{
	const struct hp_table_row *row = &m->table.row[i];
	struct hp_slice place;
	char place_text[HP_PLACE_MAX], a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX];
	char address[HP_ADDRESS_MAX];
	struct hp_label label;

	place = hp_slice_str(hp_label_place(place_text, sizeof(place_text), m->v, row));
	hp_out_fmt(out, "n%" PRIu32 " [label=\"%s", i, hp_label_address(address, m->v, row));
	put_cut(out, hp_row_label(m->v, row, &label), NAME_MAX_BYTES);
	hp_out_str(out, place.len ? "\\n" : "");
	put_cut(out, hp_slice_trim(place), NAME_MAX_BYTES);
	hp_out_fmt(out, "\\n%s (%s)", value_text(m, a, row->flat.delta),
		   hp_format_percent(b, row->flat.delta, m->type->total.delta));
	if (row->cum.delta != row->flat.delta)
		hp_out_fmt(out, "\\nof %s (%s)", value_text(m, a, row->cum.delta),
			   hp_format_percent(b, row->cum.delta, m->type->total.delta));
	hp_out_str(out, "\" tooltip=\"");
	put_cut(out, hp_row_label(m->v, row, &label), TOOLTIP_MAX_BYTES);
	put_cut(out, place, TOOLTIP_MAX_BYTES);
	hp_out_fmt(out, "\" fontsize=%.1f fillcolor=\"",
		   9 + 15 * sqrt(most_flat > 0 ? fabs(row->flat.delta) / most_flat : 0));
	put_fill(out, most_cum > 0 ? row->cum.delta / most_cum : 0);
	hp_out_str(out, "\"]\n");
}

static void put_edge(struct hp_out *out, const struct dot_writer *m, const struct edge *e,
		     double most)
{
	double share = most > 0 ? fmin(fabs(e->value) / most, 1) : 0;
	const char *color = !m->type->base ? "#555555" : e->value < 0 ? "#1f5f99" : "#b35a00";
	char a[HP_NUMBER_MAX + 1];

	hp_out_fmt(out,
		   "n%" PRIu32 " -> n%" PRIu32 " [label=\" %s\" weight=%.0f penwidth=%.1f "
		   "color=\"%s\"%s]\n",
		   e->from, e->to, value_text(m, a, e->value), 1 + 99 * share, 1 + 5 * sqrt(share),
		   color, e->dashed ? " style=dashed" : "");
}

/* What the graph shows, and what it does not. */
static void put_title(struct hp_out *out, const struct dot_writer *m)
{
	const struct hp_table *t = &m->table;
	double rest = 0;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX + 1];

	hp_out_str(out, "label=\"");
	put_cut(out, hp_view_str(m->v, m->type->name), NAME_MAX_BYTES);
	if (m->type->base)
		hp_out_fmt(out, ": %s before, %s after, delta %s",
			   hp_style_value(&m->style, a, m->type->total.base),
			   hp_style_value(&m->style, b, m->type->total.current),
			   hp_style_delta(&m->style, c, m->type->total.delta));
	else
		hp_out_fmt(out, ": total %s", hp_style_value(&m->style, a, m->type->total.delta));
	if (m->v->filtered && !m->type->base)
		hp_out_fmt(out, " of %s", hp_style_value(&m->style, a, m->type->unfiltered));
	for (uint32_t i = m->n; i < t->n; i++)
		rest += t->row[i].flat.delta;
	if (m->n < t->n)
		hp_out_fmt(out, "\\l%" PRIu32 " of %" PRIu32 " rows; %s flat in the others", m->n,
			   t->n, value_text(m, a, rest));
	hp_out_str(out, "\\l\"\n");
}

static void write_graph(struct hp_out *out, const struct dot_writer *m)
{
	double most_flat = 0, most_cum = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		most_flat = fmax(most_flat, fabs(m->table.row[i].flat.delta));
		most_cum = fmax(most_cum, fabs(m->table.row[i].cum.delta));
	}
	hp_out_str(out, "digraph hprof {\n"
			"graph [labelloc=t labeljust=l fontname=\"Helvetica\" fontsize=14]\n"
			"node [shape=box style=filled color=\"#555555\" fontname=\"Helvetica\"]\n"
			"edge [fontname=\"Helvetica\" fontsize=10]\n");
	put_title(out, m);
	for (uint32_t i = 0; i < m->n; i++)
		put_node(out, m, i, most_flat, most_cum);
	for (uint32_t i = 0; i < m->n_edges; i++)
		put_edge(out, m, &m->edge[i], most_cum);
	hp_out_str(out, "}\n");
}

static int dot_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err)
{
	struct hprof_view rounded;
	struct dot_writer m = {.v = &rounded};
	int r = hp_view_round(v, &rounded, err);

	if (r < 0)
		return r;
	m.type = &rounded.types[v->chosen];
	m.style = hp_style_plain(&rounded, o, m.type);
	r = choose_nodes(&m, err);
	if (r == HPROF_OK)
		r = make_edges(&m, err);
	if (r == HPROF_OK)
		write_graph(out, &m);
	hp_table_release(&m.table);
	free(m.row_of_frame);
	free(m.shown);
	free(m.edge);
	hp_view_round_release(&rounded);
	return r;
}

const struct hp_output hp_output_dot = {
	{"dot", "the call graph for graphviz", true},
	dot_draw,
};
