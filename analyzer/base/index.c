/* index.c - a hash table from keys that live elsewhere to rows of a table. */
#include "analyzer/base/index.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static void put(struct hp_index *x, uint32_t tag, uint32_t row1)
{
	uint32_t i = tag & x->mask;

	while (x->slot[i].row1)
		i = (i + 1) & x->mask;
	x->slot[i] = (struct hp_index_slot){tag, row1};
}

/* Have @slots slots, more than now. */
static bool resize(struct hp_index *x, uint32_t slots)
{
	struct hp_index old = *x;

	x->slot = calloc(slots, sizeof(*x->slot));
	if (!x->slot) {
		x->slot = old.slot;
		return false;
	}
	x->mask = slots - 1;
	if (old.slot)
		for (uint64_t i = 0; i <= old.mask; i++)
			if (old.slot[i].row1)
				put(x, old.slot[i].tag, old.slot[i].row1);
	free(old.slot);
	return true;
}

/* Whether @n rows fit into @slots. */
static bool fits(uint64_t n, uint64_t slots)
{
	return n * 4 <= slots * 3;
}

bool hp_index_reserve(struct hp_index *x)
{
	uint32_t slots = x->slot ? (x->mask + 1) * 2 : 64;

	if (x->slot && fits((uint64_t)x->used + 1, (uint64_t)x->mask + 1))
		return true;
	return slots != 0 && resize(x, slots);
}

void hp_index_expect(struct hp_index *x, uint32_t n)
{
	uint64_t now = x->slot ? (uint64_t)x->mask + 1 : 0;
	uint64_t slots = now ? now : 64;

	while (!fits(n, slots))
		slots *= 2;
	if (slots > now && slots <= UINT32_MAX / 2)
		(void)resize(x, (uint32_t)slots); /* it will grow step by step, then */
}

bool hp_index_add(struct hp_index *x, uint32_t tag, uint32_t row)
{
	if (!hp_index_reserve(x))
		return false;
	put(x, tag, row + 1);
	x->used++;
	return true;
}

void hp_index_release(struct hp_index *x)
{
	free(x->slot);
	*x = (struct hp_index){0};
}

uint64_t hp_hash_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed)) {
		struct timespec t = {0};

		(void)clock_gettime(CLOCK_MONOTONIC, &t); /* a fallback; zero will do */
		seed = (uint64_t)t.tv_nsec * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid();
	}
	return seed | 1;
}
