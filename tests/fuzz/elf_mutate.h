/*
 * elf_mutate.h - changes of ELF files that reach deep into their debug sections: headers stay as
 * they are most of the time, numbers change within their length, offsets lead to other places.
 */
#ifndef HP_FUZZ_ELF_MUTATE_H
#define HP_FUZZ_ELF_MUTATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Of libFuzzer; the replay has none. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

enum { ELF_PARTS = 64 };

struct elf_part {
	char name[24];  /* cut */
	size_t at, len; /* in the file, within its bounds */
	size_t header;  /* where its section header is */
};

struct elf_image {
	uint8_t *bytes;
	size_t len;
	bool wide, swapped; /* 64-bit; in the other byte order */
	struct elf_part part[ELF_PARTS];
	unsigned n;
	uint64_t random;
};

static inline uint64_t elf_random(struct elf_image *e)
{
	e->random ^= e->random >> 12;
	e->random ^= e->random << 25;
	e->random ^= e->random >> 27;
	return e->random * UINT64_C(0x2545f4914f6cdd1d);
}

static inline size_t elf_below(struct elf_image *e, size_t n)
{
	return n ? (size_t)(elf_random(e) % n) : 0;
}

static inline uint64_t elf_get(const struct elf_image *e, size_t at, size_t n)
{
	uint64_t v = 0;

	if (at > e->len || n > e->len - at)
		return 0;
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)e->bytes[at + i] << 8 * (e->swapped ? n - 1 - i : i);
	return v;
}

static inline void elf_put(struct elf_image *e, size_t at, size_t n, uint64_t v)
{
	if (at > e->len || n > e->len - at)
		return;
	for (size_t i = 0; i < n; i++)
		e->bytes[at + i] = (uint8_t)(v >> 8 * (e->swapped ? n - 1 - i : i));
}

static inline size_t elf_min(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

/* Find the parts of @e that are worth to be changed. False: no ELF file. */
static inline bool elf_parse(struct elf_image *e)
{
	size_t table, size, count, names;

	e->n = 0;
	if (e->len < 64 || memcmp(e->bytes, "\177ELF", 4) != 0)
		return false;
	e->wide = e->bytes[4] == 2;
	e->swapped = e->bytes[5] == 2;
	table = elf_min(e->wide ? elf_get(e, 40, 8) : elf_get(e, 32, 4), e->len);
	size = e->wide ? 64 : 40;
	count = elf_get(e, e->wide ? 60 : 48, 2);
	names = table + elf_get(e, e->wide ? 62 : 50, 2) * size;
	names = elf_min(e->wide ? elf_get(e, names + 24, 8) : elf_get(e, names + 16, 4), e->len);
	for (size_t i = 1; i < count && e->n < ELF_PARTS; i++) {
		struct elf_part *p = &e->part[e->n];
		size_t h = table + i * size;
		size_t name = names + elf_get(e, h, 4);

		p->header = h;
		p->at = elf_min(e->wide ? elf_get(e, h + 24, 8) : elf_get(e, h + 16, 4), e->len);
		p->len = elf_min(e->wide ? elf_get(e, h + 32, 8) : elf_get(e, h + 20, 4),
				 e->len - p->at);
		memset(p->name, 0, sizeof(p->name));
		for (size_t k = 0; k + 1 < sizeof(p->name) && name + k < e->len; k++) {
			p->name[k] = (char)e->bytes[name + k];
			if (!p->name[k])
				break;
		}
		if (p->len && elf_get(e, h + 4, 4) != 8) /* SHT_NOBITS */
			e->n++;
	}
	return e->n > 0;
}

/* A part whose name begins with @prefix, any of several; NULL if there is none. */
static inline struct elf_part *elf_find(struct elf_image *e, const char *prefix)
{
	struct elf_part *found = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < e->n; i++)
		if (strncmp(e->part[i].name, prefix, strlen(prefix)) == 0 && elf_below(e, ++n) == 0)
			found = &e->part[i];
	return found;
}

static inline uint64_t elf_odd_number(struct elf_image *e, size_t near)
{
	static const uint64_t odd[] = {0,
				       1,
				       2,
				       3,
				       4,
				       7,
				       8,
				       11,
				       12,
				       16,
				       0x7f,
				       0x80,
				       0xff,
				       0x7fff,
				       0xffff,
				       0xfffffff0,
				       0xffffffff,
				       UINT64_C(1) << 31,
				       UINT64_C(1) << 63,
				       UINT64_MAX,
				       UINT64_MAX - 11};

	switch (elf_below(e, 3)) {
	case 0:
		return odd[elf_below(e, sizeof(odd) / sizeof(odd[0]))];
	case 1:
		return elf_below(e, near + 16); /* an offset within, or just behind */
	default:
		return elf_random(e);
	}
}

/* Length of the LEB128 number at @at, at most up to @limit. */
static inline size_t elf_leb_len(const struct elf_image *e, size_t at, size_t limit)
{
	size_t n = 0;

	while (at + n < limit && n < 10 && (e->bytes[at + n] & 0x80))
		n++;
	return at + n < limit ? n + 1 : n;
}

static inline void elf_put_leb(struct elf_image *e, size_t at, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++, v >>= 7)
		e->bytes[at + i] = (uint8_t)((v & 0x7f) | (i + 1 < len ? 0x80 : 0));
}

/* Change a number of a table of abbreviations: a code, a tag, an attribute or a form. */
static inline void elf_change_abbrev(struct elf_image *e, const struct elf_part *p)
{
	static const uint8_t tags[] = {0x2e, 0x1d, 0x0b, 0x39, 0x02, 0x13, 0x17, 0x11, 0x32, 0x05};
	static const uint8_t attrs[] = {0x01, 0x03, 0x10, 0x11, 0x12, 0x1b, 0x31, 0x47, 0x55,
					0x58, 0x59, 0x57, 0x6e, 0x72, 0x73, 0x74, 0x76, 0x13};
	static const uint8_t forms[] = {0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
					0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13,
					0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c,
					0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25,
					0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c};
	size_t limit = p->at + p->len;
	size_t at = p->at;
	size_t stop = elf_below(e, p->len / 2 + 1); /* which number */
	unsigned state = 0;                         /* 0 code, 1 tag, 2 attribute, 3 form */
	size_t n;

	for (; at < limit; at += n) {
		uint64_t v = e->bytes[at] & 0x7f;

		n = elf_leb_len(e, at, limit);
		if (stop-- == 0)
			break;
		if (state == 0) {
			state = v || n > 1 ? 1 : 0;
		} else if (state == 1) {
			n++; /* and whether it has children */
			state = 2;
		} else if (state == 2) {
			state = v || n > 1 ? 3 : 4;
		} else if (state == 3) {
			n += v == 0x21 && at + n < limit ? elf_leb_len(e, at + n, limit) : 0;
			state = 2;
		} else {
			state = 0;
		}
	}
	if (at >= limit)
		return;
	n = elf_leb_len(e, at, limit);
	if (elf_below(e, 8) == 0)
		elf_put_leb(e, at, n, elf_odd_number(e, 60));
	else if (state == 0)
		elf_put_leb(e, at, n, elf_below(e, 40));
	else if (state == 1 && elf_below(e, 3) == 0 && at + n < limit)
		e->bytes[at + n] ^= 1;
	else if (state == 1)
		elf_put_leb(e, at, n, tags[elf_below(e, sizeof(tags))]);
	else if (state == 2)
		elf_put_leb(e, at, n, attrs[elf_below(e, sizeof(attrs))]);
	else if (state == 3)
		elf_put_leb(e, at, n, forms[elf_below(e, sizeof(forms))]);
}

/* Change a field of a unit's or of a line table's header. */
static inline void elf_change_header(struct elf_image *e, const struct elf_part *p)
{
	size_t at = p->at;
	size_t limit = p->at + p->len;
	size_t skip = elf_below(e, 4);
	size_t field;

	for (; skip > 0; skip--) { /* to another unit */
		uint64_t len = elf_get(e, at, 4);

		if (len == 0xffffffff)
			len = elf_get(e, at + 4, 8) + 8;
		if (len + 4 >= limit - at)
			break;
		at += (size_t)len + 4;
	}
	field = elf_below(e, 26);
	if (at + field + 8 >= limit)
		return;
	if (elf_below(e, 2))
		e->bytes[at + field] = (uint8_t)elf_odd_number(e, 16);
	else
		elf_put(e, at + field, elf_below(e, 2) ? 4 : 2, elf_odd_number(e, p->len));
}

/* Copy a run of bytes of a part, or of another one, to another place in it. */
static inline void elf_copy(struct elf_image *e, const struct elf_part *p)
{
	const struct elf_part *from = elf_below(e, 3) ? p : &e->part[elf_below(e, e->n)];
	size_t to = elf_below(e, p->len);
	size_t at = elf_below(e, from->len);
	size_t n = 1 + elf_below(e, 40);

	n = elf_min(n, elf_min(p->len - to, from->len - at));
	memmove(e->bytes + p->at + to, e->bytes + from->at + at, n);
}

static inline void elf_set(struct elf_image *e, const struct elf_part *p)
{
	size_t at = elf_below(e, p->len);
	size_t n = (size_t)1 << elf_below(e, 4);

	switch (elf_below(e, 6)) {
	case 0:
		e->bytes[p->at + at] = (uint8_t)elf_random(e);
		break;
	case 1:
		e->bytes[p->at + at] ^= (uint8_t)(1u << elf_below(e, 8));
		break;
	case 2: /* a run of LEB128 */
		memset(e->bytes + p->at + at, 0x80, elf_min(1 + elf_below(e, 24), p->len - at));
		break;
	case 3:
		memset(e->bytes + p->at + at, elf_below(e, 2) ? 0xff : 0,
		       elf_min(1 + elf_below(e, 12), p->len - at));
		break;
	default:
		elf_put(e, p->at + at, elf_min(n, p->len - at), elf_odd_number(e, p->len));
		break;
	}
}

/* Make a part longer: its bytes, and again, behind all others. */
static inline void elf_repeat(struct elf_image *e, const struct elf_part *p, size_t max_size)
{
	size_t times = 2 + elf_below(e, 8);
	size_t room = max_size - e->len;
	size_t at = e->len;

	if (p->len > room / times || p->len > 4096)
		return;
	for (size_t i = 0; i < times; i++)
		memcpy(e->bytes + at + i * p->len, e->bytes + p->at, p->len);
	e->len += times * p->len;
	elf_put(e, p->header + (e->wide ? 24 : 16), e->wide ? 8 : 4, at);
	elf_put(e, p->header + (e->wide ? 32 : 20), e->wide ? 8 : 4, times * p->len);
}

/* Let libFuzzer change a part within its length: it knows what was compared with what. */
static inline void elf_any(struct elf_image *e, const struct elf_part *p)
{
	size_t at = elf_below(e, p->len);

	if (LLVMFuzzerMutate)
		(void)LLVMFuzzerMutate(e->bytes + p->at + at, elf_min(p->len - at, 64),
				       elf_min(p->len - at, 64));
	else
		elf_set(e, p);
}

static inline void elf_change_one(struct elf_image *e, size_t max_size)
{
	static const char *const names[] = {
		".debug_info", ".debug_info",    ".debug_abbrev", ".debug_line", ".debug_r",
		".debug_addr", ".debug_str_off", ".debug_cu_ind", ".debug_str",  ".gnu_debug",
		".symtab",     ".note",          ".debug"};
	const struct elf_part *p = elf_find(e, names[elf_below(e, sizeof(names) / sizeof(*names))]);

	if (!p)
		p = &e->part[elf_below(e, e->n)];
	if (strncmp(p->name, ".debug_abbrev", 13) == 0 && elf_below(e, 6)) {
		elf_change_abbrev(e, p);
		return;
	}
	switch (elf_below(e, 12)) {
	case 0:
	case 1:
		elf_change_header(e, p);
		break;
	case 2:
	case 3:
		elf_copy(e, p);
		break;
	case 4:
		elf_repeat(e, p, max_size);
		break;
	case 5:
	case 6:
		elf_any(e, p);
		break;
	case 7: /* the section itself: type, flags, place, length, length of entries */
		if (elf_below(e, 4) == 0)
			elf_put(e, p->header + 4 + elf_below(e, e->wide ? 56 : 32), 4,
				elf_odd_number(e, p->len));
		break;
	default:
		elf_set(e, p);
		break;
	}
}

/* Change the file in @bytes[len], which may grow up to @max_size.  Returns its new length. */
static inline size_t elf_mutate(uint8_t *bytes, size_t len, size_t max_size, unsigned seed)
{
	struct elf_image e = {.bytes = bytes, .len = len, .random = seed | UINT64_C(1) << 40};

	for (int i = 0; i < 4; i++)
		(void)elf_random(&e); /* seeds are small numbers */
	for (size_t n = 1 + elf_below(&e, elf_below(&e, 3) ? 3 : 12); n > 0; n--) {
		if (!elf_parse(&e) || elf_below(&e, 60) == 0) {
			if (!LLVMFuzzerMutate)
				break;
			e.len = LLVMFuzzerMutate(bytes, e.len, max_size);
			break;
		}
		elf_change_one(&e, max_size);
	}
	return e.len;
}

#endif
