/* top_json.c - the table of flat and cumulative values as JSON, schema hprof/top/1. */
#include "analyzer/ops/table.h"
#include "render/common.h"
#include "render/label.h"
#include "render/render.h"

static void put_row(struct hp_jsonw *w, const struct hprof_view *v, const struct hp_table *t,
		    const struct hp_table_row *row)
{
	const struct hp_vtype *type = &v->types[v->chosen];

	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	hp_row_put_json(w, v, row);
	hp_put_pair(w, type, "flat", row->value.flat, "flat_stderr", row->variance.flat);
	hp_put_pair(w, type, "cum", row->value.cum, "cum_stderr", row->variance.cum);
	if (v->n_bases) {
		hp_jsonw_key(w, "base_flat");
		hp_jsonw_real(w, hp_table_base(t, row).flat);
		hp_jsonw_key(w, "base_cum");
		hp_jsonw_real(w, hp_table_base(t, row).cum);
	}
	if (v->n_bases && type->has_error) {
		hp_jsonw_key(w, "significant");
		hp_jsonw_bool(w, hp_row_significant(type, row));
	}
	hp_jsonw_close(w, '}');
}

static int draw(const struct hprof_view *v, const struct hprof_render_opts *o, struct hp_out *out,
		struct hprof_error *err)
{
	const struct hp_vtype *t = &v->types[v->chosen];
	struct hp_table table;
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
	hp_put_pair(&w, t, "total", t->total, "total_stderr", t->total_variance);
	if (v->n_bases) {
		hp_jsonw_key(&w, "base_total");
		hp_jsonw_real(&w, t->total_base);
	}
	if (v->filtered) {
		hp_jsonw_key(&w, "unfiltered_total");
		hp_jsonw_real(&w, t->unfiltered);
	}
	hp_jsonw_key(&w, "rows");
	hp_jsonw_open(&w, '[');
	for (size_t i = 0; i < table.n && (!o->rows || i < o->rows); i++)
		put_row(&w, v, &table, &table.row[i]);
	hp_jsonw_close(&w, ']');
	hp_put_warnings(&w, v, o);
	hp_jsonw_close(&w, '}');
	hp_table_release(&table);
	return HPROF_OK;
}

const struct hp_output hp_output_top_json = {
	{"top-json", "the table as JSON (hprof/top/1)", true},
	draw,
};
