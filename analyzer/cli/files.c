/* files.c - options that say where files are, as the library takes them. */
#include "analyzer/cli/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "LEFT=RIGHT": *@left is to be freed. */
static int split(const char *option, const char *form, const char *text, const char **left,
		 const char **right)
{
	const char *equal = strchr(text, '=');

	if (!equal || equal == text)
		return hp_cli_usage("--%s: found \"%s\", expected %s", option, text, form);
	*left = strndup(text, (size_t)(equal - text));
	*right = equal + 1;
	return *left ? HP_EXIT_OK : hp_cli_no_memory();
}

/*
 * DEBUGINFOD_URLS: distributions set it for everybody, so that it says nothing about what is
 * wanted here.  With a sysroot nothing is used that was not named.  NULL: not to be asked.
 */
static const char *usual_servers(const struct hp_options *o)
{
	const char *usual = getenv("DEBUGINFOD_URLS");

	if (!usual || !usual[strspn(usual, " ")] || o->no_debuginfod || o->sysroot.n)
		return NULL;
	return usual;
}

/* The servers of @more, then @usual. */
static int join_servers(const struct hp_list *more, const char *usual, char **out)
{
	char *all = strdup(usual ? usual : "");

	for (size_t i = more->n; all && i-- > 0;) {
		char *longer = NULL;

		if (asprintf(&longer, "%s%s%s", more->item[i], *all ? " " : "", all) < 0)
			longer = NULL;
		free(all);
		all = longer;
	}
	if (!all)
		return hp_cli_no_memory();
	*out = all;
	return HP_EXIT_OK;
}

int hp_files_open(struct hp_files *f, const struct hp_options *o)
{
	int code = HP_EXIT_OK;

	*f = (struct hp_files){
		.path_maps = calloc(o->path_map.n + 1, sizeof(*f->path_maps)),
		.binaries = calloc(o->binary.n + 1, sizeof(*f->binaries)),
		.n_path_maps = o->path_map.n,
		.n_binaries = o->binary.n,
	};
	if (!f->path_maps || !f->binaries)
		return hp_cli_no_memory();
	for (size_t i = 0; code == HP_EXIT_OK && i < f->n_path_maps; i++)
		code = split("path-map", "OLD=NEW", o->path_map.item[i], &f->path_maps[i].from,
			     &f->path_maps[i].to);
	for (size_t i = 0; code == HP_EXIT_OK && i < f->n_binaries; i++)
		code = split("binary", "MODULE=FILE", o->binary.item[i], &f->binaries[i].module,
			     &f->binaries[i].file);
	if (code == HP_EXIT_OK && o->no_debuginfod && o->debuginfod.n)
		code = hp_cli_usage(
			"--debuginfod and --no-debuginfod say the opposite: give one of "
			"these");
	if (code == HP_EXIT_OK)
		code = join_servers(&o->debuginfod, usual_servers(o), &f->servers);
	if (code == HP_EXIT_OK && !o->quiet)
		f->usual = usual_servers(o);
	return code;
}

/* Tell once that servers are asked which nobody named here; those that failed stay away. */
static void on_servers(void *ctx, enum hprof_servers now)
{
	struct hp_files *f = ctx;

	switch (now) {
	case HPROF_SERVERS_ASKED:
		if (f->usual) {
			hp_progress_clear(f->line);
			hp_cli_print("note: asking for debug files, as DEBUGINFOD_URLS says: %s "
				     "(--no-debuginfod: do not)",
				     f->usual);
		}
		f->usual = NULL;
		break;
	case HPROF_SERVERS_FAILED:
		f->servers[0] = '\0';
		break;
	}
}

void hp_files_fill(struct hp_files *f, const struct hp_options *o,
		   struct hprof_symbolize_opts *opts)
{
	opts->sysroots = o->sysroot.item;
	opts->n_sysroots = o->sysroot.n;
	opts->debug_dirs = o->debug_dir.item;
	opts->n_debug_dirs = o->debug_dir.n;
	opts->path_maps = f->path_maps;
	opts->n_path_maps = f->n_path_maps;
	opts->binaries = f->binaries;
	opts->n_binaries = f->n_binaries;
	opts->force_binary = o->force_binary;
	opts->debuginfod = f->servers;
	opts->servers = on_servers;
	opts->servers_ctx = f;
}

void hp_files_close(struct hp_files *f)
{
	for (size_t i = 0; f->path_maps && i < f->n_path_maps; i++)
		free((void *)(uintptr_t)f->path_maps[i].from);
	for (size_t i = 0; f->binaries && i < f->n_binaries; i++)
		free((void *)(uintptr_t)f->binaries[i].module);
	free(f->path_maps);
	free(f->binaries);
	free(f->servers);
	*f = (struct hp_files){.n_path_maps = 0};
}
