/* stack_lines.h - stacks written as lines of addresses, many of which repeat. */
#ifndef HP_FORMATS_STACK_LINES_H
#define HP_FORMATS_STACK_LINES_H

#include "analyzer/base/input.h"
#include "analyzer/model/builder.h"

struct hp_stack_line; /* one that is known */

/* Zero-initialised is empty, but for @b and @err, which are the caller's. */
struct hp_stack_lines {
	struct hp_builder *b;
	const struct hp_line *line; /* where a stack is read from, for messages */
	struct hprof_error *err;
	uint64_t *addr; /* [n_addr] of the line that was scanned last */
	uint32_t n_addr, cap_addr;
	struct hp_index known;
	struct hp_stack_line *row; /* [n] */
	uint32_t n, cap;
};

/*
 * The stack of the addresses in @s, hexadecimal, blanks between them, leaf first; none is the
 * empty stack.  Cost of a line that came before: its length.  Returns 1 and *@out, 0 when @s
 * holds something else, or an error: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_stack_line(struct hp_stack_lines *l, struct hp_slice s, hp_stackid *out);
void hp_stack_lines_release(struct hp_stack_lines *l);

#endif
