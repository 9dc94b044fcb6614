/* slice.h - a borrowed run of bytes; not NUL-terminated. */
#ifndef HP_BASE_SLICE_H
#define HP_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HP_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct hp_slice {
	const char *ptr;
	size_t len;
};

#define HP_SLICE_LIT(s)                                                                            \
	{                                                                                          \
		(s), sizeof(s) - 1                                                                 \
	}
#define HP_LIT(s) ((struct hp_slice){(s), sizeof(s) - 1})

static inline struct hp_slice hp_slice_str(const char *s)
{
	return (struct hp_slice){s, strlen(s)};
}

static inline bool hp_slice_same(struct hp_slice a, struct hp_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool hp_slice_starts(struct hp_slice s, struct hp_slice prefix)
{
	return s.len >= prefix.len && memcmp(s.ptr, prefix.ptr, prefix.len) == 0;
}

static inline bool hp_slice_ends(struct hp_slice s, struct hp_slice suffix)
{
	return s.len >= suffix.len &&
	       memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0;
}

/* What follows the first @n bytes; @n must not exceed the length. */
static inline struct hp_slice hp_slice_from(struct hp_slice s, size_t n)
{
	return (struct hp_slice){s.ptr + n, s.len - n};
}

/* Without blanks and tabs at either end. */
static inline struct hp_slice hp_slice_trim(struct hp_slice s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = hp_slice_from(s, 1);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* What follows the last '/', or all of it. */
static inline struct hp_slice hp_slice_basename(struct hp_slice path)
{
	size_t i = path.len;

	while (i > 0 && path.ptr[i - 1] != '/')
		i--;
	return hp_slice_from(path, i);
}

/* Take the first line of *@rest, without its end. False: nothing is left. */
static inline bool hp_slice_line(struct hp_slice *rest, struct hp_slice *line)
{
	const char *end = rest->len ? (const char *)memchr(rest->ptr, '\n', rest->len) : NULL;

	*line = *rest;
	if (rest->len == 0)
		return false;
	if (end)
		line->len = (size_t)(end - rest->ptr);
	*rest = hp_slice_from(*rest, end ? line->len + 1 : line->len);
	return true;
}

/* Byte order, the shorter first when one begins the other. */
static inline int hp_slice_cmp(struct hp_slice a, struct hp_slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (c != 0)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

#endif
