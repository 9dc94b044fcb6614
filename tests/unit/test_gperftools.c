/* test_gperftools.c - profiles that begin with "heap profile:": kinds, rows, names in comments. */
#include "tests/test.h"

#include <math.h>

#include "analyzer/model/profile.h"

static struct hprof_profile *load(const char *text)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;

	if (hprof_load_bytes(text, strlen(text), "test", NULL, &p, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	assert_true(hp_profile_valid(p));
	return p;
}

/* The estimate over all stacks; -1: there is no such type. */
static double total(const struct hprof_profile *p, const char *type)
{
	for (uint32_t t = 0; t < p->n_types; t++) {
		double sum = 0;

		if (strcmp(p->str.ptr[p->types[t].name.i], type) != 0 || p->types[t].absent)
			continue;
		for (uint32_t i = 0; i < p->all.n; i++)
			sum += p->all.estimate[t][i];
		return sum;
	}
	return -1;
}

static bool is_near(double a, double b)
{
	return fabs(a - b) < 0.5;
}

/* How a row "1: 100 [1: 100] @ 0x1" counts under each kind of header. */
static void headers_decide_how_rows_are_scaled(void **state)
{
	static const struct {
		const char *header;
		double bytes, objects, alloc; /* -1: there is none */
		uint64_t period;
	} cases[] = {
		{"1: 100 [1: 100] @ heapprofile", 100, 1, 100, 0},
		{"1: 100 [1: 100] @ heapprofile ", 100, 1, 100, 0},
		{"1: 100 [1: 100] @ heapprofile\r", 100, 1, 100, 0},
		{"1: 100 [1: 100] @ growth", 100, 1, 100, 0},
		{"1: 100 [1: 100] @ growthz", 100, 1, 100, 0},
		{"1: 100 [1: 100] @ fragmentationz", 100, 1, 100, 0},
		{"1: 100 [1: 100] @ heap_v2/524288", 524338, 5243, -1, 524288},
		{"1: 100 [1: 100] @ heapz_v2/524288", 524338, 5243, -1, 524288},
		{"1: 100 [2: 300] @ heap_v2/524288", 524338, 5243, 524338, 524288},
		{"1: 100 [1: 100] @ heap_v2", 131122, 1311, -1, 131072},
		{"1: 100 [1: 100] @ heap/524288", 262144, 2621, -1, 262144},
		{"1: 100 [1: 100]", 131072, 1311, -1, 131072},
		{"1: 100 [2: 300]", 100, 1, 100, 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p;
		char text[200];

		(void)snprintf(text, sizeof(text), "heap profile: %s\n1: 100 [1: 100] @ 0x1\n",
			       cases[i].header);
		p = load(text);
		if (!is_near(total(p, "inuse_space"), cases[i].bytes) ||
		    !is_near(total(p, "inuse_objects"), cases[i].objects) ||
		    !is_near(total(p, "alloc_space"), cases[i].alloc) ||
		    p->sampling_period != cases[i].period)
			fail_msg("%s: %g bytes, %g objects, %g ever, period %llu", cases[i].header,
				 total(p, "inuse_space"), total(p, "inuse_objects"),
				 total(p, "alloc_space"), (unsigned long long)p->sampling_period);
		hprof_profile_free(p);
	}
}

static void rows_are_taken_as_writers_write_them(void **state)
{
	static const struct {
		const char *name, *rows;
		double inuse, alloc;
		uint32_t stacks;
		size_t warnings; /* besides the missing map */
	} cases[] = {
		{"a stack twice", "1: 8 [1: 8] @ 0x1\n2: 32 [2: 32] @ 0x1\n", 40, 40, 1, 0},
		{"numbers that ran over", "-1: -100 [1: 100] @ 0x1\n", -100, 100, 1, 1},
		{"the same in 64 bits, without a sign",
		 "18446744073709551615: 18446744073709551516 [1: 100] @ 0x1\n", -100, 100, 1, 1},
		{"below zero first", "4: 8 [-5: -20] @ 0x1\n4: 8 [7: 70] @ 0x2\n", 16, 50, 2, 1},
		{"below zero last", "4: 8 [7: 70] @ 0x2\n4: 8 [-5: -20] @ 0x1\n", 16, 50, 2, 1},
		{"bytes of no objects", "0: 48 [0: 0] @ 0x1\n", 48, -1, 1, 0},
		{"no address", "1: 8 [1: 8] @\n1: 8 [1: 8] @ 0x1\n", 16, 16, 2, 0},
		{"comments and empty lines", "# x\n\n 1:  8 [ 1:  8] @ 0x1 0x2\n# 0x1\n", 8, 8, 1,
		 0},
		{"a last row that is cut", "1: 8 [1: 8] @ 0x1\n2: 16 [2: \n", 8, 8, 1, 1},
		{"a last row without its stack", "1: 8 [1: 8] @ 0x1\n2: 16 [2: 16]\n", 8, 8, 1, 1},
		{"a file that is cut in an address", "1: 8 [1: 8] @ 0x1\n2: 16 [2: 16] @ 0x1", 8, 8,
		 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p;
		char text[300];

		(void)snprintf(text, sizeof(text), "heap profile: 1: 2 [3: 4] @ heapprofile\n%s",
			       cases[i].rows);
		p = load(text);
		if (!is_near(total(p, "inuse_space"), cases[i].inuse) ||
		    !is_near(total(p, "alloc_space"), cases[i].alloc) ||
		    p->n_stacks != cases[i].stacks ||
		    hprof_profile_warnings(p) != cases[i].warnings + 1)
			fail_msg("%s: %g in use, %g ever, %llu stacks, %zu warnings", cases[i].name,
				 total(p, "inuse_space"), total(p, "alloc_space"),
				 (unsigned long long)p->n_stacks, hprof_profile_warnings(p));
		hprof_profile_free(p);
	}
}

/* The order of rows changes neither a total nor which types there are. */
static void order_of_rows_is_none(void **state)
{
	static const char *const header[] = {"heapprofile", "heap_v2/512", "heap/512"};
	static const char *const types[] = {"inuse_objects", "inuse_space", "alloc_objects",
					    "alloc_space"};
	static const char *const row[] = {
		"-2: -160 [0: 0] @ 0x1\n", "0: 0 [-7: -70] @ 0x2\n", "9: 90 [0: 0] @ 0x1\n",
		"1: 10 [0: 0] @ 0x3\n",    "0: 0 [0: 0] @ 0x4\n",    "1: 10 [0: 0] @ 0x3\n",
	};
	const size_t n = HP_LEN(row);

	(void)state;
	for (size_t h = 0; h < HP_LEN(header); h++)
		for (size_t first = 0; first < 2 * n; first++) {
			struct hprof_profile *p[2];
			char text[2][400];

			for (int k = 0; k < 2; k++) {
				int at = snprintf(text[k], sizeof(text[k]),
						  "heap profile: 1: 2 [3: 4] @ %s\n", header[h]);

				for (size_t i = 0; i < n; i++)
					at += snprintf(text[k] + at, sizeof(text[k]) - (size_t)at,
						       "%s",
						       row[!k          ? i
							   : first < n ? (first + i) % n
								       : (first + n - i) % n]);
				p[k] = load(text[k]);
			}
			for (size_t t = 0; t < HP_LEN(types); t++)
				if (fabs(total(p[0], types[t]) - total(p[1], types[t])) > 1e-6)
					fail_msg("%s: %s: %g and %g", text[1], types[t],
						 total(p[0], types[t]), total(p[1], types[t]));
			hprof_profile_free(p[0]);
			hprof_profile_free(p[1]);
		}
}

/* Each row by itself, then the sum: a row of one object and one of a hundred scale differently. */
static void rows_are_scaled_before_they_are_added(void **state)
{
	struct hprof_profile *p = load("heap profile: 2: 8 [2: 8] @ heap_v2/4096\n"
				       "1: 16 [1: 16] @ 0x1\n1: 65536 [1: 65536] @ 0x1\n");
	double want = 16 / -expm1(-16.0 / 4096) + 65536 / -expm1(-65536.0 / 4096);

	(void)state;
	assert_true(is_near(total(p, "inuse_space"), want));
	hprof_profile_free(p);
}

/* The writer's buffer of 1 MiB may end in the middle of the last address. */
static void half_an_address_is_left_out(void **state)
{
	static const char row[] =
		"     1:      100 [     1:      100] @ 0x7fc752c39210 0x5653d16e3351\n";
	struct text t = {0};
	struct hprof_profile *p;

	(void)state;
	text_write(&t, "heap profile: 1: 1 [1: 1] @ heapprofile\n", 40);
	while (t.len + sizeof(row) < (1 << 20))
		text_write(&t, row, sizeof(row) - 1);
	text_write(&t, "1: 100 [1: 100] @ 0x7fc752c39210 0x565\nMAPPED_LIBRARIES:\n", 57);
	while (t.len < (1 << 20))
		text_write(&t, "\n", 1);
	p = load(t.ptr);
	assert_int_equal(p->n_stacks, 2);
	assert_int_equal(hprof_profile_warnings(p), 2); /* and that the map is empty */
	assert_true(strstr(hprof_profile_warning(p, 0), "0x565") != NULL);
	for (uint32_t i = 0; i < p->locs.n; i++)
		assert_true(p->locs.addr[i] != 0x565);
	hprof_profile_free(p);
	free(t.ptr);
}

/* Others write addresses with the digits they have, and go on behind 1 MiB. */
static void short_addresses_are_whole(void **state)
{
	struct text t = {0};
	struct hprof_profile *p;

	(void)state;
	text_write(&t, "heap profile: 1: 1 [1: 1] @ heapprofile\n", 40);
	while (t.len < (1 << 20) + 1000)
		text_write(&t, "1: 100 [1: 100] @ 0x7fc752c39210 0x565\n", 39);
	p = load(t.ptr);
	assert_int_equal(p->n_stacks, 1);
	assert_int_equal(p->max_depth, 2);
	hprof_profile_free(p);
	free(t.ptr);
}

/* Names of Go's comments: the rule of "heap/N" is another there, and inlined calls share an
 * address. */
static void comments_of_go_name_addresses(void **state)
{
	struct hprof_profile *p = load(
		"heap profile: 3: 300 [6: 600] @ heap/2048\n"
		"1: 100 [2: 200] @ 0x1000 0x2000 0x2000 0x3000\n"
		"#\t0xfff\tmain.leaf+0x1f\t\t/srv/a.go:7\n#\t0xfff\tmain.mid+0x1f\t/srv/a.go:9\n"
		"#\t0x1fff\tmain.(*T).again+0x2\t/srv/a.go:20\n"
		"#\t0x1fff\tmain.(*T).again+0x2\t/srv/a.go:20\n"
		"#\t0x2fff\tmain.main+0x9\t/srv/a.go:30\n\n"
		"2: 200 [4: 400] @ 0x1000\n#\t0xfff\tmain.leaf+0x1f\t/srv/a.go:7\n"
		"\n# runtime.MemStats\n# Alloc = 1\n");
	struct hprof_view_opts opts = {.granularity = HPROF_BY_LINE};
	const struct hprof_profile *const one[] = {p};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_view *v;
	struct text out = {0};

	(void)state;
	assert_int_equal(p->sampling_period, 1024);
	assert_true(is_near(total(p, "inuse_space"), 300 / -expm1(-100.0 / 1024)));
	assert_true(is_near(total(p, "alloc_space"), 600 / -expm1(-100.0 / 1024)));
	assert_int_equal(hprof_profile_warnings(p), 0);
	assert_int_equal(test_view_of(one, 1, NULL, 0, &opts, &v, &err), 0);
	assert_int_equal(hprof_render(v, "collapsed", NULL, text_write, &out, &err), 0);
	assert_string_equal(out.ptr, "main.main /srv/a.go:30;main.(*T).again /srv/a.go:20;"
				     "main.(*T).again /srv/a.go:20;main.mid /srv/a.go:9;"
				     "main.leaf /srv/a.go:7 1075\n"
				     "main.mid /srv/a.go:9;main.leaf /srv/a.go:7 2149\n");
	hprof_view_free(v);
	hprof_profile_free(p);
	free(out.ptr);
}

/* Addresses side by side, as Go writes calls that were inlined, and what it does not print. */
static void go_hides_its_runtime(void **state)
{
	struct hprof_profile *p = load("heap profile: 3: 300 [3: 300] @ heap/2\n"
				       "3: 300 [3: 300] @ 0x900 0x901 0x1001 0x1002 0x2000 0x3000\n"
				       "#\t0x1000\tmain.inlined+0x64\t/srv/a.go:27\n"
				       "#\t0x1001\tmain.fill+0x65\t/srv/a.go:36\n"
				       "#\t0x1fff\truntime.main+0x65\t/go/proc.go:250\n\n"
				       "0: 0 [3: 300] @ 0x7000 0x7001\n");
	struct hprof_view_opts opts = {.prune = HPROF_PRUNE_NONE};
	const struct hprof_profile *const one[] = {p};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_view *v;
	struct text out = {0};

	(void)state;
	for (int all = 1; all >= 0; all--) {
		opts.prune = all ? HPROF_PRUNE_NONE : HPROF_PRUNE_MODULE;
		assert_int_equal(test_view_of(one, 1, NULL, 0, &opts, &v, &err), 0);
		assert_int_equal(hprof_render(v, "collapsed", NULL, text_write, &out, &err), 0);
		hprof_view_free(v);
	}
	assert_string_equal(out.ptr, "runtime.goexit;runtime.main;main.fill;main.inlined;"
				     "runtime (allocation);runtime (allocation) 300\n"
				     "runtime.goexit;runtime.main;main.fill;main.inlined 300\n");
	hprof_profile_free(p);
	free(out.ptr);
}

RUN(cmocka_unit_test(headers_decide_how_rows_are_scaled),
    cmocka_unit_test(rows_are_taken_as_writers_write_them), cmocka_unit_test(order_of_rows_is_none),
    cmocka_unit_test(rows_are_scaled_before_they_are_added),
    cmocka_unit_test(half_an_address_is_left_out), cmocka_unit_test(short_addresses_are_whole),
    cmocka_unit_test(comments_of_go_name_addresses), cmocka_unit_test(go_hides_its_runtime))
