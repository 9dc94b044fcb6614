/* metadata.h - what outputs say about all the profiles of a view: their names, formats, sampling.
 */
#ifndef HP_RENDER_METADATA_H
#define HP_RENDER_METADATA_H

#include "analyzer/ops/view.h"

enum { HP_METADATA_MAX = 512 };

/* The input of profile @i of @v; bases come behind the profiles. */
static inline struct hp_slice hp_input_of(const struct hprof_view *v, size_t i)
{
	return hp_profile_str(v->profiles[i], v->profiles[i]->input);
}

/* The last part of its path, or all of it where another profile of @v has the same last part. */
struct hp_slice hp_input_label(const struct hprof_view *v, size_t i);

enum { HP_MORE_MAX = 40 };

/*
 * What stands behind the name of the first profile where @v adds several up: " and 2 more", or
 * "".  Returns @buf, of HP_MORE_MAX bytes.
 */
const char *hp_input_more(const struct hprof_view *v, char *buf);

/*
 * "jemalloc, sampled: one in 512.0 KiB on average", for all profiles and bases of @v: where they
 * differ, each format and period is listed.  Returns @buf, of HP_METADATA_MAX bytes.
 */
const char *hp_metadata_text(const struct hprof_view *v, char *buf);

/* The mean bytes between samples: "64.0 KiB", or of several profiles "64.0 KiB or 512.0 KiB". */
const char *hp_periods_text(const struct hprof_view *v, char *buf);

/* Whether some profile was sampled, was not, or was and has no errors: its writer scaled it. */
struct hp_sampled {
	bool some, not_all, scaled;
};
struct hp_sampled hp_sampled_of(const struct hprof_view *v);

#endif
