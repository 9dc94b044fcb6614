/* options.c - the table of options, and reading a command line by it. */
#include "analyzer/cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/base/scan.h"

enum kind {
	KIND_FLAG,    /* bool */
	KIND_SET,     /* int = value */
	KIND_NAME,    /* const char * = text */
	KIND_STRING,  /* const char * = argument */
	KIND_LIST,    /* struct hp_list += argument */
	KIND_ROWS,    /* size_t */
	KIND_COUNT,   /* unsigned, value at most */
	KIND_SIZE,    /* unsigned, from 1 to value */
	KIND_PERCENT, /* double, 0 to 100 */
	KIND_CHOICE,  /* int = value + place of the argument in choices */
	KIND_PIXELS,  /* double, above 0 */
	KIND_STYLE,   /* a choice that may be missing: then value */
	KIND_WORD,    /* bool; text is the only argument that is taken */
	KIND_TARGET,  /* const char * = argument, one that export knows */
};

struct option_row {
	enum kind kind;
	size_t offset; /* in struct hp_options */
	char letter;   /* 0: none */
	const char *name;
	int value;
	const char *text; /* KIND_NAME's value; KIND_CHOICE's choices, '|' between them */
	const char *arg;  /* how help calls the argument, NULL: none */
	unsigned groups;
	const char *help;
};

/*
 * Kind and place of a row: a member of another type than the kind writes does not compile.
 */
#define TYPED(kind, type, member)                                                                  \
	kind, _Generic(((struct hp_options *)0)->member, type : offsetof(struct hp_options, member))
#define FLAG(member) TYPED(KIND_FLAG, bool, member)
#define SET(member) TYPED(KIND_SET, int, member)
#define NAME(member) TYPED(KIND_NAME, const char *, member)
#define STRING(member) TYPED(KIND_STRING, const char *, member)
#define LIST(member) TYPED(KIND_LIST, struct hp_list, member)
#define ROWS(member) TYPED(KIND_ROWS, size_t, member)
#define COUNT(member) TYPED(KIND_COUNT, unsigned, member)
#define SIZE(member) TYPED(KIND_SIZE, unsigned, member)
#define PERCENT(member) TYPED(KIND_PERCENT, double, member)
#define CHOICE(member) TYPED(KIND_CHOICE, int, member)
#define PIXELS(member) TYPED(KIND_PIXELS, double, member)
#define STYLE(member) TYPED(KIND_STYLE, int, member)
#define WORD(member) TYPED(KIND_WORD, bool, member)
#define TARGET(member) TYPED(KIND_TARGET, const char *, member)

/* clang-format off */
static const struct option_row table[] = {
	{NAME(sample_type), 0, "inuse_space", 0, "inuse_space", NULL, HP_OPT_VIEW, "bytes that are live (default)"},
	{NAME(sample_type), 0, "inuse_objects", 0, "inuse_objects", NULL, HP_OPT_VIEW, "objects that are live"},
	{NAME(sample_type), 0, "alloc_space", 0, "alloc_space", NULL, HP_OPT_VIEW, "bytes ever allocated"},
	{NAME(sample_type), 0, "alloc_objects", 0, "alloc_objects", NULL, HP_OPT_VIEW, "objects ever allocated"},
	{STRING(sample_type), 0, "sample-index", 0, NULL, "NAME", HP_OPT_VIEW, "sample type by its name"},
	{SET(granularity), 0, "functions", HPROF_BY_FUNCTION, NULL, NULL, HP_OPT_VIEW, "one row per function (default)"},
	{SET(granularity), 0, "lines", HPROF_BY_LINE, NULL, NULL, HP_OPT_VIEW, "one row per source line"},
	{SET(granularity), 0, "files", HPROF_BY_FILE, NULL, NULL, HP_OPT_VIEW, "one row per source file"},
	{SET(granularity), 0, "addresses", HPROF_BY_ADDRESS, NULL, NULL, HP_OPT_VIEW, "one row per address"},
	{SET(granularity), 0, "modules", HPROF_BY_MODULE, NULL, NULL, HP_OPT_VIEW, "one row per program or library"},
	{LIST(focus), 0, "focus", 0, NULL, "RE", HP_OPT_VIEW, "keep stacks with a frame that matches"},
	{LIST(ignore), 0, "ignore", 0, NULL, "RE", HP_OPT_VIEW, "drop stacks with a frame that matches"},
	{LIST(hide), 0, "hide", 0, NULL, "RE", HP_OPT_VIEW, "drop frames that match"},
	{LIST(show), 0, "show", 0, NULL, "RE", HP_OPT_VIEW, "drop frames that do not match"},
	{STRING(thread), 0, "thread", 0, NULL, "ID|RE", HP_OPT_VIEW, "one thread by id, or those whose name matches"},
	{WORD(thread_roots), 0, "tagroot", 0, "thread", "thread", HP_OPT_TAGROOT, "a frame per thread at the root of each stack"},
	{CHOICE(prune), 0, "prune", 0, "module|none", "RULE", HP_OPT_VIEW, "cut allocator frames (default), or none"},
	{LIST(alloc_fn), 0, "alloc-fn", 0, NULL, "RE", HP_OPT_VIEW, "functions of your own to cut like malloc"},
	{CHOICE(names), 0, "names", 0, "short|full|mangled", "STYLE", HP_OPT_VIEW | HP_OPT_ADDRESS, "how functions are written"},
	{FLAG(no_inlines), 0, "no-inlines", 0, NULL, NULL, HP_OPT_VIEW, "leave inlined functions out"},
	{FLAG(sum), 0, "sum", 0, NULL, NULL, HP_OPT_SUM, "add several profiles up"},
	{NAME(at), 0, "last", 0, "last", NULL, HP_OPT_SUM | HP_OPT_PICK, "of several profiles, take the last"},
	{STRING(at), 0, "at", 0, NULL, "WHEN", HP_OPT_SUM | HP_OPT_PICK, "of several profiles, take one: first, last or its number"},
	{LIST(base), 0, "base", 0, NULL, "FILE", HP_OPT_DIFF, "subtract this profile; several are added up"},
	{STRING(base_binary), 0, "base-binary", 0, NULL, "FILE", HP_OPT_DIFF, "the program that wrote the base"},
	{FLAG(drop_negative), 0, "drop-negative", 0, NULL, NULL, HP_OPT_DIFF, "count a stack that shrank as 0"},
	{FLAG(sort_cum), 0, "cum", 0, NULL, NULL, HP_OPT_TABLE | HP_OPT_EXPORT, "order by cum instead of flat"},
	{ROWS(rows), 'n', "rows", 0, NULL, "N", HP_OPT_TABLE | HP_OPT_TREE | HP_OPT_EXPORT, "at most N rows; 0: all"},
	{ROWS(rows), 'n', "sites", 0, NULL, "N", HP_OPT_TIMELINE, "the N largest sites in pictures, CSV and JSON"},
	{TARGET(to), 0, "to", 0, NULL, "FORMAT", HP_OPT_EXPORT, "what to write: "},
	{FLAG(csv), 0, "csv", 0, NULL, NULL, HP_OPT_TIMELINE, "comma-separated values instead of text"},
	{FLAG(bottom_up), 0, "bottom-up", 0, NULL, NULL, HP_OPT_TREE, "from the allocation sites up to their callers"},
	{COUNT(depth), 0, "depth", 1000000000, "a number of frames, 0 for all", "N", HP_OPT_TREE, "at most N frames deep; 0: all"},
	{PERCENT(min_percent), 0, "min-percent", 0, NULL, "P", HP_OPT_TREE | HP_OPT_FLAME, "nothing smaller than P % of the total"},
	{PIXELS(min_width), 0, "minwidth", 0, NULL, "PX", HP_OPT_FLAME, "fold what is narrower than PX pixels (default: 0.5)"},
	{SIZE(picture_width), 0, "width", 20000, "a number of pixels up to 20000", "PX", HP_OPT_FLAME, "width of the picture (default: 1200)"},
	{SIZE(picture_scale), 0, "scale", 4, "a number from 1 to 4", "N", HP_OPT_FLAME | HP_OPT_TIMELINE, "PNG: N pixels for each of the picture (default: 2)"},
	{FLAG(svg_outlines), 0, "svg-outlines", 0, NULL, NULL, HP_OPT_FLAME, "SVG: text as shapes, the same with any fonts"},
	{FLAG(text), 0, "text", 0, NULL, NULL, HP_OPT_TEXT, "text, as on a terminal without -o"},
	{FLAG(flame), 0, "flame", 0, NULL, NULL, HP_OPT_FLAME, "the root below, not above"},
	{CHOICE(order), 0, "order", 0, "size|name", "ORDER", HP_OPT_FLAME, "callees: the heaviest first (default), or by name"},
	{CHOICE(widths), 0, "diff-width", 1, "union|new|old|sum|growth|shrink|churn", "OF", HP_OPT_FLAME, "what a difference is as wide as"},
	{STRING(title), 0, "title", 0, NULL, "TEXT", HP_OPT_FLAME, "title, in place of the name of the profile"},
	{FLAG(no_script), 0, "no-script", 0, NULL, NULL, HP_OPT_FLAME, "SVG: the static picture alone"},
	{FLAG(no_compress), 0, "no-compress", 0, NULL, NULL, HP_OPT_FLAME, "data for scripts as plain JSON"},
	{CHOICE(unit), 0, "unit", 0, "auto|B|KiB|MiB|GiB", "UNIT", HP_OPT_TABLE | HP_OPT_UNIT, "unit of bytes"},
	{SET(unit), 0, "show_bytes", HPROF_UNIT_B, NULL, NULL, HP_OPT_TABLE | HP_OPT_UNIT, "bytes without a larger unit"},
	{CHOICE(color), 0, "color", 0, "auto|always|never", "WHEN", HP_OPT_TABLE | HP_OPT_TREE | HP_OPT_TIMELINE | HP_OPT_FLAME, "colour on a terminal"},
	{FLAG(json), 0, "json", 0, NULL, NULL, HP_OPT_JSON, "JSON instead of text"},
	{LIST(binary), 0, "binary", 0, NULL, "MODULE=FILE", HP_OPT_INPUT, "FILE is what was mapped as MODULE, a path or its last name"},
	{FLAG(force_binary), 0, "force-binary", 0, NULL, NULL, HP_OPT_INPUT, "use files although they do not fit what was mapped"},
	{LIST(sysroot), 0, "sysroot", 0, NULL, "DIR", HP_OPT_INPUT | HP_OPT_ADDRESS, "look for files below DIR, not on this host"},
	{LIST(path_map), 0, "path-map", 0, NULL, "OLD=NEW", HP_OPT_INPUT, "recorded paths that begin with OLD lie at NEW"},
	{LIST(debug_dir), 0, "debug-dir", 0, NULL, "DIR", HP_OPT_INPUT | HP_OPT_ADDRESS, "debug files by build ID or name"},
	{CHOICE(dwarf_reader), 0, "symbolizer", 0, "fast|libdw", "READER", HP_OPT_INPUT | HP_OPT_ADDRESS, "what reads DWARF"},
	{COUNT(workers), 0, "workers", 64, "a number from 1 to 64, 0 for one per processor", "N", HP_OPT_INPUT | HP_OPT_ADDRESS, "read N files, or parts of one, at a time"},
	{LIST(debuginfod), 0, "debuginfod", 0, NULL, "URL", HP_OPT_INPUT | HP_OPT_ADDRESS, "server of debug files, besides those of DEBUGINFOD_URLS"},
	{FLAG(no_debuginfod), 0, "no-debuginfod", 0, NULL, NULL, HP_OPT_INPUT | HP_OPT_ADDRESS, "ask no server, whatever DEBUGINFOD_URLS says"},
	{LIST(perf_map), 0, "perf-map", 0, NULL, "FILE", HP_OPT_INPUT, "names of code made at run time: perf-PID.map"},
	{FLAG(no_symbols), 0, "no-symbols", 0, NULL, NULL, HP_OPT_INPUT, "addresses only"},
	{FLAG(no_cache), 0, "no-cache", 0, NULL, NULL, HP_OPT_INPUT | HP_OPT_ADDRESS, "name every address afresh, and remember nothing"},
	{FLAG(clear), 0, "clear", 0, NULL, NULL, HP_OPT_CACHE, "forget everything"},
	{STRING(exe), 'e', "exe", 0, NULL, "FILE", HP_OPT_ADDRESS, "file that the addresses are of (default: a.out)"},
	{STRING(section), 'j', "section", 0, NULL, "NAME", HP_OPT_ADDRESS, "addresses count from the start of this section"},
	{FLAG(functions), 'f', "functions", 0, NULL, NULL, HP_OPT_ADDRESS, "print names of functions"},
	{FLAG(inlines), 'i', "inlines", 0, NULL, NULL, HP_OPT_ADDRESS, "print the callers of inlined functions"},
	{STYLE(demangle), 'C', "demangle", 1, "none|auto|gnu-v3|java|gnat|dlang|rust", "[=STYLE]", HP_OPT_ADDRESS, "names as they are written in the source"},
	{FLAG(addresses), 'a', "addresses", 0, NULL, NULL, HP_OPT_ADDRESS, "print each address first"},
	{FLAG(pretty), 'p', "pretty-print", 0, NULL, NULL, HP_OPT_ADDRESS, "one line per address"},
	{FLAG(basenames), 's', "basenames", 0, NULL, NULL, HP_OPT_ADDRESS, "files without their folders"},
	{FLAG(return_addresses), 0, "return-addresses", 0, NULL, NULL, HP_OPT_ADDRESS, "they follow calls: look up the byte before"},
	{STRING(output), 'o', "output", 0, NULL, "FILE", HP_OPT_OUTPUT, "write to FILE"},
	{FLAG(quiet), 'q', "quiet", 0, NULL, NULL, HP_OPT_COMMON, "no warnings"},
	{FLAG(verbose), 'v', "verbose", 0, NULL, NULL, HP_OPT_COMMON, "tell what takes how long"},
	{FLAG(help), 'h', "help", 0, NULL, NULL, HP_OPT_COMMON, "this text"},
	{NAME(jeprof_output), 0, "text", 0, "jeprof-text", NULL, HP_OPT_JEPROF, "the table (default)"},
	{NAME(jeprof_output), 0, "collapsed", 0, "collapsed", NULL, HP_OPT_JEPROF, "stacks for flamegraph.pl"},
	{NAME(jeprof_output), 0, "dot", 0, "dot", NULL, HP_OPT_JEPROF, "the call graph for graphviz"},
	{NAME(jeprof_output), 0, "callgrind", 0, "callgrind", NULL, HP_OPT_JEPROF, "a file of callgrind_annotate and KCachegrind"},
	{NAME(jeprof_output), 0, "raw", 0, "symbolized", NULL, HP_OPT_JEPROF, "the profile with its symbols in one file"},
	{LIST(show), 0, "retain", 0, NULL, "RE", HP_OPT_JEPROF, "drop frames that do not match"},
	{LIST(hide), 0, "exclude", 0, NULL, "RE", HP_OPT_JEPROF, "drop frames that match"},
	{ROWS(rows), 0, "nodecount", 0, NULL, "N", HP_OPT_JEPROF, "at most N rows; 0: all"},
};
/* clang-format on */

static int add_item(struct hp_list *l, const char *item, struct hprof_error *err)
{
	const char **grown = reallocarray(l->item, l->n + 1, sizeof(*grown));

	if (!grown)
		return hp_fail_nomem(err);
	l->item = grown;
	l->item[l->n++] = item;
	return HPROF_OK;
}

static int bad_value(const struct option_row *row, const char *value, const char *expected,
		     struct hprof_error *err)
{
	char quoted[HP_QUOTED_MAX];

	hp_quote(quoted, hp_slice_str(value));
	if (row->letter)
		return hp_fail(err, HPROF_EINVAL, "-%c, --%s: found %s, expected %s", row->letter,
			       row->name, quoted, expected);
	return hp_fail(err, HPROF_EINVAL, "--%s: found %s, expected %s", row->name, quoted,
		       expected);
}

static int set_rows(const struct option_row *row, struct hp_options *o, const char *value,
		    struct hprof_error *err)
{
	struct hp_slice s = hp_slice_str(value);
	uint64_t n;

	if (!hp_scan_u64(&s, &n) || s.len || n > UINT32_MAX)
		return bad_value(row, value, "a number of rows, 0 for all", err);
	o->rows = (size_t)n;
	o->rows_given = true;
	return HPROF_OK;
}

static int set_count(const struct option_row *row, unsigned *out, const char *value,
		     struct hprof_error *err)
{
	struct hp_slice s = hp_slice_str(value);
	uint64_t n;

	if (!hp_scan_u64(&s, &n) || s.len || n > (uint64_t)row->value ||
	    (n == 0 && row->kind == KIND_SIZE))
		return bad_value(row, value, row->text, err);
	*out = (unsigned)n;
	return HPROF_OK;
}

static int set_percent(const struct option_row *row, double *out, const char *value,
		       struct hprof_error *err)
{
	struct hp_slice s = hp_slice_str(value);
	double percent;

	if (!hp_scan_decimal(&s, &percent) || s.len || percent > 100)
		return bad_value(row, value, "a number from 0 to 100", err);
	*out = percent;
	return HPROF_OK;
}

static int set_pixels(const struct option_row *row, double *out, const char *value,
		      struct hprof_error *err)
{
	struct hp_slice s = hp_slice_str(value);
	double pixels;

	if (!hp_scan_decimal(&s, &pixels) || s.len || !(pixels > 0 && pixels <= 1000))
		return bad_value(row, value, "a number of pixels above 0, up to 1000", err);
	*out = pixels;
	return HPROF_OK;
}

static int set_choice(const struct option_row *row, int *out, const char *value,
		      struct hprof_error *err)
{
	const char *at = row->text;
	int place = row->kind == KIND_CHOICE ? row->value : 0;

	for (;;) {
		size_t n = strcspn(at, "|");

		if (strlen(value) == n && strncmp(at, value, n) == 0) {
			*out = place;
			return HPROF_OK;
		}
		if (!at[n])
			return bad_value(row, value, row->text, err);
		at += n + 1;
		place++;
	}
}

static int apply(const struct option_row *row, struct hp_options *o, const char *value,
		 struct hprof_error *err)
{
	void *at = (char *)o + row->offset;
	const char *named = row->kind == KIND_NAME ? row->text : value;

	if (row->offset == offsetof(struct hp_options, at) && o->at && strcmp(o->at, named) != 0)
		return hp_fail(err, HPROF_EINVAL,
			       "--last and --at take one of several profiles: give one of these");
	switch (row->kind) {
	case KIND_FLAG:
		*(bool *)at = true;
		return HPROF_OK;
	case KIND_SET:
		*(int *)at = row->value;
		return HPROF_OK;
	case KIND_NAME:
	case KIND_STRING:
	case KIND_TARGET:
		*(const char **)at = named;
		return HPROF_OK;
	case KIND_LIST:
		return add_item(at, value, err);
	case KIND_ROWS:
		return set_rows(row, o, value, err);
	case KIND_COUNT:
	case KIND_SIZE:
		return set_count(row, at, value, err);
	case KIND_PERCENT:
		return set_percent(row, at, value, err);
	case KIND_PIXELS:
		return set_pixels(row, at, value, err);
	case KIND_STYLE:
		if (!value) {
			*(int *)at = row->value;
			return HPROF_OK;
		}
		return set_choice(row, at, value, err);
	case KIND_CHOICE:
		return set_choice(row, at, value, err);
	case KIND_WORD:
		if (strcmp(value, row->text) != 0)
			return bad_value(row, value, row->text, err);
		*(bool *)at = true;
		return HPROF_OK;
	}
	return HPROF_OK;
}

/* '_' and '-' are the same in names of options. */
static bool same_name(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((a[i] == '_' ? '-' : a[i]) != (b[i] == '_' ? '-' : b[i]))
			return false;
	return b[n] == '\0';
}

static const struct option_row *find_long(const char *name, size_t n, unsigned groups)
{
	for (size_t i = 0; i < HP_LEN(table); i++)
		if ((table[i].groups & groups) && same_name(name, table[i].name, n))
			return &table[i];
	return NULL;
}

/* Whether what follows @row on the line is its argument. */
static bool takes_next(const struct option_row *row)
{
	return row->arg && row->kind != KIND_STYLE;
}

static int arguments(const struct option_row *row)
{
	if (row->kind == KIND_STYLE)
		return optional_argument;
	return row->arg ? required_argument : no_argument;
}

/* The options of a command in getopt's form, and its letters. */
struct getopt_form {
	struct option option[HP_LEN(table) + 1];
	char letters[2 * HP_LEN(table) + 2];
};

static void fill_form(struct getopt_form *f, unsigned groups)
{
	size_t n = 0, at = 0;

	f->letters[at++] = ':'; /* getopt then tells a missing argument apart */
	for (size_t i = 0; i < HP_LEN(table); i++) {
		if (!(table[i].groups & groups))
			continue;
		f->option[n] =
			(struct option){table[i].name, arguments(&table[i]), NULL, (int)(256 + i)};
		n++;
		if (!table[i].letter)
			continue;
		f->letters[at++] = table[i].letter;
		if (takes_next(&table[i]))
			f->letters[at++] = ':';
	}
	f->option[n] = (struct option){NULL, 0, NULL, 0};
	f->letters[at] = '\0';
}

static const struct option_row *row_of(int c, unsigned groups)
{
	if (c >= 256)
		return &table[c - 256];
	for (size_t i = 0; i < HP_LEN(table); i++)
		if (table[i].letter == c && (table[i].groups & groups))
			return &table[i];
	return NULL;
}

/* Whether the next argument belongs to @letters, as in "-fie FILE". */
static bool letters_take_next(const char *letters, unsigned groups)
{
	for (; *letters; letters++) {
		const struct option_row *row = row_of(*letters, groups);

		if (row && takes_next(row))
			return !letters[1];
	}
	return false;
}

/* A copy of "--some_name=value" with the name as the table has it; NULL: leave it alone. */
static char *spelled(const char *arg, const struct option_row *row)
{
	const char *value = strchr(arg, '=');
	char *copy = NULL;

	if (asprintf(&copy, "--%s%s", row->name, value ? value : "") < 0)
		return NULL;
	return copy;
}

/* Whether @word, behind one dash, is the name of an option of any command, and no letters of
 * @groups. */
static bool is_long(const char *word, unsigned groups)
{
	size_t n = strcspn(word, "=");
	bool letters = true;

	for (size_t i = 0; i < n && letters; i++) {
		const struct option_row *row = row_of(word[i], groups);

		letters = row && !row->arg;
	}
	return n > 1 && !letters && find_long(word, n, ~0u);
}

static int unknown_option(const struct hp_command *cmd, const char *arg, struct hprof_error *err)
{
	char quoted[HP_QUOTED_MAX];
	size_t n = strcspn(arg, "=");
	const struct option_row *row =
		strncmp(arg, "--", 2) == 0 ? find_long(arg + 2, n - 2, cmd->groups) : NULL;

	if (row && !row->arg)
		return hp_fail(err, HPROF_EINVAL, "--%s takes no argument", row->name);
	if (arg[0] == '-' && arg[1] != '-' && n > 2 && find_long(arg + 1, n - 1, ~0u))
		return hp_fail(err, HPROF_EINVAL,
			       "unknown option %s: options of several letters have two dashes, "
			       "-%s (\"hprof %s%s--help\" lists them)",
			       hp_quote(quoted, hp_slice_str(arg)), arg, cmd->name,
			       *cmd->name ? " " : "");
	return hp_fail(err, HPROF_EINVAL, "unknown option %s (\"hprof %s%s--help\" lists them)",
		       hp_quote(quoted, hp_slice_str(arg)), cmd->name, *cmd->name ? " " : "");
}

/*
 * getopt knows names only as the table spells them: respell the long options of @argv.
 * Copies are listed in @copies, to be kept as long as the options.
 */
static int respell(const struct hp_command *cmd, int argc, char **argv, struct hp_list *copies,
		   struct hprof_error *err)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const struct option_row *row;
		size_t n;

		if (argv[i][0] == '-' && argv[i][1] && argv[i][1] != '-') {
			if (is_long(argv[i] + 1, cmd->groups))
				return unknown_option(cmd, argv[i], err);
			i += letters_take_next(argv[i] + 1, cmd->groups);
			continue;
		}
		if (strncmp(argv[i], "--", 2) != 0)
			continue;
		n = strcspn(argv[i] + 2, "=");
		row = find_long(argv[i] + 2, n, cmd->groups);
		if (!row) /* getopt would take a beginning of a name for the whole */
			return unknown_option(cmd, argv[i], err);
		if (strncmp(argv[i] + 2, row->name, n) != 0) {
			char *copy = spelled(argv[i], row);
			int r;

			if (!copy)
				return hp_fail_nomem(err);
			r = add_item(copies, copy, err);
			if (r < 0) {
				free(copy);
				return r;
			}
			argv[i] = copy;
		}
		if (takes_next(row) && !strchr(argv[i], '='))
			i++; /* its argument */
	}
	return HPROF_OK;
}

int hp_options_parse(const struct hp_command *cmd, int argc, char **argv, struct hp_options *o,
		     struct hprof_error *err)
{
	struct getopt_form form;
	struct hp_list *copies = &o->copies;
	int c, r = respell(cmd, argc, argv, copies, err);

	fill_form(&form, cmd->groups);
	opterr = 0;
	optind = 0; /* GNU: start afresh */
	while (r == HPROF_OK) {
		int before = optind ? optind : 1;
		const struct option_row *row;

		c = getopt_long(argc, argv, form.letters, form.option, NULL);
		if (c == -1)
			break;
		row = c == '?' || c == ':' ? NULL : row_of(c, cmd->groups);
		if (row)
			r = apply(row, o, optarg, err);
		else if (c == ':')
			r = hp_fail(err, HPROF_EINVAL, "%s needs an argument", argv[optind - 1]);
		else
			r = unknown_option(cmd, argv[optind > before ? optind - 1 : before], err);
	}
	for (int i = optind; r == HPROF_OK && i < argc; i++)
		r = add_item(&o->args, argv[i], err);
	return r;
}

void hp_options_release(struct hp_options *o)
{
	struct hp_list *lists[] = {&o->base,     &o->focus,    &o->ignore,  &o->hide,
				   &o->show,     &o->alloc_fn, &o->sysroot, &o->debug_dir,
				   &o->path_map, &o->perf_map, &o->binary,  &o->debuginfod,
				   &o->args};

	for (size_t i = 0; i < HP_LEN(lists); i++)
		free(lists[i]->item);
	for (size_t i = 0; i < o->copies.n; i++)
		free((void *)(uintptr_t)o->copies.item[i]);
	free(o->copies.item);
}

void hp_options_help(const struct hp_command *cmd)
{
	printf("usage: hprof %s\n\n%s\n\noptions:\n", cmd->synopsis, cmd->summary);
	for (size_t i = 0; i < HP_LEN(table); i++) {
		const struct option_row *row = &table[i];
		char left[64], targets[HP_TARGETS_MAX] = "";
		bool choices;

		if (!(row->groups & cmd->groups) ||
		    ((cmd->groups & HP_OPT_OWN_BASE) && strcmp(row->name, "base") == 0))
			continue;
		(void)snprintf(left, sizeof(left), "%c%c%s--%s%s%s", row->letter ? '-' : ' ',
			       row->letter ? row->letter : ' ', row->letter ? ", " : "  ",
			       row->name, takes_next(row) ? " " : "", row->arg ? row->arg : "");
		choices = row->kind == KIND_CHOICE || row->kind == KIND_STYLE;
		printf("  %-28s %s%s%s%s\n", left, row->help, choices ? ": " : "",
		       choices ? row->text : "",
		       row->kind == KIND_TARGET ? cmd->targets(targets) : "");
	}
}

bool hp_to_terminal(const struct hp_options *o)
{
	return (!o->output || strcmp(o->output, "-") == 0) && isatty(STDOUT_FILENO);
}
