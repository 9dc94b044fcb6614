/* split.c - the values of each stack, divided among the threads that they are of. */
#include "analyzer/ops/split.h"

#include <math.h>
#include <stdlib.h>

/* Of one sample type and stack: sums over all threads together, and over the rows of threads. */
struct sums {
	double all, recorded, variance;
	double threads, threads_recorded, threads_variance;
};

struct splitter {
	const struct hprof_profile *p;
	struct hp_samples *out;
	struct sums *sums;  /* [stacks.n] of the type at hand */
	uint32_t *rest;     /* [stacks.n] row of what is left over, HP_NONE: no such stack */
	uint32_t *n_rows;   /* [stacks.n] of threads */
	bool *is_uncovered; /* [stacks.n] more was recorded than the rows of threads tell */
};

/* How the rows of threads become parts of the stack's value: factors, and what is left over. */
struct share {
	double value, variance;
	double rest, rest_variance;
};

/* Sums of numbers that are equal may differ in their last digits. */
static bool nearly(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static void add_up(const struct splitter *x, uint32_t t)
{
	const struct hp_samples *all = &x->p->all, *threads = &x->p->by_thread;
	struct sums *sums = x->sums;

	memset(sums, 0, x->p->stacks.n * sizeof(*sums));
	for (uint32_t i = 0; i < all->n; i++) {
		struct sums *s = &sums[all->stack[i].i];

		s->all += all->estimate[t][i];
		s->recorded += all->recorded[t][i];
		s->variance += all->variance[t][i];
	}
	for (uint32_t i = 0; threads->estimate[t] && i < threads->n; i++) {
		struct sums *s = &sums[threads->stack[i].i];

		s->threads += threads->estimate[t][i];
		s->threads_recorded += threads->recorded[t][i];
		s->threads_variance += threads->variance[t][i];
	}
}

/*
 * Which stacks the rows of threads do not cover.  jemalloc may have corrected what it recorded,
 * and rounded it, row by row: that makes no difference.
 */
static void find_uncovered(const struct splitter *x)
{
	for (uint32_t i = 0; i < x->p->by_thread.n; i++)
		x->n_rows[x->p->by_thread.stack[i].i]++;
	for (uint32_t t = 0; t < x->p->n_types; t++) {
		if (!x->p->all.estimate[t])
			continue;
		add_up(x, t);
		for (uint32_t i = 0; i < x->p->stacks.n; i++) {
			const struct sums *s = &x->sums[i];

			x->is_uncovered[i] |=
				!nearly(s->recorded, s->threads_recorded) &&
				fabs(s->recorded - s->threads_recorded) > 0.5 * x->n_rows[i];
		}
	}
}

static struct share share_of(const struct splitter *x, uint32_t stack)
{
	const struct sums *s = &x->sums[stack];
	struct share out = {1, 1, 0, 0};
	double part = 1;

	if (x->is_uncovered[stack] && !nearly(s->threads_recorded, s->recorded))
		part = s->threads_recorded / s->recorded; /* NaN, or infinite, for 0 */
	if (!nearly(s->all, s->threads) && part > 0 && part <= 1 && s->all / s->threads > 0)
		out.value = part * s->all / s->threads;
	if (s->threads_variance > 0 && s->variance > 0 && part > 0 && part <= 1)
		out.variance = part * s->variance / s->threads_variance;
	if (!nearly(s->all, out.value * s->threads))
		out.rest = s->all - out.value * s->threads;
	if (!nearly(s->variance, out.variance * s->threads_variance))
		out.rest_variance = fmax(0, s->variance - out.variance * s->threads_variance);
	return out;
}

/* Fill the columns of type @t. */
static int fill(const struct splitter *x, uint32_t t, struct hprof_error *err)
{
	const struct hp_samples *all = &x->p->all, *threads = &x->p->by_thread;
	double *estimate = calloc(x->out->cap, sizeof(*estimate));
	double *variance = calloc(x->out->cap, sizeof(*variance));

	x->out->estimate[t] = estimate;
	x->out->variance[t] = variance;
	if (!estimate || !variance)
		return hp_fail_nomem(err);
	add_up(x, t);
	for (uint32_t i = 0; threads->estimate[t] && i < threads->n; i++) {
		struct share share = share_of(x, threads->stack[i].i);

		estimate[i] = share.value * threads->estimate[t][i];
		variance[i] = share.variance * threads->variance[t][i];
	}
	for (uint32_t i = 0; i < all->n; i++) {
		uint32_t stack = all->stack[i].i;
		struct share share = share_of(x, stack);

		estimate[x->rest[stack]] = share.rest;
		variance[x->rest[stack]] = share.rest_variance;
	}
	return HPROF_OK;
}

static bool is_empty(const struct hp_samples *s, uint32_t n_types, uint32_t row)
{
	for (uint32_t t = 0; t < n_types; t++)
		if (s->estimate[t] && (s->estimate[t][row] != 0 || s->variance[t][row] != 0))
			return false;
	return true;
}

/* Leave out the rests that are none: most files have no other. */
static void drop_empty(const struct hprof_profile *p, struct hp_samples *out)
{
	uint32_t n = p->by_thread.n;

	for (uint32_t i = n; i < out->n; i++) {
		if (is_empty(out, p->n_types, i))
			continue;
		out->stack[n] = out->stack[i];
		for (uint32_t t = 0; t < p->n_types; t++) {
			if (!out->estimate[t])
				continue;
			out->estimate[t][n] = out->estimate[t][i];
			out->variance[t][n] = out->variance[t][i];
		}
		n++;
	}
	out->n = n;
}

/* Rows of the threads, then one per stack; @rest is where these are. */
static void make_rows(const struct hprof_profile *p, struct hp_samples *out, uint32_t *rest)
{
	memset(rest, 0xff, p->stacks.n * sizeof(*rest)); /* HP_NONE */
	for (out->n = 0; out->n < p->by_thread.n; out->n++) {
		out->stack[out->n] = p->by_thread.stack[out->n];
		out->thread[out->n] = p->by_thread.thread[out->n];
	}
	for (uint32_t i = 0; i < p->all.n; i++) {
		uint32_t stack = p->all.stack[i].i;

		if (rest[stack] != HP_NONE)
			continue;
		rest[stack] = out->n;
		out->stack[out->n] = p->all.stack[i];
		out->thread[out->n++].i = HP_NONE;
	}
}

static int split(struct splitter *x, struct hprof_error *err)
{
	const struct hprof_profile *p = x->p;
	struct hp_samples *out = x->out;
	int r = HPROF_OK;

	out->cap = p->by_thread.n + p->all.n + 1;
	out->stack = calloc(out->cap, sizeof(*out->stack));
	out->thread = calloc(out->cap, sizeof(*out->thread));
	out->estimate = calloc(p->n_types + 1, sizeof(*out->estimate));
	out->variance = calloc(p->n_types + 1, sizeof(*out->variance));
	if (!out->stack || !out->thread || !out->estimate || !out->variance)
		return hp_fail_nomem(err);
	make_rows(p, out, x->rest);
	find_uncovered(x);
	for (uint32_t t = 0; r == HPROF_OK && t < p->n_types; t++)
		if (p->all.estimate[t])
			r = fill(x, t, err);
	if (r == HPROF_OK)
		drop_empty(p, out);
	return r;
}

int hp_split_threads(const struct hprof_profile *p, struct hp_samples *out, struct hprof_error *err)
{
	size_t n = p->stacks.n;
	struct splitter x = {
		.p = p,
		.out = out,
		.sums = malloc(n * sizeof(*x.sums)),
		.rest = malloc(n * sizeof(*x.rest)),
		.n_rows = calloc(n, sizeof(*x.n_rows)),
		.is_uncovered = calloc(n, sizeof(*x.is_uncovered)),
	};
	int r = x.sums && x.rest && x.n_rows && x.is_uncovered ? split(&x, err)
							       : hp_fail_nomem(err);

	free(x.sums);
	free(x.rest);
	free(x.n_rows);
	free(x.is_uncovered);
	return r;
}

void hp_split_release(struct hp_samples *s, uint32_t n_types)
{
	for (uint32_t t = 0; s->estimate && t < n_types; t++)
		free(s->estimate[t]);
	for (uint32_t t = 0; s->variance && t < n_types; t++)
		free(s->variance[t]);
	free(s->estimate);
	free(s->variance);
	free(s->stack);
	free(s->thread);
	*s = (struct hp_samples){0};
}
