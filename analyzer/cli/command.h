/* command.h - the commands of the tool, each a row. */
#ifndef HP_CLI_COMMAND_H
#define HP_CLI_COMMAND_H

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

struct hp_options;

struct hp_command {
	const char *name; /* what stands on the command line */
	const char *synopsis, *summary;
	unsigned groups;                   /* HP_OPT_* it takes */
	const char *(*targets)(char *buf); /* choices of --to, in @buf of HP_TARGETS_MAX bytes; or
					      NULL */
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

enum { HP_TARGETS_MAX = 256 };

#endif
