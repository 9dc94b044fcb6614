/* escape.c - any text as one field of a line, and back. */
#include "analyzer/base/escape.h"

#include <stdlib.h>

#include "analyzer/base/scan.h"
#include "analyzer/base/utf8.h"

void hp_out_escaped(struct hp_out *o, struct hp_slice s)
{
	while (s.len) {
		size_t n = hp_utf8_plain_run(s, '\\', '\\');

		hp_out_put(o, (struct hp_slice){s.ptr, n});
		s = hp_slice_from(s, n);
		if (!s.len)
			return;
		n = hp_utf8_len(s);
		if (n == 0 || hp_utf8_is_hostile(s, n) || s.ptr[0] == '\\') {
			hp_out_fmt(o, "\\x%02x", (unsigned char)s.ptr[0]);
			n = 1;
		} else {
			hp_out_put(o, (struct hp_slice){s.ptr, n});
		}
		s = hp_slice_from(s, n);
	}
}

void hp_out_octal(struct hp_out *o, struct hp_slice s)
{
	while (s.len) {
		size_t n = hp_utf8_len(s);
		bool escape = s.len > 1 && s.ptr[0] == '\\' && s.ptr[1] >= '0' && s.ptr[1] <= '7';

		if (n == 0 || hp_utf8_is_hostile(s, n) || escape) {
			hp_out_fmt(o, "\\%03o", (unsigned char)s.ptr[0]);
			n = 1;
		} else {
			hp_out_put(o, (struct hp_slice){s.ptr, n});
		}
		s = hp_slice_from(s, n);
	}
}

int hp_unescape(struct hp_slice s, struct hp_unescaped *out, struct hprof_error *err)
{
	size_t n = 0;

	*out = (struct hp_unescaped){s, NULL};
	if (!s.len || !memchr(s.ptr, '\\', s.len))
		return HPROF_OK;
	out->mem = malloc(s.len);
	if (!out->mem)
		return hp_fail_nomem(err);
	while (s.len) {
		bool escape = s.len >= 4 && s.ptr[0] == '\\' && s.ptr[1] == 'x' &&
			      hp_hex_digit(s.ptr[2]) >= 0 && hp_hex_digit(s.ptr[3]) >= 0;

		out->mem[n++] =
			escape ? (char)(hp_hex_digit(s.ptr[2]) * 16 + hp_hex_digit(s.ptr[3]))
			       : s.ptr[0];
		s = hp_slice_from(s, escape ? 4 : 1);
	}
	out->s = (struct hp_slice){out->mem, n};
	return HPROF_OK;
}
