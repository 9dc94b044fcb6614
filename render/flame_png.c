/* flame_png.c - a flame graph as an image, or as SVG whose text is shapes. */
#include "render/flame_draw.h"
#include "render/flame_svg.h"

enum { MAX_BOXES = 20000, MAX_DEPTH = 1000, SCALE = 2 };
#define MIN_WIDTH 0.5

typedef int (*draw_fn)(struct hp_out *out, const struct hp_page *page,
		       const struct hprof_render_opts *o, struct hprof_error *err);

/* What an image has no room for is told in it. */
static uint32_t last_row(const struct hprof_view *v, double scale)
{
	double room = HP_PNG_MAX / scale - hp_flame_page_height(0, 0);
	double rows = room / hp_flame_row_height(v);

	return rows < MAX_DEPTH ? (uint32_t)rows - 1 : MAX_DEPTH;
}

static int draw_page(const struct hprof_view *v, const struct hprof_render_opts *o, double scale,
		     draw_fn draw, struct hp_out *out, struct hprof_error *err)
{
	double width = o->picture.width ? o->picture.width : HP_FLAME_WIDTH;
	const struct hp_flame_limits limits = {
		.width = width - 2.0 * HP_FLAME_MARGIN,
		.min_width = MIN_WIDTH,
		.max_boxes = MAX_BOXES,
		.max_depth = last_row(v, scale),
	};
	struct hp_flame_picture p;
	int r = hp_flame_open(&p, v, v->chosen, o, &limits, err);

	if (r == HPROF_OK) {
		const struct hp_flame_part part = {
			.p = &p,
			.title = p.title,
			.margin = HP_FLAME_MARGIN,
			.row = hp_flame_row_height(v),
			.limit = hp_flame_rows(&p),
		};
		const struct hp_page page = {width, hp_flame_page_height(part.row, part.limit),
					     scale, hp_flame_draw, &part};

		r = draw(out, &page, o, err);
	}
	hp_flame_close(&p);
	return r;
}

static int draw_png(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err)
{
	return draw_page(v, o, o->picture.scale ? o->picture.scale : SCALE, hp_draw_png, out, err);
}

static int draw_outlines(const struct hprof_view *v, const struct hprof_render_opts *o,
			 struct hp_out *out, struct hprof_error *err)
{
	return draw_page(v, o, 1, hp_draw_svg_outlines, out, err);
}

const struct hp_output hp_output_flame_png = {
	{"flame-png", "flame graph as an image (PNG)", true},
	draw_png,
};

const struct hp_output hp_output_flame_outlines = {
	{"flame-outlines", "flame graph as a picture whose text is shapes (SVG)", true},
	draw_outlines,
};
