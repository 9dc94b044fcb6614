/* cmd_flame.c - hprof flame: flame graphs as pictures. */
#include <stdio.h>
#include <unistd.h>

#include "analyzer/cli/show.h"

enum { LEAST_WIDTH = 300, PNG_MAX = 32767 };

static const struct hp_picture pictures[] = {
	{".svg", "flame-svg"}, {".html", "flame-html"},
	{".png", "flame-png"}, {".pdf", "flame-pdf"},
	{NULL, NULL},
};
static const struct hp_picture pictures_outlines[] = {
	{".svg", "flame-outlines"},
	{NULL, NULL},
};

static int check_size(const struct hp_options *o)
{
	bool is_png = o->output && hp_slice_ends(hp_slice_str(o->output), HP_LIT(".png"));
	unsigned scale = o->picture_scale ? o->picture_scale : 2;

	if (o->picture_width && o->picture_width < LEAST_WIDTH)
		return hp_cli_usage("--width: found %u, expected %d to 20000 pixels",
				    o->picture_width, LEAST_WIDTH);
	if (is_png && o->picture_width * scale > PNG_MAX)
		return hp_cli_usage(
			"--width %u is %u pixels of a PNG, expected %d at most (--scale 1 "
			"has fewer)",
			o->picture_width, o->picture_width * scale, PNG_MAX);
	return HP_EXIT_OK;
}

/* Whether the name that -o gives says what to draw. */
static int check_picture(const struct hp_options *o, const struct hp_picture *known_ends)
{
	char known[128] = "";
	size_t n = 0;

	if (o->text && o->svg_outlines)
		return hp_cli_usage("--text and --svg-outlines: give one of these");
	for (const struct hp_picture *p = known_ends; p->end; p++) {
		bool ends =
			o->output && hp_slice_ends(hp_slice_str(o->output), hp_slice_str(p->end));

		if (o->text && ends)
			return hp_cli_usage("-o %s: --text writes text, no picture", o->output);
		if (!o->text && (ends || !o->output))
			return HP_EXIT_OK;
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "", p->end);
	}
	if (o->text)
		return HP_EXIT_OK;
	return hp_cli_usage("-o %s: its end says what is drawn, expected one of %s", o->output,
			    known);
}

static int run(const struct hp_options *o)
{
	const struct hp_picture *ends = o->svg_outlines ? pictures_outlines : pictures;
	const struct hp_show show = {
		.output = o->svg_outlines                    ? "flame-outlines"
			  : o->text || isatty(STDOUT_FILENO) ? "flame-text"
							     : "flame-svg",
		.pictures = o->text ? NULL : ends,
		.needs.all_types = true,
	};

	if (o->widths && o->base.n == 0)
		return hp_cli_usage("--diff-width: there is no difference without --base FILE");
	if (o->svg_outlines && hp_to_terminal(o))
		return hp_cli_usage(
			"--svg-outlines is a picture, nothing for a terminal: name a file "
			"with -o FILE.svg");
	if (check_size(o) != HP_EXIT_OK || check_picture(o, ends) != HP_EXIT_OK)
		return HP_EXIT_USAGE;
	return hp_show(o, &show);
}

const struct hp_command hp_command_flame = {
	"flame",
	"flame [OPTION...] [BINARY] PROFILE",
	"flame graph: SVG and HTML to search and zoom in, PNG, PDF, or text",
	HP_OPT_COMMON | HP_OPT_SUM | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_DIFF | HP_OPT_OUTPUT |
		HP_OPT_FLAME | HP_OPT_TEXT | HP_OPT_TAGROOT,
	NULL,
	run,
};
