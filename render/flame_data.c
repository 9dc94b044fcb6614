/* flame_data.c - a flame graph as data, for the scripts of pictures and pages. */
#include "render/flame_data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/jsonw.h"
#include "analyzer/base/width.h"
#include "render/common.h"
#include "render/markup.h"

/* From so many bytes on it is packed. */
enum { PACKED_FROM = 200000, BASE64_LINE = 57 /* bytes that make 76 characters */ };

/* --- texts and values: each once --- */

struct texts {
	struct hp_flame_picture *p;
	struct hp_slice *text; /* [n] showable; [0] is "" */
	uint32_t *of_string;   /* [v->str.n] of strings of the view: 1 + index, 0 so far */
	uint32_t n, cap;
	struct hp_index index;
	struct hprof_error *err;
	int failed;
};

static bool same_text(const void *ctx, uint32_t row, const void *key)
{
	const struct texts *t = ctx;

	return hp_slice_same(t->text[row], *(const struct hp_slice *)key);
}

static uint32_t hash_text(uint64_t seed, struct hp_slice s)
{
	uint64_t h = seed;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
	return hp_hash_pair(seed, h, s.len);
}

/* Index of a showable text. */
static uint32_t add_text(struct texts *t, struct hp_slice s)
{
	uint32_t tag = hash_text(t->p->v->seed, s);
	uint32_t row = hp_index_find(&t->index, tag, same_text, t, &s);

	if (row != UINT32_MAX || t->failed)
		return t->failed ? 0 : row;
	if (!s.ptr || !HP_COLUMN_ROOM(t->text, t->n, t->cap) ||
	    !hp_index_add(&t->index, tag, t->n)) {
		t->failed = hp_fail_nomem(t->err);
		return 0;
	}
	t->text[t->n] = s;
	return t->n++;
}

static uint32_t add_string(struct texts *t, hp_strid id)
{
	if (!t->of_string[id.i])
		t->of_string[id.i] =
			1 + add_text(t, hp_showable(&t->p->mem, hp_view_str(t->p->v, id)));
	return t->of_string[id.i] - 1;
}

/* Values in ascending order, each once. */
struct values {
	double *value; /* [n]; 0 is one of them */
	size_t n;
};

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int values_new(const struct hp_flame_raw *raw, struct values *out, struct hprof_error *err)
{
	uint32_t columns = 0;
	size_t n = 1, unique = 0;
	double *all;

	for (uint32_t t = 0; t < raw->v->n_types; t++)
		columns += raw->values[t].base ? 3 : 1;
	all = calloc((size_t)raw->n * columns + 1, sizeof(*all));
	if (!all)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; t < raw->v->n_types; t++) {
		const struct hp_flame_values *v = &raw->values[t];
		const double *column[3] = {v->now, v->base, v->variance};

		for (size_t c = 0; c < HP_LEN(column); c++)
			for (uint32_t i = 0; column[c] && i < raw->n; i++)
				if (column[c][i] != 0)
					all[n++] = column[c][i];
	}
	qsort(all, n, sizeof(*all), by_value);
	for (size_t i = 0; i < n; i++)
		if (unique == 0 || all[unique - 1] != all[i])
			all[unique++] = all[i];
	*out = (struct values){all, unique};
	return HPROF_OK;
}

static size_t place_of(const struct values *v, double value)
{
	size_t low = 0, high = v->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (v->value[middle] <= value)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* --- writing --- */

struct writer {
	struct hp_flame_picture *p;
	const struct hp_flame_limits *limits;
	struct hp_jsonw w;
	struct texts texts;
	struct values values;
};

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

static bool is_named(const struct hprof_view *v, uint32_t type, const char *prefix,
		     const char *what)
{
	struct hp_slice name = hp_view_str(v, v->types[type].name);
	size_t n = strlen(prefix);

	return name.len == n + strlen(what) && memcmp(name.ptr, prefix, n) == 0 &&
	       memcmp(name.ptr + n, what, name.len - n) == 0;
}

/* The type that counts the objects of type @t: "x_objects" of "x_space"; HP_NONE if none. */
static uint32_t pair_of(const struct hprof_view *v, uint32_t t)
{
	struct hp_slice name = hp_view_str(v, v->types[t].name), space = HP_LIT("space");
	char prefix[64];

	if (!hp_slice_ends(name, space) || name.len - space.len >= sizeof(prefix))
		return HP_NONE;
	memcpy(prefix, name.ptr, name.len - space.len);
	prefix[name.len - space.len] = '\0';
	for (uint32_t i = 0; i < v->n_types; i++)
		if (is_named(v, i, prefix, "objects"))
			return i;
	return HP_NONE;
}

static void put_types(struct writer *w)
{
	const struct hprof_view *v = w->p->v;

	open_array(&w->w, "types");
	for (uint32_t t = 0; t < v->n_types; t++) {
		const struct hp_vtype *type = &v->types[t];
		uint32_t pair = pair_of(v, t);

		hp_jsonw_open(&w->w, '{');
		hp_jsonw_key(&w->w, "name");
		hp_jsonw_text(&w->w, hp_showable(&w->p->mem, hp_view_str(v, type->name)));
		hp_jsonw_key(&w->w, "unit");
		hp_jsonw_str(&w->w, hp_unit_name(type->unit));
		hp_jsonw_key(&w->w, "pair");
		hp_jsonw_real(&w->w, pair == HP_NONE ? -1.0 : (double)pair);
		hp_jsonw_key(&w->w, "total");
		hp_jsonw_real(&w->w, type->total_now);
		hp_jsonw_key(&w->w, "stderr");
		hp_jsonw_real(&w->w, sqrt(type->total_variance));
		if (type->base) {
			hp_jsonw_key(&w->w, "base_total");
			hp_jsonw_real(&w->w, type->total_base);
		}
		hp_jsonw_close(&w->w, '}');
	}
	hp_jsonw_close(&w->w, ']');
	hp_jsonw_key(&w->w, "type");
	hp_jsonw_uint(&w->w, w->p->type);
}

static void put_fact(struct writer *w, const char *label, struct hp_slice text)
{
	text = hp_showable(&w->p->mem, text);
	if (!text.len)
		return;
	hp_jsonw_open(&w->w, '[');
	hp_jsonw_str(&w->w, label);
	hp_jsonw_text(&w->w, text);
	hp_jsonw_close(&w->w, ']');
}

static void put_facts(struct writer *w)
{
	const struct hprof_profile *p = w->p->v->profiles[0];
	char buf[HP_FLAME_TEXT_MAX];

	open_array(&w->w, "facts");
	put_fact(w, "file", hp_slice_basename(hp_profile_str(p, p->input)));
	put_fact(w, "writer", hp_profile_str(p, p->writer));
	put_fact(w, "profile", hp_slice_str(hp_flame_facts(w->p, buf)));
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
	hp_jsonw_uint(&w->w, 1);
	hp_jsonw_key(&w->w, "title");
	hp_jsonw_text(&w->w, hp_flame_title(w->p));
	hp_jsonw_key(&w->w, "tool");
	(void)snprintf(tool, sizeof(tool), "hprof %s", hprof_version());
	hp_jsonw_str(&w->w, tool);
	put_facts(w);
	put_types(w);
	hp_jsonw_key(&w->w, "diff");
	hp_jsonw_bool(&w->w, v->n_bases > 0);
	hp_jsonw_key(&w->w, "widths");
	hp_jsonw_str(&w->w, widths_name(w->p->o->picture.widths));
	hp_jsonw_key(&w->w, "sampled");
	hp_jsonw_bool(&w->w, v->types[w->p->type].total_variance > 0);
	hp_jsonw_key(&w->w, "runs");
	hp_jsonw_bool(&w->w, w->p->raw.runs);
	put_layout(w);
	put_colors(&w->w);
}

static void put_rows(struct writer *w)
{
	const struct hp_flame_picture *p = w->p;

	hp_jsonw_key(&w->w, "rows");
	hp_jsonw_open(&w->w, '{');
	open_array(&w->w, "name");
	for (uint32_t i = 0; i < p->raw.n_rows; i++)
		hp_jsonw_uint(&w->w, add_text(&w->texts, p->name[i]));
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
		open_array(&w->w, names[f]);
		for (uint32_t i = 0; i < w->p->raw.n_vars; i++)
			hp_jsonw_uint(&w->w, field_of(w, &w->p->raw.var[i], f));
		hp_jsonw_close(&w->w, ']');
	}
	hp_jsonw_close(&w->w, '}');
}

static void put_texts(struct writer *w)
{
	open_array(&w->w, "str");
	for (uint32_t i = 0; i < w->texts.n; i++)
		hp_jsonw_text(&w->w, w->texts.text[i]);
	hp_jsonw_close(&w->w, ']');
}

static int put_tree(struct writer *w, struct hprof_error *err)
{
	const struct hp_flame_raw *raw = &w->p->raw;
	uint32_t *depth = calloc(raw->n, sizeof(*depth));

	if (!depth)
		return hp_fail_nomem(err);
	open_array(&w->w, "d");
	for (uint32_t i = 0; i < raw->n; i++) {
		depth[i] = i ? depth[raw->parent[i]] + 1 : 0;
		hp_jsonw_uint(&w->w, depth[i]);
	}
	hp_jsonw_close(&w->w, ']');
	free(depth);
	open_array(&w->w, "n");
	for (uint32_t i = 0; i < raw->n; i++)
		hp_jsonw_uint(&w->w, raw->var_of[i]);
	hp_jsonw_close(&w->w, ']');
	return HPROF_OK;
}

enum column { COLUMN_NOW, COLUMN_BASE, COLUMN_VARIANCE };

static const double *column_of(const struct hp_flame_values *v, enum column column)
{
	return column == COLUMN_NOW ? v->now : column == COLUMN_BASE ? v->base : v->variance;
}

static void put_columns(struct writer *w, const char *key, enum column column)
{
	const struct hp_flame_raw *raw = &w->p->raw;

	open_array(&w->w, key);
	for (uint32_t t = 0; t < raw->v->n_types; t++) {
		const double *from = column_of(&raw->values[t], column);

		hp_jsonw_open(&w->w, '[');
		for (uint32_t i = 0; i < raw->n; i++)
			hp_jsonw_uint(&w->w, place_of(&w->values, from[i]));
		hp_jsonw_close(&w->w, ']');
	}
	hp_jsonw_close(&w->w, ']');
}

static void put_values(struct writer *w)
{
	open_array(&w->w, "val");
	for (size_t i = 0; i < w->values.n; i++)
		hp_jsonw_real(&w->w, w->values.value[i]);
	hp_jsonw_close(&w->w, ']');
	put_columns(w, "s", COLUMN_NOW);
	if (!w->p->v->n_bases)
		return;
	put_columns(w, "b", COLUMN_BASE);
	put_columns(w, "e", COLUMN_VARIANCE);
}

static int put_json(struct writer *w, struct hprof_error *err)
{
	const struct hprof_view *v = w->p->v;
	int r = values_new(&w->p->raw, &w->values, err);

	w->texts.of_string = calloc(v->str.n, sizeof(*w->texts.of_string));
	if (!w->texts.of_string)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK) {
		(void)add_text(&w->texts, HP_LIT(""));
		hp_jsonw_open(&w->w, '{');
		put_head(w);
		put_rows(w);
		put_vars(w);
		put_texts(w);
		r = put_tree(w, err);
	}
	if (r == HPROF_OK) {
		put_values(w);
		hp_jsonw_close(&w->w, '}');
		r = w->texts.failed;
	}
	free(w->texts.of_string);
	free(w->texts.text);
	hp_index_release(&w->texts.index);
	free(w->values.value);
	return r;
}

/* --- packing --- */

/* What was written, whole. */
struct memory {
	char *bytes;
	size_t n, cap;
};

static int keep(void *ctx, const void *bytes, size_t len)
{
	struct memory *m = ctx;

	if (len > m->cap - m->n) {
		size_t cap = m->cap + m->cap / 2 + len;
		char *grown = realloc(m->bytes, cap);

		if (!grown)
			return ENOMEM;
		m->bytes = grown;
		m->cap = cap;
	}
	memcpy(m->bytes + m->n, bytes, len);
	m->n += len;
	return 0;
}

/* RFC 4648, section 4. */
static void put_base64(struct hp_out *out, const unsigned char *b, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)b[i] << 16;

		if (left > 1)
			v |= (uint32_t)b[i + 1] << 8;
		if (left > 2)
			v |= b[i + 2];
		if (i && i % BASE64_LINE == 0)
			hp_out_char(out, '\n');
		hp_out_char(out, digits[v >> 18]);
		hp_out_char(out, digits[v >> 12 & 63]);
		hp_out_char(out, left > 1 ? digits[v >> 6 & 63] : '=');
		hp_out_char(out, left > 2 ? digits[v & 63] : '=');
	}
	hp_out_char(out, '\n');
}

static int put_packed(struct hp_out *out, const struct memory *m, struct hprof_error *err)
{
	uLongf n = compressBound(m->n);
	unsigned char *packed = malloc(n);
	int r = packed ? compress2(packed, &n, (const Bytef *)m->bytes, m->n, 6) : Z_MEM_ERROR;

	if (r == Z_OK)
		put_base64(out, packed, n);
	free(packed);
	return r == Z_OK ? HPROF_OK : hp_fail_nomem(err); /* nothing else can happen */
}

int hp_flame_put_data(struct hp_flame_picture *p, const struct hp_flame_limits *limits,
		      struct hp_out *out, struct hprof_error *err)
{
	struct memory m = {NULL, 0, 0};
	struct hp_out text;
	struct writer w = {.p = p, .limits = limits, .texts = {.p = p, .err = err}};
	int r;

	hp_out_init(&text, keep, &m);
	hp_jsonw_init(&w.w, &text);
	w.w.markup = true;
	r = put_json(&w, err);
	if (r == HPROF_OK && hp_out_close(&text, NULL) < 0)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK && (p->o->picture.no_compress || m.n < PACKED_FROM))
		hp_out_put(out, (struct hp_slice){m.bytes, m.n});
	else if (r == HPROF_OK)
		r = put_packed(out, &m, err);
	free(m.bytes);
	return r;
}
