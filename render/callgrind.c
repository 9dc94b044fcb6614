/*
 * callgrind.c - the format of callgrind_annotate and KCachegrind: a graph of functions, with
 * costs by source line.
 *
 * Every sample type is an event; a cost has no sign, so that of a difference, and of a type with
 * values below 0, there are two, what has grown and what has shrunk.  Both readers take the sum of
 * the calls into a function for all of its cost: a stack counts in the first call into a function
 * only, not again in recursion, and what begins a stack is called by "[root]".  A function is one
 * by name, file and module; its calls are counted by name alone, as everywhere.
 */
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/ops/rounded.h"
#include "analyzer/ops/table.h"
#include "render/common.h"
#include "render/metadata.h"
#include "render/render.h"
#include "render/words.h"

struct event {
	uint32_t type;
	double sign;
	bool half;           /* of a type that has two */
	double *own, *below; /* [tree.n] costs of the stacks that end in a node; that pass it */
};

struct function {
	uint32_t row;    /* of functions by name */
	hp_strid file;   /* "" when unknown */
	uint32_t module; /* HP_NONE outside all */
};

/* A line of costs: of a function itself, or of a call. */
struct cost {
	uint32_t from, line;
	uint32_t to;   /* HP_NONE: none is called */
	uint32_t node; /* whose values it is */
};

struct callgrind_writer {
	const struct hprof_view *v; /* rounded */
	struct event *event;        /* [n_events] */
	uint32_t n_events;
	struct hp_word *word; /* [v->n_types] names of the types */
	struct hp_strtab words;
	struct hp_table_row *row; /* [n_rows] functions by name */
	uint32_t n_rows;
	uint32_t *row_of_frame; /* [n_frames] */
	struct function *function;
	uint32_t n, cap;
	uint32_t *of_frame; /* [n_frames] rows of @function */
	struct hp_index index;
	bool *outermost; /* [tree.n] the first of its row on its path */
	struct cost *cost;
	uint32_t n_costs;
	double *sum;   /* [n_events] */
	bool *told[3]; /* which names were written before */
};

/* --- functions --- */

static bool same_function(const void *ctx, uint32_t row, const void *key)
{
	const struct callgrind_writer *m = ctx;
	const struct function *a = &m->function[row], *b = key;

	return a->row == b->row && a->file.i == b->file.i && a->module == b->module;
}

static int find_functions(struct callgrind_writer *m, struct hprof_error *err)
{
	const struct hprof_view *v = m->v;

	m->of_frame = calloc((size_t)v->n_frames + 1, sizeof(*m->of_frame));
	if (!m->of_frame)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->n_frames; i++) {
		const struct hp_vframe *frame = &v->frames[i];
		struct function f = {m->row_of_frame[i], frame->file,
				     hp_view_module_group(v, frame->module)};
		uint32_t tag = hp_hash_pair(v->seed, (uint64_t)f.row << 32 | f.file.i, f.module);
		uint32_t row = hp_index_find(&m->index, tag, same_function, m, &f);

		if (row == UINT32_MAX) {
			if (!HP_COLUMN_ROOM(m->function, m->n, m->cap) ||
			    !hp_index_add(&m->index, tag, m->n))
				return hp_fail_nomem(err);
			row = m->n++;
			m->function[row] = f;
		}
		m->of_frame[i] = row;
	}
	return HPROF_OK;
}

/* --- costs --- */

static int make_event(struct callgrind_writer *m, uint32_t type, double sign, bool half,
		      struct hprof_error *err)
{
	const struct hp_tree *t = &m->v->tree;
	const double *value = m->v->types[type].value;
	struct event *e = &m->event[m->n_events++];

	*e = (struct event){type, sign, half, calloc(t->n, sizeof(double)),
			    calloc(t->n, sizeof(double))};
	if (!e->own || !e->below)
		return hp_fail_nomem(err);
	for (uint32_t i = t->n; i-- > 0;) { /* beyond 2^53 the order of a sum shows in its digits */
		if (sign * value[i] > 0)
			e->own[i] = sign * value[i];
		e->below[i] += e->own[i];
		if (i)
			e->below[t->parent[i]] += e->below[i];
	}
	return HPROF_OK;
}

/* The chosen type first: readers sort by it. */
static int make_events(struct callgrind_writer *m, struct hprof_error *err)
{
	const struct hprof_view *v = m->v;
	int r = HPROF_OK;

	m->event = calloc(2 * (size_t)v->n_types, sizeof(*m->event));
	m->sum = calloc(2 * (size_t)v->n_types, sizeof(*m->sum));
	if (!m->event || !m->sum)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && i < v->n_types; i++) {
		uint32_t t = hp_type_in_order(v, i);
		bool halves = hp_type_signed(v, t);

		r = make_event(m, t, 1, halves, err);
		if (r == HPROF_OK && halves)
			r = make_event(m, t, -1, true, err);
	}
	return r;
}

/* How the two halves of a type are told apart. */
static const char *const plain_end[] = {""}, *const half_ends[] = {"_grown", "_shrunk"};

static const char *end_of(const struct event *e)
{
	return !e->half ? plain_end[0] : e->sign > 0 ? half_ends[0] : half_ends[1];
}

static int name_events(struct callgrind_writer *m, struct hprof_error *err)
{
	int r = hp_strtab_init(&m->words, 0, err);

	m->word = calloc(m->v->n_types, sizeof(*m->word));
	if (r == HPROF_OK && !m->word)
		r = hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && i < m->n_events; i++) {
		const struct event *e = &m->event[i];

		m->word[e->type] = (struct hp_word){
			.name = hp_view_str(m->v, m->v->types[e->type].name),
			.ends = e->half ? half_ends : plain_end,
			.n_ends = e->half ? HP_LEN(half_ends) : HP_LEN(plain_end),
		};
	}
	return r < 0 ? r : hp_words_find(m->word, m->v->n_types, NULL, 0, &m->words, err);
}

static bool is_nothing(const struct callgrind_writer *m, const struct cost *c)
{
	for (uint32_t i = 0; i < m->n_events; i++) {
		const struct event *e = &m->event[i];

		if ((c->to == HP_NONE ? e->own : e->below)[c->node] != 0)
			return false;
	}
	return true;
}

static void add_cost(struct callgrind_writer *m, struct cost c)
{
	if (!is_nothing(m, &c))
		m->cost[m->n_costs++] = c;
}

static int by_place(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if ((x->to == HP_NONE) != (y->to == HP_NONE)) /* costs of its own come first */
		return x->to == HP_NONE ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* "[root]" is function number m->n. */
static int find_costs(struct callgrind_writer *m, struct hprof_error *err)
{
	const struct hprof_view *v = m->v;
	const struct hp_tree *t = &v->tree;

	m->cost = calloc(2 * (size_t)t->n, sizeof(*m->cost));
	if (!m->cost)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < t->n; i++) {
		uint32_t frame = t->frame[i], caller = t->frame[t->parent[i]];

		add_cost(m, (struct cost){m->of_frame[frame], v->frames[frame].line, HP_NONE, i});
		if (!m->outermost[i])
			continue;
		if (t->parent[i] == 0)
			add_cost(m, (struct cost){m->n, 0, m->of_frame[frame], i});
		else
			add_cost(m, (struct cost){m->of_frame[caller], v->frames[caller].line,
						  m->of_frame[frame], i});
	}
	qsort(m->cost, m->n_costs, sizeof(*m->cost), by_place);
	return HPROF_OK;
}

/* --- writing --- */

enum kind { OBJECT, FILE_NAME, FUNCTION };

/* "KEY=(NUMBER) NAME", the name only where it is new. */
static void put_name(struct callgrind_writer *m, struct hp_out *out, const char *key,
		     enum kind kind, uint32_t number, struct hp_slice name)
{
	hp_out_str(out, key);
	hp_out_str(out, "=(");
	hp_out_uint(out, (uint64_t)number + 1);
	hp_out_char(out, ')');
	if (!m->told[kind][number]) {
		m->told[kind][number] = true;
		hp_out_char(out, ' ');
		if (!name.len || name.ptr[0] == ' ') /* which readers skip */
			hp_out_str(out, "\\x20");
		hp_out_safe(out, name);
	}
	hp_out_char(out, '\n');
}

static void put_function(struct callgrind_writer *m, struct hp_out *out, uint32_t number,
			 bool called)
{
	const struct hprof_view *v = m->v;
	struct function f = {HP_NONE, {0}, HP_NONE};
	struct hp_slice name = HP_LIT("[root]");
	uint32_t module = 0;
	struct hp_label label;

	if (number < m->n) {
		f = m->function[number];
		name = hp_row_label(v, &m->row[f.row], &label);
	}
	if (f.module != HP_NONE)
		module = f.module + 1;
	put_name(m, out, called ? "cob" : "ob", OBJECT, module,
		 module ? hp_view_str(v, v->modules[f.module].path) : HP_LIT("???"));
	put_name(m, out, called ? "cfi" : "fl", FILE_NAME, f.file.i,
		 f.file.i ? hp_view_str(v, f.file) : HP_LIT("???"));
	put_name(m, out, called ? "cfn" : "fn", FUNCTION, number, name);
}

/* The costs that begin at @first and are of one place: written; returns how many. */
static uint32_t put_costs(struct callgrind_writer *m, struct hp_out *out, uint32_t first)
{
	const struct cost *c = &m->cost[first];
	uint32_t n = 0;

	memset(m->sum, 0, m->n_events * sizeof(*m->sum));
	for (; first + n < m->n_costs && c[n].from == c->from && c[n].to == c->to &&
	       c[n].line == c->line;
	     n++)
		for (uint32_t i = 0; i < m->n_events; i++) {
			const struct event *e = &m->event[i];

			m->sum[i] += (c->to == HP_NONE ? e->own : e->below)[c[n].node];
		}
	if (c->to != HP_NONE) {
		put_function(m, out, c->to, true);
		hp_out_str(out, "calls=");
		hp_out_uint(out, n); /* stacks: calls are not known */
		hp_out_str(out, " 0\n");
	}
	hp_out_uint(out, c->line);
	for (uint32_t i = 0; i < m->n_events; i++) {
		hp_out_char(out, ' ');
		hp_out_integer(out, m->sum[i]);
	}
	hp_out_char(out, '\n');
	return n;
}

static void put_event_name(struct hp_out *out, const struct callgrind_writer *m,
			   const struct event *e)
{
	hp_out_put(out, hp_strtab_get(&m->words, m->word[e->type].word));
	hp_out_str(out, end_of(e));
}

static void put_totals(struct hp_out *out, const struct callgrind_writer *m, const char *key)
{
	hp_out_str(out, key);
	for (uint32_t i = 0; i < m->n_events; i++) {
		hp_out_char(out, ' ');
		hp_out_integer(out, m->event[i].below[0]);
	}
	hp_out_char(out, '\n');
}

static void put_head(struct hp_out *out, const struct callgrind_writer *m)
{
	char more[HP_MORE_MAX];

	hp_out_str(out, "# callgrind format\nversion: 1\ncreator: hprof " HPROF_VERSION "\ncmd: ");
	hp_out_safe(out, hp_slice_basename(hp_input_of(m->v, 0)));
	hp_out_str(out, hp_input_more(m->v, more));
	hp_out_str(out, "\npositions: line\nevents:");
	for (uint32_t i = 0; i < m->n_events; i++) {
		hp_out_char(out, ' ');
		put_event_name(out, m, &m->event[i]);
	}
	hp_out_char(out, '\n');
	put_totals(out, m, "summary:");
}

static void write_file(struct callgrind_writer *m, struct hp_out *out)
{
	put_head(out, m);
	for (uint32_t i = 0; i < m->n_costs;) {
		if (i == 0 || m->cost[i - 1].from != m->cost[i].from) {
			hp_out_char(out, '\n');
			put_function(m, out, m->cost[i].from, false);
		}
		i += put_costs(m, out, i);
	}
	hp_out_char(out, '\n');
	put_totals(out, m, "totals:");
}

static int callgrind_prepare(struct callgrind_writer *m, struct hprof_error *err)
{
	const size_t names[] = {(size_t)m->v->n_modules + 1, m->v->str.n, 0};
	int r = hp_rows_new(m->v, &m->row, &m->n_rows, &m->row_of_frame, err);

	if (r == HPROF_OK)
		r = find_functions(m, err);
	if (r == HPROF_OK)
		r = hp_tree_outermost(&m->v->tree, m->row_of_frame, m->n_rows, &m->outermost, err);
	if (r == HPROF_OK)
		r = make_events(m, err);
	if (r == HPROF_OK)
		r = name_events(m, err);
	if (r == HPROF_OK)
		r = find_costs(m, err);
	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(m->told); i++) {
		m->told[i] = calloc(names[i] ? names[i] : (size_t)m->n + 1, sizeof(bool));
		if (!m->told[i])
			r = hp_fail_nomem(err);
	}
	return r;
}

static void callgrind_release(struct callgrind_writer *m)
{
	for (uint32_t i = 0; i < m->n_events; i++) {
		free(m->event[i].own);
		free(m->event[i].below);
	}
	for (size_t i = 0; i < HP_LEN(m->told); i++)
		free(m->told[i]);
	free(m->event);
	free(m->word);
	hp_strtab_release(&m->words);
	free(m->sum);
	free(m->row);
	free(m->row_of_frame);
	free(m->function);
	free(m->of_frame);
	hp_index_release(&m->index);
	free(m->outermost);
	free(m->cost);
}

static int callgrind_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			  struct hp_out *out, struct hprof_error *err)
{
	struct hprof_view rounded;
	struct callgrind_writer m = {.v = &rounded};
	int r = hp_view_round(v, &rounded, err);

	(void)o;
	if (r < 0)
		return r;
	r = callgrind_prepare(&m, err);
	if (r == HPROF_OK)
		write_file(&m, out);
	callgrind_release(&m);
	hp_view_round_release(&rounded);
	return r;
}

const struct hp_output hp_output_callgrind = {
	{"callgrind", "a file of callgrind_annotate and KCachegrind, with all sample types", true},
	callgrind_draw,
};
