/* timeline.c - how the values of a recording, or of a series of profiles, go over time. */
#include "analyzer/ops/timeline.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/model/snapshots.h"

struct maker {
	const struct hprof_view *v;
	struct hp_timeline *t;
	uint32_t *row_of_frame;
	double *sum;     /* [n_rows] at one point */
	double *largest; /* [n_rows] farthest from 0 at any point */
	bool *listed;    /* [n_rows] it is among the touched ones, though its sum may be 0 */
	uint32_t *touched, n_touched;
	uint32_t **node; /* [n_profiles] node of each stack of a recording; NULL for others */
};

/* --- points --- */

/* Whether the totals that snapshots have by themselves are those of what is shown. */
static bool has_totals(const struct hprof_view *v)
{
	struct hp_slice shown = hp_view_str(v, v->types[v->chosen].name);

	return !v->filtered && hp_profile_type(v->profiles[0], shown) == 0;
}

static int check_profiles(const struct hprof_view *v, struct hprof_error *err)
{
	bool whole = v->sample_node != NULL;

	for (size_t i = 0; i < v->n_profiles; i++)
		whole &= v->sources[i].snapshot == HP_NONE;
	if (!whole)
		return hp_fail(err, HPROF_EINVAL,
			       "a timeline needs a view with moments, of all snapshots");
	for (size_t i = 1; i < v->n_profiles; i++) {
		const struct hprof_profile *p = v->profiles[0], *q = v->profiles[i];

		if ((p->snapshots.n || q->snapshots.n) && !hprof_same_recording(p, q))
			return hp_fail(
				err, HPROF_EINVAL,
				"%s and %s are not of one recording: their times cannot be "
				"compared; give recordings of one run, or dumps without them",
				hp_profile_str(p, p->input).ptr, hp_profile_str(q, q->input).ptr);
	}
	return HPROF_OK;
}

static int by_time(const void *a, const void *b)
{
	const struct hp_point *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->profile != y->profile)
		return x->profile < y->profile ? -1 : 1;
	return (x->snapshot > y->snapshot) - (x->snapshot < y->snapshot);
}

static void add_points(struct hp_timeline *t, uint32_t profile)
{
	const struct hp_snapshots *s = &t->v->profiles[profile]->snapshots;
	uint32_t number = t->v->opts.numbers ? t->v->opts.numbers[profile] : profile;

	if (!s->n)
		t->point[t->n++] = (struct hp_point){.number = number,
						     .time = number,
						     .tree = HP_TREE_DETAILED,
						     .profile = profile,
						     .snapshot = HP_NONE};
	for (uint32_t i = 0; i < s->n; i++)
		t->point[t->n++] = (struct hp_point){.time = s->row[i].time,
						     .heap = (double)s->row[i].heap,
						     .extra = (double)s->row[i].extra,
						     .stacks = (double)s->row[i].stacks,
						     .tree = s->row[i].tree,
						     .profile = profile,
						     .snapshot = i};
}

/* What filters leave of a snapshot without a tree is not known. */
static int leave_out(struct hp_timeline *t, struct hprof_error *err)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->n; i++)
		if (t->point[i].tree != HP_TREE_NONE)
			t->point[n++] = t->point[i];
	t->n_left_out = t->n - n;
	t->n = n;
	if (n == 0)
		return hp_fail(err, HPROF_ENODATA,
			       "no snapshot has a tree: what --focus, --ignore or --thread leave "
			       "is not known");
	return HPROF_OK;
}

static int list_points(struct hp_timeline *t, struct hprof_error *err)
{
	const struct hprof_view *v = t->v;
	size_t n = 0;

	for (size_t i = 0; i < v->n_profiles; i++)
		n += v->profiles[i]->snapshots.n ? v->profiles[i]->snapshots.n : 1;
	t->point = calloc(n, sizeof(*t->point));
	if (!t->point)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->n_profiles; i++)
		add_points(t, i);
	if (v->profiles[0]->snapshots.n)
		t->unit = hp_profile_str(v->profiles[0], v->profiles[0]->snapshots.unit);
	qsort(t->point, t->n, sizeof(*t->point), by_time);
	for (uint32_t i = 0; i < t->n; i++)
		if (t->point[i].snapshot != HP_NONE)
			t->point[i].number = i;
	return v->profiles[0]->snapshots.n && !has_totals(v) ? leave_out(t, err) : HPROF_OK;
}

/* --- values --- */

/* The node of each stack of recording @i: its samples are all its stacks, each once. */
static int map_stacks(struct maker *m, uint32_t i, struct hprof_error *err)
{
	const struct hprof_profile *p = m->v->profiles[i];

	if (!p->snapshots.n)
		return HPROF_OK;
	m->node[i] = malloc(p->stacks.n * sizeof(**m->node));
	if (!m->node[i])
		return hp_fail_nomem(err);
	memset(m->node[i], 0xff, p->stacks.n * sizeof(**m->node)); /* HP_NONE */
	for (uint32_t k = 0; k < p->all.n; k++) /* the view is of all snapshots */
		m->node[i][p->all.stack[k].i] = m->v->sample_node[i][k];
	return HPROF_OK;
}

/*
 * Count @value, which ends at @node.  Filters have taken the node of a stack that is left out; its
 * values over all points say nothing, they may cancel.
 */
static void count(struct maker *m, uint32_t node, double value)
{
	uint32_t row;

	if (node == HP_NONE || node == 0) /* the root has no frame */
		return;
	row = m->row_of_frame[m->v->tree.frame[node]];
	if (!m->listed[row])
		m->touched[m->n_touched++] = row;
	m->listed[row] = true;
	m->sum[row] += value;
}

static double total_of(const struct maker *m)
{
	double sum = 0;

	for (uint32_t i = 0; i < m->n_touched; i++)
		sum += m->sum[m->touched[i]];
	return sum;
}

/* What ends where in snapshot @at, for the samples of all snapshots each have their node. */
static void sum_snapshot(struct maker *m, struct hp_point *point, uint32_t type)
{
	const struct hprof_profile *p = m->v->profiles[point->profile];
	const struct hp_samples *s = hp_snapshot_samples(p, point->snapshot);

	for (uint32_t k = 0; k < s->n; k++)
		count(m, m->node[point->profile][s->stack[k].i], s->estimate[type][k]);
	if (!has_totals(m->v)) {
		point->heap = total_of(m);
		point->extra = point->stacks = 0;
	}
}

/* Sum up the sites of @point in m->sum, which is 0 everywhere. */
static void sum_point(struct maker *m, struct hp_point *point)
{
	const struct hprof_profile *p = m->v->profiles[point->profile];
	const struct hp_samples *all = hp_view_samples(m->v, point->profile);
	uint32_t type = hp_profile_type(p, hp_view_str(m->v, m->v->types[m->v->chosen].name));

	m->n_touched = 0;
	if (point->snapshot != HP_NONE) {
		sum_snapshot(m, point, type);
		return;
	}
	for (uint32_t k = 0; type != HP_NONE && k < all->n; k++)
		count(m, m->v->sample_node[point->profile][k], all->estimate[type][k]);
	point->heap = total_of(m);
}

static void clear(struct maker *m)
{
	for (uint32_t i = 0; i < m->n_touched; i++) {
		m->sum[m->touched[i]] = 0;
		m->listed[m->touched[i]] = false;
	}
}

/* Whether value @a of row @i comes before @b of row @k: farther from 0, as in top; then by name. */
static bool is_before(const struct maker *m, double a, uint32_t i, double b, uint32_t k)
{
	if (fabs(a) != fabs(b))
		return fabs(a) > fabs(b);
	if (a != b)
		return a > b;
	return hp_row_order(m->v, &m->t->row[i], &m->t->row[k]) < 0;
}

/* Put @row into its place among the @n largest at @top. */
static void insert(const struct maker *m, struct hp_point_site *top, uint32_t n, uint32_t row,
		   double value)
{
	uint32_t at = n;

	while (at > 0 && (top[at - 1].row == HP_NONE ||
			  is_before(m, value, row, top[at - 1].value, top[at - 1].row)))
		at--;
	if (at == n)
		return;
	memmove(&top[at + 1], &top[at], (n - at - 1) * sizeof(*top));
	top[at] = (struct hp_point_site){row, value};
}

static void find_top(struct maker *m, struct hp_point *point)
{
	for (uint32_t i = 0; i < HP_POINT_SITES; i++)
		point->top[i] = (struct hp_point_site){HP_NONE, 0};
	for (uint32_t i = 0; i < m->n_touched; i++) {
		uint32_t row = m->touched[i];

		if (fabs(m->sum[row]) > fabs(m->largest[row]))
			m->largest[row] = m->sum[row];
		if (m->sum[row] != 0)
			insert(m, point->top, HP_POINT_SITES, row, m->sum[row]);
	}
}

static int choose_sites(struct maker *m, uint32_t sites, struct hprof_error *err)
{
	struct hp_timeline *t = m->t;
	struct hp_point_site *top;

	if (sites > t->n_rows)
		sites = t->n_rows;
	top = calloc((size_t)sites + 1, sizeof(*top));
	t->site = calloc((size_t)sites + 1, sizeof(*t->site));
	if (!top || !t->site) {
		free(top);
		return hp_fail_nomem(err);
	}
	for (uint32_t i = 0; i < sites; i++)
		top[i].row = HP_NONE;
	for (uint32_t row = 0; row < t->n_rows; row++)
		if (m->largest[row] != 0)
			insert(m, top, sites, row, m->largest[row]);
	while (t->n_sites < sites && top[t->n_sites].row != HP_NONE) {
		t->site[t->n_sites] = top[t->n_sites].row;
		t->n_sites++;
	}
	free(top);
	return HPROF_OK;
}

static int fill_sites(struct maker *m, struct hprof_error *err)
{
	struct hp_timeline *t = m->t;
	size_t trees = 0;
	double *at;

	for (uint32_t i = 0; i < t->n; i++)
		trees += t->point[i].tree != HP_TREE_NONE;
	at = t->values = calloc(trees * t->n_sites + 1, sizeof(*t->values));
	if (!at)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < t->n; i++) {
		struct hp_point *point = &t->point[i];

		if (point->tree == HP_TREE_NONE)
			continue;
		sum_point(m, point);
		point->site = at;
		for (uint32_t k = 0; k < t->n_sites; k++)
			*at++ = m->sum[t->site[k]];
		clear(m);
	}
	return HPROF_OK;
}

static void find_peak(struct hp_timeline *t)
{
	bool flagged = false;

	for (uint32_t i = 0; i < t->n; i++) {
		bool peak = t->point[i].tree == HP_TREE_PEAK && has_totals(t->v);

		if (i == 0 || peak > flagged ||
		    (peak == flagged &&
		     hp_point_total(&t->point[i]) > hp_point_total(&t->point[t->peak]))) {
			t->peak = i;
			flagged = peak;
		}
	}
}

static int make(struct maker *m, uint32_t sites, struct hprof_error *err)
{
	struct hp_timeline *t = m->t;
	int r = check_profiles(m->v, err);

	if (r == HPROF_OK)
		r = list_points(t, err);
	if (r == HPROF_OK)
		r = hp_rows_new(m->v, &t->row, &t->n_rows, &m->row_of_frame, err);
	if (r < 0)
		return r;
	m->sum = calloc((size_t)t->n_rows + 1, sizeof(*m->sum));
	m->largest = calloc((size_t)t->n_rows + 1, sizeof(*m->largest));
	m->listed = calloc((size_t)t->n_rows + 1, sizeof(*m->listed));
	m->touched = calloc((size_t)t->n_rows + 1, sizeof(*m->touched));
	m->node = calloc(m->v->n_profiles, sizeof(*m->node));
	if (!m->sum || !m->largest || !m->listed || !m->touched || !m->node)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && i < m->v->n_profiles; i++)
		r = map_stacks(m, i, err);
	for (uint32_t i = 0; r == HPROF_OK && i < t->n; i++) {
		if (t->point[i].tree == HP_TREE_NONE)
			continue;
		sum_point(m, &t->point[i]);
		find_top(m, &t->point[i]);
		clear(m);
	}
	if (r == HPROF_OK)
		r = choose_sites(m, sites, err);
	if (r == HPROF_OK)
		r = fill_sites(m, err);
	find_peak(t);
	return r;
}

int hp_timeline_new(const struct hprof_view *v, uint32_t sites, struct hp_timeline **out,
		    struct hprof_error *err)
{
	struct maker m = {.v = v, .t = calloc(1, sizeof(*m.t))};
	int r;

	if (!m.t)
		return hp_fail_nomem(err);
	m.t->v = v;
	m.t->unit = (struct hp_slice){"", 0};
	r = make(&m, sites, err);
	for (size_t i = 0; m.node && i < v->n_profiles; i++)
		free(m.node[i]);
	free(m.node);
	free(m.row_of_frame);
	free(m.sum);
	free(m.largest);
	free(m.listed);
	free(m.touched);
	if (r == HPROF_OK)
		*out = m.t;
	else
		hp_timeline_free(m.t);
	return r;
}

void hp_timeline_free(struct hp_timeline *t)
{
	if (!t)
		return;
	free(t->point);
	free(t->row);
	free(t->site);
	free(t->values);
	free(t);
}

int hprof_timeline_new(const struct hprof_view *v, size_t sites, struct hprof_timeline **out,
		       struct hprof_error *err)
{
	struct hprof_timeline *made = calloc(1, sizeof(*made));
	int r;

	if (!made)
		return hp_fail_nomem(err);
	r = hp_timeline_new(v, sites < UINT32_MAX ? (uint32_t)sites : UINT32_MAX, &made->t, err);
	if (r == HPROF_OK)
		*out = made;
	else
		free(made);
	return r;
}

void hprof_timeline_free(struct hprof_timeline *t)
{
	if (!t)
		return;
	hp_timeline_free(t->t);
	free(t);
}

size_t hprof_timeline_points(const struct hprof_timeline *t)
{
	return t->t->n;
}

double hprof_timeline_total(const struct hprof_timeline *t, size_t i)
{
	return i < t->t->n ? hp_point_total(&t->t->point[i]) : 0;
}
