/*
 * reply.h - what one worker of a child sends: names made and functions numbered on its own.
 *
 * Workers share nothing but the pipe, so that names are demangled and compared in parallel.
 */
#ifndef HP_SYMBOLIZE_REPLY_H
#define HP_SYMBOLIZE_REPLY_H

#include "analyzer/base/strtab.h"
#include "analyzer/symbolize/cache/batch.h"
#include "analyzer/symbolize/dwarf.h"
#include "analyzer/symbolize/symtab.h"
#include "analyzer/symbolize/wire.h"

struct hp_sent_func;
struct hp_sent_names;

struct hp_reply_writer {
	struct hp_wire wire;
	uint8_t stream; /* its number; functions are counted per stream */
	bool bare;      /* send a file and a line without a function, too */
	struct hp_symtab *symtab;
	bool remembers; /* what is sent goes into @new_replies as well */
	struct hp_cache_batch
		new_replies; /* its functions have the numbers that the parent knows */
	struct hp_arena mem;
	struct hp_strtab str;        /* names and files of functions */
	struct hp_sent_names *names; /* [cap_names] by string id */
	uint32_t cap_names;
	struct hp_sent_func *funcs; /* [n_funcs] that the parent knows */
	uint32_t n_funcs, cap_funcs;
	struct hp_index index; /* of funcs */
};

/* @wire is where to, still empty; @symtab is borrowed.  False: no memory. */
bool hp_reply_writer_init(struct hp_reply_writer *t, uint8_t stream, struct hp_wire wire,
			  struct hp_symtab *symtab);
void hp_reply_writer_release(struct hp_reply_writer *t); /* what was not flushed is lost */

/*
 * Send the frames of the address in row @row: @f is what DWARF knows, @n may be 0, and @addr
 * is the address in the file.  When there is no memory, t->wire.failed is set.
 */
void hp_reply_writer_frames(struct hp_reply_writer *t, uint32_t row, uint64_t addr,
			    const struct hp_raw_frame *f, uint32_t n);

#endif
