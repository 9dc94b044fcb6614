/* walks.c - stacks of a profile by the addresses that they are made of. */
#include "analyzer/model/walks.h"

#include <stdlib.h>

#include "analyzer/base/sort.h"

static int by_hash(const void *a, const void *b)
{
	const struct hp_walk *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

uint64_t hp_walk_mix(uint64_t hash, uint64_t addr)
{
	hash = (hash ^ addr) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* What location @loc is by itself: an address, or a mark where there is none. */
static uint64_t address_of(const struct hprof_profile *p, uint32_t loc)
{
	return loc < HP_TRUNCATED_LOCS ? loc : p->locs.addr[loc];
}

int hp_walks_list(struct hp_walks *t, const struct hprof_profile *p, struct hprof_error *err)
{
	if (t->p)
		return HPROF_OK;
	t->walk = calloc((size_t)p->all.n + 1, sizeof(*t->walk));
	t->hash = calloc((size_t)p->stacks.n + 1, sizeof(*t->hash));
	if (!t->walk || !t->hash)
		return hp_fail_nomem(err); /* the caller releases it */
	for (uint32_t i = 1; i < p->stacks.n; i++)
		t->hash[i] = hp_walk_mix(t->hash[p->stacks.parent[i].i],
					 address_of(p, p->stacks.loc[i].i));
	for (uint32_t i = 0; i < p->all.n; i++)
		t->walk[i] = (struct hp_walk){t->hash[p->all.stack[i].i], i};
	if (p->all.n > 1)
		qsort(t->walk, p->all.n, sizeof(*t->walk), by_hash);
	t->p = p;
	return HPROF_OK;
}

void hp_walks_release(struct hp_walks *t)
{
	free(t->walk);
	free(t->hash);
	*t = (struct hp_walks){0};
}

static bool same_path(const struct hprof_profile *p, uint32_t a, const struct hprof_profile *q,
		      uint32_t b)
{
	while (a && b) {
		if (address_of(p, p->stacks.loc[a].i) != address_of(q, q->stacks.loc[b].i))
			return false;
		a = p->stacks.parent[a].i;
		b = q->stacks.parent[b].i;
	}
	return !a && !b;
}

uint32_t hp_walks_find(const struct hp_walks *t, const struct hp_walks *q, uint32_t s)
{
	uint32_t low = hp_lower_bound(HP_SORT_BY(t->walk, hash), t->p->all.n, q->hash[s]);

	if (low == t->p->all.n || t->walk[low].hash != q->hash[s] ||
	    !same_path(t->p, t->p->all.stack[t->walk[low].row].i, q->p, s))
		return HP_NONE;
	return t->walk[low].row;
}
