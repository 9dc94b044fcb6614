/*
 * collapsed.c - one line per stack, "root;...;leaf VALUE", as flamegraph.pl reads it, or with the
 * values before and after in place of their difference.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/utf8.h"
#include "analyzer/ops/apportion.h"
#include "render/render.h"

enum { MAX_COLUMNS = 2 };

struct line {
	struct hp_slice text;
	double value[MAX_COLUMNS];
};

struct column {
	const double *value; /* per node of the tree */
	double total;
};

struct collapsed_writer {
	const struct hprof_view *v;
	const struct column *column; /* [n_columns] */
	size_t n_columns;
	struct hp_arena mem;
	struct hp_slice *label; /* [n_frames] cleaned, NULL until needed */
	uint32_t *path;         /* [depth] frames of the node at hand */
	struct line *line;
	size_t n;
};

/*
 * Append @s at @to, cleaned: ';' separates frames, a hostile character could end the line or steer
 * a terminal, and what is no UTF-8 would break a picture.  Three bytes at most become of one.
 */
static char *append(char *to, struct hp_slice s)
{
	while (s.len) {
		size_t n = hp_utf8_len(s);

		if (n == 0) {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			n = 1;
		} else if (hp_utf8_is_hostile(s, n)) {
			*to++ = ' ';
		} else if (n == 1) {
			*to++ = s.ptr[0] == ';' ? ':' : s.ptr[0];
		} else {
			memcpy(to, s.ptr, n);
			to += n;
		}
		s = hp_slice_from(s, n);
	}
	return to;
}

static int make_label(struct collapsed_writer *f, uint32_t frame, struct hprof_error *err)
{
	const struct hprof_view *v = f->v;
	const struct hp_vframe *at = &v->frames[frame];
	struct hp_label label;
	struct hp_slice name = hp_view_label(v, at, &label), file = {"", 0};
	char line[16] = "", addr[24] = "", *text, *end;

	if (v->opts.granularity == HPROF_BY_MODULE && at->module != HP_NONE)
		name = hp_view_module_name(v, v->modules[at->module].group);
	if (v->opts.granularity == HPROF_BY_FILE && at->file.i)
		name = hp_view_str(v, at->file);
	if (v->opts.granularity == HPROF_BY_LINE || v->opts.granularity == HPROF_BY_ADDRESS)
		file = hp_view_str(v, at->file);
	if (file.len && at->line)
		(void)snprintf(line, sizeof(line), ":%" PRIu32, at->line); /* fits */
	if (v->opts.granularity == HPROF_BY_ADDRESS && hp_view_hides_addr(v, at))
		(void)snprintf(addr, sizeof(addr), "0x%" PRIx64 " ", at->addr); /* fits */
	text = hp_arena_text(&f->mem, 3 * (name.len + file.len) + sizeof(line) + sizeof(addr) + 1);
	if (!text)
		return hp_fail_nomem(err);
	end = append(append(text, hp_slice_str(addr)), name);
	if (file.len)
		end = append(append(append(end, HP_LIT(" ")), file), hp_slice_str(line));
	f->label[frame] = (struct hp_slice){text, (size_t)(end - text)};
	return HPROF_OK;
}

static int fold(struct collapsed_writer *f, uint32_t node, struct hprof_error *err)
{
	const struct hp_tree *t = &f->v->tree;
	size_t depth = 0, len = 0, n = 0;
	char *text;

	for (uint32_t at = node; at != 0; at = t->parent[at]) {
		uint32_t frame = t->frame[at];

		if (!f->label[frame].ptr) {
			int r = make_label(f, frame, err);

			if (r < 0)
				return r;
		}
		f->path[depth++] = frame;
		len += f->label[frame].len + 1;
	}
	text = hp_arena_text(&f->mem, len);
	if (!text)
		return hp_fail_nomem(err);
	while (depth-- > 0) {
		struct hp_slice label = f->label[f->path[depth]];

		memcpy(text + n, label.ptr, label.len);
		n += label.len;
		text[n++] = ';';
	}
	f->line[f->n].text = (struct hp_slice){text, n - 1};
	for (size_t c = 0; c < f->n_columns; c++)
		f->line[f->n].value[c] = f->column[c].value[node];
	f->n++;
	return HPROF_OK;
}

static int by_text(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return hp_slice_cmp(x->text, y->text);
}

/* Stacks that read the same become one line. */
static void merge(struct collapsed_writer *f)
{
	size_t n = 0;

	qsort(f->line, f->n, sizeof(*f->line), by_text);
	for (size_t i = 0; i < f->n; i++) {
		if (!n || !hp_slice_same(f->line[n - 1].text, f->line[i].text)) {
			f->line[n++] = f->line[i];
			continue;
		}
		for (size_t c = 0; c < f->n_columns; c++)
			f->line[n - 1].value[c] += f->line[i].value[c];
	}
	f->n = n;
}

/* Round the values of column @c so that they add up to the rounded total. */
static int round_column(struct collapsed_writer *f, size_t c, struct hprof_error *err)
{
	double *value = calloc(f->n ? f->n : 1, sizeof(*value));
	int r;

	if (!value)
		return hp_fail_nomem(err);
	for (size_t i = 0; i < f->n; i++)
		value[i] = f->line[i].value[c];
	r = hp_apportion(value, f->n, f->column[c].total, err);
	for (size_t i = 0; r == HPROF_OK && i < f->n; i++)
		f->line[i].value[c] = value[i];
	free(value);
	return r;
}

static bool is_nothing(const struct collapsed_writer *f, const double *value)
{
	for (size_t c = 0; c < f->n_columns; c++)
		if (value[c] != 0)
			return false;
	return true;
}

static void put_lines(const struct collapsed_writer *f, struct hp_out *out)
{
	for (size_t i = 0; i < f->n; i++) {
		if (is_nothing(f, f->line[i].value))
			continue;
		hp_out_put(out, f->line[i].text);
		for (size_t c = 0; c < f->n_columns; c++) {
			hp_out_char(out, ' ');
			hp_out_integer(out, f->line[i].value[c]);
		}
		hp_out_char(out, '\n');
	}
}

static uint32_t max_depth(const struct hp_tree *t)
{
	uint32_t *depth = calloc(t->n, sizeof(*depth)), most = 0;

	if (!depth)
		return t->n;
	for (uint32_t i = 1; i < t->n; i++) {
		depth[i] = depth[t->parent[i]] + 1;
		if (depth[i] > most)
			most = depth[i];
	}
	free(depth);
	return most;
}

static bool has_value(const struct collapsed_writer *f, uint32_t node)
{
	for (size_t c = 0; c < f->n_columns; c++)
		if (f->column[c].value[node] != 0)
			return true;
	return false;
}

static int write_stacks(const struct hprof_view *v, const struct column *column, size_t n_columns,
			struct hp_out *out, struct hprof_error *err)
{
	struct collapsed_writer f = {.v = v, .column = column, .n_columns = n_columns};
	size_t stacks = 0;
	int r = HPROF_OK;

	for (uint32_t i = 1; i < v->tree.n; i++)
		stacks += has_value(&f, i);
	f.label = calloc(v->n_frames + 1, sizeof(*f.label));
	f.path = calloc((size_t)max_depth(&v->tree) + 1, sizeof(*f.path));
	f.line = calloc(stacks + 1, sizeof(*f.line));
	if (!f.label || !f.path || !f.line)
		r = hp_fail_nomem(err);
	for (uint32_t i = 1; r == HPROF_OK && i < v->tree.n; i++)
		if (has_value(&f, i))
			r = fold(&f, i, err);
	if (r == HPROF_OK)
		merge(&f);
	for (size_t c = 0; r == HPROF_OK && c < n_columns; c++)
		r = round_column(&f, c, err);
	if (r == HPROF_OK)
		put_lines(&f, out);
	free(f.label);
	free(f.path);
	free(f.line);
	hp_arena_release(&f.mem);
	return r;
}

static int collapsed_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			  struct hp_out *out, struct hprof_error *err)
{
	const struct hp_vtype *type = &v->types[v->chosen];
	const struct column column = {type->value, type->total.delta};

	(void)o;
	return write_stacks(v, &column, 1, out, err);
}

static int draw_both(const struct hprof_view *v, const struct hprof_render_opts *o,
		     struct hp_out *out, struct hprof_error *err)
{
	const struct hp_vtype *type = &v->types[v->chosen];
	const struct column column[] = {{type->base, type->total.base},
					{type->now, type->total.current}};

	(void)o;
	if (!type->base)
		return hp_fail(err, HPROF_EINVAL, "two values per stack need a base");
	return write_stacks(v, column, HP_LEN(column), out, err);
}

const struct hp_output hp_output_collapsed = {
	{"collapsed", "\"root;...;leaf VALUE\" lines for flamegraph.pl and its kin", true},
	collapsed_draw,
};

const struct hp_output hp_output_difffolded = {
	{"difffolded", "\"root;...;leaf BEFORE AFTER\" lines for differential flame graphs", true},
	draw_both,
};
