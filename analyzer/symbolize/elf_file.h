/* elf_file.h - an open ELF file: segments, executable sections, build ID. */
#ifndef HP_SYMBOLIZE_ELF_FILE_H
#define HP_SYMBOLIZE_ELF_FILE_H

#include <gelf.h>
#include <libelf.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/slice.h"
#include "analyzer/symbolize/origin.h"

struct hp_segment { /* one PT_LOAD */
	uint64_t offset, file_len;
	uint64_t vaddr, mem_len;
	bool exec;
};

struct hp_extent {
	uint64_t start, limit;
};

/* Zero-initialised is closed, but for fd. Pages of the file are mapped: it may be huge. */
struct hp_elf {
	const char *path;
	int fd;
	Elf *elf;
	int elf_class;              /* ELFCLASS32 or 64 */
	uint16_t machine;           /* EM_* */
	bool fixed;                 /* ET_EXEC: runs at its own addresses only */
	bool debug_only;            /* there is code, but not in this file: see objcopy(1) */
	bool swapped;               /* bytes are in the other order than this machine's */
	struct hp_segment *segment; /* [n_segments] */
	size_t n_segments;
	struct hp_extent *text; /* [n_text] code: sections by address, or else segments */
	size_t n_text;
	const uint8_t *image; /* [image_len] the bytes of the file */
	size_t image_len;
	struct hp_slice build_id; /* raw bytes; empty if none */
};

/*
 * Of the @len bytes of the file from @offset on, those up to where only a hole follows, which
 * nobody wrote; all where that cannot be known, or is not worth asking.
 */
uint64_t hp_elf_written(const struct hp_elf *f, uint64_t offset, uint64_t len);

enum hp_elf_result {
	HP_ELF_OK,
	HP_ELF_ABSENT,     /* nothing has that name */
	HP_ELF_UNREADABLE, /* something has, but no executable or library that can be read */
};

/*
 * Open @path, which is borrowed, without ever waiting (on a FIFO).  Unless the result is
 * HP_ELF_OK, *@why says in a few words what is wrong, and there is nothing to close.
 * Tables live in @mem.
 */
enum hp_elf_result hp_elf_open(struct hp_elf *f, const char *path, const struct hp_origin *from,
			       struct hp_arena *mem, const char **why);
void hp_elf_close(struct hp_elf *f);

/* The one of the @n extents, sorted and apart from each other, that holds @addr; NULL if none. */
const struct hp_extent *hp_extent_of(const struct hp_extent *extent, size_t n, uint64_t addr);

/* Whether @addr, an address of the file, is one where code can be. */
bool hp_extents_hold(const struct hp_extent *extent, size_t n, uint64_t addr);

/* The section named @name that has bytes in the file, or its ".z" form; NULL if none. */
Elf_Scn *hp_elf_section(const struct hp_elf *f, const char *name);

/*
 * Whether the compressed sections of @elf, a file of @len bytes, inflate to no more than those
 * of a file that a compiler made.  To be asked before libdw inflates them.
 */
bool hp_elf_inflates_well(Elf *elf, uint64_t len);

/* The same for the file at @path; true if it is not there, false if it may not be read. */
bool hp_elf_path_inflates_well(const char *path, const struct hp_origin *from);

/* Contents of @scn as they are now (see elf_compress()); empty if they cannot be had. */
struct hp_slice hp_elf_contents(Elf_Scn *scn);

#endif
