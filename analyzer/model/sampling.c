/* sampling.c - from sampled counts and bytes to estimates of all that was allocated. */
#include "analyzer/model/sampling.h"

#include <math.h>

/* Probability that an object of @size bytes is recorded. */
static double recorded_share(double size, double period)
{
	return -expm1(-size / period);
}

void hp_unsample(double objects, double bytes, double period, double *out_objects,
		 double *out_bytes)
{
	double p = 1;

	if (period > 0 && objects != 0 && bytes != 0)
		p = recorded_share(fabs(bytes / objects), period);
	*out_objects = objects / p;
	*out_bytes = bytes / p;
}

void hp_unestimate(double objects, double bytes, double size, double period, double smallest,
		   struct hp_measure *out_objects, struct hp_measure *out_bytes)
{
	double c = fabs(objects), s = fabs(bytes);
	double p = size > 0 ? recorded_share(size, period) : 1;

	*out_objects = (struct hp_measure){objects, 0, objects * p};
	*out_bytes = (struct hp_measure){bytes, 0, bytes * p};
	if (size > 0) {
		out_objects->variance = c * (1 - p) / p;
		out_bytes->variance = s * (1 - p) / p * size;
		return;
	}
	out_objects->variance = c / recorded_share(smallest, period);
	out_bytes->variance = s * period;
}

void hp_estimate(double objects, double bytes, double period, bool one_size, double smallest,
		 struct hp_measure *out_objects, struct hp_measure *out_bytes)
{
	double size = objects != 0 ? fabs(bytes / objects) : 0;
	double p = period > 0 && size > 0 ? recorded_share(size, period) : 1;
	double c = fabs(objects) / p, s = fabs(bytes) / p;

	*out_objects = (struct hp_measure){objects < 0 ? -c : c, 0, objects};
	*out_bytes = (struct hp_measure){bytes < 0 ? -s : s, 0, bytes};
	if (period <= 1)
		return;
	if (one_size) {
		out_objects->variance = c * (1 - p) / p;
		out_bytes->variance = s * (1 - p) / p * size;
		return;
	}
	out_objects->variance = c / recorded_share(smallest, period);
	out_bytes->variance = s * period;
}
