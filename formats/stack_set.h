/*
 * stack_set.h - all stacks of a file, put in order, so that those that begin alike are neighbours.
 *
 * Then each calling context is made when it is met first, and none has to be looked up: for files
 * that have all of their stacks in memory anyway this is several times faster.
 */
#ifndef HP_FORMATS_STACK_SET_H
#define HP_FORMATS_STACK_SET_H

#include "analyzer/model/builder.h"

struct hp_stack_run {
	uint32_t first, n; /* rows of hp_stack_set.loc, root first */
};

/* Zero-initialised is empty. */
struct hp_stack_set {
	uint32_t *loc;
	uint32_t n_loc, cap_loc;
	struct hp_stack_run *run; /* [n] in the order of the file */
	uint32_t n, cap;
};

/* Add the stack of the @n locations at @loc, leaf first. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_stack_set_add(struct hp_stack_set *s, const struct hp_builder *b,
				   const hp_locid *loc, uint32_t n);

struct hp_placed_stack {
	uint32_t row; /* of the set */
	hp_stackid stack;
};

/*
 * Add all stacks to @b, which has none yet and gets no others.  @out[s->n]: where they are, in
 * the order of their contexts.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_stack_set_build(struct hp_stack_set *s, struct hp_builder *b,
				     struct hp_placed_stack *out);
void hp_stack_set_release(struct hp_stack_set *s);

#endif
