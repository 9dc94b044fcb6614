/* flame_draw.c - a flame graph on a canvas. */
#include "render/flame_draw.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
	ROW = 17,
	DIFF_ROW = 20,
	BASELINE = 12, /* of a label, in its box */
	BAR = 2,       /* height of the bars of a difference */
	PADDING = 3,   /* between a label and the sides of its box */
	TITLE_PX = 16,
	TITLE_BYTES = 1024,
	FEWEST_CELLS = 3,
};

static const struct hp_text_style label_style = {.font = HP_FONT_MONO, .role = HP_ROLE_TEXT};

double hp_flame_row_height(const struct hprof_view *v)
{
	return v->n_bases ? DIFF_ROW : ROW;
}

double hp_flame_page_height(double row, uint32_t rows)
{
	return HP_FLAME_HEAD + row * rows + HP_FLAME_FOOT;
}

double hp_flame_row_y(const struct hp_flame_part *part, uint32_t depth)
{
	uint32_t from_top =
		part->p->o->picture.flame ? part->limit - 1 - depth : depth - part->first;

	return HP_FLAME_HEAD + part->row * from_top;
}

static void flame_put_text(const struct hp_canvas *canvas, double x, double y,
			   const struct hp_text_style *style, struct hp_slice text)
{
	canvas->backend->text(canvas->ctx, (struct hp_xy){x, y}, style, text,
			      (struct hp_slice){"", 0});
}

/* Old and new, each as long as its part of the larger of both. */
static void put_bars(const struct hp_flame_part *part, const struct hp_canvas *canvas,
		     const struct hp_flame_box *box, double x, double y)
{
	struct hp_flame_sums s = part->p->f.sum[box->node];
	double most = fmax(s.now, s.base);
	struct hp_box bar = {.x = x, .y = y + part->row - 1 - 2 * BAR, .height = BAR};

	if (most <= 0 || box->width < 2)
		return;
	bar.width = box->width * fmax(s.base, 0) / most;
	bar.fill = hp_color_old.light;
	bar.fill_dark = hp_color_old.dark;
	canvas->backend->box(canvas->ctx, &bar);
	bar.y += BAR;
	bar.width = box->width * fmax(s.now, 0) / most;
	bar.fill = hp_color_new.light;
	bar.fill_dark = hp_color_new.dark;
	canvas->backend->box(canvas->ctx, &bar);
}

/* As much of the name as has room; @cell is the width of a character of most of them. */
static void put_label(const struct hp_flame_part *part, const struct hp_canvas *canvas,
		      const struct hp_flame_box *box, double cell, double x, double y)
{
	double room = box->width - 2 * PADDING;
	char buf[HP_FLAME_TEXT_MAX];

	if (room < FEWEST_CELLS * cell)
		return;
	for (size_t cells = (size_t)(room / cell + 1e-6); cells >= FEWEST_CELLS; cells--) {
		struct hp_slice label = hp_flame_label(part->p, box, cells, buf);

		if (canvas->backend->width(canvas->ctx, &label_style, label) > room + 1e-6)
			continue;
		flame_put_text(canvas, x + PADDING, y + BASELINE, &label_style, label);
		return;
	}
}

static void put_box(const struct hp_flame_part *part, const struct hp_canvas *canvas,
		    const struct hp_flame_box *box, double cell)
{
	const struct hp_flame_picture *p = part->p;
	struct hp_color color = hp_flame_color(p, box);
	double gap = box->width > 2 ? 0.5 : 0;
	const struct hp_box drawn = {
		.x = part->margin + box->x,
		.y = hp_flame_row_y(part, box->depth),
		.width = box->width - gap,
		.height = part->row - 1,
		.fill = color.light,
		.fill_dark = color.dark,
		.hatched = box->folded || hp_flame_removed(p, box),
		.outlined = box->truncated || hp_flame_added(p, box),
		.dashed = box->truncated,
	};

	canvas->backend->box(canvas->ctx, &drawn);
	if (hp_flame_change(p, box) != HP_CHANGES / 2)
		put_bars(part, canvas, box, drawn.x, drawn.y);
	put_label(part, canvas, box, cell, drawn.x, drawn.y);
}

static void put_head(const struct hp_flame_part *part, const struct hp_canvas *canvas)
{
	static const struct hp_text_style bold = {
		.bold = true, .px = TITLE_PX, .role = HP_ROLE_TEXT};
	static const struct hp_text_style plain = {.role = HP_ROLE_TEXT},
					  faint = {.role = HP_ROLE_FAINT};
	const struct hp_flame_picture *p = part->p;
	char title[TITLE_BYTES], text[HP_FLAME_TEXT_MAX], rows[64];
	size_t chars = (size_t)(p->l.box[0].width / (0.6 * TITLE_PX));

	flame_put_text(
		canvas, part->margin, 24, &bold,
		hp_elide_text(title, sizeof(title), part->title, chars, canvas->backend->mark));
	flame_put_text(canvas, part->margin, 44, &plain, hp_slice_str(hp_flame_totals(p, text)));
	flame_put_text(canvas, part->margin, 62, &faint, hp_slice_str(hp_flame_metadata(p, text)));
	if (part->first == 0 && part->limit == hp_flame_rows(p))
		return;
	(void)snprintf(rows, sizeof(rows), "rows %" PRIu32 " to %" PRIu32 " of %" PRIu32,
		       part->first + 1, part->limit, hp_flame_rows(p)); /* fits */
	flame_put_text(canvas, part->margin + p->l.box[0].width, 62,
		       &(struct hp_text_style){.role = HP_ROLE_FAINT, .anchor = HP_ANCHOR_END},
		       hp_slice_str(rows));
}

/* Where rows are left out, a line through the picture says so. */
static void put_hidden_rows(const struct hp_flame_part *part, const struct hp_canvas *canvas)
{
	const struct hp_flame_picture *p = part->p;
	double width = p->l.box[0].width, y = hp_flame_row_y(part, part->limit - 1);
	bool above = p->o->picture.flame;
	const struct hp_text_style style = {
		.role = HP_ROLE_MARK,
		.anchor = above ? HP_ANCHOR_MIDDLE : HP_ANCHOR_START,
	};
	struct hp_xy line[2] = {{part->margin, y}, {part->margin + width, y}};
	char text[HP_FLAME_TEXT_MAX];

	if (!p->l.hidden_rows || part->limit != hp_flame_rows(p))
		return;
	y += above ? -1 : part->row;
	line[0].y = line[1].y = y;
	canvas->backend->line(canvas->ctx, line, HP_LEN(line), HP_ROLE_MARK, 1);
	flame_put_text(canvas, part->margin + (above ? width / 2 : 0), y + (above ? -5 : 16),
		       &style, hp_slice_str(hp_flame_hidden_rows(p, text)));
}

void hp_flame_draw(const void *what, const struct hp_canvas *canvas)
{
	const struct hp_flame_part *part = what;
	const struct hp_flame_layout *l = &part->p->l;
	double cell = canvas->backend->width(canvas->ctx, &label_style, HP_LIT("0"));

	put_head(part, canvas);
	for (uint32_t i = 0; i < l->n; i++)
		if (l->box[i].depth >= part->first && l->box[i].depth < part->limit)
			put_box(part, canvas, &l->box[i], cell);
	put_hidden_rows(part, canvas);
}
