/* test_timeline.c - each point of a series is the table of its profile, whatever the signs. */
#include "tests/test.h"

#include "analyzer/ops/timeline.h"

enum {
	PROFILES = 4,
	PLACES = 12, /* addresses: functions of two, files of four, modules of six */
	STACKS = 30,
	TEXT_BYTES = 64 << 10,
};

static uint32_t dice(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Mostly values that are zero, or that others cancel. */
static int value_of(uint64_t *seed)
{
	static const int values[] = {0, 0, 0, 5, -5, 10, -10, 7, 1000, -3};

	return values[dice(seed, HP_LEN(values))];
}

/* A symbolized profile with stacks that all profiles of a series draw from. */
static struct hprof_profile *profile_of(uint64_t *seed)
{
	char *text = malloc(TEXT_BYTES);
	struct hprof_profile *p;
	FILE *f = text ? fmemopen(text, TEXT_BYTES, "w") : NULL;

	assert_non_null(f);
	fputs("--- symbol\n", f);
	for (int i = 0; i < PLACES; i++)
		fprintf(f, "#0x%x011\t@0x11\n#0x%x011\t%d\tsrc/%d.c\tf%d\tf%d\tf%d\n", i + 1, i + 1,
			i + 1, i / 4, i / 2, i / 2, i / 2);
	fputs("---\n--- heap\nheap profile: 0: 0 [0: 0] @ heapprofile\n", f);
	for (int i = 0; i < STACKS; i++) {
		int v = value_of(seed), w = value_of(seed);

		fprintf(f, "%d: %d [%d: %d] @", v, v * 16, w, w * 16);
		for (uint32_t k = dice(seed, 4); k > 0; k--)
			fprintf(f, " 0x%x011", 1 + dice(seed, PLACES));
		fputc('\n', f);
	}
	fputs("\nMAPPED_LIBRARIES:\n", f);
	for (int i = 0; i < PLACES; i++)
		fprintf(f, "%x000-%x000 r-xp 00000000 08:01 %d /none/m%d\n", i + 1, i + 2,
			i / 6 + 1, i / 6);
	assert_int_equal(fclose(f), 0);
	p = test_load(text);
	free(text);
	return p;
}

/* What a row is called in a table of any granularity. */
static const char *name_of(const struct hprof_view *v, const struct hp_table_row *row, char *buf,
			   size_t size)
{
	struct hp_label label;
	struct hp_slice s = hp_row_label(v, row, &label);
	uint64_t addr;
	bool by_addr = hp_row_addr(v, row, &addr);

	(void)snprintf(buf, size, "%.*s:%u:%llx", (int)s.len, s.ptr, hp_row_line(v, row),
		       by_addr ? (unsigned long long)addr : 0);
	return buf;
}

/* Flat of the row of @v that is called @name; 0 if there is none. */
static double flat_of(const struct hprof_view *v, const struct hp_table *t, const char *name)
{
	char buf[300];

	for (uint32_t i = 0; i < t->n; i++)
		if (strcmp(name_of(v, &t->row[i], buf, sizeof(buf)), name) == 0)
			return t->row[i].flat.delta;
	return 0;
}

/* Point @i of @t is the table of the profile it stands for. */
static void check_point(const struct hp_timeline *t, uint32_t i, const struct hprof_view_opts *opts,
			const char *what)
{
	const struct hp_point *point = &t->point[i];
	const struct hprof_profile *p = t->v->profiles[point->profile];
	struct hprof_view *v = test_view(p, NULL, opts);
	struct hp_table table = {0};
	uint32_t n_flat = 0, n_site = 0;
	char name[300];

	assert_int_equal(hp_table_init(v, v->chosen, 0, &table, NULL), 0);
	if (point->heap != v->types[v->chosen].total.delta)
		fail_msg("%s: point %u has %g, its profile %g", what, i, point->heap,
			 v->types[v->chosen].total.delta);
	for (uint32_t k = 0; k < t->n_sites; k++) {
		double want =
			flat_of(v, &table, name_of(t->v, &t->row[t->site[k]], name, sizeof(name)));

		if (point->site[k] != want)
			fail_msg("%s: point %u: %s has %g, its row %g", what, i, name,
				 point->site[k], want);
		n_site += point->site[k] != 0;
	}
	for (uint32_t k = 0; k < table.n; k++)
		n_flat += table.row[k].flat.delta != 0;
	if (n_flat != n_site) /* all rows are sites */
		fail_msg("%s: point %u has %u rows, its profile %u", what, i, n_site, n_flat);
	for (uint32_t k = 0; k < HP_POINT_SITES && k < n_flat; k++)
		if (point->top[k].row == HP_NONE ||
		    fabs(point->top[k].value) != fabs(table.row[k].flat.delta))
			fail_msg("%s: point %u: place %u has %g, in the table %g", what, i, k,
				 point->top[k].value, table.row[k].flat.delta);
	hp_table_release(&table);
	hprof_view_free(v);
}

static void check_series(struct hprof_profile **p, const struct hprof_view_opts *in,
			 const char *what)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_view_opts opts = *in;
	struct hp_timeline *t;
	struct hprof_view *v;

	opts.moments = true;
	if (test_view_of((const struct hprof_profile *const *)p, PROFILES, NULL, 0, &opts, &v,
			 &err) < 0 ||
	    hp_timeline_new(v, UINT32_MAX, &t, &err) < 0)
		fail_msg("%s: %s", what, err.message);
	assert_int_equal(t->n, PROFILES);
	for (uint32_t i = 0; i < t->n; i++)
		check_point(t, i, in, what);
	hp_timeline_free(t);
	hprof_view_free(v);
}

static void points_are_tables(void **state)
{
	static const char *const re[] = {"f[12]$"};
	static const char *const types[] = {"inuse_space", "inuse_objects", "alloc_space"};
	const struct hprof_view_opts filters[] = {
		{.prune = HPROF_PRUNE_NONE},
		{.prune = HPROF_PRUNE_NONE, .focus = re, .n_focus = 1},
		{.prune = HPROF_PRUNE_NONE, .ignore = re, .n_ignore = 1},
		{.prune = HPROF_PRUNE_NONE, .hide = re, .n_hide = 1},
		{.prune = HPROF_PRUNE_NONE, .show = re, .n_show = 1},
		{.prune = HPROF_PRUNE_NONE, .focus = re, .n_focus = 1, .hide = re, .n_hide = 1},
	};

	(void)state;
	for (uint64_t seed = 0; seed < 12; seed++) {
		struct hprof_profile *p[PROFILES];
		uint64_t at = seed;

		for (int i = 0; i < PROFILES; i++)
			p[i] = profile_of(&at);
		for (size_t k = 0; k < HP_LEN(filters); k++)
			for (int g = HPROF_BY_FUNCTION; g <= HPROF_BY_MODULE; g++) {
				struct hprof_view_opts opts = filters[k];
				char what[100];

				opts.granularity = (enum hprof_granularity)g;
				opts.sample_type = types[seed % HP_LEN(types)];
				(void)snprintf(what, sizeof(what), "seed %d, filter %zu, by %d",
					       (int)seed, k, g);
				check_series(p, &opts, what);
			}
		for (int i = 0; i < PROFILES; i++)
			hprof_profile_free(p[i]);
	}
}

/* A stack whose values cancel over the series still counts at each point. */
static void cancelled_stacks_count(void **state)
{
	static const char *const rows[PROFILES] = {
		"4: 400 [4: 400] @ 0x1011\n0: 0 [0: 0] @ 0x1021\n0: 0 [0: 0] @ 0x1031\n",
		"-4: -400 [-4: -400] @ 0x1011\n",
		"5: 500 [5: 500] @ 0x1031\n-5: -500 [-5: -500] @ 0x1021\n6: 60 [6: 60] @ 0x1041\n",
		"0: 0 [0: 0] @ 0x1011\n",
	};
	static const double totals[PROFILES] = {400, -400, 60, 0};
	const struct hprof_view_opts opts = {.moments = true, .granularity = HPROF_BY_MODULE};
	struct hprof_profile *p[PROFILES];
	struct hprof_view *v;
	struct hp_timeline *t;

	(void)state;
	for (int i = 0; i < PROFILES; i++) {
		char text[1000];

		(void)snprintf(text, sizeof(text),
			       "heap profile: 1: 1 [1: 1] @ heapprofile\n%s\nMAPPED_LIBRARIES:\n"
			       "1000-2000 r-xp 00000000 08:01 1 /none/a\n",
			       rows[i]);
		p[i] = test_load(text);
	}
	assert_int_equal(test_view_of((const struct hprof_profile *const *)p, PROFILES, NULL, 0,
				      &opts, &v, NULL),
			 0);
	assert_int_equal(hp_timeline_new(v, 10, &t, NULL), 0);
	assert_int_equal(t->n_sites, 1);
	for (int i = 0; i < PROFILES; i++) {
		assert_true(t->point[i].heap == totals[i]);
		assert_true(t->point[i].site[0] == totals[i]);
	}
	hp_timeline_free(t);
	hprof_view_free(v);
	for (int i = 0; i < PROFILES; i++)
		hprof_profile_free(p[i]);
}

RUN(cmocka_unit_test(points_are_tables), cmocka_unit_test(cancelled_stacks_count))
