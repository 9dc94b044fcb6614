/* lines.h - line tables: the rows that hold given addresses, and the names of files. */
#ifndef HP_DWARF_LINES_H
#define HP_DWARF_LINES_H

#include "analyzer/base/arena.h"
#include "analyzer/symbolize/dwarf/unit.h"
#include "analyzer/symbolize/elf_file.h"

struct hp_source_line {
	uint64_t sequence; /* lowest address of the sequence that the row is of */
	uint32_t file;     /* number in the table of files */
	uint32_t line, column, discriminator; /* 0: none */
	bool found;
};

/* The section, and what code there is: sequences that start elsewhere are of dropped functions. */
struct hp_lines_in {
	const struct hp_dw_file *file;
	const struct hp_extent *text; /* [n_text] */
	size_t n_text;
};

/*
 * Run the line program at @offset of .debug_line, and write the row of each of the sorted
 * addresses @addr[n] to @out[n], where none is found yet; it ends when all are.  @start[n]: where
 * the range of code begins that holds each, as their unit says; then sequences that begin
 * elsewhere are passed over at first.  NULL: not known.  A damaged program ends where the damage
 * is. Returns false when the table cannot be read at all.
 */
bool hp_lines_read(const struct hp_lines_in *in, uint64_t offset, const uint64_t *addr,
		   const uint64_t *start, uint32_t n, struct hp_source_line *out);

/* The names of files in one line table. */
struct hp_line_files {
	const struct hp_dw_cu *cu;
	struct hp_dw_value *dir; /* [n_dirs] by number */
	uint32_t n_dirs, cap_dirs;
	struct hp_line_file {
		struct hp_dw_value name; /* read when the path is asked for */
		uint64_t dir;
		const char *path; /* NULL until it is asked for */
	} * row;                  /* [n] by number */
	uint32_t n, cap;
};

/*
 * Bytes of the line table at @offset of .debug_line, which bound the work of reading it; 0 if
 * there is none.
 */
uint64_t hp_lines_len(const struct hp_dw_file *file, uint64_t offset);

/*
 * Make @f, zero-initialised or used before, the table of files of @cu, which has lines.
 * False: no memory, or damaged; what came before the damage is there.
 */
bool hp_line_files_load(struct hp_line_files *f, const struct hp_dw_cu *cu);

/* Path of file number @i, in @mem; empty if unknown. */
struct hp_slice hp_line_file_path(struct hp_line_files *f, uint64_t i, struct hp_arena *mem);
void hp_line_files_release(struct hp_line_files *f);

#endif
