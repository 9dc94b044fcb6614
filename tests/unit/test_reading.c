/* test_reading.c - lines that readers do not know, and what may stand around a profile. */
#include "tests/test.h"

#include "analyzer/model/profile.h"

static int load(const char *text, struct hprof_profile **p, struct hprof_error *err)
{
	return hprof_load_bytes(text, strlen(text), "test", NULL, p, err);
}

/* A dump of 3 objects and 300 bytes with @line in one of three places. */
static int load_with(const char *line, int place, struct hprof_profile **p, struct hprof_error *err)
{
	char text[500];

	(void)snprintf(text, sizeof(text),
		       "heap_v2/1\n%s  t*: 3: 300 [0: 0]\n@ 0x10 0x20\n%s  t*: 3: 300 [0: 0]\n%s"
		       "MAPPED_LIBRARIES:\n",
		       place == 0 ? line : "", place == 1 ? line : "", place == 2 ? line : "");
	return load(text, p, err);
}

static double recorded(const struct hprof_profile *p)
{
	double sum = 0;

	for (uint32_t i = 0; i < p->all.n; i++)
		sum += p->all.recorded[p->default_type][i];
	return sum;
}

static void lines_of_other_kinds_are_passed_over(void **state)
{
	static const struct {
		const char *line, *word;
		uint32_t warnings;
	} cases[] = {
		{"  f: 2000000000 1000 1024 15 1 1\n", "f", 0},
		{"frag_util: 0 4 64 4096 64 1 3 100 2\n", "frag_util", 0},
		{"  size_classes: 1 2 3\n", "size_classes", 1},
		{"\tage: 17\n", "age", 1},
		{"  live.bytes: 0x1f -3 1.5 [12: 13] 99%\n", "live.bytes", 1},
		{"  tcache: 4 5\n", "tcache", 1},
		{"  F2: 1\r\n", "F2", 1},
	};

	(void)state;
	for (size_t i = 0; i < 3 * HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;

		if (load_with(cases[i / 3].line, (int)(i % 3), &p, &err) < 0)
			fail_msg("%s: %s", cases[i / 3].line, err.message);
		assert_true(hp_profile_valid(p));
		if (p->n_unused != 1 || p->unused[0].n != 1 || recorded(p) != 300 ||
		    strcmp(p->str.ptr[p->unused[0].word.i], cases[i / 3].word) != 0 ||
		    p->warnings.n != cases[i / 3].warnings)
			fail_msg("%s: %u kinds, %u warnings, %g bytes", cases[i / 3].line,
				 p->n_unused, p->warnings.n, recorded(p));
		hprof_profile_free(p);
	}
}

static void damaged_lines_of_known_kinds_are_errors(void **state)
{
	static const char *const cases[] = {"  t*: 3: x\n",
					    "  t*: 3 300\n",
					    "  t1: 3: 300 [0: 0\n",
					    "  t: 3: 300 [0: 0]\n",
					    "  t7: 12 13\n",
					    "  *: 3: 300\n",
					    "  tx: 3: 300 [0: 0]\n",
					    "  3: 300\n",
					    "  f: x\n",
					    "  f:\n",
					    "  f 1 2\n",
					    "  f: one 2\n",
					    "  f: 1 \xff\n",
					    "f\n",
					    "  : 1 2\n",
					    "  frag_util: ]\n",
					    "  f: 1 @ 2\n",
					    "  Leak check: 5\n"};

	(void)state;
	for (size_t i = 0; i < 3 * HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;

		if (load_with(cases[i / 3], (int)(i % 3), &p, &err) != HPROF_EFORMAT)
			fail_msg("%s: %d, %s", cases[i / 3], err.code, err.message);
		hprof_profile_free(p);
	}
}

/* However many kinds there are, none is kept but a few, and all lines are counted. */
static void kinds_of_lines_have_a_limit(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;
	char text[20000];
	size_t n = (size_t)snprintf(text, sizeof(text), "heap_v2/1\n@ 0x10\n  t*: 3: 300 [0: 0]\n");
	uint64_t lines = 0;

	(void)state;
	for (int i = 0; i < 500; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "  w%d: %d\n  f: 1\n", i, i);
	assert_int_equal(load(text, &p, &err), HPROF_OK);
	for (uint32_t i = 0; i < p->n_unused; i++)
		lines += p->unused[i].n;
	assert_int_equal(lines, 1000);
	assert_int_equal(p->n_unused, HP_MAX_UNUSED);
	assert_true(p->warnings.n <= HP_WARN_EACH + 2);
	hprof_profile_free(p);
}

static void gperftools_has_such_lines_too(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;

	(void)state;
	assert_int_equal(load("heap profile: 3: 300 [3: 300] @ heapprofile\n"
			      "  2: 200 [2: 200] @ 0x10\n  age: 1 2\n  1: 100 [1: 100] @ 0x20\n"
			      "frag: 7\n\nMAPPED_LIBRARIES:\n",
			      &p, &err),
			 HPROF_OK);
	assert_int_equal(p->n_unused, 2);
	assert_true(recorded(p) == 300);
	hprof_profile_free(p);
	p = NULL;
	assert_int_equal(load("heap profile: 3: 300 [3: 300] @ heapprofile\n"
			      "  x: 200 [2: 200] @ 0x10\n  1: 100 [1: 100] @ 0x20\n",
			      &p, &err),
			 HPROF_EFORMAT);
}

RUN(cmocka_unit_test(lines_of_other_kinds_are_passed_over),
    cmocka_unit_test(damaged_lines_of_known_kinds_are_errors),
    cmocka_unit_test(kinds_of_lines_have_a_limit), cmocka_unit_test(gperftools_has_such_lines_too))
