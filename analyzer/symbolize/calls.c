/* calls.c - whether an address is one that a call returns to, by the bytes before it. */
#include "analyzer/symbolize/calls.h"

#include <elf.h>

#include "analyzer/base/slice.h"

/*
 * Whether the bytes before @end can be an x86 call: e8 with a distance, or ff /2 with a ModRM
 * byte (low three bits 4: a SIB byte follows) and a displacement of 0, 1 or 4 bytes.
 */
static bool ends_x86(const uint8_t *end)
{
	static const struct {
		uint8_t length, mask, value;
	} modrm[] = {
		{2, 0xf8, 0xd0}, /* call *reg */
		{2, 0xf8, 0x10}, /* call *(reg) */
		{3, 0xff, 0x14}, /* call *(SIB) */
		{3, 0xf8, 0x50}, /* call *disp8(reg) */
		{4, 0xff, 0x54}, /* call *disp8(SIB) */
		{6, 0xff, 0x15}, /* call *disp32(%rip) */
		{6, 0xf8, 0x90}, /* call *disp32(reg) */
		{7, 0xff, 0x14}, /* call *disp32(,reg,scale) */
		{7, 0xff, 0x94}, /* call *disp32(SIB) */
	};

	if (end[-5] == 0xe8)
		return true;
	for (size_t i = 0; i < HP_LEN(modrm); i++)
		if (end[-modrm[i].length] == 0xff &&
		    (end[1 - modrm[i].length] & modrm[i].mask) == modrm[i].value)
			return true;
	return false;
}

/* Instructions of arm64 are little-endian in files of either byte order. */
static bool ends_arm64(const uint8_t *end)
{
	static const struct {
		uint32_t mask, value;
	} call[] = {
		{0xfc000000, 0x94000000}, /* bl distance */
		{0xfffffc1f, 0xd63f0000}, /* blr reg */
		{0xfffff81f, 0xd63f081f}, /* blraaz, blrabz reg */
		{0xfffff800, 0xd73f0800}, /* blraa, blrab reg, reg */
	};
	uint32_t word = (uint32_t)end[-4] | (uint32_t)end[-3] << 8 | (uint32_t)end[-2] << 16 |
			(uint32_t)end[-1] << 24;

	for (size_t i = 0; i < HP_LEN(call); i++)
		if ((word & call[i].mask) == call[i].value)
			return true;
	return false;
}

bool hp_calls_resume(uint16_t machine, const uint8_t *at, uint64_t n)
{
	static const struct {
		uint16_t machine;
		uint8_t length, code[9];
	} sigreturn[] = {
		{EM_X86_64, 9, {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05}},
		{EM_386, 7, {0xb8, 0xad, 0, 0, 0, 0xcd, 0x80}},
		{EM_386, 8, {0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80}},
		{EM_AARCH64, 8, {0x68, 0x11, 0x80, 0xd2, 0x01, 0, 0, 0xd4}},
	};

	for (size_t i = 0; i < HP_LEN(sigreturn); i++)
		if (sigreturn[i].machine == machine && sigreturn[i].length <= n &&
		    memcmp(at, sigreturn[i].code, sigreturn[i].length) == 0)
			return true;
	return false;
}

bool hp_calls_known(uint16_t machine)
{
	return machine == EM_X86_64 || machine == EM_386 || machine == EM_AARCH64;
}

bool hp_calls_end(uint16_t machine, uint64_t addr, const uint8_t *end)
{
	return machine == EM_AARCH64 ? addr % 4 == 0 && ends_arm64(end) : ends_x86(end);
}
