/* folder.c - the folder of cache files: DIR/hprof, mode 0700, owned by who runs. */
#include "analyzer/symbolize/cache/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analyzer/base/column.h"
#include "analyzer/base/index.h"
#include "analyzer/base/moment.h"

/* Names are 32 hexadecimal digits and ENDING; what is being written has a dot and 16 more. */
#define ENDING ".names"
enum { KEY_DIGITS = 32, WRITER_DIGITS = 16 };

enum {
	TOUCH_SECONDS = 60,
	STALE_SECONDS = 3600,
	FILE_BYTES = 32 << 20,
	FILES = 4096,
	MADE_MODE = 0700, /* of folders */
};

const struct hp_folder_limits hp_folder_defaults = {
	.file_bytes = FILE_BYTES,
	.bytes = (uint64_t)512 << 20,
	.files = FILES,
};

void hp_folder_name(char name[HP_FOLDER_NAME_MAX], struct hp_slice key)
{
	XXH128_hash_t h = XXH3_128bits(key.ptr, key.len);

	(void)snprintf(name, HP_FOLDER_NAME_MAX, "%016" PRIx64 "%016" PRIx64 ENDING, h.high64,
		       h.low64); /* fits */
}

/* --- the folder --- */

static int cannot(const char *what, const char *dir, struct hprof_error *err)
{
	hp_fail(err, HPROF_EIO, "cannot %s \"%s/hprof\": %s", what, dir, strerror(errno));
	return -1;
}

static int refuse(const char *why, const char *dir, struct hprof_error *err)
{
	hp_fail(err, HPROF_EFILE, "cannot use \"%s/hprof\": %s", dir, why);
	return -1;
}

/* Make the folder, and @dir if need be. */
static int make(const char *dir, struct hprof_error *err)
{
	bool is_new = mkdir(dir, MADE_MODE) == 0;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0)
		return cannot("make", dir, err);
	/* what root makes in a home is in the way of the one whose home it is */
	if (geteuid() == 0 && fstatat(fd, is_new ? ".." : ".", &st, 0) == 0 && st.st_uid != 0) {
		(void)close(fd); /* opened for reading */
		if (is_new)
			(void)rmdir(dir);
		return refuse("root makes no folders in those of other users", dir, err);
	}
	r = mkdirat(fd, "hprof", MADE_MODE);
	if (r != 0 && errno == EEXIST)
		r = 0;
	if (r != 0)
		(void)cannot("make", dir, err);
	(void)close(fd); /* opened for reading */
	return r;
}

static int open_own(const char *dir)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/hprof", dir);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int hp_folder_open(const char *dir, bool create, struct hprof_error *err)
{
	int fd = open_own(dir);
	const char *why = NULL;
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		if (!create || make(dir, err) < 0)
			return -1;
		fd = open_own(dir);
	}
	if (fd < 0)
		return cannot("open", dir, err);
	if (fstat(fd, &st) != 0)
		why = "its owner is unknown";
	else if (st.st_uid != geteuid())
		why = "it belongs to another user";
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		why = "other users can write to it";
	if (!why)
		return fd;
	(void)close(fd); /* opened for reading */
	return refuse(why, dir, err);
}

/* --- one file --- */

static bool is_own_file(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid();
}

/* @fd is open for reading, which its owner may do with any mode but a strange one. */
static void touch_file(int fd, const struct stat *st)
{
	time_t now = time(NULL);

	if (now < st->st_mtim.tv_sec || st->st_mtim.tv_sec < now - TOUCH_SECONDS)
		(void)futimens(fd, NULL); /* it is only the order of eviction */
}

bool hp_folder_map(int fd, const char *name, bool use, struct hp_folder_file *out)
{
	int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	void *bytes = MAP_FAILED;
	struct stat st;

	if (file < 0)
		return false;
	if (fstat(file, &st) == 0 && is_own_file(&st) && st.st_size > HP_IMAGE_HEADER &&
	    (uint64_t)st.st_size <= hp_folder_defaults.file_bytes)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ,
			     MAP_PRIVATE | (use ? MAP_POPULATE : 0), file, 0);
	if (bytes != MAP_FAILED && use)
		touch_file(file, &st);
	(void)close(file); /* opened for reading */
	if (bytes == MAP_FAILED)
		return false;
	*out = (struct hp_folder_file){bytes, (size_t)st.st_size, st.st_dev, st.st_ino};
	return true;
}

void hp_folder_unmap(struct hp_folder_file *f)
{
	if (f->bytes)
		(void)munmap((void *)(uintptr_t)f->bytes, f->len); /* it was mapped above */
	*f = (struct hp_folder_file){0};
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int hp_folder_write(int fd, const char *name, const void *bytes, size_t len,
		    struct hprof_error *err)
{
	char temporary[HP_FOLDER_NAME_MAX + WRITER_DIGITS + 2];
	int file;
	int r;

	(void)snprintf(temporary, sizeof(temporary), "%s.%016" PRIx64, name,
		       hp_hash_seed()); /* fits */
	file = openat(fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return hp_fail(err, HPROF_EIO, "cannot make a file: %s", strerror(errno));
	r = write_all(file, bytes, len);
	if (close(file) != 0)
		r = -1;
	if (r == 0 && renameat(fd, temporary, fd, name) == 0)
		return HPROF_OK;
	r = hp_fail(err, HPROF_EIO, "cannot write a file: %s", strerror(errno));
	(void)unlinkat(fd, temporary, 0); /* or it goes an hour later */
	return r;
}

/* --- all files --- */

static bool is_hex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") >= n;
}

/* Whether @name is one of ours; *@unfinished, one that is being written. */
static bool is_own_name(const char *name, bool *unfinished)
{
	const char *end = name + KEY_DIGITS;

	if (!is_hex(name, KEY_DIGITS) || strncmp(end, ENDING, sizeof(ENDING) - 1) != 0)
		return false;
	end += sizeof(ENDING) - 1;
	*unfinished = *end == '.';
	if (!*unfinished)
		return !*end;
	return is_hex(end + 1, WRITER_DIGITS) && !end[1 + WRITER_DIGITS];
}

static int by_use(const void *pa, const void *pb)
{
	const struct hp_folder_entry *a = pa;
	const struct hp_folder_entry *b = pb;

	int c = hp_moment_cmp(b->used, a->used);

	if (c)
		return c;
	return strcmp(a->name, b->name);
}

static bool add_entry(struct hp_folder_list *l, int fd, const char *name)
{
	struct hp_folder_entry *e;
	bool unfinished;
	struct stat st;

	if (!is_own_name(name, &unfinished) || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !is_own_file(&st))
		return true;
	if (!HP_COLUMN_ROOM(l->entry, l->n, l->cap))
		return false;
	e = &l->entry[l->n++];
	*e = (struct hp_folder_entry){
		.bytes = (uint64_t)st.st_size,
		.used = st.st_mtim,
		.unfinished = unfinished,
	};
	memcpy(e->name, name, strlen(name) + 1); /* the form of the name gives its length */
	return true;
}

int hp_folder_list(int fd, struct hp_folder_list *l, struct hprof_error *err)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	const struct dirent *e;
	bool ok = true;

	*l = (struct hp_folder_list){0};
	if (!d) {
		if (again >= 0)
			(void)close(again); /* opened for reading */
		return hp_fail(err, HPROF_EIO, "cannot read the folder: %s", strerror(errno));
	}
	while (ok && (e = readdir(d)) != NULL)
		ok = add_entry(l, fd, e->d_name);
	(void)closedir(d); /* opened for reading */
	if (!ok) {
		hp_folder_list_release(l);
		return hp_fail_nomem(err);
	}
	if (l->n > 1)
		qsort(l->entry, l->n, sizeof(*l->entry), by_use);
	return HPROF_OK;
}

void hp_folder_list_release(struct hp_folder_list *l)
{
	free(l->entry);
	*l = (struct hp_folder_list){0};
}

int hp_folder_remove(int fd, const struct hp_folder_list *l, uint64_t *files, uint64_t *bytes,
		     struct hprof_error *err)
{
	int r = HPROF_OK;

	for (uint32_t i = 0; i < l->n; i++) {
		if (unlinkat(fd, l->entry[i].name, 0) == 0) {
			*files += 1;
			*bytes += l->entry[i].bytes;
		} else if (errno != ENOENT) { /* another process was faster */
			r = hp_fail(err, HPROF_EIO, "cannot remove \"%s\": %s", l->entry[i].name,
				    strerror(errno));
		}
	}
	return r;
}

void hp_folder_trim(int fd, const struct hp_folder_limits *limits)
{
	struct timespec stale = {time(NULL) - STALE_SECONDS, 0};
	struct hp_folder_list l;
	uint64_t bytes = 0;
	uint32_t files = 0;

	if (hp_folder_list(fd, &l, NULL) < 0)
		return;
	for (uint32_t i = 0; i < l.n; i++) {
		const struct hp_folder_entry *e = &l.entry[i];
		bool drop = e->unfinished
				    ? hp_moment_cmp(e->used, stale) < 0
				    : bytes + e->bytes > limits->bytes || files >= limits->files;

		if (drop) {
			(void)unlinkat(fd, e->name, 0); /* another process may have been faster */
			continue;
		}
		bytes += e->bytes;
		files++;
	}
	hp_folder_list_release(&l);
}
