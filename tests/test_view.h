/* test_view.h - views of whole profiles, for tests that have no interest in snapshots. */
#ifndef HP_TESTS_TEST_VIEW_H
#define HP_TESTS_TEST_VIEW_H

#include <stdlib.h>

#include "analyzer/base/error.h"

/* hprof_view_new() of @p[n] less @base[n_bases], each over all its snapshots. */
static inline int test_view_of(const struct hprof_profile *const *p, size_t n,
			       const struct hprof_profile *const *base, size_t n_bases,
			       const struct hprof_view_opts *opts, struct hprof_view **out,
			       struct hprof_error *err)
{
	struct hprof_source *s = calloc(n + n_bases + 1, sizeof(*s));
	int r = s ? HPROF_OK : hp_fail_nomem(err);

	for (size_t i = 0; s && i < n + n_bases; i++)
		s[i] = (struct hprof_source){.profile = i < n ? p[i] : base[i - n],
					     .snapshot = HPROF_ALL_SNAPSHOTS};
	if (r == HPROF_OK)
		r = hprof_view_new(s, n, s + n, n_bases, opts, out, err);
	free(s);
	return r;
}

#endif
