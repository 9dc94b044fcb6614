/* claims.h - which units claim an address, and the order in which they are asked for it. */
#ifndef HP_SYMBOLIZE_CLAIMS_H
#define HP_SYMBOLIZE_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

struct hp_claim { /* unit @unit says that it holds address number @addr */
	uint32_t addr, unit;
	uint64_t start; /* of the range that says so */
};

struct hp_claims {
	struct hp_claim *row;
	uint32_t n, cap;
};

/*
 * Ranges of units overlap in odd files.  So units are asked in rounds: first those whose
 * claim of an address is the narrowest, the one that starts last; then, for what they did not
 * know, those with the next claim, and so on.
 */
struct hp_rounds {
	struct hp_claims now; /* of this round, by unit */
	const struct hp_claims *claims;
	uint32_t *open; /* [n_open] addresses that have claims left */
	uint32_t n_open;
	uint32_t *next; /* per address: its next row of claims */
};

/* Begin rounds over @claims, which are sorted and must stay, of @n addresses.  False: no memory. */
bool hp_rounds_begin(struct hp_rounds *r, struct hp_claims *claims, uint32_t n);

/* Put the next round into r->now, for addresses that are not @done.  False: there is none. */
bool hp_rounds_next(struct hp_rounds *r, const bool *done);
void hp_rounds_release(struct hp_rounds *r);

#endif
