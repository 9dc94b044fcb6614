/* csv_escape.c - text as a cell of comma-separated values (RFC 4180). */
#include "render/csv_escape.h"

void hp_csv_add(struct hp_out *out, struct hp_slice s)
{
	while (s.len) {
		const char *quote = memchr(s.ptr, '"', s.len);
		size_t n = quote ? (size_t)(quote - s.ptr) + 1 : s.len;

		hp_out_safe(out, (struct hp_slice){s.ptr, n});
		if (quote)
			hp_out_char(out, '"');
		s = hp_slice_from(s, n);
	}
}

void hp_csv_begin(struct hp_out *out, struct hp_slice first)
{
	hp_out_char(out, '"');
	if (first.len && memchr("=+-@", first.ptr[0], 4))
		hp_out_char(out, '\'');
	hp_csv_add(out, first);
}

void hp_csv_end(struct hp_out *out)
{
	hp_out_char(out, '"');
}

void hp_csv_put(struct hp_out *out, struct hp_slice s)
{
	hp_csv_begin(out, s);
	hp_csv_end(out);
}
