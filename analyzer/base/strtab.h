/* strtab.h - interned text: equal bytes have equal ids. */
#ifndef HP_BASE_STRTAB_H
#define HP_BASE_STRTAB_H

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/base/index.h"

typedef struct {
	uint32_t i;
} hp_strid;

/* Id 0 is "". Text never moves until the table is released. */
struct hp_strtab {
	const struct hp_strtab *below; /* the first n_below ids are of this table; or NULL */
	uint32_t n_below;
	uint32_t n; /* ids, those of @below included */
	struct hp_arena mem;
	const char **ptr; /* [n - n_below] NUL-terminated */
	uint32_t *len;    /* [n - n_below] bytes, without the NUL */
	uint32_t cap;
	struct hp_index index; /* of the own ones */
	uint64_t seed;
};

HP_MUST_CHECK int hp_strtab_init(struct hp_strtab *t, uint64_t limit_bytes,
				 struct hprof_error *err);

/*
 * Begin with all texts that @below has now, by the same ids.  It is borrowed, has none below
 * itself, and may grow.
 */
void hp_strtab_init_above(struct hp_strtab *t, const struct hp_strtab *below);
void hp_strtab_release(struct hp_strtab *t);

/* Id of @s, copied when it is new. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_strtab_add(struct hp_strtab *t, struct hp_slice s, hp_strid *out,
				struct hprof_error *err);

/* Have room for @n more texts, if there is memory. */
void hp_strtab_expect(struct hp_strtab *t, uint32_t n);

/* Id of @s, which stays as long as @t and which a NUL follows. Errors: ENOMEM. */
HP_MUST_CHECK int hp_strtab_borrow(struct hp_strtab *t, struct hp_slice s, hp_strid *out,
				   struct hprof_error *err);

static inline struct hp_slice hp_strtab_get(const struct hp_strtab *t, hp_strid id)
{
	if (id.i < t->n_below) {
		t = t->below;
		return (struct hp_slice){t->ptr[id.i], t->len[id.i]};
	}
	return (struct hp_slice){t->ptr[id.i - t->n_below], t->len[id.i - t->n_below]};
}

#endif
