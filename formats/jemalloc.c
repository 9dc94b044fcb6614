/*
 * jemalloc.c - heap dumps of jemalloc 4.0 and later.
 *
 *	heap_v2/<mean bytes between samples>
 *	  t*: <objects>: <bytes> [<objects ever>: <bytes ever>]		all threads
 *	  t<id>: ... [<name>]						one thread
 *	@ <address> ...							leaf first
 *	  t*: ...
 *	  t<id>: ...
 *	  <word>: <number> ...						newer writers
 *	MAPPED_LIBRARIES:
 *	<memory map>
 *
 * Rows before the first stack are totals of the process and only checked against; those of
 * "t*" under a stack are the profile (FORMATS.md).
 */
#include "formats/format.h"

#include <inttypes.h>
#include <math.h>

#include "analyzer/base/scan.h"
#include "formats/counter.h"
#include "formats/ending.h"
#include "formats/extra_lines.h"
#include "formats/jemalloc_sizes.h"
#include "formats/jemalloc_threads.h"
#include "formats/procmaps.h"
#include "formats/stack_lines.h"

enum { INUSE_OBJECTS, INUSE_SPACE, ALLOC_OBJECTS, ALLOC_SPACE, N_TYPES };

#define MOST_EXACT 1e250 /* of an estimate: sums of these are finite */

/* The numbers of one row: objects and bytes, in use and ever allocated. */
struct counts {
	int64_t v[N_TYPES];
};

struct row {
	struct hp_slice thread; /* "*" for all threads */
	struct hp_slice name;
	struct counts counts;
};

struct reader {
	struct hp_input *in;
	struct hp_builder *b;
	struct hprof_error *err;
	struct hp_size_classes classes;
	struct hp_line line;
	double period;
	bool in_stack;                      /* past the first '@' line */
	bool star_seen;                     /* this stack had its row of all threads */
	bool rows_seen;                     /* this stack had a row */
	hp_stackid stack;                   /* the one that rows belong to */
	uint64_t stack_line;                /* where it stands */
	struct hp_measure pending[N_TYPES]; /* of the threads of a stack without "t*" */
	struct hp_measure star[N_TYPES];    /* of its rows "t*" */
	struct hp_thread_rows threads;      /* of this stack, with thread_values */
	bool told;                          /* estimates of the next row were, in @exact */
	struct hp_measure exact[N_TYPES];
	bool header_seen; /* the header had its row of all threads */
	struct counts header;
	double sum[N_TYPES]; /* recorded, over all stacks */
	uint64_t n_rows;     /* "t*" rows under stacks */
	bool mixed_sizes;    /* a row cannot come from one size class */
	struct hp_stack_lines stacks;
};

static int malformed(struct reader *r, const char *expected)
{
	return hp_fail_line(r->err, &r->line, expected);
}

/* --- lines before the header --- */

/* Whether @line may stand before the header: a command, jemalloc's own chatter, a comment. */
static bool is_preamble(struct hp_slice line)
{
	struct hp_slice s = hp_slice_trim(line);

	return !s.len || s.ptr[0] == '#' || s.ptr[0] == '%' ||
	       hp_slice_starts(s, HP_LIT("<jemalloc>:"));
}

static void skip_bom(struct hp_slice *line)
{
	(void)hp_scan_text(line, HP_LIT("\xef\xbb\xbf")); /* there or not */
}

static void tell_command(struct reader *r, struct hp_slice line)
{
	char quoted[HP_QUOTED_MAX];

	line = hp_slice_trim(line);
	if (hp_scan_text(&line, HP_LIT("%warn")))
		hp_build_warn(r->b, "writer", "the writer warns: %s",
			      hp_quote(quoted, hp_slice_trim(line)));
	else if (line.len && line.ptr[0] == '%')
		hp_build_warn(r->b, "command", "line %" PRIu64 ": unknown command %s is ignored",
			      r->line.number, hp_quote(quoted, line));
}

static const char header_form[] = "\"heap_v2/<sampling period in bytes>\"";

static int read_header(struct reader *r)
{
	struct hp_slice s = r->line.text;
	uint64_t period;

	if (!hp_scan_text(&s, HP_LIT("heap_v2/")) || !hp_scan_u64(&s, &period) ||
	    (s.len && s.ptr[0] != ' ' && s.ptr[0] != '\t'))
		return malformed(r, header_form);
	if (r->line.cut)
		return hp_fail_at(r->err, HPROF_ETRUNC, r->line.number, r->line.offset,
				  "the file ends inside its first line, expected more than the "
				  "header");
	hp_build_set_sampling(r->b, HP_SAMPLING_POISSON, period);
	r->period = (double)period;
	if (period == 0)
		hp_build_warn(r->b, "period",
			      "line %" PRIu64 ": sampling period 0; values are shown as recorded, "
			      "without scaling",
			      r->line.number);
	hp_size_classes_init(&r->classes, r->period);
	return HPROF_OK;
}

/* Everything up to and including the header line. */
static int read_preamble(struct reader *r)
{
	int n;

	while ((n = hp_input_line(r->in, &r->line, r->err)) > 0) {
		if (r->line.number == 1)
			skip_bom(&r->line.text);
		if (!is_preamble(r->line.text))
			return read_header(r);
		tell_command(r, r->line.text);
	}
	if (n < 0)
		return n;
	return hp_fail_at(r->err, HPROF_ETRUNC, r->line.number, r->line.offset,
			  "the file ends before its header, expected %s", header_form);
}

/* --- rows --- */

/* "<objects>: <bytes>" */
static bool scan_pair(struct hp_slice *s, int64_t *objects, int64_t *bytes)
{
	hp_scan_blanks(s);
	if (!hp_scan_counter(s, objects) || !hp_scan_char(s, ':'))
		return false;
	hp_scan_blanks(s);
	return hp_scan_counter(s, bytes);
}

static bool scan_row(struct hp_slice s, struct row *row)
{
	int64_t *v = row->counts.v;
	const char *id;
	uint64_t number;

	hp_scan_blanks(&s);
	if (!hp_scan_char(&s, 't'))
		return false;
	id = s.ptr;
	if (!hp_scan_char(&s, '*') && !hp_scan_u64(&s, &number))
		return false;
	row->thread = (struct hp_slice){id, (size_t)(s.ptr - id)};
	if (!hp_scan_char(&s, ':') || !scan_pair(&s, &v[INUSE_OBJECTS], &v[INUSE_SPACE]))
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_char(&s, '[') || !scan_pair(&s, &v[ALLOC_OBJECTS], &v[ALLOC_SPACE]))
		return false;
	hp_scan_blanks(&s);
	if (!hp_scan_char(&s, ']') || (s.len && s.ptr[0] != ' ' && s.ptr[0] != '\t'))
		return false;
	row->name = hp_slice_trim(s);
	return true;
}

static void estimate_pair(const struct reader *r, const int64_t *v, bool *mixed,
			  struct hp_measure *out)
{
	double objects = (double)v[0], bytes = (double)v[1];
	bool one = v[0] == 0 || hp_size_classes_one(&r->classes, fabs(objects), fabs(bytes));

	*mixed |= !one;
	hp_estimate(objects, bytes, r->period, one, HP_SMALLEST_CLASS, &out[0], &out[1]);
}

static void estimate_row(const struct reader *r, const struct counts *c, bool *mixed,
			 struct hp_measure m[N_TYPES])
{
	const int64_t *v = c->v;

	estimate_pair(r, &v[INUSE_OBJECTS], mixed, &m[INUSE_OBJECTS]);
	if (v[ALLOC_OBJECTS] == v[INUSE_OBJECTS] && v[ALLOC_SPACE] == v[INUSE_SPACE]) {
		m[ALLOC_OBJECTS] = m[INUSE_OBJECTS];
		m[ALLOC_SPACE] = m[INUSE_SPACE];
		return;
	}
	estimate_pair(r, &v[ALLOC_OBJECTS], mixed, &m[ALLOC_OBJECTS]);
}

/* What a row stands for: as hprof wrote it before the row, or as it follows from its numbers. */
static void measure_row(struct reader *r, const struct counts *c, bool *mixed,
			struct hp_measure m[N_TYPES])
{
	bool no_matter = false;

	estimate_row(r, c, r->told ? &no_matter : mixed, m);
	for (uint32_t t = 0; r->told && t < N_TYPES; t++) {
		m[t].estimate = r->exact[t].estimate;
		m[t].variance = r->exact[t].variance;
	}
	if (r->told)
		hp_build_set_added_up(r->b);
}

/* "#~{<tab><estimate><tab><variance>}", both as the 64 bits of a double in hexadecimal. */
static void read_exact(struct reader *r, struct hp_slice s)
{
	double v[2 * N_TYPES];

	for (size_t i = 0; i < HP_LEN(v); i++) {
		uint64_t bits;

		if (!hp_scan_char(&s, '\t') || !hp_scan_hex(&s, &bits))
			return; /* a comment of somebody else */
		memcpy(&v[i], &bits, sizeof(bits));
		if (!(fabs(v[i]) <= MOST_EXACT) || (i % 2 && v[i] < 0))
			return;
	}
	for (size_t t = 0; t < N_TYPES; t++)
		r->exact[t] = (struct hp_measure){v[2 * t], v[2 * t + 1], 0};
	r->told = true;
}

static int add_total(struct reader *r, const struct hp_measure *m)
{
	for (uint32_t t = 0; t < N_TYPES; t++)
		r->sum[t] += m[t].recorded;
	r->n_rows++;
	return hp_build_sample(r->b, r->stack, m);
}

static void add_measures(struct hp_measure to[N_TYPES], const struct hp_measure m[N_TYPES])
{
	for (uint32_t t = 0; t < N_TYPES; t++) {
		to[t].estimate += m[t].estimate;
		to[t].variance += m[t].variance;
		to[t].recorded += m[t].recorded;
	}
}

static int read_thread_row(struct reader *r, const struct row *row)
{
	struct hp_measure m[N_TYPES];
	bool mixed = false;
	hp_threadid thread;
	int n;

	if (r->star_seen && !r->b->thread_values)
		return HPROF_OK;
	measure_row(r, &row->counts, &mixed, m);
	if (!r->star_seen)
		add_measures(r->pending, m);
	if (!r->b->thread_values)
		return HPROF_OK;
	n = hp_build_thread(r->b, row->thread, row->name, &thread);
	return n < 0 ? n : hp_thread_rows_add(&r->threads, thread, m, r->err);
}

static int read_header_row(struct reader *r, const struct row *row)
{
	hp_threadid thread;

	if (row->thread.ptr[0] != '*')
		return hp_build_thread(r->b, row->thread, row->name, &thread);
	r->header = row->counts;
	r->header_seen = true;
	return HPROF_OK;
}

/*
 * Whether the line is of a kind of its own.  A row whose numbers are damaged is not: "t" with the
 * number of a thread, or numbers in brackets behind another word with "t".
 */
static bool is_extra(const struct reader *r, struct hp_slice *word)
{
	if (!hp_extra_line(r->line.text, word))
		return false;
	if (word->ptr[0] != 't')
		return true;
	return word->len > 1 && (word->ptr[1] < '0' || word->ptr[1] > '9') &&
	       !memchr(r->line.text.ptr, '[', r->line.text.len);
}

/* Of jemalloc: what sampled objects occupy, and how full the slabs of a size class are. */
static int pass_over(struct reader *r, struct hp_slice word)
{
	static const struct hp_slice known[] = {
		HP_SLICE_LIT("f"), HP_SLICE_LIT("frag_util"), {NULL, 0}};

	return hp_extra_line_pass(r->b, &r->line, word, known);
}

static void tell_below(struct reader *r, const int64_t v[N_TYPES])
{
	double value[N_TYPES];

	if ((v[0] | v[1] | v[2] | v[3]) >= 0)
		return;
	for (uint32_t t = 0; t < N_TYPES; t++)
		value[t] = (double)v[t];
	hp_counter_tell(r->b, "line", r->line.number, value);
}

static int read_row(struct reader *r)
{
	struct hp_measure m[N_TYPES];
	struct hp_slice word;
	struct row row;
	int n;

	if (!scan_row(r->line.text, &row))
		return is_extra(r, &word) ? pass_over(r, word)
					  : malformed(r, "\"t<thread>: <objects>: <bytes> "
							 "[<objects>: <bytes>]\"");
	tell_below(r, row.counts.v);
	/* Also of threads that are not read, or that cancel: the writer accumulated. */
	for (uint32_t t = 0; t < N_TYPES; t++)
		if (row.counts.v[t])
			hp_build_set_recorded(r->b, t, true);
	if (!r->in_stack)
		return read_header_row(r, &row);
	r->rows_seen = true;
	if (row.thread.ptr[0] != '*') {
		n = read_thread_row(r, &row);
	} else {
		r->star_seen = true;
		measure_row(r, &row.counts, &r->mixed_sizes, m);
		add_measures(r->star, m);
		n = add_total(r, m);
	}
	r->told = false;
	return n;
}

/* --- stacks --- */

/* What is still to do for the stack above: its threads stand for a missing "t*" row. */
static int end_rows(struct reader *r)
{
	if (r->star_seen)
		return HPROF_OK;
	if (!r->rows_seen) {
		hp_build_warn(r->b, "no-rows", "line %" PRIu64 ": a stack without values",
			      r->stack_line);
		return HPROF_OK;
	}
	hp_build_warn(r->b, "no-star",
		      "line %" PRIu64 ": a stack without its \"t*\" row; its threads are summed",
		      r->stack_line);
	hp_build_set_added_up(r->b);
	return add_total(r, r->pending);
}

static int end_stack(struct reader *r)
{
	int n = r->in_stack ? end_rows(r) : HPROF_OK;

	if (n < 0)
		return n;
	if (r->star_seen)
		hp_thread_rows_fit(&r->threads, r->star, r->period > 1);
	return hp_thread_rows_build(&r->threads, r->b, r->stack);
}

static int read_stack(struct reader *r)
{
	struct hp_slice s = hp_slice_from(r->line.text, 1);
	int n = end_stack(r);

	if (n < 0)
		return n;
	r->in_stack = true;
	r->star_seen = r->rows_seen = false;
	r->stack_line = r->line.number;
	memset(r->pending, 0, sizeof(r->pending));
	memset(r->star, 0, sizeof(r->star));
	if (s.len && s.ptr[0] != ' ' && s.ptr[0] != '\t')
		return malformed(r, "a blank after \"@\"");
	n = hp_stack_line(&r->stacks, s, &r->stack);
	if (n == 0)
		return malformed(r, "\"@ <address> ...\", hexadecimal, at most 64 bits");
	return n < 0 ? n : HPROF_OK;
}

/* --- the body --- */

static void tell_cut(struct reader *r)
{
	hp_build_warn(r->b, "cut",
		      "line %" PRIu64 ": the file ends inside this line; what stands before it is "
		      "used",
		      r->line.number);
}

/* Whether the last line lost its end: a row is whole once it has its ']'. */
static bool is_cut(const struct reader *r, struct hp_slice s)
{
	struct row row;

	if (!r->line.cut)
		return false;
	return s.ptr[0] != 't' || !scan_row(s, &row);
}

static int read_line(struct reader *r, bool *maps)
{
	struct hp_slice s = r->line.text, word;

	hp_scan_blanks(&s);
	if (s.len && s.ptr[0] == 't' && !r->line.cut) /* most lines */
		return read_row(r);
	s = hp_slice_trim(s);
	if (r->b->own_lines && hp_scan_text(&s, HP_LIT("#~"))) {
		read_exact(r, s);
		return HPROF_OK;
	}
	if (is_preamble(s)) {
		tell_command(r, s);
		return HPROF_OK;
	}
	if (hp_procmaps_begins(s)) {
		*maps = true;
		return HPROF_OK;
	}
	if (is_cut(r, s)) {
		tell_cut(r);
		return HPROF_OK;
	}
	if (s.ptr[0] == '@') {
		r->line.text = s;
		return read_stack(r);
	}
	if (s.ptr[0] == 't')
		return read_row(r);
	if (is_extra(r, &word))
		return pass_over(r, word);
	return malformed(r, r->in_stack ? "a stack (\"@ ...\"), a row (\"t...\") or "
					  "\"MAPPED_LIBRARIES:\""
					: "a row (\"t...\") or a stack (\"@ ...\")");
}

static int read_body(struct reader *r)
{
	bool maps = false;
	int n = HPROF_OK;

	while (!maps && (n = hp_input_line(r->in, &r->line, r->err)) > 0) {
		n = read_line(r, &maps);
		if (n < 0)
			return n;
	}
	if (n >= 0)
		n = end_stack(r);
	if (n >= 0 && maps)
		n = hp_procmaps_read(r->in, r->b, r->err);
	if (n >= 0)
		hp_format_warn_truncated(r->in, r->b);
	return n < 0 ? n : HPROF_OK;
}

/* --- afterwards --- */

/*
 * The header's totals are those of the stacks: to the unit when the writer does not
 * pre-distort (before 5.3, or opt.prof_unbias:false), after scaling otherwise, but for what
 * rounding to whole objects does to a small count.
 */
static void check_sums(struct reader *r)
{
	const struct hprof_profile *p = r->b->p;
	const int64_t *h = r->header.v;
	double objects, bytes, sum = 0, allowed;
	bool equal = true;

	if (!r->header_seen || r->period == 0) /* without it nothing can be undone */
		return;
	for (uint32_t t = 0; t < N_TYPES; t++)
		equal &= (double)h[t] == r->sum[t];
	if (equal) {
		if (r->n_rows > 1 && r->mixed_sizes && r->period > 1)
			hp_build_warn(r->b, "old-writer",
				      "sums are those of a jemalloc before 5.3 (or "
				      "prof_unbias:false): stacks that mix object sizes are "
				      "underestimated");
		return;
	}
	hp_unsample((double)h[INUSE_OBJECTS], (double)h[INUSE_SPACE], r->period, &objects, &bytes);
	for (uint32_t i = 0; i < p->all.n; i++)
		sum += p->all.estimate[INUSE_SPACE] ? p->all.estimate[INUSE_SPACE][i] : 0;
	allowed = fmax(0.01, h[INUSE_OBJECTS] ? 0.5 / fabs((double)h[INUSE_OBJECTS]) : 0) *
		  fmax(fabs(bytes), fabs(sum));
	if (fabs(bytes - sum) <= allowed)
		return;
	hp_build_warn(r->b, "integrity",
		      "the header promises %.0f bytes in use, the stacks hold %.0f: the file is "
		      "incomplete or damaged",
		      bytes, sum);
}

static int read_all(struct reader *r)
{
	int n = hp_build_heap_types(r->b);

	if (n == HPROF_OK)
		n = hp_build_set_writer(r->b, HP_LIT("jemalloc"));
	if (n == HPROF_OK)
		n = read_preamble(r);
	if (n == HPROF_OK)
		n = read_body(r);
	if (n < 0)
		return n;
	check_sums(r);
	if (!r->b->p->has_maps && !r->b->symbolized)
		hp_build_warn(r->b, "no-maps",
			      "no MAPPED_LIBRARIES section (the file may be cut): addresses stay "
			      "without names");
	return HPROF_OK;
}

static int jemalloc_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct reader r = {
		.in = in, .b = b, .err = err, .stacks = {.b = b, .line = &r.line, .err = err}};
	int n;

	hp_build_set_return_addresses(b);
	n = read_all(&r);
	hp_stack_lines_release(&r.stacks);
	hp_thread_rows_release(&r.threads);
	return n;
}

static enum hp_match jemalloc_probe(struct hp_slice head)
{
	bool whole = head.len < HP_PROBE_BYTES, plain = true; /* with comments alone */

	skip_bom(&head);
	while (head.len) {
		const char *nl = memchr(head.ptr, '\n', head.len);
		struct hp_slice line = {head.ptr, nl ? (size_t)(nl - head.ptr) : head.len};
		size_t len = line.len;

		while (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (!is_preamble(line)) {
			if (hp_slice_starts(line, HP_LIT("heap_v2/")))
				return HP_MATCH_SURE;
			return hp_slice_starts(line, HP_LIT("heap_")) ? HP_MATCH_LIKELY
								      : HP_MATCH_NO;
		}
		line = hp_slice_trim(line);
		plain &= !line.len || line.ptr[0] == '#';
		head = hp_slice_from(head, nl ? len + 1 : len);
		if (!head.len) /* scripts and notes have comments, too */
			return whole && plain ? HP_MATCH_NO : HP_MATCH_MAYBE;
	}
	return HP_MATCH_NO;
}

const struct hp_format hp_format_jemalloc = {
	.info = {"jemalloc", "heap dump of jemalloc 4 and later (\"heap_v2/\")", true},
	.probe = jemalloc_probe,
	.read = jemalloc_read,
};
