/* info.h - what a profile is, and what may be wrong with it. */
#ifndef HP_OPS_INFO_H
#define HP_OPS_INFO_H

#include "analyzer/ops/view.h"

enum { HP_MAX_HINTS = 8, HP_HINT_BYTES = 640 };

struct hp_info {
	double *total;        /* [n_types of the profile] estimates */
	double *recorded;     /* [n_types] sums of what stands in the file */
	double private_bytes; /* writable private memory in the map section */
	struct hp_vcounts counts;
	size_t n_hints;
	char hint[HP_MAX_HINTS][HP_HINT_BYTES]; /* one line each, safe to print */
};

/* Describe the first profile of @v. Errors: ENOMEM. Release with hp_info_release(). */
HP_MUST_CHECK int hp_info_new(const struct hprof_view *v, struct hp_info **out,
			      struct hprof_error *err);
void hp_info_free(struct hp_info *info); /* NULL is allowed */

/* The words of "hprof info" for a module. */
const char *hp_module_status_name(enum hp_module_status s);
const char *hp_module_symbols_name(enum hp_module_symbols s);

#endif
