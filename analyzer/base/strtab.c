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

static bool resize(struct hp_strtab *t, uint32_t cap)
{
	if (!hp_column_resize(&t->ptr, sizeof(*t->ptr), cap) ||
	    !hp_column_resize(&t->len, sizeof(*t->len), cap))
		return false;
	t->cap = cap;
	return true;
}

/* Make room for one more own row, @row. */
static bool grow(struct hp_strtab *t, uint32_t row)
{
	uint32_t cap = hp_column_cap(t->cap, row + 1);

	return row < t->cap || (cap && resize(t, cap));
}

void hp_strtab_expect(struct hp_strtab *t, uint32_t n)
{
	uint32_t own;

	if (__builtin_add_overflow(t->n - t->n_below, n, &own))
		return;
	hp_index_expect(&t->index, own);
	if (own > t->cap)
		(void)resize(t, own); /* it will grow step by step, then */
}

/* The id of @s, whose hash is @tag, UINT32_MAX if it has none. */
static uint32_t find(const struct hp_strtab *t, uint32_t tag, const struct hp_slice *s)
{
	uint32_t row;

	if (t->below) {
		row = hp_index_find(&t->below->index, tag, same, t->below, s);
		if (row < t->n_below) /* later ones came too late */
			return row;
	}
	row = hp_index_find(&t->index, tag, same, t, s);
	return row == UINT32_MAX ? row : row + t->n_below;
}

static uint32_t hash(const struct hp_strtab *t, struct hp_slice s)
{
	return (uint32_t)XXH3_64bits_withSeed(s.ptr ? s.ptr : "", s.len, t->seed);
}

/* Add @text, which is new and stays. */
static int add(struct hp_strtab *t, struct hp_slice text, uint32_t tag, hp_strid *out,
	       struct hprof_error *err)
{
	uint32_t row = t->n - t->n_below;

	if (!grow(t, row) || !hp_index_add(&t->index, tag, row))
		return hp_fail_nomem(err);
	t->ptr[row] = text.ptr;
	t->len[row] = (uint32_t)text.len;
	*out = (hp_strid){t->n++};
	return HPROF_OK;
}

int hp_strtab_add(struct hp_strtab *t, struct hp_slice s, hp_strid *out, struct hprof_error *err)
{
	uint32_t tag = hash(t, s);
	char *text;

	out->i = find(t, tag, &s);
	if (out->i != UINT32_MAX)
		return HPROF_OK;
	if (s.len >= UINT32_MAX ||
	    (t->mem.limit &&
	     s.len + 1 > t->mem.limit - (t->mem.used < t->mem.limit ? t->mem.used : t->mem.limit)))
		return hp_fail(err, HPROF_ELIMIT, "names take more than %" PRIu64 " bytes",
			       t->mem.limit);
	text = hp_arena_text(&t->mem, s.len + 1);
	if (!text)
		return hp_fail_nomem(err);
	if (s.len)
		memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return add(t, (struct hp_slice){text, s.len}, tag, out, err);
}

int hp_strtab_borrow(struct hp_strtab *t, struct hp_slice s, hp_strid *out, struct hprof_error *err)
{
	uint32_t tag = hash(t, s);

	out->i = find(t, tag, &s);
	return out->i == UINT32_MAX ? add(t, s, tag, out, err) : HPROF_OK;
}

int hp_strtab_init(struct hp_strtab *t, uint64_t limit_bytes, struct hprof_error *err)
{
	hp_strid none;

	*t = (struct hp_strtab){.mem.limit = limit_bytes, .seed = hp_hash_seed()};
	return hp_strtab_add(t, HP_LIT(""), &none, err);
}

void hp_strtab_init_above(struct hp_strtab *t, const struct hp_strtab *below)
{
	*t = (struct hp_strtab){
		.below = below,
		.n_below = below->n,
		.n = below->n,
		.seed = below->seed,
	};
}

void hp_strtab_release(struct hp_strtab *t)
{
	hp_arena_release(&t->mem);
	free(t->ptr);
	free(t->len);
	hp_index_release(&t->index);
	*t = (struct hp_strtab){0};
}
