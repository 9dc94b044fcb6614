/*
 * fuzz_lines.c - any bytes as line tables, read from several offsets.
 *
 * Input: u8 flags, u16 length of .debug_line, .debug_line, .debug_line_str.  Bit 1 of the flags:
 * the other byte order; bit 0: addresses of 4 bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/symbolize/dwarf/lines.h"

enum { HEAD = 3, ADDRS = 96 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken rule: %s\n", what);
	abort();
}

static uint64_t touch(struct hp_slice s)
{
	uint64_t n = 0;

	must(s.len <= 4 * UINT16_MAX, "paths have a bound");
	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.ptr[i];
	return n;
}

static void check_files(const struct hp_dw_cu *cu)
{
	struct hp_line_files f = {.n = 0};
	struct hp_arena mem = {0};
	uint64_t sum = 0;

	(void)hp_line_files_load(&f, cu); /* what came before the damage is there */
	for (uint64_t i = 0; i < 40; i++)
		sum += touch(hp_line_file_path(&f, i, &mem));
	for (uint64_t i = 0; i < 40; i++) /* once more: they are kept */
		sum += touch(hp_line_file_path(&f, i, &mem));
	must(!hp_line_file_path(&f, UINT64_MAX, &mem).len, "there is no last file");
	must(sum < UINT64_MAX, "sums are sums");
	hp_line_files_release(&f);
	hp_arena_release(&mem);
}

static void check_rows(const struct hp_dw_file *file, uint64_t offset)
{
	static const struct hp_extent text[] = {
		{0x10, 0x90}, {0x1000, 0x2000}, {0x401000, 0x402000}, {0x1000000, UINT64_MAX}};
	const struct hp_lines_in in = {file, text, HP_LEN(text)};
	uint64_t addr[ADDRS];
	struct hp_source_line all[ADDRS] = {{0}};
	uint32_t n = 0;

	for (size_t t = 0; t < HP_LEN(text); t++)
		for (uint64_t i = 0; i < ADDRS / HP_LEN(text); i++)
			addr[n++] = text[t].start + i * (t == 3 ? UINT64_C(1) << 58 : 5);
	if (!hp_lines_read(&in, offset, addr, NULL, n, all))
		return;
	for (uint32_t i = 0; i < n; i++) {
		struct hp_source_line one = {.found = false}, guess;

		must(!all[i].found || hp_extents_hold(text, HP_LEN(text), all[i].sequence),
		     "rows are of code");
		must(!all[i].found || all[i].sequence <= addr[i], "a row holds its address");
		if (i % 8)
			continue;
		must(hp_lines_read(&in, offset, &addr[i], NULL, 1, &one),
		     "what could be read still can");
		must(one.found == all[i].found && one.line == all[i].line &&
			     one.file == all[i].file && one.sequence == all[i].sequence,
		     "an address alone has the row that it has among others");
		guess = (struct hp_source_line){.found = false};
		must(hp_lines_read(&in, offset, &addr[i], &text[i * HP_LEN(text) / n].start, 1,
				   &guess),
		     "what could be read still can");
		must(!guess.found || guess.sequence <= addr[i], "a row holds its address");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct hp_dw_file file = {.path = "prog"};
	struct hp_dw_cu cu = {.file = &file, .comp_dir = HP_SLICE_LIT("/src")};
	size_t lines;

	if (len < HEAD)
		return 0;
	lines = (size_t)bytes[1] | (size_t)bytes[2] << 8;
	if (lines > len - HEAD)
		lines = len - HEAD;
	file.swapped = bytes[0] & 2;
	file.section[HP_DW_LINE] = (struct hp_slice){(const char *)bytes + HEAD, lines};
	file.section[HP_DW_LINE_STR] =
		(struct hp_slice){(const char *)bytes + HEAD + lines, len - HEAD - lines};
	cu.unit = (struct hp_dw_unit){.version = 5, .offset_bytes = 4, .address_bytes = 8};
	if (bytes[0] & 1)
		cu.unit.address_bytes = 4;
	for (cu.lines = 0; cu.lines < lines && cu.lines < 64; cu.lines += 1 + 8 * cu.lines) {
		check_files(&cu);
		check_rows(&file, cu.lines);
	}
	return 0;
}
