/* table.h - flat and cumulative values per function, line, file, address or module. */
#ifndef HP_OPS_TABLE_H
#define HP_OPS_TABLE_H

#include "analyzer/ops/view.h"

/* Values of one kind: of the stacks that end in a row's frames, and of those that pass it. */
struct hp_sums {
	double flat, cum;
};

struct hp_table_row {
	hp_strid label;  /* what the row is called */
	hp_strid full;   /* the name in full, for the order of equal rows */
	hp_strid file;   /* "" when unknown or not the same everywhere */
	uint32_t line;   /* 0 likewise, and where lines are not told apart */
	uint32_t module; /* HP_NONE likewise */
	uint64_t addr;   /* where addresses are told apart */
	bool inlined;    /* a row of inlined frames only, where these are told apart */
	bool has_addr;
	struct hp_sums value, now, base, variance;
	bool significant; /* a difference beyond what sampling explains, at 95 % */
};

struct hp_table {
	struct hp_table_row *row; /* [n] largest first */
	uint32_t n;
};

/*
 * Sum type @type of @v by its granularity.  A row's cum counts a stack once, however often
 * the row appears in it.  Rows without any value are left out.  Errors: ENOMEM.
 * Cost: O(nodes + rows log rows).
 */
HP_MUST_CHECK int hp_table_new(const struct hprof_view *v, uint32_t type, struct hp_table *out,
			       struct hprof_error *err);
void hp_table_release(struct hp_table *t);

#endif
