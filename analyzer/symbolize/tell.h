/*
 * tell.h - what one worker tells the parent: names made and functions numbered on its own.
 *
 * Workers share nothing but the pipe, so that names are demangled and compared in parallel.
 */
#ifndef HP_SYMBOLIZE_TELL_H
#define HP_SYMBOLIZE_TELL_H

#include "analyzer/base/strtab.h"
#include "analyzer/symbolize/cache/batch.h"
#include "analyzer/symbolize/dwarf.h"
#include "analyzer/symbolize/symtab.h"
#include "analyzer/symbolize/wire.h"

struct hp_tell_func;
struct hp_tell_names;

struct hp_teller {
	struct hp_wire wire;
	uint8_t stream; /* its number; functions are counted per stream */
	bool bare;      /* tell of a file and a line without a function, too */
	struct hp_symtab *symtab;
	bool remembers;             /* what is told goes into @news as well */
	struct hp_cache_batch news; /* its functions have the numbers that the parent knows */
	struct hp_arena mem;
	struct hp_strtab str;        /* names and files of functions */
	struct hp_tell_names *names; /* [cap_names] by string id */
	uint32_t cap_names;
	struct hp_tell_func *funcs; /* [n_funcs] that the parent knows */
	uint32_t n_funcs, cap_funcs;
	struct hp_index index; /* of funcs */
};

/* @wire is where to, still empty; @symtab is borrowed.  False: no memory. */
bool hp_teller_init(struct hp_teller *t, uint8_t stream, struct hp_wire wire,
		    struct hp_symtab *symtab);
void hp_teller_release(struct hp_teller *t); /* what was not flushed is lost */

/*
 * Tell the frames of the address in row @row: @f is what DWARF knows, @n may be 0, and @addr
 * is the address in the file.  t->wire.failed tells that there was no memory.
 */
void hp_teller_frames(struct hp_teller *t, uint32_t row, uint64_t addr,
		      const struct hp_raw_frame *f, uint32_t n);

#endif
