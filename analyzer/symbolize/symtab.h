/*
 * symtab.h - which function symbol owns an address.
 *
 * Tables are read as the bytes they are: a row is looked at once, a name only when it is asked
 * for.  That is what naming a few thousand addresses of a large program costs.
 */
#ifndef HP_SYMBOLIZE_SYMTAB_H
#define HP_SYMBOLIZE_SYMTAB_H

#include <pthread.h>
#include <stdatomic.h>

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
	uint32_t row; /* of hp_symbols.sized: the one that goes on */
};

struct hp_symbols {
	struct hp_symset sized;   /* own [st_value, st_value + st_size) */
	struct hp_symset unsized; /* own what is left up to the next symbol of their section */
	struct hp_symrest *rest;  /* [n_rests] by start; rare: functions do not overlap */
	uint32_t n_rests, cap_rests;
};

/* A table of symbols, and which sections its file does not have in memory. */
struct hp_symsource {
	struct hp_elf_symbols table;
	bool *unloaded; /* [n_sections] by number; what is not there is taken to be in memory */
	uint32_t n_sections;
};

struct hp_symtab {
	struct hp_symsource source[HP_SYMTAB_SOURCES];
	uint32_t n_sources;
	const struct hp_elf *elf; /* whose code it is about */
	struct hp_minidebug mini;
	enum hp_module_symbols kind; /* HP_SYMBOLS_NONE, _DYNSYM, _MINIDEBUG or _SYMTAB */
	/*
	 * Sorting all symbols of a large program takes longer than naming some thousand addresses,
	 * so of those with a size only the ones near what was prefetched are, until another
	 * address is asked for.
	 */
	uint64_t *near; /* a bit for each page, several pages share one; NULL: nothing prefetched */
	struct hp_symbols some;
	pthread_mutex_t lock; /* of what is made when it is needed first: */
	struct hp_symbols all;
	struct hp_plt plt;
	struct hp_arena mem; /* names of stubs */
	atomic_bool has_all, has_plt, no_memory;
};

/*
 * Find the symbols of @f and of its debug file @d (NULL if none); both are borrowed until
 * hp_symtab_release().  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_symtab_open(struct hp_symtab *t, const struct hp_elf *f,
				 const struct hp_elf *d);
void hp_symtab_release(struct hp_symtab *t);

/* The addresses @addr[n] will be asked for; all others may be, too. Errors: ENOMEM. */
HP_MUST_CHECK int hp_symtab_prefetch(struct hp_symtab *t, const uint64_t *addr, uint32_t n);

/* Whether answers were left out for want of memory. */
static inline bool hp_symtab_failed(const struct hp_symtab *t)
{
	return atomic_load(&t->no_memory);
}

/*
 * The functions below may be called by several threads at a time.  Names are without version,
 * borrowed from the files or from @t; empty if there is none.
 */

/* The innermost symbol that owns @addr, the best of its aliases. */
struct hp_slice hp_symtab_owner(struct hp_symtab *t, uint64_t addr);

/* The best symbol that begins at @addr: the name that users call, if it is @callable. */
struct hp_slice hp_symtab_entry(struct hp_symtab *t, uint64_t addr, bool *callable);

/* Whether a symbol @name begins at @addr. */
bool hp_symtab_has(struct hp_symtab *t, uint64_t addr, struct hp_slice name);

#endif
