/*
 * profile.h - what is known about one input, as columns of ids.
 *
 * Rows never move to another id.  Three write, one after the other: the builder (builder.h) while
 * the file is read, of which readers see the profile as const; hprof_lend_maps(), which adds
 * mappings and modules and places locations anew; and symbolizing, which adds functions and
 * frames, and says of modules which files were read and of locations where they lie in these.
 * Each may add texts and warnings.  From then on nobody writes.
 */
#ifndef HP_MODEL_PROFILE_H
#define HP_MODEL_PROFILE_H

#include <stdarg.h>

#include "analyzer/base/error.h"
#include "analyzer/base/index.h"
#include "analyzer/base/strtab.h"

/* Row numbers of the tables below, as types of their own: mixing them up does not compile. */
typedef struct {
	uint32_t i;
} hp_mapid;
typedef struct {
	uint32_t i;
} hp_modid;
typedef struct {
	uint32_t i;
} hp_funcid;
typedef struct {
	uint32_t i;
} hp_locid;
typedef struct {
	uint32_t i;
} hp_stackid;
typedef struct {
	uint32_t i;
} hp_threadid;

#define HP_NONE UINT32_MAX /* no row: an address outside every mapping, no thread */

enum hp_type_kind {
	HP_TYPE_LEVEL, /* what is there at one moment: adds up over stacks, not over time */
	HP_TYPE_FLOW,  /* what happened so far: adds up over both */
	HP_TYPE_MAX,   /* a maximum: adds up over neither */
};

enum hp_unit {
	HP_UNIT_BYTES,
	HP_UNIT_COUNT,
};

struct hp_type {
	hp_strid name;  /* "inuse_space" */
	hp_strid alias; /* what the writer calls it, where that is something else; or "" */
	enum hp_unit unit;
	enum hp_type_kind kind;
	bool absent;    /* the format knows it, the writer did not record it */
	bool no_errors; /* whether it was sampled, or how, is not known: nor are its errors */
};

enum hp_module_status {
	HP_MODULE_UNREAD,     /* nobody has looked yet */
	HP_MODULE_OK,         /* the file was found, fits and was read */
	HP_MODULE_MISSING,    /* no file where one was looked for */
	HP_MODULE_MISMATCH,   /* a file was found that is not the one that ran */
	HP_MODULE_UNREADABLE, /* a file was found that cannot be read */
	HP_MODULE_SPECIAL,    /* no file: [vdso], anonymous memory, a memfd */
};

enum hp_module_symbols {
	HP_SYMBOLS_NONE,
	HP_SYMBOLS_DYNSYM,    /* exported functions only */
	HP_SYMBOLS_MINIDEBUG, /* these, and what is packed in .gnu_debugdata */
	HP_SYMBOLS_SYMTAB,
	HP_SYMBOLS_DWARF,
	HP_SYMBOLS_PERF_MAP, /* of code that was made at run time */
	HP_SYMBOLS_INSIDE,   /* the profile itself holds the names */
};

struct hp_module {
	hp_strid path; /* as recorded, without " (deleted)"; "[vdso]"; "[anon]" */
	bool deleted;  /* the path had been unlinked or replaced when the profile was written */
	bool main;     /* the program itself, as far as can be told */
	bool lent;     /* another dump of the process has it in its map, this one has not */
	bool lent_now; /* the same, while maps are lent: not to be lent on */
	bool relative; /* addresses in it outside all mappings are those of its file */
	enum hp_module_status status;
	enum hp_module_symbols symbols;
	hp_strid file;        /* that was used, or the one that was refused; "" if none */
	hp_strid debug_file;  /* where its DWARF or symbols came from; "" if @file itself */
	hp_strid build_id;    /* of @file, or as recorded; lower-case hexadecimal; "" if none */
	hp_strid recorded_id; /* build ID as the profile tells it; "" if it does not */
	hp_strid alt_file;    /* that its debug file shares DWARF with; "" if none */
	hp_strid how;         /* how the file was found: "binary", "sysroot", "recorded"...; "" */
	hp_strid debug_how;   /* the same of debug_file: "build-id", "debuglink", "debuginfod"... */
	hp_strid alt_how;     /* and of alt_file */
	hp_strid tried;       /* files that were not used, a line for each: how, path, why; "" */
	hp_strid evidence;    /* why @file is taken to be the one that ran, a line for each; "" */
	hp_strid note;        /* why the file was refused, what is wrong with it; "" */
	uint32_t n_addr;      /* distinct addresses of the profile in it */
	uint32_t n_named;     /* of these, with a function name */
	uint32_t n_lined;     /* of these, with a source line */
};

struct hp_modules {
	struct hp_module *row;
	uint32_t n, cap;
};

enum {
	HP_MAP_READ = 1,
	HP_MAP_WRITE = 2,
	HP_MAP_EXEC = 4,
};

/* A device as one number. */
#define HP_DEVICE(major, minor) ((uint64_t)(major) << 32 | (uint32_t)(minor))

/* Sorted by start, without overlap, once the builder has finished. */
struct hp_maps {
	uint64_t *start, *limit; /* run-time addresses [start, limit) */
	uint64_t *file_offset;
	uint64_t *base; /* where offset 0 of the module's image lies, guessed from the maps alone */
	uint64_t *device, *inode; /* of the file that was mapped (HP_DEVICE); 0: not recorded */
	uint8_t *perms;           /* HP_MAP_* bits */
	hp_modid *module;
	uint32_t n, cap;
};

struct hp_threads {
	hp_strid *id;   /* as the format writes it: "0" */
	hp_strid *name; /* "" when unknown */
	uint32_t n, cap;
};

/* Files and names of functions; equal triples have equal ids. */
struct hp_funcs {
	hp_strid *name;    /* demangled, arguments cut; never "" */
	hp_strid *full;    /* demangled in full; never "" */
	hp_strid *linkage; /* as in the symbol table; "" when it has none of its own */
	hp_strid *file;    /* source file of the frames that refer to it; "" when unknown */
	uint32_t n, cap;
	struct hp_index index;
};

struct hp_frames {
	hp_funcid *func;
	uint32_t *line; /* 0 when unknown */
	uint32_t n, cap;
};

/*
 * The first rows of the locations are no addresses: row k is where "[truncated]" stands for
 * the missing callers of a stack of 2^(7+k) frames, should that be the writer's limit.
 * Without frames such a row is as if it were not there.
 */
enum { HP_TRUNCATED_LOCS = 20, HP_TRUNCATED_DEPTH = 128 };

/* What is known of the return address of a call, once the file was read that it lies in. */
enum hp_loc_call {
	HP_CALL_UNKNOWN, /* or one that follows a call */
	HP_CALL_NONE,    /* no call is before it */
	HP_CALL_RESUMES, /* what signal handlers return to: its caller has called nothing */
};

struct hp_locs {
	uint64_t *addr;   /* as recorded; 0 where the format has none */
	hp_mapid *map;    /* that covers the call; HP_NONE outside all */
	hp_modid *module; /* of that mapping, or as the format tells; HP_NONE: not known */
	uint64_t *rel;    /* address of the call within the module: as in its ELF file once that
			     was read, else counted from the image's start in memory */
	uint8_t *call;    /* enum hp_loc_call */
	uint32_t *frame_first,
		*frame_n; /* rows of frames, innermost inline first; 0 rows: no name */
	uint32_t n, cap;
	struct hp_index index;
};

/*
 * Calling contexts as a tree: row 0 is the root, every other row is "called from parent, at
 * this location".  parent[i] < i always holds, so sums over callees are one loop from the
 * last row down, without recursion.
 */
struct hp_stacks {
	hp_stackid *parent;
	hp_locid *loc;
	uint32_t n, cap;
	struct hp_index index;
};

/* Mean size of the objects of a sample, in use and ever allocated; 0: none. */
struct hp_sizes {
	double inuse, alloc;
	bool exact; /* it was recorded object by object: all have this size */
};

/*
 * Values per stack (and thread, and size), a column per sample type; columns of absent types are
 * NULL. Estimates are of the whole population and were computed per recorded row before any sum.
 */
struct hp_samples {
	hp_stackid *stack;
	hp_threadid *thread;   /* NULL in the table of all threads together */
	struct hp_sizes *size; /* NULL: each stack has one row for all sizes together */
	double **estimate;     /* [types.n] columns */
	double **variance;     /* [types.n] columns; of the estimate */
	double **recorded;     /* [types.n] columns; sums of what stands in the file */
	uint32_t n, cap;
	struct hp_index index;
};

enum hp_snapshot_tree {
	HP_TREE_NONE,     /* totals only */
	HP_TREE_DETAILED, /* values per stack */
	HP_TREE_PEAK,     /* the same, and flagged as the peak by the writer */
};

struct hp_snapshot {
	double time;                  /* in the unit of the snapshots */
	uint64_t heap, extra, stacks; /* bytes: asked for; the allocator's own; of thread stacks */
	enum hp_snapshot_tree tree;
	uint32_t first, n;         /* rows of the values of all snapshots */
	struct hp_samples samples; /* these rows; its columns belong to the values */
};

/* The snapshots of one process, in the order of time; formats without time have none. */
struct hp_snapshots {
	struct hp_snapshot *row;
	uint32_t n, cap;
	struct hp_samples values; /* of all snapshots; one snapshot has each stack once at most */
	double **columns;         /* those of the samples of each snapshot, all together */
	hp_strid unit;    /* of time: "i" (instructions), "ms", "s", "B" (bytes allocated) */
	hp_strid command; /* what was recorded */
};

/* How the values of a profile were sampled. */
enum hp_sampling {
	HP_SAMPLING_POISSON,   /* an object of x bytes with probability 1 - exp(-x / period) */
	HP_SAMPLING_THRESHOLD, /* with probability x / period, from one period on surely */
};

/* What is known of the errors of a sample type. */
enum hp_errors {
	HP_ERRORS_NONE,    /* everything was recorded: the values are exact */
	HP_ERRORS_KNOWN,   /* the values are estimates, each with its variance */
	HP_ERRORS_UNKNOWN, /* nothing tells whether they were sampled, or how */
};

struct hp_warning {
	const char *kind; /* static text; warnings of one kind are told once */
	char *text;       /* of the first */
	uint64_t count;
};

struct hp_warnings {
	struct hp_warning *row;
	uint32_t n, cap;
};

/* Lines of the input that were read over: those that begin with @word; "": of all other kinds. */
struct hp_unused {
	hp_strid word;
	uint64_t n;
};

enum { HP_MAX_UNUSED = 8 };

struct hp_kept { /* a file, by mmap() */
	void *bytes;
	size_t len;
};

struct hp_kept_files {
	struct hp_kept *row;
	uint32_t n, cap;
};

struct hprof_profile {
	hp_strid input;     /* path or name of the input, for messages */
	hp_strid writer;    /* "jemalloc" */
	const char *format; /* name in the table of formats; static */
	struct hp_strtab str;
	struct hp_kept_files kept; /* what texts were borrowed from */
	struct hp_type *types;     /* [n_types] */
	uint32_t n_types;
	uint32_t default_type;
	struct hp_modules modules;
	struct hp_maps maps;
	struct hp_threads threads;
	struct hp_funcs funcs;
	struct hp_locs locs;
	struct hp_frames frames;
	struct hp_stacks stacks;
	struct hp_samples all;       /* one row per stack that has values; where there are
					snapshots, the largest that it has in any of them */
	struct hp_samples by_thread; /* one row per stack and thread, when asked for */
	double *thread_total;        /* [threads.n * n_types] estimates */
	struct hp_snapshots snapshots;
	struct hp_warnings warnings;
	struct hp_unused unused[HP_MAX_UNUSED]; /* [n_unused] */
	uint32_t n_unused;
	uint64_t seed;            /* of every index */
	uint64_t n_stacks;        /* distinct stacks, before anything is cut */
	uint32_t max_depth;       /* frames of the deepest stack */
	int64_t time_ns;          /* since 1970: of the profile, or else of its file; 0: unknown */
	int64_t file_time_ns;     /* of its file; 0: unknown */
	uint64_t sampling_period; /* mean bytes between samples; 0: everything was recorded */
	uint64_t scaled_period;   /* the same where the writer has scaled all values to estimates;
				     then sampling_period is 0 */
	enum hp_sampling sampling;
	bool added_up; /* rows of a stack were, each estimated by itself: their sum has another
			  estimate */
	uint32_t n_read_warnings; /* of the warnings, those about the file itself */
	bool one_size;            /* a row of the input is of objects of one size, as Go's are */
	bool is_cut;              /* allocator frames were cut by whoever wrote it */
	bool has_maps;            /* the input had a map section */
	bool merged_maps;         /* writers may have made one mapping of several */
	bool return_addresses;    /* 1 is subtracted before an address is looked up */
};

static inline struct hp_slice hp_profile_str(const struct hprof_profile *p, hp_strid id)
{
	return hp_strtab_get(&p->str, id);
}

/* Mean bytes between samples, whoever scaled the values; 0: everything was recorded, or not told.
 */
static inline uint64_t hp_profile_period(const struct hprof_profile *p)
{
	return p->sampling_period ? p->sampling_period : p->scaled_period;
}

/* Of sample type @type. */
static inline enum hp_errors hp_profile_errors(const struct hprof_profile *p, uint32_t type)
{
	if (p->types[type].no_errors)
		return HP_ERRORS_UNKNOWN;
	return hp_profile_period(p) > 1 ? HP_ERRORS_KNOWN : HP_ERRORS_NONE;
}

/* Index of the sample type called @name that @p has data for, HP_NONE if none. */
uint32_t hp_profile_type(const struct hprof_profile *p, struct hp_slice name);

/*
 * Write the names of the types that @p has data for, but for those in @but[n_but], into @buf,
 * commas between them, as far as they fit.  Returns how many there are.
 */
uint32_t hp_profile_list_types(const struct hprof_profile *p, const char *const *but, size_t n_but,
			       char *buf, size_t cap);

/*
 * When @p was written, or a time after that: its own or that of its file, which may be a copy.
 * Nanoseconds since 1970; 0: not known.  Clocks that were never set are not believed.
 */
int64_t hp_profile_written_ns(const struct hprof_profile *p);

/*
 * The mapping that covers @addr, HP_NONE if none.  @hint: a row to try first.
 * Cost: O(log maps).
 */
hp_mapid hp_maps_find(const struct hp_maps *maps, uint64_t addr, hp_mapid hint);

/* Whether @path is by its name that of a shared library or of the dynamic loader. */
bool hp_path_is_library(struct hp_slice path);

/*
 * Of a profile from another system, by the paths of its modules, what its programs are: "the
 * Mach-O files of macOS"; NULL for all others.
 */
const char *hp_profile_foreign_files(const struct hprof_profile *p);

/*
 * Once all mappings are there: sort them, drop overlaps, find where each image begins and
 * which module is the program, and place every location.  The builder's last step.
 * Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_maps_settle(struct hprof_profile *p, struct hprof_error *err);

/* Whether mapping @row is of no file; and whether it is anonymous memory that is executable. */
bool hp_map_is_special(const struct hprof_profile *p, uint32_t row);
bool hp_map_is_bare_code(const struct hprof_profile *p, uint32_t row);

/* Make mapping @row one of the file of mapping @to, from @offset of it on. */
void hp_maps_give(struct hp_maps *m, uint32_t row, uint32_t to, uint64_t offset);

/*
 * To be called after that, once for all mappings: place images and locations anew.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_maps_given(struct hprof_profile *p, struct hprof_error *err);

/*
 * Warn when much of @p, which is complete, lies outside of all mappings although there is a map.
 * What perf maps name, or other dumps lend, is inside: to be called again then.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_maps_check(struct hprof_profile *p, struct hprof_error *err);

/*
 * Note something worth telling, once per @kind (static text): later ones only count.
 * The text is "@fmt" formatted, one line; running out of memory loses it silently.
 */
void hp_profile_warn(struct hprof_profile *p, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for things with names of their own: the first HP_WARN_EACH of a kind are told. */
enum { HP_WARN_EACH = 8 };
void hp_profile_warn_each(struct hprof_profile *p, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a warning of @kind, or count it when @most of that kind are there. */
void hp_profile_vwarn(struct hprof_profile *p, const char *kind, uint32_t most, const char *fmt,
		      va_list ap) __attribute__((format(printf, 4, 0)));

struct hp_func_names {
	struct hp_slice name;    /* demangled, arguments cut; not empty */
	struct hp_slice full;    /* demangled in full; not empty */
	struct hp_slice linkage; /* or empty */
	struct hp_slice file;    /* or empty */
};

/* Id of the function with these names, copied when new. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_func_add(struct hprof_profile *p, const struct hp_func_names *f,
			      hp_funcid *out, struct hprof_error *err);

/* The same by texts in p->str: name, full, linkage, file. Errors: ENOMEM. */
enum { HP_FUNC_TEXTS = 4 };
HP_MUST_CHECK int hp_func_add_ids(struct hprof_profile *p, const hp_strid texts[HP_FUNC_TEXTS],
				  hp_funcid *out, struct hprof_error *err);

/* Have room for so many more functions and frames, if there is memory. */
void hp_profile_expect(struct hprof_profile *p, uint32_t funcs, uint32_t frames);

/* Unmap @file with @p, not before: texts are to be borrowed from it. Errors: ENOMEM. */
HP_MUST_CHECK int hp_profile_keep(struct hprof_profile *p, struct hp_kept file,
				  struct hprof_error *err);

struct hp_frame {
	hp_funcid func;
	uint32_t line; /* 0 when unknown */
};

/* Give location @loc its frames, innermost inline first. Errors: ENOMEM. */
HP_MUST_CHECK int hp_loc_set_frames(struct hprof_profile *p, hp_locid loc,
				    const struct hp_frame *frames, uint32_t n,
				    struct hprof_error *err);

/* Make room for one more mapping. False: no memory. */
bool hp_maps_room(struct hp_maps *m);

/* Make room for one more location. False: no memory. */
bool hp_locs_room(struct hp_locs *l);

/* Whether hp_profile_check() finds nothing (check.h). */
bool hp_profile_valid(const struct hprof_profile *p);

#endif
