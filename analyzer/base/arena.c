/* arena.c - many small allocations with one lifetime. */
#include "analyzer/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

struct hp_arena_block {
	struct hp_arena_block *next;
	size_t used, cap; /* of data */
	alignas(max_align_t) char data[];
};

static void *find_room(struct hp_arena *a, size_t len, size_t align)
{
	struct hp_arena_block *b = a->head;
	size_t start = b ? (b->used + align - 1) & ~(align - 1) : 0;

	if (a->limit && (len > a->limit || a->used > a->limit - len))
		return NULL;
	if (!b || start > b->cap || len > b->cap - start) {
		size_t cap = a->used < (1u << 16) ? 1u << 12 : 1u << 18;

		if (len > SIZE_MAX / 2)
			return NULL;
		if (cap < len)
			cap = len;
		b = malloc(sizeof(*b) + cap);
		if (!b)
			return NULL;
		b->next = a->head;
		b->used = 0;
		b->cap = cap;
		a->head = b;
		start = 0;
	}
	b->used = start + len;
	a->used += len;
	return b->data + start;
}

static void *take(struct hp_arena *a, size_t len, size_t align)
{
	void *room = find_room(a, len, align);

	a->failed = a->failed || !room;
	return room;
}

void *hp_arena_alloc(struct hp_arena *a, size_t len)
{
	return take(a, len, alignof(max_align_t));
}

char *hp_arena_text(struct hp_arena *a, size_t len)
{
	return take(a, len, 1);
}

const char *hp_arena_string(struct hp_arena *a, struct hp_slice s)
{
	char *text = hp_arena_text(a, s.len + 1);

	if (!text)
		return "";
	if (s.len)
		memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return text;
}

void hp_arena_release(struct hp_arena *a)
{
	while (a->head) {
		struct hp_arena_block *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->used = 0;
	a->failed = false;
}
