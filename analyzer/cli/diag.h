/* diag.h - what the tool says on standard error, and its exit codes. */
#ifndef HP_CLI_DIAG_H
#define HP_CLI_DIAG_H

#include "analyzer/base/error.h"
#include "analyzer/hprof.h"

enum hp_exit {
	HP_EXIT_OK = 0,
	HP_EXIT_USAGE = 2,  /* the command line makes no sense */
	HP_EXIT_INPUT = 3,  /* an input could not be used */
	HP_EXIT_SYSTEM = 4, /* no memory, or the output could not be written */
};

/* Print a line "hprof: ..." on standard error, made safe for a terminal. */
void hp_cli_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Print "hprof: message" for @err; returns the exit code for it. */
int hp_cli_error(const struct hprof_error *err);
/* Print "hprof: PATH: message": input @path cannot be used; returns the exit code for @err. */
int hp_cli_input_error(const char *path, const struct hprof_error *err);
/* Print that output @path cannot be written, NULL if the message names it; HP_EXIT_SYSTEM. */
int hp_cli_output_error(const char *path, const struct hprof_error *err);
/* Print that memory is missing; returns HP_EXIT_SYSTEM. */
int hp_cli_no_memory(void);
/* Print a usage error, one line, and return HP_EXIT_USAGE. */
int hp_cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
