/*
 * flame_pages.h - a document of pages: first the largest rows as a table, then a graph per sample
 * type that has values, as many pages of it as its depth takes; with a table of contents.
 */
#ifndef HP_RENDER_FLAME_PAGES_H
#define HP_RENDER_FLAME_PAGES_H

#include "render/canvas.h"
#include "render/render.h"

/* A3 across, in points. */
#define HP_PAGE_WIDTH 1190.55
#define HP_PAGE_HEIGHT 841.89

/* Pixels that a page is wide, unless the options say so; and its empty borders. */
enum { HP_PAGE_PX = 1500, HP_PAGE_MARGIN = 40 };

/* Pages that stand before or behind all others, with their lines of the table of contents. */
struct hp_page_group {
	const struct hp_page *page; /* [n_pages] */
	uint32_t n_pages;
	const struct hp_outline_item
		*item; /* [n_items]; pages are counted from the first of the group */
	uint32_t n_items;
};

/*
 * Write the document of @v as PDF, with pages @before and @behind it, NULL for none.
 * Errors: those of hp_draw_pdf().
 */
HP_MUST_CHECK int hp_flame_put_pages(const struct hprof_view *v, const struct hprof_render_opts *o,
				     const struct hp_page_group *before,
				     const struct hp_page_group *behind, struct hp_out *out,
				     struct hprof_error *err);

#endif
