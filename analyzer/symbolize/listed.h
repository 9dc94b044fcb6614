/*
 * listed.h - the build IDs below the folders of debug files: what is not among them is not there.
 *
 * Of a thousand modules most have no debug file, and each would look through all folders for it.
 * The first child that did so in vain tells the other processes of the run what it met.
 */
#ifndef HP_SYMBOLIZE_LISTED_H
#define HP_SYMBOLIZE_LISTED_H

#include <stdatomic.h>

#include "analyzer/base/slice.h"

enum { HP_LISTED_SLOTS = 1 << 15, HP_LISTED_MOST = HP_LISTED_SLOTS / 2 };

/* In memory that is shared, which any child may have spoiled; zero-initialised knows nothing. */
struct hp_listed {
	atomic_uint state;
	_Atomic uint64_t slot[HP_LISTED_SLOTS]; /* by what it holds: an ID's key; 0: free */
};

/* What one process met; zero-initialised is empty, the owner frees @key. */
struct hp_met {
	uint64_t *key; /* [n] of build IDs */
	uint32_t n, cap;
	bool partial; /* there may be more */
};

/* Note that there is a file with build ID @id. */
void hp_met_add(struct hp_met *m, struct hp_slice id);

/* Tell the others what there is, unless that is done, or @m does not have all of it. */
void hp_listed_tell(struct hp_listed *l, const struct hp_met *m);

/* Whether it is known that no file has build ID @id. */
bool hp_listed_lacks(struct hp_listed *l, struct hp_slice id);

#endif
