/* amount.h - a value of a view with all that is known of it: both sides of a difference, and its
 * error. */
#ifndef HP_OPS_AMOUNT_H
#define HP_OPS_AMOUNT_H

#include <stdbool.h>

struct hp_amount {
	double delta; /* what is shown: current less base, or 0 for what shrank and does not count
		       */
	double variance; /* of the delta; 0 where errors are not known */
	double current;  /* in the profiles */
	double base;     /* in the bases; 0 without any */
};

static inline void hp_amount_add(struct hp_amount *to, const struct hp_amount *a)
{
	to->delta += a->delta;
	to->variance += a->variance;
	to->current += a->current;
	to->base += a->base;
}

/* Whether nothing is there, neither now nor in the bases. */
static inline bool hp_amount_is_nothing(const struct hp_amount *a)
{
	return a->delta == 0 && a->current == 0 && a->base == 0;
}

#endif
