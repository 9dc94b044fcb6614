/*
 * gperftools.c - heap profiles that begin with "heap profile:": gperftools' heap profiler, heap
 * checker, sampled and growth profiles, jemalloc before 4.0, Go's text form.
 *
 *	heap profile: <objects>: <bytes> [<objects>: <bytes>] @ <type>[/<period>]
 *	<objects>: <bytes> [<objects ever>: <bytes ever>] @ <address> ...	leaf first
 *	# ...
 *	MAPPED_LIBRARIES:
 *	<memory map>
 *
 * The type says whether rows are samples, and how they are scaled: each by itself, before any
 * sum (FORMATS.md).
 */
#include "formats/format.h"

#include <inttypes.h>
#include <math.h>

#include "analyzer/base/scan.h"
#include "formats/counter.h"
#include "formats/ending.h"
#include "formats/extra_lines.h"
#include "formats/procmaps.h"
#include "formats/stack_lines.h"

enum { INUSE_OBJECTS, INUSE_SPACE, ALLOC_OBJECTS, ALLOC_SPACE, N_TYPES };

enum sampling {
	EXACT,     /* everything was recorded */
	POISSON,   /* "heap_v2": an object of x bytes with probability 1 - exp(-x / period) */
	THRESHOLD, /* "heap": with probability x / period, from one period on surely */
};

enum {
	DEFAULT_PERIOD = 128 << 10, /* where a sampled profile does not tell */
	SMALLEST_OBJECT = 8,
	WRITER_BUFFER = 1 << 20, /* bytes, of the heap profiler: what does not fit is lost */
	PRINTED_ADDRESS = 10,    /* characters that it prints of an address at least */
};

struct numbers {
	int64_t v[N_TYPES];
};

enum { INLINED_MAX = 64 }; /* calls at one address that are kept */

/* The comments behind a row of Go's: names of its addresses, in their order. */
struct naming {
	bool on;       /* the row is new, and its comments fit so far */
	bool any;      /* an address has got a name */
	uint32_t i;    /* address that is being named... */
	hp_stackid at; /* ...and its row of the stack table */
	hp_stackid leaf;
	uint64_t told; /* what the comments write as this address */
	struct hp_frame frame[INLINED_MAX];
	uint32_t n;
};

struct reader {
	struct hp_input *in;
	struct hp_builder *b;
	struct hprof_error *err;
	struct hp_line line;
	struct hp_stack_lines stacks;
	struct naming naming;
	enum sampling sampling;
	double period;
	bool is_go;
	bool has_alloc;    /* the second pair of a row says more than the first */
	uint64_t begin;    /* offset of the profile: it may be inside another file */
	bool prints_short; /* its addresses may have fewer digits than the writer's */
	uint64_t odd_line; /* a line that is no row: fine if it is the last one; 0: none */
	uint64_t odd_offset;
	char odd_text[HP_QUOTED_MAX];
};

static const char header_form[] =
	"\"heap profile: <objects>: <bytes> [<objects>: <bytes>] @ <type>\"";
static const char row_form[] = "\"<objects>: <bytes> [<objects>: <bytes>] @ <address> ...\"";

static int malformed(struct reader *r, const char *expected)
{
	return hp_fail_line(r->err, &r->line, expected);
}

/* --- numbers --- */

typedef bool (*scan_fn)(struct hp_slice *s, int64_t *out);

/* A total of the header, which may be a sum beyond 64 bits: only whether two are equal counts. */
static bool scan_total(struct hp_slice *s, int64_t *out)
{
	uint64_t n = 0;

	if (hp_scan_counter(s, out))
		return true;
	(void)hp_scan_char(s, '-');
	if (!s->len || s->ptr[0] < '0' || s->ptr[0] > '9')
		return false;
	for (; s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9'; *s = hp_slice_from(*s, 1))
		n = n * 10 + (uint64_t)(s->ptr[0] - '0'); /* equal digits have equal low bits */
	*out = (int64_t)n;
	return true;
}

/* "<objects>: <bytes>"; old writers count in 32 bits and print what ran over as negative. */
static bool scan_pair(struct hp_slice *s, scan_fn scan, int64_t v[2])
{
	hp_scan_blanks(s);
	if (!scan(s, &v[0]) || !hp_scan_char(s, ':'))
		return false;
	hp_scan_blanks(s);
	return scan(s, &v[1]);
}

/* "<objects>: <bytes> [<objects>: <bytes>]"; then blanks. */
static bool scan_numbers(struct hp_slice *s, scan_fn scan, struct numbers *out)
{
	if (!scan_pair(s, scan, &out->v[INUSE_OBJECTS]))
		return false;
	hp_scan_blanks(s);
	if (!hp_scan_char(s, '[') || !scan_pair(s, scan, &out->v[ALLOC_OBJECTS]))
		return false;
	hp_scan_blanks(s);
	if (!hp_scan_char(s, ']'))
		return false;
	hp_scan_blanks(s);
	return true;
}

/* --- the header --- */

static bool holds(struct hp_slice s, struct hp_slice word)
{
	return s.len >= word.len && memmem(s.ptr, s.len, word.ptr, word.len);
}

/* The table of FORMATS.md. @type has no blanks around it; *@period is 0 if none is told. */
static enum sampling sampling_of(struct hp_slice type, const struct numbers *total, bool is_go,
				 double *period)
{
	bool same = total->v[INUSE_OBJECTS] == total->v[ALLOC_OBJECTS] &&
		    total->v[INUSE_SPACE] == total->v[ALLOC_SPACE];
	enum sampling how = EXACT;

	if (!type.len && same)
		how = THRESHOLD; /* as the first sampled profiles were */
	else if (holds(type, HP_LIT("heap")) && !hp_slice_same(type, HP_LIT("heapprofile")))
		how = is_go || holds(type, HP_LIT("_v2")) ? POISSON : THRESHOLD;
	if (how == EXACT)
		*period = 0;
	else if (*period == 0)
		*period = DEFAULT_PERIOD;
	else if (!holds(type, HP_LIT("_v2")))
		*period /= 2; /* twice the mean is written */
	return how;
}

/*
 * Whether Go wrote it: a comment behind the first row has an address and a name.  Only this tells
 * its "heap/<period>" from that of old gperftools.
 */
static int find_go(struct reader *r)
{
	struct hp_slice head;
	int n = hp_input_peek(r->in, HP_PROBE_BYTES, &head, r->err);

	if (n == HPROF_OK)
		r->is_go = holds(head, HP_LIT("\n#\t0x"));
	return n;
}

static int read_header(struct reader *r)
{
	struct hp_slice s = r->line.text;
	struct hp_slice type = {"", 0};
	struct numbers total;
	uint64_t period = 0;
	const char *slash;

	(void)hp_scan_text(&s, HP_LIT("\xef\xbb\xbf")); /* there or not */
	if (!hp_scan_text(&s, HP_LIT("heap profile:")) || !scan_numbers(&s, scan_total, &total))
		return malformed(r, header_form);
	if (hp_scan_char(&s, '@'))
		type = hp_slice_trim(s);
	else if (s.len)
		return malformed(r, header_form);
	slash = type.len ? memchr(type.ptr, '/', type.len) : NULL;
	if (slash) {
		struct hp_slice number = hp_slice_from(type, (size_t)(slash - type.ptr) + 1);

		if (!hp_scan_u64(&number, &period) || number.len)
			return malformed(r, "a sampling period in bytes behind the \"/\"");
		type.len = (size_t)(slash - type.ptr);
		type = hp_slice_trim(type);
	}
	r->period = (double)period;
	r->sampling = sampling_of(type, &total, r->is_go, &r->period);
	hp_build_set_sampling(
		r->b, r->sampling == THRESHOLD ? HP_SAMPLING_THRESHOLD : HP_SAMPLING_POISSON,
		(uint64_t)r->period);
	hp_build_set_one_size(r->b, r->is_go || r->b->one_size);
	if (r->sampling == EXACT)
		hp_build_set_scaled_period(r->b, r->b->scaled_period);
	for (uint32_t t = 0; t < r->b->p->n_types; t++)
		hp_build_set_no_errors(r->b, t, r->sampling == EXACT && r->b->no_errors);
	/* tcmalloc knows nothing of what was freed, and writes what is live twice */
	r->has_alloc = r->is_go || r->sampling == EXACT ||
		       total.v[INUSE_OBJECTS] != total.v[ALLOC_OBJECTS] ||
		       total.v[INUSE_SPACE] != total.v[ALLOC_SPACE];
	if (r->b->told_types)
		r->has_alloc = r->b->told_types >> ALLOC_OBJECTS != 0;
	if (!r->has_alloc && !r->b->told_types) /* or else the warning was kept */
		hp_build_warn(r->b, "no-alloc",
			      "this writer does not record what was freed: there is no "
			      "alloc_space and no alloc_objects");
	return hp_build_set_writer(r->b, r->is_go ? HP_LIT("go") : HP_LIT("gperftools"));
}

/* --- rows --- */

static void scale(const struct reader *r, const double v[2], bool one_size,
		  struct hp_measure *objects, struct hp_measure *bytes)
{
	double n = fabs(v[0]);
	double size = n > 0 ? fabs(v[1]) / n : 0;
	double p;

	if (r->b->p->scaled_period > 1) {
		hp_unestimate(v[0], v[1], size, (double)r->b->p->scaled_period, SMALLEST_OBJECT,
			      objects, bytes);
		return;
	}
	if (r->sampling != THRESHOLD) {
		hp_estimate(v[0], v[1], r->period, one_size, SMALLEST_OBJECT, objects, bytes);
		return;
	}
	p = size > 0 && size < r->period ? size / r->period : 1;
	*objects = (struct hp_measure){v[0] / p, n * (1 - p) / (p * p), v[0]};
	*bytes = (struct hp_measure){v[1] / p, n * (1 - p) * size / p * size / p, v[1]};
}

static double mean_size(const double v[2])
{
	return v[0] != 0 ? fabs(v[1]) / fabs(v[0]) : 0;
}

/* A row of Go is of one stack and one size: its bytes are a multiple of its objects. */
static bool has_one_size(const struct reader *r, const double v[2])
{
	return fabs(v[0]) <= 1 || (r->b->p->one_size && fmod(v[1], v[0]) == 0);
}

static int add_row(struct reader *r, const struct numbers *n, hp_stackid stack)
{
	struct hp_measure m[N_TYPES] = {{0}};
	struct hp_sizes size;
	double v[N_TYPES];

	for (uint32_t t = 0; t < N_TYPES; t++)
		v[t] = (double)n->v[t];
	scale(r, &v[INUSE_OBJECTS], has_one_size(r, &v[INUSE_OBJECTS]), &m[INUSE_OBJECTS],
	      &m[INUSE_SPACE]);
	if (r->has_alloc)
		scale(r, &v[ALLOC_OBJECTS], has_one_size(r, &v[ALLOC_OBJECTS]), &m[ALLOC_OBJECTS],
		      &m[ALLOC_SPACE]);
	hp_counter_tell(r->b, "line", r->line.number, v);
	if (r->sampling == EXACT)
		return hp_build_sample(r->b, stack, m);
	size.inuse = mean_size(&v[INUSE_OBJECTS]);
	size.alloc = mean_size(&v[ALLOC_OBJECTS]);
	size.exact = fabs(v[INUSE_OBJECTS]) <= 1 && fabs(v[ALLOC_OBJECTS]) <= 1;
	return hp_build_sized_sample(r->b, stack, size, m);
}

/* Rows of one size are scaled together, whichever way they were written: from their sums. */
static void settle_sizes(const struct reader *r)
{
	const struct hp_samples *s = &r->b->p->all;

	for (uint32_t i = 0; s->size && i < s->n; i++)
		for (uint32_t t = INUSE_OBJECTS; t < N_TYPES; t += 2) {
			struct hp_measure objects, bytes;
			double v[2];

			if (!s->recorded[t] || !s->recorded[t + 1])
				continue;
			v[0] = s->recorded[t][i];
			v[1] = s->recorded[t + 1][i];
			scale(r, v, s->size[i].exact || has_one_size(r, v), &objects, &bytes);
			hp_build_set_estimate(r->b, i, t, &objects);
			hp_build_set_estimate(r->b, i, t + 1, &bytes);
		}
}

/* --- names --- */

/* Give the address at hand the frames that were told of it. */
static int name_address(struct reader *r)
{
	const struct hprof_profile *p = r->b->p;
	hp_locid loc = p->stacks.loc[r->naming.at.i];
	uint32_t n = r->naming.n;

	r->naming.n = 0;
	if (!n || p->locs.frame_n[loc.i])
		return HPROF_OK;
	return hp_build_frames(r->b, loc, r->naming.frame, n);
}

static int next_address(struct reader *r)
{
	int n = name_address(r);

	r->naming.at = r->b->p->stacks.parent[r->naming.at.i];
	r->naming.i++;
	r->naming.on = r->naming.on && r->naming.i < r->stacks.n_addr;
	return n;
}

/* What the comment "#<tab>0x<address>[<tab>...]<name>+0x<offset>[<tab>...]<file>:<line>" says. */
static bool scan_name(struct hp_slice s, uint64_t *addr, struct hp_func_names *names,
		      uint64_t *line)
{
	const char *at;

	if (!hp_scan_text(&s, HP_LIT("#\t")) || !hp_scan_hex(&s, addr))
		return false;
	hp_scan_blanks(&s);
	at = s.len ? memchr(s.ptr, '\t', s.len) : NULL;
	if (!at)
		return false;
	names->name = (struct hp_slice){s.ptr, (size_t)(at - s.ptr)};
	s = hp_slice_trim(hp_slice_from(s, names->name.len));
	at = memrchr(names->name.ptr, '+', names->name.len);
	if (at)
		names->name.len = (size_t)(at - names->name.ptr);
	at = s.len ? memrchr(s.ptr, ':', s.len) : NULL;
	if (!names->name.len || !at)
		return false;
	names->full = names->name;
	names->file = (struct hp_slice){s.ptr, (size_t)(at - s.ptr)};
	s = hp_slice_from(s, names->file.len + 1);
	return hp_scan_u64(&s, line) && !s.len && *line <= UINT32_MAX;
}

/* The address of the stack row @at is that of @name, of which Go prints nothing. */
static int name_hidden(struct reader *r, hp_stackid at, struct hp_slice name)
{
	const struct hprof_profile *p = r->b->p;
	const struct hp_func_names names = {name, name, {"", 0}, {"", 0}};
	hp_locid loc = p->stacks.loc[at.i];
	struct hp_frame f = {.line = 0};
	int n;

	if (p->locs.frame_n[loc.i])
		return HPROF_OK;
	n = hp_build_exact_func(r->b, &names, &f.func);
	return n < 0 ? n : hp_build_frames(r->b, loc, &f, 1);
}

/* The address at hand is the first one with a name: those before it lie in Go's allocator. */
static int name_allocator(struct reader *r)
{
	struct naming *g = &r->naming;
	hp_stackid at = g->leaf;
	int n = HPROF_OK;

	if (g->any)
		return HPROF_OK;
	g->any = true;
	for (uint32_t i = 0; i < g->i && n == HPROF_OK; i++, at = r->b->p->stacks.parent[at.i])
		n = name_hidden(r, at, HP_LIT("runtime (allocation)"));
	return n;
}

/* Whether comments mean the address at hand by @told: that of the call, or the one behind it. */
static bool is_of_address(const struct reader *r, uint64_t told)
{
	const struct naming *g = &r->naming;

	if (g->n)
		return told == g->told;
	return told == r->stacks.addr[g->i] || told + 1 == r->stacks.addr[g->i];
}

/* Whether @f is the same call again, of a function that calls itself, and not one inlined. */
static bool is_next_call(const struct reader *r, struct hp_frame f)
{
	const struct naming *g = &r->naming;

	return g->n && g->i + 1 < r->stacks.n_addr &&
	       r->stacks.addr[g->i] == r->stacks.addr[g->i + 1] && g->frame[0].func.i == f.func.i &&
	       g->frame[0].line == f.line;
}

static int read_comment(struct reader *r)
{
	struct hp_func_names names = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
	struct naming *g = &r->naming;
	struct hp_frame f = {.line = 0};
	uint64_t addr;
	uint64_t line;
	int n = HPROF_OK;

	if (!g->on || !scan_name(r->line.text, &addr, &names, &line))
		return HPROF_OK;
	while (n == HPROF_OK && g->on && !is_of_address(r, addr))
		n = next_address(r);
	if (n == HPROF_OK && g->on)
		n = name_allocator(r);
	if (n < 0 || !g->on)
		return n;
	g->told = addr;
	f.line = (uint32_t)line;
	n = hp_build_func(r->b, &names, &f.func);
	if (n == HPROF_OK && is_next_call(r, f))
		n = next_address(r);
	if (n == HPROF_OK && g->on && g->n < INLINED_MAX)
		g->frame[g->n++] = f;
	return n;
}

/*
 * The row at hand has no more comments.  Go prints none for the functions of package runtime in
 * which a stack begins, nor for runtime.goexit, in which it ends: printStackRecord() of
 * runtime/pprof.
 */
static int end_names(struct reader *r)
{
	struct naming *g = &r->naming;
	int n = g->on ? name_address(r) : HPROF_OK;

	if (n == HPROF_OK && g->on && g->any && g->i + 2 == r->stacks.n_addr)
		n = name_hidden(r, r->b->p->stacks.parent[g->at.i], HP_LIT("runtime.goexit"));
	g->on = false;
	return n;
}

/* Comments name the addresses of @stack, if it is @fresh. */
static void begin_names(struct reader *r, hp_stackid stack, bool fresh)
{
	r->naming.on = r->is_go && fresh && r->stacks.n_addr;
	r->naming.any = false;
	r->naming.at = r->naming.leaf = stack;
	r->naming.i = 0;
	r->naming.n = 0;
}

/* --- rows, again --- */

/* A line that is no row.  It may be the one that a full buffer of the writer cut. */
static void keep_odd(struct reader *r)
{
	r->odd_line = r->line.number;
	r->odd_offset = r->line.offset;
	(void)hp_quote(r->odd_text, r->line.text);
}

/* A row follows an odd line: it was no end of a buffer. */
static int refuse_odd(struct reader *r)
{
	return hp_fail_at(r->err, HPROF_EFORMAT, r->odd_line, r->odd_offset,
			  "found %s, expected %s", r->odd_text, row_form);
}

static void warn_suspect(struct reader *r)
{
	if (r->odd_line)
		hp_build_warn(r->b, "cut",
			      "line %" PRIu64 ": the rows end inside this one, %s, as they do when "
			      "the buffer of the writer is full; what stands before it is used",
			      r->odd_line, r->odd_text);
}

/*
 * Where the writer's buffer ends, the last address of a row may lack digits: leave it out.  It
 * writes each with all of them; others do not, and have no such buffer.
 */
static void drop_half_address(struct reader *r, struct hp_slice *addresses)
{
	size_t n = addresses->len;

	while (n && addresses->ptr[n - 1] != ' ')
		n--;
	if (addresses->len - n >= PRINTED_ADDRESS || n == 0 || r->prints_short)
		return;
	if (r->line.offset - r->begin + r->line.text.len + PRINTED_ADDRESS < WRITER_BUFFER) {
		r->prints_short = true;
		return;
	}
	addresses->len = n;
	keep_odd(r);
}

static int read_row(struct reader *r, struct hp_slice s)
{
	uint32_t known = r->stacks.n;
	struct numbers n;
	hp_stackid stack;
	int status = end_names(r);

	if (status < 0)
		return status;
	if (r->odd_line)
		return refuse_odd(r);
	if (!scan_numbers(&s, hp_scan_counter, &n) || !hp_scan_char(&s, '@') ||
	    (s.len && s.ptr[0] != ' ' && s.ptr[0] != '\t')) {
		keep_odd(r);
		return HPROF_OK;
	}
	drop_half_address(r, &s);
	status = hp_stack_line(&r->stacks, s, &stack);
	if (status == 0)
		keep_odd(r);
	if (status <= 0)
		return status;
	begin_names(r, stack, r->stacks.n > known);
	return add_row(r, &n, stack);
}

/* --- the whole --- */

static int read_line(struct reader *r, bool *maps)
{
	static const struct hp_slice known[] = {{NULL, 0}};
	struct hp_slice s = hp_slice_trim(r->line.text), word;

	if (hp_procmaps_begins(s)) {
		*maps = true;
		return HPROF_OK;
	}
	if (!s.len || s.ptr[0] == '%')
		return HPROF_OK;
	if (s.ptr[0] == '#')
		return read_comment(r);
	if (r->line.cut) { /* an address may lack digits */
		keep_odd(r);
		return HPROF_OK;
	}
	if (hp_extra_line(s, &word)) /* a row begins with a number */
		return hp_extra_line_pass(r->b, &r->line, word, known);
	return read_row(r, s);
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
	if (n < 0)
		return n;
	warn_suspect(r);
	settle_sizes(r);
	n = end_names(r);
	if (n < 0)
		return n;
	n = maps ? hp_procmaps_read(r->in, r->b, r->err) : HPROF_OK;
	hp_format_warn_truncated(r->in, r->b);
	if (!maps && !r->is_go && !r->b->symbolized)
		hp_build_warn(r->b, "no-maps",
			      "no MAPPED_LIBRARIES section (the file may be cut): addresses stay "
			      "without names");
	return n;
}

static int gperftools_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct reader r = {
		.in = in, .b = b, .err = err, .stacks = {.b = b, .line = &r.line, .err = err}};
	int n = hp_build_heap_types(b);

	hp_build_set_return_addresses(b);
	if (n == HPROF_OK)
		n = find_go(&r);
	if (n == HPROF_OK)
		n = hp_input_line(in, &r.line, err);
	r.begin = r.line.offset;
	if (n > 0)
		n = read_header(&r);
	if (n == HPROF_OK)
		n = read_body(&r);
	hp_stack_lines_release(&r.stacks);
	return n;
}

static enum hp_match gperftools_probe(struct hp_slice head)
{
	(void)hp_scan_text(&head, HP_LIT("\xef\xbb\xbf")); /* there or not */
	return hp_slice_starts(head, HP_LIT("heap profile:")) ? HP_MATCH_SURE : HP_MATCH_NO;
}

const struct hp_format hp_format_gperftools = {
	.info = {"gperftools", "heap profile of gperftools, jemalloc 3, Go (\"heap profile:\")",
		 true},
	.probe = gperftools_probe,
	.read = gperftools_read,
};
