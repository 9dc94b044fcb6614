/* merge_modules.h - giving the modules of several profiles common rows, and names. */
#ifndef HP_OPS_MERGE_MODULES_H
#define HP_OPS_MERGE_MODULES_H

#include "analyzer/ops/view.h"

/*
 * Fill the modules of @v from all its profiles.  Two of them are one row when they are the
 * same build: equal build IDs of the files used, or without files equal paths and equal
 * layouts of their mappings.  @module: [profile] rows of the view per module of a profile, to
 * be freed by the caller one by one.
 */
HP_MUST_CHECK int hp_merge_modules(struct hprof_view *v, uint32_t **module,
				   struct hprof_error *err);

#endif
