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
#include "render/row_table.h"

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

static void markdown_put_text(struct hp_out *out, const struct hp_slice *part, size_t n)
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

	markdown_put_text(
		out,
		(struct hp_slice[]){hp_slice_str(hp_label_address(address, v, row)),
				    hp_row_label(v, row, &label),
				    hp_slice_str(hp_label_place(place, sizeof(place), v, row))},
		3);
}

static void put_headings(const struct hp_row_table *rows, struct hp_out *out)
{
	for (size_t i = 0; i < rows->n_columns; i++)
		hp_out_fmt(out, "| %s ", rows->column[i].title);
	hp_out_str(out, "| name |\n");
	for (size_t i = 0; i < rows->n_columns; i++)
		hp_out_str(out, rows->column[i].unit == HP_ROW_MARK ? "| :-: " : "| ---: ");
	hp_out_str(out, "| :--- |\n");
}

static void put_rows(struct hp_row_table *rows, struct hp_out *out)
{
	const struct hp_table_row *row;
	char text[HP_NUMBER_MAX + 1];

	put_headings(rows, out);
	while ((row = hp_row_table_next(rows))) {
		for (size_t i = 0; i < rows->n_columns; i++) {
			const struct hp_row_column *c = &rows->column[i];
			const char *cell = hp_row_table_cell(rows, c, row, text);

			if (c->unit == HP_ROW_MARK && cell[0])
				cell = "yes"; /* a "*" begins something */
			hp_out_fmt(out, "| %s ", cell);
		}
		hp_out_str(out, "| ");
		put_name(out, rows->style.v, row);
		hp_out_str(out, " |\n");
	}
}

static int markdown_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			 struct hp_out *out, struct hprof_error *err)
{
	const struct hp_style s = hp_style_plain(v, o, &v->types[v->chosen]);
	struct hp_slice type = hp_view_str(v, s.type->name);
	char rest[HP_ROW_REST_MAX];
	struct hp_table table;
	struct hp_row_table rows;
	int r = hp_table_init(v, v->chosen, o->rows, &table, err);

	if (r < 0)
		return r;
	rows = hp_row_table_of(&s, &table, o->rows);
	markdown_put_text(out, &type, 1);
	hp_out_str(out, ": ");
	hp_put_total_value(&s, out);
	hp_out_char(out, '\n');
	if (table.n == 0)
		hp_put_nothing(&s, out);
	else if (rows.n == 0)
		hp_out_str(out, "no difference\n");
	else
		put_rows(&rows, out);
	if (rows.n < table.n)
		hp_out_fmt(out, "\n%s.\n", hp_row_table_rest(&rows, rest));
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_markdown = {
	{"markdown", "the largest rows of top as a Markdown table", true},
	markdown_draw,
};
