/* debug_file.h - the separate file that holds a stripped file's DWARF and symbols. */
#ifndef HP_SYMBOLIZE_DEBUG_FILE_H
#define HP_SYMBOLIZE_DEBUG_FILE_H

#include <elfutils/libdw.h>

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

struct hp_debug_found {
	struct hp_elf elf;     /* open when @file is not "" */
	const char *file;      /* "" when there is none */
	struct hp_origin from; /* of @file */
	const char *how;       /* "build-id", "debuglink" or "debuginfod" */
	const char *tried;     /* files that were not used, a line for each; "" */
	const char *refused;   /* for a warning: a file that does not belong to the binary; "" */
	const char *servers;   /* for a warning: why debuginfod is not asked any more; "" */
};

#define HP_NO_DEBUG_FILE                                                                           \
	((struct hp_debug_found){                                                                  \
		.elf.fd = -1, .file = "", .how = "", .tried = "", .refused = "", .servers = ""})

/*
 * Find the debug file of @f, which was recorded as @job->path: by build ID, by its
 * .gnu_debuglink, by build ID anywhere below the folders that the user named, among the files that
 * debuginfod gave, and at last from its servers.  Texts live in @mem; the caller closes found->elf.
 */
void hp_find_debug(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		   struct hp_debug_found *found);

/*
 * Find the debug file of @job whose own file is missing, by the build ID that was recorded: in the
 * folders of debug files, then anywhere below those that the user named.  Texts live in @mem; the
 * caller closes found->elf.
 */
void hp_find_debug_alone(const struct hp_job *job, struct hp_arena *mem,
			 struct hp_debug_found *found);

/*
 * Whether hp_find_debug_alone() would open nothing, because nothing is there; *@tried is what it
 * would tell, then.  Looks at names alone.  Texts live in @mem: if that fails, neither holds.
 */
bool hp_find_no_debug(const struct hp_job *job, struct hp_arena *mem, const char **tried);

/* The file with which a debug file shares DWARF. */
struct hp_alt_found {
	const char *file;      /* "" when there is none */
	const char *how;       /* "build-id", "altlink" or "debuginfod" */
	const char *servers;   /* for a warning: why debuginfod is not asked any more; "" */
	const char *tried;     /* what was looked at in vain, and why; "" */
	struct hp_origin from; /* of @file */
};

#define HP_NO_ALT_FILE ((struct hp_alt_found){"", "", "", "", {HP_ORIGIN_FOUND, NULL, HP_NO_OWNER}})

/* What the .gnu_debugaltlink of @from tells: a path, and a build ID. False: it has none. */
bool hp_alt_link(const struct hp_elf *from, struct hp_slice *name, struct hp_slice *id);

/*
 * Where the file may be that @link shares DWARF with: its .gnu_debugaltlink tells @name (may be
 * empty) and build ID @id.  Candidate number @i, in @mem, and its origin; NULL past the last one.
 */
const char *hp_alt_candidate(const struct hp_job *job, const struct hp_elf *link,
			     struct hp_slice name, struct hp_slice id, size_t i,
			     struct hp_arena *mem, struct hp_origin *from);

/*
 * Find the file that @link shares DWARF with, by its build ID; with @ask on the servers of
 * debuginfod as well, whose answer is then found without.  Texts live in @mem.
 */
void hp_find_alt(const struct hp_elf *link, const struct hp_job *job, bool ask,
		 struct hp_arena *mem, struct hp_alt_found *found);

/*
 * Open the file that @dwarf, read from @link, shares DWARF with, and make libdw use it.
 * Returns it, to be closed after @dwarf; NULL if there is none.
 */
Dwarf *hp_alt_open(Dwarf *dwarf, const struct hp_elf *link, const struct hp_job *job,
		   struct hp_arena *mem);

#endif
