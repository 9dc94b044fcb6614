/* stem.h - functions of several builds that one name stands for, but for what the builds add. */
#ifndef HP_OPS_STEM_H
#define HP_OPS_STEM_H

#include "analyzer/ops/view.h"

/*
 * Find the names that hashes and suffixes make different in the builds that @v is made of:
 * "f::h0123456789abcdef" and "f::hfedcba9876543210" are two functions within one build, and one
 * across builds.  A name with a hash that all profiles have which have an "f" stays as it is: it is
 * of a library that all link; of others hp_stem_of() gives the name without.  Within one build only
 * copies count: DWARF calls "f" what a symbol table calls "f.isra.0".  @module:
 * [profile] as hp_merge_modules() fills it; hp_bares_find() comes first.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_stems_find(struct hprof_view *v, uint32_t *const *module,
				struct hprof_error *err);

/*
 * What function @full is compared by in code that is of one build everywhere, or not: *@out,
 * unchanged where that is its name.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_stem_of(struct hprof_view *v, struct hp_slice full, bool one_build,
			     hp_strid *out, struct hprof_error *err);

/* @name without what builds, or one build, add to it: *@out. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_stem_name(struct hprof_view *v, struct hp_slice name, bool one_build,
			       hp_strid *out, struct hprof_error *err);

void hp_stems_free(struct hp_stems *s); /* NULL is allowed */

#endif
