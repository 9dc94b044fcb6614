/* key.c - the identity of the files that answers come from. */
#include "analyzer/symbolize/cache/key.h"

#include <inttypes.h>
#include <sys/stat.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analyzer/symbolize/text.h"

enum { HEAD_BYTES = 4096, TAIL_BYTES = 16384 };

/* What overwrites a file may keep its size and set its time back, but not that of the change. */
static const char *of_state(const struct stat *st, struct hp_arena *mem)
{
	return hp_textf(mem,
			"device %" PRIu64 " inode %" PRIu64 " size %" PRIu64
			" written %lld.%09ld changed %lld.%09ld",
			(uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
			(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
			(long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

/*
 * A build ID stays when a tool takes symbols out of a file, and the size may stay as well: both
 * ends of a file, where headers, the table of sections and their names are, tell that.
 */
static uint64_t hash_of_ends(const struct hp_elf *f)
{
	size_t head = f->image_len < HEAD_BYTES ? f->image_len : HEAD_BYTES;
	size_t tail = f->image_len < TAIL_BYTES ? f->image_len : TAIL_BYTES;
	uint64_t h = XXH3_64bits(f->image, head);

	return XXH3_64bits_withSeed(f->image + (f->image_len - tail), tail, h);
}

/* "" when it has no identity. */
static const char *of_elf(const struct hp_elf *f, struct hp_arena *mem)
{
	struct stat st;

	if (!f)
		return "none";
	if (f->build_id.len)
		return hp_textf(mem, "id %s size %zu ends %" PRIx64,
				hp_text_hex(mem, f->build_id.ptr, f->build_id.len), f->image_len,
				hash_of_ends(f));
	return fstat(f->fd, &st) == 0 ? of_state(&st, mem) : "";
}

static const char *of_path(const char *path, struct hp_arena *mem)
{
	struct stat st;

	return stat(path, &st) == 0 ? of_state(&st, mem) : "none";
}

const char *hp_cache_key(const struct hp_cache_files *files, struct hp_arena *mem)
{
	const char *binary = of_elf(files->binary, mem);
	const char *debug = of_elf(files->debug, mem);
	const char *key;

	if (!*binary || !*debug)
		return "";
	key = hp_textf(mem, "reader %u; binary %s; debug %s", (unsigned)files->reader, binary,
		       debug);
	for (size_t i = 0; *key && i < files->n_others; i++)
		key = hp_textf(mem, "%s; other %s", key, of_path(files->others[i], mem));
	return key;
}
