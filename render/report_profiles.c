/* report_profiles.c - what a report says about the profiles that it is made of, and their bases. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "render/metadata.h"
#include "render/report_parts.h"
#include "render/time_format.h"

enum { THREAD_ROWS = 50, NAMED_FILES = 3 };

static size_t n_of(const struct hp_report *r)
{
	return r->v->n_profiles + r->v->n_bases;
}

static bool has_several(const struct hp_report *r)
{
	return n_of(r) > 1;
}

static void put_file(const struct hp_report *r, size_t i)
{
	hp_report_cell(r->text, hp_input_label(r->v, i));
	if (i >= r->v->n_profiles)
		hp_report_fmt(r->text, " (base)");
}

static void put_count(const struct hp_report *r, double n)
{
	char a[HP_NUMBER_MAX];

	hp_report_number(r, hp_format_grouped(a, n));
}

/* --- the profiles --- */

static const char *sampling_of(const struct hprof_profile *p, char buf[HP_NUMBER_MAX + 64])
{
	char period[HP_NUMBER_MAX];

	if (hp_profile_errors(p, p->default_type) == HP_ERRORS_UNKNOWN)
		return "not known";
	if (!hp_profile_period(p))
		return "none: every allocation counts";
	(void)snprintf(buf, HP_NUMBER_MAX + 64, "one in %s on average%s",
		       hp_format_bytes(period, (double)hp_profile_period(p), HPROF_UNIT_AUTO),
		       p->scaled_period ? "; the writer has scaled the values" : "");
	return buf;
}

/* Of profile @i, the snapshot that is shown; "" of those without. */
static const char *moment_of(const struct hprof_view *v, size_t i, char buf[2 * HP_NUMBER_MAX + 64])
{
	const struct hprof_profile *p = v->profiles[i];
	const struct hp_snapshots *s = &p->snapshots;
	uint32_t shown = v->sources[i].snapshot;
	char time[HP_NUMBER_MAX];

	buf[0] = '\0';
	if (shown != HP_NONE)
		(void)snprintf(
			buf, 2 * HP_NUMBER_MAX + 64, "snapshot %" PRIu32 " of %" PRIu32 " at %s",
			shown, s->n,
			hp_format_time(time, s->row[shown].time, hp_profile_str(p, s->unit)));
	return buf;
}

static void put_key(const struct hp_report *r, const char *key, struct hp_slice text)
{
	if (!text.len)
		return;
	hp_report_cell(r->text, hp_slice_str(key));
	hp_report_cell(r->text, text);
}

static void put_key_number(const struct hp_report *r, const char *key, double n)
{
	char a[HP_NUMBER_MAX];

	put_key(r, key, hp_slice_str(hp_format_grouped(a, n)));
}

/* Of one profile: a fact in each row. */
static void put_one(const struct hp_report *r)
{
	static const struct hp_report_column column[] = {{NULL, HP_CELL_KEY}, {NULL, HP_CELL_NOTE}};
	const struct hprof_profile *p = r->v->profiles[0];
	char sampling[HP_NUMBER_MAX + 64], moment[2 * HP_NUMBER_MAX + 64];

	hp_report_table(r->text, column, HP_LEN(column));
	put_key(r, "file", hp_profile_str(p, p->input));
	put_key(r, "format", hp_slice_str(p->format));
	put_key(r, "writer", hp_profile_str(p, p->writer));
	put_key(r, "command", hp_profile_str(p, p->snapshots.command));
	put_key(r, "shown", hp_slice_str(moment_of(r->v, 0, moment)));
	put_key(r, "sampling", hp_slice_str(sampling_of(p, sampling)));
	put_key_number(r, "stacks", (double)p->n_stacks);
	put_key_number(r, "frames of the deepest", p->max_depth);
	put_key_number(r, "allocator frames cut", (double)r->v->counts[0].cut_frames);
}

/* Of several: a row for each. */
static void put_several(const struct hp_report *r)
{
	static const struct hp_report_column column[] = {
		{"stacks", HP_CELL_NUMBER},  {"deepest", HP_CELL_NUMBER},
		{"cut", HP_CELL_NUMBER},     {"file", HP_CELL_NAME},
		{"format", HP_CELL_TEXT},    {"writer", HP_CELL_TEXT},
		{"sampling", HP_CELL_PLACE}, {"shown, command", HP_CELL_NOTE},
	};
	char sampling[HP_NUMBER_MAX + 64], moment[2 * HP_NUMBER_MAX + 64];

	hp_report_table(r->text, column, HP_LEN(column));
	for (size_t i = 0; i < n_of(r); i++) {
		const struct hprof_profile *p = r->v->profiles[i];

		put_count(r, (double)p->n_stacks);
		put_count(r, p->max_depth);
		put_count(r, (double)r->v->counts[i].cut_frames);
		put_file(r, i);
		hp_report_cell(r->text, hp_slice_str(p->format));
		hp_report_cell(r->text, hp_profile_str(p, p->writer));
		hp_report_cell(r->text, hp_slice_str(sampling_of(p, sampling)));
		hp_report_cell(r->text, hp_slice_str(moment_of(r->v, i, moment)));
		if (p->snapshots.command.i) {
			hp_report_put(r->text, hp_slice_str(moment[0] ? "; " : ""));
			hp_report_put(r->text, hp_profile_str(p, p->snapshots.command));
		}
	}
	hp_report_block(r->text, HP_BLOCK_NOTE);
	hp_report_say(r->text, "deepest: frames of the deepest stack; cut: frames of allocators "
			       "that were cut.");
}

/* What each file holds, whatever is filtered. */
static void put_sums(const struct hp_report *r)
{
	static const struct hp_report_column column[] = {
		{"total", HP_CELL_NUMBER},    {"exactly", HP_CELL_NUMBER},
		{"recorded", HP_CELL_NUMBER}, {"sample type", HP_CELL_TEXT},
		{"file", HP_CELL_NAME},
	};

	hp_report_table(r->text, column, has_several(r) ? HP_LEN(column) : HP_LEN(column) - 1);
	for (size_t i = 0; i < n_of(r); i++) {
		const struct hprof_profile *p = r->v->profiles[i];

		for (uint32_t t = 0; t < p->n_types; t++) {
			const struct hp_vtype type = {.unit = p->types[t].unit};
			const struct hp_style s = hp_style_grouped(r->v, r->o, &type);
			double total = r->info->of[i].total[t];
			char a[HP_NUMBER_MAX + 1];

			if (p->types[t].absent)
				continue;
			hp_report_number(r, hp_style_value(&s, a, total));
			put_count(r, total);
			put_count(r, r->info->of[i].recorded[t]);
			hp_report_cell(r->text, hp_profile_str(p, p->types[t].name));
			if (has_several(r))
				put_file(r, i);
		}
	}
}

static void put_profiles(const struct hp_report *r)
{
	hp_report_section(r->text, "hp-profile", has_several(r) ? "The profiles" : "The profile");
	if (has_several(r))
		put_several(r);
	else
		put_one(r);
	put_sums(r);
}

/* --- threads --- */

struct owner {
	size_t profile;
	uint32_t thread;
	double value, share; /* of the chosen type; of all threads of the profile */
};

static int by_owner(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	if (x->profile != y->profile)
		return x->profile < y->profile ? -1 : 1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* The threads of profile @i, of which the type is number @type, behind the @n at @owner. */
static size_t list_threads(const struct hp_report *r, size_t i, struct owner *owner, size_t n)
{
	const struct hprof_profile *p = r->v->profiles[i];
	uint32_t type = hp_profile_type(p, hp_view_str(r->v, r->style.type->name));
	double sum = 0;

	if (!p->thread_total || type == HP_NONE)
		return n;
	for (uint32_t t = 0; t < p->threads.n; t++)
		sum += p->thread_total[(size_t)t * p->n_types + type];
	for (uint32_t t = 0; t < p->threads.n; t++) {
		double value = p->thread_total[(size_t)t * p->n_types + type];

		owner[n++] = (struct owner){i, t, value, sum};
	}
	return n;
}

static void put_thread(const struct hp_report *r, const struct owner *owner)
{
	const struct hprof_profile *p = r->v->profiles[owner->profile];
	char a[HP_NUMBER_MAX + 1];

	hp_report_number(r, hp_style_value(&r->style, a, owner->value));
	hp_report_number(r, hp_format_percent(a, owner->value, owner->share));
	hp_report_cell(r->text, hp_profile_str(p, p->threads.id[owner->thread]));
	if (p->threads.name[owner->thread].i) {
		hp_report_fmt(r->text, " ");
		hp_report_put(r->text, hp_profile_str(p, p->threads.name[owner->thread]));
	}
	if (has_several(r))
		put_file(r, owner->profile);
}

/* The threads that hold most of the chosen type, of each profile as a whole. */
static int put_threads(const struct hp_report *r, struct hprof_error *err)
{
	static const struct hp_report_column column[] = {{"value", HP_CELL_NUMBER},
							 {"share", HP_CELL_NUMBER},
							 {"thread", HP_CELL_NAME},
							 {"file", HP_CELL_NAME}};
	struct owner *owner;
	size_t n = 0, room = 1;

	for (size_t i = 0; i < n_of(r); i++)
		room += r->v->profiles[i]->threads.n;
	owner = calloc(room, sizeof(*owner));
	if (!owner)
		return hp_fail_nomem(err);
	for (size_t i = 0; i < n_of(r); i++)
		n = list_threads(r, i, owner, n);
	qsort(owner, n, sizeof(*owner), by_owner);
	if (n) {
		hp_report_section(r->text, "hp-threads", "Threads");
		hp_report_table(r->text, column, HP_LEN(column) - !has_several(r));
	}
	for (size_t i = 0; i < n && i < THREAD_ROWS; i++)
		put_thread(r, &owner[i]);
	if (n > THREAD_ROWS) {
		hp_report_block(r->text, HP_BLOCK_NOTE);
		hp_report_say(r->text, "%zu more", n - THREAD_ROWS);
	}
	free(owner);
	return HPROF_OK;
}

/* --- modules --- */

/* A module that holds addresses of a profile. */
struct used {
	size_t profile;
	uint32_t module;
};

static bool same_text(const struct hprof_profile *p, hp_strid a, const struct hprof_profile *q,
		      hp_strid b)
{
	return hp_slice_same(hp_profile_str(p, a), hp_profile_str(q, b));
}

static bool same_module(const struct hprof_profile *p, const struct hp_module *a,
			const struct hprof_profile *q, const struct hp_module *b)
{
	return a->n_addr == b->n_addr && a->n_named == b->n_named && a->n_lined == b->n_lined &&
	       a->status == b->status && a->symbols == b->symbols && a->deleted == b->deleted &&
	       same_text(p, a->path, q, b->path) && same_text(p, a->build_id, q, b->build_id) &&
	       same_text(p, a->note, q, b->note);
}

static const struct hp_module *module_of(const struct hp_report *r, size_t profile, uint32_t module)
{
	return &r->v->profiles[profile]->modules.row[module];
}

static int by_module(const void *a, const void *b, void *report)
{
	const struct hp_report *r = report;
	const struct used *x = a, *y = b;
	const struct hp_module *m = module_of(r, x->profile, x->module);
	const struct hp_module *k = module_of(r, y->profile, y->module);
	int c = hp_slice_cmp(hp_profile_str(r->v->profiles[x->profile], m->path),
			     hp_profile_str(r->v->profiles[y->profile], k->path));

	if (c)
		return c;
	if (x->profile != y->profile)
		return x->profile < y->profile ? -1 : 1;
	return (x->module > y->module) - (x->module < y->module);
}

/* Modules that hold addresses; of several profiles by their paths, else in the order of the file.
 */
static int list_modules(const struct hp_report *r, struct used **out, size_t *n,
			struct hprof_error *err)
{
	size_t room = 1;

	for (size_t i = 0; i < n_of(r); i++)
		room += r->v->profiles[i]->modules.n;
	*n = 0;
	*out = calloc(room, sizeof(**out));
	if (!*out)
		return hp_fail_nomem(err);
	for (size_t i = 0; i < n_of(r); i++)
		for (uint32_t m = 0; m < r->v->profiles[i]->modules.n; m++)
			if (module_of(r, i, m)->n_addr)
				(*out)[(*n)++] = (struct used){.profile = i, .module = m};
	if (has_several(r))
		qsort_r(*out, *n, sizeof(**out), by_module, (void *)(uintptr_t)r);
	return HPROF_OK;
}

static void put_module(const struct hp_report *r, const struct used *u)
{
	const struct hprof_profile *p = r->v->profiles[u->profile];
	const struct hp_module *m = module_of(r, u->profile, u->module);

	put_count(r, m->n_addr);
	put_count(r, m->n_named);
	put_count(r, m->n_lined);
	hp_report_cell(r->text, hp_slice_str(hp_module_status_name(m->status)));
	hp_report_cell(r->text, hp_slice_str(hp_module_symbols_name(m->symbols)));
	hp_report_cell(r->text, hp_profile_str(p, m->path));
	hp_report_put(r->text, hp_slice_str(m->deleted ? " (deleted)" : ""));
	hp_report_cell(r->text, hp_profile_str(p, m->build_id));
	if (m->note.i) {
		hp_report_put(r->text, hp_slice_str(m->build_id.i ? ": " : ""));
		hp_report_put(r->text, hp_profile_str(p, m->note));
	}
}

/* List the profiles of @used[@n], which say so. */
static void put_users(const struct hp_report *r, const struct used *used, size_t n)
{
	if (n == n_of(r)) {
		hp_report_cell(r->text, HP_LIT("all"));
		return;
	}
	put_file(r, used[0].profile);
	for (size_t i = 1; i < n && i < NAMED_FILES; i++) {
		hp_report_fmt(r->text, ", ");
		hp_report_put(r->text, hp_input_label(r->v, used[i].profile));
		hp_report_put(r->text,
			      hp_slice_str(used[i].profile >= r->v->n_profiles ? " (base)" : ""));
	}
	if (n > NAMED_FILES)
		hp_report_fmt(r->text, " and %zu more", n - NAMED_FILES);
}

/* How many from @used on say of their module what the first one says; the rest moves behind. */
static size_t gather(const struct hp_report *r, struct used *used, size_t n)
{
	const struct hprof_profile *p = r->v->profiles[used->profile];
	const struct hp_module *m = module_of(r, used->profile, used->module);
	size_t same = 1;

	for (size_t i = 1; i < n; i++) {
		const struct hprof_profile *q = r->v->profiles[used[i].profile];
		const struct hp_module *k = module_of(r, used[i].profile, used[i].module);
		struct used other = used[i];

		if (!same_text(p, m->path, q, k->path))
			break;
		if (used[i].profile == used[same - 1].profile || !same_module(p, m, q, k))
			continue;
		memmove(&used[same + 1], &used[same], (i - same) * sizeof(*used));
		used[same++] = other;
	}
	return same;
}

static int put_modules(const struct hp_report *r, struct hprof_error *err)
{
	static const struct hp_report_column column[] = {
		{"addresses", HP_CELL_NUMBER},    {"named", HP_CELL_NUMBER},
		{"with a line", HP_CELL_NUMBER},  {"status", HP_CELL_TEXT},
		{"symbols", HP_CELL_TEXT},        {"module", HP_CELL_NAME},
		{"build ID, note", HP_CELL_NOTE}, {"files", HP_CELL_NOTE},
	};
	struct used *used;
	size_t n;
	int code = list_modules(r, &used, &n, err);

	if (code < 0)
		return code;
	if (n) {
		hp_report_section(r->text, "hp-modules",
				  "Modules, and how their addresses were named");
		hp_report_table(r->text, column, HP_LEN(column) - !has_several(r));
	}
	for (size_t i = 0; i < n;) {
		size_t same = has_several(r) ? gather(r, used + i, n - i) : 1;

		put_module(r, &used[i]);
		if (has_several(r))
			put_users(r, used + i, same);
		i += same;
	}
	free(used);
	return HPROF_OK;
}

/* --- warnings --- */

static void put_warnings(const struct hp_report *r)
{
	size_t n = r->info->n_hints + r->o->n_left_out;

	for (size_t i = 0; i < n_of(r); i++)
		n += hp_view_warnings(r->v, i);
	if (n == 0)
		return;
	hp_report_section(r->text, "hp-warnings", "Warnings and hints");
	for (size_t i = 0; i < r->o->n_left_out; i++) {
		hp_report_block(r->text, HP_BLOCK_ITEM);
		hp_report_cell(r->text, hp_slice_str(r->o->left_out[i]));
	}
	for (size_t i = 0; i < n_of(r); i++) {
		const struct hprof_profile *p = r->v->profiles[i];

		for (size_t k = 0; k < hp_view_warnings(r->v, i); k++) {
			uint64_t count;
			const char *text = hp_view_warning(r->v, i, k, &count);

			hp_report_block(r->text, HP_BLOCK_ITEM);
			hp_report_span(r->text, HP_WORDS_PLAIN);
			if (has_several(r)) {
				hp_report_put(r->text, hp_profile_str(p, p->input));
				hp_report_fmt(r->text, ": ");
			}
			hp_report_put(r->text, hp_slice_str(text));
			if (count > 1)
				hp_report_fmt(r->text, " (and %" PRIu64 " more of this kind)",
					      count - 1);
		}
	}
	for (size_t i = 0; i < r->info->n_hints; i++) {
		hp_report_block(r->text, HP_BLOCK_ITEM);
		hp_report_cell(r->text, hp_slice_str(r->info->hint[i]));
	}
}

int hp_report_profiles(const struct hp_report *r, struct hprof_error *err)
{
	int code;

	put_profiles(r);
	code = put_threads(r, err);
	if (code == HPROF_OK)
		code = put_modules(r, err);
	if (code == HPROF_OK)
		put_warnings(r);
	return code;
}
