/*
 * markup.h - text of an input inside XML and HTML.
 *
 * Names come from files of others.  They are made showable first, then escaped; there is no other
 * way for them into a page or a picture.
 */
#ifndef HP_RENDER_MARKUP_H
#define HP_RENDER_MARKUP_H

#include "analyzer/base/arena.h"
#include "analyzer/base/out.h"

enum { HP_SHOWN_MAX = 8 };

/*
 * How the first character of @s is shown: as it is, or as below in @buf.  Returns how many bytes
 * of @s it takes.
 */
size_t hp_show_char(struct hp_slice s, char buf[HP_SHOWN_MAX], struct hp_slice *shown);

/*
 * @s as it can be shown: bytes that are no UTF-8, controls and what is no character of XML become
 * \xNN, and characters that change the direction of text \uNNNN.  @s itself when it is so
 * already, else of @mem; NULL text: no memory.
 */
struct hp_slice hp_showable(struct hp_arena *mem, struct hp_slice s);

/* Write @s, showable or not, as text of an element or as a quoted attribute. */
void hp_put_markup(struct hp_out *out, struct hp_slice s);

#endif
