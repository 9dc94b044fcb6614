/* decode.c - the messages of a child process, checked. */
#include "analyzer/symbolize/decode.h"

enum { FRAME_BYTES = HP_WIRE_FRAME_U32S * sizeof(uint32_t) };

struct decoding {
	struct hp_decoder *d;
	const struct hp_reply_ops *ops;
	void *ctx;
};

/* Note whether a message breaks the protocol; true if it does. */
static bool is_malformed(struct decoding *x, bool malformed)
{
	x->d->malformed = malformed;
	return malformed;
}

static int decode_file(struct decoding *x, struct hp_cursor *c)
{
	uint8_t status = hp_get_u8(c);
	uint8_t symbols = hp_get_u8(c);
	struct hp_reply_file f;

	for (size_t i = 0; i < HP_LEN(f.text); i++)
		f.text[i] = hp_wire_get_text(c); /* a failure stays in the cursor */
	if (is_malformed(x, c->failed || x->d->has_file || status > HP_MODULE_SPECIAL ||
				    symbols > HP_SYMBOLS_DWARF))
		return HPROF_OK;
	x->d->has_file = true;
	f.status = (enum hp_module_status)status;
	f.symbols = (enum hp_module_symbols)symbols;
	return x->ops->file(x->ctx, &f);
}

static int decode_addrs(struct decoding *x, struct hp_cursor *c)
{
	uint32_t i = hp_get_u32(c);
	int r = HPROF_OK;

	if (is_malformed(x, c->failed))
		return HPROF_OK;
	for (; r == HPROF_OK && hp_cursor_left(c); i++) {
		uint64_t addr = hp_get_u64(c);

		if (is_malformed(x, c->failed || i >= x->d->n_addrs))
			return HPROF_OK;
		r = x->ops->addr(x->ctx, i, addr);
	}
	return r;
}

static int decode_call(struct decoding *x, struct hp_cursor *c)
{
	uint32_t i = hp_get_u32(c);
	uint8_t call = hp_get_u8(c);

	if (is_malformed(x, c->failed || i >= x->d->n_addrs || call > HP_CALL_RESUMES))
		return HPROF_OK;
	return x->ops->call(x->ctx, i, (enum hp_loc_call)call);
}

static struct hp_func_names get_names(struct hp_cursor *c)
{
	struct hp_func_names f;

	f.name = hp_wire_get_text(c);
	f.full = hp_wire_get_text(c);
	f.linkage = hp_wire_get_text(c);
	f.file = hp_wire_get_text(c);
	if (!f.full.len)
		f.full = f.name;
	return f;
}

struct hp_func_names hp_reply_names(struct hp_slice body)
{
	struct hp_cursor c = hp_cursor_init(body.ptr, body.len);

	return get_names(&c);
}

static int decode_func(struct decoding *x, struct hp_cursor *c)
{
	struct hp_reply_func f = {.stream = hp_get_u8(c)};

	f.body = (struct hp_slice){(const char *)c->next, hp_cursor_left(c)};
	f.names = get_names(c);
	if (is_malformed(x, c->failed || f.stream >= HP_WIRE_STREAMS ||
				    (!f.names.name.len && !x->d->nameless)))
		return HPROF_OK;
	x->d->n_funcs[f.stream]++; /* there are far less than 2^32 */
	return x->ops->func(x->ctx, &f);
}

struct hp_reply_frame hp_reply_frame(const struct hp_reply_frames *f, uint32_t i)
{
	struct hp_reply_frame out;

	_Static_assert(sizeof(out) == FRAME_BYTES, "a frame is as it is sent");
	memcpy(&out, f->bytes + (size_t)i * FRAME_BYTES, FRAME_BYTES);
	return out;
}

static int decode_frames(struct decoding *x, struct hp_cursor *c)
{
	struct hp_reply_frames f = {.stream = hp_get_u8(c)};
	size_t bytes;

	f.addr = hp_get_u32(c);
	bytes = hp_cursor_left(c);
	f.bytes = c->next;
	if (is_malformed(x, c->failed || f.stream >= HP_WIRE_STREAMS || f.addr >= x->d->n_addrs ||
				    bytes % FRAME_BYTES ||
				    bytes / FRAME_BYTES > HP_WIRE_FRAMES_MAX))
		return HPROF_OK;
	f.n = (uint32_t)(bytes / FRAME_BYTES);
	for (uint32_t i = 0; i < f.n; i++)
		if (is_malformed(x, hp_reply_frame(&f, i).func >= x->d->n_funcs[f.stream]))
			return HPROF_OK;
	return x->ops->frames(x->ctx, &f);
}

static int decode_warning(struct decoding *x, struct hp_cursor *c)
{
	uint8_t kind = hp_get_u8(c);
	struct hp_slice text = hp_wire_get_text(c);

	if (is_malformed(x, c->failed || kind >= HP_WIRE_WARNINGS))
		return HPROF_OK;
	return x->ops->warning(x->ctx, (enum hp_wire_warning)kind, text);
}

static int decode_progress(struct decoding *x, struct hp_cursor *c)
{
	uint32_t units = hp_get_u32(c);
	uint32_t n_units = hp_get_u32(c);

	return is_malformed(x, c->failed) ? HPROF_OK : x->ops->progress(x->ctx, units, n_units);
}

static int decode_sections(struct decoding *x, struct hp_cursor *c)
{
	uint8_t bytes = hp_get_u8(c);
	int r;

	if (is_malformed(x, c->failed || (bytes != 4 && bytes != 8)))
		return HPROF_OK;
	r = x->ops->address_bytes(x->ctx, bytes);
	while (r == HPROF_OK && hp_cursor_left(c)) {
		uint64_t start = hp_get_u64(c);
		uint64_t len = hp_get_u64(c);
		struct hp_slice name = hp_wire_get_text(c);

		if (is_malformed(x, c->failed))
			return HPROF_OK;
		r = x->ops->section(x->ctx, start, len, name);
	}
	return r;
}

static int decode_cached(struct decoding *x, struct hp_cursor *c)
{
	struct hp_slice key = hp_wire_get_text(c);

	return is_malformed(x, c->failed || !key.len) ? HPROF_OK : x->ops->cached(x->ctx, key);
}

static int decode(struct decoding *x, enum hp_wire_kind kind, struct hp_cursor *c)
{
	const struct hp_reply_ops *ops = x->ops;

	switch (kind) {
	case HP_WIRE_FILE:
		return ops->file ? decode_file(x, c) : HPROF_OK;
	case HP_WIRE_ADDRS:
		return ops->addr ? decode_addrs(x, c) : HPROF_OK;
	case HP_WIRE_CALL:
		return ops->call ? decode_call(x, c) : HPROF_OK;
	case HP_WIRE_FUNC:
		return ops->func ? decode_func(x, c) : HPROF_OK;
	case HP_WIRE_FRAMES:
		return ops->frames ? decode_frames(x, c) : HPROF_OK;
	case HP_WIRE_WARN:
		return ops->warning ? decode_warning(x, c) : HPROF_OK;
	case HP_WIRE_PROGRESS:
		return ops->progress ? decode_progress(x, c) : HPROF_OK;
	case HP_WIRE_SECTIONS:
		return ops->section ? decode_sections(x, c) : HPROF_OK;
	case HP_WIRE_CACHED:
		return ops->cached ? decode_cached(x, c) : HPROF_OK;
	case HP_WIRE_END:
		x->d->ended = true;
		break;
	}
	return HPROF_OK;
}

int hp_wire_decode(struct hp_decoder *d, struct hp_cursor *c, const struct hp_reply_ops *ops,
		   void *ctx)
{
	struct decoding x = {d, ops, ctx};
	int r = HPROF_OK;

	while (r == HPROF_OK && !d->malformed && !d->ended) {
		struct hp_cursor fields;
		enum hp_wire_kind kind;
		enum hp_wire_state state = hp_wire_next(c, &kind, &fields);

		if (state == HP_WIRE_PART)
			break;
		if (!is_malformed(&x, state == HP_WIRE_BROKEN || !(d->accepts >> kind & 1)))
			r = decode(&x, kind, &fields);
	}
	return r;
}
