/* job.h - what is asked about one module: made by the parent, read by its child. */
#ifndef HP_SYMBOLIZE_JOB_H
#define HP_SYMBOLIZE_JOB_H

#include <stdatomic.h>

#include "analyzer/hprof.h"
#include "analyzer/symbolize/listed.h"

/* What the processes of one run share, in memory that they all have. */
struct hp_shared {
	struct hp_listed debug_ids; /* below opts->debug_dirs */
	atomic_bool servers_asked;
	atomic_bool servers_failed;           /* debuginfod is not to be asked again */
	bool reported_asked, reported_failed; /* to the caller; by the parent alone */
};

struct hp_job_map {
	uint64_t start, limit;  /* run-time addresses [start, limit) */
	uint64_t offset;        /* of @start in the file */
	uint64_t device, inode; /* of the file (HP_DEVICE); 0: not recorded */
	bool exec;
};

#define HP_JOB_IN_FILE UINT32_MAX

struct hp_job_addr {
	uint64_t call; /* run-time address of the call */
	uint32_t
		map; /* row of hp_job.maps that covers it; HP_JOB_IN_FILE: it is that of the file */
};

/* Everything is borrowed from the parent and stays until the last child has been reaped. */
struct hp_job {
	const char *path;     /* as recorded */
	const char *build_id; /* as recorded, hexadecimal; "" if it is not */
	int64_t time_ns;  /* since 1970: when the profile was written at the latest; 0: unknown */
	bool deleted;     /* the path had been unlinked or replaced: check harder */
	bool relative;    /* there are addresses of the file itself */
	bool program;     /* what opts->binary is for, if that was given */
	bool named;       /* the user named a file for it */
	bool merged_maps; /* a mapping may be several that lie side by side */
	bool return_addresses; /* call + 1 follows a call instruction */
	bool brief;     /* libdw leaves off after some seconds: it is asked for a damaged file */
	bool no_dwarf;  /* symbol tables only: reading the DWARF failed before */
	bool no_recall; /* what is remembered turned out not to be there */
	const struct hp_job_map *maps; /* [n_maps] of this module, by start */
	uint32_t n_maps;
	const struct hp_job_addr *addrs; /* [n_addrs] distinct, by call */
	uint32_t n_addrs;
	const struct hp_job *peers; /* [n_peers] all modules with code: files are of one machine */
	uint32_t n_peers;
	const struct hprof_symbolize_opts *opts;
	struct hp_shared *shared; /* NULL: nothing is shared */
};

#endif
