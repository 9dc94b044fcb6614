/* text_header.c - numbers of a sample type, and the line that begins every text. */
#include "render/text_header.h"

#include <math.h>
#include <stdio.h>

#include "analyzer/ops/advice.h"

const char *hp_style_value(const struct hp_style *s, char *buf, double v)
{
	if (s->type->unit == HP_UNIT_BYTES)
		return hp_format_bytes(buf, v, s->o->unit);
	return s->grouped ? hp_format_grouped(buf, v) : hp_format_count(buf, v);
}

/* A difference is written with its sign. */
const char *hp_style_delta(const struct hp_style *s, char *buf, double v)
{
	char plain[HP_NUMBER_MAX];

	hp_style_value(s, plain, v);
	buf[0] = '+';
	memcpy(buf + (v > 0 && plain[0] != '0'), plain, strlen(plain) + 1);
	return buf;
}

void hp_put_total(const struct hp_style *s, struct hp_out *out)
{
	hp_out_safe(out, hp_view_str(s->v, s->type->name));
	hp_out_str(out, ": ");
	hp_put_total_value(s, out);
}

void hp_put_total_value(const struct hp_style *s, struct hp_out *out)
{
	const struct hp_vtype *t = s->type;
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX + 1], c[HP_NUMBER_MAX], bases[48] = "";

	if (s->v->n_bases > 1)
		(void)snprintf(bases, sizeof(bases), " (%zu profiles added up)", s->v->n_bases);
	if (t->base)
		hp_out_fmt(out, "%s before%s, %s after, delta %s%s",
			   hp_style_value(s, a, t->total.base), bases,
			   hp_style_value(s, c, t->total.current),
			   hp_style_delta(s, b, t->total.delta),
			   s->v->opts.drop_negative ? " (what shrank counts 0)" : "");
	else
		hp_out_fmt(out, "total %s", hp_style_value(s, a, t->total.delta));
	if (s->v->filtered && !t->base)
		hp_out_fmt(out, " of %s", hp_style_value(s, a, t->unfiltered));
	if (t->total.variance > 0)
		hp_out_fmt(out, " (standard error %s)",
			   hp_style_value(s, a, sqrt(t->total.variance)));
	hp_out_char(out, '\n');
}

void hp_put_mark(const struct hp_style *s, struct hp_out *out, bool significant)
{
	if (s->type->has_error)
		hp_out_str(out, significant ? "  *  " : "     ");
}

void hp_put_bold(const struct hp_style *s, struct hp_out *out, const char *text)
{
	hp_out_fmt(out, s->o->color ? "\x1b[1m%s\x1b[0m\n" : "%s\n", text);
}

/* Why there is nothing below the total. */
void hp_put_nothing(const struct hp_style *s, struct hp_out *out)
{
	hp_out_fmt(out, "%s\n", hp_why_nothing(s->v));
}
