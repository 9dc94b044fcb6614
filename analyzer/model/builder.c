/* builder.c - the only writer of a profile while it is read. */
#include "analyzer/model/builder.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/base/name.h"
#include "analyzer/model/builder_own.h"

static int over_limit(const struct hp_builder *b, const char *what)
{
	return hp_fail(b->err, HPROF_ELIMIT, "more than %" PRIu32 " %s", b->limits.rows, what);
}

/* --- types and samples --- */

int hp_build_type(struct hp_builder *b, const char *name, enum hp_unit unit, enum hp_type_kind kind,
		  bool optional)
{
	struct hprof_profile *p = b->own->p;
	struct hp_type *types = reallocarray(p->types, p->n_types + 1, sizeof(*types));
	struct hp_samples *table[] = {&p->all, &p->by_thread, &p->snapshots.values};
	hp_strid id;
	int r;

	if (!types)
		return hp_fail_nomem(b->err);
	p->types = types;
	r = hp_strtab_add(&p->str, hp_slice_str(name), &id, b->err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < HP_LEN(table); i++) {
		double ***column[3] = {&table[i]->estimate, &table[i]->variance,
				       &table[i]->recorded};

		for (size_t k = 0; k < HP_LEN(column); k++) {
			if (!hp_column_resize(column[k], sizeof(double *), p->n_types + 1))
				return hp_fail_nomem(b->err);
			(*column[k])[p->n_types] = NULL;
		}
	}
	types[p->n_types++] = (struct hp_type){id, {0}, unit, kind, optional, false};
	return HPROF_OK;
}

void hp_build_type_undo(struct hp_builder *b)
{
	struct hprof_profile *p = b->own->p;
	struct hp_samples *tables[] = {&p->all, &p->by_thread, &p->snapshots.values};

	p->n_types--;
	for (size_t i = 0; i < HP_LEN(tables); i++) {
		free(tables[i]->estimate[p->n_types]);
		free(tables[i]->variance[p->n_types]);
		free(tables[i]->recorded[p->n_types]);
		tables[i]->estimate[p->n_types] = NULL;
		tables[i]->variance[p->n_types] = NULL;
		tables[i]->recorded[p->n_types] = NULL;
	}
}

int hp_build_alias(struct hp_builder *b, struct hp_slice alias)
{
	return hp_strtab_add(&b->own->p->str, alias,
			     &b->own->p->types[b->own->p->n_types - 1].alias, b->err);
}

/* Room for one more row in the columns that exist. */
static bool grow_samples(struct hp_samples *s, uint32_t n_types, bool threads)
{
	uint32_t cap = hp_column_cap(s->cap, s->n + 1);

	if (s->n < s->cap)
		return true;
	if (!cap || !hp_column_resize(&s->stack, sizeof(*s->stack), cap) ||
	    (threads && !hp_column_resize(&s->thread, sizeof(*s->thread), cap)) ||
	    (s->size && !hp_column_resize(&s->size, sizeof(*s->size), cap)))
		return false;
	for (uint32_t t = 0; t < n_types; t++) {
		if (!s->estimate[t])
			continue;
		if (!hp_column_resize(&s->estimate[t], sizeof(double), cap) ||
		    !hp_column_resize(&s->variance[t], sizeof(double), cap) ||
		    !hp_column_resize(&s->recorded[t], sizeof(double), cap))
			return false;
	}
	s->cap = cap;
	return true;
}

/* The columns of a type come into being with its first value. */
static bool need_columns(struct hp_samples *s, uint32_t t)
{
	if (s->estimate[t])
		return true;
	s->estimate[t] = calloc(s->cap ? s->cap : 1, sizeof(double));
	s->variance[t] = calloc(s->cap ? s->cap : 1, sizeof(double));
	s->recorded[t] = calloc(s->cap ? s->cap : 1, sizeof(double));
	if (s->estimate[t] && s->variance[t] && s->recorded[t])
		return true;
	free(s->estimate[t]);
	free(s->variance[t]);
	free(s->recorded[t]);
	s->estimate[t] = s->variance[t] = s->recorded[t] = NULL;
	return false;
}

struct sample_key {
	hp_stackid stack;
	hp_threadid thread;
	struct hp_sizes size;
};

static bool same_sample(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_samples *s = ctx;
	const struct sample_key *k = key;

	if (s->size && (s->size[row].inuse != k->size.inuse ||
			s->size[row].alloc != k->size.alloc || s->size[row].exact != k->size.exact))
		return false;
	return s->stack[row].i == k->stack.i && (!s->thread || s->thread[row].i == k->thread.i);
}

static uint32_t hash_sample(const struct hprof_profile *p, const struct sample_key *k)
{
	uint64_t inuse, alloc;

	if (k->size.inuse == 0 && k->size.alloc == 0)
		return hp_hash_pair(p->seed, k->stack.i, k->thread.i);
	memcpy(&inuse, &k->size.inuse, sizeof(inuse));
	memcpy(&alloc, &k->size.alloc, sizeof(alloc));
	return hp_hash_pair(p->seed, k->stack.i, inuse ^ (alloc << 1 | alloc >> 63));
}

/*
 * Of an optional type: whether its writer recorded it.  One that did not writes 0 in every row, so
 * only another value, of either sign and in whichever row, tells.  If all rows of one that did are
 * 0, nothing was ever allocated, and all rows of the other types are 0 as well.
 */
static bool has_value(const struct hp_measure *m)
{
	return m->recorded != 0 || m->estimate != 0;
}

/* Columns for all types that were recorded, as far as @m[n_types] tells. */
static int note_recorded(struct hp_builder *b, struct hp_samples *s, const struct hp_measure *m)
{
	struct hprof_profile *p = b->own->p;

	for (uint32_t t = 0; t < p->n_types; t++) {
		p->types[t].absent &= !has_value(&m[t]);
		if (!p->types[t].absent && !need_columns(s, t))
			return hp_fail_nomem(b->err);
	}
	return HPROF_OK;
}

/* A row behind all others, without values. */
static int append_row(struct hp_builder *b, struct hp_samples *s, const struct sample_key *key)
{
	uint32_t row = s->n;

	if (row >= b->limits.rows)
		return over_limit(b, s == &b->own->p->snapshots.values ? "values of snapshots"
								       : "samples");
	if (!grow_samples(s, b->own->p->n_types, s == &b->own->p->by_thread))
		return hp_fail_nomem(b->err);
	s->n++;
	s->stack[row] = key->stack;
	if (s->thread)
		s->thread[row] = key->thread;
	if (s->size)
		s->size[row] = key->size;
	for (uint32_t t = 0; t < b->own->p->n_types; t++)
		if (s->estimate[t])
			s->estimate[t][row] = s->variance[t][row] = s->recorded[t][row] = 0;
	return HPROF_OK;
}

static void add_values(const struct hprof_profile *p, struct hp_samples *s, uint32_t row,
		       const struct hp_measure *m)
{
	for (uint32_t t = 0; t < p->n_types; t++) {
		if (!s->estimate[t])
			continue;
		s->estimate[t][row] += m[t].estimate;
		s->variance[t][row] += m[t].variance;
		s->recorded[t][row] += m[t].recorded;
	}
}

static int add_sample(struct hp_builder *b, struct hp_samples *s, struct sample_key key,
		      const struct hp_measure *m)
{
	struct hprof_profile *p = b->own->p;
	uint32_t tag = hash_sample(p, &key);
	uint32_t row = hp_index_find(&s->index, tag, same_sample, s, &key);
	int r = note_recorded(b, s, m);

	p->added_up |= row != UINT32_MAX && !s->size; /* rows of one size make up one like them */
	if (r == HPROF_OK && row == UINT32_MAX) {
		row = s->n;
		r = append_row(b, s, &key);
		if (r == HPROF_OK && !hp_index_add(&s->index, tag, row))
			r = hp_fail_nomem(b->err);
	}
	if (r == HPROF_OK)
		add_values(p, s, row, m);
	return r;
}

int hp_build_sample(struct hp_builder *b, hp_stackid stack, const struct hp_measure *m)
{
	return add_sample(b, &b->own->p->all, (struct sample_key){stack, {HP_NONE}, {0, 0, false}},
			  m);
}

int hp_build_sized_sample(struct hp_builder *b, hp_stackid stack, struct hp_sizes size,
			  const struct hp_measure *m)
{
	struct hp_samples *s = &b->own->p->all;

	if (!s->size && !s->n) {
		s->size = calloc(s->cap ? s->cap : 1, sizeof(*s->size));
		if (!s->size)
			return hp_fail_nomem(b->err);
	}
	return add_sample(b, s, (struct sample_key){stack, {HP_NONE}, size}, m);
}

void hp_build_expect_samples(struct hp_builder *b, uint32_t n)
{
	hp_index_expect(&b->own->p->all.index, n);
}

int hp_build_thread_sample(struct hp_builder *b, hp_stackid stack, hp_threadid thread,
			   const struct hp_measure *m)
{
	struct hprof_profile *p = b->own->p;

	for (uint32_t t = 0; t < p->n_types; t++)
		p->thread_total[(size_t)thread.i * p->n_types + t] += m[t].estimate;
	if (!b->thread_stacks)
		return HPROF_OK;
	return add_sample(b, &p->by_thread, (struct sample_key){stack, thread, {0, 0, false}}, m);
}

/* --- threads --- */

static bool same_thread(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_threads *t = ctx;
	const hp_strid *id = key;

	return t->id[row].i == id->i;
}

static bool grow_threads(struct hprof_profile *p)
{
	struct hp_threads *t = &p->threads;
	uint32_t cap = hp_column_cap(t->cap, t->n + 1);
	uint32_t cells;

	if (t->n < t->cap)
		return true;
	if (!cap || __builtin_mul_overflow(cap, p->n_types, &cells) ||
	    !hp_column_resize(&t->id, sizeof(*t->id), cap) ||
	    !hp_column_resize(&t->name, sizeof(*t->name), cap) ||
	    !hp_column_resize(&p->thread_total, sizeof(double), cells))
		return false;
	t->cap = cap;
	return true;
}

int hp_build_thread(struct hp_builder *b, struct hp_slice id, struct hp_slice name,
		    hp_threadid *out)
{
	struct hprof_profile *p = b->own->p;
	struct hp_threads *t = &p->threads;
	hp_strid key, name_id;
	uint32_t tag, row;
	int r = hp_strtab_add(&p->str, id, &key, b->err);

	if (r == HPROF_OK)
		r = hp_strtab_add(&p->str, name, &name_id, b->err);
	if (r < 0)
		return r;
	tag = hp_hash_pair(p->seed, key.i, 0);
	row = hp_index_find(&b->own->threads_by_id, tag, same_thread, t, &key);
	if (row == UINT32_MAX) {
		if (t->n >= b->limits.rows)
			return over_limit(b, "threads");
		if (!grow_threads(p) || !hp_index_add(&b->own->threads_by_id, tag, t->n))
			return hp_fail_nomem(b->err);
		row = t->n++;
		t->id[row] = key;
		t->name[row] = name_id;
		for (uint32_t i = 0; i < p->n_types; i++)
			p->thread_total[(size_t)row * p->n_types + i] = 0;
	}
	if (t->name[row].i == 0)
		t->name[row] = name_id;
	*out = (hp_threadid){row};
	return HPROF_OK;
}

/* --- stacks --- */

static bool same_loc(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_locs *l = ctx;
	const uint64_t *addr = key;

	return row >= HP_TRUNCATED_LOCS && l->addr[row] == *addr;
}

static int new_loc(struct hp_builder *b, uint64_t addr, hp_locid *out)
{
	struct hp_locs *l = &b->own->p->locs;

	if (l->n >= b->limits.rows)
		return over_limit(b, "addresses");
	if (!hp_locs_room(l))
		return hp_fail_nomem(b->err);
	l->addr[l->n] = addr;
	l->map[l->n] = (hp_mapid){HP_NONE};
	l->module[l->n] = (hp_modid){HP_NONE};
	l->rel[l->n] = addr;
	l->call[l->n] = HP_CALL_UNKNOWN;
	l->frame_first[l->n] = 0;
	l->frame_n[l->n] = 0;
	*out = (hp_locid){l->n++};
	return HPROF_OK;
}

static int find_loc(struct hp_builder *b, uint64_t addr, hp_locid *out)
{
	struct hp_locs *l = &b->own->p->locs;
	uint32_t tag = hp_hash_pair(b->own->p->seed, addr, 1);
	uint32_t row = hp_index_find(&l->index, tag, same_loc, l, &addr);
	int r;

	if (row != UINT32_MAX) {
		*out = (hp_locid){row};
		return HPROF_OK;
	}
	if (!hp_index_reserve(&l->index))
		return hp_fail_nomem(b->err);
	r = new_loc(b, addr, out);
	if (r == HPROF_OK)
		(void)hp_index_add(&l->index, tag, out->i); /* room was reserved above */
	return r;
}

/* Of module @module, the input names one more address, or tells at least of it. */
static void count_named(struct hprof_profile *p, hp_modid module, bool named, bool lined,
			bool new_addr)
{
	struct hp_module *m = &p->modules.row[module.i];

	m->status = HP_MODULE_OK;
	m->symbols = HP_SYMBOLS_INSIDE;
	m->n_addr += new_addr;
	m->n_named += named;
	m->n_lined += lined;
}

static bool same_named(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_profile *p = ctx;
	const struct hp_named_call *k = key;
	const struct hp_locs *l = &p->locs;

	if (l->addr[row] != k->addr || l->module[row].i != k->module.i ||
	    l->frame_n[row] != k->n_frames)
		return false;
	for (uint32_t i = 0; i < k->n_frames; i++)
		if (p->frames.func[l->frame_first[row] + i].i != k->frame[i].func.i ||
		    p->frames.line[l->frame_first[row] + i] != k->frame[i].line)
			return false;
	return true;
}

int hp_build_named(struct hp_builder *b, const struct hp_named_call *call, hp_locid *out)
{
	struct hprof_profile *p = b->own->p;
	uint32_t tag = hp_hash_pair(p->seed, call->addr, call->module.i), row;
	int r;

	for (uint32_t i = 0; i < call->n_frames; i++)
		tag = hp_hash_pair(p->seed, (uint64_t)tag << 32 | call->frame[i].line,
				   call->frame[i].func.i);
	row = hp_index_find(&b->own->named, tag, same_named, p, call);
	if (row != UINT32_MAX) {
		*out = (hp_locid){row};
		return HPROF_OK;
	}
	if (!hp_index_reserve(&b->own->named))
		return hp_fail_nomem(b->err);
	r = new_loc(b, call->addr, out);
	if (r == HPROF_OK)
		r = hp_loc_set_frames(p, *out, call->frame, call->n_frames, b->err);
	if (r < 0)
		return r;
	p->locs.module[out->i] = call->module;
	if (call->module.i != HP_NONE)
		count_named(p, call->module, !call->nameless, call->frame[0].line > 0, true);
	(void)hp_index_add(&b->own->named, tag, out->i); /* room was reserved above */
	return HPROF_OK;
}

int hp_build_location(struct hp_builder *b, uint64_t addr, const struct hp_frame *frames,
		      uint32_t n, hp_locid *out)
{
	int r = new_loc(b, addr, out);

	return r == HPROF_OK && n ? hp_loc_set_frames(b->own->p, *out, frames, n, b->err) : r;
}

struct call_key {
	hp_stackid parent;
	hp_locid loc;
};

static bool same_call(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_stacks *s = ctx;
	const struct call_key *k = key;

	return s->parent[row].i == k->parent.i && s->loc[row].i == k->loc.i;
}

static int new_call(struct hp_builder *b, struct call_key key, hp_stackid *out)
{
	struct hp_stacks *s = &b->own->p->stacks;

	if (s->n >= b->limits.rows)
		return over_limit(b, "calling contexts");
	if (s->n == s->cap) {
		uint32_t cap = hp_column_cap(s->cap, s->n + 1);

		if (!cap || !hp_column_resize(&s->parent, sizeof(*s->parent), cap) ||
		    !hp_column_resize(&s->loc, sizeof(*s->loc), cap))
			return hp_fail_nomem(b->err);
		s->cap = cap;
	}
	*out = (hp_stackid){s->n};
	s->parent[s->n] = key.parent;
	s->loc[s->n++] = key.loc;
	return HPROF_OK;
}

int hp_build_new_call(struct hp_builder *b, hp_stackid parent, hp_locid loc, hp_stackid *out)
{
	return new_call(b, (struct call_key){parent, loc}, out);
}

static int add_call(struct hp_builder *b, struct call_key key, hp_stackid *out)
{
	struct hp_stacks *s = &b->own->p->stacks;
	uint32_t tag = hp_hash_pair(b->own->p->seed, key.parent.i, key.loc.i);
	uint32_t row = hp_index_find(&s->index, tag, same_call, s, &key);
	int r;

	if (row != UINT32_MAX) {
		*out = (hp_stackid){row};
		return HPROF_OK;
	}
	if (!hp_index_reserve(&s->index))
		return hp_fail_nomem(b->err);
	r = new_call(b, key, out);
	if (r == HPROF_OK)
		(void)hp_index_add(&s->index, tag, out->i); /* room was reserved above */
	return r;
}

/* Row k of the locations when @n is 2^(7+k), a depth at which writers stop; else HP_NONE. */
static uint32_t truncated_loc(size_t n)
{
	for (uint32_t k = 0; k < HP_TRUNCATED_LOCS; k++)
		if (n == (size_t)HP_TRUNCATED_DEPTH << k)
			return k;
	return HP_NONE;
}

int hp_build_heap_types(struct hp_builder *b)
{
	static const struct {
		const char *name;
		enum hp_unit unit;
		enum hp_type_kind kind;
		bool optional;
	} types[] = {
		{"inuse_objects", HP_UNIT_COUNT, HP_TYPE_LEVEL, false},
		{"inuse_space", HP_UNIT_BYTES, HP_TYPE_LEVEL, false},
		{"alloc_objects", HP_UNIT_COUNT, HP_TYPE_FLOW, true},
		{"alloc_space", HP_UNIT_BYTES, HP_TYPE_FLOW, true},
	};
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(types); i++)
		r = hp_build_type(b, types[i].name, types[i].unit, types[i].kind,
				  types[i].optional);
	b->own->p->default_type = 1;
	return r;
}

int hp_fail_deep(struct hprof_error *err, uint64_t line, uint64_t offset)
{
	return hp_fail_at(err, HPROF_ELIMIT, line, offset,
			  "found a stack of more than %d frames, expected one that a program can "
			  "have: the file is damaged",
			  HP_STACK_MAX);
}

int hp_build_stack(struct hp_builder *b, const uint64_t *addr, size_t n, hp_stackid *out)
{
	hp_stackid at = {0};
	uint32_t cut = b->whole_stacks ? HP_NONE : truncated_loc(n);
	int r = HPROF_OK;

	if (n > HP_STACK_MAX)
		return hp_fail_deep(b->err, 0, HPROF_NO_OFFSET);
	if (n > b->own->p->max_depth)
		b->own->p->max_depth = (uint32_t)n;
	if (cut != HP_NONE)
		r = add_call(b, (struct call_key){at, {cut}}, &at);
	while (r == HPROF_OK && n-- > 0) {
		hp_locid loc;

		r = find_loc(b, addr[n], &loc);
		if (r == HPROF_OK)
			r = add_call(b, (struct call_key){at, loc}, &at);
	}
	if (r == HPROF_OK)
		*out = at;
	return r;
}

int hp_build_named_stack(struct hp_builder *b, const hp_locid *loc, size_t n, hp_stackid *out)
{
	hp_stackid at = {0};
	int r = HPROF_OK;

	if (n > HP_STACK_MAX)
		return hp_fail_deep(b->err, 0, HPROF_NO_OFFSET);
	if (n > b->own->p->max_depth)
		b->own->p->max_depth = (uint32_t)n;
	while (r == HPROF_OK && n-- > 0)
		r = add_call(b, (struct call_key){at, loc[n]}, &at);
	if (r == HPROF_OK)
		*out = at;
	return r;
}

/* --- snapshots --- */

int hp_build_snapshot(struct hp_builder *b, const struct hp_snapshot *in)
{
	struct hp_snapshots *s = &b->own->p->snapshots;

	if (s->n >= b->limits.rows)
		return over_limit(b, "snapshots");
	if (!HP_COLUMN_ROOM(s->row, s->n, s->cap))
		return hp_fail_nomem(b->err);
	s->row[s->n] = *in;
	s->row[s->n].first = s->values.n;
	s->row[s->n++].n = 0;
	return HPROF_OK;
}

int hp_build_snapshot_sample(struct hp_builder *b, hp_stackid stack, const struct hp_measure *m)
{
	struct hp_snapshots *s = &b->own->p->snapshots;
	const struct sample_key key = {.stack = stack, .thread = {HP_NONE}};
	int r = note_recorded(b, &s->values, m);

	if (r == HPROF_OK)
		r = append_row(b, &s->values, &key);
	if (r < 0)
		return r;
	add_values(b->own->p, &s->values, s->values.n - 1, m);
	s->row[s->n - 1].n++;
	return HPROF_OK;
}

void hp_build_snapshot_undo(struct hp_builder *b)
{
	struct hp_snapshots *s = &b->own->p->snapshots;

	s->n--;
	s->values.n = s->row[s->n].first;
}

static int by_time(const void *a, const void *b)
{
	const struct hp_snapshot *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

bool hp_build_snapshot_sort(struct hp_builder *b)
{
	struct hp_snapshots *s = &b->own->p->snapshots;

	for (uint32_t i = 1; i < s->n; i++)
		if (s->row[i].time < s->row[i - 1].time) {
			qsort(s->row, s->n, sizeof(*s->row), by_time);
			return true;
		}
	return false;
}

/* Let each snapshot see its rows of the values, which grow no more. */
static int place_snapshots(struct hp_builder *b)
{
	struct hp_snapshots *s = &b->own->p->snapshots;
	const struct hp_samples *all = &s->values;
	uint32_t n_types = b->own->p->n_types;
	double **column = s->columns = calloc((size_t)s->n * n_types * 3 + 1, sizeof(*column));

	if (!column)
		return hp_fail_nomem(b->err);
	for (uint32_t i = 0; i < s->n; i++) {
		struct hp_snapshot *row = &s->row[i];
		struct hp_samples *own = &row->samples;

		*own = (struct hp_samples){.n = row->n, .cap = row->n};
		own->stack = all->stack ? all->stack + row->first : NULL;
		own->estimate = column;
		own->variance = column + n_types;
		own->recorded = column + 2 * (size_t)n_types;
		column += 3 * (size_t)n_types;
		for (uint32_t t = 0; t < n_types; t++) {
			if (!all->estimate[t])
				continue;
			own->estimate[t] = all->estimate[t] + row->first;
			own->variance[t] = all->variance[t] + row->first;
			own->recorded[t] = all->recorded[t] + row->first;
		}
	}
	return HPROF_OK;
}

/* Where row @from of the values of all snapshots is the largest of its stack so far, keep it. */
static void keep_largest(struct hprof_profile *p, uint32_t to, uint32_t from)
{
	const struct hp_samples *s = &p->snapshots.values;

	for (uint32_t t = 0; t < p->n_types; t++) {
		if (!s->estimate[t] || s->estimate[t][from] <= p->all.estimate[t][to])
			continue;
		p->all.estimate[t][to] = s->estimate[t][from];
		p->all.variance[t][to] = s->variance[t][from];
		p->all.recorded[t][to] = s->recorded[t][from];
	}
}

/* The samples of a profile with snapshots: each stack at its largest. */
static int sum_up_snapshots(struct hp_builder *b)
{
	struct hprof_profile *p = b->own->p;
	const struct hp_samples *s = &p->snapshots.values;
	uint32_t *row = calloc(p->stacks.n, sizeof(*row)); /* 1 + sample of a stack; 0: none yet */
	int r = row ? HPROF_OK : hp_fail_nomem(b->err);

	for (uint32_t i = 0; r == HPROF_OK && i < s->n; i++) {
		const struct sample_key key = {.stack = s->stack[i], .thread = {HP_NONE}};
		uint32_t *to = &row[key.stack.i];

		if (!*to) {
			r = append_row(b, &p->all, &key);
			*to = p->all.n;
		}
		if (r == HPROF_OK)
			keep_largest(p, *to - 1, i);
	}
	free(row);
	return r;
}

static int add_truncated_locs(struct hp_builder *b)
{
	hp_locid loc;
	int r = HPROF_OK;

	for (uint64_t k = 0; r == HPROF_OK && k < HP_TRUNCATED_LOCS; k++)
		r = new_loc(b, 0, &loc);
	return r;
}

int hp_build_place(struct hp_builder *b, const struct hp_place *place)
{
	if (!HP_COLUMN_ROOM(b->own->place, b->own->n_places, b->own->cap_places))
		return hp_fail_nomem(b->err);
	b->own->place[b->own->n_places++] = *place;
	return HPROF_OK;
}

/* --- maps --- */

struct module_key {
	hp_strid path, build_id;
};

static bool same_module(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_modules *m = ctx;
	const struct module_key *k = key;

	return m->row[row].path.i == k->path.i && m->row[row].recorded_id.i == k->build_id.i;
}

/*
 * Whether @path, which does not begin with '/', is the name of a file: writers give the name
 * that a program was started by, or the last part of a path.  Kernels and profilers have names of
 * their own for memory without a file.
 */
static bool is_file_name(struct hp_slice path)
{
	static const struct hp_slice kinds[] = {
		HP_SLICE_LIT("anon_inode:"), HP_SLICE_LIT("inode:"),  HP_SLICE_LIT("memfd:"),
		HP_SLICE_LIT("anon:"),       HP_SLICE_LIT("socket:"), HP_SLICE_LIT("pipe:"),
		HP_SLICE_LIT("SYSV0"),       HP_SLICE_LIT("dev/"),    HP_SLICE_LIT("anon_hugepage"),
	};
	static const struct hp_slice whole[] = {
		HP_SLICE_LIT("anon"),      HP_SLICE_LIT("heap"),    HP_SLICE_LIT("stack"),
		HP_SLICE_LIT("vdso"),      HP_SLICE_LIT("vvar"),    HP_SLICE_LIT("vsyscall"),
		HP_SLICE_LIT("anonymous"), HP_SLICE_LIT("unknown"), HP_SLICE_LIT("none"),
		HP_SLICE_LIT("."),         HP_SLICE_LIT(".."),
	};

	if (memchr("[(<{*?-=", path.ptr[0], 8))
		return false;
	for (size_t i = 0; i < HP_LEN(kinds); i++)
		if (hp_slice_starts(path, kinds[i]))
			return false;
	for (size_t i = 0; i < HP_LEN(whole); i++)
		if (hp_slice_same(path, whole[i]))
			return false;
	return true;
}

/* Whether a mapping of @path can have a file behind it. */
static bool has_file(struct hp_slice path)
{
	static const struct hp_slice without[] = {
		HP_SLICE_LIT("/memfd:"), HP_SLICE_LIT("/dev/"), HP_SLICE_LIT("/SYSV"),
		HP_SLICE_LIT("//anon"),  HP_SLICE_LIT("/["),    HP_SLICE_LIT("/anon_hugepage"),
	};

	if (path.len && path.ptr[0] != '/')
		return is_file_name(path);
	for (size_t i = 0; i < HP_LEN(without); i++)
		if (hp_slice_starts(path, without[i]))
			return hp_slice_starts(path, HP_LIT("/dev/shm/"));
	return path.len > 0;
}

int hp_build_module(struct hp_builder *b, struct hp_slice path, hp_modid *out)
{
	return hp_build_module_of(b, path, (struct hp_slice){"", 0}, out);
}

int hp_build_module_of(struct hp_builder *b, struct hp_slice path, struct hp_slice build_id,
		       hp_modid *out)
{
	struct hp_modules *t = &b->own->p->modules;
	const struct hp_module *last = t->n ? &t->row[b->own->last_module.i] : NULL;
	struct module_key key;
	uint32_t tag, row;
	int r;

	if (last && hp_slice_same(hp_profile_str(b->own->p, last->path), path) &&
	    hp_slice_same(hp_profile_str(b->own->p, last->recorded_id), build_id)) {
		*out = b->own->last_module;
		return HPROF_OK;
	}
	r = hp_strtab_add(&b->own->p->str, path, &key.path, b->err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&b->own->p->str, build_id, &key.build_id, b->err);
	if (r < 0)
		return r;
	tag = hp_hash_pair(b->own->p->seed, key.path.i, key.build_id.i);
	row = hp_index_find(&b->own->modules, tag, same_module, t, &key);
	if (row == UINT32_MAX) {
		if (!HP_COLUMN_ROOM(t->row, t->n, t->cap) ||
		    !hp_index_add(&b->own->modules, tag, t->n))
			return hp_fail_nomem(b->err);
		row = t->n++;
		t->row[row] = (struct hp_module){
			.path = key.path, .build_id = key.build_id, .recorded_id = key.build_id};
		if (!has_file(path))
			t->row[row].status = HP_MODULE_SPECIAL;
	}
	*out = b->own->last_module = (hp_modid){row};
	return HPROF_OK;
}

static int find_module(struct hp_builder *b, const struct hp_mapping *m, hp_modid *out)
{
	int r = hp_build_module_of(b, m->path.len ? m->path : HP_LIT("[anon]"), m->build_id, out);

	if (r == HPROF_OK)
		b->own->p->modules.row[out->i].deleted |= m->deleted;
	return r;
}

int hp_build_mapping(struct hp_builder *b, const struct hp_mapping *in)
{
	struct hp_maps *m = &b->own->p->maps;
	hp_modid module = {0};
	int r;

	if (in->start >= in->limit) {
		hp_profile_warn(b->own->p, "map-inverted",
				"a mapping ends before it begins (%#" PRIx64 "-%#" PRIx64
				"); it is left out",
				in->start, in->limit);
		return HPROF_OK;
	}
	if (m->n >= b->limits.rows)
		return over_limit(b, "mappings");
	r = find_module(b, in, &module);
	if (r < 0)
		return r;
	if (!hp_maps_room(m))
		return hp_fail_nomem(b->err);
	m->start[m->n] = in->start;
	m->limit[m->n] = in->limit;
	m->file_offset[m->n] = in->file_offset;
	m->base[m->n] = in->start;
	m->device[m->n] = in->device;
	m->inode[m->n] = in->inode;
	m->perms[m->n] = in->perms;
	m->module[m->n] = module;
	m->n++;
	return HPROF_OK;
}

/* --- beginning and end --- */

int hp_builder_init(struct hp_builder *b, const struct hprof_load_opts *opts, const char *input,
		    struct hprof_error *err)
{
	struct hprof_profile *p = calloc(1, sizeof(*p));
	int r;

	*b = (struct hp_builder){.p = p, .own = calloc(1, sizeof(*b->own)), .err = err};
	if (!p || !b->own) {
		free(p);
		b->p = NULL;
		return hp_fail_nomem(err);
	}
	b->own->p = p;
	if (opts) {
		b->limits = opts->limits;
		b->thread_stacks = opts->threads == HPROF_THREADS_STACKS;
		b->thread_values = opts->threads != HPROF_THREADS_NONE;
	}
	if (!b->limits.rows)
		b->limits.rows = UINT32_C(1) << 30;
	if (!b->limits.text_bytes)
		b->limits.text_bytes = UINT64_C(1) << 30;
	p->seed = hp_hash_seed();
	r = hp_strtab_init(&p->str, b->limits.text_bytes, err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&p->str, hp_slice_str(input), &p->input, err);
	if (r == HPROF_OK)
		r = add_call(b, (struct call_key){{HP_NONE}, {HP_NONE}}, &(hp_stackid){0});
	if (r == HPROF_OK)
		r = add_truncated_locs(b);
	return r;
}

void hp_builder_release(struct hp_builder *b)
{
	if (!b->own)
		return;
	hprof_profile_free(b->own->p);
	hp_index_release(&b->own->modules);
	hp_index_release(&b->own->named);
	free(b->own->place);
	hp_index_release(&b->own->threads_by_id);
	free(b->own);
	b->own = NULL;
	b->p = NULL;
}

/* Types that nothing arrived for: the columns of the others exist, if only with zeros. */
static int settle_types(struct hp_builder *b)
{
	struct hprof_profile *p = b->own->p;

	for (uint32_t t = 0; t < p->n_types; t++) {
		if (p->types[t].absent)
			continue;
		if (!need_columns(&p->all, t) || !need_columns(&p->by_thread, t) ||
		    (p->snapshots.n && !need_columns(&p->snapshots.values, t)))
			return hp_fail_nomem(b->err);
	}
	return HPROF_OK;
}

/* @name as a linker knows it, to be demangled; empty if it is not mangled. */
static struct hp_slice mangled(struct hp_slice name)
{
	name = hp_name_original(hp_name_unversioned(name));
	if (hp_slice_starts(name, HP_LIT("__Z"))) /* as on macOS */
		name = hp_slice_from(name, 1);
	return hp_name_is_mangled(name) ? name : (struct hp_slice){"", 0};
}

/* The names of what the input calls by its linkage name, or by that and a short form of it. */
static void complete_names(struct hp_func_names *f, struct hp_arena *mem)
{
	struct hp_slice name = mangled(f->full), linkage = mangled(f->linkage);
	struct hp_slice brief, full;

	if (!name.len && !linkage.len)
		return;
	hp_name_demangle(name.len ? name : linkage, mem, &brief, &full);
	if (!brief.len || !full.len)
		return;
	if (name.len) {
		if (hp_slice_same(full, name)) /* it only looks like one */
			return;
		f->linkage = f->linkage.len ? f->linkage : f->full;
		f->name = brief;
	} else if (!hp_slice_same(brief, f->full)) {
		return;
	}
	f->full = full;
}

int hp_build_func(struct hp_builder *b, const struct hp_func_names *names, hp_funcid *out)
{
	struct hp_func_names f = *names;
	struct hp_arena mem = {0};
	int r;

	complete_names(&f, &mem);
	f.name = hp_lambda_usual(f.name, &mem);
	f.full = hp_lambda_usual(f.full, &mem);
	r = hp_func_add(b->own->p, &f, out, b->err);
	hp_arena_release(&mem);
	return r;
}

/* Give "[truncated]" its frame if the deepest stacks end at a depth where writers stop. */
static int settle_truncated(struct hp_builder *b)
{
	const struct hp_func_names names = {
		HP_SLICE_LIT("[truncated]"), HP_SLICE_LIT("[truncated]"), {"", 0}, {"", 0}};
	uint32_t k = truncated_loc(b->own->p->max_depth);
	struct hp_frame frame = {{0}, 0};
	int r;

	if (k == HP_NONE || b->whole_stacks)
		return HPROF_OK;
	r = hp_func_add(b->own->p, &names, &frame.func, b->err);
	if (r < 0)
		return r;
	return hp_loc_set_frames(b->own->p, (hp_locid){k}, &frame, 1, b->err);
}

/* Distinct stacks with values. */
static uint64_t count_stacks(const struct hprof_profile *p)
{
	uint64_t n = 0;
	bool *seen;

	if (!p->all.size)
		return p->all.n;
	seen = calloc(p->stacks.n, sizeof(*seen));
	for (uint32_t i = 0; seen && i < p->all.n; i++) {
		n += !seen[p->all.stack[i].i];
		seen[p->all.stack[i].i] = true;
	}
	free(seen);
	return n;
}

/* Addresses in mappings that the input names. */
static void count_inside(struct hprof_profile *p)
{
	const struct hp_locs *l = &p->locs;

	for (uint32_t i = HP_TRUNCATED_LOCS; i < l->n; i++)
		if (l->map[i].i != HP_NONE && l->frame_n[i] &&
		    p->modules.row[l->module[i].i].status != HP_MODULE_SPECIAL)
			count_named(p, l->module[i], true, p->frames.line[l->frame_first[i]] > 0,
				    false);
}

static void settle_place(struct hprof_profile *p, const struct hp_place *place)
{
	uint32_t loc = place->loc.i;

	if (place->no_addr)
		p->locs.addr[loc] = 0;
	p->locs.rel[loc] = place->rel;
	if (place->module.i == HP_NONE || p->locs.map[loc].i != HP_NONE)
		return;
	p->locs.module[loc] = place->module;
	if (p->modules.row[place->module.i].status == HP_MODULE_SPECIAL)
		return;
	if (p->modules.row[place->module.i].relative && !p->locs.frame_n[loc]) {
		p->modules.row[place->module.i].n_addr++;
		return; /* to be looked up */
	}
	count_named(p, place->module, p->locs.frame_n[loc] > 0,
		    p->locs.frame_n[loc] && p->frames.line[p->locs.frame_first[loc]], true);
}

int hp_builder_finish(struct hp_builder *b, struct hprof_profile **out)
{
	int r = settle_types(b);

	if (r == HPROF_OK && b->own->p->snapshots.n)
		r = place_snapshots(b);
	if (r == HPROF_OK && b->own->p->snapshots.n)
		r = sum_up_snapshots(b);
	if (r == HPROF_OK)
		r = settle_truncated(b);
	if (r == HPROF_OK)
		r = hp_maps_settle(b->own->p, b->err);
	if (r < 0)
		return r;
	count_inside(b->own->p);
	for (uint32_t i = 0; i < b->own->n_places; i++)
		settle_place(b->own->p, &b->own->place[i]);
	b->own->p->n_read_warnings = b->own->p->warnings.n;
	r = hp_maps_check(b->own->p, b->err);
	if (r < 0)
		return r;
	b->own->p->n_stacks = count_stacks(b->own->p);
	hp_index_release(&b->own->p->locs.index); /* nothing is added any more */
	hp_index_release(&b->own->p->stacks.index);
	hp_index_release(&b->own->p->all.index);
	hp_index_release(&b->own->p->by_thread.index);
	*out = b->own->p;
	b->own->p = NULL;
	b->p = NULL;
	return HPROF_OK;
}
