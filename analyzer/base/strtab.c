/* strtab.c - interned text: equal bytes have equal ids. */
#include "analyzer/base/strtab.h"

#include <inttypes.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analyzer/base/column.h"

static bool same(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_strtab *t = ctx;
	const struct hp_slice *s = key;

	return hp_slice_same((struct hp_slice){t->ptr[row], t->len[row]}, *s);
}

static bool grow(struct hp_strtab *t)
{
	uint32_t cap = hp_column_cap(t->cap, t->n + 1);

	if (t->n < t->cap)
		return true;
	if (!cap || !hp_column_resize(&t->ptr, sizeof(*t->ptr), cap) ||
	    !hp_column_resize(&t->len, sizeof(*t->len), cap))
		return false;
	t->cap = cap;
	return true;
}

int hp_strtab_add(struct hp_strtab *t, struct hp_slice s, hp_strid *out, struct hprof_error *err)
{
	uint32_t tag = (uint32_t)XXH3_64bits_withSeed(s.ptr ? s.ptr : "", s.len, t->seed);
	uint32_t row = hp_index_find(&t->index, tag, same, t, &s);
	char *text;

	if (row != UINT32_MAX) {
		*out = (hp_strid){row};
		return HPROF_OK;
	}
	if (s.len >= UINT32_MAX ||
	    (t->mem.limit &&
	     s.len + 1 > t->mem.limit - (t->mem.used < t->mem.limit ? t->mem.used : t->mem.limit)))
		return hp_fail(err, HPROF_ELIMIT, "names take more than %" PRIu64 " bytes",
			       t->mem.limit);
	text = hp_arena_text(&t->mem, s.len + 1);
	if (!text || !grow(t) || !hp_index_add(&t->index, tag, t->n))
		return hp_fail_nomem(err);
	if (s.len)
		memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	t->ptr[t->n] = text;
	t->len[t->n] = (uint32_t)s.len;
	*out = (hp_strid){t->n++};
	return HPROF_OK;
}

int hp_strtab_init(struct hp_strtab *t, uint64_t limit_bytes, struct hprof_error *err)
{
	hp_strid none;

	*t = (struct hp_strtab){.mem.limit = limit_bytes, .seed = hp_hash_seed()};
	return hp_strtab_add(t, HP_LIT(""), &none, err);
}

void hp_strtab_release(struct hp_strtab *t)
{
	hp_arena_release(&t->mem);
	free(t->ptr);
	free(t->len);
	hp_index_release(&t->index);
	*t = (struct hp_strtab){0};
}
