/* timeline_json.c - values over time as JSON, schema hprof/timeline/1. */
#include "render/common.h"
#include "render/label.h"
#include "render/render.h"
#include "render/time_format.h"

enum { DEFAULT_SITES = 8 };

static void put_sites(struct hp_jsonw *w, const struct hp_timeline *t)
{
	hp_jsonw_key(w, "sites");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < t->n_sites; i++) {
		const struct hp_table_row *row = &t->row[t->site[i]];

		hp_jsonw_line(w);
		hp_jsonw_open(w, '{');
		hp_row_put_json(w, t->v, row);
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

/* A profile of a series, like a moment. */
static void put_profile(struct hp_jsonw *w, const struct hp_point *p)
{
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "index");
	hp_jsonw_uint(w, p->number);
	hp_jsonw_key(w, "time");
	hp_jsonw_real(w, p->time);
	hp_jsonw_key(w, "heap");
	hp_jsonw_real(w, p->heap);
	hp_jsonw_key(w, "detailed");
	hp_jsonw_bool(w, true);
}

static void put_point(struct hp_jsonw *w, const struct hp_timeline *t, uint32_t i)
{
	const struct hp_point *p = &t->point[i];

	hp_jsonw_line(w);
	if (p->snapshot == HP_NONE) {
		put_profile(w, p);
	} else {
		struct hp_snapshot s = t->v->profiles[p->profile]->snapshots.row[p->snapshot];

		if (t->v->filtered) {
			s.heap = (uint64_t)p->heap; /* trees have no values below 0 */
			s.extra = s.stacks = 0;
		}
		hp_put_snapshot(w, &s, p->number, t->unit);
	}
	hp_jsonw_key(w, "total");
	hp_jsonw_real(w, hp_point_total(p));
	hp_jsonw_key(w, "profile");
	hp_jsonw_text(w, hp_point_file(t, p));
	if (p->site) {
		hp_jsonw_key(w, "sites");
		hp_jsonw_open(w, '[');
		for (uint32_t k = 0; k < t->n_sites; k++)
			hp_jsonw_real(w, p->site[k]);
		hp_jsonw_close(w, ']');
	}
	hp_jsonw_close(w, '}');
}

static int timeline_json_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			      struct hp_out *out, struct hprof_error *err)
{
	struct hp_timeline *t;
	struct hp_jsonw w;
	int r = hp_timeline_new(v, o->rows ? (uint32_t)o->rows : DEFAULT_SITES, &t, err);

	if (r < 0)
		return r;
	hp_jsonw_init(&w, out);
	hp_jsonw_open(&w, '{');
	hp_jsonw_key(&w, "schema");
	hp_jsonw_str(&w, "hprof/timeline/1");
	hp_jsonw_key(&w, "sample_type");
	hp_jsonw_text(&w, hp_view_str(v, v->types[v->chosen].name));
	hp_jsonw_key(&w, "unit");
	hp_jsonw_str(&w, hp_unit_name(v->types[v->chosen].unit));
	if (t->unit.len) {
		hp_jsonw_key(&w, "time_unit");
		hp_jsonw_text(&w, t->unit);
	}
	hp_jsonw_key(&w, "largest");
	hp_jsonw_uint(&w, t->point[t->peak].number);
	put_sites(&w, t);
	hp_jsonw_key(&w, "points");
	hp_jsonw_open(&w, '[');
	for (uint32_t i = 0; i < t->n; i++)
		put_point(&w, t, i);
	hp_jsonw_close(&w, ']');
	hp_put_warnings(&w, v, o);
	hp_jsonw_close(&w, '}');
	hp_timeline_free(t);
	return HPROF_OK;
}

const struct hp_output hp_output_timeline_json = {
	{"timeline-json", "values over time as JSON (hprof/timeline/1)", true},
	timeline_json_draw,
};
