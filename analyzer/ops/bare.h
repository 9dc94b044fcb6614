/* bare.h - functions that are known by their name without arguments only. */
#ifndef HP_OPS_BARE_H
#define HP_OPS_BARE_H

#include "analyzer/ops/view.h"

/*
 * Find the names without arguments that stand for names with them.  DWARF of g++ has no linkage
 * name for a function local to a file that is inlined wherever it is called: it is "make" there,
 * and "make(Buf)" in a build that calls it.  They are one function if nothing else of that name
 * is in any of the profiles, and no profile that has both speaks against it.  Its templates have
 * types spelled otherwise besides: "put<long int>" is "put<long>".  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_bares_find(struct hprof_view *v, struct hprof_error *err);

/* What a name without arguments stands for. */
struct hp_bare_match {
	hp_strid key;  /* what it is compared by: the name with arguments, without the suffixes of
			  copies, or its linkage name where those are shown */
	hp_strid name; /* in short */
};

/* The same of the function @full with this linkage name, both of @v.  False: its own name. */
bool hp_bare_find(const struct hprof_view *v, hp_strid full, hp_strid linkage,
		  struct hp_bare_match *out);

void hp_bares_free(struct hp_bares *b); /* NULL is allowed */

#endif
