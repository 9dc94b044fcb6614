/*
 * lines.c - the rows of one line table that hold given addresses.
 *
 * libdw sorts the rows of a unit into one list, which mixes the rows of functions that the
 * linker dropped (their sequences start at 0) with real ones.  So the program is run here,
 * sequence by sequence; names of files still come from libdw.
 */
#include "analyzer/symbolize/lines.h"

#include <byteswap.h>
#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/cursor.h"

struct row {
	uint64_t addr;
	uint32_t file, line;
};

struct program {
	const struct hp_lines_in *in;
	struct hp_cursor at;
	uint8_t min_length, max_ops, line_range, opcode_base, address_bytes;
	int8_t line_base;
	uint8_t operands[256]; /* of each standard opcode */
	/* the state machine */
	uint64_t addr, op_index;
	uint32_t file, line;
	/* the sequence so far */
	struct row *row;
	uint32_t n, cap;
	/* where results go */
	const uint64_t *want; /* [n_want] sorted */
	uint32_t n_want;
	struct hp_line *out;
};

static uint16_t get_u16(struct hp_cursor *c, bool swapped)
{
	struct hp_slice s = hp_get_bytes(c, 2);
	uint16_t v = 0;

	if (s.len)
		memcpy(&v, s.ptr, sizeof(v));
	return swapped ? bswap_16(v) : v;
}

/* A number of @bytes bytes: 1, 2, 4 or 8. */
static uint64_t get_word(struct hp_cursor *c, bool swapped, uint64_t bytes)
{
	uint32_t half;
	uint64_t word;

	switch (bytes) {
	case 1:
		return hp_get_u8(c);
	case 2:
		return get_u16(c, swapped);
	case 4:
		half = hp_get_u32(c);
		return swapped ? bswap_32(half) : half;
	case 8:
		word = hp_get_u64(c);
		return swapped ? bswap_64(word) : word;
	default:
		c->failed = true;
		return 0;
	}
}

static uint64_t get_uleb(struct hp_cursor *c)
{
	uint64_t v = 0;
	uint8_t byte = 0x80;

	for (unsigned shift = 0; (byte & 0x80) && !c->failed; shift += 7) {
		byte = hp_get_u8(c);
		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
	}
	return v;
}

static uint64_t get_sleb(struct hp_cursor *c)
{
	uint64_t v = 0;
	uint8_t byte = 0x80;
	unsigned shift = 0;

	while ((byte & 0x80) && !c->failed) {
		byte = hp_get_u8(c);
		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	}
	if ((byte & 0x40) && shift < 64)
		v |= ~(uint64_t)0 << shift;
	return v;
}

/* Read the header at @offset; leaves @p->at at the program, ending where the unit does. */
static bool read_header(struct program *p, uint64_t offset)
{
	struct hp_cursor c = hp_cursor_init(p->in->section.ptr, p->in->section.len);
	bool swapped = p->in->swapped;
	uint64_t offset_bytes = 4;
	struct hp_slice body;
	uint64_t length;
	uint16_t version;

	(void)hp_get_bytes(&c, offset); /* a bad offset shows in c.failed */
	length = get_word(&c, swapped, 4);
	if (length == 0xffffffff) {
		offset_bytes = 8;
		length = get_word(&c, swapped, 8);
	}
	body = hp_get_bytes(&c, length);
	if (c.failed)
		return false;
	c = hp_cursor_init(body.ptr, body.len);
	version = get_u16(&c, swapped);
	if (version < 2 || version > 5)
		return false;
	if (version >= 5)
		(void)hp_get_bytes(&c, 2); /* sizes of addresses and segment selectors */
	length = get_word(&c, swapped, offset_bytes);
	p->at = c;
	(void)hp_get_bytes(&p->at, length); /* the same: p->at.failed */
	p->min_length = hp_get_u8(&c);
	p->max_ops = version >= 4 ? hp_get_u8(&c) : 1;
	(void)hp_get_u8(&c); /* default_is_stmt */
	p->line_base = (int8_t)hp_get_u8(&c);
	p->line_range = hp_get_u8(&c);
	p->opcode_base = hp_get_u8(&c);
	for (unsigned i = 1; i < p->opcode_base; i++)
		p->operands[i] = hp_get_u8(&c);
	return !c.failed && !p->at.failed && p->line_range && p->opcode_base;
}

static void reset(struct program *p)
{
	p->addr = 0;
	p->op_index = 0;
	p->file = 1;
	p->line = 1;
	p->n = 0;
}

static bool add_row(struct program *p)
{
	if (!HP_COLUMN_ROOM(p->row, p->n, p->cap))
		return false;
	p->row[p->n++] = (struct row){p->addr, p->file, p->line};
	return true;
}

static void advance(struct program *p, uint64_t operations)
{
	if (p->max_ops <= 1) {
		p->addr += operations * p->min_length;
		return;
	}
	p->addr += (p->op_index + operations) / p->max_ops * p->min_length;
	p->op_index = (p->op_index + operations) % p->max_ops;
}

/* The last row at or below @addr. */
static const struct row *row_of(const struct program *p, uint64_t addr)
{
	uint32_t low = 0;
	uint32_t high = p->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (p->row[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &p->row[low - 1] : NULL;
}

/* The sequence is complete and p->addr its end: answer the addresses in it. */
static void end_sequence(struct program *p)
{
	uint64_t start = p->n ? p->row[0].addr : 0;
	uint32_t low = 0;
	uint32_t high = p->n_want;

	if (!p->n || p->addr <= start || !hp_extents_hold(p->in->text, p->in->n_text, start))
		return;
	while (low < high) { /* the first address at or beyond the start */
		uint32_t mid = low + (high - low) / 2;

		if (p->want[mid] < start)
			low = mid + 1;
		else
			high = mid;
	}
	for (uint32_t i = low; i < p->n_want && p->want[i] < p->addr; i++) {
		const struct row *r = row_of(p, p->want[i]);

		if (!r || (p->out[i].found && p->out[i].sequence > start))
			continue;
		p->out[i] = (struct hp_line){start, r->file, r->line, true};
	}
}

static bool run_extended(struct program *p)
{
	uint64_t len = get_uleb(&p->at);
	struct hp_slice body = hp_get_bytes(&p->at, len);
	struct hp_cursor c;

	if (p->at.failed)
		return false;
	c = hp_cursor_init(body.ptr, body.len);
	switch (hp_get_u8(&c)) {
	case DW_LNE_end_sequence:
		end_sequence(p);
		reset(p);
		break;
	case DW_LNE_set_address:
		p->addr = get_word(&c, p->in->swapped, hp_cursor_left(&c));
		p->op_index = 0;
		break;
	default: /* discriminators, and what vendors add: nothing that is needed here */
		break;
	}
	return !c.failed;
}

static bool run_standard(struct program *p, uint8_t opcode)
{
	switch (opcode) {
	case DW_LNS_copy:
		return add_row(p);
	case DW_LNS_advance_pc:
		advance(p, get_uleb(&p->at));
		return true;
	case DW_LNS_advance_line:
		p->line += (uint32_t)get_sleb(&p->at);
		return true;
	case DW_LNS_set_file:
		p->file = (uint32_t)get_uleb(&p->at);
		return true;
	case DW_LNS_const_add_pc:
		advance(p, (255u - p->opcode_base) / p->line_range);
		return true;
	case DW_LNS_fixed_advance_pc:
		p->addr += get_u16(&p->at, p->in->swapped);
		p->op_index = 0;
		return true;
	default:
		for (unsigned i = 0; i < p->operands[opcode]; i++)
			(void)get_uleb(&p->at); /* failure shows in p->at */
		return true;
	}
}

/* Every step takes at least one byte, so this ends. */
static bool step(struct program *p)
{
	uint8_t opcode = hp_get_u8(&p->at);

	if (opcode >= p->opcode_base) {
		unsigned special = (unsigned)opcode - p->opcode_base;

		advance(p, special / p->line_range);
		p->line += (uint32_t)(p->line_base + (int)(special % p->line_range));
		return add_row(p);
	}
	if (opcode == 0)
		return run_extended(p);
	return run_standard(p, opcode);
}

bool hp_lines_read(const struct hp_lines_in *in, uint64_t offset, const uint64_t *addr, uint32_t n,
		   struct hp_line *out)
{
	struct program p = {.in = in, .want = addr, .n_want = n, .out = out};

	if (!in->section.len || !read_header(&p, offset))
		return false;
	reset(&p);
	while (hp_cursor_left(&p.at) && !p.at.failed)
		if (!step(&p))
			break;
	free(p.row);
	return true;
}
