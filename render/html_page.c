/* html_page.c - a flame graph and a table of functions as a page that stands alone. */
#include "render/html_page.h"

#include "render/flame_data.h"
#include "render/flame_svg.h"
#include "render/label.h"
#include "render/markup.h"
#include "render/row_table.h"
#include "render/web.h"

enum { STATIC_BOXES = 300, STATIC_DEPTH = 64, STATIC_ROWS = 50 };

/* --- parts --- */

void hp_html_section(struct hp_out *out, const char *id, const char *title)
{
	hp_out_fmt(out, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
}

/* --- the head --- */

/*
 * Nothing is loaded, and no scripts and styles run but the ones of this program.  They may make no
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

static void put_head(struct hp_html_page *p, const char *kind)
{
	struct hp_slice title = p->flame.title;
	char metadata[HP_FLAME_TEXT_MAX];

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
	hp_put_markup(p->out, hp_slice_str(hp_flame_metadata(&p->flame, metadata)));
	hp_out_str(p->out, "</p></header>\n<main>\n");
}

int hp_html_open(struct hp_html_page *p, const struct hprof_view *v,
		 const struct hprof_render_opts *o, const char *kind, struct hp_out *out,
		 struct hprof_error *err)
{
	int r;

	*p = (struct hp_html_page){
		.v = v,
		.out = out,
		.style = hp_style_grouped(v, o, &v->types[v->chosen]),
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

void hp_html_close(struct hp_html_page *p)
{
	hp_flame_close(&p->flame);
}

/* --- the sections --- */

void hp_html_put_flame(struct hp_html_page *p)
{
	char text[HP_FLAME_TEXT_MAX];

	hp_html_section(p->out, "hp-flame", "Flame graph");
	hp_out_str(p->out, "<p id=\"hp-total\">");
	hp_put_markup(p->out, hp_slice_str(hp_flame_totals(&p->flame, text)));
	hp_out_str(p->out, "</p>\n<div id=\"hp-picture\">\n");
	hp_flame_put_svg(&p->flame, &p->limits, p->out);
	hp_out_str(p->out, "</div>\n</section>\n");
}

static void put_rows(struct hp_row_table *rows, struct hp_out *out)
{
	const struct hp_table_row *row;
	char text[HP_NUMBER_MAX + 1];

	hp_out_str(out, "<div class=\"scroll\"><table>\n<thead><tr>");
	for (size_t i = 0; i < rows->n_columns; i++)
		hp_out_fmt(out, "<th scope=\"col\" class=\"num\">%s</th>", rows->column[i].title);
	hp_out_str(out, "<th scope=\"col\">name</th></tr></thead>\n<tbody>\n");
	while ((row = hp_row_table_next(rows))) {
		hp_out_str(out, "<tr>");
		for (size_t i = 0; i < rows->n_columns; i++)
			hp_out_fmt(out, "<td class=\"num\">%s</td> ",
				   hp_row_table_cell(rows, &rows->column[i], row, text));
		hp_out_str(out, "<td class=\"name\">");
		hp_label_write(out, rows->style.v, row, hp_put_markup);
		hp_out_str(out, "</td></tr>\n");
	}
	hp_out_str(out, "</tbody>\n</table></div>\n");
}

int hp_html_put_functions(struct hp_html_page *p, struct hprof_error *err)
{
	char rest[HP_ROW_REST_MAX];
	struct hp_table table;
	struct hp_row_table rows;
	int r = hp_table_init(p->v, p->v->chosen, STATIC_ROWS, &table, err);

	if (r < 0)
		return r;
	rows = hp_row_table_of(&p->style, &table, STATIC_ROWS);
	hp_html_section(p->out, "hp-functions", "Functions");
	if (table.n == 0)
		hp_out_str(p->out, "<p>No samples.</p>\n");
	else if (rows.n == 0)
		hp_out_str(p->out, "<p>No difference.</p>\n");
	else
		put_rows(&rows, p->out);
	if (rows.n < table.n)
		hp_out_fmt(p->out, "<p class=\"faint\">%s</p>\n", hp_row_table_rest(&rows, rest));
	hp_out_str(p->out, "</section>\n");
	hp_table_release(&table);
	return HPROF_OK;
}

int hp_html_put_end(struct hp_html_page *p, struct hprof_error *err)
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

static int flame_html_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			   struct hp_out *out, struct hprof_error *err)
{
	struct hp_html_page p;
	int r = hp_html_open(&p, v, o, "flame graph", out, err);

	if (r == HPROF_OK) {
		hp_html_put_flame(&p);
		r = hp_html_put_functions(&p, err);
	}
	if (r == HPROF_OK)
		r = hp_html_put_end(&p, err);
	hp_html_close(&p);
	return r;
}

const struct hp_output hp_output_flame_html = {
	{"flame-html", "flame graph and table of functions as a page that stands alone (HTML)",
	 true},
	flame_html_draw,
};
