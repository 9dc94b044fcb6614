/* flame_pages.c - flame graphs and the largest rows as pages. */
#include "render/flame_pages.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/flame_draw.h"
#include "render/label.h"
#include "render/markup.h"
#include "render/total.h"

enum {
	MAX_BOXES = 20000,
	MAX_DEPTH = 1000,
	MARGIN = HP_PAGE_MARGIN,
	TABLE_ROWS = 40,
	TABLE_ROW = 20,
	TABLE_PX = 14,
	LINE = 17,
	ENTRIES = 20, /* functions of each graph in the table of contents */
	TEXT_BYTES = 1024,
};
#define MIN_WIDTH 0.5

struct pages {
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
	struct hp_entry *entry;
	uint32_t n_entries;
	struct hp_page_group before, behind;
};

/* --- the first page --- */

struct column {
	const char *title;
	double x; /* where it begins, or with @right ends */
	bool right;
};

static const struct column columns[] = {{"flat", 120, true}, {"flat%", 190, true},
					{"sum%", 260, true}, {"cum", 380, true},
					{"cum%", 450, true}, {"name", 475, false}};
static const struct column columns_diff[] = {{"before", 120, true}, {"after", 235, true},
					     {"delta", 355, true},  {"cum delta", 475, true},
					     {"sig", 515, true},    {"name", 540, false}};
enum { COLUMNS = HP_LEN(columns), SIG = 4 };

static void put_text(const struct hp_canvas *canvas, double x, double y,
		     const struct hp_lettering *style, struct hp_slice text)
{
	canvas->painter->text(canvas->ctx, (struct hp_spot){MARGIN + x, y}, style, text,
			      (struct hp_slice){"", 0});
}

/* As much of @text as has room to the right of @x. */
static void put_fitted(const struct pages *d, const struct hp_canvas *canvas, double x, double y,
		       const struct hp_lettering *style, struct hp_slice text)
{
	double room = d->width - 2 * MARGIN - x;
	double cell = canvas->painter->width(canvas->ctx, style, HP_LIT("0"));
	size_t chars = (size_t)fmax(room / cell, 2) - 1;
	char buf[TEXT_BYTES];

	put_text(canvas, x, y, style,
		 hp_fit_text(buf, sizeof(buf), text, chars, canvas->painter->mark));
}

static void put_row(const struct pages *d, const struct hp_canvas *canvas, double y, bool bold,
		    const char *const cells[COLUMNS], struct hp_slice name)
{
	const struct column *c = d->v->n_bases ? columns_diff : columns;

	for (unsigned i = 0; i < COLUMNS; i++) {
		const struct hp_lettering style = {
			.font = HP_FONT_MONO,
			.bold = bold,
			.px = TABLE_PX,
			.ink = HP_INK_TEXT,
			.anchor = c[i].right ? HP_ANCHOR_END : HP_ANCHOR_START,
		};

		if (i == COLUMNS - 1)
			put_fitted(d, canvas, c[i].x, y, &style, name);
		else
			put_text(canvas, c[i].x, y, &style, hp_slice_str(cells[i]));
	}
}

static bool has_error(const struct pages *d)
{
	return d->v->types[d->v->chosen].has_error;
}

static void put_headings(const struct pages *d, const struct hp_canvas *canvas, double y)
{
	const struct column *c = d->v->n_bases ? columns_diff : columns;
	const char *cells[COLUMNS];

	for (unsigned i = 0; i < COLUMNS; i++)
		cells[i] = i == SIG && d->v->n_bases && !has_error(d) ? "" : c[i].title;
	put_row(d, canvas, y, true, cells, hp_slice_str(c[COLUMNS - 1].title));
}

static int name_rows(struct pages *d, struct hprof_error *err)
{
	for (uint32_t i = 0; i < d->table.n && i < TABLE_ROWS; i++) {
		const struct hp_table_row *row = &d->table.row[i];
		char place[HP_PLACE_MAX], text[TEXT_BYTES];
		struct hp_label label;
		struct hp_slice name = hp_row_label(d->v, row, &label);
		int n = snprintf(text, sizeof(text), "%.*s%s",
				 (int)(name.len < sizeof(text) ? name.len : sizeof(text)), name.ptr,
				 hp_label_place(place, sizeof(place), d->v, row));
		size_t len = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
		char *kept = hp_arena_text(&d->mem, len + 1);

		if (!kept)
			return hp_fail_nomem(err);
		memcpy(kept, text, len);
		d->name[i] = hp_showable(&d->mem, (struct hp_slice){kept, len});
		if (!d->name[i].ptr)
			return hp_fail_nomem(err);
	}
	return HPROF_OK;
}

static void put_values(const struct pages *d, const struct hp_canvas *canvas,
		       const struct hp_style *s, uint32_t i, double sum, double y)
{
	const struct hp_table_row *row = &d->table.row[i];
	char text[COLUMNS][HP_NUMBER_MAX + 1];
	const char *cells[COLUMNS];

	for (unsigned k = 0; k < COLUMNS; k++)
		cells[k] = text[k];
	if (s->type->base) {
		hp_style_value(s, text[0], hp_table_base(&d->table, row).flat);
		hp_style_value(s, text[1], hp_table_now(&d->table, row).flat);
		hp_style_delta(s, text[2], row->value.flat);
		hp_style_delta(s, text[3], row->value.cum);
		cells[4] = hp_row_significant(s->type, row) ? "*" : "";
	} else {
		hp_style_value(s, text[0], row->value.flat);
		hp_format_percent(text[1], row->value.flat, s->type->total);
		hp_format_percent(text[2], sum, s->type->total);
		hp_style_value(s, text[3], row->value.cum);
		hp_format_percent(text[4], row->value.cum, s->type->total);
	}
	put_row(d, canvas, y, false, cells, d->name[i]);
}

/* What the rows that are not shown hold, so that the table adds up. */
static void put_rest(const struct pages *d, const struct hp_canvas *canvas,
		     const struct hp_style *s, uint32_t shown, double y)
{
	static const struct hp_lettering faint = {
		.font = HP_FONT_MONO, .px = TABLE_PX, .ink = HP_INK_FAINT};
	char value[HP_NUMBER_MAX + 1], text[HP_NUMBER_MAX + 64];
	double rest = 0;

	if (shown == d->table.n)
		return;
	for (uint32_t i = shown; i < d->table.n; i++)
		rest += d->table.row[i].value.flat;
	(void)snprintf(text, sizeof(text), "%" PRIu32 " more rows with %s", d->table.n - shown,
		       s->type->base ? hp_style_delta(s, value, rest)
				     : hp_style_value(s, value, rest)); /* fits */
	put_text(canvas, 30, y, &faint, hp_slice_str(text));
}

/* Whether row @i has a value that is not 0 as the table shows it. */
static bool has_values(const struct pages *d, const struct hp_style *s, uint32_t i)
{
	const struct hp_table_row *row = &d->table.row[i];
	const double value[] = {row->value.flat, row->value.cum, hp_table_base(&d->table, row).flat,
				hp_table_now(&d->table, row).flat};

	for (size_t k = 0; k < (s->type->base ? HP_LEN(value) : 2); k++)
		if (fabs(value[k]) >= 0.5)
			return true;
	return false;
}

static void draw_table(const struct pages *d, const struct hp_canvas *canvas, double y)
{
	const struct hp_style s = {d->v, d->o, &d->v->types[d->v->chosen]};
	double room = (d->height - MARGIN - y) / TABLE_ROW - 1; /* and what the rest holds */
	uint32_t n = (uint32_t)fmin(fmin(d->table.n, TABLE_ROWS), fmax(room, 0));
	double sum = 0;

	while (n && !has_values(d, &s, n - 1)) /* the last ones: of a difference what stayed 0 */
		n--;
	put_headings(d, canvas, y);
	for (uint32_t i = 0; i < n; i++) {
		sum += d->table.row[i].value.flat;
		y += TABLE_ROW;
		put_values(d, canvas, &s, i, sum, y);
	}
	put_rest(d, canvas, &s, n, y + TABLE_ROW);
}

static void draw_first(const void *what, const struct hp_canvas *canvas)
{
	static const struct hp_lettering title = {.bold = true, .px = 22, .ink = HP_INK_TEXT};
	static const struct hp_lettering plain = {.ink = HP_INK_TEXT},
					 faint = {.ink = HP_INK_FAINT};
	const struct pages *d = what;
	char text[HP_FLAME_TEXT_MAX];
	double y = 50;

	put_fitted(d, canvas, 0, y, &title, d->part[0].title);
	y += 30;
	for (uint32_t i = 0; i < d->n_graphs && y < d->height / 4; i++, y += LINE)
		put_text(canvas, 0, y, &plain, hp_slice_str(hp_flame_totals(&d->graph[i], text)));
	put_text(canvas, 0, y, &faint, hp_slice_str(hp_flame_facts(&d->graph[0], text)));
	draw_table(d, canvas, y + 2.5 * LINE);
}

/* --- the graphs --- */

static int open_graph(struct pages *d, uint32_t type, struct hprof_error *err)
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

static int open_graphs(struct pages *d, struct hprof_error *err)
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

static int split_graphs(struct pages *d, struct hprof_error *err)
{
	double row = hp_flame_row_height(d->v);
	double room = (d->height - hp_flame_sheet_height(0, 0)) / row;
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

		if (!box->others && (!of->box || box->width > of->box->width))
			of->box = box;
	}
	if (f)
		qsort(f, p->raw.n_rows, sizeof(*f), by_flat);
	return f;
}

static int add_entry(struct pages *d, struct hp_entry entry, const char *before,
		     struct hp_slice name, struct hprof_error *err)
{
	size_t before_len = strlen(before);
	char *text = hp_arena_text(&d->mem, before_len + name.len + 1);

	if (!text)
		return hp_fail_nomem(err);
	memcpy(text, before, before_len);
	memcpy(text + before_len, name.ptr, name.len);
	entry.title = (struct hp_slice){text, before_len + name.len};
	d->entry[d->n_entries++] = entry;
	return HPROF_OK;
}

/* The part of graph @i that box @box is on, as a place in the document. */
static struct hp_entry place_of(const struct pages *d, uint32_t i, const struct hp_flame_box *box)
{
	uint32_t at = d->first_part[i];

	while (d->part[at].limit <= box->depth)
		at++;
	return (struct hp_entry){.page = d->before.n_pages + 1 + at,
				 .y = fmax(hp_flame_row_y(&d->part[at], box->depth) - 40, 0)};
}

static int list_functions(struct pages *d, uint32_t i, struct hprof_error *err)
{
	const struct hp_flame_picture *p = &d->graph[i];
	const struct hp_style s = {d->v, d->o, &d->v->types[p->type]};
	struct function *f = functions_of(p);
	uint32_t parent = d->n_entries, n = 0;
	int r = f ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t k = 0; r == HPROF_OK && k < p->raw.n_rows && n < ENTRIES; k++) {
		char value[HP_NUMBER_MAX + 1], text[HP_NUMBER_MAX + 8];
		struct hp_entry entry;

		if (!f[k].box || f[k].row == 0 || f[k].flat == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s  ",
			       s.type->base ? hp_style_delta(&s, value, f[k].flat)
					    : hp_style_value(&s, value, f[k].flat)); /* fits */
		entry = place_of(d, i, f[k].box);
		entry.parent = parent;
		r = add_entry(d, entry, text, p->name[f[k].row], err);
		n++;
	}
	free(f);
	return r;
}

/* The lines of a group whose first page is number @page. */
static void list_group(struct pages *d, const struct hp_page_group *group, uint32_t page)
{
	for (uint32_t i = 0; i < group->n_entries; i++) {
		d->entry[d->n_entries] = group->entry[i];
		d->entry[d->n_entries++].page += page;
	}
}

static int list_contents(struct pages *d, struct hprof_error *err)
{
	uint32_t first = d->before.n_pages;
	int r;

	d->entry = calloc(1 + (size_t)d->n_graphs * (1 + ENTRIES) + d->before.n_entries +
				  d->behind.n_entries,
			  sizeof(*d->entry));
	if (!d->entry)
		return hp_fail_nomem(err);
	list_group(d, &d->before, 0);
	r = add_entry(d, (struct hp_entry){.page = first}, "", HP_LIT("Largest functions"), err);
	for (uint32_t i = 0; r == HPROF_OK && i < d->n_graphs; i++) {
		const struct hp_entry entry = {.page = first + 1 + d->first_part[i]};
		struct hp_slice name = hp_view_str(d->v, d->v->types[d->graph[i].type].name);

		r = add_entry(d, entry, "Flame graph of ", name, err);
		if (r == HPROF_OK)
			r = list_functions(d, i, err);
	}
	list_group(d, &d->behind, first + 1 + d->n_parts);
	return r;
}

/* --- the document --- */

static int write_pages(const struct pages *d, struct hp_out *out, struct hprof_error *err)
{
	uint32_t first = d->before.n_pages, behind = first + 1 + d->n_parts;
	uint32_t n = behind + d->behind.n_pages;
	struct hp_sheet *page = calloc(n, sizeof(*page));
	const struct hp_document document = {
		.title = d->part[0].title,
		.page = page,
		.n_pages = n,
		.entry = d->entry,
		.n_entries = d->n_entries,
	};
	int r;

	if (!page)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < first; i++)
		page[i] = d->before.page[i];
	page[first] = (struct hp_sheet){d->width, d->height, d->scale, draw_first, d};
	for (uint32_t i = 0; i < d->n_parts; i++)
		page[first + 1 + i] = (struct hp_sheet){d->width, d->height, d->scale,
							hp_flame_draw, &d->part[i]};
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
	struct pages d = {.v = v, .o = o, .width = width, .scale = HP_PAGE_WIDTH / width};
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
	free(d.entry);
	hp_arena_release(&d.mem);
	hp_table_release(&d.table);
	return r;
}
