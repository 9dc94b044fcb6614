/*
 * markdown.c - the largest rows of the table as Markdown, to paste into a ticket.
 *
 * Names are code: nothing in them means anything, and "@name" calls nobody.  Those with a
 * character that tables of some dialect do not keep even in code are text, in which all that
 * could mean something is a character reference.
 */
#include "analyzer/base/utf8.h"
#include "render/label.h"
#include "render/render.h"
#include "render/total.h"

/* One text of a name; several of them stand side by side. */
static bool is_code(struct hp_slice s)
{
	return !memchr(s.ptr, '|', s.len) && !memchr(s.ptr, '`', s.len) &&
	       !memchr(s.ptr, '\\', s.len);
}

static void put_references(struct hp_out *out, struct hp_slice s)
{
	static const char special[] = "!\"#$&'()*+-.:<=>@[\\]^_`{|}~/";

	while (s.len) {
		size_t n = hp_utf8_len(s);

		if (n == 0 || hp_utf8_is_hostile(s, n)) {
			hp_out_fmt(out, "&#92;x%02x", (unsigned char)s.ptr[0]);
			n = 1;
		} else if (memchr(special, s.ptr[0], sizeof(special) - 1)) {
			hp_out_fmt(out, "&#%d;", s.ptr[0]);
		} else {
			hp_out_put(out, (struct hp_slice){s.ptr, n});
		}
		s = hp_slice_from(s, n);
	}
}

static void put_text(struct hp_out *out, const struct hp_slice *part, size_t n)
{
	bool code = true;

	for (size_t i = 0; i < n; i++)
		code = code && is_code(part[i]);
	if (code)
		hp_out_char(out, '`');
	for (size_t i = 0; i < n; i++)
		if (code)
			hp_out_safe(out, part[i]);
		else
			put_references(out, part[i]);
	if (code)
		hp_out_char(out, '`');
}

static void put_name(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row)
{
	char place[HP_PLACE_MAX], address[HP_ADDRESS_MAX];
	struct hp_label label;

	put_text(out,
		 (struct hp_slice[]){hp_slice_str(hp_label_address(address, v, row)),
				     hp_row_label(v, row, &label),
				     hp_slice_str(hp_label_place(place, sizeof(place), v, row))},
		 3);
}

static void put_rows(const struct hp_style *s, const struct hp_table *t, size_t n,
		     struct hp_out *out)
{
	double total = s->type->total, sum = 0;
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX], d[HP_NUMBER_MAX],
		e[HP_NUMBER_MAX];

	hp_out_str(out, "| flat | flat% | sum% | cum | cum% | name |\n"
			"| ---: | ---: | ---: | ---: | ---: | :--- |\n");
	for (size_t i = 0; i < n; i++) {
		const struct hp_table_row *row = &t->row[i];

		sum += row->value.flat;
		hp_out_fmt(out, "| %s | %s | %s | %s | %s | ",
			   hp_style_value(s, a, row->value.flat),
			   hp_format_percent(b, row->value.flat, total),
			   hp_format_percent(c, sum, total), hp_style_value(s, d, row->value.cum),
			   hp_format_percent(e, row->value.cum, total));
		put_name(out, s->v, row);
		hp_out_str(out, " |\n");
	}
}

static void put_differences(const struct hp_style *s, const struct hp_table *t, size_t n,
			    struct hp_out *out)
{
	char a[HP_NUMBER_MAX], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX + 1], d[HP_NUMBER_MAX + 1];

	hp_out_str(out, s->type->has_error ? "| before | after | delta | cum delta | sig | name |\n"
					     "| ---: | ---: | ---: | ---: | :-: | :--- |\n"
					   : "| before | after | delta | cum delta | name |\n"
					     "| ---: | ---: | ---: | ---: | :--- |\n");
	for (size_t i = 0; i < n; i++) {
		const struct hp_table_row *row = &t->row[i];

		hp_out_fmt(out, "| %s | %s | %s | %s | ",
			   hp_style_value(s, a, hp_table_base(t, row).flat),
			   hp_style_value(s, b, hp_table_now(t, row).flat),
			   hp_style_delta(s, c, row->value.flat),
			   hp_style_delta(s, d, row->value.cum));
		if (s->type->has_error)
			hp_out_fmt(out, "%s | ", hp_row_significant(s->type, row) ? "yes" : "");
		put_name(out, s->v, row);
		hp_out_str(out, " |\n");
	}
}

/* What the rows that are not there hold, so that the totals close. */
static void put_rest(const struct hp_style *s, const struct hp_table *t, size_t n,
		     struct hp_out *out)
{
	double rest = 0;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX];

	if (n == t->n)
		return;
	for (size_t i = n; i < t->n; i++)
		rest += t->row[i].value.flat;
	if (s->type->base)
		hp_out_fmt(out, "\n%zu more rows, delta %s.\n", t->n - n,
			   hp_style_delta(s, a, rest));
	else
		hp_out_fmt(out, "\n%zu more rows with %s flat (%s).\n", t->n - n,
			   hp_style_value(s, a, rest), hp_format_percent(b, rest, s->type->total));
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	struct hp_style s = {v, o, &v->types[v->chosen]};
	struct hp_slice type = hp_view_str(v, s.type->name);
	struct hp_table t;
	size_t n;
	int r = hp_table_init(v, v->chosen, 0, &t, err);

	if (r < 0)
		return r;
	n = s.type->base ? hp_table_changed(&t) : t.n;
	if (o->rows && o->rows < n)
		n = o->rows;
	put_text(out, &type, 1);
	hp_out_str(out, ": ");
	hp_put_total_value(&s, out);
	hp_out_char(out, '\n');
	if (t.n == 0)
		hp_put_nothing(&s, out);
	else if (n == 0)
		hp_out_str(out, "no difference\n");
	else if (s.type->base)
		put_differences(&s, &t, n, out);
	else
		put_rows(&s, &t, n, out);
	put_rest(&s, &t, n, out);
	hp_table_release(&t);
	return HPROF_OK;
}

const struct hp_output hp_output_markdown = {
	{"markdown", "the largest rows of top as a Markdown table", true},
	draw,
};
