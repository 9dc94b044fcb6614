/* wire.c - what a child tells its parent: messages of a length, a kind and fields. */
#include "analyzer/symbolize/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 65536, FLUSH_AT = 1 << 18 };

static void put(struct hp_wire *w, const void *bytes, size_t len)
{
	if (w->failed || len == 0)
		return;
	if (len > w->cap - w->n) {
		size_t cap = 2 * w->cap + len + 4096;
		uint8_t *grown = realloc(w->bytes, cap);

		if (!grown) {
			w->failed = true;
			return;
		}
		w->bytes = grown;
		w->cap = cap;
	}
	memcpy(w->bytes + w->n, bytes, len);
	w->n += len;
}

void hp_wire_u8(struct hp_wire *w, uint8_t v)
{
	put(w, &v, sizeof(v));
}

void hp_wire_u32(struct hp_wire *w, uint32_t v)
{
	put(w, &v, sizeof(v));
}

void hp_wire_u64(struct hp_wire *w, uint64_t v)
{
	put(w, &v, sizeof(v));
}

void hp_wire_text(struct hp_wire *w, struct hp_slice s)
{
	if (s.len > TEXT_MAX)
		s.len = TEXT_MAX;
	hp_wire_u32(w, (uint32_t)s.len);
	put(w, s.ptr, s.len);
}

void hp_wire_begin(struct hp_wire *w, enum hp_wire_kind kind)
{
	w->start = w->n;
	hp_wire_u32(w, 0); /* the length, once it is known */
	hp_wire_u8(w, (uint8_t)kind);
}

void hp_wire_end(struct hp_wire *w)
{
	uint32_t len;

	if (w->failed)
		return;
	len = (uint32_t)(w->n - w->start - HP_WIRE_HEADER);
	memcpy(w->bytes + w->start, &len, sizeof(len));
	if (w->n >= FLUSH_AT)
		hp_wire_flush(w);
}

void hp_wire_flush(struct hp_wire *w)
{
	size_t done = 0;

	while (!w->failed && done < w->n) {
		ssize_t r = write(w->fd, w->bytes + done, w->n - done);

		if (r > 0)
			done += (size_t)r;
		else if (r == 0 || errno != EINTR)
			w->failed = true;
	}
	w->n = 0;
}

void hp_wire_release(struct hp_wire *w)
{
	free(w->bytes);
	*w = (struct hp_wire){.fd = w->fd};
}

static bool is_header(uint32_t len, uint8_t kind)
{
	return len <= HP_WIRE_MAX && kind >= HP_WIRE_FILE && kind <= HP_WIRE_END;
}

bool hp_wire_next(struct hp_cursor *c, enum hp_wire_kind *kind, struct hp_cursor *fields)
{
	uint32_t len = hp_get_u32(c);
	uint8_t what = hp_get_u8(c);
	struct hp_slice body = hp_get_bytes(c, len);

	if (c->failed || !is_header(len, what))
		return false;
	*kind = (enum hp_wire_kind)what;
	*fields = hp_cursor_init(body.ptr, body.len);
	return true;
}

struct hp_slice hp_wire_get_text(struct hp_cursor *c)
{
	uint32_t len = hp_get_u32(c);

	return hp_get_bytes(c, len);
}

bool hp_wire_sound(const uint8_t *bytes, size_t len, size_t *at)
{
	while (len - *at >= HP_WIRE_HEADER) {
		uint32_t n;

		memcpy(&n, bytes + *at, sizeof(n));
		if (!is_header(n, bytes[*at + sizeof(n)]))
			return false;
		if (n > len - *at - HP_WIRE_HEADER)
			break;
		*at += HP_WIRE_HEADER + n;
	}
	return true;
}

bool hp_wire_complete(const uint8_t *bytes, size_t len)
{
	struct hp_cursor c;
	enum hp_wire_kind kind;
	struct hp_cursor fields;

	if (!len)
		return false;
	c = hp_cursor_init(bytes, len);
	while (hp_wire_next(&c, &kind, &fields))
		if (kind == HP_WIRE_END)
			return true;
	return false;
}
