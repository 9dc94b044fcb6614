/* timeline_csv.c - values over time as comma-separated values (RFC 4180), a line per moment. */
#include "render/csv_escape.h"
#include "render/label.h"
#include "render/render.h"
#include "render/time_format.h"

#include <inttypes.h>

static void put_site(const struct hp_timeline *t, uint32_t k, struct hp_out *out)
{
	const struct hp_table_row *row = &t->row[t->site[k]];
	char place[HP_PLACE_MAX];
	struct hp_label label;

	hp_out_char(out, ',');
	hp_csv_begin(out, hp_row_label(t->v, row, &label));
	hp_csv_add(out, hp_slice_str(hp_label_place(place, sizeof(place), t->v, row)));
	hp_csv_end(out);
}

static void put_point(const struct hp_timeline *t, uint32_t i, struct hp_out *out)
{
	const struct hp_point *p = &t->point[i];
	char time[HP_NUMBER_MAX];

	hp_out_fmt(out, "%" PRIu32 ",%s,%.*s,%.15g,%.15g,%.15g,%.15g,%d,%d,", p->number,
		   hp_format_exact_time(time, p->time), (int)t->unit.len, t->unit.ptr, p->heap,
		   p->extra, p->stacks, hp_point_total(p), p->tree != HP_TREE_NONE,
		   p->tree == HP_TREE_PEAK);
	hp_csv_put(out, hp_point_file(t, p));
	for (uint32_t k = 0; k < t->n_sites; k++) {
		hp_out_char(out, ',');
		if (p->site)
			hp_out_fmt(out, "%.15g", p->site[k]);
	}
	hp_out_str(out, "\r\n");
}

static int timeline_csv_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			     struct hp_out *out, struct hprof_error *err)
{
	struct hp_timeline *t;
	int r = hp_timeline_new(v, (uint32_t)o->rows, &t, err);

	if (r < 0)
		return r;
	hp_out_str(out, "index,time,time_unit,heap,extra,stacks,total,detailed,peak,profile");
	for (uint32_t k = 0; k < t->n_sites; k++)
		put_site(t, k, out);
	hp_out_str(out, "\r\n");
	for (uint32_t i = 0; i < t->n; i++)
		put_point(t, i, out);
	hp_timeline_free(t);
	return HPROF_OK;
}

const struct hp_output hp_output_timeline_csv = {
	{"timeline-csv", "values over time as comma-separated values", true},
	timeline_csv_draw,
};
