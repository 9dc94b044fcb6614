/* table.c - flat and cumulative values per function, line, file, address or module. */
#include "analyzer/ops/table.h"

#include <math.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/heap.h"

/* What makes frames one row. */
struct key {
	uint32_t func, file, line, module;
	uint64_t addr;
	bool inlined;
};

struct table_maker {
	const struct hprof_view *v;
	const struct hp_vtype *type;
	struct hp_table t;
	uint32_t cap;
	struct hp_index index;
	uint32_t *row_of_frame; /* [n_frames] */
	struct hp_tree_links links;
	double *below[4]; /* [tree.n] value, variance, now, base of the node and all below it */
	uint32_t *active; /* [n] times the row is on the path */
};

static struct key key_of(const struct hprof_view *v, const struct hp_vframe *f)
{
	struct key k = {HP_NONE, 0, 0, HP_NONE, 0, v->opts.jeprof_rows && f->inlined};
	bool nameless = f->func == HP_NONE;
	uint32_t func = nameless ? HP_NONE : v->funcs[f->func].group;

	switch (v->opts.granularity) {
	case HPROF_BY_FUNCTION:
		k.func = func;
		break;
	case HPROF_BY_LINE:
		k.func = func;
		k.file = f->file.i;
		k.line = f->line;
		break;
	case HPROF_BY_FILE:
		k.file = f->file.i;
		k.module = f->file.i ? HP_NONE : hp_view_module_group(v, f->module);
		k.func = f->file.i || f->module != HP_NONE ? HP_NONE : func;
		k.inlined = false;
		return k;
	case HPROF_BY_ADDRESS:
		k.func = func;
		k.file = f->file.i;
		k.line = f->line;
		k.module = hp_view_module_group(
			v, f->module); /* builds with one function there read alike */
		k.addr = f->addr;
		break;
	case HPROF_BY_MODULE:
		k.module = hp_view_module_group(v, f->module);
		k.func = f->module == HP_NONE && !f->has_addr ? func : HP_NONE;
		k.inlined = false;
		return k;
	}
	if (nameless) {
		k.module = f->module;
		if (!hp_view_is_special(v, f))
			k.addr = f->addr;
	}
	return k;
}

static bool same_key(const void *ctx, uint32_t row, const void *key)
{
	const struct table_maker *m = ctx;
	const struct key a = key_of(m->v, &m->v->frames[m->t.row[row].frame]), *b = key;

	return a.func == b->func && a.file == b->file && a.line == b->line &&
	       a.module == b->module && a.addr == b->addr && a.inlined == b->inlined;
}

/* --- what a row is --- */

static const struct hp_vframe *frame_of(const struct hprof_view *v, const struct hp_table_row *row)
{
	return &v->frames[row->frame];
}

struct hp_slice hp_row_label(const struct hprof_view *v, const struct hp_table_row *row,
			     struct hp_label *buf)
{
	const struct hp_vframe *f = frame_of(v, row);

	if (v->opts.granularity == HPROF_BY_FILE) {
		if (f->file.i)
			return hp_view_str(v, f->file);
		if (f->module != HP_NONE || f->func == HP_NONE)
			return hp_view_module_name(v, hp_view_module_group(v, f->module));
	}
	if (v->opts.granularity == HPROF_BY_MODULE) {
		if (f->module != HP_NONE)
			return hp_view_str(v, v->modules[hp_view_module_group(v, f->module)].path);
		if (f->has_addr)
			return hp_view_module_name(v, HP_NONE);
	}
	return hp_view_label(v, f, buf);
}

struct hp_slice hp_row_file(const struct hprof_view *v, const struct hp_table_row *row)
{
	return row->one_file ? hp_view_str(v, frame_of(v, row)->file) : (struct hp_slice){"", 0};
}

struct hp_slice hp_row_name(const struct hprof_view *v, const struct hp_table_row *row,
			    struct hp_label *buf)
{
	const struct hp_vframe *f = frame_of(v, row);
	const struct hp_vfunc *func = f->func == HP_NONE ? NULL : &v->funcs[f->func];

	if (!func || !func->scope.i || hp_view_merges_calls(v) ||
	    (func->file.i && !hp_row_file(v, row).len) ||
	    (func->in_module && (hp_row_module(v, row) == HP_NONE ||
				 (func->module != HP_NONE && v->modules[func->module].has_others))))
		return hp_row_label(v, row, buf);
	return hp_view_str(v, func->bare);
}

static bool by_line(const struct hprof_view *v)
{
	return v->opts.granularity == HPROF_BY_LINE || v->opts.granularity == HPROF_BY_ADDRESS;
}

uint32_t hp_row_line(const struct hprof_view *v, const struct hp_table_row *row)
{
	return by_line(v) ? frame_of(v, row)->line : 0;
}

uint32_t hp_row_module(const struct hprof_view *v, const struct hp_table_row *row)
{
	uint32_t own = frame_of(v, row)->module;
	bool is_place =
		v->opts.granularity == HPROF_BY_ADDRESS || frame_of(v, row)->func == HP_NONE;

	if (!row->one_module)
		return HP_NONE;
	return is_place && v->opts.granularity != HPROF_BY_MODULE ? own
								  : hp_view_module_group(v, own);
}

bool hp_row_addr(const struct hprof_view *v, const struct hp_table_row *row, uint64_t *addr)
{
	*addr = frame_of(v, row)->addr;
	return v->opts.granularity == HPROF_BY_ADDRESS && frame_of(v, row)->has_addr;
}

bool hp_row_inlined(const struct hprof_view *v, const struct hp_table_row *row)
{
	return key_of(v, frame_of(v, row)).inlined;
}

/* --- making the rows --- */

/* Rows for all frames; each notes whether its frames agree in file and module. */
static int make_rows(struct table_maker *m, struct hprof_error *err)
{
	const struct hprof_view *v = m->v;
	struct hp_table *t = &m->t;

	hp_index_expect(&m->index, v->n_frames);
	HP_COLUMN_EXPECT(t->row, v->n_frames, m->cap);
	for (uint32_t i = 0; i < v->n_frames; i++) {
		const struct hp_vframe *f = &v->frames[i];
		struct key k = key_of(v, f);
		uint32_t tag = hp_hash_pair(v->seed, (uint64_t)k.func << 32 | k.file,
					    ((uint64_t)k.line << 32 | k.module) ^
						    k.addr * 0x9e3779b97f4a7c15u ^ k.inlined);
		uint32_t row = hp_index_find(&m->index, tag, same_key, m, &k);

		if (row == UINT32_MAX) {
			if (!HP_COLUMN_ROOM(t->row, t->n, m->cap) ||
			    !hp_index_add(&m->index, tag, t->n))
				return hp_fail_nomem(err);
			row = t->n++;
			t->row[row] = (struct hp_table_row){
				.frame = i, .one_file = true, .one_module = true};
		}
		t->row[row].one_file &= frame_of(v, &t->row[row])->file.i == f->file.i;
		t->row[row].one_module &=
			hp_view_module_group(v, frame_of(v, &t->row[row])->module) ==
			hp_view_module_group(v, f->module);
		m->row_of_frame[i] = row;
	}
	hp_index_release(&m->index);
	return HPROF_OK;
}

static void sum_below(struct table_maker *m)
{
	const struct hp_tree *t = &m->v->tree;
	const double *own[4] = {m->type->value, m->type->variance,
				m->type->base ? m->type->now : NULL, m->type->base};

	for (size_t c = 0; c < HP_LEN(own); c++) {
		if (!own[c])
			continue;
		memcpy(m->below[c], own[c], t->n * sizeof(double));
		hp_tree_sum_below(t->parent, t->n, m->below[c], 1);
	}
}

static void add_flat(struct table_maker *m, struct hp_amount *to, uint32_t i)
{
	const struct hp_amount own = hp_vtype_amount(m->type, i);

	hp_amount_add(to, &own);
}

static void add_cum(struct table_maker *m, struct hp_amount *to, uint32_t i)
{
	to->delta += m->below[0][i];
	to->variance += m->below[1][i];
	to->current += m->type->base ? m->below[2][i] : m->below[0][i];
	to->base += m->type->base ? m->below[3][i] : 0;
}

/* Walk the tree in depth, counting each row only where it is entered from outside. */
static void walk(struct table_maker *m)
{
	const struct hp_tree *t = &m->v->tree;
	uint32_t at = 0, top = 0;

	for (; (at = hp_tree_next(&m->links, t->parent, at)) != HP_NONE; top = at) {
		uint32_t row = m->row_of_frame[t->frame[at]];

		for (; top != t->parent[at]; top = t->parent[top])
			m->active[m->row_of_frame[t->frame[top]]]--;
		add_flat(m, &m->t.row[row].flat, at);
		if (m->active[row]++ == 0)
			add_cum(m, &m->t.row[row].cum, at);
	}
}

/* A difference is as large as it is far from 0, unless jeprof's order was asked for. */
static double magnitude(const struct hprof_view *v, double value)
{
	return v->opts.jeprof_rows ? value : fabs(value);
}

/* The text that orders equal rows; those without a name are ordered by address below. */
static struct hp_slice order_text(const struct hprof_view *v, const struct hp_table_row *row)
{
	const struct hp_vframe *f = frame_of(v, row);
	struct hp_label none;

	if (f->func == HP_NONE && !hp_view_merges_calls(v))
		return hp_view_module_name(v, f->module);
	return hp_row_label(v, row, &none); /* has a name: nothing is written into the buffer */
}

static int by_place(const struct hprof_view *v, const struct hp_vframe *x,
		    const struct hp_vframe *y)
{
	int c = hp_slice_cmp(hp_view_str(v, x->file), hp_view_str(v, y->file));

	if (c == 0)
		c = (x->line > y->line) - (x->line < y->line);
	if (c == 0)
		c = (x->addr > y->addr) - (x->addr < y->addr);
	return c ? c : (x->inlined > y->inlined) - (x->inlined < y->inlined);
}

int hp_row_order(const struct hprof_view *v, const struct hp_table_row *x,
		 const struct hp_table_row *y)
{
	int c = hp_slice_cmp(order_text(v, x), order_text(v, y));

	return c ? c : by_place(v, frame_of(v, x), frame_of(v, y));
}

static int by_value(const void *a, const void *b, void *ctx)
{
	const struct hprof_view *v = ctx;
	const struct hp_table_row *x = a, *y = b;
	double dx = magnitude(v, v->opts.sort_cum ? x->cum.delta : x->flat.delta);
	double dy = magnitude(v, v->opts.sort_cum ? y->cum.delta : y->flat.delta);
	double ex = magnitude(v, v->opts.sort_cum ? x->flat.delta : x->cum.delta);
	double ey = magnitude(v, v->opts.sort_cum ? y->flat.delta : y->cum.delta);

	if (dx != dy)
		return dx > dy ? -1 : 1;
	if (ex != ey && !v->opts.jeprof_rows) /* jeprof goes on with the name */
		return ex > ey ? -1 : 1;
	return hp_row_order(v, x, y);
}

static int last_first(const void *a, const void *b, void *ctx)
{
	return by_value(b, a, ctx);
}

/*
 * Bring the @first rows of row[n] to the front, in no order.  Texts are long and ties are
 * many, so that sorting rows that nobody will see is most of the work.
 */
static void select_rows(const struct hprof_view *v, struct hp_table_row *row, size_t n,
			size_t first)
{
	void *ctx = (void *)(uintptr_t)v;

	for (size_t i = first / 2; i-- > 0;)
		hp_heap_down(row, first, sizeof(*row), i, last_first, ctx);
	for (size_t i = first; i < n; i++) {
		struct hp_table_row better = row[i];

		if (by_value(&better, &row[0], ctx) >= 0)
			continue;
		row[i] = row[0];
		row[0] = better;
		hp_heap_down(row, first, sizeof(*row), 0, last_first, ctx);
	}
}

static void finish(struct table_maker *m, size_t first, struct hp_table *out)
{
	struct hp_table *t = &m->t;
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct hp_table_row *row = &t->row[i];

		if (!hp_amount_is_nothing(&row->flat) || !hp_amount_is_nothing(&row->cum))
			t->row[n++] = *row;
	}
	t->n = n;
	if (!first || first > n)
		first = n;
	if (first < n)
		select_rows(m->v, t->row, n, first);
	if (first)
		qsort_r(t->row, first, sizeof(*t->row), by_value, (void *)(uintptr_t)m->v);
	*out = *t;
	*t = (struct hp_table){0};
}

/* The columns that the walk needs, once the number of rows is known. */
static int new_columns(struct table_maker *m, struct hprof_error *err)
{
	size_t nodes = m->v->tree.n, rows = (size_t)m->t.n + 1;
	bool base = m->type->base != NULL, ok;

	m->active = calloc(rows, sizeof(*m->active));
	ok = m->active != NULL;
	for (size_t c = 0; c < (base ? 4 : 2); c++) {
		m->below[c] = calloc(nodes, sizeof(double));
		ok = ok && m->below[c];
	}
	return ok ? hp_tree_children(m->v->tree.parent, m->v->tree.n, NULL, &m->links, err)
		  : hp_fail_nomem(err);
}

int hp_table_init(const struct hprof_view *v, uint32_t type, size_t first, struct hp_table *out,
		  struct hprof_error *err)
{
	struct table_maker m = {.v = v, .type = &v->types[type]};
	int r;

	m.row_of_frame = calloc((size_t)v->n_frames + 1, sizeof(*m.row_of_frame));
	r = m.row_of_frame ? make_rows(&m, err) : hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = new_columns(&m, err);
	if (r == HPROF_OK) {
		sum_below(&m);
		walk(&m);
		finish(&m, first, out);
	}
	hp_table_release(&m.t);
	hp_index_release(&m.index);
	free(m.row_of_frame);
	hp_tree_links_release(&m.links);
	for (size_t c = 0; c < HP_LEN(m.below); c++)
		free(m.below[c]);
	free(m.active);
	return r;
}

int hp_rows_new(const struct hprof_view *v, struct hp_table_row **row, uint32_t *n,
		uint32_t **row_of_frame, struct hprof_error *err)
{
	struct table_maker m = {.v = v};
	int r;

	m.row_of_frame = calloc((size_t)v->n_frames + 1, sizeof(*m.row_of_frame));
	r = m.row_of_frame ? make_rows(&m, err) : hp_fail_nomem(err);
	hp_index_release(&m.index);
	if (r < 0) {
		free(m.row_of_frame);
		hp_table_release(&m.t);
		return r;
	}
	*row = m.t.row;
	*n = m.t.n;
	*row_of_frame = m.row_of_frame;
	return HPROF_OK;
}

void hp_table_release(struct hp_table *t)
{
	free(t->row);
	*t = (struct hp_table){0};
}
