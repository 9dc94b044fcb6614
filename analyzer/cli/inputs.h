/* inputs.h - what the arguments of a command stand for: profiles, bases and the program. */
#ifndef HP_CLI_INPUTS_H
#define HP_CLI_INPUTS_H

#include "analyzer/cli/progress.h"
#include "analyzer/cli/series.h"

/* What a command needs of its profiles. */
struct hp_needs {
	enum hprof_threads threads;
	bool all_types;
	bool only_one;      /* several profiles are not added up */
	bool all_snapshots; /* all snapshots, and all of a series, are shown together */
	bool over_time;     /* one is shown, with how it went over time where there are several */
	bool apart;         /* several profiles stay apart in the output */
	bool breakdown;     /* the output has values by thread and by size */
	bool needs_base;    /* the first profile is the base */
	bool jeprof;        /* several are added up, as jeprof does */
	bool has_warnings;  /* the output holds the warnings: not on standard error as well */
};

/* A profile with the file it came from. */
struct hp_cli_input {
	const char *path;
	struct hprof_profile *profile; /* NULL until it is loaded */
	const char *at;                /* snapshot of this one, NULL: as for all */
	int64_t snapshot;              /* that is shown, or HPROF_ALL_SNAPSHOTS */
	char *note;                    /* what was not plain about its choice; or NULL */
	uint32_t number;               /* place in its series... */
	size_t place;                  /* ...and in the order of time */
	bool found; /* in a folder: if it cannot be read, the others are still shown */
};

struct hp_inputs {
	const struct hp_options *o;
	const struct hp_needs *needs;
	const char *binary;
	struct hp_cli_input *item; /* [n] the profiles, the bases behind them */
	size_t n, n_bases;
	struct hp_series current, bases; /* the files that they are of */
	const char *sample_type;         /* NULL: the default of what is shown */
	char *own_type;                  /* it, where nobody asked for one */
	struct hprof_error err;
};

/* What messages call file @path. */
const char *hp_cli_input_name(const char *path);

/*
 * Find what the arguments of @o stand for, as @needs allows; nothing is loaded yet.  Returns an
 * exit code; to be released whatever that is.
 */
int hp_inputs_open(struct hp_inputs *s, const struct hp_options *o, const struct hp_needs *needs);
void hp_inputs_release(struct hp_inputs *s);

/* Whether all snapshots are needed to know what happened over time, before one is shown. */
bool hp_inputs_keep_time(const struct hp_inputs *s);

/* Whether the profiles that are loaded are whole files of one process with snapshots. */
bool hp_inputs_are_recording(const struct hp_inputs *s);

/* Refuse "FILE@WHEN" beside --at, and where all snapshots are shown.  Returns an exit code. */
int hp_inputs_check_snapshots(const struct hp_inputs *s);

/*
 * Refuse several profiles in @series, one of the two of @s, unless the options say what becomes of
 * them.  Returns an exit code.
 */
int hp_inputs_check_series(const struct hp_inputs *s, const struct hp_series *series);

/*
 * Leave out input @i, a file of a folder that s->err is about; the next of the folder takes its
 * place.  Returns an exit code.
 */
int hp_inputs_leave_out(struct hp_inputs *s, size_t i);

#endif
