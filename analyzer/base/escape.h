/* escape.h - any text as one field of a line, and back. */
#ifndef HP_BASE_ESCAPE_H
#define HP_BASE_ESCAPE_H

#include "analyzer/base/error.h"
#include "analyzer/base/out.h"

/* Write @s with each byte of a character that is hostile, or no UTF-8, and '\', as "\xNN". */
void hp_out_escaped(struct hp_out *o, struct hp_slice s);

/* The same in octal, as the kernel writes paths into maps, and '\' where an escape could begin. */
void hp_out_octal(struct hp_out *o, struct hp_slice s);

struct hp_unescaped {
	struct hp_slice s; /* borrowed, or in @mem */
	char *mem;         /* to be freed; NULL: nothing was escaped */
};

/* @s as it was before.  What is no escape stays. Errors: ENOMEM. */
HP_MUST_CHECK int hp_unescape(struct hp_slice s, struct hp_unescaped *out, struct hprof_error *err);

#endif
