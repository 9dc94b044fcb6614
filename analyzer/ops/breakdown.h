/* breakdown.h - the values of a view's stacks, split by thread and by size of the objects. */
#ifndef HP_OPS_BREAKDOWN_H
#define HP_OPS_BREAKDOWN_H

#include "analyzer/ops/view.h"

/* A part of what a stack has. */
struct hp_breakdown_row {
	uint32_t node;   /* row of the view's tree */
	uint32_t thread; /* 1 + row of threads of the first profile; 0: not known, or several */
	uint64_t size; /* mean bytes of an object as recorded, rounded; 0: not known, or several */
};

/* Sorted by node, thread and size; no two are equal. */
struct hp_breakdown {
	struct hp_breakdown_row *row; /* [n] */
	double **value;               /* [v->n_types] columns of [n] */
	uint32_t n, n_types;
};

/*
 * Split @v, which was made with opts.shares.  The shares of a node add up to its value, in every
 * type: what no thread recorded is a row without a thread.  Differences and sums of several
 * profiles are not split.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_breakdown_init(const struct hprof_view *v, struct hp_breakdown *out,
				    struct hprof_error *err);
void hp_breakdown_release(struct hp_breakdown *s);

#endif
