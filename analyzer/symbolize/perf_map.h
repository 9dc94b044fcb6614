/* perf_map.h - names of code that was made at run time, from the files that tell perf about it. */
#ifndef HP_SYMBOLIZE_PERF_MAP_H
#define HP_SYMBOLIZE_PERF_MAP_H

#include "analyzer/model/profile.h"

/*
 * Name the addresses of @p that lie in memory without a file, or outside of all mappings, by
 * the files opts->perf_maps; without any, by the file "perf-PID.map" beside the profile whose
 * PID the profile has in its own name.
 *
 * A file is lines "START SIZE NAME", both numbers in hexadecimal; where ranges overlap the
 * later line counts, for memory is used again.  It is read as a stream, and of its lines only
 * those are kept that hold an address of @p.  What was named has frames, and its module says
 * where the names are from.
 *
 * Errors: EFILE when a file of opts->perf_maps cannot be used, ENOMEM, ELIMIT.
 * Cost: O(lines * log addresses).
 */
HP_MUST_CHECK int hp_perf_maps_apply(struct hprof_profile *p,
				     const struct hprof_symbolize_opts *opts,
				     struct hprof_error *err);

#endif
