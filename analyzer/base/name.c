/* name.c - names of functions: mangled ones, and what compilers append to them. */
#include "analyzer/base/name.h"

#include <ctype.h>
#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"

enum {
	/*
	 * libiberty keeps some 170 bytes of stack per character of a C++ name, and by default
	 * refuses names of more than 1024, which templates do reach.
	 */
	CXX_LONG = 1024,
	CXX_MAX = 8192,
	/* Its demangler for D knows no limits at all: neither of depth, nor of text. */
	D_MAX = 4096,
	D_WORK = 65536, /* types that stand for types before them, taken apart */
};

struct demangled {
	jmp_buf full; /* to leave a demangler that has more to say than there is room */
	size_t n;
	char text[HP_NAME_MAX];
};

typedef int (*demangle_fn)(const char *name, int options, demangle_callbackref callback, void *ctx);

static struct hp_slice cut(struct hp_slice name)
{
	if (name.len > HP_NAME_MAX)
		name.len = HP_NAME_MAX;
	return name;
}

bool hp_name_is_mangled(struct hp_slice name)
{
	return hp_slice_starts(name, HP_LIT("_Z")) || hp_slice_starts(name, HP_LIT("___Z")) ||
	       hp_slice_starts(name, HP_LIT("_R")) || hp_slice_starts(name, HP_LIT("_D"));
}

static void collect(const char *bytes, size_t n, void *ctx)
{
	struct demangled *d = ctx;
	size_t room = sizeof(d->text) - d->n;

	memcpy(d->text + d->n, bytes, n < room ? n : room);
	d->n += n < room ? n : room;
	if (n <= room)
		return;
	memcpy(d->text + sizeof(d->text) - 3, "...", 3);
	longjmp(d->full, 1);
}

/*
 * A short name can stand for an endless demangled one, so the demanglers are left in the
 * middle when enough is there; their callback forms hold no memory that could be lost but
 * for a few characters of a Rust identifier.
 */
static bool demangle(struct demangled *d, demangle_fn fn, const char *name, int options)
{
	d->n = 0;
	if (setjmp(d->full))
		return true;
	return fn(name, options, collect, d) && d->n;
}

static struct hp_slice keep(const struct demangled *d, struct hp_arena *mem)
{
	return hp_slice_str(hp_arena_string(mem, (struct hp_slice){d->text, d->n}));
}

/* LLVM appends ".llvm.<hash>" to names it makes unique; Rust's demangler stumbles over it. */
static const char *without_llvm_suffix(const char *name, struct hp_arena *mem)
{
	const char *at = strstr(name, ".llvm.");

	return at ? hp_arena_string(mem, (struct hp_slice){name, (size_t)(at - name)}) : name;
}

/* The old scheme of Rust is that of C++ with a hash behind: "17h" and 16 digits. */
static bool may_be_rust(struct hp_slice name)
{
	return name.ptr[1] == 'R' || memmem(name.ptr, name.len, "17h", 3) != NULL;
}

static bool demangle_rust(struct demangled *d, const char *name, struct hp_arena *mem,
			  struct hp_slice *brief, struct hp_slice *full)
{
	name = without_llvm_suffix(name, mem);
	if (!demangle(d, rust_demangle_callback, name, DMGL_PARAMS | DMGL_ANSI))
		return false;
	*brief = keep(d, mem);
	*full = *brief;
	/* only the old scheme has a hash, and it tells apart what else has one name */
	if (name[1] == 'Z' &&
	    demangle(d, rust_demangle_callback, name, DMGL_PARAMS | DMGL_ANSI | DMGL_VERBOSE))
		*full = keep(d, mem);
	return true;
}

static bool demangle_cxx(struct demangled *d, const char *name, struct hp_arena *mem,
			 struct hp_slice *brief, struct hp_slice *full)
{
	size_t len = strlen(name);
	int how = DMGL_ANSI | (len > CXX_LONG && len <= CXX_MAX ? DMGL_NO_RECURSE_LIMIT : 0);

	if (!demangle(d, cplus_demangle_v3_callback, name, how | DMGL_PARAMS))
		return false;
	*full = keep(d, mem);
	*brief = demangle(d, cplus_demangle_v3_callback, name, how) ? keep(d, mem) : *full;
	if (memmem(brief->ptr, brief->len, "thunk to ", 9)) /* they keep the arguments */
		*brief = hp_name_without_arguments(*brief);
	return true;
}

/*
 * How far back the 'Q' at @s stands for something: letters of base 26, the last one small.
 * 0 if that makes no sense.
 */
static size_t d_distance(struct hp_slice s)
{
	size_t far = 0;

	for (size_t i = 1; i < s.len && far <= D_MAX; i++) {
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			return 26 * far + (size_t)(s.ptr[i] - 'a');
		if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return 0;
		far = 26 * far + (size_t)(s.ptr[i] - 'A');
	}
	return 0;
}

/*
 * Whether the D name @s can be taken apart in a reasonable time.  A type may stand for all
 * between an earlier place and itself, of which other types are a part, so that a short name
 * can be endless; what stands for an identifier, which begins with a digit, is harmless.
 */
static bool d_is_small(struct hp_slice s)
{
	struct {
		size_t at;
		uint32_t work;
	} seen[64];
	uint32_t work = 0;
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		size_t far = s.ptr[i] == 'Q' ? d_distance(hp_slice_from(s, i)) : 0;
		uint32_t own = 1;

		if (far == 0 || far > i || isdigit((unsigned char)s.ptr[i - far]))
			continue;
		if (n == HP_LEN(seen))
			return false;
		for (size_t k = n; k-- > 0 && seen[k].at >= i - far;)
			own += seen[k].work;
		seen[n].at = i;
		seen[n++].work = own;
		work += own;
		if (work > D_WORK)
			return false;
	}
	return s.len <= D_MAX;
}

static bool demangle_d(const char *name, struct hp_arena *mem, struct hp_slice *brief,
		       struct hp_slice *full)
{
	char *text = d_is_small(hp_slice_str(name)) ? dlang_demangle(name, DMGL_PARAMS | DMGL_ANSI)
						    : NULL;

	if (!text)
		return false;
	*full = cut(hp_slice_str(hp_arena_string(mem, hp_slice_str(text))));
	free(text);
	*brief = hp_name_without_arguments(*full);
	return true;
}

static void demangle_any(struct hp_slice name, struct hp_arena *mem, struct hp_slice *brief,
			 struct hp_slice *full)
{
	struct demangled *d;
	const char *text;

	*brief = cut(name);
	*full = *brief;
	if (!hp_name_is_mangled(name) || name.len > HP_NAME_MAX)
		return;
	text = hp_arena_string(mem, name);
	if (name.ptr[1] == 'D') {
		(void)demangle_d(text, mem, brief, full); /* the name as it is will do */
		return;
	}
	d = malloc(sizeof(*d));
	if (!d)
		return;
	if (!may_be_rust(name) || !demangle_rust(d, text, mem, brief, full))
		(void)demangle_cxx(d, text, mem, brief, full); /* the same */
	free(d);
}

static struct hp_slice append(struct hp_slice name, struct hp_slice suffix, struct hp_arena *mem)
{
	size_t n = name.len > HP_NAME_MAX - suffix.len ? HP_NAME_MAX - suffix.len : name.len;
	char *text = hp_arena_text(mem, n + suffix.len);

	if (!text)
		return (struct hp_slice){"", 0};
	memcpy(text, name.ptr, n);
	memcpy(text + n, suffix.ptr, suffix.len);
	return (struct hp_slice){text, n + suffix.len};
}

void hp_name_demangle(struct hp_slice name, struct hp_arena *mem, struct hp_slice *brief,
		      struct hp_slice *full)
{
	const struct hp_slice stub = HP_LIT("@plt");

	if (!hp_slice_ends(name, stub)) {
		demangle_any(name, mem, brief, full);
		return;
	}
	name.len -= stub.len;
	demangle_any(name, mem, brief, full);
	*brief = append(*brief, stub, mem);
	*full = append(*full, stub, mem);
}
