/* text.c - composing short texts whose lifetime is an arena's. */
#include "analyzer/symbolize/text.h"

#include <stdarg.h>
#include <stdio.h>

enum { LIST_MAX = 4096 };

const char *hp_textf(struct hp_arena *mem, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = n < 0 ? NULL : hp_arena_text(mem, (size_t)n + 1);
	if (!text)
		return "";
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)n + 1, fmt, ap); /* the room was measured above */
	va_end(ap);
	return text;
}

static const char *join(struct hp_arena *mem, const char *list, const char *between,
			const char *item)
{
	if (!*list)
		return item;
	if (!*item || strlen(list) + strlen(item) > LIST_MAX)
		return list;
	return hp_textf(mem, "%s%s%s", list, between, item);
}

const char *hp_text_join(struct hp_arena *mem, const char *list, const char *item)
{
	return join(mem, list, "; ", item);
}

/* @text with '?' for ends of lines, as for all other controls of names. */
static const char *one_line(struct hp_arena *mem, const char *text)
{
	size_t n = strlen(text);
	char *line = strpbrk(text, "\r\n") ? hp_arena_text(mem, n + 1) : NULL;

	if (!line)
		return strpbrk(text, "\r\n") ? "" : text;
	for (size_t i = 0; i <= n; i++)
		line[i] = text[i] == '\r' || text[i] == '\n' ? '?' : text[i];
	return line;
}

const char *hp_text_line(struct hp_arena *mem, const char *list, const char *item)
{
	return join(mem, list, "\n", one_line(mem, item));
}

const char *hp_text_lines(struct hp_arena *mem, const char *list, const char *more)
{
	return join(mem, list, "\n", more);
}

const char *hp_text_hex(struct hp_arena *mem, const void *bytes, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	char *text = hp_arena_text(mem, 2 * len + 1);

	if (!text)
		return "";
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digit[from[i] >> 4];
		text[2 * i + 1] = digit[from[i] & 15];
	}
	text[2 * len] = '\0';
	return text;
}

const char *hp_text_dirname(struct hp_arena *mem, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	if (slash == path)
		return "/";
	return hp_arena_string(mem, (struct hp_slice){path, (size_t)(slash - path)});
}
