/*
 * report.c - all that is to be said about profiles: what they amount to in words, tables, and how
 * much of it can be trusted.
 */
#include "render/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/ops/advice.h"
#include "render/label.h"
#include "render/metadata.h"
#include "render/report_parts.h"
#include "render/row_table.h"
#include "render/time_format.h"

enum { TOP_ROWS = 10, NEXT_ROWS = 2, BRANCHES = 4, SITES = 3 };

/* A callee with so much of the whole is no branch; one with less than so much is left out. */
#define TRUNK 0.9
#define BRANCH 0.05

static const char *value(const struct hp_report *r, char *buf, double v)
{
	return hp_style_value(&r->style, buf, v);
}

/* --- in words --- */

static void put_row_name(const struct hp_report *r, const struct hp_table_row *row)
{
	struct hp_label label;

	hp_report_name(r->text, hp_row_label(r->v, row, &label));
}

/* Tables of what holds most, and pictures, have no place for it. */
static void say_below_zero(const struct hp_report *r)
{
	const double *now = r->style.type->now;
	char a[HP_NUMBER_MAX + 1];
	double sum = 0;

	for (uint32_t i = 0; i < r->v->tree.n; i++)
		sum += now[i] < 0 ? now[i] : 0;
	if (sum < 0)
		hp_report_say(r->text,
			      "%s of it is below zero: counters of the writer ran under or over, "
			      "or the file is a difference. ",
			      value(r, a, sum));
}

static void say_total(const struct hp_report *r)
{
	const struct hp_vtype *type = r->style.type;
	uint32_t objects = hp_view_objects_of(r->v, r->v->chosen);
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];

	hp_report_name(r->text, hp_view_str(r->v, type->name));
	hp_report_say(r->text, " amounts to ");
	hp_report_strong(r->text, value(r, a, type->total.current));
	if (r->v->n_profiles > 1)
		hp_report_say(r->text, ", the sum of %zu profiles", r->v->n_profiles);
	if (objects != HP_NONE && r->v->types[objects].total.current >= 1 &&
	    type->total.current >= 0) {
		double n = r->v->types[objects].total.current;

		hp_report_say(r->text, "%s in %s objects, %s each on average",
			      r->v->n_profiles > 1 ? "," : "", hp_format_grouped(a, n),
			      value(r, b, type->total.current / n));
	}
	if (r->v->filtered)
		hp_report_say(r->text, ", as far as the filters let through");
	hp_report_say(r->text, ". ");
	say_below_zero(r);
}

/* What holds most by itself, in the order of @row, which is by now. */
static void say_largest(const struct hp_report *r, const struct hp_table_row *const *row)
{
	const struct hp_table *t = &r->table;
	double total = r->style.type->total.current;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];
	double first, sum = 0;
	uint32_t n = 0;

	if (t->n == 0 || !(total > 0))
		return;
	first = row[0]->flat.current;
	for (; n < t->n && n < TOP_ROWS && row[n]->flat.current > 0; n++)
		sum += row[n]->flat.current;
	if (first < total / 10)
		hp_report_say(r->text, "No place holds a large part by itself; the largest is ");
	else
		hp_report_say(r->text, "The place that holds most is ");
	put_row_name(r, row[0]);
	hp_report_say(r->text, ", which allocated %s of it (%s)", value(r, a, first),
		      hp_format_percent(b, first, total));
	for (uint32_t i = 1; i < n && i <= NEXT_ROWS; i++) {
		hp_report_say(r->text, i == 1 ? ", followed by " : " and ");
		put_row_name(r, row[i]);
		hp_report_say(r->text, " (%s)", hp_format_percent(b, row[i]->flat.current, total));
	}
	if (n > 1 + NEXT_ROWS)
		hp_report_say(r->text, "; the %" PRIu32 " largest make up %s", n,
			      hp_format_percent(b, sum, total));
	hp_report_say(r->text, ". ");
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
static void say_branches(const struct hp_report *r)
{
	const struct hp_flame_picture *p = r->flame;
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
	hp_report_say(r->text, "Stacks first part below ");
	hp_report_name(r->text, p->name[f->row[node]]);
	hp_report_say(r->text, ": ");
	for (uint32_t n = 0; n < BRANCHES && next && f->sum[next].now >= total * BRANCH; n++) {
		hp_report_cell(r->text, hp_slice_str(n ? ", " : ""));
		hp_report_name(r->text, p->name[f->row[next]]);
		hp_report_say(r->text, " %s%s", n ? "" : "and what it calls hold ",
			      hp_format_percent(a, f->sum[next].now, total));
		next = next_heaviest(f, node, next);
	}
	hp_report_say(r->text, ". ");
}

static void say_sure(const struct hp_report *r)
{
	const struct hp_vtype *type = r->style.type;
	bool not_all = hp_sampled_of(r->v).not_all;
	double error = HP_SIGNIFICANT_ERRORS * sqrt(type->total.variance);
	char periods[HP_METADATA_MAX], b[HP_NUMBER_MAX + 1], c[HP_NUMBER_MAX + 1];

	if (!(type->total.variance > 0)) {
		hp_report_say(r->text, "%s",
			      type->errors == HP_ERRORS_NONE
				      ? "Nothing was sampled: the values are exact. "
			      : type->errors == HP_ERRORS_KNOWN
				      ? "Nothing had to be estimated. "
				      : "Whether the values were sampled is not known. ");
		return;
	}
	hp_report_say(r->text, "%s estimates from samples, one in %s on average%s. ",
		      not_all ? "Some of these values are" : "These values are",
		      hp_periods_text(r->v, periods),
		      not_all ? "; the others were not sampled" : "");
	hp_report_say(r->text, "With a probability of 95%%, the true %s differs from %s by %s",
		      type->base ? "change" : "total", type->base ? "the one shown" : "this one",
		      value(r, b, error));
	if (!type->base)
		hp_report_say(r->text, " (%s)", hp_format_percent(c, error, type->total.delta));
	hp_report_say(r->text, " at most. ");
}

/* The row of which the value is largest, or with @sign -1 smallest. */
static const struct hp_table_row *extreme(const struct hp_table *t, double sign)
{
	const struct hp_table_row *best = NULL;

	for (uint32_t i = 0; i < t->n; i++)
		if (t->row[i].flat.delta * sign > (best ? best->flat.delta * sign : 0))
			best = &t->row[i];
	return best;
}

static void say_extremes(const struct hp_report *r)
{
	const struct hp_table_row *grew = extreme(&r->table, 1);
	const struct hp_table_row *shrank = extreme(&r->table, -1);
	char a[HP_NUMBER_MAX + 1];

	if (grew) {
		hp_report_say(r->text, "What grew most is ");
		put_row_name(r, grew);
		hp_report_say(r->text, " (%s)", hp_style_delta(&r->style, a, grew->flat.delta));
	}
	if (shrank) {
		hp_report_say(r->text, grew ? ", what shrank most " : "What shrank most is ");
		put_row_name(r, shrank);
		hp_report_say(r->text, " (%s)", hp_style_delta(&r->style, a, shrank->flat.delta));
	}
	if (grew || shrank)
		hp_report_say(r->text, ". ");
}

static void say_change(const struct hp_report *r)
{
	const struct hp_vtype *type = r->style.type;
	double change = type->total.current - type->total.base;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1], c[HP_NUMBER_MAX + 1];

	if (!type->base)
		return;
	if (r->v->opts.drop_negative) {
		hp_report_say(r->text,
			      "Before, it amounted to %s; what shrank counts 0, what grew adds up "
			      "to %s. ",
			      value(r, a, type->total.base),
			      hp_style_delta(&r->style, b, type->total.delta));
		say_extremes(r);
		return;
	}
	hp_report_say(r->text, "Before, it amounted to %s: it ", value(r, a, type->total.base));
	if (change == 0)
		hp_report_say(r->text, "did not change");
	else
		hp_report_strong(r->text, change > 0 ? "grew" : "shrank");
	if (change != 0)
		hp_report_say(r->text, " by %s (%s)", value(r, b, fabs(change)),
			      hp_format_percent(c, fabs(change), type->total.base));
	if (change != 0 && type->has_error)
		hp_report_say(r->text, hp_is_significant(change, type->total.variance)
					       ? ", more than sampling explains"
					       : ", which sampling alone may explain");
	hp_report_say(r->text, ". ");
	say_extremes(r);
}

/* --- over time --- */

static const struct hp_timeline *timeline_of(const struct hp_report *r)
{
	const struct hprof_timeline *t = r->o->over_time;

	return t && t->t->n > 1 ? t->t : NULL;
}

/* The point of @t that everything else is of; t->n when it is none. */
static uint32_t shown_point(const struct hp_report *r, const struct hp_timeline *t)
{
	const struct hprof_profile *p = r->v->profiles[0]; /* with values over time the only one */
	uint32_t i = 0;

	while (i < t->n && (t->v->profiles[t->point[i].profile] != p ||
			    t->point[i].snapshot != r->v->sources[0].snapshot))
		i++;
	return i;
}

/* The point with the largest total: that which the writer flagged, of a recording. */
static uint32_t largest_point(const struct hp_timeline *t)
{
	return t->peak;
}

/* "number 3", and of profiles " (x.heap)". */
static void say_point(const struct hp_report *r, const struct hp_timeline *t, uint32_t i)
{
	hp_report_say(r->text, "number %" PRIu32, t->point[i].number);
	if (hp_is_recording(t))
		return;
	hp_report_say(r->text, " (");
	hp_report_name(r->text, hp_point_file(t, &t->point[i]));
	hp_report_say(r->text, ")");
}

/* Which profile of a series this is, and where it is not the last one what that holds. */
static void say_shown(const struct hp_report *r, const struct hp_timeline *t, uint32_t shown)
{
	double shown_total = hp_point_total(&t->point[shown]);
	double last = hp_point_total(&t->point[t->n - 1]);
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];

	hp_report_say(r->text, "This page shows ");
	say_point(r, t, shown);
	if (!hp_is_recording(t) && shown != t->n - 1) {
		hp_report_say(r->text, shown == largest_point(t) ? ", the largest: the last one, "
								 : ": the last one, ");
		say_point(r, t, t->n - 1);
		if (last == 0)
			hp_report_say(r->text, ", is empty");
		else if (last > 0 && last < shown_total)
			hp_report_say(r->text, ", holds %s, %s of that", value(r, a, last),
				      hp_format_percent(b, last, shown_total));
		else
			hp_report_say(r->text, ", holds %s", value(r, a, last));
	}
	hp_report_say(r->text, ". ");
}

static void say_time(const struct hp_report *r)
{
	const struct hp_timeline *t = timeline_of(r);
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1], c[HP_NUMBER_MAX + 1];
	uint32_t shown;

	if (!t)
		return;
	shown = shown_point(r, t);
	hp_report_say(r->text,
		      "Over %" PRIu32 " %s%s, numbers %" PRIu32 " to %" PRIu32
		      ", it went from %s to %s; the largest was %s, at ",
		      t->n, hp_is_recording(t) ? "snapshots" : "profiles",
		      t->n_left_out ? " with a tree" : "", t->point[0].number,
		      t->point[t->n - 1].number, value(r, a, hp_point_total(&t->point[0])),
		      value(r, b, hp_point_total(&t->point[t->n - 1])),
		      value(r, c, hp_point_total(&t->point[largest_point(t)])));
	say_point(r, t, largest_point(t));
	hp_report_say(r->text, ". ");
	if (shown < t->n)
		say_shown(r, t, shown);
}

/* How many addresses have no name: what is said of them is less than it could be. */
static void say_names(const struct hp_report *r)
{
	uint64_t all = 0, named = 0;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];

	for (size_t i = 0; i < r->v->n_profiles; i++) {
		const struct hp_modules *m = &r->v->profiles[i]->modules;

		for (uint32_t k = 0; k < m->n; k++) {
			all += m->row[k].n_addr;
			named += m->row[k].n_named;
		}
	}
	if (all > named)
		hp_report_say(r->text, "%s of %s addresses%s have no function name.",
			      hp_format_grouped(a, (double)(all - named)),
			      hp_format_grouped(b, (double)all),
			      r->v->n_profiles > 1 ? ", counted in each profile," : "");
}

static void put_verdict(const struct hp_report *r, const struct hp_table_row *const *row)
{
	hp_report_section(r->text, "hp-verdict", "In short");
	hp_report_block(r->text, HP_BLOCK_WORDS);
	if (r->table.n == 0) {
		const char *why = hp_why_nothing(r->v);

		hp_report_say(r->text, "%c%s. ", why[0] - 'a' + 'A', why + 1);
		say_time(r);
		return;
	}
	say_total(r);
	say_change(r);
	say_largest(r, row);
	say_branches(r);
	say_sure(r);
	say_time(r);
	say_names(r);
}

/* --- tables --- */

static void put_type(const struct hp_report *r, const struct hp_vtype *type, bool errors)
{
	const struct hp_style s = hp_style_grouped(r->v, r->o, type);
	char a[HP_NUMBER_MAX + 1];

	if (type->base) {
		hp_report_number(r, hp_style_value(&s, a, type->total.base));
		hp_report_number(r, hp_style_value(&s, a, type->total.current));
		hp_report_number(r,
				 hp_style_delta(&s, a,
						r->v->opts.drop_negative
							? type->total.delta
							: floor(type->total.current + 0.5) -
								  floor(type->total.base + 0.5)));
	} else {
		hp_report_number(r, hp_style_value(&s, a, type->total.delta));
		hp_report_number(r, hp_format_grouped(a, type->total.delta));
	}
	if (errors)
		hp_report_number(r, type->has_error
					    ? hp_style_value(&s, a, sqrt(type->total.variance))
					    : "-");
	hp_report_cell(r->text, hp_view_str(r->v, type->name));
}

/* The column of standard errors is there if some are known. */
static void put_types(const struct hp_report *r)
{
	static const struct hp_report_column plain[] = {{"total", HP_CELL_NUMBER},
							{"exactly", HP_CELL_NUMBER}};
	static const struct hp_report_column diff[] = {
		{"before", HP_CELL_NUMBER}, {"after", HP_CELL_NUMBER}, {"delta", HP_CELL_NUMBER}};
	bool errors = false, differs = r->style.type->base != NULL;

	for (uint32_t t = 0; t < r->v->n_types; t++)
		errors |= r->v->types[t].has_error;
	hp_report_section(r->text, "hp-totals", "Totals");
	hp_report_table(r->text, differs ? diff : plain, differs ? HP_LEN(diff) : HP_LEN(plain));
	if (errors)
		hp_report_column(r->text, "standard error", HP_CELL_NUMBER);
	hp_report_column(r->text, "sample type", HP_CELL_TEXT);
	for (uint32_t t = 0; t < r->v->n_types; t++)
		put_type(r, &r->v->types[t], errors);
}

/* The name of a row, with its address, and its place where that is not in a column of its own. */
static void put_name(const struct hp_report *r, const struct hp_table_row *row)
{
	char place[HP_PLACE_MAX], address[HP_ADDRESS_MAX];
	struct hp_label label;

	hp_report_cell(r->text, hp_slice_str(hp_label_address(address, r->v, row)));
	hp_report_put(r->text, hp_row_label(r->v, row, &label));
	if (hp_row_inlined(r->v, row))
		hp_report_fmt(r->text, " (inline)");
	hp_report_put(r->text, hp_slice_str(hp_label_place(place, sizeof(place), r->v, row)));
}

static void put_place(const struct hp_report *r, const struct hp_table_row *row)
{
	uint32_t module = hp_row_module(r->v, row), line = hp_row_line(r->v, row);
	struct hp_slice file = hp_row_file(r->v, row);

	hp_report_cell(r->text, HP_LIT(""));
	if (module != HP_NONE)
		hp_report_put(r->text, hp_view_module_name(r->v, module));
	if (module != HP_NONE && file.len)
		hp_report_fmt(r->text, ", ");
	hp_report_put(r->text, file);
	if (file.len && line)
		hp_report_fmt(r->text, ":%" PRIu32, line);
}

/* Say how many rows at the end of @row are below zero, and which @shown of them the table has. */
static void say_rows_below(const struct hp_report *r, const struct hp_table_row *const *row,
			   uint32_t below, uint32_t shown)
{
	uint32_t n = r->table.n;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX + 1];
	double sum = 0, left_out = 0;

	for (uint32_t i = 0; i < below; i++) {
		double flat = row[n - 1 - i]->flat.current;

		sum += flat;
		left_out += i < shown ? 0 : flat;
	}
	hp_report_block(r->text, HP_BLOCK_WORDS);
	hp_report_say(r->text, "%" PRIu32 " %s below zero, %s together", below,
		      below == 1 ? "function is" : "functions are", value(r, a, sum));
	if (shown < below)
		hp_report_say(r->text, "; %" PRIu32 " of these, %s, are left out", below - shown,
			      value(r, b, left_out));
	hp_report_say(r->text, ".");
}

static void put_row_columns(const struct hp_report *r, const struct hp_row_table *rows)
{
	hp_report_table(r->text, NULL, 0);
	for (size_t i = 0; i < rows->n_columns; i++)
		hp_report_column(r->text, rows->column[i].title, HP_CELL_NUMBER);
	hp_report_column(r->text, "name", HP_CELL_NAME);
	hp_report_column(r->text, "module, file", HP_CELL_PLACE);
}

/* @row, which was begun. */
static void put_row(const struct hp_report *r, const struct hp_row_table *rows,
		    const struct hp_table_row *row)
{
	char a[HP_NUMBER_MAX + 1];

	for (size_t i = 0; i < rows->n_columns; i++)
		hp_report_number(r, hp_row_table_cell(rows, &rows->column[i], row, a));
	put_name(r, row);
	put_place(r, row);
}

/* The rows that are largest, and then those furthest below zero, these last of all. */
static void put_top(const struct hp_report *r, const struct hp_table_row *const *row)
{
	struct hp_row_table rows = hp_row_table_after(&r->style, &r->table);
	uint32_t n = 0, below = 0, all = r->table.n;
	uint32_t shown;

	while (n < all && n < TOP_ROWS && row[n]->flat.current > 0)
		n++;
	while (below < all && row[all - 1 - below]->flat.current < 0)
		below++;
	if (n + below == 0)
		return;
	shown = below < TOP_ROWS ? below : TOP_ROWS;
	hp_report_section(r->text, "hp-top", "Where most was allocated");
	if (below)
		say_rows_below(r, row, below, shown);
	put_row_columns(r, &rows);
	for (uint32_t i = 0; i < all; i++) {
		if (i >= n && i < all - shown)
			continue;
		hp_row_table_begin(&rows, row[i]);
		put_row(r, &rows, row[i]);
	}
}

/* What changed most; the rows of a difference are in that order. */
static void put_changes(const struct hp_report *r)
{
	struct hp_row_table rows = hp_row_table_of(&r->style, &r->table, 2 * (size_t)TOP_ROWS);
	const struct hp_table_row *row;

	if (!r->style.type->base)
		return;
	hp_report_section(r->text, "hp-changes", "What changed");
	hp_report_block(r->text, HP_BLOCK_WORDS);
	hp_report_say(r->text, "Against ");
	for (size_t i = 0; i < r->v->n_bases; i++) {
		hp_report_cell(r->text, hp_slice_str(i ? ", " : ""));
		hp_report_cell(r->text, hp_input_label(r->v, r->v->n_profiles + i));
	}
	hp_report_say(r->text, r->style.type->has_error
				       ? ". A change that is more than sampling explains is marked "
					 "with *."
				       : ".");
	put_row_columns(r, &rows);
	while ((row = hp_row_table_next(&rows)))
		put_row(r, &rows, row);
}

/* What point @i is: the first, the largest, the last one, and that which the page shows. */
static void put_role(const struct hp_report *r, const struct hp_timeline *t, uint32_t i)
{
	const struct {
		const char *name;
		uint32_t point;
	} roles[] = {{"first", 0},
		     {"largest", largest_point(t)},
		     {"last", t->n - 1},
		     {"shown here", shown_point(r, t)}};
	bool any = false;

	hp_report_cell(r->text, HP_LIT(""));
	for (size_t k = 0; k < HP_LEN(roles); k++) {
		if (roles[k].point != i)
			continue;
		hp_report_fmt(r->text, "%s%s", any ? ", " : "", roles[k].name);
		any = true;
	}
}

static void put_point(const struct hp_report *r, const struct hp_timeline *t, uint32_t i)
{
	const struct hp_point *point = &t->point[i];
	char a[HP_NUMBER_MAX + 1];

	(void)snprintf(a, sizeof(a), "%" PRIu32, point->number); /* fits */
	hp_report_number(r, a);
	put_role(r, t, i);
	hp_report_number(r, value(r, a, hp_point_total(point)));
	if (hp_is_recording(t))
		hp_report_cell(r->text, hp_slice_str(hp_format_time(a, point->time, t->unit)));
	else
		hp_report_cell(r->text, hp_point_file(t, point));
	hp_report_cell(r->text, HP_LIT(""));
	for (uint32_t k = 0; point->site && k < SITES && point->top[k].row != HP_NONE; k++) {
		struct hp_label label;

		hp_report_put(r->text, hp_slice_str(k ? ", " : ""));
		hp_report_put(r->text, hp_row_label(t->v, &t->row[point->top[k].row], &label));
		hp_report_fmt(r->text, " %s", value(r, a, point->top[k].value));
	}
}

static void put_time(const struct hp_report *r)
{
	const struct hp_timeline *t = timeline_of(r);

	if (!t)
		return;
	hp_report_section(r->text, "hp-time", "Over time");
	hp_report_block(r->text, HP_BLOCK_CHART);
	hp_report_table(r->text, NULL, 0);
	hp_report_column(r->text, "number", HP_CELL_NUMBER);
	hp_report_column(r->text, "", HP_CELL_TEXT);
	hp_report_column(r->text, "total", HP_CELL_NUMBER);
	hp_report_column(r->text, hp_is_recording(t) ? "time" : "profile", HP_CELL_TEXT);
	hp_report_column(r->text, "largest sites", HP_CELL_NOTE);
	for (uint32_t i = 0; i < t->n; i++)
		if (i == 0 || i == t->n - 1 || i == largest_point(t) || i == shown_point(r, t))
			put_point(r, t, i);
}

/* --- the whole --- */

/* A row with the value that it is ordered by. */
struct ranked {
	double value;
	uint32_t at;
};

/* The largest first, then in the order of the rows. */
static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The rows of the table with the largest values now first; to be freed. */
static const struct hp_table_row **rank(const struct hp_table *t)
{
	const struct hp_table_row **row =
		calloc((size_t)t->n + 1, sizeof(const struct hp_table_row *));
	struct ranked *order = calloc((size_t)t->n + 1, sizeof(*order));

	for (uint32_t i = 0; order && i < t->n; i++)
		order[i] = (struct ranked){t->row[i].flat.current, i};
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

static int put_sections(const struct hp_report *r, struct hprof_error *err)
{
	const struct hp_table_row **row = rank(&r->table);

	if (!row)
		return hp_fail_nomem(err);
	put_verdict(r, row);
	put_types(r);
	put_time(r);
	put_top(r, row);
	put_changes(r);
	free(row);
	hp_report_block(r->text, HP_BLOCK_GRAPH);
	return hp_report_profiles(r, err);
}

int hp_report_write(const struct hprof_view *v, const struct hprof_render_opts *o,
		    const struct hp_flame_picture *flame, struct hp_report_text *text,
		    struct hprof_error *err)
{
	struct hp_report r = {.v = v,
			      .o = o,
			      .flame = flame,
			      .style = hp_style_grouped(v, o, &v->types[v->chosen]),
			      .text = text};
	int code = hp_table_init(v, v->chosen, 0, &r.table, err);

	*text = (struct hp_report_text){0};
	if (code < 0)
		return code;
	code = hp_info_new(v, &r.info, err);
	if (code == HPROF_OK)
		code = put_sections(&r, err);
	if (code == HPROF_OK && text->failed)
		code = hp_fail_nomem(err);
	hp_info_free(r.info);
	hp_table_release(&r.table);
	return code;
}
