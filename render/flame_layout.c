/* flame_layout.c - which boxes a flame graph has, and where. */
#include "render/flame_layout.h"

#include <stdlib.h>

#include "analyzer/base/column.h"

/* Folded boxes that are narrower cannot be seen. */
#define NARROWEST 0.1
#define NOT_DRAWN (-1.0)
/* Where too many boxes are wider, the deepest rows go, not the widest callees. */
#define WIDEST_FOLDED 16.0

struct layout_maker {
	const struct hp_flame *f;
	const struct hp_flame_layout_opts *o;
	struct hp_flame_layout l;
	uint32_t cap;
	double scale;       /* pixels of a unit of weight */
	double *at;         /* [f->n] where a node begins, in weight; NOT_DRAWN */
	uint32_t *depth;    /* [f->n] */
	uint32_t max_depth; /* no box is deeper */
	bool full;          /* more than max_boxes */
};

static int add_box(struct layout_maker *m, struct hp_flame_box box, struct hprof_error *err)
{
	if (m->l.n == m->o->max_boxes) {
		m->full = true;
		return HPROF_OK;
	}
	if (!HP_COLUMN_ROOM(m->l.box, m->l.n, m->cap))
		return hp_fail_nomem(err);
	m->l.box[m->l.n++] = box;
	if (box.depth > m->l.depth)
		m->l.depth = box.depth;
	return HPROF_OK;
}

/* Place the callees of node @i, which is drawn. */
static int place_callees(struct layout_maker *m, uint32_t i, struct hprof_error *err)
{
	const struct hp_flame *f = m->f;
	struct hp_flame_box rest = {.node = i, .depth = m->depth[i] + 1};
	double at = m->at[i], folded = 0;

	for (uint32_t c = i + 1; c < f->end[i]; c = f->end[c]) {
		double weight = f->sum[c].weight;

		if (weight * m->scale < m->l.min_width || weight <= 0) {
			folded += weight;
			rest.folded++;
			rest.value += hp_flame_rounded(f, c, f->end[c]);
			continue;
		}
		m->at[c] = at;
		at += weight;
	}
	rest.x = at * m->scale;
	rest.width = folded * m->scale;
	return rest.width < NARROWEST ? HPROF_OK : add_box(m, rest, err);
}

static int place(struct layout_maker *m, uint32_t i, struct hprof_error *err)
{
	const struct hp_flame *f = m->f;
	struct hp_flame_box box = {
		.node = i,
		.depth = m->depth[i],
		.x = m->at[i] * m->scale,
		.width = f->sum[i].weight * m->scale,
		.value = hp_flame_rounded(f, i, f->end[i]),
		.truncated = m->depth[i] == m->max_depth && f->end[i] > i + 1,
	};
	int r = add_box(m, box, err);

	return r < 0 || box.truncated ? r : place_callees(m, i, err);
}

/* One try with the width that is given. */
static int place_all(struct layout_maker *m, struct hprof_error *err)
{
	const struct hp_flame *f = m->f;
	int r = HPROF_OK;

	m->l.n = m->l.depth = 0;
	m->full = false;
	for (uint32_t i = 0; i < f->n; i++)
		m->at[i] = NOT_DRAWN;
	m->at[0] = 0;
	for (uint32_t i = 0; r == HPROF_OK && !m->full && i < f->n; i++)
		if (m->at[i] >= 0)
			r = place(m, i, err);
	return r;
}

/* The rows that were left out below the last. */
static uint32_t count_hidden_rows(const struct layout_maker *m)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < m->f->n; i++)
		if (m->depth[i] > most && m->f->sum[i].weight * m->scale >= m->l.min_width)
			most = m->depth[i];
	return most > m->max_depth ? most - m->max_depth : 0;
}

int hp_flame_layout_init(const struct hp_flame *f, const struct hp_flame_layout_opts *o,
			 struct hp_flame_layout *out, struct hprof_error *err)
{
	struct layout_maker m = {
		.f = f, .o = o, .l = {.min_width = o->min_width}, .max_depth = o->max_depth};
	int r = HPROF_OK;

	m.at = calloc(f->n, sizeof(*m.at));
	m.depth = calloc(f->n, sizeof(*m.depth));
	if (!m.at || !m.depth)
		r = hp_fail_nomem(err);
	for (uint32_t i = 1; r == HPROF_OK && i < f->n; i++)
		m.depth[i] = m.depth[f->parent[i]] + 1;
	if (f->sum[0].weight > 0)
		m.scale = o->width / f->sum[0].weight;
	while (r == HPROF_OK) {
		r = place_all(&m, err);
		if (!m.full || m.max_depth == 0)
			break;
		if (m.l.min_width * 2 <= WIDEST_FOLDED)
			m.l.min_width *= 2;
		else
			m.max_depth /= 2;
	}
	if (r == HPROF_OK && m.scale == 0) /* all of nothing */
		m.l.box[0].width = o->width;
	if (r == HPROF_OK)
		m.l.hidden_rows = count_hidden_rows(&m);
	free(m.at);
	free(m.depth);
	if (r < 0) {
		hp_flame_layout_release(&m.l);
		return r;
	}
	*out = m.l;
	return HPROF_OK;
}

void hp_flame_layout_release(struct hp_flame_layout *l)
{
	free(l->box);
	*l = (struct hp_flame_layout){0};
}
