/* cmd_jeprof.c - lines that begin with an option: as jeprof takes them. */
#include "analyzer/cli/cli.h"

static int run(const struct hp_options *o)
{
	struct hp_show show = {
		.output = o->jeprof_output ? o->jeprof_output : "jeprof-text",
		.output_json = "top-json",
		.jeprof = true,
	};

	return hp_show(o, &show);
}

const struct hp_command hp_command_jeprof = {
	"",
	"[OPTION...] [BINARY] PROFILE...",
	"lines in the style of jeprof: the table, or what an option asks for",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_TABLE | HP_OPT_DIFF |
		HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_JEPROF,
	run,
};
