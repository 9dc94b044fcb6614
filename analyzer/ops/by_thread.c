/* by_thread.c - the values of each stack, divided among the threads that they are of. */
#include "analyzer/ops/by_thread.h"

#include <math.h>
#include <stdlib.h>

struct thread_splitter {
	const struct hprof_profile *p;
	struct hp_samples *out;
	double *estimate, *variance; /* [stacks.n] of one type: what is of no thread */
	uint32_t *rest;              /* [stacks.n] the row of that, HP_NONE: no such stack */
};

/* What is left of @all, once @part was taken away, of which the last digits may differ. */
static double left_over(double all, double part)
{
	return fabs(all - part) <= 1e-9 * fmax(fabs(all), fabs(part)) ? 0 : all - part;
}

/* The rows of thread HP_NONE get what the rows of the threads leave of the values of a stack. */
static void fill_rest(const struct thread_splitter *x, uint32_t t)
{
	const struct hp_samples *all = &x->p->all, *threads = &x->p->by_thread;

	memset(x->estimate, 0, x->p->stacks.n * sizeof(*x->estimate));
	memset(x->variance, 0, x->p->stacks.n * sizeof(*x->variance));
	for (uint32_t i = 0; i < all->n; i++) {
		x->estimate[all->stack[i].i] += all->estimate[t][i];
		x->variance[all->stack[i].i] += all->variance[t][i];
	}
	for (uint32_t i = threads->n; i < x->out->n; i++) {
		x->out->estimate[t][i] = x->estimate[x->out->stack[i].i];
		x->out->variance[t][i] = x->variance[x->out->stack[i].i];
	}
	memset(x->estimate, 0, x->p->stacks.n * sizeof(*x->estimate));
	memset(x->variance, 0, x->p->stacks.n * sizeof(*x->variance));
	for (uint32_t i = 0; threads->estimate[t] && i < threads->n; i++) {
		x->estimate[threads->stack[i].i] += threads->estimate[t][i];
		x->variance[threads->stack[i].i] += threads->variance[t][i];
	}
	for (uint32_t i = threads->n; i < x->out->n; i++) {
		uint32_t stack = x->out->stack[i].i;
		double *variance = &x->out->variance[t][i];

		x->out->estimate[t][i] = left_over(x->out->estimate[t][i], x->estimate[stack]);
		*variance = fmax(0, left_over(*variance, x->variance[stack]));
	}
}

/* Fill the columns of type @t. */
static int fill(const struct thread_splitter *x, uint32_t t, struct hprof_error *err)
{
	const struct hp_samples *threads = &x->p->by_thread;
	double *estimate = calloc(x->out->cap, sizeof(*estimate));
	double *variance = calloc(x->out->cap, sizeof(*variance));

	x->out->estimate[t] = estimate;
	x->out->variance[t] = variance;
	if (!estimate || !variance)
		return hp_fail_nomem(err);
	if (threads->estimate[t] && threads->n) {
		memcpy(estimate, threads->estimate[t], threads->n * sizeof(*estimate));
		memcpy(variance, threads->variance[t], threads->n * sizeof(*variance));
	}
	fill_rest(x, t);
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

static int split(struct thread_splitter *x, struct hprof_error *err)
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
	for (uint32_t t = 0; r == HPROF_OK && t < p->n_types; t++)
		if (p->all.estimate[t])
			r = fill(x, t, err);
	if (r == HPROF_OK)
		drop_empty(p, out);
	return r;
}

int hp_by_thread_init(const struct hprof_profile *p, struct hp_samples *out,
		      struct hprof_error *err)
{
	size_t n = p->stacks.n;
	struct thread_splitter x = {
		.p = p,
		.out = out,
		.estimate = malloc(n * sizeof(*x.estimate)),
		.variance = malloc(n * sizeof(*x.variance)),
		.rest = malloc(n * sizeof(*x.rest)),
	};
	int r = x.estimate && x.variance && x.rest ? split(&x, err) : hp_fail_nomem(err);

	free(x.estimate);
	free(x.variance);
	free(x.rest);
	return r;
}

void hp_by_thread_release(struct hp_samples *s, uint32_t n_types)
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
