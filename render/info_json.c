/* info_json.c - what a profile is, as JSON, schema hprof/info/1. */
#include "analyzer/ops/info.h"
#include "render/common.h"
#include "render/render.h"

static void put_types(struct hp_jsonw *w, const struct hprof_profile *p,
		      const struct hp_profile_sums *sums)
{
	hp_jsonw_key(w, "sample_types");
	hp_jsonw_open(w, '[');
	for (uint32_t t = 0; t < p->n_types; t++) {
		if (p->types[t].absent)
			continue;
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "name");
		hp_jsonw_text(w, hp_profile_str(p, p->types[t].name));
		hp_jsonw_key(w, "unit");
		hp_jsonw_str(w, hp_unit_name(p->types[t].unit));
		hp_jsonw_key(w, "total");
		hp_jsonw_real(w, sums->total[t]);
		hp_jsonw_key(w, "recorded");
		hp_jsonw_real(w, sums->recorded[t]);
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
	hp_jsonw_key(w, "absent_sample_types");
	hp_jsonw_open(w, '[');
	for (uint32_t t = 0; t < p->n_types; t++)
		if (p->types[t].absent)
			hp_jsonw_text(w, hp_profile_str(p, p->types[t].name));
	hp_jsonw_close(w, ']');
}

/* Lines of the file that nothing is made of, by the word they begin with; "": of all others. */
static void put_unused(struct hp_jsonw *w, const struct hprof_profile *p)
{
	if (!p->n_unused)
		return;
	hp_jsonw_key(w, "unused_lines");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < p->n_unused; i++) {
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "word");
		hp_jsonw_text(w, hp_profile_str(p, p->unused[i].word));
		hp_jsonw_key(w, "lines");
		hp_jsonw_uint(w, p->unused[i].n);
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static void put_threads(struct hp_jsonw *w, const struct hprof_profile *p)
{
	hp_jsonw_key(w, "threads");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < p->threads.n; i++) {
		hp_jsonw_line(w);
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "id");
		hp_jsonw_text(w, hp_profile_str(p, p->threads.id[i]));
		if (p->threads.name[i].i) {
			hp_jsonw_key(w, "name");
			hp_jsonw_text(w, hp_profile_str(p, p->threads.name[i]));
		}
		hp_jsonw_key(w, "values");
		hp_jsonw_open(w, '{');
		for (uint32_t t = 0; t < p->n_types; t++) {
			if (p->types[t].absent)
				continue;
			hp_jsonw_key(w, p->str.ptr[p->types[t].name.i]);
			hp_jsonw_real(w, p->thread_total[(size_t)i * p->n_types + t]);
		}
		hp_jsonw_close(w, '}');
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static void put_optional(struct hp_jsonw *w, const char *key, const struct hprof_profile *p,
			 hp_strid text)
{
	if (!text.i)
		return;
	hp_jsonw_key(w, key);
	hp_jsonw_text(w, hp_profile_str(p, text));
}

static void put_lines(struct hp_jsonw *w, const char *key, const struct hprof_profile *p,
		      hp_strid text)
{
	struct hp_slice rest = hp_profile_str(p, text);
	struct hp_slice line;

	if (!rest.len)
		return;
	hp_jsonw_key(w, key);
	hp_jsonw_open(w, '[');
	while (hp_slice_line(&rest, &line))
		hp_jsonw_text(w, line);
	hp_jsonw_close(w, ']');
}

static void put_modules(struct hp_jsonw *w, const struct hprof_profile *p)
{
	hp_jsonw_key(w, "modules");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < p->modules.n; i++) {
		const struct hp_module *m = &p->modules.row[i];

		if (m->n_addr == 0)
			continue;
		hp_jsonw_line(w);
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, "path");
		hp_jsonw_text(w, hp_profile_str(p, m->path));
		put_optional(w, "file", p, m->file);
		put_optional(w, "debug_file", p, m->debug_file);
		put_optional(w, "alt_file", p, m->alt_file);
		put_optional(w, "build_id", p, m->build_id);
		hp_jsonw_key(w, "status");
		hp_jsonw_str(w, hp_module_status_name(m->status));
		hp_jsonw_key(w, "symbols");
		hp_jsonw_str(w, hp_module_symbols_name(m->symbols));
		hp_jsonw_key(w, "deleted");
		hp_jsonw_bool(w, m->deleted);
		put_optional(w, "found_by", p, m->how);
		put_optional(w, "debug_found_by", p, m->debug_how);
		put_optional(w, "alt_found_by", p, m->alt_how);
		put_lines(w, "evidence", p, m->evidence);
		put_lines(w, "tried", p, m->tried);
		put_optional(w, "note", p, m->note);
		hp_jsonw_key(w, "addresses");
		hp_jsonw_uint(w, m->n_addr);
		hp_jsonw_key(w, "resolved");
		hp_jsonw_uint(w, m->n_named);
		hp_jsonw_key(w, "with_line");
		hp_jsonw_uint(w, m->n_lined);
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static void put_snapshots(struct hp_jsonw *w, const struct hprof_profile *p, uint32_t shown)
{
	const struct hp_snapshots *s = &p->snapshots;

	if (shown != HP_NONE) {
		hp_jsonw_key(w, "snapshot");
		hp_jsonw_uint(w, shown);
	}
	hp_jsonw_key(w, "snapshots");
	hp_jsonw_open(w, '[');
	for (uint32_t i = 0; i < s->n; i++) {
		hp_jsonw_line(w);
		hp_put_snapshot(w, &s->row[i], i, hp_profile_str(p, s->unit));
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

/* What there is to say about profile @i of the view. */
static void put_members(struct hp_jsonw *w, const struct hprof_view *v, size_t i,
			const struct hp_info *info)
{
	const struct hprof_profile *p = v->profiles[i];

	hp_jsonw_key(w, "format");
	hp_jsonw_str(w, p->format);
	put_optional(w, "writer", p, p->writer);
	put_optional(w, "command", p, p->snapshots.command);
	hp_jsonw_key(w, "sampling_period");
	hp_jsonw_uint(w, hp_profile_period(p));
	put_types(w, p, &info->of[i]);
	hp_jsonw_key(w, "stacks");
	hp_jsonw_uint(w, p->n_stacks);
	hp_jsonw_key(w, "max_depth");
	hp_jsonw_uint(w, p->max_depth);
	hp_jsonw_key(w, "cut_stacks");
	hp_jsonw_uint(w, v->counts[i].cut_stacks);
	hp_jsonw_key(w, "cut_frames");
	hp_jsonw_uint(w, v->counts[i].cut_frames);
	put_unused(w, p);
	put_threads(w, p);
	put_snapshots(w, p, v->sources[i].snapshot);
	put_modules(w, p);
}

/* Of several profiles, which only the library can ask for, an object for each. */
static void put_several(struct hp_jsonw *w, const struct hprof_view *v, const struct hp_info *info)
{
	hp_jsonw_key(w, "profiles");
	hp_jsonw_open(w, '[');
	for (size_t i = 0; i < info->n; i++) {
		hp_jsonw_open(w, '{');
		hp_jsonw_key(w, i < v->n_profiles ? "file" : "base");
		hp_jsonw_text(w, hp_profile_str(v->profiles[i], v->profiles[i]->input));
		put_members(w, v, i, info);
		hp_jsonw_close(w, '}');
	}
	hp_jsonw_close(w, ']');
}

static int info_json_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
			  struct hp_out *out, struct hprof_error *err)
{
	struct hp_info *info;
	struct hp_jsonw w;
	int r = hp_info_new(v, &info, err);

	if (r < 0)
		return r;
	hp_jsonw_init(&w, out);
	hp_jsonw_open(&w, '{');
	hp_jsonw_key(&w, "schema");
	hp_jsonw_str(&w, "hprof/info/1");
	if (info->n > 1)
		put_several(&w, v, info);
	else
		put_members(&w, v, 0, info);
	hp_put_warnings(&w, v, o);
	hp_jsonw_key(&w, "hints");
	hp_jsonw_open(&w, '[');
	for (size_t i = 0; i < info->n_hints; i++)
		hp_jsonw_str(&w, info->hint[i]);
	hp_jsonw_close(&w, ']');
	hp_jsonw_close(&w, '}');
	hp_info_free(info);
	return HPROF_OK;
}

const struct hp_output hp_output_info_json = {
	{"info-json", "what the file is, as JSON (hprof/info/1)", true},
	info_json_draw,
};
