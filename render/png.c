/* png.c - pictures as PNG, drawn by cairo: light colours, two pixels for each of the layout. */
#include <cairo/cairo.h>

#include "render/canvas.h"

#define SCALE 2

static void set_ink(cairo_t *c, enum hp_ink ink)
{
	uint32_t rgb = hp_ink_light[ink];

	cairo_set_source_rgb(c, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0,
			     (rgb & 0xff) / 255.0);
}

static void path(cairo_t *c, const struct hp_spot *p, size_t n)
{
	cairo_new_path(c);
	for (size_t i = 0; i < n; i++)
		cairo_line_to(c, p[i].x, p[i].y); /* the first one moves there */
}

static void polygon(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink)
{
	path(ctx, p, n);
	cairo_close_path(ctx);
	set_ink(ctx, ink);
	cairo_fill(ctx);
}

static void line(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink, double width)
{
	path(ctx, p, n);
	set_ink(ctx, ink);
	cairo_set_line_width(ctx, width);
	cairo_stroke(ctx);
}

static void text(void *ctx, struct hp_spot at, enum hp_anchor anchor, enum hp_ink ink,
		 struct hp_slice s, struct hp_slice title)
{
	cairo_text_extents_t size;
	char terminated[512];
	size_t n = s.len < sizeof(terminated) ? s.len : sizeof(terminated) - 1;

	(void)title;
	memcpy(terminated, s.ptr, n);
	terminated[n] = '\0';
	cairo_text_extents(ctx, terminated, &size);
	if (anchor != HP_ANCHOR_START)
		at.x -= size.x_advance * (anchor == HP_ANCHOR_END ? 1 : 0.5);
	set_ink(ctx, ink);
	cairo_move_to(ctx, at.x, at.y);
	cairo_show_text(ctx, terminated);
}

static cairo_status_t write_bytes(void *out, const unsigned char *bytes, unsigned len)
{
	hp_out_put(out, (struct hp_slice){(const char *)bytes, len});
	return CAIRO_STATUS_SUCCESS; /* a failure of @out is told when it is closed */
}

int hp_draw_png(struct hp_out *out, double width, double height, hp_picture_fn draw,
		const void *what, struct hprof_error *err)
{
	static const struct hp_painter painter = {polygon, line, text};
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)(width * SCALE), (int)(height * SCALE));
	cairo_t *c = cairo_create(surface); /* never NULL: failures are kept inside */
	const struct hp_canvas canvas = {&painter, c};
	cairo_status_t status;

	cairo_scale(c, SCALE, SCALE);
	set_ink(c, HP_INK_PAPER);
	cairo_paint(c);
	cairo_select_font_face(c, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c, HP_TEXT_PX);
	draw(what, &canvas);
	status = cairo_status(c);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_write_to_png_stream(surface, write_bytes, out);
	cairo_destroy(c);
	cairo_surface_destroy(surface);
	if (status == CAIRO_STATUS_NO_MEMORY)
		return hp_fail_nomem(err);
	if (status != CAIRO_STATUS_SUCCESS)
		return hp_fail(err, HPROF_EIO, "cannot draw: %s", cairo_status_to_string(status));
	return HPROF_OK;
}
