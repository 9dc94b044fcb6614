/* row_tree.h - walking the tree of a view, and the same tree with rows in place of frames. */
#ifndef HP_OPS_ROW_TREE_H
#define HP_OPS_ROW_TREE_H

#include "analyzer/ops/table.h"

/*
 * The nodes of @t but for the root, each followed by all that is below it, siblings in their
 * order: *@order, [t->n], the caller's to free.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_tree_order(const struct hp_tree *t, uint32_t **order, struct hprof_error *err);

/*
 * Which nodes are the first of their row on the way from the root, where rows are those of
 * @row_of_frame, below @n_rows: *@outermost, [t->n], the caller's to free.  A sum over these
 * counts no stack twice.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_tree_outermost(const struct hp_tree *t, const uint32_t *row_of_frame,
				    uint32_t n_rows, bool **outermost, struct hprof_error *err);

/* Of file and module rows, those that follow each other on a path are one. */
struct hp_row_tree {
	struct hp_table_row *row; /* [n_rows] by the granularity of the view */
	uint32_t n_rows;
	struct hp_tree tree; /* its frames are rows */
	uint32_t *node;      /* [v->tree.n] rows of @tree */
};

/* Errors: ENOMEM. */
HP_MUST_CHECK int hp_row_tree_init(const struct hprof_view *v, struct hp_row_tree *out,
				   struct hprof_error *err);
void hp_row_tree_release(struct hp_row_tree *p);

/* Sum @from, [v->tree.n], over the nodes of @p: *@out, [tree.n], the caller's to free. */
HP_MUST_CHECK int hp_row_tree_sum(const struct hprof_view *v, const struct hp_row_tree *p,
				  const double *from, double **out, struct hprof_error *err);

#endif
