/* crt.h - code that compilers put into every file, and that never calls an allocator. */
#ifndef HP_SYMBOLIZE_CRT_H
#define HP_SYMBOLIZE_CRT_H

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/fit.h"

/* Whether @name is that of such a function. */
bool hp_crt_name(struct hp_slice name);

/*
 * Whether an address of @job lies in such a function of @f, by the symbols of @from, which is @f or
 * its debug file.  Then *@why tells which one does.
 */
bool hp_crt_holds(const struct hp_elf *f, const struct hp_elf *from, const struct hp_job *job,
		  const struct hp_fit *fit, struct hp_arena *mem, const char **why);

#endif
