/* out.c - buffered output that remembers its first failure. */
#include "analyzer/base/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/utf8.h"

void hp_out_init(struct hp_out *o, hprof_write_fn write, void *ctx)
{
	o->write = write;
	o->ctx = ctx;
	o->failed = 0;
	o->n = 0;
}

static void flush(struct hp_out *o)
{
	if (!o->failed && o->n)
		o->failed = o->write(o->ctx, o->buf, o->n);
	o->n = 0;
}

void hp_out_put(struct hp_out *o, struct hp_slice s)
{
	if (s.len > HP_OUT_BYTES - o->n)
		flush(o);
	if (s.len > HP_OUT_BYTES) {
		if (!o->failed)
			o->failed = o->write(o->ctx, s.ptr, s.len);
		return;
	}
	if (s.len)
		memcpy(o->buf + o->n, s.ptr, s.len);
	o->n += s.len;
}

void hp_out_str(struct hp_out *o, const char *s)
{
	hp_out_put(o, hp_slice_str(s));
}

void hp_out_char(struct hp_out *o, char c)
{
	hp_out_put(o, (struct hp_slice){&c, 1});
}

void hp_out_fixed(struct hp_out *o, double v, unsigned decimals)
{
	unsigned one = decimals == 1 ? 10 : 100;
	int64_t n = (int64_t)(v * one + (v < 0 ? -0.5 : 0.5));
	uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	unsigned rest = (unsigned)(size % one);

	if (n < 0)
		hp_out_char(o, '-');
	hp_out_uint(o, size / one);
	if (one == 100 && rest % 10 == 0) {
		rest /= 10;
		one = 10;
	}
	if (rest)
		hp_out_fmt(o, one == 10 ? ".%u" : ".%02u", rest);
}

void hp_out_fmt(struct hp_out *o, const char *fmt, ...)
{
	char small[256];
	char *text = small;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(small)) {
		va_start(ap, fmt);
		n = vasprintf(&text, fmt, ap);
		va_end(ap);
	}
	if (n < 0) {
		if (!o->failed)
			o->failed = ENOMEM;
		return;
	}
	hp_out_put(o, (struct hp_slice){text, (size_t)n});
	if (text != small)
		free(text);
}

void hp_out_hex(struct hp_out *o, uint64_t v, unsigned digits)
{
	char text[16];
	size_t n = sizeof(text);

	do
		text[--n] = "0123456789abcdef"[v & 15];
	while ((v >>= 4) != 0 || (n > 0 && sizeof(text) - n < digits));
	hp_out_put(o, (struct hp_slice){text + n, sizeof(text) - n});
}

void hp_out_uint(struct hp_out *o, uint64_t v)
{
	char text[20];
	size_t n = sizeof(text);

	do
		text[--n] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	hp_out_put(o, (struct hp_slice){text + n, sizeof(text) - n});
}

void hp_out_integer(struct hp_out *o, double v)
{
	if (!(v > -9e15 && v < 9e15)) { /* not exact, or no number */
		hp_out_fmt(o, "%.0f", v);
		return;
	}
	if (v < 0)
		hp_out_char(o, '-');
	hp_out_uint(o, (uint64_t)(v < 0 ? -v : v));
}

void hp_out_safe(struct hp_out *o, struct hp_slice s)
{
	while (s.len) {
		size_t n = hp_utf8_plain_run(s, 0, 0);

		hp_out_put(o, (struct hp_slice){s.ptr, n}); /* all of it, as a rule */
		s = hp_slice_from(s, n);
		if (!s.len)
			break;
		n = hp_utf8_len(s);
		if (n == 0 || hp_utf8_is_hostile(s, n)) {
			hp_out_fmt(o, "\\x%02x", (unsigned char)s.ptr[0]);
			n = 1;
		} else {
			hp_out_put(o, (struct hp_slice){s.ptr, n});
		}
		s = hp_slice_from(s, n);
	}
}

int hp_out_close(struct hp_out *o, struct hprof_error *err)
{
	flush(o);
	if (!o->failed)
		return HPROF_OK;
	errno = o->failed;
	return hp_fail(err, HPROF_EIO, "cannot write output: %s", strerror(o->failed));
}

int hp_memory_write(void *memory, const void *bytes, size_t len)
{
	struct hp_memory *m = memory;

	if (m->cap - m->n < len) {
		size_t cap = m->cap + m->cap / 2 + len;
		char *grown = realloc(m->ptr, cap);

		if (!grown)
			return ENOMEM;
		m->ptr = grown;
		m->cap = cap;
	}
	if (len)
		memcpy(m->ptr + m->n, bytes, len);
	m->n += len;
	return 0;
}
