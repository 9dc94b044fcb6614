/*
 * inflate.c - unpacking the debug sections that are needed, before libdw unpacks all.
 *
 * libdw unpacks every compressed debug section when it opens a file, with zlib.  For the
 * debug file of libc that is most of the time that naming a few addresses takes; libdeflate
 * needs a third of it, and a section that nobody reads costs nothing.
 */
#include "analyzer/symbolize/inflate.h"

#include <gelf.h>
#include <libdeflate.h>
#include <sys/mman.h>
#include <zstd.h>

#include "analyzer/base/slice.h"

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2 /* generic ABI, section compression */
#endif

/* Sections that names, lines and inlined calls come from; the others are hidden. */
static const char *const needed[] = {
	".debug_info",     ".debug_types",  ".debug_abbrev",   ".debug_line", ".debug_str",
	".debug_line_str", ".debug_ranges", ".debug_rnglists", ".debug_addr", ".debug_str_offsets",
};

static bool is_needed(const char *name)
{
	for (size_t i = 0; i < HP_LEN(needed); i++)
		if (strcmp(name, needed[i]) == 0)
			return true;
	return false;
}

static bool unpack(uint32_t method, struct hp_slice packed, void *out, size_t len)
{
	struct libdeflate_decompressor *d;
	enum libdeflate_result result;

	if (method == ELFCOMPRESS_ZSTD)
		return ZSTD_decompress(out, len, packed.ptr, packed.len) == len;
	if (method != ELFCOMPRESS_ZLIB)
		return false;
	d = libdeflate_alloc_decompressor();
	if (!d)
		return false;
	result = libdeflate_zlib_decompress(d, packed.ptr, packed.len, out, len, NULL);
	libdeflate_free_decompressor(d);
	return result == LIBDEFLATE_SUCCESS;
}

/* The head of SHF_COMPRESSED bytes. */
static bool read_head(Elf *elf, Elf_Scn *scn, struct hp_compressed *p, uint64_t *len)
{
	size_t head = gelf_getclass(elf) == ELFCLASS32 ? sizeof(Elf32_Chdr) : sizeof(Elf64_Chdr);
	GElf_Chdr chdr;

	if (!gelf_getchdr(scn, &chdr) || p->raw.len < head)
		return false;
	p->raw = hp_slice_from(p->raw, head);
	p->method = chdr.ch_type;
	*len = chdr.ch_size;
	return true;
}

/* The head in the older way: "ZLIB", the length as a big-endian number of 8 bytes. */
static bool read_old_head(struct hp_compressed *p, uint64_t *len)
{
	const size_t head = 12;

	if (p->raw.len < head || memcmp(p->raw.ptr, "ZLIB", 4) != 0)
		return false;
	*len = 0;
	for (size_t i = 4; i < head; i++)
		*len = *len << 8 | (unsigned char)p->raw.ptr[i];
	p->raw = hp_slice_from(p->raw, head);
	p->method = ELFCOMPRESS_ZLIB;
	return true;
}

/* Hundreds of megabytes are about to be written: in small pages that is a tenth of the time. */
static void want_large_pages(char *at, size_t len)
{
	const uintptr_t large = (uintptr_t)2 << 20;
	uintptr_t start = ((uintptr_t)at + large - 1) & ~(large - 1);
	uintptr_t limit = ((uintptr_t)at + len) & ~(large - 1);

	if (limit > start) /* where it is refused, pages are small */
		(void)madvise(at + (start - (uintptr_t)at), limit - start, MADV_HUGEPAGE);
}

bool hp_inflate_prepare(Elf *elf, Elf_Scn *scn, const char *name, struct hp_arena *mem,
			struct hp_compressed *p)
{
	Elf_Data *data = elf_rawdata(scn, NULL);
	GElf_Shdr shdr;
	uint64_t len;
	char *out;

	if (!data || !data->d_buf || !gelf_getshdr(scn, &shdr))
		return false;
	*p = (struct hp_compressed){.raw = {data->d_buf, data->d_size}};
	p->out = p->raw;
	if (shdr.sh_flags & SHF_COMPRESSED) {
		if (!read_head(elf, scn, p, &len))
			return false;
	} else if (strncmp(name, ".zdebug_", 8) == 0) {
		if (!read_old_head(p, &len))
			return false;
	} else {
		return true;
	}
	out = len && len <= SIZE_MAX / 2 ? hp_arena_alloc(mem, (size_t)len) : NULL;
	if (out)
		want_large_pages(out, (size_t)len);
	p->out = (struct hp_slice){out, (size_t)len};
	return out != NULL;
}

bool hp_inflate(const struct hp_compressed *p)
{
	return unpack(p->method, p->raw, (void *)(uintptr_t)p->out.ptr, p->out.len);
}

/* Put the unpacked bytes in the place of the packed ones, and say so in the header. */
static void replace(Elf *elf, Elf_Scn *scn, const char *name, GElf_Shdr *shdr, struct hp_arena *mem)
{
	Elf_Data *data = elf_rawdata(scn, NULL), *cooked = elf_getdata(scn, NULL);
	struct hp_compressed p;
	GElf_Chdr chdr;

	if (!data || !cooked || !gelf_getchdr(scn, &chdr) ||
	    !hp_inflate_prepare(elf, scn, name, mem, &p) || !hp_inflate(&p))
		return;
	data->d_buf = cooked->d_buf = (void *)(uintptr_t)p.out.ptr;
	data->d_size = cooked->d_size = p.out.len;
	shdr->sh_flags &= ~(GElf_Xword)SHF_COMPRESSED;
	shdr->sh_size = chdr.ch_size;
	shdr->sh_addralign = chdr.ch_addralign;
	(void)gelf_update_shdr(scn, shdr); /* a failure leaves a section that libdw refuses */
}

void hp_inflate_debug(Elf *elf, struct hp_arena *mem)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		const char *name;

		if (!gelf_getshdr(scn, &shdr) || !(shdr.sh_flags & SHF_COMPRESSED) ||
		    shdr.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, names, shdr.sh_name);
		if (!name || strncmp(name, ".debug_", 7) != 0)
			continue;
		if (is_needed(name)) {
			replace(elf, scn, name, &shdr, mem);
			continue;
		}
		shdr.sh_type = SHT_NOBITS;
		(void)gelf_update_shdr(scn, &shdr); /* a failure costs time only */
	}
}
