/*
 * report_pdf.c - all about a profile as pages: tables and flame graphs, values over time, and what
 * the file is, with everything that may be wrong with it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/utf8.h"
#include "analyzer/ops/timeline.h"
#include "render/flame_pages.h"
#include "render/timeline_chart.h"

enum {
	LINE = 18, /* pixels of a line of text */
	TEXT_PX = 13,
	TEXT_TOP = 56, /* above the first of a page */
	INDENT = 4,    /* of what follows in a line that is broken */
	LINE_BYTES = 4096,
};

#define CELL_EM 0.62 /* of a character: room for any monospaced font */

/* A text output as lines for pages. */
struct text_page {
	struct hp_slice text; /* its lines */
	double width;
};

struct report {
	struct hp_chart *chart;
	struct hp_sheet chart_sheet; /* of the chart alone, on a page of its own */
	struct hp_memory info;
	struct text_page *text_page; /* [n_texts] */
	struct hp_more_page *more;   /* [n_more] */
	uint32_t n_texts, n_more;
};

/* --- text --- */

/* What "hprof info" says. */
static int write_info(const struct hprof_view *v, const struct hprof_render_opts *o,
		      struct hp_memory *to, struct hprof_error *err)
{
	struct hp_out *out = malloc(sizeof(*out));
	int r;

	if (!out)
		return hp_fail_nomem(err);
	hp_out_init(out, hp_memory_write, to);
	r = hp_output_info.draw(v, o, out, err);
	if (r == HPROF_OK && hp_out_close(out, NULL) < 0) /* there is no other reason */
		r = hp_fail_nomem(err);
	free(out);
	return r;
}

/*
 * Bytes of the first line of @s, which is @chars characters or less: broken at a blank if there is
 * one in the second half.  *@next is where the rest begins.
 */
static size_t break_line(struct hp_slice s, size_t chars, size_t *next)
{
	size_t at = 0, blank = 0;

	for (size_t i = 0; i < chars && at < s.len; i++) {
		size_t n = hp_utf8_len(hp_slice_from(s, at));

		if (s.ptr[at] == ' ' && i > chars / 2)
			blank = at;
		at += n ? n : 1;
	}
	*next = at;
	if (at == s.len || !blank)
		return at;
	*next = blank + 1;
	return blank;
}

static int put(struct hp_memory *to, const char *bytes, size_t len, struct hprof_error *err)
{
	return hp_memory_write(to, bytes, len) ? hp_fail_nomem(err) : HPROF_OK;
}

/* The lines of @from, broken where they are longer than @chars. */
static int wrap(const struct hp_memory *from, size_t chars, struct hp_memory *to,
		struct hprof_error *err)
{
	struct hp_slice rest = {from->ptr, from->n}, line;
	int r = HPROF_OK;

	while (r == HPROF_OK && hp_slice_line(&rest, &line)) {
		bool first = true;

		do {
			size_t next, n = break_line(line, first ? chars : chars - INDENT, &next);

			if (!first)
				r = put(to, "    ", INDENT, err);
			if (r == HPROF_OK)
				r = put(to, line.ptr, n, err);
			if (r == HPROF_OK)
				r = put(to, "\n", 1, err);
			line = hp_slice_from(line, next);
			first = false;
		} while (r == HPROF_OK && line.len);
	}
	return r;
}

static double text_height(double width)
{
	return HP_PAGE_HEIGHT / HP_PAGE_WIDTH * width;
}

static uint32_t lines_per_page(double width)
{
	double lines = (text_height(width) - TEXT_TOP - HP_PAGE_MARGIN) / LINE;

	return lines < 1 ? 1 : (uint32_t)lines;
}

static void draw_text(const void *what, const struct hp_canvas *canvas)
{
	static const struct hp_lettering style = {
		.font = HP_FONT_MONO, .px = TEXT_PX, .ink = HP_INK_TEXT};
	const struct text_page *page = what;
	struct hp_slice rest = page->text, line;
	double cell = canvas->painter->width(canvas->ctx, &style, HP_LIT("0"));
	size_t chars = (size_t)((page->width - 2 * HP_PAGE_MARGIN) / cell) - 1;
	char buf[LINE_BYTES];

	for (double y = TEXT_TOP; hp_slice_line(&rest, &line); y += LINE)
		canvas->painter->text(
			canvas->ctx, (struct hp_spot){HP_PAGE_MARGIN, y}, &style,
			hp_fit_text(buf, sizeof(buf), line, chars, canvas->painter->mark),
			(struct hp_slice){"", 0});
}

/* The first @n lines of @rest, which loses them. */
static struct hp_slice take_lines(struct hp_slice *rest, uint32_t n)
{
	struct hp_slice taken = *rest, line;

	while (n-- > 0 && hp_slice_line(rest, &line))
		;
	taken.len -= rest->len;
	return taken;
}

static int count_pages(struct report *d, double width, struct hprof_error *err)
{
	struct hp_slice rest = {d->info.ptr, d->info.n};

	for (; rest.len; d->n_texts++)
		(void)take_lines(&rest, lines_per_page(width));
	d->text_page = calloc((size_t)d->n_texts + 1, sizeof(*d->text_page));
	d->more = calloc((size_t)d->n_texts + 1, sizeof(*d->more)); /* and the chart */
	return d->text_page && d->more ? HPROF_OK : hp_fail_nomem(err);
}

static void add_text(struct report *d, double width)
{
	uint32_t per_page = lines_per_page(width);
	struct hp_slice rest = {d->info.ptr, d->info.n};

	for (uint32_t i = 0; i < d->n_texts; i++) {
		struct text_page *page = &d->text_page[i];

		*page = (struct text_page){take_lines(&rest, per_page), width};
		d->more[d->n_more++] = (struct hp_more_page){
			{width, text_height(width), HP_PAGE_WIDTH / width, draw_text, page},
			i ? (struct hp_slice){"", 0} : HP_LIT("The profile"),
		};
	}
}

/* --- over time --- */

static void draw_chart(const void *what, const struct hp_canvas *canvas)
{
	const struct report *d = what;

	d->chart_sheet.draw(d->chart_sheet.what, canvas);
}

/* The chart on a page of the common size. */
static int add_chart(struct report *d, const struct hprof_render_opts *o, struct hprof_error *err)
{
	const struct hprof_timeline *t = o->over_time;
	double scale;
	int r;

	if (!t || t->t->n < 2)
		return HPROF_OK;
	r = hp_chart_new(t->t, o, &d->chart, err);
	if (r < 0)
		return r;
	d->chart_sheet = hp_chart_sheet(d->chart);
	scale = fmin(HP_PAGE_WIDTH / d->chart_sheet.width, HP_PAGE_HEIGHT / d->chart_sheet.height);
	d->more[d->n_more++] = (struct hp_more_page){
		{HP_PAGE_WIDTH / scale, HP_PAGE_HEIGHT / scale, scale, draw_chart, d},
		HP_LIT("Over time"),
	};
	return HPROF_OK;
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	double width = o->picture.width ? o->picture.width : HP_PAGE_PX;
	double chars = (width - 2 * HP_PAGE_MARGIN) / (CELL_EM * TEXT_PX);
	struct report d = {.chart = NULL};
	struct hp_memory info = {0};
	int r = write_info(v, o, &info, err);

	if (r == HPROF_OK)
		r = wrap(&info, (size_t)fmax(chars, 2 * INDENT), &d.info, err);
	if (r == HPROF_OK)
		r = count_pages(&d, width, err);
	if (r == HPROF_OK)
		r = add_chart(&d, o, err);
	if (r == HPROF_OK) {
		add_text(&d, width);
		r = hp_flame_put_pages(v, o, d.more, d.n_more, out, err);
	}
	free(info.ptr);
	hp_chart_free(d.chart);
	free(d.info.ptr);
	free(d.text_page);
	free(d.more);
	return r;
}

const struct hp_output hp_output_report_pdf = {
	{"report-pdf", "all about a profile as pages (PDF)", true},
	draw,
};
