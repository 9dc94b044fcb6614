/* elf_file.c - an open ELF file: segments, executable sections, build ID. */
#include "analyzer/symbolize/elf_file.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/binary.h"
#include "analyzer/base/error.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/text.h"

enum { HOLE_LEAST = 1 << 26, EXTENTS_MAX = 1 << 12 }; /* when holes are looked for, and how long */
enum { MAX_SEGMENTS = 4096, MAX_SECTIONS = 1 << 20, MAX_BUILD_ID = 64 };

/*
 * Compilers' debug sections shrink to a third or a fifth.  What is read of them takes a few times
 * their unpacked length while a unit is read.
 */
enum { INFLATE_RATIO = 32 };
#define INFLATE_LEAST ((uint64_t)64 << 20) /* bytes that any file may inflate to... */
#define INFLATE_MOST ((uint64_t)8 << 30)   /* ...and that none may exceed */

static int by_start(const void *a, const void *b)
{
	const struct hp_extent *x = a;
	const struct hp_extent *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void add_extent(struct hp_elf *f, uint64_t start, uint64_t len)
{
	if (len && len <= UINT64_MAX - start)
		f->text[f->n_text++] = (struct hp_extent){start, start + len};
}

/* Sort the extents, and make one of those that overlap: a search looks at one of them only. */
static void sort_text(struct hp_elf *f)
{
	size_t n = 0;

	if (f->n_text > 1)
		qsort(f->text, f->n_text, sizeof(*f->text), by_start);
	for (size_t i = 0; i < f->n_text; i++) {
		struct hp_extent *last = n ? &f->text[n - 1] : NULL;

		if (!last || f->text[i].start >= last->limit)
			f->text[n++] = f->text[i];
		else if (f->text[i].limit > last->limit)
			last->limit = f->text[i].limit;
	}
	f->n_text = n;
}

/* The extents of code; a file without section headers has only its segments to tell them. */
static bool read_text(struct hp_elf *f, struct hp_arena *mem)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	bool has_sections;
	bool has_code = false;
	size_t n = 0;

	while ((scn = elf_nextscn(f->elf, scn)) && n < MAX_SECTIONS)
		n++;
	f->text = hp_arena_alloc(mem, (n + f->n_segments + 1) * sizeof(*f->text));
	if (!f->text)
		return false;
	for (size_t i = 0; i < n; i++) {
		scn = elf_nextscn(f->elf, scn);
		if (!scn)
			break;
		if (!gelf_getshdr(scn, &shdr) || !(shdr.sh_flags & SHF_EXECINSTR) ||
		    !(shdr.sh_flags & SHF_ALLOC))
			continue;
		add_extent(f, shdr.sh_addr, shdr.sh_size);
		has_code = has_code || shdr.sh_type != SHT_NOBITS;
	}
	has_sections = f->n_text > 0;
	f->debug_only = has_sections && !has_code;
	for (size_t i = 0; i < f->n_segments && !has_sections; i++)
		if (f->segment[i].exec)
			add_extent(f, f->segment[i].vaddr, f->segment[i].mem_len);
	sort_text(f);
	return true;
}

static bool read_segments(struct hp_elf *f, struct hp_arena *mem)
{
	GElf_Phdr phdr;
	size_t n;

	if (elf_getphdrnum(f->elf, &n) != 0 || n > MAX_SEGMENTS)
		return false;
	f->segment = hp_arena_alloc(mem, (n + 1) * sizeof(*f->segment));
	if (!f->segment)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getphdr(f->elf, (int)i, &phdr))
			return false;
		if (phdr.p_type != PT_LOAD || phdr.p_memsz > UINT64_MAX - phdr.p_vaddr ||
		    phdr.p_filesz > UINT64_MAX - phdr.p_offset)
			continue;
		f->segment[f->n_segments++] = (struct hp_segment){
			.offset = phdr.p_offset,
			.file_len = phdr.p_filesz,
			.vaddr = phdr.p_vaddr,
			.mem_len = phdr.p_memsz,
			.exec = (phdr.p_flags & PF_X) != 0,
		};
	}
	return true;
}

static void read_build_id(struct hp_elf *f)
{
	const void *bytes = NULL;
	ssize_t n = dwelf_elf_gnu_build_id(f->elf, &bytes);

	if (n > 0 && n <= MAX_BUILD_ID)
		f->build_id = (struct hp_slice){bytes, (size_t)n};
}

static const char *what_else(int fd)
{
	char magic[HP_BINARY_MAGIC];
	ssize_t n = pread(fd, magic, sizeof(magic), 0);
	const char *kind = n > 0 ? hp_binary_kind((struct hp_slice){magic, (size_t)n}) : NULL;

	return kind ? kind : "not an ELF file";
}

/* Why libelf could neither map nor read the bytes of file @fd, which is there. */
static const char *why_unread(int fd)
{
	char byte;

	if (pread(fd, &byte, 1, 0) < 0)
		return hp_errno_text(errno);
	return "too little memory for its size: raise the limit (ulimit -v)";
}

static bool read_headers(struct hp_elf *f, struct hp_arena *mem, const char **why)
{
	const unsigned machine_order =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	GElf_Ehdr ehdr;

	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP_PRIVATE, NULL); /* see inflate.h */
	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &ehdr)) {
		*why = what_else(f->fd);
		return false;
	}
	*why = "neither an executable nor a shared library";
	if (ehdr.e_type != ET_EXEC && ehdr.e_type != ET_DYN)
		return false;
	f->elf_class = gelf_getclass(f->elf);
	f->machine = ehdr.e_machine;
	f->fixed = ehdr.e_type == ET_EXEC;
	f->swapped = ehdr.e_ident[EI_DATA] != machine_order;
	f->image = (const uint8_t *)elf_rawfile(f->elf, &f->image_len);
	*why = f->image ? "damaged ELF headers" : why_unread(f->fd);
	if (!f->image)
		return false;
	if (!read_segments(f, mem) || !read_text(f, mem)) {
		if (mem->failed)
			*why = "no memory to read its headers";
		return false;
	}
	read_build_id(f);
	return true;
}

enum hp_elf_result hp_elf_open(struct hp_elf *f, const char *path, const struct hp_origin *from,
			       struct hp_arena *mem, const char **why)
{
	bool absent;

	*f = (struct hp_elf){.path = path, .fd = -1};
	f->fd = hp_origin_open(path, from, why, &absent);
	if (f->fd < 0)
		return absent ? HP_ELF_ABSENT : HP_ELF_UNREADABLE;
	if (read_headers(f, mem, why))
		return HP_ELF_OK;
	hp_elf_close(f);
	return HP_ELF_UNREADABLE;
}

void hp_elf_close(struct hp_elf *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	*f = (struct hp_elf){.fd = -1};
}

const struct hp_extent *hp_extent_of(const struct hp_extent *extent, size_t n, uint64_t addr)
{
	size_t low = hp_upper_bound(HP_SORT_BY(extent, start), (uint32_t)n, addr);

	return low > 0 && addr < extent[low - 1].limit ? &extent[low - 1] : NULL;
}

bool hp_extents_hold(const struct hp_extent *extent, size_t n, uint64_t addr)
{
	return hp_extent_of(extent, n, addr) != NULL;
}

Elf_Scn *hp_elf_section(const struct hp_elf *f, const char *name)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(f->elf, &names) != 0)
		return NULL;
	while ((scn = elf_nextscn(f->elf, scn))) {
		GElf_Shdr shdr;
		const char *at;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS || !shdr.sh_size)
			continue;
		at = elf_strptr(f->elf, names, shdr.sh_name);
		if (!at)
			continue;
		if (strcmp(at, name) == 0 ||
		    (at[0] == '.' && at[1] == 'z' && strcmp(at + 2, name + 1) == 0))
			return scn;
	}
	return NULL;
}

uint64_t hp_elf_written(const struct hp_elf *f, uint64_t offset, uint64_t len)
{
	uint64_t end = offset;

	if (len < HOLE_LEAST || offset > INT64_MAX - len)
		return len;
	for (int i = 0; i < EXTENTS_MAX && end < offset + len; i++) {
		off_t data = lseek(f->fd, (off_t)end, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(f->fd, data, SEEK_HOLE);

		if (data < 0 && errno != ENXIO)
			return len;
		if (data < 0 || (uint64_t)data >= offset + len)
			return end - offset;
		if (hole <= data)
			return len;
		end = (uint64_t)hole;
	}
	return len;
}

struct hp_slice hp_elf_contents(Elf_Scn *scn)
{
	Elf_Data *data = scn ? elf_rawdata(scn, NULL) : NULL;

	if (!data || !data->d_buf)
		return (struct hp_slice){NULL, 0};
	return (struct hp_slice){data->d_buf, data->d_size};
}

/* What @scn says that it inflates to; 0 when it is not compressed. */
static uint64_t inflated_len(Elf *elf, size_t names, Elf_Scn *scn)
{
	struct hp_slice raw;
	const char *name;
	uint64_t n = 0;
	GElf_Shdr shdr;
	GElf_Chdr chdr;

	if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
		return 0;
	if (shdr.sh_flags & SHF_COMPRESSED)
		return gelf_getchdr(scn, &chdr) ? chdr.ch_size : 0;
	name = elf_strptr(elf, names, shdr.sh_name);
	if (!name || strncmp(name, ".zdebug", 7) != 0)
		return 0;
	raw = hp_elf_contents(scn);
	if (raw.len < 12 || memcmp(raw.ptr, "ZLIB", 4) != 0)
		return 0;
	for (size_t i = 4; i < 12; i++)
		n = n << 8 | (unsigned char)raw.ptr[i];
	return n;
}

bool hp_elf_inflates_well(Elf *elf, uint64_t len)
{
	uint64_t most = len > INFLATE_MOST / INFLATE_RATIO ? INFLATE_MOST : len * INFLATE_RATIO;
	Elf_Scn *scn = NULL;
	uint64_t sum = 0;
	size_t names;

	if (most < INFLATE_LEAST)
		most = INFLATE_LEAST;
	if (elf_getshdrstrndx(elf, &names) != 0)
		return true; /* without names there are no debug sections */
	while ((scn = elf_nextscn(elf, scn))) {
		uint64_t n = inflated_len(elf, names, scn);

		if (n > most - sum)
			return false;
		sum += n;
	}
	return true;
}

bool hp_elf_path_inflates_well(const char *path, const struct hp_origin *from)
{
	const char *why;
	bool absent;
	int fd = hp_origin_open(path, from, &why, &absent);
	bool well = true;
	struct stat st;
	Elf *elf;

	if (fd < 0)
		return absent;
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf && fstat(fd, &st) == 0)
		well = hp_elf_inflates_well(elf, (uint64_t)st.st_size);
	if (elf)
		elf_end(elf);
	close(fd);
	return well;
}
