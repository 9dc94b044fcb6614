/* jeprof.c - the table in the shape and rounding of "jeprof --text". */
#include <math.h>

#include "analyzer/base/width.h"
#include "render/label.h"
#include "render/render.h"

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

static void put_row(struct hp_out *out, const struct hprof_view *v,
		    const struct hprof_render_opts *o, const struct hp_table_row *row,
		    double running)
{
	const struct hp_vtype *t = &v->types[v->chosen];

	put_value(out, t, o, 8, row->value.flat);
	hp_out_char(out, ' ');
	put_percent(out, row->value.flat, t->total);
	hp_out_char(out, ' ');
	put_percent(out, running, t->total);
	hp_out_char(out, ' ');
	put_value(out, t, o, 8, row->value.cum);
	hp_out_char(out, ' ');
	put_percent(out, row->value.cum, t->total);
	hp_out_char(out, ' ');
	hp_label_put(out, v, row);
	hp_out_char(out, '\n');
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	const struct hp_vtype *t = &v->types[v->chosen];
	struct hp_table table;
	double running = 0;
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
	for (size_t i = 0; i < table.n && (!o->rows || i < o->rows); i++) {
		running += table.row[i].value.flat;
		if (table.row[i].value.flat != 0 || table.row[i].value.cum != 0)
			put_row(out, v, o, &table.row[i], running);
	}
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_jeprof = {
	{"jeprof-text", "the same in the shape of \"jeprof --text\"", true},
	draw,
};
