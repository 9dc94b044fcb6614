/*
 * flame_layout.h - which boxes a flame graph has, and where: no drawing, no fonts.
 *
 * What is too narrow is folded, with all its siblings that are, into one box at the right end of
 * their caller's callees, so that every box is as wide as its callees, the folded ones and what
 * ends in it.
 */
#ifndef HP_RENDER_FLAME_LAYOUT_H
#define HP_RENDER_FLAME_LAYOUT_H

#include "analyzer/ops/flame.h"

struct hp_flame_box {
	uint32_t node;   /* of the tree; of folded ones, their caller */
	uint32_t folded; /* so many callees are folded; 0: none, it is a call itself */
	uint32_t depth;  /* rows between it and the root */
	double x, width; /* pixels */
	double value;    /* its weight as an integer: the values of callees, of folded ones and of
			    what ends in the box add up to it */
	bool truncated;  /* what it calls is deeper than the picture */
};

struct hp_flame_layout_opts {
	double width, min_width; /* pixels */
	uint32_t max_boxes;      /* more: min_width is doubled up to 16, then depth halved */
	uint32_t max_depth;      /* no box is deeper */
};

struct hp_flame_layout {
	struct hp_flame_box *box; /* [n], callers first */
	uint32_t n;
	uint32_t depth;       /* of the deepest box */
	uint32_t hidden_rows; /* rows that are left out at the end */
	double min_width;     /* that was used */
};

/* Errors: ENOMEM. */
HP_MUST_CHECK int hp_flame_layout_init(const struct hp_flame *f,
				       const struct hp_flame_layout_opts *o,
				       struct hp_flame_layout *out, struct hprof_error *err);
void hp_flame_layout_release(struct hp_flame_layout *l);

#endif
