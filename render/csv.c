/* csv.c - the table of flat and cumulative values as comma-separated values (RFC 4180). */
#include <inttypes.h>

#include "analyzer/ops/rounded.h"
#include "render/csv_escape.h"
#include "render/render.h"
#include "render/row_table.h"

static void put_place(struct hp_out *out, const struct hprof_view *v,
		      const struct hp_table_row *row)
{
	uint32_t line = hp_row_line(v, row), module = hp_row_module(v, row);
	struct hp_label label;
	uint64_t addr;

	hp_csv_put(out, hp_row_name(v, row, &label));
	hp_out_char(out, ',');
	if (hp_row_addr(v, row, &addr))
		hp_out_fmt(out, "0x%" PRIx64, addr);
	hp_out_char(out, ',');
	hp_csv_put(out, hp_row_file(v, row));
	hp_out_char(out, ',');
	if (line)
		hp_out_uint(out, line);
	hp_out_char(out, ',');
	hp_csv_put(out, module == HP_NONE ? (struct hp_slice){"", 0}
					  : hp_view_str(v, v->modules[module].path));
}

static void put_number(const struct hp_row_table *rows, const struct hp_row_column *c, double v,
		       struct hp_out *out)
{
	if (c->unit != HP_ROW_VALUE && !rows->style.type->has_error)
		return; /* the column is there in any case, so that all tables have the same */
	if (c->unit == HP_ROW_ERROR)
		hp_out_fmt(out, "%.15g", v);
	else
		hp_out_integer(out, v);
}

static void put_rows(struct hp_row_table *rows, struct hp_out *out)
{
	const struct hp_table_row *row;

	hp_out_str(out, "name,address,file,line,module");
	for (size_t i = 0; i < rows->n_columns; i++)
		hp_out_fmt(out, ",%s", rows->column[i].title);
	hp_out_str(out, "\r\n");
	while ((row = hp_row_table_next(rows))) {
		put_place(out, rows->style.v, row);
		for (size_t i = 0; i < rows->n_columns; i++) {
			hp_out_char(out, ',');
			put_number(rows, &rows->column[i],
				   hp_row_table_value(rows, &rows->column[i], row), out);
		}
		hp_out_str(out, "\r\n");
	}
}

static int csv_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		    struct hp_out *out, struct hprof_error *err)
{
	struct hprof_view rounded;
	struct hp_table table = {0};
	int r = hp_view_round(v, &rounded, err);

	if (r < 0)
		return r;
	r = hp_table_init(&rounded, v->chosen, o->rows, &table, err);
	if (r == HPROF_OK) {
		const struct hp_style s = hp_style_plain(&rounded, o, &rounded.types[v->chosen]);
		struct hp_row_table rows = hp_row_table_for_programs(&s, &table, o->rows);

		put_rows(&rows, out);
	}
	hp_table_release(&table);
	hp_view_round_release(&rounded);
	return r;
}

const struct hp_output hp_output_csv = {
	{"csv", "the table of top as comma-separated values", true},
	csv_draw,
};
