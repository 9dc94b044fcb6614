/*
 * symtab.h - which function symbol owns an address.
 *
 * Tables are read as the bytes they are: a row is looked at once, a name only when it is asked
 * for.  That is what naming a few thousand addresses of a large program costs.
 */
#ifndef HP_SYMBOLIZE_SYMTAB_H
#define HP_SYMBOLIZE_SYMTAB_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/elf_table.h"
#include "analyzer/symbolize/minidebug.h"
#include "analyzer/symbolize/plt.h"

enum { HP_SYMTAB_SOURCES = 4 };

/* A symbol, by its place in the table that it stands in. */
struct hp_symrow {
	uint64_t start; /* address of the file */
	uint32_t len;   /* bytes that it owns; 0: not told */
	uint32_t place; /* row of the table, and above HP_ELF_ROWS the number of the source */
};

/* Sorted by start, the wider first, then as in the files. */
struct hp_symset {
	struct hp_symrow *row;
	uint32_t n, cap;
};

/* Where a symbol ends inside another one, which goes on. */
struct hp_symrest {
	uint64_t start;
	uint32_t row; /* of hp_symtab.sized: the one that goes on */
};

struct hp_symtab {
	struct hp_elf_symbols source[HP_SYMTAB_SOURCES];
	uint32_t n_sources;
	struct hp_symset sized;   /* own [st_value, st_value + st_size) */
	struct hp_symset unsized; /* own what is left up to the next symbol of their section */
	struct hp_symrest *rest;  /* [n_rests] by start; rare: functions do not overlap */
	uint32_t n_rests, cap_rests;
	const struct hp_elf *elf; /* whose code it is about */
	struct hp_plt plt;
	struct hp_minidebug mini;
	enum hp_module_symbols kind; /* HP_SYMBOLS_NONE, _DYNSYM, _MINIDEBUG or _SYMTAB */
};

/*
 * Read the symbols of @f and of its debug file @d (NULL if none); both are borrowed until
 * hp_symtab_release().  Names that are made, of stubs, live in @mem.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_symtab_read(struct hp_symtab *t, const struct hp_elf *f,
				 const struct hp_elf *d, struct hp_arena *mem);
void hp_symtab_release(struct hp_symtab *t);

/*
 * The functions below may be called by several threads at a time.  Names are without version
 * and borrowed from the files; empty if there is none.
 */

/* The innermost symbol that owns @addr, the best of its aliases. */
struct hp_slice hp_symtab_owner(const struct hp_symtab *t, uint64_t addr);

/* The best symbol that begins at @addr: the name that users call, if it is @callable. */
struct hp_slice hp_symtab_entry(const struct hp_symtab *t, uint64_t addr, bool *callable);

/* Whether a symbol @name begins at @addr. */
bool hp_symtab_has(const struct hp_symtab *t, uint64_t addr, struct hp_slice name);

#endif
