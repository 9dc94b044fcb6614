/*
 * html_page.h - a page that stands alone: its style, its data and its script are in it, and it
 * loads nothing.
 *
 * Everything is there as plain HTML first: the picture and the tables are read where scripts and
 * styles are refused.  The script replaces both by ones that answer.
 */
#ifndef HP_RENDER_HTML_PAGE_H
#define HP_RENDER_HTML_PAGE_H

#include "render/flame.h"
#include "render/text_header.h"

struct hp_html_page {
	const struct hprof_view *v;
	struct hp_out *out;
	struct hp_style style; /* of the chosen sample type */
	struct hp_flame_picture flame;
	struct hp_flame_limits limits;
};

/*
 * Begin the page of @v with its head and its heading, which is called @kind.  Errors: ENOMEM.
 * Release it with hp_html_close() in any case.
 */
HP_MUST_CHECK int hp_html_open(struct hp_html_page *p, const struct hprof_view *v,
			       const struct hprof_render_opts *o, const char *kind,
			       struct hp_out *out, struct hprof_error *err);
/* The sections of the flame graph and of the functions. Errors: ENOMEM. */
void hp_html_put_flame(struct hp_html_page *p);
HP_MUST_CHECK int hp_html_put_functions(struct hp_html_page *p, struct hprof_error *err);
/* The end, with the data and the script. Errors: ENOMEM. */
HP_MUST_CHECK int hp_html_put_end(struct hp_html_page *p, struct hprof_error *err);
void hp_html_close(struct hp_html_page *p);

/* --- parts --- */

/* "<h2>@title</h2>" in a section of its own, which is left open. @id: plain ASCII. */
void hp_html_section(struct hp_out *out, const char *id, const char *title);

#endif
