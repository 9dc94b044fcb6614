/* snapshots.c - the moments of a recording: which one the samples of the profile are of. */
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

/* --- the samples of one --- */

static int room_for_samples(struct hprof_profile *p, uint32_t n, struct hprof_error *err)
{
	struct hp_samples *all = &p->all;

	if (n <= all->cap)
		return HPROF_OK;
	if (!hp_column_resize(&all->stack, sizeof(*all->stack), n))
		return hp_fail_nomem(err);
	for (uint32_t t = 0; t < p->n_types; t++)
		if (all->estimate[t] && (!hp_column_resize(&all->estimate[t], sizeof(double), n) ||
					 !hp_column_resize(&all->variance[t], sizeof(double), n) ||
					 !hp_column_resize(&all->recorded[t], sizeof(double), n)))
			return hp_fail_nomem(err);
	all->cap = n;
	return HPROF_OK;
}

static void put_sample(struct hp_samples *all, hp_stackid stack, double value)
{
	all->stack[all->n] = stack;
	all->estimate[0][all->n] = all->recorded[0][all->n] = value;
	all->variance[0][all->n++] = 0;
}

int hprof_profile_at(struct hprof_profile *p, size_t i, struct hprof_error *err)
{
	struct hp_snapshots *s = &p->snapshots;
	const struct hp_snapshot *row;
	int r;

	if (i >= s->n)
		return hp_fail(err, HPROF_EINVAL, "no snapshot %zu: there are %" PRIu32, i, s->n);
	row = &s->row[i];
	r = room_for_samples(p, row->n, err);
	if (r < 0)
		return r;
	p->all.n = 0;
	for (uint32_t k = 0; k < row->n; k++)
		put_sample(&p->all, s->stack[row->first + k], s->value[row->first + k]);
	s->at = (uint32_t)i;
	return HPROF_OK;
}

int hprof_profile_at_all(struct hprof_profile *p, struct hprof_error *err)
{
	struct hp_snapshots *s = &p->snapshots;
	uint32_t *row, n = 0;
	int r;

	if (!s->n)
		return HPROF_OK;
	row = calloc(p->stacks.n, sizeof(*row)); /* 1 + sample of a stack, 0: none yet */
	if (!row)
		return hp_fail_nomem(err);
	for (uint32_t k = 0; k < s->n_values; k++)
		n += !row[s->stack[k].i]++;
	memset(row, 0, p->stacks.n * sizeof(*row));
	r = room_for_samples(p, n, err);
	p->all.n = 0;
	for (uint32_t k = 0; r == HPROF_OK && k < s->n_values; k++) {
		uint32_t *at = &row[s->stack[k].i];

		if (!*at) {
			put_sample(&p->all, s->stack[k], 0);
			*at = p->all.n;
		}
		if (s->value[k] > p->all.estimate[0][*at - 1])
			p->all.estimate[0][*at - 1] = p->all.recorded[0][*at - 1] = s->value[k];
	}
	free(row);
	s->at = HP_NONE;
	return r;
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

/* Of the sample type called @name; below all others where @p has none. */
static double total_of(const struct hprof_profile *p, struct hp_slice name)
{
	uint32_t type = hp_profile_type(p, name);
	const double *column = type == HP_NONE ? NULL : p->all.estimate[type];
	double sum = type == HP_NONE ? -(double)INFINITY : 0;

	for (uint32_t i = 0; column && i < p->all.n; i++)
		sum += column[i];
	return sum;
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
		const struct hp_snapshots *s = &p[i]->snapshots;

		timed &= s->n > 0;
		if (!s->n)
			m[k++] = (struct moment){i, total_of(p[i], type), i, 0, true, false};
		for (uint32_t q = 0; q < s->n; q++)
			m[k++] = (struct moment){s->row[q].time,
						 hp_snapshot_total(&s->row[q]),
						 i,
						 q,
						 s->row[q].tree != HP_TREE_NONE,
						 s->row[q].tree == HP_TREE_PEAK};
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

/* What a user would not expect of the choice becomes a warning of @p. */
static void tell_choice(struct hprof_profile *p, const struct when *w, const struct moment *m,
			size_t n, size_t at)
{
	if (w->kind == PEAK && !m[at].peak && n > 1)
		hp_profile_warn(p, "at",
				"no snapshot is flagged as the peak: number %zu is shown, the "
				"largest that has a tree",
				at);
	if ((w->kind == FIRST && at != 0) || (w->kind == LAST && at != n - 1))
		hp_profile_warn(p, "at", "snapshot %zu of 0 to %zu is the %s that has a tree", at,
				n - 1, w->kind == FIRST ? "first" : "last");
	if (w->kind == TIME && m[at].time != w->time)
		hp_profile_warn(p, "at", "snapshot %zu at time %.15g is the %s that has a tree", at,
				m[at].time, m[at].time < w->time ? "last until then" : "first");
}

int hprof_choose_at(struct hprof_profile *const *p, size_t n, const char *when, const char *type,
		    size_t *which, struct hprof_error *err)
{
	struct when w;
	struct moment *m;
	size_t n_moments, at;
	bool timed = p[0]->snapshots.n > 0;
	double factor = 1;
	int r = parse_when(when, &w, err);

	for (size_t i = 1; r == HPROF_OK && i < n; i++)
		if ((timed || p[i]->snapshots.n) && !hprof_same_recording(p[0], p[i]))
			r = hp_fail(err, HPROF_EINVAL,
				    "%s and %s are not of one recording: choose one of the files",
				    hp_profile_str(p[0], p[0]->input).ptr,
				    hp_profile_str(p[i], p[i]->input).ptr);
	if (r == HPROF_OK && w.kind == TIME)
		factor =
			timed ? unit_factor(w.unit, hp_profile_str(p[0], p[0]->snapshots.unit)) : 0;
	if (r == HPROF_OK && factor == 0)
		return hp_fail(err, HPROF_EINVAL, "--at %s: %s%s", when,
			       timed ? "the times of this recording have the unit "
				     : "this is no recording with a time of its own",
			       timed ? hp_profile_str(p[0], p[0]->snapshots.unit).ptr : "");
	if (r < 0)
		return r;
	w.time *= factor;
	m = list_moments((const struct hprof_profile *const *)p, n,
			 hp_slice_str(type ? type : hprof_profile_default_type(p[0])), &n_moments);
	if (!m)
		return hp_fail_nomem(err);
	at = find_moment(&w, m, n_moments);
	if (at == n_moments) {
		r = no_tree(&w, m, n_moments, err);
	} else {
		*which = m[at].profile;
		if (p[*which]->snapshots.n) {
			tell_choice(p[*which], &w, m, n_moments, at);
			p[*which]->n_read_warnings = p[*which]->warnings.n;
			r = hprof_profile_at(p[*which], m[at].snapshot, err);
		}
	}
	free(m);
	return r;
}
