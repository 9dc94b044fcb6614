/* unit.c - units of .debug_info: their headers, their own DIE, and values of attributes. */
#include "analyzer/symbolize/dwarf/unit.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"

#ifndef DW_FORM_GNU_ref_alt /* dwz's extensions */
#define DW_FORM_GNU_ref_alt 0x1f20
#define DW_FORM_GNU_strp_alt 0x1f21
#endif

static bool is_plausible(const struct hp_dw_unit *u)
{
	return u->version >= 2 && u->version <= 5 &&
	       (u->address_bytes == 4 || u->address_bytes == 8) && u->die <= u->limit;
}

/* What follows the version: the order of the fields changed with version 5. */
static void read_fields(struct hp_bytes *b, struct hp_dw_unit *u)
{
	u->type = DW_UT_compile;
	if (u->version >= 5) {
		u->type = hp_bytes_u8(b);
		u->address_bytes = hp_bytes_u8(b);
		u->abbrevs = hp_bytes_word(b, u->offset_bytes);
	} else {
		u->abbrevs = hp_bytes_word(b, u->offset_bytes);
		u->address_bytes = hp_bytes_u8(b);
	}
	switch (u->type) {
	case DW_UT_skeleton:
	case DW_UT_split_compile:
		u->dwo_id = hp_bytes_u64(b);
		break;
	case DW_UT_type:
	case DW_UT_split_type: /* a signature, and where the type is */
		(void)hp_bytes_u64(b);
		(void)hp_bytes_word(b, u->offset_bytes);
		break;
	default:
		break;
	}
}

bool hp_dw_unit_read(const struct hp_dw_file *file, uint64_t offset, struct hp_dw_unit *out)
{
	const struct hp_slice info = file->section[HP_DW_INFO];
	struct hp_bytes b = hp_bytes_of(info, offset, file->swapped);
	struct hp_dw_unit u = {.offset = offset, .offset_bytes = 4};
	uint64_t length = hp_bytes_u32(&b);

	if (length == 0xffffffff) {
		u.offset_bytes = 8;
		length = hp_bytes_u64(&b);
	}
	if (b.failed || length > hp_bytes_left(&b))
		return false;
	b.end = b.at + length;
	u.limit = (uint64_t)(b.end - (const uint8_t *)info.ptr);
	u.version = (uint8_t)hp_bytes_u16(&b);
	if (u.version < 2 || u.version > 5) /* its length says where the next one is */
		u.version = 0;
	else
		read_fields(&b, &u);
	u.die = (uint64_t)(b.at - (const uint8_t *)info.ptr);
	if (b.failed || !is_plausible(&u))
		u.version = 0;
	*out = u;
	return true;
}

enum { GAP_MAX = 1 << 20 }; /* bytes of zeros between units: more is a hole in a file */

bool hp_dw_units_read(struct hp_dw_file *file, bool *damaged)
{
	uint64_t len = file->section[HP_DW_INFO].len, zeros = 0;
	uint32_t cap = 0;

	*damaged = false;
	if (file->has_units)
		return true;
	for (uint64_t at = 0; at < len;) {
		struct hp_dw_unit *last;
		struct hp_dw_unit u;

		*damaged = zeros > GAP_MAX || !hp_dw_unit_read(file, at, &u);
		if (*damaged)
			break;
		at = u.limit;
		zeros = u.limit == u.offset + 4 ? zeros + 4 : 0;
		if (zeros) /* they fill a gap */
			continue;
		last = file->n_units ? &file->unit[file->n_units - 1] : NULL;
		if (!u.version && last && !last->version) {
			last->limit = u.limit; /* of those that nobody can read one will do */
			continue;
		}
		if (!HP_COLUMN_ROOM(file->unit, file->n_units, cap))
			return false;
		file->unit[file->n_units++] = u;
	}
	if (*damaged && file->n_units && !file->unit[file->n_units - 1].version)
		file->n_units--; /* the damage begins with it */
	file->has_units = true;
	return true;
}

const struct hp_dw_unit *hp_dw_unit_at(const struct hp_dw_file *file, uint64_t offset)
{
	uint32_t low = hp_upper_bound(HP_SORT_BY(file->unit, offset), file->n_units, offset);

	if (!low || offset < file->unit[low - 1].die || offset >= file->unit[low - 1].limit ||
	    !file->unit[low - 1].version)
		return NULL;
	return &file->unit[low - 1];
}

struct hp_bytes hp_dw_unit_bytes(const struct hp_dw_file *file, const struct hp_dw_unit *unit,
				 uint64_t offset)
{
	struct hp_slice info = file->section[HP_DW_INFO];

	if (unit->limit < info.len)
		info.len = (size_t)unit->limit;
	return hp_bytes_of(info, offset, file->swapped);
}

/* --- values --- */

/* Bytes of each form; these stand for what depends on the unit, or on the value. */
enum { BY_VALUE = -1, ADDRESS = -2, OFFSET = -3, REF_ADDR = -4 };

static const int8_t form_len[DW_FORM_addrx4 + 1] = {
	[0] = BY_VALUE,
	[DW_FORM_addr] = ADDRESS,
	[2] = BY_VALUE,
	[DW_FORM_block2] = BY_VALUE,
	[DW_FORM_block4] = BY_VALUE,
	[DW_FORM_data2] = 2,
	[DW_FORM_data4] = 4,
	[DW_FORM_data8] = 8,
	[DW_FORM_string] = BY_VALUE,
	[DW_FORM_block] = BY_VALUE,
	[DW_FORM_block1] = BY_VALUE,
	[DW_FORM_data1] = 1,
	[DW_FORM_flag] = 1,
	[DW_FORM_sdata] = BY_VALUE,
	[DW_FORM_strp] = OFFSET,
	[DW_FORM_udata] = BY_VALUE,
	[DW_FORM_ref_addr] = REF_ADDR,
	[DW_FORM_ref1] = 1,
	[DW_FORM_ref2] = 2,
	[DW_FORM_ref4] = 4,
	[DW_FORM_ref8] = 8,
	[DW_FORM_ref_udata] = BY_VALUE,
	[DW_FORM_indirect] = BY_VALUE,
	[DW_FORM_sec_offset] = OFFSET,
	[DW_FORM_exprloc] = BY_VALUE,
	[DW_FORM_flag_present] = 0,
	[DW_FORM_strx] = BY_VALUE,
	[DW_FORM_addrx] = BY_VALUE,
	[DW_FORM_ref_sup4] = 4,
	[DW_FORM_strp_sup] = OFFSET,
	[DW_FORM_data16] = 16,
	[DW_FORM_line_strp] = OFFSET,
	[DW_FORM_ref_sig8] = 8,
	[DW_FORM_implicit_const] = 0,
	[DW_FORM_loclistx] = BY_VALUE,
	[DW_FORM_rnglistx] = BY_VALUE,
	[DW_FORM_ref_sup8] = 8,
	[DW_FORM_strx1] = 1,
	[DW_FORM_strx2] = 2,
	[DW_FORM_strx3] = 3,
	[DW_FORM_strx4] = 4,
	[DW_FORM_addrx1] = 1,
	[DW_FORM_addrx2] = 2,
	[DW_FORM_addrx3] = 3,
	[DW_FORM_addrx4] = 4,
};

int hp_dw_form_len(unsigned form, const struct hp_dw_unit *unit)
{
	int len = BY_VALUE;

	if (form < HP_LEN(form_len))
		len = form_len[form];
	else if (form == DW_FORM_GNU_ref_alt || form == DW_FORM_GNU_strp_alt)
		len = OFFSET;
	switch (len) {
	case ADDRESS:
		return unit->address_bytes;
	case OFFSET:
		return unit->offset_bytes;
	case REF_ADDR: /* an address before DWARF 3 */
		return unit->version <= 2 ? unit->address_bytes : unit->offset_bytes;
	default:
		return len;
	}
}

static void read_block(struct hp_bytes *b, uint64_t len, struct hp_dw_value *v)
{
	const uint8_t *at = hp_bytes_take(b, len);

	v->bytes = (const char *)at;
	v->n = at ? len : 0;
}

/* Values of forms whose length differs from value to value. */
static void read_varying(struct hp_bytes *b, unsigned form, struct hp_dw_value *v)
{
	struct hp_slice text;

	switch (form) {
	case DW_FORM_string:
		text = hp_bytes_string(b);
		v->bytes = text.ptr;
		v->n = text.len;
		return;
	case DW_FORM_block1:
		read_block(b, hp_bytes_u8(b), v);
		return;
	case DW_FORM_block2:
		read_block(b, hp_bytes_u16(b), v);
		return;
	case DW_FORM_block4:
		read_block(b, hp_bytes_u32(b), v);
		return;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		read_block(b, hp_bytes_uleb(b), v);
		return;
	case DW_FORM_sdata:
		v->n = (uint64_t)hp_bytes_sleb(b);
		return;
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		v->n = hp_bytes_uleb(b);
		return;
	default:
		hp_bytes_fail(b);
	}
}

struct hp_dw_value hp_dw_read(struct hp_bytes *b, unsigned form, int64_t implicit,
			      const struct hp_dw_unit *unit)
{
	struct hp_dw_value v = {.form = (uint16_t)form};
	int len;

	if (form == DW_FORM_indirect) { /* once: it may not lead to itself */
		form = (unsigned)hp_bytes_uleb(b);
		if (form > UINT16_MAX || form == DW_FORM_implicit_const)
			form = 0;
		v.form = (uint16_t)form;
	}
	len = hp_dw_form_len(form, unit);
	if (len < 0)
		read_varying(b, form, &v);
	else if (form == DW_FORM_implicit_const)
		v.n = (uint64_t)implicit;
	else if (form == DW_FORM_flag_present)
		v.n = 1;
	else if (len == 16)
		read_block(b, 16, &v);
	else
		v.n = hp_bytes_word(b, (uint64_t)len);
	if (b->failed)
		v.form = 0;
	return v;
}

void hp_dw_skip(struct hp_bytes *b, unsigned form, const struct hp_dw_unit *unit)
{
	int len = hp_dw_form_len(form, unit);

	if (len >= 0)
		(void)hp_bytes_take(b, (uint64_t)len); /* failure shows in @b */
	else
		(void)hp_dw_read(b, form, 0, unit);
}

/* Any number of values may lead to one endless text: nobody needs more than its begin. */
static struct hp_slice text_at(struct hp_slice section, uint64_t offset)
{
	if (offset >= section.len)
		return (struct hp_slice){NULL, 0};
	return hp_bytes_text(hp_slice_from(section, (size_t)offset), HP_DW_TEXT_MAX);
}

/* Entry @i of a table of numbers of @len bytes each, which begins at @base of @section. */
static bool table_entry(struct hp_slice section, bool swapped, uint64_t base, uint64_t i,
			uint64_t len, uint64_t *out)
{
	struct hp_bytes b;

	if (base > section.len || i >= (section.len - base) / len)
		return false;
	b = hp_bytes_of(section, base + i * len, swapped);
	*out = hp_bytes_word(&b, len);
	return !b.failed;
}

static struct hp_slice indexed_text(const struct hp_dw_cu *cu, uint64_t i)
{
	const struct hp_dw_file *f = cu->file;
	uint64_t offset;

	if (!table_entry(f->section[HP_DW_STR_OFFSETS], f->swapped, cu->str_offsets_base, i,
			 cu->unit.offset_bytes, &offset))
		return (struct hp_slice){NULL, 0};
	return text_at(f->section[HP_DW_STR], offset);
}

struct hp_slice hp_dw_text(const struct hp_dw_cu *cu, const struct hp_dw_value *v)
{
	const struct hp_dw_file *f = cu->file;

	switch (v->form) {
	case DW_FORM_string:
		return (struct hp_slice){v->bytes, (size_t)v->n};
	case DW_FORM_strp:
		return text_at(f->section[HP_DW_STR], v->n);
	case DW_FORM_line_strp:
		return text_at(f->section[HP_DW_LINE_STR], v->n);
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		if (f->alt)
			return text_at(f->alt->section[HP_DW_STR], v->n);
		break;
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_str_index:
		return indexed_text(cu, v->n);
	default:
		break;
	}
	return (struct hp_slice){NULL, 0};
}

bool hp_dw_address(const struct hp_dw_cu *cu, struct hp_dw_word v, uint64_t *out)
{
	const struct hp_dw_cu *at = cu->skeleton ? cu->skeleton : cu;

	switch (v.form) {
	case DW_FORM_addr:
		*out = v.n;
		return true;
	case DW_FORM_addrx:
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
	case DW_FORM_GNU_addr_index:
		return table_entry(at->file->section[HP_DW_ADDR], at->file->swapped, at->addr_base,
				   v.n, cu->unit.address_bytes, out);
	default:
		return false;
	}
}

bool hp_dw_number(struct hp_dw_word v, uint64_t *out)
{
	switch (v.form) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
	case DW_FORM_sec_offset:
		*out = v.n;
		return true;
	default:
		return false;
	}
}

bool hp_dw_reference(const struct hp_dw_cu *cu, struct hp_dw_word v, const struct hp_dw_file **file,
		     uint64_t *offset)
{
	*file = cu->file;
	switch (v.form) {
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		*offset = cu->unit.offset + v.n;
		return v.n < cu->unit.limit - cu->unit.offset;
	case DW_FORM_ref_addr:
		*offset = v.n;
		return true;
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		*file = cu->file->alt;
		*offset = v.n;
		return *file != NULL;
	default: /* a signature leads to a type, never to a function */
		return false;
	}
}

/* --- the unit's own DIE --- */

/* What the unit DIE says, before bases are known; by the attribute's meaning. */
struct raw_die {
	struct hp_dw_pcs pcs;
	struct hp_dw_value comp_dir, dwo_name;
	struct hp_dw_word lines, dwo_id, language;
	struct hp_dw_word str_offsets_base, addr_base, rnglists_base, ranges_base;
};

static struct hp_dw_word *place_of(struct raw_die *d, unsigned attr)
{
	switch (attr) {
	case DW_AT_low_pc:
		return &d->pcs.low;
	case DW_AT_high_pc:
		return &d->pcs.high;
	case DW_AT_ranges:
		return &d->pcs.ranges;
	case DW_AT_stmt_list:
		return &d->lines;
	case DW_AT_GNU_dwo_id:
		return &d->dwo_id;
	case DW_AT_language:
		return &d->language;
	case DW_AT_str_offsets_base:
		return &d->str_offsets_base;
	case DW_AT_addr_base:
	case DW_AT_GNU_addr_base:
		return &d->addr_base;
	case DW_AT_rnglists_base:
		return &d->rnglists_base;
	case DW_AT_GNU_ranges_base:
		return &d->ranges_base;
	default:
		return NULL;
	}
}

/* Leave @b at the attributes of abbreviation @code.  False: it is not there. */
static bool find_abbrev(struct hp_bytes *b, uint64_t code, uint64_t *budget)
{
	while (hp_bytes_left(b) && *budget) {
		const uint8_t *start = b->at;
		uint64_t here = hp_bytes_uleb(b);
		uint64_t passed;

		if (!here)
			return false;
		(void)hp_bytes_uleb(b); /* tag */
		(void)hp_bytes_u8(b);   /* whether it has children */
		if (here == code)
			return !b->failed;
		for (;;) {
			uint64_t attr = hp_bytes_uleb(b);
			uint64_t form = hp_bytes_uleb(b);

			if (form == DW_FORM_implicit_const)
				(void)hp_bytes_sleb(b);
			if ((!attr && !form) || b->failed)
				break;
		}
		passed = (uint64_t)(b->at - start);
		*budget = passed < *budget ? *budget - passed : 0;
	}
	return false;
}

static bool read_raw(const struct hp_dw_file *file, const struct hp_dw_unit *unit, uint64_t *budget,
		     struct raw_die *d)
{
	struct hp_bytes b = hp_dw_unit_bytes(file, unit, unit->die);
	struct hp_bytes spec =
		hp_bytes_of(file->section[HP_DW_ABBREV], unit->abbrevs, file->swapped);
	uint64_t code = hp_bytes_uleb(&b);

	if (!code || !find_abbrev(&spec, code, budget))
		return false;
	for (;; --*budget) { /* any number of attributes may be without a byte in the unit */
		uint64_t attr = hp_bytes_uleb(&spec);
		uint64_t form = hp_bytes_uleb(&spec);
		int64_t implicit = form == DW_FORM_implicit_const ? hp_bytes_sleb(&spec) : 0;
		struct hp_dw_value v;
		struct hp_dw_word *to;

		if ((!attr && !form) || spec.failed || !*budget)
			return !spec.failed && *budget;
		v = hp_dw_read(&b, form <= UINT16_MAX ? (unsigned)form : 0, implicit, unit);
		if (b.failed)
			return false;
		if (attr == DW_AT_comp_dir)
			d->comp_dir = v;
		if (attr == DW_AT_dwo_name || attr == DW_AT_GNU_dwo_name)
			d->dwo_name = v;
		to = place_of(d, attr <= UINT16_MAX ? (unsigned)attr : 0);
		if (to)
			*to = hp_dw_word(&v);
	}
}

static void take_base(struct hp_dw_word v, uint64_t *base)
{
	uint64_t n;

	if (hp_dw_number(v, &n))
		*base = n;
}

bool hp_dw_cu_read(struct hp_dw_cu *cu, const struct hp_dw_file *file,
		   const struct hp_dw_unit *unit, const struct hp_dw_cu *skeleton,
		   struct hp_dw_pcs *pcs, uint64_t *budget)
{
	struct raw_die d = {.lines.form = 0};
	uint64_t n;

	cu->unit = *unit;
	cu->file = file;
	cu->skeleton = skeleton;
	if (!unit->version || !read_raw(file, unit, budget, &d))
		return false;
	take_base(d.str_offsets_base, &cu->str_offsets_base);
	take_base(d.addr_base, &cu->addr_base);
	take_base(d.rnglists_base, &cu->rnglists_base);
	take_base(d.ranges_base, &cu->ranges_base);
	cu->dwo_id = unit->dwo_id;
	take_base(d.dwo_id, &cu->dwo_id);
	cu->language = hp_dw_number(d.language, &n) && n <= UINT16_MAX ? (uint16_t)n : 0;
	cu->has_lines = hp_dw_number(d.lines, &cu->lines);
	cu->comp_dir = hp_dw_text(cu, &d.comp_dir);
	cu->dwo_name = hp_dw_text(cu, &d.dwo_name);
	cu->low_pc = 0;
	if (!hp_dw_address(cu, d.pcs.low, &cu->low_pc) && skeleton)
		cu->low_pc = skeleton->low_pc;
	*pcs = d.pcs;
	return true;
}
