/* utf8.h - recognising well-formed UTF-8. */
#ifndef HP_BASE_UTF8_H
#define HP_BASE_UTF8_H

#include "analyzer/base/slice.h"

/*
 * Bytes of the first character of @s, 0 when it is malformed: overlong, a surrogate, above
 * U+10FFFF or cut (the table of well-formed sequences of the Unicode Standard, section 3.9).
 */
static inline size_t hp_utf8_len(struct hp_slice s)
{
	unsigned char c = s.len ? (unsigned char)s.ptr[0] : 0xff;
	unsigned char low = 0x80, high = 0xbf;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n > s.len)
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	if (c == 0xed)
		high = 0x9f;
	if (c == 0xf0)
		low = 0x90;
	if (c == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		unsigned char next = (unsigned char)s.ptr[i];

		if (next < low || next > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

/* The first character of @s, which takes @n bytes as hp_utf8_len() tells. */
static inline uint32_t hp_utf8_code(struct hp_slice s, size_t n)
{
	uint32_t c = (unsigned char)s.ptr[0];

	if (n > 1)
		c &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s.ptr[i] & 0x3f);
	return c;
}

/*
 * Whether character @c changes what stands around it: controls (C0, delete, C1) steer a terminal,
 * separators end a line, and marks of the direction of writing turn a text round.
 */
static inline bool hp_code_is_hostile(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* The same of the first character of @s, @n bytes as hp_utf8_len() tells; false if @n is 0. */
static inline bool hp_utf8_is_hostile(struct hp_slice s, size_t n)
{
	return n && hp_code_is_hostile(hp_utf8_code(s, n));
}

/* One bit in each of the eight bytes of @v that is 0; those above the first may be wrong. */
static inline uint64_t hp_utf8_zeros(uint64_t v)
{
	return (v - 0x0101010101010101u) & ~v & 0x8080808080808080u;
}

/* How many of the first bytes of @s are printable ASCII other than @a and @b. */
static inline size_t hp_utf8_plain_run(struct hp_slice s, char a, char b)
{
	const uint64_t each = 0x0101010101010101u;
	const uint64_t not_a = each * (unsigned char)a;
	const uint64_t not_b = each * (unsigned char)b;
	size_t n = 0;

	for (; s.len - n >= sizeof(uint64_t); n += sizeof(uint64_t)) {
		uint64_t v;
		uint64_t odd;

		memcpy(&v, s.ptr + n, sizeof(v));
		/* not ASCII, below a blank, delete; then @a and @b */
		odd = (v | (v - each * 0x20) | (v + each)) & each * 0x80;
		if (odd | hp_utf8_zeros(v ^ not_a) | hp_utf8_zeros(v ^ not_b))
			break; /* one of these, or looks like it */
	}
	while (n < s.len && s.ptr[n] >= 0x20 && s.ptr[n] < 0x7f && s.ptr[n] != a && s.ptr[n] != b)
		n++;
	return n;
}

#endif
