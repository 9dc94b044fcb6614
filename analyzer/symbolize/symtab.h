/* symtab.h - which function symbol owns an address. */
#ifndef HP_SYMBOLIZE_SYMTAB_H
#define HP_SYMBOLIZE_SYMTAB_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/elf_file.h"

struct hp_symbol {
	uint64_t start, limit; /* addresses of the file that it owns */
	struct hp_slice name;  /* without version; borrowed from the file */
	uint8_t binding;       /* 2 global, 1 weak, 0 local */
	bool is_func;          /* typed as a function, not merely as a label */
	bool exported;         /* others can call it by this name */
};

/* Sorted by start; of those that begin at one address, the one to prefer comes last. */
struct hp_symset {
	struct hp_symbol *row;
	uint32_t *wider; /* [n] the nearest earlier row that ends later; HP_NONE if none */
	uint32_t n, cap;
};

struct hp_symtab {
	struct hp_symset sized;      /* own [st_value, st_value + st_size) */
	struct hp_symset unsized;    /* own what is left up to the next symbol of their section */
	enum hp_module_symbols kind; /* HP_SYMBOLS_NONE, _DYNSYM or _SYMTAB */
};

/*
 * Read the symbols of @f and of its debug file @d (NULL if none); both are borrowed until
 * hp_symtab_release().  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_symtab_read(struct hp_symtab *t, const struct hp_elf *f,
				 const struct hp_elf *d);
void hp_symtab_release(struct hp_symtab *t);

/* The innermost symbol that owns @addr, the best of its aliases; NULL if none does. */
const struct hp_symbol *hp_symtab_owner(const struct hp_symtab *t, uint64_t addr);

/* The best symbol that begins at @addr: the name that users call; NULL if none does. */
const struct hp_symbol *hp_symtab_entry(const struct hp_symtab *t, uint64_t addr);

/* Whether a symbol @name begins at @addr. */
bool hp_symtab_has(const struct hp_symtab *t, uint64_t addr, struct hp_slice name);

#endif
