/* fit.h - whether a file is the one that ran, and where its code lay in memory. */
#ifndef HP_SYMBOLIZE_FIT_H
#define HP_SYMBOLIZE_FIT_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/identity.h"
#include "analyzer/symbolize/job.h"

/* What a mapping of a job is to a file. */
enum hp_map_fit {
	HP_MAP_MISFIT,  /* executable, and cannot be of the file */
	HP_MAP_DATA,    /* not executable */
	HP_MAP_IMAGE,   /* as a loader maps it, or a part of that */
	HP_MAP_AGAIN,   /* a part that the program mapped itself, beside such an image */
	HP_MAP_FOREIGN, /* of another file that had the same path */
};

struct hp_fit {
	uint64_t page; /* bytes; with which the mappings fit */
	uint8_t *map;  /* [job->n_maps] enum hp_map_fit; NULL: they do not fit */
};

/*
 * Whether the mappings of @job can be mappings of @f, which is @id: one image of it must be whole.
 * When not, *@why tells what was recorded and what the file has, and *@fit is left alone.
 */
bool hp_fit_mappings(const struct hp_elf *f, const struct hp_job *job, const struct hp_identity *id,
		     struct hp_arena *mem, struct hp_fit *fit, const char **why);

/*
 * Whether the recorded return addresses of @job follow call instructions in @f: of few addresses
 * all must, of many most.  What is seen goes into @e, whose trust says how hard it is checked.
 * Parts that were mapped again and do not pass become foreign.  True as well when nothing can be
 * checked; of few addresses @e then tells the doubt.
 */
bool hp_fit_calls(const struct hp_elf *f, const struct hp_job *job, struct hp_fit *fit,
		  struct hp_arena *mem, struct hp_evidence *e, const char **why);

/*
 * The address in @f (as its symbol table counts) of run-time address @a.  False: no segment of
 * the file was mapped there.
 */
bool hp_fit_address(const struct hp_elf *f, const struct hp_job *job, const struct hp_fit *fit,
		    const struct hp_job_addr *a, uint64_t *out);

/* What is known of the return address that @addr, in @f, stands for. */
enum hp_loc_call hp_fit_call(const struct hp_elf *f, const struct hp_job *job, uint64_t addr);

#endif
