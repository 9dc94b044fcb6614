/*
 * palette.h - colours of the boxes of flame graphs, the same in every picture and on every run.
 *
 * The hue of a box comes from its module and namespace, its shade from its name.  Lightness is
 * chosen in OKLCH, so that text on it has a contrast of 4.5 or more by construction.
 */
#ifndef HP_RENDER_PALETTE_H
#define HP_RENDER_PALETTE_H

#include "analyzer/base/slice.h"

struct hp_color {
	uint32_t light, dark; /* 0xrrggbb, on light and on dark paper */
};

enum {
	HP_HUES = 36,
	HP_SHADES = 3,
	HP_COLOR_GREY = HP_HUES * HP_SHADES, /* of what has no name */
	HP_COLORS,
	HP_CHANGES = 9, /* shrank most, ..., 4: the same, ..., grew most */
};

/* Index of the colour of a function; @module is its last name, "" when unknown. */
unsigned hp_color_index(struct hp_slice module, struct hp_slice name);
struct hp_color hp_color(unsigned index);        /* below HP_COLORS */
struct hp_color hp_color_change(unsigned index); /* below HP_CHANGES */

/*
 * Index of the colour of a change: by the ratio of both, in steps of a factor of 2; the first ends
 * at the root of 2.  What sampling explains is no change.
 */
unsigned hp_change_index(double now, double base, double variance);

extern const struct hp_color hp_color_text, hp_color_paper, hp_color_faint, hp_color_others;
extern const struct hp_color hp_color_old, hp_color_new; /* of bars in a difference */

#endif
