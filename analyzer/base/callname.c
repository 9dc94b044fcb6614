/* callname.c - names of functions as they are read: without what only a linker needs. */
#include "analyzer/base/callname.h"

#include <ctype.h>

struct hp_slice hp_name_unversioned(struct hp_slice name)
{
	const char *first = name.len > 1 ? memchr(name.ptr + 1, '@', name.len - 1) : NULL;

	if (!first) /* as most */
		return name;
	for (size_t i = (size_t)(first - name.ptr); i + 1 < name.len; i++) {
		size_t version = i + 1 + (name.ptr[i + 1] == '@');

		/* versions begin with a letter; some assemblers make names like "..@4.loop" */
		if (name.ptr[i] == '@' && version < name.len &&
		    isalpha((unsigned char)name.ptr[version]))
			return (struct hp_slice){name.ptr, i};
	}
	return name;
}

/* @full without words such as "const" and "&&", which say what an object has to be. */
static struct hp_slice without_qualifiers(struct hp_slice full)
{
	static const struct hp_slice words[] = {
		HP_SLICE_LIT(" const"), HP_SLICE_LIT(" volatile"), HP_SLICE_LIT(" &"),
		HP_SLICE_LIT(" &&"),    HP_SLICE_LIT(" shared"),   HP_SLICE_LIT(" immutable"),
		HP_SLICE_LIT(" inout"),
	};

	for (size_t i = 0; i < HP_LEN(words); i++)
		if (hp_slice_ends(full, words[i])) {
			full.len -= words[i].len;
			i = SIZE_MAX; /* from the first again */
		}
	return full;
}

struct hp_slice hp_name_without_arguments(struct hp_slice whole)
{
	struct hp_slice full = without_qualifiers(whole);
	size_t depth = 0;

	for (size_t i = full.len; i-- > 1;) {
		depth += full.ptr[i] == ')';
		if (depth == 0)
			break;
		depth -= full.ptr[i] == '(';
		if (depth == 0)
			return (struct hp_slice){full.ptr, i};
	}
	return whole;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether "operator" stands at byte @i of @s, as a word of its own. */
static bool operator_at(struct hp_slice s, size_t i)
{
	struct hp_slice rest = hp_slice_from(s, i);

	return hp_slice_starts(rest, HP_LIT("operator")) && (i == 0 || !is_word(s.ptr[i - 1])) &&
	       (rest.len == 8 || !is_word(rest.ptr[8]));
}

/* @name behind the type in front of it: behind the last blank outside of all brackets. */
static struct hp_slice without_return_type(struct hp_slice name)
{
	size_t depth = 0;
	size_t from = 0;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (depth == 0 && operator_at(name, i))
			break; /* blanks and brackets behind it are its own */
		if (c == '<' || c == '(' || c == '{' || c == '[')
			depth++;
		else if ((c == '>' && i && name.ptr[i - 1] != '-') || c == ')' || c == '}' ||
			 c == ']')
			depth -= depth > 0;
		else if (c == ' ' && depth == 0)
			from = i + 1;
	}
	return from < name.len ? hp_slice_from(name, from) : name;
}

struct hp_slice hp_name_brief(struct hp_slice full)
{
	struct hp_slice name = hp_name_unversioned(full);
	struct hp_slice cut = hp_name_without_arguments(name);

	if (cut.len == name.len || !cut.len)
		return name;
	if (hp_slice_ends(cut, HP_LIT("operator")) && operator_at(cut, cut.len - 8))
		return name;             /* this was all of "operator()" */
	if (cut.ptr[cut.len - 1] == ' ') /* "T (*f())(int)", "foo [clone (...)]": leave it alone */
		return name;
	return cut.ptr[cut.len - 1] == '>' ? without_return_type(cut) : cut;
}
