/* cmd_diff.c - hprof diff: the table of what changed between two profiles. */
#include "analyzer/cli/show.h"

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {
		.output = "top",
		.output_json = "top-json",
		.rows = HP_DEFAULT_ROWS,
		.needs.needs_base = true,
	};

	return hp_show(o, &show);
}

const struct hp_command hp_command_diff = {
	"diff",
	"diff [OPTION...] [BINARY] BASE NEW",
	"what changed between two profiles: before, after, delta",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_TABLE | HP_OPT_DIFF |
		HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_TAGROOT | HP_OPT_OWN_BASE,
	NULL,
	run,
};
