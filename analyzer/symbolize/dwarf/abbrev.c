/* abbrev.c - tables of abbreviations, compiled into what a walk over DIEs needs. */
#include "analyzer/symbolize/dwarf/abbrev.h"

#include <dwarf.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"

enum {
	MAX_STEP = UINT8_MAX,     /* bytes before or behind the value of varying length */
	MAX_CODE_AND_VALUE = 132, /* bytes: two, and up to 1 + 127 */
	MAX_STEPS = 1 << 14,      /* codes of two bytes */
};

static enum hp_dw_kind kind_of(uint64_t tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
		return HP_DW_FUNCTION;
	case DW_TAG_inlined_subroutine:
		return HP_DW_INLINED;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		return HP_DW_BLOCK;
	case DW_TAG_namespace:
	case DW_TAG_module:
		return HP_DW_NAMESPACE;
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_enumeration_type:
		return HP_DW_CLASS;
	default:
		return HP_DW_PLAIN;
	}
}

/* Which of the wanted values attribute @name is for a DIE of @a; HP_DW_WANTED if none. */
static enum hp_dw_wanted wanted(const struct hp_dw_abbrev *a, uint64_t name)
{
	bool has_code =
		a->kind == HP_DW_FUNCTION || a->kind == HP_DW_INLINED || a->kind == HP_DW_BLOCK;

	if (name == DW_AT_sibling && a->children)
		return HP_DW_SIBLING;
	if (has_code && name == DW_AT_low_pc)
		return HP_DW_LOW;
	if (has_code && name == DW_AT_high_pc)
		return HP_DW_HIGH;
	if (has_code && name == DW_AT_ranges)
		return HP_DW_RANGES_AT;
	return HP_DW_WANTED;
}

static enum hp_dw_op_kind varying_kind(unsigned form)
{
	switch (form) {
	case DW_FORM_sdata:
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		return HP_DW_OP_LEB;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		return HP_DW_OP_BLOCK;
	case DW_FORM_string:
		return HP_DW_OP_STRING;
	default:
		return HP_DW_OP_FORM;
	}
}

/*
 * Add what passes over a value of @at to the @n ops from row @first on; @w is what it is wanted
 * for.  False: no memory.
 */
static bool add_op(struct hp_dw_abbrevs *t, uint32_t *n, const struct hp_dw_attr *at,
		   enum hp_dw_wanted w)
{
	struct hp_dw_op op = {.form = at->form, .implicit = at->implicit, .wanted = (uint8_t)w};
	int len = at->len;

	if (w != HP_DW_WANTED) {
		op.kind = len > 0 && len <= 8 ? HP_DW_OP_WORD : HP_DW_OP_TAKE;
		op.n = len > 0 ? (uint32_t)len : 0;
	} else if (len >= 0) {
		struct hp_dw_op *last = *n ? &t->op[t->n_ops - 1] : NULL;

		if (len == 0)
			return true;
		if (last && last->kind == HP_DW_OP_SKIP) {
			last->n += (uint32_t)len;
			return true;
		}
		op.n = (uint32_t)len;
	} else {
		op.kind = (uint8_t)varying_kind(at->form);
	}
	if (!HP_COLUMN_ROOM(t->op, t->n_ops, t->cap_ops))
		return false;
	t->op[t->n_ops++] = op;
	++*n;
	return true;
}

/* Make the program of @a, whose attributes are known.  False: no memory. */
static bool compile(struct hp_dw_abbrevs *t, struct hp_dw_abbrev *a)
{
	unsigned taken = 0;
	uint32_t len = 0;

	a->first_op = t->n_ops;
	for (uint32_t i = a->first_attr; i < a->first_attr + a->n_attrs; i++) {
		struct hp_dw_attr *at = &t->attr[i];
		enum hp_dw_wanted w = wanted(a, at->name);

		/* the first of several counts: some take no byte of the DIE, and no time then */
		if (w != HP_DW_WANTED && (taken & 1u << w))
			w = HP_DW_WANTED;
		taken |= 1u << w;
		at->wanted = (uint8_t)w;
		len = at->len < 0 || len == HP_DW_VARIES ? HP_DW_VARIES : len + (uint8_t)at->len;
		if (!add_op(t, &a->n_ops, at, w))
			return false;
	}
	a->has_code = taken & (1u << HP_DW_LOW | 1u << HP_DW_RANGES_AT);
	a->len = len;
	return true;
}

/*
 * Read one abbreviation, whose code has been read; damage shows in @b, and leaves the table as it
 * was.  False: no memory.
 */
static bool read_row(struct hp_dw_abbrevs *t, struct hp_bytes *b, uint64_t code,
		     const struct hp_dw_unit *unit)
{
	struct hp_dw_abbrev a = {.code = code, .first_attr = t->n_attrs};
	uint64_t tag = hp_bytes_uleb(b);

	a.tag = tag <= UINT16_MAX ? (uint16_t)tag : 0;
	a.kind = (uint8_t)kind_of(tag);
	a.children = hp_bytes_u8(b) != 0;
	for (;;) {
		uint64_t name = hp_bytes_uleb(b);
		uint64_t form = hp_bytes_uleb(b);
		struct hp_dw_attr at = {
			.name = name <= UINT16_MAX ? (uint16_t)name : 0,
			.form = form <= UINT16_MAX ? (uint16_t)form : 0,
			.implicit = form == DW_FORM_implicit_const ? hp_bytes_sleb(b) : 0,
		};

		at.len = (int8_t)hp_dw_form_len(at.form, unit); /* 16 at most */

		if (t->n_attrs >= HP_DW_ABBREVS_MAX || t->n >= HP_DW_ABBREVS_MAX)
			hp_bytes_fail(b);
		if (b->failed)
			return true;
		if (!name && !form)
			break;
		if (!HP_COLUMN_ROOM(t->attr, t->n_attrs, t->cap_attrs))
			return false;
		t->attr[t->n_attrs++] = at;
		a.n_attrs++;
	}
	if (!compile(t, &a) || !HP_COLUMN_ROOM(t->row, t->n, t->cap))
		return false;
	t->dense = t->dense && code == t->n + 1;
	t->row[t->n++] = a;
	return true;
}

static int by_code(const void *pa, const void *pb)
{
	const struct hp_dw_abbrev *a = pa;
	const struct hp_dw_abbrev *b = pb;

	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return (a->first_attr > b->first_attr) - (a->first_attr < b->first_attr);
}

/*
 * Bytes from the reference to the sibling to the end of a DIE of @a, if it may be followed
 * unseen; 0 if not.
 */
static unsigned jump_of(const struct hp_dw_abbrevs *t, const struct hp_dw_abbrev *a)
{
	unsigned jump = 0;

	if (!a->children || a->has_code || a->kind == HP_DW_NAMESPACE || a->kind == HP_DW_BLOCK)
		return 0;
	for (uint32_t i = a->first_attr; i < a->first_attr + a->n_attrs; i++) {
		const struct hp_dw_attr *at = &t->attr[i];

		if (at->wanted == HP_DW_SIBLING && at->form != DW_FORM_ref4)
			return 0;
		if (!jump && at->wanted != HP_DW_SIBLING)
			continue;
		if (at->len < 0)
			return 0;
		jump += (unsigned)at->len;
	}
	return jump;
}

/* How to step over a DIE of @a. */
static struct hp_dw_step make_step(const struct hp_dw_abbrevs *t, const struct hp_dw_abbrev *a)
{
	struct hp_dw_step s = {
		.deeper = a->children,
		.matters = a->kind != HP_DW_PLAIN || a->children,
		.is_scope = a->kind == HP_DW_FUNCTION || a->kind == HP_DW_CLASS,
		.is_code = a->kind == HP_DW_FUNCTION && a->has_code,
	};
	uint32_t lead = 0;
	uint32_t tail = 0;
	unsigned jump;

	for (uint32_t i = a->first_attr; i < a->first_attr + a->n_attrs; i++) {
		const struct hp_dw_attr *at = &t->attr[i];

		if (at->len >= 0 && s.kind == HP_DW_OP_SKIP)
			lead += (uint8_t)at->len;
		else if (at->len >= 0)
			tail += (uint8_t)at->len;
		else if (s.kind == HP_DW_OP_SKIP)
			s.kind = (uint8_t)varying_kind(at->form);
		else
			s.kind = HP_DW_OP_FORM;
	}
	if (s.kind != HP_DW_OP_SKIP && s.kind != HP_DW_OP_LEB && s.kind != HP_DW_OP_BLOCK)
		s.kind = HP_DW_OP_FORM;
	if (lead > MAX_STEP || tail > MAX_STEP)
		s.kind = HP_DW_OP_FORM;
	if (s.kind == HP_DW_OP_FORM)
		return s;
	s.lead = (uint8_t)lead;
	s.tail = (uint8_t)tail;
	jump = jump_of(t, a); /* within the lead or the tail */
	s.jump = jump <= MAX_STEP ? (uint8_t)jump : 0;
	return s;
}

/* Make the table of steps, where codes are numbers from 1 on.  False: no memory. */
static bool make_steps(struct hp_dw_abbrevs *t)
{
	t->n_steps = 0;
	t->most = 2 * MAX_STEP + MAX_CODE_AND_VALUE;
	if (!t->dense)
		return true;
	if (!HP_COLUMN_ROOM(t->step, t->n_steps, t->cap_steps))
		return false;
	t->step[t->n_steps++] = (struct hp_dw_step){.deeper = -1, .matters = true};
	for (uint32_t i = 0; i < t->n && t->n_steps < MAX_STEPS; i++) {
		if (!HP_COLUMN_ROOM(t->step, t->n_steps, t->cap_steps))
			return false;
		t->step[t->n_steps++] = make_step(t, &t->row[i]);
	}
	return true;
}

bool hp_dw_abbrevs_load(struct hp_dw_abbrevs *t, const struct hp_dw_file *file,
			const struct hp_dw_unit *unit, uint64_t *steps)
{
	struct hp_bytes b = hp_bytes_of(file->section[HP_DW_ABBREV], unit->abbrevs, file->swapped);
	uint64_t len = hp_bytes_left(&b);

	if (t->file == file && t->offset == unit->abbrevs && t->version == unit->version &&
	    t->offset_bytes == unit->offset_bytes && t->address_bytes == unit->address_bytes)
		return true;
	t->file = NULL; /* until it is complete */
	t->n = 0;
	t->n_ops = 0;
	t->n_attrs = 0;
	t->dense = true;
	if (len > *steps) {
		b.end = b.at + *steps;
		len = *steps;
	}
	while (hp_bytes_left(&b)) {
		uint64_t code = hp_bytes_uleb(&b);

		if (!code || b.failed)
			break;
		if (!read_row(t, &b, code, unit))
			return false;
	}
	*steps -= len - hp_bytes_left(&b);
	if (!*steps)
		return false;
	if (!t->dense && t->n > 1)
		qsort(t->row, t->n, sizeof(*t->row), by_code);
	if (!make_steps(t))
		return false;
	t->file = file;
	t->offset = unit->abbrevs;
	t->version = unit->version;
	t->offset_bytes = unit->offset_bytes;
	t->address_bytes = unit->address_bytes;
	return true;
}

void hp_dw_abbrevs_release(struct hp_dw_abbrevs *t)
{
	free(t->row);
	free(t->op);
	free(t->attr);
	free(t->step);
	*t = (struct hp_dw_abbrevs){0};
}

const struct hp_dw_abbrev *hp_dw_abbrev_search(const struct hp_dw_abbrevs *t, uint64_t code)
{
	uint32_t low = hp_lower_bound(HP_SORT_BY(t->row, code), t->n, code);

	return low < t->n && t->row[low].code == code ? &t->row[low] : NULL;
}
