/*
 * plt.c - stubs through which a file calls functions of others: "callee@plt".
 *
 * A stub has no symbol.  It jumps to the address in a slot of the global offset table, and a
 * relocation of that slot names the function.  Sections of stubs are recognised by name, stubs
 * by their jump, so that one that is laid out in another way stays without a name.
 */
#include "analyzer/symbolize/plt.h"

#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/name.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/elf_table.h"
#include "analyzer/symbolize/text.h"

enum {
	STUB = 16, /* bytes that a stub has at most, unless it is marked as a target */
	MAX_TABLES = 16,
	MAX_STUB_NAME = 4096,
	MAX_NAME_BYTES = 1 << 25, /* of all stubs: no honest file has a tenth of it */
};

/* One slot of the global offset table. */
struct slot {
	uint64_t where;
	uint64_t resolver; /* of an indirect function, if there is no symbol */
	uint32_t symbol;   /* row of its table; 0: none */
	uint32_t table;
};

struct section { /* of stubs */
	uint64_t addr;
	uint64_t got; /* what code that does not know where it lies counts from */
	const uint8_t *bytes;
	size_t len;
};

/* Where the stub begins that has bytes at @at, and the slot that it uses. False: no stub. */
typedef bool (*decode_fn)(const struct section *s, size_t at, struct hp_plt_stub *stub,
			  uint64_t *slot);

struct machine {
	uint16_t elf_machine;
	uint32_t jump_slot, glob_dat, irelative, relative; /* types of relocations */
	size_t step; /* bytes from one place where a stub may begin to the next */
	decode_fn decode;
};

struct reader {
	const struct hp_elf *f;
	const struct machine *machine;
	struct hp_elf_symbols table[MAX_TABLES];
	uint32_t n_tables;
	struct slot *slot;
	uint32_t n, cap;
	size_t name_bytes; /* made so far */
	hp_plt_name_fn entry;
	void *ctx;
	struct hp_arena *mem;
};

/* Instructions of these machines are little-endian, whatever the data are. */
static uint32_t code32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* Where "ff @modrm" with a displacement of 4 bytes is in the stub at @at, 0 past its end. */
static size_t find_jump(const struct section *s, size_t at, uint8_t modrm)
{
	static const size_t places[] = {0, 1, 4, 5}; /* behind bnd, endbr, or both */

	for (size_t i = 0; i < HP_LEN(places); i++) {
		size_t j = places[i];

		if (j + 6 <= s->len - at && s->bytes[at + j] == 0xff &&
		    s->bytes[at + j + 1] == modrm)
			return at + j + 6;
	}
	return 0;
}

static bool decode_x86_64(const struct section *s, size_t at, struct hp_plt_stub *stub,
			  uint64_t *slot)
{
	size_t end = find_jump(s, at, 0x25); /* jmp *disp(%rip) */

	if (!end)
		return false;
	*slot = s->addr + end + (uint64_t)(int64_t)(int32_t)code32(s->bytes + end - 4);
	*stub = (struct hp_plt_stub){.start = s->addr + at, .limit = s->addr + at + STUB};
	return true;
}

static bool decode_i386(const struct section *s, size_t at, struct hp_plt_stub *stub,
			uint64_t *slot)
{
	size_t fixed = find_jump(s, at, 0x25);               /* jmp *addr */
	size_t end = fixed ? fixed : find_jump(s, at, 0xa3); /* jmp *disp(%ebx) */

	if (!end)
		return false;
	*slot = (uint32_t)(code32(s->bytes + end - 4) + (fixed ? 0 : (uint32_t)s->got));
	*stub = (struct hp_plt_stub){.start = s->addr + at, .limit = s->addr + at + STUB};
	return true;
}

static bool decode_aarch64(const struct section *s, size_t at, struct hp_plt_stub *stub,
			   uint64_t *slot)
{
	uint64_t addr = s->addr + at;
	uint32_t adrp = code32(s->bytes + at);
	uint32_t ldr = at + 8 <= s->len ? code32(s->bytes + at + 4) : 0;
	uint64_t pages = (uint64_t)(adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3);
	bool marked = at >= 4 && code32(s->bytes + at - 4) == 0xd503245f; /* bti c */

	/* adrp x16, page; ldr x17, [x16, #offset] */
	if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
		return false;
	if (pages & 0x100000)
		pages |= ~(uint64_t)0x1fffff;
	*slot = (addr & ~(uint64_t)0xfff) + (pages << 12) + (uint64_t)(ldr >> 10 & 0xfff) * 8;
	*stub = (struct hp_plt_stub){
		.start = addr - (marked ? 4 : 0),
		.limit = addr + (marked ? 20 : 16),
	};
	return true;
}

static const struct machine machines[] = {
	{EM_X86_64, R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_IRELATIVE, R_X86_64_RELATIVE, 8,
	 decode_x86_64},
	{EM_386, R_386_JMP_SLOT, R_386_GLOB_DAT, R_386_IRELATIVE, R_386_RELATIVE, 8, decode_i386},
	{EM_AARCH64, R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_IRELATIVE,
	 R_AARCH64_RELATIVE, 4, decode_aarch64},
};

/* The address that stands in the file at address @where; 0 if there is none. */
static uint64_t word_at(const struct hp_elf *f, uint64_t where)
{
	struct hp_elf_coding c = {f->elf_class == ELFCLASS64, f->swapped};
	size_t width = c.wide ? 8 : 4;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];
		uint64_t at = where - s->vaddr;

		if (where < s->vaddr || s->file_len < width || at > s->file_len - width ||
		    s->offset > f->image_len || at > f->image_len - s->offset ||
		    f->image_len - s->offset - at < width)
			continue;
		at += s->offset;
		return c.wide ? hp_elf_u64(c, f->image + at) : hp_elf_u32(c, f->image + at);
	}
	return 0;
}

/*
 * Note the slots that the relocations in @rels fill.  Linkers put relocations without a symbol
 * first, and a large library has hundreds of thousands: begin at the end, and stop there.
 */
static bool add_slots(struct reader *r, const struct hp_elf_rels *rels)
{
	const struct machine *m = r->machine;
	Elf_Scn *symbols = rels->link ? elf_getscn(r->f->elf, rels->link) : NULL;
	bool named = r->n_tables < MAX_TABLES && symbols &&
		     hp_elf_symbols(r->f, symbols, &r->table[r->n_tables]);
	uint32_t table = r->n_tables;

	r->n_tables += named;
	for (uint32_t i = rels->n; i-- > 0;) {
		struct hp_elf_rel rel = hp_elf_rel(rels, i);
		struct slot s = {.where = rel.where, .table = table};

		if (rel.type == m->relative)
			break;
		if (rel.type == m->irelative)
			s.resolver = rels->has_addend ? rel.addend : word_at(r->f, rel.where);
		else if ((rel.type == m->jump_slot || rel.type == m->glob_dat) && named &&
			 rel.symbol < r->table[table].n)
			s.symbol = rel.symbol;
		if (!s.symbol && !s.resolver)
			continue;
		if (!HP_COLUMN_ROOM(r->slot, r->n, r->cap))
			return false;
		r->slot[r->n++] = s;
	}
	return true;
}

static int by_where(const void *pa, const void *pb)
{
	const struct slot *a = pa;
	const struct slot *b = pb;

	if (a->where != b->where)
		return a->where < b->where ? -1 : 1;
	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	return (a->symbol > b->symbol) - (a->symbol < b->symbol);
}

static const struct slot *find_slot(const struct reader *r, uint64_t where)
{
	uint32_t low = hp_lower_bound(HP_SORT_BY(r->slot, where), r->n, where);

	return low < r->n && r->slot[low].where == where ? &r->slot[low] : NULL;
}

static struct hp_slice callee(const struct reader *r, const struct slot *s)
{
	struct hp_slice name = {NULL, 0};

	if (s->symbol)
		name = hp_elf_name(&r->table[s->table],
				   hp_elf_sym(&r->table[s->table], s->symbol).name);
	else
		name = r->entry(r->ctx, s->resolver);
	name = hp_name_unversioned(name);
	if (name.len > MAX_STUB_NAME)
		name.len = MAX_STUB_NAME;
	return name;
}

static bool add_stubs(struct reader *r, struct hp_plt *p, const struct section *s)
{
	size_t step = r->machine->step;

	for (size_t at = 0; at < s->len && step <= s->len - at; at += step) {
		const struct slot *slot;
		struct hp_plt_stub stub;
		struct hp_slice name;
		uint64_t where;

		if (!r->machine->decode(s, at, &stub, &where))
			continue;
		slot = find_slot(r, where);
		if (stub.limit > s->addr + s->len)
			stub.limit = s->addr + s->len;
		name = slot ? callee(r, slot) : (struct hp_slice){NULL, 0};
		if (!name.len)
			continue;
		r->name_bytes += name.len;
		if (r->name_bytes > MAX_NAME_BYTES)
			break;
		stub.name = hp_slice_str(hp_textf(r->mem, "%.*s@plt", (int)name.len, name.ptr));
		if (!HP_COLUMN_ROOM(p->stub, p->n, p->cap))
			return false;
		p->stub[p->n++] = stub;
	}
	return true;
}

static bool is_stubs(const char *name)
{
	static const char *const names[] = {".plt", ".plt.sec", ".plt.got", ".iplt", ".plt.bnd"};

	for (size_t i = 0; i < HP_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Sections by name and type: relocations, or stubs once the slots are known. */
static bool each_section(struct reader *r, struct hp_plt *stubs, uint64_t *got)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(r->f->elf, &names) != 0)
		return true;
	while ((scn = elf_nextscn(r->f->elf, scn))) {
		struct hp_elf_rels rels;
		struct hp_slice bytes;
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || !(shdr.sh_flags & SHF_ALLOC))
			continue;
		if (!stubs && hp_elf_rels(r->f, scn, &rels) && !add_slots(r, &rels))
			return false;
		name = elf_strptr(r->f->elf, names, shdr.sh_name);
		if (!name)
			continue;
		if (strcmp(name, ".got.plt") == 0 || (strcmp(name, ".got") == 0 && !*got))
			*got = shdr.sh_addr;
		if (!stubs || !is_stubs(name) || !(shdr.sh_flags & SHF_EXECINSTR))
			continue;
		bytes = hp_elf_contents(scn);
		if (!add_stubs(r, stubs,
			       &(struct section){
				       .addr = shdr.sh_addr,
				       .got = *got,
				       .bytes = (const uint8_t *)bytes.ptr,
				       .len = bytes.len,
			       }))
			return false;
	}
	return true;
}

static int by_start(const void *pa, const void *pb)
{
	const struct hp_plt_stub *a = pa;
	const struct hp_plt_stub *b = pb;

	return (a->start > b->start) - (a->start < b->start);
}

void hp_plt_find(struct hp_plt *p, const struct hp_elf *f)
{
	Elf_Scn *scn = NULL;
	size_t names;

	*p = (struct hp_plt){0};
	if (elf_getshdrstrndx(f->elf, &names) != 0)
		return;
	while ((scn = elf_nextscn(f->elf, scn)) && p->n_sections < HP_PLT_SECTIONS) {
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || !(shdr.sh_flags & SHF_EXECINSTR))
			continue;
		name = elf_strptr(f->elf, names, shdr.sh_name);
		if (name && is_stubs(name) && shdr.sh_size <= UINT64_MAX - shdr.sh_addr)
			p->section[p->n_sections++] =
				(struct hp_extent){shdr.sh_addr, shdr.sh_addr + shdr.sh_size};
	}
}

bool hp_plt_covers(const struct hp_plt *p, uint64_t addr)
{
	for (uint32_t i = 0; i < p->n_sections; i++)
		if (addr >= p->section[i].start && addr < p->section[i].limit)
			return true;
	return false;
}

int hp_plt_read(struct hp_plt *p, const struct hp_elf *f, hp_plt_name_fn entry, void *ctx,
		struct hp_arena *mem)
{
	struct reader r = {.f = f, .entry = entry, .ctx = ctx, .mem = mem};
	uint64_t got = 0;
	bool done;

	for (size_t i = 0; i < HP_LEN(machines); i++)
		if (machines[i].elf_machine == f->machine)
			r.machine = &machines[i];
	if (!r.machine)
		return HPROF_OK;
	done = each_section(&r, NULL, &got);
	if (done && r.n) {
		qsort(r.slot, r.n, sizeof(*r.slot), by_where);
		done = each_section(&r, p, &got);
	}
	free(r.slot);
	if (p->n > 1)
		qsort(p->stub, p->n, sizeof(*p->stub), by_start);
	return done ? HPROF_OK : HPROF_ENOMEM;
}

void hp_plt_release(struct hp_plt *p)
{
	free(p->stub);
	*p = (struct hp_plt){0};
}

struct hp_slice hp_plt_name(const struct hp_plt *p, uint64_t addr)
{
	uint32_t low = hp_upper_bound(HP_SORT_BY(p->stub, start), p->n, addr);

	/* some stubs have 8 bytes: those end where the next one begins */
	if (low == 0 || addr >= p->stub[low - 1].limit)
		return (struct hp_slice){NULL, 0};
	return p->stub[low - 1].name;
}
