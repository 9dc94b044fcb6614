/* cmd_timeline.c - hprof timeline: how values go over the snapshots of a recording, or a series. */
#include "analyzer/cli/show.h"

static const struct hp_picture pictures[] = {
	{".svg", "timeline-svg"},
	{".png", "timeline-png"},
	{".csv", "timeline-csv"},
	{".json", "timeline-json"},
	{NULL, NULL},
};

/* What is drawn, and whether the name that -o gives can be meant as something else. */
static int check_picture(const struct hp_options *o)
{
	static const char *const others[] = {".pdf", ".ps",   ".eps", ".html", ".htm",
					     ".jpg", ".jpeg", ".gif", ".webp"};
	struct hp_slice path = hp_slice_str(o->output ? o->output : "");

	for (const struct hp_picture *p = pictures; p->end; p++) {
		bool same = strcmp(p->end, o->csv ? ".csv" : ".json") == 0;

		if ((o->csv || o->json) && !same && hp_slice_ends(path, hp_slice_str(p->end)))
			return hp_cli_usage("-o %s: what the name ends in is not %s", o->output,
					    o->csv ? "--csv" : "--json");
	}
	for (size_t i = 0; i < HP_LEN(others); i++)
		if (hp_slice_ends(path, hp_slice_str(others[i])))
			return hp_cli_usage(
				"-o %s: found \"%s\", expected .svg, .png, .csv or .json",
				o->output, others[i]);
	return HP_EXIT_OK;
}

static int run(const struct hp_options *o)
{
	struct hp_show show = {
		.output = o->csv ? "timeline-csv" : "timeline",
		.output_json = "timeline-json",
		.pictures = pictures,
		.needs.all_snapshots = true,
	};

	if (o->csv && o->json)
		return hp_cli_usage("--csv and --json: give one of these");
	if (check_picture(o) != HP_EXIT_OK)
		return HP_EXIT_USAGE;
	return hp_show(o, &show);
}

const struct hp_command hp_command_timeline = {
	"timeline",
	"timeline [OPTION...] [BINARY] PROFILE...",
	"totals and largest sites over time: table and graph, CSV, JSON, SVG, PNG",
	HP_OPT_COMMON | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_OUTPUT | HP_OPT_JSON | HP_OPT_UNIT |
		HP_OPT_TIMELINE,
	NULL,
	run,
};
