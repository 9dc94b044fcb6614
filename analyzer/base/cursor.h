/* cursor.h - bounded reading of binary input; the only code that compares with its end. */
#ifndef HP_BASE_CURSOR_H
#define HP_BASE_CURSOR_H

#include "analyzer/base/error.h"

/* Failure is sticky: later reads give 0 and move nothing. Byte order is the machine's own. */
struct hp_cursor {
	const uint8_t *next; /* first unread byte */
	const uint8_t *end;  /* one past the last byte */
	bool failed;
};

static inline struct hp_cursor hp_cursor_init(const void *bytes, size_t len)
{
	/* nothing may be at NULL, to which nothing can be added */
	return (struct hp_cursor){bytes, len ? (const uint8_t *)bytes + len : bytes, false};
}

static inline size_t hp_cursor_left(const struct hp_cursor *c)
{
	return (size_t)(c->end - c->next);
}

static inline struct hp_slice hp_get_bytes(struct hp_cursor *c, uint64_t len)
{
	struct hp_slice s = {NULL, 0};

	if (c->failed || len > hp_cursor_left(c)) {
		c->failed = true;
		return s;
	}
	s = (struct hp_slice){(const char *)c->next, (size_t)len};
	c->next += len;
	return s;
}

static inline uint8_t hp_get_u8(struct hp_cursor *c)
{
	struct hp_slice s = hp_get_bytes(c, 1);

	return s.len ? (uint8_t)s.ptr[0] : 0;
}

/* A number of groups of seven bits, the lowest first: varint of protocol buffers. */
static inline uint64_t hp_get_varint(struct hp_cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = hp_get_u8(c);

		if (shift == 63 && byte > 1) /* more than 64 bits */
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return v;
	}
	c->failed = true;
	return 0;
}

static inline uint32_t hp_get_u32(struct hp_cursor *c)
{
	struct hp_slice s = hp_get_bytes(c, 4);
	uint32_t v = 0;

	if (s.len)
		memcpy(&v, s.ptr, sizeof(v));
	return v;
}

static inline uint64_t hp_get_u64(struct hp_cursor *c)
{
	struct hp_slice s = hp_get_bytes(c, 8);
	uint64_t v = 0;

	if (s.len)
		memcpy(&v, s.ptr, sizeof(v));
	return v;
}

#endif
