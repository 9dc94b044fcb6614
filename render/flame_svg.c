/*
 * flame_svg.c - a flame graph as SVG: a picture that is right by itself, and where scripts run, a
 * script that draws it anew from the data it carries.
 *
 * Colours and fonts are attributes: a style sheet would be refused by the policies of many servers,
 * and scripts by all of those.
 */
#include "render/flame_svg.h"

#include <inttypes.h>
#include <math.h>

#include "render/flame_data.h"
#include "render/markup.h"
#include "render/web.h"

enum {
	MARGIN = 10,
	BELOW = 30, /* under the last row */
	MAX_BOXES = 5000,
	MAX_DEPTH = 1000,
	FONT = 12,
	BASELINE = 12, /* of a label, in its box */
	BAR = 2,       /* height of the bars of a difference */
};

/* Pixels of a character of the font, whichever monospaced one the viewer has. */
#define CELL 7.44
#define MIN_WIDTH 0.5

struct drawing {
	struct hp_flame_picture *p;
	struct hp_out *out;
	double row, top, height; /* of all */
};

/* Coordinates to a hundredth of a pixel. */
static void put_number(struct hp_out *out, double v)
{
	hp_out_fixed(out, v, 2);
}

static void put_attribute(struct hp_out *out, const char *name, double v)
{
	hp_out_fmt(out, " %s=\"", name);
	put_number(out, v);
	hp_out_char(out, '"');
}

static void put_color(struct hp_out *out, const char *name, uint32_t rgb)
{
	hp_out_fmt(out, " %s=\"#%06" PRIx32 "\"", name, rgb);
}

static void put_rect(struct hp_out *out, double x, double y, double width, double height)
{
	hp_out_str(out, "<rect");
	put_attribute(out, "x", x);
	put_attribute(out, "y", y);
	put_attribute(out, "width", width);
	put_attribute(out, "height", height);
}

static void put_text(const struct drawing *d, const char *id, double y, struct hp_color color,
		     int size, struct hp_slice text)
{
	hp_out_fmt(d->out, "<text id=\"%s\" x=\"%d\"", id, MARGIN);
	put_attribute(d->out, "y", y);
	put_color(d->out, "fill", color.light);
	if (size != FONT)
		hp_out_fmt(d->out, " font-size=\"%d\"", size);
	hp_out_char(d->out, '>');
	hp_put_markup(d->out, text);
	hp_out_str(d->out, "</text>\n");
}

static double y_of(const struct drawing *d, uint32_t depth)
{
	uint32_t last = d->p->l.depth;

	return d->top + d->row * (d->p->o->picture.flame ? last - depth : depth);
}

/* Old and new, each as long as its part of the larger of both. */
static void put_bars(const struct drawing *d, const struct hp_flame_box *box, double x, double y)
{
	struct hp_flame_sums s = d->p->f.sum[box->node];
	double most = fmax(s.now, s.base), width = box->width;

	if (most <= 0 || width < 2)
		return;
	y += d->row - 1 - 2 * BAR;
	if (s.base > 0) {
		put_rect(d->out, x, y, width * s.base / most, BAR);
		put_color(d->out, "fill", hp_color_old.light);
		hp_out_str(d->out, "/>");
	}
	if (s.now > 0) {
		put_rect(d->out, x, y + BAR, width * s.now / most, BAR);
		put_color(d->out, "fill", hp_color_new.light);
		hp_out_str(d->out, "/>");
	}
}

static void put_label(const struct drawing *d, const struct hp_flame_box *box, double x, double y)
{
	char buf[HP_FLAME_TEXT_MAX];
	double cells = floor((box->width - 6) / CELL);
	struct hp_slice label;

	if (cells < 1)
		return;
	label = hp_flame_label(d->p, box, (size_t)cells, buf);
	if (!label.len)
		return;
	hp_out_str(d->out, "<text");
	put_attribute(d->out, "x", x + 3);
	put_attribute(d->out, "y", y + BASELINE);
	hp_out_char(d->out, '>');
	hp_put_markup(d->out, label);
	hp_out_str(d->out, "</text>");
}

/*
 * A box is as wide as its value, but for a gap to its neighbour where there is room.  Its weight is
 * an attribute: those of callees, others and what ends there add up.
 */
static void put_box(const struct drawing *d, const struct hp_flame_box *box)
{
	char name[HP_FLAME_TEXT_MAX], value[HP_FLAME_TEXT_MAX];
	double x = MARGIN + box->x, y = y_of(d, box->depth);
	double gap = box->width > 2 ? 0.5 : 0;

	hp_out_fmt(d->out, "<g data-w=\"%.0f\"", box->value);
	if (box->folded)
		hp_out_fmt(d->out, " data-others=\"%" PRIu32 "\"", box->folded);
	hp_out_str(d->out, "><title>");
	hp_put_markup(d->out, hp_flame_name(d->p, box, name));
	hp_out_char(d->out, '\n');
	hp_put_markup(d->out, hp_slice_str(hp_flame_value(d->p, box, value)));
	if (box->truncated)
		hp_out_str(d->out, "\nwhat it calls is not drawn");
	hp_out_str(d->out, "</title>");
	put_rect(d->out, x, y, box->width - gap, d->row - 1);
	put_color(d->out, "fill", hp_flame_color(d->p, box).light);
	if (hp_flame_added(d->p, box) || box->truncated)
		put_color(d->out, "stroke",
			  hp_flame_added(d->p, box) ? hp_color_text.light : hp_color_faint.light);
	if (box->truncated)
		hp_out_str(d->out, " stroke-dasharray=\"2\"");
	hp_out_str(d->out, "/>");
	if (box->folded || hp_flame_removed(d->p, box)) {
		put_rect(d->out, x, y, box->width - gap, d->row - 1);
		hp_out_str(d->out, " fill=\"url(#hprof-hatch)\"/>");
	}
	if (hp_flame_change(d->p, box) != HP_CHANGES / 2)
		put_bars(d, box, x, y);
	put_label(d, box, x, y);
	hp_out_str(d->out, "</g>\n");
}

static void put_head(const struct drawing *d, const struct hp_flame_limits *limits)
{
	double width = limits->width + 2 * MARGIN;
	char text[HP_FLAME_TEXT_MAX];

	hp_out_str(d->out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	put_attribute(d->out, "width", width);
	put_attribute(d->out, "height", d->height);
	hp_out_str(d->out, " viewBox=\"0 0 ");
	put_number(d->out, width);
	hp_out_char(d->out, ' ');
	put_number(d->out, d->height);
	hp_out_fmt(d->out,
		   "\" font-family=\"ui-monospace,Menlo,'DejaVu Sans Mono',"
		   "'Liberation Mono',Consolas,monospace\" font-size=\"%d\" role=\"img\">\n<title>",
		   FONT);
	hp_put_markup(d->out, d->p->title);
	hp_out_str(d->out, "</title>\n<desc>");
	hp_put_markup(d->out, hp_slice_str(hp_flame_totals(d->p, text)));
	hp_out_str(d->out,
		   "</desc>\n<defs><pattern id=\"hprof-hatch\" width=\"6\" height=\"6\" "
		   "patternUnits=\"userSpaceOnUse\"><path d=\"M-1,1l2,-2M0,6l6,-6M5,7l2,-2\" "
		   "stroke=\"#59636e\" stroke-opacity=\"0.45\"/></pattern></defs>\n");
	put_rect(d->out, 0, 0, width, d->height);
	hp_out_str(d->out, " id=\"hprof-paper\"");
	put_color(d->out, "fill", hp_color_paper.light);
	hp_out_str(d->out, "/>\n");
	put_text(d, "hprof-title", 24, hp_color_text, 16, d->p->title);
	put_text(d, "hprof-total", 44, hp_color_text, FONT,
		 hp_slice_str(hp_flame_totals(d->p, text)));
	put_text(d, "hprof-facts", 62, hp_color_faint, FONT,
		 hp_slice_str(hp_flame_metadata(d->p, text)));
	put_text(d, "hprof-foot", d->height - 10, hp_color_faint, FONT,
		 hp_slice_str(hp_flame_hidden_rows(d->p, text)));
}

static double height_of(const struct hp_flame_picture *p, const struct hp_flame_limits *limits)
{
	return limits->top + limits->row_height * (p->l.depth + 1.0) + BELOW;
}

/* All but the end of the element. */
static void draw_picture(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
			 struct hp_out *out)
{
	const struct drawing d = {p, out, limits->row_height, limits->top, height_of(p, limits)};

	put_head(&d, limits);
	hp_out_str(out, "<g id=\"hprof-frames\"");
	put_color(out, "fill", hp_color_text.light);
	hp_out_str(out, ">\n");
	for (uint32_t i = 0; i < p->l.n; i++)
		put_box(&d, &p->l.box[i]);
	hp_out_str(out, "</g>\n");
}

void hp_flame_put_svg(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
		      struct hp_out *out)
{
	draw_picture(p, limits, out);
	hp_out_str(out, "</svg>\n");
}

static int put_script(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
		      struct hp_out *out, struct hprof_error *err)
{
	int r;

	hp_out_str(out, "<metadata id=\"hprof-data\">");
	r = hp_flame_put_data(p, limits, out, err);
	hp_out_str(out, "</metadata>\n<script type=\"text/ecmascript\"><![CDATA[\n");
	hp_out_put(out, hp_web_svg_js.text);
	hp_out_str(out, "]]></script>\n");
	return r;
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	struct hp_flame_limits limits = {
		.width = (o->picture.width ? o->picture.width : HP_FLAME_WIDTH) - 2.0 * MARGIN,
		.min_width = MIN_WIDTH,
		.max_boxes = MAX_BOXES,
		.max_depth = MAX_DEPTH,
		.row_height = v->n_bases ? HP_FLAME_DIFF_ROW : HP_FLAME_ROW,
		.top = HP_FLAME_TOP,
	};
	struct hp_flame_picture p;
	int r = hp_flame_open(&p, v, v->chosen, o, &limits, err);

	if (r == HPROF_OK) {
		hp_out_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
		draw_picture(&p, &limits, out);
		if (!o->picture.no_script)
			r = put_script(&p, &limits, out, err);
		hp_out_str(out, "</svg>\n");
	}
	hp_flame_close(&p);
	return r;
}

const struct hp_output hp_output_flame_svg = {
	{"flame-svg", "flame graph as a picture that can be searched and zoomed (SVG)", true},
	draw,
};
