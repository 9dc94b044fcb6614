/* reply.c - what one worker of a child sends: names made and functions numbered on its own. */
#include "analyzer/symbolize/reply.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/base/name.h"
#include "analyzer/symbolize/crt.h"

struct hp_sent_func {                /* as the parent knows it */
	hp_strid name, symbol, file; /* the symbol is empty where it is the name */
};

struct hp_sent_names {               /* of one name as it stands in DWARF or a symbol table */
	struct hp_slice brief, full; /* full is empty until both are made */
};

bool hp_reply_writer_init(struct hp_reply_writer *t, uint8_t stream, struct hp_wire wire,
			  struct hp_symtab *symtab)
{
	*t = (struct hp_reply_writer){.wire = wire, .stream = stream, .symtab = symtab};
	return hp_strtab_init(&t->str, 0, NULL) == HPROF_OK;
}

void hp_reply_writer_release(struct hp_reply_writer *t)
{
	hp_wire_release(&t->wire);
	hp_cache_batch_release(&t->new_replies);
	hp_strtab_release(&t->str);
	hp_index_release(&t->index);
	hp_arena_release(&t->mem);
	free(t->names);
	free(t->funcs);
	*t = (struct hp_reply_writer){.stream = t->stream};
}

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_reply_writer *t = ctx;
	const struct hp_sent_func *f = key;

	return t->funcs[row].name.i == f->name.i && t->funcs[row].symbol.i == f->symbol.i &&
	       t->funcs[row].file.i == f->file.i;
}

/* Both forms of the name with id @id, made at most once. NULL: no memory. */
static const struct hp_sent_names *names_of(struct hp_reply_writer *t, hp_strid id)
{
	struct hp_sent_names *n;

	if (id.i >= t->cap_names) {
		uint32_t cap = hp_column_cap(t->cap_names, id.i + 1);

		if (!cap || !hp_column_resize(&t->names, sizeof(*t->names), cap))
			return NULL;
		memset(t->names + t->cap_names, 0, (cap - t->cap_names) * sizeof(*t->names));
		t->cap_names = cap;
	}
	n = &t->names[id.i];
	if (!n->full.len)
		hp_name_demangle(hp_strtab_get(&t->str, id), &t->mem, &n->brief, &n->full);
	return n;
}

static void put_func(struct hp_wire *wire, uint8_t stream, const struct hp_cache_func *f)
{
	const struct hp_slice none = {"", 0};

	hp_wire_begin(wire, HP_WIRE_FUNC);
	hp_wire_u8(wire, stream);
	hp_wire_text(wire, f->name);
	hp_wire_text(wire, hp_slice_same(f->full, f->name) ? none : f->full);
	hp_wire_text(wire, f->linkage);
	hp_wire_text(wire, f->file);
	hp_wire_end(wire);
}

static bool send_func(struct hp_reply_writer *t, const struct hp_sent_func *f)
{
	struct hp_slice name = hp_strtab_get(&t->str, f->name);
	const struct hp_sent_names *n = names_of(t, f->name);
	struct hp_cache_func func;

	if (!n)
		return false;
	func = (struct hp_cache_func){
		.name = n->brief,
		.full = n->full,
		.linkage = hp_slice_same(n->full, name) ? hp_strtab_get(&t->str, f->symbol) : name,
		.file = hp_strtab_get(&t->str, f->file),
	};
	put_func(&t->wire, t->stream, &func);
	if (t->remembers)
		(void)hp_cache_batch_func(&t->new_replies, &func); /* counts as the stream does */
	return true;
}

struct frame_name {
	struct hp_slice name, symbol;
};

/* Number of the function @name in @file; it is sent to the parent first. */
static bool func_id(struct hp_reply_writer *t, const struct frame_name *name, struct hp_slice file,
		    uint32_t *out)
{
	struct hp_sent_func f;
	uint32_t tag;

	if (hp_strtab_add(&t->str, name->name, &f.name, NULL) < 0 ||
	    hp_strtab_add(&t->str, name->symbol, &f.symbol, NULL) < 0 ||
	    hp_strtab_add(&t->str, file, &f.file, NULL) < 0)
		return false;
	tag = hp_hash_pair(t->str.seed, f.name.i, (uint64_t)f.symbol.i << 32 | f.file.i);
	*out = hp_index_find(&t->index, tag, same_func, t, &f);
	if (*out != UINT32_MAX)
		return true;
	if (!HP_COLUMN_ROOM(t->funcs, t->n_funcs, t->cap_funcs) ||
	    !hp_index_add(&t->index, tag, t->n_funcs) || !send_func(t, &f))
		return false;
	*out = t->n_funcs;
	t->funcs[t->n_funcs++] = f;
	return true;
}

static struct frame_name only(struct hp_slice name)
{
	return (struct frame_name){.name = name};
}

/*
 * The name of the function that was called, not inlined: @f is what DWARF says about it,
 * @addr an address in it.  DWARF has the name that people wrote, and for C++ and Rust it is
 * the one to show.  A C function may have several, of which DWARF knows only one; and the
 * linkage names of functions that are local to a file are in the symbol table only.  Those
 * of lambdas among them are sent besides: calls of the same lambda that were inlined have none,
 * and are to read the same.
 */
static struct frame_name outer_name(const struct hp_reply_writer *t, const struct hp_raw_frame *f,
				    uint64_t addr)
{
	struct hp_slice own = f->linkage.len ? f->linkage : f->name;
	struct hp_slice original;
	struct hp_slice symbol;
	bool callable;

	if (!own.len)
		return only(hp_symtab_owner(t->symtab, addr));
	if (hp_name_is_mangled(f->linkage) || !f->has_entry)
		return only(own);
	symbol = hp_symtab_entry(t->symtab, f->entry, &callable);
	if (!symbol.len)
		return only(own);
	original = hp_name_original(symbol);
	if (!hp_name_is_mangled(original))
		return only(!callable || hp_slice_same(original, own) ? own : symbol);
	if (hp_lambda_is_placed(own) && !hp_lambda_is_marked(own))
		return (struct frame_name){own, original};
	return only(hp_symtab_has(t->symtab, f->entry, own) ? own : original);
}

/* The name of frame @f: of @n, number @k. */
static struct frame_name frame_name(const struct hp_reply_writer *t, const struct hp_raw_frame *f,
				    uint32_t k, uint32_t n, uint64_t addr)
{
	struct frame_name name = only(f[k].linkage.len ? f[k].linkage : f[k].name);

	if (k + 1 == n)
		name = outer_name(t, &f[k], addr);
	if (!name.name.len && n > 1)
		name = only(HP_LIT("[unnamed]"));
	return name;
}

static void put_frames(struct hp_wire *wire, uint8_t stream, uint32_t row,
		       const struct hp_cache_frame *f, uint32_t n)
{
	hp_wire_begin(wire, HP_WIRE_FRAMES);
	hp_wire_u8(wire, stream);
	hp_wire_u32(wire, row);
	for (uint32_t k = 0; k < n; k++) {
		hp_wire_u32(wire, f[k].func);
		hp_wire_u32(wire, f[k].line);
		hp_wire_u32(wire, f[k].column);
		hp_wire_u32(wire, f[k].discriminator);
	}
	hp_wire_end(wire);
}

void hp_reply_writer_frames(struct hp_reply_writer *t, uint32_t row, uint64_t addr,
			    const struct hp_raw_frame *f, uint32_t n)
{
	const struct hp_raw_frame none = {.line = 0};
	struct hp_cache_frame sent[HP_WIRE_FRAMES_MAX];
	uint32_t used = 0;

	if (n == 0) {
		f = &none;
		n = 1;
	}
	for (; used < n && used < HP_WIRE_FRAMES_MAX; used++) {
		struct frame_name name = frame_name(t, f, used, n, addr);

		if (!name.name.len && !(t->bare && f[used].file.len))
			break;
		if (!t->bare &&
		    hp_crt_name(name.name)) /* no caller of an allocator: a wrong file */
			break;
		if (!func_id(t, &name, f[used].file, &sent[used].func)) {
			t->wire.failed = true;
			return;
		}
		sent[used].line = f[used].line;
		sent[used].column = f[used].column;
		sent[used].discriminator = f[used].discriminator;
	}
	put_frames(&t->wire, t->stream, row, sent, used);
	if (t->remembers)
		hp_cache_batch_add(&t->new_replies, addr, sent, used);
}
