/*
 * image.h - the bytes of one cache file: answers about the addresses of one binary.
 *
 * In the order and with the byte order of the machine that wrote it:
 *
 *	magic            8 bytes, "hprofnam"
 *	order            u32 0x01020304
 *	format           u32 HP_IMAGE_FORMAT
 *	answers          u32 HP_IMAGE_ANSWERS
 *	symbols          u32 enum hp_module_symbols
 *	lengths          u32 each: key, path, build ID, texts; n_addrs, n_frames, n_funcs, n_texts
 *	addresses        u64 [n_addrs] ascending
 *	first frames     u32 [n_addrs + 1]
 *	frames           u32 function, line, column, discriminator [n_frames]
 *	functions        u32 texts: name, full, linkage, file [n_funcs]
 *	beginnings       u32 [n_texts + 1] of each text, and where the last one ends
 *	bytes            key, path, build ID, texts, each of which a NUL follows
 *	checksum         u64 XXH3 of everything before
 */
#ifndef HP_SYMBOLIZE_CACHE_IMAGE_H
#define HP_SYMBOLIZE_CACHE_IMAGE_H

#include "analyzer/base/slice.h"

enum {
	HP_IMAGE_FORMAT = 2,
	/* To be raised whenever an address may get another answer than before. */
	HP_IMAGE_ANSWERS = 5,
	HP_IMAGE_ORDER = 0x01020304,
	HP_IMAGE_HEADER = 56,       /* bytes */
	HP_IMAGE_FRAMES_MAX = 1024, /* of one address */
	HP_IMAGE_TEXT_MAX = 65536,  /* bytes of one text, of the key, of the path */
	HP_IMAGE_ID_MAX = 64,       /* bytes of a build ID */
};

#define HP_IMAGE_MAGIC "hprofnam"

struct hp_cache_frame { /* one function that holds an address */
	uint32_t func;
	uint32_t line, column, discriminator; /* 0: unknown */
};

struct hp_cache_func {
	struct hp_slice name, full; /* demangled, without and with arguments; never empty */
	struct hp_slice linkage;    /* as in the symbol table; empty: as @full */
	struct hp_slice file;       /* empty: unknown */
};

/* What a cache file says. Borrows its bytes. */
struct hp_image {
	struct hp_slice key;      /* which files the answers came from */
	struct hp_slice path;     /* of the binary, when it was written */
	struct hp_slice build_id; /* of the binary; raw, empty if none */
	uint32_t symbols;         /* enum hp_module_symbols */
	uint32_t n_addrs, n_frames, n_funcs, n_texts;
	uint32_t text_bytes; /* of all texts, with their NULs */
	const char *addrs, *first, *frames, *funcs, *texts_at, *texts;
};

/*
 * Take @bytes[len], of any alignment, as an image.  False, with *@m empty, when they are no
 * complete and undamaged image of this version and this machine's byte order.  Afterwards the
 * functions below need no checks but those of their own arguments.
 */
bool hp_image_read(struct hp_image *m, const void *bytes, size_t len);

/*
 * The same without a look at more than the header, whatever the size: everything else may be
 * wrong.  Only hp_image_addr() and hp_image_find() may be used, and what they tell may be wrong.
 */
bool hp_image_open_unverified(struct hp_image *m, const void *bytes, size_t len);

/* The checksum that stands behind @bytes[len]. */
uint64_t hp_image_checksum(const void *bytes, size_t len);

/* Address number @i < n_addrs. */
uint64_t hp_image_addr(const struct hp_image *m, uint32_t i);

/* The number of frames of address number @i < n_addrs; *@first receives the first one's. */
uint32_t hp_image_frames(const struct hp_image *m, uint32_t i, uint32_t *first);

/* Frame number @i < n_frames; its function is below n_funcs. */
struct hp_cache_frame hp_image_frame(const struct hp_image *m, uint32_t i);

/* Function number @i < n_funcs. */
struct hp_cache_func hp_image_func(const struct hp_image *m, uint32_t i);

/* The texts of function number @i < n_funcs, by numbers, in the order of struct hp_cache_func. */
enum { HP_IMAGE_FUNC_TEXTS = 4 };
void hp_image_func_texts(const struct hp_image *m, uint32_t i, uint32_t texts[HP_IMAGE_FUNC_TEXTS]);

/* Text number @i < n_texts; a NUL follows it. */
struct hp_slice hp_image_text(const struct hp_image *m, uint32_t i);

/*
 * The number of the first address that is not below @addr, n_addrs if all are.  @from, where to
 * begin: 0, or what was found for an address that is not above @addr.  Cost: O(log(steps)).
 */
uint32_t hp_image_find(const struct hp_image *m, uint64_t addr, uint32_t from);

#endif
