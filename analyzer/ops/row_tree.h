/* row_tree.h - the tree of a view with rows in place of frames. */
#ifndef HP_OPS_ROW_TREE_H
#define HP_OPS_ROW_TREE_H

#include "analyzer/ops/table.h"

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
