/* unpack.h - compressed streams: what they begin with, and unpacking them piece by piece. */
#ifndef HP_BASE_UNPACK_H
#define HP_BASE_UNPACK_H

#include "analyzer/base/error.h"

/* Bytes to take and room to fill; both move on by what was used. */
struct hp_unpack_io {
	const uint8_t *in;
	size_t n_in;
	uint8_t *out;
	size_t n_out;
};

enum hp_unpacked {
	HP_UNPACK_GOES_ON,
	HP_UNPACK_MEMBER_ENDS, /* another one may follow */
	HP_UNPACK_NOMEM,
	HP_UNPACK_DAMAGED,
};

struct hp_unpacker {
	const char *name; /* "gzip" */
	/* Whether a stream, or with @again one more member of it, can begin with @s. */
	bool (*begins)(struct hp_slice s, bool again);
	void *(*open)(void); /* NULL: no memory */
	/* With HP_UNPACK_DAMAGED, *@why is static text. */
	enum hp_unpacked (*step)(void *state, struct hp_unpack_io *io, const char **why);
	void (*close)(void *state);
};

enum { HP_UNPACK_MAGIC = 6 }; /* bytes that tell the kind */

/* The one that @s, the first bytes of an input, begins a stream of; NULL: it is not packed. */
const struct hp_unpacker *hp_unpacker_of(struct hp_slice s);

#endif
