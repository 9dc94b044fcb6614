/* cmd_export.c - hprof export: profiles in forms that other programs read. */
#include <stdio.h>

#include "analyzer/cli/cli.h"

struct target {
	const char *name;
	struct hp_show show;
	bool whole; /* it has everything: there is nothing to choose */
};

static const struct target targets[] = {
	{"symbolized",
	 {.output = "symbolized", .threads = HPROF_THREADS_STACKS, .only_one = true},
	 true},
};

static int unknown(const char *name)
{
	char known[256] = "";
	char quoted[HP_QUOTED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < HP_LEN(targets) && n < sizeof(known); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
				      targets[i].name);
	if (!name)
		return hp_usage("--to FORMAT is missing, one of: %s", known);
	return hp_usage("--to: found %s, expected one of: %s", hp_quote(quoted, hp_slice_str(name)),
			known);
}

static int run(const struct hp_options *o)
{
	for (size_t i = 0; o->to && i < HP_LEN(targets); i++) {
		if (strcmp(o->to, targets[i].name) != 0)
			continue;
		if (targets[i].whole &&
		    (o->focus.n || o->ignore.n || o->hide.n || o->show.n || o->thread ||
		     o->thread_roots || o->base.n || o->sample_type))
			return hp_usage("--to %s has the whole profile: nothing can be left out",
					o->to);
		return hp_show(o, &targets[i].show);
	}
	return unknown(o->to);
}

const struct hp_command hp_command_export = {
	"export",
	"export --to FORMAT [OPTION...] [BINARY] PROFILE",
	"the profile in a form that other programs read",
	HP_OPT_COMMON | HP_OPT_PICK | HP_OPT_INPUT | HP_OPT_VIEW | HP_OPT_OUTPUT | HP_OPT_EXPORT |
		HP_OPT_TAGROOT,
	run,
};
