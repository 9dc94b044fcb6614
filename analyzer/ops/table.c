/* table.c - flat and cumulative values per function, line, file, address or module. */
#include "analyzer/ops/table.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/base/column.h"

/* 97.5 % quantile of the normal distribution: a two-sided interval of 95 %. */
#define Z_95 1.959963984540054

/* What makes frames one row. */
struct key {
	uint32_t func, file, line, module;
	uint64_t addr;
	bool inlined;
};

struct maker {
	const struct hprof_view *v;
	const struct hp_vtype *type;
	struct hp_table_row *row;
	struct key *key; /* [n] */
	uint32_t n, cap, key_cap;
	struct hp_index index;
	uint32_t *row_of_frame;       /* [n_frames] */
	uint32_t *first_child, *next; /* [tree.n] HP_NONE at the end */
	double *below[4];             /* [tree.n] value, now, base, variance with what is below */
	uint32_t *active;             /* [n] times the row is on the path */
};

static bool same_key(const void *ctx, uint32_t row, const void *key)
{
	const struct maker *m = ctx;
	const struct key *a = &m->key[row], *b = key;

	return a->func == b->func && a->file == b->file && a->line == b->line &&
	       a->module == b->module && a->addr == b->addr && a->inlined == b->inlined;
}

static struct key key_of(const struct hprof_view *v, const struct hp_vframe *f)
{
	struct key k = {HP_NONE, 0, 0, HP_NONE, 0, v->opts.jeprof_rows && f->inlined};
	bool known = v->funcs[f->func].known;

	switch (v->opts.granularity) {
	case HPROF_BY_FUNCTION:
		k.func = f->func;
		break;
	case HPROF_BY_LINE:
		k.func = f->func;
		k.file = f->file.i;
		k.line = f->line;
		break;
	case HPROF_BY_FILE:
		k.file = f->file.i;
		if (!f->file.i)
			k.module = f->module;
		if (!f->file.i && f->module == HP_NONE)
			k.func = f->func;
		k.inlined = false;
		break;
	case HPROF_BY_ADDRESS:
		k.func = f->func;
		k.file = f->file.i;
		k.line = f->line;
		k.module = f->module;
		k.addr = known || !f->has_addr ? f->addr : 0;
		break;
	case HPROF_BY_MODULE:
		k.module = f->module;
		if (f->module == HP_NONE && !f->has_addr)
			k.func = f->func;
		k.inlined = false;
		break;
	}
	return k;
}

static hp_strid label_of(const struct hprof_view *v, const struct hp_vframe *f)
{
	switch (v->opts.granularity) {
	case HPROF_BY_FILE:
		if (f->file.i)
			return f->file;
		if (f->module != HP_NONE)
			return v->modules[f->module].label;
		break;
	case HPROF_BY_MODULE:
		if (f->module != HP_NONE)
			return v->modules[f->module].path;
		if (f->has_addr)
			return v->unknown;
		break;
	case HPROF_BY_FUNCTION:
	case HPROF_BY_LINE:
	case HPROF_BY_ADDRESS:
		break;
	}
	return v->funcs[f->func].label;
}

static int add_row(struct maker *m, const struct key *k, const struct hp_vframe *f, uint32_t tag,
		   struct hprof_error *err)
{
	const struct hprof_view *v = m->v;
	bool by_line =
		v->opts.granularity == HPROF_BY_LINE || v->opts.granularity == HPROF_BY_ADDRESS;
	struct hp_table_row *row;

	if (!HP_COLUMN_ROOM(m->row, m->n, m->cap) || !HP_COLUMN_ROOM(m->key, m->n, m->key_cap) ||
	    !hp_index_add(&m->index, tag, m->n))
		return hp_fail_nomem(err);
	row = &m->row[m->n];
	*row = (struct hp_table_row){.label = label_of(v, f),
				     .full = v->funcs[f->func].full,
				     .file = f->file,
				     .line = by_line ? f->line : 0,
				     .module = f->module,
				     .addr = f->addr,
				     .has_addr =
					     v->opts.granularity == HPROF_BY_ADDRESS && f->has_addr,
				     .inlined = k->inlined};
	m->key[m->n++] = *k;
	return HPROF_OK;
}

/* Rows for all frames; what is not the same for all frames of a row is forgotten. */
static int make_rows(struct maker *m, struct hprof_error *err)
{
	const struct hprof_view *v = m->v;

	for (uint32_t i = 0; i < v->n_frames; i++) {
		const struct hp_vframe *f = &v->frames[i];
		struct key k = key_of(v, f);
		uint32_t tag = hp_hash_pair(v->seed, (uint64_t)k.func << 32 | k.file,
					    ((uint64_t)k.line << 32 | k.module) ^
						    k.addr * 0x9e3779b97f4a7c15u ^ k.inlined);
		uint32_t row = hp_index_find(&m->index, tag, same_key, m, &k);

		if (row == UINT32_MAX) {
			int r = add_row(m, &k, f, tag, err);

			if (r < 0)
				return r;
			row = m->n - 1;
		}
		if (m->row[row].file.i != f->file.i)
			m->row[row].file = (hp_strid){0};
		if (m->row[row].module != f->module)
			m->row[row].module = HP_NONE;
		m->row_of_frame[i] = row;
	}
	return HPROF_OK;
}

static void link_children(struct maker *m)
{
	const struct hp_tree *t = &m->v->tree;

	for (uint32_t i = 0; i < t->n; i++)
		m->first_child[i] = HP_NONE;
	for (uint32_t i = t->n; i-- > 1;) {
		m->next[i] = m->first_child[t->parent[i]];
		m->first_child[t->parent[i]] = i;
	}
}

/* Callers come before what they call, so one pass upward gives inclusive values. */
static void sum_below(struct maker *m)
{
	const struct hp_tree *t = &m->v->tree;
	const double *own[4] = {m->type->value, m->type->now, m->type->base, m->type->variance};

	for (size_t c = 0; c < HP_LEN(own); c++) {
		if (!own[c])
			continue;
		memcpy(m->below[c], own[c], t->n * sizeof(double));
		for (uint32_t i = t->n; i-- > 1;)
			m->below[c][t->parent[i]] += m->below[c][i];
	}
}

static void add_flat(struct maker *m, struct hp_table_row *row, uint32_t i)
{
	row->value.flat += m->type->value[i];
	row->now.flat += m->type->now[i];
	row->base.flat += m->type->base ? m->type->base[i] : 0;
	row->variance.flat += m->type->variance[i];
}

static void add_cum(struct maker *m, struct hp_table_row *row, uint32_t i)
{
	row->value.cum += m->below[0][i];
	row->now.cum += m->below[1][i];
	row->base.cum += m->below[2][i];
	row->variance.cum += m->below[3][i];
}

/* Walk the tree in depth, counting each row only where it is entered from outside. */
static void walk(struct maker *m)
{
	const struct hp_tree *t = &m->v->tree;
	uint32_t at = m->first_child[0];

	while (at != HP_NONE && at != 0) {
		uint32_t row = m->row_of_frame[t->frame[at]];

		add_flat(m, &m->row[row], at);
		if (m->active[row]++ == 0)
			add_cum(m, &m->row[row], at);
		if (m->first_child[at] != HP_NONE) {
			at = m->first_child[at];
			continue;
		}
		for (;;) {
			m->active[m->row_of_frame[t->frame[at]]]--;
			if (m->next[at] != HP_NONE) {
				at = m->next[at];
				break;
			}
			at = t->parent[at];
			if (at == 0)
				break;
		}
	}
}

/* A difference is as large as it is far from 0, unless jeprof's order was asked for. */
static double magnitude(const struct hprof_view *v, double value)
{
	return v->opts.jeprof_rows ? value : fabs(value);
}

static int by_value(const void *a, const void *b, void *ctx)
{
	const struct hprof_view *v = ctx;
	const struct hp_table_row *x = a, *y = b;
	double dx = magnitude(v, v->opts.sort_cum ? x->value.cum : x->value.flat);
	double dy = magnitude(v, v->opts.sort_cum ? y->value.cum : y->value.flat);
	double ex = magnitude(v, v->opts.sort_cum ? x->value.flat : x->value.cum);
	double ey = magnitude(v, v->opts.sort_cum ? y->value.flat : y->value.cum);
	int c;

	if (dx != dy)
		return dx > dy ? -1 : 1;
	if (ex != ey && !v->opts.jeprof_rows) /* jeprof goes on with the name */
		return ex > ey ? -1 : 1;
	c = hp_slice_cmp(hp_view_str(v, x->label), hp_view_str(v, y->label));
	if (c == 0)
		c = hp_slice_cmp(hp_view_str(v, x->full), hp_view_str(v, y->full));
	if (c == 0)
		c = hp_slice_cmp(hp_view_str(v, x->file), hp_view_str(v, y->file));
	if (c == 0)
		c = (x->line > y->line) - (x->line < y->line);
	if (c == 0)
		c = (x->addr > y->addr) - (x->addr < y->addr);
	return c ? c : (x->inlined > y->inlined) - (x->inlined < y->inlined);
}

static void finish(struct maker *m, struct hp_table *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		struct hp_table_row *row = &m->row[i];

		if (row->value.flat == 0 && row->value.cum == 0 && row->now.cum == 0 &&
		    row->base.cum == 0)
			continue;
		row->significant = fabs(row->value.flat) > Z_95 * sqrt(row->variance.flat) ||
				   fabs(row->value.cum) > Z_95 * sqrt(row->variance.cum);
		m->row[n++] = *row;
	}
	if (n)
		qsort_r(m->row, n, sizeof(*m->row), by_value, (void *)(uintptr_t)m->v);
	*out = (struct hp_table){m->row, n};
	m->row = NULL;
}

int hp_table_new(const struct hprof_view *v, uint32_t type, struct hp_table *out,
		 struct hprof_error *err)
{
	struct maker m = {.v = v, .type = &v->types[type]};
	size_t nodes = v->tree.n;
	int r;

	m.row_of_frame = calloc(v->n_frames + 1, sizeof(*m.row_of_frame));
	m.first_child = calloc(nodes, sizeof(*m.first_child));
	m.next = calloc(nodes, sizeof(*m.next));
	for (size_t c = 0; c < HP_LEN(m.below); c++)
		m.below[c] = calloc(nodes, sizeof(double));
	if (!m.row_of_frame || !m.first_child || !m.next || !m.below[0] || !m.below[1] ||
	    !m.below[2] || !m.below[3])
		r = hp_fail_nomem(err);
	else
		r = make_rows(&m, err);
	if (r == HPROF_OK) {
		m.active = calloc(m.n + 1, sizeof(*m.active));
		r = m.active ? HPROF_OK : hp_fail_nomem(err);
	}
	if (r == HPROF_OK) {
		link_children(&m);
		sum_below(&m);
		walk(&m);
		finish(&m, out);
	}
	free(m.row);
	free(m.key);
	hp_index_release(&m.index);
	free(m.row_of_frame);
	free(m.first_child);
	free(m.next);
	for (size_t c = 0; c < HP_LEN(m.below); c++)
		free(m.below[c]);
	free(m.active);
	return r;
}

void hp_table_release(struct hp_table *t)
{
	free(t->row);
	*t = (struct hp_table){0};
}
