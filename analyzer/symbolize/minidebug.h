/* minidebug.h - the small ELF file with function symbols that is packed in .gnu_debugdata. */
#ifndef HP_SYMBOLIZE_MINIDEBUG_H
#define HP_SYMBOLIZE_MINIDEBUG_H

#include "analyzer/symbolize/elf_file.h"

/* Zero-initialised is none. */
struct hp_minidebug {
	struct hp_elf elf; /* without path or descriptor: only for tables of symbols */
	char *bytes;
};

/*
 * Unpack the .gnu_debugdata of @f.  False: there is none, or none that can be used, or no
 * memory; then there is nothing to release.
 */
bool hp_minidebug_open(struct hp_minidebug *m, const struct hp_elf *f);
void hp_minidebug_release(struct hp_minidebug *m);

#endif
