/*
 * planes.h - long lists of whole numbers behind a JSON text, as bytes.
 *
 * Digits and commas are hard to pack; the first bytes of all numbers, then the second ones and so
 * on take a third less in the end.
 */
#ifndef HP_RENDER_PLANES_H
#define HP_RENDER_PLANES_H

#include "analyzer/base/jsonw.h"

struct hp_plane {
	uint32_t *v; /* [n] owned */
	uint32_t n;
	unsigned bytes; /* of each */
};

struct hp_planes {
	bool on; /* else lists are arrays in the JSON */
	struct hp_plane *list;
	uint32_t n, cap;
};

/*
 * Write the list @v[@n], which is released with @p or before, as a value: an array, or what stands
 * for it, {"len":N,"bytes":B}.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_planes_put(struct hp_planes *p, struct hp_jsonw *w, uint32_t *v, uint32_t n,
				struct hprof_error *err);
/* Behind the JSON: a zero, then the lists in their order, a plane for each of their bytes. */
void hp_planes_finish(const struct hp_planes *p, struct hp_out *out);
void hp_planes_release(struct hp_planes *p);

#endif
