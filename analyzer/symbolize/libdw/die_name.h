/* die_name.h - what the function of a DIE is called. */
#ifndef HP_SYMBOLIZE_DIE_NAME_H
#define HP_SYMBOLIZE_DIE_NAME_H

#include <elfutils/libdw.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/index.h"
#include "analyzer/base/slice.h"
#include "analyzer/symbolize/libdw/walk.h"

struct hp_die_name {
	const void *key; /* the DIE that has the name */
	struct hp_slice name;
};

/* Zero-initialised but for @mem is empty. Finding the scopes of a DIE is dear: do it once. */
struct hp_die_names {
	struct hp_arena *mem;
	uint32_t steps; /* DIEs that may still be looked at for the name in question */
	struct hp_die_name *row;
	uint32_t n, cap;
	struct hp_index index;
};

/*
 * The linkage name of @die, a subprogram or inlined subroutine, found anywhere on the way to
 * its abstract instance and its declaration; empty if there is none.
 */
struct hp_slice hp_die_linkage(Dwarf_Die *die);

/*
 * The name of @die, behind the names of its namespaces and classes if the language of its
 * unit has those.  @walk knows those of the unit it walked last; others take time to find.
 * Empty if there is none.  Valid as long as names->mem.
 */
struct hp_slice hp_die_qualified(struct hp_die_names *names, const struct hp_die_walk *walk,
				 Dwarf_Die *die);

void hp_die_names_release(struct hp_die_names *names);

#endif
