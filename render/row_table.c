/* row_table.c - the columns of a table of rows. */
#include "render/row_table.h"

#include <math.h>
#include <stdio.h>

#include "analyzer/base/width.h"

static const struct hp_row_column plain[] = {
	{"flat", HP_ROW_VALUE, HP_ROW_SHOWN, false},
	{"flat%", HP_ROW_PERCENT, HP_ROW_SHOWN, false},
	{"sum%", HP_ROW_PERCENT, HP_ROW_SO_FAR, false},
	{"cum", HP_ROW_VALUE, HP_ROW_SHOWN, true},
	{"cum%", HP_ROW_PERCENT, HP_ROW_SHOWN, true},
};

/* The mark is the last one, so that it can be left out. */
static const struct hp_row_column diff[] = {
	{"before", HP_ROW_VALUE, HP_ROW_BEFORE, false},
	{"after", HP_ROW_VALUE, HP_ROW_AFTER, false},
	{"delta", HP_ROW_DELTA, HP_ROW_SHOWN, false},
	{"cum delta", HP_ROW_DELTA, HP_ROW_SHOWN, true},
	{"sig", HP_ROW_MARK, HP_ROW_SHOWN, false},
};

/* The columns that only a difference has are the last ones. */
static const struct hp_row_column programs[] = {
	{"flat", HP_ROW_VALUE, HP_ROW_SHOWN, false},
	{"flat_stderr", HP_ROW_ERROR, HP_ROW_SHOWN, false},
	{"cum", HP_ROW_VALUE, HP_ROW_SHOWN, true},
	{"cum_stderr", HP_ROW_ERROR, HP_ROW_SHOWN, true},
	{"base_flat", HP_ROW_VALUE, HP_ROW_BEFORE, false},
	{"base_cum", HP_ROW_VALUE, HP_ROW_BEFORE, true},
	{"significant", HP_ROW_MARK, HP_ROW_SHOWN, false},
};
enum { PROGRAMS_PLAIN = 4 };

static double shown(const struct hp_row_table *rows, const struct hp_amount *a)
{
	return rows->of_after ? a->current : a->delta;
}

static struct hp_row_table rows_of(const struct hp_style *s, const struct hp_table *table, size_t n,
				   size_t limit)
{
	return (struct hp_row_table){
		.style = *s,
		.table = table,
		.n = limit && limit < n ? limit : n,
		.n_all = n,
		.total = s->type->total.delta,
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
	rows.total = s->type->total.current;
	return rows;
}

void hp_row_table_begin(struct hp_row_table *rows, const struct hp_table_row *row)
{
	rows->sum += shown(rows, &row->flat);
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

double hp_row_table_value(const struct hp_row_table *rows, const struct hp_row_column *c,
			  const struct hp_table_row *row)
{
	const struct hp_amount *a = c->cum ? &row->cum : &row->flat;

	if (c->unit == HP_ROW_ERROR)
		return sqrt(a->variance);
	if (c->unit == HP_ROW_MARK)
		return hp_row_significant(rows->style.type, row);
	switch (c->part) {
	case HP_ROW_BEFORE:
		return a->base;
	case HP_ROW_AFTER:
		return a->current;
	case HP_ROW_SO_FAR:
		return rows->sum;
	case HP_ROW_SHOWN:
		break;
	}
	return shown(rows, a);
}

const char *hp_row_table_cell(const struct hp_row_table *rows, const struct hp_row_column *c,
			      const struct hp_table_row *row, char *buf)
{
	double v = hp_row_table_value(rows, c, row);

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
		rest += shown(rows, &t->row[i].flat);
		before += t->row[i].flat.base;
		after += t->row[i].flat.current;
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
