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

static void add_totals(struct hp_info *info, const struct hprof_profile *p)
{
	for (uint32_t t = 0; t < p->n_types; t++) {
		if (!p->all.estimate[t])
			continue;
		for (uint32_t i = 0; i < p->all.n; i++) {
			info->total[t] += p->all.estimate[t][i];
			info->recorded[t] += p->all.recorded[t][i];
		}
	}
	for (uint32_t i = 0; i < p->maps.n; i++)
		if (p->maps.perms[i] & HP_MAP_WRITE)
			info->private_bytes += (double)(p->maps.limit[i] - p->maps.start[i]);
}

static void hint_no_samples(struct hp_info *info, const struct hprof_profile *p)
{
	const struct hp_advice *advice = hp_advice_of(p);
	char period[HP_NUMBER_MAX];

	if (p->snapshots.n && !p->snapshots.n_values)
		hint(info,
		     "no snapshot has a tree, as with --heap=no: \"hprof timeline\" shows the "
		     "totals");
	else if (p->all.n == 0 && !p->snapshots.n && !p->sampling_period && !p->scaled_period)
		hint(info, "no samples: %s",
		     advice->no_exact ? advice->no_exact
				      : "nothing was allocated, or all was freed");
	else if (p->all.n == 0 && !p->snapshots.n)
		hint(info,
		     "no samples: %s, or nothing of the %s between two samples has been allocated "
		     "yet",
		     advice->no_samples ? advice->no_samples : "profiling was not active",
		     hp_format_bytes(
			     period,
			     (double)(p->sampling_period ? p->sampling_period : p->scaled_period),
			     HPROF_UNIT_AUTO));
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
	const struct hprof_profile *p = v->profiles[0];
	const struct hp_vtype *type = &v->types[v->chosen];
	const struct hp_advice *advice = hp_advice_of(p);
	double all = 0, shallow = 0;
	uint32_t *depth;

	if (p->all.n == 0 || !advice->unwind) /* others unwind by themselves, or count no stacks */
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
	if (p->max_depth > 2 && !(all > 0 && shallow > MOST * all))
		return HPROF_OK;
	hint(info, "most stacks end after one or two frames: %s", advice->unwind);
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

/* Bytes of the stacks whose leaf has no name, and the module with most of them. */
static int hint_nameless(struct hp_info *info, const struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0];
	const struct hp_vtype *type = &v->types[v->chosen];
	double *bytes = calloc((size_t)v->n_modules + 1, sizeof(*bytes)), all = 0, nameless = 0;
	const struct hp_advice *advice = hp_advice_of(p);
	uint32_t worst = v->n_modules;
	char share[HP_NUMBER_MAX];

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
	if (worst == v->n_modules)
		hint(info, "%s of the bytes have no function name: %s", share,
		     p->has_maps       ? "their addresses are outside every mapping"
		     : advice->no_maps ? advice->no_maps
				       : "the file has no mappings");
	else
		hint_module(info, p, &p->modules.row[worst], share);
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
 * that is no allocator's, is an allocator inside a stripped program.
 */
static int hint_stripped(struct hp_info *info, const struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0];
	uint32_t *leaves = calloc((size_t)p->locs.n + 1, sizeof(*leaves)), most = 0;
	const struct hp_module *m;
	char path[HP_QUOTED_MAX];

	if (!leaves)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < p->all.n; i++) {
		uint32_t loc = p->stacks.loc[p->all.stack[i].i].i;

		if (p->all.stack[i].i == 0 || p->locs.frame_n[loc] || p->locs.map[loc].i == HP_NONE)
			continue;
		if (++leaves[loc] > leaves[most])
			most = loc;
	}
	if (p->all.n >= 5 && leaves[most] >= NEARLY_ALL * p->all.n) {
		m = &p->modules.row[p->maps.module[p->locs.map[most].i].i];
		if (m->status != HP_MODULE_SPECIAL &&
		    !hp_allocator_of_module(hp_profile_str(p, m->path)))
			hint(info,
			     "%u of %" PRIu32 " stacks end at one address without a name in %s: an "
			     "allocator inside a stripped program? its frames are cut only where "
			     "they "
			     "have names: give the unstripped program or its debug file",
			     leaves[most], p->all.n, hp_quote(path, hp_profile_str(p, m->path)));
	}
	free(leaves);
	return HPROF_OK;
}

static void hint_rss(struct hp_info *info, const struct hprof_profile *p)
{
	char private_bytes[HP_NUMBER_MAX];
	bool known = p->has_maps && info->private_bytes > 0; /* not all writers list such memory */

	if (p->all.n == 0)
		return;
	hp_format_bytes(private_bytes, info->private_bytes, HPROF_UNIT_AUTO);
	hint(info,
	     "the total is not the RSS: it is that of live objects alone, without the "
	     "allocator's metadata, fragmentation and unused pages, thread stacks, mmap by others "
	     "and what was allocated before profiling began%s%s%s",
	     known ? " (the process had " : "", known ? private_bytes : "",
	     known ? " of writable memory mapped)" : "");
}

int hp_info_new(const struct hprof_view *v, struct hp_info **out, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0];
	struct hp_info *info = calloc(1, sizeof(*info));
	int r;

	if (!info)
		return hp_fail_nomem(err);
	info->counts = v->counts;
	info->total = calloc(p->n_types ? p->n_types : 1, sizeof(double));
	info->recorded = calloc(p->n_types ? p->n_types : 1, sizeof(double));
	if (!info->total || !info->recorded) {
		hp_info_free(info);
		return hp_fail_nomem(err);
	}
	add_totals(info, p);
	hint_no_samples(info, p);
	r = hint_shallow(info, v, err);
	if (r == HPROF_OK)
		r = hint_nameless(info, v, err);
	if (r == HPROF_OK)
		r = hint_wrapper(info, v, err);
	if (r == HPROF_OK)
		r = hint_stripped(info, v, err);
	if (r < 0) {
		hp_info_free(info);
		return r;
	}
	hint_rss(info, p);
	*out = info;
	return HPROF_OK;
}

void hp_info_free(struct hp_info *info)
{
	if (!info)
		return;
	free(info->total);
	free(info->recorded);
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
