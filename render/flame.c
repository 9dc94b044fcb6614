/* flame.c - what all pictures of a flame graph share. */
#include "render/flame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/width.h"
#include "render/common.h"
#include "render/elide.h"
#include "render/label.h"
#include "render/markup.h"
#include "render/metadata.h"

enum { EXACT_MAX = 2 * HP_NUMBER_MAX + 16 };

/* --- making it --- */

static int name_rows(struct hp_flame_picture *p, struct hprof_error *err)
{
	const struct hprof_view *v = p->v;

	p->name = calloc(p->raw.n_rows, sizeof(*p->name));
	p->color = calloc(p->raw.n_rows, sizeof(*p->color));
	if (!p->name || !p->color)
		return hp_fail_nomem(err);
	p->name[0] = HP_LIT("all");
	p->color[0] = HP_COLOR_GREY;
	for (uint32_t i = 1; i < p->raw.n_rows; i++) {
		const struct hp_table_row *row = &p->raw.row[i];
		const struct hp_vframe *f = &v->frames[row->frame];
		struct hp_label buf;
		struct hp_slice module = {"", 0};

		p->name[i] = hp_label_showable(&p->mem, v, row);
		if (!p->name[i].ptr)
			return hp_fail_nomem(err);
		if (f->module != HP_NONE)
			module = hp_slice_basename(hp_view_str(v, v->modules[f->module].path));
		p->color[i] = (unsigned char)(f->func == HP_NONE && !module.len
						      ? HP_COLOR_GREY
						      : hp_color_index(module,
								       hp_row_label(v, row, &buf)));
	}
	return HPROF_OK;
}

static int lay_out(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
		   struct hprof_error *err)
{
	const struct hprof_picture_opts *o = &p->o->picture;
	struct hp_flame_layout_opts opts = {
		.width = limits->width,
		.min_width = o->min_width > 0 ? o->min_width : limits->min_width,
		.max_boxes = limits->max_boxes,
		.max_depth = limits->max_depth,
	};

	if (o->min_percent > 0)
		opts.min_width = fmax(opts.min_width, o->min_percent / 100 * opts.width);
	p->min_width = opts.min_width;
	return hp_flame_layout_init(&p->f, &opts, &p->l, err);
}

/* The title that was asked for, or the name of the profile without its folder. */
static int make_title(struct hp_flame_picture *p, struct hprof_error *err)
{
	struct hp_slice title = hp_slice_basename(hp_input_of(p->v, 0));
	char more[HP_MORE_MAX];
	size_t len = strlen(hp_input_more(p->v, more));

	if (p->o->picture.title) {
		title = hp_slice_str(p->o->picture.title);
	} else if (len) {
		char *text = hp_arena_text(&p->mem, title.len + len);

		if (!text)
			return hp_fail_nomem(err);
		memcpy(text, title.ptr, title.len);
		memcpy(text + title.len, more, len);
		title = (struct hp_slice){text, title.len + len};
	}
	p->title = title.len ? hp_showable(&p->mem, title) : HP_LIT("heap profile");
	return p->title.ptr ? HPROF_OK : hp_fail_nomem(err);
}

int hp_flame_open(struct hp_flame_picture *p, const struct hprof_view *v, uint32_t type,
		  const struct hprof_render_opts *o, const struct hp_flame_limits *limits,
		  struct hprof_error *err)
{
	const struct hp_flame_opts opts = {type, o->picture.widths, o->picture.by_name};
	int r;

	*p = (struct hp_flame_picture){.v = v, .o = o, .type = type};
	r = hp_flame_raw_init(v, &p->raw, err);
	if (r == HPROF_OK)
		r = hp_flame_init(&p->raw, &opts, &p->f, err);
	if (r == HPROF_OK)
		r = name_rows(p, err);
	if (r == HPROF_OK)
		r = make_title(p, err);
	return r < 0 ? r : lay_out(p, limits, err);
}

void hp_flame_close(struct hp_flame_picture *p)
{
	hp_flame_layout_release(&p->l);
	hp_flame_release(&p->f);
	hp_flame_raw_release(&p->raw);
	free(p->name);
	free(p->color);
	hp_arena_release(&p->mem);
}

/* --- numbers --- */

static bool is_bytes(const struct hp_flame_picture *p)
{
	return p->v->types[p->type].unit == HP_UNIT_BYTES;
}

/* "16.8 MiB (17,589,696 bytes)", "512 B", or "65,893". */
static const char *exactly(const struct hp_flame_picture *p, char buf[EXACT_MAX], double v)
{
	char shown[HP_NUMBER_MAX], all[HP_NUMBER_MAX];

	if (!is_bytes(p))
		return hp_format_grouped(buf, v);
	if (hp_slice_ends(hp_slice_str(hp_format_bytes(shown, v, HPROF_UNIT_AUTO)), HP_LIT(" B")))
		return memcpy(buf, shown, strlen(shown) + 1);
	(void)snprintf(buf, EXACT_MAX, "%s (%s bytes)", shown, hp_format_grouped(all, v));
	return buf;
}

static const char *shortly(const struct hp_flame_picture *p, char *buf, double v)
{
	return is_bytes(p) ? hp_format_bytes(buf, v, HPROF_UNIT_AUTO) : hp_format_grouped(buf, v);
}

static const char *change(const struct hp_flame_picture *p, char *buf, double v)
{
	buf[0] = '+';
	shortly(p, buf + (v > 0), v);
	return buf;
}

/* The change of the rounded values: before and it make up after. */
static double rounded_change(const struct hp_flame_sums *s)
{
	return floor(s->now + 0.5) - floor(s->from + 0.5);
}

/* --- what the picture says --- */

/* What grew and what shrank, of what ends in each call. */
static void sum_changes(const struct hp_flame_picture *p, double *growth, double *shrink)
{
	*growth = *shrink = 0;
	for (uint32_t i = 0; i < p->f.n; i++) {
		double d = p->f.self[i].now - p->f.self[i].from;

		*(d > 0 ? growth : shrink) += fabs(d);
	}
}

const char *hp_flame_totals(const struct hp_flame_picture *p, char *buf)
{
	const struct hp_vtype *type = &p->v->types[p->type];
	const struct hp_flame_sums *all = &p->f.sum[0];
	struct hp_slice name = hp_view_str(p->v, type->name);
	char a[EXACT_MAX], b[EXACT_MAX], c[HP_NUMBER_MAX], d[HP_NUMBER_MAX], e[HP_NUMBER_MAX + 1];
	double growth, shrink;
	int n;

	if (!type->base) {
		(void)snprintf(buf, HP_FLAME_TEXT_MAX, "%.*s: total %s", (int)name.len, name.ptr,
			       exactly(p, a, all->now));
		return buf;
	}
	n = snprintf(buf, HP_FLAME_TEXT_MAX, "%.*s: before %s, after %s, delta %s", (int)name.len,
		     name.ptr, exactly(p, a, all->base), exactly(p, b, all->now),
		     change(p, e, rounded_change(all)));
	if (p->v->opts.drop_negative) {
		(void)snprintf(buf + n, (size_t)(HP_FLAME_TEXT_MAX - n), " (what shrank counts 0)");
		return buf;
	}
	sum_changes(p, &growth, &shrink);
	(void)snprintf(buf + n, (size_t)(HP_FLAME_TEXT_MAX - n), " (growth %s, shrink %s)",
		       shortly(p, c, growth), shortly(p, d, shrink));
	return buf;
}

static const char *widths_text(enum hprof_widths widths)
{
	static const char *const texts[] = {
		[HPROF_WIDTHS_UNION] = "the larger of before and after",
		[HPROF_WIDTHS_NEW] = "after",
		[HPROF_WIDTHS_OLD] = "before",
		[HPROF_WIDTHS_SUM] = "before + after",
		[HPROF_WIDTHS_GROWTH] = "growth",
		[HPROF_WIDTHS_SHRINK] = "shrink",
		[HPROF_WIDTHS_CHURN] = "growth + shrink",
	};

	return texts[widths];
}

/* Of what ends in each call, all that is less than nothing. */
static double sum_negative(const struct hp_flame_picture *p)
{
	double sum = 0;

	for (uint32_t i = 0; i < p->f.n; i++)
		sum += fmin(p->f.self[i].now, 0);
	return sum;
}

const char *hp_flame_metadata(const struct hp_flame_picture *p, char *buf)
{
	const struct hp_vtype *type = &p->v->types[p->type];
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX];
	double below = type->base ? 0 : sum_negative(p);
	int n = (int)strlen(hp_metadata_text(p->v, buf));

	if (type->total.variance > 0)
		n += snprintf(buf + n, (size_t)(HP_FLAME_TEXT_MAX - n), ", standard error %s",
			      shortly(p, b, sqrt(type->total.variance)));
	if (below < 0)
		(void)snprintf(buf + n, (size_t)(HP_FLAME_TEXT_MAX - n),
			       "; what is below zero, %s in all, has no width",
			       shortly(p, a, below));
	if (type->base)
		(void)snprintf(buf + n, (size_t)(HP_FLAME_TEXT_MAX - n), "; width: %s",
			       widths_text(p->o->picture.widths));
	return buf;
}

const char *hp_flame_hidden_rows(const struct hp_flame_picture *p, char *buf)
{
	buf[0] = '\0';
	if (p->l.hidden_rows)
		(void)snprintf(buf, HP_FLAME_TEXT_MAX, "%" PRIu32 " rows more are not drawn",
			       p->l.hidden_rows);
	return buf;
}

/* --- boxes --- */

static struct hp_flame_sums sums_of(const struct hp_flame_picture *p,
				    const struct hp_flame_box *box)
{
	return p->f.sum[box->node];
}

unsigned hp_flame_change(const struct hp_flame_picture *p, const struct hp_flame_box *box)
{
	struct hp_flame_sums s = sums_of(p, box);

	if (box->folded || !hp_flame_differs(p))
		return HP_CHANGES / 2;
	return hp_change_index(s.now, s.from, s.variance);
}

struct hp_color hp_flame_color(const struct hp_flame_picture *p, const struct hp_flame_box *box)
{
	if (box->folded)
		return hp_color_others;
	if (hp_flame_differs(p))
		return hp_color_change(hp_flame_change(p, box));
	return hp_color(p->color[p->f.row[box->node]]);
}

bool hp_flame_removed(const struct hp_flame_picture *p, const struct hp_flame_box *box)
{
	struct hp_flame_sums s = sums_of(p, box);

	return hp_flame_differs(p) && !box->folded && s.now <= 0 && s.base > 0;
}

bool hp_flame_added(const struct hp_flame_picture *p, const struct hp_flame_box *box)
{
	struct hp_flame_sums s = sums_of(p, box);

	return hp_flame_differs(p) && !box->folded && s.base <= 0 && s.now > 0;
}

struct hp_slice hp_flame_name(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			      char *buf)
{
	int n;

	if (!box->folded)
		return p->name[p->f.row[box->node]];
	n = snprintf(buf, HP_FLAME_TEXT_MAX, "(%" PRIu32 " other%s)", box->folded,
		     box->folded == 1 ? "" : "s");
	return (struct hp_slice){buf, (size_t)n};
}

const char *hp_flame_value(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			   char *buf)
{
	struct hp_flame_sums s = sums_of(p, box), all = p->f.sum[0];
	char a[EXACT_MAX], b[EXACT_MAX], c[HP_NUMBER_MAX + 1];

	if (hp_flame_differs(p) && !box->folded) {
		(void)snprintf(buf, HP_FLAME_TEXT_MAX, "before %s, after %s, delta %s%s",
			       exactly(p, a, s.base), exactly(p, b, s.now),
			       change(p, c, rounded_change(&s)),
			       hp_flame_removed(p, box) ? ", removed"
			       : hp_flame_added(p, box) ? ", new"
							: "");
		return buf;
	}
	(void)snprintf(buf, HP_FLAME_TEXT_MAX, "%s, %s of %s", exactly(p, a, box->value),
		       hp_format_percent(c, box->value, all.weight),
		       hp_flame_differs(p) ? "the width" : "total");
	return buf;
}

/* --- labels --- */

/* Put the value of @box behind its whole name, which is @label in @buf, where that has room. */
static size_t add_value(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			size_t cells, char *buf, size_t n, size_t used)
{
	char text[EXACT_MAX];
	double now = hp_flame_differs(p) ? sums_of(p, box).now : box->value;
	size_t len;

	if (box->node == 0 && !box->folded)
		exactly(p, text, now);
	else
		shortly(p, text, now);
	len = strlen(text);
	if (box->folded || used + 2 + len > cells || n + 2 + len > HP_FLAME_TEXT_MAX)
		return n;
	memcpy(buf + n, "  ", 2);
	memcpy(buf + n + 2, text, len);
	return n + 2 + len;
}

struct hp_slice hp_flame_label(const struct hp_flame_picture *p, const struct hp_flame_box *box,
			       size_t cells, char *buf)
{
	static const char up[] = "\xe2\x96\xb2 ", down[] = "\xe2\x96\xbc ";
	char other[HP_FLAME_TEXT_MAX], elided[HP_ELIDE_MAX];
	unsigned step = hp_flame_change(p, box), middle = HP_CHANGES / 2;
	const char *mark = step == middle ? "" : step > middle ? up : down;
	struct hp_slice name = hp_flame_name(p, box, other), label;
	size_t n = strlen(mark);

	if (n)
		cells = cells > 2 ? cells - 2 : 0;
	label = hp_elide_name(elided, name, cells);
	if (!label.len)
		return label;
	memcpy(buf, mark, n);
	memcpy(buf + n, label.ptr, label.len);
	n += label.len;
	if (label.ptr == name.ptr)
		n = add_value(p, box, cells, buf, n, hp_cells(name));
	return (struct hp_slice){buf, n};
}
