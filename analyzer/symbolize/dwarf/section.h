/* section.h - the debug sections of one file. */
#ifndef HP_DWARF_SECTION_H
#define HP_DWARF_SECTION_H

#include <libelf.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/slice.h"
#include "analyzer/symbolize/origin.h"

enum hp_dw_section {
	HP_DW_INFO,
	HP_DW_ABBREV,
	HP_DW_LINE,
	HP_DW_STR,
	HP_DW_LINE_STR,
	HP_DW_RANGES,
	HP_DW_RNGLISTS,
	HP_DW_ADDR,
	HP_DW_STR_OFFSETS,
	HP_DW_CU_INDEX,
	HP_DW_SECTIONS, /* how many there are */
};

struct hp_dw_unit;

/* A file with DWARF; what it has is borrowed from its ELF file or lives in an arena. */
struct hp_dw_file {
	const char *path;
	struct hp_slice section[HP_DW_SECTIONS]; /* unpacked; empty if there is none */
	bool mapped[HP_DW_SECTIONS];             /* pages of the file itself: not unpacked */
	bool swapped;                            /* in the other byte order */
	struct hp_dw_file *alt;                  /* that it shares DWARF with, or NULL */
	struct hp_dw_unit *unit;                 /* [n_units] by offset, once they are read */
	uint32_t n_units;
	bool has_units;
};

/*
 * Fill @file->section from @elf: the sections of split units (".debug_info.dwo") if @split.
 * Compressed ones are unpacked into @mem, by as many as @workers threads.  False: one claims to be
 * implausibly large, or cannot be unpacked.
 */
bool hp_dw_sections(struct hp_dw_file *file, Elf *elf, bool split, unsigned workers,
		    struct hp_arena *mem);

/*
 * Bytes [@start, @limit) of section @i will not be read soon: their memory is given back, and
 * they come from the file if they are needed once more.
 */
void hp_dw_leave(const struct hp_dw_file *file, enum hp_dw_section i, uint64_t start,
		 uint64_t limit);

/* A file that was opened for its debug sections only. */
struct hp_dw_open {
	struct hp_dw_file file;
	struct hp_slice build_id;
	int fd;
	bool refused; /* nothing was read of it */
	Elf *elf;
	struct hp_arena mem; /* what had to be unpacked */
};

/* Open @path, which is borrowed.  False: it cannot be used, *@why says why. */
bool hp_dw_open(struct hp_dw_open *o, const char *path, const struct hp_origin *from, bool split,
		const char **why);
void hp_dw_close(struct hp_dw_open *o);

#endif
