/* jemalloc_sizes.c - telling rows of one object size from rows that mix sizes. */
#include "formats/jemalloc_sizes.h"

#include <math.h>

static void add(struct hp_size_classes *c, double size, double period)
{
	double k = period > 0 ? -1 / expm1(-size / period) : 1;
	double u = round(size * k), v = round(8 * k);
	unsigned i = c->n++;

	c->size[i] = size;
	c->written[i] = 8 * u / v;
	c->each[i] = period > 0 ? u * -expm1(-c->written[i] / period) : size;
}

void hp_size_classes_init(struct hp_size_classes *c, double period)
{
	c->n = 0;
	for (double size = 8; size <= 128; size += size < 64 ? 8 : 16)
		add(c, size, period);
	for (double step = 32; c->n + 4 <= HP_SIZE_CLASSES && step < 0x1p61; step *= 2)
		for (unsigned i = 5; i <= 8; i++)
			add(c, step * i, period);
}

/* Whether n objects of class @i give this row, for some n. */
static bool gives(const struct hp_size_classes *c, unsigned i, double objects, double bytes)
{
	double n = round(bytes / c->each[i]);

	if (bytes == objects * c->size[i])
		return true;
	if (n < 1)
		n = 1;
	return fabs(round(n * c->each[i]) - bytes) <= 1 &&
	       fabs(round(n * c->each[i] / c->written[i]) - objects) <= 1;
}

bool hp_size_classes_one(const struct hp_size_classes *c, double objects, double bytes)
{
	double mean = objects > 0 ? bytes / objects : 0;
	unsigned low = 0, high = c->n;

	if (objects <= 1 && mean <= c->size[c->n - 1])
		return true;
	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (c->size[mid] < mean)
			low = mid + 1;
		else
			high = mid;
	}
	for (unsigned i = low > 1 ? low - 2 : 0; i < low + 2 && i < c->n; i++)
		if (gives(c, i, objects, bytes))
			return true;
	return false;
}
