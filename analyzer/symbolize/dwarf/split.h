/* split.h - units whose DIEs are in files of their own (.dwo) or in a package of them (.dwp). */
#ifndef HP_DWARF_SPLIT_H
#define HP_DWARF_SPLIT_H

#include "analyzer/symbolize/dwarf/unit.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

/* Where to look; set up once, read by any number of threads. */
struct hp_dw_splits {
	const struct hp_elf *f, *from; /* the file that runs, and the one with the skeletons */
	const struct hp_job *job;
	struct hp_dw_open package;
	bool has_package;
};

/* Look for the package of @from; a damaged one is told in *@why, else "". */
void hp_dw_splits_begin(struct hp_dw_splits *s, const struct hp_elf *f, const struct hp_elf *from,
			const struct hp_job *job, struct hp_arena *mem, const char **why);
void hp_dw_splits_end(struct hp_dw_splits *s);

/*
 * Find the split unit of @skeleton.  Its file is opened as @own, to be closed when the unit is
 * done, unless it is in the package; own->fd is -1 then.  *@steps bounds the work.
 * False: it is not there; *@why tells what was looked for and found.
 */
bool hp_dw_split_find(const struct hp_dw_splits *s, const struct hp_dw_cu *skeleton,
		      struct hp_dw_open *own, struct hp_dw_cu *out, struct hp_arena *mem,
		      uint64_t *steps, const char **why);

#endif
