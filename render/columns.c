/* columns.c - columns of numbers that repeat, as tables of their rows and indices. */
#include "render/columns.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/index.h"

/* Characters of a number in a table, more or less, and of an index for each of its bits. */
#define TABLE_COST 8.0
#define INDEX_COST 0.15

/* Columns [first, first + n) together. */
struct group {
	const struct hp_columns *c;
	uint32_t first, n;
	uint32_t *at;  /* [c->n] index of the row's tuple */
	uint32_t *row; /* [tuples] a row that has it */
	uint32_t tuples, cap;
	struct hp_index index;
};

static bool same_tuple(const void *ctx, uint32_t tuple, const void *key)
{
	const struct group *g = ctx;
	const uint32_t *row = key;

	for (uint32_t k = 0; k < g->n; k++) {
		const double *v = g->c->column[g->first + k].v;

		if (v[g->row[tuple]] != v[*row])
			return false;
	}
	return true;
}

static uint32_t hash_row(const struct group *g, uint64_t seed, uint32_t row)
{
	uint64_t h = 0, bits;

	for (uint32_t k = 0; k < g->n; k++) {
		double v = g->c->column[g->first + k].v[row] + 0.0; /* -0 is 0 */

		memcpy(&bits, &v, sizeof(bits));
		h = (h ^ bits) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return hp_hash_pair(seed, h, g->n);
}

static int compare_rows(const struct group *g, uint32_t x, uint32_t y)
{
	for (uint32_t k = 0; k < g->n; k++) {
		const double *v = g->c->column[g->first + k].v;

		if (v[x] != v[y])
			return v[x] < v[y] ? -1 : 1;
	}
	return 0;
}

static int by_tuple(const void *a, const void *b, void *ctx)
{
	const uint32_t *x = a, *y = b;
	const struct group *g = ctx;

	return compare_rows(g, g->row[*x], g->row[*y]);
}

/* Put the tuples in their order. */
static int sort_tuples(struct group *g, struct hprof_error *err)
{
	uint32_t *order = calloc((size_t)g->tuples + 1, sizeof(*order));
	uint32_t *rank = calloc((size_t)g->tuples + 1, sizeof(*rank));
	uint32_t *row = calloc((size_t)g->tuples + 1, sizeof(*row));
	bool ok = order && rank && row;

	for (uint32_t i = 0; ok && i < g->tuples; i++)
		order[i] = i;
	if (ok)
		qsort_r(order, g->tuples, sizeof(*order), by_tuple, g);
	for (uint32_t i = 0; ok && i < g->tuples; i++) {
		rank[order[i]] = i;
		row[i] = g->row[order[i]];
	}
	for (uint32_t i = 0; ok && i < g->c->n; i++)
		g->at[i] = rank[g->at[i]];
	free(order);
	free(rank);
	if (!ok) {
		free(row);
		return hp_fail_nomem(err);
	}
	free(g->row);
	g->row = row;
	return HPROF_OK;
}

static int find_tuples(struct group *g, uint64_t seed, struct hprof_error *err)
{
	g->at = calloc((size_t)g->c->n + 1, sizeof(*g->at));
	if (!g->at)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < g->c->n; i++) {
		uint32_t tag = hash_row(g, seed, i);
		uint32_t tuple = hp_index_find(&g->index, tag, same_tuple, g, &i);

		if (tuple == UINT32_MAX) {
			if (!HP_COLUMN_ROOM(g->row, g->tuples, g->cap) ||
			    !hp_index_add(&g->index, tag, g->tuples))
				return hp_fail_nomem(err);
			tuple = g->tuples++;
			g->row[tuple] = i;
		}
		g->at[i] = tuple;
	}
	return HPROF_OK;
}

static void release(struct group *g)
{
	free(g->at);
	free(g->row);
	hp_index_release(&g->index);
}

/* Whether a column has in all its rows what an earlier one of the group has; which. */
static bool repeats(const struct group *g, uint32_t k, uint32_t *earlier)
{
	for (*earlier = 0; *earlier < k; ++*earlier) {
		const double *a = g->c->column[g->first + *earlier].v;
		const double *b = g->c->column[g->first + k].v;
		uint32_t i = 0;

		while (i < g->tuples && a[g->row[i]] == b[g->row[i]])
			i++;
		if (i == g->tuples)
			return true;
	}
	return false;
}

static double cost_of(const struct group *g)
{
	uint32_t columns = 0, earlier;

	for (uint32_t k = 0; k < g->n; k++)
		columns += !repeats(g, k, &earlier);
	return TABLE_COST * columns * g->tuples + INDEX_COST * g->c->n * log2(g->tuples + 1.0);
}

static int put_group(struct group *g, struct hp_jsonw *w, struct hp_planes *planes,
		     struct hprof_error *err)
{
	uint32_t earlier;
	int r;

	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "of");
	hp_jsonw_open(w, '[');
	for (uint32_t k = 0; k < g->n; k++) {
		const struct hp_column *column = &g->c->column[g->first + k];

		hp_jsonw_open(w, '[');
		hp_jsonw_text(w, (struct hp_slice){&column->key, 1});
		hp_jsonw_uint(w, column->type);
		hp_jsonw_close(w, ']');
	}
	hp_jsonw_close(w, ']');
	hp_jsonw_key(w, "val");
	hp_jsonw_open(w, '[');
	for (uint32_t k = 0; k < g->n; k++) {
		if (repeats(g, k, &earlier)) {
			hp_jsonw_uint(w, earlier);
			continue;
		}
		hp_jsonw_open(w, '[');
		for (uint32_t i = 0; i < g->tuples; i++)
			hp_jsonw_real(w, g->c->column[g->first + k].v[g->row[i]]);
		hp_jsonw_close(w, ']');
	}
	hp_jsonw_close(w, ']');
	hp_jsonw_key(w, "at");
	r = hp_planes_put(planes, w, g->at, g->c->n, err);
	g->at = NULL; /* it is theirs now */
	hp_jsonw_close(w, '}');
	return r;
}

/* The groups that the parts make, each ready to be written: *@n of @g. */
static int make_parts(const struct hp_columns *c, uint64_t seed, struct group *g, uint32_t *n,
		      struct hprof_error *err)
{
	int r = HPROF_OK;

	*n = 0;
	for (uint32_t k = 0; k < c->n_columns; k++) {
		if (k == 0 || c->column[k].begins)
			g[(*n)++] = (struct group){.c = c, .first = k};
		g[*n - 1].n++;
	}
	for (uint32_t i = 0; r == HPROF_OK && i < *n; i++)
		r = find_tuples(&g[i], seed, err);
	return r;
}

int hp_columns_put(const struct hp_columns *c, uint64_t seed, struct hp_jsonw *w,
		   struct hp_planes *planes, struct hprof_error *err)
{
	struct group all = {.c = c, .n = c->n_columns};
	struct group *part = calloc((size_t)c->n_columns + 1, sizeof(*part));
	uint32_t n_parts = 0, n;
	double cost = 0;
	int r = part ? find_tuples(&all, seed, err) : hp_fail_nomem(err);
	struct group *g = &all;

	if (r == HPROF_OK)
		r = make_parts(c, seed, part, &n_parts, err);
	for (uint32_t i = 0; r == HPROF_OK && i < n_parts; i++)
		cost += cost_of(&part[i]);
	n = 1;
	if (r == HPROF_OK && cost < cost_of(&all)) {
		g = part;
		n = n_parts;
	}
	for (uint32_t i = 0; r == HPROF_OK && i < n; i++) {
		r = sort_tuples(&g[i], err);
		if (r == HPROF_OK)
			r = put_group(&g[i], w, planes, err);
	}
	release(&all);
	for (uint32_t i = 0; part && i < n_parts; i++)
		release(&part[i]);
	free(part);
	return r;
}
