/* wire.c - what a child sends its parent: messages of a length, a kind and fields. */
#include "analyzer/symbolize/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 16 }; /* soon, so that the parent has something to do meanwhile */

const char *const hp_wire_intro[HP_WIRE_WARNINGS] = {
	[HP_WIRE_MISMATCH] = "not the file that ran",
	[HP_WIRE_DOUBTFUL] = "may be another build",
	[HP_WIRE_UNREADABLE] = "cannot be read",
	[HP_WIRE_DEBUG] = "debug file not used",
	[HP_WIRE_DAMAGED] = "damaged debug information",
	[HP_WIRE_MISSING] = "missing debug information",
	[HP_WIRE_SERVERS] = "debuginfod",
};

const char *const hp_wire_counted[HP_WIRE_WARNINGS] = {
	[HP_WIRE_MISMATCH] = "file mismatch",
	[HP_WIRE_DOUBTFUL] = "file doubtful",
	[HP_WIRE_UNREADABLE] = "file unreadable",
	[HP_WIRE_DEBUG] = "debug file refused",
	[HP_WIRE_DAMAGED] = "debug information damaged",
	[HP_WIRE_MISSING] = "debug information missing",
	[HP_WIRE_SERVERS] = "debuginfod",
};

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
	if (s.len > HP_WIRE_TEXT_MAX)
		s.len = HP_WIRE_TEXT_MAX;
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

	if (w->fd < 0)
		return;
	if (w->lock && w->n)
		(void)pthread_mutex_lock(w->lock); /* a plain mutex, unlocked below */
	while (!w->failed && done < w->n) {
		ssize_t r = write(w->fd, w->bytes + done, w->n - done);

		if (r > 0)
			done += (size_t)r;
		else if (r == 0 || errno != EINTR)
			w->failed = true;
	}
	if (w->lock && w->n)
		(void)pthread_mutex_unlock(w->lock); /* locked above */
	w->n = 0;
}

void hp_wire_release(struct hp_wire *w)
{
	free(w->bytes);
	*w = (struct hp_wire){.fd = w->fd, .lock = w->lock};
}

static bool is_header(uint32_t len, uint8_t kind)
{
	return len <= HP_WIRE_MAX && kind >= HP_WIRE_FILE && kind <= HP_WIRE_END;
}

enum hp_wire_state hp_wire_next(struct hp_cursor *c, enum hp_wire_kind *kind,
				struct hp_cursor *fields)
{
	struct hp_cursor at = *c;
	uint32_t len = hp_get_u32(&at);
	uint8_t what = hp_get_u8(&at);
	struct hp_slice body;

	if (at.failed)
		return HP_WIRE_PART;
	if (!is_header(len, what))
		return HP_WIRE_BROKEN;
	body = hp_get_bytes(&at, len);
	if (at.failed)
		return HP_WIRE_PART;
	*c = at;
	*kind = (enum hp_wire_kind)what;
	*fields = hp_cursor_init(body.ptr, body.len);
	return HP_WIRE_WHOLE;
}

struct hp_slice hp_wire_get_text(struct hp_cursor *c)
{
	uint32_t len = hp_get_u32(c);

	return hp_get_bytes(c, len);
}
