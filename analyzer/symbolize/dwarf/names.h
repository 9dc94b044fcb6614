/* names.h - what the function of a DIE is called, and where it was called from. */
#ifndef HP_DWARF_NAMES_H
#define HP_DWARF_NAMES_H

#include "analyzer/base/arena.h"
#include "analyzer/base/index.h"
#include "analyzer/symbolize/dwarf/walk.h"

/* Names of a function; both may be empty. */
struct hp_dw_names {
	struct hp_slice linkage; /* found anywhere on the way to its declaration */
	struct hp_slice name;    /* with its scopes, where the language has some */
};

struct hp_dw_call {    /* where an inlined function was called */
	uint64_t file; /* number in the table of files; UINT64_MAX: unknown */
	uint32_t line, column;
};

/* A unit and what has been learnt of it. */
struct hp_dw_context {
	struct hp_dw_cu cu;
	struct hp_dw_walk *walk; /* its abbreviations, and scopes once @scoped */
	bool scoped;
};

enum { HP_DW_FOREIGNS = 128 }; /* kept at a time: link-time optimisation mixes many units */

struct hp_dw_foreign { /* a unit with its own abbreviations */
	struct hp_dw_context context;
	struct hp_dw_walk walk;
	bool used;
};

/* Zero-initialised but for @mem is empty. */
struct hp_dw_namer {
	struct hp_arena *mem;      /* where names that are put together live */
	struct hp_dw_context *own; /* the unit at hand */
	struct hp_dw_foreign
		*foreign; /* [HP_DW_FOREIGNS] units that it refers to; NULL: none yet */
	uint64_t steps;   /* bytes that may still be read, and written, for names */
	uint32_t looks;   /* DIEs that may still be looked at for lambdas in the name in question */
	uint64_t seed;
	struct hp_dw_named {
		const struct hp_dw_file *file;
		uint64_t die;
		struct hp_dw_names names;
	} * row; /* [n] names that have been found */
	uint32_t n, cap;
	struct hp_index index;
};

/*
 * Names of the function at @die of the unit at hand, a subprogram or an inlined call, and where
 * it was called from.
 */
void hp_dw_name(struct hp_dw_namer *namer, uint64_t die, struct hp_dw_names *names,
		struct hp_dw_call *call);

/* Whether names of functions are to be read together with those of their scopes (DW_LANG_*). */
bool hp_dw_has_scopes(uint16_t language);

/* Forget all names: files that they came from are about to be closed. */
void hp_dw_namer_forget(struct hp_dw_namer *namer);
void hp_dw_namer_release(struct hp_dw_namer *namer);

#endif
