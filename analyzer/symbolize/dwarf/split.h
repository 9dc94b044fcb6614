/* split.h - units whose DIEs are in files of their own (.dwo) or in a package of them (.dwp). */
#ifndef HP_DWARF_SPLIT_H
#define HP_DWARF_SPLIT_H

#include <stdatomic.h>
#include <sys/types.h>

#include "analyzer/symbolize/dwarf/unit.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

/* Where to look; set up once, used by any number of threads. */
struct hp_dw_splits {
	const struct hp_elf *f, *from; /* the file that runs, and the one with the skeletons */
	const struct hp_job *job;
	struct hp_dw_open package;
	bool has_package;
	_Atomic uint64_t unpacked; /* bytes of the files that were opened, all together */
};

/* The file that was opened last: its next unit needs no more.  Zero-initialised is none. */
struct hp_dw_split_file {
	struct hp_dw_open open; /* if @usable */
	bool known, usable;
	dev_t dev; /* of the file, if @known */
	ino_t ino;
};

enum { HP_DW_PACKAGES = 3 };

/* Where the package of @from may be, the debug file of @f or @f itself; texts live in @mem. */
void hp_dw_packages(const struct hp_elf *f, const struct hp_elf *from, struct hp_arena *mem,
		    const char *paths[HP_DW_PACKAGES]);

/* Look for the package of @from; a damaged one is told in *@why, else "". */
void hp_dw_splits_begin(struct hp_dw_splits *s, const struct hp_elf *f, const struct hp_elf *from,
			const struct hp_job *job, struct hp_arena *mem, const char **why);
void hp_dw_splits_end(struct hp_dw_splits *s);

/*
 * Find the split unit of @skeleton.  It is in the package, or in the file that is opened as @own,
 * in place of the one before.  *@steps bounds the work.
 * False: it is not there; *@why tells what was looked for and found.
 */
bool hp_dw_split_find(struct hp_dw_splits *s, const struct hp_dw_cu *skeleton,
		      struct hp_dw_split_file *own, struct hp_dw_cu *out, struct hp_arena *mem,
		      uint64_t *steps, const char **why);
void hp_dw_split_file_close(struct hp_dw_split_file *own);

#endif
