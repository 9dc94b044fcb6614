/* counter.c - what a writer counted, which may have run over or under. */
#include "formats/counter.h"

#include <inttypes.h>
#include <stdio.h>

void hp_counter_tell(struct hp_builder *b, const char *place, uint64_t number, const double *v)
{
	const struct hprof_profile *p = b->p;
	char list[512] = "";
	size_t at = 0;

	for (uint32_t t = 0; t < p->n_types && at + 100 < sizeof(list); t++) {
		struct hp_slice name = hp_profile_str(p, p->types[t].name);

		if (v[t] < 0)
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%.*s %.0f",
					       at ? ", " : "", (int)(name.len < 64 ? name.len : 64),
					       name.ptr, v[t]);
	}
	if (at)
		hp_build_warn(b, HP_COUNTER_KIND,
			      "%s %" PRIu64 HP_COUNTER_WORDS
			      "%s): counters of the writer ran under or over, or this is a "
			      "difference; they are used as they are",
			      place, number, list);
}
