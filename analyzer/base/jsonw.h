/*
 * jsonw.h - writing JSON as it comes, without a tree in memory.
 *
 * Names and text are escaped, bytes that are no UTF-8 become U+FFFD.  Commas are put where
 * they belong; the caller closes what it opened.
 */
#ifndef HP_BASE_JSONW_H
#define HP_BASE_JSONW_H

#include "analyzer/base/out.h"

struct hp_jsonw {
	struct hp_out *out;
	bool comma;  /* a value stands before the next one */
	bool markup; /* it stands inside of HTML: no '<', '>', '&', no separators of lines */
	unsigned depth;
};

void hp_jsonw_init(struct hp_jsonw *w, struct hp_out *out);
void hp_jsonw_open(struct hp_jsonw *w, char bracket); /* '{' or '[' */
void hp_jsonw_close(struct hp_jsonw *w, char bracket);
void hp_jsonw_key(struct hp_jsonw *w, const char *key); /* plain ASCII */
void hp_jsonw_text(struct hp_jsonw *w, struct hp_slice s);
void hp_jsonw_str(struct hp_jsonw *w, const char *s);
void hp_jsonw_uint(struct hp_jsonw *w, uint64_t v);
void hp_jsonw_bool(struct hp_jsonw *w, bool v);
/* @v, a whole number, without an exponent however large it is. */
void hp_jsonw_integer(struct hp_jsonw *w, double v);
/* The shortest decimal that reads back as @v; null when it is not finite. */
void hp_jsonw_real(struct hp_jsonw *w, double v);
/* Start a new line: for humans, between the items of long arrays. */
void hp_jsonw_line(struct hp_jsonw *w);

#endif
