/* test.h - what every unit test includes; cmocka wants its headers in this order. */
#ifndef HP_TESTS_TEST_H
#define HP_TESTS_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/error.h"
#include "tests/test_view.h"

/* The program of a file of tests: it runs all of them, or those that its argument names, as
 * "boxes_close" or "*box*". */
#define RUN(...)                                                                                   \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		const struct CMUnitTest tests[] = {__VA_ARGS__};                                   \
                                                                                                   \
		if (argc > 1 && !test_choose(tests, HP_LEN(tests), argv[1]))                       \
			return 2;                                                                  \
		cmocka_set_message_output(CM_OUTPUT_TAP);                                          \
		return cmocka_run_group_tests(tests, NULL, NULL);                                  \
	}

/* Run only those of @tests[n] whose names match @pattern; false where none does. */
static inline bool test_choose(const struct CMUnitTest *tests, size_t n, const char *pattern)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(pattern, tests[i].name, 0) == 0) {
			cmocka_set_test_filter(pattern);
			return true;
		}
	fprintf(stderr, "no test is called \"%s\"; there are:\n", pattern);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %s\n", tests[i].name);
	return false;
}

/* Where output of the library goes in tests: a growing string. */
struct text {
	char *ptr;
	size_t len, cap;
};

static inline int text_write(void *ctx, const void *bytes, size_t len)
{
	struct text *t = ctx;

	if (len >= t->cap - t->len) {
		size_t cap = 2 * (t->len + len) + 64;
		char *grown = realloc(t->ptr, cap);

		if (!grown)
			return 12;
		t->ptr = grown;
		t->cap = cap;
	}
	memcpy(t->ptr + t->len, bytes, len);
	t->len += len;
	t->ptr[t->len] = '\0';
	return 0;
}

/* The profile that @text is, with its threads; or the test fails. */
static inline struct hprof_profile *test_load(const char *text)
{
	const struct hprof_load_opts opts = {.threads = HPROF_THREADS_STACKS};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p = NULL;

	if (hprof_load_bytes(text, strlen(text), "test", &opts, &p, &err) < 0)
		fail_msg("%s", err.message);
	return p;
}

/* A view of @p less @base, or of @p where that is NULL; or the test fails. */
static inline struct hprof_view *test_view(const struct hprof_profile *p,
					   const struct hprof_profile *base,
					   const struct hprof_view_opts *opts)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_view *v = NULL;

	if (test_view_of(&p, 1, &base, base ? 1 : 0, opts, &v, &err) < 0)
		fail_msg("%s", err.message);
	return v;
}

#endif
