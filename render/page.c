/* page.c - a flame graph and a table of functions as a page that stands alone. */
#include "render/page.h"

#include <inttypes.h>
#include <math.h>

#include "render/flame_data.h"
#include "render/flame_svg.h"
#include "render/label.h"
#include "render/markup.h"
#include "render/web.h"

enum { STATIC_BOXES = 300, STATIC_DEPTH = 64, STATIC_ROWS = 50 };

/* --- parts --- */

void hp_page_section(struct hp_out *out, const char *id, const char *title)
{
	hp_out_fmt(out, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
}

void hp_page_table(struct hp_out *out, const char *const *heading, size_t n, size_t numbers)
{
	hp_out_str(out, "<div class=\"scroll\"><table>\n<thead><tr>");
	for (size_t i = 0; i < n; i++)
		hp_out_fmt(out, "<th scope=\"col\"%s>%s</th>", i < numbers ? " class=\"num\"" : "",
			   heading[i]);
	hp_out_str(out, "</tr></thead>\n<tbody>\n");
}

void hp_page_table_end(struct hp_out *out)
{
	hp_out_str(out, "</tbody>\n</table></div>\n");
}

const char *hp_page_value(const struct hp_style *s, char *buf, double v)
{
	if (s->type->unit == HP_UNIT_BYTES)
		return hp_format_bytes(buf, v, s->o->unit);
	return hp_format_grouped(buf, v);
}

const char *hp_page_delta(const struct hp_style *s, char *buf, double v)
{
	char plain[HP_NUMBER_MAX];

	hp_page_value(s, plain, v);
	buf[0] = '+';
	memcpy(buf + (v > 0 && plain[0] != '0'), plain, strlen(plain) + 1);
	return buf;
}

void hp_page_number(struct hp_out *out, const char *text)
{
	hp_out_str(out, "<td class=\"num\">");
	hp_put_markup(out, hp_slice_str(text));
	hp_out_str(out, "</td> ");
}

void hp_page_text(struct hp_out *out, struct hp_slice text)
{
	hp_out_str(out, "<td>");
	hp_put_markup(out, text);
	hp_out_str(out, "</td> ");
}

void hp_page_name(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row)
{
	char place[HP_PLACE_MAX];
	struct hp_label label;
	uint64_t addr;

	hp_out_str(out, "<td class=\"name\">");
	if (hp_row_addr(v, row, &addr) && hp_view_hides_addr(v, &v->frames[row->frame]))
		hp_out_fmt(out, "0x%" PRIx64 " ", addr);
	hp_put_markup(out, hp_row_label(v, row, &label));
	if (hp_row_inlined(v, row))
		hp_out_str(out, " (inline)");
	hp_put_markup(out, hp_slice_str(hp_label_place(place, sizeof(place), v, row)));
	hp_out_str(out, "</td>");
}

/* --- the head --- */

/*
 * Nothing is loaded, and of scripts and styles only those of this program run.  They may make no
 * markup from text.
 */
static void put_policy(struct hp_out *out, bool scripts)
{
	hp_out_str(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			"'none'; script-src ");
	if (scripts)
		hp_out_fmt(out, "'%s'", hp_web_page_js.hash);
	else
		hp_out_str(out, "'none'");
	hp_out_fmt(out,
		   "; style-src '%s'; base-uri 'none'; form-action 'none'; "
		   "require-trusted-types-for 'script'; trusted-types 'none'\">\n",
		   hp_web_page_css.hash);
}

static void put_head(struct hp_page *p, const char *kind)
{
	struct hp_slice title = p->flame.title;
	char facts[HP_FLAME_TEXT_MAX];

	hp_out_str(p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
			   "charset=\"utf-8\">\n");
	put_policy(p->out, !p->style.o->picture.no_script);
	hp_out_str(p->out, "<meta name=\"viewport\" content=\"width=device-width, "
			   "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
			   "dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	hp_put_markup(p->out, title);
	hp_out_fmt(p->out, " - %s</title>\n<style>", kind);
	hp_out_put(p->out, hp_web_page_css.text);
	hp_out_str(p->out, "</style>\n</head>\n<body>\n<header><h1>");
	hp_put_markup(p->out, title);
	hp_out_str(p->out, "</h1>\n<p class=\"faint\">");
	hp_put_markup(p->out, hp_slice_str(hp_flame_facts(&p->flame, facts)));
	hp_out_str(p->out, "</p></header>\n<main>\n");
}

int hp_page_open(struct hp_page *p, const struct hprof_view *v, const struct hprof_render_opts *o,
		 const char *kind, struct hp_out *out, struct hprof_error *err)
{
	int r;

	*p = (struct hp_page){
		.v = v,
		.out = out,
		.style = {v, o, &v->types[v->chosen]},
		.limits =
			{
				.width = o->picture.width ? o->picture.width : HP_FLAME_WIDTH,
				.min_width = 1,
				.max_boxes = STATIC_BOXES,
				.max_depth = STATIC_DEPTH,
				.all_types = true,
				.row_height = v->n_bases ? HP_FLAME_DIFF_ROW : HP_FLAME_ROW,
				.top = HP_FLAME_TOP,
			},
	};
	r = hp_flame_open(&p->flame, v, v->chosen, o, &p->limits, err);
	if (r == HPROF_OK)
		put_head(p, kind);
	return r;
}

void hp_page_close(struct hp_page *p)
{
	hp_flame_close(&p->flame);
}

/* --- the sections --- */

void hp_page_put_flame(struct hp_page *p)
{
	char text[HP_FLAME_TEXT_MAX];

	hp_page_section(p->out, "hp-flame", "Flame graph");
	hp_out_str(p->out, "<p id=\"hp-total\">");
	hp_put_markup(p->out, hp_slice_str(hp_flame_totals(&p->flame, text)));
	hp_out_str(p->out, "</p>\n<div id=\"hp-picture\">\n");
	hp_flame_put_svg(&p->flame, &p->limits, p->out);
	hp_out_str(p->out, "</div>\n</section>\n");
}

static void put_row(const struct hp_page *p, const struct hp_table *t,
		    const struct hp_table_row *row)
{
	const struct hp_style *s = &p->style;
	double total = s->type->total;
	char a[HP_NUMBER_MAX + 1];

	hp_out_str(p->out, "<tr>");
	if (s->type->base) {
		hp_page_number(p->out, hp_page_value(s, a, hp_table_base(t, row).flat));
		hp_page_number(p->out, hp_page_value(s, a, hp_table_now(t, row).flat));
		hp_page_number(p->out, hp_page_delta(s, a, row->value.flat));
		hp_page_number(p->out, hp_page_delta(s, a, row->value.cum));
		if (s->type->has_error)
			hp_page_number(p->out, hp_row_significant(s->type, row) ? "*" : "");
	} else {
		hp_page_number(p->out, hp_page_value(s, a, row->value.flat));
		hp_page_number(p->out, hp_format_percent(a, row->value.flat, total));
		hp_page_number(p->out, hp_page_value(s, a, row->value.cum));
		hp_page_number(p->out, hp_format_percent(a, row->value.cum, total));
	}
	hp_page_name(p->out, p->v, row);
	hp_out_str(p->out, "</tr>\n");
}

/* How much is in the rows that are left out. */
static void put_rest(const struct hp_page *p, const struct hp_table *t, size_t n)
{
	char a[HP_NUMBER_MAX + 1];
	double rest = 0;

	if (n == t->n)
		return;
	for (size_t i = n; i < t->n; i++)
		rest += t->row[i].value.flat;
	hp_out_fmt(p->out, "<p class=\"faint\">%zu more with %s flat</p>\n", t->n - n,
		   p->style.type->base ? hp_page_delta(&p->style, a, rest)
				       : hp_page_value(&p->style, a, rest));
}

int hp_page_put_functions(struct hp_page *p, struct hprof_error *err)
{
	static const char *const plain[] = {"flat", "flat%", "cum", "cum%", "name"};
	static const char *const diff[] = {"before", "after", "delta", "cum delta", "name"};
	static const char *const diff_sig[] = {"before",    "after", "delta",
					       "cum delta", "sig",   "name"};
	bool differs = p->style.type->base != NULL;
	struct hp_table table;
	size_t n;
	int r = hp_table_init(p->v, p->v->chosen, STATIC_ROWS, &table, err);

	if (r < 0)
		return r;
	n = table.n < STATIC_ROWS ? table.n : STATIC_ROWS;
	hp_page_section(p->out, "hp-functions", "Functions");
	if (n == 0)
		hp_out_str(p->out, "<p>No samples.</p>\n");
	else if (differs && p->style.type->has_error)
		hp_page_table(p->out, diff_sig, HP_LEN(diff_sig), HP_LEN(diff_sig) - 1);
	else if (differs)
		hp_page_table(p->out, diff, HP_LEN(diff), HP_LEN(diff) - 1);
	else
		hp_page_table(p->out, plain, HP_LEN(plain), HP_LEN(plain) - 1);
	for (size_t i = 0; i < n; i++)
		put_row(p, &table, &table.row[i]);
	if (n)
		hp_page_table_end(p->out);
	put_rest(p, &table, n);
	hp_out_str(p->out, "</section>\n");
	hp_table_release(&table);
	return HPROF_OK;
}

int hp_page_put_end(struct hp_page *p, struct hprof_error *err)
{
	int r = HPROF_OK;

	hp_out_fmt(p->out, "</main>\n<footer>hprof %s</footer>\n", hprof_version());
	if (!p->style.o->picture.no_script) {
		hp_out_str(p->out, "<script type=\"application/json\" id=\"hprof-data\">");
		r = hp_flame_put_data(&p->flame, &p->limits, p->out, err);
		hp_out_str(p->out, "</script>\n<script>");
		hp_out_put(p->out, hp_web_page_js.text);
		hp_out_str(p->out, "</script>\n");
	}
	hp_out_str(p->out, "</body>\n</html>\n");
	return r;
}

/* --- the output --- */

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	struct hp_page p;
	int r = hp_page_open(&p, v, o, "flame graph", out, err);

	if (r == HPROF_OK) {
		hp_page_put_flame(&p);
		r = hp_page_put_functions(&p, err);
	}
	if (r == HPROF_OK)
		r = hp_page_put_end(&p, err);
	hp_page_close(&p);
	return r;
}

const struct hp_output hp_output_flame_html = {
	{"flame-html", "flame graph and table of functions as a page that stands alone (HTML)",
	 true},
	draw,
};
