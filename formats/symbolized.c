/*
 * symbolized.c - profiles that bring the names of their addresses with them: those of jeprof's and
 * pprof's --raw, of ClickHouse, and of "hprof export --to symbolized".
 *
 *	--- symbol
 *	binary=<path>
 *	0x<address> <function>[--<inlined function>...]
 *	---
 *	--- heap
 *	<a profile as its writer made it>
 *
 * The addresses are those of calls, for all but the innermost frames one less than in the stacks;
 * some writers use those of the stacks.  Lines that begin with "#0x" are hprof's own (FORMATS.md):
 * they tell the same again, by the address in the stacks, with files and lines:
 *
 *	#0x<address><tab>@<offset>[<tab><module>]	where it is; "-": the address is made up
 *	#0x<address><tab><line><tab><file><tab><name><tab><full name><tab><linkage name>
 *	#!<tab><warning>
 *	#=<tab>one-size				a row is of objects of one size
 *	#=<tab>scaled<tab><period>		the values are estimates
 *	#=<tab>unknown				it is not known whether they are
 *	#=<tab>whole				no stack was cut, however deep
 *	#=<tab>deepest<tab><frames>		of a stack that had no values
 *	#=<tab>types<tab><name>[<blank><name>...]	the sample types that are there, if only
 *with
 *0
 *
 * and, among the rows of jemalloc's form,
 *
 *	#~{<tab><estimate><tab><variance>}	of the four numbers of the next row, as 64 bits of a
 *double
 */
#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/escape.h"
#include "analyzer/base/scan.h"
#include "formats/counter.h"
#include "formats/format.h"
#include "formats/inner.h"

enum { FRAMES_MAX = 4096, FIELDS = 5 };

/* What is told of one address. */
struct symbol {
	uint64_t addr;
	uint64_t rel;      /* with @has_rel: where it is in its module */
	uint32_t first, n; /* frames, innermost first */
	hp_modid module;   /* HP_NONE: not told */
	bool has_rel, no_addr;
};

struct symbols {
	struct symbol *row; /* [n] */
	uint32_t n, cap;
	struct hp_index index; /* by address */
};

struct reader {
	struct hp_input *in;
	struct hp_builder *b;
	struct hprof_error *err;
	struct hp_line line;
	struct symbols told;    /* in the form of jeprof */
	struct symbols exact;   /* in hprof's own */
	struct hp_frame *frame; /* [n_frames] */
	uint32_t n_frames, cap_frames;
	hp_strid binary;
};

/* --- symbols --- */

static bool same_addr(const void *ctx, uint32_t row, const void *key)
{
	const struct symbol *s = ctx;

	return s[row].addr == *(const uint64_t *)key;
}

/* What is known about @addr, or NULL. */
static const struct symbol *find(const struct reader *r, const struct symbols *t, uint64_t addr)
{
	uint32_t row = hp_index_find(&t->index, hp_hash_pair(r->b->p->seed, addr, 0), same_addr,
				     t->row, &addr);

	return row == UINT32_MAX ? NULL : &t->row[row];
}

static int symbol_of(struct reader *r, struct symbols *t, uint64_t addr, struct symbol **out)
{
	const struct symbol *known = find(r, t, addr);
	uint32_t row = known ? (uint32_t)(known - t->row) : t->n;

	if (!known) {
		if (t->n >= r->b->limits.rows)
			return hp_fail_at(r->err, HPROF_ELIMIT, r->line.number, r->line.offset,
					  "more than %" PRIu32 " symbols", r->b->limits.rows);
		if (!HP_COLUMN_ROOM(t->row, t->n, t->cap) ||
		    !hp_index_add(&t->index, hp_hash_pair(r->b->p->seed, addr, 0), t->n))
			return hp_fail_nomem(r->err);
		t->row[t->n++] =
			(struct symbol){.addr = addr, .first = r->n_frames, .module = {HP_NONE}};
	}
	*out = &t->row[row];
	return HPROF_OK;
}

/* Add a frame behind those of @s, unless others were added since: its lines are apart then. */
static int add_frame(struct reader *r, struct symbol *s, const struct hp_func_names *names,
		     uint64_t line)
{
	struct hp_frame f = {.line = (uint32_t)line};
	int n;

	if (s->n >= FRAMES_MAX || (s->n && s->first + s->n != r->n_frames))
		return HPROF_OK; /* nothing inlines that deep */
	n = hp_build_func(r->b, names, &f.func);
	if (n < 0)
		return n;
	if (!HP_COLUMN_ROOM(r->frame, r->n_frames, r->cap_frames))
		return hp_fail_nomem(r->err);
	if (!s->n)
		s->first = r->n_frames;
	r->frame[r->n_frames++] = f;
	s->n++;
	return HPROF_OK;
}

/*
 * Where the "--" between an inlined function and what it is inlined into begins, looked for
 * backwards from the end of @s; 0: there is none.  "operator--" is a name.
 */
static size_t last_joint(struct hp_slice s)
{
	for (size_t i = s.len; i-- > 1;) {
		struct hp_slice before = {s.ptr, i};
		size_t dashes = 0;

		if (s.ptr[i] != '-' || s.ptr[i - 1] != '-' || i + 1 == s.len)
			continue;
		before.len = i - 1; /* the joint is at [i - 1, i] */
		while (dashes < before.len && before.ptr[before.len - 1 - dashes] == '-')
			dashes++;
		before.len -= dashes;
		if (!hp_slice_ends(before, HP_LIT("operator")) || dashes == 1 || dashes == 2)
			return i - 1; /* "operator-" or "operator--" is whole before it */
		i--;                  /* this is "operator--" itself */
	}
	return 0;
}

/* "name<0000000000001000>": a name that several functions have, told apart by the address. */
static struct hp_slice without_address(struct hp_slice s)
{
	size_t n = s.len;

	if (!n || s.ptr[n - 1] != '>')
		return s;
	for (n--; n > 0 && hp_hex_digit(s.ptr[n - 1]) >= 0;)
		n--;
	if (s.len - n != 17 || n < 2 || s.ptr[n - 1] != '<')
		return s;
	s.len = n - 1;
	return s;
}

/* "0x<address> <function>[--<inlined function>...]", the innermost at the end. */
static int read_symbol(struct reader *r, struct hp_slice s)
{
	struct symbol *symbol;
	uint64_t addr;
	int n;

	if (!hp_scan_hex(&s, &addr) || !s.len || (s.ptr[0] != ' ' && s.ptr[0] != '\t'))
		return hp_fail_at(r->err, HPROF_EFORMAT, r->line.number, r->line.offset,
				  "found no \"0x<address> <function>\" of at most 64 bits");
	s = without_address(hp_slice_trim(s));
	n = symbol_of(r, &r->told, addr, &symbol);
	if (n < 0 || symbol->n || !s.len)
		return n;
	while (n == HPROF_OK && s.len) {
		size_t at = last_joint(s);
		struct hp_slice full = at ? hp_slice_from(s, at + 2) : s;
		const struct hp_func_names names = {hp_name_brief(full), full, {"", 0}, {"", 0}};

		n = add_frame(r, symbol, &names, 0);
		s.len = at;
	}
	return n;
}

/* --- hprof's own lines --- */

static bool take_field(struct hp_slice *s, struct hp_slice *field)
{
	const char *tab = s->len ? memchr(s->ptr, '\t', s->len) : NULL;

	*field = *s;
	if (tab)
		field->len = (size_t)(tab - s->ptr);
	*s = hp_slice_from(*s, tab ? field->len + 1 : field->len);
	return tab != NULL;
}

/* "<line><tab><file><tab><name><tab><full><tab><linkage>", escaped */
static int read_exact(struct reader *r, struct symbol *symbol, struct hp_slice s)
{
	struct hp_slice field[FIELDS];
	struct hp_unescaped text[FIELDS] = {{{NULL, 0}, NULL}};
	uint64_t line = 0;
	int n = HPROF_OK;

	for (size_t i = 0; i < FIELDS; i++)
		if (!take_field(&s, &field[i]) && i + 1 < FIELDS)
			return HPROF_OK; /* a comment of somebody else */
	if (!hp_scan_u64(&field[0], &line) || field[0].len || line > UINT32_MAX)
		return HPROF_OK;
	for (size_t i = 1; n == HPROF_OK && i < FIELDS; i++)
		n = hp_unescape(field[i], &text[i], r->err);
	if (n == HPROF_OK && text[2].s.len && text[3].s.len)
		n = add_frame(r, symbol,
			      &(struct hp_func_names){text[2].s, text[3].s, text[4].s, text[1].s},
			      line);
	for (size_t i = 1; i < FIELDS; i++)
		free(text[i].mem);
	return n;
}

/* "<offset>[<tab><module>]", or "-" */
static int read_place(struct reader *r, struct symbol *symbol, struct hp_slice s)
{
	struct hp_unescaped path;
	int n;

	symbol->no_addr = hp_scan_char(&s, '-');
	symbol->has_rel = symbol->no_addr || hp_scan_hex(&s, &symbol->rel);
	if (!hp_scan_char(&s, '\t') || !s.len)
		return HPROF_OK;
	n = hp_unescape(s, &path, r->err);
	if (n == HPROF_OK)
		n = hp_build_module(r->b, path.s, &symbol->module);
	free(path.mem);
	return n;
}

/* "<name>[<blank><name>...]" */
static void read_types(struct hp_builder *b, struct hp_slice s)
{
	static const struct hp_slice names[] = {
		HP_SLICE_LIT("inuse_objects"), HP_SLICE_LIT("inuse_space"),
		HP_SLICE_LIT("alloc_objects"), HP_SLICE_LIT("alloc_space")};
	struct hp_slice word;

	while (hp_scan_word(&s, &word)) {
		for (size_t i = 0; i < HP_LEN(names); i++)
			if (hp_slice_same(word, names[i]))
				b->told_types |= (uint8_t)(1 << i);
		hp_scan_blanks(&s);
	}
}

/* What hprof knows of the whole besides the header; other words are of tomorrow. */
static void read_whole(struct hp_builder *b, struct hp_slice s)
{
	uint64_t number;

	if (hp_slice_same(s, HP_LIT("one-size")))
		b->one_size = true;
	else if (hp_slice_same(s, HP_LIT("unknown")))
		b->no_errors = true;
	else if (hp_slice_same(s, HP_LIT("whole")))
		b->whole_stacks = true;
	else if (hp_scan_text(&s, HP_LIT("types\t")))
		read_types(b, s);
	else if (hp_scan_text(&s, HP_LIT("deepest\t")) && hp_scan_u64(&s, &number) && !s.len &&
		 number <= b->limits.rows)
		hp_build_depth(b, (uint32_t)number);
	else if (hp_scan_text(&s, HP_LIT("scaled\t")) && hp_scan_u64(&s, &number) && !s.len &&
		 number <= INT64_MAX)
		b->scaled_period = number;
}

static int read_comment(struct reader *r, struct hp_slice s)
{
	struct hp_unescaped text;
	struct symbol *symbol;
	uint64_t addr;
	int n;

	if (hp_scan_text(&s, HP_LIT("#!\t"))) {
		n = hp_unescape(s, &text, r->err);
		if (n < 0)
			return n;
		hp_build_warn_each(r->b, "kept", "%.*s",
				   (int)(text.s.len < 4096 ? text.s.len : 4096), text.s.ptr);
		free(text.mem);
		return HPROF_OK;
	}
	if (hp_scan_text(&s, HP_LIT("#=\t"))) {
		read_whole(r->b, s);
		return HPROF_OK;
	}
	if (!hp_scan_text(&s, HP_LIT("#")) || !hp_slice_starts(s, HP_LIT("0x")) ||
	    !hp_scan_hex(&s, &addr) || !hp_scan_char(&s, '\t'))
		return HPROF_OK;
	n = symbol_of(r, &r->exact, addr, &symbol);
	if (n < 0)
		return n;
	if (hp_scan_char(&s, '@'))
		return read_place(r, symbol, s);
	return read_exact(r, symbol, s);
}

/* --- the parts --- */

/* Of the lines "--- <kind>" behind the symbols: whether it is one of a heap. */
static int check_section(struct reader *r)
{
	static const struct hp_slice kinds[] = {
		HP_SLICE_LIT("--- heap"), HP_SLICE_LIT("--- growth"), HP_SLICE_LIT("--- pmu"),
		HP_SLICE_LIT("--- heapz"), HP_SLICE_LIT("--- fragmentation")};
	struct hp_slice s = hp_slice_trim(r->line.text), head;
	uint64_t line = r->line.number, offset = r->line.offset;
	char quoted[HP_QUOTED_MAX];
	bool cpu;
	int n;

	for (size_t i = 0; i < HP_LEN(kinds); i++)
		if (hp_slice_starts(s, kinds[i]))
			return HPROF_OK;
	cpu = hp_slice_starts(s, HP_LIT("--- profile"));
	(void)hp_quote(quoted, s);
	n = hp_input_peek(r->in, HP_PROBE_BYTES, &head, r->err);
	if (n < 0 || (cpu && hp_format_php_memprof.probe(head) == HP_MATCH_SURE))
		return n;
	return hp_fail_at(r->err, HPROF_EUNSUPPORTED, line, offset,
			  "found %s, expected \"--- heap\": %s", quoted,
			  cpu ? "this is a symbolized CPU profile, not one of a heap"
			      : "this is a symbolized profile of another kind");
}

/* Up to the line that begins the profile itself. */
static int read_symbols(struct reader *r)
{
	bool in_symbols = false;
	int n;

	while ((n = hp_input_line(r->in, &r->line, r->err)) > 0) {
		struct hp_slice s = r->line.text;

		if (hp_slice_starts(s, HP_LIT("---"))) {
			struct hp_slice kind = hp_slice_trim(hp_slice_from(s, 3));

			if (hp_slice_same(kind, HP_LIT("symbol")))
				in_symbols = true;
			else if (!kind.len)
				in_symbols = false;
			else
				return check_section(r);
			continue;
		}
		if (!in_symbols || !s.len)
			continue;
		if (s.ptr[0] == '#')
			n = read_comment(r, s);
		else if (hp_slice_starts(s, HP_LIT("0x")))
			n = read_symbol(r, s);
		else if (hp_scan_text(&s, HP_LIT("binary=")))
			n = hp_build_text(r->b, s, &r->binary);
		if (n < 0)
			return n;
	}
	return n < 0 ? n
		     : hp_fail_at(r->err, HPROF_ETRUNC, r->line.number, r->line.offset,
				  "the file ends before its profile, expected \"--- heap\"");
}

/*
 * Writers differ in which address they tell the name of: that of the call, which is the one in
 * the stack less one, or that in the stack.  Most addresses decide.
 */
static bool tells_calls(const struct reader *r)
{
	const struct hp_locs *l = &r->b->p->locs;
	uint32_t calls = 0, returns = 0;

	for (uint32_t i = HP_TRUNCATED_LOCS; i < l->n; i++) {
		calls += l->addr[i] && find(r, &r->told, l->addr[i] - 1);
		returns += find(r, &r->told, l->addr[i]) != NULL;
	}
	return calls >= returns;
}

static int name_locations(struct reader *r)
{
	const struct hprof_profile *p = r->b->p;
	bool calls = tells_calls(r);

	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++) {
		uint64_t addr = p->locs.addr[i];
		const struct symbol *s = find(r, &r->exact, addr);
		int n = HPROF_OK;

		if (!s)
			s = find(r, &r->told, addr - (calls && addr));
		if (!s)
			s = find(r, &r->told, addr - (!calls && addr));
		if (!s)
			continue;
		if (s->n && !p->locs.frame_n[i])
			n = hp_build_frames(r->b, (hp_locid){i}, &r->frame[s->first], s->n);
		if (n == HPROF_OK && s->has_rel)
			n = hp_build_place(r->b,
					   &(struct hp_place){{i}, s->rel, s->module, s->no_addr});
		if (n < 0)
			return n;
	}
	return HPROF_OK;
}

/* Of the usual sample types, those that the file says are there, if only with zeros. */
static void settle_told_types(struct hp_builder *b)
{
	const struct hprof_profile *p = b->p;
	uint32_t shown = p->default_type;

	if (!b->told_types || p->n_types != 4)
		return;
	for (uint32_t t = 0; t < 4; t++)
		hp_build_set_recorded(b, t, b->told_types >> t & 1);
	while (p->types[shown].absent)
		shown = (shown + 1) % 4;
	hp_build_set_default_type(b, shown);
}

/* @text behind the number of a line that it may begin with. */
static struct hp_slice without_line(const char *text)
{
	struct hp_slice s = hp_slice_str(text), rest = s;
	uint64_t line;

	if (hp_scan_text(&rest, HP_LIT("line ")) && hp_scan_u64(&rest, &line) &&
	    hp_scan_text(&rest, HP_LIT(": ")))
		return rest;
	return s;
}

/* Take back what the profile in the file warns of and was among the @kept warnings already. */
static void drop_repeated(struct hp_builder *b, uint32_t kept)
{
	const struct hp_warnings *w = &b->p->warnings;

	for (uint32_t i = w->n; i-- > kept;) {
		bool repeated = false;

		for (uint32_t k = 0; k < kept; k++)
			repeated |= hp_slice_same(without_line(w->row[i].text),
						  without_line(w->row[k].text)) ||
				    (strcmp(w->row[i].kind, HP_COUNTER_KIND) == 0 &&
				     strstr(w->row[k].text, HP_COUNTER_WORDS));
		if (repeated)
			hp_build_warn_undo(b, i);
	}
}

static int symbolized_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct reader r = {.in = in, .b = b, .err = err};
	int n = read_symbols(&r);
	uint32_t kept;

	b->symbolized = r.told.n || r.exact.n;

	kept = b->p->warnings.n;
	b->own_lines = true;
	if (n == HPROF_OK)
		n = hp_format_read_inner(in, b, err);
	if (n == HPROF_OK) {
		drop_repeated(b, kept);
		settle_told_types(b);
	}
	if (n == HPROF_OK)
		n = name_locations(&r);
	free(r.told.row);
	hp_index_release(&r.told.index);
	free(r.exact.row);
	hp_index_release(&r.exact.index);
	free(r.frame);
	return n;
}

static enum hp_match symbolized_probe(struct hp_slice head)
{
	(void)hp_scan_text(&head, HP_LIT("\xef\xbb\xbf")); /* there or not */
	if (hp_slice_starts(head, HP_LIT("--- heap")) &&   /* of Java: see foreign.c */
	    memmem(head.ptr, head.len, "\nformat = java", 14))
		return HP_MATCH_NO;
	return hp_slice_starts(head, HP_LIT("--- symbol")) ||
			       hp_slice_starts(head, HP_LIT("--- heap")) ||
			       hp_slice_starts(head, HP_LIT("--- growth"))
		       ? HP_MATCH_SURE
		       : HP_MATCH_NO;
}

const struct hp_format hp_format_symbolized = {
	.info = {"symbolized",
		 "heap profile with its symbols (\"--- symbol\"), as ClickHouse, "
		 "jeprof and PHP's memprof write it",
		 true},
	.probe = symbolized_probe,
	.read = symbolized_read,
};
