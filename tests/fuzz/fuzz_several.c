/*
 * fuzz_several.c - any bytes as two or three profiles of one command: added up, subtracted, as a
 * series, in a report; with the rules that totals keep.
 *
 * The first byte chooses what is not tested every time; then come the sizes of the first and of the
 * second profile, three bytes each, the lowest first.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/model/profile.h"
#include "analyzer/ops/table.h"
#include "analyzer/ops/timeline.h"
#include "tests/fuzz/outputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { MOST = 3, HEADER = 7 };

struct several {
	struct hprof_profile *p[MOST];
	const struct hprof_profile *c[MOST]; /* the same */
	struct hprof_source source[MOST];    /* the same, at one snapshot */
	size_t n;
	unsigned choice;
};

/* Whether @x is @y but for rounding, where values of size @size were added up. */
static bool is_near(double x, double y, double size)
{
	return fabs(x - y) <= 1e-9 * size + 1e-6;
}

/* The flat values of a table's rows add up to the total, of both sides and of the change. */
static void check_table(const struct hprof_view *v, uint32_t type)
{
	const struct hp_vtype *t = &v->types[type];
	double sum = 0, now = 0, base = 0, size = 0;
	struct hp_table table;

	if (hp_table_init(v, type, 1, &table, NULL) < 0)
		return;
	for (uint32_t i = 0; i < table.n; i++) {
		double x = table.row[i].flat.current;
		double y = table.row[i].flat.base;

		sum += table.row[i].flat.delta;
		now += x;
		base += y;
		size += fabs(x) + fabs(y);
	}
	must(is_near(sum, t->total.delta, size), "rows add up to the total");
	must(is_near(now, t->total.current, size), "rows add up to what is there now");
	must(is_near(base, t->total.base, size), "rows add up to what was there before");
	hp_table_release(&table);
}

/* The total of sample type @name in @source, and, in *@size, of what was added up. */
static double total_in(const struct hprof_source *source, struct hp_slice name, double *size)
{
	const struct hprof_profile *p = source->profile;
	const struct hp_samples *all = hp_snapshot_samples(p, hp_source_snapshot(source));
	uint32_t type = hp_profile_type(p, name);
	double sum = 0;

	for (uint32_t i = 0; type != HP_NONE && i < all->n; i++) {
		sum += all->estimate[type][i];
		*size += fabs(all->estimate[type][i]);
	}
	return sum;
}

/* The first @n profiles less the others: what each side of every type amounts to. */
static void check_totals(const struct several *s, const struct hprof_view *v, size_t n)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_slice name = hp_view_str(v, v->types[t].name);
		double now = 0, base = 0, size = 0;

		for (size_t i = 0; i < s->n; i++)
			*(i < n ? &now : &base) += total_in(&s->source[i], name, &size);
		check_table(v, t);
		must(is_near(v->types[t].total.current, now, size), "a sum has the sum of totals");
		must(is_near(v->types[t].total.base, base, size), "bases have the sum of theirs");
		if (!v->opts.drop_negative)
			must(is_near(v->types[t].total.delta, now - base, size),
			     "a difference is new less old");
	}
}

/* Sums, and differences of the first @n and the others. */
static void check_views(const struct several *s, size_t n)
{
	static const struct hprof_view_opts opts[] = {
		{.granularity = HPROF_BY_FUNCTION, .all_types = true},
		{.granularity = HPROF_BY_ADDRESS, .prune = HPROF_PRUNE_NONE, .all_types = true},
		{.granularity = HPROF_BY_LINE, .all_types = true, .names = HPROF_NAMES_FULL},
		{.granularity = HPROF_BY_MODULE, .drop_negative = true},
		{.granularity = HPROF_BY_FUNCTION, .all_types = true, .shares = true},
	};

	const struct hprof_render_opts o = {.rows = s->choice % 7};

	for (size_t i = 0; i < HP_LEN(opts); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_view *v;

		if (i && i != s->choice % HP_LEN(opts))
			continue;
		if (hprof_view_new(s->source, n, s->source + n, s->n - n, &opts[i], &v, &err) < 0) {
			must(err.message[0] != '\0', "a failure has a message");
			continue;
		}
		check_totals(s, v, n);
		write_all(v, &o, s->choice);
		hprof_view_free(v);
	}
}

/* A point is its profile's total; sites and what is at each point are no more than that. */
static void check_points(const struct several *s, const struct hprof_timeline *over_time)
{
	const struct hp_timeline *t = over_time->t;
	struct hp_slice name = hp_view_str(t->v, t->v->types[t->v->chosen].name);

	for (uint32_t i = 0; i < t->n; i++) {
		const struct hp_point *p = &t->point[i];
		double size = 0, sites = 0;

		must(i == 0 || t->point[i - 1].time <= p->time, "points are in the order of time");
		if (p->snapshot != HP_NONE)
			continue;
		must(p->profile < s->n, "a point is of a profile");
		must(is_near(p->heap, total_in(&s->source[p->profile], name, &size), size),
		     "a point is its profile's total");
		for (uint32_t k = 0; p->site && k < t->n_sites; k++)
			sites += fabs(p->site[k]);
		must(sites <= size + 1e-9 * size + 1e-6, "sites are no more than all");
	}
}

static void check_series(const struct several *s)
{
	static const struct hprof_view_opts opts[] = {
		{.moments = true, .all_types = true},
		{.moments = true, .granularity = HPROF_BY_LINE},
		{.moments = true, .granularity = HPROF_BY_MODULE, .prune = HPROF_PRUNE_NONE},
	};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_render_opts o = {.rows = s->choice % 7, .details = true};
	struct hprof_timeline *over_time = NULL;
	struct hprof_view *v;

	if (test_view_of(s->c, s->n, NULL, 0, &opts[s->choice % HP_LEN(opts)], &v, &err) < 0) {
		must(err.message[0] != '\0', "a failure has a message");
		return;
	}
	if (hprof_timeline_new(v, 1 + s->choice % 5, &over_time, &err) < 0) {
		must(err.message[0] != '\0', "a failure has a message");
	} else {
		check_points(s, over_time);
		o.over_time = over_time;
		write_all(v, &o, s->choice);
	}
	hprof_timeline_free(over_time);
	hprof_view_free(v);
}

/* Load one more profile, if it is one. */
static void load(struct several *s, const uint8_t *bytes, size_t len)
{
	const struct hprof_load_opts opts = {
		.threads = s->choice & 1 ? HPROF_THREADS_STACKS : HPROF_THREADS_NONE,
		.limits = {.input_bytes = 1 << 20,
			   .text_bytes = 1 << 20,
			   .line_bytes = 1 << 18,
			   .rows = 1 << 16},
	};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p;
	char *copy = malloc(len ? len : 1);
	char note[HPROF_MESSAGE_MAX];
	struct hprof_source *source = &s->source[s->n];

	if (!copy)
		return;
	if (len)
		memcpy(copy, bytes, len);
	if (hprof_load_bytes(copy, len, "fuzz", &opts, &p, &err) == 0) {
		s->c[s->n] = s->p[s->n] = p;
		if (hprof_find_snapshot(&s->c[s->n], 1, s->choice & 2 ? "peak" : "last", NULL, note,
					source, &err) < 0) {
			must(err.message[0] != '\0', "a failure has a message");
			*source = (struct hprof_source){.snapshot = HPROF_ALL_SNAPSHOTS};
		}
		source->profile = p;
		source->note = NULL;
		s->n++;
	}
	free(copy);
}

/* The size in three bytes at @b, of at most @left. */
static size_t size_at(const uint8_t *b, size_t left)
{
	size_t size = b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16;

	return size < left ? size : left;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct several s = {.n = 0};
	size_t first, second;

	if (len < HEADER)
		return 0;
	s.choice = bytes[0];
	first = size_at(bytes + 1, len - HEADER);
	second = size_at(bytes + 4, len - HEADER - first);
	load(&s, bytes + HEADER, first);
	load(&s, bytes + HEADER + first, second);
	if (s.choice & 4)
		load(&s, bytes + HEADER + first + second, len - HEADER - first - second);
	if (s.n >= 2) {
		check_views(&s, s.n);
		check_views(&s, 1 + (s.choice >> 3) % (s.n - 1));
		check_series(&s);
	}
	for (size_t i = 0; i < s.n; i++) {
		must(hp_profile_valid(s.p[i]), "tables obey their rules");
		hprof_profile_free(s.p[i]);
	}
	return 0;
}
