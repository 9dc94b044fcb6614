/* walk.h - which functions and inlined calls of a unit hold given addresses. */
#ifndef HP_SYMBOLIZE_WALK_H
#define HP_SYMBOLIZE_WALK_H

#include <elfutils/libdw.h>

#include "analyzer/base/error.h"
#include "analyzer/symbolize/elf_file.h"

#define HP_NO_NODE UINT32_MAX

struct hp_node {
	Dwarf_Die die;
	uint32_t caller; /* node of the function it was inlined into; HP_NO_NODE: it is none */
};

struct hp_scope { /* a namespace, class or function with something in it */
	Dwarf_Die die;
	const void *limit; /* where the DIEs in it end */
	uint32_t outer;    /* scope around it; HP_NO_NODE: none */
	uint32_t depth;    /* level of its DIE */
};

/* Zero-initialised is empty; one can serve any number of walks. */
struct hp_die_walk {
	struct hp_node *node;
	uint32_t n_nodes, cap_nodes;
	struct hp_scope *scope; /* of the unit, in the order of their DIEs */
	uint32_t n_scopes, cap_scopes;
	void *unit;      /* that was walked */
	uint32_t *hit;   /* per address of the walk: the innermost node, or HP_NO_NODE */
	uint32_t *owner; /* the same: number of the function, not inlined, that it is in */
	uint32_t cap_hits;
	struct hp_level *level; /* the DIEs on the way down */
	uint64_t steps;         /* set by the caller: ranges and addresses to look at */
	bool damaged;           /* a part of the unit could not be read, or steps ran out */
	int64_t deadline_ms;    /* set by the caller: CPU time of this thread; 0: none */
};

/*
 * Walk @unit for the sorted addresses @addr[n]; ranges that start outside of the extents of
 * code @text[n_text] are of functions that the linker dropped.  Results stay until the next
 * walk.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_walk_unit(struct hp_die_walk *w, const Dwarf_Die *unit,
			       const struct hp_extent *text, size_t n_text, const uint64_t *addr,
			       uint32_t n);
void hp_walk_release(struct hp_die_walk *w);

/* CPU time that this thread has taken, in milliseconds. */
int64_t hp_walk_clock_ms(void);

/* Whether w->deadline_ms has come. */
bool hp_walk_late(const struct hp_die_walk *w);

/*
 * Whether @die is of the unit walked last; then *@scope is the innermost scope around it,
 * HP_NO_NODE if there is none.
 */
bool hp_walk_scope(const struct hp_die_walk *w, const Dwarf_Die *die, uint32_t *scope);

#endif
