/* sampling.h - from sampled counts and bytes to estimates of all that was allocated. */
#ifndef HP_MODEL_SAMPLING_H
#define HP_MODEL_SAMPLING_H

#include <stdbool.h>

/* One value of one row: the estimate of the population, its variance, what was recorded. */
struct hp_measure {
	double estimate;
	double variance; /* in the unit squared */
	double recorded;
};

/*
 * Estimates for @objects recorded objects of @bytes together, under Poisson sampling with a
 * mean of @period bytes between samples (0: everything was recorded, nothing is scaled).
 *
 * With x = bytes / objects and p = 1 - exp(-x / period), an object of x bytes was recorded
 * with probability p, so both values are divided by p (Horvitz-Thompson; the same rule as
 * jeprof's for "heap_v2").  Must be called per recorded row, before any sum.  Numbers below 0, of
 * counters that ran over or under, are scaled as those above are; their variances are not below 0.
 *
 * @one_size: all objects of the row have the same size.  Then the variances are exact for it:
 * n (1-p) x^2 / p^2 for bytes and n (1-p) / p^2 for objects.  Otherwise n is not known and an
 * upper bound stands in: with estimates S and C, S * period for bytes (a recorded object
 * contributes at most period^2, and at most S / period were recorded), and
 * C / p(@smallest) for objects.
 */
void hp_estimate(double objects, double bytes, double period, bool one_size, double smallest,
		 struct hp_measure *out_objects, struct hp_measure *out_bytes);

/*
 * Back from the estimates @objects and @bytes that the writer made of recorded objects of @size
 * bytes each, in the same way, to what was recorded, n = @objects p, and to the variances: those of
 * one size above.  @size is the mean where sizes are mixed.  0: it is not known; then the upper
 * bounds stand in, and the estimates for what was recorded.  Estimates below 0 count as such.
 */
void hp_unestimate(double objects, double bytes, double size, double period, double smallest,
		   struct hp_measure *out_objects, struct hp_measure *out_bytes);

/* hp_estimate() without the variances. */
void hp_unsample(double objects, double bytes, double period, double *out_objects,
		 double *out_bytes);

#endif
