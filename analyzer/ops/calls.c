/*
 * calls.c - the call tree of a view, pruned.
 *
 * Nodes of the tree are opened one at a time, the largest first, until there are as many as
 * were asked for: what is not shown is not worked out.  Node 0 is the whole.
 */
#include "analyzer/ops/calls.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/heap.h"
#include "analyzer/ops/apportion.h"

/* A place in the view's tree that a node of the call tree stands for. */
struct member {
	uint32_t at;
	uint32_t next;        /* of the same node; HP_NONE at the end */
	struct hp_amount sum; /* bottom up: of the stacks that came here */
	double weight;
};

struct node {
	uint32_t parent, depth, row;
	uint32_t members, n_members; /* until it is opened */
	uint32_t first, n;           /* children */
	uint32_t kids, n_kids;       /* those that are shown, in order */
	uint32_t out;                /* index in the result */
	bool shown, only, opened;
	struct hp_amount cum, flat;
	double weight; /* how much moved below: the sum of sizes without signs */
};

struct calls_maker {
	const struct hprof_view *v;
	const struct hp_vtype *type;
	const struct hp_calls_opts *o;
	bool merges; /* frames of one row that call each other are one call */
	struct hp_table_row *row;
	uint32_t n_rows;
	uint32_t *row_of_frame;     /* [n_frames] */
	struct hp_tree_links links; /* from the roots */
	struct hp_amount *below;    /* [tree.n] from the roots: the node and all below it */
	double *weight;             /* [tree.n] weight of the node and all below it */
	uint32_t *entry;            /* [tree.n] bottom up: outermost of a run of one row */
	struct node *node;
	uint32_t n, cap;
	struct member *member;
	uint32_t n_members, members_cap, free_members; /* a list of those that are done with */
	uint32_t serial;                               /* of the node that is being opened */
	uint32_t *row_seen, *row_node;                 /* [n_rows] serial; child of that row */
	uint32_t *at_seen, *at_member;                 /* [tree.n] serial; member of that place */
	uint32_t *heap;                                /* [n_heap] nodes, the largest first */
	uint32_t n_heap, heap_cap;
	uint32_t *kids; /* [n] */
	uint64_t steps;
	size_t rows;
	bool more;
};

static struct hp_amount own(const struct calls_maker *m, uint32_t at)
{
	return hp_vtype_amount(m->type, at);
}

static bool is_nothing(const struct hp_amount *s, double weight)
{
	return weight == 0 && s->current == 0 && s->base == 0;
}

/* --- columns over the view's tree --- */

static int sum_below(struct calls_maker *m, struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;

	m->below = calloc(t->n, sizeof(*m->below));
	m->weight = calloc(t->n, sizeof(*m->weight));
	if (!m->below || !m->weight)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < t->n; i++) {
		m->below[i] = own(m, i);
		m->weight[i] = fabs(m->type->value[i]);
	}
	hp_tree_sum_below(t->parent, t->n, &m->below->delta, sizeof(*m->below) / sizeof(double));
	hp_tree_sum_below(t->parent, t->n, m->weight, 1);
	return hp_tree_children(t->parent, t->n, NULL, &m->links, err);
}

static int find_entries(struct calls_maker *m, struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;

	m->entry = calloc(t->n, sizeof(*m->entry));
	m->at_seen = calloc(t->n, sizeof(*m->at_seen));
	m->at_member = calloc(t->n, sizeof(*m->at_member));
	if (!m->entry || !m->at_seen || !m->at_member)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < t->n; i++) {
		uint32_t p = t->parent[i];

		m->entry[i] =
			m->merges && p &&
					m->row_of_frame[t->frame[p]] == m->row_of_frame[t->frame[i]]
				? m->entry[p]
				: i;
	}
	return HPROF_OK;
}

/* --- order --- */

static int by_size(const struct calls_maker *m, uint32_t a, uint32_t b, bool by_weight)
{
	const struct node *x = &m->node[a], *y = &m->node[b];
	double sx = fabs(x->cum.delta), sy = fabs(y->cum.delta);

	if (by_weight && x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (sx != sy)
		return sx > sy ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	if (x->row != y->row)
		return hp_row_order(m->v, &m->row[x->row], &m->row[y->row]);
	return (a > b) - (a < b);
}

static int kids_by_size(const void *a, const void *b, void *ctx)
{
	const uint32_t *x = a, *y = b;

	return by_size(ctx, *x, *y, false);
}

static int by_weight(const void *a, const void *b, void *ctx)
{
	const uint32_t *x = a, *y = b;

	return by_size(ctx, *x, *y, true);
}

static int push(struct calls_maker *m, uint32_t id, struct hprof_error *err)
{
	if (!HP_COLUMN_ROOM(m->heap, m->n_heap, m->heap_cap))
		return hp_fail_nomem(err);
	m->heap[m->n_heap++] = id;
	hp_heap_up(m->heap, m->n_heap, sizeof(*m->heap), by_weight, m);
	return HPROF_OK;
}

static uint32_t pop(struct calls_maker *m)
{
	uint32_t top = m->heap[0];

	m->heap[0] = m->heap[--m->n_heap];
	hp_heap_down(m->heap, m->n_heap, sizeof(*m->heap), 0, by_weight, m);
	return top;
}

/* --- opening a node: its flat value and its children --- */

static int new_member(struct calls_maker *m, uint32_t node, uint32_t at, uint32_t *out,
		      struct hprof_error *err)
{
	uint32_t id = m->free_members;

	if (id != HP_NONE) {
		m->free_members = m->member[id].next;
	} else {
		if (!HP_COLUMN_ROOM(m->member, m->n_members, m->members_cap))
			return hp_fail_nomem(err);
		id = m->n_members++;
	}
	m->member[id] = (struct member){.at = at, .next = m->node[node].members};
	m->node[node].members = id;
	m->node[node].n_members++;
	*out = id;
	return HPROF_OK;
}

/* The child of @parent, which is being opened, for the frame of @at. */
static int child_for(struct calls_maker *m, uint32_t parent, uint32_t at, uint32_t *out,
		     struct hprof_error *err)
{
	uint32_t row = m->row_of_frame[m->v->tree.frame[at]];

	if (m->row_seen[row] != m->serial) {
		if (!HP_COLUMN_ROOM(m->node, m->n, m->cap))
			return hp_fail_nomem(err);
		m->row_seen[row] = m->serial;
		m->row_node[row] = m->n;
		m->node[m->n] = (struct node){
			.parent = parent,
			.depth = m->node[parent].depth + 1,
			.row = row,
			.members = HP_NONE,
		};
		m->node[parent].n++;
		m->n++;
	}
	*out = m->row_node[row];
	return HPROF_OK;
}

/* Place @at, where stacks of @sum came from or go to, belongs to a child of @parent. */
static int add_place(struct calls_maker *m, uint32_t parent, uint32_t at, struct hp_amount sum,
		     double weight, struct hprof_error *err)
{
	uint32_t child = 0, id;
	int r;

	if (is_nothing(&sum, weight))
		return HPROF_OK;
	r = child_for(m, parent, at, &child, err);
	if (r < 0)
		return r;
	hp_amount_add(&m->node[child].cum, &sum);
	m->node[child].weight += weight;
	if (m->o->bottom_up && m->at_seen[at] == m->serial) {
		id = m->at_member[at];
	} else {
		r = new_member(m, child, at, &id, err);
		if (r < 0)
			return r;
	}
	hp_amount_add(&m->member[id].sum, &sum);
	m->member[id].weight += weight;
	if (m->o->bottom_up) {
		m->at_seen[at] = m->serial;
		m->at_member[at] = id;
	}
	return HPROF_OK;
}

static int follow_callers(struct calls_maker *m, uint32_t id, const struct member *from,
			  struct hprof_error *err)
{
	uint32_t caller = m->v->tree.parent[m->entry[from->at]];

	if (caller)
		return add_place(m, id, caller, from->sum, from->weight, err);
	hp_amount_add(&m->node[id].flat, &from->sum);
	return HPROF_OK;
}

static int follow_callees(struct calls_maker *m, uint32_t id, const struct member *from,
			  struct hprof_error *err)
{
	const uint32_t *frame = m->v->tree.frame;
	struct hp_amount flat = own(m, from->at);
	uint32_t again;
	int r = HPROF_OK;

	hp_amount_add(&m->node[id].flat, &flat);
	for (uint32_t c = m->links.first[from->at]; r == HPROF_OK && c != HP_NONE;
	     c = m->links.next[c]) {
		if (m->merges && id && m->row_of_frame[frame[c]] == m->node[id].row)
			r = new_member(m, id, c, &again, err);
		else
			r = add_place(m, id, c, m->below[c], m->weight[c], err);
	}
	return r;
}

/* Bottom up, everything begins where stacks end. */
static int open_sites(struct calls_maker *m, struct hprof_error *err)
{
	int r = HPROF_OK;

	m->node[0].flat = own(m, 0);
	for (uint32_t i = 1; r == HPROF_OK && i < m->v->tree.n; i++)
		r = add_place(m, 0, i, own(m, i), fabs(m->type->value[i]), err);
	return r;
}

static int open_node(struct calls_maker *m, uint32_t id, struct hprof_error *err)
{
	int r = HPROF_OK;

	m->serial++;
	m->node[id].first = m->n;
	m->node[id].opened = true;
	if (id == 0 && m->o->bottom_up)
		return open_sites(m, err);
	while (r == HPROF_OK && m->node[id].members != HP_NONE) {
		uint32_t at = m->node[id].members;
		struct member from = m->member[at];

		m->node[id].members = from.next;
		m->member[at].next = m->free_members;
		m->free_members = at;
		m->steps++;
		r = m->o->bottom_up ? follow_callers(m, id, &from, err)
				    : follow_callees(m, id, &from, err);
	}
	return r;
}

/* From the roots there is no more than the view's tree holds; bottom up each stack has its own. */
static bool may_open(const struct calls_maker *m, uint32_t id)
{
	const struct node *n = &m->node[id];

	return !m->o->bottom_up || id == 0 ||
	       (m->steps + n->n_members <= HP_CALLS_STEPS &&
		(uint64_t)m->n + n->n_members <= (uint64_t)m->v->tree.n + HP_CALLS_MAX);
}

/* --- what is shown --- */

static bool may_show(const struct calls_maker *m, const struct node *n)
{
	if (m->o->depth && n->depth > m->o->depth)
		return false;
	if (n->weight == 0)
		return !m->o->only_changed;
	return n->weight * 100 >= m->o->min_percent * m->node[0].weight;
}

/* Whether the children of @n are one that holds all of it. */
static bool has_only_child(const struct calls_maker *m, const struct node *n)
{
	return n->parent != HP_NONE && n->n == 1 && n->flat.current == 0 && n->flat.base == 0 &&
	       n->flat.delta == 0 && may_show(m, &m->node[n->first]);
}

/* Show @id, and what holds all of it; what they call waits for its turn. */
static int show(struct calls_maker *m, uint32_t id, struct hprof_error *err)
{
	int r = HPROF_OK;

	for (;;) {
		m->node[id].shown = true;
		if (!may_open(m, id))
			return HPROF_OK;
		r = open_node(m, id, err);
		if (r < 0 || !has_only_child(m, &m->node[id]))
			break;
		id = m->node[id].first;
		m->node[id].only = true;
	}
	for (uint32_t i = 0; r == HPROF_OK && i < m->node[id].n; i++)
		if (may_show(m, &m->node[m->node[id].first + i]))
			r = push(m, m->node[id].first + i, err);
	return r;
}

static int show_largest(struct calls_maker *m, struct hprof_error *err)
{
	int r;

	if (!HP_COLUMN_ROOM(m->node, m->n, m->cap))
		return hp_fail_nomem(err);
	m->node[m->n++] = (struct node){.parent = HP_NONE, .members = HP_NONE, .row = HP_NONE};
	for (uint32_t i = 0; i < m->v->tree.n; i++) {
		struct hp_amount s = own(m, i);

		hp_amount_add(&m->node[0].cum, &s);
		m->node[0].weight += fabs(s.delta);
	}
	if (!m->o->bottom_up) {
		uint32_t root;

		r = new_member(m, 0, 0, &root, err);
		if (r < 0)
			return r;
	}
	r = show(m, 0, err);
	while (r == HPROF_OK && m->n_heap) {
		if (m->o->rows && m->rows == m->o->rows) {
			m->more = true;
			break;
		}
		m->rows++;
		r = show(m, pop(m), err);
	}
	return r;
}

/* --- the result --- */

/* List the children that are shown, of all nodes; returns how many nodes are. */
static uint32_t list_kids(struct calls_maker *m)
{
	uint32_t n = 0, shown = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		struct node *at = &m->node[i];

		shown += at->shown;
		at->kids = n;
		for (uint32_t c = 0; at->shown && c < at->n; c++)
			if (m->node[at->first + c].shown)
				m->kids[n++] = at->first + c;
		at->n_kids = n - at->kids;
		if (at->n_kids > 1)
			qsort_r(m->kids + at->kids, at->n_kids, sizeof(*m->kids), kids_by_size, m);
	}
	return shown;
}

static struct hp_call make_call(const struct calls_maker *m, const struct node *at)
{
	struct hp_call call = {
		.parent = at->parent == HP_NONE ? HP_NONE : m->node[at->parent].out,
		.row = at->row,
		.depth = at->depth,
		.only = at->only,
		.cum = at->cum,
		.flat = at->flat,
	};

	if (!at->opened) {
		call.n_hidden = HP_NONE;
		call.hidden = at->cum;
		return call;
	}
	for (uint32_t c = 0; c < at->n; c++) {
		if (m->node[at->first + c].shown)
			continue;
		call.n_hidden++;
		hp_amount_add(&call.hidden, &m->node[at->first + c].cum);
	}
	return call;
}

static int make_calls(struct calls_maker *m, struct hp_calls *out, struct hprof_error *err)
{
	uint32_t *stack = NULL, shown, depth = 0;
	struct hp_calls c = {.more = m->more, .changed = m->node[0].weight != 0};

	m->kids = calloc(m->n, sizeof(*m->kids));
	if (!m->kids)
		return hp_fail_nomem(err);
	shown = list_kids(m);
	stack = calloc(shown, sizeof(*stack));
	c.call = calloc(shown, sizeof(*c.call));
	if (!stack || !c.call) {
		free(stack);
		free(c.call);
		return hp_fail_nomem(err);
	}
	stack[depth++] = 0;
	while (depth) {
		struct node *at = &m->node[stack[--depth]];

		at->out = c.n;
		c.call[c.n++] = make_call(m, at);
		for (uint32_t k = at->n_kids; k-- > 0;)
			stack[depth++] = m->kids[at->kids + k];
	}
	free(stack);
	c.row = m->row;
	m->row = NULL;
	*out = c;
	return HPROF_OK;
}

static void release(struct calls_maker *m)
{
	free(m->row);
	free(m->row_of_frame);
	hp_tree_links_release(&m->links);
	free(m->below);
	free(m->weight);
	free(m->entry);
	free(m->node);
	free(m->member);
	free(m->row_seen);
	free(m->row_node);
	free(m->at_seen);
	free(m->at_member);
	free(m->heap);
	free(m->kids);
}

int hp_calls_init(const struct hprof_view *v, uint32_t type, const struct hp_calls_opts *opts,
		  struct hp_calls *out, struct hprof_error *err)
{
	struct calls_maker m = {
		.v = v,
		.type = &v->types[type],
		.o = opts,
		.merges = hp_view_merges_calls(v),
		.free_members = HP_NONE,
	};
	int r = hp_rows_new(v, &m.row, &m.n_rows, &m.row_of_frame, err);

	if (r == HPROF_OK) {
		m.row_seen = calloc((size_t)m.n_rows + 1, sizeof(*m.row_seen));
		m.row_node = calloc((size_t)m.n_rows + 1, sizeof(*m.row_node));
		if (!m.row_seen || !m.row_node)
			r = hp_fail_nomem(err);
	}
	if (r == HPROF_OK)
		r = opts->bottom_up ? find_entries(&m, err) : sum_below(&m, err);
	if (r == HPROF_OK)
		r = show_largest(&m, err);
	if (r == HPROF_OK)
		r = make_calls(&m, out, err);
	release(&m);
	return r;
}

void hp_calls_release(struct hp_calls *c)
{
	free(c->row);
	free(c->call);
	*c = (struct hp_calls){0};
}

/* --- integers --- */

enum column { VALUE, NOW, BASE };

static double *column_of(struct hp_amount *s, enum column column)
{
	switch (column) {
	case NOW:
		return &s->current;
	case BASE:
		return &s->base;
	case VALUE:
		break;
	}
	return &s->delta;
}

/* Share the rounded value of the parent of @part out to them. */
static int share_out(double **part, double *v, size_t n, double total, struct hprof_error *err)
{
	double left = total;
	size_t most = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		v[i] = *part[i];
	r = hp_apportion(v, n, total, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		left -= v[i];
		if (fabs(v[i]) > fabs(v[most]))
			most = i;
	}
	v[most] += left; /* sums of doubles are rounded */
	for (size_t i = 0; i < n; i++)
		*part[i] = v[i];
	return HPROF_OK;
}

static int round_column(struct hp_calls *c, const struct hp_tree_links *l, enum column column,
			struct hprof_error *err)
{
	double **part = calloc((size_t)c->n + 2, sizeof(double *));
	double *v = calloc((size_t)c->n + 2, sizeof(*v));
	int r = part && v ? HPROF_OK : hp_fail_nomem(err);

	if (r == HPROF_OK)
		*column_of(&c->call[0].cum, column) = round(*column_of(&c->call[0].cum, column));
	for (uint32_t i = 0; r == HPROF_OK && i < c->n; i++) {
		size_t n = 0;

		part[n++] = column_of(&c->call[i].flat, column);
		for (uint32_t k = l->first[i]; k != HP_NONE; k = l->next[k])
			part[n++] = column_of(&c->call[k].cum, column);
		if (c->call[i].n_hidden)
			part[n++] = column_of(&c->call[i].hidden, column);
		r = share_out(part, v, n, *column_of(&c->call[i].cum, column), err);
	}
	free(part);
	free(v);
	return r;
}

static void subtract(struct hp_amount *s)
{
	s->delta = s->current - s->base;
}

int hp_calls_round(const struct hprof_view *v, struct hp_calls *c, struct hprof_error *err)
{
	bool base = v->n_bases > 0, differs = base && !v->opts.drop_negative;
	uint32_t *parent = malloc(c->n * sizeof(*parent));
	struct hp_tree_links l = {0};
	int r;

	for (uint32_t i = 0; parent && i < c->n; i++)
		parent[i] = c->call[i].parent;
	r = parent ? hp_tree_children(parent, c->n, NULL, &l, err) : hp_fail_nomem(err);
	free(parent);
	if (r == HPROF_OK && !differs)
		r = round_column(c, &l, VALUE, err);
	if (r == HPROF_OK && base)
		r = round_column(c, &l, NOW, err);
	if (r == HPROF_OK && base)
		r = round_column(c, &l, BASE, err);
	for (uint32_t i = 0; r == HPROF_OK && differs && i < c->n; i++) {
		subtract(&c->call[i].cum);
		subtract(&c->call[i].flat);
		subtract(&c->call[i].hidden);
	}
	hp_tree_links_release(&l);
	return r;
}
