/* batch.h - new answers, and the bytes of a cache file that holds them with old ones. */
#ifndef HP_SYMBOLIZE_CACHE_BATCH_H
#define HP_SYMBOLIZE_CACHE_BATCH_H

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/symbolize/cache/image.h"

struct hp_batch_row { /* the answer for one address */
	uint64_t addr;
	uint32_t first, n; /* rows of the frames */
};

/*
 * Answers as they are found, by one thread.  Zero-initialised is empty.  When there is no
 * memory it fails for good, and nothing of it will be written.
 */
struct hp_cache_batch {
	struct hp_arena mem;
	struct hp_cache_func *funcs; /* [n_funcs] texts in mem */
	uint32_t n_funcs, cap_funcs;
	struct hp_cache_frame *frames; /* [n_frames] */
	uint32_t n_frames, cap_frames;
	struct hp_batch_row *rows; /* [n_rows] in any order */
	uint32_t n_rows, cap_rows;
	bool failed;
};

/* Add function @f, which is copied and has names; its number, counted from 0. */
uint32_t hp_cache_batch_func(struct hp_cache_batch *b, const struct hp_cache_func *f);

/*
 * Add the answer for @addr: @frames[n], innermost first, by numbers of functions of @b.  With
 * @n 0 it is remembered that nothing is known.
 */
void hp_cache_batch_add(struct hp_cache_batch *b, uint64_t addr,
			const struct hp_cache_frame *frames, uint32_t n);
void hp_cache_batch_release(struct hp_cache_batch *b);

/* What goes into a file. */
struct hp_image_sources {
	struct hp_slice key, path, build_id;
	uint32_t symbols;
	const struct hp_cache_batch *batches; /* [n_batches] */
	size_t n_batches;
	const struct hp_image *old; /* [n_old] of the same key */
	size_t n_old;
	const bool *used;     /* [old->n_addrs] answers of the first one that were asked for */
	uint64_t limit_bytes; /* of the file */
};

/*
 * Write the image of @s to *@bytes, to be freed, and its length to *@len.  If not everything
 * fits below the limit, old answers that were not asked for are left out, then what does not
 * fit.  Errors: ENOMEM, ELIMIT (nothing fits), EINVAL (a batch failed).
 */
HP_MUST_CHECK int hp_image_make(const struct hp_image_sources *s, char **bytes, size_t *len,
				struct hprof_error *err);

#endif
