/* progress.h - a line on the terminal that tells how far long work has come. */
#ifndef HP_CLI_PROGRESS_H
#define HP_CLI_PROGRESS_H

#include "analyzer/cli/options.h"

/* A line on the terminal that tells how far it has come; zero-initialised shows nothing. */
struct hp_progress_line {
	int64_t begin_ms;           /* when the work began; 0: show nothing */
	size_t profile, n_profiles; /* of several: which one is at hand, and of how many */
	int64_t shown_ms;           /* when the line was written last; 0: it is not there */
};

/* Start; nothing is ever shown with -q, or when standard error is no terminal. */
void hp_progress_begin(struct hp_progress_line *l, const struct hp_options *o);
void hp_progress_show(void *line, const struct hprof_progress *now); /* an hprof_progress_fn */
void hp_progress_clear(struct hp_progress_line *l);                  /* make room for other words */
void hp_progress_end(struct hp_progress_line *l); /* clear it, and show nothing more */

#endif
