/* walk.h - which functions and inlined calls of a unit hold given addresses. */
#ifndef HP_DWARF_WALK_H
#define HP_DWARF_WALK_H

#include "analyzer/base/error.h"
#include "analyzer/symbolize/dwarf/abbrev.h"
#include "analyzer/symbolize/elf_file.h"

#define HP_DW_NONE UINT32_MAX

struct hp_dw_node {      /* a function or an inlined call that holds addresses */
	uint64_t die;    /* its offset */
	uint64_t entry;  /* where its code begins, if @has_entry */
	uint32_t caller; /* node of the function it was inlined into; HP_DW_NONE: it is none */
	bool has_entry;
};

struct hp_dw_scope {         /* a namespace, class or function that has DIEs in it */
	uint64_t die, limit; /* offsets: [die, limit) */
	uint32_t outer;      /* scope around it; HP_DW_NONE: none */
	bool seen;           /* the scopes in it are listed too */
};

/* Zero-initialised is empty; one can serve any number of walks. */
struct hp_dw_walk {
	struct hp_dw_abbrevs abbrevs; /* of the unit walked last */
	struct hp_dw_node *node;
	uint32_t n_nodes, cap_nodes;
	struct hp_dw_scope *scope; /* of the unit, by offset; only if @scopes asks for them */
	uint32_t n_scopes, cap_scopes;
	uint32_t *hit;   /* per address of the walk: the innermost node, or HP_DW_NONE */
	uint32_t *owner; /* the same: number of the function, not inlined, that it is in */
	uint32_t cap_hits;
	uint64_t stopped; /* offset from where on nothing was read: all addresses had been found */
	struct hp_dw_level *level; /* the DIEs on the way down */
	uint64_t steps;            /* set by the caller: bytes, ranges and addresses to look at */
	bool damaged;              /* a part of the unit could not be read */
	bool exhausted; /* a part was not read: steps ran out, or DIEs are nested too deep */
	bool skipped;   /* some DIEs were passed over unread */
};

/*
 * Walk the unit of @cu for the sorted addresses @addr[n]; ranges that start outside of the
 * extents of code @text[n_text] are of functions that the linker dropped.  Unless @thorough,
 * functions whose own ranges hold none of the addresses are passed over, and classes, where
 * the compiler says how far to go: code nested in them is not found then.  Where several
 * functions have the same code, the first one counts, and the walk ends when all addresses
 * are found.  Results stay until the next walk.  Errors: ENOMEM.
 */
struct hp_dw_walk_in {
	const struct hp_dw_cu *cu;
	const struct hp_extent *text; /* [n_text] */
	size_t n_text;
	const uint64_t *addr; /* [n] */
	uint32_t n;
	bool thorough, scopes;
};
HP_MUST_CHECK int hp_dw_walk_unit(struct hp_dw_walk *w, const struct hp_dw_walk_in *in);

/*
 * Whether the walk of @in, which has just been made, left out a function that holds an address
 * for which it found none: a thorough walk will find it.
 */
bool hp_dw_walk_left_some(struct hp_dw_walk *w, const struct hp_dw_walk_in *in);
void hp_dw_walk_release(struct hp_dw_walk *w);

/*
 * The scopes around the DIE at @offset of the unit of @cu, which @w walked last with scopes:
 * their offsets, innermost first, go to @out[max].  Returns how many there are, at most @max.
 * Bytes that are looked at anew take *@steps.
 */
uint32_t hp_dw_scopes_of(const struct hp_dw_walk *w, const struct hp_dw_cu *cu, uint64_t offset,
			 uint64_t *out, uint32_t max, uint64_t *steps);

#endif
