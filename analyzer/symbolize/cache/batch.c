/* batch.c - new answers, and the bytes of a cache file that holds them with old ones. */
#include "analyzer/symbolize/cache/batch.h"

#include "analyzer/base/column.h"
#include "analyzer/base/strtab.h"

/* What one answer takes, unless it is of a length that no compiler makes. */
enum { ANSWER_BYTES = 1 << 16 };

/* --- new answers --- */

static struct hp_slice keep(struct hp_cache_batch *b, struct hp_slice text)
{
	char *copy;

	if (text.len > HP_IMAGE_TEXT_MAX)
		text.len = HP_IMAGE_TEXT_MAX;
	if (!text.len)
		return HP_LIT("");
	copy = hp_arena_text(&b->mem, text.len);
	if (!copy) {
		b->failed = true;
		return HP_LIT("");
	}
	memcpy(copy, text.ptr, text.len);
	return (struct hp_slice){copy, text.len};
}

uint32_t hp_cache_batch_func(struct hp_cache_batch *b, const struct hp_cache_func *f)
{
	b->failed = b->failed || !f->name.len || !f->full.len ||
		    !HP_COLUMN_ROOM(b->funcs, b->n_funcs, b->cap_funcs);
	if (b->failed)
		return 0;
	b->funcs[b->n_funcs] = (struct hp_cache_func){
		.name = keep(b, f->name),
		.full = keep(b, f->full),
		.linkage = keep(b, f->linkage),
		.file = keep(b, f->file),
	};
	return b->n_funcs++;
}

void hp_cache_batch_add(struct hp_cache_batch *b, uint64_t addr,
			const struct hp_cache_frame *frames, uint32_t n)
{
	uint32_t first = b->n_frames;

	if (n > HP_IMAGE_FRAMES_MAX)
		n = HP_IMAGE_FRAMES_MAX;
	for (uint32_t i = 0; i < n && !b->failed; i++) {
		b->failed = frames[i].func >= b->n_funcs ||
			    !HP_COLUMN_ROOM(b->frames, b->n_frames, b->cap_frames);
		if (!b->failed)
			b->frames[b->n_frames++] = frames[i];
	}
	b->failed = b->failed || !HP_COLUMN_ROOM(b->rows, b->n_rows, b->cap_rows);
	if (!b->failed)
		b->rows[b->n_rows++] = (struct hp_batch_row){addr, first, n};
}

void hp_cache_batch_release(struct hp_cache_batch *b)
{
	hp_arena_release(&b->mem);
	free(b->funcs);
	free(b->frames);
	free(b->rows);
	*b = (struct hp_cache_batch){0};
}

/* --- the bytes of a file --- */

struct func { /* by texts */
	hp_strid name, full, linkage, file;
};

struct maker {
	const struct hp_image_sources *s;
	struct hp_strtab texts;
	uint64_t text_bytes;
	struct func *funcs; /* [n_funcs] */
	uint32_t n_funcs, cap_funcs;
	struct hp_index index; /* of funcs */
	struct hp_cache_frame *frames;
	uint32_t n_frames, cap_frames;
	struct hp_batch_row *rows;
	uint32_t n_rows, cap_rows;
	uint32_t *map; /* [cap_map] numbers here of the functions of the source being read */
	uint32_t cap_map;
	struct hprof_error *err;
};

/* One place to read answers from: a batch or an image. */
struct source {
	const struct hp_cache_batch *batch;
	const struct hp_image *image;
};

static struct hp_cache_func source_func(const struct source *from, uint32_t i)
{
	return from->batch ? from->batch->funcs[i] : hp_image_func(from->image, i);
}

static struct hp_cache_frame source_frame(const struct source *from, uint32_t i)
{
	return from->batch ? from->batch->frames[i] : hp_image_frame(from->image, i);
}

static int add_text(struct maker *m, struct hp_slice text, hp_strid *out)
{
	uint32_t before = m->texts.n;
	int r = hp_strtab_add(&m->texts, text, out, m->err);

	if (r == HPROF_OK && m->texts.n > before)
		m->text_bytes += text.len + 1;
	return r;
}

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct maker *m = ctx;

	return memcmp(&m->funcs[row], key, sizeof(struct func)) == 0;
}

static int add_func(struct maker *m, const struct hp_cache_func *from, uint32_t *out)
{
	struct func f;
	uint32_t tag;
	int r = add_text(m, from->name, &f.name);

	if (r == HPROF_OK)
		r = add_text(m, from->full, &f.full);
	if (r == HPROF_OK)
		r = add_text(m, from->linkage, &f.linkage);
	if (r == HPROF_OK)
		r = add_text(m, from->file, &f.file);
	if (r < 0)
		return r;
	tag = hp_hash_pair(m->texts.seed, (uint64_t)f.name.i << 32 | f.full.i,
			   (uint64_t)f.linkage.i << 32 | f.file.i);
	*out = hp_index_find(&m->index, tag, same_func, m, &f);
	if (*out != UINT32_MAX)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(m->funcs, m->n_funcs, m->cap_funcs) ||
	    !hp_index_add(&m->index, tag, m->n_funcs))
		return hp_fail_nomem(m->err);
	*out = m->n_funcs;
	m->funcs[m->n_funcs++] = f;
	return HPROF_OK;
}

/* No function of the next source, which has @n of them, has a number here yet. */
static int begin_source(struct maker *m, uint32_t n)
{
	if (n > m->cap_map) {
		if (!hp_column_resize(&m->map, sizeof(*m->map), n))
			return hp_fail_nomem(m->err);
		m->cap_map = n;
	}
	for (uint32_t i = 0; i < n; i++)
		m->map[i] = UINT32_MAX;
	return HPROF_OK;
}

static uint64_t size_now(const struct maker *m)
{
	const struct hp_image_sources *s = m->s;

	return HP_IMAGE_HEADER + s->key.len + s->path.len + s->build_id.len + m->text_bytes +
	       (uint64_t)m->n_rows * 12 + 4 + (uint64_t)m->n_frames * 16 +
	       (uint64_t)m->n_funcs * 16 + (uint64_t)m->texts.n * 4 + 4 + 8;
}

/* Add row @row of @from. */
static int add_row(struct maker *m, const struct source *from, const struct hp_batch_row *row)
{
	uint32_t first = m->n_frames;

	for (uint32_t i = 0; i < row->n; i++) {
		struct hp_cache_frame f = source_frame(from, row->first + i);
		uint32_t *to = &m->map[f.func];

		if (*to == UINT32_MAX) {
			struct hp_cache_func func = source_func(from, f.func);
			int r = add_func(m, &func, to);

			if (r < 0)
				return r;
		}
		f.func = *to;
		if (!HP_COLUMN_ROOM(m->frames, m->n_frames, m->cap_frames))
			return hp_fail_nomem(m->err);
		m->frames[m->n_frames++] = f;
	}
	if (!HP_COLUMN_ROOM(m->rows, m->n_rows, m->cap_rows))
		return hp_fail_nomem(m->err);
	m->rows[m->n_rows++] = (struct hp_batch_row){row->addr, first, row->n};
	return HPROF_OK;
}

/* Whether another answer might be too much. */
static bool is_full(const struct maker *m)
{
	return size_now(m) + ANSWER_BYTES > m->s->limit_bytes;
}

static int add_batch(struct maker *m, const struct hp_cache_batch *b)
{
	const struct source from = {.batch = b};
	int r = begin_source(m, b->n_funcs);

	for (uint32_t i = 0; r == HPROF_OK && i < b->n_rows && !is_full(m); i++)
		r = add_row(m, &from, &b->rows[i]);
	return r;
}

/* Add the answers of @image that are used, or those that are not; @used NULL: none is. */
static int add_image(struct maker *m, const struct hp_image *image, const bool *used, bool wanted)
{
	const struct source from = {.image = image};
	int r = begin_source(m, image->n_funcs);

	for (uint32_t i = 0; r == HPROF_OK && i < image->n_addrs && !is_full(m); i++) {
		struct hp_batch_row row = {.addr = hp_image_addr(image, i)};

		if ((used && used[i]) != wanted)
			continue;
		row.n = hp_image_frames(image, i, &row.first);
		r = add_row(m, &from, &row);
	}
	return r;
}

/* Bytes of an image that are answers. */
static uint64_t image_bytes(const struct hp_image *m)
{
	return (uint64_t)(m->key.ptr - m->addrs) + m->text_bytes;
}

/* The newest first: what is found later for the same address is the same. */
static int add_all(struct maker *m)
{
	const struct hp_image_sources *s = m->s;
	uint64_t rest = 0;
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < s->n_batches; i++)
		r = s->batches[i].failed ? hp_fail(m->err, HPROF_EINVAL, "answers are missing")
					 : add_batch(m, &s->batches[i]);
	if (r == HPROF_OK && s->n_old && s->used)
		r = add_image(m, &s->old[0], s->used, true);
	for (size_t i = 0; i < s->n_old; i++)
		rest += image_bytes(&s->old[i]);
	if (rest + size_now(m) > s->limit_bytes)
		return r; /* to drop much now and then is cheaper than a little each time */
	for (size_t i = 0; r == HPROF_OK && i < s->n_old; i++)
		r = add_image(m, &s->old[i], i == 0 ? s->used : NULL, false);
	return r;
}

static int by_addr(const void *pa, const void *pb)
{
	const struct hp_batch_row *a = pa;
	const struct hp_batch_row *b = pb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static void sort_rows(struct maker *m)
{
	uint32_t n = 0;

	if (m->n_rows > 1)
		qsort(m->rows, m->n_rows, sizeof(*m->rows), by_addr);
	for (uint32_t i = 0; i < m->n_rows; i++)
		if (n == 0 || m->rows[n - 1].addr != m->rows[i].addr)
			m->rows[n++] = m->rows[i];
	m->n_rows = n;
}

static char *put(char *at, const void *bytes, size_t len)
{
	if (len)
		memcpy(at, bytes, len);
	return at + len;
}

static char *put_u32(char *at, uint32_t v)
{
	return put(at, &v, sizeof(v));
}

static char *put_header(const struct maker *m, uint32_t n_frames, char *at)
{
	const struct hp_image_sources *s = m->s;
	const uint32_t numbers[] = {
		HP_IMAGE_ORDER,
		HP_IMAGE_FORMAT,
		HP_IMAGE_ANSWERS,
		s->symbols,
		(uint32_t)s->key.len,
		(uint32_t)s->path.len,
		(uint32_t)s->build_id.len,
		(uint32_t)m->text_bytes,
		m->n_rows,
		n_frames,
		m->n_funcs,
		m->texts.n,
	};

	at = put(at, HP_IMAGE_MAGIC, sizeof(HP_IMAGE_MAGIC) - 1);
	return put(at, numbers, sizeof(numbers));
}

static char *put_answers(const struct maker *m, char *at)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n_rows; i++)
		at = put(at, &m->rows[i].addr, sizeof(uint64_t));
	at = put_u32(at, n);
	for (uint32_t i = 0; i < m->n_rows; i++) {
		n += m->rows[i].n;
		at = put_u32(at, n);
	}
	for (uint32_t i = 0; i < m->n_rows; i++)
		for (uint32_t k = 0; k < m->rows[i].n; k++) {
			const struct hp_cache_frame *f = &m->frames[m->rows[i].first + k];
			const uint32_t numbers[] = {f->func, f->line, f->column, f->discriminator};

			at = put(at, numbers, sizeof(numbers));
		}
	return at;
}

static char *put_names(const struct maker *m, char *at)
{
	const struct hp_image_sources *s = m->s;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n_funcs; i++) {
		const struct func *f = &m->funcs[i];
		const uint32_t numbers[] = {f->name.i, f->full.i, f->linkage.i, f->file.i};

		at = put(at, numbers, sizeof(numbers));
	}
	at = put_u32(at, n);
	for (uint32_t i = 0; i < m->texts.n; i++) {
		n += m->texts.len[i] + 1;
		at = put_u32(at, n);
	}
	at = put(at, s->key.ptr, s->key.len);
	at = put(at, s->path.ptr, s->path.len);
	at = put(at, s->build_id.ptr, s->build_id.len);
	for (uint32_t i = 0; i < m->texts.n; i++)
		at = put(at, m->texts.ptr[i], (size_t)m->texts.len[i] + 1); /* with its NUL */
	return at;
}

static int put_all(struct maker *m, char **bytes, size_t *len)
{
	uint64_t n_frames = 0;
	uint64_t size = size_now(m);
	uint64_t checksum;
	char *image;
	char *at;

	if (size > m->s->limit_bytes || !m->n_rows)
		return hp_fail(m->err, HPROF_ELIMIT, "no answer fits into %llu bytes",
			       (unsigned long long)m->s->limit_bytes);
	for (uint32_t i = 0; i < m->n_rows; i++)
		n_frames += m->rows[i].n;
	image = malloc(size);
	if (!image)
		return hp_fail_nomem(m->err);
	at = put_header(m, (uint32_t)n_frames, image);
	at = put_answers(m, at);
	at = put_names(m, at);
	checksum = hp_image_checksum(image, (size_t)(at - image));
	at = put(at, &checksum, sizeof(checksum));
	*bytes = image;
	*len = (size_t)(at - image);
	return HPROF_OK;
}

int hp_image_make(const struct hp_image_sources *s, char **bytes, size_t *len,
		  struct hprof_error *err)
{
	struct maker m = {.s = s, .err = err};
	int r;

	if (s->key.len > HP_IMAGE_TEXT_MAX || s->path.len > HP_IMAGE_TEXT_MAX ||
	    s->build_id.len > HP_IMAGE_ID_MAX)
		return hp_fail(err, HPROF_ELIMIT, "the key is too long");
	r = hp_strtab_init(&m.texts, s->limit_bytes, err);
	m.text_bytes = m.texts.n; /* the NUL of "", which is there already */
	if (r == HPROF_OK)
		r = add_all(&m);
	if (r == HPROF_OK) {
		sort_rows(&m);
		r = put_all(&m, bytes, len);
	}
	hp_strtab_release(&m.texts);
	hp_index_release(&m.index);
	free(m.funcs);
	free(m.frames);
	free(m.rows);
	free(m.map);
	return r;
}
