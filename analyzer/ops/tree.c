/* tree.c - the tree of frames that a view's values hang on, and walking any of its shape. */
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

int hp_tree_order(const struct hp_tree *t, uint32_t **order, struct hprof_error *err)
{
	uint32_t *list = malloc(t->n * sizeof(*list)), at = 0, n = 0;
	struct hp_tree_links l = {0};
	int r = list ? hp_tree_children(t->parent, t->n, NULL, &l, err) : hp_fail_nomem(err);

	while (r == HPROF_OK && (at = hp_tree_next(&l, t->parent, at)) != UINT32_MAX)
		list[n++] = at;
	hp_tree_links_release(&l);
	if (r < 0)
		free(list);
	else
		*order = list;
	return r;
}

int hp_tree_outermost(const struct hp_tree *t, const uint32_t *row_of_frame, uint32_t n_rows,
		      bool **outermost, struct hprof_error *err)
{
	uint32_t *active = calloc((size_t)n_rows + 1, sizeof(*active)); /* of rows on the path */
	bool *is_first = calloc(t->n, sizeof(*is_first));
	struct hp_tree_links l = {0};
	uint32_t at = 0, top = 0;
	int r = active && is_first ? hp_tree_children(t->parent, t->n, NULL, &l, err)
				   : hp_fail_nomem(err);

	for (; r == HPROF_OK && (at = hp_tree_next(&l, t->parent, at)) != UINT32_MAX; top = at) {
		for (; top != t->parent[at]; top = t->parent[top])
			active[row_of_frame[t->frame[top]]]--;
		is_first[at] = active[row_of_frame[t->frame[at]]]++ == 0;
	}
	hp_tree_links_release(&l);
	free(active);
	if (r < 0)
		free(is_first);
	else
		*outermost = is_first;
	return r;
}

int hp_tree_children(const uint32_t *parent, uint32_t n, const uint32_t *order,
		     struct hp_tree_links *l, struct hprof_error *err)
{
	l->first = malloc((n ? n : 1) * sizeof(*l->first));
	l->next = malloc((n ? n : 1) * sizeof(*l->next));
	if (!l->first || !l->next)
		return hp_fail_nomem(err);
	memset(l->first, 0xff, n * sizeof(*l->first)); /* UINT32_MAX */
	if (n)
		l->next[0] = UINT32_MAX;
	for (uint32_t k = n; k-- > 0;) {
		uint32_t i = order ? order[k] : k;

		if (i == 0)
			continue;
		l->next[i] = l->first[parent[i]];
		l->first[parent[i]] = i;
	}
	return HPROF_OK;
}

void hp_tree_links_release(struct hp_tree_links *l)
{
	free(l->first);
	free(l->next);
}

void hp_tree_sum_below(const uint32_t *parent, uint32_t n, double *sum, size_t width)
{
	for (uint32_t i = n; i-- > 1;)
		for (size_t k = 0; k < width; k++)
			sum[parent[i] * width + k] += sum[i * width + k];
}

void hp_tree_mark(const uint32_t *parent, uint32_t n, bool *mark)
{
	for (uint32_t i = n; i-- > 1;)
		mark[parent[i]] |= mark[i];
}
