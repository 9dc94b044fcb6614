/* flame_data.c - a flame graph as data, for the scripts of pictures and pages. */
#include "render/flame_data.h"

#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/jsonw.h"
#include "analyzer/base/width.h"
#include "render/columns.h"
#include "render/common.h"
#include "render/markup.h"
#include "render/metadata.h"

enum {
	PLANES_FROM = 16384,  /* calls, from which on lists are packed as bytes */
	PACKED_FROM = 200000, /* bytes, from which on all of it is packed */
	PACK_WELL = 8000000,  /* up to so many, well: a fourteenth less, in six times the time */
	LEVEL_WELL = 10,
	LEVEL_FAST = 7,
	LINE_BYTES = 80, /* that make a line of digits */
};

/* --- texts, each once --- */

struct texts {
	struct hp_flame_picture *p;
	struct hp_strtab shown; /* made showable; 0 is "" */
	uint32_t *of_string;    /* [v->str.n] of strings of the view: 1 + index, 0 so far */
	struct hprof_error *err;
	int failed; /* the first failure */
};

/* Index of a showable text. */
static uint32_t add_text(struct texts *t, struct hp_slice s)
{
	hp_strid id = {0};

	if (!t->failed && !s.ptr)
		t->failed = hp_fail_nomem(t->err);
	if (!t->failed)
		t->failed = hp_strtab_add(&t->shown, s, &id, t->err);
	return id.i;
}

static uint32_t add_string(struct texts *t, hp_strid id)
{
	if (!t->of_string[id.i])
		t->of_string[id.i] =
			1 + add_text(t, hp_showable(&t->p->mem, hp_view_str(t->p->v, id)));
	return t->of_string[id.i] - 1;
}

/* --- writing --- */

struct writer {
	struct hp_flame_picture *p;
	const struct hp_flame_limits *limits;
	struct hp_jsonw w;
	struct texts texts;
	uint32_t *types; /* [n_types] of the view, that are told */
	uint32_t n_types;
	struct hp_columns columns;
	struct hp_planes planes;
};

/* @s as people can see it; without memory for it the output fails. */
static struct hp_slice showable(struct writer *w, struct hp_slice s)
{
	struct hp_slice shown = hp_showable(&w->p->mem, s);

	if (s.len && !shown.ptr && !w->texts.failed)
		w->texts.failed = hp_fail_nomem(w->texts.err);
	return shown;
}

static void open_array(struct hp_jsonw *w, const char *key)
{
	hp_jsonw_key(w, key);
	hp_jsonw_open(w, '[');
}

static void put_color(struct hp_jsonw *w, struct hp_color c)
{
	char text[16];

	hp_jsonw_open(w, '[');
	(void)snprintf(text, sizeof(text), "#%06x", (unsigned)c.light); /* fits */
	hp_jsonw_str(w, text);
	(void)snprintf(text, sizeof(text), "#%06x", (unsigned)c.dark); /* fits */
	hp_jsonw_str(w, text);
	hp_jsonw_close(w, ']');
}

static void put_named_color(struct hp_jsonw *w, const char *key, struct hp_color c)
{
	hp_jsonw_key(w, key);
	put_color(w, c);
}

static void put_colors(struct hp_jsonw *w)
{
	put_named_color(w, "ink", hp_color_text);
	put_named_color(w, "faint", hp_color_faint);
	put_named_color(w, "paper", hp_color_paper);
	put_named_color(w, "others", hp_color_others);
	put_named_color(w, "old", hp_color_old);
	put_named_color(w, "new", hp_color_new);
	open_array(w, "pal");
	for (unsigned i = 0; i < HP_COLORS; i++)
		put_color(w, hp_color(i));
	hp_jsonw_close(w, ']');
	open_array(w, "diffpal");
	for (unsigned i = 0; i < HP_CHANGES; i++)
		put_color(w, hp_color_change(i));
	hp_jsonw_close(w, ']');
}

/* Whether type @t counts the objects of a type before it. */
static bool is_pair(const struct hprof_view *v, uint32_t t)
{
	for (uint32_t i = 0; i < v->n_types; i++)
		if (hp_view_objects_of(v, i) == t)
			return true;
	return false;
}

static void add_type(struct writer *w, uint32_t t)
{
	uint32_t pair = hp_view_objects_of(w->p->v, t);

	w->types[w->n_types++] = t;
	if (pair != HP_NONE)
		w->types[w->n_types++] = pair;
}

/* The types that are told: all, each followed by its objects, or the one that is drawn. */
static int choose_types(struct writer *w, struct hprof_error *err)
{
	const struct hprof_view *v = w->p->v;

	w->types = calloc(2 * (size_t)v->n_types + 2, sizeof(*w->types));
	if (!w->types)
		return hp_fail_nomem(err);
	if (!w->limits->all_types)
		add_type(w, w->p->type);
	for (uint32_t t = 0; w->limits->all_types && t < v->n_types; t++)
		if (!is_pair(v, t))
			add_type(w, t);
	return HPROF_OK;
}

static uint32_t place_of(const struct writer *w, uint32_t type)
{
	for (uint32_t i = 0; i < w->n_types; i++)
		if (w->types[i] == type)
			return i;
	return HP_NONE;
}

static void put_types(struct writer *w)
{
	const struct hprof_view *v = w->p->v;

	open_array(&w->w, "types");
	for (uint32_t i = 0; i < w->n_types; i++) {
		const struct hp_vtype *type = &v->types[w->types[i]];
		uint32_t pair = hp_view_objects_of(v, w->types[i]);

		hp_jsonw_open(&w->w, '{');
		hp_jsonw_key(&w->w, "name");
		hp_jsonw_text(&w->w, showable(w, hp_view_str(v, type->name)));
		hp_jsonw_key(&w->w, "unit");
		hp_jsonw_str(&w->w, hp_unit_name(type->unit));
		hp_jsonw_key(&w->w, "pair");
		hp_jsonw_real(&w->w, pair == HP_NONE ? -1.0 : (double)place_of(w, pair));
		hp_jsonw_key(&w->w, "total");
		hp_jsonw_real(&w->w, type->total.current);
		if (type->has_error) {
			hp_jsonw_key(&w->w, "stderr");
			hp_jsonw_real(&w->w, sqrt(type->total.variance));
		}
		if (type->base) {
			hp_jsonw_key(&w->w, "base_total");
			hp_jsonw_real(&w->w, type->total.base);
		}
		hp_jsonw_close(&w->w, '}');
	}
	hp_jsonw_close(&w->w, ']');
	hp_jsonw_key(&w->w, "type");
	hp_jsonw_uint(&w->w, place_of(w, w->p->type));
}

static void put_fact(struct writer *w, const char *label, struct hp_slice text)
{
	text = showable(w, text);
	if (!text.len)
		return;
	hp_jsonw_open(&w->w, '[');
	hp_jsonw_str(&w->w, label);
	hp_jsonw_text(&w->w, text);
	hp_jsonw_close(&w->w, ']');
}

static void put_facts(struct writer *w)
{
	const struct hprof_view *v = w->p->v;
	size_t n = v->n_profiles + v->n_bases;
	char buf[HP_FLAME_TEXT_MAX];

	open_array(&w->w, "facts");
	for (size_t i = 0; i < n; i++)
		put_fact(w, i < v->n_profiles ? "file" : "base", hp_input_label(v, i));
	for (size_t i = 0; i < n; i++) {
		struct hp_slice writer = hp_profile_str(v->profiles[i], v->profiles[i]->writer);
		size_t first = 0;

		while (!hp_slice_same(
			hp_profile_str(v->profiles[first], v->profiles[first]->writer), writer))
			first++;
		if (first == i) /* each writer once */
			put_fact(w, "writer", writer);
	}
	put_fact(w, "profile", hp_slice_str(hp_flame_metadata(w->p, buf)));
	hp_jsonw_close(&w->w, ']');
}

static const char *widths_name(enum hprof_widths widths)
{
	static const char *const names[] = {
		[HPROF_WIDTHS_UNION] = "union",   [HPROF_WIDTHS_NEW] = "new",
		[HPROF_WIDTHS_OLD] = "old",       [HPROF_WIDTHS_SUM] = "sum",
		[HPROF_WIDTHS_GROWTH] = "growth", [HPROF_WIDTHS_SHRINK] = "shrink",
		[HPROF_WIDTHS_CHURN] = "churn",
	};

	return names[widths];
}

static void put_layout(struct writer *w)
{
	const struct hprof_picture_opts *o = &w->p->o->picture;

	hp_jsonw_key(&w->w, "layout");
	hp_jsonw_open(&w->w, '{');
	hp_jsonw_key(&w->w, "width");
	hp_jsonw_real(&w->w, w->limits->width);
	hp_jsonw_key(&w->w, "min");
	hp_jsonw_real(&w->w, w->p->min_width);
	hp_jsonw_key(&w->w, "max");
	hp_jsonw_uint(&w->w, w->limits->max_boxes);
	hp_jsonw_key(&w->w, "rows");
	hp_jsonw_uint(&w->w, w->limits->max_depth);
	hp_jsonw_key(&w->w, "row");
	hp_jsonw_real(&w->w, w->limits->row_height);
	hp_jsonw_key(&w->w, "top");
	hp_jsonw_real(&w->w, w->limits->top);
	hp_jsonw_key(&w->w, "flame");
	hp_jsonw_bool(&w->w, o->flame);
	hp_jsonw_key(&w->w, "order");
	hp_jsonw_str(&w->w, o->by_name ? "name" : "size");
	hp_jsonw_close(&w->w, '}');
}

static void put_head(struct writer *w)
{
	const struct hprof_view *v = w->p->v;
	char tool[64];

	hp_jsonw_key(&w->w, "v");
	hp_jsonw_uint(&w->w, 2);
	hp_jsonw_key(&w->w, "title");
	hp_jsonw_text(&w->w, w->p->title);
	hp_jsonw_key(&w->w, "tool");
	(void)snprintf(tool, sizeof(tool), "hprof %s", hprof_version());
	hp_jsonw_str(&w->w, tool);
	put_facts(w);
	put_types(w);
	hp_jsonw_key(&w->w, "diff");
	hp_jsonw_bool(&w->w, v->n_bases > 0);
	hp_jsonw_key(&w->w, "drop");
	hp_jsonw_bool(&w->w, v->n_bases > 0 && v->opts.drop_negative);
	hp_jsonw_key(&w->w, "widths");
	hp_jsonw_str(&w->w, widths_name(w->p->o->picture.widths));
	hp_jsonw_key(&w->w, "sampled");
	hp_jsonw_bool(&w->w, v->types[w->p->type].has_error);
	hp_jsonw_key(&w->w, "sure");
	hp_jsonw_real(&w->w, HP_SIGNIFICANT_ERRORS);
	hp_jsonw_key(&w->w, "runs");
	hp_jsonw_bool(&w->w, w->p->raw.runs);
	put_layout(w);
	put_colors(&w->w);
}

/* A list of which each number is the difference to the one before. */
struct steps {
	struct hp_jsonw *w;
	uint32_t last;
};

static void put_step(struct steps *s, uint32_t v)
{
	hp_jsonw_real(s->w, (double)v - (double)s->last);
	s->last = v;
}

static void put_rows(struct writer *w)
{
	const struct hp_flame_picture *p = w->p;
	struct steps s = {&w->w, 0};

	hp_jsonw_key(&w->w, "rows");
	hp_jsonw_open(&w->w, '{');
	open_array(&w->w, "name");
	for (uint32_t i = 0; i < p->raw.n_rows; i++)
		put_step(&s, add_text(&w->texts, p->name[i]));
	hp_jsonw_close(&w->w, ']');
	open_array(&w->w, "color");
	for (uint32_t i = 0; i < p->raw.n_rows; i++)
		hp_jsonw_uint(&w->w, p->color[i]);
	hp_jsonw_close(&w->w, ']');
	hp_jsonw_close(&w->w, '}');
}

enum var_field { VAR_ROW, VAR_FULL, VAR_FILE, VAR_MODULE, VAR_LINE, VAR_INLINED, VAR_FIELDS };

static uint32_t field_of(struct writer *w, const struct hp_flame_var *var, enum var_field field)
{
	switch (field) {
	case VAR_ROW:
		return var->row;
	case VAR_FULL:
		return add_string(&w->texts, var->full);
	case VAR_FILE:
		return add_string(&w->texts, var->file);
	case VAR_MODULE:
		return var->module == HP_NONE
			       ? 0
			       : add_string(&w->texts, w->p->v->modules[var->module].path);
	case VAR_LINE:
		return var->line;
	case VAR_INLINED:
		return var->inlined;
	case VAR_FIELDS:
		break;
	}
	return 0;
}

static void put_vars(struct writer *w)
{
	static const char *const names[VAR_FIELDS] = {"row", "full", "file", "mod", "line", "inl"};

	hp_jsonw_key(&w->w, "vars");
	hp_jsonw_open(&w->w, '{');
	for (enum var_field f = VAR_ROW; f < VAR_FIELDS; f++) {
		struct steps s = {&w->w, 0};

		open_array(&w->w, names[f]);
		for (uint32_t i = 0; i < w->p->raw.n_vars; i++)
			put_step(&s, field_of(w, &w->p->raw.var[i], f));
		hp_jsonw_close(&w->w, ']');
	}
	hp_jsonw_close(&w->w, '}');
}

static void put_texts(struct writer *w)
{
	open_array(&w->w, "str");
	for (uint32_t i = 0; i < w->texts.shown.n; i++)
		hp_jsonw_text(&w->w, hp_strtab_get(&w->texts.shown, (hp_strid){i}));
	hp_jsonw_close(&w->w, ']');
}

/*
 * Who calls whom, each pair once: callees by the variant of their caller, in the order in which
 * they are seen.  Functions call few others, so that the place among these is a small number.
 */
struct pairs {
	uint32_t *caller, *callee, *place; /* [n] */
	uint32_t n, cap[3];
	uint32_t *callees; /* [n_vars] so far */
	struct hp_index index;
};

static bool same_pair(const void *ctx, uint32_t row, const void *key)
{
	const struct pairs *p = ctx;
	const uint32_t *pair = key;

	return p->caller[row] == pair[0] && p->callee[row] == pair[1];
}

/* 1 + the place of @callee among those of @caller; 0, and it is added, when it is new. */
static int find_pair(struct pairs *p, uint64_t seed, uint32_t caller, uint32_t callee,
		     uint32_t *place, struct hprof_error *err)
{
	const uint32_t key[2] = {caller, callee};
	uint32_t tag = hp_hash_pair(seed, caller, callee);
	uint32_t row = hp_index_find(&p->index, tag, same_pair, p, key);

	*place = row == UINT32_MAX ? 0 : p->place[row];
	if (row != UINT32_MAX)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(p->caller, p->n, p->cap[0]) ||
	    !HP_COLUMN_ROOM(p->callee, p->n, p->cap[1]) ||
	    !HP_COLUMN_ROOM(p->place, p->n, p->cap[2]) || !hp_index_add(&p->index, tag, p->n))
		return hp_fail_nomem(err);
	p->caller[p->n] = caller;
	p->callee[p->n] = callee;
	p->place[p->n++] = ++p->callees[caller];
	return HPROF_OK;
}

/* Take a new list of @n numbers; NULL: no memory. */
static uint32_t *new_list(uint32_t n, int *r, struct hprof_error *err)
{
	uint32_t *list = calloc((size_t)n + 1, sizeof(*list));

	if (!list)
		*r = hp_fail_nomem(err);
	return list;
}

static int put_list(struct writer *w, const char *key, uint32_t *list, uint32_t n,
		    struct hprof_error *err)
{
	hp_jsonw_key(&w->w, key);
	return hp_planes_put(&w->planes, &w->w, list, n, err);
}

/* Who each node but the first is, and then the callees that the pairs are of. */
static int put_pairs(struct writer *w, struct hprof_error *err)
{
	const struct hp_flame_raw *raw = &w->p->raw;
	struct pairs p = {.callees = calloc(raw->n_vars, sizeof(*p.callees))};
	int r = p.callees ? HPROF_OK : hp_fail_nomem(err);
	uint32_t *place = new_list(raw->n, &r, err);

	for (uint32_t i = 1; r == HPROF_OK && i < raw->n; i++)
		r = find_pair(&p, raw->v->seed, raw->var_of[raw->parent[i]], raw->var_of[i],
			      &place[i - 1], err);
	if (r == HPROF_OK)
		r = put_list(w, "n", place, raw->n - 1, err);
	else
		free(place);
	if (r == HPROF_OK) {
		r = put_list(w, "calls", p.callee, p.n, err);
		p.callee = NULL; /* it is theirs now */
	}
	free(p.caller);
	free(p.callee);
	free(p.place);
	free(p.callees);
	hp_index_release(&p.index);
	return r;
}

/* The shape: how many levels end before each node but the first. */
static int put_tree(struct writer *w, struct hprof_error *err)
{
	const struct hp_flame_raw *raw = &w->p->raw;
	int r = HPROF_OK;
	uint32_t *depth = new_list(raw->n, &r, err), *ends = new_list(raw->n, &r, err);

	for (uint32_t i = 1; r == HPROF_OK && i < raw->n; i++) {
		depth[i] = depth[raw->parent[i]] + 1;
		ends[i - 1] = depth[i - 1] + 1 - depth[i];
	}
	free(depth);
	if (r == HPROF_OK)
		r = put_list(w, "d", ends, raw->n - 1, err);
	else
		free(ends);
	return r < 0 ? r : put_pairs(w, err);
}

/* The columns of the types that are told; those of a type and its objects go together. */
static int find_columns(struct writer *w, struct hprof_error *err)
{
	const struct hp_flame_raw *raw = &w->p->raw;
	struct hp_columns *c = &w->columns;

	c->n = raw->n;
	c->column = calloc(4 * (size_t)w->n_types + 1, sizeof(*c->column));
	if (!c->column)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < w->n_types; i++) {
		const struct hp_flame_values *v = &raw->values[w->types[i]];
		bool begins = i == 0 || hp_view_objects_of(w->p->v, w->types[i - 1]) != w->types[i];

		c->column[c->n_columns++] = (struct hp_column){v->now, 's', i, begins};
		if (!v->base)
			continue;
		c->column[c->n_columns++] = (struct hp_column){v->base, 'b', i, false};
		if (v->from)
			c->column[c->n_columns++] = (struct hp_column){v->from, 'f', i, false};
		if (w->p->v->types[w->types[i]].has_error)
			c->column[c->n_columns++] = (struct hp_column){v->variance, 'e', i, false};
	}
	return HPROF_OK;
}

static int put_values(struct writer *w, struct hprof_error *err)
{
	int r = find_columns(w, err);

	if (r < 0)
		return r;
	open_array(&w->w, "cols");
	r = hp_columns_put(&w->columns, w->p->v->seed, &w->w, &w->planes, err);
	hp_jsonw_close(&w->w, ']');
	return r;
}

static int put_json(struct writer *w, struct hprof_error *err)
{
	const struct hprof_view *v = w->p->v;
	int r = hp_strtab_init(&w->texts.shown, 0, err);

	if (r == HPROF_OK)
		r = choose_types(w, err);
	w->texts.of_string = calloc(v->str.n, sizeof(*w->texts.of_string));
	if (!w->texts.of_string)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK) {
		hp_jsonw_open(&w->w, '{');
		put_head(w);
		put_rows(w);
		put_vars(w);
		put_texts(w);
		r = put_tree(w, err);
	}
	if (r == HPROF_OK)
		r = put_values(w, err);
	if (r == HPROF_OK) {
		hp_jsonw_close(&w->w, '}');
		r = w->texts.failed;
	}
	free(w->texts.of_string);
	hp_strtab_release(&w->texts.shown);
	free(w->types);
	free(w->columns.column);
	return r;
}

/* --- packing --- */

/*
 * Four bytes as five digits to the base of 85, the highest first; of what is left at the end, n
 * bytes, n + 1 digits.  None of them means anything in XML or HTML.
 */
static void put_base85(struct hp_out *out, const unsigned char *b, size_t n)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"!#$%()*+-./:=?@[]^_{|}~";

	for (size_t i = 0; i < n; i += 4) {
		size_t left = n - i < 4 ? n - i : 4;
		char five[5];
		uint32_t v = 0;

		for (size_t k = 0; k < 4; k++)
			v = v << 8 | (k < left ? b[i + k] : 0);
		for (size_t k = 5; k-- > 0; v /= 85)
			five[k] = digits[v % 85];
		if (i && i % LINE_BYTES == 0)
			hp_out_char(out, '\n');
		hp_out_put(out, (struct hp_slice){five, left + 1});
	}
	hp_out_char(out, '\n');
}

static int put_packed(struct hp_out *out, const struct hp_memory *m, struct hprof_error *err)
{
	int level = m->n <= PACK_WELL ? LEVEL_WELL : LEVEL_FAST;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
	size_t bound = c ? libdeflate_zlib_compress_bound(c, m->n) : 0;
	unsigned char *packed = bound ? malloc(bound) : NULL;
	size_t n = packed ? libdeflate_zlib_compress(c, m->ptr, m->n, packed, bound) : 0;

	put_base85(out, packed, n);
	free(packed);
	libdeflate_free_compressor(c);
	return n ? HPROF_OK : hp_fail_nomem(err); /* nothing else can happen */
}

int hp_flame_put_data(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
		      struct hp_out *out, struct hprof_error *err)
{
	struct hp_memory m = {NULL, 0, 0};
	struct hp_out text;
	struct writer w = {.p = p, .limits = limits, .texts = {.p = p, .err = err}};
	int r;

	hp_out_init(&text, hp_memory_write, &m);
	hp_jsonw_init(&w.w, &text);
	w.w.markup = true;
	w.planes.on = !p->o->picture.no_compress && p->raw.n >= PLANES_FROM;
	r = put_json(&w, err);
	hp_planes_finish(&w.planes, &text);
	if (r == HPROF_OK && hp_out_close(&text, NULL) < 0)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK && !w.planes.on && (p->o->picture.no_compress || m.n < PACKED_FROM))
		hp_out_put(out, (struct hp_slice){m.ptr, m.n});
	else if (r == HPROF_OK)
		r = put_packed(out, &m, err);
	hp_planes_release(&w.planes);
	free(m.ptr);
	return r;
}
