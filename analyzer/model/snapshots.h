/* snapshots.h - the snapshots of a profile, and the samples of a source. */
#ifndef HP_MODEL_SNAPSHOTS_H
#define HP_MODEL_SNAPSHOTS_H

#include "analyzer/model/profile.h"

/* Whether the snapshot of @s is there. */
bool hp_source_valid(const struct hprof_source *s);

/* The row of the snapshot that @s is; HP_NONE for all of them, or where there are none. */
uint32_t hp_source_snapshot(const struct hprof_source *s);

/* The samples of @p in its snapshot @snapshot, or for HP_NONE over all; all threads together. */
const struct hp_samples *hp_snapshot_samples(const struct hprof_profile *p, uint32_t snapshot);

/* The sum of the estimates of type @type, 0 where it was not recorded. */
double hp_samples_sum(const struct hp_samples *s, uint32_t type);

#endif
