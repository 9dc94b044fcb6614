/* strays.c - addresses that cannot be of the file that names them. */
#include "analyzer/symbolize/strays.h"

#include <inttypes.h>
#include <stdlib.h>

/* Where a location is found in stacks. */
enum {
	SEEN = 1,
	LEAF = 2,        /* innermost */
	INTERRUPTED = 4, /* it called nothing: a signal came there */
};

static bool any_stray(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->locs.n; i++)
		if (p->locs.call[i] == HP_CALL_NONE && p->locs.frame_n[i])
			return true;
	return false;
}

/* Fill @place[locs.n]. */
static void find_places(const struct hprof_profile *p, uint8_t *place)
{
	for (uint32_t i = 1; i < p->stacks.n; i++) {
		uint32_t loc = p->stacks.loc[i].i, caller = p->stacks.parent[i].i;

		place[loc] |= SEEN;
		if (caller && p->locs.call[loc] == HP_CALL_RESUMES)
			place[p->stacks.loc[caller].i] |= INTERRUPTED;
	}
	for (uint32_t i = 0; i < p->all.n; i++)
		if (p->all.stack[i].i)
			place[p->stacks.loc[p->all.stack[i].i].i] |= LEAF;
}

/* Whether innermost addresses are no return addresses: of most of them no call is before. */
static bool leaves_are_exact(const struct hprof_profile *p, const uint8_t *place)
{
	uint32_t n = 0, strays = 0;

	for (uint32_t i = 0; i < p->locs.n; i++) {
		if (!(place[i] & LEAF) || !p->locs.frame_n[i])
			continue;
		n++;
		strays += p->locs.call[i] == HP_CALL_NONE;
	}
	return strays > n / 2;
}

static void drop(struct hprof_profile *p, uint32_t loc)
{
	struct hp_module *m = &p->modules.row[p->locs.module[loc].i];
	bool lined = false;

	for (uint32_t k = 0; k < p->locs.frame_n[loc]; k++)
		lined |= p->frames.line[p->locs.frame_first[loc] + k] != 0;
	p->locs.frame_n[loc] = 0;
	m->n_named -= m->n_named > 0;
	m->n_lined -= lined && m->n_lined > 0;
}

static void tell(struct hprof_profile *p, uint32_t module, uint32_t n)
{
	const struct hp_module *m = &p->modules.row[module];
	char path[HP_QUOTED_MAX];

	hp_profile_warn_each(p, "stray addresses",
			     "%" PRIu32 " of %" PRIu32 " addresses in %s follow%s no call there "
			     "and stay%s without %s: a library that was unloaded may have been in "
			     "its place",
			     n, m->n_addr, hp_quote(path, hp_profile_str(p, m->path)),
			     n == 1 ? "s" : "", n == 1 ? "s" : "", n == 1 ? "a name" : "names");
}

int hp_strays_drop(struct hprof_profile *p, struct hprof_error *err)
{
	uint8_t *place;
	uint32_t *n;
	uint8_t exempt = INTERRUPTED;

	if (!any_stray(p))
		return HPROF_OK;
	place = calloc(p->locs.n, sizeof(*place));
	n = calloc((size_t)p->modules.n + 1, sizeof(*n));
	if (!place || !n) {
		free(place);
		free(n);
		return hp_fail_nomem(err);
	}
	find_places(p, place);
	if (leaves_are_exact(p, place))
		exempt |= LEAF;
	for (uint32_t i = 0; i < p->locs.n; i++) {
		if (p->locs.call[i] != HP_CALL_NONE || !p->locs.frame_n[i] || !(place[i] & SEEN) ||
		    (place[i] & exempt) || p->locs.module[i].i == HP_NONE)
			continue;
		drop(p, i);
		n[p->locs.module[i].i]++;
	}
	for (uint32_t m = 0; m < p->modules.n; m++)
		if (n[m])
			tell(p, m, n[m]);
	free(place);
	free(n);
	return HPROF_OK;
}
