/* inflate.h - unpacking the debug sections that are needed, before libdw unpacks all. */
#ifndef HP_SYMBOLIZE_INFLATE_H
#define HP_SYMBOLIZE_INFLATE_H

#include <libelf.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/slice.h"

/*
 * Unpack the SHF_COMPRESSED sections of @elf that names and lines are made from, and hide the
 * other compressed debug sections (location lists, macros...), so that dwarf_begin_elf() finds
 * nothing to unpack.  What cannot be unpacked is left as it is, for libdw to refuse.
 *
 * @elf: opened with ELF_C_READ_MMAP_PRIVATE, since section headers are changed in memory;
 * hp_elf_inflates_well() has vouched for the sizes.  The bytes live in @mem, which must
 * outlive @elf.
 */
void hp_inflate_debug(Elf *elf, struct hp_arena *mem);

struct hp_compressed { /* bytes that wait to be unpacked */
	struct hp_slice raw;
	struct hp_slice out; /* where to; its length is what they must come to */
	uint32_t method;     /* ELFCOMPRESS_* */
};

/*
 * Find the bytes of section @scn, called @name, in either way of compressing them
 * (SHF_COMPRESSED, ".zdebug"): @p->out is allocated from @mem; method is 0 and @p->out is
 * @p->raw when they are not compressed.  False: they cannot be had.
 */
bool hp_inflate_prepare(Elf *elf, Elf_Scn *scn, const char *name, struct hp_arena *mem,
			struct hp_compressed *p);

/* Unpack; may be called on any thread. False: they are damaged. */
bool hp_inflate(const struct hp_compressed *p);

#endif
