/* files.h - options that say where files are, as the library takes them. */
#ifndef HP_CLI_FILES_H
#define HP_CLI_FILES_H

#include "analyzer/cli/progress.h"

/* Options that say where files are, as the library takes them. */
struct hp_files {
	struct hprof_path_map *path_maps;
	size_t n_path_maps;
	struct hprof_named_file *binaries;
	size_t n_binaries;
	char *servers;     /* of debuginfod: those of the options, then of DEBUGINFOD_URLS */
	const char *usual; /* DEBUGINFOD_URLS, if it is asked and that is to be told; or NULL */
	struct hp_progress_line *line; /* that is taken away before anything is told */
};

/* Take them from @o, which must stay; returns an exit code. To be closed whatever that is. */
int hp_files_open(struct hp_files *f, const struct hp_options *o);
void hp_files_fill(struct hp_files *f, const struct hp_options *o,
		   struct hprof_symbolize_opts *opts);
void hp_files_close(struct hp_files *f);

#endif
