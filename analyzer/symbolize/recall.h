/*
 * recall.h - answers of earlier runs in the place of reading anything.
 *
 * A child, which knows the file, only finds out which addresses are remembered, and leaves them
 * out.  The parent reads the answers itself: they are large, and each copy of them costs more
 * than all the rest.  When it does not get them, it has a child read everything.
 */
#ifndef HP_SYMBOLIZE_RECALL_H
#define HP_SYMBOLIZE_RECALL_H

#include "analyzer/model/profile.h"
#include "analyzer/symbolize/cache/cache.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/wire.h"

/* --- the child's part --- */

struct hp_asked {      /* one address to be named */
	uint64_t addr; /* in the file */
	uint32_t i;    /* how the parent calls it */
};

/* Zero-initialised remembers nothing. */
struct hp_recall {
	struct hp_cache cache; /* opened unverified */
	bool open;             /* answers may be remembered */
	uint64_t *hits;        /* [n_hits] addresses whose answers are, ascending */
	uint32_t n_hits;
};

/*
 * Look at what is remembered of the file that was found for @job, and its debug file; paths live
 * in @mem.  Nothing happens where nothing is to be remembered.
 */
void hp_recall_open(struct hp_recall *r, const struct hp_job *job, const struct hp_found *found,
		    const struct hp_debug_found *debug, struct hp_arena *mem);

/*
 * Leave those of the sorted @places[*n] out that are remembered; the others stay, *@n of them.
 * False: no memory.
 */
bool hp_recall_find(struct hp_recall *r, struct hp_asked *places, uint32_t *n);

/* Send "cached" for every address for which no other reply was sent. */
void hp_recall_tell(const struct hp_recall *r, struct hp_wire *wire);

/* Remember the answers of @batches[n] as well, which come from @symbols, if possible. */
void hp_recall_save(struct hp_recall *r, enum hp_module_symbols symbols,
		    const struct hp_cache_batch *batches, size_t n);
void hp_recall_release(struct hp_recall *r);

/* --- the parent's part --- */

/* Zero-initialised has no answers. */
struct hp_recalled {
	struct hp_cache cache;
	char *key;
	uint32_t *
		funcs; /* [image.n_funcs] number among the functions of found answers, or HP_NONE */
	uint32_t n_funcs;  /* of all answers that were found */
	uint32_t n_frames; /* of these */
	/* of the profile that receives answers: */
	uint32_t *func_id; /* [n_funcs] row of each function, or HP_NONE */
	hp_strid *text_id; /* [image.n_texts] id of each text that was borrowed, or HP_NONE */
	bool borrows;
};

/*
 * Read what folder @dir has for @key.  That there is nothing, or that it is damaged, shows when
 * an address is looked up.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_recalled_open(struct hp_recalled *r, const char *dir, struct hp_slice key,
				   struct hprof_error *err);

/* The number of the answer for @addr, UINT32_MAX if there is none.  As hp_cache_row(). */
uint32_t hp_recalled_find(struct hp_recalled *r, uint64_t addr);

/* Whether answer @row has frames. */
bool hp_recalled_any(const struct hp_recalled *r, uint32_t row);

/*
 * Answers are for @p from now on, once all were found.  The first profile takes the file over and
 * borrows its texts: it must stay as long as answers are taken by others.  Errors: ENOMEM.
 */
HP_MUST_CHECK int hp_recalled_begin(struct hp_recalled *r, struct hprof_profile *p,
				    struct hprof_error *err);

/* The frames of answer @row in @p.  Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_recalled_frames(struct hp_recalled *r, struct hprof_profile *p, uint32_t row,
				     struct hp_frame frames[HP_IMAGE_FRAMES_MAX], uint32_t *n,
				     struct hprof_error *err);
void hp_recalled_release(struct hp_recalled *r);

#endif
