/* jemalloc_sizes.h - telling rows of one object size from rows that mix sizes. */
#ifndef HP_FORMATS_JEMALLOC_SIZES_H
#define HP_FORMATS_JEMALLOC_SIZES_H

#include <stdbool.h>
#include <stdint.h>

enum { HP_SIZE_CLASSES = 260, HP_SMALLEST_CLASS = 8 };

/*
 * jemalloc's size classes: multiples of 16 (of 8 where the quantum is 8) up to 128, then four
 * steps per doubling.  What it writes for n objects of one class x, since 5.3 by default
 * (opt.prof_unbias), is neither n nor n x: it keeps for each class the integers
 *     u = round(x k) and v = round(8 k) with k = 1 / (1 - exp(-x / period)),
 * and writes the counts that the reader's formula turns into n u bytes and n v / 8 objects.
 * So the mean size in the file is y = 8 u / v, within 6.25 % of x.
 */
struct hp_size_classes {
	unsigned n;
	double size[HP_SIZE_CLASSES];    /* x, ascending */
	double written[HP_SIZE_CLASSES]; /* y */
	double each[HP_SIZE_CLASSES];    /* bytes written per object: u (1 - exp(-y / period)) */
};

void hp_size_classes_init(struct hp_size_classes *c, double period);

/*
 * Whether @objects and @bytes of a row are what jemalloc writes for objects of one size
 * class, with or without opt.prof_unbias.
 */
bool hp_size_classes_one(const struct hp_size_classes *c, double objects, double bytes);

#endif
