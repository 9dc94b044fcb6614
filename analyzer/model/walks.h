/* walks.h - stacks of a profile by the addresses that they are made of. */
#ifndef HP_MODEL_WALKS_H
#define HP_MODEL_WALKS_H

#include "analyzer/model/profile.h"

struct hp_walk {
	uint64_t hash;
	uint32_t row; /* of the samples of all threads */
};

/* The stacks that have values; zero-initialised: not listed yet.  Borrows the profile. */
struct hp_walks {
	const struct hprof_profile *p;
	struct hp_walk *walk; /* [p->all.n] by hash */
	uint64_t *hash;       /* [p->stacks.n] */
};

/* What @hash is with one more number. */
uint64_t hp_walk_mix(uint64_t hash, uint64_t addr);

/* List the stacks of @p, once.  Errors: ENOMEM. */
HP_MUST_CHECK int hp_walks_list(struct hp_walks *t, const struct hprof_profile *p,
				struct hprof_error *err);
void hp_walks_release(struct hp_walks *t);

/* The row of samples of @t whose stack has the addresses of stack @s of @q; HP_NONE: none. */
uint32_t hp_walks_find(const struct hp_walks *t, const struct hp_walks *q, uint32_t s);

#endif
