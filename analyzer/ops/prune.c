/* prune.c - which frames belong to an allocator, and where a stack is cut. */
#include "analyzer/ops/prune.h"

#include <stdlib.h>

struct rule {
	const char *allocator;
	const char *text; /* '*' at the end or in the middle: anything */
};

/* By the last part of a module's path. */
static const struct rule module_rules[] = {
	{"jemalloc", "libjemalloc.so*"},     {"jemalloc", "libjemalloc-*.so*"},
	{"gperftools", "libtcmalloc.so*"},   {"gperftools", "libtcmalloc_*.so*"},
	{"mimalloc", "libmimalloc.so*"},     {"mimalloc", "libmimalloc-*.so*"},
	{"snmalloc", "libsnmalloc*.so*"},    {"Hoard", "libhoard.so*"},
	{"valgrind", "vgpreload_*"},         {"heaptrack", "libheaptrack_preload.so*"},
	{"AddressSanitizer", "libasan.so*"}, {"LeakSanitizer", "liblsan.so*"},
};

/* By name with the arguments cut, or by name in the symbol table; none begins with '*'. */
static const struct rule function_rules[] = {
	{"libc", "malloc"},
	{"libc", "calloc"},
	{"libc", "realloc"},
	{"libc", "reallocarray"},
	{"libc", "posix_memalign"},
	{"libc", "aligned_alloc"},
	{"libc", "memalign"},
	{"libc", "valloc"},
	{"libc", "pvalloc"},
	{"libc", "cfree"},
	{"libc", "free"},
	{"libc", "__libc_malloc"},
	{"libc", "__libc_calloc"},
	{"libc", "__libc_realloc"},
	{"libc", "__libc_memalign"},
	{"libc", "__libc_valloc"},
	{"libc", "__libc_pvalloc"},
	{"libc", "__posix_memalign"},
	{"libc", "_mid_memalign"},
	{"macOS", "malloc_zone_*"},
	{"C++", "operator new"},
	{"C++", "operator new[]"},
	{"C++", "operator delete"},
	{"C++", "operator delete[]"},
	{"C++", "std::__new_allocator<*>::allocate"},
	{"C++", "__gnu_cxx::new_allocator<*>::allocate"},
	{"C++", "__gnu_cxx::__alloc_traits<*>::allocate"},
	{"C++", "std::allocator<*>::allocate"},
	{"C++", "std::allocator_traits<*>::allocate"},
	{"C++", "std::_Vector_base<*>::_M_allocate"},
	{"C++", "std::__1::allocator<*>::allocate*"},
	{"C++", "std::__1::allocator_traits<*>::allocate*"},
	{"C++", "std::__1::__libcpp_allocate*"},
	{"C++", "std::__1::__libcpp_operator_new*"},
	{"C++", "std::__1::__allocate_at_least*"},
	{"jemalloc", "je_*"},
	{"jemalloc", "_rjem_*"},
	{"jemalloc", "__je_*"},
	{"jemalloc", "prof_backtrace*"},
	{"jemalloc", "prof_tctx_create"},
	{"jemalloc", "prof_alloc_prep"},
	{"jemalloc", "prof_malloc_sample_object"},
	{"jemalloc", "imalloc"},
	{"jemalloc", "imalloc_body"},
	{"jemalloc", "imalloc_sample"},
	{"jemalloc", "malloc_default"},
	{"jemalloc", "fallback_impl"},
	{"jemalloc", "fallbackNewImpl"},
	{"jemalloc", "newImpl"},
	{"jemalloc", "handleOOM"},
	{"jemalloc", "do_mallocx"},
	{"jemalloc", "do_rallocx"},
	{"jemalloc", "mallocx"},
	{"jemalloc", "rallocx"},
	{"jemalloc", "xallocx"},
	{"jemalloc", "dallocx"},
	{"jemalloc", "sdallocx"},
	{"jemalloc", "sdallocx_noflags"},
	{"jemalloc", "irallocx_prof"},
	{"jemalloc", "ixallocx_prof"},
	{"gperftools", "tc_malloc"},
	{"gperftools", "tc_calloc"},
	{"gperftools", "tc_realloc"},
	{"gperftools", "tc_cfree"},
	{"gperftools", "tc_free"},
	{"gperftools", "tc_memalign"},
	{"gperftools", "tc_posix_memalign"},
	{"gperftools", "tc_valloc"},
	{"gperftools", "tc_pvalloc"},
	{"gperftools", "tc_new"},
	{"gperftools", "tc_newarray"},
	{"gperftools", "tc_new_nothrow"},
	{"gperftools", "tc_newarray_nothrow"},
	{"gperftools", "tc_new_aligned"},
	{"gperftools", "tc_newarray_aligned"},
	{"gperftools", "tc_delete"},
	{"gperftools", "tc_deletearray"},
	{"gperftools", "tc_malloc_skip_new_handler"},
	{"gperftools", "tcmalloc::*"},
	{"gperftools", "(anonymous namespace)::do_malloc"},
	{"gperftools", "(anonymous namespace)::do_memalign"},
	{"gperftools", "do_malloc"},
	{"gperftools", "do_malloc_or_cpp_alloc"},
	{"gperftools", "do_malloc_pages"},
	{"gperftools", "DoSampledAllocation"},
	{"gperftools", "TCMallocInternal*"},
	{"mimalloc", "mi_malloc"},
	{"mimalloc", "mi_calloc"},
	{"mimalloc", "mi_zalloc"},
	{"mimalloc", "mi_realloc"},
	{"mimalloc", "mi_new"},
	{"mimalloc", "mi_heap_malloc"},
	{"mimalloc", "_mi_malloc_generic"},
	{"Go", "runtime (allocation)"},
	{"Go", "runtime.mallocgc*"},
	{"Go", "runtime.newobject"},
	{"Go", "runtime.newarray"},
	{"Go", "runtime.makeslice*"},
	{"Go", "runtime.growslice"},
	{"Go", "runtime.makemap*"},
	{"Go", "runtime.makechan*"},
	{"Go", "runtime.mapassign*"},
	{"Go", "runtime.rawstring*"},
	{"Go", "runtime.rawbyteslice"},
	{"Go", "runtime.rawruneslice"},
	{"Go", "runtime.slicebytetostring"},
	{"Go", "runtime.stringtoslicebyte"},
	{"Go", "runtime.concatstring*"},
	{"Go", "runtime.persistentalloc*"},
	{"Go", "reflect.unsafe_New*"},
	{"Rust", "__rust_alloc*"},
	{"Rust", "__rust_realloc*"},
	{"Rust", "__rg_*"},
	{"Rust", "__rdl_*"},
	{"Rust", "alloc::alloc::*"},
	{"Rust", "std::alloc::*"},
	{"Rust", "<* as core::alloc::Allocator>::*"},
	{"Rust", "alloc::raw_vec::*"},
	{"Rust", "<alloc::raw_vec::*>::*"},
	{"Rust", "alloc::boxed::box_new_uninit"},
	{"Rust", "hashbrown::raw::alloc::inner::*"},
	{"Rust", "<alloc::alloc::Global>::*"},
	{"Rust", "<* as core::alloc::global::GlobalAlloc>::*"},
	{"Rust", "<* as alloc::alloc::GlobalAlloc>::*"},
};

/* Inlined functions as massif names them, without their classes: by name and source file. */
static const struct {
	const char *name, *file;
} bare_rules[] = {
	{"allocate", "new_allocator.h"},    {"allocate", "alloc_traits.h"},
	{"allocate", "allocator.h"},        {"_M_allocate", "stl_vector.h"},
	{"allocate", "allocator_traits.h"},
};

/* Whether @s is @pattern, where each '*' stands for any bytes. */
static bool fits(struct hp_slice s, const char *pattern)
{
	struct hp_slice part;
	const char *star = strchr(pattern, '*');

	if (!star) /* a compiler may have made "name.part.0" or "name<false>" of it */
		return hp_slice_starts(s, hp_slice_str(pattern)) &&
		       (s.len == strlen(pattern) || s.ptr[strlen(pattern)] == '.' ||
			s.ptr[strlen(pattern)] == '<');
	part = (struct hp_slice){pattern, (size_t)(star - pattern)};
	if (!hp_slice_starts(s, part))
		return false;
	s = hp_slice_from(s, part.len);
	for (;;) {
		const char *at;

		pattern = star + 1;
		star = strchr(pattern, '*');
		if (!star)
			return hp_slice_ends(s, hp_slice_str(pattern));
		part = (struct hp_slice){pattern, (size_t)(star - pattern)};
		at = part.len ? memmem(s.ptr, s.len, part.ptr, part.len) : s.ptr;
		if (!at)
			return false;
		s = hp_slice_from(s, (size_t)(at - s.ptr) + part.len);
	}
}

const char *hp_allocator_of_module(struct hp_slice path)
{
	struct hp_slice name = hp_slice_basename(path);

	for (size_t i = 0; i < HP_LEN(module_rules); i++)
		if (fits(name, module_rules[i].text))
			return module_rules[i].allocator;
	return NULL;
}

void hp_rules_init(struct hp_rules *r)
{
	_Static_assert(HP_LEN(function_rules) < HP_LEN(r->next), "rules have numbers of a byte");
	*r = (struct hp_rules){{0}, {0}, {0}};
	for (size_t i = HP_LEN(function_rules); i-- > 0;) {
		uint8_t *first = &r->first[(unsigned char)function_rules[i].text[0]];

		r->plain[i] = (uint8_t)strcspn(function_rules[i].text, "*"); /* all are short */
		r->next[i] = *first;
		*first = (uint8_t)(i + 1);
	}
}

static bool begins(struct hp_slice s, const char *text, size_t n)
{
	size_t i = 1; /* the first byte is the same */

	if (s.len < n)
		return false;
	while (i < n && s.ptr[i] == text[i]) /* most end early: no call is worth it */
		i++;
	return i == n;
}

static const char *find_rule(const struct hp_rules *r, struct hp_slice s)
{
	if (!s.len)
		return NULL;
	for (unsigned i = r->first[(unsigned char)s.ptr[0]]; i; i = r->next[i - 1])
		if (begins(s, function_rules[i - 1].text, r->plain[i - 1]) &&
		    fits(s, function_rules[i - 1].text))
			return function_rules[i - 1].allocator;
	return NULL;
}

const char *hp_allocator_of_function(const struct hp_rules *r, struct hp_slice name,
				     struct hp_slice linkage)
{
	const char *found = find_rule(r, name);

	return found ? found : find_rule(r, linkage);
}

int hp_pruner_init(struct hp_pruner *x, const struct hprof_profile *p, enum hprof_prune mode,
		   struct hp_regex **alloc_fns, size_t n_alloc_fns, struct hprof_error *err)
{
	*x = (struct hp_pruner){.p = p,
				.alloc_fns = alloc_fns,
				.n_alloc_fns = n_alloc_fns,
				.cut = calloc(p->locs.n ? p->locs.n : 1, sizeof(*x->cut)),
				.asked = calloc(p->funcs.n ? p->funcs.n : 1, sizeof(*x->asked)),
				.mode = mode};
	hp_rules_init(&x->rules);
	return x->cut && x->asked ? HPROF_OK : hp_fail_nomem(err);
}

void hp_pruner_release(struct hp_pruner *x)
{
	free(x->cut);
	free(x->asked);
	*x = (struct hp_pruner){0};
}

static bool is_bare_allocator(struct hp_slice name, struct hp_slice file)
{
	for (size_t i = 0; i < HP_LEN(bare_rules); i++)
		if (hp_slice_same(name, hp_slice_str(bare_rules[i].name)) &&
		    hp_slice_same(file, hp_slice_str(bare_rules[i].file)))
			return true;
	return false;
}

/* Whether function @f is an allocator's, by the table or by what the user added: 1, 0, error. */
static int ask_rules(const struct hp_pruner *x, hp_funcid f, struct hprof_error *err)
{
	const struct hp_funcs *t = &x->p->funcs;

	if (!x->p->is_cut && hp_allocator_of_function(&x->rules, hp_profile_str(x->p, t->name[f.i]),
						      hp_profile_str(x->p, t->linkage[f.i])))
		return 1;
	if (!x->p->is_cut &&
	    is_bare_allocator(hp_profile_str(x->p, t->name[f.i]),
			      hp_slice_basename(hp_profile_str(x->p, t->file[f.i]))))
		return 1;
	for (size_t i = 0; i < x->n_alloc_fns; i++) {
		int r = hp_regex_match(x->alloc_fns[i], hp_profile_str(x->p, t->full[f.i]), err);

		if (r != 0)
			return r;
	}
	return 0;
}

/* The same, asked once per function. */
static int is_allocator(struct hp_pruner *x, hp_funcid f, struct hprof_error *err)
{
	int r;

	if (x->asked[f.i])
		return x->asked[f.i] - 1;
	r = ask_rules(x, f, err);
	if (r >= 0)
		x->asked[f.i] = (uint8_t)(r + 1);
	return r;
}

/* Innermost frames of @loc up to and including its outermost allocator level; 0: none. */
static int frames_to_cut(struct hp_pruner *x, hp_locid loc, uint32_t *out, struct hprof_error *err)
{
	const struct hprof_profile *p = x->p;
	hp_modid module = p->locs.module[loc.i];
	uint32_t n = p->locs.frame_n[loc.i], cut = 0;

	if (x->cut[loc.i]) {
		*out = x->cut[loc.i] - 1;
		return HPROF_OK;
	}
	if (module.i != HP_NONE && !p->is_cut) {
		const struct hp_module *m = &p->modules.row[module.i];

		if (hp_allocator_of_module(hp_profile_str(p, m->path)))
			cut = n ? n : 1;
	}
	for (uint32_t k = n; k > cut; k--) {
		int r = is_allocator(x, p->frames.func[p->locs.frame_first[loc.i] + k - 1], err);

		if (r < 0)
			return r;
		if (r)
			cut = k;
	}
	x->cut[loc.i] = cut + 1;
	*out = cut;
	return HPROF_OK;
}

int hp_pruner_leaf(struct hp_pruner *x, hp_stackid stack, struct hp_leaf *out,
		   struct hprof_error *err)
{
	const struct hp_stacks *s = &x->p->stacks;
	struct hp_leaf leaf = {stack, 0, 0};
	hp_stackid at = stack;

	/* beyond HP_PRUNE_DEPTH frames go on only while all frames so far were an allocator's */
	for (uint32_t i = 0;
	     x->mode != HPROF_PRUNE_NONE && at.i != 0 && (i < HP_PRUNE_DEPTH || leaf.n_cut == i);
	     i++, at = s->parent[at.i]) {
		hp_locid loc = s->loc[at.i];
		uint32_t n = x->p->locs.frame_n[loc.i], cut;
		int r = frames_to_cut(x, loc, &cut, err);

		if (r < 0)
			return r;
		if (cut == 0)
			continue;
		if (cut < n || (s->parent[at.i].i == 0 && n))
			leaf = (struct hp_leaf){at, cut < n ? cut : n - 1, i};
		else if (s->parent[at.i].i == 0)
			leaf = (struct hp_leaf){at, 0, i};
		else
			leaf = (struct hp_leaf){s->parent[at.i], 0, i + 1};
	}
	*out = leaf;
	return HPROF_OK;
}
