/* cmd_tree.c - hprof tree: who calls what, with values. */
#include "analyzer/cli/show.h"

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {
		.output = "tree",
		.output_json = "tree-json",
		.rows = HP_DEFAULT_ROWS,
	};

	return hp_show(o, &show);
}

const struct hp_command hp_command_tree = {
	"tree",
	"tree [OPTION...] [BINARY] PROFILE",
	"call tree from the roots, or from the allocation sites",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_TREE | HP_OPT_UNIT |
		HP_OPT_DIFF | HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_TAGROOT,
	NULL,
	run,
};
