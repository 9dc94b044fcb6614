/* debuginfod.h - debug files by build ID from debuginfod servers and from what they gave before. */
#ifndef HP_SYMBOLIZE_DEBUGINFOD_H
#define HP_SYMBOLIZE_DEBUGINFOD_H

#include "analyzer/base/arena.h"
#include "analyzer/base/slice.h"

/*
 * Where the client's cache has, or would have, the debug file with build ID @id; in @mem.  The
 * folder is chosen as libdebuginfod 0.188 does: DEBUGINFOD_CACHE_PATH, else
 * ~/.debuginfod_client_cache if it is there, else debuginfod_client in XDG_CACHE_HOME or ~/.cache.
 */
const char *hp_debuginfod_cached(struct hp_slice id, struct hp_arena *mem);

enum hp_debuginfod_result {
	HP_DEBUGINFOD_OK,
	HP_DEBUGINFOD_ABSENT, /* the servers do not have it */
	HP_DEBUGINFOD_FAILED, /* there is no use in asking again soon */
};

/*
 * Ask @servers (URLs, blanks between them) for the debug file with build ID @id, which then lies
 * in the client's cache: *@path.  Unless the result is OK, *@why says what is wrong.  A process of
 * its own asks: when nothing arrives for 5 s, or DEBUGINFOD_TIMEOUT, or not all of it in 240 s, or
 * DEBUGINFOD_MAXTIME, it is ended, whatever libdebuginfod does.  For processes with one thread.
 */
enum hp_debuginfod_result hp_debuginfod_fetch(const char *servers, struct hp_slice id,
					      struct hp_arena *mem, const char **path,
					      const char **why);

#endif
