/*
 * map_alone.c - the memory map of a profile in text, without its stacks.
 *
 * It stands at the end of the file: the first line and the last bytes are all that is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/format.h"
#include "formats/procmaps.h"

enum {
	FIRST_LINE = 256,   /* bytes that it has at most */
	TAIL = 64 << 10,    /* bytes that are tried first; then four times as many, and so on... */
	TAIL_MAX = 4 << 20, /* ...until this */
};

/* Read @len bytes at @at of @fd, all of them. */
static bool read_at(int fd, char *to, size_t len, uint64_t at)
{
	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
		at += (size_t)n;
	}
	return true;
}

/* The first line of @fd with its end, if a map may follow its stacks; else empty. */
static struct hp_slice first_line(int fd, uint64_t size, char to[FIRST_LINE])
{
	struct hp_slice head = {to, size < FIRST_LINE ? (size_t)size : FIRST_LINE};
	const char *end;

	if (!read_at(fd, to, head.len, 0) || (!hp_slice_starts(head, HP_LIT("heap_v2/")) &&
					      !hp_slice_starts(head, HP_LIT("heap profile:"))))
		return (struct hp_slice){to, 0};
	end = memchr(to, '\n', head.len);
	head.len = end ? (size_t)(end - to) + 1 : 0;
	return head;
}

/* The line of @text that begins a map, and what follows; empty if none does. */
static struct hp_slice find_map(struct hp_slice text)
{
	static const char mark[] = "\nMAPPED_LIBRARIES:";
	const char *at = memmem(text.ptr, text.len, mark, sizeof(mark) - 1);

	return at ? hp_slice_from(text, (size_t)(at - text.ptr) + 1)
		  : (struct hp_slice){text.ptr, 0};
}

/* The first line of @fd and its map, to be freed; an empty slice if there is no such thing. */
static struct hp_slice read_ends(int fd, uint64_t size)
{
	char line[FIRST_LINE];
	struct hp_slice head = first_line(fd, size, line), map = {"", 0};
	uint64_t len = 0;
	char *tail = NULL;

	while (head.len && !map.len && len < TAIL_MAX && len < size) {
		len = len ? len * 4 : TAIL;
		len = len < size ? len : size;
		free(tail);
		tail = malloc(head.len + len);
		if (!tail || !read_at(fd, tail + head.len, len, size - len))
			break;
		map = find_map((struct hp_slice){tail + head.len, len});
	}
	if (!map.len) {
		free(tail);
		return (struct hp_slice){NULL, 0};
	}
	memcpy(tail, head.ptr, head.len);
	memmove(tail + head.len, map.ptr, map.len);
	return (struct hp_slice){tail, head.len + map.len};
}

int hprof_load_map(const char *path, struct hprof_profile **out, struct hprof_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct hp_slice text = {NULL, 0};
	struct stat st;
	int r = HPROF_OK;

	*out = NULL;
	if (fd < 0)
		return HPROF_OK;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		text = read_ends(fd, (uint64_t)st.st_size);
	(void)close(fd); /* nothing was written */
	if (text.len)
		r = hprof_load_bytes(text.ptr, text.len, path, NULL, out, err);
	free((char *)(uintptr_t)text.ptr);
	return r;
}
