/*
 * row_table.h - the columns of a table of rows, one list for all who write such a table: whatever
 * the output, a column has the same name and the same numbers.
 */
#ifndef HP_RENDER_ROW_TABLE_H
#define HP_RENDER_ROW_TABLE_H

#include "analyzer/ops/table.h"
#include "render/text_header.h"

/* What the numbers of a column are. */
enum hp_row_unit {
	HP_ROW_VALUE,   /* values of the sample type */
	HP_ROW_DELTA,   /* differences of such values, written with their sign */
	HP_ROW_PERCENT, /* values, written as percentages of the total */
	HP_ROW_ERROR,   /* standard errors of values */
	HP_ROW_MARK,    /* 1 if the row's change is significant, 0 if not */
};

/* Which value of a row. */
enum hp_row_part {
	HP_ROW_SHOWN, /* the difference; or what is there now, see hp_row_table_after() */
	HP_ROW_BEFORE,
	HP_ROW_AFTER,
	HP_ROW_SO_FAR, /* what the rows begun so far show */
};

struct hp_row_column {
	const char *title; /* heading; for programs the key */
	enum hp_row_unit unit;
	enum hp_row_part part; /* of values and percentages */
	bool cum;              /* else flat */
};

/* A table that is being written.  Nothing in it is its own. */
struct hp_row_table {
	struct hp_style style; /* of the numbers */
	const struct hp_table *table;
	const struct hp_row_column *column; /* [n_columns] */
	size_t n_columns;
	size_t n;      /* rows to write, the first ones of the table */
	size_t n_all;  /* rows that would be written without a limit */
	double total;  /* what percentages are of */
	double sum;    /* flat of the rows begun so far */
	size_t next;   /* row */
	bool of_after; /* values of the profiles themselves, not of the difference */
};

/*
 * At most @limit rows of @table (0: all) in columns for people: flat and cum, or with a base
 * before, after and delta, and then only rows that changed.
 */
struct hp_row_table hp_row_table_of(const struct hp_style *s, const struct hp_table *table,
				    size_t limit);
/* These rows in the columns of CSV and JSON; a difference has all rows there. */
struct hp_row_table hp_row_table_for_programs(const struct hp_style *s,
					      const struct hp_table *table, size_t limit);
/* These rows with flat and cum, of a difference too: then they are differences... */
struct hp_row_table hp_row_table_plain(const struct hp_style *s, const struct hp_table *table,
				       size_t limit);
/* ...or values of the profiles themselves, without a base. */
struct hp_row_table hp_row_table_after(const struct hp_style *s, const struct hp_table *table);

/* The next row to write, NULL after the last. */
const struct hp_table_row *hp_row_table_next(struct hp_row_table *rows);
/* Begin @row, for writers with an order of their own. */
void hp_row_table_begin(struct hp_row_table *rows, const struct hp_table_row *row);

/* The number in column @c of @row, which was begun last. */
double hp_row_table_value(const struct hp_row_table *rows, const struct hp_row_column *c,
			  const struct hp_table_row *row);

/*
 * What stands in column @c of @row, which was begun last, for people: a mark is "*" or "".
 * Returns @buf, of HP_NUMBER_MAX + 1 bytes.
 */
const char *hp_row_table_cell(const struct hp_row_table *rows, const struct hp_row_column *c,
			      const struct hp_table_row *row, char *buf);

enum { HP_ROW_REST_MAX = 3 * HP_NUMBER_MAX + 64 };

/*
 * What the rows that are not written hold, so that the table adds up: "3 more rows with 4.0 KiB
 * flat (1.2%)", of a difference with before, after and delta; "" if there are none.  Returns @buf,
 * of HP_ROW_REST_MAX bytes.
 */
const char *hp_row_table_rest(const struct hp_row_table *rows, char *buf);

#endif
