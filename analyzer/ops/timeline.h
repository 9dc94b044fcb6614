/* timeline.h - how the values of a recording, or of a series of profiles, go over time. */
#ifndef HP_OPS_TIMELINE_H
#define HP_OPS_TIMELINE_H

#include "analyzer/ops/table.h"

enum { HP_POINT_SITES = 5 }; /* largest sites that are kept for each point */

struct hp_point_site {
	uint32_t row; /* of the rows of the timeline; HP_NONE: no more */
	double value;
};

/* One moment. */
struct hp_point {
	uint32_t number; /* among all moments in the order of time; from 0.  Of a profile its own */
	double time;     /* of a profile its number */
	double heap, extra, stacks; /* bytes; of a profile, or of what filters leave: its total,
				       0, 0 */
	enum hp_snapshot_tree tree;
	uint32_t profile, snapshot; /* where it is from; snapshot HP_NONE: a whole profile */
	double *site;               /* [n_sites] what ends in each; NULL without a tree */
	struct hp_point_site top[HP_POINT_SITES];
};

struct hp_timeline {
	const struct hprof_view *v;
	struct hp_slice unit;   /* of time; "" for profiles, which are counted */
	struct hp_point *point; /* [n] in the order of time; with filters those with a tree */
	uint32_t n;
	uint32_t n_left_out; /* snapshots without a tree, with filters */
	uint32_t peak;       /* the point that is flagged, or else (and with filters) the largest */
	struct hp_table_row *row; /* functions, lines... by the granularity of the view */
	uint32_t n_rows;
	uint32_t *site; /* [n_sites] rows: those that are largest anywhere, in that order */
	uint32_t n_sites;
	double *values; /* of all points */
};

/* What a point amounts to. */
static inline double hp_point_total(const struct hp_point *p)
{
	return p->heap + p->extra + p->stacks;
}

/*
 * The points of all profiles of @v, which was made with opts.moments, and the @sites largest
 * sites over them.  Errors: EINVAL (recordings of several processes), ENODATA (filters, and no
 * snapshot with a tree), ENOMEM.
 */
HP_MUST_CHECK int hp_timeline_new(const struct hprof_view *v, uint32_t sites,
				  struct hp_timeline **out, struct hprof_error *err);
void hp_timeline_free(struct hp_timeline *t); /* NULL is allowed */

/* The same for users of the library. */
struct hprof_timeline {
	struct hp_timeline *t;
};

#endif
