/* symbolize.h - naming the addresses of profiles that share a plan. */
#ifndef HP_SYMBOLIZE_SYMBOLIZE_H
#define HP_SYMBOLIZE_SYMBOLIZE_H

#include "analyzer/symbolize/plan.h"

/*
 * Name the addresses of @dump[n], at least one, which may share a plan (plan.h), as
 * hprof_symbolize() does for one.  Only the first gets warnings about files.
 * hp_moved_claim() has run for all of them.  Errors: as hprof_symbolize().
 */
HP_MUST_CHECK int hp_symbolize(struct hp_dump *dump, size_t n,
			       const struct hprof_symbolize_opts *opts, struct hprof_error *err);

#endif
