/* session.c - profiles from the command line to a view: load, name, analyse. */
#include "analyzer/cli/session.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/base/error.h"
#include "analyzer/base/scan.h"
#include "analyzer/cli/choose.h"
#include "analyzer/cli/lending.h"
#include "analyzer/cli/user_dirs.h"

enum { TIMELINE_SITES = 8 };

/* Less than this part of the largest profile of a series says nothing about it. */
#define NEXT_TO_NOTHING 0.1

int hp_session_open(struct hp_session *s, const struct hp_options *o, const struct hp_needs *needs)
{
	int code;

	*s = (struct hp_session){.cache_dir = NULL};
	code = hp_inputs_open(&s->in, o, needs);
	return code == HP_EXIT_OK ? hp_files_open(&s->files, o) : code;
}

/* --- load and name --- */

static void tell_warnings(const struct hp_session *s, const struct hp_cli_input *in)
{
	if (s->in.o->quiet || s->in.needs->has_warnings)
		return;
	for (size_t i = 0; i < hprof_profile_warnings(in->profile); i++) {
		uint64_t n = hprof_profile_warning_count(in->profile, i);
		char more[64];

		if (n > 1)
			(void)snprintf(more, sizeof(more), " (and %" PRIu64 " more of this kind)",
				       n - 1); /* fits */
		hp_cli_print("%s: warning: %s%s", hp_cli_input_name(in->path),
			     hprof_profile_warning(in->profile, i), n > 1 ? more : "");
	}
	if (in->note)
		hp_cli_print("%s: warning: %s", hp_cli_input_name(in->path), in->note);
}

static double now_s(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* With -v: what took how long. */
static void tell_time(struct hp_session *s, const char *what, const char *path, double since_s)
{
	if (!s->in.o->verbose)
		return;
	hp_progress_clear(&s->line);
	hp_cli_print("%s%s%s: %.3f s", path ? path : "", path ? ": " : "", what, now_s() - since_s);
}

static int load(struct hp_session *s, struct hp_cli_input *in)
{
	struct hprof_load_opts opts = {.threads = s->in.needs->threads};
	double begin_s = now_s();

	if (s->in.o->thread || s->in.o->thread_roots)
		opts.threads = HPROF_THREADS_STACKS;
	if (s->in.n > 1)
		hp_progress_show(&s->line, &(struct hprof_progress){.file = in->path});
	if (hprof_load_file(in->path, &opts, &in->profile, &s->in.err) < 0) {
		hp_progress_clear(&s->line);
		return in->found ? HP_EXIT_INPUT
				 : hp_cli_input_error(hp_cli_input_name(in->path), &s->in.err);
	}
	tell_time(s, "read", hp_cli_input_name(in->path), begin_s);
	return HP_EXIT_OK;
}

/* Load what is not loaded yet. */
static int load_rest(struct hp_session *s)
{
	bool has_base = s->in.n_bases > 0;

	for (size_t i = 0; i < s->in.n;) {
		int code = HP_EXIT_OK;

		s->line.profile = i;
		if (!s->in.item[i].profile)
			code = load(s, &s->in.item[i]);
		if (code == HP_EXIT_OK)
			i++;
		else if (s->in.item[i].found)
			code = hp_inputs_leave_out(&s->in, i);
		if (code != HP_EXIT_OK)
			return code;
	}
	return s->in.n == s->in.n_bases || (has_base && !s->in.n_bases) ? HP_EXIT_INPUT
									: HP_EXIT_OK;
}

/* Name the addresses of s->in.item[first...], @n of them. */
static int symbolize(struct hp_session *s, size_t first, size_t n, bool is_base)
{
	const struct hp_options *o = s->in.o;
	struct hprof_symbolize_opts opts = {
		.binary = is_base && o->base_binary ? o->base_binary : s->in.binary,
		.cache_dir = s->cache_dir,
		.perf_maps = o->perf_map.item,
		.n_perf_maps = o->perf_map.n,
		.dwarf_reader = (enum hprof_dwarf_reader)o->dwarf_reader,
		.workers = o->workers,
		.progress = hp_progress_show,
		.progress_ctx = &s->line,
	};
	struct hprof_profile **p = calloc(n, sizeof(*p));
	const char **path = calloc(n, sizeof(*path));
	const char *name = n == 1 ? hp_cli_input_name(s->in.item[first].path) : NULL;
	double begin_s = now_s();
	int r = p && path ? HPROF_OK : hp_fail_nomem(&s->in.err), code = HP_EXIT_OK;

	s->files.line = &s->line;
	hp_files_fill(&s->files, o, &opts);
	for (size_t i = 0; r == HPROF_OK && i < n; i++) {
		const struct hp_cli_input *in = &s->in.item[first + i];

		p[i] = in->profile;
		path[i] = strcmp(in->path, "-") == 0 ? NULL : in->path;
	}
	if (r == HPROF_OK)
		r = hprof_symbolize_series(p, path, n, &opts, &s->in.err);
	free(p);
	free(path);
	if (r < 0) {
		hp_progress_clear(&s->line);
		code = hp_cli_input_error(hp_cli_input_name(s->in.item[first].path), &s->in.err);
		if (is_base && s->in.err.code == HPROF_EFILE && !o->base_binary)
			hp_cli_print("was the base written by another build? give that "
				     "with --base-binary");
		return code;
	}
	tell_time(s, "named", name, begin_s);
	return code;
}

/* With -v: why nothing is remembered. */
static void find_cache(struct hp_session *s)
{
	struct hprof_error err = HPROF_ERROR_INIT;

	if (s->in.o->no_cache || s->in.o->no_symbols)
		return;
	s->cache_dir = hp_cache_home();
	if (!s->in.o->verbose)
		return;
	if (!s->cache_dir)
		hp_cli_print("names are not remembered: " HP_CACHE_NO_HOME);
	else if (hprof_cache_usable(s->cache_dir, &err) < 0)
		hp_cli_print("names are not remembered: %s", err.message);
}

/* What makes values that are added up, subtracted or shown over time incomparable. */
static void note_together(struct hp_session *s)
{
	size_t n_new = s->in.n - s->in.n_bases;

	for (size_t i = 1; i < s->in.n; i++) {
		struct hprof_profile *p = s->in.item[i].profile,
				     *before = s->in.item[i - 1].profile;

		if (i >= n_new || s->in.o->sum || s->in.needs->jeprof)
			hprof_note_together(s->in.item[0].profile, p, i >= n_new);
		else if (s->in.needs->all_snapshots ||
			 hp_inputs_keep_time(&s->in)) /* told where it changes */
			hprof_note_together(p, before, true);
	}
}

/* A timeline is read as that of one process: tell if it is not, where names of files did not. */
static void tell_processes(const struct hp_session *s)
{
	const struct hprof_profile *first = s->in.item[0].profile;
	size_t n = 0;

	if (s->in.o->quiet || s->in.current.n_processes > 1 ||
	    !(s->in.needs->all_snapshots || hp_inputs_keep_time(&s->in)))
		return;
	for (size_t i = 1; i < s->in.n - s->in.n_bases; i++)
		n += hprof_two_processes(first, s->in.item[i].profile);
	if (n)
		hp_cli_print(
			"note: %zu of %zu profiles %s of another process than %s: the program lies "
			"elsewhere in memory",
			n, s->in.n - s->in.n_bases, n == 1 ? "is" : "are",
			hp_cli_input_name(s->in.item[0].path));
}

/* Load all inputs, and keep those that are shown. */
static int load_inputs(struct hp_session *s)
{
	struct hp_inputs *in = &s->in;
	bool several = in->n - in->n_bases > 1;
	int code = hp_inputs_check_snapshots(in);

	if (code == HP_EXIT_OK && several && !in->current.folder)
		code = load(s, &in->item[0]); /* its content says whether it is meant as BINARY */
	if (code == HP_EXIT_OK && !(several && !in->item[0].at && in->item[0].profile &&
				    hprof_profile_snapshots(in->item[0].profile)))
		code = hp_inputs_check_series(in, &in->current);
	if (code == HP_EXIT_OK && in->bases.folder)
		code = hp_inputs_check_series(in, &in->bases);
	hp_progress_begin(&s->line, s->in.o);
	s->line.n_profiles = in->n;
	if (code == HP_EXIT_OK)
		code = load_rest(s);
	hp_progress_clear(&s->line);
	if (code == HP_EXIT_OK)
		code = hp_inputs_check_series(in, &in->current);
	s->line.n_profiles = 0;
	return code == HP_EXIT_OK ? hp_inputs_choose(in) : code;
}

/* Let other dumps name code that was unloaded: those around the chosen ones, and all of @s. */
static int lend(struct hp_session *s)
{
	struct hp_inputs *in = &s->in;
	const struct hp_series *series[] = {&in->current, &in->bases};
	size_t first[] = {0, in->n - in->n_bases};
	int code = HP_EXIT_OK;

	for (size_t i = 0; code == HP_EXIT_OK && i < HP_LEN(series); i++) {
		double begin_s = now_s();

		if (!series[i]->n_around)
			continue;
		code = hp_inputs_lend_around(in, series[i], &in->item[first[i]]);
		tell_time(s, "looked around", hp_cli_input_name(in->item[first[i]].path), begin_s);
	}
	return code == HP_EXIT_OK && in->n > 1 ? hp_inputs_lend_maps(in) : code;
}

int hp_session_load(struct hp_session *s)
{
	int code = load_inputs(s);
	size_t n = s->in.n - s->in.n_bases;

	if (code == HP_EXIT_OK && n > 1 && s->in.needs->jeprof && !s->in.o->quiet)
		hp_cli_print("note: %zu profiles are added up, as jeprof does", n);
	if (code == HP_EXIT_OK)
		tell_processes(s);
	find_cache(s);
	if (code == HP_EXIT_OK)
		code = lend(s);
	if (code == HP_EXIT_OK && !s->in.o->no_symbols)
		code = symbolize(s, 0, n, false);
	if (code == HP_EXIT_OK && !s->in.o->no_symbols && s->in.n_bases)
		code = symbolize(s, n, s->in.n_bases, true);
	hp_progress_end(&s->line);
	if (code == HP_EXIT_OK)
		note_together(s);
	for (size_t i = 0; code == HP_EXIT_OK && i < s->in.n; i++)
		tell_warnings(s, &s->in.item[i]);
	return code;
}

/* --- analyse --- */

/* What the profiles are called over time: as --at has them, also where some were left out. */
static int list_numbers(struct hp_session *s)
{
	s->numbers = calloc(s->in.n, sizeof(*s->numbers));
	if (!s->numbers)
		return hp_cli_no_memory();
	for (size_t i = 0; i < s->in.n; i++)
		s->numbers[i] = s->in.item[i].number;
	return HP_EXIT_OK;
}

/* A view of the inputs from @first on, @n of them, less @n_bases; with @moments over time. */
static int make_view(struct hp_session *s, size_t first, size_t n, size_t n_bases, bool moments,
		     struct hprof_view **out)
{
	const struct hp_options *o = s->in.o;
	const struct hprof_view_opts opts = {
		.sample_type = s->in.sample_type,
		.all_types = s->in.needs->all_types,
		.moments = moments || s->in.needs->apart,
		.numbers = moments ? s->numbers : NULL,
		.shares = s->in.needs->breakdown,
		.granularity = (enum hprof_granularity)o->granularity,
		.names = (enum hprof_names)o->names,
		.prune = (enum hprof_prune)o->prune,
		.no_inlines = o->no_inlines,
		.drop_negative = o->drop_negative,
		.sort_cum = o->sort_cum,
		.jeprof_rows = s->in.needs->jeprof,
		.alloc_fns = o->alloc_fn.item,
		.n_alloc_fns = o->alloc_fn.n,
		.focus = o->focus.item,
		.n_focus = o->focus.n,
		.ignore = o->ignore.item,
		.n_ignore = o->ignore.n,
		.hide = o->hide.item,
		.n_hide = o->hide.n,
		.show = o->show.item,
		.n_show = o->show.n,
		.thread = o->thread,
		.thread_roots = o->thread_roots && !moments, /* totals over time have no roots */
	};
	struct hprof_source *source = calloc(n + n_bases, sizeof(*source));
	int r = source ? HPROF_OK : hp_fail_nomem(&s->in.err);

	for (size_t i = 0; source && i < n + n_bases; i++) {
		const struct hp_cli_input *in =
			&s->in.item[i < n ? first + i : s->in.n - s->in.n_bases + (i - n)];

		source[i] = (struct hprof_source){
			in->profile, moments ? HPROF_ALL_SNAPSHOTS : in->snapshot, in->note};
	}
	if (r == HPROF_OK)
		r = hprof_view_new(source, n, source + n, n_bases, &opts, out, &s->in.err);
	free(source);
	return r < 0 ? hp_cli_error(&s->in.err) : HP_EXIT_OK;
}

/*
 * Which profile is number @when of its series where files were left out: as with all of them.
 * @n_new: @when is no number, or nothing was left out.
 */
static int choose_number(struct hp_session *s, const char *when, size_t n_new, size_t *which)
{
	struct hp_slice text = hp_slice_str(when);
	uint64_t number;

	*which = n_new;
	if (!s->in.current.n_left_out || hp_inputs_are_recording(&s->in) ||
	    !hp_scan_u64(&text, &number) || text.len)
		return HPROF_OK;
	for (*which = 0; *which < n_new; ++*which)
		if (s->in.item[*which].number == number)
			return HPROF_OK;
	if (number < s->in.current.n)
		return hp_fail(&s->in.err, HPROF_EFILE, "--at %s: this profile cannot be read",
			       when);
	return hp_fail(&s->in.err, HPROF_EINVAL,
		       "--at: there is no profile number %s, they are counted from 0 to %zu", when,
		       s->in.current.n - 1);
}

/*
 * The profile that a report of a series shows when nothing is said: the last one, or that farthest
 * from 0 where the last holds next to nothing of it.
 */
static size_t choose_telling(const struct hp_session *s, size_t n_new)
{
	double last = hprof_timeline_total(s->over_time, n_new - 1), most = last;
	size_t largest = n_new - 1;
	char part[40] = "is empty";

	for (size_t i = 0; i < n_new; i++)
		if (fabs(hprof_timeline_total(s->over_time, i)) > fabs(most)) {
			most = hprof_timeline_total(s->over_time, i);
			largest = i;
		}
	if (fabs(last) >= fabs(most) * NEXT_TO_NOTHING)
		return n_new - 1;
	if (last != 0 && (last < 0) == (most < 0))
		(void)snprintf(part, sizeof(part), "holds %.1f%% of it", 100 * last / most);
	else if (last != 0)
		(void)snprintf(part, sizeof(part), "is next to nothing beside it");
	if (!s->in.o->quiet)
		hp_cli_print("note: the report shows the %s, %s: the last one, %s, %s (--last "
			     "shows that)",
			     most < 0 ? "profile farthest below zero" : "largest profile",
			     hp_cli_input_name(s->in.item[largest].path),
			     hp_cli_input_name(s->in.item[n_new - 1].path), part);
	return largest;
}

/* Show one profile of the series; the others stay for the timeline. */
static int choose_of_series(struct hp_session *s, size_t n_new)
{
	const char *when = s->in.o->at                       ? s->in.o->at
			   : hp_inputs_are_recording(&s->in) ? "peak"
							     : NULL;
	size_t which = n_new;
	int r = hp_inputs_keep_type(&s->in,
				    s->in.item[0].profile); /* the chart over time is of it */

	if (r == HPROF_OK && !when)
		which = choose_telling(s, n_new);
	else if (r == HPROF_OK)
		r = choose_number(s, when, n_new, &which);
	if (r == HPROF_OK && which == n_new)
		r = hp_inputs_choose_among(&s->in, 0, n_new, when, &which);
	if (r < 0)
		return hp_cli_error(&s->in.err);
	s->shown = which;
	s->n_shown = 1;
	return HP_EXIT_OK;
}

/* What happened over time, and which part of it is shown. */
static int look_back(struct hp_session *s)
{
	size_t n_new = s->in.n - s->in.n_bases;
	int code = HP_EXIT_OK;

	if (!hp_inputs_keep_time(&s->in))
		return HP_EXIT_OK;
	if (n_new > 1 || hprof_profile_snapshots(s->in.item[0].profile)) {
		code = make_view(s, 0, n_new, 0, true, &s->time_view);
		if (code == HP_EXIT_OK &&
		    hprof_timeline_new(s->time_view, TIMELINE_SITES, &s->over_time, &s->in.err) < 0)
			code = hp_cli_error(&s->in.err);
	}
	if (code != HP_EXIT_OK)
		return code;
	return n_new > 1 ? choose_of_series(s, n_new)
			 : hp_inputs_choose_snapshot(&s->in, &s->in.item[0], false);
}

int hp_session_analyse(struct hp_session *s)
{
	double begin_s = now_s();
	const char *note;
	int code = list_numbers(s);

	if (code == HP_EXIT_OK)
		code = look_back(s);
	if (code == HP_EXIT_OK)
		code = make_view(s, s->shown, s->n_shown ? s->n_shown : s->in.n - s->in.n_bases,
				 s->in.n_bases, s->in.needs->all_snapshots, &s->view);
	if (code != HP_EXIT_OK)
		return code;
	tell_time(s, "analysed", NULL, begin_s);
	for (size_t i = 0; !s->in.o->quiet && (note = hprof_view_note(s->view, i)) != NULL; i++)
		hp_cli_print("warning: %s", note);
	return code;
}

void hp_session_close(struct hp_session *s)
{
	hprof_timeline_free(s->over_time);
	hprof_view_free(s->time_view);
	hprof_view_free(s->view);
	free(s->numbers);
	hp_files_close(&s->files);
	free(s->cache_dir);
	hp_inputs_release(&s->in);
}
