/* timeline.c - values over time as text: a graph, and a table. */
#include "analyzer/ops/timeline.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/label.h"
#include "render/render.h"
#include "render/text_header.h"
#include "render/time_format.h"

enum { GRAPH_ROWS = 20, GRAPH_LEFT = 10, GRAPH_COLUMNS = 80, GRAPH_LEAST = 20 };

struct timeline_text {
	const struct hp_timeline *t;
	const struct hprof_render_opts *o;
	struct hp_style style;
	struct hp_out *out;
};

/* What the points amount to is in the unit of their type: bytes, or objects. */
static const char *value_text(const struct timeline_text *p, char *buf, double v)
{
	return hp_style_value(&p->style, buf, v);
}

/* --- the graph --- */

/* A column of the graph: the largest of the points that fall into it, or the one before. */
struct column {
	double total;
	char mark;
};

static char mark_of(const struct hp_timeline *t, uint32_t i)
{
	if (i == t->peak)
		return '#';
	return t->point[i].tree == HP_TREE_NONE || !hp_is_recording(t) ? ':' : '@';
}

static int weight(char mark)
{
	return mark == '#' ? 2 : mark == '@';
}

static uint32_t column_of(const struct hp_timeline *t, uint32_t i, uint32_t columns)
{
	double first = t->point[0].time;
	double span = t->point[t->n - 1].time - first;
	double at = span > 0 ? (t->point[i].time - first) / span * columns : 0;

	return at < columns ? (uint32_t)at : columns - 1;
}

/* What holds between two points is what the first of them told. */
static void fill_columns(const struct hp_timeline *t, struct column *c, uint32_t columns)
{
	uint32_t at = 0;
	double last = 0;

	for (uint32_t x = 0; x < columns; x++) {
		c[x] = (struct column){last, ':'};
		if (at < t->n && column_of(t, at, columns) == x)
			c[x] = (struct column){0, ' '};
		for (; at < t->n && column_of(t, at, columns) == x; at++) {
			char mark = mark_of(t, at);

			last = hp_point_total(&t->point[at]);
			if (last > c[x].total)
				c[x].total = last;
			if (weight(mark) > weight(c[x].mark) || c[x].mark == ' ')
				c[x].mark = mark;
		}
	}
}

static void put_axis(const struct timeline_text *p, uint32_t columns)
{
	const struct hp_timeline *t = p->t;
	char first[HP_NUMBER_MAX], last[HP_NUMBER_MAX];
	int left, right;

	hp_out_fmt(p->out, "%*s +", GRAPH_LEFT - 2, "0");
	for (uint32_t x = 0; x < columns; x++)
		hp_out_char(p->out, '-');
	hp_out_str(p->out, ">\n");
	hp_format_time(first, t->point[0].time, t->unit);
	hp_format_time(last, t->point[t->n - 1].time, t->unit);
	left = (int)strlen(first);
	right = (int)columns - left;
	hp_out_fmt(p->out, "%*s%s%*s\n\n", GRAPH_LEFT, "", first, right > 0 ? right : 1, last);
}

static int put_graph(const struct timeline_text *p, struct hprof_error *err)
{
	uint32_t width = p->o->width ? p->o->width : GRAPH_COLUMNS;
	uint32_t columns =
		width > GRAPH_LEFT + 2 + GRAPH_LEAST ? width - GRAPH_LEFT - 2 : GRAPH_LEAST;
	struct column *c = calloc(columns, sizeof(*c));
	char top[HP_NUMBER_MAX];
	double max = 0;

	if (!c)
		return hp_fail_nomem(err);
	fill_columns(p->t, c, columns);
	for (uint32_t x = 0; x < columns; x++)
		max = c[x].total > max ? c[x].total : max;
	value_text(p, top, max);
	for (uint32_t y = GRAPH_ROWS; y > 0; y--) {
		uint32_t end = columns;

		hp_out_fmt(p->out, "%*s %c", GRAPH_LEFT - 2, y == GRAPH_ROWS ? top : "",
			   y == GRAPH_ROWS ? '^' : '|');
		while (end > 0 && !(max > 0 && round(c[end - 1].total / max * GRAPH_ROWS) >= y))
			end--;
		for (uint32_t x = 0; x < end; x++)
			hp_out_char(p->out,
				    round(c[x].total / max * GRAPH_ROWS) >= y ? c[x].mark : ' ');
		hp_out_char(p->out, '\n');
	}
	put_axis(p, columns);
	free(c);
	return HPROF_OK;
}

/* --- the table --- */

static void put_sites(const struct timeline_text *p, const struct hp_point *point)
{
	char value[HP_NUMBER_MAX], share[HP_NUMBER_MAX];

	for (uint32_t i = 0; i < HP_POINT_SITES && point->top[i].row != HP_NONE; i++) {
		const struct hp_point_site *s = &point->top[i];

		hp_out_fmt(p->out, "      %7s %11s  ",
			   hp_format_percent(share, s->value, point->heap),
			   value_text(p, value, s->value));
		hp_label_put(p->out, p->t->v, &p->t->row[s->row]);
		hp_out_char(p->out, '\n');
	}
}

static void put_moment(const struct timeline_text *p, uint32_t i)
{
	const struct hp_point *point = &p->t->point[i];
	char time[HP_NUMBER_MAX], heap[HP_NUMBER_MAX], extra[HP_NUMBER_MAX], stacks[HP_NUMBER_MAX],
		total[HP_NUMBER_MAX];

	hp_out_fmt(p->out, "%5" PRIu32 " %15s %11s %11s %11s %11s", point->number,
		   hp_format_exact_time(time, point->time), value_text(p, heap, point->heap),
		   value_text(p, extra, point->extra), value_text(p, stacks, point->stacks),
		   value_text(p, total, hp_point_total(point)));
	if (point->tree == HP_TREE_PEAK)
		hp_out_str(p->out, "  peak");
	else if (point->tree == HP_TREE_DETAILED)
		hp_out_str(p->out, "  detailed");
	hp_out_char(p->out, '\n');
}

/* A profile of a series. */
static void put_profile(const struct timeline_text *p, uint32_t i)
{
	const struct hp_point *point = &p->t->point[i];
	double change = i ? point->heap - p->t->point[i - 1].heap : 0;
	char total[HP_NUMBER_MAX], delta[HP_NUMBER_MAX + 1];

	if (i)
		(void)hp_style_delta(&p->style, delta, change);
	hp_out_fmt(p->out, "%5" PRIu32 " %11s %12s  ", point->number,
		   value_text(p, total, point->heap), i ? delta : "");
	hp_out_safe(p->out, hp_point_file(p->t, point));
	hp_out_char(p->out, '\n');
}

static void put_heading(const struct timeline_text *p)
{
	const struct hp_timeline *t = p->t;
	struct hp_slice name = hp_view_str(t->v, t->v->types[t->v->chosen].name);
	char line[128], time[24] = "time";

	if (t->unit.len)
		(void)snprintf(time, sizeof(time), "time (%.*s)", (int)t->unit.len, t->unit.ptr);
	if (hp_is_recording(t))
		(void)snprintf(line, sizeof(line), "%5s %15s %11s %11s %11s %11s", "n", time,
			       "heap", "extra", "stacks", "total");
	else
		(void)snprintf(line, sizeof(line), "%5s %11.*s %12s  file", "n", (int)name.len,
			       name.ptr, "delta");
	hp_out_fmt(p->out, p->o->color ? "\x1b[1m%s\x1b[0m\n" : "%s\n", line);
}

static void put_below_zero(const struct timeline_text *p)
{
	const struct hp_timeline *t = p->t;
	uint32_t n = 0, least = 0;
	char value[HP_NUMBER_MAX];

	for (uint32_t i = 0; i < t->n; i++) {
		double total = hp_point_total(&t->point[i]);

		n += total < 0;
		least = total < hp_point_total(&t->point[least]) ? i : least;
	}
	if (n)
		hp_out_fmt(p->out,
			   "below zero, and not in the graph: %" PRIu32
			   ", the least is %s at number %" PRIu32 "\n",
			   n, value_text(p, value, hp_point_total(&t->point[least])),
			   t->point[least].number);
}

/* How many there are, and what the marks of the graph stand for. */
static void put_summary(const struct timeline_text *p)
{
	const struct hp_timeline *t = p->t;
	const struct hp_point *peak = &t->point[t->peak];
	bool flagged = peak->tree == HP_TREE_PEAK && !t->v->filtered;
	char total[HP_NUMBER_MAX];
	uint32_t trees = 0;

	for (uint32_t i = 0; i < t->n; i++)
		trees += t->point[i].tree != HP_TREE_NONE;
	value_text(p, total, hp_point_total(peak));
	if (t->n_left_out)
		hp_out_fmt(p->out,
			   "snapshots: %" PRIu32 " with a tree (@); %" PRIu32
			   " without one are left out, as filters choose from trees\n",
			   trees, t->n_left_out);
	else if (hp_is_recording(t))
		hp_out_fmt(p->out, "snapshots: %" PRIu32 ", %" PRIu32 " with a tree (@)\n", t->n,
			   trees);
	else
		hp_out_fmt(p->out, "profiles: %" PRIu32 "\n", t->n);
	hp_out_fmt(p->out, "%s: %s at number %" PRIu32 " (#)%s\n",
		   flagged ? "flagged as the peak" : "largest", total, peak->number,
		   flagged || !hp_is_recording(t) || t->v->filtered
			   ? ""
			   : ", none is flagged as the peak");
	put_below_zero(p);
	hp_out_char(p->out, '\n');
}

static int timeline_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			 struct hp_out *out, struct hprof_error *err)
{
	struct hp_timeline *t;
	struct timeline_text p = {.o = o, .out = out};
	int r = hp_timeline_new(v, 0, &t, err);

	if (r < 0)
		return r;
	p.t = t;
	p.style = hp_style_plain(v, o, &v->types[v->chosen]);
	r = put_graph(&p, err);
	if (r == HPROF_OK) {
		put_summary(&p);
		put_heading(&p);
	}
	for (uint32_t i = 0; r == HPROF_OK && i < t->n; i++) {
		if (hp_is_recording(t))
			put_moment(&p, i);
		else
			put_profile(&p, i);
		if (o->details && t->point[i].tree != HP_TREE_NONE)
			put_sites(&p, &t->point[i]);
	}
	hp_timeline_free(t);
	return r;
}

const struct hp_output hp_output_timeline = {
	{"timeline", "values over time: a graph and a table", true},
	timeline_draw,
};
