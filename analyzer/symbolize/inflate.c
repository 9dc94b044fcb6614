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

static size_t header_len(Elf *elf)
{
	return gelf_getclass(elf) == ELFCLASS32 ? sizeof(Elf32_Chdr) : sizeof(Elf64_Chdr);
}

/* Unpack the SHF_COMPRESSED bytes @raw of @scn into *@out, in @mem. */
static bool unpack_section(Elf *elf, Elf_Scn *scn, struct hp_slice raw, struct hp_arena *mem,
			   struct hp_slice *out)
{
	size_t head = header_len(elf);
	GElf_Chdr chdr;
	char *bytes;

	if (!gelf_getchdr(scn, &chdr) || raw.len < head || chdr.ch_size == 0 ||
	    chdr.ch_size > SIZE_MAX / 2)
		return false;
	bytes = hp_arena_alloc(mem, (size_t)chdr.ch_size);
	if (!bytes || !unpack(chdr.ch_type, hp_slice_from(raw, head), bytes, (size_t)chdr.ch_size))
		return false;
	*out = (struct hp_slice){bytes, (size_t)chdr.ch_size};
	return true;
}

/* The older way: "ZLIB", the length as a big-endian number of 8 bytes, and the stream. */
static bool unpack_named(struct hp_slice raw, struct hp_arena *mem, struct hp_slice *out)
{
	const size_t head = 12;
	uint64_t len = 0;
	char *bytes;

	if (raw.len < head || memcmp(raw.ptr, "ZLIB", 4) != 0)
		return false;
	for (size_t i = 4; i < head; i++)
		len = len << 8 | (unsigned char)raw.ptr[i];
	if (len == 0 || len > SIZE_MAX / 2)
		return false;
	bytes = hp_arena_alloc(mem, (size_t)len);
	if (!bytes || !unpack(ELFCOMPRESS_ZLIB, hp_slice_from(raw, head), bytes, (size_t)len))
		return false;
	*out = (struct hp_slice){bytes, (size_t)len};
	return true;
}

bool hp_inflate_section(Elf *elf, Elf_Scn *scn, const char *name, struct hp_arena *mem,
			struct hp_slice *out)
{
	Elf_Data *data = elf_rawdata(scn, NULL);
	struct hp_slice raw = {NULL, 0};
	GElf_Shdr shdr;

	if (!data || !data->d_buf || !gelf_getshdr(scn, &shdr))
		return false;
	raw = (struct hp_slice){data->d_buf, data->d_size};
	if (shdr.sh_flags & SHF_COMPRESSED)
		return unpack_section(elf, scn, raw, mem, out);
	if (strncmp(name, ".zdebug_", 8) == 0)
		return unpack_named(raw, mem, out);
	*out = raw;
	return true;
}

/* Put the unpacked bytes in the place of the packed ones, and say so in the header. */
static void replace(Elf *elf, Elf_Scn *scn, GElf_Shdr *shdr, struct hp_arena *mem)
{
	Elf_Data *data = elf_rawdata(scn, NULL), *cooked = elf_getdata(scn, NULL);
	struct hp_slice out;
	GElf_Chdr chdr;

	if (!data || !cooked || !data->d_buf || !gelf_getchdr(scn, &chdr) ||
	    !unpack_section(elf, scn, (struct hp_slice){data->d_buf, data->d_size}, mem, &out))
		return;
	data->d_buf = cooked->d_buf = (void *)(uintptr_t)out.ptr;
	data->d_size = cooked->d_size = out.len;
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
			replace(elf, scn, &shdr, mem);
			continue;
		}
		shdr.sh_type = SHT_NOBITS;
		(void)gelf_update_shdr(scn, &shdr); /* a failure costs time only */
	}
}
