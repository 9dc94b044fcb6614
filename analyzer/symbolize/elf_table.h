/*
 * elf_table.h - rows of ELF tables as the bytes they are, of both classes and byte orders.
 *
 * libelf converts a table as a whole, or hands out a row per call that checks everything anew.
 * Symbol and relocation tables have hundreds of thousands of rows of which few matter.
 */
#ifndef HP_SYMBOLIZE_ELF_TABLE_H
#define HP_SYMBOLIZE_ELF_TABLE_H

#include "analyzer/symbolize/elf_file.h"

enum { HP_ELF_ROWS = 1 << 30 }; /* of a table that are looked at */

/* How numbers of a file are written. */
struct hp_elf_coding {
	bool wide; /* 64-bit */
	bool swapped;
};

/* A table of symbols and the section that holds their names; borrowed from the file. */
struct hp_elf_symbols {
	struct hp_elf_coding coding;
	const uint8_t *bytes;
	uint32_t n; /* at most HP_ELF_ROWS */
	struct hp_slice names;
	bool dynamic; /* .dynsym */
};

struct hp_elf_sym {
	uint64_t value, size;
	uint32_t name; /* offset in the names */
	uint16_t section;
	uint8_t info, other;
};

struct hp_elf_rel {
	uint64_t where;
	uint64_t addend; /* 0 for SHT_REL */
	uint32_t symbol, type;
};

/* A table of relocations. */
struct hp_elf_rels {
	struct hp_elf_coding coding;
	const uint8_t *bytes;
	uint32_t n;
	bool has_addend; /* SHT_RELA */
	uint32_t link;   /* section of its symbols */
};

static inline uint16_t hp_elf_u16(struct hp_elf_coding c, const uint8_t *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return c.swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t hp_elf_u32(struct hp_elf_coding c, const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return c.swapped ? __builtin_bswap32(v) : v;
}

static inline uint64_t hp_elf_u64(struct hp_elf_coding c, const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return c.swapped ? __builtin_bswap64(v) : v;
}

/* Whether section @scn of @f is a table of symbols, or of relocations, that can be read. */
bool hp_elf_symbols(const struct hp_elf *f, Elf_Scn *scn, struct hp_elf_symbols *out);
bool hp_elf_rels(const struct hp_elf *f, Elf_Scn *scn, struct hp_elf_rels *out);

/* Row @i, which must be below n. */
static inline struct hp_elf_sym hp_elf_sym(const struct hp_elf_symbols *t, uint32_t i)
{
	struct hp_elf_coding c = t->coding;
	const uint8_t *at = t->bytes + (size_t)i * (c.wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));

	if (c.wide)
		return (struct hp_elf_sym){
			.name = hp_elf_u32(c, at),
			.info = at[4],
			.other = at[5],
			.section = hp_elf_u16(c, at + 6),
			.value = hp_elf_u64(c, at + 8),
			.size = hp_elf_u64(c, at + 16),
		};
	return (struct hp_elf_sym){
		.name = hp_elf_u32(c, at),
		.value = hp_elf_u32(c, at + 4),
		.size = hp_elf_u32(c, at + 8),
		.info = at[12],
		.other = at[13],
		.section = hp_elf_u16(c, at + 14),
	};
}

struct hp_elf_rel hp_elf_rel(const struct hp_elf_rels *t, uint32_t i);

/* The name at @offset; what has no end is cut. */
struct hp_slice hp_elf_name(const struct hp_elf_symbols *t, uint32_t offset);

#endif
