/* fuzz_cache.c - any bytes as a file of remembered answers: read, searched, and written anew. */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/symbolize/cache/batch.h"

enum { MAGIC_BYTES = sizeof(HP_IMAGE_MAGIC) - 1 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken rule: %s\n", what);
	abort();
}

/* Touch every byte of @s, so that a sanitizer sees where it lies. */
static uint64_t sum(struct hp_slice s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.ptr[i];
	return n;
}

/* Whether answer @a of @x and answer @b of @y are the same. */
static bool same_answer(const struct hp_image *x, uint32_t a, const struct hp_image *y, uint32_t b)
{
	uint32_t first_x;
	uint32_t first_y;
	uint32_t n = hp_image_frames(x, a, &first_x);

	if (hp_image_addr(x, a) != hp_image_addr(y, b) || hp_image_frames(y, b, &first_y) != n)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct hp_cache_frame f = hp_image_frame(x, first_x + i);
		struct hp_cache_frame g = hp_image_frame(y, first_y + i);
		struct hp_cache_func p = hp_image_func(x, f.func);
		struct hp_cache_func q = hp_image_func(y, g.func);

		if (f.line != g.line || f.column != g.column ||
		    f.discriminator != g.discriminator || !hp_slice_same(p.name, q.name) ||
		    !hp_slice_same(p.full, q.full) || !hp_slice_same(p.linkage, q.linkage) ||
		    !hp_slice_same(p.file, q.file))
			return false;
	}
	return true;
}

/* What is written of @m reads back the same. */
static void check_writing(const struct hp_image *m)
{
	struct hp_image_sources s = {
		.key = m->key,
		.path = m->path,
		.build_id = m->build_id,
		.symbols = m->symbols,
		.old = m,
		.n_old = 1,
		.limit_bytes = 1 << 22,
	};
	struct hp_image again;
	char *bytes;
	size_t len;

	if (hp_image_make(&s, &bytes, &len, NULL) < 0)
		return; /* too large, or without answers */
	must(hp_image_read(&again, bytes, len), "what is written can be read");
	must(again.n_addrs == m->n_addrs, "all answers are written");
	must(hp_slice_same(again.key, m->key), "the key is written");
	for (uint32_t i = 0; i < m->n_addrs; i++)
		must(same_answer(m, i, &again, i), "answers are written as they are");
	free(bytes);
}

static void check(const struct hp_image *m)
{
	uint64_t total = sum(m->key) + sum(m->path) + sum(m->build_id);
	uint32_t at = 0;

	for (uint32_t i = 0; i < m->n_funcs; i++) {
		struct hp_cache_func f = hp_image_func(m, i);

		total += sum(f.name) + sum(f.full) + sum(f.linkage) + sum(f.file);
	}
	for (uint32_t i = 0; i < m->n_frames; i++)
		must(hp_image_frame(m, i).func < m->n_funcs, "frames are of functions");
	for (uint32_t i = 0; i < m->n_addrs; i++) {
		uint64_t addr = hp_image_addr(m, i);
		uint32_t first;
		uint32_t n = hp_image_frames(m, i, &first);

		must((uint64_t)first + n <= m->n_frames, "answers are of frames");
		at = hp_image_find(m, addr, at);
		must(at == i, "each address is found in order");
		must(hp_image_find(m, addr, 0) == i, "each address is found from the start");
		if (addr && (i == 0 || hp_image_addr(m, i - 1) < addr - 1))
			must(hp_image_find(m, addr - 1, 0) == i, "what is not there is not found");
	}
	must(total < UINT64_MAX, "sums are sums");
	check_writing(m);
}

/*
 * What begins and ends every file is made right: no change would ever get past the checksum, and
 * files of an older version go on to be of use.
 */
static void make_right(uint8_t *bytes, size_t len)
{
	static const uint32_t versions[] = {HP_IMAGE_ORDER, HP_IMAGE_FORMAT, HP_IMAGE_ANSWERS};
	uint64_t checksum;

	memcpy(bytes, HP_IMAGE_MAGIC, MAGIC_BYTES);
	memcpy(bytes + MAGIC_BYTES, versions, sizeof(versions));
	checksum = hp_image_checksum(bytes, len - sizeof(checksum));
	memcpy(bytes + len - sizeof(checksum), &checksum, sizeof(checksum));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct hp_image m;
	uint8_t *copy;

	if (hp_image_read(&m, bytes, len))
		check(&m);
	if (len < HP_IMAGE_HEADER)
		return 0;
	copy = malloc(len);
	if (!copy)
		return 0;
	memcpy(copy, bytes, len);
	make_right(copy, len);
	if (hp_image_read(&m, copy, len))
		check(&m);
	free(copy);
	return 0;
}
