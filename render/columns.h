/*
 * columns.h - columns of numbers that repeat, as tables of what stands in their rows and indices.
 *
 * Values of one call go together: bytes and objects, and what was allocated with what is live.
 * Rows of such columns are few different ones, and an index for each is all that is left.
 */
#ifndef HP_RENDER_COLUMNS_H
#define HP_RENDER_COLUMNS_H

#include "render/planes.h"

struct hp_column {
	const double *v; /* [n] borrowed */
	char key;        /* what it is, and of which type: told as they are */
	uint32_t type;
	bool begins; /* a part of the columns that go together begins here */
};

struct hp_columns {
	struct hp_column *column; /* [n_columns] */
	uint32_t n_columns;
	uint32_t n; /* rows of each */
};

/*
 * Write them as the members of an array: {"of":[["s",0],...],"val":[[...],...],"at":[...]}, all in
 * one or by their parts, whichever is shorter; "at" by way of @planes.
 * Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_columns_put(const struct hp_columns *c, uint64_t seed, struct hp_jsonw *w,
				 struct hp_planes *planes, struct hprof_error *err);

#endif
