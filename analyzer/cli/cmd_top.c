/* cmd_top.c - hprof top: the table of flat and cumulative values. */
#include "analyzer/cli/show.h"

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {
		.output = "top",
		.output_json = "top-json",
		.rows = HP_DEFAULT_ROWS,
	};

	return hp_show(o, &show);
}

const struct hp_command hp_command_top = {
	"top",
	"top [OPTION...] [BINARY] PROFILE",
	"table of flat and cumulative values, largest first",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_TABLE | HP_OPT_DIFF |
		HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_TAGROOT,
	NULL,
	run,
};
