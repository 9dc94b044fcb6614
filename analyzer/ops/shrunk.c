/* shrunk.c - a difference where a stack that shrank counts nothing. */
#include "analyzer/ops/shrunk.h"

#include <stdlib.h>

#include "analyzer/ops/table.h"

/* Values of one type at a stack of what is compared: how much it grew, and its parts that did. */
struct growth {
	double all, grown;
};

static bool has_builds(const struct hprof_view *v)
{
	for (uint32_t i = 0; i < v->n_frames; i++)
		if (v->frames[i].by_name || !v->frames[i].has_addr)
			return true;
	return false;
}

/*
 * The stack that each node is compared as: @to[tree.n] rows of @t.  Within one build that is the
 * node; frames of other builds, and those without addresses, go by the row they are shown in.
 */
static int find_stacks(const struct hprof_view *v, struct hp_tree *t, uint32_t *to,
		       struct hprof_error *err)
{
	uint32_t *row_of_frame = NULL, n_rows;
	struct hp_table_row *row = NULL;
	int r = hp_rows_new(v, &row, &n_rows, &row_of_frame, err);

	free(row);
	if (r == HPROF_OK)
		r = hp_tree_add(t, v->seed, HP_NONE, HP_NONE, &to[0], err);
	for (uint32_t i = 1; r == HPROF_OK && i < v->tree.n; i++) {
		uint32_t frame = v->tree.frame[i];
		const struct hp_vframe *f = &v->frames[frame];
		uint32_t key = f->by_name || !f->has_addr ? row_of_frame[frame] : n_rows + frame;

		r = hp_tree_add(t, v->seed, to[v->tree.parent[i]], key, &to[i], err);
	}
	free(row_of_frame);
	return r;
}

static void drop(struct hp_vtype *type, uint32_t n, const uint32_t *to, struct growth *growth)
{
	for (uint32_t i = 0; i < n; i++) {
		growth[to[i]].all += type->value[i];
		growth[to[i]].grown += type->value[i] > 0 ? type->value[i] : 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct growth *g = &growth[to[i]];

		if (g->all <= 0 || type->value[i] <= 0)
			type->value[i] = 0;
		else if (g->all < g->grown)
			type->value[i] *= g->all / g->grown;
	}
}

int hp_drop_shrunk(struct hprof_view *v, struct hprof_error *err)
{
	struct hp_tree stacks = {0};
	uint32_t *to = calloc(v->tree.n, sizeof(*to));
	int r = to ? HPROF_OK : hp_fail_nomem(err);

	if (r == HPROF_OK && has_builds(v))
		r = find_stacks(v, &stacks, to, err);
	else
		for (uint32_t i = 0; to && i < v->tree.n; i++)
			to[i] = i;
	for (uint32_t t = 0; r == HPROF_OK && t < v->n_types; t++) {
		struct growth *growth = calloc(v->tree.n, sizeof(*growth));

		if (growth)
			drop(&v->types[t], v->tree.n, to, growth);
		else
			r = hp_fail_nomem(err);
		free(growth);
	}
	hp_tree_release(&stacks);
	free(to);
	return r;
}
