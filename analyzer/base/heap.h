/* heap.h - a binary heap in an array of the caller: what comes first is at its top. */
#ifndef HP_BASE_HEAP_H
#define HP_BASE_HEAP_H

#include <stddef.h>

/* Below 0 when @a comes before @b, as for qsort_r(). */
typedef int (*hp_order_fn)(const void *a, const void *b, void *ctx);

/* All but the last of the @n rows of @size bytes are a heap: move it up, so that it belongs to it.
 */
void hp_heap_up(void *row, size_t n, size_t size, hp_order_fn order, void *ctx);

/* All below row @at of the @n are heaps: move it down, so that it is the top of one. */
void hp_heap_down(void *row, size_t n, size_t size, size_t at, hp_order_fn order, void *ctx);

#endif
