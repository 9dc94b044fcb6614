/* flame_pdf.c - flame graphs as pages. */
#include "render/flame_pages.h"

static int flame_pdf_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			  struct hp_out *out, struct hprof_error *err)
{
	return hp_flame_put_pages(v, o, NULL, NULL, out, err);
}

const struct hp_output hp_output_flame_pdf = {
	{"flame-pdf", "flame graphs and the largest functions as pages (PDF)", true},
	flame_pdf_draw,
};
