/* tree_builder.c - adding the stacks of a profile, cut and named, to the tree of a view. */
#include "analyzer/ops/tree_builder.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/scan.h"
#include "analyzer/base/sort.h"

static bool wanted(const struct hp_tree_builder *b, uint32_t sample)
{
	return !b->thread || b->thread[b->samples->thread[sample].i];
}

/* Count the frames that are cut in the whole profile, even for a view of some threads. */
static int count_cuts(struct hp_tree_builder *b, struct hprof_error *err)
{
	const struct hp_samples *all = b->all;

	for (uint32_t i = 0; i < all->n; i++) {
		struct hp_leaf leaf;
		int r = hp_pruner_leaf(&b->pruner, all->stack[i], &leaf, err);

		if (r < 0)
			return r;
		b->counts.cut_stacks += leaf.n_cut > 0;
		b->counts.cut_frames += leaf.n_cut;
	}
	return HPROF_OK;
}

static int find_leaves(struct hp_tree_builder *b, struct hprof_error *err)
{
	const struct hp_stacks *s = &b->p->stacks;
	bool counts = b->samples == b->all;

	for (uint32_t i = 0; i < b->samples->n; i++) {
		hp_stackid stack = b->samples->stack[i];
		int r;

		if (!wanted(b, i))
			continue;
		r = hp_pruner_leaf(&b->pruner, stack, &b->leaf[i], err);
		if (r < 0)
			return r;
		b->needed[b->leaf[i].stack.i] = true;
		b->counts.cut_stacks += counts && b->leaf[i].n_cut > 0;
		b->counts.cut_frames += counts ? b->leaf[i].n_cut : 0;
	}
	hp_tree_mark(&s->parent->i, s->n, b->needed);
	return counts ? HPROF_OK : count_cuts(b, err);
}

/*
 * Whether no two locations in use begin with the same frame, seen from the root, in a view of one
 * profile.  Then contexts that differ have frames that differ: no frame has to be looked up.
 */
static bool are_apart(struct hp_tree_builder *b, const bool *used, uint32_t **owner,
		      struct hprof_error *err, int *r)
{
	const struct hp_locs *l = &b->p->locs;
	const uint32_t *frame;
	uint32_t cap = 0, n;

	for (uint32_t i = 0; i < l->n; i++) {
		if (!used[i])
			continue;
		*r = hp_merge_frames(&b->merger, (hp_locid){i}, &frame, &n, err);
		if (*r < 0 || n == 0)
			return false;
		if (b->v->n_frames > cap) {
			uint32_t more = hp_column_cap(cap, b->v->n_frames);

			if (!more || !hp_column_resize(owner, sizeof(**owner), more)) {
				*r = hp_fail_nomem(err);
				return false;
			}
			memset(*owner + cap, 0, (more - cap) * sizeof(**owner));
			cap = more;
		}
		if ((*owner)[frame[n - 1]]++)
			return false;
	}
	return true;
}

static int find_apart(struct hp_tree_builder *b, struct hprof_error *err)
{
	const struct hp_stacks *s = &b->p->stacks;
	uint32_t *owner = NULL;
	bool *used;
	int r = HPROF_OK;

	if (b->v->n_profiles + b->v->n_bases > 1)
		return HPROF_OK;
	used = calloc((size_t)b->p->locs.n + 1, sizeof(*used));
	if (!used)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < s->n; i++)
		if (b->needed[i])
			used[s->loc[i].i] = true;
	b->apart = are_apart(b, used, &owner, err, &r);
	free(owner);
	free(used);
	return r;
}

/* Add the frames of stack row @i below its caller. */
static int add_frames(struct hp_tree_builder *b, uint32_t i, uint32_t *out, struct hprof_error *err)
{
	const struct hp_stacks *s = &b->p->stacks;
	uint32_t at = b->node[s->parent[i].i], n;
	const uint32_t *frame;
	int r = hp_merge_frames(&b->merger, s->loc[i], &frame, &n, err);

	while (r == HPROF_OK && n > 0)
		r = b->apart ? hp_tree_append(&b->v->tree, at, frame[--n], &at, err)
			     : hp_tree_add(&b->v->tree, b->v->seed, at, frame[--n], &at, err);
	if (r == HPROF_OK)
		*out = at;
	return r;
}

static int map_stacks(struct hp_tree_builder *b, struct hprof_error *err)
{
	int r = HPROF_OK;

	b->node[0] = 0;
	for (uint32_t i = 1; r == HPROF_OK && i < b->p->stacks.n; i++)
		if (b->needed[i])
			r = add_frames(b, i, &b->node[i], err);
	return r;
}

static int add_no_stack(struct hprof_view *v, uint32_t root, uint32_t *node,
			struct hprof_error *err)
{
	uint32_t frame;
	int r = hp_view_add_synthetic(v, HP_LIT("[no stack]"), &frame, err);

	return r < 0 ? r : hp_tree_add(&v->tree, v->seed, root, frame, node, err);
}

/* The node of sample @i, whose stack has one. */
static int map_sample(struct hp_tree_builder *b, uint32_t i, struct hprof_error *err)
{
	const struct hp_leaf *leaf = &b->leaf[i];
	uint32_t *node = &b->sample_node[i];
	int r = HPROF_OK;

	*node = b->node[leaf->stack.i];
	for (uint32_t k = 0; k < leaf->skip && !b->v->opts.no_inlines; k++)
		*node = b->v->tree.parent[*node]; /* its innermost frames are cut */
	if (r == HPROF_OK && *node == b->node[0])
		r = add_no_stack(b->v, b->node[0], node, err);
	return r;
}

static int map_samples(struct hp_tree_builder *b, struct hprof_error *err)
{
	int r = map_stacks(b, err);

	for (uint32_t i = 0; r == HPROF_OK && i < b->samples->n; i++) {
		b->sample_node[i] = HP_NONE;
		if (wanted(b, i))
			r = map_sample(b, i, err);
	}
	return r;
}

/* --- a frame per thread at the root --- */

/* The node of thread @thread, below the root; HP_NONE is none of those that are listed. */
static int add_thread(struct hp_tree_builder *b, uint32_t thread, uint32_t *node,
		      struct hprof_error *err)
{
	const struct hp_threads *t = &b->p->threads;
	struct hp_slice id, name;
	char *text = NULL;
	uint32_t frame;
	int r, n;

	if (thread == HP_NONE) {
		r = hp_view_add_synthetic(b->v, HP_LIT("[other threads]"), &frame, err);
		return r < 0 ? r : hp_tree_add(&b->v->tree, b->v->seed, 0, frame, node, err);
	}
	id = hp_profile_str(b->p, t->id[thread]);
	name = hp_profile_str(b->p, t->name[thread]);
	if (!name.len || hp_slice_same(id, name))
		n = asprintf(&text, "thread %.*s", (int)id.len, id.ptr);
	else
		n = asprintf(&text, "thread %.*s (%.*s)", (int)id.len, id.ptr, (int)name.len,
			     name.ptr);
	if (n < 0)
		return hp_fail_nomem(err);
	r = hp_view_add_synthetic(b->v, (struct hp_slice){text, (size_t)n}, &frame, err);
	free(text);
	return r < 0 ? r : hp_tree_add(&b->v->tree, b->v->seed, 0, frame, node, err);
}

/* What map_threads() needs besides the builder. */
struct rooted {
	uint32_t *order; /* [samples.n] by thread */
	uint32_t *mark;  /* [stacks.n] the last sample group that a stack's node is of */
	uint32_t *path;  /* [stacks.n] stacks from a leaf up */
};

/* Order rows of samples by their threads; rows of one thread stay in order, of none come last. */
static bool order_by_thread(const struct hp_tree_builder *b, uint32_t *order)
{
	uint32_t n = b->samples->n, n_threads = b->p->threads.n;
	uint32_t *thread = malloc(((size_t)n + 1) * sizeof(*thread));
	bool sorted;

	for (uint32_t i = 0; thread && i < n; i++) {
		uint32_t own = b->samples->thread[i].i;

		thread[i] = own == HP_NONE ? n_threads : own;
	}
	sorted = thread && hp_sort_by_key(order, thread, n, n_threads + 1);
	free(thread);
	return sorted;
}

/* Nodes for @stack and its callers, of the thread whose node is b->node[0]. */
static int map_stack(struct hp_tree_builder *b, const struct rooted *k, uint32_t mark,
		     uint32_t stack, struct hprof_error *err)
{
	uint32_t n = 0;
	int r = HPROF_OK;

	for (; stack != 0 && k->mark[stack] != mark; stack = b->p->stacks.parent[stack].i)
		k->path[n++] = stack;
	while (r == HPROF_OK && n-- > 0) {
		k->mark[k->path[n]] = mark;
		r = add_frames(b, k->path[n], &b->node[k->path[n]], err);
	}
	return r;
}

static int map_threads(struct hp_tree_builder *b, const struct rooted *k, struct hprof_error *err)
{
	uint32_t mark = 0, thread = 0;
	int r = order_by_thread(b, k->order) ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t at = 0; r == HPROF_OK && at < b->samples->n; at++) {
		uint32_t i = k->order[at];

		b->sample_node[i] = HP_NONE;
		if (!wanted(b, i))
			continue;
		if (!mark || b->samples->thread[i].i != thread) {
			thread = b->samples->thread[i].i;
			mark++;
			r = add_thread(b, thread, &b->node[0], err);
		}
		if (r == HPROF_OK)
			r = map_stack(b, k, mark, b->leaf[i].stack.i, err);
		if (r == HPROF_OK)
			r = map_sample(b, i, err);
	}
	return r;
}

static int map_rooted(struct hp_tree_builder *b, struct hprof_error *err)
{
	size_t n = b->p->stacks.n;
	struct rooted k = {calloc((size_t)b->samples->n + 1, sizeof(uint32_t)),
			   calloc(n, sizeof(uint32_t)), calloc(n, sizeof(uint32_t))};
	int r = k.order && k.mark && k.path ? map_threads(b, &k, err) : hp_fail_nomem(err);

	free(k.order);
	free(k.mark);
	free(k.path);
	return r;
}

/* The samples by thread, whose frames are to stand at the root. */
static int choose_samples(struct hp_tree_builder *b, struct hprof_error *err)
{
	struct hp_slice input = hp_profile_str(b->p, b->p->input);

	if (!b->v->opts.thread_roots)
		return HPROF_OK;
	if (b->p->threads.n == 0)
		return hp_fail(err, HPROF_ENODATA,
			       "%.*s: no threads in this file: heap dumps of jemalloc have them "
			       "(heap_v2), and pprof profiles with labels of threads",
			       (int)input.len, input.ptr);
	if (b->v->opts.thread) /* of these, nothing is known but their own rows */
		return HPROF_OK;
	b->samples = &b->by_thread;
	return hp_by_thread_init(b->p, &b->by_thread, err);
}

static bool is_thread(const struct hprof_profile *p, uint32_t thread, const char *id)
{
	return hp_slice_same(hp_profile_str(p, p->threads.id[thread]), hp_slice_str(id));
}

bool hp_view_is_thread_id(const struct hprof_view *v, const char *spec)
{
	struct hp_slice rest = hp_slice_str(spec);
	uint64_t number;

	if (hp_scan_u64(&rest, &number) && rest.len == 0)
		return true;
	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		for (uint32_t i = 0; i < v->profiles[n]->threads.n; i++)
			if (is_thread(v->profiles[n], i, spec))
				return true;
	return false;
}

/* The threads that @spec, an id or an expression over names, stands for. */
static int choose_threads(struct hp_tree_builder *b, const char *spec, struct hprof_error *err)
{
	const struct hp_threads *t = &b->p->threads;
	bool is_id = b->v->thread_by_id;
	struct hp_regex *re = NULL;
	int r = is_id ? HPROF_OK : hp_regex_new(spec, &re, err);

	if (r < 0)
		return r;
	b->thread = calloc(t->n ? t->n : 1, sizeof(*b->thread));
	if (!b->thread)
		r = hp_fail_nomem(err);
	for (uint32_t i = 0; r >= 0 && i < t->n; i++) {
		if (is_id)
			b->thread[i] = is_thread(b->p, i, spec);
		else if (t->name[i].i)
			b->thread[i] =
				(r = hp_regex_match(re, hp_profile_str(b->p, t->name[i]), err)) > 0;
		b->thread_found |= b->thread[i];
	}
	hp_regex_free(re);
	return r < 0 ? r : HPROF_OK;
}

void hp_tree_builder_release(struct hp_tree_builder *b)
{
	hp_frame_merger_release(&b->merger);
	hp_pruner_release(&b->pruner);
	hp_by_thread_release(&b->by_thread, b->p ? b->p->n_types : 0);
	free(b->thread);
	free(b->node);
	free(b->needed);
	free(b->leaf);
	free(b->sample_node);
}

int hp_tree_add_profile(struct hp_tree_builder *b, struct hprof_view *v, size_t i, uint32_t *module,
			struct hp_regex **alloc_fns, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[i];
	size_t n_stacks = p->stacks.n;
	int r = hp_frame_merger_init(&b->merger, v, p, module, err);

	b->v = v;
	b->p = p;
	b->all = hp_view_all(v, i);
	b->samples = hp_view_samples(v, i);
	if (r == HPROF_OK)
		r = choose_samples(b, err);
	if (r == HPROF_OK)
		r = hp_pruner_init(&b->pruner, p, v->opts.prune, alloc_fns, v->opts.n_alloc_fns,
				   err);
	if (r == HPROF_OK && v->opts.thread)
		r = choose_threads(b, v->opts.thread, err);
	if (r < 0)
		return r;
	b->node = calloc(n_stacks, sizeof(*b->node));
	b->needed = calloc(n_stacks, sizeof(*b->needed));
	b->leaf = calloc(b->samples->n + 1, sizeof(*b->leaf));
	b->sample_node = calloc(b->samples->n + 1, sizeof(*b->sample_node));
	if (!b->node || !b->needed || !b->leaf || !b->sample_node)
		return hp_fail_nomem(err);
	r = find_leaves(b, err);
	if (r < 0)
		return r;
	if (v->opts.thread_roots)
		return map_rooted(b, err);
	r = find_apart(b, err);
	if (r == HPROF_OK && !b->apart)
		hp_index_expect(&v->tree.index, p->stacks.n);
	return r < 0 ? r : map_samples(b, err);
}

void hp_tree_add_values(const struct hp_tree_builder *b, bool is_base)
{
	struct hprof_view *v = b->v;
	const struct hp_samples *s = b->samples;

	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];
		uint32_t from = hp_profile_type(b->p, hp_view_str(v, type->name));
		double *to = is_base ? type->base : type->now;

		if (from == HP_NONE || !s->estimate[from])
			continue;
		for (uint32_t i = 0; i < s->n; i++) {
			uint32_t node = b->sample_node[i];

			if (node == HP_NONE)
				continue;
			to[node] += s->estimate[from][i];
			if (type->has_error)
				type->variance[node] += s->variance[from][i];
		}
	}
}

/* The same where each thread has nodes of its own. */
static int own_nodes(const struct hp_tree_builder *b, struct hprof_error *err)
{
	struct hprof_view *v = b->v;

	v->node_thread = calloc(v->tree.n, sizeof(*v->node_thread));
	if (!v->node_thread)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < b->samples->n; i++)
		if (b->sample_node[i] != HP_NONE && b->samples->thread[i].i != HP_NONE)
			v->node_thread[b->sample_node[i]] = b->samples->thread[i].i + 1;
	return HPROF_OK;
}

int hp_tree_find_threads(const struct hp_tree_builder *b, struct hprof_error *err)
{
	struct hprof_view *v = b->v;
	const struct hp_samples *s = &b->p->by_thread;
	uint32_t *node, *several;

	if (s->n == 0 || v->n_profiles + v->n_bases > 1 || v->opts.n_hide || v->opts.n_show)
		return HPROF_OK;
	if (v->opts.thread_roots)
		return own_nodes(b, err);
	node = calloc(b->p->stacks.n, sizeof(*node));
	several = calloc(v->tree.n, sizeof(*several));
	v->node_thread = calloc(v->tree.n, sizeof(*v->node_thread));
	for (uint32_t i = 0; node && i < b->samples->n; i++)
		if (b->sample_node[i] != HP_NONE)
			node[b->samples->stack[i].i] = b->sample_node[i];
	for (uint32_t i = 0; node && several && v->node_thread && i < s->n; i++) {
		uint32_t *owner = &v->node_thread[node[s->stack[i].i]];

		if (b->thread && !b->thread[s->thread[i].i])
			continue;
		if (*owner && *owner != s->thread[i].i + 1)
			several[node[s->stack[i].i]] = 1;
		*owner = s->thread[i].i + 1;
	}
	for (uint32_t i = 0; several && v->node_thread && i < v->tree.n; i++)
		if (several[i])
			v->node_thread[i] = 0;
	free(node);
	free(several);
	return node && several && v->node_thread ? HPROF_OK : hp_fail_nomem(err);
}
