/* dwarf.c - which reader of DWARF is used. */
#include "analyzer/symbolize/dwarf.h"

struct hp_dwarf *hp_dwarf_open(const struct hp_elf *f, const struct hp_elf *from,
			       const struct hp_job *job, struct hp_arena *mem, const char **why)
{
	static const struct hp_dwarf_reader *const readers[] = {
		[HPROF_DWARF_FAST] = &hp_dwarf_fast,
		[HPROF_DWARF_LIBDW] = &hp_dwarf_libdw,
	};

	return readers[job->opts->dwarf_reader]->open(f, from, job, mem, why);
}

void hp_dwarf_close(struct hp_dwarf *d)
{
	if (d)
		d->reader->close(d);
}

int hp_dwarf_run(struct hp_dwarf *d, const uint64_t *addr, uint32_t n,
		 const struct hp_dwarf_sink *sink)
{
	return d->reader->run(d, addr, n, sink);
}
