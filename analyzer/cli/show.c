/* show.c - the way of every command that shows profiles: load, name, analyse, write. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/base/scan.h"
#include "analyzer/cli/arguments.h"
#include "analyzer/cli/series.h"

enum { TIMELINE_SITES = 8 };

/* Less than this part of the largest profile of a series says nothing about it. */
#define NEXT_TO_NOTHING 0.1

/* A profile with the file it came from. */
struct input {
	const char *path;
	struct hprof_profile *profile;
	const char *at;   /* snapshot of this one, NULL: as for all */
	int64_t snapshot; /* that is shown, or all of them */
	char *note;       /* what was not plain about its choice; or NULL */
	uint32_t number;  /* place in its series... */
	size_t place;     /* ...and in the order of time */
	bool found;       /* in a folder: if it cannot be read, the others are still shown */
};

struct session {
	const struct hp_options *o;
	const struct hp_show *show;
	const char *binary;
	const char *sample_type; /* NULL: the default of what is shown */
	char *own_type;          /* it, where nobody asked for one */
	struct input *input;     /* [n] the profiles, the bases behind them */
	size_t n, n_bases;
	size_t shown, n_shown; /* of the profiles, those that are shown; n_shown 0: all */
	struct hp_series news, bases;
	struct hp_progress_line line;
	struct hp_files files;
	char *cache_dir;       /* NULL: nothing is remembered */
	const char **left_out; /* [n_left_out] lines about files that cannot be read */
	size_t n_left_out;
	uint32_t *numbers; /* [n] of the profiles in their series, for outputs over time */
	struct hprof_view *view, *time_view;
	struct hprof_timeline *over_time;
	struct hprof_error err;
};

/* Whether all moments are kept until what happened over time is known, and one is shown then. */
static bool keeps_time(const struct session *s)
{
	if (!s->show->over_time || s->o->sum)
		return false;
	for (size_t i = 0; i < s->news.n; i++)
		if (s->news.item[i].at)
			return false;
	return true;
}

static const char *input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* --- what the arguments mean --- */

static int no_profile(const struct session *s)
{
	struct stat st;
	bool fed = fstat(STDIN_FILENO, &st) == 0 && (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode));

	if (s->binary)
		return hp_usage("\"%s\" is an ELF file: a PROFILE is missing behind it%s",
				s->binary, fed ? " (\"-\" reads standard input)" : "");
	return hp_usage("a PROFILE is missing (%s)",
			fed ? "\"-\" reads standard input" : "\"hprof --help\" shows the forms");
}

/*
 * Open a series; what is chosen of it is all that stays.  Bases that were named one by one are
 * added up without a word.
 */
static int open_series(const struct session *s, struct hp_series *series, const char *const *inputs,
		       size_t n, bool is_base)
{
	const struct hp_options *o = s->o;
	int code = hp_series_open(series, inputs, n, o);
	bool named = is_base && !series->folder;
	bool all, is_sum;

	if (code != HP_EXIT_OK)
		return code;
	all = s->show->all_moments || (!is_base && keeps_time(s));
	is_sum = !all && (!o->at || named);
	if (!named)
		hp_series_tell(series, o, !is_sum);
	if (all)
		return HP_EXIT_OK;
	if (is_sum) { /* does not depend on times */
		hp_series_as_given(series);
		return HP_EXIT_OK;
	}
	if (series->n < 2 || !hp_series_by_place(series, o->at))
		return HP_EXIT_OK; /* their contents will tell */
	return hp_series_choose(series, o->at);
}

/* Whether the profiles, as far as they are loaded, are parts of one recording, each a whole file.
 */
static bool is_recording(const struct session *s)
{
	for (size_t i = 0; i < s->n - s->n_bases; i++)
		if (s->input[i].at ||
		    (s->input[i].profile &&
		     !hprof_same_recording(s->input[0].profile, s->input[i].profile)))
			return false;
	return s->n - s->n_bases > 1 && s->input[0].profile;
}

/* "FILE@WHEN" chooses a moment where nothing else does, and where one is wanted. */
static int check_moments(const struct session *s)
{
	for (size_t i = 0; i < s->n - s->n_bases; i++) {
		const struct input *in = &s->input[i];

		if (in->at && s->o->at)
			return hp_usage("%s@%s and --at choose a moment each: give one of these",
					input_name(in->path), in->at);
		if (in->at && s->show->all_moments)
			return hp_usage("%s@%s is one moment: a timeline needs the whole, %s",
					input_name(in->path), in->at, input_name(in->path));
	}
	return HP_EXIT_OK;
}

/* A mistyped name, or one of a file to be written, is no second profile. */
static int check_files(const struct hp_series *series)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct stat st;

	for (size_t i = 0; i < series->n; i++) {
		const char *path = series->item[i].path;

		if (strcmp(path, "-") == 0 || stat(path, &st) == 0)
			continue;
		hp_fail(&err, HPROF_EFILE, "cannot open: %s", hp_errno_text(errno));
		return hp_report(path, &err);
	}
	return HP_EXIT_OK;
}

/*
 * The first file of @series that is not of one recording with the file before all others, where
 * that is a recording: --at takes none of these.  NULL: all are, or it is a dump.
 */
static const char *other_run(const struct hp_series *series)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *first = NULL, *p;
	const char *other = NULL;

	if (hp_series_by_place(series, "last") ||
	    hprof_load_file(series->item[0].path, NULL, &first, &err) < 0)
		return NULL;
	for (size_t i = 1; !other && hprof_profile_snapshots(first) && i < series->n; i++) {
		p = NULL;
		if (hprof_load_file(series->item[i].path, NULL, &p, &err) == HPROF_OK &&
		    !hprof_same_recording(first, p))
			other = series->item[i].path;
		hprof_profile_free(p);
	}
	hprof_profile_free(first);
	return other;
}

/* Several profiles are never added up, nor one of them chosen, unless that was said. */
static int check_series(const struct session *s, const struct hp_series *series)
{
	size_t n = series == &s->news ? s->n - s->n_bases : s->n_bases;
	const char *other;
	int code;

	if (n < 2 || s->o->sum || s->o->at || s->show->jeprof || s->show->all_moments ||
	    s->show->apart)
		return HP_EXIT_OK;
	if (series == &s->news && (is_recording(s) || keeps_time(s)))
		return HP_EXIT_OK;
	code = check_files(series);
	if (code != HP_EXIT_OK)
		return code;
	other = other_run(series);
	if (other)
		return hp_usage("%s and %s are not of one recording: name one of them%s%s",
				series->item[0].path, other,
				s->show->only_one ? "" : ", or --sum adds up the peak of each",
				s->show->only_one || s->show->needs_base
					? ""
					: "; to compare two: hprof diff BASE NEW");
	if (s->show->needs_base)
		return hp_usage("%s holds %zu profiles: --last takes the last of them, --at N "
				"another, --sum adds them up",
				series->given, n);
	if (s->show->only_one)
		return hp_usage("%zu profiles are a series: --last takes the last of them, --at N "
				"another",
				n);
	return hp_usage(
		"%zu profiles are a series: --sum adds them up, --last takes the last, --at "
		"N another; to compare two: hprof diff BASE NEW",
		n);
}

static void add_inputs(struct session *s, const struct hp_series *series)
{
	for (size_t i = 0; i < series->n; i++)
		s->input[s->n++] = (struct input){.path = series->item[i].path,
						  .at = series->item[i].at,
						  .snapshot = HPROF_ALL_SNAPSHOTS,
						  .number = (uint32_t)i,
						  .place = series->item[i].place,
						  .found = series->item[i].found};
}

/* The profiles, then the bases: @base[n_base], and what --base says. */
static int list_inputs(struct session *s, const char *const *profile, size_t n,
		       const char *const *base, size_t n_base)
{
	const struct hp_list *more = &s->o->base;
	const char **bases = calloc(n_base + more->n + 1, sizeof(*bases));
	int code;

	if (!bases) {
		hp_fail_nomem(&s->err);
		return hp_report(NULL, &s->err);
	}
	for (size_t i = 0; i < n_base; i++)
		bases[i] = base[i];
	for (size_t i = 0; i < more->n; i++)
		bases[n_base + i] = more->item[i];
	code = open_series(s, &s->news, profile, n, false);
	if (code == HP_EXIT_OK)
		code = open_series(s, &s->bases, bases, n_base + more->n, true);
	free(bases);
	if (code != HP_EXIT_OK)
		return code;
	s->input = calloc(s->news.n + s->bases.n, sizeof(*s->input));
	if (!s->input) {
		hp_fail_nomem(&s->err);
		return hp_report(NULL, &s->err);
	}
	add_inputs(s, &s->news);
	add_inputs(s, &s->bases);
	s->n_bases = s->bases.n;
	return HP_EXIT_OK;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Options that exclude each other. */
static int check_options(const struct session *s)
{
	static const char *const pictures[] = {".svg", ".png", ".pdf", ".html", ".htm"};

	if (s->o->output && !*s->o->output)
		return hp_usage("-o, --output: found \"\", expected a file");
	if (s->show->output_json && !s->show->pictures && s->o->output)
		for (size_t i = 0; i < HP_LEN(pictures); i++)
			if (hp_slice_ends(hp_slice_str(s->o->output), hp_slice_str(pictures[i])))
				return hp_usage("-o %s: this command writes text; \"hprof flame\", "
						"\"hprof timeline\" and \"hprof report\" draw",
						s->o->output);
	if (s->o->sum && s->o->at)
		return hp_usage("--sum adds all profiles up, --last and --at take one: give one of "
				"these");
	if (!s->show->needs_base && !s->o->base.n && s->o->base_binary)
		return hp_usage("--base-binary needs a base: --base FILE");
	return HP_EXIT_OK;
}

/* Open what the arguments stand for: the profiles and the bases. */
static int list_arguments(struct session *s, const struct hp_arguments *a)
{
	bool diff = s->show->needs_base;
	size_t dashes = 0;
	int code = HP_EXIT_OK;

	s->binary = a->binary;
	if (!a->binary && a->n > 1 + (size_t)diff && !s->o->sum && !s->o->at && !s->show->apart)
		code = hp_arguments_check_binary(a->profile[0], s->show->jeprof);
	if (code != HP_EXIT_OK)
		return code;
	if (a->n == 0)
		return no_profile(s);
	if (diff && s->o->base.n)
		return hp_usage("diff has its base among its arguments: hprof diff [BINARY] BASE "
				"NEW, without --base");
	if (diff && a->n == 1 && is_folder(a->profile[0]))
		return hp_usage("diff compares two profiles: name two of those in %s; \"hprof "
				"timeline\" shows all",
				a->profile[0]);
	if (diff && a->n != 2)
		return hp_usage("diff compares two profiles, found %zu: hprof diff [BINARY] BASE "
				"NEW",
				a->n);
	code = diff ? list_inputs(s, &a->profile[1], 1, &a->profile[0], 1)
		    : list_inputs(s, a->profile, a->n, NULL, 0);
	if (code != HP_EXIT_OK)
		return code;
	for (size_t i = 0; i < s->n; i++)
		dashes += strcmp(s->input[i].path, "-") == 0;
	if (dashes > 1)
		return hp_usage("standard input (\"-\") can be read only once");
	return HP_EXIT_OK;
}

/* Nothing that is read is replaced, as far as the arguments tell. */
static int check_output(const struct session *s)
{
	const struct hp_series *series[] = {&s->news, &s->bases};
	struct stat st;
	bool is_read;

	if (!hp_replaces(s->o, &st))
		return HP_EXIT_OK;
	is_read = hp_is_file(s->binary, &st);
	for (size_t i = 0; i < s->n; i++)
		is_read |= hp_is_file(s->input[i].path, &st);
	for (size_t i = 0; i < HP_LEN(series); i++)
		for (size_t k = 0; k < series[i]->n_around; k++)
			is_read |= hp_is_file(series[i]->around[k], &st);
	return hp_replace_check(s->o, &s->files, &st, is_read, s->show->output);
}

static int sort_arguments(struct session *s)
{
	struct hp_arguments a = {.n = 0};
	int code = check_options(s);

	if (code == HP_EXIT_OK)
		code = hp_arguments_sort(&a, s->o, s->show);
	if (code == HP_EXIT_OK)
		code = list_arguments(s, &a);
	hp_arguments_release(&a);
	return code;
}

/* A folder that is not there finds nothing: most likely a slip. */
void hp_check_folders(const struct hp_options *o, const char *option, const struct hp_list *l)
{
	for (size_t i = 0; !o->quiet && i < l->n; i++)
		if (!is_folder(l->item[i]))
			hp_say("warning: --%s %s: no such folder", option, l->item[i]);
}

/* --- load and name --- */

static void tell_warnings(const struct session *s, const struct input *in)
{
	if (s->o->quiet || s->show->tells_warnings)
		return;
	for (size_t i = 0; i < hprof_profile_warnings(in->profile); i++) {
		uint64_t n = hprof_profile_warning_count(in->profile, i);
		char more[64];

		if (n > 1)
			(void)snprintf(more, sizeof(more), " (and %" PRIu64 " more of this kind)",
				       n - 1); /* fits */
		hp_say("%s: warning: %s%s", input_name(in->path),
		       hprof_profile_warning(in->profile, i), n > 1 ? more : "");
	}
	if (in->note)
		hp_say("%s: warning: %s", input_name(in->path), in->note);
}

static double now_s(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* With -v: what took how long. */
static void tell_time(struct session *s, const char *what, const char *path, double since_s)
{
	if (!s->o->verbose)
		return;
	hp_progress_clear(&s->line);
	hp_say("%s%s%s: %.3f s", path ? path : "", path ? ": " : "", what, now_s() - since_s);
}

static int load(struct session *s, struct input *in)
{
	struct hprof_load_opts opts = {.threads = s->show->threads};
	double begin_s = now_s();

	if (s->o->thread || s->o->thread_roots)
		opts.threads = HPROF_THREADS_STACKS;
	if (s->n > 1)
		hp_progress_show(&s->line, &(struct hprof_progress){.file = in->path});
	if (hprof_load_file(in->path, &opts, &in->profile, &s->err) < 0) {
		hp_progress_clear(&s->line);
		return in->found ? HP_EXIT_INPUT : hp_report(input_name(in->path), &s->err);
	}
	tell_time(s, "read", input_name(in->path), begin_s);
	return HP_EXIT_OK;
}

/* Leave out input @i, a file of a folder that s->err is about; the next takes its place. */
static int leave_out(struct session *s, size_t i)
{
	bool is_base = i >= s->n - s->n_bases;
	struct hp_series *series = is_base ? &s->bases : &s->news;
	int code = hp_series_leave_out(series, s->input[i].path, &s->err);

	s->err = (struct hprof_error)HPROF_ERROR_INIT;
	if (code != HP_EXIT_OK)
		return code;
	hprof_profile_free(s->input[i].profile);
	s->input[i].profile = NULL;
	if (hp_series_next(series)) {
		s->input[i].path = series->item[0].path;
		return HP_EXIT_OK;
	}
	memmove(&s->input[i], &s->input[i + 1], (s->n - i - 1) * sizeof(*s->input));
	s->n--;
	s->n_bases -= is_base;
	return HP_EXIT_OK;
}

/* Load what is not loaded yet. */
static int load_rest(struct session *s)
{
	bool has_base = s->n_bases > 0;

	for (size_t i = 0; i < s->n;) {
		int code = HP_EXIT_OK;

		s->line.profile = i;
		if (!s->input[i].profile)
			code = load(s, &s->input[i]);
		if (code == HP_EXIT_OK)
			i++;
		else if (s->input[i].found)
			code = leave_out(s, i);
		if (code != HP_EXIT_OK)
			return code;
	}
	return s->n == s->n_bases || (has_base && !s->n_bases) ? HP_EXIT_INPUT : HP_EXIT_OK;
}

/* Name the addresses of s->input[first...], @n of them. */
static int symbolize(struct session *s, size_t first, size_t n, bool is_base)
{
	const struct hp_options *o = s->o;
	struct hprof_symbolize_opts opts = {
		.binary = is_base && o->base_binary ? o->base_binary : s->binary,
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
	const char *name = n == 1 ? input_name(s->input[first].path) : NULL;
	double begin_s = now_s();
	int r = p && path ? HPROF_OK : hp_fail_nomem(&s->err), code = HP_EXIT_OK;

	s->files.line = &s->line;
	hp_files_fill(&s->files, o, &opts);
	for (size_t i = 0; r == HPROF_OK && i < n; i++) {
		const struct input *in = &s->input[first + i];

		p[i] = in->profile;
		path[i] = strcmp(in->path, "-") == 0 ? NULL : in->path;
	}
	if (r == HPROF_OK)
		r = hprof_symbolize_series(p, path, n, &opts, &s->err);
	free(p);
	free(path);
	if (r < 0) {
		hp_progress_clear(&s->line);
		code = hp_report(input_name(s->input[first].path), &s->err);
		if (is_base && s->err.code == HPROF_EFILE && !o->base_binary)
			hp_say("was the base written by another build? give that "
			       "with --base-binary");
		return code;
	}
	tell_time(s, "named", name, begin_s);
	return code;
}

/* With -v: why nothing is remembered. */
static void find_cache(struct session *s)
{
	struct hprof_error err = HPROF_ERROR_INIT;

	if (s->o->no_cache || s->o->no_symbols)
		return;
	s->cache_dir = hp_cache_home();
	if (!s->o->verbose)
		return;
	if (!s->cache_dir)
		hp_say("names are not remembered: " HP_CACHE_NO_HOME);
	else if (hprof_cache_usable(s->cache_dir, &err) < 0)
		hp_say("names are not remembered: %s", err.message);
}

/* Of s->input[first...], @n of them, keep number @which alone. */
static void keep_one(struct session *s, size_t first, size_t n, size_t which)
{
	struct input kept = s->input[first + which];

	for (size_t i = 0; i < n; i++)
		if (i != which)
			hprof_profile_free(s->input[first + i].profile);
	s->input[first] = kept;
	memmove(&s->input[first + 1], &s->input[first + n], (s->n - first - n) * sizeof(*s->input));
	s->n -= n - 1;
}

/* Show @found of @in, and what was not plain about that. */
static int take_snapshot(struct session *s, struct input *in, const struct hprof_source *found)
{
	in->snapshot = found->snapshot;
	if (!*found->note)
		return HPROF_OK;
	in->note = strdup(found->note);
	return in->note ? HPROF_OK : hp_fail_nomem(&s->err);
}

/* Choose the snapshot of one input, if it has several or one was asked for. */
static int choose_moment(struct session *s, struct input *in, bool is_base)
{
	const struct hprof_profile *p = in->profile;
	const char *at = in->at;
	char note[HPROF_MESSAGE_MAX];
	struct hprof_source found;
	int r;

	if (!at && !(is_base ? &s->bases : &s->news)->chosen &&
	    (!is_base || s->n_bases == 1 || hprof_profile_snapshots(p)))
		at = s->o->at; /* of several bases, of each that has snapshots */
	if (!in->at && (s->news.chosen || s->bases.chosen) && !hprof_profile_snapshots(p))
		return HP_EXIT_OK; /* --at was for the folder that this is compared with */
	if (!at && !hprof_profile_snapshots(p))
		return HP_EXIT_OK;
	r = hprof_find_snapshot(&p, 1, at ? at : "peak", NULL, note, &found, &s->err);
	if (r == HPROF_ENODATA && !at && s->show->only_one) { /* it shows the totals */
		s->err = (struct hprof_error)HPROF_ERROR_INIT;
		return HP_EXIT_OK;
	}
	if (r == HPROF_OK)
		r = take_snapshot(s, in, &found);
	return r < 0 ? hp_report(input_name(in->path), &s->err) : HP_EXIT_OK;
}

/* Whether the profiles have times that can be shown together. */
static int check_timeline(struct session *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct hprof_profile *p = s->input[i].profile;

		if (i &&
		    (hprof_profile_snapshots(p) || hprof_profile_snapshots(s->input[0].profile)) &&
		    !hprof_same_recording(p, s->input[0].profile))
			return hp_usage(
				"%s and %s are not of one recording: their times cannot be "
				"compared; give recordings of one run, or dumps without them",
				input_name(s->input[0].path), input_name(s->input[i].path));
	}
	if (s->n > 1 || hprof_profile_snapshots(s->input[0].profile))
		return HP_EXIT_OK;
	hp_fail(&s->err, HPROF_ENODATA,
		"this file holds one moment: a timeline needs a recording, or several profiles");
	return hp_report(input_name(s->input[0].path), &s->err);
}

/* The process that the name of a dump tells; 0: none. */
static uint64_t pid_of(const char *path)
{
	struct hp_series_item item = {.path = (char *)(uintptr_t)path}; /* it is only read */

	return hp_series_parse(&item) ? item.pid : 0;
}

/*
 * Before the others are gone: let them tell the profile of @in[which], one of @n, of code that was
 * unloaded.
 */
static int lend_before(struct session *s, const struct input *in, size_t n, size_t which)
{
	struct hprof_profile **p = calloc(n, sizeof(*p));
	uint64_t *pid = calloc(n, sizeof(*pid));
	int r = p && pid ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; r == HPROF_OK && i < n; i++) {
		p[i] = in[i].profile;
		pid[i] = pid_of(in[i].path);
	}
	if (r == HPROF_OK)
		r = hprof_lend_maps_to(p, pid, n, which, &s->err);
	free(p);
	free(pid);
	return r;
}

/* Show all by the default sample type of @p, which may be gone by then, if none was asked for. */
static int keep_type(struct session *s, const struct hprof_profile *p)
{
	if (s->sample_type)
		return HPROF_OK;
	s->sample_type = s->own_type = strdup(hprof_profile_default_type(p));
	return s->own_type ? HPROF_OK : hp_fail_nomem(&s->err);
}

/*
 * Choose one of the inputs from @first on, @n of them: the largest by the sample type that they are
 * compared by, which is that of the profiles for bases, too.
 */
static int choose_among(struct session *s, size_t first, size_t n, const char *when, size_t *which)
{
	const struct hprof_profile **p = calloc(n, sizeof(*p));
	char note[HPROF_MESSAGE_MAX];
	struct hprof_source found;
	int r = p ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; p && i < n; i++)
		p[i] = s->input[first + i].profile;
	if (r == HPROF_OK && strcmp(when, "peak") == 0)
		r = keep_type(s, s->input[0].profile);
	if (r == HPROF_OK)
		r = hprof_find_snapshot(p, n, when, s->sample_type, note, &found, &s->err);
	free(p);
	if (r < 0)
		return r;
	*which = 0;
	while (s->input[first + *which].profile != found.profile)
		++*which;
	return take_snapshot(s, &s->input[first + *which], &found);
}

/* Of s->input[first...], @n of them, keep the one that --at takes by what is in them. */
static int choose_one(struct session *s, size_t first, size_t n)
{
	size_t which = 0;
	int r = choose_among(s, first, n, s->o->at ? s->o->at : "peak", &which);

	if (r == HPROF_OK)
		r = lend_before(s, &s->input[first], n, which);
	if (r < 0)
		return hp_report(NULL, &s->err);
	keep_one(s, first, n, which);
	return HP_EXIT_OK;
}

/*
 * Over time, recordings and dumps do not go together: of those found in a folder the fewer are
 * left out, and one dump in any case.
 */
static int pass_over(struct session *s)
{
	size_t n = s->n - s->n_bases, recordings = 0;
	int code = HP_EXIT_OK;
	bool is_wanted;

	for (size_t i = 0; i < n; i++)
		recordings += hprof_profile_snapshots(s->input[i].profile) > 0;
	if (!recordings || recordings == n)
		return HP_EXIT_OK;
	is_wanted = recordings > n - recordings || n - recordings == 1;
	for (size_t i = 0; i < n; i++)
		if (!s->input[i].found &&
		    (hprof_profile_snapshots(s->input[i].profile) > 0) != is_wanted)
			return HP_EXIT_OK; /* it was named: an error of usage */
	for (size_t i = 0; code == HP_EXIT_OK && i < s->n - s->n_bases;) {
		if ((hprof_profile_snapshots(s->input[i].profile) > 0) == is_wanted) {
			i++;
			continue;
		}
		hp_fail(&s->err, HPROF_ENODATA,
			is_wanted ? "this is no recording: it has no time among those of the others"
				  : "this is a recording: its times cannot be compared with dumps");
		code = leave_out(s, i);
	}
	return code;
}

/* Of recordings and of a series, the moments to show. */
static int choose_moments(struct session *s)
{
	bool over_time = s->show->all_moments || keeps_time(s);
	int code = over_time ? pass_over(s) : HP_EXIT_OK;
	size_t n_new = s->n - s->n_bases;

	if (code == HP_EXIT_OK && s->show->all_moments)
		return check_timeline(s);
	if (code == HP_EXIT_OK && !over_time && n_new > 1 && !s->o->sum &&
	    (s->o->at || (is_recording(s) && !s->show->jeprof && !s->show->apart))) {
		code = choose_one(s, 0, n_new);
		n_new = 1;
	} else {
		for (size_t i = 0; code == HP_EXIT_OK && !over_time && i < n_new; i++)
			code = choose_moment(s, &s->input[i], false);
	}
	if (code == HP_EXIT_OK && s->n_bases > 1 && s->bases.folder && s->o->at) {
		code = choose_one(s, n_new, s->n_bases);
		if (code == HP_EXIT_OK)
			s->n_bases = 1;
		return code;
	}
	for (size_t i = n_new; code == HP_EXIT_OK && i < s->n; i++)
		code = choose_moment(s, &s->input[i], true);
	return code;
}

/* The dumps around one that was chosen, which is among them. */
struct around {
	struct hprof_profile **p; /* [n] NULL: it says nothing */
	uint64_t *pid;            /* [n] */
	size_t n, chosen;
};

/* Read what may tell of code that was unloaded: of plain text the maps alone. */
static int load_around(struct session *s, const struct hp_series *series, struct around *a)
{
	bool unmapped = hprof_has_unmapped(a->p[a->chosen]);
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < a->n; i++) {
		const char *path = series->around[i];
		struct hprof_error err = HPROF_ERROR_INIT;

		if (i == a->chosen || strcmp(path, "-") == 0 ||
		    (a->pid[i] && a->pid[a->chosen] && a->pid[i] != a->pid[a->chosen]))
			continue;
		r = hprof_load_map(path, &a->p[i], &err);
		if (r == HPROF_OK && a->p[i] &&
		    hprof_lend_wants(a->p[a->chosen], a->pid[a->chosen], a->p[i], a->pid[i])) {
			hprof_profile_free(a->p[i]);
			a->p[i] = NULL;
		}
		if (r == HPROF_OK && !a->p[i] && unmapped)
			r = hprof_load_file(path, NULL, &a->p[i], &err);
		if (r < 0 && err.code != HPROF_ENOMEM) /* it was not asked for */
			r = HPROF_OK;
		else if (r < 0)
			s->err = err;
	}
	return r;
}

/* Let the dumps around @in, which was chosen of @series, tell of code that was unloaded. */
static int lend_around(struct session *s, const struct hp_series *series, struct input *in)
{
	struct around a = {
		.p = calloc(series->n_around + 1, sizeof(struct hprof_profile *)),
		.pid = calloc(series->n_around + 1, sizeof(*a.pid)),
		.n = series->n_around,
	};
	double begin_s = now_s();
	int r = a.p && a.pid ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; r == HPROF_OK && i < a.n; i++) {
		a.pid[i] = pid_of(series->around[i]);
		if (strcmp(series->around[i], in->path) == 0)
			a.chosen = i;
	}
	if (r == HPROF_OK) {
		a.p[a.chosen] = in->profile;
		r = load_around(s, series, &a);
	}
	if (r == HPROF_OK)
		r = hprof_lend_maps_to(a.p, a.pid, a.n, a.chosen, &s->err);
	for (size_t i = 0; a.p && i < a.n; i++)
		if (i != a.chosen)
			hprof_profile_free(a.p[i]);
	free(a.p);
	free(a.pid);
	tell_time(s, "looked around", input_name(in->path), begin_s);
	return r < 0 ? hp_report(NULL, &s->err) : HP_EXIT_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct input *x = *(const struct input *const *)a;
	const struct input *y = *(const struct input *const *)b;

	return (x->place > y->place) - (x->place < y->place);
}

/*
 * Code that was unloaded is in the maps of other dumps of its process: in the order of time the
 * bases come first.
 */
static int lend_maps(struct session *s)
{
	struct hprof_profile **p = calloc(s->n, sizeof(*p));
	const struct input **in = calloc(s->n, sizeof(*in));
	uint64_t *pid = calloc(s->n, sizeof(*pid));
	int r = p && in && pid ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; r == HPROF_OK && i < s->n; i++)
		in[i] = &s->input[(i + s->n - s->n_bases) % s->n];
	if (r == HPROF_OK) {
		qsort(in, s->n_bases, sizeof(*in), by_place);
		qsort(in + s->n_bases, s->n - s->n_bases, sizeof(*in), by_place);
	}
	for (size_t i = 0; r == HPROF_OK && i < s->n; i++) {
		p[i] = in[i]->profile;
		pid[i] = pid_of(in[i]->path);
	}
	if (r == HPROF_OK)
		r = hprof_lend_maps(p, pid, s->n, &s->err);
	free(p);
	free(in);
	free(pid);
	return r < 0 ? hp_report(NULL, &s->err) : HP_EXIT_OK;
}

/* What makes values that are added up, subtracted or shown over time incomparable. */
static void note_together(struct session *s)
{
	size_t n_new = s->n - s->n_bases;

	for (size_t i = 1; i < s->n; i++) {
		struct hprof_profile *p = s->input[i].profile, *before = s->input[i - 1].profile;

		if (i >= n_new || s->o->sum || s->show->jeprof)
			hprof_note_together(s->input[0].profile, p, i >= n_new);
		else if (s->show->all_moments || keeps_time(s)) /* told where it changes */
			hprof_note_together(p, before, true);
	}
}

/* A timeline is read as that of one process: tell if it is not, where names of files did not. */
static void tell_processes(const struct session *s)
{
	const struct hprof_profile *first = s->input[0].profile;
	size_t n = 0;

	if (s->o->quiet || s->news.n_processes > 1 || !(s->show->all_moments || keeps_time(s)))
		return;
	for (size_t i = 1; i < s->n - s->n_bases; i++)
		n += hprof_two_processes(first, s->input[i].profile);
	if (n)
		hp_say("note: %zu of %zu profiles %s of another process than %s: the program lies "
		       "elsewhere in memory",
		       n, s->n - s->n_bases, n == 1 ? "is" : "are", input_name(s->input[0].path));
}

static int load_all(struct session *s)
{
	size_t n_new = s->n - s->n_bases;
	int code = check_moments(s);

	if (code == HP_EXIT_OK && n_new > 1 &&
	    !s->news.folder) /* is the first one meant as BINARY? it tells itself */
		code = load(s, &s->input[0]);
	if (code == HP_EXIT_OK && !(n_new > 1 && !s->input[0].at && s->input[0].profile &&
				    hprof_profile_snapshots(s->input[0].profile)))
		code = check_series(s, &s->news);
	if (code == HP_EXIT_OK && s->bases.folder)
		code = check_series(s, &s->bases);
	hp_progress_begin(&s->line, s->o);
	s->line.n_profiles = s->n;
	if (code == HP_EXIT_OK)
		code = load_rest(s);
	hp_progress_clear(&s->line);
	if (code == HP_EXIT_OK)
		code = check_series(s, &s->news);
	if (code == HP_EXIT_OK)
		code = choose_moments(s);
	n_new = s->n - s->n_bases;
	if (code == HP_EXIT_OK && n_new > 1 && s->show->jeprof && !s->o->quiet)
		hp_say("note: %zu profiles are added up, as jeprof does", n_new);
	if (code == HP_EXIT_OK)
		tell_processes(s);
	find_cache(s);
	s->line.n_profiles = 0;
	if (code == HP_EXIT_OK && s->news.n_around)
		code = lend_around(s, &s->news, &s->input[0]);
	if (code == HP_EXIT_OK && s->bases.n_around)
		code = lend_around(s, &s->bases, &s->input[n_new]);
	if (code == HP_EXIT_OK && s->n > 1)
		code = lend_maps(s);
	if (code == HP_EXIT_OK && !s->o->no_symbols)
		code = symbolize(s, 0, n_new, false);
	if (code == HP_EXIT_OK && !s->o->no_symbols && s->n_bases)
		code = symbolize(s, n_new, s->n_bases, true);
	hp_progress_end(&s->line);
	if (code == HP_EXIT_OK)
		note_together(s);
	for (size_t i = 0; code == HP_EXIT_OK && i < s->n; i++)
		tell_warnings(s, &s->input[i]);
	return code;
}

/* --- analyse and write --- */

/* What the profiles are called over time: as --at has them, also where some were left out. */
static int list_numbers(struct session *s)
{
	s->numbers = calloc(s->n, sizeof(*s->numbers));
	if (!s->numbers) {
		hp_fail_nomem(&s->err);
		return hp_report(NULL, &s->err);
	}
	for (size_t i = 0; i < s->n; i++)
		s->numbers[i] = s->input[i].number;
	return HP_EXIT_OK;
}

/* A view of the inputs from @first on, @n of them, less @n_bases; with @moments over time. */
static int make_view(struct session *s, size_t first, size_t n, size_t n_bases, bool moments,
		     struct hprof_view **out)
{
	const struct hp_options *o = s->o;
	const struct hprof_view_opts opts = {
		.sample_type = s->sample_type,
		.all_types = s->show->all_types,
		.moments = moments || s->show->apart,
		.numbers = moments ? s->numbers : NULL,
		.shares = s->show->shares,
		.granularity = (enum hprof_granularity)o->granularity,
		.names = (enum hprof_names)o->names,
		.prune = (enum hprof_prune)o->prune,
		.no_inlines = o->no_inlines,
		.drop_negative = o->drop_negative,
		.sort_cum = o->sort_cum,
		.jeprof_rows = s->show->jeprof,
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
	int r = source ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; source && i < n + n_bases; i++) {
		const struct input *in = &s->input[i < n ? first + i : s->n - s->n_bases + (i - n)];

		source[i] = (struct hprof_source){
			in->profile, moments ? HPROF_ALL_SNAPSHOTS : in->snapshot, in->note};
	}
	if (r == HPROF_OK)
		r = hprof_view_new(source, n, source + n, n_bases, &opts, out, &s->err);
	free(source);
	return r < 0 ? hp_report(NULL, &s->err) : HP_EXIT_OK;
}

/*
 * Which profile is number @when of its series where files were left out: as with all of them.
 * @n_new: @when is no number, or nothing was left out.
 */
static int choose_number(struct session *s, const char *when, size_t n_new, size_t *which)
{
	struct hp_slice text = hp_slice_str(when);
	uint64_t number;

	*which = n_new;
	if (!s->news.n_left_out || is_recording(s) || !hp_scan_u64(&text, &number) || text.len)
		return HPROF_OK;
	for (*which = 0; *which < n_new; ++*which)
		if (s->input[*which].number == number)
			return HPROF_OK;
	if (number < s->news.n)
		return hp_fail(&s->err, HPROF_EFILE, "--at %s: this profile cannot be read", when);
	return hp_fail(&s->err, HPROF_EINVAL,
		       "--at: there is no profile number %s, they are counted from 0 to %zu", when,
		       s->news.n - 1);
}

/*
 * The profile that a report of a series shows when nothing is said: the last one, or that farthest
 * from 0 where the last holds next to nothing of it.
 */
static size_t choose_telling(const struct session *s, size_t n_new)
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
	if (!s->o->quiet)
		fprintf(stderr,
			"hprof: note: the report shows the %s, %s: the last one, %s, %s (--last "
			"shows that)\n",
			most < 0 ? "profile farthest below zero" : "largest profile",
			input_name(s->input[largest].path), input_name(s->input[n_new - 1].path),
			part);
	return largest;
}

/* Show one profile of the series; the others stay for the timeline. */
static int choose_of_series(struct session *s, size_t n_new)
{
	const char *when = s->o->at ? s->o->at : is_recording(s) ? "peak" : NULL;
	size_t which = n_new;
	int r = keep_type(s, s->input[0].profile); /* the chart over time is of it */

	if (r == HPROF_OK && !when)
		which = choose_telling(s, n_new);
	else if (r == HPROF_OK)
		r = choose_number(s, when, n_new, &which);
	if (r == HPROF_OK && which == n_new)
		r = choose_among(s, 0, n_new, when, &which);
	if (r < 0)
		return hp_report(NULL, &s->err);
	s->shown = which;
	s->n_shown = 1;
	return HP_EXIT_OK;
}

/* What happened over time, and which part of it is shown. */
static int look_back(struct session *s)
{
	size_t n_new = s->n - s->n_bases;
	int code = HP_EXIT_OK;

	if (!keeps_time(s))
		return HP_EXIT_OK;
	if (n_new > 1 || hprof_profile_snapshots(s->input[0].profile)) {
		code = make_view(s, 0, n_new, 0, true, &s->time_view);
		if (code == HP_EXIT_OK &&
		    hprof_timeline_new(s->time_view, TIMELINE_SITES, &s->over_time, &s->err) < 0)
			code = hp_report(NULL, &s->err);
	}
	if (code != HP_EXIT_OK)
		return code;
	return n_new > 1 ? choose_of_series(s, n_new) : choose_moment(s, &s->input[0], false);
}

static int analyse(struct session *s)
{
	double begin_s = now_s();
	const char *note;
	int code = list_numbers(s);

	if (code == HP_EXIT_OK)
		code = look_back(s);
	if (code == HP_EXIT_OK)
		code = make_view(s, s->shown, s->n_shown ? s->n_shown : s->n - s->n_bases,
				 s->n_bases, s->show->all_moments, &s->view);
	if (code != HP_EXIT_OK)
		return code;
	tell_time(s, "analysed", NULL, begin_s);
	for (size_t i = 0; !s->o->quiet && (note = hprof_view_note(s->view, i)) != NULL; i++)
		fprintf(stderr, "hprof: warning: %s\n", note);
	return code;
}

bool hp_to_terminal(const struct hp_options *o)
{
	return (!o->output || strcmp(o->output, "-") == 0) && isatty(STDOUT_FILENO);
}

static bool wants_color(const struct hp_options *o)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (o->color != HP_WHEN_AUTO)
		return o->color == HP_WHEN_ALWAYS;
	return hp_to_terminal(o) && !(no_color && *no_color) &&
	       !(term && strcmp(term, "dumb") == 0);
}

/* Columns of the terminal that the output goes to; 0: it goes elsewhere. */
static unsigned terminal_width(const struct hp_options *o)
{
	struct winsize size = {0};

	if (!hp_to_terminal(o) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static const char *output_for(const struct session *s, bool json)
{
	const char *path = s->o->output;

	for (const struct hp_picture *p = s->show->pictures; path && p && p->end; p++)
		if (hp_slice_ends(hp_slice_str(path), hp_slice_str(p->end)))
			return p->output;
	return json ? s->show->output_json : s->show->output;
}

/* An hprof_warn_fn. */
static void tell_output(void *ctx, const char *text)
{
	const struct session *s = ctx;

	hp_say("%s%swarning: %s", s->o->output ? s->o->output : "", s->o->output ? ": " : "", text);
}

/* Files of their own for the parts of the output. */
static int write_folder(struct session *s, const struct hprof_render_opts *opts)
{
	const struct hp_part *part = s->show->parts;
	const char *what = NULL; /* the sinks name their path */
	struct hp_sinks folder;
	int r = hp_sinks_open(&folder, s->o->output, part, &s->err);

	if (r < 0)
		return hp_report(NULL, &s->err);
	for (size_t i = 0; r == HPROF_OK && part[i].file; i++) {
		struct hp_sink sink;

		r = hp_sinks_file(&folder, i, &sink, &s->err);
		if (r < 0)
			break;
		r = hprof_render(s->view, part[i].output, opts, hp_sink_write, &sink, &s->err);
		what = r < 0 ? s->o->output : NULL;
		if (hp_sink_close(&sink, r == HPROF_OK, &s->err) < 0)
			r = HPROF_EIO;
	}
	if (hp_sinks_close(&folder, r == HPROF_OK, &s->err) < 0 || r < 0) {
		(void)hp_report(what, &s->err);
		return HP_EXIT_SYSTEM;
	}
	return HP_EXIT_OK;
}

/* Whether the output goes into a folder: nothing says that it is one file. */
static bool wants_folder(const struct session *s)
{
	const char *path = s->o->output;
	struct stat st;

	if (!s->show->parts || !path || strcmp(path, "-") == 0)
		return false;
	for (const struct hp_picture *p = s->show->pictures; p && p->end; p++)
		if (hp_slice_ends(hp_slice_str(path), hp_slice_str(p->end)))
			return false;
	return stat(path, &st) < 0 || S_ISDIR(st.st_mode) || S_ISREG(st.st_mode);
}

/* SOURCE_DATE_EPOCH stands for the time of every profile, so that outputs can be made anew. */
static void set_time(struct hprof_render_opts *opts)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	struct hp_slice s = hp_slice_str(text ? text : "");
	uint64_t time_s;

	if (!hp_scan_u64(&s, &time_s) || s.len || time_s > INT64_MAX / 1000000000)
		return;
	opts->has_time = true;
	opts->time_ns = (int64_t)time_s * 1000000000;
}

/* The lines about all files that were left out, for the output. */
static int list_left_out(struct session *s)
{
	const struct hp_series *series[] = {&s->news, &s->bases};

	s->left_out = calloc(s->news.n_left_out + s->bases.n_left_out + 1, sizeof(*s->left_out));
	if (!s->left_out) {
		hp_fail_nomem(&s->err);
		return hp_report(NULL, &s->err);
	}
	for (size_t i = 0; i < HP_LEN(series); i++)
		for (size_t k = 0; k < series[i]->n_left_out; k++)
			s->left_out[s->n_left_out++] = series[i]->left_out[k];
	return HP_EXIT_OK;
}

static int write_out(struct session *s)
{
	const struct hp_options *o = s->o;
	bool json = o->json && s->show->output_json;
	struct hprof_render_opts opts = {
		.over_time = s->over_time,
		.rows = o->rows_given ? o->rows
			: json        ? 0
				      : s->show->rows,
		.unit = (enum hprof_unit_style)o->unit,
		.depth = o->depth,
		.min_percent = o->min_percent,
		.bottom_up = o->bottom_up,
		.color = wants_color(o),
		.width = terminal_width(o),
		.details = o->verbose,
		.warn = o->quiet ? NULL : tell_output,
		.warn_ctx = s,
		.left_out = s->left_out,
		.n_left_out = s->n_left_out,
		.picture =
			{
				.title = o->title,
				.width = o->picture_width,
				.scale = o->picture_scale,
				.min_width = o->min_width,
				.min_percent = o->min_percent,
				.flame = o->flame,
				.by_name = o->order > 0,
				.no_script = o->no_script,
				.no_compress = o->no_compress,
				.widths = o->widths ? (enum hprof_widths)(o->widths - 1)
						    : HPROF_WIDTHS_UNION,
			},
	};
	const char *output = output_for(s, json);
	struct hp_sink sink;
	int r;

	set_time(&opts);
	if (wants_folder(s))
		return write_folder(s, &opts);
	r = hp_sink_open(&sink, o->output, &s->err);
	if (r < 0)
		return hp_report(NULL, &s->err);
	r = hprof_render(s->view, output, &opts, hp_sink_write, &sink, &s->err);
	if (hp_sink_close(&sink, r == HPROF_OK, &s->err) < 0 || r < 0) {
		if (r == HPROF_ENODATA)
			return hp_report(input_name(s->input[s->shown].path), &s->err);
		(void)hp_report(r < 0 ? o->output : NULL, &s->err); /* the sink names its path */
		return HP_EXIT_SYSTEM;
	}
	return HP_EXIT_OK;
}

static void release(struct session *s)
{
	hprof_timeline_free(s->over_time);
	hprof_view_free(s->time_view);
	hprof_view_free(s->view);
	free(s->left_out);
	free(s->own_type);
	free(s->numbers);
	for (size_t i = 0; i < s->n; i++) {
		hprof_profile_free(s->input[i].profile);
		free(s->input[i].note);
	}
	hp_files_close(&s->files);
	free(s->cache_dir);
	free(s->input);
	hp_series_release(&s->news);
	hp_series_release(&s->bases);
}

int hp_show(const struct hp_options *o, const struct hp_show *show)
{
	struct session s = {
		.o = o, .show = show, .sample_type = o->sample_type, .err = HPROF_ERROR_INIT};
	int code = sort_arguments(&s);

	if (code == HP_EXIT_OK)
		code = hp_files_open(&s.files, o);
	if (code == HP_EXIT_OK)
		code = check_output(&s);
	if (code == HP_EXIT_OK && wants_folder(&s))
		code = hp_sinks_check(o->output);
	hp_check_folders(o, "sysroot", &o->sysroot);
	hp_check_folders(o, "debug-dir", &o->debug_dir);
	if (code == HP_EXIT_OK)
		code = load_all(&s);
	if (code == HP_EXIT_OK)
		code = analyse(&s);
	if (code == HP_EXIT_OK)
		code = list_left_out(&s);
	if (code == HP_EXIT_OK)
		code = write_out(&s);
	if (code == HP_EXIT_OK && s.n_left_out)
		code = HP_EXIT_INPUT;
	release(&s);
	return code;
}
