/* sort.h - sorting by numbers without comparing, and searching what is sorted. */
#ifndef HP_BASE_SORT_H
#define HP_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HP_RADIX_BITS = 13 }; /* of a digit: counts of so many fit into the nearest cache */

/* The key of row @i: 64 bits at @offset of its @size bytes. */
static inline uint64_t hp_sort_key(const void *row, size_t size, size_t offset, size_t i)
{
	uint64_t key;

	memcpy(&key, (const char *)row + i * size + offset, sizeof(key));
	return key;
}

/* The first of the @n rows, which are sorted by their keys, whose key is not below @key; @n: none.
 */
static inline uint32_t hp_lower_bound(const void *row, size_t size, size_t offset, uint32_t n,
				      uint64_t key)
{
	uint32_t low = 0;

	while (low < n) {
		uint32_t mid = low + (n - low) / 2;

		if (hp_sort_key(row, size, offset, mid) < key)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

/* The first of the @n rows whose key is above @key; @n: none. */
static inline uint32_t hp_upper_bound(const void *row, size_t size, size_t offset, uint32_t n,
				      uint64_t key)
{
	return key == UINT64_MAX ? n : hp_lower_bound(row, size, offset, n, key + 1);
}

/* The same of numbers that stand alone. */
static inline uint32_t hp_lower_bound_u64(const uint64_t *sorted, uint32_t n, uint64_t key)
{
	return hp_lower_bound(sorted, sizeof(*sorted), 0, n, key);
}

static inline uint32_t hp_upper_bound_u64(const uint64_t *sorted, uint32_t n, uint64_t key)
{
	return hp_upper_bound(sorted, sizeof(*sorted), 0, n, key);
}

/* What the functions of this file take for array @row and its member @key, of 64 bits. */
#define HP_SORT_BY(row, key)                                                                       \
	(row), sizeof(*(row)), _Generic((row)->key, uint64_t : offsetof(__typeof__(*(row)), key))

/* Move @from[n] to @to by the digit of @bits that begins at bit @shift of key - @least. */
static inline void hp_sort_digit(const void *from, void *to, uint32_t n, size_t size, size_t offset,
				 uint64_t least, unsigned shift, unsigned bits)
{
	uint32_t place[1 << HP_RADIX_BITS];
	uint32_t mask = ((uint32_t)1 << bits) - 1, sum = 0;

	memset(place, 0, sizeof(*place) << bits);
	for (uint32_t i = 0; i < n; i++)
		place[(hp_sort_key(from, size, offset, i) - least) >> shift & mask]++;
	for (uint32_t k = 0; k <= mask; k++) {
		uint32_t count = place[k];

		place[k] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint64_t key = hp_sort_key(from, size, offset, i) - least;

		memcpy((char *)to + size * place[key >> shift & mask]++,
		       (const char *)from + size * i, size);
	}
}

static inline bool hp_is_sorted(const void *row, size_t size, size_t offset, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (hp_sort_key(row, size, offset, i) < hp_sort_key(row, size, offset, i - 1))
			return false;
	return true;
}

/*
 * Sort the @n rows, one at least, by their keys; rows of one key stay in their order.  @spare has
 * room for as many.  Returns which of the two has the result.
 */
static inline void *hp_radix_sort(void *row, size_t size, size_t offset, void *spare, uint32_t n)
{
	uint64_t least = UINT64_MAX, most = 0;
	unsigned width = 1, passes, bits;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t key = hp_sort_key(row, size, offset, i);

		least = key < least ? key : least;
		most = key > most ? key : most;
	}
	while (width < 64 && (most - least) >> width)
		width++;
	passes = (width + HP_RADIX_BITS - 1) / HP_RADIX_BITS;
	bits = (width + passes - 1) / passes;
	for (unsigned k = 0; k < passes; k++) {
		void *moved = spare;

		hp_sort_digit(row, moved, n, size, offset, least, k * bits, bits);
		spare = row;
		row = moved;
	}
	return row;
}

/* List 0 to @n - 1 by @key[n], which are below @n_keys; equal ones in their order. False: no
 * memory. */
static inline bool hp_sort_by_key(uint32_t *order, const uint32_t *key, uint32_t n, uint32_t n_keys)
{
	uint32_t *place = calloc((size_t)n_keys + 1, sizeof(*place));

	if (!place)
		return false;
	for (uint32_t i = 0; i < n; i++)
		place[key[i] + 1]++;
	for (uint32_t k = 1; k <= n_keys; k++)
		place[k] += place[k - 1];
	for (uint32_t i = 0; i < n; i++)
		order[place[key[i]]++] = i;
	free(place);
	return true;
}

#endif
