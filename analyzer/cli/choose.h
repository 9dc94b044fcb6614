/* choose.h - which profile of a series, and which snapshot of a profile, is shown. */
#ifndef HP_CLI_CHOOSE_H
#define HP_CLI_CHOOSE_H

#include "analyzer/cli/inputs.h"

/*
 * Once all inputs are loaded: keep those that are shown, each with its snapshot.  Where values over
 * time are needed first, all stay, and one is chosen later.  Returns an exit code.
 */
int hp_inputs_choose(struct hp_inputs *s);

/* Choose the snapshot of one input, if it has several or one was asked for; an exit code. */
int hp_inputs_choose_snapshot(struct hp_inputs *s, struct hp_cli_input *in, bool is_base);

/*
 * Choose one of the inputs from @first on, @n of them, by @when; *@which is its number among these.
 * Errors: those of hprof_find_snapshot().
 */
HP_MUST_CHECK int hp_inputs_choose_among(struct hp_inputs *s, size_t first, size_t n,
					 const char *when, size_t *which);

/* Show all by the default sample type of @p, if none was asked for.  Errors: ENOMEM. */
HP_MUST_CHECK int hp_inputs_keep_type(struct hp_inputs *s, const struct hprof_profile *p);

#endif
