/* section.c - the debug sections of one file. */
#include "analyzer/symbolize/dwarf/section.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/inflate.h"
#include "analyzer/symbolize/threads.h"

enum { LEAVE_ALIGN = 1 << 16, LEAVE_LEAST = 1 << 17 }; /* bytes: pages may be of 64 KiB */

static const struct {
	const char *name;
	bool split; /* there is a ".dwo" form, which split units are made of */
	bool index; /* has its own name in packages of split units, and no other form */
} sections[HP_DW_SECTIONS] = {
	[HP_DW_INFO] = {"debug_info", true, false},
	[HP_DW_ABBREV] = {"debug_abbrev", true, false},
	[HP_DW_LINE] = {"debug_line", true, false},
	[HP_DW_STR] = {"debug_str", true, false},
	[HP_DW_LINE_STR] = {"debug_line_str", false, false},
	[HP_DW_RANGES] = {"debug_ranges", false, false},
	[HP_DW_RNGLISTS] = {"debug_rnglists", true, false},
	[HP_DW_ADDR] = {"debug_addr", false, false},
	[HP_DW_STR_OFFSETS] = {"debug_str_offsets", true, false},
	[HP_DW_CU_INDEX] = {"debug_cu_index", false, true},
};

/* Which section is called @name; HP_DW_SECTIONS if none of those that are needed. */
static unsigned section_of(const char *name, bool split)
{
	if (name[0] != '.')
		return HP_DW_SECTIONS;
	name += name[1] == 'z' ? 2 : 1;
	for (unsigned i = 0; i < HP_DW_SECTIONS; i++) {
		size_t n = strlen(sections[i].name);

		if (strncmp(name, sections[i].name, n) != 0)
			continue;
		if (strcmp(name + n, split && sections[i].split ? ".dwo" : "") == 0 &&
		    (split || !sections[i].index))
			return i;
	}
	return HP_DW_SECTIONS;
}

struct unpacking {
	struct hp_compressed task[HP_DW_SECTIONS]; /* [n] the longest first */
	unsigned n;
	_Atomic unsigned next;
	_Atomic bool damaged;
};

static void unpack_some(void *ctx, unsigned worker)
{
	struct unpacking *u = ctx;

	(void)worker;
	for (;;) {
		unsigned i = atomic_fetch_add(&u->next, 1);

		if (i >= u->n)
			return;
		if (!hp_inflate(&u->task[i]))
			atomic_store(&u->damaged, true);
	}
}

static void add_task(struct unpacking *u, const struct hp_compressed *p)
{
	unsigned i = u->n++;

	for (; i > 0 && u->task[i - 1].out.len < p->out.len; i--)
		u->task[i] = u->task[i - 1];
	u->task[i] = *p;
}

/* Find the sections that are needed, and list those that are to be unpacked. */
static bool find_sections(struct hp_dw_file *file, Elf *elf, bool split, struct hp_arena *mem,
			  struct unpacking *u)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return true; /* no sections at all */
	while ((scn = elf_nextscn(elf, scn))) {
		struct hp_compressed p;
		GElf_Shdr shdr;
		const char *name;
		unsigned i;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS || !shdr.sh_size)
			continue;
		name = elf_strptr(elf, names, shdr.sh_name);
		i = name ? section_of(name, split) : HP_DW_SECTIONS;
		if (i == HP_DW_SECTIONS || file->section[i].len)
			continue;
		if (!hp_inflate_prepare(elf, scn, name, mem, &p))
			return false;
		file->section[i] = p.out;
		file->mapped[i] = !p.method;
		if (p.method)
			add_task(u, &p);
	}
	return true;
}

bool hp_dw_sections(struct hp_dw_file *file, Elf *elf, bool split, unsigned workers,
		    struct hp_arena *mem)
{
	struct unpacking u = {.n = 0};
	size_t len;

	if (!elf_rawfile(elf, &len) || !hp_elf_inflates_well(elf, len))
		return false;
	if (!find_sections(file, elf, split, mem, &u))
		return false;
	hp_run_on(u.n < workers ? u.n : workers, unpack_some, &u);
	return !atomic_load(&u.damaged);
}

void hp_dw_leave(const struct hp_dw_file *file, enum hp_dw_section i, uint64_t start,
		 uint64_t limit)
{
	uintptr_t base = (uintptr_t)file->section[i].ptr;
	uintptr_t first = (base + start + LEAVE_ALIGN - 1) & ~(uintptr_t)(LEAVE_ALIGN - 1);
	uintptr_t last = (base + limit) & ~(uintptr_t)(LEAVE_ALIGN - 1);

	if (file->mapped[i] && last > first + LEAVE_LEAST) /* it saves memory only */
		(void)madvise((void *)first, last - first, MADV_DONTNEED);
}

static bool read_headers(struct hp_dw_open *o, bool split)
{
	const unsigned order =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	const void *id = NULL;
	GElf_Ehdr ehdr;
	ssize_t n;

	o->elf = elf_begin(o->fd, ELF_C_READ_MMAP, NULL);
	if (!o->elf || elf_kind(o->elf) != ELF_K_ELF || !gelf_getehdr(o->elf, &ehdr))
		return false;
	o->file.swapped = ehdr.e_ident[EI_DATA] != order;
	n = dwelf_elf_gnu_build_id(o->elf, &id);
	if (n > 0)
		o->build_id = (struct hp_slice){id, (size_t)n};
	return hp_dw_sections(&o->file, o->elf, split, 1, &o->mem);
}

bool hp_dw_open(struct hp_dw_open *o, const char *path, const struct hp_origin *from, bool split,
		const char **why)
{
	bool absent;

	*o = (struct hp_dw_open){.file.path = path};
	o->fd = hp_origin_open(path, from, why, &absent);
	o->refused = o->fd < 0;
	if (o->refused)
		return false;
	*why = "no ELF file with debug sections that can be read";
	if (read_headers(o, split))
		return true;
	hp_dw_close(o);
	return false;
}

void hp_dw_close(struct hp_dw_open *o)
{
	if (o->elf)
		elf_end(o->elf);
	if (o->fd >= 0)
		close(o->fd);
	hp_arena_release(&o->mem);
	*o = (struct hp_dw_open){.fd = -1};
}
