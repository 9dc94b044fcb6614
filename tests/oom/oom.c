/*
 * oom.c - fail every allocation in turn: "oom FILE [CACHE_DIR]", of which a first run fills the
 * cache.  The only results allowed are success and HPROF_ENOMEM, without a leak (the sanitizers
 * see to that).
 */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/hprof.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);

static long countdown = -1; /* allocations until one fails; negative: none does */

static int fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static int discard(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return 0;
}

/* A frame per thread; a file without threads has no such view. */
static int view_threads(const struct hprof_profile *p, struct hprof_error *err)
{
	const struct hprof_view_opts opts = {.thread_roots = true};
	struct hprof_view *v = NULL;
	int r = hprof_view_new(&p, 1, NULL, 0, &opts, &v, err);

	hprof_view_free(v);
	if (r != HPROF_ENODATA)
		return r;
	*err = (struct hprof_error)HPROF_ERROR_INIT;
	return HPROF_OK;
}

/* The whole way of one profile; 0 or the first failure. */
static int run(const char *path, const char *cache_dir, struct hprof_error *err)
{
	/* those drawn by cairo, at the end, take long: only where no file is read for names */
	static const char *const outputs[] = {
		"top",        "top-json",   "collapsed",   "json",       "info-json", "flame-svg",
		"flame-html", "flame-text", "report-html", "speedscope", "callgrind", "dot",
		"dhat",       "csv",        "markdown",    "difffolded", "flame-png", "report-pdf",
	};
	const size_t n_pictures = 2;
	static const char *const focus[] = {"."};
	const struct hprof_load_opts load = {.threads = HPROF_THREADS_STACKS};
	const struct hprof_view_opts opts = {
		.all_types = true, .focus = focus, .n_focus = 1, .hide = focus, .n_hide = 1};
	const struct hprof_view_opts split = {.all_types = true, .shares = true};
	const struct hprof_symbolize_opts symbolize = {.workers = 2, .cache_dir = cache_dir};
	const struct hprof_view_opts moments = {.moments = true, .focus = focus, .n_focus = 1};
	struct hprof_profile *p = NULL;
	struct hprof_view *v = NULL, *apart = NULL;
	int r = hprof_load_file(path, &load, &p, err);
	size_t which, n_outputs = sizeof(outputs) / sizeof(outputs[0]);

	if (r == HPROF_OK && !hprof_profile_snapshots(p))
		n_outputs -= n_pictures;
	if (r == HPROF_OK && hprof_profile_snapshots(p))
		r = hprof_choose_at(&p, 1, "peak", &which, err);

	if (r == HPROF_OK)
		r = hprof_symbolize(p, &symbolize, err);
	if (r == HPROF_OK) {
		const struct hprof_profile *const one[] = {p};

		r = hprof_view_new(one, 1, one, 1, &opts, &v, err);
		if (r == HPROF_OK)
			r = hprof_view_new(one, 1, NULL, 0, &moments, &apart, err);
	}
	for (size_t i = 0; r == HPROF_OK && i < n_outputs; i++)
		r = hprof_render(v, outputs[i], NULL, discard, NULL, err);
	if (r == HPROF_OK)
		r = hprof_render(apart, "tables", NULL, discard, NULL, err);
	if (r == HPROF_OK)
		r = view_threads(p, err);
	hprof_view_free(v);
	hprof_view_free(apart);
	v = NULL;
	if (r == HPROF_OK) {
		const struct hprof_profile *const one[] = {p};

		r = hprof_view_new(one, 1, NULL, 0, &split, &v, err);
	}
	if (r == HPROF_OK)
		r = hprof_render(v, "pprof", NULL, discard, NULL, err);
	hprof_view_free(v);
	hprof_profile_free(p);
	return r;
}

int main(int argc, char **argv)
{
	const char *cache_dir = argc == 3 ? argv[2] : NULL;
	struct hprof_error first = HPROF_ERROR_INIT;
	long n = 0, failed = 0;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: oom FILE [CACHE_DIR]\n");
		return 2;
	}
	if (cache_dir && run(argv[1], cache_dir, &first) < 0) {
		printf("not ok - %s\n", first.message);
		return 1;
	}
	for (;; n++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		int r;

		countdown = n;
		r = run(argv[1], cache_dir, &err);
		if (countdown >= 0) { /* fewer allocations than that: all have failed once */
			countdown = -1;
			break;
		}
		if (r != HPROF_OK && r != HPROF_ENOMEM) {
			printf("not ok - allocation %ld: code %d, %s\n", n, r, err.message);
			return 1;
		}
		failed += r == HPROF_ENOMEM;
	}
	printf("ok - %ld allocations failed in turn, %ld told so\n", n, failed);
	return failed == 0;
}
