/* advice.h - what to do about a profile that lacks something, by who wrote it. */
#ifndef HP_OPS_ADVICE_H
#define HP_OPS_ADVICE_H

#include "analyzer/ops/view.h"

/* Parts of sentences; NULL where there is nothing to advise. */
struct hp_advice {
	const char *writer;
	const char *why_no_alloc; /* "not recorded (...)" */
	const char *get_alloc;    /* how to get totals of all allocations */
	const char *unwind;       /* why stacks end early, and what helps */
	const char *no_samples;   /* why there may be none... */
	const char *no_exact;     /* ...and where everything is recorded */
	const char *no_maps;      /* why addresses have no mappings */
};

/* Of the writer of @p; of an unknown one, what is true of all. */
const struct hp_advice *hp_advice_of(const struct hprof_profile *p);

/* Why no row of @v has a value of the chosen type: a sentence, without a period. */
const char *hp_why_nothing(const struct hprof_view *v);

#endif
