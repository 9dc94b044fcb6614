/* series.h - several profiles in the order in which they were written. */
#ifndef HP_CLI_SERIES_H
#define HP_CLI_SERIES_H

#include <time.h>

#include "analyzer/cli/options.h"

/* Later than all times of files. */
#define HP_SERIES_NO_TIME ((struct timespec){INT64_MAX, 0})

struct hp_series_item {
	char *path;
	const char *label;    /* last part of the path */
	size_t process_len;   /* of path: what dumps of one process begin with; 0: not told */
	uint64_t pid;         /* 0: the name does not tell */
	uint64_t number;      /* in the order of the process; 0 if the name does not tell */
	struct timespec time; /* of the last change of the file; HP_SERIES_NO_TIME: not known */
	size_t given;         /* place among the inputs... */
	size_t place;         /* ...and in the order of time */
	const char *at;       /* moment that was asked for behind a '@', borrowed; or NULL */
	bool found;           /* in a folder: nobody named this file */
};

struct hp_series {
	struct hp_series_item *item; /* [n + n_next] */
	size_t n;
	size_t n_next;      /* what is taken in turn should the chosen one be damaged */
	size_t n_processes; /* of those whose names tell */
	size_t n_plain;     /* of profiles whose names do not tell, if there are several profiles */
	bool contradicted;  /* by the times of files: these are not placed by them */
	bool folder;        /* some came out of a folder */
	const char *given;  /* the first of what was asked for, borrowed; "" if nothing */
	bool chosen;        /* one was chosen by its place... */
	char **around;      /* [n_around] ...of these, in the order of time: it is one of them */
	size_t n_around;
	char **left_out; /* [n_left_out] files of folders that cannot be read: a line for each */
	size_t n_left_out;
};

/*
 * What the name of a dump says: "PREFIX.PID.NUMBER.WHY.heap" as jemalloc writes it,
 * "PREFIX.NUMBER.heap" or "PREFIX_PID.NUMBER.heap" as gperftools does, perhaps with ".gz",
 * ".zst", ".xz" or ".bz2" behind it.  False: nothing.  Sets process_len, pid and number of @item,
 * by its path.
 */
bool hp_series_parse(struct hp_series_item *item);

/*
 * The profiles of @inputs, files, FILE@WHEN or folders, in order.  A folder stands for the files in
 * it that are profiles by their content; of the others -v tells, and a dump by its name that is no
 * profile is left out as hp_series_leave_out() does.  Dumps of one process are in the
 * order of their numbers, whatever else is there; a process whose first dump is older comes first.
 * A profile whose name does not tell is placed by the times of the files, then as it was given.
 * Where those contradict the numbers it is before or behind all dumps, by its name.
 * Returns an exit code; to be released whatever that is.
 */
int hp_series_open(struct hp_series *s, const char *const *inputs, size_t n,
		   const struct hp_options *o);
void hp_series_release(struct hp_series *s);

/* How much of @input is FILE in "FILE@WHEN"; all of it if a file has that name, or none is there.
 */
size_t hp_series_file_len(const char *input);

/* Bring @s back into the order in which it was given: of folders by name. */
void hp_series_as_given(struct hp_series *s);

/*
 * Whether @when tells by itself which profile of @s it is; else that needs their contents: those
 * of recordings hold several moments each.
 */
bool hp_series_by_place(const struct hp_series *s, const char *when);

/*
 * Keep one profile of @s: @when is "first", "last" or its place, 0 first; an exit code.  Behind
 * the first or last of a folder are those that come next, for hp_series_next().
 */
int hp_series_choose(struct hp_series *s, const char *when);

/* Replace the one chosen of @s, which cannot be read, by the next of its folder; false: none. */
bool hp_series_next(struct hp_series *s);

/*
 * A file of a folder cannot be read, or of ENODATA has not what is shown: print its error, as
 * hp_cli_input_error() does but without what stands in the file, and keep it as a line for the
 * output.  The others are still shown; an exit code, HP_EXIT_OK to go on.
 */
int hp_series_leave_out(struct hp_series *s, const char *path, struct hprof_error *err);

/*
 * Say on standard error what is not plain about the order, unless there are no words; @in_order:
 * it decides what is shown.
 */
void hp_series_tell(const struct hp_series *s, const struct hp_options *o, bool in_order);

#endif
