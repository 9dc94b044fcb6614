/*
 * flame_data.h - a flame graph as data, for the scripts of pictures and pages.
 */
#ifndef HP_RENDER_FLAME_DATA_H
#define HP_RENDER_FLAME_DATA_H

#include "render/flame.h"

/*
 * Write the data of @p, whose shape is told in OUTPUTS.md: JSON that may stand in any element, or
 * where that is long, packed.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_flame_put_data(struct hp_flame_picture *p,
				    const struct hp_flame_limits *limits, struct hp_out *out,
				    struct hprof_error *err);

#endif
