/* apportion.h - integers that add up to the rounded total. */
#ifndef HP_OPS_APPORTION_H
#define HP_OPS_APPORTION_H

#include "analyzer/base/error.h"

/*
 * Replace the @n values at @v by whole numbers whose sum is @total rounded: each value is
 * rounded down, and those with the largest remainders get one more; ties go to the lower
 * index.  @total is the sum of the values.  Beyond 2^53 values are whole already.
 * Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_apportion(double *v, size_t n, double total, struct hprof_error *err);

#endif
