/* output_dir.h - a folder of output files that appears only when all of them are complete. */
#ifndef HP_CLI_OUTPUT_DIR_H
#define HP_CLI_OUTPUT_DIR_H

#include "analyzer/cli/output_file.h"

/* A file of an output that is a folder. */
struct hp_part {
	const char *file; /* its name there */
	const char *output;
};

/* A folder that appears only when all its files are complete. */
struct hp_output_dir {
	const char *path;         /* as given */
	char *target, *temporary; /* where it will be, and is until then */
	char **file;              /* [n], NULL at the end: paths of the files in @temporary */
	size_t n;
};

/* Whether @path can become such a folder, to know it before long work; returns an exit code. */
int hp_output_dir_check(const char *path);
/*
 * Begin with no files; @parts, which end with an empty one, are what will be in it.  Errors: EIO,
 * ENOMEM.
 */
HP_MUST_CHECK int hp_output_dir_open(struct hp_output_dir *f, const char *path,
				     const struct hp_part *parts, struct hprof_error *err);
/* Begin file number @i; the sink is to be closed before the next one. */
HP_MUST_CHECK int hp_output_dir_next(const struct hp_output_dir *f, size_t i,
				     struct hp_output_file *s, struct hprof_error *err);
/* Make the folder appear, or with @ok false remove what was written. */
HP_MUST_CHECK int hp_output_dir_close(struct hp_output_dir *f, bool ok, struct hprof_error *err);

#endif
