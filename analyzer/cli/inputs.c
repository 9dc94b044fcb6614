/* inputs.c - what the arguments of a command stand for: profiles, bases and the program. */
#include "analyzer/cli/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/error.h"
#include "analyzer/cli/arguments.h"
#include "analyzer/cli/user_dirs.h"

bool hp_inputs_keep_time(const struct hp_inputs *s)
{
	if (!s->needs->over_time || s->o->sum)
		return false;
	for (size_t i = 0; i < s->current.n; i++)
		if (s->current.item[i].at)
			return false;
	return true;
}

const char *hp_cli_input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static int no_profile(const struct hp_inputs *s)
{
	struct stat st;
	bool fed = fstat(STDIN_FILENO, &st) == 0 && (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode));

	if (s->binary)
		return hp_cli_usage("\"%s\" is an ELF file: a PROFILE is missing behind it%s",
				    s->binary, fed ? " (\"-\" reads standard input)" : "");
	return hp_cli_usage("a PROFILE is missing (%s)", fed ? "\"-\" reads standard input"
							     : "\"hprof --help\" shows the forms");
}

/*
 * Open a series; what is chosen of it is all that stays.  Bases that were named one by one are
 * added up without a word.
 */
static int open_series(const struct hp_inputs *s, struct hp_series *series,
		       const char *const *inputs, size_t n, bool is_base)
{
	const struct hp_options *o = s->o;
	int code = hp_series_open(series, inputs, n, o);
	bool named = is_base && !series->folder;
	bool all, is_sum;

	if (code != HP_EXIT_OK)
		return code;
	all = s->needs->all_snapshots || (!is_base && hp_inputs_keep_time(s));
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

bool hp_inputs_are_recording(const struct hp_inputs *s)
{
	for (size_t i = 0; i < s->n - s->n_bases; i++)
		if (s->item[i].at ||
		    (s->item[i].profile &&
		     !hprof_same_recording(s->item[0].profile, s->item[i].profile)))
			return false;
	return s->n - s->n_bases > 1 && s->item[0].profile;
}

int hp_inputs_check_snapshots(const struct hp_inputs *s)
{
	for (size_t i = 0; i < s->n - s->n_bases; i++) {
		const struct hp_cli_input *in = &s->item[i];

		if (in->at && s->o->at)
			return hp_cli_usage(
				"%s@%s and --at choose a moment each: give one of these",
				hp_cli_input_name(in->path), in->at);
		if (in->at && s->needs->all_snapshots)
			return hp_cli_usage("%s@%s is one moment: a timeline needs the whole, %s",
					    hp_cli_input_name(in->path), in->at,
					    hp_cli_input_name(in->path));
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
		return hp_cli_input_error(path, &err);
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

int hp_inputs_check_series(const struct hp_inputs *s, const struct hp_series *series)
{
	size_t n = series == &s->current ? s->n - s->n_bases : s->n_bases;
	const char *other;
	int code;

	if (n < 2 || s->o->sum || s->o->at || s->needs->jeprof || s->needs->all_snapshots ||
	    s->needs->apart)
		return HP_EXIT_OK;
	if (series == &s->current && (hp_inputs_are_recording(s) || hp_inputs_keep_time(s)))
		return HP_EXIT_OK;
	code = check_files(series);
	if (code != HP_EXIT_OK)
		return code;
	other = other_run(series);
	if (other)
		return hp_cli_usage("%s and %s are not of one recording: name one of them%s%s",
				    series->item[0].path, other,
				    s->needs->only_one ? "" : ", or --sum adds up the peak of each",
				    s->needs->only_one || s->needs->needs_base
					    ? ""
					    : "; to compare two: hprof diff BASE NEW");
	if (s->needs->needs_base)
		return hp_cli_usage("%s holds %zu profiles: --last takes the last of them, --at N "
				    "another, --sum adds them up",
				    series->given, n);
	if (s->needs->only_one)
		return hp_cli_usage(
			"%zu profiles are a series: --last takes the last of them, --at N "
			"another",
			n);
	return hp_cli_usage(
		"%zu profiles are a series: --sum adds them up, --last takes the last, --at "
		"N another; to compare two: hprof diff BASE NEW",
		n);
}

static void add_inputs(struct hp_inputs *s, const struct hp_series *series)
{
	for (size_t i = 0; i < series->n; i++)
		s->item[s->n++] = (struct hp_cli_input){.path = series->item[i].path,
							.at = series->item[i].at,
							.snapshot = HPROF_ALL_SNAPSHOTS,
							.number = (uint32_t)i,
							.place = series->item[i].place,
							.found = series->item[i].found};
}

/* The profiles, then the bases: @base[n_base], and what --base says. */
static int list_inputs(struct hp_inputs *s, const char *const *profile, size_t n,
		       const char *const *base, size_t n_base)
{
	const struct hp_list *more = &s->o->base;
	const char **bases = calloc(n_base + more->n + 1, sizeof(*bases));
	int code;

	if (!bases)
		return hp_cli_no_memory();
	for (size_t i = 0; i < n_base; i++)
		bases[i] = base[i];
	for (size_t i = 0; i < more->n; i++)
		bases[n_base + i] = more->item[i];
	code = open_series(s, &s->current, profile, n, false);
	if (code == HP_EXIT_OK)
		code = open_series(s, &s->bases, bases, n_base + more->n, true);
	free(bases);
	if (code != HP_EXIT_OK)
		return code;
	s->item = calloc(s->current.n + s->bases.n, sizeof(*s->item));
	if (!s->item)
		return hp_cli_no_memory();
	add_inputs(s, &s->current);
	add_inputs(s, &s->bases);
	s->n_bases = s->bases.n;
	return HP_EXIT_OK;
}

/* Open what the arguments stand for: the profiles and the bases. */
static int list_arguments(struct hp_inputs *s, const struct hp_arguments *a)
{
	bool diff = s->needs->needs_base;
	size_t dashes = 0;
	int code = HP_EXIT_OK;

	s->binary = a->binary;
	if (!a->binary && a->n > 1 + (size_t)diff && !s->o->sum && !s->o->at && !s->needs->apart)
		code = hp_arguments_check_binary(a->profile[0], s->needs->jeprof);
	if (code != HP_EXIT_OK)
		return code;
	if (a->n == 0)
		return no_profile(s);
	if (diff && s->o->base.n)
		return hp_cli_usage(
			"diff has its base among its arguments: hprof diff [BINARY] BASE "
			"NEW, without --base");
	if (diff && a->n == 1 && hp_is_folder(a->profile[0]))
		return hp_cli_usage("diff compares two profiles: name two of those in %s; \"hprof "
				    "timeline\" shows all",
				    a->profile[0]);
	if (diff && a->n != 2)
		return hp_cli_usage(
			"diff compares two profiles, found %zu: hprof diff [BINARY] BASE "
			"NEW",
			a->n);
	code = diff ? list_inputs(s, &a->profile[1], 1, &a->profile[0], 1)
		    : list_inputs(s, a->profile, a->n, NULL, 0);
	if (code != HP_EXIT_OK)
		return code;
	for (size_t i = 0; i < s->n; i++)
		dashes += strcmp(s->item[i].path, "-") == 0;
	if (dashes > 1)
		return hp_cli_usage("standard input (\"-\") can be read only once");
	return HP_EXIT_OK;
}

int hp_inputs_leave_out(struct hp_inputs *s, size_t i)
{
	bool is_base = i >= s->n - s->n_bases;
	struct hp_series *series = is_base ? &s->bases : &s->current;
	int code = hp_series_leave_out(series, s->item[i].path, &s->err);

	s->err = (struct hprof_error)HPROF_ERROR_INIT;
	if (code != HP_EXIT_OK)
		return code;
	hprof_profile_free(s->item[i].profile);
	s->item[i].profile = NULL;
	if (hp_series_next(series)) {
		s->item[i].path = series->item[0].path;
		return HP_EXIT_OK;
	}
	memmove(&s->item[i], &s->item[i + 1], (s->n - i - 1) * sizeof(*s->item));
	s->n--;
	s->n_bases -= is_base;
	return HP_EXIT_OK;
}

int hp_inputs_open(struct hp_inputs *s, const struct hp_options *o, const struct hp_needs *needs)
{
	struct hp_arguments a = {.n = 0};
	int code;

	*s = (struct hp_inputs){
		.o = o, .needs = needs, .sample_type = o->sample_type, .err = HPROF_ERROR_INIT};
	if (o->sum && o->at)
		return hp_cli_usage("--sum adds all profiles up, --last and --at take one: give "
				    "one of these");
	if (!needs->needs_base && !o->base.n && o->base_binary)
		return hp_cli_usage("--base-binary needs a base: --base FILE");
	code = hp_arguments_sort(&a, o);
	if (code == HP_EXIT_OK)
		code = list_arguments(s, &a);
	hp_arguments_release(&a);
	return code;
}

void hp_inputs_release(struct hp_inputs *s)
{
	for (size_t i = 0; i < s->n; i++) {
		hprof_profile_free(s->item[i].profile);
		free(s->item[i].note);
	}
	free(s->item);
	free(s->own_type);
	hp_series_release(&s->current);
	hp_series_release(&s->bases);
}
