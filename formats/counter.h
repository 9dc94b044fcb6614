/* counter.h - what a writer counted, which may have run over or under. */
#ifndef HP_FORMATS_COUNTER_H
#define HP_FORMATS_COUNTER_H

#include "analyzer/base/scan.h"
#include "analyzer/model/builder.h"

/* The kind of warning that hp_counter_tell() gives, and words that are in each of them. */
#define HP_COUNTER_KIND "below-zero"
#define HP_COUNTER_WORDS ": values below zero ("

/*
 * Decimal digits, perhaps behind a '-'.  Writers count in 64 bits: no heap has 2^63 bytes, so a
 * number from there on is one below zero that was printed without its sign.  False for more than 64
 * bits.
 */
static inline bool hp_scan_counter(struct hp_slice *s, int64_t *out)
{
	struct hp_slice rest = *s;
	bool negative = hp_scan_char(&rest, '-');
	uint64_t n;

	if (!hp_scan_u64(&rest, &n) || (negative && n > (uint64_t)INT64_MAX))
		return false;
	*out = (int64_t)(negative ? -n : n);
	*s = rest;
	return true;
}

/*
 * Warn of the values of a row, one for each sample type, if some are below 0; it is number
 * @number of what @place says, "line" or "sample".
 */
void hp_counter_tell(struct hp_builder *b, const char *place, uint64_t number, const double *v);

#endif
