/* words.c - names of sample types as words. */
#include "render/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 100 };

/* @c in a name that is one word for every reader: a letter or digit, or else '_'. */
static char word_char(char c)
{
	bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

	return plain ? c : '_';
}

/* The word of @name alone, into @buf; whether it is the same. */
static bool spell(struct hp_slice name, char buf[LONGEST + 1])
{
	bool same = name.len > 0 && name.len <= LONGEST;
	size_t n = 0;

	for (; n < name.len && n < LONGEST; n++) {
		buf[n] = word_char(name.ptr[n]);
		same &= buf[n] == name.ptr[n];
	}
	if (!n)
		buf[n++] = '_';
	buf[n] = '\0';
	return same;
}

/* Take @word with each end of @row, as far as they are free; *@taken: one was not. */
static int take(struct hp_strtab *str, const struct hp_word *row, const char *word, bool *taken,
		struct hprof_error *err)
{
	int r = HPROF_OK;

	*taken = false;
	for (size_t i = 0; r == HPROF_OK && i < row->n_ends; i++) {
		char text[HP_WORD_MAX];
		uint32_t before = str->n;
		hp_strid id;

		(void)snprintf(text, sizeof(text), "%s%s", word, row->ends[i]); /* fits */
		r = hp_strtab_add(str, hp_slice_str(text), &id, err);
		*taken |= str->n == before;
	}
	return r;
}

static int find(struct hp_strtab *taken, struct hp_strtab *str, struct hp_word *row,
		struct hprof_error *err)
{
	char plain[LONGEST + 1], word[LONGEST + 24];
	bool other = true;
	int r = HPROF_OK;

	(void)spell(row->name, plain);
	for (uint64_t n = 1; r == HPROF_OK && other; n++) {
		(void)snprintf(word, sizeof(word), "%s", plain);
		if (n > 1)
			(void)snprintf(word, sizeof(word), "%s_%" PRIu64, plain, n);
		r = take(taken, row, word, &other, err);
	}
	return r < 0 ? r : hp_strtab_add(str, hp_slice_str(word), &row->word, err);
}

int hp_words_find(struct hp_word *row, size_t n, const char *const *reserved, size_t n_reserved,
		  struct hp_strtab *str, struct hprof_error *err)
{
	struct hp_strtab taken;
	char plain[LONGEST + 1];
	int r = hp_strtab_init(&taken, 0, err);
	hp_strid id;

	for (size_t i = 0; r == HPROF_OK && i < n_reserved; i++)
		r = hp_strtab_add(&taken, hp_slice_str(reserved[i]), &id, err);
	for (int as_it_is = 1; as_it_is >= 0; as_it_is--)
		for (size_t i = 0; r == HPROF_OK && i < n; i++)
			if (spell(row[i].name, plain) == (as_it_is == 1))
				r = find(&taken, str, &row[i], err);
	hp_strtab_release(&taken);
	return r;
}
