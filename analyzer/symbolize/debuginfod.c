/* debuginfod.c - debug files by build ID from debuginfod servers and from what they gave before. */
#include "analyzer/symbolize/debuginfod.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/base/error.h"
#include "analyzer/base/scan.h"
#include "analyzer/symbolize/process.h"
#include "analyzer/symbolize/text.h"

enum {
	SILENCE_S = 5, /* of a server that is borne, by default... */
	WHOLE_S = 240, /* ...and all of a transfer */
	LOOK_EVERY_MS = 100,
	MAX_FILES = 4096, /* that are looked at in a folder of the client's cache */
};

struct debuginfod_client; /* of libdebuginfod */

/* What is used of libdebuginfod, which brings curl and a lot more: loaded when it is needed. */
struct client_library {
	struct debuginfod_client *(*begin)(void);
	int (*find_debuginfo)(struct debuginfod_client *c, const unsigned char *id, int id_len,
			      char **path);
	void (*end)(struct debuginfod_client *c);
};

/* What the process that asks tells when it has an answer; the path follows. */
struct answer {
	int code; /* 0 or a negative errno */
};

/* How a transfer goes on. */
struct watch {
	const char *folder;           /* where the client puts what arrives */
	int64_t begin_ms, since_ms;   /* of the last bytes that arrived */
	int64_t silence_ms, whole_ms; /* that are borne */
	uint64_t bytes;               /* in @folder */
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
		(void)mkdir(hp_arena_string(mem, (struct hp_slice){dir, (size_t)(at - dir)}),
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
	       load_symbol(lib, "debuginfod_find_debuginfo", &l->find_debuginfo) &&
	       load_symbol(lib, "debuginfod_end", &l->end);
}

/* A number of seconds in variable @name, or else @usual; in milliseconds. */
static int64_t limit_ms(const char *name, int64_t usual)
{
	const char *given = set_variable(name);
	struct hp_slice s = hp_slice_str(given ? given : "");
	uint64_t n;

	return 1000 * (hp_scan_u64(&s, &n) && !s.len && n > 0 && n < 1000000 ? (int64_t)n : usual);
}

/* Bytes of the files in @folder. */
static uint64_t bytes_in(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;
	uint64_t sum = 0;
	struct stat st;

	if (!dir)
		return 0;
	for (unsigned i = 0; i < MAX_FILES && (e = readdir(dir)); i++)
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_size;
	(void)closedir(dir); /* opened for reading */
	return sum;
}

/*
 * Whether to wait on.  What libdebuginfod tells about its progress differs from version to
 * version, and some tell nothing while a server is silent: so only what arrives counts.
 */
static bool may_wait(struct watch *w)
{
	int64_t now = hp_process_now_ms();
	uint64_t bytes = bytes_in(w->folder);

	if (bytes != w->bytes)
		w->since_ms = now;
	w->bytes = bytes;
	return now - w->since_ms <= w->silence_ms && now - w->begin_ms <= w->whole_ms;
}

/* What the process that asks does: it may be ended at any time. */
static _Noreturn void run_client(const struct client_library *lib, const char *servers,
				 struct hp_slice id, int tell)
{
	struct answer a = {-ENOMEM};
	struct debuginfod_client *c;
	struct iovec parts[2] = {{&a, sizeof(a)}, {NULL, 0}};
	char *got = NULL;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* else it ends by itself, later */
	if (setenv("DEBUGINFOD_URLS", servers, 1) != 0 ||
	    setenv("DEBUGINFOD_RETRY_LIMIT", "0", 0) != 0)
		_exit(EXIT_FAILURE);
	c = lib->begin();
	if (c)
		a.code = lib->find_debuginfo(c, (const unsigned char *)id.ptr, (int)id.len, &got);
	if (a.code >= 0 && got)
		parts[1] = (struct iovec){got, strlen(got)};
	_exit(writev(tell, parts, 2) > 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Read from @fd until its end into @buf: how much; less than 0: the watch does not wait on. */
static ssize_t read_answer(int fd, char *buf, size_t cap, struct watch *w)
{
	size_t n = 0;

	while (n < cap) {
		struct pollfd p = {fd, POLLIN, 0};
		ssize_t got;

		if (poll(&p, 1, LOOK_EVERY_MS) <= 0) {
			if (!may_wait(w))
				return -1;
			continue;
		}
		got = read(fd, buf + n, cap - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static const char *describe(int code)
{
	return code == -ENOENT ? "not on the servers" : hp_errno_text(-code);
}

/* Ask in a process of its own, which is ended when nothing arrives. */
static enum hp_debuginfod_result ask(const struct client_library *lib, const char *servers,
				     struct hp_slice id, struct watch *w, struct hp_arena *mem,
				     const char **path, const char **why)
{
	char told[sizeof(struct answer) + PATH_MAX];
	struct answer a = {0};
	ssize_t n;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0) {
		*why = hp_errno_text(errno);
		return HP_DEBUGINFOD_FAILED;
	}
	pid = fork();
	if (pid == 0)
		run_client(lib, servers, id, fds[1]);
	*why = pid < 0 ? hp_errno_text(errno) : "its client ended without an answer";
	(void)close(fds[1]); /* the other process's */
	n = pid < 0 ? 0 : read_answer(fds[0], told, sizeof(told) - 1, w);
	(void)close(fds[0]); /* opened for reading */
	if (pid > 0) {
		(void)kill(pid, SIGKILL); /* does nothing to one that has ended */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (n >= (ssize_t)sizeof(a))
		memcpy(&a, told, sizeof(a));
	if (n < 0 || (n >= (ssize_t)sizeof(a) && a.code == -ETIME)) { /* it has limits, too */
		*why = hp_textf(mem, "no data for %" PRId64 " s", w->silence_ms / 1000);
		if (n < 0 && hp_process_now_ms() - w->since_ms <= w->silence_ms)
			*why = hp_textf(mem, "not finished after %" PRId64 " s",
					w->whole_ms / 1000);
		return HP_DEBUGINFOD_FAILED;
	}
	if (n < (ssize_t)sizeof(a))
		return HP_DEBUGINFOD_FAILED;
	if (a.code < 0) {
		*why = describe(a.code);
		return a.code == -ENOENT ? HP_DEBUGINFOD_ABSENT : HP_DEBUGINFOD_FAILED;
	}
	told[n] = '\0';
	*path = hp_arena_string(mem, hp_slice_str(told + sizeof(a)));
	return **path ? HP_DEBUGINFOD_OK : HP_DEBUGINFOD_FAILED;
}

enum hp_debuginfod_result hp_debuginfod_fetch(const char *servers, struct hp_slice id,
					      struct hp_arena *mem, const char **path,
					      const char **why)
{
	const char *dir = folder(mem);
	struct client_library lib;
	struct watch w;

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
	w = (struct watch){
		.folder = hp_textf(mem, "%s/%s", dir, hp_text_hex(mem, id.ptr, id.len)),
		.begin_ms = hp_process_now_ms(),
		.silence_ms = limit_ms("DEBUGINFOD_TIMEOUT", SILENCE_S),
		.whole_ms = limit_ms("DEBUGINFOD_MAXTIME", WHOLE_S),
	};
	w.since_ms = w.begin_ms;
	w.bytes = bytes_in(w.folder);
	return ask(&lib, servers, id, &w, mem, path, why);
}
