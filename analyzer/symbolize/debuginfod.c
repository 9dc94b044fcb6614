/* debuginfod.c - debug files by build ID from debuginfod servers and from what they gave before. */
#include "analyzer/symbolize/debuginfod.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/base/scan.h"
#include "analyzer/symbolize/text.h"

enum { SILENCE_S = 5 }; /* of a server, by default */

struct debuginfod_client; /* of libdebuginfod */

typedef int (*progress_fn)(struct debuginfod_client *c, long a, long b);

/* What is used of libdebuginfod, which brings curl and a lot more: loaded when it is needed. */
struct client_library {
	struct debuginfod_client *(*begin)(void);
	void (*set_progressfn)(struct debuginfod_client *c, progress_fn fn);
	void (*set_user_data)(struct debuginfod_client *c, void *data);
	void *(*get_user_data)(struct debuginfod_client *c);
	int (*find_debuginfo)(struct debuginfod_client *c, const unsigned char *id, int id_len,
			      char **path);
	void (*end)(struct debuginfod_client *c);
};

/* How a transfer goes on. */
struct watch {
	double since_s;   /* the last sign of life */
	double silence_s; /* that is borne */
	long before;
	bool has_size, gave_up;
};

static const char *set_variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static const char *folder(struct hp_arena *mem)
{
	const char *given = set_variable("DEBUGINFOD_CACHE_PATH");
	const char *home = getenv("HOME");
	const char *xdg = set_variable("XDG_CACHE_HOME");
	const char *old;
	struct stat st;

	if (given)
		return given;
	old = hp_textf(mem, "%s/.debuginfod_client_cache", home ? home : "/");
	if (stat(old, &st) == 0)
		return old;
	if (xdg)
		return hp_textf(mem, "%s/debuginfod_client", xdg);
	return hp_textf(mem, "%s/.cache/debuginfod_client", home ? home : "/");
}

const char *hp_debuginfod_cached(struct hp_slice id, struct hp_arena *mem)
{
	return hp_textf(mem, "%s/%s/debuginfo", folder(mem), hp_text_hex(mem, id.ptr, id.len));
}

/* Whether @dir can take files; it is made, with what is above it. */
static bool make_folder(const char *dir, struct hp_arena *mem)
{
	for (const char *at = dir; (at = strchr(at + 1, '/'));)
		(void)mkdir(hp_text_copy(mem, (struct hp_slice){dir, (size_t)(at - dir)}),
			    0700); /* the last one tells */
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return false;
	return access(dir, W_OK | X_OK) == 0;
}

static bool load_symbol(void *lib, const char *name, void *fn)
{
	void *at = dlsym(lib, name);

	memcpy(fn, &at, sizeof(at)); /* a pointer to data cannot be cast to one to a function */
	return at != NULL;
}

static bool load_library(struct client_library *l)
{
	void *lib = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);

	return lib && load_symbol(lib, "debuginfod_begin", &l->begin) &&
	       load_symbol(lib, "debuginfod_set_progressfn", &l->set_progressfn) &&
	       load_symbol(lib, "debuginfod_set_user_data", &l->set_user_data) &&
	       load_symbol(lib, "debuginfod_get_user_data", &l->get_user_data) &&
	       load_symbol(lib, "debuginfod_find_debuginfo", &l->find_debuginfo) &&
	       load_symbol(lib, "debuginfod_end", &l->end);
}

static double now_s(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * Before a server has answered, @size is 0 and @done counts the calls; then @done are the bytes
 * received, and @size is how many there will be, if known.
 */
static bool is_alive(const struct watch *w, long done, long size)
{
	if (size > 0)
		return !w->has_size || done != w->before;
	return done > w->before + 1;
}

/* Called once a second or more often.  Other than 0: stop. */
static int watch_progress(struct debuginfod_client *c, long done, long size)
{
	struct client_library lib;
	double now = now_s();
	struct watch *w;

	if (!load_library(&lib)) /* it is there: this finds it again */
		return 1;
	w = lib.get_user_data(c);
	if (is_alive(w, done, size))
		w->since_s = now;
	w->before = done;
	w->has_size = size > 0;
	w->gave_up = now - w->since_s > w->silence_s;
	return w->gave_up;
}

static double silence_s(void)
{
	const char *given = set_variable("DEBUGINFOD_TIMEOUT");
	struct hp_slice s = hp_slice_str(given ? given : "");
	uint64_t n;

	return hp_scan_u64(&s, &n) && !s.len && n > 0 && n < 1000000 ? (double)n : SILENCE_S;
}

static enum hp_debuginfod_result ask(const struct client_library *lib, struct hp_slice id,
				     struct hp_arena *mem, const char **path, const char **why)
{
	struct watch w = {.since_s = now_s(), .silence_s = silence_s()};
	struct debuginfod_client *c = lib->begin();
	char *got = NULL;
	int fd;

	*why = "out of memory";
	if (!c)
		return HP_DEBUGINFOD_FAILED;
	lib->set_user_data(c, &w);
	lib->set_progressfn(c, watch_progress);
	fd = lib->find_debuginfo(c, (const unsigned char *)id.ptr, (int)id.len, &got);
	if (w.gave_up || fd == -ETIME) /* the client has a clock of its own */
		*why = hp_textf(mem, "no data for %.0f s", w.silence_s);
	else if (fd < 0)
		*why = fd == -ENOENT ? "not on the servers" : strerror(-fd);
	lib->end(c);
	if (fd < 0)
		return fd == -ENOENT && !w.gave_up ? HP_DEBUGINFOD_ABSENT : HP_DEBUGINFOD_FAILED;
	*path = hp_text_copy(mem, hp_slice_str(got));
	free(got);
	close(fd);
	return HP_DEBUGINFOD_OK;
}

enum hp_debuginfod_result hp_debuginfod_fetch(const char *servers, struct hp_slice id,
					      struct hp_arena *mem, const char **path,
					      const char **why)
{
	const char *dir = folder(mem);
	struct client_library lib;

	*why = "libdebuginfod.so.1 cannot be loaded: install libdebuginfod1";
	if (!load_library(&lib))
		return HP_DEBUGINFOD_FAILED;
	*why = "there is no folder to keep files in: set DEBUGINFOD_CACHE_PATH";
	if (!set_variable("HOME") && !set_variable("XDG_CACHE_HOME") &&
	    !set_variable("DEBUGINFOD_CACHE_PATH"))
		return HP_DEBUGINFOD_FAILED;
	if (!make_folder(dir, mem)) {
		*why = hp_textf(mem, "cannot keep files in %s: %s; set DEBUGINFOD_CACHE_PATH", dir,
				strerror(errno));
		return HP_DEBUGINFOD_FAILED;
	}
	*why = "out of memory";
	if (setenv("DEBUGINFOD_URLS", servers, 1) != 0 ||
	    setenv("DEBUGINFOD_RETRY_LIMIT", "0", 0) != 0)
		return HP_DEBUGINFOD_FAILED;
	return ask(&lib, id, mem, path, why);
}
