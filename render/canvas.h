/*
 * canvas.h - what a picture is drawn on: a layout decides what is where, a painter writes it.
 *
 * Lengths are pixels, y grows downwards.  Colours are roles, so that a painter may have a light
 * and a dark set of them.
 */
#ifndef HP_RENDER_CANVAS_H
#define HP_RENDER_CANVAS_H

#include "analyzer/base/out.h"

enum hp_ink {
	HP_INK_PAPER,
	HP_INK_TEXT,
	HP_INK_FAINT, /* text that matters less */
	HP_INK_GRID,
	HP_INK_AREA,
	HP_INK_LINE,
	HP_INK_MARK,
	HP_INK_SERIES, /* the first of HP_SERIES_INKS */
};
enum { HP_SERIES_INKS = 8, HP_INKS = HP_INK_SERIES + HP_SERIES_INKS };

/* Red, green and blue of each ink, light and dark, as 0xrrggbb. */
extern const uint32_t hp_ink_light[HP_INKS], hp_ink_dark[HP_INKS];

enum hp_anchor { HP_ANCHOR_START, HP_ANCHOR_MIDDLE, HP_ANCHOR_END };

enum { HP_TEXT_PX = 12 };
/* Pixels that a character of such text takes, more or less. */
#define HP_CHAR_PX 6.6

struct hp_spot {
	double x, y;
};

struct hp_canvas {
	const struct hp_painter *painter;
	void *ctx;
};

struct hp_painter {
	void (*polygon)(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink);
	void (*line)(void *ctx, const struct hp_spot *p, size_t n, enum hp_ink ink, double width);
	/* @text is shown as it is; @title, or nothing, where a pointer rests on it. */
	void (*text)(void *ctx, struct hp_spot at, enum hp_anchor anchor, enum hp_ink ink,
		     struct hp_slice text, struct hp_slice title);
};

/* Draws a picture of the size it was asked for. */
typedef void (*hp_picture_fn)(const void *what, const struct hp_canvas *canvas);

/* Write the picture of @what, @width by @height, called @title. */
void hp_draw_svg(struct hp_out *out, double width, double height, struct hp_slice title,
		 hp_picture_fn draw, const void *what);
/* The same as an element of a page: without a declaration and without a style sheet. */
void hp_draw_svg_inline(struct hp_out *out, double width, double height, struct hp_slice title,
			hp_picture_fn draw, const void *what);
/* Errors: ENOMEM. */
HP_MUST_CHECK int hp_draw_png(struct hp_out *out, double width, double height, hp_picture_fn draw,
			      const void *what, struct hprof_error *err);

/*
 * Text of an input made fit for a picture, in @buf of @size bytes: no controls, no bytes that
 * are no UTF-8, cut at @chars characters with a mark.
 */
struct hp_slice hp_fit_text(char *buf, size_t size, struct hp_slice text, size_t chars);

#endif
