/* test_tagroot.c - threads as root frames: whose values are whose, and that they add up. */
#include "tests/test.h"

#include <math.h>

#include "analyzer/ops/table.h"

/* One address per stack, no maps: frames are addresses.  Period 1: nothing is scaled. */
#define HEAD(period) "heap_v2/" period "\n  t*: 1: 1 [0: 0]\n"
#define THREADS "  t0: 1: 1 [0: 0]\n  t7: 1: 1 [0: 0] net;io\033\n"

static void threads_are_root_frames(void **state)
{
	static const char *const thread_0[] = {"name:^thread 0$"}, *const net[] = {"net"};
	static const struct {
		const char *name, *now, *base;
		struct hprof_view_opts opts;
		const char *want;
	} cases[] = {
		{"by thread",
		 HEAD("1") THREADS "@ 0x11\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "  t7: 1: 200 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;0x11 100\nthread 7 (net:io );0x11 200\n"},
		{"what no thread has",
		 HEAD("1") THREADS "@ 0x11\n  t*: 3: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "@ 0x21\n  t*: 1: 50 [0: 0]\n",
		 NULL,
		 {0},
		 "[other threads];0x11 200\n[other threads];0x21 50\nthread 0;0x11 100\n"},
		{"rows that were rounded: 401903 is not 2 * 200952",
		 HEAD("1") THREADS "@ 0x11\n  t*: 96: 401903 [0: 0]\n  t0: 48: 200952 [0: 0]\n"
				   "  t7: 48: 200952 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;0x11 200952\nthread 7 (net:io );0x11 200951\n"},
		{"one object more than the thread's is not rounded away",
		 HEAD("1") THREADS "@ 0x11\n  t*: 2: 9 [0: 0]\n  t0: 1: 8 [0: 0]\n",
		 NULL,
		 {0},
		 "[other threads];0x11 1\nthread 0;0x11 8\n"},
		{"more of threads than of all",
		 HEAD("1") THREADS "@ 0x11\n  t*: 1: 100 [0: 0]\n  t0: 2: 200 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;0x11 100\n"},
		{"more of two threads than of all",
		 HEAD("1") THREADS "@ 0x11\n  t*: 3: 300 [0: 0]\n  t0: 4: 400 [0: 0]\n"
				   "  t7: 2: 200 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;0x11 200\nthread 7 (net:io );0x11 100\n"},
		{"below zero, all of them",
		 HEAD("1") THREADS "@ 0x11\n  t*: -2: -300 [0: 0]\n  t0: -1: -100 [0: 0]\n"
				   "  t7: -1: -200 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;0x11 -100\nthread 7 (net:io );0x11 -200\n"},
		{"on both sides of zero",
		 HEAD("1") THREADS "@ 0x11\n  t*: 1: 100 [0: 0]\n  t0: -1: -100 [0: 0]\n"
				   "  t7: 2: 250 [0: 0]\n",
		 NULL,
		 {0},
		 "[other threads];0x11 -50\nthread 0;0x11 -100\nthread 7 (net:io );0x11 250\n"},
		{"one stack twice",
		 HEAD("1") THREADS "@ 0x11\n  t*: 1: 100 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "@ 0x11\n  t*: 2: 90 [0: 0]\n  t7: 1: 45 [0: 0]\n",
		 NULL,
		 {0},
		 "[other threads];0x11 45\nthread 0;0x11 100\nthread 7 (net:io );0x11 45\n"},
		{"counts that jemalloc 5.3 cut: three of one mean, one of another",
		 HEAD("1048576") THREADS "@ 0x11\n  t*: 3: 3145728 [0: 0]\n"
					 "  t0: 1: 1980000 [0: 0]\n  t7: 1: 990000 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;0x11 2936823\nthread 7 (net:io );0x11 2039645\n"},
		{"without a stack",
		 HEAD("1") THREADS "@\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "  t7: 1: 200 [0: 0]\n",
		 NULL,
		 {0},
		 "thread 0;[no stack] 100\nthread 7 (net:io );[no stack] 200\n"},
		{"one thread",
		 HEAD("1") THREADS "@ 0x11\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "  t7: 1: 200 [0: 0]\n",
		 NULL,
		 {.thread = "7"},
		 "thread 7 (net:io );0x11 200\n"},
		{"their frames are frames",
		 HEAD("1") THREADS "@ 0x11\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "  t7: 1: 200 [0: 0]\n",
		 NULL,
		 {.focus = thread_0, .n_focus = 1},
		 "thread 0;0x11 100\n"},
		{"and can be hidden",
		 HEAD("1") THREADS "@ 0x11\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "  t7: 1: 200 [0: 0]\n",
		 NULL,
		 {.hide = net, .n_hide = 1},
		 "0x11 200\nthread 0;0x11 100\n"},
		{"a difference",
		 HEAD("1") THREADS "@ 0x11\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n"
				   "  t7: 1: 200 [0: 0]\n",
		 HEAD("1") "  t0: 1: 1 [0: 0]\n  t3: 1: 1 [0: 0]\n"
			   "@ 0x11\n  t*: 2: 90 [0: 0]\n  t0: 1: 70 [0: 0]\n  t3: 1: 20 [0: 0]\n",
		 {0},
		 "thread 0;0x11 30\nthread 3;0x11 -20\nthread 7 (net:io );0x11 200\n"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p = test_load(cases[i].now);
		struct hprof_profile *base = cases[i].base ? test_load(cases[i].base) : NULL;
		struct hprof_view_opts opts = cases[i].opts;
		struct hprof_view *v;
		struct text t = {0};

		opts.thread_roots = true;
		v = test_view(p, base, &opts);
		assert_int_equal(hprof_render(v, "collapsed", NULL, text_write, &t, NULL), 0);
		if (strcmp(t.ptr, cases[i].want) != 0)
			fail_msg("%s: found\n%sexpected\n%s", cases[i].name, t.ptr, cases[i].want);
		free(t.ptr);
		hprof_view_free(v);
		hprof_profile_free(p);
		hprof_profile_free(base);
	}
}

/* A dump of @n stacks of several threads, of sizes that differ from thread to thread. */
static char *many_stacks(unsigned n)
{
	struct text t = {0};
	uint64_t random = 1;
	char line[160];

	text_write(&t, "heap_v2/4096\n  t*: 1: 1 [0: 0]\n", 31);
	for (unsigned i = 0; i < 5; i++)
		text_write(&t, line,
			   (size_t)snprintf(line, sizeof(line), "  t%u: 1: 1 [0: 0]\n", i));
	for (unsigned i = 1; i <= n; i++) {
		unsigned objects[5], size[5], all = 0, bytes = 0;

		for (unsigned k = 0; k < 5; k++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			objects[k] = (unsigned)(random >> 60);
			size[k] = 16 << (random >> 40 & 7);
			all += objects[k] + (i % 9 == 0);
			bytes += objects[k] * size[k] + (i % 9 == 0);
		}
		text_write(&t, line,
			   (size_t)snprintf(line, sizeof(line),
					    "@ 0x%x 0x%x 0x%x\n  t*: %u: %u [%u: %u]\n", i % 7 + 2,
					    i % 31 + 100, i + 1000, all, bytes, 2 * all,
					    2 * bytes));
		for (unsigned k = 0; k < 5; k++)
			text_write(&t, line,
				   (size_t)snprintf(line, sizeof(line), "  t%u: %u: %u [%u: %u]\n",
						    k, objects[k], objects[k] * size[k],
						    2 * objects[k], 2 * objects[k] * size[k]));
	}
	return t.ptr;
}

/* Values, and errors, of all stacks are what they are without threads. */
static void they_add_up(void **state)
{
	char *text = many_stacks(300);
	struct hprof_profile *p = test_load(text);
	struct hprof_view_opts opts = {.all_types = true};
	struct hprof_view *plain = test_view(p, NULL, &opts), *rooted;
	double of_threads[5] = {0};

	(void)state;
	opts.thread_roots = true;
	rooted = test_view(p, NULL, &opts);
	assert_int_equal(rooted->n_types, 4);
	for (uint32_t t = 0; t < 4; t++) {
		const struct hp_vtype *a = &plain->types[t], *b = &rooted->types[t];

		assert_true(fabs(a->total.delta - b->total.delta) < 1e-9 * a->total.delta);
		assert_true(fabs(a->total.variance - b->total.variance) < 1e-9 * a->total.variance);
		for (uint32_t i = 0; i < rooted->tree.n; i++) {
			assert_true(b->variance[i] >= 0);
			if (rooted->node_thread[i])
				assert_true(b->value[i] >= 0);
		}
	}
	for (uint32_t i = 0; i < rooted->tree.n; i++)
		if (rooted->node_thread[i])
			of_threads[rooted->node_thread[i] - 1] +=
				rooted->types[rooted->chosen].value[i];
	for (uint32_t k = 0; k < 5; k++) {
		double own = p->thread_total[k * p->n_types + p->default_type];
		double got = of_threads[k];
		uint32_t found = 0;

		for (uint32_t i = 0; i < p->by_thread.n; i++)
			found += p->by_thread.thread[i].i == k;
		assert_true(found > 0);
		if (fabs(got - own) > 1e-9 * own)
			fail_msg("thread %u: %f, in the table of threads %f", k, got, own);
	}
	hprof_view_free(plain);
	hprof_view_free(rooted);
	hprof_profile_free(p);
	free(text);
}

/* Add what @v has of each function to @sum, by the labels of @all; [n] flat, then [n] cum. */
static void add_rows(const struct hprof_view *v, uint32_t type, const struct hprof_view *all_of,
		     const struct hp_table *all, double *sum)
{
	struct hp_table t;
	struct hp_label a, b;

	assert_int_equal(hp_table_init(v, type, 0, &t, NULL), 0);
	for (uint32_t i = 0; i < t.n; i++) {
		struct hp_slice name = hp_row_label(v, &t.row[i], &a);
		uint32_t k = 0;

		while (k < all->n && !hp_slice_same(hp_row_label(all_of, &all->row[k], &b), name))
			k++;
		assert_true(k < all->n);
		sum[k] += t.row[i].flat.delta;
		sum[all->n + k] += t.row[i].cum.delta;
	}
	hp_table_release(&t);
}

/* Row by row, --thread of each and what is of none make up what there is without it. */
static void threads_make_up_each_row(void **state)
{
	static const char *const other[] = {"name:other threads"}, *const roots[] = {"name:other"};
	static const char *const id[] = {"0", "1", "2", "3", "4"};
	char *text = many_stacks(200);
	struct hprof_profile *p = test_load(text);
	struct hprof_view_opts opts = {.all_types = true};
	struct hprof_view *all = test_view(p, NULL, &opts), *part[6];

	(void)state;
	for (size_t i = 0; i < HP_LEN(id); i++) {
		opts.thread = id[i];
		part[i] = test_view(p, NULL, &opts);
	}
	opts = (struct hprof_view_opts){.all_types = true,
					.thread_roots = true,
					.focus = other,
					.n_focus = 1,
					.hide = roots,
					.n_hide = 1};
	part[5] = test_view(p, NULL, &opts);
	for (uint32_t type = 0; type < all->n_types; type++) {
		struct hp_table t;
		double *sum;

		assert_int_equal(hp_table_init(all, type, 0, &t, NULL), 0);
		sum = calloc(2 * (size_t)t.n + 1, sizeof(*sum));
		for (size_t i = 0; i < HP_LEN(part); i++)
			add_rows(part[i], type, all, &t, sum);
		for (uint32_t i = 0; i < t.n; i++) {
			double flat = t.row[i].flat.delta, cum = t.row[i].cum.delta;

			if (fabs(sum[i] - flat) > 1e-9 * flat ||
			    fabs(sum[t.n + i] - cum) > 1e-9 * cum)
				fail_msg("type %u, row %u: %f and %f, not %f and %f", type, i,
					 sum[i], sum[t.n + i], flat, cum);
		}
		free(sum);
		hp_table_release(&t);
	}
	for (size_t i = 0; i < HP_LEN(part); i++)
		hprof_view_free(part[i]);
	hprof_view_free(all);
	hprof_profile_free(p);
	free(text);
}

static void refusals_say_why(void **state)
{
	static const struct {
		const char *text;
		struct hprof_view_opts opts;
		int code;
		const char *message;
	} cases[] = {
		{"heap profile: 1: 8 [1: 8] @ heapprofile\n1: 8 [1: 8] @ 0x11\n",
		 {.thread_roots = true},
		 HPROF_ENODATA,
		 "test: no threads in this file: heap dumps of jemalloc have them (heap_v2), and "
		 "pprof profiles with labels of threads"},
		{HEAD("1") THREADS,
		 {.thread_roots = true, .moments = true},
		 HPROF_EINVAL,
		 "moments are not kept per thread"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_profile *p = test_load(cases[i].text);
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_view *v = NULL;

		assert_int_equal(test_view_of((const struct hprof_profile *const[]){p}, 1, NULL, 0,
					      &cases[i].opts, &v, &err),
				 cases[i].code);
		assert_string_equal(err.message, cases[i].message);
		assert_null(v);
		hprof_profile_free(p);
	}
}

RUN(cmocka_unit_test(threads_are_root_frames), cmocka_unit_test(threads_make_up_each_row),
    cmocka_unit_test(they_add_up), cmocka_unit_test(refusals_say_why))
