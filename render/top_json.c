/* top_json.c - the table of flat and cumulative values as JSON, schema hprof/top/1. */
#include "render/common.h"
#include "render/label.h"
#include "render/render.h"
#include "render/row_table.h"

static void put_row(struct hp_jsonw *w, const struct hp_row_table *rows,
		    const struct hp_table_row *row)
{
	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	hp_row_put_json(w, rows->style.v, row);
	for (size_t i = 0; i < rows->n_columns; i++) {
		const struct hp_row_column *c = &rows->column[i];
		double v = hp_row_table_value(rows, c, row);

		if (c->unit != HP_ROW_VALUE && !rows->style.type->has_error)
			continue;
		hp_jsonw_key(w, c->title);
		if (c->unit == HP_ROW_MARK)
			hp_jsonw_bool(w, v != 0);
		else
			hp_jsonw_real(w, v);
	}
	hp_jsonw_close(w, '}');
}

static int top_json_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			 struct hp_out *out, struct hprof_error *err)
{
	const struct hp_vtype *t = &v->types[v->chosen];
	const struct hp_style s = hp_style_plain(v, o, t);
	const struct hp_table_row *row;
	struct hp_table table;
	struct hp_row_table rows;
	struct hp_jsonw w;
	int r = hp_table_init(v, v->chosen, o->rows, &table, err);

	if (r < 0)
		return r;
	hp_jsonw_init(&w, out);
	hp_jsonw_open(&w, '{');
	hp_jsonw_key(&w, "schema");
	hp_jsonw_str(&w, "hprof/top/1");
	hp_jsonw_key(&w, "sample_type");
	hp_jsonw_text(&w, hp_view_str(v, t->name));
	hp_jsonw_key(&w, "unit");
	hp_jsonw_str(&w, hp_unit_name(t->unit));
	hp_put_pair(&w, t, "total", t->total.delta, "total_stderr", t->total.variance);
	if (v->n_bases) {
		hp_jsonw_key(&w, "base_total");
		hp_jsonw_real(&w, t->total.base);
	}
	if (v->filtered) {
		hp_jsonw_key(&w, "unfiltered_total");
		hp_jsonw_real(&w, t->unfiltered);
	}
	hp_jsonw_key(&w, "rows");
	hp_jsonw_open(&w, '[');
	rows = hp_row_table_for_programs(&s, &table, o->rows);
	while ((row = hp_row_table_next(&rows)))
		put_row(&w, &rows, row);
	hp_jsonw_close(&w, ']');
	hp_put_warnings(&w, v, o);
	hp_jsonw_close(&w, '}');
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_top_json = {
	{"top-json", "the table as JSON (hprof/top/1)", true},
	top_json_draw,
};
