/* tree.h - the tree of frames that a view's values hang on, and walking any tree of its shape. */
#ifndef HP_OPS_TREE_H
#define HP_OPS_TREE_H

#include "analyzer/base/error.h"
#include "analyzer/base/index.h"

/* Parent before child; row 0 is the root and has no frame. */
struct hp_tree {
	uint32_t *parent;
	uint32_t *frame; /* row of frames */
	uint32_t n, cap;
	struct hp_index index;
};

/* The child of @parent with @frame, added when new. Errors: ENOMEM. */
HP_MUST_CHECK int hp_tree_add(struct hp_tree *t, uint64_t seed, uint32_t parent, uint32_t frame,
			      uint32_t *out, struct hprof_error *err);
/* Add one that is known not to be there, and that is not looked for later. Errors: ENOMEM. */
HP_MUST_CHECK int hp_tree_append(struct hp_tree *t, uint32_t parent, uint32_t frame, uint32_t *out,
				 struct hprof_error *err);
void hp_tree_release(struct hp_tree *t);

/*
 * The nodes of @t but for the root, each followed by all that is below it, siblings in their
 * order: *@order, [t->n], the caller's to free.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_tree_order(const struct hp_tree *t, uint32_t **order, struct hprof_error *err);

/*
 * Which nodes are the first of their row on the way from the root: *@outermost, [t->n], the
 * caller's to free.  @row_of_frame has a row below @n_rows for each frame.  A sum over these nodes
 * counts no stack twice.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_tree_outermost(const struct hp_tree *t, const uint32_t *row_of_frame,
				    uint32_t n_rows, bool **outermost, struct hprof_error *err);

/* --- trees as arrays: @parent[n], parent[i] < i, the root is node 0 --- */

/* The children of each node, as lists. */
struct hp_tree_links {
	uint32_t *first; /* [n] first child of a node, UINT32_MAX: it has none */
	uint32_t *next;  /* [n] next child of the same parent, UINT32_MAX: it was the last */
};

/*
 * Link the @n nodes to their parents, siblings in the order that they have in @order[n], a
 * permutation of all nodes, or as they are numbered where that is NULL.  Errors: ENOMEM; release
 * @l in any case.
 */
HP_MUST_CHECK int hp_tree_children(const uint32_t *parent, uint32_t n, const uint32_t *order,
				   struct hp_tree_links *l, struct hprof_error *err);
void hp_tree_links_release(struct hp_tree_links *l);

/* The node after @at in preorder, UINT32_MAX behind the last one. */
static inline uint32_t hp_tree_next(const struct hp_tree_links *l, const uint32_t *parent,
				    uint32_t at)
{
	if (l->first[at] != UINT32_MAX)
		return l->first[at];
	while (at != 0 && l->next[at] == UINT32_MAX)
		at = parent[at];
	return l->next[at];
}

/* Add the values of all nodes below a node to its own, for each node: @sum is [n][width]. */
void hp_tree_sum_below(const uint32_t *parent, uint32_t n, double *sum, size_t width);

/* Mark, besides the nodes that are marked in @mark[n], all that they are below. */
void hp_tree_mark(const uint32_t *parent, uint32_t n, bool *mark);

#endif
