/*
 * report.c - all that is to be said about a profile on one page: what it amounts to in words,
 * tables, the flame graph, and how much of it can be trusted.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/ops/info.h"
#include "render/clock.h"
#include "render/markup.h"
#include "render/page.h"
#include "render/timeline_chart.h"

enum { TOP_ROWS = 10, NEXT_ROWS = 2, THREAD_ROWS = 50, BRANCHES = 4 };

/* A callee with so much of the whole is no branch; one with less than so much is not told. */
#define TRUNK 0.9
#define BRANCH 0.05

/* Two sides of a normal distribution: 95 of 100 lie within so many standard errors. */

struct report {
	struct hp_page page;
	const struct hprof_view *v;
	struct hp_out *out;
	const struct hp_style *style;
	struct hp_table table; /* of the chosen type, all rows */
	struct hp_info *info;
};

static const char *value(const struct report *r, char *buf, double v)
{
	return hp_page_value(r->style, buf, v);
}

/* --- in words --- */

static void put_row_name(const struct report *r, const struct hp_table_row *row)
{
	struct hp_label label;

	hp_out_str(r->out, "<code>");
	hp_put_markup(r->out, hp_row_label(r->v, row, &label));
	hp_out_str(r->out, "</code>");
}

/* The type that counts the objects of the chosen one, HP_NONE if none does. */
static uint32_t objects_of(const struct hprof_view *v)
{
	struct hp_slice name = hp_view_str(v, v->types[v->chosen].name), space = HP_LIT("space");

	if (!hp_slice_ends(name, space))
		return HP_NONE;
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_slice other = hp_view_str(v, v->types[t].name);

		if (hp_slice_ends(other, HP_LIT("objects")) &&
		    other.len - 7 == name.len - space.len &&
		    memcmp(other.ptr, name.ptr, other.len - 7) == 0)
			return t;
	}
	return HP_NONE;
}

static void say_total(const struct report *r)
{
	const struct hp_vtype *type = r->style->type;
	uint32_t objects = objects_of(r->v);
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];

	hp_out_str(r->out, "<code>");
	hp_put_markup(r->out, hp_view_str(r->v, type->name));
	hp_out_fmt(r->out, "</code> amounts to <b>%s</b>", value(r, a, type->total_now));
	if (objects != HP_NONE && r->v->types[objects].total_now >= 1) {
		double n = r->v->types[objects].total_now;

		hp_out_fmt(r->out, " in %s objects, %s each on average", hp_format_grouped(a, n),
			   value(r, b, type->total_now / n));
	}
	if (r->v->filtered)
		hp_out_str(r->out, ", as far as the filters let through");
	hp_out_str(r->out, ". ");
}

/* What holds most by itself, in the order of @row, which is by now. */
static void say_largest(const struct report *r, const struct hp_table_row *const *row)
{
	const struct hp_table *t = &r->table;
	double total = r->style->type->total_now;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];
	double first, sum = 0;
	uint32_t n = 0;

	if (t->n == 0 || !(total > 0))
		return;
	first = hp_table_now(t, row[0]).flat;
	for (; n < t->n && n < TOP_ROWS && hp_table_now(t, row[n]).flat > 0; n++)
		sum += hp_table_now(t, row[n]).flat;
	if (first < total / 10)
		hp_out_str(r->out, "No place holds a large part by itself; the largest is ");
	else
		hp_out_str(r->out, "The place that holds most is ");
	put_row_name(r, row[0]);
	hp_out_fmt(r->out, ", which allocated %s of it (%s)", value(r, a, first),
		   hp_format_percent(b, first, total));
	for (uint32_t i = 1; i < n && i <= NEXT_ROWS; i++) {
		hp_out_str(r->out, i == 1 ? ", followed by " : " and ");
		put_row_name(r, row[i]);
		hp_out_fmt(r->out, " (%s)",
			   hp_format_percent(b, hp_table_now(t, row[i]).flat, total));
	}
	if (n > 1 + NEXT_ROWS)
		hp_out_fmt(r->out, "; the %" PRIu32 " largest make up %s", n,
			   hp_format_percent(b, sum, total));
	hp_out_str(r->out, ". ");
}

/* The callee of @node that holds most now, of those after @last, which comes before it; 0: none. */
static uint32_t next_heaviest(const struct hp_flame *f, uint32_t node, uint32_t last)
{
	uint32_t best = 0;

	for (uint32_t i = node + 1; i < f->end[node]; i = f->end[i]) {
		double now = f->sum[i].now;

		if (last && (now > f->sum[last].now || (now == f->sum[last].now && i <= last)))
			continue;
		if (!best || now > f->sum[best].now)
			best = i;
	}
	return best;
}

/* Where the stacks first part, and what each way holds. */
static void say_branches(const struct report *r)
{
	const struct hp_flame_picture *p = &r->page.flame;
	const struct hp_flame *f = &p->f;
	double total = f->sum[0].now;
	uint32_t node = 0, next = next_heaviest(f, 0, 0);
	char a[HP_NUMBER_MAX];

	while (next && f->sum[next].now >= total * TRUNK) {
		node = next;
		next = next_heaviest(f, node, 0);
	}
	if (!next || !node || !(f->sum[next].now >= total * BRANCH))
		return;
	hp_out_str(r->out, "Stacks first part below <code>");
	hp_put_markup(r->out, p->name[f->row[node]]);
	hp_out_str(r->out, "</code>: ");
	for (uint32_t n = 0; n < BRANCHES && next && f->sum[next].now >= total * BRANCH; n++) {
		hp_out_str(r->out, n ? ", <code>" : "<code>");
		hp_put_markup(r->out, p->name[f->row[next]]);
		hp_out_fmt(r->out, "</code> %s%s", n ? "" : "and what it calls hold ",
			   hp_format_percent(a, f->sum[next].now, total));
		next = next_heaviest(f, node, next);
	}
	hp_out_str(r->out, ". ");
}

static void say_sure(const struct report *r)
{
	const struct hprof_profile *p = r->v->profiles[0];
	const struct hp_vtype *type = r->style->type;
	double error = HP_SIGNIFICANT_ERRORS * sqrt(type->total_variance);
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1], c[HP_NUMBER_MAX + 1];

	if (!(type->total_variance > 0)) {
		hp_out_str(r->out, type->errors == HP_ERRORS_NONE
					   ? "Nothing was sampled: the values are exact. "
				   : type->errors == HP_ERRORS_KNOWN
					   ? "Nothing had to be estimated. "
					   : "Whether the values were sampled is not known. ");
		return;
	}
	hp_out_fmt(r->out,
		   "These are estimates from samples, one in %s on average: with a probability of "
		   "95%% %s is within %s",
		   hp_format_bytes(a, (double)hp_profile_period(p), HPROF_UNIT_AUTO),
		   type->base ? "the change" : "the true total", value(r, b, error));
	if (!type->base)
		hp_out_fmt(r->out, " (%s)", hp_format_percent(c, error, type->total));
	hp_out_str(r->out, type->base ? " of what is told here. " : " of this one. ");
}

/* The row of which the value is largest, or with @sign -1 smallest. */
static const struct hp_table_row *extreme(const struct hp_table *t, double sign)
{
	const struct hp_table_row *best = NULL;

	for (uint32_t i = 0; i < t->n; i++)
		if (t->row[i].value.flat * sign > (best ? best->value.flat * sign : 0))
			best = &t->row[i];
	return best;
}

static void say_change(const struct report *r)
{
	const struct hp_vtype *type = r->style->type;
	double change = type->total_now - type->total_base;
	const struct hp_table_row *grew, *shrank;
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX + 1];

	if (!type->base)
		return;
	hp_out_fmt(r->out, "Before it was %s: it %s", value(r, a, type->total_base),
		   change > 0   ? "<b>grew</b> by "
		   : change < 0 ? "<b>shrank</b> by "
				: "is the same");
	if (change != 0)
		hp_out_fmt(r->out, "%s (%s)", value(r, b, fabs(change)),
			   hp_format_percent(c, fabs(change), type->total_base));
	if (change != 0 && type->has_error)
		hp_out_str(r->out, hp_is_significant(change, type->total_variance)
					   ? ", more than sampling explains"
					   : ", which sampling alone may explain");
	hp_out_str(r->out, ". ");
	grew = extreme(&r->table, 1);
	shrank = extreme(&r->table, -1);
	if (grew) {
		hp_out_str(r->out, "What grew most is ");
		put_row_name(r, grew);
		hp_out_fmt(r->out, " (%s)", hp_page_delta(r->style, c, grew->value.flat));
	}
	if (shrank) {
		hp_out_str(r->out, grew ? ", what shrank most " : "What shrank most is ");
		put_row_name(r, shrank);
		hp_out_fmt(r->out, " (%s)", hp_page_delta(r->style, c, shrank->value.flat));
	}
	hp_out_str(r->out, grew || shrank ? ". " : "");
}

/* The point of @t that everything else is of; t->n when it is none. */
static uint32_t shown_point(const struct report *r, const struct hp_timeline *t)
{
	const struct hprof_profile *p = r->v->profiles[0];
	uint32_t i = 0;

	while (i < t->n && (t->v->profiles[t->point[i].profile] != p ||
			    (p->snapshots.n && t->point[i].snapshot != p->snapshots.at)))
		i++;
	return i;
}

static void say_time(const struct report *r)
{
	const struct hprof_timeline *over_time = r->style->o->over_time;
	const struct hp_timeline *t = over_time ? over_time->t : NULL;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1], c[HP_NUMBER_MAX + 1];
	uint32_t shown;

	if (!t || t->n < 2)
		return;
	shown = shown_point(r, t);
	hp_out_fmt(r->out,
		   "Over %" PRIu32 " %s, numbers 0 to %" PRIu32
		   ", it went from %s to %s; the largest was %s, at number %" PRIu32,
		   t->n, hp_is_recording(t) ? "snapshots" : "profiles", t->n - 1,
		   value(r, a, hp_point_total(&t->point[0])),
		   value(r, b, hp_point_total(&t->point[t->n - 1])),
		   value(r, c, hp_point_total(&t->point[t->peak])), t->peak);
	if (shown < t->n)
		hp_out_fmt(r->out, "; what is shown here is number %" PRIu32, shown);
	hp_out_str(r->out, ". ");
}

/* How many addresses have no name: what is told of them is less than it could be. */
static void say_names(const struct report *r)
{
	const struct hp_modules *m = &r->v->profiles[0]->modules;
	uint64_t all = 0, named = 0;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];

	for (uint32_t i = 0; i < m->n; i++) {
		all += m->row[i].n_addr;
		named += m->row[i].n_named;
	}
	if (all > named)
		hp_out_fmt(r->out, "%s of %s addresses have no function name.",
			   hp_format_grouped(a, (double)(all - named)),
			   hp_format_grouped(b, (double)all));
}

static void put_verdict(const struct report *r, const struct hp_table_row *const *row)
{
	hp_page_section(r->out, "hp-verdict", "In short");
	hp_out_str(r->out, "<p class=\"verdict\">");
	if (r->table.n == 0) {
		hp_out_str(r->out, "No samples: profiling was not active, nothing was sampled, or "
				   "the filters leave nothing.");
	} else {
		say_total(r);
		say_change(r);
		say_largest(r, row);
		say_branches(r);
		say_sure(r);
		say_time(r);
		say_names(r);
	}
	hp_out_str(r->out, "</p>\n</section>\n");
}

/* --- tables --- */

/* Returns whether there is a column of standard errors: it is there if some are known. */
static bool open_types(const struct report *r)
{
	const char *heading[5] = {"Total", "Exactly"};
	size_t n = 2;
	bool errors = false;

	for (uint32_t t = 0; t < r->v->n_types; t++)
		errors |= r->v->types[t].has_error;
	if (r->style->type->base) {
		heading[0] = "Old";
		heading[1] = "New";
		heading[n++] = "Change";
	}
	if (errors)
		heading[n++] = "Standard error";
	heading[n++] = "Sample type";
	hp_page_section(r->out, "hp-totals", "Totals");
	hp_page_table(r->out, heading, n, n - 1);
	return errors;
}

static void put_types(const struct report *r)
{
	bool differs = r->style->type->base != NULL, errors = open_types(r);
	char a[HP_NUMBER_MAX + 1];

	for (uint32_t t = 0; t < r->v->n_types; t++) {
		const struct hp_vtype *type = &r->v->types[t];
		const struct hp_style s = {r->v, r->style->o, type};

		hp_out_str(r->out, "<tr>");
		if (differs) {
			hp_page_number(r->out, hp_page_value(&s, a, type->total_base));
			hp_page_number(r->out, hp_page_value(&s, a, type->total_now));
			hp_page_number(r->out,
				       hp_page_delta(&s, a,
						     floor(type->total_now + 0.5) -
							     floor(type->total_base + 0.5)));
		} else {
			hp_page_number(r->out, hp_page_value(&s, a, type->total));
			hp_page_number(r->out, hp_format_grouped(a, type->total));
		}
		if (errors)
			hp_page_number(r->out,
				       type->has_error
					       ? hp_page_value(&s, a, sqrt(type->total_variance))
					       : "-");
		hp_page_text(r->out, hp_view_str(r->v, type->name));
		hp_out_str(r->out, "</tr>\n");
	}
	hp_page_table_end(r->out);
	hp_out_str(r->out, "</section>\n");
}

static void put_place(const struct report *r, const struct hp_table_row *row)
{
	uint32_t module = hp_row_module(r->v, row), line = hp_row_line(r->v, row);
	struct hp_slice file = hp_row_file(r->v, row);

	hp_out_str(r->out, "<td class=\"where\">");
	if (module != HP_NONE)
		hp_put_markup(r->out, hp_view_module_name(r->v, module));
	if (module != HP_NONE && file.len)
		hp_out_str(r->out, ", ");
	hp_put_markup(r->out, file);
	if (file.len && line)
		hp_out_fmt(r->out, ":%" PRIu32, line);
	hp_out_str(r->out, "</td>");
}

static void put_top(const struct report *r, const struct hp_table_row *const *row)
{
	static const char *const heading[] = {"Self",  "Self %",   "Sum %",
					      "Total", "Function", "Module, file"};
	double total = r->style->type->total_now, sum = 0;
	uint32_t n = 0;
	char a[HP_NUMBER_MAX + 1];

	while (n < r->table.n && n < TOP_ROWS && hp_table_now(&r->table, row[n]).flat > 0)
		n++;
	if (n == 0)
		return;
	hp_page_section(r->out, "hp-top", "Where most was allocated");
	hp_page_table(r->out, heading, HP_LEN(heading), 4);
	for (uint32_t i = 0; i < n; i++) {
		struct hp_sums now = hp_table_now(&r->table, row[i]);

		sum += now.flat;
		hp_out_str(r->out, "<tr>");
		hp_page_number(r->out, value(r, a, now.flat));
		hp_page_number(r->out, hp_format_percent(a, now.flat, total));
		hp_page_number(r->out, hp_format_percent(a, sum, total));
		hp_page_number(r->out, value(r, a, now.cum));
		hp_page_name(r->out, r->v, row[i]);
		put_place(r, row[i]);
		hp_out_str(r->out, "</tr>\n");
	}
	hp_page_table_end(r->out);
	hp_out_str(r->out, "</section>\n");
}

/* Whether the change of a row is marked as one that sampling alone may explain. */
static bool may_be_chance(const struct report *r, const struct hp_table_row *row)
{
	return r->style->type->has_error && row->value.flat != 0 &&
	       !hp_row_significant(r->style->type, row);
}

/* What changed most; the rows of a difference are in that order. */
static void put_changes(const struct report *r)
{
	static const char *const heading[] = {"Old",   "New",      "Change",
					      "Total", "Function", "Module, file"};
	uint32_t n = r->table.n < 2 * TOP_ROWS ? r->table.n : 2 * TOP_ROWS;
	char a[HP_NUMBER_MAX + 1];

	if (!r->style->type->base)
		return;
	hp_page_section(r->out, "hp-changes", "What changed");
	hp_out_str(r->out, "<p>Against ");
	for (size_t i = 0; i < r->v->n_bases; i++) {
		const struct hprof_profile *p = r->v->profiles[r->v->n_profiles + i];

		hp_out_str(r->out, i ? ", " : "");
		hp_put_markup(r->out, hp_slice_basename(hp_profile_str(p, p->input)));
	}
	hp_out_str(r->out, r->style->type->has_error
				   ? ". A change that sampling alone may explain is marked with "
				     "~.</p>\n"
				   : ".</p>\n");
	hp_page_table(r->out, heading, HP_LEN(heading), 4);
	for (uint32_t i = 0; i < n; i++) {
		const struct hp_table_row *row = &r->table.row[i];

		if (row->value.flat == 0 && row->value.cum == 0)
			break;
		hp_out_str(r->out, "<tr>");
		hp_page_number(r->out, value(r, a, hp_table_base(&r->table, row).flat));
		hp_page_number(r->out, value(r, a, hp_table_now(&r->table, row).flat));
		hp_out_fmt(r->out, "<td class=\"num\">%s%s</td> ",
			   may_be_chance(r, row) ? "~ " : "",
			   hp_page_delta(r->style, a, row->value.flat));
		hp_page_number(r->out, hp_page_delta(r->style, a, row->value.cum));
		hp_page_name(r->out, r->v, row);
		put_place(r, row);
		hp_out_str(r->out, "</tr>\n");
	}
	hp_page_table_end(r->out);
	hp_out_str(r->out, "</section>\n");
}

static int put_timeline(const struct report *r, struct hprof_error *err)
{
	const struct hprof_timeline *t = r->style->o->over_time;
	int code;

	if (!t || t->t->n < 2)
		return HPROF_OK;
	hp_page_section(r->out, "hp-time", "Over time");
	hp_out_str(r->out, "<div class=\"picture\">\n");
	code = hp_timeline_put_svg(t->t, r->style->o, r->out, err);
	hp_out_str(r->out, "</div>\n</section>\n");
	return code;
}

/* --- what it is made from --- */

static void put_fact(const struct report *r, const char *label, struct hp_slice text)
{
	if (!text.len)
		return;
	hp_out_fmt(r->out, "<tr><th scope=\"row\">%s</th> ", label);
	hp_page_text(r->out, text);
	hp_out_str(r->out, "</tr>\n");
}

static void put_number(const struct report *r, const char *label, uint64_t n)
{
	char a[HP_NUMBER_MAX];

	put_fact(r, label, hp_slice_str(hp_format_grouped(a, (double)n)));
}

static void put_profile(const struct report *r)
{
	const struct hprof_profile *p = r->v->profiles[0];
	char period[HP_NUMBER_MAX] = "none: every allocation counts";

	if (hp_profile_period(p))
		hp_format_bytes(period, (double)hp_profile_period(p), HPROF_UNIT_AUTO);
	else if (hp_profile_errors(p, p->default_type) == HP_ERRORS_UNKNOWN)
		memcpy(period, "not known", sizeof("not known"));
	hp_page_section(r->out, "hp-profile", "The profile");
	hp_out_str(r->out, "<div class=\"scroll\"><table>\n<tbody>\n");
	for (size_t i = 0; i < r->v->n_profiles; i++)
		put_fact(r, "file", hp_profile_str(r->v->profiles[i], r->v->profiles[i]->input));
	for (size_t i = 0; i < r->v->n_bases; i++) {
		const struct hprof_profile *base = r->v->profiles[r->v->n_profiles + i];

		put_fact(r, "base", hp_profile_str(base, base->input));
	}
	put_fact(r, "format", hp_slice_str(p->format));
	put_fact(r, "writer", hp_profile_str(p, p->writer));
	put_fact(r, "command", hp_profile_str(p, p->snapshots.command));
	put_fact(r, "sampling, one in", hp_slice_str(period));
	put_number(r, "stacks", p->n_stacks);
	put_number(r, "frames of the deepest", p->max_depth);
	put_number(r, "allocator frames cut", r->v->counts[0].cut_frames);
	hp_page_table_end(r->out);
	hp_out_str(r->out, "</section>\n");
}

struct ranked {
	double value;
	uint32_t at;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The threads that hold most of the default type, of the profile itself. */
static int put_threads(const struct report *r, struct hprof_error *err)
{
	static const char *const heading[] = {"Value", "Share", "Thread"};
	const struct hprof_profile *p = r->v->profiles[0];
	struct ranked *order;
	double sum = 0;
	char a[HP_NUMBER_MAX];

	if (!p->threads.n || !p->thread_total)
		return HPROF_OK;
	order = calloc(p->threads.n, sizeof(*order));
	if (!order)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < p->threads.n; i++) {
		order[i] = (struct ranked){
			p->thread_total[(size_t)i * p->n_types + p->default_type], i};
		sum += order[i].value;
	}
	qsort(order, p->threads.n, sizeof(*order), by_value);
	hp_page_section(r->out, "hp-threads", "Threads");
	hp_page_table(r->out, heading, HP_LEN(heading), 2);
	for (uint32_t i = 0; i < p->threads.n && i < THREAD_ROWS; i++) {
		uint32_t at = order[i].at;

		hp_out_str(r->out, "<tr>");
		hp_page_number(r->out, hp_format_bytes(a, order[i].value, r->style->o->unit));
		hp_page_number(r->out, hp_format_percent(a, order[i].value, sum));
		hp_out_str(r->out, "<td>");
		hp_put_markup(r->out, hp_profile_str(p, p->threads.id[at]));
		if (p->threads.name[at].i) {
			hp_out_char(r->out, ' ');
			hp_put_markup(r->out, hp_profile_str(p, p->threads.name[at]));
		}
		hp_out_str(r->out, "</td></tr>\n");
	}
	hp_page_table_end(r->out);
	if (p->threads.n > THREAD_ROWS)
		hp_out_fmt(r->out, "<p class=\"faint\">%" PRIu32 " more</p>\n",
			   p->threads.n - THREAD_ROWS);
	hp_out_str(r->out, "</section>\n");
	free(order);
	return HPROF_OK;
}

static void put_module(const struct report *r, const struct hprof_profile *p,
		       const struct hp_module *m)
{
	char a[HP_NUMBER_MAX];

	hp_out_str(r->out, "<tr>");
	hp_page_number(r->out, hp_format_grouped(a, m->n_addr));
	hp_page_number(r->out, hp_format_grouped(a, m->n_named));
	hp_page_number(r->out, hp_format_grouped(a, m->n_lined));
	hp_page_text(r->out, hp_slice_str(hp_module_status_name(m->status)));
	hp_page_text(r->out, hp_slice_str(hp_module_symbols_name(m->symbols)));
	hp_out_str(r->out, "<td class=\"name\">");
	hp_put_markup(r->out, hp_profile_str(p, m->path));
	hp_out_str(r->out, m->deleted ? " (deleted)</td> " : "</td> ");
	hp_out_str(r->out, "<td class=\"where\">");
	hp_put_markup(r->out, hp_profile_str(p, m->build_id));
	if (m->note.i) {
		hp_out_str(r->out, m->build_id.i ? ": " : "");
		hp_put_markup(r->out, hp_profile_str(p, m->note));
	}
	hp_out_str(r->out, "</td></tr>\n");
}

static void put_modules(const struct report *r)
{
	static const char *const heading[] = {"Addresses", "Named",  "With a line",   "Status",
					      "Symbols",   "Module", "Build ID, note"};
	const struct hprof_profile *p = r->v->profiles[0];
	bool any = false;

	for (uint32_t i = 0; i < p->modules.n; i++)
		any |= p->modules.row[i].n_addr > 0;
	if (!any)
		return;
	hp_page_section(r->out, "hp-modules", "Modules, and how their addresses were named");
	hp_page_table(r->out, heading, HP_LEN(heading), 3);
	for (uint32_t i = 0; i < p->modules.n; i++)
		if (p->modules.row[i].n_addr)
			put_module(r, p, &p->modules.row[i]);
	hp_page_table_end(r->out);
	hp_out_str(r->out, "</section>\n");
}

static void put_warnings(const struct report *r)
{
	const struct hprof_view *v = r->v;
	const struct hprof_render_opts *o = r->style->o;
	size_t n = r->info->n_hints + o->n_left_out;

	for (size_t i = 0; i < v->n_profiles + v->n_bases; i++)
		n += v->profiles[i]->warnings.n;
	if (n == 0)
		return;
	hp_page_section(r->out, "hp-warnings", "Warnings and hints");
	hp_out_str(r->out, "<ul>\n");
	for (size_t i = 0; i < o->n_left_out; i++) {
		hp_out_str(r->out, "<li>");
		hp_put_markup(r->out, hp_slice_str(o->left_out[i]));
		hp_out_str(r->out, "</li>\n");
	}
	for (size_t i = 0; i < v->n_profiles + v->n_bases; i++) {
		const struct hprof_profile *p = v->profiles[i];

		for (uint32_t k = 0; k < p->warnings.n; k++) {
			hp_out_str(r->out, "<li>");
			if (v->n_profiles + v->n_bases > 1) {
				hp_put_markup(r->out, hp_profile_str(p, p->input));
				hp_out_str(r->out, ": ");
			}
			hp_put_markup(r->out, hp_slice_str(p->warnings.row[k].text));
			if (p->warnings.row[k].count > 1)
				hp_out_fmt(r->out, " (and %" PRIu64 " more of this kind)",
					   p->warnings.row[k].count - 1);
			hp_out_str(r->out, "</li>\n");
		}
	}
	for (size_t i = 0; i < r->info->n_hints; i++) {
		hp_out_str(r->out, "<li>");
		hp_put_markup(r->out, hp_slice_str(r->info->hint[i]));
		hp_out_str(r->out, "</li>\n");
	}
	hp_out_str(r->out, "</ul>\n</section>\n");
}

/* --- the whole --- */

/* The rows of the table with the largest values now first; to be freed. */
static const struct hp_table_row **rank(const struct hp_table *t)
{
	const struct hp_table_row **row =
		calloc((size_t)t->n + 1, sizeof(const struct hp_table_row *));
	struct ranked *order = calloc((size_t)t->n + 1, sizeof(*order));

	for (uint32_t i = 0; order && i < t->n; i++)
		order[i] = (struct ranked){hp_table_now(t, &t->row[i]).flat, i};
	if (order)
		qsort(order, t->n, sizeof(*order), by_value);
	for (uint32_t i = 0; row && order && i < t->n; i++)
		row[i] = &t->row[order[i].at];
	if (!order) {
		free(row);
		row = NULL;
	}
	free(order);
	return row;
}

static int put_sections(struct report *r, struct hprof_error *err)
{
	const struct hp_table_row **row = rank(&r->table);
	int code;

	if (!row)
		return hp_fail_nomem(err);
	put_verdict(r, row);
	put_types(r);
	code = put_timeline(r, err);
	put_top(r, row);
	put_changes(r);
	free(row);
	if (code < 0)
		return code;
	hp_page_put_flame(&r->page);
	code = hp_page_put_functions(&r->page, err);
	if (code < 0)
		return code;
	put_profile(r);
	code = put_threads(r, err);
	if (code < 0)
		return code;
	put_modules(r);
	put_warnings(r);
	return hp_page_put_end(&r->page, err);
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	struct report r = {.v = v, .out = out};
	int code = hp_table_new(v, v->chosen, 0, &r.table, err);

	if (code < 0)
		return code;
	code = hp_info_new(v, &r.info, err);
	if (code == HPROF_OK) {
		code = hp_page_open(&r.page, v, o, "heap profile report", out, err);
		r.style = &r.page.style;
		if (code == HPROF_OK)
			code = put_sections(&r, err);
		hp_page_close(&r.page);
		hp_info_free(r.info);
	}
	hp_table_release(&r.table);
	return code;
}

const struct hp_output hp_output_report_html = {
	{"report-html", "all about a profile as a page that stands alone (HTML)", true},
	draw,
};
