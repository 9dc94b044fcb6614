/* output_file.h - standard output, or a file that appears only when it is complete. */
#ifndef HP_CLI_OUTPUT_FILE_H
#define HP_CLI_OUTPUT_FILE_H

#include "analyzer/cli/diag.h"

/* A destination of output: standard output, or a file that appears only when complete. */
struct hp_output_file {
	int fd;
	const char *path;         /* as given, NULL for standard output */
	char *target, *temporary; /* resolved path and what is renamed to it; NULL: direct */
};

/*
 * Where output to @path goes: links are followed, also the last one when nothing is there yet.
 * To be freed; NULL: errno tells.
 */
char *hp_output_file_target(const char *path);

HP_MUST_CHECK int hp_output_file_open(struct hp_output_file *s, const char *path,
				      struct hprof_error *err);
int hp_output_file_write(void *sink, const void *bytes, size_t len); /* an hprof_write_fn */
/* Make the file appear, or with @ok false remove what was written. */
HP_MUST_CHECK int hp_output_file_close(struct hp_output_file *s, bool ok, struct hprof_error *err);

#endif
