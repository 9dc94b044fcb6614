/* cmd_timeline.c - hprof timeline: how values go over the snapshots of a recording, or a series. */
#include "analyzer/cli/cli.h"

static int run(const struct hp_options *o)
{
	static const struct hp_picture pictures[] = {
		{".svg", "timeline-svg"},
		{".png", "timeline-png"},
		{NULL, NULL},
	};
	struct hp_show show = {
		.output = o->csv ? "timeline-csv" : "timeline",
		.output_json = "timeline-json",
		.pictures = pictures,
		.all_moments = true,
	};

	if (o->csv && o->json)
		return hp_usage("--csv and --json: give one of these");
	return hp_show(o, &show);
}

const struct hp_command hp_command_timeline = {
	"timeline",
	"timeline [OPTION...] [BINARY] PROFILE...",
	"totals and largest sites over time: table and graph, CSV, JSON, SVG, PNG",
	HP_OPT_COMMON | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_UNIT |
		HP_OPT_TIMELINE,
	run,
};
