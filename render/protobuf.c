/* protobuf.c - writing messages of protocol buffers, as a gzip stream. */
#include "render/protobuf.h"

#include <stdlib.h>
#include <zlib.h>

enum {
	VARINT_MAX = 10,
	TYPE_VARINT = 0,
	TYPE_BYTES = 2,
	BUFFER_BYTES = 1 << 16,
	LEVEL = 6,
};

/* --- messages --- */

static bool room(struct hp_message *m, size_t n)
{
	size_t cap = m->cap ? m->cap : 256;
	unsigned char *grown;

	if (m->failed || n <= m->cap - m->n)
		return !m->failed;
	while (cap - m->n < n && cap <= SIZE_MAX / 4)
		cap *= 2;
	grown = cap - m->n < n ? NULL : realloc(m->ptr, cap);
	if (!grown) {
		m->failed = true;
		return false;
	}
	m->ptr = grown;
	m->cap = cap;
	return true;
}

void hp_message_varint(struct hp_message *m, uint64_t v)
{
	if (!room(m, VARINT_MAX))
		return;
	for (; v >= 0x80; v >>= 7)
		m->ptr[m->n++] = (unsigned char)(v | 0x80);
	m->ptr[m->n++] = (unsigned char)v;
}

static void put_key(struct hp_message *m, unsigned field, unsigned type)
{
	hp_message_varint(m, (uint64_t)field << 3 | type);
}

void hp_message_uint(struct hp_message *m, unsigned field, uint64_t v)
{
	if (!v)
		return;
	put_key(m, field, TYPE_VARINT);
	hp_message_varint(m, v);
}

void hp_message_int(struct hp_message *m, unsigned field, int64_t v)
{
	hp_message_uint(m, field, (uint64_t)v);
}

static void put_bytes(struct hp_message *m, unsigned field, const void *bytes, size_t n)
{
	put_key(m, field, TYPE_BYTES);
	hp_message_varint(m, n);
	if (!room(m, n) || !n)
		return;
	memcpy(m->ptr + m->n, bytes, n);
	m->n += n;
}

void hp_message_text(struct hp_message *m, unsigned field, struct hp_slice text)
{
	put_bytes(m, field, text.ptr, text.len);
}

void hp_message_put(struct hp_message *m, unsigned field, const struct hp_message *inner)
{
	put_bytes(m, field, inner->ptr, inner->n);
	m->failed |= inner->failed;
}

void hp_message_reset(struct hp_message *m)
{
	m->n = 0;
}

void hp_message_release(struct hp_message *m)
{
	free(m->ptr);
	*m = (struct hp_message){0};
}

/* --- packing --- */

struct hp_packed {
	z_stream z;
	struct hp_out *out;
	bool failed;
	unsigned char buf[BUFFER_BYTES];
};

int hp_packed_open(struct hp_packed **p, struct hp_out *out, struct hprof_error *err)
{
	struct hp_packed *x = calloc(1, sizeof(*x));

	/* the header that zlib writes by itself holds neither a name nor a time */
	if (!x || deflateInit2(&x->z, LEVEL, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(x);
		return hp_fail_nomem(err);
	}
	x->out = out;
	*p = x;
	return HPROF_OK;
}

static void pack(struct hp_packed *p, const unsigned char *bytes, size_t n, int flush)
{
	int r;

	do {
		uInt piece = n < UINT32_MAX / 2 ? (uInt)n : UINT32_MAX / 2;

		p->z.next_in = (Bytef *)(uintptr_t)bytes; /* it is only read */
		p->z.avail_in = piece;
		do {
			p->z.next_out = p->buf;
			p->z.avail_out = sizeof(p->buf);
			r = deflate(&p->z, n > piece ? Z_NO_FLUSH : flush);
			hp_out_put(p->out, (struct hp_slice){(const char *)p->buf,
							     sizeof(p->buf) - p->z.avail_out});
		} while (r == Z_OK && p->z.avail_out == 0);
		bytes += piece;
		n -= piece;
	} while (n);
}

void hp_packed_put(struct hp_packed *p, struct hp_message *m)
{
	p->failed |= m->failed;
	if (!p->failed && m->n)
		pack(p, m->ptr, m->n, Z_NO_FLUSH);
	hp_message_reset(m);
}

int hp_packed_close(struct hp_packed *p, struct hprof_error *err)
{
	static const unsigned char none[1] = {0};
	bool failed = p->failed;

	if (!failed)
		pack(p, none, 0, Z_FINISH);
	hp_packed_free(p);
	return failed ? hp_fail_nomem(err) : HPROF_OK;
}

void hp_packed_free(struct hp_packed *p)
{
	if (!p)
		return;
	(void)deflateEnd(&p->z); /* what is not written yet is meant to be lost */
	free(p);
}
