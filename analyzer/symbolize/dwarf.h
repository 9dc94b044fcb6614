/* dwarf.h - functions, lines and inline chains of addresses, from the DWARF of one file. */
#ifndef HP_SYMBOLIZE_DWARF_H
#define HP_SYMBOLIZE_DWARF_H

#include "analyzer/base/error.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/job.h"

/* One function that holds an address; texts are valid during the call they are passed to. */
struct hp_raw_frame {
	struct hp_slice linkage; /* in symbol tables; empty if DWARF does not say */
	struct hp_slice name;    /* with its scopes where the language has some; may be empty */
	struct hp_slice file;    /* empty if unknown */
	uint32_t line, column;   /* 0 if unknown */
	uint32_t discriminator;  /* of the row of the line table; 0: none */
	uint64_t entry;          /* of the outermost frame: where the function begins */
	bool has_entry;
};

enum { HP_DWARF_WORKERS = 64 }; /* at most */

enum hp_dwarf_trouble {
	HP_DWARF_DAMAGED, /* a part could not be read */
	HP_DWARF_MISSING, /* a file that has a part of it was not found */
};

/*
 * Who is told.  Calls with different @worker numbers, which are below HP_DWARF_WORKERS, may
 * run at the same time on different threads; warn and progress are called by one at a time.
 */
struct hp_dwarf_sink {
	void *ctx;
	/*
	 * The frames of address number @i, innermost first.  n is 0 when DWARF knows nothing;
	 * a single frame without names has but a file and a line.
	 */
	void (*frames)(void *ctx, unsigned worker, uint32_t i, const struct hp_raw_frame *f,
		       uint32_t n);
	void (*warn)(void *ctx, enum hp_dwarf_trouble kind, const char *text);
	void (*pause)(void *ctx, unsigned worker); /* a good moment to hand on what is found */
	void (*progress)(void *ctx, uint32_t done, uint32_t total); /* units read */
	/*
	 * Whether the code at @addr is of a kind that DWARF tells nothing about, such as a thunk,
	 * so that there is no use in a thorough search; NULL: not known.  By several at a time.
	 */
	bool (*no_debug_info)(void *ctx, uint64_t addr);
};

struct hp_dwarf { /* open; a reader's own struct begins with it */
	const struct hp_dwarf_reader *reader;
};

/* One way to read DWARF. */
struct hp_dwarf_reader {
	const char *name;
	struct hp_dwarf *(*open)(const struct hp_elf *f, const struct hp_elf *from,
				 const struct hp_job *job, struct hp_arena *mem, const char **why);
	void (*close)(struct hp_dwarf *d);
	int (*run)(struct hp_dwarf *d, const uint64_t *addr, uint32_t n,
		   const struct hp_dwarf_sink *sink);
};

extern const struct hp_dwarf_reader hp_dwarf_fast, hp_dwarf_libdw;

/*
 * Open the DWARF in @from; @f is the file that runs, whose extents of code count.  Both are
 * borrowed until hp_dwarf_close().  NULL when there is none that can be read; then *@why is
 * what is wrong with it, "" if there is none at all.
 */
struct hp_dwarf *hp_dwarf_open(const struct hp_elf *f, const struct hp_elf *from,
			       const struct hp_job *job, struct hp_arena *mem, const char **why);
void hp_dwarf_close(struct hp_dwarf *d); /* NULL is allowed */

/*
 * Tell @sink the frames of each of the sorted addresses @addr[n], unit by unit.  May be called
 * again, with other addresses.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_dwarf_run(struct hp_dwarf *d, const uint64_t *addr, uint32_t n,
			       const struct hp_dwarf_sink *sink);

#endif
