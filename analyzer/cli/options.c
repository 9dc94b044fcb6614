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
	KIND_SIZE,    /* the same, but for 0 */
	KIND_PERCENT, /* double, 0 to 100 */
	KIND_CHOICE,  /* int = value + place of the argument in choices */
	KIND_PIXELS,
	KIND_STYLE,  /* the same; without an argument, value */
	KIND_WORD,   /* bool; text is the only argument that is taken */
	KIND_TARGET, /* const char * = argument, one that export knows */
};

struct option_row {
	enum kind kind;
	char letter; /* 0: none */
	const char *name;
	size_t offset; /* in struct hp_options */
	int value;
	const char *text; /* KIND_NAME's value; KIND_CHOICE's choices, '|' between them */
	const char *arg;  /* how help calls the argument, NULL: none */
	unsigned groups;
	const char *help;
};

#define AT(member) offsetof(struct hp_options, member)

/* clang-format off */
static const struct option_row table[] = {
	{KIND_NAME, 0, "inuse_space", AT(sample_type), 0, "inuse_space", NULL, HP_OPT_VIEW, "bytes that are live (default)"},
	{KIND_NAME, 0, "inuse_objects", AT(sample_type), 0, "inuse_objects", NULL, HP_OPT_VIEW, "objects that are live"},
	{KIND_NAME, 0, "alloc_space", AT(sample_type), 0, "alloc_space", NULL, HP_OPT_VIEW, "bytes ever allocated"},
	{KIND_NAME, 0, "alloc_objects", AT(sample_type), 0, "alloc_objects", NULL, HP_OPT_VIEW, "objects ever allocated"},
	{KIND_STRING, 0, "sample-index", AT(sample_type), 0, NULL, "NAME", HP_OPT_VIEW, "sample type by its name"},
	{KIND_SET, 0, "functions", AT(granularity), HPROF_BY_FUNCTION, NULL, NULL, HP_OPT_VIEW, "one row per function (default)"},
	{KIND_SET, 0, "lines", AT(granularity), HPROF_BY_LINE, NULL, NULL, HP_OPT_VIEW, "one row per source line"},
	{KIND_SET, 0, "files", AT(granularity), HPROF_BY_FILE, NULL, NULL, HP_OPT_VIEW, "one row per source file"},
	{KIND_SET, 0, "addresses", AT(granularity), HPROF_BY_ADDRESS, NULL, NULL, HP_OPT_VIEW, "one row per address"},
	{KIND_SET, 0, "modules", AT(granularity), HPROF_BY_MODULE, NULL, NULL, HP_OPT_VIEW, "one row per program or library"},
	{KIND_LIST, 0, "focus", AT(focus), 0, NULL, "RE", HP_OPT_VIEW, "keep stacks with a frame that matches"},
	{KIND_LIST, 0, "ignore", AT(ignore), 0, NULL, "RE", HP_OPT_VIEW, "drop stacks with a frame that matches"},
	{KIND_LIST, 0, "hide", AT(hide), 0, NULL, "RE", HP_OPT_VIEW, "drop frames that match"},
	{KIND_LIST, 0, "show", AT(show), 0, NULL, "RE", HP_OPT_VIEW, "drop frames that do not match"},
	{KIND_STRING, 0, "thread", AT(thread), 0, NULL, "ID|RE", HP_OPT_VIEW, "one thread by id, or those whose name matches"},
	{KIND_WORD, 0, "tagroot", AT(thread_roots), 0, "thread", "thread", HP_OPT_TAGROOT, "a frame per thread at the root of each stack"},
	{KIND_CHOICE, 0, "prune", AT(prune), 0, "module|none", "RULE", HP_OPT_VIEW, "cut allocator frames (default), or none"},
	{KIND_LIST, 0, "alloc-fn", AT(alloc_fn), 0, NULL, "RE", HP_OPT_VIEW, "functions of your own to cut like malloc"},
	{KIND_CHOICE, 0, "names", AT(names), 0, "short|full|mangled", "STYLE", HP_OPT_VIEW | HP_OPT_ADDRESS, "how functions are written"},
	{KIND_FLAG, 0, "no-inlines", AT(no_inlines), 0, NULL, NULL, HP_OPT_VIEW, "leave inlined functions out"},
	{KIND_FLAG, 0, "sum", AT(sum), 0, NULL, NULL, HP_OPT_SUM, "add several profiles up"},
	{KIND_NAME, 0, "last", AT(at), 0, "last", NULL, HP_OPT_SUM | HP_OPT_PICK, "of several profiles, take the last"},
	{KIND_STRING, 0, "at", AT(at), 0, NULL, "WHEN", HP_OPT_SUM | HP_OPT_PICK, "of several profiles, take one: first, last or its number"},
	{KIND_LIST, 0, "base", AT(base), 0, NULL, "FILE", HP_OPT_DIFF, "subtract this profile; several are added up"},
	{KIND_STRING, 0, "base-binary", AT(base_binary), 0, NULL, "FILE", HP_OPT_DIFF, "the program that wrote the base"},
	{KIND_FLAG, 0, "drop-negative", AT(drop_negative), 0, NULL, NULL, HP_OPT_DIFF, "count a stack that shrank as 0"},
	{KIND_FLAG, 0, "cum", AT(sort_cum), 0, NULL, NULL, HP_OPT_TABLE | HP_OPT_EXPORT, "order by cum instead of flat"},
	{KIND_ROWS, 'n', "rows", AT(rows), 0, NULL, "N", HP_OPT_TABLE | HP_OPT_TREE | HP_OPT_EXPORT, "at most N rows; 0: all"},
	{KIND_ROWS, 'n', "sites", AT(rows), 0, NULL, "N", HP_OPT_TIMELINE, "the N largest sites in pictures, CSV and JSON"},
	{KIND_TARGET, 0, "to", AT(to), 0, NULL, "FORMAT", HP_OPT_EXPORT, "what to write: "},
	{KIND_FLAG, 0, "csv", AT(csv), 0, NULL, NULL, HP_OPT_TIMELINE, "comma-separated values instead of text"},
	{KIND_FLAG, 0, "bottom-up", AT(bottom_up), 0, NULL, NULL, HP_OPT_TREE, "from the allocation sites up to their callers"},
	{KIND_COUNT, 0, "depth", AT(depth), 1000000000, "a number of frames, 0 for all", "N", HP_OPT_TREE, "at most N frames deep; 0: all"},
	{KIND_PERCENT, 0, "min-percent", AT(min_percent), 0, NULL, "P", HP_OPT_TREE | HP_OPT_FLAME, "nothing smaller than P % of the total"},
	{KIND_PIXELS, 0, "minwidth", AT(min_width), 0, NULL, "PX", HP_OPT_FLAME, "fold what is narrower than PX pixels (default: 0.5)"},
	{KIND_SIZE, 0, "width", AT(picture_width), 20000, "a number of pixels up to 20000", "PX", HP_OPT_FLAME, "width of the picture (default: 1200)"},
	{KIND_SIZE, 0, "scale", AT(picture_scale), 4, "a number from 1 to 4", "N", HP_OPT_FLAME | HP_OPT_TIMELINE, "PNG: N pixels for each of the picture (default: 2)"},
	{KIND_FLAG, 0, "svg-outlines", AT(svg_outlines), 0, NULL, NULL, HP_OPT_FLAME, "SVG: text as shapes, the same with any fonts"},
	{KIND_FLAG, 0, "text", AT(text), 0, NULL, NULL, HP_OPT_TEXT, "text, as on a terminal without -o"},
	{KIND_FLAG, 0, "flame", AT(flame), 0, NULL, NULL, HP_OPT_FLAME, "the root below, not above"},
	{KIND_CHOICE, 0, "order", AT(order), 0, "size|name", "ORDER", HP_OPT_FLAME, "callees: the heaviest first (default), or by name"},
	{KIND_CHOICE, 0, "diff-width", AT(widths), 1, "union|new|old|sum|growth|shrink|churn", "OF", HP_OPT_FLAME, "what a difference is as wide as"},
	{KIND_STRING, 0, "title", AT(title), 0, NULL, "TEXT", HP_OPT_FLAME, "title, in place of the name of the profile"},
	{KIND_FLAG, 0, "no-script", AT(no_script), 0, NULL, NULL, HP_OPT_FLAME, "SVG: the static picture alone"},
	{KIND_FLAG, 0, "no-compress", AT(no_compress), 0, NULL, NULL, HP_OPT_FLAME, "data for scripts as plain JSON"},
	{KIND_CHOICE, 0, "unit", AT(unit), 0, "auto|B|KiB|MiB|GiB", "UNIT", HP_OPT_TABLE | HP_OPT_UNIT, "unit of bytes"},
	{KIND_SET, 0, "show_bytes", AT(unit), HPROF_UNIT_B, NULL, NULL, HP_OPT_TABLE | HP_OPT_UNIT, "bytes without a larger unit"},
	{KIND_CHOICE, 0, "color", AT(color), 0, "auto|always|never", "WHEN", HP_OPT_TABLE | HP_OPT_TREE | HP_OPT_TIMELINE | HP_OPT_FLAME, "colour on a terminal"},
	{KIND_FLAG, 0, "json", AT(json), 0, NULL, NULL, HP_OPT_JSON, "JSON instead of text"},
	{KIND_LIST, 0, "binary", AT(binary), 0, NULL, "MODULE=FILE", HP_OPT_INPUT, "FILE is what was mapped as MODULE, a path or its last name"},
	{KIND_FLAG, 0, "force-binary", AT(force_binary), 0, NULL, NULL, HP_OPT_INPUT, "use files although they do not fit what was mapped"},
	{KIND_LIST, 0, "sysroot", AT(sysroot), 0, NULL, "DIR", HP_OPT_INPUT | HP_OPT_ADDRESS, "look for files below DIR, not on this host"},
	{KIND_LIST, 0, "path-map", AT(path_map), 0, NULL, "OLD=NEW", HP_OPT_INPUT, "recorded paths that begin with OLD lie at NEW"},
	{KIND_LIST, 0, "debug-dir", AT(debug_dir), 0, NULL, "DIR", HP_OPT_INPUT | HP_OPT_ADDRESS, "debug files by build ID or name"},
	{KIND_CHOICE, 0, "symbolizer", AT(dwarf_reader), 0, "fast|libdw", "READER", HP_OPT_INPUT | HP_OPT_ADDRESS, "what reads DWARF"},
	{KIND_COUNT, 0, "workers", AT(workers), 64, "a number from 1 to 64, 0 for one per processor", "N", HP_OPT_INPUT | HP_OPT_ADDRESS, "read N files, or parts of one, at a time"},
	{KIND_LIST, 0, "debuginfod", AT(debuginfod), 0, NULL, "URL", HP_OPT_INPUT | HP_OPT_ADDRESS, "server of debug files, besides those of DEBUGINFOD_URLS"},
	{KIND_FLAG, 0, "no-debuginfod", AT(no_debuginfod), 0, NULL, NULL, HP_OPT_INPUT | HP_OPT_ADDRESS, "ask no server, whatever DEBUGINFOD_URLS says"},
	{KIND_LIST, 0, "perf-map", AT(perf_map), 0, NULL, "FILE", HP_OPT_INPUT, "names of code made at run time: perf-PID.map"},
	{KIND_FLAG, 0, "no-symbols", AT(no_symbols), 0, NULL, NULL, HP_OPT_INPUT, "addresses only"},
	{KIND_FLAG, 0, "no-cache", AT(no_cache), 0, NULL, NULL, HP_OPT_INPUT | HP_OPT_ADDRESS, "name every address afresh, and remember nothing"},
	{KIND_FLAG, 0, "clear", AT(clear), 0, NULL, NULL, HP_OPT_CACHE, "forget everything"},
	{KIND_STRING, 'e', "exe", AT(exe), 0, NULL, "FILE", HP_OPT_ADDRESS, "file that the addresses are of (default: a.out)"},
	{KIND_STRING, 'j', "section", AT(section), 0, NULL, "NAME", HP_OPT_ADDRESS, "addresses count from the start of this section"},
	{KIND_FLAG, 'f', "functions", AT(functions), 0, NULL, NULL, HP_OPT_ADDRESS, "print names of functions"},
	{KIND_FLAG, 'i', "inlines", AT(inlines), 0, NULL, NULL, HP_OPT_ADDRESS, "print the callers of inlined functions"},
	{KIND_STYLE, 'C', "demangle", AT(demangle), 1, "none|auto|gnu-v3|java|gnat|dlang|rust", "[=STYLE]", HP_OPT_ADDRESS, "names as they are written in the source"},
	{KIND_FLAG, 'a', "addresses", AT(addresses), 0, NULL, NULL, HP_OPT_ADDRESS, "print each address first"},
	{KIND_FLAG, 'p', "pretty-print", AT(pretty), 0, NULL, NULL, HP_OPT_ADDRESS, "one line per address"},
	{KIND_FLAG, 's', "basenames", AT(basenames), 0, NULL, NULL, HP_OPT_ADDRESS, "files without their folders"},
	{KIND_FLAG, 0, "return-addresses", AT(return_addresses), 0, NULL, NULL, HP_OPT_ADDRESS, "they follow calls: look up the byte before"},
	{KIND_STRING, 'o', "output", AT(output), 0, NULL, "FILE", HP_OPT_OUTPUT, "write to FILE"},
	{KIND_FLAG, 'q', "quiet", AT(quiet), 0, NULL, NULL, HP_OPT_COMMON, "no warnings"},
	{KIND_FLAG, 'v', "verbose", AT(verbose), 0, NULL, NULL, HP_OPT_COMMON, "tell what takes how long"},
	{KIND_FLAG, 'h', "help", AT(help), 0, NULL, NULL, HP_OPT_COMMON, "this text"},
	{KIND_NAME, 0, "text", AT(jeprof_output), 0, "jeprof-text", NULL, HP_OPT_JEPROF, "the table (default)"},
	{KIND_NAME, 0, "collapsed", AT(jeprof_output), 0, "collapsed", NULL, HP_OPT_JEPROF, "stacks for flamegraph.pl"},
	{KIND_NAME, 0, "dot", AT(jeprof_output), 0, "dot", NULL, HP_OPT_JEPROF, "the call graph for graphviz"},
	{KIND_NAME, 0, "callgrind", AT(jeprof_output), 0, "callgrind", NULL, HP_OPT_JEPROF, "a file of callgrind_annotate and KCachegrind"},
	{KIND_NAME, 0, "raw", AT(jeprof_output), 0, "symbolized", NULL, HP_OPT_JEPROF, "the profile with its symbols in one file"},
	{KIND_LIST, 0, "retain", AT(show), 0, NULL, "RE", HP_OPT_JEPROF, "drop frames that do not match"},
	{KIND_LIST, 0, "exclude", AT(hide), 0, NULL, "RE", HP_OPT_JEPROF, "drop frames that match"},
	{KIND_ROWS, 0, "nodecount", AT(rows), 0, NULL, "N", HP_OPT_JEPROF, "at most N rows; 0: all"},
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

	if (row->offset == AT(at) && o->at && strcmp(o->at, named) != 0)
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
