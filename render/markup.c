/* markup.c - text of an input inside XML and HTML. */
#include "render/markup.h"

#include <inttypes.h>
#include <stdio.h>

#include "analyzer/base/utf8.h"

size_t hp_show_char(struct hp_slice s, char buf[HP_SHOWN_MAX], struct hp_slice *shown)
{
	size_t n = hp_utf8_len(s);
	uint32_t c = n ? hp_utf8_code(s, n) : 0;
	int len;

	*shown = (struct hp_slice){s.ptr, n};
	if (n && c < 0x80 && c >= 0x20 && c != 0x7f)
		return n;
	if (n == 0 || (c < 0x100 && hp_code_is_hostile(c))) {
		len = snprintf(buf, HP_SHOWN_MAX, "\\x%02x", n ? c : (unsigned char)s.ptr[0]);
		*shown = (struct hp_slice){buf, (size_t)len};
	} else if (hp_code_is_hostile(c) || c == 0xfffe || c == 0xffff) { /* not in XML */
		len = snprintf(buf, HP_SHOWN_MAX, "\\u%04" PRIx32, c);
		*shown = (struct hp_slice){buf, (size_t)len};
	}
	return n ? n : 1;
}

struct hp_slice hp_showable(struct hp_arena *mem, struct hp_slice s)
{
	char buf[HP_SHOWN_MAX];
	struct hp_slice shown, rest = s;
	size_t len = 0, at = 0;
	char *text;

	if (hp_utf8_plain_run(s, '\0', '\0') == s.len)
		return s;
	for (; rest.len;
	     rest = hp_slice_from(rest, hp_show_char(rest, buf, &shown)), len += shown.len)
		;
	text = hp_arena_text(mem, len + 1);
	for (rest = s; text && rest.len; at += shown.len) {
		rest = hp_slice_from(rest, hp_show_char(rest, buf, &shown));
		memcpy(text + at, shown.ptr, shown.len);
	}
	return (struct hp_slice){text, text ? len : 0};
}

static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void hp_put_markup(struct hp_out *out, struct hp_slice s)
{
	char buf[HP_SHOWN_MAX];
	struct hp_slice shown;

	while (s.len) {
		const char *ref = reference(s.ptr[0]);

		if (ref) {
			hp_out_str(out, ref);
			s = hp_slice_from(s, 1);
			continue;
		}
		s = hp_slice_from(s, hp_show_char(s, buf, &shown));
		hp_out_put(out, shown);
	}
}
