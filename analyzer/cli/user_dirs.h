/* user_dirs.h - folders of the user. */
#ifndef HP_CLI_USER_DIRS_H
#define HP_CLI_USER_DIRS_H

#include "analyzer/cli/options.h"

/* Whether @path is a folder; a link to one is. */
bool hp_is_folder(const char *path);

/*
 * The folder of the user's caches by the XDG rules: $XDG_CACHE_HOME if it is an absolute path, or
 * else $HOME/.cache.  To be freed; NULL when neither is set, or without memory.
 */
char *hp_cache_home(void);
#define HP_CACHE_NO_HOME "neither XDG_CACHE_HOME nor HOME is set to an absolute path"
/* Tell of folders given by @option that are not there: most likely a slip. */
void hp_check_folders(const struct hp_options *o, const char *option, const struct hp_list *l);

#endif
