/* words.h - names of sample types as words that every reader takes for one, each another. */
#ifndef HP_RENDER_WORDS_H
#define HP_RENDER_WORDS_H

#include "analyzer/base/strtab.h"

enum { HP_WORD_MAX = 160 }; /* bytes of a word with its end, and a NUL */

/* A name, and what is put behind its word: [n_ends], "" for the word alone. */
struct hp_word {
	struct hp_slice name;
	const char *const *ends;
	size_t n_ends;
	hp_strid word; /* found */
};

/*
 * Find a word for each of the @n names at @row: its letters and digits, '_' for all else, 100 at
 * most.  With one of its ends it is no other's, and none of @reserved[n_reserved]: "_2" and so on
 * behind a word tells it apart.  Names that are words already have theirs before others.  Texts are
 * added to @str, which the caller makes for this.  Errors: ENOMEM, ELIMIT.
 */
HP_MUST_CHECK int hp_words_find(struct hp_word *row, size_t n, const char *const *reserved,
				size_t n_reserved, struct hp_strtab *str, struct hprof_error *err);

#endif
