/* calls.h - the call tree of a view, from the roots or from the allocation sites, pruned. */
#ifndef HP_OPS_CALLS_H
#define HP_OPS_CALLS_H

#include "analyzer/ops/table.h"

struct hp_calls_opts {
	bool bottom_up;     /* children are callers instead of what is called */
	bool only_changed;  /* in a difference: leave out what did not change */
	size_t rows;        /* keep at most so many, the largest; 0: all */
	uint32_t depth;     /* and none with more frames above it; 0: all */
	double min_percent; /* and none smaller than that part of the whole */
};

struct hp_call {
	uint32_t parent;         /* index of the parent, before this one */
	uint32_t row;            /* index into the rows: what it is called */
	uint32_t depth;          /* frames from the start of its path: 1, 2, ... */
	uint32_t n_hidden;       /* children left out; HP_NONE: some, they were not counted */
	bool only;               /* the only child, and all of its parent's value is its own */
	struct hp_amount cum;    /* all of it: flat + children + hidden */
	struct hp_amount flat;   /* of stacks that end here */
	struct hp_amount hidden; /* of the children that were left out */
};

/* Each call is followed by what is below it; the first stands for the total and has no row. */
struct hp_calls {
	struct hp_table_row *row;
	struct hp_call *call; /* [n], children of one parent largest first */
	uint32_t n;
	bool changed; /* some value is not 0 */
	bool more;    /* some were left out because of @rows */
};

/* What stays within the limits for calls and for work whatever the profile. */
enum { HP_CALLS_MAX = 1 << 22, HP_CALLS_STEPS = 1 << 28 };

/*
 * Make the call tree of type @type of @v, rows by its granularity.  Calls that follow each
 * other in one file or module are one, where these are the rows.  The largest calls of the
 * whole tree are kept; one that is all of its parent is not counted as a row.  Bottom up, cum
 * of the first level is the flat value of a row, and flat that of stacks without more callers.
 * Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_calls_init(const struct hprof_view *v, uint32_t type,
				const struct hp_calls_opts *opts, struct hp_calls *out,
				struct hprof_error *err);
void hp_calls_release(struct hp_calls *c);

/*
 * Round all values so that sums close: the total is rounded, and each cum is that of
 * its flat value, its children and what is hidden.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_calls_round(const struct hprof_view *v, struct hp_calls *c,
				 struct hprof_error *err);

#endif
