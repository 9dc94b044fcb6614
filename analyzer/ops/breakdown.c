/* breakdown.c - the values of a view's stacks, split by thread and by size of the objects. */
#include "analyzer/ops/breakdown.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/base/column.h"

/* Sums that differ by less than this part are the same. */
#define SAME 1e-9

/* A row of the samples that shares are made of. */
struct source {
	struct hp_breakdown_row share;
	uint32_t row; /* of the samples */
};

struct breakdown_maker {
	const struct hprof_view *v;
	const struct hprof_profile *p;
	const struct hp_samples *from; /* the samples that are split */
	uint32_t *node;                /* [from->n] of the tree, HP_NONE: left out */
	struct source *source;         /* [n] sorted */
	uint32_t *share;               /* [n] row of the result */
	uint32_t n;
	uint32_t *rest; /* [tree.n] row of the result without thread and size, HP_NONE: none */
	double *part;   /* [tree.n] estimates of the shares together */
	double *scale;  /* [tree.n] the same without their signs */
	struct hp_breakdown *out;
	uint32_t cap;
};

/* --- the rows --- */

static double size_by(const struct breakdown_maker *s, uint32_t row, const char *space,
		      const char *objects)
{
	uint32_t bytes = hp_profile_type(s->p, hp_slice_str(space));
	uint32_t count = hp_profile_type(s->p, hp_slice_str(objects));

	if (bytes == HP_NONE || count == HP_NONE || !s->from->recorded[bytes] ||
	    !s->from->recorded[count] || s->from->recorded[count][row] == 0)
		return 0;
	return fabs(s->from->recorded[bytes][row] / s->from->recorded[count][row]);
}

/* Mean bytes of the objects of row @row: those in use, or else all that were allocated. */
static uint64_t size_of(const struct breakdown_maker *s, uint32_t row)
{
	double size;

	if (s->from->size) {
		const struct hp_sizes *known = &s->from->size[row];

		size = known->inuse != 0 ? known->inuse : known->alloc;
	} else {
		size = size_by(s, row, "inuse_space", "inuse_objects");
		if (size == 0)
			size = size_by(s, row, "alloc_space", "alloc_objects");
	}
	return size > 0 && size < 1e18 ? (uint64_t)llround(size) : 0;
}

/* The node of each row of @s->from. */
static int find_nodes(struct breakdown_maker *s, struct hprof_error *err)
{
	const struct hp_samples *seen = hp_view_samples(s->v, 0);
	const uint32_t *node = s->v->sample_node[0];
	uint32_t *of_stack;

	s->node = calloc((size_t)s->from->n + 1, sizeof(*s->node));
	if (!s->node)
		return hp_fail_nomem(err);
	if (seen == s->from) {
		memcpy(s->node, node, s->from->n * sizeof(*node));
		return HPROF_OK;
	}
	of_stack = malloc(s->p->stacks.n * sizeof(*of_stack));
	if (!of_stack)
		return hp_fail_nomem(err);
	memset(of_stack, 0xff, s->p->stacks.n * sizeof(*of_stack)); /* HP_NONE */
	for (uint32_t i = 0; i < seen->n; i++)
		of_stack[seen->stack[i].i] = node[i];
	for (uint32_t i = 0; i < s->from->n; i++)
		s->node[i] = of_stack[s->from->stack[i].i];
	free(of_stack);
	return HPROF_OK;
}

static int compare(const struct hp_breakdown_row *a, const struct hp_breakdown_row *b)
{
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->thread != b->thread)
		return a->thread < b->thread ? -1 : 1;
	return (a->size > b->size) - (a->size < b->size);
}

static int by_share(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int c = compare(&x->share, &y->share);

	return c ? c : (x->row > y->row) - (x->row < y->row);
}

static int list_sources(struct breakdown_maker *s, struct hprof_error *err)
{
	s->source = calloc((size_t)s->from->n + 1, sizeof(*s->source));
	s->share = calloc((size_t)s->from->n + 1, sizeof(*s->share));
	if (!s->source || !s->share)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < s->from->n; i++) {
		if (s->node[i] == HP_NONE)
			continue;
		s->source[s->n++] = (struct source){
			{s->node[i], s->from->thread ? s->from->thread[i].i + 1 : 0, size_of(s, i)},
			i};
	}
	qsort(s->source, s->n, sizeof(*s->source), by_share);
	return HPROF_OK;
}

static int add_row(struct breakdown_maker *s, struct hp_breakdown_row share,
		   struct hprof_error *err)
{
	if (!HP_COLUMN_ROOM(s->out->row, s->out->n, s->cap))
		return hp_fail_nomem(err);
	s->out->row[s->out->n++] = share;
	return HPROF_OK;
}

/*
 * One row for each that the sources have; before these, one for the rest of each node.  Sources may
 * cancel, so that their node has nothing: they have their rows all the same.
 */
static int make_rows(struct breakdown_maker *s, struct hprof_error *err)
{
	uint32_t at = 0;
	int r = HPROF_OK;

	s->rest = malloc(((size_t)s->v->tree.n + 1) * sizeof(*s->rest));
	if (!s->rest)
		return hp_fail_nomem(err);
	for (uint32_t node = 0; r == HPROF_OK && node < s->v->tree.n; node++) {
		s->rest[node] = HP_NONE;
		if (hp_view_has_value(s->v, node) ||
		    (at < s->n && s->source[at].share.node == node)) {
			s->rest[node] = s->out->n;
			r = add_row(s, (struct hp_breakdown_row){node, 0, 0}, err);
		}
		for (; r == HPROF_OK && at < s->n && s->source[at].share.node == node; at++) {
			if (compare(&s->out->row[s->out->n - 1], &s->source[at].share) != 0)
				r = add_row(s, s->source[at].share, err);
			s->share[at] = s->out->n - 1;
		}
	}
	return r;
}

/* --- the values --- */

/* What the sources estimate of type @t, per node. */
static void sum_type(struct breakdown_maker *s, uint32_t t)
{
	memset(s->part, 0, s->v->tree.n * sizeof(*s->part));
	memset(s->scale, 0, s->v->tree.n * sizeof(*s->scale));
	for (uint32_t i = 0; i < s->n && s->from->estimate[t]; i++) {
		double value = s->from->estimate[t][s->source[i].row];

		s->part[s->source[i].share.node] += value;
		s->scale[s->source[i].share.node] += fabs(value);
	}
}

/* What is of no source: parts add up to the value but for their last digits, or leave something. */
static double rest_of(const struct breakdown_maker *s, uint32_t node, double value)
{
	double part = s->part[node];

	return fabs(value - part) <= SAME * fmax(fabs(value), s->scale[node]) ? 0 : value - part;
}

static void split_type(struct breakdown_maker *s, uint32_t column, uint32_t t)
{
	const double *value = s->v->types[column].value;
	double *to = s->out->value[column];

	for (uint32_t i = 0; i < s->n && s->from->estimate[t]; i++)
		to[s->share[i]] += s->from->estimate[t][s->source[i].row];
	for (uint32_t node = 0; node < s->v->tree.n; node++)
		if (s->rest[node] != HP_NONE)
			to[s->rest[node]] += rest_of(s, node, value[node]);
}

static int make_values(struct breakdown_maker *s, struct hprof_error *err)
{
	const struct hprof_view *v = s->v;
	size_t n = (size_t)v->tree.n + 1;

	s->part = calloc(n, sizeof(*s->part));
	s->scale = calloc(n, sizeof(*s->scale));
	s->out->value = calloc((size_t)v->n_types + 1, sizeof(*s->out->value));
	if (!s->part || !s->scale || !s->out->value)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; t < v->n_types; t++) {
		s->out->value[t] = calloc((size_t)s->out->n + 1, sizeof(**s->out->value));
		if (!s->out->value[t])
			return hp_fail_nomem(err);
		s->out->n_types = t + 1;
		if (s->from) {
			uint32_t type = hp_profile_type(s->p, hp_view_str(v, v->types[t].name));

			sum_type(s, type);
			split_type(s, t, type);
			continue;
		}
		for (uint32_t i = 0; i < s->out->n; i++)
			s->out->value[t][i] = v->types[t].value[s->out->row[i].node];
	}
	return HPROF_OK;
}

/* Leave out rows that have nothing. */
static void drop_empty(struct hp_breakdown *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		bool empty = true;

		for (uint32_t t = 0; t < s->n_types; t++)
			empty = empty && s->value[t][i] == 0;
		if (empty)
			continue;
		s->row[n] = s->row[i];
		for (uint32_t t = 0; t < s->n_types; t++)
			s->value[t][n] = s->value[t][i];
		n++;
	}
	s->n = n;
}

int hp_breakdown_init(const struct hprof_view *v, struct hp_breakdown *out, struct hprof_error *err)
{
	struct breakdown_maker s = {.v = v, .p = v->profiles[0], .out = out};
	int r = HPROF_OK;

	*out = (struct hp_breakdown){0};
	if (v->sample_node && v->n_profiles + v->n_bases == 1) {
		s.from = s.p->by_thread.n ? &s.p->by_thread : hp_view_samples(v, 0);
		r = find_nodes(&s, err);
		if (r == HPROF_OK)
			r = list_sources(&s, err);
	}
	if (r == HPROF_OK)
		r = make_rows(&s, err);
	if (r == HPROF_OK)
		r = make_values(&s, err);
	if (r == HPROF_OK)
		drop_empty(out);
	else
		hp_breakdown_release(out);
	free(s.node);
	free(s.source);
	free(s.share);
	free(s.rest);
	free(s.part);
	free(s.scale);
	return r;
}

void hp_breakdown_release(struct hp_breakdown *s)
{
	for (uint32_t t = 0; s->value && t < s->n_types; t++)
		free(s->value[t]);
	free(s->value);
	free(s->row);
	*s = (struct hp_breakdown){0};
}
