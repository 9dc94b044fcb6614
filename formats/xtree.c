/*
 * xtree.c - xtree reports of valgrind (memory in use, leaks) in callgrind's syntax.
 *
 *	# callgrind format
 *	creator: xtree-1
 *	events: <event> ...
 *
 * Each block, up to an empty line, is one whole stack, outermost call first:
 *
 *	fl=(<id>) <file>
 *	fn=(<id>) <function>
 *	<line>
 *	cfi=... cfn=... calls=... and a line of inclusive costs: said again by what follows
 *	fl=...
 *	fn=...
 *	<line> <value> ...		of the leaf
 */
#include "formats/counter.h"
#include "formats/format.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/scan.h"
#include "formats/ending.h"
#include "formats/named_calls.h"
#include "formats/xtree_types.h"

/* Names that are written once, and referred to by number then. */
struct numbered {
	uint64_t number;
	hp_strid name;
};

struct names {
	struct numbered *row; /* [n] */
	uint32_t n, cap;
	struct hp_index index;
};

struct reader {
	struct hp_input *in;
	struct hp_builder *b;
	struct hprof_error *err;
	struct hp_line line;
	struct names files, functions;
	hp_strid file, function; /* of the call at hand; function 0: none is */
	hp_locid *loc;           /* [n_locs] of the stack at hand, outermost first */
	uint32_t n_locs, cap_locs;
	bool skip_costs; /* the next line has those of a call */
	bool has_leaf, ended;
	double total[HP_XTREE_EVENTS_MAX]; /* that the file tells */
	double sum[HP_XTREE_EVENTS_MAX];
	struct hp_measure m[HP_XTREE_EVENTS_MAX];
};

static int malformed(struct reader *r, const char *expected)
{
	return hp_fail_line(r->err, &r->line, expected);
}

/* --- the header --- */

static int add_events(struct reader *r, struct hp_slice s)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_slice event;
	int n = HPROF_OK;

	if (p->n_types)
		return malformed(r, "one line of events");
	for (hp_scan_blanks(&s); n == HPROF_OK && hp_scan_word(&s, &event); hp_scan_blanks(&s)) {
		if (p->n_types == HP_XTREE_EVENTS_MAX)
			return hp_fail_at(r->err, HPROF_ELIMIT, r->line.number, r->line.offset,
					  "more than %d events", HP_XTREE_EVENTS_MAX);
		for (uint32_t t = 0; t < p->n_types; t++)
			if (hp_slice_same(hp_profile_str(p, p->types[t].alias), event))
				return malformed(r, "each event once");
		n = hp_xtree_type(r->b, event);
	}
	if (n == HPROF_OK && !p->n_types)
		return malformed(r, "the names of events");
	hp_xtree_default(r->b);
	return n;
}

static int read_header(struct reader *r)
{
	int n;

	while ((n = hp_input_line(r->in, &r->line, r->err)) > 0) {
		struct hp_slice s = r->line.text;

		if (r->line.cut)
			break;
		if (hp_scan_text(&s, HP_LIT("events:")))
			return add_events(r, s);
	}
	return n < 0 ? n
		     : hp_fail_at(r->err, HPROF_ETRUNC, r->line.number, r->line.offset,
				  "the file ends in its header, expected \"events: \" before");
}

/* --- names --- */

static bool same_number(const void *ctx, uint32_t row, const void *key)
{
	const struct names *t = ctx;

	return t->row[row].number == *(const uint64_t *)key;
}

/* "(<number>) <name>", "(<number>)" of one that was told before, or "<name>". */
static int take_name(struct reader *r, struct names *t, struct hp_slice s, hp_strid *out)
{
	struct hp_slice rest = s;
	uint64_t number = 0;
	uint32_t tag, row;
	int n;

	if (!hp_scan_char(&rest, '(') || !hp_scan_u64(&rest, &number) || !hp_scan_char(&rest, ')'))
		return hp_build_text(r->b, s, out);
	tag = hp_hash_pair(r->b->p->seed, number, 0);
	row = hp_index_find(&t->index, tag, same_number, t, &number);
	if (!rest.len && row == UINT32_MAX)
		return malformed(r, "a name behind the number, which is new");
	if (!rest.len) {
		*out = t->row[row].name;
		return HPROF_OK;
	}
	hp_scan_blanks(&rest);
	n = hp_build_text(r->b, rest, out);
	if (n < 0)
		return n;
	if (row == UINT32_MAX) {
		if (!HP_COLUMN_ROOM(t->row, t->n, t->cap) || !hp_index_add(&t->index, tag, t->n))
			return hp_fail_nomem(r->err);
		row = t->n++;
	}
	t->row[row] = (struct numbered){number, *out};
	return HPROF_OK;
}

/* --- stacks --- */

static struct hp_slice known(struct hp_slice s, struct hp_slice unknown)
{
	return hp_slice_same(s, unknown) ? (struct hp_slice){"", 0} : s;
}

/* The call at hand is at @line. */
static int end_call(struct reader *r, uint32_t line)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_call_text text = {
		.object = {"", 0},
		.function = known(hp_profile_str(p, r->function), HP_LIT("UnknownFn???")),
		.file = known(hp_profile_str(p, r->file), HP_LIT("UnknownFile???")),
		.line = line};
	struct hp_frame frame;
	struct hp_named_call call = {
		.frame = &frame, .n_frames = 1, .nameless = !text.function.len};
	hp_locid loc;
	int n = hp_call_frame(r->b, &text, &frame, &call.module);

	if (n == HPROF_OK)
		n = hp_build_named(r->b, &call, &loc);
	if (n < 0)
		return n;
	if (!HP_COLUMN_ROOM(r->loc, r->n_locs, r->cap_locs))
		return hp_fail_nomem(r->err);
	r->loc[r->n_locs++] = loc;
	r->function.i = 0;
	return HPROF_OK;
}

/* Values in the order of the events; those that are missing at the end are 0. */
static bool scan_values(const struct reader *r, struct hp_slice s, double *out)
{
	for (uint32_t t = 0; t < r->b->p->n_types; t++) {
		int64_t value = 0;

		hp_scan_blanks(&s);
		if (s.len && !hp_scan_counter(&s, &value))
			return false;
		out[t] = (double)value;
	}
	hp_scan_blanks(&s);
	return !s.len;
}

static int end_stack(struct reader *r)
{
	hp_stackid stack;
	bool any = false;
	int n = HPROF_OK;

	for (uint32_t t = 0; t < r->b->p->n_types; t++) {
		any |= r->m[t].recorded > 0;
		r->sum[t] += r->m[t].recorded;
	}
	for (uint32_t i = 0; i < r->n_locs / 2; i++) { /* leaf first */
		hp_locid swapped = r->loc[i];

		r->loc[i] = r->loc[r->n_locs - 1 - i];
		r->loc[r->n_locs - 1 - i] = swapped;
	}
	if (any)
		n = hp_build_named_stack(r->b, r->loc, r->n_locs, &stack);
	if (any && n == HPROF_OK)
		n = hp_build_sample(r->b, stack, r->m);
	r->n_locs = 0;
	r->has_leaf = false;
	return n;
}

/* "<line>" of a call, or "<line> <value> ..." of the leaf. */
static int read_position(struct reader *r)
{
	struct hp_slice s = r->line.text;
	double values[HP_XTREE_EVENTS_MAX];
	uint64_t line;
	int n;

	if (!hp_scan_u64(&s, &line) || line > UINT32_MAX || (s.len && s.ptr[0] != ' '))
		return malformed(r, "\"fl=\", \"fn=\", a line and values, or an empty line");
	if (r->skip_costs) {
		r->skip_costs = false;
		return HPROF_OK;
	}
	if (!r->function.i || r->has_leaf)
		return malformed(r, "\"fn=\" before the line of a call");
	hp_scan_blanks(&s);
	n = end_call(r, (uint32_t)line);
	if (n < 0 || !s.len)
		return n;
	if (!scan_values(r, s, values))
		return malformed(r, "a value of less than 2^64 for each event behind the line");
	for (uint32_t t = 0; t < r->b->p->n_types; t++)
		r->m[t] = (struct hp_measure){values[t], 0, values[t]};
	hp_counter_tell(r->b, "line", r->line.number, values);
	r->has_leaf = true;
	return HPROF_OK;
}

static int read_line(struct reader *r)
{
	struct hp_slice s = r->line.text;

	if (!s.len)
		return r->has_leaf ? end_stack(r) : HPROF_OK;
	if (hp_scan_text(&s, HP_LIT("fl=")) || hp_scan_text(&s, HP_LIT("fi=")))
		return take_name(r, &r->files, s, &r->file);
	if (hp_scan_text(&s, HP_LIT("fn=")))
		return take_name(r, &r->functions, s, &r->function);
	if (hp_scan_text(&s, HP_LIT("cfi=")) || hp_scan_text(&s, HP_LIT("cfl=")))
		return take_name(r, &r->files, s, &(hp_strid){0});
	if (hp_scan_text(&s, HP_LIT("cfn=")))
		return take_name(r, &r->functions, s, &(hp_strid){0});
	if (hp_scan_text(&s, HP_LIT("ob=")) || hp_scan_text(&s, HP_LIT("cob=")))
		return HPROF_OK;
	if (hp_scan_text(&s, HP_LIT("calls="))) {
		r->skip_costs = true;
		return HPROF_OK;
	}
	if (hp_scan_text(&s, HP_LIT("totals:"))) {
		r->ended = true;
		return scan_values(r, s, r->total)
			       ? HPROF_OK
			       : malformed(r, "a value of less than 2^64 for each event");
	}
	return read_position(r);
}

/* --- the whole --- */

static void check_totals(struct reader *r)
{
	const struct hprof_profile *p = r->b->p;

	if (!r->ended)
		hp_build_warn(r->b, "cut",
			      "line %" PRIu64 ": the file ends without its totals; the stacks "
			      "before are used",
			      r->line.number);
	for (uint32_t t = 0; r->ended && t < p->n_types; t++)
		if (r->sum[t] != r->total[t])
			hp_build_warn(r->b, "totals",
				      "the stacks have %.0f %s, the last line says %.0f", r->sum[t],
				      hp_profile_str(p, p->types[t].alias).ptr, r->total[t]);
}

static int read_body(struct reader *r)
{
	int n;

	while (!r->ended && (n = hp_input_line(r->in, &r->line, r->err)) != 0) {
		if (n < 0)
			return n;
		if (r->line.cut && !hp_slice_starts(r->line.text, HP_LIT("totals:")))
			break; /* a name or value may be cut as well */
		n = read_line(r);
		if (n < 0)
			return n;
	}
	n = r->has_leaf && r->ended ? end_stack(r) : HPROF_OK;
	check_totals(r);
	hp_format_warn_truncated(r->in, r->b);
	return n;
}

static int xtree_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct reader r = {.in = in, .b = b, .err = err};
	int n = hp_build_set_writer(b, HP_LIT("valgrind"));

	if (n == HPROF_OK)
		n = read_header(&r);
	if (n == HPROF_OK)
		n = read_body(&r);
	free(r.files.row);
	hp_index_release(&r.files.index);
	free(r.functions.row);
	hp_index_release(&r.functions.index);
	free(r.loc);
	return n;
}

static enum hp_match xtree_probe(struct hp_slice head)
{
	return hp_slice_starts(head, HP_LIT("# callgrind format")) &&
			       memmem(head.ptr, head.len, "\ncreator: xtree", 15)
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
}

const struct hp_format hp_format_xtree = {
	.info = {"xtree", "xtree report of valgrind in callgrind's syntax: memory or leaks (.kcg)",
		 true},
	.probe = xtree_probe,
	.read = xtree_read,
};
