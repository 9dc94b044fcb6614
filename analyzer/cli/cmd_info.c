/* cmd_info.c - hprof info: what a profile is, and what may be wrong with it. */
#include "analyzer/cli/show.h"

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {
		.output = "info",
		.output_json = "info-json",
		.needs.threads = HPROF_THREADS_TOTALS,
		.needs.has_warnings = true,
		.needs.only_one = true,
	};

	return hp_show(o, &show);
}

const struct hp_command hp_command_info = {
	"info",
	"info [OPTION...] [BINARY] PROFILE",
	"format, sampling, totals, threads, modules, warnings and hints",
	HP_OPT_COMMON | HP_OPT_PICK | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_OUTPUT | HP_OPT_JSON |
		HP_OPT_UNIT,
	NULL,
	run,
};
