/* info.c - what a profile is, as text. */
#include "analyzer/ops/info.h"

#include <inttypes.h>
#include <math.h>

#include "analyzer/base/width.h"
#include "analyzer/ops/advice.h"
#include "render/render.h"

static void put_str(struct hp_out *out, const char *key, const struct hprof_profile *p, hp_strid id)
{
	hp_out_fmt(out, "%-16s ", key);
	hp_out_safe(out, hp_profile_str(p, id));
	hp_out_char(out, '\n');
}

static void put_sampling(struct hp_out *out, const struct hprof_profile *p)
{
	char period[HP_NUMBER_MAX];

	if (p->scaled_period)
		hp_out_fmt(out,
			   "sampling         one in %s on average (%" PRIu64
			   " bytes); the writer has scaled the values\n",
			   hp_format_bytes(period, (double)p->scaled_period, HPROF_UNIT_AUTO),
			   p->scaled_period);
	else if (p->sampling_period == 0)
		hp_out_str(out, hp_profile_errors(p, p->default_type) == HP_ERRORS_UNKNOWN
					? "sampling         not known\n"
					: "sampling         none\n");
	else
		hp_out_fmt(out, "sampling         one in %s on average (%" PRIu64 " bytes)\n",
			   hp_format_bytes(period, (double)p->sampling_period, HPROF_UNIT_AUTO),
			   p->sampling_period);
}

/* Of a recording: what ran, how many moments there are, and which of them the totals are of. */
/* @shown: the row of the one that is shown; HP_NONE: all, or there are none. */
static void put_snapshots(struct hp_out *out, const struct hprof_profile *p, uint32_t shown,
			  enum hprof_unit_style unit)
{
	const struct hp_snapshots *s = &p->snapshots;
	const char *clock = hp_profile_str(p, s->unit).ptr;
	const struct hp_snapshot *at;
	char heap[HP_NUMBER_MAX], extra[HP_NUMBER_MAX], stacks[HP_NUMBER_MAX];
	uint32_t trees = 0;

	if (!s->n)
		return;
	if (s->command.i)
		put_str(out, "command", p, s->command);
	for (uint32_t i = 0; i < s->n; i++)
		trees += s->row[i].tree != HP_TREE_NONE;
	hp_out_fmt(out,
		   "snapshots        %" PRIu32 ", %" PRIu32 " with a tree, time %.15g %s to %.15g "
		   "%s\n",
		   s->n, trees, s->row[0].time, clock, s->row[s->n - 1].time, clock);
	if (shown == HP_NONE)
		return;
	at = &s->row[shown];
	hp_out_fmt(out,
		   "shown            snapshot %" PRIu32 " at %.15g %s%s: heap %s, extra %s, stacks "
		   "%s\n",
		   shown, at->time, clock, at->tree == HP_TREE_PEAK ? " (flagged as the peak)" : "",
		   hp_format_bytes(heap, (double)at->heap, unit),
		   hp_format_bytes(extra, (double)at->extra, unit),
		   hp_format_bytes(stacks, (double)at->stacks, unit));
}

static void put_types(struct hp_out *out, const struct hprof_profile *p,
		      const struct hp_profile_sums *sums, enum hprof_unit_style unit)
{
	char total[HP_NUMBER_MAX], exact[HP_NUMBER_MAX], recorded[HP_NUMBER_MAX];
	const char *why = hp_advice_of(p)->why_no_alloc;

	for (uint32_t t = 0; t < p->n_types; t++) {
		hp_out_fmt(out, "%-16s ", p->str.ptr[p->types[t].name.i]);
		if (p->types[t].absent) {
			hp_out_fmt(out, "not recorded%s%s%s\n", why ? " (" : "", why ? why : "",
				   why ? ")" : "");
			continue;
		}
		hp_format_count(exact, sums->total[t]);
		hp_format_count(recorded, sums->recorded[t]);
		if (p->types[t].unit == HP_UNIT_BYTES)
			hp_out_fmt(out, "%s (%s bytes, %s recorded)\n",
				   hp_format_bytes(total, sums->total[t], unit), exact, recorded);
		else
			hp_out_fmt(out, "%s (%s recorded)\n", exact, recorded);
	}
}

/* Lines of the file that nothing is made of. */
static void put_unused(struct hp_out *out, const struct hprof_profile *p)
{
	if (!p->n_unused)
		return;
	hp_out_str(out, "not used         ");
	for (uint32_t i = 0; i < p->n_unused; i++) {
		const struct hp_unused *u = &p->unused[i];

		hp_out_fmt(out, "%s%" PRIu64 " line%s ", i ? ", " : "", u->n, u->n == 1 ? "" : "s");
		hp_out_str(out, u->word.i ? "\"" : "of other kinds");
		hp_out_safe(out, hp_profile_str(p, u->word));
		hp_out_str(out, u->word.i ? "\"" : "");
	}
	hp_out_char(out, '\n');
}

static void put_thread(struct hp_out *out, enum hp_unit unit, double value,
		       enum hprof_unit_style style, struct hp_slice id, struct hp_slice name)
{
	char text[HP_NUMBER_MAX];

	hp_out_fmt(out, "%12s  ",
		   unit == HP_UNIT_BYTES ? hp_format_bytes(text, value, style)
					 : hp_format_count(text, value));
	hp_out_safe(out, id);
	hp_out_str(out, name.len ? "  " : "");
	hp_out_safe(out, name);
	hp_out_char(out, '\n');
}

/*
 * What each thread has of the chosen sample type, and what is of none; together that is the total.
 * The type is named unless it is the usual one.
 */
static void put_threads(struct hp_out *out, const struct hprof_view *v,
			const struct hprof_profile *p, const struct hp_profile_sums *sums,
			enum hprof_unit_style style)
{
	uint32_t type = hp_profile_type(p, hp_view_str(v, v->types[v->chosen].name));
	double rest;

	if (p->threads.n == 0 || type == HP_NONE)
		return;
	rest = sums->total[type];
	hp_out_str(out, "\nthreads");
	if (type != p->default_type) {
		hp_out_str(out, ", ");
		hp_out_safe(out, hp_profile_str(p, p->types[type].name));
	}
	hp_out_char(out, '\n');
	for (uint32_t i = 0; i < p->threads.n; i++) {
		double value = p->thread_total[(size_t)i * p->n_types + type];

		rest -= value;
		put_thread(out, p->types[type].unit, value, style,
			   hp_profile_str(p, p->threads.id[i]),
			   hp_profile_str(p, p->threads.name[i]));
	}
	if (fabs(rest) >= 0.5 && fabs(rest) > 1e-9 * fabs(sums->total[type]))
		put_thread(out, p->types[type].unit, rest, style, HP_LIT("[other threads]"),
			   HP_LIT(""));
}

static void put_line(struct hp_out *out, const char *key, const struct hprof_profile *p,
		     hp_strid text)
{
	if (!text.i)
		return;
	hp_out_fmt(out, "    %-12s", key);
	hp_out_safe(out, hp_profile_str(p, text));
	hp_out_char(out, '\n');
}

/* A file and how it was found. */
static void put_file(struct hp_out *out, const char *key, const struct hprof_profile *p,
		     hp_strid file, hp_strid how)
{
	if (!file.i)
		return;
	hp_out_fmt(out, "    %-12s", key);
	hp_out_safe(out, hp_profile_str(p, file));
	if (how.i) {
		hp_out_str(out, " (");
		hp_out_safe(out, hp_profile_str(p, how));
		hp_out_char(out, ')');
	}
	hp_out_char(out, '\n');
}

/*
 * Files that were looked at in vain, where one was found; else the note tells of them.  Where
 * debug files may be and are not is of no interest once there is DWARF.
 */
static void put_tried(struct hp_out *out, const struct hprof_profile *p, const struct hp_module *m)
{
	struct hp_slice rest = hp_profile_str(p, m->tried);
	struct hp_slice line;

	while (m->status == HP_MODULE_OK && hp_slice_line(&rest, &line)) {
		if (m->symbols == HP_SYMBOLS_DWARF && hp_slice_ends(line, HP_LIT(": no such file")))
			continue;
		hp_out_fmt(out, "    %-12s", "tried");
		hp_out_safe(out, line);
		hp_out_char(out, '\n');
	}
}

/* Why the file is taken to be the one that ran. */
static void put_evidence(struct hp_out *out, const struct hprof_profile *p,
			 const struct hp_module *m)
{
	struct hp_slice rest = hp_profile_str(p, m->evidence);
	struct hp_slice line;

	while (hp_slice_line(&rest, &line)) {
		hp_out_fmt(out, "    %-12s", "evidence");
		hp_out_safe(out, line);
		hp_out_char(out, '\n');
	}
}

static void put_lined(struct hp_out *out, const struct hp_module *m)
{
	if (m->n_named)
		hp_out_fmt(out,
			   "    %-12s%" PRIu32 " with a line, %" PRIu32
			   " with a function only, %" PRIu32 " with the module only\n",
			   "addresses", m->n_lined, m->n_named - m->n_lined,
			   m->n_addr - m->n_named);
}

/* Modules that hold addresses of the profile. */
static void put_modules(struct hp_out *out, const struct hprof_profile *p)
{
	bool first = true;

	for (uint32_t i = 0; i < p->modules.n; i++) {
		const struct hp_module *m = &p->modules.row[i];

		if (m->n_addr == 0)
			continue;
		hp_out_str(out, first ? "\nmodules\n" : "");
		first = false;
		hp_out_str(out, "  ");
		hp_out_safe(out, hp_profile_str(p, m->path));
		hp_out_fmt(out,
			   "%s\n    %-12s%s, symbols: %s, %" PRIu32 " of %" PRIu32
			   " addresses named\n",
			   m->deleted ? " (deleted)" : "", "status",
			   hp_module_status_name(m->status), hp_module_symbols_name(m->symbols),
			   m->n_named, m->n_addr);
		put_lined(out, m);
		put_line(out, "file", p, m->file);
		put_file(out, "debug file", p, m->debug_file, m->debug_how);
		put_file(out, "shared file", p, m->alt_file, m->alt_how);
		put_line(out, "build ID", p, m->build_id);
		put_line(out, "found by", p, m->how);
		put_evidence(out, p, m);
		put_tried(out, p, m);
		put_line(out, "note", p, m->note);
	}
}

static void put_warnings(struct hp_out *out, const struct hprof_view *v, size_t i)
{
	size_t n = hp_view_warnings(v, i);

	if (n)
		hp_out_str(out, "\nwarnings\n");
	for (size_t k = 0; k < n; k++) {
		uint64_t count;

		hp_out_str(out, "  ");
		hp_out_safe(out, hp_slice_str(hp_view_warning(v, i, k, &count)));
		if (count > 1)
			hp_out_fmt(out, " (and %" PRIu64 " more of this kind)", count - 1);
		hp_out_char(out, '\n');
	}
}

static void put_list(struct hp_out *out, const char *title, const char *const *line, size_t n)
{
	if (n)
		hp_out_fmt(out, "\n%s\n", title);
	for (size_t i = 0; i < n; i++) {
		hp_out_str(out, "  ");
		hp_out_safe(out, hp_slice_str(line[i]));
		hp_out_char(out, '\n');
	}
}

/* Profile @i of the view. */
static void put_profile(struct hp_out *out, const struct hprof_view *v, size_t i,
			const struct hp_info *info, enum hprof_unit_style unit)
{
	const struct hprof_profile *p = v->profiles[i];

	put_str(out, i < v->n_profiles ? "file" : "base", p, p->input);
	hp_out_fmt(out, "%-16s %s\n", "format", p->format);
	put_str(out, "writer", p, p->writer);
	put_sampling(out, p);
	put_snapshots(out, p, v->sources[i].snapshot, unit);
	hp_out_fmt(out, "stacks           %" PRIu64 " (deepest: %" PRIu32 " frames)\n", p->n_stacks,
		   p->max_depth);
	hp_out_fmt(out, "allocator        %" PRIu64 " frames cut from %" PRIu64 " stacks\n",
		   v->counts[i].cut_frames, v->counts[i].cut_stacks);
	put_unused(out, p);
	put_types(out, p, &info->of[i], unit);
	put_threads(out, v, p, &info->of[i], unit);
	put_modules(out, p);
	put_warnings(out, v, i);
}

static int info_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		     struct hp_out *out, struct hprof_error *err)
{
	const char *hint[HP_MAX_HINTS];
	struct hp_info *info;
	int r = hp_info_new(v, &info, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < info->n; i++) {
		hp_out_str(out, i ? "\n" : "");
		put_profile(out, v, i, info, o->unit);
	}
	for (size_t i = 0; i < info->n_hints; i++)
		hint[i] = info->hint[i];
	put_list(out, "left out", o->left_out, o->n_left_out);
	put_list(out, "hints", hint, info->n_hints);
	hp_info_free(info);
	return HPROF_OK;
}

const struct hp_output hp_output_info = {
	{"info", "what the file is, as text", true},
	info_draw,
};
