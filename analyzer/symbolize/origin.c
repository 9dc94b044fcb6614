/*
 * origin.c - opening a file by how it came to be known: named by the user, or found.
 *
 * An archive with a profile may hold links beside it, to anything that its reader can read.  So a
 * link counts only where it stays in its folder, or where root made it.
 */
#include "analyzer/symbolize/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/error.h"

/* Whether @folder, where a link was found, is one that packages put links into. */
static bool is_of_system(const char *folder)
{
	static const struct hp_slice of[] = {
		HP_SLICE_LIT("/usr"),   HP_SLICE_LIT("/lib"),    HP_SLICE_LIT("/lib32"),
		HP_SLICE_LIT("/lib64"), HP_SLICE_LIT("/libx32"), HP_SLICE_LIT("/bin"),
		HP_SLICE_LIT("/sbin"),  HP_SLICE_LIT("/etc"),
	};
	struct hp_slice s = hp_slice_str(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	for (size_t i = 0; i < HP_LEN(of); i++)
		if (hp_slice_starts(s, of[i]) && (s.len == of[i].len || s.ptr[of[i].len] == '/'))
			return true;
	return false;
}

/* Whether link @link, in @folder, is one of the system's. */
static bool is_system_link(const char *folder, const struct stat *link)
{
	struct stat st;

	if (link->st_uid != 0 || stat(folder, &st) != 0)
		return false;
	return st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
	       (geteuid() != 0 || is_of_system(folder));
}

/* Whether one of the components of @path behind its first @skip bytes is a link of anybody's. */
static bool has_links(const char *path, size_t skip)
{
	char at[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;

	if (n >= sizeof(at))
		return true;
	memcpy(at, path, n + 1);
	for (size_t i = skip; i < n;) {
		size_t begin = i + strspn(path + i, "/");
		size_t end = begin + strcspn(path + begin, "/");

		i = end;
		if (begin == end)
			break;
		at[end] = '\0';
		if (lstat(at, &st) != 0)
			return false; /* opening it tells */
		at[end] = path[end];
		if (!S_ISLNK(st.st_mode))
			continue;
		at[begin] = '\0'; /* the folder, with a '/' at its end */
		if (begin > 1)
			at[begin - 1] = '\0';
		if (!is_system_link(begin ? at : ".", &st))
			return true;
		memcpy(at, path, n + 1);
	}
	return false;
}

/* Whether @path is really in @folder, whatever links there are on the way. */
static bool is_inside(const char *path, const char *folder)
{
	char real[PATH_MAX];
	char root[PATH_MAX];
	size_t n;

	if (!realpath(path, real) || !realpath(folder, root))
		return false;
	n = strlen(root);
	return strncmp(real, root, n) == 0 && (n == 1 || real[n] == '/');
}

/* Whether links on the way to @path lead out of the folder that it is from. */
static bool leads_out(const char *path, const struct hp_origin *from)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	char folder[PATH_MAX];

	if (from->folder) {
		n = strlen(from->folder);
		if (strncmp(path, from->folder, n) != 0 || n >= sizeof(folder))
			n = 0; /* not below it: nothing is taken as given */
	}
	if (n >= sizeof(folder) || !has_links(path, n))
		return n >= sizeof(folder);
	memcpy(folder, path, n);
	folder[n] = '\0';
	return !is_inside(path, *folder ? folder : path[0] == '/' ? "/" : ".");
}

static bool is_owned_well(const struct stat *st, const struct hp_origin *from)
{
	return from->kind != HP_ORIGIN_FOUND || st->st_uid == geteuid() || st->st_uid == 0 ||
	       (from->owner != HP_NO_OWNER && st->st_uid == from->owner);
}

/* What is wrong with the open file; NULL: nothing. */
static const char *judge(int fd, const struct hp_origin *from)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return hp_errno_text(errno);
	if (S_ISDIR(st.st_mode))
		return "a directory";
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (!is_owned_well(&st, from))
		return "owned by another user, and not named";
	return NULL;
}

/* Whether links on the way to @path lead to themselves. */
static bool is_loop(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 && errno == ELOOP;
}

bool hp_origin_absent(const char *path, const char **why)
{
	struct stat st;

	if (stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return false;
	*why = "no such file";
	return true;
}

int hp_origin_open(const char *path, const struct hp_origin *from, const char **why, bool *absent)
{
	int fd;

	*absent = hp_origin_absent(path, why);
	if (*absent)
		return -1;
	if (is_loop(path)) {
		*why = hp_errno_text(ELOOP);
		return -1;
	}
	*why = "a link out of its folder, and not named";
	if (from->kind != HP_ORIGIN_NAMED && leads_out(path, from))
		return -1;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	*why = fd < 0 ? hp_errno_text(errno) : judge(fd, from);
	if (fd < 0 || !*why)
		return fd;
	close(fd);
	return -1;
}

uid_t hp_origin_owner(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_uid : HP_NO_OWNER;
}
