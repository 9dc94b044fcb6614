/* csv.c - the table of flat and cumulative values as comma-separated values (RFC 4180). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "analyzer/ops/rounded.h"
#include "analyzer/ops/table.h"
#include "render/cell.h"
#include "render/render.h"

static void put_number(struct hp_out *out, double v)
{
	hp_out_char(out, ',');
	hp_out_whole(out, v);
}

/* The column is there in any case, so that all tables have the same. */
static void put_error(struct hp_out *out, const struct hp_vtype *type, double variance)
{
	hp_out_char(out, ',');
	if (type->has_error)
		hp_out_fmt(out, "%.15g", sqrt(variance));
}

static void put_place(struct hp_out *out, const struct hprof_view *v,
		      const struct hp_table_row *row)
{
	uint32_t line = hp_row_line(v, row), module = hp_row_module(v, row);
	struct hp_label label;
	uint64_t addr;

	hp_cell_put(out, hp_row_name(v, row, &label));
	hp_out_char(out, ',');
	if (hp_row_addr(v, row, &addr))
		hp_out_fmt(out, "0x%" PRIx64, addr);
	hp_out_char(out, ',');
	hp_cell_put(out, hp_row_file(v, row));
	hp_out_char(out, ',');
	if (line)
		hp_out_uint(out, line);
	hp_out_char(out, ',');
	hp_cell_put(out, module == HP_NONE ? (struct hp_slice){"", 0}
					   : hp_view_str(v, v->modules[module].path));
}

static void put_row(struct hp_out *out, const struct hprof_view *v, const struct hp_table *t,
		    const struct hp_table_row *row)
{
	const struct hp_vtype *type = &v->types[v->chosen];
	struct hp_sums base = hp_table_base(t, row);

	put_place(out, v, row);
	put_number(out, row->value.flat);
	put_error(out, type, row->variance.flat);
	put_number(out, row->value.cum);
	put_error(out, type, row->variance.cum);
	if (t->base) {
		put_number(out, base.flat);
		put_number(out, base.cum);
		hp_out_str(out, !type->has_error                ? ","
				: hp_row_significant(type, row) ? ",1"
								: ",0");
	}
	hp_out_str(out, "\r\n");
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	struct hprof_view rounded;
	struct hp_table t = {0};
	int r = hp_view_round(v, &rounded, err);

	if (r < 0)
		return r;
	r = hp_table_init(&rounded, v->chosen, o->rows, &t, err);
	if (r == HPROF_OK) {
		hp_out_fmt(out,
			   "name,address,file,line,module,flat,flat_stderr,cum,cum_stderr%s\r\n",
			   t.base ? ",base_flat,base_cum,significant" : "");
		for (size_t i = 0; i < t.n && (!o->rows || i < o->rows); i++)
			put_row(out, &rounded, &t, &t.row[i]);
	}
	hp_table_release(&t);
	hp_view_round_release(&rounded);
	return r;
}

const struct hp_output hp_output_csv = {
	{"csv", "the table of top as comma-separated values", true},
	draw,
};
