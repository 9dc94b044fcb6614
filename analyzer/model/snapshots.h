/* snapshots.h - the moments of a recording: which one the samples of the profile are of. */
#ifndef HP_MODEL_SNAPSHOTS_H
#define HP_MODEL_SNAPSHOTS_H

#include "analyzer/model/profile.h"

/* Bytes of a moment as massif counts them: asked for, the allocator's own, of stacks. */
static inline double hp_snapshot_total(const struct hp_snapshot *s)
{
	return (double)s->heap + (double)s->extra + (double)s->stacks;
}

#endif
