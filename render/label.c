/* label.c - how a row of a table is called in text. */
#include "render/label.h"

#include <inttypes.h>
#include <stdio.h>

#include "render/markup.h"

void hp_label_write(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row,
		    hp_escape_fn escape)
{
	char address[HP_ADDRESS_MAX], place[HP_PLACE_MAX];
	struct hp_label label;

	hp_out_str(out, hp_label_address(address, v, row));
	escape(out, hp_row_label(v, row, &label));
	if (hp_row_inlined(v, row))
		hp_out_str(out, " (inline)");
	escape(out, hp_slice_str(hp_label_place(place, sizeof(place), v, row)));
}

void hp_label_put(struct hp_out *out, const struct hprof_view *v, const struct hp_table_row *row)
{
	hp_label_write(out, v, row, hp_out_safe);
}

const char *hp_label_address(char *buf, const struct hprof_view *v, const struct hp_table_row *row)
{
	uint64_t addr;

	buf[0] = '\0';
	if (hp_row_addr(v, row, &addr) && hp_view_hides_addr(v, &v->frames[row->frame]))
		(void)snprintf(buf, HP_ADDRESS_MAX, "0x%" PRIx64 " ", addr); /* fits */
	return buf;
}

const char *hp_label_place(char *buf, size_t size, const struct hprof_view *v,
			   const struct hp_table_row *row)
{
	bool with_line =
		v->opts.granularity == HPROF_BY_LINE || v->opts.granularity == HPROF_BY_ADDRESS;
	struct hp_slice file = hp_row_file(v, row);
	uint32_t line = hp_row_line(v, row);
	char number[16] = "";

	buf[0] = '\0';
	if (line)
		(void)snprintf(number, sizeof(number), ":%" PRIu32, line); /* fits */
	if (with_line && file.len) /* longer paths than that are cut */
		(void)snprintf(buf, size, " %.*s%s",
			       (int)(file.len < size - 32 ? file.len : size - 32), file.ptr,
			       number);
	return buf;
}

struct hp_slice hp_label_showable(struct hp_arena *mem, const struct hprof_view *v,
				  const struct hp_table_row *row)
{
	struct hp_label buf;
	struct hp_slice label = hp_row_label(v, row, &buf);
	char place[HP_PLACE_MAX];
	size_t more = strlen(hp_label_place(place, sizeof(place), v, row));
	char *text = hp_arena_text(mem, label.len + more + 1);

	if (!text)
		return (struct hp_slice){NULL, 0};
	memcpy(text, label.ptr, label.len);
	memcpy(text + label.len, place, more);
	return hp_showable(mem, (struct hp_slice){text, label.len + more});
}

void hp_row_put_json(struct hp_jsonw *w, const struct hprof_view *v, const struct hp_table_row *row)
{
	struct hp_slice file = hp_row_file(v, row);
	uint32_t line = hp_row_line(v, row), module = hp_row_module(v, row);
	struct hp_label label;
	char text[24];
	uint64_t addr;

	hp_jsonw_key(w, "name");
	hp_jsonw_text(w, hp_row_name(v, row, &label));
	if (hp_row_addr(v, row, &addr)) {
		(void)snprintf(text, sizeof(text), "0x%" PRIx64, addr); /* fits */
		hp_jsonw_key(w, "address");
		hp_jsonw_str(w, text);
	}
	if (file.len) {
		hp_jsonw_key(w, "file");
		hp_jsonw_text(w, file);
	}
	if (line) {
		hp_jsonw_key(w, "line");
		hp_jsonw_uint(w, line);
	}
	if (module != HP_NONE) {
		hp_jsonw_key(w, "module");
		hp_jsonw_text(w, hp_view_str(v, v->modules[module].path));
	}
}
