/* jemalloc_threads.c - the rows of threads below one stack, made parts of the row of all threads.
 */
#include "formats/jemalloc_threads.h"

#include <math.h>

#include "analyzer/base/column.h"

int hp_thread_rows_add(struct hp_thread_rows *t, hp_threadid thread,
		       const struct hp_measure m[HP_THREAD_TYPES], struct hprof_error *err)
{
	struct hp_measure *to;

	if (thread.i >= t->n_places) {
		uint32_t more = hp_column_cap(t->n_places, thread.i + 1);

		if (!more || !hp_column_resize(&t->place, sizeof(*t->place), more))
			return hp_fail_nomem(err);
		memset(t->place + t->n_places, 0, (more - t->n_places) * sizeof(*t->place));
		t->n_places = more;
	}
	if (!t->place[thread.i]) {
		if (!HP_COLUMN_ROOM(t->row, t->n, t->cap))
			return hp_fail_nomem(err);
		t->row[t->n++] = (struct hp_thread_row){.thread = thread};
		t->place[thread.i] = t->n;
	}
	to = t->row[t->place[thread.i] - 1].m;
	for (unsigned k = 0; k < HP_THREAD_TYPES; k++) {
		to[k].estimate += m[k].estimate;
		to[k].variance += m[k].variance;
		to[k].recorded += m[k].recorded;
	}
	return HPROF_OK;
}

/* --- parts --- */

static struct hp_measure sum_of(const struct hp_thread_rows *t, unsigned type)
{
	struct hp_measure sum = {0};

	for (uint32_t i = 0; i < t->n; i++) {
		sum.estimate += t->row[i].m[type].estimate;
		sum.variance += t->row[i].m[type].variance;
		sum.recorded += t->row[i].m[type].recorded;
	}
	return sum;
}

/* Whether the threads recorded what the stack did, but for numbers that were rounded. */
static bool is_all(const struct hp_thread_rows *t, unsigned type, const struct hp_measure *all)
{
	double gap = fabs(all[type].recorded - sum_of(t, type).recorded);

	return gap <= fmax(0.5 * t->n, 1e-9 * all[type].recorded);
}

/*
 * Whether it is the writer's arithmetic that makes the threads' estimates differ from the stack's.
 * Since jemalloc 5.3 counts are distorted, by a factor that follows from the mean size of their
 * row, and cut to whole numbers: a row of another mean than the stack's may have lost an object.
 */
static bool is_cut(const struct hp_thread_rows *t, unsigned type, const struct hp_measure *all)
{
	unsigned objects = type & ~1u, bytes = type | 1u;
	double mean = fabs(all[bytes].recorded / all[objects].recorded), most = 0;
	bool same = true;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct hp_measure *m = t->row[i].m;
		double n = fabs(m[objects].recorded), size = fabs(m[bytes].recorded);

		/* of n + 1 objects with the same bytes, n are left: of one size less, and
		   their estimate goes with n, that of objects with n^2 */
		if (n > 0)
			most += fabs(m[type].estimate) *
				(type == objects ? 2 / n + 1 / (n * n) : 1 / n);
		else if (size > 0)
			most = (double)INFINITY; /* none is left of less than one */
		same = same && (n > 0 ? fabs(size / n - mean) <= 1e-9 * mean : !(size > 0));
	}
	return !same && fabs(all[type].estimate - sum_of(t, type).estimate) <= most;
}

/* How much of the stack is the threads': 0 to 1. */
static double covered_part(const struct hp_thread_rows *t, unsigned type,
			   const struct hp_measure *all, bool sampled)
{
	struct hp_measure sum = sum_of(t, type);
	double part;

	if (is_all(t, type & ~1u, all) && is_all(t, type | 1u, all))
		return 1;
	if (sampled && is_cut(t, type, all))
		return 1;
	part = fmax(sum.recorded / all[type].recorded, sum.estimate / all[type].estimate);
	return part < 1 ? part : 1; /* also if nothing was recorded of the stack */
}

/* Whether values are on both sides of 0: counters ran over or under, and there are no parts. */
static bool is_mixed(const struct hp_thread_rows *t, unsigned type, const struct hp_measure *all)
{
	bool above = all[type].recorded > 0, below = all[type].recorded < 0;

	for (uint32_t i = 0; i < t->n; i++) {
		above = above || t->row[i].m[type].recorded > 0;
		below = below || t->row[i].m[type].recorded < 0;
	}
	return above && below;
}

static void fit_type(struct hp_thread_rows *t, unsigned type, const struct hp_measure *all,
		     bool sampled)
{
	struct hp_measure sum = sum_of(t, type);
	double part = covered_part(t, type, all, sampled);
	double value = sum.estimate != 0 ? part * all[type].estimate / sum.estimate : 0;
	double error = sum.variance > 0 ? part * all[type].variance / sum.variance : 0;

	for (uint32_t i = 0; i < t->n; i++) {
		struct hp_measure *m = &t->row[i].m[type];

		if (fabs(value - 1) > 1e-9) /* sums of doubles may differ in their last digits */
			m->estimate *= value;
		m->variance *= error;
		if (!(sum.variance > 0) && all[type].estimate != 0)
			m->variance = all[type].variance * m->estimate / all[type].estimate;
	}
}

void hp_thread_rows_fit(struct hp_thread_rows *t, const struct hp_measure all[HP_THREAD_TYPES],
			bool sampled)
{
	for (unsigned k = 0; t->n && k < HP_THREAD_TYPES; k++)
		if (!is_mixed(t, k, all))
			fit_type(t, k, all, sampled);
}

int hp_thread_rows_build(struct hp_thread_rows *t, struct hp_builder *b, hp_stackid stack)
{
	int r = HPROF_OK;

	for (uint32_t i = 0; i < t->n; i++) {
		t->place[t->row[i].thread.i] = 0;
		if (r == HPROF_OK)
			r = hp_build_thread_sample(b, stack, t->row[i].thread, t->row[i].m);
	}
	t->n = 0;
	return r;
}

void hp_thread_rows_release(struct hp_thread_rows *t)
{
	free(t->row);
	free(t->place);
	*t = (struct hp_thread_rows){0};
}
