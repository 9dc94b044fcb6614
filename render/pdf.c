/*
 * pdf.c - pictures as pages of a PDF, drawn by cairo, with a table of contents.
 *
 * Text is text: it can be selected and searched.  cairo would write the time of day; an empty date
 * keeps it from that, so that the bytes depend on the input alone.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/cairo.h"

enum { TITLE_BYTES = 1024, TITLE_CHARS = 300 };

static int check_sizes(const struct hp_document *d, struct hprof_error *err)
{
	if (!d->n_pages)
		return hp_fail(err, HPROF_EINVAL, "a PDF without pages");
	for (uint32_t i = 0; i < d->n_pages; i++) {
		double width = d->page[i].width * d->page[i].scale;
		double height = d->page[i].height * d->page[i].scale;

		if (width < 1 || height < 1 || width > HP_PDF_MAX || height > HP_PDF_MAX)
			return hp_fail(err, HPROF_EINVAL,
				       "a page of %.0f by %.0f points: both must be from 1 to %d",
				       width, height, HP_PDF_MAX);
	}
	return HPROF_OK;
}

static void set_metadata(const struct hp_cairo_ctx *cairo, const struct hp_document *d)
{
	char title[TITLE_BYTES];

	hp_elide_text(title, sizeof(title), d->title, TITLE_CHARS, "..");
	cairo->lib.pdf_surface_set_metadata(cairo->surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo->lib.pdf_surface_set_metadata(cairo->surface, CAIRO_PDF_METADATA_CREATOR,
					    "hprof " HPROF_VERSION);
	cairo->lib.pdf_surface_set_metadata(cairo->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
}

/* Places are numbers: nothing of an input is in what cairo reads as attributes. */
static int add_outline(const struct hp_cairo_ctx *cairo, const struct hp_document *d,
		       struct hprof_error *err)
{
	int *id = calloc((size_t)d->n_items + 1, sizeof(*id));

	if (!id)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct hp_outline_item *e = &d->item[i];
		int parent = e->parent ? id[e->parent - 1] : CAIRO_PDF_OUTLINE_ROOT;
		char place[64], title[TITLE_BYTES];

		hp_elide_text(title, sizeof(title), e->title, TITLE_CHARS, "..");
		(void)snprintf(place, sizeof(place), "page=%u pos=[0 %d]", e->page + 1,
			       (int)(e->y * d->page[e->page].scale)); /* fits */
		id[i] = cairo->lib.pdf_surface_add_outline(cairo->surface, parent, title, place,
							   e->parent ? 0
								     : CAIRO_PDF_OUTLINE_FLAG_OPEN);
	}
	free(id);
	return HPROF_OK;
}

int hp_draw_pdf(struct hp_out *out, const struct hp_document *d, const struct hprof_render_opts *o,
		struct hprof_error *err)
{
	struct hp_cairo_ctx cairo;
	int r = hp_cairo_load(&cairo.lib, HP_CAIRO_PDF, err);

	if (r == HPROF_OK)
		r = check_sizes(d, err);
	if (r < 0)
		return r;
	hp_cairo_open(&cairo, cairo.lib.pdf_surface_create_for_stream(
				      hp_cairo_write, out, d->page[0].width * d->page[0].scale,
				      d->page[0].height * d->page[0].scale));
	set_metadata(&cairo, d);
	r = add_outline(&cairo, d, err);
	for (uint32_t i = 0; r == HPROF_OK && i < d->n_pages; i++) {
		const struct hp_page *page = &d->page[i];

		cairo.lib.pdf_surface_set_size(cairo.surface, page->width * page->scale,
					       page->height * page->scale);
		hp_cairo_draw(&cairo, page);
		cairo.lib.show_page(cairo.c);
		r = hp_cairo_status(&cairo, err);
	}
	return hp_cairo_close(&cairo, r, o, err);
}
