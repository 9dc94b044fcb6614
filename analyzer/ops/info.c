/* info.c - what a profile is, and what may be wrong with it. */
#include "analyzer/ops/info.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/width.h"
#include "analyzer/ops/advice.h"
#include "analyzer/ops/prune.h"

/* A hint is given when it concerns more than this share of the stacks or bytes. */
#define MOST 0.5
#define NEARLY_ALL 0.9

static void hint(struct hp_info *info, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void hint(struct hp_info *info, const char *fmt, ...)
{
	va_list ap;

	if (info->n_hints == HP_MAX_HINTS)
		return;
	va_start(ap, fmt);
	/* a cut hint will do */
	(void)vsnprintf(info->hint[info->n_hints++], HP_HINT_BYTES, fmt, ap);
	va_end(ap);
}

static int add_sums(struct hp_profile_sums *sums, const struct hprof_profile *p,
		    const struct hp_samples *all, struct hprof_error *err)
{
	sums->total = calloc((size_t)p->n_types + 1, sizeof(double));
	sums->recorded = calloc((size_t)p->n_types + 1, sizeof(double));
	if (!sums->total || !sums->recorded)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; t < p->n_types; t++) {
		if (!all->estimate[t])
			continue;
		for (uint32_t i = 0; i < all->n; i++) {
			sums->total[t] += all->estimate[t][i];
			sums->recorded[t] += all->recorded[t][i];
		}
	}
	for (uint32_t i = 0; i < p->maps.n; i++)
		if (p->maps.perms[i] & HP_MAP_WRITE)
			sums->private_bytes += (double)(p->maps.limit[i] - p->maps.start[i]);
	return HPROF_OK;
}

/* What a hint about @p alone begins with: "FILE: " where there are several, in @buf. */
static const char *subject(char buf[HP_QUOTED_MAX + 2], const struct hprof_view *v,
			   const struct hprof_profile *p)
{
	char quoted[HP_QUOTED_MAX];

	buf[0] = '\0';
	if (v->n_profiles > 1)
		(void)snprintf(buf, HP_QUOTED_MAX + 2,
			       "%s: ", hp_quote(quoted, hp_profile_str(p, p->input))); /* fits */
	return buf;
}

static void hint_no_samples(struct hp_info *info, const struct hprof_view *v,
			    const struct hprof_profile *p)
{
	const struct hp_advice *advice = hp_advice_of(p);
	char period[HP_NUMBER_MAX], of[HP_QUOTED_MAX + 2];

	subject(of, v, p);
	if (p->snapshots.n && !p->snapshots.values.n)
		hint(info,
		     "%sno snapshot has a tree, as with --heap=no: \"hprof timeline\" shows the "
		     "totals",
		     of);
	else if (p->all.n == 0 && !p->snapshots.n && !hp_profile_period(p))
		hint(info, "%sno samples: %s", of,
		     advice->no_exact ? advice->no_exact
				      : "nothing was allocated, or all was freed");
	else if (p->all.n == 0 && !p->snapshots.n)
		hint(info,
		     "%sno samples: %s, or nothing of the %s between two samples has been "
		     "allocated yet",
		     of, advice->no_samples ? advice->no_samples : "profiling was not active",
		     hp_format_bytes(period, (double)hp_profile_period(p), HPROF_UNIT_AUTO));
}

/* Number of frames between the root and each node of the tree. */
static uint32_t *depths(const struct hprof_view *v)
{
	uint32_t *depth = calloc(v->tree.n, sizeof(*depth));

	for (uint32_t i = 1; depth && i < v->tree.n; i++)
		depth[i] = depth[v->tree.parent[i]] + 1;
	return depth;
}

static int hint_shallow(struct hp_info *info, const struct hprof_view *v, struct hprof_error *err)
{
	const struct hp_vtype *type = &v->types[v->chosen];
	const char *unwind = NULL;
	double all = 0, shallow = 0;
	uint32_t *depth, deepest = 0;
	bool any = false;

	for (size_t i = 0; i < v->n_profiles; i++) {
		const struct hprof_profile *p = v->profiles[i];
		const char *of = hp_advice_of(p)->unwind;

		if (!of || (unwind && strcmp(of, unwind) != 0))
			return HPROF_OK; /* some unwind by themselves, or need other advice */
		unwind = of;
		any |= hp_view_all(v, i)->n > 0;
		deepest = p->max_depth > deepest ? p->max_depth : deepest;
	}
	if (!any)
		return HPROF_OK;
	depth = depths(v);
	if (!depth)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < v->tree.n; i++) {
		all += type->now[i];
		if (depth[i] <= 1)
			shallow += type->now[i];
	}
	free(depth);
	if (deepest > 2 && !(all > 0 && shallow > MOST * all))
		return HPROF_OK;
	hint(info, "most stacks end after one or two frames: %s", unwind);
	return HPROF_OK;
}

/* What to do about the module that holds most of the bytes without names. */
static void hint_module(struct hp_info *info, const struct hprof_profile *p,
			const struct hp_module *m, const char *share)
{
	const char *foreign = hp_profile_foreign_files(p);
	char path[HP_QUOTED_MAX];

	hp_quote(path, hp_profile_str(p, m->path));
	if (foreign && m->status == HP_MODULE_MISSING) {
		hint(info,
		     "%s of the bytes have no function name; most are in %s: %s cannot be read; "
		     "\"jeprof --raw\" on that system writes a profile with names, which is read "
		     "here",
		     share, path, foreign);
		return;
	}
	switch (m->status) {
	case HP_MODULE_MISSING:
	case HP_MODULE_UNREADABLE:
		hint(info,
		     "%s of the bytes have no function name; most are in %s, which was not found "
		     "or "
		     "cannot be read: %s",
		     share, path,
		     m->main ? "give it as BINARY, or its folder with --sysroot or --path-map"
			     : "give a copy of that system with --sysroot, or --path-map OLD=NEW");
		return;
	case HP_MODULE_MISMATCH:
		hint(info,
		     "%s of the bytes have no function name; most are in %s, and the file found is "
		     "another build: give the one that ran%s",
		     share, path, m->main ? " as BINARY" : " with --sysroot");
		return;
	case HP_MODULE_OK:
		if (m->symbols == HP_SYMBOLS_SYMTAB || m->symbols == HP_SYMBOLS_DWARF) {
			hint(info,
			     "%s of the bytes have no function name; most are in %s, in code that "
			     "its symbols do not name%s",
			     share, path,
			     m->n_named ? ""
					: ": the file may be another build than the one that ran");
			return;
		}
		hint(info,
		     "%s of the bytes have no function name; most are in %s, which is stripped: "
		     "install its debug package, or give its debug files with --debug-dir",
		     share, path);
		return;
	case HP_MODULE_SPECIAL:
		hint(info,
		     "%s of the bytes have no function name; most are in %s, memory without a "
		     "file: "
		     "if a program made code there, give its names with --perf-map",
		     share, path);
		return;
	case HP_MODULE_UNREAD:
		return;
	}
}

/* The frame without a name, in @module of the view, that most ends in; NULL: none. */
static const struct hp_vframe *nameless_frame(const struct hprof_view *v, uint32_t module)
{
	const double *now = v->types[v->chosen].now;
	const struct hp_vframe *best = NULL;
	double most = 0;

	for (uint32_t i = 1; i < v->tree.n; i++) {
		const struct hp_vframe *f = &v->frames[v->tree.frame[i]];
		uint32_t at = f->module == HP_NONE ? v->n_modules : f->module;

		if (at != module || f->func != HP_NONE || !(now[i] > most))
			continue;
		most = now[i];
		best = f;
	}
	return best;
}

/* The module that @f was met in first; modules of a view are not rows of its profiles. */
static void hint_place(struct hp_info *info, const struct hprof_view *v, const struct hp_vframe *f,
		       const char *share)
{
	const struct hprof_profile *p = v->profiles[f->loc == HP_NONE ? 0 : f->profile];
	uint32_t module = f->loc == HP_NONE ? HP_NONE : p->locs.module[f->loc].i;
	const char *no_maps = hp_advice_of(p)->no_maps;

	if (module != HP_NONE)
		hint_module(info, p, &p->modules.row[module], share);
	else
		hint(info, "%s of the bytes have no function name: %s", share,
		     !f->no_maps ? "their addresses are outside every mapping"
		     : no_maps   ? no_maps
				 : "the file has no mappings");
}

/* Bytes of the stacks whose leaf has no name, and the module with most of them. */
static int hint_nameless(struct hp_info *info, const struct hprof_view *v, struct hprof_error *err)
{
	const struct hp_vtype *type = &v->types[v->chosen];
	double *bytes = calloc((size_t)v->n_modules + 1, sizeof(*bytes)), all = 0, nameless = 0;
	uint32_t worst = v->n_modules;
	char share[HP_NUMBER_MAX];
	const struct hp_vframe *example;

	if (!bytes)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < v->tree.n; i++) {
		const struct hp_vframe *f = &v->frames[v->tree.frame[i]];
		uint32_t module = f->module == HP_NONE ? v->n_modules : f->module;

		all += type->now[i];
		if (f->func != HP_NONE)
			continue;
		nameless += type->now[i];
		bytes[module] += type->now[i];
		if (bytes[module] > bytes[worst])
			worst = module;
	}
	free(bytes);
	if (!(all > 0) || nameless <= MOST * all)
		return HPROF_OK;
	hp_format_percent(share, nameless, all);
	example = nameless_frame(v, worst);
	if (example)
		hint_place(info, v, example, share);
	return HPROF_OK;
}

/* A function that is the leaf of nearly all stacks wraps the allocator. */
static int hint_wrapper(struct hp_info *info, const struct hprof_view *v, struct hprof_error *err)
{
	const struct hp_vtype *type = &v->types[v->chosen];
	uint32_t *leaves = calloc((size_t)v->n_funcs + 1, sizeof(*leaves));
	uint32_t n = 0, most = 0;
	struct hp_slice full;

	if (!leaves)
		return hp_fail_nomem(err);
	for (uint32_t i = 1; i < v->tree.n; i++) {
		const struct hp_vframe *f = &v->frames[v->tree.frame[i]];

		if (type->now[i] == 0)
			continue;
		n++;
		if (f->func != HP_NONE && f->has_addr &&
		    ++leaves[v->funcs[f->func].group] > leaves[most])
			most = v->funcs[f->func].group;
	}
	if (n >= 5 && leaves[most] >= NEARLY_ALL * n) {
		full = hp_view_str(v, v->funcs[most].full);
		hint(info,
		     "%s ends %u of %u stacks: if it is an allocation function of your own, cut "
		     "it: "
		     "--alloc-fn '^\\Q%.*s\\E$'",
		     hp_view_str(v, v->funcs[most].name).ptr, leaves[most], n,
		     full.len < HP_HINT_BYTES / 2 ? (int)full.len : HP_HINT_BYTES / 2, full.ptr);
	}
	free(leaves);
	return HPROF_OK;
}

/*
 * Before anything is cut: an address without a name that ends nearly all stacks, in a module
 * other than an allocator's, is an allocator inside a stripped program.
 */
static int hint_stripped(struct hp_info *info, const struct hprof_view *v, size_t number,
			 struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[number];
	const struct hp_samples *all = hp_view_all(v, number);
	uint32_t *leaves = calloc((size_t)p->locs.n + 1, sizeof(*leaves)), most = 0;
	char path[HP_QUOTED_MAX], of[HP_QUOTED_MAX + 2];
	const struct hp_module *m;

	if (!leaves)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < all->n; i++) {
		uint32_t loc = p->stacks.loc[all->stack[i].i].i;

		if (all->stack[i].i == 0 || p->locs.frame_n[loc] || p->locs.map[loc].i == HP_NONE)
			continue;
		if (++leaves[loc] > leaves[most])
			most = loc;
	}
	if (all->n >= 5 && leaves[most] >= NEARLY_ALL * all->n) {
		m = &p->modules.row[p->maps.module[p->locs.map[most].i].i];
		if (m->status != HP_MODULE_SPECIAL &&
		    !hp_allocator_of_module(hp_profile_str(p, m->path)))
			hint(info,
			     "%s%u of %" PRIu32
			     " stacks end at one address without a name in %s: an "
			     "allocator inside a stripped program? its frames are cut only where "
			     "they "
			     "have names: give the unstripped program or its debug file",
			     subject(of, v, p), leaves[most], all->n,
			     hp_quote(path, hp_profile_str(p, m->path)));
	}
	free(leaves);
	return HPROF_OK;
}

static void hint_rss(struct hp_info *info, const struct hprof_view *v)
{
	const struct hprof_profile *p = v->profiles[0];
	double private_bytes = info->of[0].private_bytes;
	char text[HP_NUMBER_MAX];
	/* not all writers list such memory; of several profiles each had its own */
	bool known = v->n_profiles == 1 && p->has_maps && private_bytes > 0, any = false;

	for (size_t i = 0; i < v->n_profiles; i++)
		any |= hp_view_all(v, i)->n > 0;
	if (!any)
		return;
	hp_format_bytes(text, private_bytes, HPROF_UNIT_AUTO);
	hint(info,
	     "the total is not the RSS: it is that of live objects alone, without the "
	     "allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others "
	     "and what was allocated before profiling began%s%s%s",
	     known ? " (the process had " : "", known ? text : "",
	     known ? " of writable memory mapped)" : "");
}

static int describe(struct hp_info *info, const struct hprof_view *v, struct hprof_error *err)
{
	int r = HPROF_OK;

	info->n = v->n_profiles + v->n_bases;
	info->of = calloc(info->n, sizeof(*info->of));
	if (!info->of)
		return hp_fail_nomem(err);
	for (size_t i = 0; r == HPROF_OK && i < info->n; i++)
		r = add_sums(&info->of[i], v->profiles[i], hp_view_all(v, i), err);
	for (size_t i = 0; r == HPROF_OK && i < v->n_profiles; i++)
		hint_no_samples(info, v, v->profiles[i]);
	if (r == HPROF_OK)
		r = hint_shallow(info, v, err);
	if (r == HPROF_OK)
		r = hint_nameless(info, v, err);
	if (r == HPROF_OK)
		r = hint_wrapper(info, v, err);
	for (size_t i = 0; r == HPROF_OK && i < v->n_profiles; i++)
		r = hint_stripped(info, v, i, err);
	if (r == HPROF_OK)
		hint_rss(info, v);
	return r;
}

int hp_info_new(const struct hprof_view *v, struct hp_info **out, struct hprof_error *err)
{
	struct hp_info *info = calloc(1, sizeof(*info));
	int r = info ? describe(info, v, err) : hp_fail_nomem(err);

	if (r < 0)
		hp_info_free(info);
	else
		*out = info;
	return r;
}

void hp_info_free(struct hp_info *info)
{
	if (!info)
		return;
	for (size_t i = 0; info->of && i < info->n; i++) {
		free(info->of[i].total);
		free(info->of[i].recorded);
	}
	free(info->of);
	free(info);
}

const char *hp_module_status_name(enum hp_module_status s)
{
	switch (s) {
	case HP_MODULE_UNREAD:
		return "unread";
	case HP_MODULE_OK:
		return "ok";
	case HP_MODULE_MISSING:
		return "missing";
	case HP_MODULE_MISMATCH:
		return "mismatch";
	case HP_MODULE_UNREADABLE:
		return "unreadable";
	case HP_MODULE_SPECIAL:
		return "special";
	}
	return "unread";
}

const char *hp_module_symbols_name(enum hp_module_symbols s)
{
	switch (s) {
	case HP_SYMBOLS_NONE:
		return "none";
	case HP_SYMBOLS_DYNSYM:
		return "dynsym";
	case HP_SYMBOLS_MINIDEBUG:
		return "minidebug";
	case HP_SYMBOLS_SYMTAB:
		return "symtab";
	case HP_SYMBOLS_DWARF:
		return "dwarf";
	case HP_SYMBOLS_PERF_MAP:
		return "perf-map";
	case HP_SYMBOLS_INSIDE:
		return "inside";
	}
	return "none";
}
