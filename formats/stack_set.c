/* stack_set.c - all stacks of a file, put in order, so that those that begin alike are neighbours.
 */
#include "formats/stack_set.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"

enum {
	FEW = 12,
	AHEAD = 12, /* stacks lie anywhere: they are asked for so many before they are used */
};

/* A stack with two of its locations, those at the depth at hand; the run is copied to be near. */
struct item {
	uint64_t key; /* 1 + location in each half, the first above; 0: it has ended */
	struct hp_stack_run run;
	uint32_t row; /* in the file */
};

/* Items [first, limit) are the same above @depth. */
struct range {
	uint32_t first, limit, depth;
};

struct sorter {
	const struct hp_stack_set *s;
	struct item *item;
	struct range *todo; /* [n] */
	uint32_t n, cap;
	uint64_t random;
};

int hp_stack_set_add(struct hp_stack_set *s, const struct hp_builder *b, const hp_locid *loc,
		     uint32_t n)
{
	if (n > b->limits.rows - s->n_loc || s->n >= b->limits.rows)
		return hp_fail(b->err, HPROF_ELIMIT, "more than %" PRIu32 " frames in all stacks",
			       b->limits.rows);
	if (!HP_COLUMN_ROOM(s->run, s->n, s->cap))
		return hp_fail_nomem(b->err);
	if (n > s->cap_loc - s->n_loc) {
		uint32_t cap = hp_column_cap(s->cap_loc, s->n_loc + n);

		if (!cap || !hp_column_resize(&s->loc, sizeof(*s->loc), cap))
			return hp_fail_nomem(b->err);
		s->cap_loc = cap;
	}
	s->run[s->n++] = (struct hp_stack_run){s->n_loc, n};
	while (n-- > 0)
		s->loc[s->n_loc++] = loc[n].i;
	return HPROF_OK;
}

/* Have the location of @x at @depth near, when it will be used. */
static void ask_for(const struct hp_stack_set *s, const struct item *x, uint32_t depth)
{
	if (depth < x->run.n)
		__builtin_prefetch(s->loc + x->run.first + depth);
}

static uint64_t key_of(const struct hp_stack_set *s, const struct item *x, uint32_t depth)
{
	const uint32_t *loc;

	if (depth >= x->run.n)
		return 0;
	loc = s->loc + x->run.first;
	return (uint64_t)(loc[depth] + 1) << 32 | (depth + 1 < x->run.n ? loc[depth + 1] + 1 : 0);
}

/* Whether stacks of this key end here: equal ones are equal as a whole. */
static bool is_last(uint64_t key)
{
	return (uint32_t)key == 0;
}

/* Order of two stacks that are the same above @depth; equal ones by their place in the file. */
static int compare(const struct hp_stack_set *s, const struct item *x, const struct item *y,
		   uint32_t depth)
{
	for (;; depth += 2) {
		uint64_t a = key_of(s, x, depth), b = key_of(s, y, depth);

		if (a != b)
			return a < b ? -1 : 1;
		if (is_last(a))
			return (x->row > y->row) - (x->row < y->row);
	}
}

static void sort_few(struct sorter *t, struct range r)
{
	for (uint32_t i = r.first + 1; i < r.limit; i++) {
		struct item x = t->item[i];
		uint32_t k = i;

		for (; k > r.first && compare(t->s, &t->item[k - 1], &x, r.depth) > 0; k--)
			t->item[k] = t->item[k - 1];
		t->item[k] = x;
	}
}

static bool push(struct sorter *t, uint32_t first, uint32_t limit, uint32_t depth)
{
	if (limit - first < 2)
		return true;
	if (!HP_COLUMN_ROOM(t->todo, t->n, t->cap))
		return false;
	t->todo[t->n++] = (struct range){first, limit, depth};
	return true;
}

/* A key of the range, whichever: nobody can write a file for which it is always a bad one. */
static uint64_t pick(struct sorter *t, struct range r)
{
	uint64_t key[3];

	for (unsigned i = 0; i < 3; i++) {
		t->random = t->random * 6364136223846793005u + 1442695040888963407u;
		key[i] = t->item[r.first + (t->random >> 33) % (r.limit - r.first)].key;
	}
	if ((key[0] < key[1]) != (key[0] < key[2]))
		return key[0];
	return (key[1] < key[0]) != (key[1] < key[2]) ? key[1] : key[2];
}

static int by_row(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

/* The items of @r, whose keys are equal, by their next ones. */
static bool go_deeper(struct sorter *t, struct range r)
{
	if (is_last(t->item[r.first].key)) { /* they are equal */
		qsort(&t->item[r.first], r.limit - r.first, sizeof(*t->item), by_row);
		return true;
	}
	for (uint32_t i = r.first; i < r.limit; i++) {
		if (i + AHEAD < r.limit)
			ask_for(t->s, &t->item[i + AHEAD], r.depth + 2);
		t->item[i].key = key_of(t->s, &t->item[i], r.depth + 2);
	}
	return push(t, r.first, r.limit, r.depth + 2);
}

/* Part the range by a key into those below it, the same, and above. */
static bool part(struct sorter *t, struct range r)
{
	uint32_t low = r.first, high = r.limit, i = r.first;
	uint64_t key = pick(t, r);

	while (i < high) {
		struct item x = t->item[i];

		if (x.key == key) {
			i++;
		} else if (x.key < key) {
			t->item[i++] = t->item[low];
			t->item[low++] = x;
		} else {
			t->item[i] = t->item[--high];
			t->item[high] = x;
		}
	}
	return push(t, r.first, low, r.depth) && push(t, high, r.limit, r.depth) &&
	       (high - low < 2 || go_deeper(t, (struct range){low, high, r.depth}));
}

/* Sort by location after location, from the root on. */
static bool sort(struct sorter *t)
{
	bool done = push(t, 0, t->s->n, 0);

	while (done && t->n) {
		struct range r = t->todo[--t->n];

		if (r.limit - r.first <= FEW)
			sort_few(t, r);
		else
			done = part(t, r);
	}
	return done;
}

/* Make the contexts of stack @r, which has the first @same with the one before it in common. */
static int build_one(const struct hp_stack_set *s, struct hp_builder *b,
		     const struct hp_stack_run *r, uint32_t same, hp_stackid *path)
{
	for (uint32_t i = same; i < r->n; i++) {
		hp_stackid parent = i ? path[i - 1] : (hp_stackid){0};
		int n = hp_build_new_call(b, parent, (hp_locid){s->loc[r->first + i]}, &path[i]);

		if (n < 0)
			return n;
	}
	hp_build_depth(b, r->n);
	return HPROF_OK;
}

static uint32_t deepest(const struct hp_stack_set *s)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < s->n; i++)
		most = s->run[i].n > most ? s->run[i].n : most;
	return most;
}

int hp_stack_set_build(struct hp_stack_set *s, struct hp_builder *b, struct hp_placed_stack *out)
{
	struct sorter t = {.s = s, .random = b->p->seed};
	hp_stackid *path = calloc((size_t)deepest(s) + 1, sizeof(*path));
	int r = HPROF_OK;

	t.item = calloc((size_t)s->n + 1, sizeof(*t.item));
	for (uint32_t i = 0; t.item && i < s->n; i++) {
		t.item[i] = (struct item){0, s->run[i], i};
		t.item[i].key = key_of(s, &t.item[i], 0);
	}
	if (!path || !t.item || !sort(&t))
		r = hp_fail_nomem(b->err);
	for (uint32_t i = 0; r == HPROF_OK && i < s->n; i++) {
		const struct item *x = &t.item[i];
		uint32_t same = 0;

		if (i + AHEAD < s->n)
			ask_for(s, &t.item[i + AHEAD], 0);
		while (i > 0 && same < x->run.n && same < x[-1].run.n &&
		       s->loc[x->run.first + same] == s->loc[x[-1].run.first + same])
			same++;
		r = build_one(s, b, &x->run, same, path);
		out[i].row = x->row;
		out[i].stack = x->run.n ? path[x->run.n - 1] : (hp_stackid){0};
	}
	free(t.item);
	free(t.todo);
	free(path);
	return r;
}

void hp_stack_set_release(struct hp_stack_set *s)
{
	free(s->loc);
	free(s->run);
	*s = (struct hp_stack_set){0};
}
