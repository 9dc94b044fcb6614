/*
 * page.h - a page that stands alone: its style, its data and its script are in it, and it loads
 * nothing.
 *
 * Everything is there as plain HTML first: the picture and the tables are read where scripts and
 * styles are refused.  The script replaces both by ones that answer.
 */
#ifndef HP_RENDER_PAGE_H
#define HP_RENDER_PAGE_H

#include "render/flame.h"
#include "render/total.h"

struct hp_page {
	const struct hprof_view *v;
	struct hp_out *out;
	struct hp_style style; /* of the chosen sample type */
	struct hp_flame_picture flame;
	struct hp_flame_limits limits;
};

/*
 * Begin the page of @v with its head and its heading, which is called @kind.  Errors: ENOMEM.
 * Release it with hp_page_close() in any case.
 */
HP_MUST_CHECK int hp_page_open(struct hp_page *p, const struct hprof_view *v,
			       const struct hprof_render_opts *o, const char *kind,
			       struct hp_out *out, struct hprof_error *err);
/* The sections of the flame graph and of the functions. Errors: ENOMEM. */
void hp_page_put_flame(struct hp_page *p);
HP_MUST_CHECK int hp_page_put_functions(struct hp_page *p, struct hprof_error *err);
/* The end, with the data and the script. Errors: ENOMEM. */
HP_MUST_CHECK int hp_page_put_end(struct hp_page *p, struct hprof_error *err);
void hp_page_close(struct hp_page *p);

/* --- parts --- */

/* "<h2>@title</h2>" in a section of its own, which is left open. @id: plain ASCII. */
void hp_page_section(struct hp_out *out, const char *id, const char *title);
/* A table, and its headings: the first @numbers of them are above numbers. */
void hp_page_table(struct hp_out *out, const char *const *heading, size_t n, size_t numbers);
void hp_page_table_end(struct hp_out *out);
/* A value as in tables of a page: with its unit, or with separators; with a sign. @buf: one byte
 * more than HP_NUMBER_MAX. */
const char *hp_page_value(const struct hp_style *s, char *buf, double v);
const char *hp_page_delta(const struct hp_style *s, char *buf, double v);
/* Cells: text made by this program, and text of an input. */
void hp_page_number(struct hp_out *out, const char *text);
void hp_page_text(struct hp_out *out, struct hp_slice text);
/* What a row of a table is called, with its place. */
void hp_page_name(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row);

#endif
