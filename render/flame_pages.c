/* flame_pages.c - flame graphs and the largest rows as pages. */
#include "render/flame_pages.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/flame_draw.h"
#include "render/label.h"
#include "render/markup.h"
#include "render/row_table.h"

enum {
	MAX_BOXES = 20000,
	MAX_DEPTH = 1000,
	MARGIN = HP_PAGE_MARGIN,
	TABLE_ROWS = 40,
	TABLE_ROW = 20,
	TABLE_PX = 14,
	LINE = 17,
	ITEMS = 20, /* functions of each graph in the table of contents */
	TEXT_BYTES = 1024,
	NAME_GAP = 25, /* between the numbers and the name of a row */
};
#define MIN_WIDTH 0.5

struct flame_pages {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	double width, height, scale;    /* of a page: pixels, and points of each */
	struct hp_flame_picture *graph; /* [n_graphs] */
	uint32_t n_graphs;
	struct hp_flame_part *part; /* [n_parts] */
	uint32_t *first_part;       /* [n_graphs] */
	uint32_t n_parts;
	struct hp_table table;            /* of the first graph's type */
	struct hp_slice name[TABLE_ROWS]; /* of its rows; showable */
	struct hp_arena mem;              /* of texts */
	struct hp_outline_item *item;
	uint32_t n_items;
	struct hp_page_group before, behind;
};

/* --- the first page --- */

static void pages_put_text(const struct hp_canvas *canvas, double x, double y,
			   const struct hp_text_style *style, struct hp_slice text)
{
	canvas->backend->text(canvas->ctx, (struct hp_xy){MARGIN + x, y}, style, text,
			      (struct hp_slice){"", 0});
}

/* As much of @text as has room to the right of @x. */
static void put_elided(const struct flame_pages *d, const struct hp_canvas *canvas, double x,
		       double y, const struct hp_text_style *style, struct hp_slice text)
{
	double room = d->width - 2 * MARGIN - x;
	double cell = canvas->backend->width(canvas->ctx, style, HP_LIT("0"));
	size_t chars = (size_t)fmax(room / cell, 2) - 1;
	char buf[TEXT_BYTES];

	pages_put_text(canvas, x, y, style,
		       hp_elide_text(buf, sizeof(buf), text, chars, canvas->backend->mark));
}

/* The columns of @row, NULL for their titles, and @name behind them. */
static void put_row(const struct flame_pages *d, const struct hp_canvas *canvas, double y,
		    const struct hp_row_table *rows, const struct hp_table_row *row,
		    struct hp_slice name)
{
	static const int widths[] = {
		[HP_ROW_VALUE] = 120, [HP_ROW_DELTA] = 120, [HP_ROW_PERCENT] = 70,
		[HP_ROW_ERROR] = 120, [HP_ROW_MARK] = 40,
	};
	struct hp_text_style style = {.font = HP_FONT_MONO,
				      .bold = !row,
				      .px = TABLE_PX,
				      .role = HP_ROLE_TEXT,
				      .anchor = HP_ANCHOR_END};
	char text[HP_NUMBER_MAX + 1];
	double x = 0;

	for (size_t i = 0; i < rows->n_columns; i++) {
		const struct hp_row_column *c = &rows->column[i];

		x += widths[c->unit];
		pages_put_text(
			canvas, x, y, &style,
			hp_slice_str(row ? hp_row_table_cell(rows, c, row, text) : c->title));
	}
	style.anchor = HP_ANCHOR_START;
	put_elided(d, canvas, x + NAME_GAP, y, &style, name);
}

static int name_rows(struct flame_pages *d, struct hprof_error *err)
{
	for (uint32_t i = 0; i < d->table.n && i < TABLE_ROWS; i++) {
		d->name[i] = hp_label_showable(&d->mem, d->v, &d->table.row[i]);
		if (!d->name[i].ptr)
			return hp_fail_nomem(err);
	}
	return HPROF_OK;
}

static void draw_table(const struct flame_pages *d, const struct hp_canvas *canvas, double y)
{
	static const struct hp_text_style faint = {
		.font = HP_FONT_MONO, .px = TABLE_PX, .role = HP_ROLE_FAINT};
	const struct hp_style s = hp_style_grouped(d->v, d->o, &d->v->types[d->v->chosen]);
	double room = (d->height - MARGIN - y) / TABLE_ROW - 1; /* and what the rest holds */
	struct hp_row_table rows = hp_row_table_of(&s, &d->table, TABLE_ROWS);
	const struct hp_table_row *row;
	char rest[HP_ROW_REST_MAX];

	rows.n = (size_t)fmin((double)rows.n, fmax(room, 0));
	put_row(d, canvas, y, &rows, NULL, HP_LIT("name"));
	while ((row = hp_row_table_next(&rows))) {
		y += TABLE_ROW;
		put_row(d, canvas, y, &rows, row, d->name[row - d->table.row]);
	}
	pages_put_text(canvas, 30, y + TABLE_ROW, &faint,
		       hp_slice_str(hp_row_table_rest(&rows, rest)));
}

static void draw_first(const void *what, const struct hp_canvas *canvas)
{
	static const struct hp_text_style title = {.bold = true, .px = 22, .role = HP_ROLE_TEXT};
	static const struct hp_text_style plain = {.role = HP_ROLE_TEXT},
					  faint = {.role = HP_ROLE_FAINT};
	const struct flame_pages *d = what;
	char text[HP_FLAME_TEXT_MAX];
	double y = 50;

	put_elided(d, canvas, 0, y, &title, d->part[0].title);
	y += 30;
	for (uint32_t i = 0; i < d->n_graphs && y < d->height / 4; i++, y += LINE)
		pages_put_text(canvas, 0, y, &plain,
			       hp_slice_str(hp_flame_totals(&d->graph[i], text)));
	pages_put_text(canvas, 0, y, &faint, hp_slice_str(hp_flame_metadata(&d->graph[0], text)));
	draw_table(d, canvas, y + 2.5 * LINE);
}

/* --- the graphs --- */

static int open_graph(struct flame_pages *d, uint32_t type, struct hprof_error *err)
{
	const struct hp_flame_limits limits = {
		.width = d->width - 2.0 * MARGIN,
		.min_width = MIN_WIDTH,
		.max_boxes = MAX_BOXES,
		.max_depth = MAX_DEPTH,
	};
	struct hp_flame_picture *p = &d->graph[d->n_graphs++];
	int r = hp_flame_open(p, d->v, type, d->o, &limits, err);

	if (r == HPROF_OK && type != d->v->chosen && p->f.sum[0].weight <= 0)
		hp_flame_close(&d->graph[--d->n_graphs]); /* there is nothing of it */
	return r;
}

static int open_graphs(struct flame_pages *d, struct hprof_error *err)
{
	int r;

	d->graph = calloc(d->v->n_types, sizeof(*d->graph));
	d->first_part = calloc(d->v->n_types, sizeof(*d->first_part));
	if (!d->graph || !d->first_part)
		return hp_fail_nomem(err);
	r = open_graph(d, d->v->chosen, err);
	for (uint32_t t = 0; r == HPROF_OK && t < d->v->n_types; t++)
		if (t != d->v->chosen)
			r = open_graph(d, t, err);
	return r;
}

static int split_graphs(struct flame_pages *d, struct hprof_error *err)
{
	double row = hp_flame_row_height(d->v);
	double room = (d->height - hp_flame_page_height(0, 0)) / row;
	uint32_t per_page = room < 1 ? 1 : (uint32_t)room, n = 0;

	for (uint32_t i = 0; i < d->n_graphs; i++)
		n += (hp_flame_rows(&d->graph[i]) + per_page - 1) / per_page;
	d->part = calloc(n, sizeof(*d->part));
	if (!d->part)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < d->n_graphs; i++) {
		uint32_t rows = hp_flame_rows(&d->graph[i]);
		struct hp_slice title = d->graph[i].title;

		d->first_part[i] = d->n_parts;
		for (uint32_t first = 0; first < rows; first += per_page)
			d->part[d->n_parts++] = (struct hp_flame_part){
				.p = &d->graph[i],
				.title = title,
				.margin = MARGIN,
				.row = row,
				.first = first,
				.limit = first + per_page < rows ? first + per_page : rows,
			};
	}
	return HPROF_OK;
}

/* --- the table of contents --- */

/* What ends in the functions of a graph, and where each is widest. */
struct function {
	uint32_t row; /* of the graph's rows */
	double flat;
	const struct hp_flame_box *box;
};

static int by_flat(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (fabs(x->flat) != fabs(y->flat))
		return fabs(x->flat) > fabs(y->flat) ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row); /* in the order of names */
}

/* The rows of @p, the largest first; to be freed. NULL: no memory. */
static struct function *functions_of(const struct hp_flame_picture *p)
{
	struct function *f = calloc(p->raw.n_rows, sizeof(*f));

	for (uint32_t i = 0; f && i < p->raw.n_rows; i++)
		f[i].row = i;
	for (uint32_t i = 1; f && i < p->f.n; i++)
		f[p->f.row[i]].flat += p->f.self[i].now - p->f.self[i].from;
	for (uint32_t i = 0; f && i < p->l.n; i++) {
		const struct hp_flame_box *box = &p->l.box[i];
		struct function *of = &f[p->f.row[box->node]];

		if (!box->folded && (!of->box || box->width > of->box->width))
			of->box = box;
	}
	if (f)
		qsort(f, p->raw.n_rows, sizeof(*f), by_flat);
	return f;
}

static int add_item(struct flame_pages *d, struct hp_outline_item item, const char *before,
		    struct hp_slice name, struct hprof_error *err)
{
	size_t before_len = strlen(before);
	char *text = hp_arena_text(&d->mem, before_len + name.len + 1);

	if (!text)
		return hp_fail_nomem(err);
	memcpy(text, before, before_len);
	memcpy(text + before_len, name.ptr, name.len);
	item.title = (struct hp_slice){text, before_len + name.len};
	d->item[d->n_items++] = item;
	return HPROF_OK;
}

/* The part of graph @i that box @box is on, as a place in the document. */
static struct hp_outline_item place_of(const struct flame_pages *d, uint32_t i,
				       const struct hp_flame_box *box)
{
	uint32_t at = d->first_part[i];

	while (d->part[at].limit <= box->depth)
		at++;
	return (struct hp_outline_item){
		.page = d->before.n_pages + 1 + at,
		.y = fmax(hp_flame_row_y(&d->part[at], box->depth) - 40, 0)};
}

static int list_functions(struct flame_pages *d, uint32_t i, struct hprof_error *err)
{
	const struct hp_flame_picture *p = &d->graph[i];
	const struct hp_style s = hp_style_grouped(d->v, d->o, &d->v->types[p->type]);
	struct function *f = functions_of(p);
	uint32_t parent = d->n_items, n = 0;
	int r = f ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t k = 0; r == HPROF_OK && k < p->raw.n_rows && n < ITEMS; k++) {
		char value[HP_NUMBER_MAX + 1], text[HP_NUMBER_MAX + 8];
		struct hp_outline_item item;

		if (!f[k].box || f[k].row == 0 || f[k].flat == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s  ",
			       s.type->base ? hp_style_delta(&s, value, f[k].flat)
					    : hp_style_value(&s, value, f[k].flat)); /* fits */
		item = place_of(d, i, f[k].box);
		item.parent = parent;
		r = add_item(d, item, text, p->name[f[k].row], err);
		n++;
	}
	free(f);
	return r;
}

/* The lines of a group whose first page is number @page. */
static void list_group(struct flame_pages *d, const struct hp_page_group *group, uint32_t page)
{
	for (uint32_t i = 0; i < group->n_items; i++) {
		d->item[d->n_items] = group->item[i];
		d->item[d->n_items++].page += page;
	}
}

static int list_contents(struct flame_pages *d, struct hprof_error *err)
{
	uint32_t first = d->before.n_pages;
	int r;

	d->item = calloc(1 + (size_t)d->n_graphs * (1 + ITEMS) + d->before.n_items +
				 d->behind.n_items,
			 sizeof(*d->item));
	if (!d->item)
		return hp_fail_nomem(err);
	list_group(d, &d->before, 0);
	r = add_item(d, (struct hp_outline_item){.page = first}, "", HP_LIT("Largest functions"),
		     err);
	for (uint32_t i = 0; r == HPROF_OK && i < d->n_graphs; i++) {
		const struct hp_outline_item item = {.page = first + 1 + d->first_part[i]};
		struct hp_slice name = hp_view_str(d->v, d->v->types[d->graph[i].type].name);

		r = add_item(d, item, "Flame graph of ", name, err);
		if (r == HPROF_OK)
			r = list_functions(d, i, err);
	}
	list_group(d, &d->behind, first + 1 + d->n_parts);
	return r;
}

/* --- the document --- */

static int write_pages(const struct flame_pages *d, struct hp_out *out, struct hprof_error *err)
{
	uint32_t first = d->before.n_pages, behind = first + 1 + d->n_parts;
	uint32_t n = behind + d->behind.n_pages;
	struct hp_page *page = calloc(n, sizeof(*page));
	const struct hp_document document = {
		.title = d->part[0].title,
		.page = page,
		.n_pages = n,
		.item = d->item,
		.n_items = d->n_items,
	};
	int r;

	if (!page)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < first; i++)
		page[i] = d->before.page[i];
	page[first] = (struct hp_page){d->width, d->height, d->scale, draw_first, d};
	for (uint32_t i = 0; i < d->n_parts; i++)
		page[first + 1 + i] =
			(struct hp_page){d->width, d->height, d->scale, hp_flame_draw, &d->part[i]};
	for (uint32_t i = 0; i < d->behind.n_pages; i++)
		page[behind + i] = d->behind.page[i];
	r = hp_draw_pdf(out, &document, d->o, err);
	free(page);
	return r;
}

int hp_flame_put_pages(const struct hprof_view *v, const struct hprof_render_opts *o,
		       const struct hp_page_group *before, const struct hp_page_group *behind,
		       struct hp_out *out, struct hprof_error *err)
{
	double width = o->picture.width ? o->picture.width : HP_PAGE_PX;
	struct flame_pages d = {.v = v, .o = o, .width = width, .scale = HP_PAGE_WIDTH / width};
	int r;

	if (before)
		d.before = *before;
	if (behind)
		d.behind = *behind;

	d.height = HP_PAGE_HEIGHT / d.scale;
	r = hp_table_init(v, v->chosen, TABLE_ROWS, &d.table, err);
	if (r < 0)
		return r;
	r = open_graphs(&d, err);
	if (r == HPROF_OK)
		r = name_rows(&d, err);
	if (r == HPROF_OK)
		r = split_graphs(&d, err);
	if (r == HPROF_OK)
		r = list_contents(&d, err);
	if (r == HPROF_OK)
		r = write_pages(&d, out, err);
	for (uint32_t i = 0; i < d.n_graphs; i++)
		hp_flame_close(&d.graph[i]);
	free(d.graph);
	free(d.first_part);
	free(d.part);
	free(d.item);
	hp_arena_release(&d.mem);
	hp_table_release(&d.table);
	return r;
}
