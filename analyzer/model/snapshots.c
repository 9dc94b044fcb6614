/* snapshots.c - the snapshots of a profile: what they are, and which one is meant. */
#include "analyzer/model/snapshots.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/scan.h"

bool hprof_same_recording(const struct hprof_profile *p, const struct hprof_profile *q)
{
	const struct hp_snapshots *a = &p->snapshots, *b = &q->snapshots;

	return a->n && b->n &&
	       hp_slice_same(hp_profile_str(p, a->command), hp_profile_str(q, b->command)) &&
	       hp_slice_same(hp_profile_str(p, a->unit), hp_profile_str(q, b->unit));
}

/* --- what they are --- */

size_t hprof_profile_snapshots(const struct hprof_profile *p)
{
	return p->snapshots.n;
}

bool hprof_profile_snapshot(const struct hprof_profile *p, size_t i, struct hprof_snapshot *out)
{
	const struct hp_snapshot *s;

	if (i >= p->snapshots.n)
		return false;
	s = &p->snapshots.row[i];
	*out = (struct hprof_snapshot){
		.time = s->time,
		.time_unit = hp_profile_str(p, p->snapshots.unit).ptr,
		.heap = s->heap,
		.extra = s->extra,
		.stacks = s->stacks,
		.detailed = s->tree != HP_TREE_NONE,
		.peak = s->tree == HP_TREE_PEAK,
	};
	return true;
}

bool hp_source_valid(const struct hprof_source *s)
{
	return s->snapshot == HPROF_ALL_SNAPSHOTS || !s->profile->snapshots.n ||
	       (s->snapshot >= 0 && s->snapshot < s->profile->snapshots.n);
}

uint32_t hp_source_snapshot(const struct hprof_source *s)
{
	if (!s->profile->snapshots.n || s->snapshot == HPROF_ALL_SNAPSHOTS)
		return HP_NONE;
	return (uint32_t)s->snapshot;
}

const struct hp_samples *hp_snapshot_samples(const struct hprof_profile *p, uint32_t snapshot)
{
	return snapshot == HP_NONE ? &p->all : &p->snapshots.row[snapshot].samples;
}

double hp_samples_sum(const struct hp_samples *s, uint32_t type)
{
	const double *column = s->estimate[type];
	double sum = 0;

	for (uint32_t i = 0; column && i < s->n; i++)
		sum += column[i];
	return sum;
}

/*
 * What snapshot @snapshot of @p amounts to by sample type @type, in its unit.  Of the first type,
 * which is the heap, with the allocator's own bytes and thread stacks.
 */
static double snapshot_total(const struct hprof_profile *p, uint32_t snapshot, uint32_t type)
{
	const struct hp_snapshot *s = &p->snapshots.row[snapshot];

	if (type != 0)
		return hp_samples_sum(&s->samples, type);
	return (double)s->heap + (double)s->extra + (double)s->stacks;
}

/* --- choosing one --- */

enum when_kind { PEAK, FIRST, LAST, INDEX, TIME };

struct when {
	enum when_kind kind;
	uint64_t index;
	double time;
	struct hp_slice unit;
};

/* One moment among those of all profiles. */
struct moment {
	double time, total;
	uint32_t profile, snapshot;
	bool has_tree, peak;
};

static const char when_form[] = "peak, first, last, the number of a snapshot, or a time with its "
				"unit, as 300ms or 5000000i";

static int parse_when(const char *text, struct when *w, struct hprof_error *err)
{
	static const char *const words[] = {"peak", "first", "last"};
	struct hp_slice s = hp_slice_str(text), rest = s;
	char quoted[HP_QUOTED_MAX];

	for (size_t i = 0; i < HP_LEN(words); i++)
		if (strcmp(text, words[i]) == 0) {
			*w = (struct when){.kind = (enum when_kind)i};
			return HPROF_OK;
		}
	*w = (struct when){.kind = INDEX};
	if (hp_scan_u64(&rest, &w->index) && !rest.len)
		return HPROF_OK;
	w->kind = TIME;
	if (!hp_scan_decimal(&s, &w->time) || !s.len)
		return hp_fail(err, HPROF_EINVAL, "--at: found %s, expected %s",
			       hp_quote(quoted, hp_slice_str(text)), when_form);
	w->unit = s;
	return HPROF_OK;
}

/* How many of @unit, the recording's, are in one of @given; 0: that makes no sense. */
static double unit_factor(struct hp_slice given, struct hp_slice unit)
{
	static const struct {
		const char *unit, *given;
		double factor;
	} table[] = {
		{"i", "i", 1},      {"ms", "us", 1e-3},    {"ms", "ms", 1},
		{"ms", "s", 1e3},   {"ms", "min", 6e4},    {"ms", "h", 36e5},
		{"s", "us", 1e-6},  {"s", "ms", 1e-3},     {"s", "s", 1},
		{"s", "min", 60},   {"s", "h", 3600},      {"B", "B", 1},
		{"B", "KiB", 1024}, {"B", "MiB", 1048576}, {"B", "GiB", 1073741824},
	};

	for (size_t i = 0; i < HP_LEN(table); i++)
		if (hp_slice_same(unit, hp_slice_str(table[i].unit)) &&
		    hp_slice_same(given, hp_slice_str(table[i].given)))
			return table[i].factor;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->profile != y->profile)
		return x->profile < y->profile ? -1 : 1;
	return (x->snapshot > y->snapshot) - (x->snapshot < y->snapshot);
}

/* The only moment of @p, which has no snapshots, with its total of the type called @name. */
static struct moment whole(const struct hprof_profile *p, uint32_t i, struct hp_slice name)
{
	uint32_t type = hp_profile_type(p, name);

	return (struct moment){.time = i,
			       .total = type == HP_NONE ? -(double)INFINITY
							: hp_samples_sum(&p->all, type),
			       .profile = i,
			       .snapshot = HP_NONE,
			       .has_tree = true};
}

static struct moment of_snapshot(const struct hprof_profile *p, uint32_t i, uint32_t snapshot,
				 struct hp_slice name)
{
	const struct hp_snapshot *row = &p->snapshots.row[snapshot];
	uint32_t type = hp_profile_type(p, name);

	return (struct moment){.time = row->time,
			       .total = type == HP_NONE ? -(double)INFINITY
							: snapshot_total(p, snapshot, type),
			       .profile = i,
			       .snapshot = snapshot,
			       .has_tree = row->tree != HP_TREE_NONE,
			       .peak = row->tree == HP_TREE_PEAK};
}

/*
 * The moments of @p[n], in the order of time, or as given where they have none; to be freed.
 * Totals are of sample type @type.
 */
static struct moment *list_moments(const struct hprof_profile *const *p, size_t n,
				   struct hp_slice type, size_t *n_out)
{
	struct moment *m;
	size_t k = 0;
	bool timed = true;

	for (size_t i = 0; i < n; i++)
		k += p[i]->snapshots.n ? p[i]->snapshots.n : 1;
	m = calloc(k, sizeof(*m));
	*n_out = k;
	k = 0;
	for (uint32_t i = 0; m && i < n; i++) {
		timed &= p[i]->snapshots.n > 0;
		if (!p[i]->snapshots.n)
			m[k++] = whole(p[i], i, type);
		for (uint32_t q = 0; q < p[i]->snapshots.n; q++)
			m[k++] = of_snapshot(p[i], i, q, type);
	}
	if (m && timed && n > 1)
		qsort(m, k, sizeof(*m), by_time);
	return m;
}

/* Place of the moment that @w stands for among @m[n]; @n when there is none. */
static size_t find_moment(const struct when *w, const struct moment *m, size_t n)
{
	size_t best = n;
	bool flagged = false;

	for (size_t i = 0; i < n; i++) {
		if (!m[i].has_tree)
			continue;
		switch (w->kind) {
		case FIRST:
			return i;
		case LAST:
			best = i;
			break;
		case PEAK:
			if (best < n && (m[i].peak < flagged ||
					 (m[i].peak == flagged && m[i].total <= m[best].total)))
				break;
			best = i;
			flagged = m[i].peak;
			break;
		case TIME: /* the state at that time is that of the last moment before */
			if (best == n || m[i].time <= w->time)
				best = i;
			break;
		case INDEX:
			if (i == w->index)
				return i;
			break;
		}
	}
	return best;
}

static int no_tree(const struct when *w, const struct moment *m, size_t n, struct hprof_error *err)
{
	size_t before = n, after = n;
	char nearest[96] = "";

	if (w->kind != INDEX)
		return hp_fail(err, HPROF_ENODATA,
			       "no snapshot has a tree, only totals were recorded: \"hprof "
			       "timeline\" shows these");
	if (w->index >= n)
		return hp_fail(err, HPROF_EINVAL,
			       "--at: there is no snapshot %" PRIu64 ", they are counted from 0 to "
			       "%zu",
			       w->index, n - 1);
	for (size_t i = 0; i < n; i++) {
		if (m[i].has_tree && i < w->index)
			before = i;
		if (m[i].has_tree && i > w->index && after == n)
			after = i;
	}
	if (before < n && after < n)
		(void)snprintf(nearest, sizeof(nearest),
			       "; the nearest with a tree are %zu and %zu", before, after);
	else if (before < n || after < n)
		(void)snprintf(nearest, sizeof(nearest), "; the nearest with a tree is %zu",
			       before < n ? before : after);
	return hp_fail(err, HPROF_ENODATA,
		       "snapshot %" PRIu64 " has no tree, only its totals were recorded%s",
		       w->index, nearest);
}

/* What a user would not expect of the choice. */
static void note_choice(char *note, const struct when *w, const struct moment *m, size_t n,
			size_t at)
{
	size_t cap = HPROF_MESSAGE_MAX; /* all texts are shorter */

	if (w->kind == PEAK && !m[at].peak && n > 1)
		(void)snprintf(note, cap,
			       "no snapshot is flagged as the peak: number %zu is shown, the "
			       "largest that has a tree",
			       at);
	if ((w->kind == FIRST && at != 0) || (w->kind == LAST && at != n - 1))
		(void)snprintf(note, cap, "snapshot %zu of 0 to %zu is the %s that has a tree", at,
			       n - 1, w->kind == FIRST ? "first" : "last");
	if (w->kind == TIME && m[at].time != w->time)
		(void)snprintf(note, cap, "snapshot %zu at time %.15g is the %s that has a tree",
			       at, m[at].time, m[at].time < w->time ? "last until then" : "first");
}

/* Whether @p[n] can be taken together, and how many units of their time are in one of @w. */
static int check_times(const struct hprof_profile *const *p, size_t n, const struct when *w,
		       const char *text, double *factor, struct hprof_error *err)
{
	bool timed = p[0]->snapshots.n > 0;
	const char *unit = timed ? hp_profile_str(p[0], p[0]->snapshots.unit).ptr : "";

	for (size_t i = 1; i < n; i++)
		if ((timed || p[i]->snapshots.n) && !hprof_same_recording(p[0], p[i]))
			return hp_fail(err, HPROF_EINVAL,
				       "%s and %s are not of one recording: choose one of the "
				       "files",
				       hp_profile_str(p[0], p[0]->input).ptr,
				       hp_profile_str(p[i], p[i]->input).ptr);
	*factor = 1;
	if (w->kind == TIME)
		*factor = timed ? unit_factor(w->unit, hp_slice_str(unit)) : 0;
	if (*factor == 0)
		return hp_fail(err, HPROF_EINVAL, "--at %s: %s%s", text,
			       timed ? "the times of this recording have the unit "
				     : "this is no recording with a time of its own",
			       unit);
	return HPROF_OK;
}

int hprof_find_snapshot(const struct hprof_profile *const *p, size_t n, const char *when,
			const char *type, char note[HPROF_MESSAGE_MAX], struct hprof_source *out,
			struct hprof_error *err)
{
	struct when w;
	struct moment *m;
	size_t n_moments, at;
	double factor = 1;
	int r = parse_when(when, &w, err);

	if (r == HPROF_OK)
		r = check_times(p, n, &w, when, &factor, err);
	if (r < 0)
		return r;
	w.time *= factor;
	m = list_moments(p, n, hp_slice_str(type ? type : hprof_profile_default_type(p[0])),
			 &n_moments);
	if (!m)
		return hp_fail_nomem(err);
	at = find_moment(&w, m, n_moments);
	if (at == n_moments) {
		r = no_tree(&w, m, n_moments, err);
	} else {
		bool whole_profile = m[at].snapshot == HP_NONE;

		note[0] = '\0';
		if (!whole_profile)
			note_choice(note, &w, m, n_moments, at);
		*out = (struct hprof_source){
			p[m[at].profile],
			whole_profile ? HPROF_ALL_SNAPSHOTS : (int64_t)m[at].snapshot, note};
	}
	free(m);
	return r;
}
