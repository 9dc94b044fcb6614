/* time_format.h - times of recordings as people read them. */
#ifndef HP_RENDER_TIME_FORMAT_H
#define HP_RENDER_TIME_FORMAT_H

#include "analyzer/base/width.h"
#include "analyzer/ops/timeline.h"

/*
 * @time, which is in @unit of a recording ("i", "ms", "s", "B"), with a unit that suits it:
 * "1.5 Gi" (instructions), "12.5 s", "3.0 MiB"; without a unit a plain number.  Returns @buf, of
 * HP_NUMBER_MAX bytes.
 */
const char *hp_format_time(char *buf, double time, struct hp_slice unit);

/* @time exactly, in its own unit, without that. Returns @buf, of HP_NUMBER_MAX bytes. */
const char *hp_format_exact_time(char *buf, double time);

/* What the profile of point @p is called: the last part of its path. */
struct hp_slice hp_point_file(const struct hp_timeline *t, const struct hp_point *p);

/* Whether the points of @t are moments of recordings, and no profiles by themselves. */
static inline bool hp_is_recording(const struct hp_timeline *t)
{
	return t->unit.len > 0 || (t->n && t->point[0].snapshot != HP_NONE);
}

#endif
