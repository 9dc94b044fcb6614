/* by_thread.h - the values of each stack, divided among the threads that they are of. */
#ifndef HP_OPS_BY_THREAD_H
#define HP_OPS_BY_THREAD_H

#include "analyzer/model/profile.h"

/*
 * Fill @out, zeroed, with a row per stack and thread, in the order of the threads' own rows.  All
 * rows of a stack add up to its values in @p->all.  What no thread's row covers is in rows of
 * thread HP_NONE, which come last.  There are columns of estimates and variances, no others.
 * Errors: ENOMEM; release @out in any case.
 */
HP_MUST_CHECK int hp_by_thread_init(const struct hprof_profile *p, struct hp_samples *out,
				    struct hprof_error *err);
void hp_by_thread_release(struct hp_samples *s, uint32_t n_types);

#endif
