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

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/error.h"

#define RUN(...)                                                                                   \
	int main(void)                                                                             \
	{                                                                                          \
		const struct CMUnitTest tests[] = {__VA_ARGS__};                                   \
                                                                                                   \
		cmocka_set_message_output(CM_OUTPUT_TAP);                                          \
		return cmocka_run_group_tests(tests, NULL, NULL);                                  \
	}

/* Where output of the library goes in tests: a growing string. */
struct text {
	char *ptr;
	size_t len;
};

static inline int text_write(void *ctx, const void *bytes, size_t len)
{
	struct text *t = ctx;
	char *grown = realloc(t->ptr, t->len + len + 1);

	if (!grown)
		return 12;
	memcpy(grown + t->len, bytes, len);
	grown[t->len + len] = '\0';
	t->ptr = grown;
	t->len += len;
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

	if (hprof_view_new(&p, 1, &base, base ? 1 : 0, opts, &v, &err) < 0)
		fail_msg("%s", err.message);
	return v;
}

#endif
