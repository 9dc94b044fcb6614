/* canvas.c - colours and text of pictures. */
#include "render/canvas.h"

#include <stdio.h>

#include "analyzer/base/utf8.h"

/* Text on paper has a contrast of 4.5 or more in both; series are told apart by lightness too. */
const uint32_t hp_ink_light[HP_INKS] = {
	[HP_INK_PAPER] = 0xffffff,      [HP_INK_TEXT] = 0x1f2328,
	[HP_INK_FAINT] = 0x59636e,      [HP_INK_GRID] = 0xd8dee4,
	[HP_INK_AREA] = 0xe1e4e8,       [HP_INK_LINE] = 0x57606a,
	[HP_INK_MARK] = 0xb3261e,       [HP_INK_SERIES] = 0x2f6db5,
	[HP_INK_SERIES + 1] = 0xe08a2c, [HP_INK_SERIES + 2] = 0x3d9a57,
	[HP_INK_SERIES + 3] = 0xc75a93, [HP_INK_SERIES + 4] = 0x7a63bd,
	[HP_INK_SERIES + 5] = 0x52b0c9, [HP_INK_SERIES + 6] = 0x9a6b3f,
	[HP_INK_SERIES + 7] = 0xb8b14a,
};
const uint32_t hp_ink_dark[HP_INKS] = {
	[HP_INK_PAPER] = 0x16191d,      [HP_INK_TEXT] = 0xe6edf3,
	[HP_INK_FAINT] = 0x9aa4af,      [HP_INK_GRID] = 0x30363d,
	[HP_INK_AREA] = 0x343b44,       [HP_INK_LINE] = 0xa8b3bf,
	[HP_INK_MARK] = 0xff8a80,       [HP_INK_SERIES] = 0x4a8fe0,
	[HP_INK_SERIES + 1] = 0xd98a35, [HP_INK_SERIES + 2] = 0x46a864,
	[HP_INK_SERIES + 3] = 0xcf6a9f, [HP_INK_SERIES + 4] = 0x8f7ad6,
	[HP_INK_SERIES + 5] = 0x52b0c9, [HP_INK_SERIES + 6] = 0xb0804f,
	[HP_INK_SERIES + 7] = 0xb8b14a,
};

/* Bytes of the first character of @s if it may be shown, else 0. */
static size_t showable(struct hp_slice s)
{
	size_t n = hp_utf8_len(s);

	if (n == 0 || hp_utf8_is_control(s, n))
		return 0;
	/* U+FFFE and U+FFFF are no characters of XML */
	return n == 3 && memcmp(s.ptr, "\xef\xbf", 2) == 0 && (unsigned char)s.ptr[2] >= 0xbe ? 0
											      : n;
}

struct hp_slice hp_fit_text(char *buf, size_t size, struct hp_slice text, size_t chars)
{
	static const char mark[] = "\xe2\x80\xa6"; /* an ellipsis */
	size_t n = 0;
	size_t last = 0; /* where the last character but one ended: room for the mark */

	for (size_t i = 0; text.len; i++) {
		size_t len = showable(text);

		if (i == chars || n + sizeof(mark) + 4 > size) {
			memcpy(buf + last, mark, sizeof(mark));
			return (struct hp_slice){buf, last + sizeof(mark) - 1};
		}
		last = n;
		if (len)
			memcpy(buf + n, text.ptr, len);
		else
			(void)snprintf(buf + n, size - n, "\\x%02x", (unsigned char)text.ptr[0]);
		n += len ? len : 4;
		text = hp_slice_from(text, len ? len : 1);
	}
	buf[n] = '\0';
	return (struct hp_slice){buf, n};
}
