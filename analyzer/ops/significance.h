/* significance.h - which differences are more than sampling explains. */
#ifndef HP_OPS_SIGNIFICANCE_H
#define HP_OPS_SIGNIFICANCE_H

#include <stdbool.h>

/*
 * How many standard errors lie on either side of an estimate in an interval that holds the true
 * value in 95 of 100 cases: the 97.5 % quantile of the normal distribution.
 */
#define HP_SIGNIFICANT_ERRORS 1.959963984540054

/*
 * Whether @delta, whose variance is known, is further from 0 than sampling explains at 95 %.  What
 * is exactly as far is not.  The only place that decides it; the scripts of pictures get the
 * constant with their data and compare in the same way.
 */
bool hp_is_significant(double delta, double variance);

#endif
