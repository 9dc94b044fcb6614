/* column.h - growing arrays that share one length. */
#ifndef HP_BASE_COLUMN_H
#define HP_BASE_COLUMN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * The capacity to use for at least @need rows when @cap are there: half as much again, so
 * that a table of a million rows wastes little.  0 when the table would get too large.
 */
static inline uint32_t hp_column_cap(uint32_t cap, uint32_t need)
{
	uint64_t want = (uint64_t)cap + cap / 2 + 16;

	if (want < need)
		want = need;
	return want > UINT32_MAX / 2 ? (need > UINT32_MAX / 2 ? 0 : need) : (uint32_t)want;
}

/* Resize *@column to @cap elements of @size bytes; on failure it stays as it was. */
static inline bool hp_column_resize(void *column, size_t size, uint32_t cap)
{
	void *old, *grown;

	memcpy(&old, column, sizeof(old)); /* a pointer to any type: copied, not cast */
	grown = reallocarray(old, cap, size);
	if (!grown)
		return false;
	memcpy(column, &grown, sizeof(grown));
	return true;
}

/* Make room for one more row in array @ptr with count @n and capacity @cap. */
#define HP_COLUMN_ROOM(ptr, n, cap)                                                                \
	((n) < (cap) || hp_column_room((void *)&(ptr), sizeof(*(ptr)), (n), &(cap)))

static inline bool hp_column_room(void *column, size_t size, uint32_t n, uint32_t *cap)
{
	uint32_t want = hp_column_cap(*cap, n + 1);

	if (!want || !hp_column_resize(column, size, want))
		return false;
	*cap = want;
	return true;
}

/*
 * Have room for @n rows in all from now on, if there is memory: growing step by step copies
 * most rows twice.  What stays unused of a large array costs no memory.
 */
#define HP_COLUMN_EXPECT(ptr, n, cap) hp_column_expect((void *)&(ptr), sizeof(*(ptr)), (n), &(cap))

static inline void hp_column_expect(void *column, size_t size, uint32_t n, uint32_t *cap)
{
	if (n > *cap && hp_column_resize(column, size, n))
		*cap = n; /* else it will grow step by step */
}

#endif
