/* flame.c - the call tree of a view for pictures. */
#include "analyzer/ops/flame.h"

#include <stdlib.h>

#include "analyzer/base/sort.h"

/* --- a tree in the order of its nodes' labels --- */

/* Number the nodes in preorder, siblings in the order that they have in @order: @place[n]. */
static int number(const uint32_t *parent, uint32_t n, const uint32_t *order, uint32_t *place,
		  struct hprof_error *err)
{
	struct hp_tree_links l = {0};
	int r = hp_tree_children(parent, n, order, &l, err);
	uint32_t at = 0;

	for (uint32_t i = 0; r == HPROF_OK && i < n; i++) {
		place[at] = i;
		at = hp_tree_next(&l, parent, at);
	}
	hp_tree_links_release(&l);
	return r;
}

/* --- rows and variants --- */

struct raw_maker {
	const struct hprof_view *v;
	struct hp_flame_raw *raw;
	bool *keep;             /* [tree.n] some value is there or below */
	bool *used;             /* [n_frames] such a node has it */
	uint32_t *row_of_frame; /* [n_frames] */
	uint32_t *var_of_frame; /* [n_frames] */
	struct hp_tree tree;    /* of variants, in the order of arrival */
	uint32_t *node;         /* [v->tree.n] node of that tree */
};

static bool has_value(const struct hprof_view *v, uint32_t node)
{
	for (uint32_t t = 0; t < v->n_types; t++)
		if (v->types[t].now[node] != 0 || (v->types[t].base && v->types[t].base[node] != 0))
			return true;
	return false;
}

static int find_used(struct raw_maker *m, struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;

	m->keep = calloc(t->n, sizeof(*m->keep));
	m->used = calloc((size_t)m->v->n_frames + 1, sizeof(*m->used));
	if (!m->keep || !m->used)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < t->n; i++)
		m->keep[i] = has_value(m->v, i);
	hp_tree_mark(t->parent, t->n, m->keep);
	for (uint32_t i = 1; i < t->n; i++)
		m->used[t->frame[i]] |= m->keep[i];
	return HPROF_OK;
}

struct named_row {
	struct hp_table_row row;
	uint32_t id;
};

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct named_row *x = a, *y = b;
	int c = hp_row_order(ctx, &x->row, &y->row);

	return c ? c : (x->id > y->id) - (x->id < y->id);
}

/* The rows that are used, in the order of their names, behind a blank one. */
static int sort_rows(struct raw_maker *m, struct hp_table_row *row, uint32_t n,
		     struct hprof_error *err)
{
	struct named_row *named = calloc((size_t)n + 1, sizeof(*named));
	uint32_t *rank = calloc((size_t)n + 1, sizeof(*rank)), n_named = 0;
	bool *used = calloc((size_t)n + 1, sizeof(*used));
	int r = HPROF_OK;

	m->raw->row = calloc((size_t)n + 1, sizeof(*m->raw->row));
	if (!named || !rank || !used || !m->raw->row)
		r = hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && i < m->v->n_frames; i++)
		if (m->used[i])
			used[m->row_of_frame[i]] = true;
	for (uint32_t i = 0; r == HPROF_OK && i < n; i++)
		if (used[i])
			named[n_named++] = (struct named_row){row[i], i};
	if (r == HPROF_OK) {
		qsort_r(named, n_named, sizeof(*named), by_name, (void *)(uintptr_t)m->v);
		m->raw->n_rows = n_named + 1;
	}
	for (uint32_t i = 0; r == HPROF_OK && i < n_named; i++) {
		m->raw->row[i + 1] = named[i].row;
		rank[named[i].id] = i + 1;
	}
	for (uint32_t i = 0; r == HPROF_OK && i < m->v->n_frames; i++)
		m->row_of_frame[i] = rank[m->row_of_frame[i]];
	free(named);
	free(rank);
	free(used);
	return r;
}

static struct hp_flame_var var_of(const struct raw_maker *m, uint32_t frame)
{
	const struct hprof_view *v = m->v;
	const struct hp_vframe *f = &v->frames[frame];
	uint32_t row = m->row_of_frame[frame];

	return (struct hp_flame_var){
		.row = row,
		.full = f->func == HP_NONE ? (hp_strid){0} : v->funcs[f->func].full,
		.file = f->file,
		.module = f->module,
		.line = hp_row_line(v, &m->raw->row[row]),
		.inlined = f->inlined,
	};
}

static int compare_vars(const struct hp_flame_var *x, const struct hp_flame_var *y)
{
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->full.i != y->full.i)
		return x->full.i < y->full.i ? -1 : 1;
	if (x->file.i != y->file.i)
		return x->file.i < y->file.i ? -1 : 1;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return (x->inlined > y->inlined) - (x->inlined < y->inlined);
}

struct frame_var {
	struct hp_flame_var var;
	uint32_t frame;
};

static int by_var(const void *a, const void *b)
{
	const struct frame_var *x = a, *y = b;
	int c = compare_vars(&x->var, &y->var);

	return c ? c : (x->frame > y->frame) - (x->frame < y->frame);
}

static int find_vars(struct raw_maker *m, struct hprof_error *err)
{
	uint32_t n_frames = m->v->n_frames, n = 0;
	struct frame_var *list = calloc((size_t)n_frames + 1, sizeof(*list));
	struct hp_flame_raw *raw = m->raw;

	m->var_of_frame = calloc((size_t)n_frames + 1, sizeof(*m->var_of_frame));
	raw->var = calloc((size_t)n_frames + 1, sizeof(*raw->var));
	if (!list || !m->var_of_frame || !raw->var) {
		free(list);
		return hp_fail_nomem(err);
	}
	for (uint32_t i = 0; i < n_frames; i++)
		if (m->used[i])
			list[n++] = (struct frame_var){var_of(m, i), i};
	qsort(list, n, sizeof(*list), by_var);
	raw->var[0] = (struct hp_flame_var){.module = HP_NONE};
	raw->n_vars = 1;
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || compare_vars(&list[i - 1].var, &list[i].var) != 0)
			raw->var[raw->n_vars++] = list[i].var;
		m->var_of_frame[list[i].frame] = raw->n_vars - 1;
	}
	free(list);
	return HPROF_OK;
}

static int find_rows(struct raw_maker *m, struct hprof_error *err)
{
	struct hp_table_row *row = NULL;
	uint32_t n;
	int r = hp_rows_new(m->v, &row, &n, &m->row_of_frame, err);

	if (r == HPROF_OK)
		r = sort_rows(m, row, n, err);
	free(row);
	return r;
}

/* --- the tree of variants --- */

static int add_nodes(struct raw_maker *m, struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;
	int r = hp_tree_add(&m->tree, m->v->seed, HP_NONE, 0, &m->node[0], err);

	for (uint32_t i = 1; r == HPROF_OK && i < t->n; i++)
		if (m->keep[i])
			r = hp_tree_add(&m->tree, m->v->seed, m->node[t->parent[i]],
					m->var_of_frame[t->frame[i]], &m->node[i], err);
	return r;
}

/* Put the tree in preorder, and say where each of its nodes went: @place[n]. */
static int put_in_order(struct raw_maker *m, uint32_t *place, struct hprof_error *err)
{
	const struct hp_tree *t = &m->tree;
	struct hp_flame_raw *raw = m->raw;
	uint32_t *order = calloc(t->n, sizeof(*order));
	bool sorted = order && hp_sort_by_key(order, t->frame, t->n, raw->n_vars);
	int r = sorted ? HPROF_OK : hp_fail_nomem(err);

	if (r == HPROF_OK)
		r = number(t->parent, t->n, order, place, err);
	if (r == HPROF_OK) {
		raw->n = t->n;
		raw->parent = calloc(t->n, sizeof(*raw->parent));
		raw->var_of = calloc(t->n, sizeof(*raw->var_of));
		if (!raw->parent || !raw->var_of)
			r = hp_fail_nomem(err);
	}
	for (uint32_t i = 1; r == HPROF_OK && i < t->n; i++) {
		raw->parent[place[i]] = place[t->parent[i]];
		raw->var_of[place[i]] = t->frame[i];
	}
	free(order);
	return r;
}

/* Add what is at the nodes of the view to the values of the nodes of the tree. */
static int add_values(struct raw_maker *m, const uint32_t *place, uint32_t type,
		      struct hprof_error *err)
{
	const struct hp_vtype *from = &m->v->types[type];
	struct hp_flame_values *to = &m->raw->values[type];
	bool drops = from->base && m->v->opts.drop_negative;

	to->now = calloc(m->raw->n, sizeof(double));
	if (from->base) {
		to->base = calloc(m->raw->n, sizeof(double));
		to->variance = calloc(m->raw->n, sizeof(double));
	}
	if (drops)
		to->from = calloc(m->raw->n, sizeof(double));
	if (!to->now || (from->base && (!to->base || !to->variance)) || (drops && !to->from))
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < m->v->tree.n; i++) {
		uint32_t node = place[m->node[i]];

		if (!m->keep[i])
			continue;
		to->now[node] += from->now[i];
		if (!from->base)
			continue;
		if (drops)
			to->from[node] += from->now[i] - from->value[i];
		to->base[node] += from->base[i];
		to->variance[node] += from->variance[i];
	}
	return HPROF_OK;
}

static int make_tree(struct raw_maker *m, struct hprof_error *err)
{
	uint32_t *place = NULL;
	int r;

	m->node = calloc(m->v->tree.n, sizeof(*m->node));
	r = m->node ? add_nodes(m, err) : hp_fail_nomem(err);
	if (r == HPROF_OK) {
		place = calloc(m->tree.n, sizeof(*place));
		m->raw->values = calloc(m->v->n_types, sizeof(*m->raw->values));
		r = place && m->raw->values ? put_in_order(m, place, err) : hp_fail_nomem(err);
	}
	for (uint32_t t = 0; r == HPROF_OK && t < m->v->n_types; t++)
		r = add_values(m, place, t, err);
	free(place);
	return r;
}

int hp_flame_raw_init(const struct hprof_view *v, struct hp_flame_raw *out, struct hprof_error *err)
{
	struct raw_maker m = {.v = v, .raw = out};
	int r;

	*out = (struct hp_flame_raw){.v = v, .runs = hp_view_merges_calls(v)};
	r = find_used(&m, err);
	if (r == HPROF_OK)
		r = find_rows(&m, err);
	if (r == HPROF_OK)
		r = find_vars(&m, err);
	if (r == HPROF_OK)
		r = make_tree(&m, err);
	free(m.keep);
	free(m.used);
	free(m.row_of_frame);
	free(m.var_of_frame);
	free(m.node);
	hp_tree_release(&m.tree);
	return r;
}

void hp_flame_raw_release(struct hp_flame_raw *raw)
{
	for (uint32_t t = 0; raw->values && t < raw->v->n_types; t++) {
		free(raw->values[t].now);
		free(raw->values[t].base);
		free(raw->values[t].from);
		free(raw->values[t].variance);
	}
	free(raw->values);
	free(raw->row);
	free(raw->var);
	free(raw->parent);
	free(raw->var_of);
	*raw = (struct hp_flame_raw){0};
}

/* --- merged by rows --- */

struct flame_merger {
	const struct hp_flame_raw *raw;
	const struct hp_flame_opts *o;
	struct hp_tree tree;              /* of rows, in the order of arrival */
	uint32_t *node;                   /* [raw->n] node of that tree */
	struct hp_flame_sums *self, *sum; /* [tree.n] */
	bool *called;                     /* [tree.n] some frame of it is not inlined */
};

static int merge_nodes(struct flame_merger *m, struct hprof_error *err)
{
	const struct hp_flame_raw *raw = m->raw;
	int r = hp_tree_add(&m->tree, raw->v->seed, HP_NONE, 0, &m->node[0], err);

	hp_index_expect(&m->tree.index, raw->n);
	for (uint32_t i = 1; r == HPROF_OK && i < raw->n; i++) {
		uint32_t parent = m->node[raw->parent[i]], row = raw->var[raw->var_of[i]].row;

		m->node[i] = parent;
		if (!raw->runs || m->tree.frame[parent] != row)
			r = hp_tree_add(&m->tree, raw->v->seed, parent, row, &m->node[i], err);
	}
	return r;
}

static double weight_of(enum hprof_widths widths, double now, double base, double from)
{
	double w = 0;

	switch (widths) {
	case HPROF_WIDTHS_UNION:
		w = fmax(now, base);
		break;
	case HPROF_WIDTHS_NEW:
		w = now;
		break;
	case HPROF_WIDTHS_OLD:
		w = base;
		break;
	case HPROF_WIDTHS_SUM:
		w = now + base;
		break;
	case HPROF_WIDTHS_GROWTH:
		w = now - from;
		break;
	case HPROF_WIDTHS_SHRINK:
		w = from - now;
		break;
	case HPROF_WIDTHS_CHURN:
		w = fabs(now - from);
		break;
	}
	return w > 0 ? w : 0;
}

static int sum_up(struct flame_merger *m, struct hprof_error *err)
{
	const struct hp_flame_values *v = &m->raw->values[m->o->type];
	uint32_t n = m->tree.n;

	m->self = calloc(n, sizeof(*m->self));
	m->sum = calloc(n, sizeof(*m->sum));
	m->called = calloc(n, sizeof(*m->called));
	if (!m->self || !m->sum || !m->called)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < m->raw->n; i++) {
		struct hp_flame_sums *s = &m->self[m->node[i]];

		s->now += v->now[i];
		s->base += v->base ? v->base[i] : 0;
		s->from += v->from ? v->from[i] : v->base ? v->base[i] : 0;
		s->variance += v->base ? v->variance[i] : 0;
		m->called[m->node[i]] |= !m->raw->var[m->raw->var_of[i]].inlined;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct hp_flame_sums *s = &m->self[i];

		s->weight = weight_of(v->base ? m->o->widths : HPROF_WIDTHS_NEW, s->now, s->base,
				      s->from);
		m->sum[i] = *s;
	}
	hp_tree_sum_below(m->tree.parent, n, &m->sum->weight, sizeof(*m->sum) / sizeof(double));
	return HPROF_OK;
}

static int by_weight(const void *a, const void *b, void *ctx)
{
	const struct flame_merger *m = ctx;
	const uint32_t *x = a, *y = b;
	double wx = m->sum[*x].weight, wy = m->sum[*y].weight;

	if (wx != wy)
		return wx > wy ? -1 : 1;
	if (m->tree.frame[*x] != m->tree.frame[*y])
		return m->tree.frame[*x] < m->tree.frame[*y] ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

static int new_flame(struct hp_flame *f, uint32_t n, struct hprof_error *err)
{
	f->n = n;
	f->parent = calloc(n, sizeof(*f->parent));
	f->row = calloc(n, sizeof(*f->row));
	f->end = calloc(n, sizeof(*f->end));
	f->self = calloc(n, sizeof(*f->self));
	f->sum = calloc(n, sizeof(*f->sum));
	f->at = calloc((size_t)n + 1, sizeof(*f->at));
	f->inlined = calloc(n, sizeof(*f->inlined));
	if (f->parent && f->row && f->end && f->self && f->sum && f->at && f->inlined)
		return HPROF_OK;
	return hp_fail_nomem(err);
}

static void move_nodes(const struct flame_merger *m, const uint32_t *place, struct hp_flame *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t to = place[i];

		f->parent[to] = i ? place[m->tree.parent[i]] : 0;
		f->row[to] = m->tree.frame[i];
		f->self[to] = m->self[i];
		f->sum[to] = m->sum[i];
		f->inlined[to] = i && !m->called[i];
		f->end[to] = to + 1;
	}
	for (uint32_t i = f->n; i-- > 1;)
		if (f->end[f->parent[i]] < f->end[i])
			f->end[f->parent[i]] = f->end[i];
	for (uint32_t i = 0; i < f->n; i++)
		f->at[i + 1] = f->at[i] + f->self[i].weight;
}

static int order_nodes(struct flame_merger *m, struct hp_flame *f, struct hprof_error *err)
{
	uint32_t n = m->tree.n;
	uint32_t *order = calloc(n, sizeof(*order)), *place = calloc(n, sizeof(*place));
	int r = order && place ? HPROF_OK : hp_fail_nomem(err);

	if (r == HPROF_OK && m->o->by_name &&
	    !hp_sort_by_key(order, m->tree.frame, n, m->raw->n_rows))
		r = hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && !m->o->by_name && i < n; i++)
		order[i] = i;
	if (r == HPROF_OK && !m->o->by_name)
		qsort_r(order, n, sizeof(*order), by_weight, m);
	if (r == HPROF_OK)
		r = new_flame(f, n, err);
	if (r == HPROF_OK)
		r = number(m->tree.parent, n, order, place, err);
	if (r == HPROF_OK)
		move_nodes(m, place, f);
	free(order);
	free(place);
	return r;
}

int hp_flame_init(const struct hp_flame_raw *raw, const struct hp_flame_opts *o,
		  struct hp_flame *out, struct hprof_error *err)
{
	struct flame_merger m = {.raw = raw, .o = o};
	int r;

	*out = (struct hp_flame){0};
	m.node = calloc(raw->n, sizeof(*m.node));
	r = m.node ? merge_nodes(&m, err) : hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = sum_up(&m, err);
	if (r == HPROF_OK)
		r = order_nodes(&m, out, err);
	hp_tree_release(&m.tree);
	free(m.node);
	free(m.self);
	free(m.sum);
	free(m.called);
	return r;
}

void hp_flame_release(struct hp_flame *f)
{
	free(f->parent);
	free(f->row);
	free(f->end);
	free(f->self);
	free(f->sum);
	free(f->at);
	free(f->inlined);
	*f = (struct hp_flame){0};
}
