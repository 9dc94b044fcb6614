/* index.h - a hash table from keys that live elsewhere to rows of a table. */
#ifndef HP_BASE_INDEX_H
#define HP_BASE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

struct hp_index_slot {
	uint32_t tag;  /* the hash; also gives the place, so growing needs no keys */
	uint32_t row1; /* row + 1, 0 = empty */
};

/* Zero-initialised is empty. */
struct hp_index {
	struct hp_index_slot *slot; /* [mask + 1], NULL while empty */
	uint32_t mask, used;
};

/* Whether row @row of table @ctx holds @key. */
typedef bool (*hp_same_fn)(const void *ctx, uint32_t row, const void *key);

/* The row that holds @key, UINT32_MAX if none. */
static inline uint32_t hp_index_find(const struct hp_index *x, uint32_t tag, hp_same_fn same,
				     const void *ctx, const void *key)
{
	if (!x->slot)
		return UINT32_MAX;
	for (uint32_t i = tag & x->mask; x->slot[i].row1; i = (i + 1) & x->mask)
		if (x->slot[i].tag == tag && same(ctx, x->slot[i].row1 - 1, key))
			return x->slot[i].row1 - 1;
	return UINT32_MAX;
}

/* Make room for one more row, so that the next hp_index_add() cannot fail. */
bool hp_index_reserve(struct hp_index *x);
/* Have room for @n rows in all from now on, if there is memory: growing step by step takes longer.
 */
void hp_index_expect(struct hp_index *x, uint32_t n);
/* Add @row, whose key is not there yet. False: no memory, nothing changed. */
bool hp_index_add(struct hp_index *x, uint32_t tag, uint32_t row);
void hp_index_release(struct hp_index *x);

/*
 * A number that differs from process to process, to hash with, so that no input can be
 * written whose keys all collide.
 */
uint64_t hp_hash_seed(void);

/* Hash of two words under @seed: one multiplication, every bit of both counts. */
static inline uint32_t hp_hash_pair(uint64_t seed, uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide m = (wide)(a ^ seed) * (b ^ (seed << 1) ^ 0x9e3779b97f4a7c15u);
	uint64_t h = (uint64_t)m ^ (uint64_t)(m >> 64);

	h *= 0xd6e8feb86659fd93u;
	return (uint32_t)(h >> 32);
}

#endif
