/* bytes.h - bounded reading of DWARF: numbers in either byte order, LEB128, strings. */
#ifndef HP_DWARF_BYTES_H
#define HP_DWARF_BYTES_H

#include <byteswap.h>

#include "analyzer/base/slice.h"

/* Failure is sticky: what is left is gone, and later reads give 0. */
struct hp_bytes {
	const uint8_t *at, *end;
	bool swapped; /* numbers are in the other byte order than this machine's */
	bool failed;
};

static inline void hp_bytes_fail(struct hp_bytes *b)
{
	b->failed = true;
	b->at = b->end;
}

/* What @s holds from @offset on. */
static inline struct hp_bytes hp_bytes_of(struct hp_slice s, uint64_t offset, bool swapped)
{
	const uint8_t *start = (const uint8_t *)s.ptr;
	struct hp_bytes b = {start, start, swapped, true};

	if (!s.len || offset > s.len)
		return b;
	return (struct hp_bytes){start + offset, start + s.len, swapped, false};
}

static inline uint64_t hp_bytes_left(const struct hp_bytes *b)
{
	return (uint64_t)(b->end - b->at);
}

/* The next @n bytes; NULL if there are fewer. */
static inline const uint8_t *hp_bytes_take(struct hp_bytes *b, uint64_t n)
{
	const uint8_t *at = b->at;

	if (n > hp_bytes_left(b)) {
		hp_bytes_fail(b);
		return NULL;
	}
	b->at += n;
	return at;
}

static inline uint8_t hp_bytes_u8(struct hp_bytes *b)
{
	if (b->at == b->end) {
		b->failed = true;
		return 0;
	}
	return *b->at++;
}

static inline uint16_t hp_bytes_u16(struct hp_bytes *b)
{
	const uint8_t *p = hp_bytes_take(b, 2);
	uint16_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return b->swapped ? bswap_16(v) : v;
}

static inline uint32_t hp_bytes_u32(struct hp_bytes *b)
{
	const uint8_t *p = hp_bytes_take(b, 4);
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return b->swapped ? bswap_32(v) : v;
}

static inline uint64_t hp_bytes_u64(struct hp_bytes *b)
{
	const uint8_t *p = hp_bytes_take(b, 8);
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return b->swapped ? bswap_64(v) : v;
}

/* The only number of three bytes is DW_FORM_strx3 and its kin. */
static inline uint32_t hp_bytes_u24(struct hp_bytes *b)
{
	const bool big = b->swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	const uint8_t *p = hp_bytes_take(b, 3);

	if (!p)
		return 0;
	return big ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]
		   : (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* A number of @n bytes: 1, 2, 3, 4 or 8. */
static inline uint64_t hp_bytes_word(struct hp_bytes *b, uint64_t n)
{
	switch (n) {
	case 1:
		return hp_bytes_u8(b);
	case 2:
		return hp_bytes_u16(b);
	case 3:
		return hp_bytes_u24(b);
	case 4:
		return hp_bytes_u32(b);
	case 8:
		return hp_bytes_u64(b);
	default:
		hp_bytes_fail(b);
		return 0;
	}
}

static inline uint64_t hp_bytes_uleb(struct hp_bytes *b)
{
	uint64_t v;
	uint8_t byte;

	if (b->at < b->end && *b->at < 0x80)
		return *b->at++;
	v = 0;
	byte = 0x80;
	for (unsigned shift = 0; (byte & 0x80) && !b->failed; shift += 7) {
		byte = hp_bytes_u8(b);
		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
	}
	return v;
}

static inline int64_t hp_bytes_sleb(struct hp_bytes *b)
{
	uint64_t v = 0;
	uint8_t byte = 0x80;
	unsigned shift = 0;

	if (b->at < b->end && *b->at < 0x80) {
		byte = *b->at++;
		return (int64_t)((uint64_t)byte << 57) >> 57; /* bit 6 is the sign */
	}
	while ((byte & 0x80) && !b->failed) {
		byte = hp_bytes_u8(b);
		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	}
	if ((byte & 0x40) && shift < 64)
		v |= ~(uint64_t)0 << shift;
	return (int64_t)v;
}

/* The text at the begin of @s, up to a NUL or to @most bytes; empty if @s ends before. */
static inline struct hp_slice hp_bytes_text(struct hp_slice s, size_t most)
{
	size_t n = s.len < most ? s.len : most;
	const char *nul = n ? memchr(s.ptr, 0, n) : NULL;

	if (!nul && n < most)
		return (struct hp_slice){NULL, 0};
	return (struct hp_slice){s.ptr, nul ? (size_t)(nul - s.ptr) : most};
}

/* The text up to the next NUL, which is passed over. */
static inline struct hp_slice hp_bytes_string(struct hp_bytes *b)
{
	const uint8_t *start = b->at;
	const uint8_t *nul = b->at < b->end ? memchr(start, 0, hp_bytes_left(b)) : NULL;

	if (!nul) {
		hp_bytes_fail(b);
		return (struct hp_slice){NULL, 0};
	}
	b->at = nul + 1;
	return (struct hp_slice){(const char *)start, (size_t)(nul - start)};
}

#endif
