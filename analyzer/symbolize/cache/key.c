/* key.c - the identity of the files that answers come from. */
#include "analyzer/symbolize/cache/key.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "analyzer/symbolize/text.h"

static const char *of_state(const struct stat *st, struct hp_arena *mem)
{
	return hp_textf(mem,
			"device %" PRIu64 " inode %" PRIu64 " size %" PRIu64 " time %lld.%09ld",
			(uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
			(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

/* "" when it has no identity. */
static const char *of_elf(const struct hp_elf *f, struct hp_arena *mem)
{
	struct stat st;

	if (!f)
		return "none";
	if (f->build_id.len)
		return hp_textf(mem, "id %s size %zu",
				hp_text_hex(mem, f->build_id.ptr, f->build_id.len), f->image_len);
	return fstat(f->fd, &st) == 0 ? of_state(&st, mem) : "";
}

static const char *of_path(const char *path, struct hp_arena *mem)
{
	struct stat st;

	return path && stat(path, &st) == 0 ? of_state(&st, mem) : "none";
}

const char *hp_cache_key(const struct hp_cache_files *files, struct hp_arena *mem)
{
	const char *parts[] = {
		of_elf(files->binary, mem),
		of_elf(files->debug, mem),
		of_path(files->alt, mem),
		of_path(files->dwp, mem),
	};

	for (size_t i = 0; i < HP_LEN(parts); i++)
		if (!*parts[i])
			return "";
	return hp_textf(mem, "binary %s; debug %s; alt %s; dwp %s; reader %u", parts[0], parts[1],
			parts[2], parts[3], (unsigned)files->reader);
}
