/*
 * png.c - pictures as PNG, drawn by cairo: light colours, two pixels for each of the layout.
 *
 * cairo brings some twenty libraries with it, which would make every start of the tool half again
 * as long, and need not be there where no PNG is asked for: it is loaded here, by hand.
 */
#include <cairo/cairo.h>
#include <dlfcn.h>

#include "render/canvas.h"

#define SCALE 2
#define LIBRARY "libcairo.so.2"

#define FUNCTIONS(X)                                                                               \
	X(close_path)                                                                              \
	X(create)                                                                                  \
	X(destroy)                                                                                 \
	X(fill)                                                                                    \
	X(image_surface_create)                                                                    \
	X(line_to)                                                                                 \
	X(move_to)                                                                                 \
	X(new_path)                                                                                \
	X(paint)                                                                                   \
	X(scale)                                                                                   \
	X(select_font_face)                                                                        \
	X(set_font_size)                                                                           \
	X(set_line_width)                                                                          \
	X(set_source_rgb)                                                                          \
	X(show_text)                                                                               \
	X(status)                                                                                  \
	X(status_to_string)                                                                        \
	X(stroke)                                                                                  \
	X(surface_destroy)                                                                         \
	X(surface_write_to_png_stream)                                                             \
	X(text_extents)

struct cairo {
#define MEMBER(name) __typeof__(cairo_##name) *name;
	FUNCTIONS(MEMBER)
#undef MEMBER
};

struct pen {
	struct cairo lib;
	cairo_t *c;
};

static bool load_symbol(void *lib, const char *name, void *fn)
{
	void *at = dlsym(lib, name);

	memcpy(fn, &at, sizeof(at)); /* a pointer to data cannot be cast to one to a function */
	return at != NULL;
}

static int load_library(struct cairo *l, struct hprof_error *err)
{
	void *lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* it stays loaded */
	bool found = lib != NULL;

#define LOAD(name) found = found && load_symbol(lib, "cairo_" #name, &l->name);
	FUNCTIONS(LOAD)
#undef LOAD
	if (found)
		return HPROF_OK;
	return hp_fail(err, HPROF_EUNSUPPORTED,
		       "cannot draw a PNG without " LIBRARY " (Debian: libcairo2): install it, or "
		       "write an SVG");
}

static void set_ink(const struct pen *pen, enum hp_ink ink)
{
	uint32_t rgb = hp_ink_light[ink];

	pen->lib.set_source_rgb(pen->c, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0,
				(rgb & 0xff) / 255.0);
}

static void path(const struct pen *pen, const struct hp_spot *p, size_t n)
{
	pen->lib.new_path(pen->c);
	for (size_t i = 0; i < n; i++)
		pen->lib.line_to(pen->c, p[i].x, p[i].y); /* the first one moves there */
}

static void polygon(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink)
{
	const struct pen *pen = ctx;

	path(pen, p, n);
	pen->lib.close_path(pen->c);
	set_ink(pen, ink);
	pen->lib.fill(pen->c);
}

static void line(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink, double width)
{
	const struct pen *pen = ctx;

	path(pen, p, n);
	set_ink(pen, ink);
	pen->lib.set_line_width(pen->c, width);
	pen->lib.stroke(pen->c);
}

static void text(void *ctx, struct hp_spot at, enum hp_anchor anchor, enum hp_ink ink,
		 struct hp_slice s, struct hp_slice title)
{
	const struct pen *pen = ctx;
	cairo_text_extents_t size;
	char terminated[512];
	size_t n = s.len < sizeof(terminated) ? s.len : sizeof(terminated) - 1;

	(void)title;
	memcpy(terminated, s.ptr, n);
	terminated[n] = '\0';
	pen->lib.text_extents(pen->c, terminated, &size);
	if (anchor != HP_ANCHOR_START)
		at.x -= size.x_advance * (anchor == HP_ANCHOR_END ? 1 : 0.5);
	set_ink(pen, ink);
	pen->lib.move_to(pen->c, at.x, at.y);
	pen->lib.show_text(pen->c, terminated);
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
	struct pen pen;
	const struct hp_canvas canvas = {&painter, &pen};
	cairo_surface_t *surface;
	cairo_status_t status;
	int r = load_library(&pen.lib, err);

	if (r < 0)
		return r;
	surface = pen.lib.image_surface_create(CAIRO_FORMAT_RGB24, (int)(width * SCALE),
					       (int)(height * SCALE));
	pen.c = pen.lib.create(surface); /* never NULL: failures are kept inside */
	pen.lib.scale(pen.c, SCALE, SCALE);
	set_ink(&pen, HP_INK_PAPER);
	pen.lib.paint(pen.c);
	pen.lib.select_font_face(pen.c, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
				 CAIRO_FONT_WEIGHT_NORMAL);
	pen.lib.set_font_size(pen.c, HP_TEXT_PX);
	draw(what, &canvas);
	status = pen.lib.status(pen.c);
	if (status == CAIRO_STATUS_SUCCESS)
		status = pen.lib.surface_write_to_png_stream(surface, write_bytes, out);
	pen.lib.destroy(pen.c);
	pen.lib.surface_destroy(surface);
	if (status == CAIRO_STATUS_NO_MEMORY)
		return hp_fail_nomem(err);
	if (status != CAIRO_STATUS_SUCCESS)
		return hp_fail(err, HPROF_EIO, "cannot draw: %s", pen.lib.status_to_string(status));
	return HPROF_OK;
}
