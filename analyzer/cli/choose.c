/* choose.c - which profile of a series, and which snapshot of a profile, is shown. */
#include "analyzer/cli/choose.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/cli/lending.h"

/* Of s->item[first...], @n of them, keep number @which alone. */
static void keep_one(struct hp_inputs *s, size_t first, size_t n, size_t which)
{
	struct hp_cli_input kept = s->item[first + which];

	for (size_t i = 0; i < n; i++)
		if (i != which)
			hprof_profile_free(s->item[first + i].profile);
	s->item[first] = kept;
	memmove(&s->item[first + 1], &s->item[first + n], (s->n - first - n) * sizeof(*s->item));
	s->n -= n - 1;
}

/* Show @found of @in, and what was not plain about that. */
static int take_snapshot(struct hp_inputs *s, struct hp_cli_input *in,
			 const struct hprof_source *found)
{
	in->snapshot = found->snapshot;
	if (!*found->note)
		return HPROF_OK;
	in->note = strdup(found->note);
	return in->note ? HPROF_OK : hp_fail_nomem(&s->err);
}

/* Choose the snapshot of one input, if it has several or one was asked for. */
int hp_inputs_choose_snapshot(struct hp_inputs *s, struct hp_cli_input *in, bool is_base)
{
	const struct hprof_profile *p = in->profile;
	const char *at = in->at;
	char note[HPROF_MESSAGE_MAX];
	struct hprof_source found;
	int r;

	if (!at && !(is_base ? &s->bases : &s->current)->chosen &&
	    (!is_base || s->n_bases == 1 || hprof_profile_snapshots(p)))
		at = s->o->at; /* of several bases, of each that has snapshots */
	if (!in->at && (s->current.chosen || s->bases.chosen) && !hprof_profile_snapshots(p))
		return HP_EXIT_OK; /* --at was for the folder that this is compared with */
	if (!at && !hprof_profile_snapshots(p))
		return HP_EXIT_OK;
	r = hprof_find_snapshot(&p, 1, at ? at : "peak", NULL, note, &found, &s->err);
	if (r == HPROF_ENODATA && !at && s->needs->only_one) { /* it shows the totals */
		s->err = (struct hprof_error)HPROF_ERROR_INIT;
		return HP_EXIT_OK;
	}
	if (r == HPROF_OK)
		r = take_snapshot(s, in, &found);
	return r < 0 ? hp_cli_input_error(hp_cli_input_name(in->path), &s->err) : HP_EXIT_OK;
}

/* Whether the profiles have times that can be shown together. */
static int check_timeline(struct hp_inputs *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct hprof_profile *p = s->item[i].profile;

		if (i &&
		    (hprof_profile_snapshots(p) || hprof_profile_snapshots(s->item[0].profile)) &&
		    !hprof_same_recording(p, s->item[0].profile))
			return hp_cli_usage(
				"%s and %s are not of one recording: their times cannot be "
				"compared; give recordings of one run, or dumps without them",
				hp_cli_input_name(s->item[0].path),
				hp_cli_input_name(s->item[i].path));
	}
	if (s->n > 1 || hprof_profile_snapshots(s->item[0].profile))
		return HP_EXIT_OK;
	hp_fail(&s->err, HPROF_ENODATA,
		"this file holds one moment: a timeline needs a recording, or several profiles");
	return hp_cli_input_error(hp_cli_input_name(s->item[0].path), &s->err);
}

/* Show all by the default sample type of @p, which may be gone by then, if none was asked for. */
int hp_inputs_keep_type(struct hp_inputs *s, const struct hprof_profile *p)
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
int hp_inputs_choose_among(struct hp_inputs *s, size_t first, size_t n, const char *when,
			   size_t *which)
{
	const struct hprof_profile **p = calloc(n, sizeof(*p));
	char note[HPROF_MESSAGE_MAX];
	struct hprof_source found;
	int r = p ? HPROF_OK : hp_fail_nomem(&s->err);

	for (size_t i = 0; p && i < n; i++)
		p[i] = s->item[first + i].profile;
	if (r == HPROF_OK && strcmp(when, "peak") == 0)
		r = hp_inputs_keep_type(s, s->item[0].profile);
	if (r == HPROF_OK)
		r = hprof_find_snapshot(p, n, when, s->sample_type, note, &found, &s->err);
	free(p);
	if (r < 0)
		return r;
	*which = 0;
	while (s->item[first + *which].profile != found.profile)
		++*which;
	return take_snapshot(s, &s->item[first + *which], &found);
}

/* Of s->item[first...], @n of them, keep the one that --at takes by what is in them. */
static int choose_one(struct hp_inputs *s, size_t first, size_t n)
{
	size_t which = 0;
	int r = hp_inputs_choose_among(s, first, n, s->o->at ? s->o->at : "peak", &which);

	if (r == HPROF_OK)
		r = hp_inputs_lend_to(s, first, n, which);
	if (r < 0)
		return hp_cli_error(&s->err);
	keep_one(s, first, n, which);
	return HP_EXIT_OK;
}

/*
 * Over time, recordings and dumps do not go together: of those found in a folder the fewer are
 * left out, and one dump in any case.
 */
static int pass_over(struct hp_inputs *s)
{
	size_t n = s->n - s->n_bases, recordings = 0;
	int code = HP_EXIT_OK;
	bool is_wanted;

	for (size_t i = 0; i < n; i++)
		recordings += hprof_profile_snapshots(s->item[i].profile) > 0;
	if (!recordings || recordings == n)
		return HP_EXIT_OK;
	is_wanted = recordings > n - recordings || n - recordings == 1;
	for (size_t i = 0; i < n; i++)
		if (!s->item[i].found &&
		    (hprof_profile_snapshots(s->item[i].profile) > 0) != is_wanted)
			return HP_EXIT_OK; /* it was named: an error of usage */
	for (size_t i = 0; code == HP_EXIT_OK && i < s->n - s->n_bases;) {
		if ((hprof_profile_snapshots(s->item[i].profile) > 0) == is_wanted) {
			i++;
			continue;
		}
		hp_fail(&s->err, HPROF_ENODATA,
			is_wanted ? "this is no recording: it has no time among those of the others"
				  : "this is a recording: its times cannot be compared with dumps");
		code = hp_inputs_leave_out(s, i);
	}
	return code;
}

/* Of recordings and of a series, the moments to show. */
int hp_inputs_choose(struct hp_inputs *s)
{
	bool over_time = s->needs->all_snapshots || hp_inputs_keep_time(s);
	int code = over_time ? pass_over(s) : HP_EXIT_OK;
	size_t n_new = s->n - s->n_bases;

	if (code == HP_EXIT_OK && s->needs->all_snapshots)
		return check_timeline(s);
	if (code == HP_EXIT_OK && !over_time && n_new > 1 && !s->o->sum &&
	    (s->o->at || (hp_inputs_are_recording(s) && !s->needs->jeprof && !s->needs->apart))) {
		code = choose_one(s, 0, n_new);
		n_new = 1;
	} else {
		for (size_t i = 0; code == HP_EXIT_OK && !over_time && i < n_new; i++)
			code = hp_inputs_choose_snapshot(s, &s->item[i], false);
	}
	if (code == HP_EXIT_OK && s->n_bases > 1 && s->bases.folder && s->o->at) {
		code = choose_one(s, n_new, s->n_bases);
		if (code == HP_EXIT_OK)
			s->n_bases = 1;
		return code;
	}
	for (size_t i = n_new; code == HP_EXIT_OK && i < s->n; i++)
		code = hp_inputs_choose_snapshot(s, &s->item[i], true);
	return code;
}
