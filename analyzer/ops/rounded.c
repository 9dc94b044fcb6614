/* rounded.c - a view with values rounded to integers, for outputs that know no others. */
#include "analyzer/ops/rounded.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/ops/apportion.h"

/* A copy of column @from, [n], rounded; NULL stays NULL. */
static int copy(const double *from, size_t n, double *total, double **out, struct hprof_error *err)
{
	double *to;
	int r;

	*out = NULL;
	if (!from)
		return HPROF_OK;
	to = malloc(n * sizeof(*to));
	if (!to)
		return hp_fail_nomem(err);
	memcpy(to, from, n * sizeof(*to));
	r = hp_apportion(to, n, *total, err);
	if (r < 0) {
		free(to);
		return r;
	}
	*total = round(*total);
	*out = to;
	return HPROF_OK;
}

static int make_type(const struct hp_vtype *from, size_t n, struct hp_vtype *to,
		     struct hprof_error *err)
{
	int r;

	*to = *from;
	to->now = to->base = to->value = NULL;
	r = copy(from->now, n, &to->total.current, &to->now, err);
	if (r == HPROF_OK)
		r = copy(from->base, n, &to->total.base, &to->base, err);
	if (r == HPROF_OK && from->value != from->now)
		r = copy(from->value, n, &to->total.delta, &to->value, err);
	if (from->value == from->now) {
		to->value = to->now;
		to->total.delta = to->total.current;
	}
	return r;
}

int hp_view_round(const struct hprof_view *v, struct hprof_view *out, struct hprof_error *err)
{
	int r = HPROF_OK;

	*out = *v;
	out->types = calloc(v->n_types, sizeof(*out->types));
	if (!out->types)
		r = hp_fail_nomem(err);
	for (uint32_t t = 0; r == HPROF_OK && t < v->n_types; t++)
		r = make_type(&v->types[t], v->tree.n, &out->types[t], err);
	if (r < 0)
		hp_view_round_release(out);
	return r;
}

void hp_view_round_release(struct hprof_view *out)
{
	for (uint32_t t = 0; out->types && t < out->n_types; t++) {
		struct hp_vtype *type = &out->types[t];

		if (type->value != type->now)
			free(type->value);
		free(type->now);
		free(type->base);
	}
	free(out->types);
	out->types = NULL;
}
