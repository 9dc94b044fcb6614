/* apportion.c - integers that add up to the rounded total. */
#include "analyzer/ops/apportion.h"

#include <math.h>
#include <stdlib.h>

struct remainder {
	double part;
	size_t i;
};

static int largest_first(const void *a, const void *b)
{
	const struct remainder *x = a, *y = b;

	if (x->part != y->part)
		return x->part > y->part ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

int hp_apportion(double *v, size_t n, double total, struct hprof_error *err)
{
	struct remainder *rest = calloc(n ? n : 1, sizeof(*rest));
	double floors = 0, missing;

	if (!rest)
		return hp_fail_nomem(err);
	for (size_t i = 0; i < n; i++) {
		double down = floor(v[i]);

		rest[i] = (struct remainder){v[i] - down, i};
		v[i] = down;
		floors += down;
	}
	missing = round(total) - floors;
	qsort(rest, n, sizeof(*rest), largest_first);
	for (size_t i = 0; i < n && missing >= 1; i++, missing--)
		v[rest[i].i]++;
	free(rest);
	return HPROF_OK;
}
