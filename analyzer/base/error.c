/* error.c - filling the caller's struct hprof_error. */
#include "analyzer/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "analyzer/base/utf8.h"

static int fill(struct hprof_error *err, enum hprof_code code, uint64_t line, uint64_t offset,
		const char *fmt, va_list ap) __attribute__((format(printf, 5, 0)));

void hp_disarm(char *text)
{
	struct hp_slice s = hp_slice_str(text);

	while (s.len) {
		size_t n = hp_utf8_len(s), len = n ? n : 1;

		if (n == 0 || hp_utf8_is_hostile(s, n))
			memset(text, '?', len);
		text += len;
		s = hp_slice_from(s, len);
	}
}

static int fill(struct hprof_error *err, enum hprof_code code, uint64_t line, uint64_t offset,
		const char *fmt, va_list ap)
{
	int saved = errno;

	if (!err || err->code != HPROF_OK)
		return code;
	err->code = code;
	err->sys_errno = code == HPROF_EIO ? saved : 0;
	err->line = line;
	err->offset = offset;
	(void)vsnprintf(err->message, sizeof(err->message), fmt, ap); /* a cut message will do */
	hp_disarm(err->message);
	return code;
}

int hp_fail(struct hprof_error *err, enum hprof_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, 0, HPROF_NO_OFFSET, fmt, ap);
	va_end(ap);
	return code;
}

int hp_fail_at(struct hprof_error *err, enum hprof_code code, uint64_t line, uint64_t offset,
	       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, line, offset, fmt, ap);
	va_end(ap);
	return code;
}

const char *hp_errno_text(int number)
{
	switch (number) {
	case EMFILE:
		return "too many open files for one process: raise the limit (ulimit -n)";
	case ENFILE:
		return "too many open files in the whole system";
	default:
		return strerror(number);
	}
}

int hp_fail_nomem(struct hprof_error *err)
{
	return hp_fail(err, HPROF_ENOMEM, "out of memory");
}

const char *hp_quote(char *buf, struct hp_slice s)
{
	static const char hex[] = "0123456789abcdef";
	enum { ROOM = HP_QUOTED_MAX - 6 }; /* closing quote, "...", NUL and one escape's tail */
	bool has_quote = s.len && memchr(s.ptr, '"', s.len);
	char mark = has_quote && !memchr(s.ptr, '\'', s.len) ? '\'' : '"';
	size_t n = 0;

	buf[n++] = mark;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool plain = c >= 0x20 && c < 0x7f && c != '\\' && c != (unsigned char)mark;

		if (n + (plain ? 1 : 4) > ROOM) {
			memcpy(buf + n, "...", 3);
			n += 3;
			break;
		}
		if (plain) {
			buf[n++] = (char)c;
			continue;
		}
		buf[n++] = '\\';
		if (c == '"') { /* and '\'' as well is in the text */
			buf[n++] = '"';
			continue;
		}
		buf[n++] = 'x';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	buf[n++] = mark;
	buf[n] = '\0';
	return buf;
}
