/* report_text.h - the words and tables of a report, before they become HTML or pages of a PDF. */
#ifndef HP_RENDER_REPORT_TEXT_H
#define HP_RENDER_REPORT_TEXT_H

#include "analyzer/base/out.h"

enum hp_block_kind {
	HP_BLOCK_SECTION, /* begins one: an id and a title */
	HP_BLOCK_WORDS,   /* a paragraph */
	HP_BLOCK_NOTE,    /* one that matters less */
	HP_BLOCK_ITEM,    /* of a list */
	HP_BLOCK_TABLE,
	HP_BLOCK_CHART, /* here stands the chart of values over time */
	HP_BLOCK_GRAPH, /* and here the flame graph and the table of functions, sections by
			   themselves */
};

enum hp_words { HP_WORDS_PLAIN, HP_WORDS_NAME, HP_WORDS_STRONG };

enum hp_cell_kind {
	HP_CELL_KEY, /* heading of its row */
	HP_CELL_NUMBER,
	HP_CELL_TEXT,  /* short */
	HP_CELL_NAME,  /* of a function, a file or a module */
	HP_CELL_PLACE, /* where that is */
	HP_CELL_NOTE,  /* text of any length */
};

struct hp_report_column {
	const char *title; /* static; NULL for all: the table has no headings */
	enum hp_cell_kind kind;
};

/* Words of one kind, or a cell. */
struct hp_span {
	size_t at, len; /* bytes of the text */
	enum hp_words words;
};

enum { HP_REPORT_COLUMNS = 8 }; /* of a table, at most */

struct hp_block {
	enum hp_block_kind kind;
	const char *id, *title;                            /* of a section; static */
	struct hp_report_column column[HP_REPORT_COLUMNS]; /* [n_columns] of a table */
	uint32_t n_columns;
	uint32_t first, n; /* spans; of a table row by row */
};

/* Zero-initialised is empty. */
struct hp_report_text {
	struct hp_memory text;
	struct hp_span *span;
	uint32_t n_spans, spans_cap;
	struct hp_block *block;
	uint32_t n_blocks, blocks_cap;
	bool failed; /* out of memory: what came after is lost */
};

void hp_report_section(struct hp_report_text *t, const char *id, const char *title);
void hp_report_block(struct hp_report_text *t, enum hp_block_kind kind);
/* Begin a table with the @n columns at @column; more may be added before its first cell. */
void hp_report_table(struct hp_report_text *t, const struct hp_report_column *column, uint32_t n);
void hp_report_column(struct hp_report_text *t, const char *title, enum hp_cell_kind kind);

/* Begin a span of the block, or the next cell of the table... */
void hp_report_span(struct hp_report_text *t, enum hp_words words);
/* ...and add to it. */
void hp_report_put(struct hp_report_text *t, struct hp_slice s);
void hp_report_fmt(struct hp_report_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A span of its own: words, a name, a cell. */
void hp_report_say(struct hp_report_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void hp_report_name(struct hp_report_text *t, struct hp_slice s);
void hp_report_strong(struct hp_report_text *t, const char *s);
void hp_report_cell(struct hp_report_text *t, struct hp_slice s);

static inline struct hp_slice hp_span_text(const struct hp_report_text *t, const struct hp_span *s)
{
	return (struct hp_slice){t->text.ptr + s->at, s->len};
}

void hp_report_release(struct hp_report_text *t);

#endif
