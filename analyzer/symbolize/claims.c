/* claims.c - which units claim an address, and the order in which they are asked for it. */
#include "analyzer/symbolize/claims.h"

#include <stdlib.h>

/* By address; the narrowest claim first. */
static int by_addr(const void *pa, const void *pb)
{
	const struct hp_claim *a = pa;
	const struct hp_claim *b = pb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->start != b->start)
		return a->start > b->start ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

static int by_unit(const void *pa, const void *pb)
{
	const struct hp_claim *a = pa;
	const struct hp_claim *b = pb;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return (a->addr > b->addr) - (a->addr < b->addr);
}

bool hp_rounds_begin(struct hp_rounds *r, struct hp_claims *claims, uint32_t n)
{
	*r = (struct hp_rounds){
		.now.row = calloc((size_t)n + 1, sizeof(*r->now.row)),
		.open = calloc((size_t)n + 1, sizeof(*r->open)),
		.next = calloc((size_t)n + 1, sizeof(*r->next)),
		.claims = claims,
	};
	if (!r->now.row || !r->open || !r->next)
		return false;
	if (claims->n > 1)
		qsort(claims->row, claims->n, sizeof(*claims->row), by_addr);
	for (uint32_t i = 0; i < claims->n; i++) {
		if (i && claims->row[i].addr == claims->row[i - 1].addr)
			continue;
		r->next[claims->row[i].addr] = i;
		r->open[r->n_open++] = claims->row[i].addr;
	}
	return true;
}

bool hp_rounds_next(struct hp_rounds *r, const bool *done)
{
	const struct hp_claims *claims = r->claims;
	struct hp_claims *now = &r->now;
	uint32_t kept = 0;

	now->n = 0;
	for (uint32_t i = 0; i < r->n_open; i++) {
		uint32_t addr = r->open[i];
		uint32_t at = r->next[addr];
		uint32_t unit;

		if (done[addr] || at >= claims->n || claims->row[at].addr != addr)
			continue;
		unit = claims->row[at].unit;
		now->row[now->n++] = claims->row[at];
		while (at < claims->n && claims->row[at].addr == addr &&
		       claims->row[at].unit == unit)
			at++;
		r->next[addr] = at;
		r->open[kept++] = addr;
	}
	r->n_open = kept;
	if (now->n > 1)
		qsort(now->row, now->n, sizeof(*now->row), by_unit);
	return now->n > 0;
}

void hp_rounds_release(struct hp_rounds *r)
{
	free(r->now.row);
	free(r->open);
	free(r->next);
	*r = (struct hp_rounds){.n_open = 0};
}
