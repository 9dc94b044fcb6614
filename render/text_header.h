/* text_header.h - numbers of a sample type, and the line that begins every text. */
#ifndef HP_RENDER_TEXT_HEADER_H
#define HP_RENDER_TEXT_HEADER_H

#include "analyzer/base/out.h"
#include "analyzer/base/width.h"
#include "analyzer/ops/view.h"

struct hp_style {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	const struct hp_vtype *type;
	bool grouped; /* counts are written as "17,589", for pages */
};

/* Numbers of @type for texts, and for pages. */
static inline struct hp_style hp_style_plain(const struct hprof_view *v,
					     const struct hprof_render_opts *o,
					     const struct hp_vtype *type)
{
	return (struct hp_style){v, o, type, false};
}

static inline struct hp_style hp_style_grouped(const struct hprof_view *v,
					       const struct hprof_render_opts *o,
					       const struct hp_vtype *type)
{
	return (struct hp_style){v, o, type, true};
}

/* Write @v with its unit into @buf, of HP_NUMBER_MAX bytes; returns @buf. */
const char *hp_style_value(const struct hp_style *s, char *buf, double v);
/* Write the difference @v with its sign into @buf, of HP_NUMBER_MAX + 1 bytes; returns @buf. */
const char *hp_style_delta(const struct hp_style *s, char *buf, double v);
/* "inuse_space: total ...", or before, after and difference. */
void hp_put_total(const struct hp_style *s, struct hp_out *out);
/* Write that line without the name of the type. */
void hp_put_total_value(const struct hp_style *s, struct hp_out *out);
/* The column "sig" of a difference; nothing where errors are not known, as there is none then. */
void hp_put_mark(const struct hp_style *s, struct hp_out *out, bool significant);
/* A line in bold type, where there is colour. */
void hp_put_bold(const struct hp_style *s, struct hp_out *out, const char *text);
/* Why there is nothing below the total. */
void hp_put_nothing(const struct hp_style *s, struct hp_out *out);

#endif
