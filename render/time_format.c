/* time_format.c - times of recordings as people read them. */
#include "render/time_format.h"

#include <stdio.h>

struct step {
	double factor;
	const char *unit;
};

static const char *scaled(char *buf, double v, const struct step *step, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && v >= step[i + 1].factor)
		i++;
	if (step[i].factor == 1 && v == (double)(uint64_t)v)
		(void)snprintf(buf, HP_NUMBER_MAX, "%.0f %s", v, step[i].unit);
	else
		(void)snprintf(buf, HP_NUMBER_MAX, "%.1f %s", v / step[i].factor, step[i].unit);
	return buf;
}

const char *hp_format_time(char *buf, double time, struct hp_slice unit)
{
	static const struct step instructions[] = {
		{1, "i"}, {1e3, "ki"}, {1e6, "Mi"}, {1e9, "Gi"}, {1e12, "Ti"}};
	static const struct step clock[] = {{1e-3, "ms"}, {1, "s"}, {60, "min"}, {3600, "h"}};

	if (hp_slice_same(unit, HP_LIT("B")))
		return hp_format_bytes(buf, time, HPROF_UNIT_AUTO);
	if (hp_slice_same(unit, HP_LIT("i")))
		return scaled(buf, time, instructions, HP_LEN(instructions));
	if (hp_slice_same(unit, HP_LIT("ms")))
		return scaled(buf, time / 1e3, clock, HP_LEN(clock));
	if (hp_slice_same(unit, HP_LIT("s")))
		return scaled(buf, time, clock, HP_LEN(clock));
	return hp_format_exact_time(buf, time);
}

const char *hp_format_exact_time(char *buf, double time)
{
	(void)snprintf(buf, HP_NUMBER_MAX, "%.15g", time);
	return buf;
}

struct hp_slice hp_point_file(const struct hp_timeline *t, const struct hp_point *p)
{
	const struct hprof_profile *profile = t->v->profiles[p->profile];

	return hp_slice_basename(hp_profile_str(profile, profile->input));
}
