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
	struct hp_arena mem;
	const char **ptr; /* [n] NUL-terminated */
	uint32_t *len;    /* [n] bytes, without the NUL */
	uint32_t n, cap;
	struct hp_index index;
	uint64_t seed;
};

HP_MUST_CHECK int hp_strtab_init(struct hp_strtab *t, uint64_t limit_bytes,
				 struct hprof_error *err);
void hp_strtab_release(struct hp_strtab *t);

/* Id of @s, copied when it is new. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_strtab_add(struct hp_strtab *t, struct hp_slice s, hp_strid *out,
				struct hprof_error *err);

static inline struct hp_slice hp_strtab_get(const struct hp_strtab *t, hp_strid id)
{
	return (struct hp_slice){t->ptr[id.i], t->len[id.i]};
}

#endif
