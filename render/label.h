/* label.h - how a row of a table is called in text. */
#ifndef HP_RENDER_LABEL_H
#define HP_RENDER_LABEL_H

#include "analyzer/base/arena.h"
#include "analyzer/base/jsonw.h"
#include "analyzer/ops/table.h"

enum { HP_PLACE_MAX = 4352 }; /* bytes of a path and a line */

/* A function that writes text of an input, such as hp_out_safe(). */
typedef void (*hp_escape_fn)(struct hp_out *out, struct hp_slice s);

/* "name", "name file:line" or "0xaddress name file:line", by the granularity of @v. */
void hp_label_write(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row,
		    hp_escape_fn escape);
void hp_label_put(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row);

enum { HP_ADDRESS_MAX = 24 };

/*
 * What stands before the name of such a row: "0xADDRESS " where rows are addresses and the name
 * does not tell it, or "".  Returns @buf, of HP_ADDRESS_MAX bytes.
 */
const char *hp_label_address(char *buf, const struct hprof_view *v, const struct hp_table_row *row);

/* What such a row has besides its name: " file:line", or "". Returns @buf, of @size bytes. */
const char *hp_label_place(char *buf, size_t size, const struct hprof_view *v,
			   const struct hp_table_row *row);

/* Such a row with its place, showable, in @mem; NULL text: no memory. */
struct hp_slice hp_label_showable(struct hp_arena *mem, const struct hprof_view *v,
				  const struct hp_table_row *row);

/* "name", and "address", "file", "line" and "module" as far as they are known. */
void hp_row_put_json(struct hp_jsonw *w, const struct hprof_view *v,
		     const struct hp_table_row *row);

#endif
