/* sink.c - standard output, or a file that appears only when it is complete. */
#include "analyzer/cli/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/cli/stop.h"

enum { MAX_LINKS = 40 }; /* as many as Linux follows */

static int cannot(const char *path, const char *what, struct hprof_error *err)
{
	return hp_fail(err, HPROF_EIO, "%s: cannot %s: %s", path, what, hp_errno_text(errno));
}

/* Where link @path points, which nothing has to be at: to be freed; NULL: errno tells. */
static char *read_link(const char *path)
{
	char to[PATH_MAX];
	ssize_t n = readlink(path, to, sizeof(to));
	const char *slash = strrchr(path, '/');
	char *target = NULL;

	if (n < 0)
		return NULL;
	if (n == 0 || n == (ssize_t)sizeof(to)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	if (asprintf(&target, "%.*s%.*s", to[0] != '/' && slash ? (int)(slash - path) + 1 : 0, path,
		     (int)n, to) < 0)
		return NULL;
	return target;
}

char *hp_output_file_target(const char *path)
{
	char *at = realpath(path, NULL);
	struct stat st;

	if (at || errno != ENOENT)
		return at;
	at = strdup(path);
	for (int i = 0; at && lstat(at, &st) == 0 && S_ISLNK(st.st_mode); i++) {
		char *next = i < MAX_LINKS ? read_link(at) : NULL;

		if (i == MAX_LINKS)
			errno = ELOOP;
		free(at);
		at = next;
	}
	return at;
}

/* A new file in the target's folder, to be renamed over it; it keeps the target's mode. */
static int open_temporary(struct hp_output_file *s, struct hprof_error *err)
{
	const char *slash = strrchr(s->target, '/');
	int folder = slash ? (int)(slash - s->target) + 1 : 0;
	mode_t mask = umask(0), mode = 0666 & ~mask;
	struct stat st;

	(void)umask(mask); /* returns what was just set */
	if (stat(s->target, &st) == 0)
		mode = st.st_mode & 07777;
	if (asprintf(&s->temporary, "%.*s.hprof.XXXXXX", folder, s->target) < 0) {
		s->temporary = NULL;
		return hp_fail_nomem(err);
	}
	hp_stop_file(s->temporary); /* its name is final before the file is there */
	s->fd = mkostemp(s->temporary, O_CLOEXEC);
	if (s->fd < 0) {
		int r = strcmp(s->path, s->target) == 0 || errno != ENOENT
				? cannot(s->path, "create a file beside it", err)
				: hp_fail(err, HPROF_EIO,
					  "%s: is a link into a folder that is not there", s->path);

		hp_stop_file(NULL);
		free(s->temporary);
		s->temporary = NULL;
		return r;
	}
	return fchmod(s->fd, mode) < 0 ? cannot(s->path, "set its mode", err) : HPROF_OK;
}

/* Remove what was written; the failure that led here is told elsewhere. */
static void discard(struct hp_output_file *s)
{
	if (s->path && s->fd >= 0)
		(void)close(s->fd);
	if (s->temporary)
		(void)unlink(s->temporary);
	if (s->path)
		hp_stop_file(NULL);
	free(s->temporary);
	free(s->target);
	*s = (struct hp_output_file){.fd = -1};
}

int hp_output_file_open(struct hp_output_file *s, const char *path, struct hprof_error *err)
{
	struct stat st;
	int r;

	*s = (struct hp_output_file){.fd = STDOUT_FILENO};
	if (!path || strcmp(path, "-") == 0)
		return HPROF_OK;
	s->path = path;
	if (stat(path, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_nlink == 0)) {
		/* a pipe, a device, or a file that has no name any more: nothing to rename */
		s->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		return s->fd < 0 ? cannot(path, "write", err) : HPROF_OK;
	}
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0 && errno != ENOENT)
		return cannot(path, "write",
			      err); /* a folder may let it be replaced, its mode not */
	s->target =
		hp_output_file_target(path); /* what a link points at is replaced, not the link */
	r = s->target ? open_temporary(s, err) : cannot(path, "write", err);
	if (r < 0)
		discard(s);
	return r;
}

int hp_output_file_write(void *sink, const void *bytes, size_t len)
{
	const struct hp_output_file *s = sink;
	const char *at = bytes;

	while (len) {
		ssize_t n = write(s->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int hp_output_file_close(struct hp_output_file *s, bool ok, struct hprof_error *err)
{
	int r = HPROF_OK;

	if (ok && s->path && close(s->fd) < 0)
		r = cannot(s->path, "write", err);
	if (ok && s->path)
		s->fd = -1;
	if (ok && r == HPROF_OK && s->temporary) {
		if (rename(s->temporary, s->target) < 0) {
			r = cannot(s->path, "put it in place", err);
		} else {
			hp_stop_file(NULL);
			free(s->temporary);
			s->temporary = NULL;
		}
	}
	discard(s);
	return r;
}
