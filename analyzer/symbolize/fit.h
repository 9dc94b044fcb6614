/* fit.h - whether a file is the one that ran, and where its code lay in memory. */
#ifndef HP_SYMBOLIZE_FIT_H
#define HP_SYMBOLIZE_FIT_H

#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

/*
 * Whether the mappings of @job can be mappings of @f.  When not, *@why tells what was recorded
 * and what the file has.  *@page receives the page size (bytes) for which they fit.
 */
bool hp_fit_mappings(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		     uint64_t *page, const char **why);

/*
 * Whether the recorded return addresses of @job follow call instructions in @f.  True as well
 * when there are too few of them to tell, or when the machine is another than x86-64.
 */
bool hp_fit_calls(const struct hp_elf *f, const struct hp_job *job, uint64_t page,
		  struct hp_arena *mem, const char **why);

/*
 * The address in @f (as its symbol table counts) of run-time address @addr, which @map
 * covers.  False: no segment of the file was mapped there.
 */
bool hp_fit_address(const struct hp_elf *f, const struct hp_job_map *map, uint64_t page,
		    uint64_t addr, uint64_t *out);

#endif
