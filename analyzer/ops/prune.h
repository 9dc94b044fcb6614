/* prune.h - which frames belong to an allocator, and where a stack is cut. */
#ifndef HP_OPS_PRUNE_H
#define HP_OPS_PRUNE_H

#include "analyzer/base/regex.h"
#include "analyzer/model/profile.h"

/* Physical frames from the leaf in which allocator frames are looked for. */
enum { HP_PRUNE_DEPTH = 10 };

/* The rules for functions by the first byte of their texts: a name is compared with few. */
struct hp_rules {
	uint8_t first[256]; /* 1 + a rule, 0: none */
	uint8_t next[256];  /* of a rule: 1 + the next one, 0: none */
	uint8_t plain[256]; /* of a rule: bytes before its first '*' */
};
void hp_rules_init(struct hp_rules *r);

struct hp_pruner {
	struct hp_rules rules;
	const struct hprof_profile *p;
	struct hp_regex **alloc_fns; /* [n_alloc_fns] borrowed */
	size_t n_alloc_fns;
	uint32_t *cut;  /* [locs.n] 1 + innermost frames to cut of a location; 0: not yet known */
	uint8_t *asked; /* [funcs.n] 1 + whether a function is an allocator's; 0: not yet known */
	enum hprof_prune mode; /* of a profile that was cut before, only @alloc_fns count */
};

HP_MUST_CHECK int hp_pruner_init(struct hp_pruner *x, const struct hprof_profile *p,
				 enum hprof_prune mode, struct hp_regex **alloc_fns,
				 size_t n_alloc_fns, struct hprof_error *err);
void hp_pruner_release(struct hp_pruner *x);

/* Where a stack begins once its allocator frames are cut. */
struct hp_leaf {
	hp_stackid stack;
	uint32_t skip;  /* innermost frames of its location that are cut */
	uint32_t n_cut; /* physical frames cut */
};

/*
 * Everything on the leaf side of the rootmost allocator frame among the first
 * HP_PRUNE_DEPTH physical frames is cut, and the allocator frames that follow it without a
 * break; a stack of allocator frames only keeps its outermost.
 * Errors: EINVAL (a user's expression takes too long).
 */
HP_MUST_CHECK int hp_pruner_leaf(struct hp_pruner *x, hp_stackid stack, struct hp_leaf *out,
				 struct hprof_error *err);

/* Whether @name, arguments cut, or @linkage is an allocator's; which one, or NULL. */
const char *hp_allocator_of_function(const struct hp_rules *r, struct hp_slice name,
				     struct hp_slice linkage);
/* The same for the path of a module. */
const char *hp_allocator_of_module(struct hp_slice path);

#endif
