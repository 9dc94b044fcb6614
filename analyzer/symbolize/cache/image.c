/* image.c - the bytes of one cache file: answers about the addresses of one binary. */
#include "analyzer/symbolize/cache/image.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analyzer/base/cursor.h"
#include "analyzer/model/profile.h"

enum { FRAME_BYTES = 16, FUNC_BYTES = 16, CHECKSUM_BYTES = 8 };

static uint32_t u32_at(const char *column, size_t i)
{
	uint32_t v;

	memcpy(&v, column + i * sizeof(v), sizeof(v));
	return v;
}

uint64_t hp_image_checksum(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}

/* Lengths of the parts that are bytes. */
struct lengths {
	uint32_t key, path, build_id, texts;
};

static bool read_header(struct hp_image *m, struct hp_cursor *c, struct lengths *len)
{
	struct hp_slice magic = hp_get_bytes(c, sizeof(HP_IMAGE_MAGIC) - 1);

	if (!hp_slice_same(magic, HP_LIT(HP_IMAGE_MAGIC)) || hp_get_u32(c) != HP_IMAGE_ORDER ||
	    hp_get_u32(c) != HP_IMAGE_FORMAT || hp_get_u32(c) != HP_IMAGE_ANSWERS)
		return false;
	m->symbols = hp_get_u32(c);
	len->key = hp_get_u32(c);
	len->path = hp_get_u32(c);
	len->build_id = hp_get_u32(c);
	len->texts = hp_get_u32(c);
	m->n_addrs = hp_get_u32(c);
	m->n_frames = hp_get_u32(c);
	m->n_funcs = hp_get_u32(c);
	m->n_texts = hp_get_u32(c);
	return !c->failed && m->symbols <= HP_SYMBOLS_DWARF && len->key <= HP_IMAGE_TEXT_MAX &&
	       len->path <= HP_IMAGE_TEXT_MAX && len->build_id <= HP_IMAGE_ID_MAX;
}

static bool read_parts(struct hp_image *m, struct hp_cursor *c, const struct lengths *len)
{
	m->addrs = hp_get_bytes(c, (uint64_t)m->n_addrs * sizeof(uint64_t)).ptr;
	m->first = hp_get_bytes(c, ((uint64_t)m->n_addrs + 1) * sizeof(uint32_t)).ptr;
	m->frames = hp_get_bytes(c, (uint64_t)m->n_frames * FRAME_BYTES).ptr;
	m->funcs = hp_get_bytes(c, (uint64_t)m->n_funcs * FUNC_BYTES).ptr;
	m->texts_at = hp_get_bytes(c, ((uint64_t)m->n_texts + 1) * sizeof(uint32_t)).ptr;
	m->key = hp_get_bytes(c, len->key);
	m->path = hp_get_bytes(c, len->path);
	m->build_id = hp_get_bytes(c, len->build_id);
	m->texts = hp_get_bytes(c, len->texts).ptr;
	m->text_bytes = len->texts;
	return !c->failed && hp_cursor_left(c) == CHECKSUM_BYTES;
}

/* Whether @column, of @n + 1 numbers, goes from 0 to @last in steps from @least to @most. */
static bool ascends(const char *column, uint32_t n, uint32_t last, uint32_t least, uint32_t most)
{
	uint32_t before = 0;

	if (u32_at(column, 0) != 0)
		return false;
	for (size_t i = 1; i <= n; i++) {
		uint32_t at = u32_at(column, i);

		if (at < before || at - before < least || at - before > most)
			return false;
		before = at;
	}
	return before == last;
}

static bool parts_agree(const struct hp_image *m, const struct lengths *len)
{
	if (!ascends(m->first, m->n_addrs, m->n_frames, 0, HP_IMAGE_FRAMES_MAX) ||
	    !ascends(m->texts_at, m->n_texts, len->texts, 1, HP_IMAGE_TEXT_MAX + 1))
		return false;
	for (uint32_t i = 0; i < m->n_texts; i++)
		if (m->texts[u32_at(m->texts_at, (size_t)i + 1) - 1])
			return false;
	for (uint32_t i = 1; i < m->n_addrs; i++)
		if (hp_image_addr(m, i - 1) >= hp_image_addr(m, i))
			return false;
	for (size_t i = 0; i < m->n_frames; i++)
		if (u32_at(m->frames + i * FRAME_BYTES, 0) >= m->n_funcs)
			return false;
	for (size_t i = 0; i < (size_t)m->n_funcs * FUNC_BYTES / sizeof(uint32_t); i++)
		if (u32_at(m->funcs, i) >= m->n_texts)
			return false;
	for (size_t i = 0; i < m->n_funcs; i++)
		if (!hp_image_text(m, u32_at(m->funcs + i * FUNC_BYTES, 0)).len ||
		    !hp_image_text(m, u32_at(m->funcs + i * FUNC_BYTES, 1)).len)
			return false;
	return true;
}

bool hp_image_open_unverified(struct hp_image *m, const void *bytes, size_t len)
{
	struct hp_cursor c = hp_cursor_init(bytes, len);
	struct lengths lengths;

	*m = (struct hp_image){.symbols = 0};
	if (read_header(m, &c, &lengths) && read_parts(m, &c, &lengths))
		return true;
	*m = (struct hp_image){.symbols = 0};
	return false;
}

bool hp_image_read(struct hp_image *m, const void *bytes, size_t len)
{
	struct hp_cursor c = hp_cursor_init(bytes, len);
	struct lengths lengths;
	uint64_t told;

	*m = (struct hp_image){.symbols = 0};
	if (len < HP_IMAGE_HEADER + CHECKSUM_BYTES)
		return false;
	memcpy(&told, (const char *)bytes + len - CHECKSUM_BYTES, sizeof(told));
	if (read_header(m, &c, &lengths) && read_parts(m, &c, &lengths) &&
	    told == hp_image_checksum(bytes, len - CHECKSUM_BYTES) && parts_agree(m, &lengths))
		return true;
	*m = (struct hp_image){.symbols = 0};
	return false;
}

uint64_t hp_image_addr(const struct hp_image *m, uint32_t i)
{
	uint64_t v;

	memcpy(&v, m->addrs + (size_t)i * sizeof(v), sizeof(v));
	return v;
}

uint32_t hp_image_frames(const struct hp_image *m, uint32_t i, uint32_t *first)
{
	*first = u32_at(m->first, i);
	return u32_at(m->first, (size_t)i + 1) - *first;
}

struct hp_cache_frame hp_image_frame(const struct hp_image *m, uint32_t i)
{
	const char *at = m->frames + (size_t)i * FRAME_BYTES;

	return (struct hp_cache_frame){
		.func = u32_at(at, 0),
		.line = u32_at(at, 1),
		.column = u32_at(at, 2),
		.discriminator = u32_at(at, 3),
	};
}

struct hp_slice hp_image_text(const struct hp_image *m, uint32_t i)
{
	uint32_t at = u32_at(m->texts_at, i);

	return (struct hp_slice){m->texts + at, u32_at(m->texts_at, (size_t)i + 1) - at - 1};
}

void hp_image_func_texts(const struct hp_image *m, uint32_t i, uint32_t texts[HP_IMAGE_FUNC_TEXTS])
{
	memcpy(texts, m->funcs + (size_t)i * FUNC_BYTES, FUNC_BYTES);
}

struct hp_cache_func hp_image_func(const struct hp_image *m, uint32_t i)
{
	const char *at = m->funcs + (size_t)i * FUNC_BYTES;

	return (struct hp_cache_func){
		.name = hp_image_text(m, u32_at(at, 0)),
		.full = hp_image_text(m, u32_at(at, 1)),
		.linkage = hp_image_text(m, u32_at(at, 2)),
		.file = hp_image_text(m, u32_at(at, 3)),
	};
}

uint32_t hp_image_find(const struct hp_image *m, uint64_t addr, uint32_t from)
{
	uint64_t step = 1;
	uint64_t low = from;
	uint64_t high;

	while (low + step < m->n_addrs && hp_image_addr(m, (uint32_t)(low + step)) < addr) {
		low += step;
		step *= 2;
	}
	high = low + step < m->n_addrs ? low + step : m->n_addrs;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (hp_image_addr(m, (uint32_t)middle) < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}
