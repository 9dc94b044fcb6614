/* row_tree.c - the tree of a view with rows in place of frames. */
#include "analyzer/ops/row_tree.h"

#include <stdlib.h>

static int make_tree(const struct hprof_view *v, struct hp_row_tree *p,
		     const uint32_t *row_of_frame, struct hprof_error *err)
{
	bool merges = hp_view_merges_calls(v);
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
