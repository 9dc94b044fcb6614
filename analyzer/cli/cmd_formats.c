/* cmd_formats.c - hprof formats: what this build reads and writes. */
#include <stdio.h>

#include "analyzer/cli/options.h"

static int run(const struct hp_options *o)
{
	const struct hprof_format_info *f;

	if (o->args.n)
		return hp_cli_usage("formats takes no arguments, found \"%s\"", o->args.item[0]);
	printf("inputs\n");
	for (size_t i = 0; (f = hprof_format(i)) != NULL; i++)
		if (f->readable)
			printf("  %-16s %s\n", f->name, f->summary);
	printf("\ninputs that are recognised, and refused by their name\n");
	for (size_t i = 0; (f = hprof_format(i)) != NULL; i++)
		if (!f->readable)
			printf("  %-16s %s\n", f->name, f->summary);
	printf("\noutputs\n");
	for (size_t i = 0; (f = hprof_output(i)) != NULL; i++)
		printf("  %-16s %s\n", f->name, f->summary);
	return HP_EXIT_OK;
}

const struct hp_command hp_command_formats = {
	"formats",     "formats", "the inputs and outputs that this build knows",
	HP_OPT_COMMON, NULL,      run,
};
