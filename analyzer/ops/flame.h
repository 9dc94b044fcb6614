/*
 * flame.h - the call tree of a view for pictures: as it is, with the values of all sample types,
 * and merged by what the boxes are called.
 *
 * Scripts in SVG and HTML read the first and make the second again.  They add the same doubles in
 * the same order, so that both draw the same boxes: what the steps are is part of the interface.
 */
#ifndef HP_OPS_FLAME_H
#define HP_OPS_FLAME_H

#include <math.h>

#include "analyzer/ops/table.h"

/* One function as searches and descriptions see it: frames that differ in nothing here. */
struct hp_flame_var {
	uint32_t row;    /* what its box is called: row of rows */
	hp_strid full;   /* name that expressions see; "" without one */
	hp_strid file;   /* "" when unknown */
	uint32_t module; /* row of modules of the view, HP_NONE when unknown */
	uint32_t line;   /* where rows are lines or addresses; else 0 */
	bool inlined;
};

/* Of the stacks that end in each node. */
struct hp_flame_values {
	double *now;             /* [n] in the profiles; without a base what is shown */
	double *base, *variance; /* [n] in a difference only; the variance is of now - base */
	double *from; /* [n] what the change counts from, where what shrank counts 0; else NULL */
};

/*
 * Every node that has a value below, in preorder: a node is followed by what it calls, in the
 * order of variants.  Node 0, row 0 and variant 0 are the whole.
 */
struct hp_flame_raw {
	const struct hprof_view *v;
	struct hp_table_row *row; /* [n_rows] in the order of names, then places; [0] is blank */
	uint32_t n_rows;
	struct hp_flame_var *var; /* [n_vars] by row; */
	uint32_t n_vars;
	uint32_t n, *parent, *var_of;   /* parent[i] < i */
	struct hp_flame_values *values; /* [v->n_types] */
	bool runs; /* rows are files or modules: calls within one do not count */
};

/* Errors: ENOMEM. Release it in any case. */
HP_MUST_CHECK int hp_flame_raw_init(const struct hprof_view *v, struct hp_flame_raw *out,
				    struct hprof_error *err);
void hp_flame_raw_release(struct hp_flame_raw *raw);

struct hp_flame_opts {
	uint32_t type; /* of the view */
	enum hprof_widths widths;
	bool by_name; /* callees in the order of their rows, not the heaviest first */
};

struct hp_flame_sums {
	double weight; /* what a box is as wide as: 0 or more */
	double now, base, variance;
	double from; /* the change is now - from; base, unless what shrank counts 0 */
};

/*
 * Callees of one row are one node.  In preorder, the heaviest first, ties by row.  A difference
 * has a weight for each way of opts.widths, of what ends in a node, so that a node is at least as
 * heavy as its callees together; without a base negative values have no weight.
 */
struct hp_flame {
	uint32_t n, *parent, *row, *end;  /* [n] end: behind the last node below */
	struct hp_flame_sums *self, *sum; /* [n] of stacks that end there; with all below */
	double *at;                       /* [n + 1] sum of the own weights of all nodes before */
	bool *inlined;                    /* [n] every frame of it is */
};

HP_MUST_CHECK int hp_flame_init(const struct hp_flame_raw *raw, const struct hp_flame_opts *o,
				struct hp_flame *out, struct hprof_error *err);
void hp_flame_release(struct hp_flame *f);

/*
 * The weight of nodes [@from, @to) as a whole number.  Differences of rounded sums: adjacent
 * ranges add up to what they make together.
 */
static inline double hp_flame_rounded(const struct hp_flame *f, uint32_t from, uint32_t to)
{
	return floor(f->at[to] + 0.5) - floor(f->at[from] + 0.5);
}

#endif
