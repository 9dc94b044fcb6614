/* timeline_chart.h - values over time as a picture inside a page. */
#ifndef HP_RENDER_TIMELINE_CHART_H
#define HP_RENDER_TIMELINE_CHART_H

#include "analyzer/base/out.h"
#include "analyzer/ops/timeline.h"

/* Write the element "svg" of @t, without a style sheet. Errors: ENOMEM. */
HP_MUST_CHECK int hp_timeline_put_svg(const struct hp_timeline *t,
				      const struct hprof_render_opts *o, struct hp_out *out,
				      struct hprof_error *err);

#endif
