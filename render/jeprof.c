/* jeprof.c - the table in the shape and rounding of "jeprof --text". */
#include <math.h>

#include "analyzer/base/width.h"
#include "render/label.h"
#include "render/render.h"
#include "render/row_table.h"

/* Integers are cut towards 0, MB of 2^20 bytes have one decimal. */
static void put_value(struct hp_out *out, const struct hp_vtype *t,
		      const struct hprof_render_opts *o, int width, double v)
{
	if (t->unit == HP_UNIT_BYTES && o->unit != HPROF_UNIT_B)
		hp_out_fmt(out, "%*.1f", width, v / (1024 * 1024));
	else
		hp_out_fmt(out, "%*.0f", width, trunc(v) + 0.0);
}

static void put_percent(struct hp_out *out, double part, double whole)
{
	double v = whole != 0 ? 100 * part / whole : 0;

	hp_out_fmt(out, "%5.1f%%", v);
}

static void put_row(const struct hp_row_table *rows, const struct hp_table_row *row,
		    struct hp_out *out)
{
	const struct hp_style *s = &rows->style;

	for (size_t i = 0; i < rows->n_columns; i++) {
		const struct hp_row_column *c = &rows->column[i];

		if (c->unit == HP_ROW_PERCENT)
			put_percent(out, hp_row_table_value(rows, c, row), rows->total);
		else
			put_value(out, s->type, s->o, 8, hp_row_table_value(rows, c, row));
		hp_out_char(out, ' ');
	}
	hp_label_put(out, s->v, row);
	hp_out_char(out, '\n');
}

static int jeprof_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		       struct hp_out *out, struct hprof_error *err)
{
	const struct hp_vtype *t = &v->types[v->chosen];
	const struct hp_style s = hp_style_plain(v, o, t);
	const struct hp_table_row *row;
	struct hp_table table;
	struct hp_row_table rows;
	int r = hp_table_init(v, v->chosen, o->rows, &table, err);

	if (r < 0)
		return r;
	if (v->opts.thread)
		hp_out_fmt(out, "Total (t%s): ", v->opts.thread);
	else
		hp_out_str(out, "Total: ");
	put_value(out, t, o, 0, t->unfocused);
	hp_out_fmt(out, " %s\n",
		   t->unit != HP_UNIT_BYTES  ? "objects"
		   : o->unit == HPROF_UNIT_B ? "B"
					     : "MB");
	rows = hp_row_table_plain(&s, &table, o->rows);
	while ((row = hp_row_table_next(&rows)))
		if (row->flat.delta != 0 || row->cum.delta != 0)
			put_row(&rows, row, out);
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_jeprof = {
	{"jeprof-text", "the same in the shape of \"jeprof --text\"", true},
	jeprof_draw,
};
