/* cmd_export.c - hprof export: profiles in forms that other programs read. */
#include <stdio.h>

#include "analyzer/cli/show.h"

/* What of the command line a target can follow, besides what all can. */
enum takes {
	TAKES_SUM = 1,     /* several profiles added up */
	TAKES_FILTERS = 2, /* a part of the profile */
	TAKES_TYPE = 4,    /* one sample type before the others, or alone */
	TAKES_BASE = 8,    /* a difference */
	TAKES_GROWTH = 16, /* and there, what shrank counted as 0 */
	TAKES_BY = 32,     /* lines, files... in place of functions */
	TAKES_ROWS = 64,   /* a number of rows */
	TAKES_ORDER = 128, /* and their order */
	TAKES_UNIT = 256,  /* bytes as people read them */
	NEEDS_BASE = 512,
	TAKES_ROOTS = 1024, /* frames of threads */
	IS_BINARY = 2048,   /* nothing for a terminal */
};

enum {
	TAKES_STACKS = TAKES_SUM | TAKES_FILTERS | TAKES_ROOTS | TAKES_TYPE | TAKES_BASE |
		       TAKES_GROWTH | TAKES_BY,
	TAKES_TABLE = TAKES_STACKS | TAKES_ROWS | TAKES_ORDER,
};

struct target {
	const char *name;
	struct hp_show show;
	unsigned takes;
};

/* One stream goes to files with these names; into folders go tables. */
static const struct hp_picture streams[] = {
	{".ndjson", "tables"},
	{".jsonl", "tables"},
	{NULL, NULL},
};

static const struct hp_part tables[] = {
	{"dumps.ndjson", "tables-dumps"},
	{"stacks.ndjson", "tables-stacks"},
	{"samples.ndjson", "tables-samples"},
	{"symbols.ndjson", "tables-symbols"},
	{NULL, NULL},
};

enum { TICKET_ROWS = 20 };

static const struct target targets[] = {
	{"symbolized",
	 {.output = "symbolized", .needs.threads = HPROF_THREADS_STACKS, .needs.only_one = true},
	 0},
	{"folded", {.output = "collapsed"}, TAKES_STACKS},
	{"difffolded", {.output = "difffolded"}, (TAKES_STACKS & ~TAKES_GROWTH) | NEEDS_BASE},
	{"speedscope", {.output = "speedscope", .needs.all_types = true}, TAKES_STACKS},
	{"callgrind", {.output = "callgrind", .needs.all_types = true}, TAKES_STACKS & ~TAKES_BY},
	{"dhat",
	 {.output = "dhat", .needs.all_types = true},
	 TAKES_SUM | TAKES_FILTERS | TAKES_ROOTS},
	{"dot", {.output = "dot", .rows = HP_DOT_NODES}, TAKES_STACKS | TAKES_ROWS | TAKES_UNIT},
	{"csv", {.output = "csv"}, TAKES_TABLE},
	{"markdown", {.output = "markdown", .rows = TICKET_ROWS}, TAKES_TABLE | TAKES_UNIT},
	{"pprof",
	 {.output = "pprof",
	  .needs.threads = HPROF_THREADS_STACKS,
	  .needs.all_types = true,
	  .needs.breakdown = true},
	 TAKES_SUM | TAKES_FILTERS | TAKES_TYPE | TAKES_BASE | TAKES_GROWTH | IS_BINARY},
	{"tables",
	 {.output = "tables",
	  .pictures = streams,
	  .parts = tables,
	  .needs.threads = HPROF_THREADS_STACKS,
	  .needs.all_types = true,
	  .needs.apart = true},
	 TAKES_FILTERS},
};

static const char *list_targets(char *buf)
{
	size_t n = 0;

	for (size_t i = 0; i < HP_LEN(targets) && n < HP_TARGETS_MAX; i++)
		n += (size_t)snprintf(buf + n, HP_TARGETS_MAX - n, "%s%s", i ? ", " : "",
				      targets[i].name);
	return buf;
}

static int unknown(const char *name)
{
	char known[HP_TARGETS_MAX];
	char quoted[HP_QUOTED_MAX];

	if (!name)
		return hp_cli_usage("--to FORMAT is missing, one of: %s", list_targets(known));
	return hp_cli_usage("--to: found %s, expected one of: %s",
			    hp_quote(quoted, hp_slice_str(name)), list_targets(known));
}

/* An option that is not understood is an error: it would be passed over without a word. */
static int check(const struct hp_options *o, const struct target *t)
{
	const struct {
		const char *option;
		bool given;
		unsigned takes;
		const char *why;
	} rules[] = {
		{"--focus, --ignore, --hide, --show or --thread",
		 o->focus.n || o->ignore.n || o->hide.n || o->show.n || o->thread, TAKES_FILTERS,
		 "it has the whole profile"},
		{"--tagroot", o->thread_roots, TAKES_ROOTS, "its stacks have threads beside them"},
		{"choice of a sample type", o->sample_type, TAKES_TYPE,
		 "it has all that it can hold"},
		{"--base", o->base.n, TAKES_BASE, "it cannot show a difference"},
		{"--drop-negative", o->drop_negative, TAKES_GROWTH,
		 t->takes & NEEDS_BASE ? "it has both values" : "it cannot show a difference"},
		{"--sum", o->sum, TAKES_SUM, "it does not add profiles up"},
		{"--lines, --files, --addresses or --modules", o->granularity, TAKES_BY,
		 "it has functions, files and lines"},
		{"-n", o->rows_given, TAKES_ROWS, "it has all stacks"},
		{"--cum", o->sort_cum, TAKES_ORDER, "it has no such order"},
		{"--unit", o->unit, TAKES_UNIT, "it has plain bytes"},
	};

	for (size_t i = 0; i < HP_LEN(rules); i++)
		if (rules[i].given && !(t->takes & rules[i].takes))
			return hp_cli_usage("--to %s takes no %s: %s", t->name, rules[i].option,
					    rules[i].why);
	if ((t->takes & NEEDS_BASE) && !o->base.n)
		return hp_cli_usage("--to %s compares two profiles: --base FILE is missing",
				    t->name);
	return HP_EXIT_OK;
}

static int run(const struct hp_options *o)
{
	for (size_t i = 0; o->to && i < HP_LEN(targets); i++) {
		int code;

		if (strcmp(o->to, targets[i].name) != 0)
			continue;
		code = check(o, &targets[i]);
		if (code == HP_EXIT_OK && (targets[i].takes & IS_BINARY) && hp_to_terminal(o))
			code = hp_cli_usage(
				"--to %s is nothing for a terminal: name a file with -o", o->to);
		return code == HP_EXIT_OK ? hp_show(o, &targets[i].show) : code;
	}
	return unknown(o->to);
}

const struct hp_command hp_command_export = {
	"export",
	"export --to FORMAT [OPTION...] [BINARY] PROFILE...",
	"the profile in a form that other programs read",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_DIFF | HP_OPT_OUTPUT |
		HP_OPT_UNIT | HP_OPT_EXPORT | HP_OPT_TAGROOT,
	list_targets,
	run,
};
