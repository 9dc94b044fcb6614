/* merge_frames.h - giving the functions and frames of several profiles common rows. */
#ifndef HP_OPS_MERGE_FRAMES_H
#define HP_OPS_MERGE_FRAMES_H

#include "analyzer/ops/view.h"

/* How the rows of one profile become rows of the view; columns are filled as needed. */
struct hp_frame_merger {
	struct hprof_view *v;
	const struct hprof_profile *p;
	uint32_t number;  /* of @p in the view */
	uint32_t *module; /* [modules.n] rows of the view's modules */
	uint32_t *str;    /* [str.n] 1 + string of the view; 0: not yet; NULL: they are the same */
	uint32_t *func;   /* [2 * funcs.n] 1 + row of the view's functions, in code that is not of
			     one build everywhere and in code that is; 0: not yet */
	uint32_t *first;  /* [locs.n] 1 + index into @frame; 0: not yet */
	uint32_t *frame;  /* [n_frame] rows of the view's frames, innermost first per location */
	uint32_t n_frame, frame_cap;
};

HP_MUST_CHECK int hp_frame_merger_init(struct hp_frame_merger *m, struct hprof_view *v,
				       const struct hprof_profile *p, uint32_t *module,
				       struct hprof_error *err);
void hp_frame_merger_release(struct hp_frame_merger *m); /* frees @module as well */

/*
 * The frames of location @loc, innermost first: @n rows of the view at @out, valid until the
 * next call.  At least one.  None for a location that stands for nothing.
 */
HP_MUST_CHECK int hp_merge_frames(struct hp_frame_merger *m, hp_locid loc, const uint32_t **out,
				  uint32_t *n, struct hprof_error *err);

/* The frame of a synthetic name such as "[no stack]". */
HP_MUST_CHECK int hp_view_add_synthetic(struct hprof_view *v, struct hp_slice name, uint32_t *out,
					struct hprof_error *err);

#endif
