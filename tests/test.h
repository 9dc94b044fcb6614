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

#endif
