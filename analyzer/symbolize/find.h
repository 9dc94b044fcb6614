/* find.h - the file of a module: where it may be, and which of those fits. */
#ifndef HP_SYMBOLIZE_FIND_H
#define HP_SYMBOLIZE_FIND_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

struct hp_found {
	enum hp_module_status status;
	struct hp_elf elf; /* open when status is HP_MODULE_OK */
	uint64_t page;     /* bytes; with which the mappings fit */
	const char *file;  /* that was used, or the first that was refused; "" */
	const char *how;
	const char *note;       /* what was tried and refused */
	const char *mismatch;   /* for a warning: which file does not fit, and why; "" */
	const char *unreadable; /* the same for a file that cannot be read; "" */
};

/*
 * Find the file of @job: the one that was named, or the first that fits of: each path map,
 * each sysroot, the recorded path, the profile's folder.  Texts live in @mem; the caller
 * closes found->elf.
 */
void hp_find_module(const struct hp_job *job, struct hp_arena *mem, struct hp_found *found);

/* @path as the first path map that matches says, in @mem; NULL if none does. */
const char *hp_find_mapped(const struct hprof_symbolize_opts *o, const char *path,
			   struct hp_arena *mem);

/*
 * The real path that @path has for a process whose root is @root: links are followed inside.
 * NULL when there is nothing.  The text lives in @mem.
 */
const char *hp_find_in_root(const char *root, const char *path, struct hp_arena *mem);

#endif
