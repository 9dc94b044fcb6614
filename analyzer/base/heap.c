/* heap.c - a binary heap in an array of the caller. */
#include "analyzer/base/heap.h"

#include <string.h>

static void swap(char *a, char *b, size_t size)
{
	char piece[16];

	for (size_t n; size > 0; size -= n, a += n, b += n) {
		n = size < sizeof(piece) ? size : sizeof(piece);
		memcpy(piece, a, n);
		memcpy(a, b, n);
		memcpy(b, piece, n);
	}
}

void hp_heap_up(void *row, size_t n, size_t size, hp_order_fn order, void *ctx)
{
	char *base = row;

	for (size_t at = n - 1, above; at > 0; at = above) {
		above = (at - 1) / 2;
		if (order(base + at * size, base + above * size, ctx) >= 0)
			break;
		swap(base + at * size, base + above * size, size);
	}
}

void hp_heap_down(void *row, size_t n, size_t size, size_t at, hp_order_fn order, void *ctx)
{
	char *base = row;

	for (size_t below; (below = 2 * at + 1) < n; at = below) {
		if (below + 1 < n && order(base + (below + 1) * size, base + below * size, ctx) < 0)
			below++;
		if (order(base + at * size, base + below * size, ctx) <= 0)
			break;
		swap(base + at * size, base + below * size, size);
	}
}
