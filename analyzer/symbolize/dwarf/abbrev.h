/* abbrev.h - tables of abbreviations, compiled into what a walk over DIEs needs. */
#ifndef HP_DWARF_ABBREV_H
#define HP_DWARF_ABBREV_H

#include "analyzer/symbolize/dwarf/unit.h"

/* What a walk does with a DIE. */
enum hp_dw_kind {
	HP_DW_PLAIN,     /* nothing */
	HP_DW_FUNCTION,  /* a function, or a declaration of one */
	HP_DW_INLINED,   /* a call that was inlined */
	HP_DW_BLOCK,     /* a part of a function that has addresses of its own */
	HP_DW_NAMESPACE, /* names, and has functions in it */
	HP_DW_CLASS,     /* names, and seldom has code in it */
};

enum hp_dw_op_kind {
	HP_DW_OP_SKIP,   /* n bytes */
	HP_DW_OP_LEB,    /* a LEB128 number */
	HP_DW_OP_BLOCK,  /* a length, a LEB128 number, and as many bytes */
	HP_DW_OP_STRING, /* up to a NUL */
	HP_DW_OP_FORM,   /* a value of any other form */
	HP_DW_OP_WORD,   /* a number of n bytes that is wanted */
	HP_DW_OP_TAKE,   /* a value of any other form that is wanted */
};

enum hp_dw_wanted { HP_DW_LOW, HP_DW_HIGH, HP_DW_RANGES_AT, HP_DW_SIBLING, HP_DW_WANTED };

struct hp_dw_op {
	uint8_t kind;   /* enum hp_dw_op_kind */
	uint8_t wanted; /* enum hp_dw_wanted */
	uint16_t form;
	uint32_t n;
	int64_t implicit;
};

/* How to pass over a DIE with at most one value of varying length. */
struct hp_dw_step {
	uint8_t lead, tail; /* bytes before and behind that value */
	uint8_t kind;       /* HP_DW_OP_SKIP: there is none; _LEB, _BLOCK; _FORM: not in this way */
	int8_t deeper;      /* 1: it has children; -1: it ends a list of them */
	bool matters;       /* a walk has to look at it */
	uint8_t jump;  /* with no code of its own: its last @jump bytes begin with a DW_FORM_ref4
			  to its sibling; 0: it has code, or does not say so */
	bool is_scope; /* names in it are told by it */
	bool is_code;  /* a function that has addresses */
};

struct hp_dw_attr {
	uint16_t name, form; /* DW_AT_*, DW_FORM_*; 0 if beyond what is known */
	int8_t len;          /* of a value; negative: it varies */
	uint8_t wanted;      /* enum hp_dw_wanted */
	int64_t implicit;
};

#define HP_DW_VARIES UINT32_MAX

enum { HP_DW_ABBREVS_MAX = 1 << 17 }; /* abbreviations, and attributes, of one table */

struct hp_dw_abbrev {
	uint64_t code;
	uint16_t tag;
	uint8_t kind; /* enum hp_dw_kind */
	bool children;
	bool has_code;            /* says where its code is, or in which ranges */
	uint32_t len;             /* bytes of all values of a DIE, if fixed; HP_DW_VARIES */
	uint32_t first_op, n_ops; /* how to pass over a DIE, reading what is wanted */
	uint32_t first_attr, n_attrs;
};

struct hp_dw_abbrevs {
	const struct hp_dw_file *file;
	uint64_t offset;                              /* in .debug_abbrev */
	uint8_t version, offset_bytes, address_bytes; /* of the units that it was compiled for */
	struct hp_dw_abbrev *row;                     /* [n] by code */
	struct hp_dw_op *op;
	struct hp_dw_attr *attr;
	uint32_t n, cap, n_ops, cap_ops, n_attrs, cap_attrs;
	bool dense; /* row[i].code is i + 1 */
	struct hp_dw_step
		*step; /* [n_steps] by code, 0 being the end of a list; none if not dense */
	uint32_t n_steps, cap_steps;
	uint32_t most; /* bytes that one step may take */
};

/*
 * Make @t, which is zero-initialised or of another unit, the table of @unit.  The work is
 * saved where it already is; otherwise each byte takes one of *@steps.  Of a damaged table
 * there is what came before the damage.  False: no memory, or no steps left.
 */
bool hp_dw_abbrevs_load(struct hp_dw_abbrevs *t, const struct hp_dw_file *file,
			const struct hp_dw_unit *unit, uint64_t *steps);
void hp_dw_abbrevs_release(struct hp_dw_abbrevs *t);

const struct hp_dw_abbrev *hp_dw_abbrev_search(const struct hp_dw_abbrevs *t, uint64_t code);

/* The abbreviation @code, NULL if there is none. */
static inline const struct hp_dw_abbrev *hp_dw_abbrev(const struct hp_dw_abbrevs *t, uint64_t code)
{
	if (!t->dense)
		return hp_dw_abbrev_search(t, code);
	return code - 1 < t->n ? &t->row[code - 1] : NULL;
}

/* Run @op[n] over the values of a DIE; what is wanted goes to @taken.  Failure shows in @b. */
static inline void hp_dw_run_ops(const struct hp_dw_op *op, uint32_t n, struct hp_bytes *b,
				 const struct hp_dw_unit *unit,
				 struct hp_dw_word taken[HP_DW_WANTED])
{
	struct hp_dw_value v;

	for (const struct hp_dw_op *end = op + n; op < end; op++) {
		switch (op->kind) {
		case HP_DW_OP_SKIP:
			(void)hp_bytes_take(b, op->n);
			break;
		case HP_DW_OP_LEB:
			while (hp_bytes_u8(b) & 0x80)
				;
			break;
		case HP_DW_OP_BLOCK:
			(void)hp_bytes_take(b, hp_bytes_uleb(b));
			break;
		case HP_DW_OP_STRING:
			(void)hp_bytes_string(b);
			break;
		case HP_DW_OP_FORM:
			hp_dw_skip(b, op->form, unit);
			break;
		case HP_DW_OP_WORD:
			taken[op->wanted].form = op->form;
			taken[op->wanted].n = hp_bytes_word(b, op->n);
			break;
		default:
			v = hp_dw_read(b, op->form, op->implicit, unit);
			taken[op->wanted] = hp_dw_word(&v);
		}
	}
}

/* Pass over the values of a DIE; those that are wanted go to @taken. */
static inline void hp_dw_pass(const struct hp_dw_abbrevs *t, const struct hp_dw_abbrev *a,
			      struct hp_bytes *b, const struct hp_dw_unit *unit,
			      struct hp_dw_word taken[HP_DW_WANTED])
{
	if (a->n_ops)
		hp_dw_run_ops(t->op + a->first_op, a->n_ops, b, unit, taken);
}

/* Pass over all values of a DIE. */
static inline void hp_dw_pass_all(const struct hp_dw_abbrevs *t, const struct hp_dw_abbrev *a,
				  struct hp_bytes *b, const struct hp_dw_unit *unit)
{
	struct hp_dw_word taken[HP_DW_WANTED];

	if (a->len != HP_DW_VARIES)
		(void)hp_bytes_take(b, a->len);
	else
		hp_dw_pass(t, a, b, unit, taken);
}

/*
 * How to step over the DIE at *@at, behind whose code *@at is left; NULL if there is no way.  At
 * least t->most bytes must be left: a step and its code take no more.
 */
static inline const struct hp_dw_step *hp_dw_step_of(const struct hp_dw_abbrevs *t,
						     const uint8_t **at)
{
	uint32_t code = *(*at)++;

	if (code >= 0x80)
		code = (code & 0x7f) | 0x80u * *(*at)++; /* one of three bytes has no step */
	return code < t->n_steps ? &t->step[code] : NULL;
}

/* Where the DIE ends whose values begin at @at; NULL if @s cannot tell. */
static inline const uint8_t *hp_dw_step_over(const struct hp_dw_step *s, const uint8_t *at)
{
	/* branches that are foreseen cost less than to wait for what the next step depends on */
	at += s->lead;
	if (s->kind == HP_DW_OP_LEB) {
		if (*at++ >= 0x80 && *at++ >= 0x80)
			return NULL;
	} else if (s->kind == HP_DW_OP_BLOCK) {
		if (*at >= 0x80)
			return NULL;
		at += 1 + *at;
	} else if (s->kind != HP_DW_OP_SKIP) {
		return NULL;
	}
	return at + s->tail;
}

#endif
