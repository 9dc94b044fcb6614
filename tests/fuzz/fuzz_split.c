/*
 * fuzz_split.c - a program and the file that has the rest of its DWARF: a .dwo, a .dwp, or the
 * one that it shares DWARF with.
 *
 * Input: u8 kind, u32 length of the program, the program, the other file.
 */
#include "tests/fuzz/dwarf_read.h"
#include "tests/fuzz/elf_mutate.h"

enum { HEAD = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static size_t length_of_first(const uint8_t *bytes, size_t len)
{
	uint32_t n;

	memcpy(&n, bytes + 1, sizeof(n));
	return n < len - HEAD ? n : len - HEAD;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size_t first;
	uint32_t now;
	uint8_t *rest;
	size_t n;

	if (size <= HEAD)
		return 0;
	first = length_of_first(data, size);
	if (seed % 64 == 0)
		data[0] = (uint8_t)(seed / 64);
	if (seed % 3) /* the other file, which is last */
		return HEAD + first +
		       elf_mutate(data + HEAD + first, size - HEAD - first, max_size - HEAD - first,
				  seed);
	rest = malloc(size);
	if (!rest)
		return size;
	n = size - HEAD - first;
	memcpy(rest, data + HEAD + first, n);
	now = (uint32_t)elf_mutate(data + HEAD, first, max_size - HEAD - n, seed);
	memcpy(data + 1, &now, sizeof(now));
	memcpy(data + HEAD + now, rest, n);
	free(rest);
	return HEAD + now + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const names[] = {"more.dwo", "prog-more.dwo", "prog.dwp", "alt"};
	const uint8_t *other;
	size_t first;
	size_t rest;

	if (len <= HEAD)
		return 0;
	first = length_of_first(bytes, len);
	other = bytes + HEAD + first;
	rest = len - HEAD - first;
	for (size_t i = 0; i < HP_LEN(names); i++)
		drop_file(names[i]);
	put_file("prog", bytes + HEAD, first);
	switch (bytes[0] % 3) {
	case 0: /* by the names that compilers give them */
		put_file(names[0], other, rest);
		put_file(names[1], other, rest);
		break;
	case 1:
		put_file(names[2], other, rest);
		break;
	default:
		put_file(names[3], other, rest);
		break;
	}
	read_program(1 + len % 2, len % 8 ? 1 : 2);
	return 0;
}
