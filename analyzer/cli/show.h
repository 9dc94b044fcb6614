/* show.h - the way of every command that shows profiles: a session, then an output. */
#ifndef HP_CLI_SHOW_H
#define HP_CLI_SHOW_H

#include "analyzer/cli/inputs.h"
#include "analyzer/cli/output_dir.h"

/* An output by the end of the name of the file that it goes to. */
struct hp_picture {
	const char *end; /* ".svg" */
	const char *output;
};

/* What a command that shows profiles does. */
struct hp_show {
	const char *output;                /* name of the output */
	const char *output_json;           /* with --json, or NULL */
	const struct hp_picture *pictures; /* chosen by -o, NULL at the end; or NULL */
	const struct hp_part *parts; /* with -o, but for pictures: a folder of these; or NULL */
	size_t rows;                 /* default number of rows */
	struct hp_needs needs;
};

/* Load, name, analyse and write the profiles of @o; returns an exit code. */
int hp_show(const struct hp_options *o, const struct hp_show *show);

#endif
