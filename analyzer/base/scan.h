/*
 * scan.h - taking tokens off the front of a slice of text.
 *
 * Every function leaves the slice alone when it returns false.
 */
#ifndef HP_BASE_SCAN_H
#define HP_BASE_SCAN_H

#include "analyzer/base/slice.h"

/* -1 for anything but a hexadecimal digit. */
static inline int hp_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static inline void hp_scan_blanks(struct hp_slice *s)
{
	while (s->len && (*s->ptr == ' ' || *s->ptr == '\t'))
		*s = hp_slice_from(*s, 1);
}

static inline bool hp_scan_char(struct hp_slice *s, char c)
{
	if (!s->len || *s->ptr != c)
		return false;
	*s = hp_slice_from(*s, 1);
	return true;
}

static inline bool hp_scan_text(struct hp_slice *s, struct hp_slice text)
{
	if (!hp_slice_starts(*s, text))
		return false;
	*s = hp_slice_from(*s, text.len);
	return true;
}

/* Decimal digits, up to 2^64 - 1; a larger number is refused. */
static inline bool hp_scan_u64(struct hp_slice *s, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++) {
		uint64_t digit = (uint64_t)(s->ptr[i] - '0');

		if (v > UINT64_MAX / 10 || (v == UINT64_MAX / 10 && digit > UINT64_MAX % 10))
			return false;
		v = v * 10 + digit;
	}
	if (i == 0)
		return false;
	*out = v;
	*s = hp_slice_from(*s, i);
	return true;
}

/* Decimal digits, and perhaps a point and more of them: the same in every locale. */
static inline bool hp_scan_decimal(struct hp_slice *s, double *out)
{
	struct hp_slice rest = *s;
	uint64_t whole;
	double part = 0, unit = 1;

	if (!hp_scan_u64(&rest, &whole))
		return false;
	if (rest.len > 1 && rest.ptr[0] == '.' && rest.ptr[1] >= '0' && rest.ptr[1] <= '9')
		rest = hp_slice_from(rest, 1);
	else
		unit = 0;
	for (; unit > 0 && rest.len && rest.ptr[0] >= '0' && rest.ptr[0] <= '9';
	     rest = hp_slice_from(rest, 1)) {
		if (unit < 1e15) { /* what follows is beyond a double */
			part = part * 10 + (rest.ptr[0] - '0');
			unit *= 10;
		}
	}
	*out = (double)whole + (unit > 1 ? part / unit : 0);
	*s = rest;
	return true;
}

/* The value of the eight hexadecimal digits at @text; false if they are something else. */
static inline bool hp_hex_eight(const char *text, uint32_t *out)
{
	const uint64_t each = 0x0101010101010101u;
	uint64_t v, letter, digit, low;

	memcpy(&v, text, sizeof(v));
	if (v & each * 0x80)
		return false;
	/* bit 7 of each byte: '0' to '9', 'a' to 'f' or 'A' to 'F'; no sum of these runs over */
	digit = (v + each * (0x80 - '0')) & ~(v + each * (0x7f - '9'));
	low = v | each * 0x20;
	letter = (low + each * (0x80 - 'a')) & ~(low + each * (0x7f - 'f')) & ~digit;
	if (((digit | letter) & each * 0x80) != each * 0x80)
		return false;
	v = (v & each * 0xf) + 9 * (v >> 6 & each);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	v = (v | v >> 4) & 0x00ff00ff00ff00ffu;
	v = (v | v >> 8) & 0x0000ffff0000ffffu;
	*out = (uint32_t)(v | v >> 16);
	return true;
}

/* Hexadecimal digits with or without "0x", up to 64 bits; leading zeros do not count. */
static inline bool hp_scan_hex(struct hp_slice *s, uint64_t *out)
{
	size_t i = s->len > 2 && s->ptr[0] == '0' && (s->ptr[1] | 0x20) == 'x' ? 2 : 0;
	size_t first = i;
	uint64_t v = 0;
	uint32_t eight;

	if (s->len - i >= 8 && hp_hex_eight(s->ptr + i, &eight)) {
		v = eight;
		i += 8;
	}
	for (; i < s->len; i++) {
		int digit = hp_hex_digit(s->ptr[i]);

		if (digit < 0)
			break;
		if (v >> 60)
			return false;
		v = v << 4 | (uint64_t)digit;
	}
	if (i == first)
		return false;
	*out = v;
	*s = hp_slice_from(*s, i);
	return true;
}

/* Everything up to the next blank or tab; false at the end. */
static inline bool hp_scan_word(struct hp_slice *s, struct hp_slice *out)
{
	size_t i = 0;

	while (i < s->len && s->ptr[i] != ' ' && s->ptr[i] != '\t')
		i++;
	if (i == 0)
		return false;
	*out = (struct hp_slice){s->ptr, i};
	*s = hp_slice_from(*s, i);
	return true;
}

#endif
