/*
 * canvas.h - what a picture is drawn on: a layout decides what is where, a backend draws it.
 *
 * Lengths are pixels, y grows downwards.  Colours are roles, so that a backend may have a light
 * and a dark set of them; boxes have colours of their own.
 */
#ifndef HP_RENDER_CANVAS_H
#define HP_RENDER_CANVAS_H

#include "analyzer/base/out.h"

enum hp_color_role {
	HP_ROLE_PAPER,
	HP_ROLE_TEXT,
	HP_ROLE_FAINT, /* text that matters less */
	HP_ROLE_GRID,
	HP_ROLE_AREA,
	HP_ROLE_LINE,
	HP_ROLE_MARK,
	HP_ROLE_SERIES, /* the first of HP_SERIES_ROLES */
};
enum { HP_SERIES_ROLES = 8, HP_ROLES = HP_ROLE_SERIES + HP_SERIES_ROLES };

/* Red, green and blue of each role on light and on dark paper, as 0xrrggbb. */
extern const uint32_t hp_roles_light[HP_ROLES], hp_roles_dark[HP_ROLES];

enum hp_anchor { HP_ANCHOR_START, HP_ANCHOR_MIDDLE, HP_ANCHOR_END };

enum hp_font { HP_FONT_SANS, HP_FONT_MONO };

enum { HP_TEXT_PX = 12 };

struct hp_xy {
	double x, y;
};

struct hp_canvas {
	const struct hp_backend *backend;
	void *ctx;
};

struct hp_text_style {
	enum hp_font font;
	bool bold;
	double px; /* height of the font; 0: HP_TEXT_PX */
	enum hp_color_role role;
	enum hp_anchor anchor;
};

struct hp_box {
	double x, y, width, height;
	uint32_t fill, fill_dark; /* 0xrrggbb, on light and on dark paper */
	bool empty;               /* not filled */
	bool hatched;             /* lines across it */
	bool outlined, dashed;    /* a line around it, along its inner side */
};

struct hp_backend {
	const char *mark; /* what stands for text that was cut off */
	void (*polygon)(void *ctx, const struct hp_xy *p, size_t n, enum hp_color_role role);
	void (*line)(void *ctx, const struct hp_xy *p, size_t n, enum hp_color_role role,
		     double width);
	void (*box)(void *ctx, const struct hp_box *box);
	/* @text is shown as it is; @title, or nothing, where a pointer rests on it. */
	void (*text)(void *ctx, struct hp_xy at, const struct hp_text_style *style,
		     struct hp_slice text, struct hp_slice title);
	/* Pixels that @text takes: exactly so where the backend chooses the font, or room enough.
	 */
	double (*width)(void *ctx, const struct hp_text_style *style, struct hp_slice text);
};

/* Draws a picture of the size it was asked for. */
typedef void (*hp_picture_fn)(const void *what, const struct hp_canvas *canvas);

/* Write the picture of @what, @width by @height, called @title. */
void hp_draw_svg(struct hp_out *out, double width, double height, struct hp_slice title,
		 hp_picture_fn draw, const void *what);
/* Write it as an element of a page, without a declaration and without a style sheet. */
void hp_draw_svg_inline(struct hp_out *out, double width, double height, struct hp_slice title,
			hp_picture_fn draw, const void *what);

/* A picture and its size: a page of a document, or an image. */
struct hp_page {
	double width, height;
	double scale; /* pixels of the image, or points of the page, for each of these pixels */
	hp_picture_fn draw;
	const void *what;
};

/* Both sides of an image, and of a page in points, that other programs read. */
enum { HP_PNG_MAX = 32767, HP_PDF_MAX = 14400 };

/*
 * Write @page as an image of its size times its scale, HP_PNG_MAX at most.
 * Errors: EUNSUPPORTED (no cairo), EINVAL (too large), ENOMEM, EIO (cairo failed).
 */
HP_MUST_CHECK int hp_draw_png(struct hp_out *out, const struct hp_page *page,
			      const struct hprof_render_opts *o, struct hprof_error *err);

/* A line of the table of contents, which readers of PDF show beside the pages. */
struct hp_outline_item {
	struct hp_slice title;
	uint32_t parent; /* 1 + an item before it; 0: none */
	uint32_t page;   /* counted from 0 */
	double y;        /* pixels of the page */
};

struct hp_document {
	struct hp_slice title;
	const struct hp_page *page; /* [n_pages] */
	uint32_t n_pages;
	const struct hp_outline_item *item; /* [n_items] */
	uint32_t n_items;
};

/* Write the pages, HP_PDF_MAX points at most each way.  No date is in it.  Errors: as above. */
HP_MUST_CHECK int hp_draw_pdf(struct hp_out *out, const struct hp_document *d,
			      const struct hprof_render_opts *o, struct hprof_error *err);

/* Write @page as SVG whose text is shapes: the same with any fonts, and none can be searched.
 */
HP_MUST_CHECK int hp_draw_svg_outlines(struct hp_out *out, const struct hp_page *page,
				       const struct hprof_render_opts *o, struct hprof_error *err);

/* The @i-th line across a box that is hatched, in @line[2]; false past the last. */
bool hp_hatch(const struct hp_box *box, unsigned i, struct hp_xy *line);

/*
 * Text of an input made fit for a picture, in @buf of @size bytes: no controls, no bytes that
 * are no UTF-8, cut at @chars characters with @mark.
 */
struct hp_slice hp_elide_text(char *buf, size_t size, struct hp_slice text, size_t chars,
			      const char *mark);

#endif
