/* main.c - which command a line asks for. */
#include <stdio.h>

#include "analyzer/base/error.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/stop.h"

/* clang-format off */
const struct hp_command *const hp_commands[] = {
	&hp_command_top,
	&hp_command_tree,
	&hp_command_flame,
	&hp_command_report,
	&hp_command_timeline,
	&hp_command_diff,
	&hp_command_collapsed,
	&hp_command_json,
	&hp_command_export,
	&hp_command_info,
	&hp_command_symbolize,
	&hp_command_formats,
	&hp_command_cache,
	NULL,
};
/* clang-format on */

static void help(void)
{
	printf("hprof %s - what is in a heap profile\n\n"
	       "usage: hprof COMMAND [OPTION...] [BINARY] PROFILE\n"
	       "       hprof [jeprof-style OPTION...] [BINARY] PROFILE...\n\n"
	       "PROFILE is a file, plain or packed, or - for standard input; FILE@WHEN is a moment "
	       "of\n"
	       "a recording. BINARY, an ELF file, stands for the program; without it, it is found "
	       "through the profile.\n\n"
	       "commands:\n",
	       hprof_version());
	for (size_t i = 0; hp_commands[i]; i++)
		printf("  %-11s %s\n", hp_commands[i]->name, hp_commands[i]->summary);
	printf("\n\"hprof COMMAND --help\" lists the options of a command.\n");
}

static int run(const struct hp_command *cmd, int argc, char **argv)
{
	struct hp_options o = {0};
	struct hprof_error err = HPROF_ERROR_INIT;
	int code;

	if (hp_options_parse(cmd, argc, argv, &o, &err) < 0) {
		code = hp_cli_error(&err);
	} else if (o.help) {
		hp_options_help(cmd);
		code = HP_EXIT_OK;
	} else {
		code = cmd->run(&o);
	}
	hp_options_release(&o);
	return code;
}

static const struct hp_command *find_command(const char *name)
{
	for (size_t i = 0; hp_commands[i]; i++)
		if (strcmp(hp_commands[i]->name, name) == 0)
			return hp_commands[i];
	return NULL;
}

enum { NAME_MAX_LEN = 24 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* How many letters must be put in, left out or changed to make @b of @a; @b has some at most. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1], n = strlen(b);

	for (size_t k = 0; k <= n; k++)
		row[k] = k;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0]++;

		for (size_t k = 1; k <= n; k++) {
			size_t change = corner + (lower(a[i]) != b[k - 1]);

			corner = row[k];
			if (row[k - 1] + 1 < change)
				change = row[k - 1] + 1;
			row[k] = corner + 1 < change ? corner + 1 : change;
		}
	}
	return row[n];
}

/* Whether @a has the letters of @b in another order. */
static bool is_shuffled(const char *a, const char *b)
{
	int count[256] = {0};

	if (strlen(a) != strlen(b))
		return false;
	for (size_t i = 0; a[i]; i++) {
		count[(unsigned char)lower(a[i])]++;
		count[(unsigned char)b[i]]--;
	}
	for (size_t i = 0; i < HP_LEN(count); i++)
		if (count[i])
			return false;
	return true;
}

/* The command that @name is most like: few letters are wrong, missing or too many; or NULL. */
static const struct hp_command *nearest_command(const char *name)
{
	const struct hp_command *best = NULL;
	size_t len = strlen(name), least = len > 4 ? 3 : len > 1 ? 2 : 0;

	for (size_t i = 0; hp_commands[i] && len <= NAME_MAX_LEN; i++) {
		const char *known = hp_commands[i]->name;
		size_t away = strlen(known) > NAME_MAX_LEN ? least : distance(name, known);

		if (len > 1 && strncmp(known, name, len) == 0)
			away = 0;
		else if (is_shuffled(name, known) ||
			 (strlen(known) > 3 && strncmp(known, name, strlen(known)) == 0))
			away = 1;
		if (away < least) {
			best = hp_commands[i];
			least = away;
		}
	}
	return best;
}

static int unknown_command(const char *name)
{
	const struct hp_command *near = nearest_command(name);
	char quoted[HP_QUOTED_MAX];

	hp_quote(quoted, hp_slice_str(name));
	if (near)
		return hp_cli_usage(
			"unknown command %s: did you mean \"%s\"? (\"hprof --help\" lists "
			"them)",
			quoted, near->name);
	return hp_cli_usage(
		"unknown command %s (\"hprof --help\" lists them; to see a profile: hprof "
		"top PROFILE)",
		quoted);
}

/* "help", and "help COMMAND" */
static int tell_help(const char *name)
{
	const struct hp_command *cmd = name ? find_command(name) : NULL;

	if (cmd)
		hp_options_help(cmd);
	else if (!name || name[0] == '-' || strcmp(name, "help") == 0)
		help();
	else
		return unknown_command(name);
	return HP_EXIT_OK;
}

static int choose(int argc, char **argv)
{
	const struct hp_command *cmd;

	if (argc < 2)
		return hp_cli_usage("a command is missing (\"hprof --help\" lists them)");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		if (argc > 3)
			return hp_cli_usage("help is for one command: \"hprof help %s\"",
					    find_command(argv[2]) ? argv[2] : "COMMAND");
		return tell_help(argc > 2 ? argv[2] : NULL);
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("hprof %s\n", hprof_version());
		return HP_EXIT_OK;
	}
	cmd = find_command(argv[1]);
	if (cmd)
		return run(cmd, argc - 1, argv + 1);
	if (argv[1][0] == '-' && argv[1][1])
		return run(&hp_command_jeprof, argc, argv);
	return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
	int code;

	hp_stop_prepare();
	code = choose(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("hprof: cannot write output");
		return HP_EXIT_SYSTEM;
	}
	return code;
}
