/* svg.c - pictures as SVG: plain shapes and attributes; a style sheet adds dark colours only. */
#include <inttypes.h>

#include "render/canvas.h"
#include "render/markup.h"

enum { TITLE_BYTES = 1024 };
#define MARK "\xe2\x80\xa6" /* an ellipsis */

/* Coordinates to a tenth of a pixel. */
static void put_number(struct hp_out *out, double v)
{
	hp_out_fixed(out, v, 1);
}

static void put_points(struct hp_out *out, const struct hp_xy *p, size_t n)
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

static void put_role(struct hp_out *out, const char *attribute, const char *class,
		     enum hp_color_role role)
{
	hp_out_fmt(out, " %s=\"#%06" PRIx32 "\" class=\"%s%u\"", attribute, hp_roles_light[role],
		   class, (unsigned)role);
}

static void polygon(void *ctx, const struct hp_xy *p, size_t n, enum hp_color_role role)
{
	hp_out_str(ctx, "<polygon");
	put_role(ctx, "fill", "f", role);
	put_points(ctx, p, n);
	hp_out_str(ctx, "/>\n");
}

static void line(void *ctx, const struct hp_xy *p, size_t n, enum hp_color_role role, double width)
{
	hp_out_str(ctx, "<polyline fill=\"none\"");
	put_role(ctx, "stroke", "s", role);
	hp_out_str(ctx, " stroke-width=\"");
	put_number(ctx, width);
	hp_out_char(ctx, '"');
	put_points(ctx, p, n);
	hp_out_str(ctx, "/>\n");
}

static void put_attribute(struct hp_out *out, const char *name, double v)
{
	hp_out_fmt(out, " %s=\"", name);
	put_number(out, v);
	hp_out_char(out, '"');
}

static void put_hatch(struct hp_out *out, const struct hp_box *box)
{
	struct hp_xy p[2];

	hp_out_str(out, "<path stroke-opacity=\"0.45\"");
	put_role(out, "stroke", "s", HP_ROLE_FAINT);
	hp_out_str(out, " d=\"");
	for (unsigned i = 0; hp_hatch(box, i, p); i++) {
		for (unsigned k = 0; k < HP_LEN(p); k++) {
			hp_out_char(out, k ? 'L' : 'M');
			put_number(out, p[k].x);
			hp_out_char(out, ',');
			put_number(out, p[k].y);
		}
	}
	hp_out_str(out, "\"/>\n");
}

/* Where styles are refused, a box keeps its light colour, and so does all the rest. */
static void box(void *ctx, const struct hp_box *b)
{
	double inset = b->outlined ? 0.5 : 0;

	hp_out_str(ctx, "<rect");
	put_attribute(ctx, "x", b->x + inset);
	put_attribute(ctx, "y", b->y + inset);
	put_attribute(ctx, "width", b->width - 2 * inset);
	put_attribute(ctx, "height", b->height - 2 * inset);
	if (b->empty)
		hp_out_str(ctx, " fill=\"none\"");
	else
		hp_out_fmt(ctx,
			   " fill=\"#%06" PRIx32 "\" class=\"box\" style=\"--dark:#%06" PRIx32 "\"",
			   b->fill, b->fill_dark);
	if (b->outlined)
		hp_out_fmt(ctx, " stroke=\"#%06" PRIx32 "\"%s", hp_roles_light[HP_ROLE_FAINT],
			   b->dashed ? " stroke-dasharray=\"2\"" : "");
	hp_out_str(ctx, "/>\n");
	if (b->hatched)
		put_hatch(ctx, b);
}

static void text(void *ctx, struct hp_xy at, const struct hp_text_style *style, struct hp_slice s,
		 struct hp_slice title)
{
	static const char *const anchors[] = {"start", "middle", "end"};

	hp_out_str(ctx, "<text x=\"");
	put_number(ctx, at.x);
	hp_out_str(ctx, "\" y=\"");
	put_number(ctx, at.y);
	hp_out_char(ctx, '"');
	if (style->anchor != HP_ANCHOR_START)
		hp_out_fmt(ctx, " text-anchor=\"%s\"", anchors[style->anchor]);
	if (style->font == HP_FONT_MONO)
		hp_out_str(ctx, " font-family=\"monospace\"");
	if (style->bold)
		hp_out_str(ctx, " font-weight=\"bold\"");
	if (style->px > 0)
		put_attribute(ctx, "font-size", style->px);
	put_role(ctx, "fill", "f", style->role);
	hp_out_char(ctx, '>');
	hp_put_markup(ctx, s);
	if (title.len) {
		hp_out_str(ctx, "<title>");
		hp_put_markup(ctx, title);
		hp_out_str(ctx, "</title>");
	}
	hp_out_str(ctx, "</text>\n");
}

/* Which font a viewer has is not known: room enough for most. */
static double text_width(void *ctx, const struct hp_text_style *style, struct hp_slice s)
{
	double em = style->font == HP_FONT_MONO ? 0.62 : 0.6, n = 0;

	(void)ctx;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n * em * (style->px > 0 ? style->px : HP_TEXT_PX);
}

static void put_dark(struct hp_out *out)
{
	hp_out_str(out, "<style>@media (prefers-color-scheme: dark) {");
	for (unsigned i = 0; i < HP_ROLES; i++)
		hp_out_fmt(out, " .f%u { fill: #%06" PRIx32 " } .s%u { stroke: #%06" PRIx32 " }", i,
			   hp_roles_dark[i], i, hp_roles_dark[i]);
	hp_out_str(out, " .box { fill: var(--dark) }");
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
	hp_put_markup(out, hp_elide_text(clean, sizeof(clean), title, sizeof(clean), MARK));
	hp_out_str(out, "</title>\n");
}

static void draw_all(struct hp_out *out, double width, double height, hp_picture_fn draw,
		     const void *what)
{
	static const struct hp_backend backend = {MARK, polygon, line, box, text, text_width};
	const struct hp_canvas canvas = {&backend, out};
	const struct hp_xy all[] = {{0, 0}, {width, 0}, {width, height}, {0, height}};

	polygon(out, all, HP_LEN(all), HP_ROLE_PAPER);
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
