/* report_text.c - the words and tables of a report, before they become HTML or pages of a PDF. */
#include "render/report_text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"

static void add_block(struct hp_report_text *t, struct hp_block block)
{
	if (t->failed || !HP_COLUMN_ROOM(t->block, t->n_blocks, t->blocks_cap)) {
		t->failed = true;
		return;
	}
	block.first = t->n_spans;
	t->block[t->n_blocks++] = block;
}

void hp_report_section(struct hp_report_text *t, const char *id, const char *title)
{
	add_block(t, (struct hp_block){.kind = HP_BLOCK_SECTION, .id = id, .title = title});
}

void hp_report_block(struct hp_report_text *t, enum hp_block_kind kind)
{
	add_block(t, (struct hp_block){.kind = kind});
}

void hp_report_table(struct hp_report_text *t, const struct hp_report_column *column, uint32_t n)
{
	add_block(t, (struct hp_block){.kind = HP_BLOCK_TABLE});
	for (uint32_t i = 0; i < n; i++)
		hp_report_column(t, column[i].title, column[i].kind);
}

void hp_report_column(struct hp_report_text *t, const char *title, enum hp_cell_kind kind)
{
	struct hp_block *b;

	if (t->failed)
		return;
	b = &t->block[t->n_blocks - 1];
	assert(b->n_columns < HP_REPORT_COLUMNS);
	b->column[b->n_columns++] = (struct hp_report_column){title, kind};
}

void hp_report_span(struct hp_report_text *t, enum hp_words words)
{
	if (t->failed || !HP_COLUMN_ROOM(t->span, t->n_spans, t->spans_cap)) {
		t->failed = true;
		return;
	}
	t->span[t->n_spans++] = (struct hp_span){t->text.n, 0, words};
	t->block[t->n_blocks - 1].n++;
}

void hp_report_put(struct hp_report_text *t, struct hp_slice s)
{
	if (t->failed || hp_memory_write(&t->text, s.ptr, s.len) != 0)
		t->failed = true;
	else
		t->span[t->n_spans - 1].len += s.len;
}

static void put_args(struct hp_report_text *t, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void put_args(struct hp_report_text *t, const char *fmt, va_list ap)
{
	char *text;
	int n = vasprintf(&text, fmt, ap);

	if (n < 0) {
		t->failed = true;
		return;
	}
	hp_report_put(t, (struct hp_slice){text, (size_t)n});
	free(text);
}

void hp_report_fmt(struct hp_report_text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_args(t, fmt, ap);
	va_end(ap);
}

void hp_report_say(struct hp_report_text *t, const char *fmt, ...)
{
	va_list ap;

	hp_report_span(t, HP_WORDS_PLAIN);
	va_start(ap, fmt);
	put_args(t, fmt, ap);
	va_end(ap);
}

void hp_report_name(struct hp_report_text *t, struct hp_slice s)
{
	hp_report_span(t, HP_WORDS_NAME);
	hp_report_put(t, s);
}

void hp_report_strong(struct hp_report_text *t, const char *s)
{
	hp_report_span(t, HP_WORDS_STRONG);
	hp_report_put(t, hp_slice_str(s));
}

void hp_report_cell(struct hp_report_text *t, struct hp_slice s)
{
	hp_report_span(t, HP_WORDS_PLAIN);
	hp_report_put(t, s);
}

void hp_report_release(struct hp_report_text *t)
{
	free(t->text.ptr);
	free(t->span);
	free(t->block);
	*t = (struct hp_report_text){0};
}
