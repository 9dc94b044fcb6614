/*
 * php_memprof.c - what PHP's memprof writes behind its symbols: memprof_dump_pprof().
 *
 *	5 words: 0, 3, 0, 0, 0	as of a CPU profile of gperftools, but with a period of 0
 *	then, up to the end: <bytes in use> <number of addresses> <address>...	leaf first
 *
 * Words are those of the machine that wrote: 4 or 8 bytes, in either byte order.  An address is
 * the number of a name in the symbols.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "formats/counter.h"
#include "formats/ending.h"
#include "formats/format.h"

enum { HEADER_WORDS = 5, DEPTH_MAX = 1 << 20 };

struct words {
	struct hp_input *in;
	struct hprof_error *err;
	size_t width;
	bool big;        /* byte order */
	uint64_t offset; /* of the next word, from the header on */
};

static uint64_t word_at(const struct words *w, const char *at)
{
	uint64_t eight;
	uint32_t four;

	if (w->width == 4) {
		memcpy(&four, at, sizeof(four));
		return w->big ? be32toh(four) : le32toh(four);
	}
	memcpy(&eight, at, sizeof(eight));
	return w->big ? be64toh(eight) : le64toh(eight);
}

/* Whether @head begins with the header; fills @w. */
static bool is_header(struct hp_slice head, struct words *w)
{
	static const uint64_t want[HEADER_WORDS] = {0, 3, 0, 0, 0};

	for (int form = 0; form < 4; form++) {
		bool fits = true;

		w->width = form & 1 ? 4 : 8;
		w->big = form & 2;
		if (head.len < HEADER_WORDS * w->width)
			continue;
		for (size_t i = 0; i < HEADER_WORDS; i++)
			fits = fits && word_at(w, head.ptr + i * w->width) == want[i];
		if (fits)
			return true;
	}
	return false;
}

/* The next word: 1, 0 at the end, which may be in the middle of one, or an error. */
static int next_word(struct words *w, uint64_t *out)
{
	struct hp_slice s;
	int n = hp_input_peek(w->in, w->width, &s, w->err);

	if (n < 0)
		return n;
	if (s.len < w->width)
		return 0;
	*out = word_at(w, s.ptr);
	hp_input_take(w->in, w->width);
	w->offset += w->width;
	return 1;
}

struct row {
	uint64_t *addr; /* [n] */
	uint32_t n, cap;
	uint64_t bytes;
};

/* 1 and @row, 0 where the input ends, or an error. */
static int read_row(struct words *w, struct row *row)
{
	uint64_t depth, addr;
	int n = next_word(w, &row->bytes);

	if (n > 0)
		n = next_word(w, &depth);
	if (n > 0 && depth > DEPTH_MAX)
		return hp_fail_at(w->err, HPROF_EFORMAT, hp_input_lines(w->in) + 1, 0,
				  "%" PRIu64
				  " bytes behind \"--- profile\": found a stack of %" PRIu64
				  " addresses, expected at most %d",
				  w->offset - w->width, depth, DEPTH_MAX);
	for (row->n = 0; n > 0 && row->n < depth;) {
		n = next_word(w, &addr);
		if (n <= 0)
			break;
		if (!HP_COLUMN_ROOM(row->addr, row->n, row->cap))
			return hp_fail_nomem(w->err);
		row->addr[row->n++] = addr;
	}
	return n;
}

static int read_rows(struct words *w, struct hp_builder *b, struct row *row)
{
	uint64_t complete = w->offset, n_rows = 0;
	struct hp_slice rest;
	int n;

	while ((n = read_row(w, row)) > 0) {
		const double bytes = (double)(int64_t)row->bytes;
		const struct hp_measure m = {.recorded = bytes, .estimate = bytes};
		hp_stackid stack;

		hp_counter_tell(b, "row", ++n_rows, &bytes);
		n = hp_build_stack(b, row->addr, row->n, &stack);
		if (n == HPROF_OK)
			n = hp_build_sample(b, stack, &m);
		if (n < 0)
			return n;
		complete = w->offset;
	}
	if (n == 0)
		n = hp_input_peek(w->in, 1, &rest, w->err);
	if (n == HPROF_OK && (w->offset != complete || rest.len))
		hp_build_warn(b, "cut",
			      "the file ends inside a row, %" PRIu64
			      " bytes behind \"--- profile\"; what stands before it is used",
			      complete);
	return n;
}

static int php_memprof_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	struct words w = {.in = in, .err = err};
	struct row row = {.addr = NULL};
	struct hp_slice head;
	int n = hp_input_peek(in, HP_PROBE_BYTES, &head, err);

	if (n == HPROF_OK && !is_header(head, &w))
		n = hp_fail_at(err, HPROF_EFORMAT, hp_input_lines(in) + 1, 0,
			       "expected the machine words 0, 3, 0, 0, 0");
	if (n == HPROF_OK) {
		w.offset = HEADER_WORDS * w.width;
		hp_input_take(in, w.offset);
		n = hp_build_type(b, "inuse_space", HP_UNIT_BYTES, HP_TYPE_LEVEL, false);
	}
	if (n >= 0)
		n = hp_build_set_writer(b, HP_LIT("memprof"));
	if (n >= 0)
		n = read_rows(&w, b, &row);
	if (n >= 0)
		hp_format_warn_truncated(in, b);
	free(row.addr);
	return n < 0 ? n : HPROF_OK;
}

static enum hp_match php_memprof_probe(struct hp_slice head)
{
	struct words w;

	return is_header(head, &w) ? HP_MATCH_SURE : HP_MATCH_NO;
}

const struct hp_format hp_format_php_memprof = {
	.info = {"php-memprof", "memory of PHP by function (memprof_dump_pprof())", true},
	.probe = php_memprof_probe,
	.read = php_memprof_read,
};
