/* recall.h - answers of earlier runs, told by a child in the place of reading anything. */
#ifndef HP_SYMBOLIZE_RECALL_H
#define HP_SYMBOLIZE_RECALL_H

#include "analyzer/symbolize/cache/cache.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/wire.h"

struct hp_asked {      /* one address to be named */
	uint64_t addr; /* in the file */
	uint32_t i;    /* how the parent calls it */
};

struct hp_recall_hit { /* a place whose answer is remembered */
	uint32_t i;
	uint32_t first, n; /* frames of the image */
};

/* Zero-initialised remembers nothing. */
struct hp_recall {
	struct hp_cache cache;
	bool open;
	struct hp_recall_hit *hits; /* [n_hits] */
	uint32_t n_hits;
};

/*
 * Open what is remembered of the file that was found for @job, and its debug file; paths live in
 * @mem.  Nothing happens where nothing is to be remembered.
 */
void hp_recall_open(struct hp_recall *r, const struct hp_job *job, const struct hp_found *found,
		    const struct hp_debug_found *debug, struct hp_arena *mem);

/*
 * Set those of the sorted @places[*n] apart that are remembered; the others stay, *@n of them.
 * False: no memory.
 */
bool hp_recall_find(struct hp_recall *r, struct hp_asked *places, uint32_t *n);

/* Tell them, as stream @stream. False: no memory. */
bool hp_recall_tell(const struct hp_recall *r, struct hp_wire *wire, uint8_t stream);
void hp_recall_release(struct hp_recall *r);

#endif
