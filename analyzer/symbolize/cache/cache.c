/* cache.c - answers about the addresses of one binary, remembered from run to run. */
#include "analyzer/symbolize/cache/cache.h"

#include <stdlib.h>
#include <unistd.h>

typedef bool (*read_fn)(struct hp_image *m, const void *bytes, size_t len);

/* Read what folder @fd has for @key. */
static bool read_file(int fd, const struct hp_cache *c, read_fn read, struct hp_folder_file *file,
		      struct hp_image *image)
{
	if (!hp_folder_map(fd, c->name, read == hp_image_read, file))
		return false;
	if (read(image, file->bytes, file->len) &&
	    hp_slice_same(image->key, hp_slice_str(c->id.key)))
		return true;
	hp_folder_unmap(file);
	*image = (struct hp_image){.symbols = 0};
	return false;
}

static bool open_as(struct hp_cache *c, const char *dir, const struct hp_cache_id *id, read_fn read)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	int fd;

	*c = (struct hp_cache){.id = *id, .dir = dir, .limits = hp_folder_defaults};
	if (!dir || !*id->key)
		return false;
	hp_folder_name(c->name, hp_slice_str(id->key));
	fd = hp_folder_open(dir, false, &err);
	if (fd < 0)
		return err.code == HPROF_OK; /* it will be made when there is something for it */
	(void)read_file(fd, c, read, &c->file, &c->image); /* nothing is remembered, then */
	(void)close(fd);                                   /* opened for reading */
	return true;
}

bool hp_cache_open(struct hp_cache *c, const char *dir, const struct hp_cache_id *id)
{
	if (!open_as(c, dir, id, hp_image_read))
		return false;
	if (c->file.bytes)
		c->used = calloc((size_t)c->image.n_addrs + 1, sizeof(*c->used));
	return true;
}

bool hp_cache_open_unverified(struct hp_cache *c, const char *dir, const struct hp_cache_id *id)
{
	return open_as(c, dir, id, hp_image_open_unverified);
}

uint32_t hp_cache_row(struct hp_cache *c, uint64_t addr)
{
	const struct hp_image *m = &c->image;

	if (c->at >= m->n_addrs || hp_image_addr(m, c->at) > addr)
		c->at = 0;
	c->at = hp_image_find(m, addr, c->at);
	if (c->at >= m->n_addrs || hp_image_addr(m, c->at) != addr)
		return UINT32_MAX;
	if (c->used)
		c->used[c->at] = true;
	return c->at;
}

static bool has_rows(const struct hp_cache_batch *batches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (batches[i].n_rows)
			return true;
	return false;
}

/* As long as @a is mapped its inode is not used for another file. */
static bool same_file(const struct hp_folder_file *a, const struct hp_folder_file *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

int hp_cache_save(struct hp_cache *c, uint32_t symbols, const struct hp_cache_batch *batches,
		  size_t n, struct hprof_error *err)
{
	struct hp_image old[2] = {c->image};
	struct hp_folder_file now = {0};
	struct hp_image_sources sources = {
		.key = hp_slice_str(c->id.key),
		.path = hp_slice_str(c->id.path),
		.build_id = c->id.build_id,
		.symbols = symbols,
		.batches = batches,
		.n_batches = n,
		.old = old,
		.n_old = c->file.bytes ? 1 : 0,
		.used = c->used,
		.limit_bytes = c->limits.file_bytes,
	};
	char *bytes = NULL;
	size_t len;
	int fd;
	int r;

	if (!has_rows(batches, n))
		return HPROF_OK;
	fd = hp_folder_open(c->dir, true, err);
	if (fd < 0)
		return err ? (int)err->code : HPROF_EIO;
	/* another process may have written meanwhile */
	if (read_file(fd, c, hp_image_read, &now, &old[sources.n_old]) &&
	    !same_file(&now, &c->file)) {
		if (!sources.n_old)
			sources.used = NULL;
		sources.n_old++;
	}
	r = hp_image_make(&sources, &bytes, &len, err);
	if (r == HPROF_OK)
		r = hp_folder_write(fd, c->name, bytes, len, err);
	if (r == HPROF_OK)
		hp_folder_trim(fd, &c->limits);
	free(bytes);
	hp_folder_unmap(&now);
	(void)close(fd); /* opened for reading */
	return r;
}

void hp_cache_close(struct hp_cache *c)
{
	hp_folder_unmap(&c->file);
	free(c->used);
	*c = (struct hp_cache){.dir = NULL};
}
