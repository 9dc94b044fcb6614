/* arena.h - many small allocations with one lifetime. */
#ifndef HP_BASE_ARENA_H
#define HP_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/slice.h"

struct hp_arena_block;

/* Zero-initialised is empty. */
struct hp_arena {
	struct hp_arena_block *head;
	size_t used;    /* bytes handed out, all blocks */
	uint64_t limit; /* most bytes to hand out; 0: none */
	bool failed;    /* something that was asked for was not handed out */
};

/*
 * @len bytes aligned for any object, NULL when memory or the limit is exhausted.
 * Valid until hp_arena_release().
 */
void *hp_arena_alloc(struct hp_arena *a, size_t len);
/* The same without alignment: for text. */
char *hp_arena_text(struct hp_arena *a, size_t len);
/* A copy of @s with a NUL behind it; "" where there is no memory. */
const char *hp_arena_string(struct hp_arena *a, struct hp_slice s);
void hp_arena_release(struct hp_arena *a); /* leaves it empty */

#endif
