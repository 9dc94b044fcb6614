/* row_table.c - the columns of a table of rows. */
#include "render/row_table.h"

#include <math.h>
#include <stdio.h>

#include "analyzer/base/width.h"

static struct hp_sums values(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return rows->of_after ? hp_table_now(rows->table, row) : row->value;
}

static double flat(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return values(rows, row).flat;
}

static double cum(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return values(rows, row).cum;
}

static double flat_so_far(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	(void)row;
	return rows->sum;
}

static double flat_error(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	(void)rows;
	return sqrt(row->variance.flat);
}

static double cum_error(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	(void)rows;
	return sqrt(row->variance.cum);
}

static double flat_before(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return hp_table_base(rows->table, row).flat;
}

static double cum_before(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return hp_table_base(rows->table, row).cum;
}

static double flat_after(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return hp_table_now(rows->table, row).flat;
}

static double significant(const struct hp_row_table *rows, const struct hp_table_row *row)
{
	return hp_row_significant(rows->style.type, row);
}

static const struct hp_row_column plain[] = {
	{"flat", HP_ROW_VALUE, flat},          {"flat%", HP_ROW_PERCENT, flat},
	{"sum%", HP_ROW_PERCENT, flat_so_far}, {"cum", HP_ROW_VALUE, cum},
	{"cum%", HP_ROW_PERCENT, cum},
};

/* The mark is the last one, so that it can be left out. */
static const struct hp_row_column diff[] = {
	{"before", HP_ROW_VALUE, flat_before}, {"after", HP_ROW_VALUE, flat_after},
	{"delta", HP_ROW_DELTA, flat},         {"cum delta", HP_ROW_DELTA, cum},
	{"sig", HP_ROW_MARK, significant},
};

/* The columns that only a difference has are the last ones. */
static const struct hp_row_column programs[] = {
	{"flat", HP_ROW_VALUE, flat},
	{"flat_stderr", HP_ROW_ERROR, flat_error},
	{"cum", HP_ROW_VALUE, cum},
	{"cum_stderr", HP_ROW_ERROR, cum_error},
	{"base_flat", HP_ROW_VALUE, flat_before},
	{"base_cum", HP_ROW_VALUE, cum_before},
	{"significant", HP_ROW_MARK, significant},
};
enum { PROGRAMS_PLAIN = 4 };

static struct hp_row_table rows_of(const struct hp_style *s, const struct hp_table *table, size_t n,
				   size_t limit)
{
	return (struct hp_row_table){
		.style = *s,
		.table = table,
		.n = limit && limit < n ? limit : n,
		.n_all = n,
		.total = s->type->total,
	};
}

struct hp_row_table hp_row_table_of(const struct hp_style *s, const struct hp_table *table,
				    size_t limit)
{
	struct hp_row_table rows;

	if (!s->type->base)
		return hp_row_table_plain(s, table, limit);
	rows = rows_of(s, table, hp_table_changed(table), limit);
	rows.column = diff;
	rows.n_columns = HP_LEN(diff) - !s->type->has_error;
	return rows;
}

struct hp_row_table hp_row_table_for_programs(const struct hp_style *s,
					      const struct hp_table *table, size_t limit)
{
	struct hp_row_table rows = rows_of(s, table, table->n, limit);

	rows.column = programs;
	rows.n_columns = s->type->base ? HP_LEN(programs) : PROGRAMS_PLAIN;
	return rows;
}

struct hp_row_table hp_row_table_plain(const struct hp_style *s, const struct hp_table *table,
				       size_t limit)
{
	struct hp_row_table rows = rows_of(s, table, table->n, limit);

	rows.column = plain;
	rows.n_columns = HP_LEN(plain);
	return rows;
}

struct hp_row_table hp_row_table_after(const struct hp_style *s, const struct hp_table *table)
{
	struct hp_row_table rows = hp_row_table_plain(s, table, 0);

	rows.of_after = true;
	rows.total = s->type->total_now;
	return rows;
}

void hp_row_table_begin(struct hp_row_table *rows, const struct hp_table_row *row)
{
	rows->sum += values(rows, row).flat;
}

const struct hp_table_row *hp_row_table_next(struct hp_row_table *rows)
{
	const struct hp_table_row *row;

	if (rows->next == rows->n)
		return NULL;
	row = &rows->table->row[rows->next++];
	hp_row_table_begin(rows, row);
	return row;
}

const char *hp_row_table_cell(const struct hp_row_table *rows, const struct hp_row_column *c,
			      const struct hp_table_row *row, char *buf)
{
	double v = c->get(rows, row);

	switch (c->unit) {
	case HP_ROW_VALUE:
	case HP_ROW_ERROR:
		return hp_style_value(&rows->style, buf, v);
	case HP_ROW_DELTA:
		return hp_style_delta(&rows->style, buf, v);
	case HP_ROW_PERCENT:
		return hp_format_percent(buf, v, rows->total);
	case HP_ROW_MARK:
		break;
	}
	return memcpy(buf, v != 0 ? "*" : "", v != 0 ? 2 : 1);
}

const char *hp_row_table_rest(const struct hp_row_table *rows, char *buf)
{
	const struct hp_table *t = rows->table;
	const struct hp_style *s = &rows->style;
	double rest = 0, before = 0, after = 0;
	char a[HP_NUMBER_MAX + 1], b[HP_NUMBER_MAX], c[HP_NUMBER_MAX];

	buf[0] = '\0';
	for (size_t i = rows->n; i < t->n; i++) {
		rest += values(rows, &t->row[i]).flat;
		before += hp_table_base(t, &t->row[i]).flat;
		after += hp_table_now(t, &t->row[i]).flat;
	}
	if (rows->n == t->n)
		return buf;
	if (s->type->base)
		(void)snprintf(buf, HP_ROW_REST_MAX, "%zu more rows with %s before, %s after, %s%s",
			       t->n - rows->n, hp_style_value(s, b, before),
			       hp_style_value(s, c, after), hp_style_delta(s, a, rest),
			       rows->n < rows->n_all ? ""
			       : after == before     ? ", unchanged"
						     : ", not grown"); /* fits */
	else
		(void)snprintf(buf, HP_ROW_REST_MAX, "%zu more rows with %s flat (%s)",
			       t->n - rows->n, hp_style_value(s, a, rest),
			       hp_format_percent(b, rest, rows->total)); /* fits */
	return buf;
}
