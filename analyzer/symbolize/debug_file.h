/* debug_file.h - the separate file that holds a stripped file's DWARF and symbols. */
#ifndef HP_SYMBOLIZE_DEBUG_FILE_H
#define HP_SYMBOLIZE_DEBUG_FILE_H

#include <elfutils/libdw.h>

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

struct hp_debug_found {
	struct hp_elf elf;   /* open when @file is not "" */
	const char *file;    /* "" when there is none */
	const char *note;    /* what was tried; "" */
	const char *refused; /* for a warning: a file that does not belong to the binary; "" */
};

/*
 * Find the debug file of @f, which was recorded as @job->path: by build ID, then by its
 * .gnu_debuglink.  Texts live in @mem; the caller closes found->elf.
 */
void hp_find_debug(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		   struct hp_debug_found *found);

/*
 * Where the file may be that @path shares DWARF with: its .gnu_debugaltlink tells @name (may be
 * empty) and build ID @id.  Candidate number @i, in @mem; NULL past the last one.
 */
const char *hp_alt_candidate(const struct hp_job *job, const char *path, struct hp_slice name,
			     struct hp_slice id, size_t i, struct hp_arena *mem);

/*
 * Open the file that @dwarf, read from @path, shares DWARF with (.gnu_debugaltlink), and
 * make libdw use it.  Returns it, to be closed after @dwarf; NULL if there is none.
 */
Dwarf *hp_find_alt(Dwarf *dwarf, const char *path, const struct hp_job *job, struct hp_arena *mem);

#endif
