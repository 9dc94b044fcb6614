/* flame_draw.h - a flame graph on a canvas: whole, or some of its rows. */
#ifndef HP_RENDER_FLAME_DRAW_H
#define HP_RENDER_FLAME_DRAW_H

#include "render/canvas.h"
#include "render/flame.h"

/* Pixels beside the boxes, above the first row, and below the last. */
enum { HP_FLAME_MARGIN = 10, HP_FLAME_HEAD = 76, HP_FLAME_FOOT = 34 };

/* Rows of a graph on one page. */
struct hp_flame_part {
	const struct hp_flame_picture *p;
	struct hp_slice title;
	double margin;         /* beside the boxes */
	double row;            /* height of one */
	uint32_t first, limit; /* rows [first, limit), counted from the root */
};

/* How many rows the graph has. */
static inline uint32_t hp_flame_rows(const struct hp_flame_picture *p)
{
	return p->l.depth + 1;
}

/* Height of the rows of a graph: in differences there are bars in them. */
double hp_flame_row_height(const struct hprof_view *v);
/* Height of a page with @rows rows. */
double hp_flame_page_height(double row, uint32_t rows);
/* Where row @depth begins on its page. */
double hp_flame_row_y(const struct hp_flame_part *part, uint32_t depth);

void hp_flame_draw(const void *part, const struct hp_canvas *canvas); /* an hp_picture_fn */

#endif
