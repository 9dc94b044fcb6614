/* test_roundtrip.c - what is exported with its symbols reads back to the same types, totals and
 * rows. */
#include "tests/test.h"

#include "analyzer/ops/table.h"

enum { PLACES = 10, STACKS = 12, TEXT_BYTES = 256 << 10 };

static uint32_t dice(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Zero, small, below zero, and as large as a row can say, so that sums are beyond 64 bits. */
static int64_t count_of(uint64_t *seed)
{
	static const int64_t counts[] = {
		0, 0, 1, 1, 1, 2, 3, 100, -1, -900, 70000, INT64_MAX, INT64_MAX / 3};

	return counts[dice(seed, HP_LEN(counts))];
}

static void put_pair(FILE *f, uint64_t *seed)
{
	static const int64_t sizes[] = {8, 16, 16, 24, 1024, 1000000};
	int64_t n = count_of(seed), size = sizes[dice(seed, HP_LEN(sizes))];
	int64_t bytes = n > 1000000 || n < -1000000 ? n : n * size + (dice(seed, 4) == 0);

	fprintf(f, "%lld: %lld", (long long)n, (long long)bytes);
}

static void put_numbers(FILE *f, uint64_t *seed, bool alloc)
{
	put_pair(f, seed);
	fputs(" [", f);
	if (alloc)
		put_pair(f, seed);
	else
		fputs("0: 0", f);
	fputc(']', f);
}

/* Depths at which writers cut stacks, those next to them, and usual ones. */
static void put_stack(FILE *f, uint64_t *seed)
{
	static const uint32_t depths[] = {0, 1, 1, 2, 2, 3, 4, 127, 128, 129, 256, 128};
	uint32_t n = depths[dice(seed, HP_LEN(depths))];

	fputc('@', f);
	for (uint32_t i = 0; i < n; i++)
		fprintf(f, " 0x%x011", 1 + dice(seed, PLACES));
}

static void put_symbols(FILE *f)
{
	fputs("--- symbol\n", f);
	for (int i = 0; i < PLACES; i += 1 + i % 3) /* some have no name */
		fprintf(f, "#0x%x011\t@0x11\n#0x%x011\t%d\tsrc/%d.c\tf%d\tf%d\tf%d\n", i + 1, i + 1,
			i + 1, i / 4, i / 2, i / 2, i / 2);
	fputs("---\n--- heap\n", f);
}

static void put_maps(FILE *f)
{
	fputs("\nMAPPED_LIBRARIES:\n", f);
	for (int i = 0; i < PLACES - 1; i++)
		fprintf(f, "%x000-%x000 r-xp 00000000 08:01 %d /none/m%d\n", i + 1, i + 2,
			i / 6 + 1, i / 6);
}

/* Stacks come twice, rows as well; some stacks have rows of threads only. */
static void put_jemalloc(FILE *f, uint64_t *seed)
{
	static const int periods[] = {0, 1, 512, 524288};
	bool alloc = dice(seed, 2);

	fprintf(f, "heap_v2/%d\n", periods[dice(seed, HP_LEN(periods))]);
	for (int i = 0; i < STACKS; i++) {
		uint32_t rows = dice(seed, 4), threads = dice(seed, 4);

		put_stack(f, seed);
		for (uint32_t k = 0; k < (rows == 3 ? 2 : rows); k++) {
			fputs("\n  t*: ", f);
			put_numbers(f, seed, alloc);
		}
		for (uint32_t k = 0; k < threads; k++) {
			fprintf(f, "\n  t%u: ", dice(seed, 3));
			put_numbers(f, seed, alloc);
		}
		fputc('\n', f);
	}
}

static void put_gperftools(FILE *f, uint64_t *seed)
{
	static const char *const kinds[] = {"heapprofile", "heap_v2/512", "heap/512",
					    "heap_v2/4096"};
	uint32_t kind = dice(seed, HP_LEN(kinds));
	bool live_only = kind && dice(seed, 2);

	fprintf(f, "heap profile: 1: 2 [%d: 2] @ %s\n", live_only ? 1 : 3, kinds[kind]);
	for (int i = 0; i < 2 * STACKS; i++) {
		if (live_only)
			fputs("1: 48 [1: 48]", f);
		else
			put_numbers(f, seed, kind);
		fputc(' ', f);
		put_stack(f, seed);
		fputc('\n', f);
	}
}

static struct hprof_profile *load(const char *bytes, size_t len, const char *what)
{
	const struct hprof_load_opts opts = {.threads = HPROF_THREADS_STACKS};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;

	if (hprof_load_bytes(bytes, len, "test", &opts, &p, &err) < 0)
		fail_msg("%s: line %llu: %s", what, (unsigned long long)err.line, err.message);
	return p;
}

static struct hprof_profile *make_profile(uint64_t seed, const char *what)
{
	char *text = malloc(TEXT_BYTES);
	struct hprof_profile *p;
	FILE *f = text ? fmemopen(text, TEXT_BYTES, "w") : NULL;

	assert_non_null(f);
	put_symbols(f);
	if (dice(&seed, 2))
		put_jemalloc(f, &seed);
	else
		put_gperftools(f, &seed);
	put_maps(f);
	assert_int_equal(fclose(f), 0);
	p = load(text, strlen(text), what);
	free(text);
	return p;
}

/* @p, written by output @to and read again. */
static struct hprof_profile *again(const struct hprof_profile *p, const char *to, const char *what)
{
	const struct hprof_view_opts opts = {.all_types = true, .prune = HPROF_PRUNE_NONE};
	struct hprof_view *v = test_view(p, NULL, &opts);
	struct hprof_error err = HPROF_ERROR_INIT;
	struct text out = {0};
	struct hprof_profile *q;

	if (hprof_render(v, to, NULL, text_write, &out, &err) < 0)
		fail_msg("%s: %s", what, err.message);
	hprof_view_free(v);
	q = load(out.ptr, out.len, what);
	free(out.ptr);
	return q;
}

static void key_of(const struct hprof_view *v, const struct hp_table_row *row, char *buf,
		   size_t size)
{
	struct hp_label label;
	struct hp_slice s = hp_row_label(v, row, &label);
	uint64_t addr;
	bool by_addr = hp_row_addr(v, row, &addr);

	(void)snprintf(buf, size, "%.*s:%u:%llx", (int)s.len, s.ptr, hp_row_line(v, row),
		       by_addr ? (unsigned long long)addr : 0);
}

static bool is_near(double a, double b)
{
	return fabs(a - b) <= 0.5 + 1e-12 * fabs(a);
}

static void compare_rows(const struct hprof_view *a, const struct hprof_view *b, const char *what)
{
	struct hp_table t = {0}, u = {0};

	assert_int_equal(hp_table_init(a, a->chosen, 0, &t, NULL), 0);
	assert_int_equal(hp_table_init(b, b->chosen, 0, &u, NULL), 0);
	if (t.n != u.n)
		fail_msg("%s: %u rows, then %u", what, t.n, u.n);
	for (uint32_t i = 0; i < t.n; i++) {
		char key[300], other[300] = "";
		uint32_t k = 0;

		key_of(a, &t.row[i], key, sizeof(key));
		for (; k < u.n && strcmp(key, other) != 0; k++)
			key_of(b, &u.row[k], other, sizeof(other));
		if (strcmp(key, other) != 0)
			fail_msg("%s: %s is lost", what, key);
		k--;
		if (!is_near(t.row[i].flat.delta, u.row[k].flat.delta) ||
		    !is_near(t.row[i].cum.delta, u.row[k].cum.delta))
			fail_msg("%s: %s: %.17g and %.17g, then %.17g and %.17g", what, key,
				 t.row[i].flat.delta, t.row[i].cum.delta, u.row[k].flat.delta,
				 u.row[k].cum.delta);
	}
	hp_table_release(&t);
	hp_table_release(&u);
}

static void compare(const struct hprof_profile *p, const struct hprof_profile *q, const char *what)
{
	static const char *const types[] = {"inuse_objects", "inuse_space", "alloc_objects",
					    "alloc_space"};

	for (size_t t = 0; t < HP_LEN(types); t++)
		for (int g = HPROF_BY_FUNCTION; g <= HPROF_BY_MODULE; g++) {
			const struct hprof_view_opts opts = {.sample_type = types[t],
							     .granularity =
								     (enum hprof_granularity)g,
							     .prune = HPROF_PRUNE_NONE};
			struct hprof_error err = HPROF_ERROR_INIT;
			struct hprof_view *a = NULL, *b = NULL;
			char where[200];
			int r = test_view_of(&p, 1, NULL, 0, &opts, &a, &err);

			(void)snprintf(where, sizeof(where), "%s: %s by %d", what, types[t], g);
			if (test_view_of(&q, 1, NULL, 0, &opts, &b, &err) != r)
				fail_msg("%s: there before or after only", where);
			if (r < 0)
				continue;
			if (!is_near(a->types[a->chosen].total.delta,
				     b->types[b->chosen].total.delta))
				fail_msg("%s: %.17g, then %.17g", where,
					 a->types[a->chosen].total.delta,
					 b->types[b->chosen].total.delta);
			compare_rows(a, b, where);
			hprof_view_free(a);
			hprof_view_free(b);
		}
}

static void random_profiles_read_back(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 150; seed++) {
		struct hprof_profile *p, *q, *twice;
		char what[100];

		(void)snprintf(what, sizeof(what), "seed %d", (int)seed);
		p = make_profile(seed * 7919, what);
		if (seed % 3 ==
		    2) { /* pprof has no cut stacks, and types that are there with zeros */
			q = again(p, "pprof", what);
			hprof_profile_free(p);
			p = q;
		}
		q = again(p, "symbolized", what);
		compare(p, q, what);
		twice = again(q, "symbolized", what);
		compare(p, twice, what);
		hprof_profile_free(p);
		hprof_profile_free(q);
		hprof_profile_free(twice);
	}
}

RUN(cmocka_unit_test(random_profiles_read_back))
