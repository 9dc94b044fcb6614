/*
 * report_pdf.c - all about profiles as pages: the words and tables of the report, its flame graphs
 * and the values over time.
 */
#include <math.h>
#include <stdlib.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/column.h"
#include "analyzer/base/utf8.h"
#include "analyzer/ops/timeline.h"
#include "render/flame_pages.h"
#include "render/markup.h"
#include "render/report.h"
#include "render/timeline_chart.h"

enum {
	LINE = 18, /* pixels of a line of text */
	TEXT_PX = 13,
	HEAD_PX = 17,
	TITLE_PX = 22,
	TOP = 56, /* above the first line of a page */
	TITLE_LINES = 4,
	HEAD_LINES = 2, /* that a heading takes, the first of them empty */
	GAP = 2,        /* characters between two columns */
	LEAST = 8,      /* characters of a column */
	SHORT = 40,     /* of a column of short texts, at most */
	TABLE_COLUMNS = 16,
};

#define CELL_EM 0.62 /* of a character: room for any monospaced font */

enum line_kind { LINE_TEXT, LINE_HEADINGS, LINE_HEAD };

/* Text at a place of a line. */
struct piece {
	struct hp_slice text; /* showable */
	uint32_t at;          /* character where it begins, or with @end ends */
	bool end, bold, faint;
};

struct line {
	enum line_kind kind;
	uint32_t first, n; /* pieces */
	uint32_t headings; /* 1 + the line above its table, to be repeated on the next page; 0 */
	bool keep;         /* on the page of the next line */
};

struct layout {
	const struct hp_report_text *text;
	uint32_t chars; /* of a line */
	struct piece *piece;
	uint32_t n_pieces, pieces_cap;
	struct line *line;
	uint32_t n_lines, lines_cap;
	struct hp_arena mem;
	bool failed; /* out of memory */
};

/* Lines [from, to) on a page. */
struct text_page {
	const struct layout *l;
	uint32_t from, to, headings;
	double width;
	struct hp_slice title, metadata; /* of the first page, else empty */
};

struct report_pdf {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	double width;
	struct hp_flame_picture flame;
	struct hp_report_text text;
	struct layout l;
	struct text_page *text_page;
	struct hp_page *page;
	struct hp_outline_item *item;
	uint32_t n_text_pages, n_pages, n_items;
	uint32_t n_before, n_items_before; /* the graphs */
	uint32_t graph;                    /* line that the graphs stand before */
	struct hp_chart *chart;
	struct hp_page chart_page;
};

/* --- lines --- */

static void add_line(struct layout *l, enum line_kind kind)
{
	if (l->failed || !HP_COLUMN_ROOM(l->line, l->n_lines, l->lines_cap)) {
		l->failed = true;
		return;
	}
	l->line[l->n_lines++] = (struct line){.kind = kind, .first = l->n_pieces};
}

/* Add @piece to the last line, shortened to @cells. */
static void add_piece(struct layout *l, struct piece piece, size_t cells)
{
	char buf[HP_ELIDE_MAX], *kept;

	if (l->failed || !HP_COLUMN_ROOM(l->piece, l->n_pieces, l->pieces_cap)) {
		l->failed = true;
		return;
	}
	piece.text = hp_elide_name(buf, piece.text, cells);
	if (piece.text.ptr == buf) {
		kept = hp_arena_text(&l->mem, piece.text.len + 1);
		if (!kept) {
			l->failed = true;
			return;
		}
		memcpy(kept, buf, piece.text.len);
		piece.text.ptr = kept;
	}
	l->piece[l->n_pieces++] = piece;
	l->line[l->n_lines - 1].n++;
}

/* @s as it can be shown, "" without memory. */
static struct hp_slice showable(struct layout *l, struct hp_slice s)
{
	s = hp_showable(&l->mem, s);
	l->failed |= !s.ptr;
	return s.ptr ? s : (struct hp_slice){"", 0};
}

/*
 * Bytes of the first line of @s, which is @chars cells or less: broken at a blank if there is one
 * in the second half.  *@next is where the rest begins.
 */
static size_t break_line(struct hp_slice s, size_t chars, size_t *next)
{
	size_t at = 0, blank = 0, cells = 0;

	while (at < s.len) {
		size_t n = hp_utf8_len(hp_slice_from(s, at));
		size_t wide;

		n = n ? n : 1;
		wide = hp_cells((struct hp_slice){s.ptr + at, n});
		if (cells + wide > chars)
			break;
		if (s.ptr[at] == ' ' && cells > chars / 2)
			blank = at;
		cells += wide;
		at += n;
	}
	*next = at;
	if (at == s.len || (at && s.ptr[at] == ' ')) {
		*next += at < s.len;
		return at;
	}
	if (!blank) {
		*next = at ? at : s.len; /* a character that is wider than the line */
		return *next;
	}
	*next = blank + 1;
	return blank;
}

/* @s in lines of their own, with @mark before the first. */
static void add_words(struct layout *l, struct hp_slice s, const char *mark, bool faint)
{
	uint32_t indent = (uint32_t)strlen(mark);
	bool first = true;

	s = showable(l, s);
	while (!l->failed && s.len) {
		size_t next, n = break_line(s, l->chars - indent, &next);

		add_line(l, LINE_TEXT);
		if (first && indent)
			add_piece(l, (struct piece){hp_slice_str(mark), 0, .faint = faint},
				  l->chars);
		add_piece(l, (struct piece){{s.ptr, n}, indent, .faint = faint}, l->chars);
		s = hp_slice_from(s, next);
		first = false;
	}
}

/* All spans of @b are one text. */
static struct hp_slice words_of(const struct layout *l, const struct hp_block *b)
{
	const struct hp_span *first = &l->text->span[b->first];

	if (!b->n)
		return (struct hp_slice){"", 0};
	return (struct hp_slice){l->text->text.ptr + first->at,
				 first[b->n - 1].at + first[b->n - 1].len - first->at};
}

static void add_head(struct layout *l, const char *title)
{
	add_line(l, LINE_HEAD);
	add_piece(l, (struct piece){hp_slice_str(title), 0, .bold = true}, l->chars);
	if (!l->failed)
		l->line[l->n_lines - 1].keep = true;
}

/* --- tables --- */

struct grid {
	const struct hp_block *b;
	struct hp_slice *cell; /* [b->n] showable */
	uint32_t width[TABLE_COLUMNS], at[TABLE_COLUMNS];
};

static bool is_long(enum hp_cell_kind kind)
{
	return kind == HP_CELL_NAME || kind == HP_CELL_PLACE || kind == HP_CELL_NOTE;
}

/* How wide each column has to be to hold all its cells. */
static void measure(struct grid *g)
{
	const struct hp_block *b = g->b;

	for (uint32_t i = 0; i < b->n_columns; i++)
		g->width[i] = b->column[i].title ? (uint32_t)strlen(b->column[i].title) : 0;
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t *width = &g->width[i % b->n_columns];
		uint32_t cells = (uint32_t)hp_cells(g->cell[i]);

		*width = cells > *width ? cells : *width;
	}
	for (uint32_t i = 0; i < b->n_columns; i++)
		if (!is_long(b->column[i].kind) && g->width[i] > SHORT)
			g->width[i] = SHORT;
}

/* The widest of the long columns, HP_NONE if none can be narrower. */
static uint32_t widest_of(const struct grid *g)
{
	uint32_t widest = HP_NONE;

	for (uint32_t i = 0; i < g->b->n_columns; i++)
		if (is_long(g->b->column[i].kind) && g->width[i] > LEAST &&
		    (widest == HP_NONE || g->width[i] > g->width[widest]))
			widest = i;
	return widest;
}

/* Make long columns narrower, the widest first, until all have room. */
static void narrow(const struct layout *l, struct grid *g)
{
	uint32_t sum = (g->b->n_columns - 1) * GAP, widest;

	for (uint32_t i = 0; i < g->b->n_columns; i++) {
		g->width[i] = g->width[i] < l->chars ? g->width[i] : l->chars;
		sum += g->width[i];
	}
	while (sum > l->chars) {
		widest = widest_of(g);
		if (widest == HP_NONE)
			break;
		g->width[widest]--;
		sum--;
	}
	for (uint32_t i = 1; i < g->b->n_columns; i++)
		g->at[i] = g->at[i - 1] + g->width[i - 1] + GAP;
}

static void add_headings(struct layout *l, const struct grid *g)
{
	const struct hp_block *b = g->b;

	add_line(l, LINE_HEADINGS);
	for (uint32_t i = 0; i < b->n_columns; i++) {
		bool end = b->column[i].kind == HP_CELL_NUMBER;

		add_piece(l,
			  (struct piece){hp_slice_str(b->column[i].title),
					 g->at[i] + (end ? g->width[i] : 0), end, .bold = true},
			  g->width[i] < 3 ? 3 : g->width[i]);
	}
	if (!l->failed)
		l->line[l->n_lines - 1].keep = true;
}

/* The cells of a row; notes take as many lines as they need. */
static void add_row(struct layout *l, const struct grid *g, struct hp_slice *cell,
		    uint32_t headings)
{
	const struct hp_block *b = g->b;
	bool more = true;

	for (bool first = true; more && !l->failed; first = false) {
		more = false;
		add_line(l, LINE_TEXT);
		if (!l->failed)
			l->line[l->n_lines - 1].headings = headings;
		for (uint32_t i = 0; i < b->n_columns; i++) {
			enum hp_cell_kind kind = b->column[i].kind;
			bool end = kind == HP_CELL_NUMBER, note = kind == HP_CELL_NOTE;
			size_t next = 0, n = cell[i].len;

			if (!first && !note)
				continue;
			if (note)
				n = break_line(cell[i], g->width[i], &next);
			if (n)
				add_piece(l,
					  (struct piece){{cell[i].ptr, n},
							 g->at[i] + (end ? g->width[i] : 0),
							 end,
							 .bold = kind == HP_CELL_KEY},
					  g->width[i]);
			cell[i] = hp_slice_from(cell[i], note ? next : n);
			more |= cell[i].len > 0;
		}
	}
}

static void add_table(struct layout *l, const struct hp_block *b)
{
	struct grid g = {.b = b, .cell = calloc((size_t)b->n + 1, sizeof(*g.cell))};
	uint32_t headings = 0;

	l->failed |= !g.cell;
	for (uint32_t i = 0; !l->failed && i < b->n; i++)
		g.cell[i] = showable(l, hp_span_text(l->text, &l->text->span[b->first + i]));
	if (!l->failed) {
		measure(&g);
		narrow(l, &g);
	}
	if (!l->failed && b->column[0].title) {
		add_headings(l, &g);
		headings = l->n_lines;
	}
	for (uint32_t i = 0; !l->failed && i < b->n; i += b->n_columns)
		add_row(l, &g, &g.cell[i], headings);
	add_line(l, LINE_TEXT); /* an empty one */
	free(g.cell);
}

static int lay_out(struct report_pdf *d, struct hprof_error *err)
{
	struct layout *l = &d->l;

	l->text = &d->text;
	for (uint32_t i = 0; i < d->text.n_blocks; i++) {
		const struct hp_block *b = &d->text.block[i];

		switch (b->kind) {
		case HP_BLOCK_SECTION:
			add_head(l, b->title);
			break;
		case HP_BLOCK_WORDS:
			add_words(l, words_of(l, b), "", false);
			add_line(l, LINE_TEXT);
			break;
		case HP_BLOCK_NOTE:
			add_words(l, words_of(l, b), "", true);
			add_line(l, LINE_TEXT);
			break;
		case HP_BLOCK_ITEM:
			add_words(l, words_of(l, b), "- ", false);
			break;
		case HP_BLOCK_TABLE:
			add_table(l, b);
			break;
		case HP_BLOCK_GRAPH:
			d->graph = l->n_lines;
			break;
		case HP_BLOCK_CHART: /* has a page of its own */
			break;
		}
	}
	return l->failed ? hp_fail_nomem(err) : HPROF_OK;
}

/* --- pages --- */

static double page_height(double width)
{
	return HP_PAGE_HEIGHT / HP_PAGE_WIDTH * width;
}

static uint32_t height_of(const struct line *line)
{
	return line->kind == LINE_HEAD ? HEAD_LINES : 1;
}

/* Where the page that begins with line @from ends, before @limit. */
static uint32_t page_end(const struct layout *l, uint32_t from, uint32_t limit, uint32_t room)
{
	uint32_t to = from, used = 0, last;

	while (to < limit && used + height_of(&l->line[to]) <= room)
		used += height_of(&l->line[to++]);
	for (last = to; to < limit && last > from + 1 && l->line[last - 1].keep; last--)
		;
	if (last > from + 1)
		return last;
	return to > from ? to : from + 1;
}

static void draw_line(const struct text_page *page, const struct line *line, double y, double cell,
		      const struct hp_canvas *canvas)
{
	for (uint32_t i = line->first; i < line->first + line->n; i++) {
		const struct piece *piece = &page->l->piece[i];
		const struct hp_text_style style = {
			.font = line->kind == LINE_HEAD ? HP_FONT_SANS : HP_FONT_MONO,
			.px = line->kind == LINE_HEAD ? HEAD_PX : TEXT_PX,
			.bold = piece->bold,
			.role = piece->faint ? HP_ROLE_FAINT : HP_ROLE_TEXT,
			.anchor = piece->end ? HP_ANCHOR_END : HP_ANCHOR_START,
		};

		canvas->backend->text(canvas->ctx,
				      (struct hp_xy){HP_PAGE_MARGIN + piece->at * cell, y}, &style,
				      piece->text, (struct hp_slice){"", 0});
	}
}

static void draw_text(const void *what, const struct hp_canvas *canvas)
{
	static const struct hp_text_style mono = {.font = HP_FONT_MONO, .px = TEXT_PX};
	static const struct hp_text_style title = {
		.bold = true, .px = TITLE_PX, .role = HP_ROLE_TEXT};
	static const struct hp_text_style faint = {.role = HP_ROLE_FAINT};
	const struct text_page *page = what;
	const struct layout *l = page->l;
	double cell = canvas->backend->width(canvas->ctx, &mono, HP_LIT("0")), y = TOP;
	char buf[HP_ELIDE_MAX];

	if (page->title.len) {
		size_t chars = (size_t)(l->chars * cell / (TITLE_PX * CELL_EM));

		canvas->backend->text(canvas->ctx, (struct hp_xy){HP_PAGE_MARGIN, y}, &title,
				      hp_elide_name(buf, page->title, chars),
				      (struct hp_slice){"", 0});
		canvas->backend->text(canvas->ctx, (struct hp_xy){HP_PAGE_MARGIN, y + 1.5 * LINE},
				      &faint, page->metadata, (struct hp_slice){"", 0});
		y += (TITLE_LINES - 1) * LINE;
	}
	if (page->headings) {
		draw_line(page, &l->line[page->headings - 1], y, cell, canvas);
		y += LINE;
	}
	for (uint32_t i = page->from; i < page->to; i++) {
		y += (i > page->from || page->title.len ? height_of(&l->line[i]) - 1 : 0) * LINE;
		draw_line(page, &l->line[i], y, cell, canvas);
		y += LINE;
	}
}

/* A line of the table of contents for each heading on the page. */
static void list_heads(struct report_pdf *d, const struct text_page *page, uint32_t number)
{
	double y = TOP;

	for (uint32_t i = page->from; i < page->to; i++) {
		const struct line *line = &d->l.line[i];

		if (line->kind == LINE_HEAD)
			d->item[d->n_items++] = (struct hp_outline_item){
				.title = d->l.piece[line->first].text,
				.page = number,
				.y = i == page->from ? 0 : y,
			};
		y += height_of(line) * LINE;
	}
}

static void add_page(struct report_pdf *d, struct hp_page page)
{
	d->page[d->n_pages++] = page;
}

/* Pages of the lines [@from, @limit); @base: the page that items count from. */
static void add_pages(struct report_pdf *d, uint32_t from, uint32_t limit, uint32_t base)
{
	uint32_t rows = (uint32_t)fmax((page_height(d->width) - TOP - HP_PAGE_MARGIN) / LINE, 8);

	while (from < limit) {
		struct text_page *page = &d->text_page[d->n_text_pages++];
		const struct line *first = &d->l.line[from];
		bool title = from == 0;

		if (first->kind == LINE_TEXT && !first->n) { /* no empty line on top */
			from++;
			d->n_text_pages--;
			continue;
		}
		*page = (struct text_page){.l = &d->l, .from = from, .width = d->width};
		page->headings = first->kind == LINE_TEXT ? first->headings : 0;
		page->to = page_end(&d->l, from, limit,
				    rows - (title ? TITLE_LINES : 0) - (page->headings > 0));
		list_heads(d, page, d->n_pages - base);
		add_page(d, (struct hp_page){d->width, page_height(d->width),
					     HP_PAGE_WIDTH / d->width, draw_text, page});
		from = page->to;
	}
}

static void draw_chart(const void *what, const struct hp_canvas *canvas)
{
	const struct report_pdf *d = what;

	d->chart_page.draw(d->chart_page.what, canvas);
}

/* The chart on a page of the common size. */
static int add_chart(struct report_pdf *d, struct hprof_error *err)
{
	const struct hprof_timeline *t = d->o->over_time;
	double scale;
	int r;

	if (!t || t->t->n < 2)
		return HPROF_OK;
	r = hp_chart_new(t->t, d->o, &d->chart, err);
	if (r < 0)
		return r;
	d->chart_page = hp_chart_page(d->chart);
	scale = fmin(HP_PAGE_WIDTH / d->chart_page.width, HP_PAGE_HEIGHT / d->chart_page.height);
	d->item[d->n_items++] =
		(struct hp_outline_item){.title = HP_LIT("Chart over time"), .page = d->n_pages};
	add_page(d, (struct hp_page){HP_PAGE_WIDTH / scale, HP_PAGE_HEIGHT / scale, scale,
				     draw_chart, d});
	return HPROF_OK;
}

static int make_pages(struct report_pdf *d, struct hprof_error *err)
{
	size_t room = (size_t)d->l.n_lines + 2; /* a page has one line at least */
	int r;

	d->text_page = calloc(room, sizeof(*d->text_page));
	d->page = calloc(room, sizeof(*d->page));
	d->item = calloc(room, sizeof(*d->item));
	if (!d->text_page || !d->page || !d->item)
		return hp_fail_nomem(err);
	add_pages(d, 0, d->graph, 0);
	r = add_chart(d, err);
	d->n_before = d->n_pages;
	d->n_items_before = d->n_items;
	add_pages(d, d->graph, d->l.n_lines, d->n_before);
	return r;
}

/* The title and what the values are stand on the first page. */
static int name_first(struct report_pdf *d, struct hprof_error *err)
{
	char metadata[HP_FLAME_TEXT_MAX];
	size_t len = strlen(hp_flame_metadata(&d->flame, metadata));
	char *kept = hp_arena_text(&d->l.mem, len + 1);

	if (!kept)
		return hp_fail_nomem(err);
	memcpy(kept, metadata, len);
	if (d->n_text_pages) {
		d->text_page[0].title = d->flame.title;
		d->text_page[0].metadata = (struct hp_slice){kept, len};
	}
	return HPROF_OK;
}

static int write_pages(struct report_pdf *d, struct hp_out *out, struct hprof_error *err)
{
	const struct hp_page_group before = {d->page, d->n_before, d->item, d->n_items_before};
	const struct hp_page_group behind = {d->page + d->n_before, d->n_pages - d->n_before,
					     d->item + d->n_items_before,
					     d->n_items - d->n_items_before};

	return hp_flame_put_pages(d->v, d->o, &before, &behind, out, err);
}

static void report_pdf_release(struct report_pdf *d)
{
	hp_chart_free(d->chart);
	hp_report_release(&d->text);
	hp_flame_close(&d->flame);
	hp_arena_release(&d->l.mem);
	free(d->l.piece);
	free(d->l.line);
	free(d->text_page);
	free(d->page);
	free(d->item);
}

static int report_pdf_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			   struct hp_out *out, struct hprof_error *err)
{
	const struct hp_flame_limits limits = {
		.width = HP_PAGE_PX, .min_width = 1, .max_boxes = 1, .max_depth = 1};
	struct report_pdf d = {.v = v, .o = o};
	int r = hp_flame_open(&d.flame, v, v->chosen, o, &limits, err);

	d.width = o->picture.width ? o->picture.width : HP_PAGE_PX;
	d.l.chars = (uint32_t)fmax((d.width - 2 * HP_PAGE_MARGIN) / (CELL_EM * TEXT_PX), SHORT);
	if (r == HPROF_OK)
		r = hp_report_write(v, o, &d.flame, &d.text, err);
	if (r == HPROF_OK)
		r = lay_out(&d, err);
	if (r == HPROF_OK)
		r = make_pages(&d, err);
	if (r == HPROF_OK)
		r = name_first(&d, err);
	if (r == HPROF_OK)
		r = write_pages(&d, out, err);
	report_pdf_release(&d);
	return r;
}

const struct hp_output hp_output_report_pdf = {
	{"report-pdf", "all about a profile as pages (PDF)", true},
	report_pdf_draw,
};
