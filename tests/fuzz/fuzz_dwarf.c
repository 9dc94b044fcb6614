/* fuzz_dwarf.c - any bytes as an ELF file with DWARF, read by the lean reader. */
#include "tests/fuzz/dwarf_read.h"
#include "tests/fuzz/elf_mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return elf_mutate(data, size, max_size, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	put_file("prog", bytes, len);
	read_program(1 + len % 2, len % 8 ? 1 : 2);
	return 0;
}
