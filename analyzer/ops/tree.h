/* tree.h - the tree of frames that a view's values hang on. */
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

#endif
