/* options.h - what a command line says. */
#ifndef HP_CLI_OPTIONS_H
#define HP_CLI_OPTIONS_H

#include "analyzer/cli/command.h"
#include "analyzer/cli/diag.h"

struct hp_list {
	const char **item; /* borrowed from the command line */
	size_t n;
};

enum hp_when { HP_WHEN_AUTO, HP_WHEN_ALWAYS, HP_WHEN_NEVER };

/* Everything that options can say; zero is the default of each. */
struct hp_options {
	const char *sample_type;
	int granularity; /* enum hprof_granularity */
	int names;       /* enum hprof_names */
	int prune;       /* enum hprof_prune */
	int unit;        /* enum hprof_unit_style */
	int color;       /* enum hp_when */
	bool no_inlines, drop_negative, sort_cum, sum, no_symbols, json, quiet, verbose, help;
	bool no_debuginfod, no_cache, clear, rows_given, force_binary;
	size_t rows;
	bool bottom_up; /* of tree */
	bool csv;       /* of timeline */
	bool thread_roots;
	unsigned depth;
	double min_percent;
	const char *title; /* of pictures, and their shape */
	unsigned picture_width, picture_scale;
	double min_width;
	int order, widths; /* widths: 1 + enum hprof_widths, 0: not given */
	bool flame, text, svg_outlines, no_script, no_compress;
	const char *thread, *output, *base_binary, *at, *to;
	struct hp_list base, focus, ignore, hide, show, alloc_fn;
	struct hp_list sysroot, debug_dir, path_map, perf_map, binary, debuginfod;
	int dwarf_reader; /* enum hprof_dwarf_reader */
	unsigned workers;
	/* of symbolize, as addr2line has them */
	const char *exe, *section;
	bool functions, inlines, pretty, addresses, basenames, return_addresses;
	int demangle;              /* 0: no; else a style */
	const char *jeprof_output; /* output that a jeprof-style line asked for */
	struct hp_list args;       /* what is left: BINARY and profiles */
	struct hp_list copies;     /* owned: respelled arguments */
};

/*
 * Parse @argv[1...] (@argv[0] is skipped) by the options of @cmd into @o, whose lists are
 * released by hp_options_release().  Errors: EINVAL with the option and the accepted form.
 */
HP_MUST_CHECK int hp_options_parse(const struct hp_command *cmd, int argc, char **argv,
				   struct hp_options *o, struct hprof_error *err);
void hp_options_release(struct hp_options *o);
void hp_options_help(const struct hp_command *cmd); /* to standard output */

/* Whether the output goes to a terminal, where only text belongs. */
bool hp_to_terminal(const struct hp_options *o);

/* How many rows a text table has when nothing is said. */
enum { HP_DEFAULT_ROWS = 40 };
/* And a call graph. */
enum { HP_DOT_NODES = 80 };

#endif
