/* perf_map.c - names of code that was made at run time, from the files that tell perf about it. */
#include "analyzer/symbolize/perf_map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/base/column.h"
#include "analyzer/base/input.h"
#include "analyzer/base/name.h"
#include "analyzer/base/scan.h"
#include "analyzer/base/sort.h"
#include "analyzer/symbolize/origin.h"

enum {
	MAX_LINE = 1 << 20,
	MAX_PID = 10, /* digits */
};

static const struct hprof_limits limits = {
	.input_bytes = UINT64_C(4) << 30, .text_bytes = UINT64_C(1) << 30, .line_bytes = MAX_LINE};

struct want { /* an address that no file names */
	uint64_t call;
	uint32_t loc;
};

struct range { /* a line that holds wants [from, to) */
	uint32_t from, to;
	hp_strid name;
};

struct reader {
	struct hprof_profile *p;
	const char *path, *how; /* of the file that is being read; how it was found */
	bool named;             /* by the user: messages may tell what stands in it */
	struct want *want;      /* [n_wants] by call */
	uint32_t n_wants;
	struct range *range; /* [n_ranges] in the order of the lines */
	uint32_t n_ranges, cap_ranges;
	struct hp_strtab names;
	uint32_t *open; /* [n_wants + 1] the next want, from each on, that has no name yet */
};

/* --- what is to be named --- */

/*
 * Whether @module can hold code that was made at run time.  What a mapping may be used for
 * when the profile is written does not tell: a compiler that is at work takes the right to
 * execute away from the code that is there.
 */
static bool can_hold_code(const struct hprof_profile *p, hp_modid module)
{
	static const struct hp_slice never[] = {
		HP_SLICE_LIT("[vdso]"),     HP_SLICE_LIT("[vvar]"), HP_SLICE_LIT("[vvar_vclock]"),
		HP_SLICE_LIT("[vsyscall]"), HP_SLICE_LIT("[heap]"), HP_SLICE_LIT("[stack"),
	};
	const struct hp_module *m = &p->modules.row[module.i];

	for (size_t i = 0; i < HP_LEN(never); i++)
		if (hp_slice_starts(hp_profile_str(p, m->path), never[i]))
			return false;
	return m->status == HP_MODULE_SPECIAL;
}

static int by_call(const void *pa, const void *pb)
{
	const struct want *a = pa;
	const struct want *b = pb;

	if (a->call != b->call)
		return a->call < b->call ? -1 : 1;
	return (a->loc > b->loc) - (a->loc < b->loc);
}

static int list_wants(struct reader *r, struct hprof_error *err)
{
	const struct hprof_profile *p = r->p;

	r->want = calloc((size_t)p->locs.n + 1, sizeof(*r->want));
	r->open = calloc((size_t)p->locs.n + 1, sizeof(*r->open));
	if (!r->want || !r->open)
		return hp_fail_nomem(err);
	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++) {
		hp_mapid map = p->locs.map[i];

		if (p->locs.frame_n[i] ||
		    (map.i != HP_NONE && !can_hold_code(p, p->maps.module[map.i])))
			continue;
		r->want[r->n_wants++] = (struct want){
			p->locs.addr[i] - (p->return_addresses && p->locs.addr[i] > 0), i};
	}
	if (r->n_wants > 1)
		qsort(r->want, r->n_wants, sizeof(*r->want), by_call);
	for (uint32_t i = 0; i <= r->n_wants; i++)
		r->open[i] = i;
	return HPROF_OK;
}

/* The first want at or behind @addr. */
static uint32_t first_want(const struct reader *r, uint64_t addr)
{
	return hp_lower_bound(HP_SORT_BY(r->want, call), r->n_wants, addr);
}

/* --- reading --- */

/* "START SIZE NAME"; a size of 0 says nothing about the end: such a name owns one byte. */
static bool parse(struct hp_slice s, uint64_t *start, uint64_t *last, struct hp_slice *name)
{
	uint64_t size;

	hp_scan_blanks(&s);
	if (!hp_scan_hex(&s, start) || !s.len || (*s.ptr != ' ' && *s.ptr != '\t'))
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_hex(&s, &size) || !s.len || (*s.ptr != ' ' && *s.ptr != '\t'))
		return false;
	*name = hp_slice_trim(s);
	if (name->len > HP_NAME_MAX)
		name->len = HP_NAME_MAX;
	return name->len && !__builtin_add_overflow(*start, size ? size - 1 : 0, last);
}

/* Keep a line if it holds an address that is to be named. */
static int take_line(struct reader *r, uint64_t start, uint64_t last, struct hp_slice name,
		     struct hprof_error *err)
{
	struct range range = {.from = first_want(r, start)};
	int code;

	for (range.to = range.from; range.to < r->n_wants && r->want[range.to].call <= last;)
		range.to = last == UINT64_MAX ? r->n_wants : first_want(r, last + 1);
	if (range.from == range.to)
		return HPROF_OK;
	code = hp_strtab_add(&r->names, name, &range.name, err);
	if (code < 0)
		return code;
	if (!HP_COLUMN_ROOM(r->range, r->n_ranges, r->cap_ranges))
		return hp_fail_nomem(err);
	r->range[r->n_ranges++] = range;
	return HPROF_OK;
}

static int read_lines(struct reader *r, struct hp_input *in, struct hprof_error *err)
{
	struct hp_line line;
	uint64_t good = 0, bad = 0;
	int code;

	while ((code = hp_input_line(in, &line, err)) > 0) {
		char file[HP_QUOTED_MAX], text[HP_QUOTED_MAX];
		struct hp_slice name;
		uint64_t start, last;

		if (!hp_slice_trim(line.text).len)
			continue;
		if (!parse(line.text, &start, &last, &name)) {
			bad++;
			hp_quote(text, line.text);
			hp_profile_warn(r->p, "perf map line",
					"%s: line %" PRIu64
					":%s%s%s expected START SIZE NAME with hexadecimal "
					"numbers; skipped",
					hp_quote(file, hp_slice_str(r->path)), line.number,
					r->named ? " found " : "", r->named ? text : "",
					r->named ? "," : "");
			continue;
		}
		good++;
		code = take_line(r, start, last, name, err);
		if (code < 0)
			return code;
	}
	if (code == HPROF_OK && bad && !good)
		return hp_fail(err, HPROF_EFORMAT, "no line of it reads START SIZE NAME");
	return code;
}

/* --- naming --- */

/* The first want from @i on that has no name; halves the way for the next to ask. */
static uint32_t next_open(struct reader *r, uint32_t i)
{
	while (r->open[i] != i) {
		r->open[i] = r->open[r->open[i]];
		i = r->open[i];
	}
	return i;
}

static int note_source(struct reader *r, hp_mapid map, struct hprof_error *err)
{
	struct hp_module *m;
	int code;

	if (map.i == HP_NONE)
		return HPROF_OK;
	m = &r->p->modules.row[r->p->maps.module[map.i].i];
	m->n_named++;
	if (m->symbols == HP_SYMBOLS_PERF_MAP)
		return HPROF_OK;
	m->symbols = HP_SYMBOLS_PERF_MAP;
	code = hp_strtab_add(&r->p->str, hp_slice_str(r->path), &m->debug_file, err);
	return code < 0 ? code : hp_strtab_add(&r->p->str, hp_slice_str(r->how), &m->how, err);
}

/* Name what the lines hold, the last line first: what it names is not named again. */
static int name_wants(struct reader *r, struct hprof_error *err)
{
	for (uint32_t i = r->n_ranges; i-- > 0;) {
		struct hp_slice name = hp_strtab_get(&r->names, r->range[i].name);
		const struct hp_func_names names = {.name = name, .full = name};
		struct hp_frame frame = {.line = 0};
		uint32_t at = next_open(r, r->range[i].from);
		int code = HPROF_OK;

		if (at < r->range[i].to)
			code = hp_func_add(r->p, &names, &frame.func, err);
		for (; code == HPROF_OK && at < r->range[i].to; at = next_open(r, at)) {
			hp_locid loc = {r->want[at].loc};

			r->open[at] = at + 1;
			code = hp_loc_set_frames(r->p, loc, &frame, 1, err);
			if (code == HPROF_OK)
				code = note_source(r, r->p->locs.map[loc.i], err);
		}
		if (code < 0)
			return code;
	}
	return HPROF_OK;
}

/*
 * Open the file that the user named: a link, a pipe that somebody writes to.  Nothing is waited
 * for that may never come.
 */
static int open_named(const char *path, struct hprof_error *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return hp_fail(err, HPROF_EIO, "cannot open: %s", hp_errno_text(errno));
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		(void)fcntl(fd, F_SETFL, O_RDONLY); /* with no writer, it ends at once */
	return fd;
}

/* Open the file that was found. */
static int open_found(const char *path, struct hprof_error *err)
{
	const struct hp_origin from = hp_origin_found(NULL, HP_NO_OWNER);
	const char *why;
	bool absent;
	int fd = hp_origin_open(path, &from, &why, &absent);

	return fd < 0 ? hp_fail(err, HPROF_EFILE, "%s", why) : fd;
}

/* Read the file r->path and name what it names, unless a file before it did. */
static int apply(struct reader *r, struct hprof_error *err)
{
	struct hp_input *in = NULL;
	int code = hp_strtab_init(&r->names, limits.text_bytes, err);
	int fd = -1;

	r->n_ranges = 0;
	if (code == HPROF_OK)
		fd = r->named ? open_named(r->path, err) : open_found(r->path, err);
	if (code == HPROF_OK)
		code = fd < 0 ? fd : hp_input_fd(fd, r->path, &limits, &in, err);
	if (code == HPROF_OK)
		code = read_lines(r, in, err);
	hp_input_free(in);
	if (code == HPROF_OK)
		code = name_wants(r, err);
	hp_strtab_release(&r->names);
	return code;
}

/* --- which files --- */

static int apply_named(struct reader *r, const char *path, struct hprof_error *err)
{
	struct hprof_error why = HPROF_ERROR_INIT;
	char file[HP_QUOTED_MAX];
	uint32_t named = r->p->frames.n;
	int code;

	r->path = path;
	r->how = "perf-map";
	r->named = true;
	hp_quote(file, hp_slice_str(path));
	if (strcmp(path, "-") == 0)
		return hp_fail(err, HPROF_EFILE,
			       "cannot use perf map %s: expected a file, not standard input", file);
	code = apply(r, &why);
	if (code == HPROF_ENOMEM)
		return hp_fail_nomem(err);
	if (code < 0 && why.line)
		return hp_fail(err, HPROF_EFILE, "cannot use perf map %s: line %" PRIu64 ": %s",
			       file, why.line, why.message);
	if (code < 0)
		return hp_fail(err, HPROF_EFILE, "cannot use perf map %s: %s", file, why.message);
	if (r->n_wants && r->p->frames.n == named)
		hp_profile_warn_each(r->p, "perf map unused",
				     "perf map %s names none of the addresses in memory without a "
				     "file: was it written by another process?",
				     file);
	return HPROF_OK;
}

static bool is_pid(struct hp_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len && s.len <= MAX_PID && s.ptr[0] != '0';
}

/* The next part of @rest, a file name, up to a dot or a dash. */
static struct hp_slice next_part(struct hp_slice *rest)
{
	struct hp_slice part = {rest->ptr, 0};

	while (part.len < rest->len && rest->ptr[part.len] != '.' && rest->ptr[part.len] != '-')
		part.len++;
	*rest = hp_slice_from(*rest, part.len < rest->len ? part.len + 1 : part.len);
	return part;
}

/* Whether @rest continues jemalloc's "PID.SEQ.xN.heap" behind the PID. */
static bool continues_pid(struct hp_slice rest)
{
	struct hp_slice seq = next_part(&rest), why = next_part(&rest);

	for (size_t i = 0; i < seq.len; i++)
		if (seq.ptr[i] < '0' || seq.ptr[i] > '9')
			return false;
	return seq.len && why.len && memchr("fimu", why.ptr[0], 4) &&
	       (why.len == 1 || (why.ptr[1] >= '0' && why.ptr[1] <= '9'));
}

/*
 * The files beside the profile that may be of its process: one per number in its name, up to
 * two.  Of the numbers in a name of jemalloc's only the first is a PID; a file that belongs to
 * the other would be foreign.
 */
static unsigned find_beside(const char *profile, char *path[2], struct hprof_error *err, int *code)
{
	struct hp_slice whole = hp_slice_str(profile), rest = hp_slice_basename(whole);
	int folder = (int)(whole.len - rest.len);
	unsigned n = 0;

	while (rest.len && n < 2) {
		struct hp_slice part = next_part(&rest);
		bool sure = is_pid(part) && continues_pid(rest);
		struct stat st;

		if (!is_pid(part))
			continue;
		for (unsigned i = 0; sure && i < n; i++)
			free(path[i]);
		n = sure ? 0 : n;
		if (asprintf(&path[n], "%.*sperf-%.*s.map", folder, profile, (int)part.len,
			     part.ptr) < 0) {
			*code = hp_fail_nomem(err);
			return n;
		}
		if (lstat(path[n], &st) == 0 && (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) &&
		    (n == 0 || strcmp(path[0], path[n]) != 0))
			n++;
		else
			free(path[n]);
		if (sure)
			return n;
	}
	return n;
}

static int apply_beside(struct reader *r, const char *profile, struct hprof_error *err)
{
	struct hprof_error why = HPROF_ERROR_INIT;
	char *path[2], file[HP_QUOTED_MAX], other[HP_QUOTED_MAX];
	int code = HPROF_OK;
	unsigned n = find_beside(profile, path, err, &code);

	if (code == HPROF_OK && n == 1) {
		r->path = path[0];
		r->how = "beside";
		r->named = false;
		code = apply(r, &why);
		if (code == HPROF_ENOMEM)
			code = hp_fail_nomem(err);
		if (code < 0 && code != HPROF_ENOMEM) {
			hp_profile_warn(r->p, "perf map unreadable", "perf map %s not used: %s",
					hp_quote(file, hp_slice_str(path[0])), why.message);
			code = HPROF_OK;
		}
	} else if (code == HPROF_OK && n) {
		hp_profile_warn(r->p, "perf map choice",
				"perf maps %s and %s not used: the name of the profile does not "
				"tell which is of its process; give one with --perf-map",
				hp_quote(file, hp_slice_str(path[0])),
				hp_quote(other, hp_slice_str(path[1])));
	}
	for (unsigned i = 0; i < n; i++)
		free(path[i]);
	return code;
}

int hp_perf_maps_apply(struct hprof_profile *p, const struct hprof_symbolize_opts *opts,
		       struct hprof_error *err)
{
	struct reader r = {.p = p};
	uint32_t before = p->frames.n;
	int code = list_wants(&r, err);

	/* as in one file, what comes later counts */
	for (size_t i = opts->n_perf_maps; code == HPROF_OK && i-- > 0;)
		code = apply_named(&r, opts->perf_maps[i], err);
	if (code == HPROF_OK && !opts->n_perf_maps && opts->profile_path && r.n_wants)
		code = apply_beside(&r, opts->profile_path, err);
	if (code == HPROF_OK && p->frames.n > before)
		code = hp_maps_check(p, err);
	free(r.want);
	free(r.open);
	free(r.range);
	return code;
}
