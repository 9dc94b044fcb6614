/* info.h - what a profile is, and what may be wrong with it. */
#ifndef HP_OPS_INFO_H
#define HP_OPS_INFO_H

#include "analyzer/ops/view.h"

enum { HP_MAX_HINTS = 16, HP_HINT_BYTES = 640 };

/* What one profile holds, whatever filters the view has. */
struct hp_profile_sums {
	double *total;        /* [n_types of the profile] estimates */
	double *recorded;     /* [n_types] sums of what stands in the file */
	double private_bytes; /* writable private memory in the map section */
};

struct hp_info {
	struct hp_profile_sums *of; /* [n] the profiles of the view, the bases last */
	size_t n;
	size_t n_hints;                         /* about the profiles, not about the bases */
	char hint[HP_MAX_HINTS][HP_HINT_BYTES]; /* one line each, safe to print */
};

/* Describe all profiles of @v. Errors: ENOMEM. Release with hp_info_free(). */
HP_MUST_CHECK int hp_info_new(const struct hprof_view *v, struct hp_info **out,
			      struct hprof_error *err);
void hp_info_free(struct hp_info *info); /* NULL is allowed */

/* The words of "hprof info" for a module. */
const char *hp_module_status_name(enum hp_module_status s);
const char *hp_module_symbols_name(enum hp_module_symbols s);

#endif
