/* shrunk.h - a difference where a stack that shrank counts nothing. */
#ifndef HP_OPS_SHRUNK_H
#define HP_OPS_SHRUNK_H

#include "analyzer/ops/view.h"

/*
 * Make the values of stacks that shrank 0.  Stacks of two builds are one where they read the same
 * by the granularity of @v, though their files and lines differ: what grew there as a whole is
 * spread over its parts that grew.  Before anything is left out.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_drop_shrunk(struct hprof_view *v, struct hprof_error *err);

#endif
