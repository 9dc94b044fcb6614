/* flame_text.c - a flame graph for terminals. */
#include <stdlib.h>

#include "render/flame.h"

enum { MAX_BOXES = 100000, MAX_DEPTH = 1000, LEAST_COLUMNS = 40, DEFAULT_COLUMNS = 80 };

struct flame_text {
	const struct hp_flame_picture *p;
	struct hp_out *out;
	bool color;
	const struct hp_flame_box **row; /* boxes by row, then by place */
};

static int by_place(const void *a, const void *b)
{
	const struct hp_flame_box *const *x = a, *const *y = b;

	if ((*x)->depth != (*y)->depth)
		return (*x)->depth < (*y)->depth ? -1 : 1;
	if ((*x)->x != (*y)->x)
		return (*x)->x < (*y)->x ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

/* The nearest of the 216 colours that terminals have beside their own sixteen. */
static unsigned terminal_color(uint32_t rgb)
{
	unsigned index = 0;

	for (unsigned shift = 16;; shift -= 8) {
		unsigned v = rgb >> shift & 0xff;

		index = index * 6 + (v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40);
		if (shift == 0)
			return 16 + index;
	}
}

static void put_blanks(struct hp_out *out, size_t n)
{
	while (n-- > 0)
		hp_out_char(out, ' ');
}

/* A box of @columns, the last of which is its border. */
static void put_box(const struct flame_text *d, const struct hp_flame_box *box, size_t columns)
{
	char buf[HP_FLAME_TEXT_MAX];
	struct hp_slice label = hp_flame_label(d->p, box, columns - 1, buf);
	size_t used = hp_cells(label);

	if (d->color)
		hp_out_fmt(d->out, "\x1b[48;5;%u;38;5;16m",
			   terminal_color(hp_flame_color(d->p, box).light));
	hp_out_safe(d->out, label);
	put_blanks(d->out, columns > used + 1 ? columns - 1 - used : 0);
	hp_out_str(d->out, d->color ? "\x1b[0m " : "|");
}

static size_t column_of(double x)
{
	return (size_t)(x + 0.5);
}

/* The boxes of one row from @from on; returns where the next row begins. */
static uint32_t put_row(const struct flame_text *d, uint32_t from)
{
	uint32_t depth = d->row[from]->depth, i = from;
	size_t at = 0;

	for (; i < d->p->l.n && d->row[i]->depth == depth; i++) {
		size_t begin = column_of(d->row[i]->x);
		size_t end = column_of(d->row[i]->x + d->row[i]->width);

		if (begin < at)
			begin = at;
		if (end <= begin)
			continue;
		put_blanks(d->out, begin - at);
		put_box(d, d->row[i], end - begin);
		at = end;
	}
	hp_out_char(d->out, '\n');
	return i;
}

static void put_rows(const struct flame_text *d)
{
	const struct hp_flame_picture *p = d->p;
	uint32_t n = p->l.n, at = n;

	if (!p->o->picture.flame) {
		for (at = 0; at < n;)
			at = put_row(d, at);
		return;
	}
	while (at > 0) { /* the deepest first */
		uint32_t depth = d->row[at - 1]->depth;

		while (at > 0 && d->row[at - 1]->depth == depth)
			at--;
		(void)put_row(d, at);
	}
}

static int flame_text_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			   struct hp_out *out, struct hprof_error *err)
{
	unsigned columns = o->width ? o->width : DEFAULT_COLUMNS;
	const struct hp_flame_limits limits = {
		.width = columns > LEAST_COLUMNS ? columns : LEAST_COLUMNS,
		.min_width = 1,
		.max_boxes = MAX_BOXES,
		.max_depth = MAX_DEPTH,
	};
	struct hp_flame_picture p;
	char text[HP_FLAME_TEXT_MAX];
	int r = hp_flame_open(&p, v, v->chosen, o, &limits, err);
	struct flame_text d = {&p, out, o->color, NULL};

	if (r == HPROF_OK) {
		d.row = calloc(p.l.n, sizeof(struct hp_flame_box *));
		r = d.row ? HPROF_OK : hp_fail_nomem(err);
	}
	if (r == HPROF_OK) {
		for (uint32_t i = 0; i < p.l.n; i++)
			d.row[i] = &p.l.box[i];
		qsort(d.row, p.l.n, sizeof(struct hp_flame_box *), by_place);
		hp_out_fmt(out, "%s\n", hp_flame_totals(&p, text));
		hp_out_fmt(out, "%s\n\n", hp_flame_metadata(&p, text));
		put_rows(&d);
		if (*hp_flame_hidden_rows(&p, text))
			hp_out_fmt(out, "%s\n", text);
	}
	free(d.row);
	hp_flame_close(&p);
	return r;
}

const struct hp_output hp_output_flame_text = {
	{"flame-text", "flame graph as text for terminals", true},
	flame_text_draw,
};
