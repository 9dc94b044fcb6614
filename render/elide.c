/* elide.c - names shortened to the place there is. */
#include "render/elide.h"

#include "analyzer/base/utf8.h"

enum { FEWEST_CELLS = 3, NAME_MAX_BYTES = 4096, DOTS = 2 };

/* Ranges of characters that are two cells wide, or drawn so. */
static const struct {
	uint32_t first, last;
} wide[] = {
	{0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
	{0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
};

static size_t cells_of(struct hp_slice s, size_t n)
{
	uint32_t c = hp_utf8_code(s, n);

	for (size_t i = 0; i < HP_LEN(wide); i++)
		if (c >= wide[i].first && c <= wide[i].last)
			return 2;
	return 1;
}

/* Take the first character of *@s; returns its bytes. */
static size_t next(struct hp_slice *s, size_t *cells)
{
	size_t n = hp_utf8_len(*s);

	*cells = n ? cells_of(*s, n) : 1;
	n = n ? n : 1;
	*s = hp_slice_from(*s, n);
	return n;
}

size_t hp_cells(struct hp_slice s)
{
	size_t sum = 0, cells;

	for (; s.len; sum += cells)
		(void)next(&s, &cells);
	return sum;
}

/* Whether @s before @i ends with "operator" and at most blanks, or what @c allows, behind it. */
static bool behind_operator(struct hp_slice s, size_t i, char c)
{
	while (i && s.ptr[i - 1] == c)
		i--;
	return hp_slice_ends((struct hp_slice){s.ptr, i}, HP_LIT("operator"));
}

/* Whether the parenthesis at @i begins something else than arguments. */
static bool keeps_round(struct hp_slice s, size_t i)
{
	return i == 0 || behind_operator(s, i, ' ') ||
	       hp_slice_starts(hp_slice_from(s, i), HP_LIT("(anonymous")) ||
	       (s.ptr[i - 1] == ' ' && i + 1 < s.len && s.ptr[i + 1] != ')');
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == ':' || c == '$';
}

/* Whether the bracket at @i begins something else than arguments of a template. */
static bool keeps_angle(struct hp_slice s, size_t i)
{
	return i == 0 || !is_word(s.ptr[i - 1]) || behind_operator(s, i, '<');
}

/* Copy @s to @out without its groups between @open and @close; one without an end stays. */
static struct hp_slice drop_groups(char *out, struct hp_slice s, char open, char close,
				   bool (*keeps)(struct hp_slice, size_t))
{
	size_t n = 0, depth = 0, begin = 0;

	for (size_t i = 0; i < s.len; i++) {
		bool arrow = i && s.ptr[i] == '>' && s.ptr[i - 1] == '-';

		if (depth == 0 && s.ptr[i] == open && !keeps(s, i)) {
			begin = i;
			depth = 1;
		} else if (depth == 0) {
			out[n++] = s.ptr[i];
		} else if (s.ptr[i] == open) {
			depth++;
		} else if (s.ptr[i] == close && !arrow) {
			depth--;
		}
	}
	if (depth) {
		memcpy(out + n, s.ptr + begin, s.len - begin);
		n += s.len - begin;
	}
	return (struct hp_slice){out, n};
}

/*
 * The longest end of @s behind "::" or '/' outside of brackets that has room, with dots; else the
 * shortest, for which there is none.
 */
static struct hp_slice drop_leading(struct hp_slice s, size_t cells, bool *dropped)
{
	struct hp_slice best = s;
	size_t depth = 0;

	*dropped = false;
	for (size_t i = 1; i + 1 < s.len; i++) {
		char c = s.ptr[i];

		if (strchr("(<{[", c)) {
			depth++;
			continue;
		}
		if (c == ')' || c == '}' || c == ']' || (c == '>' && s.ptr[i - 1] != '-')) {
			depth -= depth > 0;
			continue;
		}
		if (depth || (c != '/' && !(c == ':' && s.ptr[i - 1] == ':')))
			continue;
		best = hp_slice_from(s, i + 1);
		*dropped = true;
		if (hp_cells(best) + DOTS <= cells)
			break;
	}
	return best;
}

/* Write @s, behind dots if it lacks something there and they have room, cut to @cells. */
static struct hp_slice finish(char *buf, struct hp_slice s, size_t cells, bool dots)
{
	size_t used, n, wide_cells;
	bool whole;

	dots = dots && hp_cells(s) + DOTS <= cells;
	whole = hp_cells(s) <= cells && s.len + DOTS <= HP_ELIDE_MAX;
	used = n = dots ? DOTS : 0;
	memcpy(buf, "..", n);
	while (s.len) {
		const char *from = s.ptr;
		size_t len = next(&s, &wide_cells);

		if (!whole && (used + wide_cells + DOTS > cells || n + len + DOTS > HP_ELIDE_MAX))
			break;
		memcpy(buf + n, from, len);
		used += wide_cells;
		n += len;
	}
	if (!whole) {
		memcpy(buf + n, "..", DOTS);
		n += DOTS;
	}
	return (struct hp_slice){buf, n};
}

struct hp_slice hp_elide_name(char *buf, struct hp_slice s, size_t cells)
{
	char a[NAME_MAX_BYTES], b[NAME_MAX_BYTES];
	bool dots = false;

	if (cells < FEWEST_CELLS)
		return (struct hp_slice){"", 0};
	if (s.len <= HP_ELIDE_MAX && hp_cells(s) <= cells)
		return s;
	if (s.len > NAME_MAX_BYTES) {
		s.len = NAME_MAX_BYTES;
		while (s.len && ((unsigned char)s.ptr[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	s = drop_groups(a, s, '(', ')', keeps_round);
	if (hp_slice_ends(s, HP_LIT(" const")))
		s.len -= sizeof(" const") - 1;
	if (hp_cells(s) > cells)
		s = drop_groups(b, s, '<', '>', keeps_angle);
	if (hp_cells(s) > cells)
		s = drop_leading(s, cells, &dots);
	if (hp_cells(s) + DOTS > cells)
		dots = false; /* of its last part there is more to see without */
	return finish(buf, s, cells, dots);
}
