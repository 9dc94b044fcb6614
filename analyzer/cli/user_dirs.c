/* user_dirs.c - folders of the user: those that options name, and that of the caches. */
#include "analyzer/cli/user_dirs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool hp_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder that is not there finds nothing: most likely a slip. */
void hp_check_folders(const struct hp_options *o, const char *option, const struct hp_list *l)
{
	for (size_t i = 0; !o->quiet && i < l->n; i++)
		if (!hp_is_folder(l->item[i]))
			hp_cli_print("warning: --%s %s: no such folder", option, l->item[i]);
}

char *hp_cache_home(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char *path;

	if (xdg && xdg[0] == '/')
		return strdup(xdg);
	if (!home || home[0] != '/')
		return NULL;
	return asprintf(&path, "%s/.cache", home) < 0 ? NULL : path;
}
