/* arguments.h - which argument is the program, and which are profiles. */
#ifndef HP_CLI_ARGUMENTS_H
#define HP_CLI_ARGUMENTS_H

#include "analyzer/cli/options.h"

struct hp_arguments {
	const char *binary;   /* NULL: none */
	const char **profile; /* [n] in their order; the strings are borrowed */
	size_t n;
};

/*
 * Tell the arguments of a command apart by what they are, wherever they stand, and say what was
 * meant where they make no sense: two programs, a program of another system, a file to write.
 * Returns an exit code; release whatever that is.
 */
int hp_arguments_sort(struct hp_arguments *a, const struct hp_options *o);
void hp_arguments_release(struct hp_arguments *a);

/* Whether @path is a regular file that begins as ELF files do. */
bool hp_arguments_is_elf(const char *path);

/*
 * The first of too many profiles is meant as BINARY: say what is wrong with it.  Where they are
 * added up (@adds_up) it may be a pipe that a shell has made.
 */
int hp_arguments_check_binary(const char *path, bool adds_up);

#endif
