/* bare.h - functions that are known by their name without arguments only. */
#ifndef HP_OPS_BARE_H
#define HP_OPS_BARE_H

#include "analyzer/ops/view.h"

/*
 * Find the names without arguments that stand for names with them.  DWARF of g++ has no linkage
 * name for a function local to a file that is inlined wherever it is called: it is "make" there,
 * and "make(Buf)" in a build that calls it.  They are one function if nothing else of that name
 * is in any of the profiles, and no profile that has both speaks against it.  Errors: ENOMEM,
 * ELIMIT.
 */
HP_MUST_CHECK int hp_bares_find(struct hprof_view *v, struct hprof_error *err);

/*
 * What the function @full with this linkage name, both of @v, is compared by: one with arguments,
 * without the suffixes of copies.  NULL: its own name.  Borrowed until a view is made of more.
 */
const struct hp_bare *hp_bare_whole(const struct hprof_view *v, hp_strid full, hp_strid linkage);

void hp_bares_release(struct hp_bares *b);

#endif
