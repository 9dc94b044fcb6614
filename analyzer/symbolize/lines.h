/* lines.h - the rows of one line table that hold given addresses. */
#ifndef HP_SYMBOLIZE_LINES_H
#define HP_SYMBOLIZE_LINES_H

#include "analyzer/symbolize/elf_file.h"

struct hp_line {
	uint64_t sequence; /* lowest address of the sequence that the row is of */
	uint32_t file;     /* number in the table of files */
	uint32_t line;     /* 0: none */
	bool found;
};

struct hp_lines_in {
	struct hp_slice section;      /* .debug_line */
	bool swapped;                 /* its bytes are in the other order */
	const struct hp_extent *text; /* [n_text] sequences that start elsewhere are of nothing */
	size_t n_text;
};

/*
 * Run the line program at @offset of the section, and write the row of each of the sorted
 * addresses @addr[n] to @out[n].  A damaged program ends where the damage is.
 * Returns false when the table cannot be read at all or there is no memory.
 */
bool hp_lines_read(const struct hp_lines_in *in, uint64_t offset, const uint64_t *addr, uint32_t n,
		   struct hp_line *out);

#endif
