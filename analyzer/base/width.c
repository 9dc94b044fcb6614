/* width.c - numbers as people read them. */
#include "analyzer/base/width.h"

#include <math.h>
#include <stdio.h>

const char *hp_format_count(char *buf, double count)
{
	double v = round(count);

	if (v == 0)
		v = 0; /* no "-0" */
	if (fabs(v) < 1e36)
		(void)snprintf(buf, HP_NUMBER_MAX, "%.0f", v);
	else
		(void)snprintf(buf, HP_NUMBER_MAX, "%.6g", v);
	return buf;
}

const char *hp_format_bytes(char *buf, double bytes, enum hprof_unit_style style)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t i = 0;

	switch (style) {
	case HPROF_UNIT_AUTO:
		/* 1023.95 would be printed as 1024.0 of the smaller unit */
		while (i + 1 < HP_LEN(unit) && fabs(bytes) >= (i ? 1023.95 : 1023.5)) {
			bytes /= 1024;
			i++;
		}
		break;
	case HPROF_UNIT_B:
		break;
	case HPROF_UNIT_KIB:
		i = 1;
		bytes /= 1024.0;
		break;
	case HPROF_UNIT_MIB:
		i = 2;
		bytes /= 1024.0 * 1024;
		break;
	case HPROF_UNIT_GIB:
		i = 3;
		bytes /= 1024.0 * 1024 * 1024;
		break;
	}
	if (i == 0) {
		(void)hp_format_count(buf, bytes); /* at most 37 characters */
		memcpy(buf + strlen(buf), " B", sizeof(" B"));
		return buf;
	}
	if (fabs(bytes) < 0.05)
		bytes = fabs(bytes); /* no "-0.0" */
	if (fabs(bytes) < 1e30)
		(void)snprintf(buf, HP_NUMBER_MAX, "%.1f %s", bytes, unit[i]);
	else
		(void)snprintf(buf, HP_NUMBER_MAX, "%.6g %s", bytes, unit[i]);
	return buf;
}

const char *hp_format_grouped(char *buf, double count)
{
	char plain[HP_NUMBER_MAX];
	size_t n = strlen(hp_format_count(plain, count)), digits = n - (plain[0] == '-'), at = 0;

	if (digits > 27) { /* of no use to people, and too long */
		memcpy(buf, plain, n + 1);
		return buf;
	}
	for (size_t i = 0; i < n; i++) {
		buf[at++] = plain[i];
		if (i + 1 < n && plain[i] != '-' && (n - i - 1) % 3 == 0)
			buf[at++] = ',';
	}
	buf[at] = '\0';
	return buf;
}

const char *hp_format_percent(char *buf, double part, double whole)
{
	double v = whole != 0 ? 100 * part / fabs(whole) : 0;

	if (whole == 0 || !(fabs(v) < 1e5)) /* parts of both signs that cancel have no shares */
		(void)snprintf(buf, HP_NUMBER_MAX, "-");
	else
		(void)snprintf(buf, HP_NUMBER_MAX, "%.1f%%", fabs(v) < 0.05 ? fabs(v) : v);
	return buf;
}
