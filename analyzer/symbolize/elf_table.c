/* elf_table.c - rows of ELF tables as the bytes they are, of both classes and byte orders. */
#include "analyzer/symbolize/elf_table.h"

#include "analyzer/base/name.h"

static struct hp_elf_coding coding_of(const struct hp_elf *f)
{
	return (struct hp_elf_coding){f->elf_class == ELFCLASS64, f->swapped};
}

/* The bytes of a table whose rows have @row bytes each; false: it says otherwise. */
static bool rows_of(const struct hp_elf *f, Elf_Scn *scn, const GElf_Shdr *shdr, size_t row,
		    const uint8_t **bytes, uint32_t *n)
{
	struct hp_slice s = hp_elf_contents(scn);

	s.len = (size_t)hp_elf_written(f, shdr->sh_offset, s.len); /* rows of zeros mean nothing */
	if ((shdr->sh_flags & SHF_COMPRESSED) || shdr->sh_entsize != row || s.len / row == 0)
		return false;
	*bytes = (const uint8_t *)s.ptr;
	*n = s.len / row > HP_ELF_ROWS ? HP_ELF_ROWS : (uint32_t)(s.len / row);
	return true;
}

bool hp_elf_symbols(const struct hp_elf *f, Elf_Scn *scn, struct hp_elf_symbols *out)
{
	struct hp_elf_symbols t = {.coding = coding_of(f)};
	GElf_Shdr names;
	GElf_Shdr shdr;
	Elf_Scn *strings;

	if (!gelf_getshdr(scn, &shdr) || (shdr.sh_type != SHT_SYMTAB && shdr.sh_type != SHT_DYNSYM))
		return false;
	strings = elf_getscn(f->elf, shdr.sh_link);
	if (!strings || !gelf_getshdr(strings, &names) || names.sh_type != SHT_STRTAB ||
	    (names.sh_flags & SHF_COMPRESSED))
		return false;
	t.names = hp_elf_contents(strings);
	t.dynamic = shdr.sh_type == SHT_DYNSYM;
	if (!rows_of(f, scn, &shdr, t.coding.wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym), &t.bytes,
		     &t.n))
		return false;
	*out = t;
	return true;
}

bool hp_elf_rels(const struct hp_elf *f, Elf_Scn *scn, struct hp_elf_rels *out)
{
	struct hp_elf_rels t = {.coding = coding_of(f)};
	GElf_Shdr shdr;
	size_t row;

	if (!gelf_getshdr(scn, &shdr) || (shdr.sh_type != SHT_RELA && shdr.sh_type != SHT_REL))
		return false;
	t.has_addend = shdr.sh_type == SHT_RELA;
	t.link = shdr.sh_link;
	row = (size_t)(t.coding.wide ? 8 : 4) * (t.has_addend ? 3 : 2);
	if (!rows_of(f, scn, &shdr, row, &t.bytes, &t.n))
		return false;
	*out = t;
	return true;
}

struct hp_elf_rel hp_elf_rel(const struct hp_elf_rels *t, uint32_t i)
{
	struct hp_elf_coding c = t->coding;
	size_t width = c.wide ? 8 : 4;
	const uint8_t *at = t->bytes + (size_t)i * width * (t->has_addend ? 3 : 2);
	struct hp_elf_rel r;

	if (c.wide) {
		uint64_t info = hp_elf_u64(c, at + 8);

		r = (struct hp_elf_rel){
			.where = hp_elf_u64(c, at),
			.symbol = (uint32_t)(info >> 32),
			.type = (uint32_t)info,
		};
		if (t->has_addend)
			r.addend = hp_elf_u64(c, at + 16);
		return r;
	}
	r = (struct hp_elf_rel){
		.where = hp_elf_u32(c, at),
		.symbol = hp_elf_u32(c, at + 4) >> 8,
		.type = hp_elf_u32(c, at + 4) & 0xff,
	};
	if (t->has_addend)
		r.addend = hp_elf_u32(c, at + 8);
	return r;
}

struct hp_slice hp_elf_name(const struct hp_elf_symbols *t, uint32_t offset)
{
	struct hp_slice s = {NULL, 0};
	const char *end;

	if (offset >= t->names.len)
		return s;
	s = hp_slice_from(t->names, offset);
	if (s.len > HP_NAME_MAX)
		s.len = HP_NAME_MAX;
	end = memchr(s.ptr, '\0', s.len);
	if (end)
		s.len = (size_t)(end - s.ptr);
	return s;
}
