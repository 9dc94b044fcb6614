/* stack_lines.c - stacks written as lines of addresses, many of which repeat. */
#include "formats/stack_lines.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analyzer/base/column.h"
#include "analyzer/base/scan.h"

/*
 * A line that was read before is known by 128 bits of hash under a seed of this process: two
 * different lines do not meet by chance, nor by design.
 */
struct hp_stack_line {
	XXH128_hash_t hash;
	hp_stackid stack;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* 1, 0 when there is something else, or an error: ENOMEM, ELIMIT. */
static int scan_addresses(struct hp_stack_lines *l, struct hp_slice s)
{
	l->n_addr = 0;
	for (;;) {
		uint64_t addr;

		hp_scan_blanks(&s);
		if (!s.len)
			return 1;
		if (!hp_scan_hex(&s, &addr) || (s.len && !is_blank(s.ptr[0])))
			return 0;
		if (l->n_addr == HP_STACK_MAX)
			return hp_fail_deep(l->err, l->line->number, l->line->offset);
		if (!HP_COLUMN_ROOM(l->addr, l->n_addr, l->cap_addr))
			return hp_fail_nomem(l->err);
		l->addr[l->n_addr++] = addr;
	}
}

static bool same_line(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_stack_lines *l = ctx;

	return XXH128_isEqual(l->row[row].hash, *(const XXH128_hash_t *)key);
}

int hp_stack_line(struct hp_stack_lines *l, struct hp_slice s, hp_stackid *out)
{
	XXH128_hash_t hash = XXH3_128bits_withSeed(s.ptr, s.len, l->b->p->seed);
	uint32_t row = hp_index_find(&l->known, (uint32_t)hash.low64, same_line, l, &hash);
	hp_stackid stack;
	int r;

	if (row != UINT32_MAX) {
		*out = l->row[row].stack;
		return 1;
	}
	r = scan_addresses(l, s);
	if (r <= 0)
		return r;
	r = hp_build_stack(l->b, l->addr, l->n_addr, &stack);
	if (r < 0)
		return r;
	if (!HP_COLUMN_ROOM(l->row, l->n, l->cap) ||
	    !hp_index_add(&l->known, (uint32_t)hash.low64, l->n))
		return hp_fail_nomem(l->err);
	l->row[l->n++] = (struct hp_stack_line){hash, stack};
	*out = stack;
	return 1;
}

void hp_stack_lines_release(struct hp_stack_lines *l)
{
	free(l->addr);
	free(l->row);
	hp_index_release(&l->known);
}
