/* choose_types.h - which sample types a view has, and which of them is shown. */
#ifndef HP_OPS_CHOOSE_TYPES_H
#define HP_OPS_CHOOSE_TYPES_H

#include "analyzer/ops/view.h"

/*
 * Fill @v->types, without columns, from @v->profiles and @v->opts: the type that was asked for,
 * which every profile must have, or the default, which all have; with opts.all_types all that they
 * have in common.  @v->chosen is that type.  Errors: ENODATA (a profile has no such type, or they
 * have none in common), EINVAL (a maximum of several profiles), ENOMEM.
 */
HP_MUST_CHECK int hp_view_choose_types(struct hprof_view *v, struct hprof_error *err);

#endif
