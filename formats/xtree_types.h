/* xtree_types.h - what valgrind's xtree reports count, as sample types. */
#ifndef HP_FORMATS_XTREE_TYPES_H
#define HP_FORMATS_XTREE_TYPES_H

#include "analyzer/model/builder.h"

enum { HP_XTREE_EVENTS_MAX = 64 }; /* in one report */

/*
 * Add the sample type of what @event counts ("curB", "totFdBk", "RB"...): under its standard
 * name where there is one, else under its own.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_xtree_type(struct hp_builder *b, struct hp_slice event);

/* The type to show when nothing is said, once all are there: what is live, or what leaked. */
void hp_xtree_default(struct hp_builder *b);

#endif
