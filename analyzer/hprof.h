/*
 * hprof.h - the public interface of libhprof: load heap profiles, name their addresses,
 * analyse them and write the results.
 *
 * Every function that can fail returns 0 or a negative enum hprof_code and describes the
 * first failure in the caller's struct hprof_error (NULL is allowed).  Outputs are written
 * on success only.  The library never prints, exits or keeps global state.  Strings in
 * option structs are borrowed for the duration of the call.
 */
#ifndef HPROF_H
#define HPROF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define HPROF_API __attribute__((visibility("default")))
#define HPROF_MUST_CHECK __attribute__((warn_unused_result))
#else
#define HPROF_API
#define HPROF_MUST_CHECK
#endif

#define HPROF_VERSION "0.1.0"

enum hprof_code {
	HPROF_OK = 0,
	HPROF_ENOMEM = -1,       /* an allocation failed */
	HPROF_EIO = -2,          /* a system call failed; see sys_errno */
	HPROF_ETRUNC = -3,       /* the input ends inside a record */
	HPROF_EFORMAT = -4,      /* the input breaks the rules of its format */
	HPROF_EUNSUPPORTED = -5, /* a kind of file, or a variant, that this build cannot read */
	HPROF_ELIMIT = -6,       /* a limit of struct hprof_limits was reached */
	HPROF_EINVAL = -7,       /* the caller asked for something meaningless */
	HPROF_ENODATA = -8,      /* the profile does not hold what was asked for */
	HPROF_EFILE = -9,        /* a file that was named (a binary, a profile) cannot be used */
	HPROF_ECANCELED = -10,   /* the caller's function for it said so */
};

#define HPROF_NO_OFFSET UINT64_MAX
#define HPROF_MESSAGE_MAX 512

/* Owned by the caller, nothing on the heap: reporting ENOMEM needs no memory. */
struct hprof_error {
	enum hprof_code code;
	int sys_errno;   /* errno of the failing call, 0 if none */
	uint64_t offset; /* byte offset in the decompressed input, or HPROF_NO_OFFSET */
	uint64_t line;   /* 1-based line of a text input, 0 if none */
	char message[HPROF_MESSAGE_MAX]; /* one line, no newline, no trailing period */
};
#define HPROF_ERROR_INIT                                                                           \
	{                                                                                          \
		HPROF_OK, 0, HPROF_NO_OFFSET, 0, ""                                                \
	}

struct hprof_profile; /* one input with everything that is known about it */
struct hprof_view;    /* the result of one analysis; borrows its profiles */

/* Zero in a member means its default. No reader allocates past these. */
struct hprof_limits {
	uint64_t input_bytes; /* after decompression; default 1 TiB */
	uint64_t text_bytes;  /* all names together; default 1 GiB */
	uint64_t line_bytes;  /* longest line of a text format; default 256 MiB */
	uint32_t rows;        /* of any one table; default 2^30 */
};

enum hprof_threads {
	HPROF_THREADS_NONE,
	HPROF_THREADS_TOTALS, /* the totals of each */
	HPROF_THREADS_STACKS, /* values per stack and thread; memory grows with both */
};

struct hprof_load_opts {
	enum hprof_threads threads; /* what to keep besides the values of all threads */
	struct hprof_limits limits; /* all zero for the defaults */
};

/*
 * Read the profile in file @path ("-" is standard input), plain or packed: gzip, zstd, xz,
 * bzip2.
 * @opts: NULL for defaults.  The caller frees *@out with hprof_profile_free().
 * Errors: all codes but EINVAL and ENODATA; err->line and err->offset give the place.
 */
HPROF_API HPROF_MUST_CHECK int hprof_load_file(const char *path, const struct hprof_load_opts *opts,
					       struct hprof_profile **out, struct hprof_error *err);

/*
 * Whether file @path is of a kind that hprof_load_file() reads, by how it begins; *@format (NULL
 * is allowed) is its name in the table of formats.
 * Errors: EUNSUPPORTED with what it is instead, ETRUNC, EFORMAT, EFILE, EIO, ENOMEM.
 */
HPROF_API HPROF_MUST_CHECK int hprof_recognize_file(const char *path, const char **format,
						    struct hprof_error *err);

/* The same as hprof_load_file() for @len bytes in memory; @name stands for the input in messages.
 */
HPROF_API HPROF_MUST_CHECK int hprof_load_bytes(const void *bytes, size_t len, const char *name,
						const struct hprof_load_opts *opts,
						struct hprof_profile **out,
						struct hprof_error *err);

/*
 * Of the profile in file @path the memory map alone, for hprof_lend_maps_to(): a profile without
 * samples.  Of a plain text file that ends with its map little else is read; of all others nothing,
 * and *@out is NULL.  Errors: those of the map.
 */
HPROF_API HPROF_MUST_CHECK int hprof_load_map(const char *path, struct hprof_profile **out,
					      struct hprof_error *err);

HPROF_API void hprof_profile_free(struct hprof_profile *p); /* NULL is allowed */

/* Name of the sample type that is shown when none is asked for; lives as long as @p. */
HPROF_API const char *hprof_profile_default_type(const struct hprof_profile *p);

/* --- profiles with snapshots: files that hold several of one process, by time --- */

struct hprof_snapshot {
	double time;
	const char
		*time_unit; /* "i" (instructions), "ms", "s" or "B" (bytes allocated); borrowed */
	uint64_t heap, extra, stacks; /* bytes: asked for; the allocator's own; of thread stacks */
	bool detailed;                /* there are values per stack */
	bool peak;                    /* flagged by the writer */
};

/* Whether @p and @q hold snapshots of one process: of one command, by the same clock. */
HPROF_API bool hprof_same_recording(const struct hprof_profile *p, const struct hprof_profile *q);

/* How many there are, in the order of time; 0 for formats without time. */
HPROF_API size_t hprof_profile_snapshots(const struct hprof_profile *p);
/* Fill @out with number @i. False: there is none. */
HPROF_API bool hprof_profile_snapshot(const struct hprof_profile *p, size_t i,
				      struct hprof_snapshot *out);

/* Of a profile with snapshots: the largest value that each stack has in any of them. */
#define HPROF_ALL_SNAPSHOTS (-1)

/* What a view is made of: a profile, or one snapshot of it. */
struct hprof_source {
	const struct hprof_profile *profile;
	int64_t snapshot; /* its number, or HPROF_ALL_SNAPSHOTS; a profile without snapshots has
			     no need of it */
	const char *note; /* a warning about the choice, which outputs with warnings repeat; or
			     NULL */
};

/*
 * Find one snapshot among those of @p[n], which are taken in the order of time if they have one,
 * else as given: @when is "peak" (flagged; without a flag, the largest with a tree, by sample type
 * @type, NULL for the default of the first profile; profiles without the type do not count),
 * "first", "last" (with a tree), its number, or a time with its unit ("300ms", "12.5s",
 * "5000000i", "1MiB"): the last with a tree until then.  Profiles without snapshots count as one.
 * *@out receives the source, its note being @note: what was not plain about the choice, or "".
 * Errors: EINVAL (@when makes no sense here), ENODATA (no tree there), ENOMEM.
 */
HPROF_API HPROF_MUST_CHECK int hprof_find_snapshot(const struct hprof_profile *const *p, size_t n,
						   const char *when, const char *type,
						   char note[HPROF_MESSAGE_MAX],
						   struct hprof_source *out,
						   struct hprof_error *err);

/* Things worth telling about @p that are no errors, in the order they were found. */
HPROF_API size_t hprof_profile_warnings(const struct hprof_profile *p);
/* Borrows: valid until @p is changed or freed. NULL past the end. */
HPROF_API const char *hprof_profile_warning(const struct hprof_profile *p, size_t i);
/*
 * Before @p and @other are analysed together, one less the other if @is_base: what makes their
 * values incomparable becomes a warning of @p.  Other formats, other sampling, other units.
 */
HPROF_API void hprof_note_together(struct hprof_profile *p, const struct hprof_profile *other,
				   bool is_base);
/* How often it occurred; only the first text is kept. */
HPROF_API uint64_t hprof_profile_warning_count(const struct hprof_profile *p, size_t i);

/*
 * Within one process equal addresses are equal code, whichever dump has it in its map: addresses of
 * @p[n], which are in the order of time, that nothing covers get the mapping that an earlier or
 * later dump of the same process has there, unless something else lies in its place.  To be called
 * before they are symbolized.  @pids: [n] processes, 0: not known; or NULL.  Where they are not
 * known, two dumps are of one process if all that one has ever allocated is in the other; if that
 * was not recorded, nothing is lent, and a warning says so.  Errors: ENOMEM, ELIMIT.
 */
HPROF_API HPROF_MUST_CHECK int hprof_lend_maps(struct hprof_profile *const *p, const uint64_t *pids,
					       size_t n, struct hprof_error *err);
/*
 * The same for @p[to] alone; of the others the maps are enough, unless hprof_lend_wants() their
 * stacks, and those that are NULL are left out.
 */
HPROF_API HPROF_MUST_CHECK int hprof_lend_maps_to(struct hprof_profile *const *p,
						  const uint64_t *pids, size_t n, size_t to,
						  struct hprof_error *err);
/* Whether the stacks of @other, of which the map is known, decide about what it lends to @p. */
HPROF_API bool hprof_lend_wants(const struct hprof_profile *p, uint64_t pid,
				const struct hprof_profile *other, uint64_t other_pid);
/* Whether @p and @q are of two processes, since their programs lie at different places. */
HPROF_API bool hprof_two_processes(const struct hprof_profile *p, const struct hprof_profile *q);
/* Whether @p has addresses that no mapping covers although there are some. */
HPROF_API bool hprof_has_unmapped(const struct hprof_profile *p);

struct hprof_path_map {
	const char *from; /* prefix of a recorded path */
	const char *to;   /* what stands in its place */
};

struct hprof_named_file {
	const char *module; /* recorded path, or its last component */
	const char *file;   /* what to use for it */
};

/* How far the naming of addresses has come. */
struct hprof_progress {
	const char *file; /* that is being read */
	uint32_t units, n_units;
	uint32_t modules, n_modules; /* done, of all */
};

typedef void (*hprof_progress_fn)(void *ctx, const struct hprof_progress *now);

/* Whether work is to be given up; it is asked several times a second. */
typedef bool (*hprof_cancelled_fn)(void *ctx);

/* What becomes of asking the servers of debuginfod. */
enum hprof_servers {
	HPROF_SERVERS_ASKED,  /* for the first time in this call */
	HPROF_SERVERS_FAILED, /* they are not asked again in this call */
};

typedef void (*hprof_servers_fn)(void *ctx, enum hprof_servers now);

enum hprof_dwarf_reader {
	HPROF_DWARF_FAST,  /* the reader made for this purpose */
	HPROF_DWARF_LIBDW, /* libdw's: slow, to compare with */
};

struct hprof_symbolize_opts {
	const char *binary;            /* ELF file for the main executable, or NULL */
	const char *profile_path;      /* where the profile lies, to look beside it, or NULL */
	const char *const *sysroots;   /* [n_sysroots] */
	size_t n_sysroots;             /* with any, the host's own files are left alone */
	const char *const *debug_dirs; /* [n_debug_dirs], before the system's own */
	size_t n_debug_dirs;
	const struct hprof_path_map *path_maps; /* [n_path_maps], first match wins */
	size_t n_path_maps;
	const struct hprof_named_file *binaries; /* [n_binaries] files named for modules */
	size_t n_binaries;
	bool force_binary;            /* use files even if they do not fit: a warning tells of
					 those that were found only */
	const char *const *perf_maps; /* [n_perf_maps] files that name code made at run time,
					 as perf reads them; the last counts most */
	size_t n_perf_maps;
	const char *debuginfod; /* servers, blanks between them; NULL: none is asked */
	const char *cache_dir;  /* where answers are remembered; NULL: nowhere */
	enum hprof_dwarf_reader dwarf_reader;
	unsigned workers;     /* modules, and units of one, read at once; 0: one per processor */
	unsigned cpu_seconds; /* limit per module; 0: default */
	hprof_progress_fn progress; /* called now and then; NULL: never */
	void *progress_ctx;
	hprof_servers_fn servers; /* called at most once for each; NULL: never */
	void *servers_ctx;
	hprof_cancelled_fn cancelled; /* true: child processes are killed; NULL: never */
	void *cancelled_ctx;
};

/*
 * Give names, files, lines and inline chains to the addresses of @p.  ELF and DWARF are read
 * in child processes with limits: a file that crashes or hangs its reader costs its own names.
 * What cannot be named stays "module+0xoffset"; the reasons are in the modules (hprof info).
 * Errors: EFILE when a file was named (@opts->binary, ->binaries, ->perf_maps) and cannot be used,
 * ENOMEM, EIO, ECANCELED when @opts->cancelled returned true.  After an error @p has the names that
 * were found until then, and stays usable.
 */
HPROF_API HPROF_MUST_CHECK int hprof_symbolize(struct hprof_profile *p,
					       const struct hprof_symbolize_opts *opts,
					       struct hprof_error *err);

/*
 * Symbolize each of @p[n], where @paths[n] (or NULL) are in place of opts->profile_path.  What
 * profiles of one process need from a file is looked up once, and a warning about that file is
 * added to only one of them.  Errors: as hprof_symbolize().
 */
HPROF_API HPROF_MUST_CHECK int hprof_symbolize_series(struct hprof_profile *const *p,
						      const char *const *paths, size_t n,
						      const struct hprof_symbolize_opts *opts,
						      struct hprof_error *err);

/* --- addresses of one file, without a profile --- */

struct hprof_symbolizer; /* one file that is open in a child process */

/* One function that holds an address; texts are valid during the call they are passed to. */
struct hprof_frame {
	const char *name;    /* demangled, arguments cut; "" if only file and line are known */
	const char *full;    /* demangled in full */
	const char *linkage; /* as in the symbol table */
	const char *file;    /* "" if unknown */
	uint32_t line, column, discriminator; /* 0 if unknown */
	bool inlined;
};

/* Receives the frames of address number @i, innermost first; @n is 0 when nothing is known. */
typedef void (*hprof_frames_fn)(void *ctx, size_t i, const struct hprof_frame *frames, size_t n);

/*
 * Open ELF file @path.  Errors: EFILE when it cannot be used, ENOMEM, EIO, ECANCELED.  The caller
 * frees *@out with hprof_symbolizer_free().  Of @opts, whose strings must stay as long, those that
 * look for debug files count.
 */
HPROF_API HPROF_MUST_CHECK int hprof_symbolizer_open(const char *path,
						     const struct hprof_symbolize_opts *opts,
						     struct hprof_symbolizer **out,
						     struct hprof_error *err);

/*
 * Tell @fn, in order, the frames of each of @addr[n]: addresses as the file counts them, in
 * any order, repeated or not.  Errors: ENOMEM, EIO, ECANCELED; a later call starts anew.
 */
HPROF_API HPROF_MUST_CHECK int hprof_symbolizer_lookup(struct hprof_symbolizer *s,
						       const uint64_t *addr, size_t n,
						       hprof_frames_fn fn, void *ctx,
						       struct hprof_error *err);

/* Bytes of an address in the file: 4 or 8. */
HPROF_API unsigned hprof_symbolizer_address_bytes(const struct hprof_symbolizer *s);

/*
 * Where section @name lies: addresses [*start, *start + *len) of the file.  False: there is
 * none of that name that the program has in memory.
 */
HPROF_API bool hprof_symbolizer_section(const struct hprof_symbolizer *s, const char *name,
					uint64_t *start, uint64_t *len);

/* What went wrong so far without being an error, as for a profile; NULL past the end. */
HPROF_API const char *hprof_symbolizer_warning(const struct hprof_symbolizer *s, size_t i);
HPROF_API void hprof_symbolizer_free(struct hprof_symbolizer *s); /* NULL is allowed */

/* --- answers that are remembered (struct hprof_symbolize_opts, cache_dir) --- */

/* What is remembered about one binary; texts are valid during the call they are passed to. */
struct hprof_cache_entry {
	const char *file;     /* the binary, when the answers were found; "" if not usable */
	const char *build_id; /* hexadecimal; "" if it has none */
	uint64_t addresses;   /* answers */
	uint64_t bytes;       /* on disk */
	int64_t used_s;       /* last use, in seconds since 1970, to the minute */
	bool usable;          /* false: damaged, of another version, or being written */
};

typedef void (*hprof_cache_fn)(void *ctx, const struct hprof_cache_entry *e);

/*
 * Tell @fn what is remembered in @cache_dir, the one used last first; nothing when there is no
 * such folder.  Errors: EIO, EFILE (the folder is not the user's own), ENOMEM.
 */
HPROF_API HPROF_MUST_CHECK int hprof_cache_list(const char *cache_dir, hprof_cache_fn fn, void *ctx,
						struct hprof_error *err);

/* Forget all of it. *@files and *@bytes receive how much it was. Errors: as above. */
HPROF_API HPROF_MUST_CHECK int hprof_cache_clear(const char *cache_dir, uint64_t *files,
						 uint64_t *bytes, struct hprof_error *err);

/*
 * Whether answers can be remembered in @cache_dir, which hprof_symbolize() leaves unsaid.  The
 * folder is made if need be.  Errors: EIO, EFILE, with the reason.
 */
HPROF_API HPROF_MUST_CHECK int hprof_cache_usable(const char *cache_dir, struct hprof_error *err);

enum hprof_granularity {
	HPROF_BY_FUNCTION,
	HPROF_BY_LINE,
	HPROF_BY_FILE,
	HPROF_BY_ADDRESS,
	HPROF_BY_MODULE,
};

enum hprof_names {
	HPROF_NAMES_SHORT,   /* arguments cut */
	HPROF_NAMES_FULL,    /* demangled in full */
	HPROF_NAMES_MANGLED, /* as in the symbol table */
};

enum hprof_prune {
	HPROF_PRUNE_MODULE, /* by module and by name, near the leaf */
	HPROF_PRUNE_NONE,
};

struct hprof_view_opts {
	const char *sample_type; /* "inuse_space", ...; NULL: the profile's default, and of several
				    profiles one that all have: the default of most of them */
	bool all_types;          /* compute the others as well */
	bool moments;            /* keep what outputs over time need */
	const uint32_t *numbers; /* [n] ascending, what outputs over time call each profile; NULL:
				    0, 1, ...; as long as the view lives */
	bool shares;             /* keep what outputs by thread and size need */
	enum hprof_granularity granularity;
	enum hprof_names names;
	enum hprof_prune prune;
	bool no_inlines;              /* physical frames only */
	bool drop_negative;           /* in a difference: a stack that shrank counts 0 */
	bool sort_cum;                /* rows by cum instead of flat */
	bool jeprof_rows;             /* as jeprof: inlined functions apart, differences by sign */
	const char *const *alloc_fns; /* [n_alloc_fns] regular expressions: more allocators */
	size_t n_alloc_fns;
	const char *const *focus; /* [n_focus] keep stacks where one frame matches each */
	size_t n_focus;
	const char *const *ignore; /* [n_ignore] drop stacks where a frame matches one */
	size_t n_ignore;
	const char *const *hide; /* [n_hide] drop frames that match one */
	size_t n_hide;
	const char *const *show; /* [n_show] drop frames that match none */
	size_t n_show;
	const char *thread; /* an id, or else a regular expression over names; NULL: all */
	bool thread_roots;  /* a frame per thread at the root of every stack; not with moments */
};

/*
 * Analyse the sum of @sources less the sum of @bases.
 *
 * @sources: [n >= 1], @bases: [n_bases]; their profiles are borrowed until hprof_view_free(), and
 * are not changed until then.
 * Errors: EINVAL (an expression that does not compile, no such snapshot), ENODATA (no such sample
 * type or thread, or no threads at all, in a profile), ENOMEM.
 */
HPROF_API HPROF_MUST_CHECK int hprof_view_new(const struct hprof_source *sources, size_t n,
					      const struct hprof_source *bases, size_t n_bases,
					      const struct hprof_view_opts *opts,
					      struct hprof_view **out, struct hprof_error *err);
HPROF_API void hprof_view_free(struct hprof_view *v); /* NULL is allowed */
/*
 * What the user should know of @v: expressions that match no frame, for they are most likely slips.
 * Borrows: valid until hprof_view_free(). NULL past the end.
 */
HPROF_API const char *hprof_view_note(const struct hprof_view *v, size_t i);

enum hprof_unit_style {
	HPROF_UNIT_AUTO, /* KiB, MiB, GiB by size */
	HPROF_UNIT_B,
	HPROF_UNIT_KIB,
	HPROF_UNIT_MIB,
	HPROF_UNIT_GIB,
};

/* Receives what is worth telling about an output and is no error: one line, borrowed. */
typedef void (*hprof_warn_fn)(void *ctx, const char *text);

/*
 * What the width of a box means in a picture of a difference: the value of what ends in a call
 * before, now or both, or the change of it, added up over all that it calls.
 */
enum hprof_widths {
	HPROF_WIDTHS_UNION, /* the larger of both: nothing is left out */
	HPROF_WIDTHS_NEW,
	HPROF_WIDTHS_OLD,
	HPROF_WIDTHS_SUM,
	HPROF_WIDTHS_GROWTH, /* only what grew */
	HPROF_WIDTHS_SHRINK, /* only what shrank */
	HPROF_WIDTHS_CHURN,  /* what changed, either way */
};

struct hprof_picture_opts {
	const char *title;  /* NULL: the name of the profile */
	unsigned width;     /* pixels; 0: 1200 */
	double min_width;   /* pixels: narrower boxes are folded into one; 0: 0.5 */
	double min_percent; /* of the whole: the same */
	unsigned scale;     /* pixels of a raster for each of the picture; 0: 2 */
	bool flame;         /* the root is below, not above */
	bool by_name;       /* callees in the order of names, not the heaviest first */
	bool no_script;     /* the static picture alone */
	bool no_compress;   /* data for scripts as plain JSON whatever its size */
	enum hprof_widths widths;
};

/*
 * How the values of a series of profiles, or of snapshots, go over time, with the @sites largest
 * sites.  @v was made with moments, of all snapshots, and stays until hprof_timeline_free().
 * Errors: EINVAL (a view without moments, recordings of several processes), ENOMEM.
 */
struct hprof_timeline;
HPROF_API HPROF_MUST_CHECK int hprof_timeline_new(const struct hprof_view *v, size_t sites,
						  struct hprof_timeline **out,
						  struct hprof_error *err);
HPROF_API void hprof_timeline_free(struct hprof_timeline *t); /* NULL is allowed */
/* Its moments, of a series the profiles in their order, and the total of number @i. */
HPROF_API size_t hprof_timeline_points(const struct hprof_timeline *t);
HPROF_API double hprof_timeline_total(const struct hprof_timeline *t, size_t i);

struct hprof_render_opts {
	const struct hprof_timeline *over_time; /* of a report; NULL: the profile is one moment */
	size_t rows;                            /* at most this many rows; 0: all */
	uint32_t depth;                         /* of a tree: at most so many frames; 0: all */
	double min_percent;         /* of a tree: nothing smaller than this part of the total */
	bool bottom_up;             /* of a tree: from the allocation sites to the callers */
	enum hprof_unit_style unit; /* of bytes in text */
	unsigned width;             /* columns of a terminal; 0: 80 */
	bool details;               /* more than the overview */
	bool color;
	bool has_time;      /* outputs that state the time of a profile (pprof, tables) state: */
	int64_t time_ns;    /* this one, since 1970, for each, whatever the profile says */
	hprof_warn_fn warn; /* NULL: nothing is told */
	void *warn_ctx;
	const char *const *left_out; /* [n_left_out] inputs that could not be read, a line for */
	size_t n_left_out;           /* each: outputs with warnings have these as well */
	struct hprof_picture_opts picture;
};

/* Receives output in order; returns 0, or an errno value to stop. */
typedef int (*hprof_write_fn)(void *ctx, const void *bytes, size_t len);

/*
 * Write @v as output @name (a name of hprof_outputs()).
 * Errors: EINVAL (no such output), EIO with the errno that @write returned.
 */
HPROF_API HPROF_MUST_CHECK int hprof_render(const struct hprof_view *v, const char *name,
					    const struct hprof_render_opts *opts,
					    hprof_write_fn write, void *ctx,
					    struct hprof_error *err);

struct hprof_format_info {
	const char *name;
	const char *summary;
	bool readable; /* false: recognised, and refused by its name */
};

/* Tables of what this build reads and writes; NULL past the end. */
HPROF_API const struct hprof_format_info *hprof_format(size_t i);
HPROF_API const struct hprof_format_info *hprof_output(size_t i);

HPROF_API const char *hprof_version(void);

#ifdef __cplusplus
}
#endif
#endif
