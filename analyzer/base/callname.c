/* callname.c - names of functions as they are read: without what only a linker needs. */
#include "analyzer/base/callname.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/lambda.h"

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

/* @rest without one suffix, a word and numbers: ".part.0"; unchanged if it begins with none. */
static struct hp_slice skip_suffix(struct hp_slice rest)
{
	static const struct hp_slice words[] = {
		HP_SLICE_LIT(".cold"),   HP_SLICE_LIT(".part"),      HP_SLICE_LIT(".isra"),
		HP_SLICE_LIT(".llvm"),   HP_SLICE_LIT(".constprop"), HP_SLICE_LIT(".lto_priv"),
		HP_SLICE_LIT(".__part"),
	};
	size_t n = 0;

	for (size_t i = 0; i < HP_LEN(words) && n == 0; i++)
		if (hp_slice_starts(rest, words[i]))
			n = words[i].len;
	if (n == 0 || (n < rest.len && rest.ptr[n] != '.'))
		return rest;
	while (n + 1 < rest.len && rest.ptr[n] == '.' && isdigit((unsigned char)rest.ptr[n + 1]))
		for (n++; n < rest.len && isdigit((unsigned char)rest.ptr[n]);)
			n++;
	return hp_slice_from(rest, n);
}

/* Whether @rest is nothing but suffixes of copies. */
static bool is_suffixes(struct hp_slice rest)
{
	while (rest.len) {
		struct hp_slice next = skip_suffix(rest);

		if (next.len == rest.len)
			return false;
		rest = next;
	}
	return true;
}

struct hp_slice hp_name_original(struct hp_slice symbol)
{
	for (size_t i = 1; i < symbol.len; i++)
		if (symbol.ptr[i] == '.' && is_suffixes(hp_slice_from(symbol, i)))
			return (struct hp_slice){symbol.ptr, i};
	return symbol;
}

static bool is_hex(struct hp_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isdigit((unsigned char)s.ptr[i]) && (s.ptr[i] < 'a' || s.ptr[i] > 'f'))
			return false;
	return s.len > 0;
}

/* @name without one " [clone .part.0]" that it ends with, or the suffixes of a symbol. */
static struct hp_slice without_clone(struct hp_slice name)
{
	const struct hp_slice clone = HP_LIT(" [clone ");
	const char *at =
		name.len && name.ptr[name.len - 1] == ']' ? memrchr(name.ptr, '[', name.len) : NULL;

	if (at && at > name.ptr) {
		struct hp_slice end = hp_slice_from(name, (size_t)(at - name.ptr) - 1);

		if (end.len < name.len && hp_slice_starts(end, clone) &&
		    is_suffixes((struct hp_slice){end.ptr + clone.len, end.len - clone.len - 1}))
			return (struct hp_slice){name.ptr, name.len - end.len};
		return name;
	}
	return hp_name_original(name);
}

struct hp_slice hp_name_uncloned(struct hp_slice full)
{
	size_t before;

	do {
		before = full.len;
		full = without_clone(full);
	} while (full.len < before);
	return full;
}

/* @name without the "::h" and 16 digits that it ends with. */
static struct hp_slice without_hash(struct hp_slice name)
{
	size_t n = name.len < 19 ? 0 : name.len - 19;

	if (n && hp_slice_starts(hp_slice_from(name, n), HP_LIT("::h")) &&
	    is_hex(hp_slice_from(name, n + 3)))
		return (struct hp_slice){name.ptr, n};
	return name;
}

/* Bytes of "[2ca3f97bd6f1e4d3]", which tells two crates of one name apart, at byte @i; else 0. */
static size_t crate_hash_at(struct hp_slice s, size_t i)
{
	struct hp_slice rest = hp_slice_from(s, i);
	const char *end = i && is_word(s.ptr[i - 1]) && rest.ptr[0] == '['
				  ? memchr(rest.ptr, ']', rest.len < 18 ? rest.len : 18)
				  : NULL;
	size_t n = end ? (size_t)(end - rest.ptr) : 0;

	if (n < 5 || !is_hex((struct hp_slice){rest.ptr + 1, n - 1}) ||
	    !hp_slice_starts(hp_slice_from(rest, n + 1), HP_LIT("::")))
		return 0;
	return n + 1;
}

struct hp_slice hp_name_stem(struct hp_slice full, char *room)
{
	size_t before, n = 0;

	do {
		before = full.len;
		full = without_hash(hp_name_uncloned(full));
	} while (full.len < before);
	if (!memchr(full.len ? full.ptr : "", '[', full.len) && !hp_lambda_is_placed(full))
		return full;
	for (size_t i = 0; i < full.len; i++) {
		size_t extra = crate_hash_at(full, i);

		if (!extra)
			extra = hp_lambda_place_at(full, i);
		if (extra)
			i += extra - 1;
		else
			room[n++] = full.ptr[i];
	}
	return n == full.len ? full : (struct hp_slice){room, n};
}

/* Length of the word that @s begins with. */
static size_t word_at(struct hp_slice s)
{
	size_t n = 0;

	while (n < s.len && is_word(s.ptr[n]))
		n++;
	return n;
}

/* Words of an integer type, in any order. */
enum { SIGNED, UNSIGNED, SHORT, LONG, INT, CHAR, INT128, N_WORDS };

static const struct hp_slice type_words[N_WORDS] = {
	[SIGNED] = HP_SLICE_LIT("signed"),   [UNSIGNED] = HP_SLICE_LIT("unsigned"),
	[SHORT] = HP_SLICE_LIT("short"),     [LONG] = HP_SLICE_LIT("long"),
	[INT] = HP_SLICE_LIT("int"),         [CHAR] = HP_SLICE_LIT("char"),
	[INT128] = HP_SLICE_LIT("__int128"),
};

/* Length of the integer type that @s begins with, 0: none; *@plain: as the demangler writes it. */
static size_t integer_at(struct hp_slice s, const char **plain)
{
	static const char *const names[][2] = {
		{"int", "unsigned int"},   {"short", "unsigned short"},
		{"long", "unsigned long"}, {"long long", "unsigned long long"},
		{"char", "unsigned char"}, {"__int128", "unsigned __int128"},
	};
	unsigned count[N_WORDS] = {0};
	size_t end = 0, which;

	for (size_t at = 0; at < s.len;) {
		size_t n = word_at(hp_slice_from(s, at)), w = 0;

		while (w < N_WORDS &&
		       !hp_slice_same((struct hp_slice){s.ptr + at, n}, type_words[w]))
			w++;
		if (w == N_WORDS)
			break;
		count[w]++;
		end = at + n;
		at = end + (end < s.len && s.ptr[end] == ' ');
		if (at == end)
			break;
	}
	which = count[SHORT]  ? 1
		: count[LONG] ? 1 + count[LONG]
		: count[CHAR] ? 4
			      : 5 * !!count[INT128];
	if (!end || which > 5 || count[LONG] > 2)
		return 0;
	*plain = which == 4 && count[SIGNED] ? "signed char" : names[which][count[UNSIGNED] > 0];
	return end;
}

/* Length of what the demangler writes before a number to tell its type, "(short)"; 0: nothing. */
static size_t cast_at(struct hp_slice s)
{
	const char *plain;
	size_t n = s.len && s.ptr[0] == '(' ? integer_at(hp_slice_from(s, 1), &plain) : 0;

	if (!n || n + 2 >= s.len || s.ptr[n + 1] != ')')
		return 0;
	return isdigit((unsigned char)s.ptr[n + 2]) || s.ptr[n + 2] == '-' ? n + 2 : 0;
}

/* Length of the number @s, a word, without the letters that tell its type. */
static size_t without_type(struct hp_slice s)
{
	size_t n = s.len;

	while (n && memchr("uUlL", s.ptr[n - 1], 4))
		n--;
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s.ptr[i]))
			return s.len;
	return n ? n : s.len;
}

struct hp_slice hp_name_plain_types(struct hp_slice name, bool untyped, char *room)
{
	size_t n = 0;

	for (size_t at = 0; at < name.len;) {
		struct hp_slice rest = hp_slice_from(name, at);
		size_t word = word_at(rest), used, kept;
		const char *text = rest.ptr, *plain;

		if (word && (used = integer_at(rest, &plain))) {
			text = plain;
			kept = strlen(plain);
		} else if (word) {
			used = word;
			kept = untyped ? without_type((struct hp_slice){rest.ptr, word}) : word;
		} else {
			used = untyped ? cast_at(rest) : 0;
			kept = used ? 0 : 1;
			used += kept;
		}
		memcpy(room + n, text, kept);
		n += kept;
		at += used;
	}
	return (struct hp_slice){room, n};
}

int hp_name_add_plain(struct hp_strtab *str, struct hp_slice name, bool untyped, hp_strid *out,
		      struct hprof_error *err)
{
	char *room;
	int r;

	if (!memchr(name.ptr, '<', name.len)) /* as most */
		return hp_strtab_add(str, name, out, err);
	room = malloc(2 * name.len);
	if (!room)
		return hp_fail_nomem(err);
	r = hp_strtab_add(str, hp_name_plain_types(name, untyped, room), out, err);
	free(room);
	return r;
}
