/* text.h - composing short texts whose lifetime is an arena's. */
#ifndef HP_SYMBOLIZE_TEXT_H
#define HP_SYMBOLIZE_TEXT_H

#include "analyzer/base/arena.h"
#include "analyzer/base/slice.h"

/* Formatted text, valid until @mem is released; "" when there is no memory. */
const char *hp_textf(struct hp_arena *mem, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* @list with @item behind it, separated by "; "; stops growing at some 4 KiB. */
const char *hp_text_join(struct hp_arena *mem, const char *list, const char *item);

/* The same, separated by the ends of lines; those in @item, as names in files have, become '?'. */
const char *hp_text_line(struct hp_arena *mem, const char *list, const char *item);

/* Two such lists as one. */
const char *hp_text_lines(struct hp_arena *mem, const char *list, const char *more);

/* @bytes as lower-case hexadecimal. */
const char *hp_text_hex(struct hp_arena *mem, const void *bytes, size_t len);

/* What comes before the last '/' of @path; "." when there is none. */
const char *hp_text_dirname(struct hp_arena *mem, const char *path);

#endif
