/* binary.h - programs of other systems, by their first bytes. */
#ifndef HP_BASE_BINARY_H
#define HP_BASE_BINARY_H

#include "analyzer/base/slice.h"

enum { HP_BINARY_MAGIC = 8 }; /* bytes that tell the kind */

/*
 * A Mach-O file: of 32 or 64 bits in either byte order, or several of them in one.  The magic of
 * these is also that of Java's class files: there a version of 45 or more follows, here a few.
 */
static inline bool hp_is_macho(struct hp_slice head)
{
	static const struct hp_slice magic[] = {
		HP_SLICE_LIT("\xfe\xed\xfa\xce"), HP_SLICE_LIT("\xfe\xed\xfa\xcf"),
		HP_SLICE_LIT("\xce\xfa\xed\xfe"), HP_SLICE_LIT("\xcf\xfa\xed\xfe")};

	for (size_t i = 0; i < HP_LEN(magic); i++)
		if (hp_slice_starts(head, magic[i]))
			return true;
	if (hp_slice_starts(head, HP_LIT("\xca\xfe\xba\xbf")))
		return true;
	return head.len >= HP_BINARY_MAGIC && memcmp(head.ptr, "\xca\xfe\xba\xbe\0\0\0", 7) == 0 &&
	       head.ptr[7] > 0 && head.ptr[7] < 45;
}

/* A program of Windows: "MZ" and no text behind it. */
static inline bool hp_is_pe(struct hp_slice head)
{
	return head.len >= HP_BINARY_MAGIC && head.ptr[0] == 'M' && head.ptr[1] == 'Z' &&
	       memchr(head.ptr, 0, HP_BINARY_MAGIC);
}

/* What a file that begins with @head is instead of an ELF file, for messages; NULL: not known. */
static inline const char *hp_binary_kind(struct hp_slice head)
{
	if (hp_is_macho(head))
		return "a Mach-O file of macOS: only ELF files can be read";
	if (hp_is_pe(head))
		return "a PE file of Windows: only ELF files can be read";
	return NULL;
}

#endif
