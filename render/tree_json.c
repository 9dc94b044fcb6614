/* tree_json.c - the call tree as JSON, schema hprof/tree/1. */
#include "analyzer/ops/calls.h"
#include "render/common.h"
#include "render/label.h"
#include "render/render.h"

static void put_sums(struct hp_jsonw *w, const struct hprof_view *v, const struct hp_call *call)
{
	const struct hp_vtype *type = &v->types[v->chosen];

	hp_put_pair(w, type, "flat", call->flat.delta, "flat_stderr", call->flat.variance);
	hp_put_pair(w, type, "cum", call->cum.delta, "cum_stderr", call->cum.variance);
	if (!v->n_bases)
		return;
	hp_jsonw_key(w, "base_flat");
	hp_jsonw_real(w, call->flat.base);
	hp_jsonw_key(w, "base_cum");
	hp_jsonw_real(w, call->cum.base);
}

static void put_hidden(struct hp_jsonw *w, const struct hprof_view *v, const struct hp_call *call)
{
	if (!call->n_hidden)
		return;
	if (call->n_hidden != HP_NONE) {
		hp_jsonw_key(w, "hidden");
		hp_jsonw_uint(w, call->n_hidden);
	}
	hp_jsonw_key(w, "hidden_cum");
	hp_jsonw_real(w, call->hidden.delta);
	if (!v->n_bases)
		return;
	hp_jsonw_key(w, "hidden_base_cum");
	hp_jsonw_real(w, call->hidden.base);
}

static void put_node(struct hp_jsonw *w, const struct hprof_view *v, const struct hp_calls *c,
		     const struct hp_call *call)
{
	hp_jsonw_line(w);
	hp_jsonw_open(w, '{');
	if (call->parent) { /* the first one stands for the total */
		hp_jsonw_key(w, "parent");
		hp_jsonw_uint(w, call->parent - 1);
	}
	hp_jsonw_key(w, "depth");
	hp_jsonw_uint(w, call->depth);
	hp_row_put_json(w, v, &c->row[call->row]);
	put_sums(w, v, call);
	put_hidden(w, v, call);
	hp_jsonw_close(w, '}');
}

static void put_head(struct hp_jsonw *w, const struct hprof_view *v,
		     const struct hprof_render_opts *o)
{
	const struct hp_vtype *t = &v->types[v->chosen];

	hp_jsonw_key(w, "schema");
	hp_jsonw_str(w, "hprof/tree/1");
	hp_jsonw_key(w, "sample_type");
	hp_jsonw_text(w, hp_view_str(v, t->name));
	hp_jsonw_key(w, "unit");
	hp_jsonw_str(w, hp_unit_name(t->unit));
	hp_jsonw_key(w, "bottom_up");
	hp_jsonw_bool(w, o->bottom_up);
	hp_put_pair(w, t, "total", t->total.delta, "total_stderr", t->total.variance);
	if (v->n_bases) {
		hp_jsonw_key(w, "base_total");
		hp_jsonw_real(w, t->total.base);
	}
	if (v->filtered) {
		hp_jsonw_key(w, "unfiltered_total");
		hp_jsonw_real(w, t->unfiltered);
	}
}

static int tree_json_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			  struct hp_out *out, struct hprof_error *err)
{
	const struct hp_calls_opts opts = {
		.bottom_up = o->bottom_up,
		.rows = o->rows,
		.depth = o->depth,
		.min_percent = o->min_percent,
	};
	struct hp_calls c;
	struct hp_jsonw w;
	int r = hp_calls_init(v, v->chosen, &opts, &c, err);

	if (r < 0)
		return r;
	hp_jsonw_init(&w, out);
	hp_jsonw_open(&w, '{');
	put_head(&w, v, o);
	put_hidden(&w, v, &c.call[0]);
	hp_jsonw_key(&w, "nodes");
	hp_jsonw_open(&w, '[');
	for (uint32_t i = 1; i < c.n; i++)
		put_node(&w, v, &c, &c.call[i]);
	hp_jsonw_close(&w, ']');
	hp_put_warnings(&w, v, o);
	hp_jsonw_close(&w, '}');
	hp_calls_release(&c);
	return HPROF_OK;
}

const struct hp_output hp_output_tree_json = {
	{"tree-json", "the call tree as JSON (hprof/tree/1)", true},
	tree_json_draw,
};
