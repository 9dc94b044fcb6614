/* lambda.c - how lambdas are spelled in names of functions. */
#include "analyzer/base/lambda.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PLACED "{lambda"
#define MARKED "{lambda@"
#define GNU "<lambda("
#define LLVM "'lambda"

enum {
	BRACKETS_MAX = 4096, /* bytes of the arguments of a lambda, and of the function around it */
	DEEP_MAX = 8,
};

struct chain { /* one or more lambdas, each in the one before: "f()::<lambda()>::<lambda()>" */
	size_t start, end;    /* with the function around them, bytes */
	size_t own;           /* where the first of them begins */
	size_t first, closed; /* the last one: "(int)" of "<lambda(int)>" */
	bool deep;            /* others are in the arguments of that function, or of its class */
};

struct hp_slice hp_lambda_text(uint32_t line, uint32_t column, uint32_t function_line,
			       struct hp_arena *mem)
{
	int64_t far = (int64_t)line - function_line;
	char text[64];
	char *to;
	int n;

	if (!line)
		return HP_LIT("{lambda}");
	if (!function_line)
		n = snprintf(text, sizeof(text), PLACED ":%" PRIu32, line);
	else
		n = snprintf(text, sizeof(text), PLACED "%+" PRId64, far);
	if (column)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ":%" PRIu32, column);
	text[n++] = '}';
	to = hp_arena_text(mem, (size_t)n);
	if (!to)
		return HP_LIT("{lambda}");
	memcpy(to, text, (size_t)n);
	return (struct hp_slice){to, (size_t)n};
}

bool hp_lambda_has(struct hp_slice function)
{
	return hp_slice_starts(function, HP_LIT("operator")) ||
	       hp_slice_starts(function, HP_LIT("_FUN")) ||
	       hp_slice_starts(function, HP_LIT("<lambda>")) ||
	       hp_slice_starts(function, HP_LIT("~<lambda>"));
}

struct hp_slice hp_lambda_of_call(struct hp_slice call)
{
	const struct hp_slice end = HP_LIT("}::operator()");

	for (size_t i = call.len; i-- > 0;)
		if (hp_slice_starts(hp_slice_from(call, i), end))
			return (struct hp_slice){call.ptr, i + 1};
	return (struct hp_slice){call.ptr, 0};
}

size_t hp_lambda_place_at(struct hp_slice s, size_t i)
{
	const size_t before = sizeof(PLACED) - 1;
	size_t n = i;

	if (i < before || memcmp(s.ptr + i - before, PLACED, before) != 0)
		return 0;
	if (n < s.len && s.ptr[n] == '@')
		for (n++; n < s.len && isxdigit((unsigned char)s.ptr[n]);)
			n++;
	while (n < s.len && (isdigit((unsigned char)s.ptr[n]) || strchr("+-:", s.ptr[n])))
		n++;
	return n > i && n < s.len && s.ptr[n] == '}' ? n - i : 0;
}

bool hp_lambda_is_placed(struct hp_slice name)
{
	const char *at = name.len ? memmem(name.ptr, name.len, PLACED, sizeof(PLACED) - 1) : NULL;

	while (at) {
		size_t i = (size_t)(at - name.ptr) + sizeof(PLACED) - 1;

		if (hp_lambda_place_at(name, i))
			return true;
		at = memmem(name.ptr + i, name.len - i, PLACED, sizeof(PLACED) - 1);
	}
	return false;
}

bool hp_lambda_is_marked(struct hp_slice name)
{
	return name.len && memmem(name.ptr, name.len, MARKED, sizeof(MARKED) - 1);
}

/* The byte behind the brackets that open at byte @i of @s; 0 if they are not closed before long. */
static size_t behind_brackets(struct hp_slice s, size_t i)
{
	size_t end = s.len - i > BRACKETS_MAX ? i + BRACKETS_MAX : s.len;
	size_t depth = 0;

	for (; i < end; i++) {
		depth += s.ptr[i] == '(';
		depth -= s.ptr[i] == ')';
		if (depth == 0)
			return i + 1;
	}
	return 0;
}

/* Whether what begins at byte @i of @s ends a name of a function: " const::". */
static bool qualifies(struct hp_slice s, size_t i)
{
	struct hp_slice rest = hp_slice_from(s, i);

	return hp_slice_starts(rest, HP_LIT(" const::")) ||
	       hp_slice_starts(rest, HP_LIT(" mutable::"));
}

/* Where the name starts that goes on with "::" and ends before byte @end of @s. */
static size_t scope_start(struct hp_slice s, size_t end)
{
	size_t least = end > BRACKETS_MAX ? end - BRACKETS_MAX : 0;
	size_t depth = 0;
	size_t i = end;

	for (; i > least; i--) {
		char c = s.ptr[i - 1];

		if (c == ')' || c == '>' || c == '}' || c == ']')
			depth++;
		else if (depth == 0 && (c == '<' || c == '(' || c == '{' || c == '[' || c == ','))
			break;
		else if (depth == 0 && c == ' ' && !qualifies(s, i - 1))
			break;
		else if (c == '(' || c == '<' || c == '{' || c == '[')
			depth--;
	}
	return i;
}

/* Find the lambda that g++ spells at byte @at of @s. */
static bool gnu_lambda(struct hp_slice s, size_t at, struct chain *out)
{
	if (!hp_slice_starts(hp_slice_from(s, at), HP_LIT(GNU)))
		return false;
	out->first = at + sizeof(GNU) - 2;
	out->closed = behind_brackets(s, out->first);
	out->end = out->closed + 1;
	return out->closed && out->closed < s.len && s.ptr[out->closed] == '>';
}

/* Find the next chain of them from byte @from on; what is around it begins at byte @least or later.
 */
static bool find_chain(struct hp_slice s, size_t least, size_t from, struct chain *out)
{
	const char *found =
		from < s.len ? memmem(s.ptr + from, s.len - from, GNU, sizeof(GNU) - 1) : NULL;
	struct chain more = {.end = 0};
	size_t at = found ? (size_t)(found - s.ptr) : 0;

	*out = more;
	if (!found || !gnu_lambda(s, at, out))
		return false;
	out->start = out->own = at;
	if (at >= least + 2 && memcmp(s.ptr + at - 2, "::", 2) == 0)
		out->start = least + scope_start(hp_slice_from(s, least), at - 2 - least);
	for (more = *out;;) {
		size_t next = more.end;

		if (qualifies(s, next))
			next += s.ptr[next + 1] == 'c' ? 6 : 8;
		if (!hp_slice_starts(hp_slice_from(s, next), HP_LIT("::")) ||
		    !gnu_lambda(s, next + 2, &more))
			return true;
		out->first = more.first;
		out->closed = more.closed;
		out->end = more.end;
	}
}

/* The same, as a whole: "g<main()::<lambda()> >::f()::<lambda()>" is one lambda of f(). */
static bool next_chain(struct hp_slice s, size_t from, struct chain *out)
{
	struct chain outer;

	if (!find_chain(s, from, from, out))
		return false;
	for (unsigned i = 0;
	     i < DEEP_MAX && find_chain(s, from, out->end, &outer) && outer.start <= out->start;
	     i++) {
		*out = outer;
		out->deep = true;
	}
	return true;
}

uint32_t hp_lambdas_in(struct hp_slice name)
{
	struct chain c = {.end = 0};
	uint32_t n = 0;

	while (n <= HP_LAMBDAS && next_chain(name, c.end, &c))
		n++;
	return n;
}

struct text {
	char *to;
	size_t n, cap;
};

static void put(struct text *t, struct hp_slice s)
{
	if (s.len > t->cap - t->n)
		s.len = t->cap - t->n;
	if (s.len)
		memcpy(t->to + t->n, s.ptr, s.len);
	t->n += s.len;
}

static struct hp_slice part(struct hp_slice s, size_t from, size_t to)
{
	return (struct hp_slice){s.ptr + from, to - from};
}

/* The name of a function without its arguments and what follows them: "f(int) const" is "f". */
static struct hp_slice without_call(struct hp_slice s)
{
	size_t depth = 0;

	if (hp_slice_ends(s, HP_LIT(" const")))
		s.len -= 6;
	if (!s.len || s.ptr[s.len - 1] != ')' || hp_slice_ends(s, HP_LIT("(anonymous namespace)")))
		return s;
	for (size_t i = s.len; i-- > 0;) {
		depth += s.ptr[i] == ')';
		depth -= s.ptr[i] == '(';
		if (depth == 0)
			return i ? part(s, 0, i) : s;
	}
	return s;
}

static void put_all(struct text *t, struct hp_slice s, struct hp_slice mark);

/* The lambdas of @c, of which nothing but their arguments is known; the last one is told by @mark.
 */
static void put_unplaced(struct text *t, struct hp_slice s, const struct chain *c,
			 struct hp_slice mark)
{
	size_t from = c->start;

	for (size_t at = c->own; at < c->end;) {
		struct chain one;

		if (!gnu_lambda(s, at, &one)) {
			at++;
			continue;
		}
		if (at >= from + 2) {
			struct hp_slice scope = without_call(part(s, from, at - 2));

			if (c->deep && at == c->own)
				put_all(t, scope, mark);
			else
				put(t, scope);
			put(t, HP_LIT("::"));
		}
		put(t, HP_LIT(PLACED));
		put(t, mark.len && one.end == c->end ? mark : part(s, one.first, one.closed));
		put(t, HP_LIT("}"));
		at = one.end;
		from = at;
		if (from < c->end)
			put(t, HP_LIT("::operator()::"));
		while (from < c->end && s.ptr[from] != '<') /* " const::" */
			from++;
		at = from;
	}
}

/* Where @name goes on behind @c: g++ parts "> >", the demanglers do not after "}". */
static size_t behind(struct hp_slice name, const struct chain *c)
{
	return c->end + hp_slice_starts(hp_slice_from(name, c->end), HP_LIT(" >"));
}

/* @s with all its lambdas, of which nothing but their arguments is known, or @mark. */
static void put_all(struct text *t, struct hp_slice s, struct hp_slice mark)
{
	struct chain c;
	size_t from = 0;

	while (next_chain(s, from, &c)) {
		put(t, part(s, from, c.start));
		put_unplaced(t, s, &c, mark);
		from = behind(s, &c);
	}
	put(t, hp_slice_from(s, from));
}

struct hp_slice hp_lambdas_put(struct hp_slice name, const struct hp_slice *lambda, uint32_t n,
			       struct hp_arena *mem)
{
	bool known = n > 0 && hp_lambdas_in(name) == n;
	const struct hp_slice no_mark = {"", 0};
	struct text t = {.cap = 4 * name.len + 64};
	struct chain c;
	size_t from = 0;

	for (uint32_t i = 0; known && i < n; i++)
		t.cap += lambda[i].len;
	t.to = hp_arena_text(mem, t.cap);
	if (!t.to)
		return name;
	for (uint32_t i = 0; known && next_chain(name, from, &c); i++) {
		put(&t, part(name, from, c.start));
		put(&t, lambda[i]);
		from = behind(name, &c);
	}
	if (known)
		put(&t, hp_slice_from(name, from));
	else
		put_all(&t, name, no_mark);
	return (struct hp_slice){t.to, t.n};
}

struct hp_slice hp_lambdas_mark(struct hp_slice name, uint64_t offset, struct hp_arena *mem)
{
	struct text t = {.cap = 8 * name.len + 64};
	char mark[24];

	(void)snprintf(mark, sizeof(mark), "@%" PRIx64, offset); /* fits */
	t.to = hp_arena_text(mem, t.cap);
	if (!t.to)
		return name;
	put_all(&t, name, hp_slice_str(mark));
	return (struct hp_slice){t.to, t.n};
}

static bool opens(char c)
{
	return c == '<' || c == '(' || c == '[' || c == '{';
}

static bool closes(char c)
{
	return c == '>' || c == ')' || c == ']' || c == '}';
}

struct hp_slice hp_template_arguments(struct hp_slice name)
{
	size_t depth = 0;

	if (hp_slice_ends(name, HP_LIT(">")))
		for (size_t i = name.len; i-- > 0;) {
			depth += closes(name.ptr[i]);
			depth -= opens(name.ptr[i]);
			if (depth == 0)
				return part(name, i + 1, name.len - 1);
		}
	return (struct hp_slice){name.ptr, 0};
}

/* Cut the first of @arguments off. */
static struct hp_slice cut_argument(struct hp_slice *arguments)
{
	struct hp_slice all = *arguments;
	size_t depth = 0, i = 0;

	for (; i < all.len && (depth || all.ptr[i] != ','); i++) {
		depth += opens(all.ptr[i]);
		depth -= closes(all.ptr[i]) && depth > 0;
	}
	*arguments = hp_slice_from(all, i < all.len ? i + 1 : i);
	return part(all, 0, i);
}

struct hp_slice hp_template_next(struct hp_slice *arguments)
{
	while (arguments->len) {
		struct hp_slice one = cut_argument(arguments);

		if (memmem(one.ptr, one.len, GNU, sizeof(GNU) - 1))
			return one;
	}
	return *arguments;
}

bool hp_template_argument_is(struct hp_slice argument, struct hp_slice name)
{
	const struct hp_slice qualifier = HP_LIT("const");

	while (argument.len) {
		if (strchr(" &*", argument.ptr[argument.len - 1]))
			argument.len--;
		else if (hp_slice_ends(argument, qualifier))
			argument.len -= qualifier.len;
		else
			break;
	}
	if (!name.len)
		return hp_slice_ends(argument, HP_LIT(")>"));
	return hp_slice_ends(argument, name) &&
	       (argument.len == name.len ||
		strchr(" :", argument.ptr[argument.len - name.len - 1]));
}

/* Write what LLVM spells at byte @at of @s in the usual way; the byte behind it, 0: it is none. */
static size_t put_llvm(struct text *t, struct hp_slice s, size_t at)
{
	size_t i = at + sizeof(LLVM) - 1;
	size_t closed;
	uint64_t number = 0;
	bool numbered = false;
	char text[32];

	for (; i < s.len && isdigit((unsigned char)s.ptr[i]) && number < 100000000; i++) {
		number = 10 * number + (uint64_t)(s.ptr[i] - '0');
		numbered = true;
	}
	if (!hp_slice_starts(hp_slice_from(s, i), HP_LIT("'(")))
		return 0;
	closed = behind_brackets(s, i + 1);
	if (!closed)
		return 0;
	put(t, HP_LIT(PLACED));
	put(t, part(s, i + 1, closed));
	(void)snprintf(text, sizeof(text), "#%" PRIu64 "}", numbered ? number + 2 : 1);
	put(t, hp_slice_str(text));
	return closed;
}

/* The same for "'$_0'", which has no arguments. */
static size_t put_dollar(struct text *t, struct hp_slice s, size_t at)
{
	size_t i = at + 3;

	while (i < s.len && isdigit((unsigned char)s.ptr[i]))
		i++;
	if (i >= s.len || s.ptr[i] != '\'')
		return 0;
	put(t, part(s, at + 1, i));
	return i + 1;
}

static struct hp_slice from_llvm(struct hp_slice s, struct hp_arena *mem)
{
	struct text t = {.cap = 2 * s.len + 64};

	t.to = hp_arena_text(mem, t.cap);
	if (!t.to)
		return s;
	for (size_t i = 0; i < s.len;) {
		struct hp_slice rest = hp_slice_from(s, i);
		size_t next = 0;

		if (hp_slice_starts(rest, HP_LIT(LLVM)))
			next = put_llvm(&t, s, i);
		else if (hp_slice_starts(rest, HP_LIT("'$_")))
			next = put_dollar(&t, s, i);
		if (!next) {
			put(&t, part(s, i, i + 1));
			next = i + 1;
		}
		i = next;
	}
	return (struct hp_slice){t.to, t.n};
}

struct hp_slice hp_lambda_usual(struct hp_slice name, struct hp_arena *mem)
{
	if (name.len && memmem(name.ptr, name.len, GNU, sizeof(GNU) - 1))
		name = hp_lambdas_put(name, NULL, 0, mem);
	if (name.len && (memmem(name.ptr, name.len, LLVM, sizeof(LLVM) - 1) ||
			 memmem(name.ptr, name.len, "'$_", 3)))
		name = from_llvm(name, mem);
	return name;
}
