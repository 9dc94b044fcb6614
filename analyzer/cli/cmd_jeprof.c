/* cmd_jeprof.c - lines that begin with an option: as jeprof takes them. */
#include "analyzer/cli/show.h"

/* What is asked for besides tables and stacks. */
static const struct hp_show others[] = {
	{.output = "dot", .needs.jeprof = true, .rows = HP_DOT_NODES},
	{.output = "callgrind", .needs.jeprof = true, .needs.all_types = true},
	{.output = "symbolized", .needs.threads = HPROF_THREADS_STACKS, .needs.only_one = true},
};

static int run(const struct hp_options *o)
{
	struct hp_show show = {
		.output = o->jeprof_output ? o->jeprof_output : "jeprof-text",
		.output_json = "top-json",
		.needs.jeprof = true,
	};

	if (strcmp(show.output, "symbolized") == 0 &&
	    (o->focus.n || o->ignore.n || o->hide.n || o->show.n || o->thread || o->base.n))
		return hp_cli_usage(
			"--raw has the whole profile: nothing can be left out or subtracted");
	for (size_t i = 0; i < HP_LEN(others); i++)
		if (strcmp(show.output, others[i].output) == 0)
			show = others[i];
	return hp_show(o, &show);
}

const struct hp_command hp_command_jeprof = {
	"",
	"[OPTION...] [BINARY] PROFILE...",
	"lines in the style of jeprof: the table, or what an option asks for",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_TABLE | HP_OPT_DIFF |
		HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_JEPROF,
	NULL,
	run,
};
