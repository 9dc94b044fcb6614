/* session.h - profiles from the command line to a view: load, name, analyse. */
#ifndef HP_CLI_SESSION_H
#define HP_CLI_SESSION_H

#include "analyzer/cli/files.h"
#include "analyzer/cli/inputs.h"

struct hp_session {
	struct hp_inputs in;
	struct hp_progress_line line;
	struct hp_files files;
	char *cache_dir;       /* NULL: nothing is remembered */
	size_t shown, n_shown; /* inputs that the view is of; n_shown 0: all */
	uint32_t *numbers;     /* [in.n] of the profiles in their series, for outputs over time */
	struct hprof_view *view, *time_view;
	struct hprof_timeline *over_time; /* NULL: not needed, or there is no time */
};

/*
 * Find the inputs that @o names.  Nothing is loaded yet, so that what is wrong with the line is
 * said before long work.  Returns an exit code; to be closed whatever that is.
 */
int hp_session_open(struct hp_session *s, const struct hp_options *o, const struct hp_needs *needs);

/* Load the profiles and name their addresses; then s->in is complete.  Returns an exit code. */
int hp_session_load(struct hp_session *s);

/* Make s->view, and s->over_time where it is needed.  Returns an exit code. */
int hp_session_analyse(struct hp_session *s);

void hp_session_close(struct hp_session *s);

#endif
