/*
 * timeline_chart.c - values over time as a picture: the total as an area, the largest sites
 * stacked in it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/canvas.h"
#include "render/label.h"
#include "render/metadata.h"
#include "render/render.h"
#include "render/text_header.h"
#include "render/time_format.h"
#include "render/timeline_chart.h"

enum {
	WIDTH = 1000,
	PLOT_HEIGHT = 380,
	LEFT = 84,
	RIGHT = 24,
	TOP = 74,   /* two lines of title, and one for the value of the peak, wherever it is */
	BELOW = 52, /* of the plot: the axis of time and its name */
	LEGEND_ROW = 20,
	LEGEND_CHARS = 110,
	TICKS = 6,
	BAR = 12,         /* width of what is known of one moment only */
	VALUE_CHARS = 11, /* that fit beside the axis, and between box and name of the legend */
	LABEL_BYTES = 512,
	SCALE = 2, /* of a PNG */
};

struct hp_chart {
	const struct hp_timeline *t;
	struct hp_style style;
	double max, min;     /* values at the top and at the bottom: 0 is never outside */
	double first, span;  /* times */
	struct hp_xy *point; /* [2 * n + 2] of one polygon */
	double *edge[2];     /* [n] how far sites that are drawn go: above 0, and below it */
	double *site;        /* [n * n_sites] at every point, NAN outside of what is known */
};

static double height_of(const struct hp_chart *c)
{
	uint32_t rows = c->t->n_sites + 2;

	return TOP + PLOT_HEIGHT + BELOW + rows * LEGEND_ROW;
}

static double x_of(const struct hp_chart *c, double time)
{
	double width = WIDTH - LEFT - RIGHT;

	return c->span > 0 ? LEFT + (time - c->first) / c->span * width : LEFT + width / 2;
}

static double y_of(const struct hp_chart *c, double value)
{
	double range = c->max - c->min;

	return TOP + PLOT_HEIGHT - (range > 0 ? (value - c->min) / range * PLOT_HEIGHT : 0);
}

static const char *value_text(const struct hp_chart *c, char *buf, double v)
{
	return hp_style_value(&c->style, buf, v);
}

static bool in_bytes(const struct hp_chart *c)
{
	return c->style.type->unit == HP_UNIT_BYTES;
}

/* The same, shorter if it would not fit where there is little room. */
static const char *short_text(const struct hp_chart *c, char *buf, double v)
{
	if (strlen(value_text(c, buf, v)) <= VALUE_CHARS)
		return buf;
	if (in_bytes(c))
		return hp_format_bytes(buf, v, HPROF_UNIT_AUTO);
	(void)snprintf(buf, HP_NUMBER_MAX, "%.4g", v);
	return buf;
}

/* --- axes --- */

/* The smallest of 1, 2, 5 times a power of ten that is @least or more. */
static double nice(double least)
{
	double power = pow(10, floor(log10(least)));
	static const double steps[] = {1, 2, 5, 10};

	for (size_t i = 0; i < HP_LEN(steps); i++)
		if (steps[i] * power >= least * (1 - 1e-9))
			return steps[i] * power;
	return 10 * power;
}

/* The least such step that is a round number of a binary unit. */
static double nice_bytes(double least)
{
	double unit = 1;

	while (least >
	       unit * 500) /* 500 is the last step of a unit: no axis in steps of 1000 KiB */
		unit *= 1024;
	least = fmax(least, unit);
	least = nice(least / unit) * unit;
	return least >= 1 ? least : 1;
}

/* And of time, which people count in minutes and hours from 60 seconds on. */
static double nice_time(double least, struct hp_slice unit)
{
	static const double clock_s[] = {60,   120,  300,   600,   900,   1800,
					 3600, 7200, 10800, 21600, 43200, 86400};
	double second = hp_slice_same(unit, HP_LIT("ms")) ? 1000 : 1;

	if (hp_slice_same(unit, HP_LIT("B")))
		return nice_bytes(least);
	if (!hp_slice_same(unit, HP_LIT("ms")) && !hp_slice_same(unit, HP_LIT("s")))
		return fmax(nice(least), unit.len ? 1e-9 : 1);
	for (size_t i = 0; least > 30 * second && i < HP_LEN(clock_s); i++)
		if (clock_s[i] * second >= least)
			return clock_s[i] * second;
	return nice(least);
}

static void chart_put_text(const struct hp_canvas *canvas, double x, double y,
			   enum hp_anchor anchor, enum hp_color_role role, const char *text)
{
	const struct hp_text_style style = {.role = role, .anchor = anchor};

	canvas->backend->text(canvas->ctx, (struct hp_xy){x, y}, &style, hp_slice_str(text),
			      (struct hp_slice){"", 0});
}

static void put_line(const struct hp_canvas *canvas, struct hp_xy a, struct hp_xy b,
		     enum hp_color_role role)
{
	const struct hp_xy both[] = {a, b};

	canvas->backend->line(canvas->ctx, both, HP_LEN(both), role, 1);
}

static void draw_values_axis(const struct hp_chart *c, const struct hp_canvas *canvas)
{
	double range = c->max - c->min;
	double step = !(range > 0)  ? 1
		      : in_bytes(c) ? nice_bytes(range / TICKS)
				    : fmax(nice(range / TICKS), 1);
	double last = floor(c->max / step + 1e-9);
	char label[HP_NUMBER_MAX];

	for (double k = ceil(c->min / step - 1e-9); k <= last; k++) {
		double y = round(y_of(c, k * step)) + 0.5;

		put_line(canvas, (struct hp_xy){LEFT, y}, (struct hp_xy){WIDTH - RIGHT, y},
			 HP_ROLE_GRID);
		chart_put_text(canvas, LEFT - 8, y + 4, HP_ANCHOR_END, HP_ROLE_FAINT,
			       short_text(c, label, k * step));
	}
}

static const char *time_name(const struct hp_chart *c)
{
	if (hp_slice_same(c->t->unit, HP_LIT("i")))
		return "instructions executed";
	if (hp_slice_same(c->t->unit, HP_LIT("B")))
		return "bytes allocated and freed";
	return hp_is_recording(c->t) ? "time" : "profiles, in their order";
}

static void draw_time_axis(const struct hp_chart *c, const struct hp_canvas *canvas)
{
	double step = c->span > 0 ? nice_time(c->span / TICKS, c->t->unit) : 1;
	double last = c->first + c->span;
	const double y = TOP + PLOT_HEIGHT;
	char label[HP_NUMBER_MAX];

	for (double v = ceil(c->first / step) * step; v <= last + step * 1e-9; v += step) {
		double x = round(x_of(c, v)) + 0.5;

		put_line(canvas, (struct hp_xy){x, y}, (struct hp_xy){x, y + 5}, HP_ROLE_LINE);
		chart_put_text(canvas, x, y + 20, HP_ANCHOR_MIDDLE, HP_ROLE_FAINT,
			       hp_format_time(label, v, c->t->unit));
	}
	put_line(canvas, (struct hp_xy){LEFT, y + 0.5}, (struct hp_xy){WIDTH - RIGHT, y + 0.5},
		 HP_ROLE_LINE);
	chart_put_text(canvas, LEFT + (WIDTH - LEFT - RIGHT) / 2.0, y + 40, HP_ANCHOR_MIDDLE,
		       HP_ROLE_FAINT, time_name(c));
}

/* --- areas --- */

/* The point with a tree at or before @i, or from @i on; t->n: none. */
static uint32_t tree_before(const struct hp_timeline *t, uint32_t i)
{
	while (!t->point[i].site)
		if (i-- == 0)
			return t->n;
	return i;
}

static uint32_t tree_after(const struct hp_timeline *t, uint32_t i)
{
	while (i < t->n && !t->point[i].site)
		i++;
	return i;
}

/* Between the moments whose trees are known, sites are on a straight line, below the total. */
static void fill_between(struct hp_chart *c, uint32_t i)
{
	const struct hp_timeline *t = c->t;
	uint32_t a = tree_before(t, i);
	uint32_t b = tree_after(t, i);
	double *to = c->site + (size_t)i * t->n_sites;
	double part;
	double sum = 0;

	if (a == t->n || b == t->n) {
		for (uint32_t k = 0; k < t->n_sites; k++)
			to[k] = (double)NAN;
		return;
	}
	part = t->point[b].time > t->point[a].time ? (t->point[i].time - t->point[a].time) /
							     (t->point[b].time - t->point[a].time)
						   : 0;
	for (uint32_t k = 0; k < t->n_sites; k++) {
		to[k] = t->point[a].site[k] * (1 - part) + t->point[b].site[k] * part;
		sum += to[k];
	}
	for (uint32_t k = 0; a != i && sum > t->point[i].heap && k < t->n_sites; k++)
		to[k] *= t->point[i].heap / sum;
}

/* What the values go from and to: totals, and sites, of which others below 0 may be a part. */
static void find_range(struct hp_chart *c)
{
	const struct hp_timeline *t = c->t;

	for (uint32_t i = 0; i < t->n; i++) {
		const double *site = c->site + (size_t)i * t->n_sites;
		double total = hp_point_total(&t->point[i]);
		double above = 0;
		double under = 0;

		for (uint32_t k = 0; k < t->n_sites; k++) {
			above += site[k] > 0 ? site[k] : 0;
			under += site[k] < 0 ? site[k] : 0;
		}
		c->max = fmax(c->max, fmax(total, above));
		c->min = fmin(c->min, fmin(total, under));
	}
}

/* In place of an area where there is one moment: from @a to @b, which is above or below it. */
static void put_bar(const struct hp_canvas *canvas, struct hp_xy a, struct hp_xy b,
		    enum hp_color_role role)
{
	double left = fmax(a.x - BAR / 2.0, LEFT);
	double right = fmin(a.x + BAR / 2.0, WIDTH - RIGHT);
	const struct hp_xy bar[] = {{left, a.y}, {right, a.y}, {right, b.y}, {left, b.y}};

	canvas->backend->polygon(canvas->ctx, bar, HP_LEN(bar), role);
}

/* The part of site @k that is above 0, or the one below it, on what is drawn there already. */
static void draw_part(struct hp_chart *c, const struct hp_canvas *canvas, uint32_t k, bool below)
{
	const struct hp_timeline *t = c->t;
	enum hp_color_role role = (enum hp_color_role)(HP_ROLE_SERIES + k % HP_SERIES_ROLES);
	double *edge = c->edge[below];
	bool empty = true;
	size_t n = 0;
	size_t back;

	for (uint32_t i = 0; i < t->n; i++) {
		double value = c->site[(size_t)i * t->n_sites + k];

		if (isnan(value))
			continue;
		value = (value < 0) == below ? value : 0;
		empty = empty && value == 0;
		c->point[n++] = (struct hp_xy){x_of(c, t->point[i].time), y_of(c, edge[i] + value)};
	}
	back = n;
	for (uint32_t i = t->n; i-- > 0;) {
		double value = c->site[(size_t)i * t->n_sites + k];

		if (isnan(value))
			continue;
		c->point[back++] = (struct hp_xy){x_of(c, t->point[i].time), y_of(c, edge[i])};
		edge[i] += (value < 0) == below ? value : 0;
	}
	if (empty && below)
		return;
	if (n > 1)
		canvas->backend->polygon(canvas->ctx, c->point, back, role);
	else if (n == 1)
		put_bar(canvas, c->point[0], c->point[1], role);
}

static void draw_sites(struct hp_chart *c, const struct hp_canvas *canvas)
{
	memset(c->edge[0], 0, c->t->n * sizeof(*c->edge[0]));
	memset(c->edge[1], 0, c->t->n * sizeof(*c->edge[1]));
	for (uint32_t k = 0; k < c->t->n_sites; k++) {
		draw_part(c, canvas, k, false);
		draw_part(c, canvas, k, true);
	}
}

static void draw_total(struct hp_chart *c, const struct hp_canvas *canvas, bool area)
{
	const struct hp_timeline *t = c->t;
	size_t n = 0;

	for (uint32_t i = 0; i < t->n; i++)
		c->point[n++] = (struct hp_xy){x_of(c, t->point[i].time),
					       y_of(c, hp_point_total(&t->point[i]))};
	if (!area) {
		canvas->backend->line(canvas->ctx, c->point, n, HP_ROLE_LINE, 1.5);
		if (c->min < 0)
			put_line(canvas, (struct hp_xy){LEFT, round(y_of(c, 0)) + 0.5},
				 (struct hp_xy){WIDTH - RIGHT, round(y_of(c, 0)) + 0.5},
				 HP_ROLE_LINE);
		return;
	}
	c->point[n++] = (struct hp_xy){x_of(c, t->point[t->n - 1].time), y_of(c, 0)};
	c->point[n++] = (struct hp_xy){x_of(c, t->point[0].time), y_of(c, 0)};
	if (t->n == 1)
		put_bar(canvas, c->point[0], c->point[1], HP_ROLE_AREA);
	else
		canvas->backend->polygon(canvas->ctx, c->point, n, HP_ROLE_AREA);
}

/* --- marks and words --- */

/* At the peak a line, and above all areas, where it can be read, its value. */
static void draw_peak(const struct hp_chart *c, const struct hp_canvas *canvas)
{
	const struct hp_text_style style = {.role = HP_ROLE_MARK};
	const struct hp_point *peak = &c->t->point[c->t->peak];
	double x = x_of(c, peak->time);
	double total = hp_point_total(peak);
	enum hp_anchor anchor;
	char value[HP_NUMBER_MAX];
	char words[HP_NUMBER_MAX + 64];
	double half;

	if (total != 0)
		put_line(canvas, (struct hp_xy){x, TOP}, (struct hp_xy){x, y_of(c, fmin(total, 0))},
			 HP_ROLE_MARK);
	(void)snprintf(words, sizeof(words), "%s %s",
		       peak->tree == HP_TREE_PEAK ? "peak" : "largest",
		       value_text(c, value, total));
	half = canvas->backend->width(canvas->ctx, &style, hp_slice_str(words)) / 2;
	anchor = x - half < LEFT            ? HP_ANCHOR_START
		 : x + half > WIDTH - RIGHT ? HP_ANCHOR_END
					    : HP_ANCHOR_MIDDLE;
	chart_put_text(canvas, x, TOP - 8, anchor, HP_ROLE_MARK, words);
}

/* Where sites are known, small marks on the axis. */
static void draw_marks(const struct hp_chart *c, const struct hp_canvas *canvas)
{
	const struct hp_timeline *t = c->t;

	for (uint32_t i = 0; hp_is_recording(t) && i < t->n; i++) {
		double at = x_of(c, t->point[i].time);
		const struct hp_xy mark[] = {{at - 3, TOP + PLOT_HEIGHT + 6},
					     {at, TOP + PLOT_HEIGHT + 1},
					     {at + 3, TOP + PLOT_HEIGHT + 6}};

		if (t->point[i].tree != HP_TREE_NONE)
			canvas->backend->polygon(canvas->ctx, mark, HP_LEN(mark), HP_ROLE_LINE);
	}
}

static void draw_legend_row(const struct hp_canvas *canvas, double y, enum hp_color_role role,
			    const char *value, struct hp_slice name)
{
	const struct hp_xy box[] = {
		{LEFT, y - 10}, {LEFT + 12, y - 10}, {LEFT + 12, y + 2}, {LEFT, y + 2}};
	char text[LABEL_BYTES];
	char title[LABEL_BYTES];
	const char *mark = canvas->backend->mark;
	struct hp_slice label = hp_elide_text(text, sizeof(text), name, LEGEND_CHARS, mark);
	struct hp_slice full = hp_elide_text(title, sizeof(title), name, sizeof(title), mark);
	const struct hp_text_style style = {.role = HP_ROLE_TEXT};

	canvas->backend->polygon(canvas->ctx, box, HP_LEN(box), role);
	chart_put_text(canvas, LEFT + 100, y, HP_ANCHOR_END, HP_ROLE_TEXT, value);
	canvas->backend->text(canvas->ctx, (struct hp_xy){LEFT + 112, y}, &style, label,
			      hp_slice_same(label, full) ? (struct hp_slice){"", 0} : full);
}

static struct hp_slice site_name(char *buf, size_t size, const struct hp_timeline *t, uint32_t k)
{
	const struct hp_table_row *row = &t->row[t->site[k]];
	char place[HP_PLACE_MAX];
	struct hp_label label;
	struct hp_slice name = hp_row_label(t->v, row, &label);
	int n = snprintf(buf, size, "%.*s%s",
			 (int)(name.len < LABEL_BYTES ? name.len : LABEL_BYTES - 1), name.ptr,
			 hp_label_place(place, sizeof(place), t->v, row));

	return (struct hp_slice){buf, (size_t)n < size ? (size_t)n : size - 1};
}

/* The sites with their largest values, the uppermost of the picture first. */
static void draw_legend(const struct hp_chart *c, const struct hp_canvas *canvas)
{
	const struct hp_timeline *t = c->t;
	double y = TOP + PLOT_HEIGHT + BELOW + 12;
	char value[HP_NUMBER_MAX];
	char name[HP_PLACE_MAX + LABEL_BYTES];

	draw_legend_row(
		canvas, y, HP_ROLE_AREA, short_text(c, value, hp_point_total(&t->point[t->peak])),
		HP_LIT("total, with all that is in no colour (values are the largest of each)"));
	for (uint32_t k = t->n_sites; k-- > 0;) {
		double most = 0;

		for (uint32_t i = 0; i < t->n; i++)
			if (t->point[i].site && fabs(t->point[i].site[k]) > fabs(most))
				most = t->point[i].site[k];
		y += LEGEND_ROW;
		draw_legend_row(canvas, y,
				(enum hp_color_role)(HP_ROLE_SERIES + k % HP_SERIES_ROLES),
				short_text(c, value, most), site_name(name, sizeof(name), t, k));
	}
}

/* The command of a recording, or the names of the profiles; in @buf of @size bytes. */
static struct hp_slice title_of(const struct hp_chart *c, char *buf, size_t size)
{
	const struct hprof_view *v = c->t->v;
	const struct hprof_profile *p = v->profiles[0];
	struct hp_slice input = hp_input_of(v, 0);
	char more[HP_MORE_MAX];
	int n;

	if (p->snapshots.command.i)
		return hp_profile_str(p, p->snapshots.command);
	n = snprintf(buf, size, "%.*s%s", (int)input.len, input.ptr, hp_input_more(v, more));
	return n > 0 && (size_t)n < size ? (struct hp_slice){buf, (size_t)n} : input;
}

static void draw_chart(const void *what, const struct hp_canvas *canvas)
{
	struct hp_chart c = *(const struct hp_chart *)what;
	const struct hp_timeline *t = c.t;
	struct hp_slice name = hp_view_str(t->v, t->v->types[t->v->chosen].name);
	char title[LABEL_BYTES], name_of[LABEL_BYTES];
	char words[HP_NUMBER_MAX + 128];
	const struct hp_text_style style = {.role = HP_ROLE_TEXT};

	canvas->backend->text(canvas->ctx, (struct hp_xy){LEFT, 22}, &style,
			      hp_elide_text(title, sizeof(title),
					    title_of(&c, name_of, sizeof(name_of)), LEGEND_CHARS,
					    canvas->backend->mark),
			      (struct hp_slice){"", 0});
	(void)snprintf(words, sizeof(words), "%.*s over time, %u %s%s%s",
		       (int)(name.len < 64 ? name.len : 64), name.ptr, t->n,
		       hp_is_recording(t) ? "snapshot" : "profile", t->n == 1 ? "" : "s",
		       c.min < 0 ? "; some values are below 0" : "");
	chart_put_text(canvas, LEFT, 40, HP_ANCHOR_START, HP_ROLE_FAINT, words);
	draw_values_axis(&c, canvas);
	draw_total(&c, canvas, true);
	draw_sites(&c, canvas);
	draw_total(&c, canvas, false);
	draw_time_axis(&c, canvas);
	draw_marks(&c, canvas);
	draw_peak(&c, canvas);
	draw_legend(&c, canvas);
}

/* --- the whole --- */

/* What the chart of @t needs besides it. Errors: ENOMEM. */
static int chart_prepare(struct hp_chart *c, const struct hp_timeline *t,
			 const struct hprof_render_opts *o, struct hprof_error *err)
{
	*c = (struct hp_chart){.t = t, .first = t->point[0].time};
	c->style = hp_style_plain(t->v, o, &t->v->types[t->v->chosen]);
	c->span = t->point[t->n - 1].time - c->first;
	c->point = calloc(2 * (size_t)t->n + 2, sizeof(*c->point));
	c->edge[0] = calloc(t->n, sizeof(*c->edge[0]));
	c->edge[1] = calloc(t->n, sizeof(*c->edge[1]));
	c->site = calloc((size_t)t->n * t->n_sites + 1, sizeof(*c->site));
	if (!c->point || !c->edge[0] || !c->edge[1] || !c->site)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < t->n; i++)
		fill_between(c, i);
	find_range(c);
	return HPROF_OK;
}

static int open_chart(struct hp_chart *c, const struct hprof_view *v,
		      const struct hprof_render_opts *o, struct hp_timeline **made,
		      struct hprof_error *err)
{
	uint32_t sites = o->rows && o->rows < HP_SERIES_ROLES ? (uint32_t)o->rows : HP_SERIES_ROLES;
	int r = hp_timeline_new(v, sites, made, err);

	if (r < 0) {
		*made = NULL;
		return r;
	}
	return chart_prepare(c, *made, o, err);
}

static void close_chart(struct hp_chart *c, struct hp_timeline *t)
{
	free(c->point);
	free(c->edge[0]);
	free(c->edge[1]);
	free(c->site);
	hp_timeline_free(t);
}

int hp_timeline_put_svg(const struct hp_timeline *t, const struct hprof_render_opts *o,
			struct hp_out *out, struct hprof_error *err)
{
	struct hp_chart c = {.t = NULL};
	char title[LABEL_BYTES];
	int r = chart_prepare(&c, t, o, err);

	if (r == HPROF_OK)
		hp_draw_svg_inline(out, WIDTH, height_of(&c), title_of(&c, title, sizeof(title)),
				   draw_chart, &c);
	close_chart(&c, NULL);
	return r;
}

int hp_chart_new(const struct hp_timeline *t, const struct hprof_render_opts *o,
		 struct hp_chart **out, struct hprof_error *err)
{
	struct hp_chart *c = calloc(1, sizeof(*c));
	int r = c ? chart_prepare(c, t, o, err) : hp_fail_nomem(err);

	if (r < 0) {
		hp_chart_free(c);
		return r;
	}
	*out = c;
	return HPROF_OK;
}

void hp_chart_free(struct hp_chart *c)
{
	if (c)
		close_chart(c, NULL);
	free(c);
}

struct hp_page hp_chart_page(const struct hp_chart *c)
{
	return (struct hp_page){WIDTH, height_of(c), 1, draw_chart, c};
}

static int draw_svg(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err)
{
	struct hp_chart c = {.t = NULL};
	char title[LABEL_BYTES];
	struct hp_timeline *t;
	int r = open_chart(&c, v, o, &t, err);

	if (r == HPROF_OK)
		hp_draw_svg(out, WIDTH, height_of(&c), title_of(&c, title, sizeof(title)),
			    draw_chart, &c);
	close_chart(&c, t);
	return r;
}

static int draw_png(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err)
{
	struct hp_chart c = {.t = NULL};
	struct hp_timeline *t;
	int r = open_chart(&c, v, o, &t, err);

	if (r == HPROF_OK) {
		const double scale = o->picture.scale ? o->picture.scale : SCALE;
		const struct hp_page page = {WIDTH, height_of(&c), scale, draw_chart, &c};

		r = hp_draw_png(out, &page, o, err);
	}
	close_chart(&c, t);
	return r;
}

const struct hp_output hp_output_timeline_svg = {
	{"timeline-svg", "values over time as a picture (SVG)", true},
	draw_svg,
};

const struct hp_output hp_output_timeline_png = {
	{"timeline-png", "values over time as a picture (PNG)", true},
	draw_png,
};
