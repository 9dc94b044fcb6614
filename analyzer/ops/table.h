/* table.h - flat and cumulative values per function, line, file, address or module. */
#ifndef HP_OPS_TABLE_H
#define HP_OPS_TABLE_H

#include "analyzer/ops/significance.h"
#include "analyzer/ops/view.h"

struct hp_table_row {
	struct hp_amount flat; /* of the stacks that end in the row's frames */
	struct hp_amount cum;  /* of the stacks that pass them */
	uint32_t frame;        /* one of its frames */
	bool one_file;         /* all its frames are in the same source file */
	bool one_module;       /* and in the same module */
};

struct hp_table {
	struct hp_table_row *row; /* [n] largest first, as far as was asked for */
	uint32_t n;
};

/*
 * Sum type @type of @v by its granularity.  A row's cum counts a stack once, however often
 * the row appears in it.  Rows without any value are left out.  The @first rows are in their
 * places, the largest first, and all others behind them; 0: all are.  Errors: ENOMEM.
 * Cost: O(nodes + rows log first).
 */
HP_MUST_CHECK int hp_table_init(const struct hprof_view *v, uint32_t type, size_t first,
				struct hp_table *out, struct hprof_error *err);
void hp_table_release(struct hp_table *t);

/* How many rows of a difference changed: the first ones of all. */
static inline size_t hp_table_changed(const struct hp_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->row[i].flat.delta != 0 || t->row[i].cum.delta != 0;
	return n;
}

/*
 * The rows of @v by its granularity, without values: *@row [*@n], and *@row_of_frame, one per
 * frame.  Both are the caller's to free.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_rows_new(const struct hprof_view *v, struct hp_table_row **row, uint32_t *n,
			      uint32_t **row_of_frame, struct hprof_error *err);
/* Below 0 when @x comes before @y by its name, then its place; 0 for one row only. */
int hp_row_order(const struct hprof_view *v, const struct hp_table_row *x,
		 const struct hp_table_row *y);

/* What a row is called; valid as long as @buf and @v. */
struct hp_slice hp_row_label(const struct hprof_view *v, const struct hp_table_row *row,
			     struct hp_label *buf);
/* Its label, without a file or module in it that hp_row_file() or hp_row_module() gives as well. */
struct hp_slice hp_row_name(const struct hprof_view *v, const struct hp_table_row *row,
			    struct hp_label *buf);
/* Source file, "" when unknown or when its frames have several. */
struct hp_slice hp_row_file(const struct hprof_view *v, const struct hp_table_row *row);
/* Source line, 0 when unknown or where rows are not lines or addresses. */
uint32_t hp_row_line(const struct hprof_view *v, const struct hp_table_row *row);
/* Row of the modules, HP_NONE when its frames are in several. */
uint32_t hp_row_module(const struct hprof_view *v, const struct hp_table_row *row);
/* Whether the row is of one address; then @addr. */
bool hp_row_addr(const struct hprof_view *v, const struct hp_table_row *row, uint64_t *addr);
/* Whether the row is of inlined frames only, where these have rows of their own. */
bool hp_row_inlined(const struct hprof_view *v, const struct hp_table_row *row);

/*
 * Whether a difference of type @type is beyond what sampling explains, at 95 %; never where errors
 * are not known.  Of a row: whether its flat or its cum value is.
 */
static inline bool hp_type_significant(const struct hp_vtype *type, double delta, double variance)
{
	return type->has_error && hp_is_significant(delta, variance);
}

static inline bool hp_row_significant(const struct hp_vtype *type, const struct hp_table_row *row)
{
	return hp_type_significant(type, row->flat.delta, row->flat.variance) ||
	       hp_type_significant(type, row->cum.delta, row->cum.variance);
}

#endif
