/* label.c - how a row of a table is called in text. */
#include "render/label.h"

#include <inttypes.h>

void hp_label_put(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row)
{
	bool with_line =
		v->opts.granularity == HPROF_BY_LINE || v->opts.granularity == HPROF_BY_ADDRESS;

	if (row->has_addr)
		hp_out_fmt(out, "0x%" PRIx64 " ", row->addr);
	hp_out_safe(out, hp_view_str(v, row->label));
	if (with_line && row->file.i) {
		hp_out_char(out, ' ');
		hp_out_safe(out, hp_view_str(v, row->file));
		if (row->line)
			hp_out_fmt(out, ":%" PRIu32, row->line);
	}
	if (row->inlined)
		hp_out_str(out, " (inline)");
}
