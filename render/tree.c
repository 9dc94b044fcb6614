/* tree.c - the call tree as text. */
#include <stdlib.h>

#include "analyzer/ops/calls.h"
#include "render/label.h"
#include "render/render.h"
#include "render/text_header.h"

enum {
	MOST_LEVELS = 24, /* of indentation; from there on their number is written */
	MOST_IN_A_ROW = 12,
	SHOWN_FIRST = 6,
	SHOWN_LAST = 5,
};

struct tree_text {
	struct hp_style s;
	struct hp_calls c;
	uint32_t *level; /* [c.n] of indentation; a call that is all of its parent has the same */
	double total;
	struct hp_out *out;
};

static const char *or_blank(const struct tree_text *d, char *buf, double v)
{
	if (v == 0)
		buf[0] = '\0';
	else if (d->s.type->base)
		hp_style_delta(&d->s, buf, v);
	else
		hp_style_value(&d->s, buf, v);
	return buf;
}

/* The columns in front of a name; @flat: what the line says of it, 0: nothing. */
static void put_numbers(const struct tree_text *d, const struct hp_amount *cum, double flat)
{
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX + 1], e[HP_NUMBER_MAX + 1];

	if (!d->s.type->base) {
		hp_out_fmt(d->out, "%12s %7s %11s  ", hp_style_value(&d->s, a, cum->delta),
			   hp_format_percent(b, cum->delta, d->total), or_blank(d, e, flat));
		return;
	}
	hp_out_fmt(d->out, "%12s %11s %11s %11s  ", hp_style_value(&d->s, a, cum->base),
		   hp_style_value(&d->s, b, cum->current), hp_style_delta(&d->s, c, cum->delta),
		   or_blank(d, e, flat));
	hp_put_mark(&d->s, d->out, hp_type_significant(d->s.type, cum->delta, cum->variance));
}

/* The columns of a call that has all of its caller's value: nothing but @flat. */
static void put_blanks(const struct tree_text *d, double flat)
{
	char e[HP_NUMBER_MAX + 1];

	if (!d->s.type->base) {
		hp_out_fmt(d->out, "%12s %7s %11s  ", "", "", or_blank(d, e, flat));
		return;
	}
	hp_out_fmt(d->out, "%12s %11s %11s %11s  ", "", "", "", or_blank(d, e, flat));
	hp_put_mark(&d->s, d->out, false);
}

static void put_indent(const struct tree_text *d, uint32_t level)
{
	uint32_t most = level > MOST_LEVELS ? MOST_LEVELS : level;

	for (uint32_t i = 1; i < most; i++)
		hp_out_str(d->out, "  ");
	if (level > MOST_LEVELS)
		hp_out_fmt(d->out, "[%u] ", level);
}

static void put_head(const struct tree_text *d)
{
	static const char *const roots[] = {
		"         cum    cum%        flat  name",
		"      before       after       delta  flat delta  name",
		"      before       after       delta  flat delta  sig  name",
	};
	static const char *const leaves[] = {
		"        flat   flat%   no caller  name",
		"      before       after       delta   no caller  name",
		"      before       after       delta   no caller  sig  name",
	};
	unsigned kind = !d->s.type->base ? 0 : 1 + d->s.type->has_error;

	hp_put_bold(&d->s, d->out, d->s.o->bottom_up ? leaves[kind] : roots[kind]);
}

/* Index of the last of calls i, i + 1, ... that are the same row, each all of the one before. */
static uint32_t end_of_run(const struct tree_text *d, uint32_t i)
{
	while (i + 1 < d->c.n && d->c.call[i + 1].only && d->c.call[i + 1].row == d->c.call[i].row)
		i++;
	return i;
}

static void put_name(const struct tree_text *d, uint32_t i, uint32_t last)
{
	put_indent(d, d->level[i]);
	hp_label_put(d->out, d->s.v, &d->c.row[d->c.call[i].row]);
	if (last > i)
		hp_out_fmt(d->out, " (%u times)", last - i + 1);
	hp_out_char(d->out, '\n');
}

/* Call @i and those that are all of it, a line each; returns the last one's index. */
static uint32_t put_calls(const struct tree_text *d, uint32_t i)
{
	const struct hp_call *call = d->c.call;
	uint32_t lines = 1, line = 0, last, skipped = 0;
	bool cut;

	for (last = end_of_run(d, i); last + 1 < d->c.n && call[last + 1].only;
	     last = end_of_run(d, last + 1))
		lines++;
	cut = d->s.o->rows && lines > MOST_IN_A_ROW;
	for (uint32_t at = i, end; at <= last; at = end + 1, line++) {
		end = end_of_run(d, at);
		if (cut && line >= SHOWN_FIRST && line < lines - SHOWN_LAST) {
			skipped += end - at + 1;
			continue;
		}
		if (cut && line == lines - SHOWN_LAST) {
			put_blanks(d, 0);
			put_indent(d, d->level[i]);
			hp_out_fmt(d->out, "... %u frames\n", skipped);
		}
		if (at == i)
			put_numbers(d, &call[i].cum, end == last ? call[last].flat.delta : 0);
		else
			put_blanks(d, end == last ? call[last].flat.delta : 0);
		put_name(d, at, end);
	}
	return last;
}

/* What is left out below @i. */
static void put_hidden(const struct tree_text *d, uint32_t i)
{
	const struct hp_call *call = &d->c.call[i];

	if (!call->n_hidden)
		return;
	put_numbers(d, &call->hidden, 0);
	put_indent(d, d->level[i] + 1);
	if (call->n_hidden == HP_NONE)
		hp_out_str(d->out, "... more, too many to count\n");
	else
		hp_out_fmt(d->out, "... %u more\n", call->n_hidden);
}

static void put_tree(const struct tree_text *d)
{
	const struct hp_call *call = d->c.call;

	for (uint32_t i = 0; i < d->c.n; i++) {
		uint32_t above, at;

		if (i)
			i = put_calls(d, i);
		above = i + 1 < d->c.n ? call[i + 1].parent : HP_NONE;
		for (at = i; at != above; at = call[at].parent) {
			put_hidden(d, at);
			if (at == 0)
				break;
		}
	}
	if (d->c.more)
		hp_out_str(d->out, "(-n 0 shows all)\n");
}

static void put_levels(struct tree_text *d)
{
	for (uint32_t i = 1; i < d->c.n; i++)
		d->level[i] = d->level[d->c.call[i].parent] + !d->c.call[i].only;
}

static int tree_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		     struct hp_out *out, struct hprof_error *err)
{
	const struct hp_calls_opts opts = {
		.bottom_up = o->bottom_up,
		.only_changed = true,
		.rows = o->rows,
		.depth = o->depth,
		.min_percent = o->min_percent,
	};
	struct tree_text d = {.s = hp_style_plain(v, o, &v->types[v->chosen]), .out = out};
	int r = hp_calls_init(v, v->chosen, &opts, &d.c, err);

	if (r == HPROF_OK)
		r = hp_calls_round(v, &d.c, err);
	if (r == HPROF_OK) {
		d.level = calloc(d.c.n, sizeof(*d.level));
		r = d.level ? HPROF_OK : hp_fail_nomem(err);
	}
	if (r == HPROF_OK) {
		hp_put_total(&d.s, out);
		d.total = d.c.call[0].cum.delta;
		if (d.c.n == 1 && !d.c.call[0].n_hidden) {
			hp_put_nothing(&d.s, out);
		} else if (d.s.type->base && !d.c.changed) {
			hp_out_str(out, "no difference\n");
		} else {
			put_levels(&d);
			put_head(&d);
			put_tree(&d);
		}
	}
	free(d.level);
	hp_calls_release(&d.c);
	return r;
}

const struct hp_output hp_output_tree = {
	{"tree", "call tree, from the roots or from the allocation sites", true},
	tree_draw,
};
