/* report_html.c - all about profiles on one page of HTML. */
#include "render/html_page.h"
#include "render/markup.h"
#include "render/report.h"
#include "render/timeline_chart.h"

struct report_html {
	struct hp_html_page page;
	struct hp_report_text text;
	struct hp_out *out;
	const char *section; /* id of the one that is open, NULL: none */
	bool list;           /* a list is open */
};

static void close_list(struct report_html *w)
{
	if (w->list)
		hp_out_str(w->out, "</ul>\n");
	w->list = false;
}

static void close_section(struct report_html *w)
{
	close_list(w);
	if (w->section)
		hp_out_str(w->out, "</section>\n");
	w->section = NULL;
}

static void put_spans(struct report_html *w, const struct hp_block *b)
{
	static const char *const open[] = {"", "<code>", "<b>"}, *const close[] = {"", "</code>",
										   "</b>"};

	for (uint32_t i = b->first; i < b->first + b->n; i++) {
		const struct hp_span *s = &w->text.span[i];

		hp_out_str(w->out, open[s->words]);
		hp_put_markup(w->out, hp_span_text(&w->text, s));
		hp_out_str(w->out, close[s->words]);
	}
}

static void put_words(struct report_html *w, const struct hp_block *b)
{
	const char *class = b->kind == HP_BLOCK_NOTE                ? " class=\"faint\""
			    : strcmp(w->section, "hp-verdict") == 0 ? " class=\"verdict\""
								    : "";

	hp_out_fmt(w->out, "<p%s>", class);
	put_spans(w, b);
	hp_out_str(w->out, "</p>\n");
}

static void put_item(struct report_html *w, const struct hp_block *b)
{
	hp_out_str(w->out, w->list ? "<li>" : "<ul>\n<li>");
	w->list = true;
	put_spans(w, b);
	hp_out_str(w->out, "</li>\n");
}

static void put_cell(struct report_html *w, enum hp_cell_kind kind, struct hp_slice text)
{
	static const char *const open[] = {
		[HP_CELL_KEY] = "<th scope=\"row\">",
		[HP_CELL_NUMBER] = "<td class=\"num\">",
		[HP_CELL_TEXT] = "<td>",
		[HP_CELL_NAME] = "<td class=\"name\">",
		[HP_CELL_PLACE] = "<td class=\"where\">",
		[HP_CELL_NOTE] = "<td class=\"where\">",
	};

	hp_out_str(w->out, open[kind]);
	hp_put_markup(w->out, text);
	hp_out_str(w->out, kind == HP_CELL_KEY ? "</th> " : "</td> ");
}

static void put_headings(struct report_html *w, const struct hp_block *b)
{
	hp_out_str(w->out, "<thead><tr>");
	for (uint32_t i = 0; i < b->n_columns; i++)
		hp_out_fmt(w->out, "<th scope=\"col\"%s>%s</th>",
			   b->column[i].kind == HP_CELL_NUMBER ? " class=\"num\"" : "",
			   b->column[i].title);
	hp_out_str(w->out, "</tr></thead>\n");
}

static void put_table(struct report_html *w, const struct hp_block *b)
{
	hp_out_str(w->out, "<div class=\"scroll\"><table>\n");
	if (b->column[0].title)
		put_headings(w, b);
	hp_out_str(w->out, "<tbody>\n");
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t column = i % b->n_columns;

		hp_out_str(w->out, column ? "" : "<tr>");
		put_cell(w, b->column[column].kind,
			 hp_span_text(&w->text, &w->text.span[b->first + i]));
		hp_out_str(w->out, column + 1 == b->n_columns ? "</tr>\n" : "");
	}
	hp_out_str(w->out, "</tbody>\n</table></div>\n");
}

static int put_chart(struct report_html *w, struct hprof_error *err)
{
	int r;

	hp_out_str(w->out, "<div class=\"picture\">\n");
	r = hp_timeline_put_svg(w->page.style.o->over_time->t, w->page.style.o, w->out, err);
	hp_out_str(w->out, "</div>\n");
	return r;
}

static int put_graph(struct report_html *w, struct hprof_error *err)
{
	close_section(w);
	hp_html_put_flame(&w->page);
	return hp_html_put_functions(&w->page, err);
}

static int put_block(struct report_html *w, const struct hp_block *b, struct hprof_error *err)
{
	if (b->kind != HP_BLOCK_ITEM)
		close_list(w);
	switch (b->kind) {
	case HP_BLOCK_SECTION:
		close_section(w);
		hp_html_section(w->out, b->id, b->title);
		w->section = b->id;
		break;
	case HP_BLOCK_WORDS:
	case HP_BLOCK_NOTE:
		put_words(w, b);
		break;
	case HP_BLOCK_ITEM:
		put_item(w, b);
		break;
	case HP_BLOCK_TABLE:
		put_table(w, b);
		break;
	case HP_BLOCK_CHART:
		return put_chart(w, err);
	case HP_BLOCK_GRAPH:
		return put_graph(w, err);
	}
	return HPROF_OK;
}

static int report_html_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			    struct hp_out *out, struct hprof_error *err)
{
	struct report_html w = {.out = out};
	int r = hp_html_open(&w.page, v, o, "heap profile report", out, err);

	if (r == HPROF_OK)
		r = hp_report_write(v, o, &w.page.flame, &w.text, err);
	for (uint32_t i = 0; r == HPROF_OK && i < w.text.n_blocks; i++)
		r = put_block(&w, &w.text.block[i], err);
	close_section(&w);
	if (r == HPROF_OK)
		r = hp_html_put_end(&w.page, err);
	hp_report_release(&w.text);
	hp_html_close(&w.page);
	return r;
}

const struct hp_output hp_output_report_html = {
	{"report-html", "all about a profile as a page that stands alone (HTML)", true},
	report_html_draw,
};
