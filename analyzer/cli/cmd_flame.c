/* cmd_flame.c - hprof flame: flame graphs as pictures. */
#include <stdio.h>
#include <unistd.h>

#include "analyzer/cli/cli.h"

enum { LEAST_WIDTH = 300 };

static const struct hp_picture pictures[] = {
	{".svg", "flame-svg"},
	{".html", "flame-html"},
	{NULL, NULL},
};

/* Whether the name that -o gives says what to draw. */
static int check_picture(const struct hp_options *o)
{
	char known[128] = "";
	size_t n = 0;

	if (o->picture_width && o->picture_width < LEAST_WIDTH)
		return hp_usage("--width: found %u, expected %d to 20000 pixels", o->picture_width,
				LEAST_WIDTH);
	if (o->text)
		return HP_EXIT_OK;
	for (const struct hp_picture *p = pictures; p->end; p++) {
		if (!o->output || hp_slice_ends(hp_slice_str(o->output), hp_slice_str(p->end)))
			return HP_EXIT_OK;
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "", p->end);
	}
	return hp_usage("-o %s: its end says what is drawn, expected one of %s", o->output, known);
}

static int run(const struct hp_options *o)
{
	const struct hp_show show = {
		.output = o->text || isatty(STDOUT_FILENO) ? "flame-text" : "flame-svg",
		.pictures = pictures,
		.all_types = true,
	};

	if (check_picture(o) != HP_EXIT_OK)
		return HP_EXIT_USAGE;
	return hp_show(o, &show);
}

const struct hp_command hp_command_flame = {
	"flame",
	"flame [OPTION...] [BINARY] PROFILE",
	"flame graph: a picture to search and zoom (SVG)",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_DIFF | HP_OPT_OUTPUT |
		HP_OPT_FLAME,
	run,
};
