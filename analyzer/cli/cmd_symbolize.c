/*
 * cmd_symbolize.c - hprof symbolize: the functions and lines of addresses of one file.
 *
 * Addresses are read as long as there are any without waiting, then all of them are answered
 * at once: so a file of millions costs few batches, and a program at the other end of two
 * pipes has each answer before it asks again.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/jsonw.h"
#include "analyzer/base/scan.h"
#include "analyzer/cli/files.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/replace.h"
#include "analyzer/cli/user_dirs.h"

enum {
	BATCH_MAX = 1 << 20,  /* addresses */
	LINE_KEPT = 1024,     /* bytes of a line of input */
	READ_AT_ONCE = 65536, /* bytes */
};
#define NOWHERE UINT64_MAX /* an address that no file has */

struct wrong { /* what was given as address number @i is none */
	size_t i;
	char *text;
};

struct lookup {
	const struct hp_options *o;
	const char *path;
	struct hprof_symbolizer *symbolizer;
	uint64_t section_start, section_len;
	size_t told_warnings;
	uint64_t n_wrong; /* of all batches */
	/* the batch at hand */
	uint64_t *addr; /* [n] as given */
	uint64_t *at;   /* [n] in the file */
	size_t n, cap;
	struct wrong *wrong; /* [n_wrong_here] by i */
	size_t n_wrong_here, next_wrong;
	char bytes[READ_AT_ONCE];
	/* the line that is being read */
	char line[LINE_KEPT];
	size_t n_line;
	struct hp_files files;
	struct hp_output_file sink;
	struct hp_out out;
	struct hp_progress_line progress;
	struct hprof_error err;
};

/* --- output --- */

static void put_line(struct hp_out *out, uint32_t line)
{
	hp_out_char(out, ':');
	hp_out_uint(out, line);
	hp_out_char(out, '\n');
}

static void put_text_frame(struct lookup *l, const struct hprof_frame *f)
{
	const struct hp_options *o = l->o;
	struct hp_slice file = hp_slice_str(f->file);

	if (o->functions) {
		const char *name = o->demangle ? f->full : f->linkage;

		hp_out_safe(&l->out, *name ? hp_slice_str(name) : HP_LIT("??"));
		hp_out_str(&l->out, o->pretty ? " at " : "\n");
	}
	if (o->basenames)
		file = hp_slice_basename(file);
	hp_out_safe(&l->out, file.len ? file : HP_LIT("??"));
	if (!f->line)
		hp_out_str(&l->out, ":?\n");
	else if (f->discriminator)
		hp_out_fmt(&l->out, ":%" PRIu32 " (discriminator %" PRIu32 ")\n", f->line,
			   f->discriminator);
	else
		put_line(&l->out, f->line);
}

/* As addr2line prints it. */
static void put_text(struct lookup *l, size_t i, const struct hprof_frame *f, size_t n)
{
	const struct hp_options *o = l->o;
	unsigned digits = 2 * hprof_symbolizer_address_bytes(l->symbolizer);

	if (o->addresses) {
		hp_out_str(&l->out, "0x");
		hp_out_hex(&l->out, l->addr[i], digits);
		hp_out_str(&l->out, o->pretty ? ": " : "\n");
	}
	if (!n && o->functions)
		hp_out_str(&l->out, o->pretty ? "?? " : "??\n");
	if (!n)
		hp_out_str(&l->out, "??:0\n");
	for (size_t k = 0; k < n; k++) {
		if (k && !o->inlines)
			break;
		if (k && o->pretty)
			hp_out_str(&l->out, " (inlined by) ");
		put_text_frame(l, &f[k]);
	}
}

static void put_json_frame(const struct lookup *l, struct hp_jsonw *w, const struct hprof_frame *f)
{
	const char *name = f->name;

	if (l->o->names == HPROF_NAMES_FULL)
		name = f->full;
	if (l->o->names == HPROF_NAMES_MANGLED)
		name = f->linkage;
	hp_jsonw_open(w, '{');
	hp_jsonw_key(w, "name");
	hp_jsonw_str(w, name);
	if (strcmp(name, f->linkage) != 0) {
		hp_jsonw_key(w, "linkage_name");
		hp_jsonw_str(w, f->linkage);
	}
	if (*f->file) {
		hp_jsonw_key(w, "file");
		hp_jsonw_str(w, f->file);
	}
	if (f->line) {
		hp_jsonw_key(w, "line");
		hp_jsonw_uint(w, f->line);
	}
	if (f->column) {
		hp_jsonw_key(w, "column");
		hp_jsonw_uint(w, f->column);
	}
	hp_jsonw_key(w, "inlined");
	hp_jsonw_bool(w, f->inlined);
	hp_jsonw_close(w, '}');
}

static void put_json(struct lookup *l, size_t i, const struct wrong *wrong,
		     const struct hprof_frame *f, size_t n)
{
	struct hp_jsonw w;
	char hex[24];

	(void)snprintf(hex, sizeof(hex), "0x%" PRIx64, l->addr[i]); /* fits */
	hp_jsonw_init(&w, &l->out);
	hp_jsonw_open(&w, '{');
	hp_jsonw_key(&w, "address");
	hp_jsonw_str(&w, wrong ? wrong->text : hex);
	hp_jsonw_key(&w, "module");
	hp_jsonw_str(&w, l->path);
	hp_jsonw_key(&w, "frames");
	hp_jsonw_open(&w, '[');
	for (size_t k = 0; k < n; k++)
		put_json_frame(l, &w, &f[k]);
	hp_jsonw_close(&w, ']');
	if (wrong) {
		hp_jsonw_key(&w, "error");
		hp_jsonw_str(&w, "not a hexadecimal number");
	}
	hp_jsonw_close(&w, '}'); /* ends the line */
}

static void put_answer(void *ctx, size_t i, const struct hprof_frame *f, size_t n)
{
	struct lookup *l = ctx;
	const struct wrong *wrong = NULL;

	if (l->next_wrong < l->n_wrong_here && l->wrong[l->next_wrong].i == i)
		wrong = &l->wrong[l->next_wrong++];
	if (l->at[i] == NOWHERE)
		n = 0;
	if (l->o->json)
		put_json(l, i, wrong, f, n);
	else
		put_text(l, i, f, n);
}

static void tell_warnings(struct lookup *l)
{
	const char *text;

	while ((text = hprof_symbolizer_warning(l->symbolizer, l->told_warnings))) {
		l->told_warnings++;
		if (!l->o->quiet)
			hp_cli_print("%s: warning: %s", l->path, text);
	}
}

/* Answer the batch at hand, and empty it. */
static int answer(struct lookup *l)
{
	const char *output = l->o->output;
	int r;

	l->next_wrong = 0;
	hp_progress_begin(&l->progress, l->o);
	r = hprof_symbolizer_lookup(l->symbolizer, l->at, l->n, put_answer, l, &l->err);
	hp_progress_end(&l->progress);
	tell_warnings(l);
	if (r == HPROF_OK) {
		r = hp_out_close(&l->out, &l->err); /* whoever asked may wait for it */
		if (r < 0)
			(void)hp_cli_input_error(output, &l->err); /* the code is known */
	} else {
		(void)hp_cli_error(&l->err); /* the same */
	}
	for (size_t i = 0; i < l->n_wrong_here; i++)
		free(l->wrong[i].text);
	l->n_wrong_here = 0;
	l->n = 0;
	return r < 0 ? HP_EXIT_SYSTEM : HP_EXIT_OK;
}

/* --- input --- */

/* Where address @addr, as given, lies in the file. */
static uint64_t place_of(const struct lookup *l, uint64_t addr)
{
	if (hprof_symbolizer_address_bytes(l->symbolizer) == 4)
		addr &= UINT32_MAX;
	if (l->o->section && addr >= l->section_len)
		return NOWHERE;
	addr += l->section_start;
	return l->o->return_addresses ? addr - 1 : addr;
}

/* The number that @text begins with, as "401136" or "0x401136 <main+16>". */
static bool read_number(struct hp_slice text, uint64_t *out)
{
	hp_scan_blanks(&text);
	if (!hp_scan_hex(&text, out))
		return false;
	if (!text.len)
		return true;
	return !((*text.ptr >= '0' && *text.ptr <= '9') || *text.ptr == '_' ||
		 ((*text.ptr | 0x20) >= 'a' && (*text.ptr | 0x20) <= 'z'));
}

static bool make_room(struct lookup *l)
{
	size_t cap = l->cap ? 2 * l->cap : 256;
	uint64_t *addr;
	uint64_t *at;

	if (l->n < l->cap)
		return true;
	addr = reallocarray(l->addr, cap, sizeof(*addr));
	if (addr)
		l->addr = addr;
	at = reallocarray(l->at, cap, sizeof(*at));
	if (at)
		l->at = at;
	if (!addr || !at)
		return false;
	l->cap = cap;
	return true;
}

static bool add_wrong(struct lookup *l, struct hp_slice text)
{
	struct wrong *grown = reallocarray(l->wrong, l->n_wrong_here + 1, sizeof(*grown));

	if (!grown)
		return false;
	l->wrong = grown;
	grown[l->n_wrong_here] = (struct wrong){l->n, strndup(text.ptr, text.len)};
	if (!grown[l->n_wrong_here].text)
		return false;
	l->n_wrong_here++;
	l->n_wrong++;
	return true;
}

static bool add_address(struct lookup *l, struct hp_slice text)
{
	uint64_t addr = 0;
	bool is_number = read_number(text, &addr);

	if (!make_room(l) || (!is_number && !add_wrong(l, text)))
		return false;
	if (!is_number)
		addr = 0;
	l->addr[l->n] = addr;
	l->at[l->n++] = is_number ? place_of(l, addr) : NOWHERE;
	return true;
}

static bool add_line(struct lookup *l)
{
	struct hp_slice line = {l->line, l->n_line};

	l->n_line = 0;
	if (hp_slice_ends(line, HP_LIT("\r")))
		line.len--;
	return add_address(l, line);
}

/* Add the lines in @bytes[n]; what no newline ends waits for more. */
static int add_lines(struct lookup *l, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			if (l->n_line < sizeof(l->line))
				l->line[l->n_line++] = bytes[i];
			continue;
		}
		if (!add_line(l)) {
			hp_fail_nomem(&l->err);
			return hp_cli_error(&l->err);
		}
		if (l->n == BATCH_MAX && answer(l) != HP_EXIT_OK)
			return HP_EXIT_SYSTEM;
	}
	return HP_EXIT_OK;
}

static bool more_waits(void)
{
	struct pollfd in = {STDIN_FILENO, POLLIN, 0};

	return poll(&in, 1, 0) > 0;
}

static int answer_input(struct lookup *l)
{
	int code = HP_EXIT_OK;

	while (code == HP_EXIT_OK) {
		ssize_t n;

		if (l->n && !more_waits()) {
			code = answer(l);
			continue;
		}
		n = read(STDIN_FILENO, l->bytes, sizeof(l->bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			hp_fail(&l->err, HPROF_EIO, "cannot read: %s", strerror(errno));
			return hp_cli_input_error("standard input", &l->err);
		}
		if (n == 0)
			break;
		code = add_lines(l, l->bytes, (size_t)n);
	}
	if (code == HP_EXIT_OK && l->n_line)
		code = add_lines(l, "\n", 1);
	if (code == HP_EXIT_OK && l->n)
		code = answer(l);
	return code;
}

static int answer_arguments(struct lookup *l)
{
	for (size_t i = 0; i < l->o->args.n; i++) {
		if (!add_address(l, hp_slice_str(l->o->args.item[i]))) {
			hp_fail_nomem(&l->err);
			return hp_cli_error(&l->err);
		}
	}
	return answer(l);
}

/* --- the file --- */

static int check_output(const struct lookup *l)
{
	struct stat st;
	bool is_read;

	if (!hp_replaces(l->o, &st))
		return HP_EXIT_OK;
	is_read = hp_is_file(l->path, &st) || (!l->o->args.n && hp_is_file("-", &st));
	return hp_replace_check(l->o, &l->files, &st, is_read, NULL);
}

static int open_file(struct lookup *l)
{
	const struct hp_options *o = l->o;
	struct hprof_symbolize_opts opts = {
		.dwarf_reader = (enum hprof_dwarf_reader)o->dwarf_reader,
		.workers = o->workers,
		.progress = hp_progress_show,
		.progress_ctx = &l->progress,
	};
	int code = hp_files_open(&l->files, o);

	if (code == HP_EXIT_OK)
		code = check_output(l);
	if (code != HP_EXIT_OK)
		return code;
	l->files.line = &l->progress;
	hp_files_fill(&l->files, o, &opts);
	if (!o->exe && access(l->path, F_OK) != 0) {
		hp_fail(&l->err, HPROF_EFILE,
			"no such file; -e FILE tells what file the addresses are of");
		return hp_cli_input_error(l->path, &l->err);
	}
	if (hprof_symbolizer_open(l->path, &opts, &l->symbolizer, &l->err) < 0)
		return hp_cli_error(&l->err);
	if (!o->section)
		return HP_EXIT_OK;
	if (hprof_symbolizer_section(l->symbolizer, o->section, &l->section_start, &l->section_len))
		return HP_EXIT_OK;
	hp_fail(&l->err, HPROF_EFILE, "has no section \"%s\" that is in memory", o->section);
	return hp_cli_input_error(l->path, &l->err);
}

static int run_all(struct lookup *l)
{
	int code = open_file(l);

	if (code != HP_EXIT_OK)
		return code;
	if (hp_output_file_open(&l->sink, l->o->output, &l->err) < 0) {
		(void)hp_cli_error(&l->err); /* the code is known */
		return HP_EXIT_SYSTEM;
	}
	hp_out_init(&l->out, hp_output_file_write, &l->sink);
	code = l->o->args.n ? answer_arguments(l) : answer_input(l);
	if (hp_output_file_close(&l->sink, code == HP_EXIT_OK, &l->err) < 0) {
		(void)hp_cli_error(&l->err); /* the same */
		code = HP_EXIT_SYSTEM;
	}
	if (l->n_wrong && !l->o->quiet)
		hp_cli_print("warning: not a hexadecimal number: %" PRIu64 " of the "
			     "addresses",
			     l->n_wrong);
	return code;
}

static int run(const struct hp_options *o)
{
	struct lookup *l;
	int code;

	if (o->output && !*o->output)
		return hp_cli_usage("-o, --output: found \"\", expected a file");
	hp_check_folders(o, "sysroot", &o->sysroot);
	hp_check_folders(o, "debug-dir", &o->debug_dir);
	l = calloc(1, sizeof(*l));
	if (!l) {
		struct hprof_error err = HPROF_ERROR_INIT;

		hp_fail_nomem(&err);
		return hp_cli_error(&err);
	}
	l->o = o;
	l->path = o->exe ? o->exe : "a.out";
	l->err = (struct hprof_error)HPROF_ERROR_INIT;
	code = run_all(l);
	hprof_symbolizer_free(l->symbolizer);
	hp_files_close(&l->files);
	for (size_t i = 0; i < l->n_wrong_here; i++)
		free(l->wrong[i].text);
	free(l->wrong);
	free(l->addr);
	free(l->at);
	free(l);
	return code;
}

const struct hp_command hp_command_symbolize = {
	"symbolize",
	"symbolize [OPTION...] [-e FILE] [ADDRESS...]",
	"functions and lines of addresses of one ELF file, as addr2line or as JSON",
	HP_OPT_COMMON | HP_OPT_ADDRESS | HP_OPT_OUTPUT | HP_OPT_JSON,
	NULL,
	run,
};
