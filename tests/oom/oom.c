/*
 * oom.c - fail every allocation in turn: "oom [--names] [--long] FILE [CACHE_DIR]".
 *
 * FILE is loaded and named, put into views of every kind, and written as every output there is.
 * Each of these steps runs once as it is, and once per allocation with that one failing.  The only
 * results allowed are HPROF_ENOMEM, and success with the very bytes of the first run; leaks are
 * seen by the sanitizers.
 * --names: stop after the names, of which a first run fills CACHE_DIR.  --long: each allocation of
 * outputs that take long, too.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hprof.h"

/* --- allocations that fail: all that Makefile wraps --- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
int __real_vasprintf(char **out, const char *format, va_list args);
char *__real_realpath(const char *path, char *out);
DIR *__real_opendir(const char *path);
DIR *__real_fdopendir(int fd);
FILE *__real_fopen(const char *path, const char *mode);
int __real_scandir(const char *path, struct dirent ***out, int (*wanted)(const struct dirent *),
		   int (*order)(const struct dirent **, const struct dirent **));
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
int __wrap_vasprintf(char **out, const char *format, va_list args);
int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *__wrap_realpath(const char *path, char *out);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_fdopendir(int fd);
FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap_scandir(const char *path, struct dirent ***out, int (*wanted)(const struct dirent *),
		   int (*order)(const struct dirent **, const struct dirent **));

static long countdown = -1; /* allocations until one fails; negative: none does */

static int fails(void)
{
	if (countdown < 0 || countdown-- > 0)
		return 0;
	errno = ENOMEM;
	return 1;
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

char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

/* What *out is after a failure, nobody may rely on. */
int __wrap_vasprintf(char **out, const char *format, va_list args)
{
	if (!fails())
		return __real_vasprintf(out, format, args);
	*out = (char *)8;
	return -1;
}

int __wrap_asprintf(char **out, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = __wrap_vasprintf(out, format, args);
	va_end(args);
	return n;
}

char *__wrap_realpath(const char *path, char *out)
{
	return fails() ? NULL : __real_realpath(path, out);
}

DIR *__wrap_opendir(const char *path)
{
	return fails() ? NULL : __real_opendir(path);
}

DIR *__wrap_fdopendir(int fd)
{
	return fails() ? NULL : __real_fdopendir(fd);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	return fails() ? NULL : __real_fopen(path, mode);
}

int __wrap_scandir(const char *path, struct dirent ***out, int (*wanted)(const struct dirent *),
		   int (*order)(const struct dirent **, const struct dirent **))
{
	return fails() ? -1 : __real_scandir(path, out, wanted, order);
}

/* --- steps --- */

enum { MAX_PROFILES = 2, MAX_OUTPUTS = 256 };

/* What a step makes; @sum stands for the bytes of what was written. */
struct work {
	const char *path, *cache_dir;
	struct hprof_profile *p[MAX_PROFILES]; /* the file, twice */
	struct hprof_source source[MAX_PROFILES];
	char note[MAX_PROFILES][HPROF_MESSAGE_MAX];
	const struct view *kind;
	struct hprof_view *v;
	struct hprof_timeline *over_time;
	const char *output;
	uint64_t sum;
};

typedef int (*step_fn)(struct work *w, struct hprof_error *err);

static int add(void *ctx, const void *bytes, size_t len)
{
	uint64_t *sum = ctx;

	for (size_t i = 0; i < len; i++)
		*sum = (*sum ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001b3);
	return 0;
}

static void unload(struct work *w)
{
	for (size_t i = 0; i < MAX_PROFILES; i++) {
		hprof_profile_free(w->p[i]);
		w->p[i] = NULL;
	}
}

/* Load the file twice, choose its peak, and name its addresses: @w->p, on success. */
static int load(struct work *w, struct hprof_error *err)
{
	const struct hprof_load_opts opts = {.threads = HPROF_THREADS_STACKS};
	const struct hprof_symbolize_opts names = {.workers = 2, .cache_dir = w->cache_dir};
	const char *paths[MAX_PROFILES] = {w->path, w->path};
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < MAX_PROFILES; i++) {
		const struct hprof_profile *p;

		r = hprof_load_file(w->path, &opts, &w->p[i], err);
		p = w->p[i];
		if (r == HPROF_OK)
			r = hprof_find_snapshot(&p, 1, "peak", NULL, w->note[i], &w->source[i],
						err);
	}
	if (r == HPROF_OK)
		r = hprof_symbolize_series(w->p, paths, MAX_PROFILES, &names, err);
	return r;
}

static int load_step(struct work *w, struct hprof_error *err)
{
	int r = load(w, err);

	unload(w);
	return r;
}

/* The same for one profile alone. */
static int name_step(struct work *w, struct hprof_error *err)
{
	const struct hprof_symbolize_opts names = {.workers = 2, .cache_dir = w->cache_dir};
	int r = hprof_load_file(w->path, NULL, &w->p[0], err);

	if (r == HPROF_OK)
		r = hprof_symbolize(w->p[0], &names, err);
	unload(w);
	return r;
}

static const char *const any[] = {"."};
static const char *const some[] = {"[aeiou]"};

/* The kinds of views, and what takes part in them. */
static const struct view {
	const char *name;
	size_t n, n_bases;
	struct hprof_view_opts opts;
} views[] = {
	{"one profile", 1, 0, {.all_types = true}},
	{"lines", 1, 0, {.granularity = HPROF_BY_LINE, .names = HPROF_NAMES_FULL}},
	{"addresses",
	 1,
	 0,
	 {.granularity = HPROF_BY_ADDRESS, .prune = HPROF_PRUNE_NONE, .no_inlines = true}},
	{"a sum", 2, 0, {.all_types = true, .granularity = HPROF_BY_MODULE}},
	{"a sum, filtered",
	 2,
	 0,
	 {.all_types = true,
	  .focus = any,
	  .n_focus = 1,
	  .ignore = some,
	  .n_ignore = 1,
	  .hide = some,
	  .n_hide = 1,
	  .alloc_fns = some,
	  .n_alloc_fns = 1}},
	{"a difference", 1, 1, {.all_types = true, .show = some, .n_show = 1}},
	{"what grew", 2, 1, {.all_types = true, .drop_negative = true, .jeprof_rows = true}},
	{"threads", 1, 0, {.all_types = true, .thread_roots = true}},
	{"shares", 1, 0, {.all_types = true, .shares = true}},
	{"moments", 1, 0, {.moments = true, .focus = any, .n_focus = 1}},
	{"a series", 2, 0, {.moments = true, .all_types = true}},
};

static int make_view(struct work *w, struct hprof_error *err)
{
	struct hprof_source s[MAX_PROFILES] = {w->source[0], w->source[1]};
	int r;

	for (size_t i = 0; w->kind->opts.moments && i < MAX_PROFILES; i++)
		s[i].snapshot = HPROF_ALL_SNAPSHOTS;
	r = hprof_view_new(s, w->kind->n, s, w->kind->n_bases, &w->kind->opts, &w->v, err);
	if (r == HPROF_OK && w->kind->opts.moments)
		r = hprof_timeline_new(w->v, 3, &w->over_time, err);
	return r;
}

static void drop_view(struct work *w)
{
	hprof_timeline_free(w->over_time);
	hprof_view_free(w->v);
	w->over_time = NULL;
	w->v = NULL;
}

static int draw(struct work *w, struct hprof_error *err)
{
	const struct hprof_render_opts opts = {
		.over_time = w->over_time, .rows = 5, .details = true, .picture = {.width = 400}};

	w->sum = 0;
	return hprof_render(w->v, w->output, &opts, add, &w->sum, err);
}

/* A view that could be made says what it says in the first run. */
static int view_step(struct work *w, struct hprof_error *err)
{
	int r = make_view(w, err);

	if (r == HPROF_OK) {
		long left = countdown;

		countdown = -1; /* the output is for comparing: nothing fails in it */
		w->output = "json";
		r = draw(w, err);
		countdown = left;
	}
	drop_view(w);
	return r;
}

/* --- failing them --- */

/* Whether @r is what may come of a failure, where success has to give the sum @want. */
static int is_right(int r, uint64_t sum, uint64_t want, int comparable)
{
	return r == HPROF_ENOMEM || (r == HPROF_OK && (sum == want || !comparable));
}

/*
 * Run @step with allocation 0, 1, 2 ... failing; past the first twenty, with every @every one.
 * Returns whether the step makes sense for this file at all; *@failed is set when a rule is broken.
 */
static int sweep(const char *name, const char *what, step_fn step, struct work *w, long every,
		 int *failed)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	/* cairo counts its surfaces, and writes the numbers: no two runs in one process are alike
	 */
	const int comparable = strcmp(name, "flame-outlines") != 0;
	int r = step(w, &err);
	const uint64_t sum = w->sum;
	long n = 0, told = 0;

	if (r == HPROF_EINVAL || r == HPROF_ENODATA)
		return 0;
	for (; r == HPROF_OK; n += n < 20 ? 1 : every) {
		err = (struct hprof_error)HPROF_ERROR_INIT;
		countdown = n;
		r = step(w, &err);
		if (countdown >= 0) /* fewer allocations than that: all have failed once */
			break;
		told += r == HPROF_ENOMEM;
		r = is_right(r, w->sum, sum, comparable) ? HPROF_OK : r ? r : 1;
	}
	countdown = -1;
	if (r == HPROF_OK) {
		printf("ok - %s%s: %ld allocations, %ld failures told\n", name, what, n, told);
		return 1;
	}
	printf("not ok - %s%s: allocation %ld: code %d, %s\n", name, what, n, r,
	       r > 0 ? "but other bytes" : err.message);
	*failed = 1;
	return 1;
}

/* Outputs of which only every so-manieth allocation fails in the short run, since each run takes
 * long. */
static const struct {
	const char *name;
	long every;
} slow[] = {
	{"flame-png", 97},      {"flame-pdf", 197}, {"report-pdf", 197}, {"timeline-png", 97},
	{"flame-outlines", 97}, {"flame-svg", 23},  {"flame-html", 23},  {"report-html", 23},
};

static long every_of(const char *output)
{
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		if (strcmp(slow[i].name, output) == 0)
			return slow[i].every;
	return 1;
}

/* Every output there is, of @w->v. */
static void draw_all(struct work *w, int complete, unsigned char *drawn, int *failed)
{
	char name[128];

	snprintf(name, sizeof(name), " of %s", w->kind->name);
	for (size_t i = 0; hprof_output(i) && i < MAX_OUTPUTS; i++) {
		w->output = hprof_output(i)->name;
		drawn[i] |= (unsigned char)sweep(w->output, name, draw, w,
						 complete ? 1 : every_of(w->output), failed);
	}
}

static int is_output(const char *name)
{
	for (size_t i = 0; hprof_output(i); i++)
		if (strcmp(hprof_output(i)->name, name) == 0)
			return 1;
	return 0;
}

static int sweep_views(struct work *w, int complete)
{
	unsigned char drawn[MAX_OUTPUTS] = {0};
	struct hprof_error err = HPROF_ERROR_INIT;
	int failed = 0;

	if (load(w, &err) != HPROF_OK) {
		printf("not ok - %s\n", err.message);
		return 1;
	}
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		w->kind = &views[i];
		if (!sweep("view: ", w->kind->name, view_step, w, 1, &failed))
			continue;
		if (make_view(w, &err) == HPROF_OK)
			draw_all(w, complete, drawn, &failed);
		drop_view(w);
	}
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		if (!is_output(slow[i].name)) {
			printf("not ok - %s is in the list of what takes long, and no output\n",
			       slow[i].name);
			failed = 1;
		}
	for (size_t i = 0; hprof_output(i); i++)
		if (i >= MAX_OUTPUTS || !drawn[i]) {
			printf("not ok - %s was never drawn\n", hprof_output(i)->name);
			failed = 1;
		}
	unload(w);
	return failed;
}

int main(int argc, char **argv)
{
	struct work w = {0};
	int i = 1, names = 0, complete = 0, failed = 0;
	struct hprof_error err = HPROF_ERROR_INIT;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (; i < argc && argv[i][0] == '-'; i++) {
		names |= strcmp(argv[i], "--names") == 0;
		complete |= strcmp(argv[i], "--long") == 0;
	}
	if (i == argc || argc - i > 2) {
		fprintf(stderr, "usage: oom [--names] [--long] FILE [CACHE_DIR]\n");
		return 2;
	}
	w.path = argv[i];
	w.cache_dir = argv[i + 1];
	if (w.cache_dir && name_step(&w, &err) < 0) {
		printf("not ok - %s\n", err.message);
		return 1;
	}
	sweep("names", "", name_step, &w, 1, &failed);
	sweep("names of a series", "", load_step, &w, 1, &failed);
	if (!names)
		failed |= sweep_views(&w, complete);
	return failed;
}
