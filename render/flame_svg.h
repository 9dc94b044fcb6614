/* flame_svg.h - the static picture of a flame graph as SVG, alone or inside a page. */
#ifndef HP_RENDER_FLAME_SVG_H
#define HP_RENDER_FLAME_SVG_H

#include "render/flame.h"

/* What a picture has above its first row, and the height of a row; pixels. */
enum { HP_FLAME_TOP = 76, HP_FLAME_ROW = 17, HP_FLAME_DIFF_ROW = 20, HP_FLAME_WIDTH = 1200 };

/*
 * Write the element "svg" of @p, with no script and no data; plain attributes only, so that it is
 * right under any policy.  @limits: those @p was made with.
 */
void hp_flame_put_svg(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
		      struct hp_out *out);

#endif
