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

#endif
