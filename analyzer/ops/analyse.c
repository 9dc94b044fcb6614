/* analyse.c - from profiles to a tree of frames with values. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/regex.h"
#include "analyzer/ops/apply_filters.h"
#include "analyzer/ops/bare.h"
#include "analyzer/ops/choose_types.h"
#include "analyzer/ops/disambiguate.h"
#include "analyzer/ops/merge_modules.h"
#include "analyzer/ops/shrunk.h"
#include "analyzer/ops/stem.h"
#include "analyzer/ops/tree_builder.h"

/* --- values --- */

static int new_columns(struct hprof_view *v, struct hprof_error *err)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		type->now = calloc(v->tree.n, sizeof(double));
		type->variance = calloc(v->tree.n, sizeof(double));
		type->value = type->now;
		if (!type->now || !type->variance)
			return hp_fail_nomem(err);
		if (!v->n_bases)
			continue;
		type->base = calloc(v->tree.n, sizeof(double));
		type->value = calloc(v->tree.n, sizeof(double));
		if (!type->base || !type->value)
			return hp_fail_nomem(err);
	}
	return HPROF_OK;
}

/* Differences, once all values are in their columns. */
static int subtract(struct hprof_view *v, struct hprof_error *err)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		for (uint32_t i = 0; type->base && i < v->tree.n; i++)
			type->value[i] = type->now[i] - type->base[i];
	}
	return v->n_bases && v->opts.drop_negative ? hp_drop_shrunk(v, err) : HPROF_OK;
}

static void sum_up(struct hprof_view *v)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		type->total = (struct hp_amount){0};
		for (uint32_t i = 0; i < v->tree.n; i++) {
			const struct hp_amount own = hp_vtype_amount(type, i);

			hp_amount_add(&type->total, &own);
		}
	}
}

/* The totals that --focus, --ignore and --thread choose from. */
static void sum_unfiltered(struct hprof_view *v)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];
		double sum = 0;

		type->unfocused = type->unfiltered = type->total.delta;
		if (!v->opts.thread ||
		    v->opts.drop_negative) /* the view has the stacks of the chosen threads only */
			continue;
		for (size_t n = 0; n < v->n_profiles + v->n_bases; n++) {
			double all = hp_samples_sum(
				hp_view_all(v, n),
				hp_profile_type(v->profiles[n], hp_view_str(v, type->name)));

			sum += n < v->n_profiles ? all : -all;
		}
		type->unfiltered = sum;
	}
}

/* --- making a view --- */

/* A thread that is in none of the profiles is an error; in one of two it came or went. */
static int check_thread(const struct hprof_view *v, const struct hp_tree_builder *in, size_t n,
			struct hprof_error *err)
{
	struct hp_slice input = hp_profile_str(v->profiles[0], v->profiles[0]->input);
	char quoted[HP_QUOTED_MAX];

	for (size_t i = 0; i < n; i++)
		if (in[i].thread_found)
			return HPROF_OK;
	return hp_fail(err, HPROF_ENODATA,
		       "%.*s: no thread has the id or a name that matches %s (\"hprof info\" lists "
		       "the threads)",
		       (int)input.len, input.ptr, hp_quote(quoted, hp_slice_str(v->opts.thread)));
}

/* Which node each sample went to, taken over from @in. */
static int keep_nodes(struct hprof_view *v, struct hp_tree_builder *in, struct hprof_error *err)
{
	v->sample_node = calloc(v->n_profiles, sizeof(*v->sample_node));
	if (!v->sample_node)
		return hp_fail_nomem(err);
	for (size_t i = 0; i < v->n_profiles; i++) {
		v->sample_node[i] = in[i].sample_node;
		in[i].sample_node = NULL;
	}
	return HPROF_OK;
}

/* The tree and the columns of all profiles. */
static int fill(struct hprof_view *v, struct hp_regex **alloc_fns, struct hprof_error *err)
{
	size_t n = v->n_profiles + v->n_bases;
	struct hp_tree_builder *in = calloc(n, sizeof(*in));
	uint32_t **module = calloc(n, sizeof(*module));
	int r = in && module ? hp_merge_modules(v, module, err) : hp_fail_nomem(err);

	if (r == HPROF_OK)
		r = hp_bares_find(v, err);
	if (r == HPROF_OK)
		r = hp_name_clashes_find(v, module, err);
	if (r == HPROF_OK)
		r = hp_stems_find(v, module, err);
	v->thread_by_id = v->opts.thread && hp_view_is_thread_id(v, v->opts.thread);
	for (size_t i = 0; r == HPROF_OK && i < n; i++) {
		r = hp_tree_add_profile(&in[i], v, i, module[i], alloc_fns, err);
		module[i] = NULL; /* freed with in[i] */
		v->counts[i] = in[i].counts;
	}
	if (r == HPROF_OK && v->opts.thread)
		r = check_thread(v, in, n, err);
	if (r == HPROF_OK)
		r = new_columns(v, err);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		hp_tree_add_values(&in[i], i >= v->n_profiles);
	if (r == HPROF_OK)
		r = hp_tree_find_threads(&in[0], err);
	if (r == HPROF_OK && (v->opts.moments || v->opts.shares))
		r = keep_nodes(v, in, err);
	for (size_t i = 0; in && i < n; i++)
		hp_tree_builder_release(&in[i]);
	for (size_t i = 0; module && i < n; i++)
		free(module[i]);
	free(module);
	free(in);
	return r;
}

/* Whether @re matches a function of any profile or base of @v: 1, 0, error. */
static int names_function(const struct hprof_view *v, struct hp_regex *re, struct hprof_error *err)
{
	for (size_t i = 0; i < v->n_profiles + v->n_bases; i++) {
		const struct hprof_profile *p = v->profiles[i];

		for (uint32_t f = 0; f < p->funcs.n; f++) {
			int r = hp_regex_match(re, hp_profile_str(p, p->funcs.full[f]), err);

			if (r != 0)
				return r;
		}
	}
	return 0;
}

static int note_unmet_allocators(struct hprof_view *v, struct hp_regex **alloc_fns,
				 struct hprof_error *err)
{
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < v->opts.n_alloc_fns; i++) {
		int found = names_function(v, alloc_fns[i], err);

		if (found < 0)
			r = found;
		else if (!found)
			r = hp_view_note_unmet(v, "alloc-fn", v->opts.alloc_fns[i], "function",
					       err);
	}
	return r;
}

static int build(struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_view_opts *o = &v->opts;
	struct hp_regex **alloc_fns = calloc(o->n_alloc_fns + 1, sizeof(struct hp_regex *));
	uint32_t root;
	int r = alloc_fns ? HPROF_OK : hp_fail_nomem(err);

	for (size_t i = 0; r == HPROF_OK && i < o->n_alloc_fns; i++)
		r = hp_regex_new(o->alloc_fns[i], &alloc_fns[i], err);
	if (r == HPROF_OK)
		r = hp_view_choose_types(v, err);
	if (r == HPROF_OK)
		r = hp_tree_add(&v->tree, v->seed, HP_NONE, HP_NONE, &root, err);
	if (r == HPROF_OK)
		r = fill(v, alloc_fns, err);
	if (r == HPROF_OK)
		r = note_unmet_allocators(v, alloc_fns, err);
	for (size_t i = 0; alloc_fns && i < o->n_alloc_fns; i++)
		hp_regex_free(alloc_fns[i]);
	free(alloc_fns);
	if (r == HPROF_OK)
		r = subtract(v, err);
	if (r < 0)
		return r;
	sum_up(v);
	sum_unfiltered(v);
	r = hp_view_apply_filters(v, err);
	sum_up(v);
	hp_index_release(&v->frame_index); /* nothing is added any more */
	hp_index_release(&v->tree.index);
	return r < 0 ? r : hp_name_clashes_label(v, err);
}

/* Take over what the view is made of: sources[n] are the next from place @first on. */
static int take_sources(struct hprof_view *v, const struct hprof_source *sources, size_t first,
			size_t n, struct hprof_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct hprof_source *s = &sources[i];
		struct hp_view_source *to = &v->sources[first + i];

		if (!hp_source_valid(s))
			return hp_fail(err, HPROF_EINVAL,
				       "no snapshot %" PRId64 ": there are %" PRIu32, s->snapshot,
				       s->profile->snapshots.n);
		v->profiles[first + i] = s->profile;
		to->snapshot = hp_source_snapshot(s);
		if (s->note && *s->note && !(to->note = strdup(s->note)))
			return hp_fail_nomem(err);
	}
	return HPROF_OK;
}

int hprof_view_new(const struct hprof_source *sources, size_t n, const struct hprof_source *bases,
		   size_t n_bases, const struct hprof_view_opts *opts, struct hprof_view **out,
		   struct hprof_error *err)
{
	struct hprof_view *v;
	int r;

	if (n == 0)
		return hp_fail(err, HPROF_EINVAL, "no profile to analyse");
	if (opts && opts->thread_roots && opts->moments)
		return hp_fail(err, HPROF_EINVAL, "moments are not kept per thread");
	v = calloc(1, sizeof(*v));
	if (!v)
		return hp_fail_nomem(err);
	if (opts)
		v->opts = *opts;
	v->n_profiles = n;
	v->n_bases = n_bases;
	v->seed = hp_hash_seed();
	v->profiles = calloc(n + n_bases, sizeof(struct hprof_profile *));
	v->sources = calloc(n + n_bases, sizeof(*v->sources));
	v->counts = calloc(n + n_bases, sizeof(*v->counts));
	r = v->profiles && v->sources && v->counts ? HPROF_OK : hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = take_sources(v, sources, 0, n, err);
	if (r == HPROF_OK)
		r = take_sources(v, bases, n, n_bases, err);
	if (r == HPROF_OK) {
		hp_strtab_init_above(&v->str, &v->profiles[0]->str);
		r = build(v, err);
	}
	if (r < 0) {
		hprof_view_free(v);
		return r;
	}
	*out = v;
	return HPROF_OK;
}

void hprof_view_free(struct hprof_view *v)
{
	if (!v)
		return;
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		if (type->value != type->now)
			free(type->value);
		free(type->now);
		free(type->base);
		free(type->variance);
	}
	for (size_t i = 0; i < v->n_notes; i++)
		free(v->note[i]);
	free(v->note);
	free(v->types);
	free(v->node_thread);
	for (size_t i = 0; v->sample_node && i < v->n_profiles; i++)
		free(v->sample_node[i]);
	free(v->sample_node);
	for (size_t i = 0; v->sources && i < v->n_profiles + v->n_bases; i++)
		free(v->sources[i].note);
	free(v->sources);
	free(v->profiles);
	free(v->counts);
	hp_strtab_release(&v->str);
	free(v->modules);
	free(v->funcs);
	hp_index_release(&v->func_index);
	hp_index_release(&v->group_index);
	hp_name_clashes_free(v->clashes);
	hp_bares_free(v->bares);
	hp_stems_free(v->stems);
	free(v->frames);
	hp_index_release(&v->frame_index);
	hp_tree_release(&v->tree);
	free(v);
}
