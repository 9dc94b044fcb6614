/* timeline_chart.h - values over time as a picture inside a page. */
#ifndef HP_RENDER_TIMELINE_CHART_H
#define HP_RENDER_TIMELINE_CHART_H

#include "analyzer/base/out.h"
#include "analyzer/ops/timeline.h"
#include "render/canvas.h"

/* Write the element "svg" of @t, without a style sheet. Errors: ENOMEM. */
HP_MUST_CHECK int hp_timeline_put_svg(const struct hp_timeline *t,
				      const struct hprof_render_opts *o, struct hp_out *out,
				      struct hprof_error *err);

/* A chart ready to be drawn. */
struct hp_chart;

/* The chart of @t, which stays until hp_chart_free(). Errors: ENOMEM. */
HP_MUST_CHECK int hp_chart_new(const struct hp_timeline *t, const struct hprof_render_opts *o,
			       struct hp_chart **out, struct hprof_error *err);
void hp_chart_free(struct hp_chart *c); /* NULL is allowed */
/* The picture in its own pixels; valid as long as @c. */
struct hp_page hp_chart_page(const struct hp_chart *c);

#endif
