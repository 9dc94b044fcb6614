/* minidebug.c - the small ELF file with function symbols that is packed in .gnu_debugdata. */
#include "analyzer/symbolize/minidebug.h"

#include <lzma.h>
#include <stdlib.h>

enum { XZ_MEMORY = 96 << 20 }; /* of the decoder; "xz -9" asks for 65 MiB */

/* What it may unpack to: symbol tables shrink to a fifth or a tenth. */
enum { RATIO = 100, LEAST = 1 << 20, MOST = 256 << 20 };

/* Unpack @packed into @out of @cap bytes; 0 when it is no xz, damaged, or does not fit. */
static size_t unpack(struct hp_slice packed, char *out, size_t cap)
{
	uint64_t memory = XZ_MEMORY;
	size_t from = 0;
	size_t n = 0;

	if (lzma_stream_buffer_decode(&memory, 0, NULL, (const uint8_t *)packed.ptr, &from,
				      packed.len, (uint8_t *)out, &n, cap) != LZMA_OK)
		return 0;
	return n;
}

static size_t room_for(size_t len)
{
	if (len > MOST / RATIO)
		return MOST;
	return len * RATIO < LEAST ? LEAST : len * RATIO;
}

bool hp_minidebug_open(struct hp_minidebug *m, const struct hp_elf *f)
{
	struct hp_slice packed = hp_elf_contents(hp_elf_section(f, ".gnu_debugdata"));
	size_t cap = room_for(packed.len);
	GElf_Ehdr ehdr;
	size_t n;

	*m = (struct hp_minidebug){.elf.fd = -1};
	if (!packed.len)
		return false;
	m->bytes = malloc(cap); /* pages that are not written cost nothing */
	n = m->bytes ? unpack(packed, m->bytes, cap) : 0;
	if (n) {
		m->elf.elf = elf_memory(m->bytes, n);
		m->elf.elf_class = f->elf_class;
		m->elf.machine = f->machine;
		m->elf.swapped = f->swapped;
	}
	if (m->elf.elf && gelf_getehdr(m->elf.elf, &ehdr) && ehdr.e_machine == f->machine &&
	    gelf_getclass(m->elf.elf) == f->elf_class)
		return true;
	hp_minidebug_release(m);
	return false;
}

void hp_minidebug_release(struct hp_minidebug *m)
{
	if (m->elf.elf)
		elf_end(m->elf.elf);
	free(m->bytes);
	*m = (struct hp_minidebug){.elf.fd = -1};
}
