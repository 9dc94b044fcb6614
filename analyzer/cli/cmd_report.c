/* cmd_report.c - hprof report: all about a profile on one page. */
#include "analyzer/cli/show.h"

static const struct hp_picture pictures[] = {
	{".html", "report-html"},
	{".htm", "report-html"},
	{".pdf", "report-pdf"},
	{NULL, NULL},
};

static int run(const struct hp_options *o)
{
	static const struct hp_show show = {
		.output = "report-html",
		.pictures = pictures,
		.needs.threads = HPROF_THREADS_TOTALS,
		.needs.all_types = true,
		.needs.over_time = true,
	};

	if (hp_to_terminal(o))
		return hp_cli_usage(
			"a report is a page, nothing for a terminal: name a file with -o "
			"FILE.html or -o FILE.pdf");
	for (const struct hp_picture *p = pictures; p->end; p++)
		if (!o->output || hp_slice_ends(hp_slice_str(o->output), hp_slice_str(p->end)))
			return hp_show(o, &show);
	return hp_cli_usage("-o %s: a report is a page, expected the end \".html\" or \".pdf\"",
			    o->output);
}

const struct hp_command hp_command_report = {
	"report",
	"report [OPTION...] [BINARY] PROFILE...",
	"all about a profile on one page (HTML) or several (PDF) to attach to a ticket",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_DIFF | HP_OPT_OUTPUT |
		HP_OPT_FLAME | HP_OPT_UNIT | HP_OPT_TAGROOT,
	NULL,
	run,
};
