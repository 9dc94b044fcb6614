/* key.h - the identity of the files that answers come from. */
#ifndef HP_SYMBOLIZE_CACHE_KEY_H
#define HP_SYMBOLIZE_CACHE_KEY_H

#include "analyzer/hprof.h"
#include "analyzer/symbolize/elf_file.h"

enum { HP_CACHE_OTHERS = 32 };

struct hp_cache_files {
	const struct hp_elf *binary;
	const struct hp_elf *debug; /* NULL: there is none, and that counts as well */
	/*
	 * [n_others] where files may be that the DWARF refers to: the one that it shares DWARF
	 * with, packages of split units.  Those that are not there count as well.
	 */
	const char *others[HP_CACHE_OTHERS];
	size_t n_others;
	enum hprof_dwarf_reader reader;
};

/*
 * A text that differs when one of @files does: build ID, size and both ends of a file that
 * has a build ID, else device, inode, size and time of the last change.  It lives in @mem; ""
 * without memory.
 */
const char *hp_cache_key(const struct hp_cache_files *files, struct hp_arena *mem);

#endif
