/* row_tree.c - walking the tree of a view, and the same tree with rows in place of frames. */
#include "analyzer/ops/row_tree.h"

#include <stdlib.h>

/* Fill @order from lists of children: @first and @next, [t->n], HP_NONE at the end. */
static void walk(const struct hp_tree *t, const uint32_t *first, const uint32_t *next,
		 uint32_t *order)
{
	uint32_t at = first[0], n = 0;

	while (at != HP_NONE) {
		order[n++] = at;
		if (first[at] != HP_NONE) {
			at = first[at];
			continue;
		}
		while (at != 0 && next[at] == HP_NONE)
			at = t->parent[at];
		at = at ? next[at] : HP_NONE;
	}
}

int hp_tree_order(const struct hp_tree *t, uint32_t **order, struct hprof_error *err)
{
	uint32_t *first = malloc(t->n * sizeof(*first)), *next = malloc(t->n * sizeof(*next));
	uint32_t *list = malloc(t->n * sizeof(*list));
	bool ok = first && next && list;

	for (uint32_t i = 0; ok && i < t->n; i++)
		first[i] = next[i] = HP_NONE;
	for (uint32_t i = t->n; ok && i-- > 1;) {
		next[i] = first[t->parent[i]];
		first[t->parent[i]] = i;
	}
	if (ok)
		walk(t, first, next, list);
	free(first);
	free(next);
	if (!ok) {
		free(list);
		return hp_fail_nomem(err);
	}
	*order = list;
	return HPROF_OK;
}

int hp_tree_outermost(const struct hp_tree *t, const uint32_t *row_of_frame, uint32_t n_rows,
		      bool **outermost, struct hprof_error *err)
{
	uint32_t *order = NULL, *active = calloc((size_t)n_rows + 1, sizeof(*active));
	bool *is_first = calloc(t->n, sizeof(*is_first));
	uint32_t top = 0;
	int r = active && is_first ? hp_tree_order(t, &order, err) : hp_fail_nomem(err);

	for (uint32_t k = 0; r == HPROF_OK && k + 1 < t->n; k++) {
		uint32_t at = order[k];

		for (; top != t->parent[at]; top = t->parent[top])
			active[row_of_frame[t->frame[top]]]--;
		is_first[at] = active[row_of_frame[t->frame[at]]]++ == 0;
		top = at;
	}
	free(order);
	free(active);
	if (r < 0) {
		free(is_first);
		return r;
	}
	*outermost = is_first;
	return HPROF_OK;
}

static int make_tree(const struct hprof_view *v, struct hp_row_tree *p,
		     const uint32_t *row_of_frame, struct hprof_error *err)
{
	bool merges =
		v->opts.granularity == HPROF_BY_FILE || v->opts.granularity == HPROF_BY_MODULE;
	const struct hp_tree *t = &v->tree;
	uint32_t root;
	int r = hp_tree_add(&p->tree, v->seed, HP_NONE, HP_NONE, &root, err);

	for (uint32_t i = 1; r == HPROF_OK && i < t->n; i++) {
		uint32_t parent = p->node[t->parent[i]], row = row_of_frame[t->frame[i]];

		p->node[i] = parent;
		if (!merges || !parent || p->tree.frame[parent] != row)
			r = hp_tree_add(&p->tree, v->seed, parent, row, &p->node[i], err);
	}
	hp_index_release(&p->tree.index);
	return r;
}

int hp_row_tree_init(const struct hprof_view *v, struct hp_row_tree *out, struct hprof_error *err)
{
	struct hp_row_tree p = {0};
	uint32_t *row_of_frame = NULL;
	int r = hp_rows_new(v, &p.row, &p.n_rows, &row_of_frame, err);

	if (r < 0)
		return r;
	p.node = calloc(v->tree.n, sizeof(*p.node));
	r = p.node ? make_tree(v, &p, row_of_frame, err) : hp_fail_nomem(err);
	free(row_of_frame);
	if (r < 0)
		hp_row_tree_release(&p);
	else
		*out = p;
	return r;
}

void hp_row_tree_release(struct hp_row_tree *p)
{
	free(p->row);
	hp_tree_release(&p->tree);
	free(p->node);
	*p = (struct hp_row_tree){0};
}

int hp_row_tree_sum(const struct hprof_view *v, const struct hp_row_tree *p, const double *from,
		    double **out, struct hprof_error *err)
{
	double *sum = calloc(p->tree.n, sizeof(*sum));

	if (!sum)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->tree.n; i++)
		sum[p->node[i]] += from[i];
	*out = sum;
	return HPROF_OK;
}
