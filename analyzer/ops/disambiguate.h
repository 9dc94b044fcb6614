/* disambiguate.h - different functions of one name: finding and distinguishing them. */
#ifndef HP_OPS_DISAMBIGUATE_H
#define HP_OPS_DISAMBIGUATE_H

#include "analyzer/ops/view.h"

/*
 * Find the names that are of several functions in one of the profiles: functions local to a
 * source file, or to a module where the file is not known.  A name that is linked by is one
 * function wherever it is.  jeprof's tables go by the name alone.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_name_clashes_find(struct hprof_view *v, uint32_t *const *module,
				       struct hprof_error *err);
void hp_name_clashes_free(struct hp_name_clashes *c); /* NULL is allowed */

/*
 * If @f, with names and file, in module row @view_module of @v, has a name of several functions,
 * set what distinguishes it: f->scope, which other builds share, and f->module, which labels may
 * show.  f->key is the name.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_name_clash_scope(struct hprof_view *v, uint32_t view_module,
				      struct hp_vfunc *f, struct hprof_error *err);

/*
 * Choose what is printed for each function: the name in the style asked for; where two would
 * read the same, in full; where that is not enough, with the source file or the module.
 */
HP_MUST_CHECK int hp_name_clashes_label(struct hprof_view *v, struct hprof_error *err);

#endif
