/* ranges.c - the ranges of addresses that a DIE claims. */
#include "analyzer/symbolize/dwarf/ranges.h"

#include <dwarf.h>

/* Where .debug_ranges has the list of value @v (DWARF 4, 2.17.3). */
static void begin_old(struct hp_dw_ranges *r, struct hp_dw_word v)
{
	const struct hp_dw_cu *cu = r->cu;
	const struct hp_dw_file *file = cu->skeleton ? cu->skeleton->file : cu->file;
	uint64_t offset = v.n + (cu->skeleton ? cu->skeleton->ranges_base : 0);

	r->list = hp_bytes_of(file->section[HP_DW_RANGES], offset, file->swapped);
	r->kind = HP_DW_RANGES_OLD;
}

/* Where .debug_rnglists has the list of value @v (DWARF 5, 2.17.3 and 7.28). */
static void begin_new(struct hp_dw_ranges *r, struct hp_dw_word v)
{
	const struct hp_dw_cu *cu = r->cu;
	const struct hp_dw_file *file = cu->file;
	struct hp_slice section = file->section[HP_DW_RNGLISTS];
	uint64_t offset = v.n;

	r->kind = HP_DW_RANGES_NEW;
	if (v.form == DW_FORM_rnglistx) { /* an index into a table of offsets from its start */
		uint64_t base = cu->rnglists_base;
		struct hp_bytes table;

		if (base > section.len || v.n >= (section.len - base) / cu->unit.offset_bytes) {
			hp_bytes_fail(&r->list);
			return;
		}
		table = hp_bytes_of(section, base + v.n * cu->unit.offset_bytes, file->swapped);
		offset = base + hp_bytes_word(&table, cu->unit.offset_bytes);
	}
	r->list = hp_bytes_of(section, offset, file->swapped);
}

void hp_dw_ranges_begin(struct hp_dw_ranges *r, const struct hp_dw_cu *cu,
			const struct hp_dw_pcs *pcs)
{
	uint64_t length;

	*r = (struct hp_dw_ranges){.cu = cu, .base = cu->low_pc};
	if (pcs->ranges.form) {
		if (cu->unit.version >= 5)
			begin_new(r, pcs->ranges);
		else
			begin_old(r, pcs->ranges);
		return;
	}
	if (!pcs->low.form || !pcs->high.form)
		return;
	r->kind = HP_DW_RANGES_ONE;
	r->damaged = !hp_dw_address(cu, pcs->low, &r->start);
	if (!hp_dw_address(cu, pcs->high, &r->limit)) {
		r->damaged = r->damaged || !hp_dw_number(pcs->high, &length);
		r->limit = r->damaged ? 0 : r->start + length;
	}
}

/* An entry is two addresses; (-1, base) chooses a base, (0, 0) ends the list. */
static bool next_old(struct hp_dw_ranges *r)
{
	uint64_t bytes = r->cu->unit.address_bytes;
	uint64_t select = bytes == 4 ? UINT32_MAX : UINT64_MAX;
	uint64_t a = hp_bytes_word(&r->list, bytes);
	uint64_t b = hp_bytes_word(&r->list, bytes);

	if (r->list.failed || (!a && !b))
		return false;
	r->start = r->base + a;
	r->limit = r->base + b;
	if (a == select) {
		r->base = b;
		r->start = r->limit = 0; /* a step, though it holds nothing */
	}
	return true;
}

static uint64_t indexed(struct hp_dw_ranges *r)
{
	const struct hp_dw_word v = {.form = DW_FORM_addrx, .n = hp_bytes_uleb(&r->list)};
	uint64_t addr = 0;

	if (!hp_dw_address(r->cu, v, &addr))
		hp_bytes_fail(&r->list);
	return addr;
}

static bool next_new(struct hp_dw_ranges *r)
{
	uint64_t bytes = r->cu->unit.address_bytes;
	uint8_t kind = hp_bytes_u8(&r->list);

	r->start = r->limit = 0;
	switch (r->list.failed ? DW_RLE_end_of_list : kind) {
	case DW_RLE_end_of_list:
		return false;
	case DW_RLE_base_addressx:
		r->base = indexed(r);
		break;
	case DW_RLE_startx_endx:
		r->start = indexed(r);
		r->limit = indexed(r);
		break;
	case DW_RLE_startx_length:
		r->start = indexed(r);
		r->limit = r->start + hp_bytes_uleb(&r->list);
		break;
	case DW_RLE_offset_pair:
		r->start = r->base + hp_bytes_uleb(&r->list);
		r->limit = r->base + hp_bytes_uleb(&r->list);
		break;
	case DW_RLE_base_address:
		r->base = hp_bytes_word(&r->list, bytes);
		break;
	case DW_RLE_start_end:
		r->start = hp_bytes_word(&r->list, bytes);
		r->limit = hp_bytes_word(&r->list, bytes);
		break;
	case DW_RLE_start_length:
		r->start = hp_bytes_word(&r->list, bytes);
		r->limit = r->start + hp_bytes_uleb(&r->list);
		break;
	default:
		hp_bytes_fail(&r->list);
	}
	return !r->list.failed;
}

bool hp_dw_ranges_next(struct hp_dw_ranges *r)
{
	bool more;

	switch (r->kind) {
	case HP_DW_RANGES_ONE:
		r->kind = HP_DW_RANGES_END;
		return !r->damaged;
	case HP_DW_RANGES_OLD:
		more = next_old(r);
		break;
	case HP_DW_RANGES_NEW:
		more = next_new(r);
		break;
	default:
		return false;
	}
	r->damaged = r->list.failed;
	return more;
}
