/* cli.h - what the commands of the tool share. */
#ifndef HP_CLI_CLI_H
#define HP_CLI_CLI_H

#include "analyzer/base/error.h"
#include "analyzer/hprof.h"

enum hp_exit {
	HP_EXIT_OK = 0,
	HP_EXIT_USAGE = 2,  /* the command line makes no sense */
	HP_EXIT_INPUT = 3,  /* an input could not be used */
	HP_EXIT_SYSTEM = 4, /* no memory, or the output could not be written */
};

struct hp_list {
	const char **item; /* borrowed from the command line */
	size_t n;
};

enum hp_when { HP_WHEN_AUTO, HP_WHEN_ALWAYS, HP_WHEN_NEVER };

/* Everything that options can say; zero is the default of each. */
struct hp_options {
	const char *sample_type;
	int granularity; /* enum hprof_granularity */
	int names;       /* enum hprof_names */
	int prune;       /* enum hprof_prune */
	int unit;        /* enum hprof_unit_style */
	int color;       /* enum hp_when */
	bool no_inlines, drop_negative, sort_cum, sum, no_symbols, json, quiet, verbose, help;
	bool no_debuginfod, no_cache, clear, rows_given, force_binary;
	size_t rows;
	bool bottom_up; /* of tree */
	bool csv;       /* of timeline */
	bool thread_roots;
	unsigned depth;
	double min_percent;
	const char *title; /* of pictures, and their shape */
	unsigned picture_width, picture_scale;
	double min_width;
	int order, widths; /* widths: 1 + enum hprof_widths, 0: not given */
	bool flame, text, svg_outlines, no_script, no_compress;
	const char *thread, *output, *base_binary, *at, *to;
	struct hp_list base, focus, ignore, hide, show, alloc_fn;
	struct hp_list sysroot, debug_dir, path_map, perf_map, binary, debuginfod;
	int dwarf_reader; /* enum hprof_dwarf_reader */
	unsigned workers;
	/* of symbolize, as addr2line has them */
	const char *exe, *section;
	bool functions, inlines, pretty, addresses, basenames, return_addresses;
	int demangle;              /* 0: no; else a style */
	const char *jeprof_output; /* output that a jeprof-style line asked for */
	struct hp_list args;       /* what is left: BINARY and profiles */
	struct hp_list copies;     /* owned: respelled arguments */
};

/* Which commands an option belongs to. */
enum hp_option_group {
	HP_OPT_COMMON = 1,  /* -h */
	HP_OPT_INPUT = 2,   /* reading and naming */
	HP_OPT_VIEW = 4,    /* what is counted */
	HP_OPT_TABLE = 8,   /* rows of text */
	HP_OPT_DIFF = 16,   /* a base */
	HP_OPT_OUTPUT = 32, /* where it goes */
	HP_OPT_JSON = 64,
	HP_OPT_JEPROF = 128,   /* jeprof-style lines only */
	HP_OPT_UNIT = 256,     /* bytes in text */
	HP_OPT_SUM = 512,      /* several profiles */
	HP_OPT_CACHE = 1024,   /* what is remembered */
	HP_OPT_ADDRESS = 2048, /* addresses of one file */
	HP_OPT_TREE = 1 << 16, /* a call tree */
	HP_OPT_PICK = 1 << 17, /* one of several profiles */
	HP_OPT_TIMELINE = 1 << 18,
	HP_OPT_EXPORT = 1 << 19,
	HP_OPT_FLAME = 1 << 20,    /* a flame graph */
	HP_OPT_TAGROOT = 1 << 24,  /* frames from tags of the samples */
	HP_OPT_TEXT = 1 << 26,     /* text instead of a picture */
	HP_OPT_OWN_BASE = 1 << 25, /* the base is an argument: --base is refused */
};

struct hp_command {
	const char *name; /* what stands on the command line */
	const char *synopsis, *summary;
	unsigned groups;                        /* HP_OPT_* it takes */
	int (*run)(const struct hp_options *o); /* an exit code */
};

/* All commands, NULL at the end; and the one of lines that begin with an option. */
extern const struct hp_command *const hp_commands[];
extern const struct hp_command hp_command_jeprof;

extern const struct hp_command hp_command_top;
extern const struct hp_command hp_command_tree;
extern const struct hp_command hp_command_flame;
extern const struct hp_command hp_command_report;
extern const struct hp_command hp_command_timeline;
extern const struct hp_command hp_command_diff;
extern const struct hp_command hp_command_collapsed;
extern const struct hp_command hp_command_json;
extern const struct hp_command hp_command_export;
extern const struct hp_command hp_command_info;
extern const struct hp_command hp_command_formats;
extern const struct hp_command hp_command_cache;
extern const struct hp_command hp_command_symbolize;

/*
 * Parse @argv[1...] (@argv[0] is skipped) by the options of @cmd into @o, whose lists are
 * released by hp_options_release().  Errors: EINVAL with the option and the accepted form.
 */
HP_MUST_CHECK int hp_options_parse(const struct hp_command *cmd, int argc, char **argv,
				   struct hp_options *o, struct hprof_error *err);
void hp_options_release(struct hp_options *o);
void hp_options_help(const struct hp_command *cmd); /* to standard output */

enum { HP_TARGETS_MAX = 256 };

/* What "export --to" can write, ", " between the names.  Returns @buf, of HP_TARGETS_MAX bytes. */
const char *hp_export_targets(char *buf);

/* Tell a line "hprof: ..." on standard error, made safe for a terminal. */
void hp_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Print "hprof: WHAT: message" and return the exit code for @err. */
int hp_report(const char *what, const struct hprof_error *err);
/* Print a usage error, one line, and return HP_EXIT_USAGE. */
int hp_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whether the output goes to a terminal, where only text belongs. */
bool hp_to_terminal(const struct hp_options *o);

/*
 * The folder of the user's caches by the XDG rules: $XDG_CACHE_HOME if it is an absolute path, or
 * else $HOME/.cache.  To be freed; NULL when neither is set, or without memory.
 */
char *hp_cache_home(void);
#define HP_CACHE_NO_HOME "neither XDG_CACHE_HOME nor HOME is set to an absolute path"
/* Tell of folders given by @option that are not there: most likely a slip. */
void hp_check_folders(const struct hp_options *o, const char *option, const struct hp_list *l);

/* How many rows a text table has when nothing is said. */
enum { HP_DEFAULT_ROWS = 40 };
/* And a call graph. */
enum { HP_DOT_NODES = 80 };

/* Options that say where files are, as the library takes them. */
struct hp_files {
	struct hprof_path_map *path_maps;
	size_t n_path_maps;
	struct hprof_named_file *binaries;
	size_t n_binaries;
	char *servers;     /* of debuginfod: those of the options, then of DEBUGINFOD_URLS */
	const char *usual; /* DEBUGINFOD_URLS, if it is asked and that is to be told; or NULL */
	struct hp_progress_line *line; /* that is taken away before anything is told */
};

/* Take them from @o, which must stay; returns an exit code. To be closed whatever that is. */
int hp_files_open(struct hp_files *f, const struct hp_options *o);
void hp_files_fill(struct hp_files *f, const struct hp_options *o,
		   struct hprof_symbolize_opts *opts);
void hp_files_close(struct hp_files *f);

struct stat;

/* Whether -o names a regular file, which would be replaced; it is told in *@st. */
bool hp_replaces(const struct hp_options *o, struct stat *st);
/* Whether @path, "-" for standard input, is that file; NULL is none. */
bool hp_is_file(const char *path, const struct stat *st);
/*
 * Refuse to replace file @st of -o where that would take something from the user: it is read
 * (@is_read, or @o and @f name it), it may be found where names are looked for, or it is a profile
 * of another format than @format (NULL: of any).  Returns an exit code.
 */
int hp_replace_check(const struct hp_options *o, const struct hp_files *f, const struct stat *st,
		     bool is_read, const char *format);

/* An output by the end of the name of the file that it goes to. */
struct hp_picture {
	const char *end; /* ".svg" */
	const char *output;
};

/* A file of an output that is a folder. */
struct hp_part {
	const char *file; /* its name there */
	const char *output;
};

/* What a command that shows profiles does. */
struct hp_show {
	const char *output;                /* name of the output */
	const char *output_json;           /* with --json, or NULL */
	const struct hp_picture *pictures; /* chosen by -o, NULL at the end; or NULL */
	const struct hp_part *parts; /* with -o, but for pictures: a folder of these; or NULL */
	enum hprof_threads threads;
	size_t rows; /* default number of rows */
	bool all_types;
	bool only_one;    /* several profiles are not added up */
	bool all_moments; /* of recordings and of a series, all are shown together */
	bool over_time;   /* one is shown, with how it went over time where there are several */
	bool apart;       /* several profiles stay apart in the output */
	bool shares;      /* the output tells threads and sizes apart */
	bool needs_base;  /* the first profile is the base */
	bool jeprof;
	bool tells_warnings; /* the output holds the warnings: not on standard error as well */
};

/* Load, name, analyse and write the profiles of @o; returns an exit code. */
int hp_show(const struct hp_options *o, const struct hp_show *show);

/* A destination of output: standard output, or a file that appears only when complete. */
struct hp_sink {
	int fd;
	const char *path;         /* as given, NULL for standard output */
	char *target, *temporary; /* resolved path and what is renamed to it; NULL: direct */
};

/*
 * Where output to @path goes: links are followed, also the last one when nothing is there yet.
 * To be freed; NULL: errno tells.
 */
char *hp_sink_target(const char *path);

HP_MUST_CHECK int hp_sink_open(struct hp_sink *s, const char *path, struct hprof_error *err);
int hp_sink_write(void *sink, const void *bytes, size_t len); /* an hprof_write_fn */
/* Make the file appear, or with @ok false remove what was written. */
HP_MUST_CHECK int hp_sink_close(struct hp_sink *s, bool ok, struct hprof_error *err);

/* A folder that appears only when all its files are complete. */
struct hp_sinks {
	const char *path;         /* as given */
	char *target, *temporary; /* where it will be, and is until then */
	char **file;              /* [n], NULL at the end: paths of the files in @temporary */
	size_t n;
};

/* Whether @path can become such a folder, to know it before long work; returns an exit code. */
int hp_sinks_check(const char *path);
/*
 * Begin with no files; @parts, which end with an empty one, are what will be in it.  Errors: EIO,
 * ENOMEM.
 */
HP_MUST_CHECK int hp_sinks_open(struct hp_sinks *f, const char *path, const struct hp_part *parts,
				struct hprof_error *err);
/* Begin file number @i; the sink is to be closed before the next one. */
HP_MUST_CHECK int hp_sinks_file(const struct hp_sinks *f, size_t i, struct hp_sink *s,
				struct hprof_error *err);
/* Make the folder appear, or with @ok false remove what was written. */
HP_MUST_CHECK int hp_sinks_close(struct hp_sinks *f, bool ok, struct hprof_error *err);

/* --- long work --- */

/* A line on the terminal that tells how far it has come; zero-initialised shows nothing. */
struct hp_progress_line {
	int64_t begin_ms;           /* when the work began; 0: show nothing */
	size_t profile, n_profiles; /* of several: which one is at hand, and of how many */
	int64_t shown_ms;           /* when the line was written last; 0: it is not there */
};

/* Start; nothing is ever shown with -q, or when standard error is no terminal. */
void hp_progress_begin(struct hp_progress_line *l, const struct hp_options *o);
void hp_progress_show(void *line, const struct hprof_progress *now); /* an hprof_progress_fn */
void hp_progress_clear(struct hp_progress_line *l);                  /* make room for other words */
void hp_progress_end(struct hp_progress_line *l); /* clear it, and show nothing more */

/* From now on signals that end the process first undo what was begun. */
void hp_stop_prepare(void);
/* What to undo: clear the line on standard error... */
void hp_stop_line(bool shown);
/* ...and remove file @path, which stays until another is named; NULL: none. */
void hp_stop_file(const char *path);
/* The same for a folder and its files, NULL at the end, whether they are there yet or not. */
void hp_stop_folder(const char *path, char *const *files);

#endif
