/* replace.h - what an output must not replace. */
#ifndef HP_CLI_REPLACE_H
#define HP_CLI_REPLACE_H

#include "analyzer/cli/files.h"

struct stat;

/* Whether -o names a regular file, which would be replaced; it is told in *@st. */
bool hp_replaces(const struct hp_options *o, struct stat *st);
/* Whether @path, "-" for standard input, is that file; NULL is none. */
bool hp_is_file(const char *path, const struct stat *st);
/*
 * Refuse to replace file @st of -o where that would take something from the user: it is read
 * (@is_read, or @o and @f name it), it may be found where names are looked for, or it is a profile
 * of another format than @format (NULL: of any).  Returns an exit code.
 */
int hp_replace_check(const struct hp_options *o, const struct hp_files *f, const struct stat *st,
		     bool is_read, const char *format);

#endif
