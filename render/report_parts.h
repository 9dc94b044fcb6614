/* report_parts.h - what the parts of a report have in common. */
#ifndef HP_RENDER_REPORT_PARTS_H
#define HP_RENDER_REPORT_PARTS_H

#include "analyzer/ops/info.h"
#include "analyzer/ops/table.h"
#include "render/flame.h"
#include "render/report_text.h"
#include "render/text_header.h"

struct hp_report {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	const struct hp_flame_picture *flame; /* of the chosen type */
	struct hp_style style;                /* of the same */
	struct hp_table table;                /* of the same, all rows */
	struct hp_info *info;
	struct hp_report_text *text;
};

/* Write a cell of a column of numbers. */
static inline void hp_report_number(const struct hp_report *r, const char *text)
{
	hp_report_cell(r->text, hp_slice_str(text));
}

/* The sections about the profiles and bases themselves: what "hprof info" says of each. */
HP_MUST_CHECK int hp_report_profiles(const struct hp_report *r, struct hprof_error *err);

#endif
