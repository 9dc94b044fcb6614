/* worker.h - reading one unit after the other: what one thread needs for it. */
#ifndef HP_DWARF_WORKER_H
#define HP_DWARF_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "analyzer/symbolize/claims.h"
#include "analyzer/symbolize/dwarf.h"
#include "analyzer/symbolize/dwarf/lines.h"
#include "analyzer/symbolize/dwarf/names.h"
#include "analyzer/symbolize/dwarf/split.h"

/* What all threads share while one set of addresses is looked up. */
struct hp_dw_run {
	const struct hp_dw_file *file;
	struct hp_dw_splits *splits;
	struct hp_lines_in lines;
	const uint64_t *addr; /* [n] sorted */
	uint32_t n;
	const struct hp_dwarf_sink *sink;
	pthread_mutex_t output_lock; /* one at a time to warn() and progress() */
	_Atomic uint64_t steps;
	uint64_t unit_steps;       /* that any one unit may take besides its own length */
	struct hp_raw_frame *bare; /* [n] file and line of addresses without a function */
	bool *done;                /* [n] the sink knows its frames */
	bool *failed;              /* [file->n_units] units that could not be read in this way */
	_Atomic uint32_t lost;     /* units whose rest, split off, was not found */
	bool *exhausted;           /* [file->n_units] units that were left when steps ran out */
	_Atomic bool no_memory;
};

struct hp_dw_part {      /* the addresses that one unit is asked for */
	uint32_t *which; /* [n] numbers of addresses */
	uint64_t *addr;  /* [n] the addresses, sorted */
	uint64_t *start; /* [n] of the unit's range that holds each */
	bool has_start;  /* else these are not known */
	struct hp_source_line *line;
	uint32_t n, cap;
};

/* Zero-initialised but for @run and @number is ready. */
struct hp_dw_worker {
	struct hp_dw_run *run;
	unsigned number;
	struct hp_dw_part part;
	struct hp_dw_walk walk;
	struct hp_dw_context unit; /* whose DIEs are read */
	struct hp_dw_cu skeleton;  /* whose lines are read: the same, or that of a split unit */
	struct hp_line_files files;
	struct hp_dw_namer namer;
	struct hp_dw_split_file split;
	struct hp_dw_call_names { /* [walk.n_nodes] of each node that has been named */
		struct hp_dw_names names;
		struct hp_dw_call call;
		bool known;
	} * named;
	uint32_t cap_named;
	struct hp_raw_frame *chain; /* for one address */
	struct hp_arena mem;        /* until the end */
	struct hp_arena unit_mem;   /* for the unit at hand */
	uint64_t steps;             /* left for the unit at hand */
};

/* Add address @addr, number @which; @start: NULL when it is not known. False: no memory. */
bool hp_dw_part_add(struct hp_dw_part *p, uint32_t which, uint64_t addr, const uint64_t *start);

/* Read unit number @u for the addresses in @w->part, and tell the sink what it knows. */
void hp_dw_worker_read(struct hp_dw_worker *w, uint32_t u);
void hp_dw_worker_release(struct hp_dw_worker *w);

/* Tell the sink of something that could not be read. */
void hp_dw_warn(struct hp_dw_run *run, const char *text);
/* The same about what is not there. */
void hp_dw_warn_missing(struct hp_dw_run *run, const char *text);

#endif
