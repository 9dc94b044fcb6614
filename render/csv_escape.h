/* csv_escape.h - text as a cell of comma-separated values (RFC 4180). */
#ifndef HP_RENDER_CSV_ESCAPE_H
#define HP_RENDER_CSV_ESCAPE_H

#include "analyzer/base/out.h"

/*
 * Begin a cell, add any number of texts, end it.  It is in quotes, and quotes in it are doubled;
 * control characters and bytes that are no UTF-8 are \xNN.  What a spreadsheet would take for
 * a formula (the first character is one of = + - @) gets a ' in front.
 */
void hp_csv_begin(struct hp_out *out, struct hp_slice first);
void hp_csv_add(struct hp_out *out, struct hp_slice s);
void hp_csv_end(struct hp_out *out);

/* All of it at once. */
void hp_csv_put(struct hp_out *out, struct hp_slice s);

#endif
