/* report.h - all that is to be said about profiles, for a page of HTML and for pages of a PDF. */
#ifndef HP_RENDER_REPORT_H
#define HP_RENDER_REPORT_H

#include "render/flame.h"
#include "render/report_text.h"

/*
 * What there is to say about @v, whose flame graph of the chosen sample type is @flame.
 * Errors: ENOMEM.  Release @text in any case.
 */
HP_MUST_CHECK int hp_report_write(const struct hprof_view *v, const struct hprof_render_opts *o,
				  const struct hp_flame_picture *flame, struct hp_report_text *text,
				  struct hprof_error *err);

#endif
