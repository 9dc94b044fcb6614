/* outlines.c - pictures as SVG whose text is shapes, drawn by cairo: the same with any fonts. */
#include "render/cairo.h"

int hp_draw_svg_outlines(struct hp_out *out, const struct hp_page *page,
			 const struct hprof_render_opts *o, struct hprof_error *err)
{
	struct hp_cairo_ctx cairo;
	int r = hp_cairo_load(&cairo.lib, HP_CAIRO_SVG, err);

	if (r < 0)
		return r;
	hp_cairo_open(&cairo, cairo.lib.svg_surface_create_for_stream(hp_cairo_write, out,
								      page->width * page->scale,
								      page->height * page->scale));
	cairo.lib.svg_surface_set_document_unit(cairo.surface, CAIRO_SVG_UNIT_PX);
	hp_cairo_draw(&cairo, page);
	return hp_cairo_close(&cairo, HPROF_OK, o, err);
}
