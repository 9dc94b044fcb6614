/*
 * massif.c - recordings of valgrind's massif, and xtree reports in the same syntax.
 *
 *	desc: <options>
 *	cmd: <command>			may run over several lines
 *	time_unit: i|ms|s|B
 *	#-----------
 *	snapshot=<n>
 *	#-----------
 *	time=<t>
 *	mem_heap_B=<bytes>
 *	mem_heap_extra_B=<bytes>
 *	mem_stacks_B=<bytes>
 *	heap_tree=empty|detailed|peak
 *	n<children>: <bytes> <place>	one blank more per level: callees first, callers below
 *
 * In an xtree report ("desc: xtree...") the snapshots are no moments: each holds another event.
 */
#include "formats/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/scan.h"
#include "formats/ending.h"
#include "formats/named_calls.h"
#include "formats/xtree_types.h"

enum {
	HEADER_MAX = 1 << 20, /* bytes of the command line that are kept */
	CHAIN_MAX = 256,      /* calls inlined at one address that are told apart */
};

/* A distinct text of a node, taken apart when it came first. */
struct place {
	uint64_t addr;
	struct hp_frame frame;
	hp_modid module;
	bool nameless;
};

/*
 * Calls at one address, which are inlined into each other, innermost first: @place is called
 * from, and was inlined into, what follows.  A call by itself is a chain of one.
 */
struct chain {
	uint32_t before; /* HP_NONE: the innermost */
	uint32_t place;
	uint32_t len;
	hp_locid loc; /* of the whole chain, once it was needed; HP_NONE */
};

/*
 * A way from the root of a tree to a place, innermost call first.  The trees of a recording
 * have most of their ways in common: each is looked at once.
 */
struct way {
	uint32_t callee, place; /* row of the ways that it goes on from, and where to */
	uint32_t chain;
	hp_stackid stack; /* of the whole way, once it was needed; HP_NONE */
};

/* A node whose callers are still to come. */
struct node {
	uint64_t bytes, callers; /* of it; of the callers so far */
	uint64_t left;           /* callers to come */
	uint32_t way;            /* HP_NONE: the root */
};

struct reader {
	struct hp_input *in;
	struct hp_builder *b;
	struct hprof_error *err;
	struct hp_line line;
	bool has_line; /* it was looked at and is still to be taken */
	bool has_header, is_xtree;
	struct hp_strtab texts; /* of nodes, by which the places go */
	struct place *place;    /* [texts.n] */
	uint32_t cap_places;
	struct chain *chain; /* [n_chains] */
	uint32_t n_chains, cap_chains;
	struct hp_index chains;
	struct way *way; /* [n_ways] */
	uint32_t n_ways, cap_ways;
	struct hp_index ways;
	struct node *node; /* [depth] from the root to the last one read */
	uint32_t depth, cap_nodes;
	hp_locid *loc; /* of one stack, leaf first */
	uint32_t cap_locs;
	char *command;
	size_t command_len;
	uint64_t snapshots; /* begun */
	struct hp_measure m[HP_XTREE_EVENTS_MAX];
};

static int malformed(struct reader *r, const char *expected)
{
	return hp_fail_line(r->err, &r->line, expected);
}

/* 1 and the next line in r->line, 0 at the end. */
static int next(struct reader *r)
{
	if (r->has_line) {
		r->has_line = false;
		return 1;
	}
	return hp_input_line(r->in, &r->line, r->err);
}

/* --- the header --- */

static int keep_command(struct reader *r, struct hp_slice text, bool first)
{
	size_t len = r->command_len + text.len + !first;
	char *grown;

	if (len > HEADER_MAX)
		return hp_fail_at(r->err, HPROF_ELIMIT, r->line.number, r->line.offset,
				  "the command line is longer than %d bytes, expected \"time_unit: "
				  "\" before",
				  HEADER_MAX);
	grown = realloc(r->command, len + 1);
	if (!grown)
		return hp_fail_nomem(r->err);
	r->command = grown;
	if (!first)
		grown[r->command_len++] = '\n';
	if (text.len)
		memcpy(grown + r->command_len, text.ptr, text.len);
	r->command_len = len;
	return HPROF_OK;
}

static int take_unit(struct reader *r, struct hp_slice unit)
{
	struct hp_slice command = {r->command ? r->command : "", r->command_len};

	if (!hp_slice_same(unit, HP_LIT("i")) && !hp_slice_same(unit, HP_LIT("ms")) &&
	    !hp_slice_same(unit, HP_LIT("B")) && !hp_slice_same(unit, HP_LIT("s")))
		return malformed(r, "\"time_unit: \" and i, ms, s or B");
	r->has_header = true;
	return hp_build_set_run(r->b, unit, command);
}

/* The header, of which r->line is the first line: up to the unit of time. */
static int read_header(struct reader *r)
{
	bool in_command = false;
	struct hp_slice s;
	int n = 1;

	if (r->has_header)
		return malformed(r, "one header only");
	do {
		s = r->line.text;
		if (!in_command && hp_scan_text(&s, HP_LIT("desc:"))) {
			s = hp_slice_trim(s);
			if (hp_slice_starts(s, HP_LIT("xtree")))
				r->is_xtree = !r->snapshots;
			if (hp_slice_starts(s, HP_LIT("heaptrack")))
				n = hp_build_set_writer(r->b, HP_LIT("heaptrack"));
		} else if (!in_command && hp_scan_text(&s, HP_LIT("cmd:"))) {
			in_command = true;
			n = keep_command(r, hp_slice_trim(s), true);
		} else if (in_command && hp_scan_text(&s, HP_LIT("time_unit:"))) {
			return take_unit(r, hp_slice_trim(s));
		} else if (in_command) {
			n = keep_command(r, s, false);
		} /* else a line of the options: they are not kept */
		if (n < 0)
			return n;
	} while ((n = next(r)) > 0);
	return n < 0 ? n
		     : hp_fail_at(r->err, HPROF_ETRUNC, r->line.number, r->line.offset,
				  "the file ends in its header, expected \"%s\" before",
				  in_command ? "time_unit: " : "cmd: ");
}

/* --- places --- */

/* "in 4 places, all below massif's threshold (1.00%)" */
static bool scan_aggregate(struct hp_slice s, uint64_t *n)
{
	if (!hp_scan_text(&s, HP_LIT("in ")) || !hp_scan_u64(&s, n) ||
	    !hp_scan_text(&s, HP_LIT(" place")))
		return false;
	return memmem(s.ptr, s.len, "below ", 6) != NULL;
}

static int new_place(struct reader *r, struct hp_slice text, struct place *out)
{
	struct hp_call_text call;
	uint64_t n;
	char name[64];

	*out = (struct place){0, {{0}, 0}, {HP_NONE}, false};
	if (scan_aggregate(text, &n)) {
		(void)snprintf(name, sizeof(name), "[%" PRIu64 " place%s below threshold]", n,
			       n == 1 ? "" : "s");
		return hp_synthetic_frame(r->b, hp_slice_str(name), &out->frame);
	}
	if (!hp_slice_starts(text, HP_LIT("0x")) || !hp_scan_hex(&text, &out->addr) ||
	    !hp_scan_text(&text, HP_LIT(": ")))
		out->addr = 0; /* of other writers */
	call = hp_call_text(text);
	out->nameless = !call.function.len;
	return hp_call_frame(r->b, &call, &out->frame, &out->module);
}

static int find_place(struct reader *r, struct hp_slice text, uint32_t *out)
{
	uint32_t known = r->texts.n;
	hp_strid id;
	int n = hp_strtab_add(&r->texts, text, &id, r->err);

	if (n < 0)
		return n;
	if (id.i >= known) {
		if (!HP_COLUMN_ROOM(r->place, id.i, r->cap_places))
			return hp_fail_nomem(r->err);
		n = new_place(r, text, &r->place[id.i]);
	}
	*out = id.i;
	return n;
}

struct chain_key {
	uint32_t before, place;
};

static bool same_chain(const void *ctx, uint32_t row, const void *key)
{
	const struct chain *c = ctx;
	const struct chain_key *k = key;

	return c[row].before == k->before && c[row].place == k->place;
}

/* Whether @place is another function inlined at the address of @chain, and no call again. */
static bool is_inlined(const struct reader *r, uint32_t chain, uint32_t place)
{
	uint64_t addr = r->place[place].addr;

	if (chain == HP_NONE || !addr || r->place[r->chain[chain].place].addr != addr ||
	    r->chain[chain].len >= CHAIN_MAX)
		return false;
	for (; chain != HP_NONE; chain = r->chain[chain].before)
		if (r->chain[chain].place == place)
			return false;
	return true;
}

/* The chain of @place, which called @callee, the chain below it. */
static int find_chain(struct reader *r, uint32_t callee, uint32_t place, uint32_t *out)
{
	struct chain_key key = {is_inlined(r, callee, place) ? callee : HP_NONE, place};
	uint32_t tag = hp_hash_pair(r->b->p->seed, key.before, place);
	uint32_t row = hp_index_find(&r->chains, tag, same_chain, r->chain, &key);

	if (row == UINT32_MAX) {
		if (!HP_COLUMN_ROOM(r->chain, r->n_chains, r->cap_chains) ||
		    !hp_index_add(&r->chains, tag, r->n_chains))
			return hp_fail_nomem(r->err);
		row = r->n_chains++;
		r->chain[row] = (struct chain){key.before, place, 1, {HP_NONE}};
		if (key.before != HP_NONE)
			r->chain[row].len += r->chain[key.before].len;
	}
	*out = row;
	return HPROF_OK;
}

static bool same_way(const void *ctx, uint32_t row, const void *key)
{
	const struct way *w = ctx;
	const struct way *k = key;

	return w[row].callee == k->callee && w[row].place == k->place;
}

/* The way that goes on from @callee, or from the root, to @place. */
static int find_way(struct reader *r, uint32_t callee, uint32_t place, uint32_t *out)
{
	struct way key = {callee, place, HP_NONE, {HP_NONE}};
	uint32_t tag = hp_hash_pair(r->b->p->seed, callee, place);
	uint32_t row = hp_index_find(&r->ways, tag, same_way, r->way, &key);
	int n;

	if (row == UINT32_MAX) {
		n = find_chain(r, callee == HP_NONE ? HP_NONE : r->way[callee].chain, place,
			       &key.chain);
		if (n < 0)
			return n;
		if (r->n_ways >= r->b->limits.rows)
			return hp_fail_at(r->err, HPROF_ELIMIT, r->line.number, r->line.offset,
					  "more than %" PRIu32 " places in trees",
					  r->b->limits.rows);
		if (!HP_COLUMN_ROOM(r->way, r->n_ways, r->cap_ways) ||
		    !hp_index_add(&r->ways, tag, r->n_ways))
			return hp_fail_nomem(r->err);
		row = r->n_ways++;
		r->way[row] = key;
	}
	*out = row;
	return HPROF_OK;
}

static int location_of(struct reader *r, struct chain *c, hp_locid *out)
{
	struct hp_frame frames[CHAIN_MAX];
	const struct place *last = &r->place[c->place];
	struct hp_named_call call = {last->addr, last->module, frames, c->len, last->nameless};
	const struct chain *at = c;
	int n = HPROF_OK;

	if (c->loc.i == HP_NONE) {
		for (uint32_t i = c->len; i-- > 0;) {
			frames[i] = r->place[at->place].frame;
			if (i)
				at = &r->chain[at->before];
		}
		n = hp_build_named(r->b, &call, &c->loc);
	}
	*out = c->loc;
	return n;
}

/* --- trees --- */

/* The stack that ends (with its outermost call) at the last node: the nodes are leaf first. */
static int stack_of(struct reader *r, hp_stackid *out)
{
	uint32_t last = r->node[r->depth - 1].way;
	uint32_t n = 0;
	int status;

	if (last != HP_NONE && r->way[last].stack.i != HP_NONE) {
		*out = r->way[last].stack;
		return HPROF_OK;
	}
	for (uint32_t i = 1; i < r->depth; i++) {
		uint32_t chain = r->way[r->node[i].way].chain;

		if (i + 1 < r->depth && r->chain[r->way[r->node[i + 1].way].chain].before == chain)
			continue; /* the next one is the same call, and tells more of it */
		if (!HP_COLUMN_ROOM(r->loc, n, r->cap_locs))
			return hp_fail_nomem(r->err);
		status = location_of(r, &r->chain[chain], &r->loc[n]);
		if (status < 0)
			return status;
		n++;
	}
	status = hp_build_named_stack(r->b, r->loc, n, out);
	if (status == HPROF_OK && last != HP_NONE)
		r->way[last].stack = *out;
	return status;
}

/* Count @bytes at the stack of the last node. */
static int add_value(struct reader *r, uint64_t bytes)
{
	const struct hprof_profile *p = r->b->p;
	hp_stackid stack;
	int n = stack_of(r, &stack);

	if (n < 0)
		return n;
	r->m[p->n_types - 1] = (struct hp_measure){(double)bytes, 0, (double)bytes};
	return r->is_xtree ? hp_build_sample(r->b, stack, r->m)
			   : hp_build_snapshot_sample(r->b, stack, r->m);
}

/* The callers of the last node are all there: what they do not account for is its own. */
static int end_node(struct reader *r)
{
	struct node *node = &r->node[r->depth - 1];
	int n = HPROF_OK;

	if (node->callers > node->bytes)
		hp_build_warn(r->b, "callers",
			      "line %" PRIu64 ": the callers of a place have more bytes than the "
			      "place itself; theirs are used",
			      r->line.number);
	else if (node->bytes > node->callers)
		n = add_value(r, node->bytes - node->callers);
	r->depth--;
	if (n == HPROF_OK && r->depth) {
		struct node *callee = &r->node[r->depth - 1];
		uint64_t bytes = node->bytes > node->callers ? node->bytes : node->callers;

		if (__builtin_add_overflow(callee->callers, bytes, &callee->callers))
			callee->callers = UINT64_MAX;
		callee->left--;
	}
	return n;
}

/* Each event of an xtree report is named at the root of its tree: "curB : currently...". */
static int new_event(struct reader *r, struct hp_slice text)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_slice event = text;

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == ' ' || text.ptr[i] == ':') {
			event.len = i;
			break;
		}
	for (uint32_t t = 0; t < p->n_types; t++) {
		r->m[t] = (struct hp_measure){0, 0, 0};
		if (hp_slice_same(hp_profile_str(p, p->types[t].alias), event))
			return malformed(r, "another event than before");
	}
	if (p->n_types >= HP_XTREE_EVENTS_MAX)
		return hp_fail_at(r->err, HPROF_ELIMIT, r->line.number, r->line.offset,
				  "more than %d events in one report", HP_XTREE_EVENTS_MAX);
	return hp_xtree_type(r->b, event);
}

/* Take the node in r->line, which is to be on level r->depth. */
static int read_node(struct reader *r)
{
	struct hp_slice s = r->line.text;
	struct node node = {.way = HP_NONE};
	uint32_t depth = 0;
	uint32_t place = 0;
	int n = HPROF_OK;

	while (depth < s.len && s.ptr[depth] == ' ')
		depth++;
	s = hp_slice_from(s, depth);
	if (depth != r->depth || !hp_scan_char(&s, 'n') || !hp_scan_u64(&s, &node.left) ||
	    !hp_scan_text(&s, HP_LIT(": ")) || !hp_scan_u64(&s, &node.bytes) ||
	    !hp_scan_char(&s, ' ') || !s.len)
		return malformed(r, "\"n<callers>: <bytes> <place>\", indented by its level");
	if (depth == 0 && r->is_xtree)
		n = new_event(r, s);
	if (depth > 0) {
		n = find_place(r, s, &place);
		if (n == HPROF_OK)
			n = find_way(r, r->node[depth - 1].way, place, &node.way);
	}
	if (n < 0)
		return n;
	if (!HP_COLUMN_ROOM(r->node, r->depth, r->cap_nodes))
		return hp_fail_nomem(r->err);
	r->node[r->depth++] = node;
	while (n == HPROF_OK && r->depth && !r->node[r->depth - 1].left)
		n = end_node(r);
	return n;
}

/* 1 once the tree is complete, 0 when the file ends inside. */
static int read_tree(struct reader *r)
{
	int n;

	r->depth = 0;
	do {
		n = next(r);
		if (n <= 0)
			return n;
		if (r->line.cut) /* the text of the node may be cut as well */
			return 0;
		n = read_node(r);
		if (n < 0)
			return n;
	} while (r->depth);
	return 1;
}

/* --- snapshots --- */

/* The next line begins with @key: 1 and what follows it in *@value, 0 at the end. */
static int read_field(struct reader *r, const char *key, struct hp_slice *value)
{
	char expected[64];
	int n = next(r);

	if (n <= 0)
		return n;
	*value = r->line.text;
	if (hp_scan_text(value, hp_slice_str(key)))
		return 1;
	if (r->line.cut)
		return 0;
	(void)snprintf(expected, sizeof(expected), "\"%s\"", key);
	return malformed(r, expected);
}

static int read_number(struct reader *r, const char *key, uint64_t *out)
{
	struct hp_slice value;
	int n = read_field(r, key, &value);

	if (n <= 0 || r->line.cut)
		return n < 0 ? n : 0;
	if (!hp_scan_u64(&value, out) || value.len)
		return malformed(r, "a number of less than 2^64 behind the \"=\"");
	return 1;
}

static int read_time(struct reader *r, double *out)
{
	struct hp_slice value;
	int n = read_field(r, "time=", &value);

	if (n <= 0 || r->line.cut)
		return n < 0 ? n : 0;
	if (!hp_scan_decimal(&value, out) || value.len)
		return malformed(r, "a time behind the \"=\"");
	return 1;
}

static int read_kind(struct reader *r, enum hp_snapshot_tree *out)
{
	static const char *const words[] = {"empty", "detailed", "peak"};
	struct hp_slice value;
	int n = read_field(r, "heap_tree=", &value);

	for (size_t i = 0; n > 0 && i < HP_LEN(words); i++)
		if (hp_slice_same(value, hp_slice_str(words[i]))) {
			*out = (enum hp_snapshot_tree)i;
			return 1;
		}
	if (n <= 0 || r->line.cut)
		return n < 0 ? n : 0;
	return malformed(r, "\"heap_tree=\" and empty, detailed or peak");
}

static int begin_snapshot(struct reader *r, struct hp_snapshot *s)
{
	struct hp_slice value;
	uint64_t number;
	int n = read_number(r, "snapshot=", &number);

	if (n > 0)
		n = read_field(r, "#-----------", &value);
	if (n > 0)
		n = read_time(r, &s->time);
	if (n > 0)
		n = read_number(r, "mem_heap_B=", &s->heap);
	if (n > 0)
		n = read_number(r, "mem_heap_extra_B=", &s->extra);
	if (n > 0)
		n = read_number(r, "mem_stacks_B=", &s->stacks);
	return n > 0 ? read_kind(r, &s->tree) : n;
}

/* A snapshot of an xtree report: an event and its tree. */
static int read_event(struct reader *r)
{
	uint32_t known = r->b->p->n_types;
	int n = read_tree(r);

	if (n == 0 && r->b->p->n_types > known)
		hp_build_type_undo(r->b);
	return n;
}

/* r->line begins a snapshot: 1 once it is complete, 0 when the file ends inside. */
static int read_snapshot(struct reader *r)
{
	struct hp_snapshot s = {.heap = 0};
	int n = begin_snapshot(r, &s);

	if (n <= 0)
		return n;
	if (r->is_xtree)
		return s.tree == HP_TREE_NONE ? 1 : read_event(r);
	if (!r->b->p->n_types)
		n = hp_build_type(r->b, "inuse_space", HP_UNIT_BYTES, HP_TYPE_LEVEL, false);
	if (n >= 0)
		n = hp_build_snapshot(r->b, &s);
	if (n >= 0)
		n = s.tree == HP_TREE_NONE ? 1 : read_tree(r);
	if (n == 0)
		hp_build_snapshot_undo(r->b);
	return n;
}

static bool is_rule(struct hp_slice s)
{
	return hp_slice_starts(s, HP_LIT("#-----------"));
}

static int read_all(struct reader *r)
{
	int n;

	while ((n = next(r)) > 0) {
		struct hp_slice s = r->line.text;

		if (is_rule(s)) {
			n = read_snapshot(r);
			if (n <= 0)
				return n;
			r->snapshots++;
		} else if (hp_slice_starts(s, HP_LIT("desc:")) ||
			   hp_slice_starts(s, HP_LIT("cmd:"))) {
			n = read_header(r);
			if (n < 0)
				return n;
		} else if (s.len && r->line.cut) {
			return 0;
		} else if (s.len) {
			return malformed(r, "\"#-----------\" and a snapshot");
		}
	}
	return n < 0 ? n : 1;
}

/* --- the end --- */

static int no_snapshot(struct reader *r, bool cut)
{
	return hp_fail_at(r->err, HPROF_ETRUNC, r->line.number, r->line.offset,
			  cut ? "the file ends inside its first snapshot"
			      : "the file ends before its first snapshot, as it does when the "
				"program was killed or the disk was full");
}

static int finish(struct reader *r, bool complete)
{
	if (!r->snapshots)
		return no_snapshot(r, !complete);
	if (!r->b->p->n_types) /* of a report, each tree is a type */
		return hp_fail_at(r->err, HPROF_ENODATA, r->line.number, r->line.offset,
				  "the report has no tree: nothing was recorded");
	if (!complete)
		hp_build_warn(r->b, "cut",
			      "line %" PRIu64 ": the file ends inside snapshot %" PRIu64
			      "; the %" PRIu64 " complete ones before it are used",
			      r->line.number, r->snapshots, r->snapshots);
	if (!r->has_header)
		hp_build_warn(r->b, "no-header",
			      "the header is missing, with the command and the unit of time");
	hp_format_warn_truncated(r->in, r->b);
	if (r->is_xtree)
		hp_xtree_default(r->b);
	else if (hp_build_snapshot_sort(r->b))
		hp_build_warn(
			r->b, "order",
			"the snapshots are not in the order of their times; they were sorted");
	return HPROF_OK;
}

static void release(struct reader *r)
{
	hp_strtab_release(&r->texts);
	free(r->place);
	free(r->chain);
	hp_index_release(&r->chains);
	free(r->way);
	hp_index_release(&r->ways);
	free(r->node);
	free(r->loc);
	free(r->command);
}

static int massif_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct reader r = {.in = in, .b = b, .err = err};
	int n = hp_strtab_init(&r.texts, b->limits.text_bytes, err);

	if (n == HPROF_OK)
		n = hp_build_set_writer(b, HP_LIT("valgrind"));
	if (n == HPROF_OK)
		n = read_all(&r);
	if (n >= 0)
		n = finish(&r, n > 0);
	release(&r);
	return n;
}

static enum hp_match massif_probe(struct hp_slice head)
{
	if (hp_slice_starts(head, HP_LIT("desc:")) &&
	    (memmem(head.ptr, head.len, "\ncmd:", 5) || head.len == HP_PROBE_BYTES))
		return HP_MATCH_SURE;
	if (is_rule(head) && memmem(head.ptr, head.len, "snapshot=", 9))
		return HP_MATCH_SURE;
	return HP_MATCH_NO;
}

const struct hp_format hp_format_massif = {
	.info = {"massif", "recording of valgrind's massif, and xtree reports in its syntax (.ms)",
		 true},
	.probe = massif_probe,
	.read = massif_read,
};
