/* tree.c - the tree of frames that a view's values hang on. */
#include "analyzer/ops/tree.h"

#include <stdlib.h>

#include "analyzer/base/column.h"

struct key {
	uint32_t parent, frame;
};

static bool same_node(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_tree *t = ctx;
	const struct key *k = key;

	return t->parent[row] == k->parent && t->frame[row] == k->frame;
}

int hp_tree_append(struct hp_tree *t, uint32_t parent, uint32_t frame, uint32_t *out,
		   struct hprof_error *err)
{
	if (t->n == t->cap) {
		uint32_t cap = hp_column_cap(t->cap, t->n + 1);

		if (!cap || !hp_column_resize(&t->parent, sizeof(*t->parent), cap) ||
		    !hp_column_resize(&t->frame, sizeof(*t->frame), cap))
			return hp_fail_nomem(err);
		t->cap = cap;
	}
	*out = t->n;
	t->parent[t->n] = parent;
	t->frame[t->n++] = frame;
	return HPROF_OK;
}

int hp_tree_add(struct hp_tree *t, uint64_t seed, uint32_t parent, uint32_t frame, uint32_t *out,
		struct hprof_error *err)
{
	struct key key = {parent, frame};
	uint32_t tag = hp_hash_pair(seed, parent, frame);
	uint32_t row = hp_index_find(&t->index, tag, same_node, t, &key);

	if (row == UINT32_MAX) {
		int r;

		if (!hp_index_reserve(&t->index))
			return hp_fail_nomem(err);
		r = hp_tree_append(t, parent, frame, &row, err);
		if (r < 0)
			return r;
		(void)hp_index_add(&t->index, tag, row); /* room was reserved above */
	}
	*out = row;
	return HPROF_OK;
}

void hp_tree_release(struct hp_tree *t)
{
	free(t->parent);
	free(t->frame);
	hp_index_release(&t->index);
	*t = (struct hp_tree){0};
}
