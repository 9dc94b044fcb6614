/*
 * extra_lines.c - lines "<word>: <number>..." of text profiles that are passed over and counted.
 *
 * Writers add such lines between the rows when they learn to record more, as jemalloc did with "f"
 * and "frag_util".  What a profile says without them stays true.
 */
#include "formats/extra_lines.h"

#include <inttypes.h>

#include "analyzer/base/scan.h"

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool scan_name(struct hp_slice *s, struct hp_slice *name)
{
	size_t n = 0;

	if (!s->len || !is_letter(s->ptr[0]))
		return false;
	while (n < s->len && (is_letter(s->ptr[n]) || is_digit(s->ptr[n]) || s->ptr[n] == '_' ||
			      s->ptr[n] == '.' || s->ptr[n] == '-'))
		n++;
	*name = (struct hp_slice){s->ptr, n};
	*s = hp_slice_from(*s, n);
	return true;
}

/* "12", "-3", "0x1f", "[12:", "1.5]", "]": what begins with a digit but for a sign or brackets. */
static bool is_number(struct hp_slice s)
{
	while (s.len && strchr("[](){}<>+-", s.ptr[0]) && s.ptr[0])
		s = hp_slice_from(s, 1);
	if (s.len && !is_digit(s.ptr[0]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_letter(s.ptr[i]) && !is_digit(s.ptr[i]) &&
		    (!s.ptr[i] || !strchr(".:,;/%+-[](){}<>", s.ptr[i])))
			return false;
	return true;
}

bool hp_extra_line(struct hp_slice line, struct hp_slice *word)
{
	struct hp_slice s = hp_slice_trim(line), token;
	bool digits = false;

	if (!scan_name(&s, word) || !hp_scan_char(&s, ':'))
		return false;
	for (hp_scan_blanks(&s); hp_scan_word(&s, &token); hp_scan_blanks(&s)) {
		if (!is_number(token))
			return false;
		for (size_t i = 0; i < token.len; i++)
			digits |= is_digit(token.ptr[i]);
	}
	return digits;
}

static bool is_known(struct hp_slice word, const struct hp_slice *known)
{
	for (; known->len; known++)
		if (hp_slice_same(word, *known))
			return true;
	return false;
}

int hp_extra_line_pass(struct hp_builder *b, const struct hp_line *line, struct hp_slice word,
		       const struct hp_slice *known)
{
	char quoted[HP_QUOTED_MAX];
	bool first;
	int r = hp_build_unused_line(b, word, &first);

	if (r == HPROF_OK && first && !is_known(word, known))
		hp_build_warn_each(b, "extra-lines",
				   "line %" PRIu64 ": lines of a kind that is not known, %s, are "
				   "passed over",
				   line->number, hp_quote(quoted, word));
	return r;
}
