/*
 * coverage.c - whether the memory map of an input is all of it.
 *
 * A map that was cut, or written where /proc was not there, leaves addresses without a name for
 * no visible reason.  Stray addresses are usual, though: unwinders walk one frame too far, into
 * anything.  So one address beyond the outermost known frame does not count, nor does one that no
 * process can have had.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/base/width.h"
#include "analyzer/model/profile.h"

#define LEAST_SHARE 0.05 /* of the bytes: what is less may be a library that was unloaded */
#define LEAST_ADDRESS UINT64_C(0x10000)
#define MOST_ADDRESS (UINT64_C(1) << 56)

struct path {             /* from the root to a frame */
	bool known;       /* there is a frame that has a mapping or a name */
	bool outside;     /* behind such a frame there is one without */
	uint8_t root_run; /* frames without, before the first known one; 2: or more */
};

/* Whether location @loc has neither mapping nor name, and is no stray value. */
static bool is_outside(const struct hprof_profile *p, uint32_t loc)
{
	const struct hp_locs *l = &p->locs;

	return !l->frame_n[loc] && l->map[loc].i == HP_NONE && l->module[loc].i == HP_NONE &&
	       l->addr[loc] >= LEAST_ADDRESS && l->addr[loc] < MOST_ADDRESS;
}

static struct path extend(struct path at, bool outside)
{
	if (!outside)
		at.known = true;
	else if (at.known)
		at.outside = true;
	else if (at.root_run < 2)
		at.root_run++;
	return at;
}

static bool is_incomplete(struct path at)
{
	return at.outside || at.root_run > 1 || (at.root_run && !at.known);
}

/* Fill @path[stacks.n]. */
static void walk(const struct hprof_profile *p, struct path *path)
{
	for (uint32_t i = 1; i < p->stacks.n; i++) {
		uint32_t loc = p->stacks.loc[i].i;

		path[i] = path[p->stacks.parent[i].i];
		if (loc >= HP_TRUNCATED_LOCS)
			path[i] = extend(path[i], is_outside(p, loc));
	}
}

/* The share of the values of @type that stacks have which leave the map; less than 0: no values. */
static double share_of(const struct hprof_profile *p, uint32_t type, const struct path *path)
{
	const double *value = p->all.estimate[type];
	double all = 0;
	double part = 0;

	for (uint32_t i = 0; value && i < p->all.n; i++) {
		all += fabs(value[i]);
		if (is_incomplete(path[p->all.stack[i].i]))
			part += fabs(value[i]);
	}
	return all > 0 ? part / all : -1;
}

static const char kind[] = "map-incomplete";

/* Take back what was told before more was named. */
static void untell(struct hprof_profile *p)
{
	struct hp_warnings *w = &p->warnings;
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		if (strcmp(w->row[i].kind, kind) != 0) {
			w->row[n++] = w->row[i];
			continue;
		}
		free(w->row[i].text);
	}
	w->n = n;
}

/* How often a warning of @kind was told. */
static uint64_t count(const struct hprof_profile *p, const char *which)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < p->warnings.n; i++)
		if (strcmp(p->warnings.row[i].kind, which) == 0)
			n += p->warnings.row[i].count;
	return n;
}

/* Whether the map goes on to its end: the stack lies above all code that is loaded. */
static bool has_stack(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->modules.n; i++)
		if (hp_slice_same(hp_profile_str(p, p->modules.row[i].path), HP_LIT("[stack]")))
			return true;
	return false;
}

/* Why there are addresses that no mapping covers, as far as the map tells. */
static const char *why_outside(const struct hprof_profile *p)
{
	if (count(p, "cut-map"))
		return "the map section is incomplete (cut?)";
	if (has_stack(p))
		return "their code was unloaded before the map was written";
	return "the map section is incomplete (cut?), or their code was unloaded before it was "
	       "written";
}

/* Why there is no mapping at all. */
static const char *why_unmapped(const struct hprof_profile *p)
{
	if (count(p, "cut-map"))
		return "the map section is incomplete (cut?)";
	if (count(p, "map-line") || count(p, "map-inverted"))
		return "no line of the map section tells a mapping (written on another system?)";
	return "the map section is empty (written where /proc was not there?)";
}

static void tell(struct hprof_profile *p, double share, bool is_bytes)
{
	char percent[HP_NUMBER_MAX];
	uint32_t n = 0;

	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++)
		n += is_outside(p, i);
	hp_format_percent(percent, share, 1);
	hp_profile_warn(p, kind, "%" PRIu32 " address%s with %s of the %s %s%s %s: %s", n,
			n == 1 ? "" : "es", percent, is_bytes ? "bytes" : "values",
			p->maps.n ? "lie" : "stay", n == 1 ? "s" : "",
			p->maps.n ? "outside every mapping" : "without names",
			p->maps.n ? why_outside(p) : why_unmapped(p));
}

int hp_maps_check(struct hprof_profile *p, struct hprof_error *err)
{
	uint32_t type = p->default_type;
	struct path *path;
	double share = -1;

	untell(p);
	if (!p->has_maps || !p->all.n)
		return HPROF_OK;
	path = calloc(p->stacks.n, sizeof(*path));
	if (!path)
		return hp_fail_nomem(err);
	walk(p, path);
	if (type < p->n_types)
		share = share_of(p, type, path);
	for (uint32_t t = 0; share < 0 && t < p->n_types; t++)
		share = share_of(p, type = t, path);
	if (share >= LEAST_SHARE)
		tell(p, share, p->types[type].unit == HP_UNIT_BYTES);
	free(path);
	return HPROF_OK;
}
