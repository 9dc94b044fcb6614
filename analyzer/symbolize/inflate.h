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

/*
 * Put the bytes of section @scn, called @name, into *@out: unpacked into @mem if they are
 * compressed in either way (SHF_COMPRESSED, ".zdebug").  False: they cannot be unpacked.
 */
bool hp_inflate_section(Elf *elf, Elf_Scn *scn, const char *name, struct hp_arena *mem,
			struct hp_slice *out);

#endif
