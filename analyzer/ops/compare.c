/* compare.c - what is to be known about profiles that are compared or added up. */
#include <inttypes.h>
#include <stdio.h>

#include "analyzer/model/profile.h"

/* How the values of @p came about, in words. */
static void describe(const struct hprof_profile *p, char out[64])
{
	uint64_t period = hp_profile_period(p);

	if (period > 1)
		(void)snprintf(out, 64, "sampled every %" PRIu64 " bytes on average", period);
	else
		(void)snprintf(out, 64, "not sampled%s",
			       strcmp(p->format, "pprof") == 0 ? " as far as is known" : "");
}

static void note_types(struct hprof_profile *p, const struct hprof_profile *other, const char *name)
{
	for (uint32_t t = 0; t < p->n_types; t++)
		for (uint32_t k = 0; k < other->n_types; k++) {
			const struct hp_type *x = &p->types[t], *y = &other->types[k];
			struct hp_slice text = hp_profile_str(p, x->name);

			if (x->absent || y->absent || x->unit == y->unit ||
			    !hp_slice_same(text, hp_profile_str(other, y->name)))
				continue;
			hp_profile_warn(p, "compare-unit", "%.*s is in %s here, and in %s in %s",
					(int)text.len, text.ptr,
					x->unit == HP_UNIT_BYTES ? "bytes" : "objects",
					y->unit == HP_UNIT_BYTES ? "bytes" : "objects", name);
		}
}

void hprof_note_together(struct hprof_profile *p, const struct hprof_profile *other, bool is_base)
{
	uint64_t period = hp_profile_period(p), others = hp_profile_period(other);
	const char *what = is_base ? "compared with" : "added to";
	char name[HP_QUOTED_MAX], here[64], there[64];

	hp_quote(name, hp_profile_str(other, other->input));
	if (strcmp(p->format, other->format) != 0)
		hp_profile_warn(p, "compare-format", "%s %s of another format: %s, this one is %s",
				what, name, other->format, p->format);
	describe(p, here);
	describe(other, there);
	if ((period > 1 ? period : 0) != (others > 1 ? others : 0))
		hp_profile_warn(p, "compare-sampling",
				"%s %s, which was %s; this one was %s: differences between "
				"them may come from that",
				what, name, there, here);
	note_types(p, other, name);
}
