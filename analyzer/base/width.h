/* width.h - numbers as people read them, and columns that text takes on a terminal. */
#ifndef HP_BASE_WIDTH_H
#define HP_BASE_WIDTH_H

#include "analyzer/base/error.h"

enum { HP_NUMBER_MAX = 48 };

/*
 * @bytes in @style with its unit, "1.5 MiB"; exact bytes without decimals.
 * Returns @buf, of HP_NUMBER_MAX bytes.
 */
const char *hp_format_bytes(char *buf, double bytes, enum hprof_unit_style style);
/* A count or number of bytes, rounded to an integer, without unit. */
const char *hp_format_count(char *buf, double count);
/* A count as hp_format_count() writes it, with its digits in groups: "17,589,696". */
const char *hp_format_grouped(char *buf, double count);
/*
 * @part of what @whole amounts to, as "12.3%", with the sign of @part; "-" when @whole is 0, or
 * next to nothing beside @part.
 */
const char *hp_format_percent(char *buf, double part, double whole);

#endif
