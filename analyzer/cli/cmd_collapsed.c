/* cmd_collapsed.c - hprof collapsed: stacks for flame graphs. */
#include "analyzer/cli/show.h"

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {.output = "collapsed"};

	return hp_show(o, &show);
}

const struct hp_command hp_command_collapsed = {
	"collapsed",
	"collapsed [OPTION...] [BINARY] PROFILE",
	"\"root;...;leaf VALUE\" lines for flamegraph.pl and its kin",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_DIFF | HP_OPT_OUTPUT |
		HP_OPT_TAGROOT,
	NULL,
	run,
};
