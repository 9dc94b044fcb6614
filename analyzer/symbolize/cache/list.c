/* list.c - what is remembered: for people who want to see it, or be rid of it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "analyzer/symbolize/cache/cache.h"
#include "analyzer/symbolize/text.h"

/* Open the folder below @dir. Returns 1 with *@fd; 0: there is none; or a negative code. */
static int open_folder(const char *dir, int *fd, struct hprof_error *err)
{
	struct hprof_error own = HPROF_ERROR_INIT;

	*fd = hp_folder_open(dir, false, &own);
	if (*fd >= 0)
		return 1;
	if (own.code == HPROF_OK || own.sys_errno == ENOTDIR)
		return 0;
	return hp_fail(err, own.code, "%s", own.message);
}

/* Tell @fn of file @e. */
static void tell(int fd, const struct hp_folder_entry *e, hprof_cache_fn fn, void *ctx)
{
	struct hprof_cache_entry told = {
		.file = "",
		.build_id = "",
		.bytes = e->bytes,
		.used_s = (int64_t)e->used.tv_sec,
	};
	struct hp_arena mem = {0};
	struct hp_folder_file file = {0};
	struct hp_image image;

	if (!e->unfinished && hp_folder_map(fd, e->name, false, &file) &&
	    hp_image_read(&image, file.bytes, file.len)) {
		told.usable = true;
		told.file = hp_arena_string(&mem, image.path);
		told.build_id = hp_text_hex(&mem, image.build_id.ptr, image.build_id.len);
		told.addresses = image.n_addrs;
	}
	fn(ctx, &told);
	hp_folder_unmap(&file);
	hp_arena_release(&mem);
}

int hprof_cache_list(const char *cache_dir, hprof_cache_fn fn, void *ctx, struct hprof_error *err)
{
	struct hp_folder_list list;
	int fd;
	int r = open_folder(cache_dir, &fd, err);

	if (r <= 0)
		return r;
	r = hp_folder_list(fd, &list, err);
	if (r == HPROF_OK)
		for (uint32_t i = 0; i < list.n; i++)
			tell(fd, &list.entry[i], fn, ctx);
	hp_folder_list_release(&list);
	(void)close(fd); /* opened for reading */
	return r;
}

int hprof_cache_clear(const char *cache_dir, uint64_t *files, uint64_t *bytes,
		      struct hprof_error *err)
{
	struct hp_folder_list list;
	int fd;
	int r = open_folder(cache_dir, &fd, err);

	if (r < 0)
		return r;
	*files = 0;
	*bytes = 0;
	if (r == 0)
		return HPROF_OK;
	r = hp_folder_list(fd, &list, err);
	if (r == HPROF_OK)
		r = hp_folder_remove(fd, &list, files, bytes, err);
	hp_folder_list_release(&list);
	(void)close(fd); /* opened for reading */
	return r;
}

int hprof_cache_usable(const char *cache_dir, struct hprof_error *err)
{
	struct hprof_error own = HPROF_ERROR_INIT;
	int fd = hp_folder_open(cache_dir, true, &own);
	int r = HPROF_OK;

	if (fd < 0)
		return hp_fail(err, own.code, "%s", own.message);
	if (faccessat(fd, ".", W_OK, AT_EACCESS) != 0)
		r = hp_fail(err, HPROF_EIO, "cannot write into \"%s/hprof\": %s", cache_dir,
			    strerror(errno));
	(void)close(fd); /* opened for reading */
	return r;
}
