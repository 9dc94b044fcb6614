/*
 * cache.h - answers about the addresses of one binary, remembered from run to run.
 *
 * A file of them belongs to one key: the identities of all files that the answers came from.
 * Under equal keys an address has the same answer always, so that files can be merged, and two
 * processes that write at once lose nothing but work.
 */
#ifndef HP_SYMBOLIZE_CACHE_CACHE_H
#define HP_SYMBOLIZE_CACHE_CACHE_H

#include "analyzer/symbolize/cache/batch.h"
#include "analyzer/symbolize/cache/folder.h"

struct hp_cache_id {              /* whose answers */
	const char *key;          /* see key.h */
	const char *path;         /* of the binary: for people */
	struct hp_slice build_id; /* of the binary, raw; for people */
};

struct hp_cache {
	struct hp_cache_id id;
	const char *dir;
	char name[HP_FOLDER_NAME_MAX];
	struct hp_folder_limits limits;
	struct hp_folder_file file; /* none if nothing is remembered */
	struct hp_image image;      /* empty, then */
	bool *used;                 /* [image.n_addrs] asked for; NULL: none was, or no memory */
	uint32_t at;                /* where the last search ended */
};

/*
 * Open what is remembered in folder @dir about @id; both are borrowed until hp_cache_close().
 * What cannot be read counts as absent.  False, with nothing to close, when nothing can be
 * remembered: @dir is NULL or its folder cannot be used.
 */
bool hp_cache_open(struct hp_cache *c, const char *dir, const struct hp_cache_id *id);

/*
 * The same for whoever only asks which answers there are, before another one reads them: nothing
 * but the header was checked, and c->image must be used as after hp_image_open_unverified().
 */
bool hp_cache_open_unverified(struct hp_cache *c, const char *dir, const struct hp_cache_id *id);

/*
 * The number of the answer for @addr in c->image, UINT32_MAX if it is not remembered; its frames
 * are those of hp_image_frames(), none when nothing is known.  Addresses are asked for in ascending
 * order, or at a cost.
 */
uint32_t hp_cache_row(struct hp_cache *c, uint64_t addr);

/*
 * Remember the answers of @batches[n] as well; @symbols is what they were read from.  Nothing is
 * written when there are none, or when one of the batches failed.  Errors: EIO, EFILE (the
 * folder cannot be used), ENOMEM, ELIMIT, EINVAL: harmless, all of them.
 */
int hp_cache_save(struct hp_cache *c, uint32_t symbols, const struct hp_cache_batch *batches,
		  size_t n, struct hprof_error *err);
void hp_cache_close(struct hp_cache *c);

#endif
