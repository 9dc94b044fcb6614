/* cmd_json.c - hprof json: the whole symbolized profile. */
#include "analyzer/cli/show.h"

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {
		.output = "json",
		.needs.threads = HPROF_THREADS_STACKS,
		.needs.all_types = true,
	};

	return hp_show(o, &show);
}

const struct hp_command hp_command_json = {
	"json",
	"json [OPTION...] [BINARY] PROFILE",
	"the whole symbolized profile as JSON",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_DIFF | HP_OPT_OUTPUT |
		HP_OPT_JSON | HP_OPT_TAGROOT,
	NULL,
	run,
};
