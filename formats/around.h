/* around.h - what may stand before a profile: the head of an HTTP reply, lines of other programs.
 */
#ifndef HP_FORMATS_AROUND_H
#define HP_FORMATS_AROUND_H

#include "analyzer/base/input.h"

/* Lines before the profile that were passed over. */
struct hp_around {
	uint64_t lines;            /* but for those of HTTP */
	char first[HP_QUOTED_MAX]; /* the first of them, for messages */
};

/*
 * Take the heads of a saved HTTP reply, if @in begins with any; what follows may be packed.
 * Errors: EUNSUPPORTED (the reply is an error, or in chunks), EFORMAT (its head does not end).
 */
HP_MUST_CHECK int hp_around_http(struct hp_input *in, struct hprof_error *err);

/*
 * Take the lines before the first one that @begins a profile for sure, if there is one among the
 * first some hundred.  1 and @out, 0 if there is none, or an error of hp_input_peek().
 */
HP_MUST_CHECK int hp_around_lines(struct hp_input *in, bool (*begins)(struct hp_slice head),
				  struct hp_around *out, struct hprof_error *err);

#endif
