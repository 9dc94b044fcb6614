/* find.h - the file of a module: where it may be, and which of those fits. */
#ifndef HP_SYMBOLIZE_FIND_H
#define HP_SYMBOLIZE_FIND_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/elf_file.h"
#include "analyzer/symbolize/fit.h"
#include "analyzer/symbolize/job.h"

struct hp_candidate { /* where a file may be */
	const char *path;
	const char *how;
	bool absent; /* known already; @path is not to be opened */
	struct hp_origin from;
};

struct hp_places {
	struct hp_candidate *row; /* [n] distinct, in the order in which they are to be tried */
	uint32_t n, cap;
	bool failed; /* no memory: there are more */
};

struct hp_found {
	enum hp_module_status status;
	struct hp_elf elf; /* open when status is HP_MODULE_OK */
	struct hp_fit fit; /* of its mappings and those of the job */
	const char *file;  /* that was used, or the first that was refused; "" */
	const char *how;
	bool forced;               /* it does not fit and is used all the same */
	const char *note;          /* why nothing was found, or was used although it does not fit */
	const char *tried;         /* files that were not used, a line for each; "" */
	const char *mismatch;      /* for a warning: which file does not fit, and why; "" */
	const char *unreadable;    /* the same for a file that cannot be read; "" */
	const char *debug_refused; /* for a warning: a debug file that cannot stand in for it; "" */
	const char *evidence;      /* what spoke for the file that was used, a line for each; "" */
	const char *doubt;         /* for a warning: what speaks against it; "" */
};

/*
 * Find the file of @job: one that was named for it, or the first that fits of: each path map,
 * each sysroot, the recorded path, the profile's folder; or else, unless one was named, a debug
 * file with the build ID that was recorded.  With opts->force_binary the first that does not fit is
 * used where none does.  Texts live in @mem; the caller closes found->elf.
 */
void hp_find_module(const struct hp_job *job, struct hp_arena *mem, struct hp_found *found);

/* By force: whether the file that was used is wanted whatever it is, as named or as not fitting. */
bool hp_find_is_wanted(const struct hp_job *job, const struct hp_found *found);
/*
 * The file of @found is used by force although @why speaks against it: that is noted, and a warning
 * where it was found only, and not named.
 */
void hp_find_force(struct hp_found *found, const char *why, struct hp_arena *mem);

/* No file: missing, and all texts empty. */
extern const struct hp_found hp_found_nothing;

/*
 * Whether hp_find_module() would open nothing, because nothing is there; @found is what it would
 * find, then.  Looks at names alone, so that it may run in any process.  False as well when memory
 * runs out: whether there is a file is not known, then.
 */
bool hp_find_nothing(const struct hp_job *job, struct hp_arena *mem, struct hp_found *found);

/* The span of time [from, to), in nanoseconds since 1970, around @at. */
struct hp_time_span {
	int64_t from, at, to;
};

/*
 * Narrow @span so far that none of the files which hp_find_module() may look at for @job was
 * made or changed in it.
 */
void hp_find_span(const struct hp_job *job, struct hp_arena *mem, struct hp_time_span *span);

/*
 * Add where the file of @job may be: where the user said, or else everywhere that hp_find_module()
 * looks first.  Looks at names alone.  Texts live in @mem, the caller frees p->row.
 */
void hp_find_places(const struct hp_job *job, struct hp_arena *mem, struct hp_places *p);

/* Whether @module, of --binary, means the module that was recorded as @path. */
bool hp_find_means(const char *module, const char *path);

/* @path as the first path map that matches says, in @mem, and its origin; NULL if none does. */
const char *hp_find_mapped(const struct hprof_symbolize_opts *o, const char *path,
			   struct hp_arena *mem, struct hp_origin *from);

/*
 * Add where on this host a file may be that had @path on another: where path maps say, in the
 * sysroots, and, if there are none, right there.  Texts live in @mem, the caller frees p->row.
 */
void hp_places_add(struct hp_places *p, const struct hprof_symbolize_opts *o, const char *path,
		   struct hp_arena *mem);

/*
 * The real path that @path has for a process whose root is @root: links are followed inside.
 * NULL when there is nothing.  The text lives in @mem.
 */
const char *hp_find_in_root(const char *root, const char *path, struct hp_arena *mem);

/* The same for a @path below one of the sysroots, "" if it is not there; others stay. */
const char *hp_find_inside(const struct hprof_symbolize_opts *o, const char *path,
			   struct hp_arena *mem);

#endif
