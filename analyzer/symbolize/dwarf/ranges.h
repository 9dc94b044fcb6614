/* ranges.h - the ranges of addresses that a DIE claims. */
#ifndef HP_DWARF_RANGES_H
#define HP_DWARF_RANGES_H

#include "analyzer/symbolize/dwarf/unit.h"

struct hp_dw_ranges {
	const struct hp_dw_cu *cu;
	struct hp_bytes list;
	uint64_t base; /* that offsets in the list are added to */
	uint64_t start, limit;
	enum { HP_DW_RANGES_END, HP_DW_RANGES_ONE, HP_DW_RANGES_OLD, HP_DW_RANGES_NEW } kind;
	bool damaged;
};

/* Begin with the ranges of the DIE of @cu that says @pcs; there may be none. */
void hp_dw_ranges_begin(struct hp_dw_ranges *r, const struct hp_dw_cu *cu,
			const struct hp_dw_pcs *pcs);

/*
 * The next range is [r->start, r->limit), which may be empty or upside down in odd files.
 * False at the end; r->damaged then says if something could not be read.  Every step takes
 * at least one byte of a list.
 */
bool hp_dw_ranges_next(struct hp_dw_ranges *r);

#endif
