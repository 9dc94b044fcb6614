/* svg.c - pictures as SVG: plain shapes and attributes; a style sheet adds dark colours only. */
#include <inttypes.h>

#include "render/canvas.h"
#include "render/markup.h"

enum { TITLE_BYTES = 1024 };

/* Coordinates to a tenth of a pixel, whatever the locale. */
static void put_number(struct hp_out *out, double v)
{
	int64_t tenths = (int64_t)(v * 10 + (v < 0 ? -0.5 : 0.5));
	uint64_t size = tenths < 0 ? 0 - (uint64_t)tenths : (uint64_t)tenths;

	hp_out_fmt(out, "%s%" PRIu64, tenths < 0 ? "-" : "", size / 10);
	if (size % 10)
		hp_out_fmt(out, ".%" PRIu64, size % 10);
}

static void put_points(struct hp_out *out, const struct hp_spot *p, size_t n)
{
	hp_out_str(out, " points=\"");
	for (size_t i = 0; i < n; i++) {
		if (i)
			hp_out_char(out, ' ');
		put_number(out, p[i].x);
		hp_out_char(out, ',');
		put_number(out, p[i].y);
	}
	hp_out_char(out, '"');
}

static void put_ink(struct hp_out *out, const char *attribute, const char *class, enum hp_ink ink)
{
	hp_out_fmt(out, " %s=\"#%06" PRIx32 "\" class=\"%s%u\"", attribute, hp_ink_light[ink],
		   class, (unsigned)ink);
}

static void polygon(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink)
{
	hp_out_str(ctx, "<polygon");
	put_ink(ctx, "fill", "f", ink);
	put_points(ctx, p, n);
	hp_out_str(ctx, "/>\n");
}

static void line(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink, double width)
{
	hp_out_str(ctx, "<polyline fill=\"none\"");
	put_ink(ctx, "stroke", "s", ink);
	hp_out_str(ctx, " stroke-width=\"");
	put_number(ctx, width);
	hp_out_char(ctx, '"');
	put_points(ctx, p, n);
	hp_out_str(ctx, "/>\n");
}

static void text(void *ctx, struct hp_spot at, enum hp_anchor anchor, enum hp_ink ink,
		 struct hp_slice s, struct hp_slice title)
{
	static const char *const anchors[] = {"start", "middle", "end"};

	hp_out_str(ctx, "<text x=\"");
	put_number(ctx, at.x);
	hp_out_str(ctx, "\" y=\"");
	put_number(ctx, at.y);
	hp_out_char(ctx, '"');
	if (anchor != HP_ANCHOR_START)
		hp_out_fmt(ctx, " text-anchor=\"%s\"", anchors[anchor]);
	put_ink(ctx, "fill", "f", ink);
	hp_out_char(ctx, '>');
	hp_put_markup(ctx, s);
	if (title.len) {
		hp_out_str(ctx, "<title>");
		hp_put_markup(ctx, title);
		hp_out_str(ctx, "</title>");
	}
	hp_out_str(ctx, "</text>\n");
}

static void put_dark(struct hp_out *out)
{
	hp_out_str(out, "<style>@media (prefers-color-scheme: dark) {");
	for (unsigned i = 0; i < HP_INKS; i++)
		hp_out_fmt(out, " .f%u { fill: #%06" PRIx32 " } .s%u { stroke: #%06" PRIx32 " }", i,
			   hp_ink_dark[i], i, hp_ink_dark[i]);
	hp_out_str(out, " }</style>\n");
}

/* The element but for its end. */
static void begin(struct hp_out *out, double width, double height, struct hp_slice title)
{
	char clean[TITLE_BYTES];

	hp_out_fmt(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		   "viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"%d\" "
		   "role=\"img\">\n"
		   "<title>",
		   width, height, width, height, HP_TEXT_PX);
	hp_put_markup(out, hp_fit_text(clean, sizeof(clean), title, sizeof(clean)));
	hp_out_str(out, "</title>\n");
}

static void draw_all(struct hp_out *out, double width, double height, hp_picture_fn draw,
		     const void *what)
{
	static const struct hp_painter painter = {polygon, line, text};
	const struct hp_canvas canvas = {&painter, out};
	const struct hp_spot all[] = {{0, 0}, {width, 0}, {width, height}, {0, height}};

	polygon(out, all, HP_LEN(all), HP_INK_PAPER);
	draw(what, &canvas);
	hp_out_str(out, "</svg>\n");
}

void hp_draw_svg(struct hp_out *out, double width, double height, struct hp_slice title,
		 hp_picture_fn draw, const void *what)
{
	hp_out_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	begin(out, width, height, title);
	put_dark(out);
	draw_all(out, width, height, draw, what);
}

void hp_draw_svg_inline(struct hp_out *out, double width, double height, struct hp_slice title,
			hp_picture_fn draw, const void *what)
{
	begin(out, width, height, title);
	draw_all(out, width, height, draw, what);
}
