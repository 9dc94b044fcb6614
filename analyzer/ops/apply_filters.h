/* apply_filters.h - leaving stacks and frames out of a finished tree. */
#ifndef HP_OPS_APPLY_FILTERS_H
#define HP_OPS_APPLY_FILTERS_H

#include "analyzer/ops/view.h"

/*
 * Apply the focus, ignore, hide and show expressions of @v's options, in this order: stacks
 * that are left out lose their values, frames that are left out leave the tree; a stack that
 * loses all its frames stays as "[hidden]".  Errors: EINVAL, ENOMEM.
 */
HP_MUST_CHECK int hp_view_apply_filters(struct hprof_view *v, struct hprof_error *err);

#endif
