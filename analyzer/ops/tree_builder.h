/* tree_builder.h - adding the stacks of a profile, cut and named, to the tree of a view. */
#ifndef HP_OPS_TREE_BUILDER_H
#define HP_OPS_TREE_BUILDER_H

#include "analyzer/ops/by_thread.h"
#include "analyzer/ops/merge_frames.h"
#include "analyzer/ops/prune.h"

struct hp_tree_builder {
	struct hprof_view *v;
	const struct hprof_profile *p;
	const struct hp_samples *all;     /* of the profile, or of the snapshot that is shown */
	const struct hp_samples *samples; /* that are added: of all threads, or by thread */
	struct hp_samples by_thread;      /* with a frame per thread: what @samples is */
	struct hp_frame_merger merger;
	struct hp_pruner pruner;
	bool *thread;          /* [threads.n] wanted; NULL: no choice */
	bool thread_found;     /* one at least is wanted */
	uint32_t *node;        /* [stacks.n] row of the tree of a whole stack; of a thread's */
	bool apart;            /* no two contexts have the same frames */
	bool *needed;          /* [stacks.n] a sample ends there or below */
	struct hp_leaf *leaf;  /* [samples.n] */
	uint32_t *sample_node; /* [samples.n] row of the tree; HP_NONE: left out */
	struct hp_vcounts counts;
};

/*
 * Fill the tree of @v with the stacks of its profile @i; @module, from hp_merge_modules(), is freed
 * with
 * @b.  Errors: ENODATA (no values per thread), EINVAL, ENOMEM; release @b in any case.
 */
HP_MUST_CHECK int hp_tree_add_profile(struct hp_tree_builder *b, struct hprof_view *v, size_t i,
				      uint32_t *module, struct hp_regex **alloc_fns,
				      struct hprof_error *err);
void hp_tree_builder_release(struct hp_tree_builder *b);

/* Add the samples of the profile to the columns of the view, which exist by now. */
void hp_tree_add_values(const struct hp_tree_builder *b, bool is_base);

/*
 * Find the nodes whose values all come from one thread, where that was recorded and the view
 * is of one profile.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_tree_find_threads(const struct hp_tree_builder *b, struct hprof_error *err);

/* Whether @spec is the id of a thread: a number, or what a profile of @v has among its ids. */
bool hp_view_is_thread_id(const struct hprof_view *v, const char *spec);

#endif
