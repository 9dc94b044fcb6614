/* key.h - the identity of the files that answers come from. */
#ifndef HP_SYMBOLIZE_CACHE_KEY_H
#define HP_SYMBOLIZE_CACHE_KEY_H

#include "analyzer/hprof.h"
#include "analyzer/symbolize/elf_file.h"

struct hp_cache_files {
	const struct hp_elf *binary;
	const struct hp_elf *debug; /* NULL: there is none, and that counts as well */
	const char *alt;            /* path of the file that the DWARF shares, or NULL */
	const char *dwp;            /* path of the package of split units, or NULL */
	enum hprof_dwarf_reader reader;
};

/*
 * A text that differs when one of @files does: build ID and size of a file that has a build ID,
 * else device, inode, size and time of the last change.  It lives in @mem; "" without memory.
 */
const char *hp_cache_key(const struct hp_cache_files *files, struct hp_arena *mem);

#endif
