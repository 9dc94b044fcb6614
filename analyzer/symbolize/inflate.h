/* inflate.h - unpacking the debug sections that are needed, before libdw unpacks all. */
#ifndef HP_SYMBOLIZE_INFLATE_H
#define HP_SYMBOLIZE_INFLATE_H

#include <libelf.h>

#include "analyzer/base/arena.h"

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

#endif
