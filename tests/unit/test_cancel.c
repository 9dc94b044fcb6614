/* test_cancel.c - the caller gives symbolizing up: an error says so, and no process is left. */
#include "tests/test.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/model/profile.h"

struct answers {
	int asked;
	int after; /* the question that is answered with yes, counted from 1; 0: none */
};

static bool cancelled(void *ctx)
{
	struct answers *a = ctx;

	return ++a->asked >= a->after && a->after;
}

static void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* A dump whose only address is the one that this function returns to. */
static __attribute__((noinline)) struct hprof_profile *own_dump(void)
{
	uintptr_t here = (uintptr_t)__builtin_return_address(0);
	FILE *maps = fopen("/proc/self/maps", "r");
	char text[1 << 16], line[4200];
	size_t n = (size_t)snprintf(text, sizeof(text),
				    "heap_v2/1\n  t*: 1: 100 [0: 0]\n@ 0x%" PRIxPTR
				    "\n  t*: 1: 100 [0: 0]\n\nMAPPED_LIBRARIES:\n",
				    here);
	struct hprof_profile *p = NULL;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "/test_cancel") && n + strlen(line) < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", line);
	assert_int_equal(fclose(maps), 0);
	assert_int_equal(hprof_load_bytes(text, n, "own", NULL, &p, NULL), 0);
	return p;
}

static bool is_named(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->funcs.n; i++)
		if (strcmp(hp_profile_str(p, p->funcs.name[i]).ptr, "symbolizing_is_cancelled") ==
		    0)
			return true;
	return false;
}

static void symbolizing_is_cancelled(void **state)
{
	struct answers never = {0, 0};
	struct hprof_symbolize_opts opts = {.cancelled = cancelled, .cancelled_ctx = &never};
	struct hprof_profile *p = own_dump();

	(void)state;
	for (int after = 1; after <= 2; after++) { /* before a child runs, and while it does */
		struct hprof_error err = HPROF_ERROR_INIT;
		struct answers a = {0, after};

		opts.cancelled_ctx = &a;
		assert_int_equal(hprof_symbolize(p, &opts, &err), HPROF_ECANCELED);
		assert_int_equal(err.code, HPROF_ECANCELED);
		assert_string_equal(err.message, "cancelled by the caller");
		assert_int_equal(a.asked, after);
		assert_no_children();
		assert_true(hp_profile_valid(p));
		assert_false(is_named(p));
		assert_int_equal(hprof_symbolize_series(&p, NULL, 1, &opts, &err), HPROF_ECANCELED);
		assert_no_children();
	}
	opts.cancelled_ctx = &never;
	assert_int_equal(hprof_symbolize(p, &opts, NULL), HPROF_OK);
	assert_true(never.asked > 1);
	assert_true(is_named(p));
	assert_no_children();
	hprof_profile_free(p);
}

static void count_frames(void *ctx, size_t i, const struct hprof_frame *frames, size_t n)
{
	(void)i;
	(void)frames;
	*(size_t *)ctx += n;
}

static void lookups_are_cancelled(void **state)
{
	struct answers a = {0, 1};
	struct hprof_symbolize_opts opts = {.cancelled = cancelled, .cancelled_ctx = &a};
	struct hprof_symbolizer *s = NULL;
	uint64_t addr, len;
	size_t n = 0;

	(void)state;
	assert_int_equal(hprof_symbolizer_open("/proc/self/exe", &opts, &s, NULL), HPROF_ECANCELED);
	assert_null(s);
	assert_no_children();
	a = (struct answers){0, 0};
	assert_int_equal(hprof_symbolizer_open("/proc/self/exe", &opts, &s, NULL), HPROF_OK);
	assert_true(hprof_symbolizer_section(s, ".init", &addr, &len));
	a = (struct answers){0, 1};
	assert_int_equal(hprof_symbolizer_lookup(s, &addr, 1, count_frames, &n, NULL),
			 HPROF_ECANCELED);
	assert_int_equal(n, 0);
	assert_no_children();
	a = (struct answers){0, 0};
	assert_int_equal(hprof_symbolizer_lookup(s, &addr, 1, count_frames, &n, NULL), HPROF_OK);
	assert_int_equal(n, 1); /* _init */
	hprof_symbolizer_free(s);
	assert_no_children();
}

RUN(cmocka_unit_test(symbolizing_is_cancelled), cmocka_unit_test(lookups_are_cancelled))
