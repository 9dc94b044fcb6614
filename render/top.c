/* top.c - the table of flat and cumulative values as text. */
#include <stdio.h>

#include "render/label.h"
#include "render/render.h"
#include "render/row_table.h"

enum { LINE_MAX_BYTES = 8 * HP_NUMBER_MAX };

/* The columns of @row, NULL for their titles, up to the name.  Returns @buf. */
static const char *line_of(const struct hp_row_table *rows, const struct hp_table_row *row,
			   char buf[LINE_MAX_BYTES])
{
	static const int widths[] = {
		[HP_ROW_VALUE] = 11, [HP_ROW_DELTA] = 11, [HP_ROW_PERCENT] = 7,
		[HP_ROW_ERROR] = 11, [HP_ROW_MARK] = 4,
	};
	char cell[HP_NUMBER_MAX + 1];
	int n = 0;

	for (size_t i = 0; i < rows->n_columns; i++) {
		const struct hp_row_column *c = &rows->column[i];

		n += snprintf(buf + n, (size_t)(LINE_MAX_BYTES - n), "%s%*s", i ? " " : "",
			      widths[c->unit] + !i,
			      row ? hp_row_table_cell(rows, c, row, cell) : c->title); /* fits */
	}
	(void)snprintf(buf + n, (size_t)(LINE_MAX_BYTES - n), "  %s", row ? "" : "name");
	return buf;
}

static void put_rows(struct hp_row_table *rows, struct hp_out *out)
{
	const struct hp_table_row *row;
	char line[LINE_MAX_BYTES];

	hp_put_bold(&rows->style, out, line_of(rows, NULL, line));
	while ((row = hp_row_table_next(rows))) {
		hp_out_str(out, line_of(rows, row, line));
		hp_label_put(out, rows->style.v, row);
		hp_out_char(out, '\n');
	}
}

static void put_rest(const struct hp_row_table *rows, struct hp_out *out)
{
	char rest[HP_ROW_REST_MAX];

	if (rows->n < rows->table->n)
		hp_out_fmt(out, "... %s%s%s\n", hp_row_table_rest(rows, rest),
			   rows->n < rows->n_all ? "; -n 0 shows all" : "",
			   rows->n < rows->n_all && rows->style.type->base ? " that changed" : "");
}

static int top_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err)
{
	const struct hp_style s = hp_style_plain(v, o, &v->types[v->chosen]);
	struct hp_table table;
	struct hp_row_table rows;
	int r = hp_table_init(v, v->chosen, o->rows, &table, err);

	if (r < 0)
		return r;
	rows = hp_row_table_of(&s, &table, o->rows);
	hp_put_total(&s, out);
	if (table.n == 0)
		hp_put_nothing(&s, out);
	else if (rows.n == 0)
		hp_out_str(out, "no difference\n");
	else
		put_rows(&rows, out);
	put_rest(&rows, out);
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_top = {
	{"top", "table of flat and cumulative values", true},
	top_draw,
};
