/* view.c - from profiles to a tree of frames with values. */
#include "analyzer/ops/view.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/scan.h"
#include "analyzer/ops/filter.h"
#include "analyzer/ops/prune.h"
#include "analyzer/ops/unify.h"

/* --- sample types --- */

/* Index of the type called @name that @p has data for, HP_NONE if none. */
static uint32_t find_type(const struct hprof_profile *p, struct hp_slice name)
{
	for (uint32_t t = 0; t < p->n_types; t++)
		if (!p->types[t].absent && hp_slice_same(hp_profile_str(p, p->types[t].name), name))
			return t;
	return HP_NONE;
}

static int no_such_type(const struct hprof_profile *p, const char *name, struct hprof_error *err)
{
	struct hp_slice input = hp_profile_str(p, p->input);
	bool known = false;

	for (uint32_t t = 0; t < p->n_types; t++)
		known |= hp_slice_same(hp_profile_str(p, p->types[t].name), hp_slice_str(name));
	if (known && strncmp(name, "alloc_", 6) == 0)
		return hp_fail(err, HPROF_ENODATA,
			       "%.*s: no %s in this file: its writer did not accumulate "
			       "(run the program with prof_accum:true)",
			       (int)input.len, input.ptr, name);
	return hp_fail(err, HPROF_ENODATA, "%.*s: no sample type %s in this file", (int)input.len,
		       input.ptr, name);
}

static int add_type(struct hprof_view *v, const struct hprof_profile *p, uint32_t t,
		    struct hprof_error *err)
{
	struct hp_vtype *type = &v->types[v->n_types];
	int r;

	*type = (struct hp_vtype){.unit = p->types[t].unit};
	r = hp_strtab_add(&v->str, hp_profile_str(p, p->types[t].name), &type->name, err);
	if (r == HPROF_OK)
		v->n_types++;
	return r;
}

/* The types to compute: the one asked for, which every profile must have, or all in common. */
static int choose_types(struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_profile *p = v->profiles[0];
	const char *name = v->opts.sample_type;
	hp_strid chosen = p->types[p->default_type].name;
	int r = HPROF_OK;

	if (!name)
		name = p->str.ptr[chosen.i];
	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		if (find_type(v->profiles[n], hp_slice_str(name)) == HP_NONE)
			return no_such_type(v->profiles[n], name, err);
	v->types = calloc(p->n_types, sizeof(*v->types));
	if (!v->types)
		return hp_fail_nomem(err);
	for (uint32_t t = 0; r == HPROF_OK && t < p->n_types; t++) {
		struct hp_slice text = hp_profile_str(p, p->types[t].name);
		bool is_chosen = hp_slice_same(text, hp_slice_str(name));
		bool common = !p->types[t].absent;

		for (size_t n = 1; n < v->n_profiles + v->n_bases; n++)
			common &= find_type(v->profiles[n], text) != HP_NONE;
		if (!common || (!is_chosen && !v->opts.all_types))
			continue;
		if (is_chosen)
			v->chosen = v->n_types;
		r = add_type(v, p, t, err);
	}
	return r;
}

/* --- from one profile into the tree --- */

struct inflow {
	struct hprof_view *v;
	const struct hprof_profile *p;
	const struct hp_samples *samples;
	struct hp_unifier unifier;
	struct hp_pruner pruner;
	bool *thread;          /* [threads.n] wanted; NULL: no choice */
	uint32_t *node;        /* [stacks.n] row of the tree of a whole stack */
	bool *needed;          /* [stacks.n] a sample ends there or below */
	struct hp_leaf *leaf;  /* [samples.n] */
	uint32_t *sample_node; /* [samples.n] row of the tree; HP_NONE: left out */
};

static bool wanted(const struct inflow *in, uint32_t sample)
{
	return !in->thread || in->thread[in->samples->thread[sample].i];
}

static int find_leaves(struct inflow *in, struct hprof_error *err)
{
	const struct hp_stacks *s = &in->p->stacks;

	for (uint32_t i = 0; i < in->samples->n; i++) {
		hp_stackid stack = in->samples->stack[i];
		int r;

		if (!wanted(in, i))
			continue;
		r = hp_pruner_leaf(&in->pruner, stack, &in->leaf[i], err);
		if (r < 0)
			return r;
		in->needed[in->leaf[i].stack.i] = true;
		in->v->counts.stacks++;
		in->v->counts.cut_stacks += in->leaf[i].n_cut > 0;
		in->v->counts.cut_frames += in->leaf[i].n_cut;
	}
	for (uint32_t i = s->n; i-- > 1;)
		if (in->needed[i])
			in->needed[s->parent[i].i] = true;
	return HPROF_OK;
}

/* Add the frames of stack row @i below its caller, but for the @skip innermost. */
static int add_frames(struct inflow *in, uint32_t i, uint32_t skip, uint32_t *out,
		      struct hprof_error *err)
{
	const struct hp_stacks *s = &in->p->stacks;
	uint32_t at = in->node[s->parent[i].i], n;
	const uint32_t *frame;
	int r = hp_unify_frames(&in->unifier, s->loc[i], &frame, &n, err);

	while (r == HPROF_OK && n > skip)
		r = hp_tree_add(&in->v->tree, in->v->seed, at, frame[--n], &at, err);
	if (r == HPROF_OK)
		*out = at;
	return r;
}

static int map_stacks(struct inflow *in, struct hprof_error *err)
{
	int r = HPROF_OK;

	in->node[0] = 0;
	for (uint32_t i = 1; r == HPROF_OK && i < in->p->stacks.n; i++)
		if (in->needed[i])
			r = add_frames(in, i, 0, &in->node[i], err);
	return r;
}

static int add_no_stack(struct hprof_view *v, uint32_t *node, struct hprof_error *err)
{
	uint32_t frame;
	int r = hp_unify_synthetic(v, HP_LIT("[no stack]"), &frame, err);

	return r < 0 ? r : hp_tree_add(&v->tree, v->seed, 0, frame, node, err);
}

static int map_samples(struct inflow *in, struct hprof_error *err)
{
	for (uint32_t i = 0; i < in->samples->n; i++) {
		const struct hp_leaf *leaf = &in->leaf[i];
		uint32_t *node = &in->sample_node[i];
		int r = HPROF_OK;

		*node = HP_NONE;
		if (!wanted(in, i))
			continue;
		*node = in->node[leaf->stack.i];
		if (leaf->skip && !in->v->opts.no_inlines)
			r = add_frames(in, leaf->stack.i, leaf->skip, node, err);
		if (r == HPROF_OK && *node == 0)
			r = add_no_stack(in->v, node, err);
		if (r < 0)
			return r;
	}
	return HPROF_OK;
}

/* The threads that @spec, an id or an expression over names, stands for. */
static int choose_threads(struct inflow *in, const char *spec, struct hprof_error *err)
{
	const struct hp_threads *t = &in->p->threads;
	struct hp_slice input = hp_profile_str(in->p, in->p->input);
	char quoted[HP_QUOTED_MAX];
	struct hp_slice rest = hp_slice_str(spec);
	struct hp_regex *re = NULL;
	uint64_t number;
	bool is_id = hp_scan_u64(&rest, &number) && rest.len == 0, found = false;
	int r = is_id ? HPROF_OK : hp_regex_new(spec, &re, err);

	if (r < 0)
		return r;
	in->thread = calloc(t->n ? t->n : 1, sizeof(*in->thread));
	if (!in->thread)
		r = hp_fail_nomem(err);
	for (uint32_t i = 0; r >= 0 && i < t->n; i++) {
		if (is_id)
			in->thread[i] =
				hp_slice_same(hp_profile_str(in->p, t->id[i]), hp_slice_str(spec));
		else if (t->name[i].i)
			in->thread[i] = (r = hp_regex_match(re, hp_profile_str(in->p, t->name[i]),
							    err)) > 0;
		found |= in->thread[i];
	}
	hp_regex_free(re);
	if (r < 0)
		return r;
	if (!found)
		return hp_fail(err, HPROF_ENODATA,
			       "%.*s: no thread %s %s (\"hprof info\" lists the threads)",
			       (int)input.len, input.ptr, is_id ? "with id" : "whose name matches",
			       hp_quote(quoted, hp_slice_str(spec)));
	return HPROF_OK;
}

static void inflow_release(struct inflow *in)
{
	hp_unifier_release(&in->unifier);
	hp_pruner_release(&in->pruner);
	free(in->thread);
	free(in->node);
	free(in->needed);
	free(in->leaf);
	free(in->sample_node);
}

/* Fill the tree with the stacks of one profile; @module is freed with @in. */
static int flow_in(struct inflow *in, struct hprof_view *v, const struct hprof_profile *p,
		   uint32_t *module, struct hp_regex **alloc_fns, struct hprof_error *err)
{
	size_t n_stacks = p->stacks.n;
	int r = hp_unifier_init(&in->unifier, v, p, module, err);

	in->v = v;
	in->p = p;
	in->samples = v->opts.thread ? &p->by_thread : &p->all;
	if (r == HPROF_OK)
		r = hp_pruner_init(&in->pruner, p, v->opts.prune, alloc_fns, v->opts.n_alloc_fns,
				   err);
	if (r == HPROF_OK && v->opts.thread)
		r = choose_threads(in, v->opts.thread, err);
	if (r < 0)
		return r;
	in->node = calloc(n_stacks, sizeof(*in->node));
	in->needed = calloc(n_stacks, sizeof(*in->needed));
	in->leaf = calloc(in->samples->n + 1, sizeof(*in->leaf));
	in->sample_node = calloc(in->samples->n + 1, sizeof(*in->sample_node));
	if (!in->node || !in->needed || !in->leaf || !in->sample_node)
		return hp_fail_nomem(err);
	r = find_leaves(in, err);
	if (r == HPROF_OK)
		r = map_stacks(in, err);
	if (r == HPROF_OK)
		r = map_samples(in, err);
	return r;
}

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

/* Add the samples of one profile to their nodes. */
static void add_values(struct hprof_view *v, const struct inflow *in, bool is_base)
{
	const struct hp_samples *s = in->samples;

	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];
		uint32_t from = find_type(in->p, hp_view_str(v, type->name));
		double *to = is_base ? type->base : type->now;

		if (from == HP_NONE || !s->estimate[from])
			continue;
		for (uint32_t i = 0; i < s->n; i++) {
			uint32_t node = in->sample_node[i];

			if (node == HP_NONE)
				continue;
			to[node] += s->estimate[from][i];
			type->variance[node] += s->variance[from][i];
		}
	}
}

/* Differences, once all values are in their columns. */
static void subtract(struct hprof_view *v)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		for (uint32_t i = 0; type->base && i < v->tree.n; i++) {
			double d = type->now[i] - type->base[i];

			type->value[i] = v->opts.drop_negative && d < 0 ? 0 : d;
		}
	}
}

static void sum_up(struct hprof_view *v)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		type->total = type->total_now = type->total_base = type->total_variance = 0;
		for (uint32_t i = 0; i < v->tree.n; i++) {
			type->total += type->value[i];
			type->total_base += type->base ? type->base[i] : 0;
			type->total_now += type->now[i];
			type->total_variance += type->variance[i];
		}
	}
}

/* Nodes whose values all come from one thread, where that was recorded. */
static int find_threads(struct hprof_view *v, const struct inflow *in, struct hprof_error *err)
{
	const struct hp_samples *s = &in->p->by_thread;
	uint32_t *node, *several;

	if (s->n == 0 || v->n_profiles + v->n_bases > 1 || v->opts.n_hide || v->opts.n_show)
		return HPROF_OK;
	node = calloc(in->p->stacks.n, sizeof(*node));
	several = calloc(v->tree.n, sizeof(*several));
	v->node_thread = calloc(v->tree.n, sizeof(*v->node_thread));
	for (uint32_t i = 0; node && i < in->samples->n; i++)
		if (in->sample_node[i] != HP_NONE)
			node[in->samples->stack[i].i] = in->sample_node[i];
	for (uint32_t i = 0; node && several && v->node_thread && i < s->n; i++) {
		uint32_t *owner = &v->node_thread[node[s->stack[i].i]];

		if (in->thread && !in->thread[s->thread[i].i])
			continue;
		if (*owner && *owner != s->thread[i].i + 1)
			several[node[s->stack[i].i]] = 1;
		*owner = s->thread[i].i + 1;
	}
	for (uint32_t i = 0; several && v->node_thread && i < v->tree.n; i++)
		if (several[i])
			v->node_thread[i] = 0;
	free(node);
	free(several);
	return node && several && v->node_thread ? HPROF_OK : hp_fail_nomem(err);
}

/* The totals that --focus, --ignore and --thread choose from. */
static void sum_unfiltered(struct hprof_view *v)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];
		double sum = 0;

		for (size_t n = 0; v->opts.thread && n < v->n_profiles + v->n_bases; n++) {
			const struct hprof_profile *p = v->profiles[n];
			const double *column =
				p->all.estimate[find_type(p, hp_view_str(v, type->name))];

			for (uint32_t i = 0; i < p->all.n; i++)
				sum += n < v->n_profiles ? column[i] : -column[i];
		}
		type->unfiltered = v->opts.thread ? sum : type->total;
	}
}

/* --- filters over the finished tree --- */

static void clear_node(struct hprof_view *v, uint32_t i)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		type->now[i] = type->variance[i] = type->value[i] = 0;
		if (type->base)
			type->base[i] = 0;
	}
}

/* Keep the stacks that match each of the focus and none of the ignore expressions. */
static int focus(struct hprof_view *v, const struct hp_filter *f, size_t n, bool keep_matching,
		 struct hprof_error *err)
{
	bool *scratch = calloc(v->n_frames ? v->n_frames : 1, sizeof(*scratch));
	bool *on_path = calloc(v->tree.n, sizeof(*on_path));
	int r = scratch && on_path ? HPROF_OK : hp_fail_nomem(err);

	for (size_t k = 0; r == HPROF_OK && k < n; k++) {
		r = hp_filter_paths(v, &f[k], scratch, on_path, err);
		for (uint32_t i = 0; r == HPROF_OK && i < v->tree.n; i++)
			if (on_path[i] != keep_matching)
				clear_node(v, i);
	}
	free(scratch);
	free(on_path);
	return r;
}

/* Which frames hide and show expressions drop: @drop is [n_frames]. */
static int find_dropped(struct hprof_view *v, const struct hp_filter *hide,
			const struct hp_filter *show, bool *drop, struct hprof_error *err)
{
	bool *hit = calloc(v->n_frames ? v->n_frames : 1, sizeof(*hit));
	int r = hit ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t i = 0; i < v->n_frames; i++)
		drop[i] = v->opts.n_show > 0;
	for (size_t k = 0; r == HPROF_OK && k < v->opts.n_show; k++) {
		r = hp_filter_frames(v, &show[k], hit, err);
		for (uint32_t i = 0; r == HPROF_OK && i < v->n_frames; i++)
			drop[i] = drop[i] && !hit[i];
	}
	for (size_t k = 0; r == HPROF_OK && k < v->opts.n_hide; k++) {
		r = hp_filter_frames(v, &hide[k], hit, err);
		for (uint32_t i = 0; r == HPROF_OK && i < v->n_frames; i++)
			drop[i] = drop[i] || hit[i];
	}
	free(hit);
	return r;
}

/* Move column @column of the old tree to the rows of the new one. */
static int move_column(double **column, const uint32_t *to, uint32_t n_old, uint32_t n_new,
		       struct hprof_error *err)
{
	double *moved = calloc(n_new, sizeof(*moved));

	if (!moved)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < n_old; i++)
		moved[to[i]] += (*column)[i];
	free(*column);
	*column = moved;
	return HPROF_OK;
}

static int move_values(struct hprof_view *v, const uint32_t *to, uint32_t n_old,
		       struct hprof_error *err)
{
	int r = HPROF_OK;

	for (uint32_t t = 0; r == HPROF_OK && t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];
		bool own = type->value != type->now;

		r = move_column(&type->now, to, n_old, v->tree.n, err);
		if (!own)
			type->value = type->now;
		if (r == HPROF_OK)
			r = move_column(&type->variance, to, n_old, v->tree.n, err);
		if (r == HPROF_OK && own)
			r = move_column(&type->value, to, n_old, v->tree.n, err);
		if (r == HPROF_OK && type->base)
			r = move_column(&type->base, to, n_old, v->tree.n, err);
	}
	return r;
}

/*
 * Rebuild the tree without the dropped frames.  A stack that loses all of them stays under
 * "[hidden]", so that totals close.
 */
static int drop_frames(struct hprof_view *v, const bool *drop, uint32_t hidden,
		       struct hprof_error *err)
{
	struct hp_tree old = v->tree;
	uint32_t *to = calloc(old.n, sizeof(*to)), root;
	int r = to ? HPROF_OK : hp_fail_nomem(err);

	v->tree = (struct hp_tree){0};
	if (r == HPROF_OK)
		r = hp_tree_add(&v->tree, v->seed, HP_NONE, HP_NONE, &root, err);
	for (uint32_t i = 1; r == HPROF_OK && i < old.n; i++) {
		to[i] = to[old.parent[i]];
		if (!drop[old.frame[i]])
			r = hp_tree_add(&v->tree, v->seed, to[i], old.frame[i], &to[i], err);
	}
	for (uint32_t i = 1; r == HPROF_OK && i < old.n; i++)
		if (to[i] == 0)
			r = hp_tree_add(&v->tree, v->seed, 0, hidden, &to[i], err);
	if (r == HPROF_OK)
		r = move_values(v, to, old.n, err);
	hp_tree_release(&old);
	free(to);
	return r;
}

static int apply_hide_show(struct hprof_view *v, const struct hp_filter *hide,
			   const struct hp_filter *show, struct hprof_error *err)
{
	uint32_t hidden;
	bool *drop;
	int r = hp_unify_synthetic(v, HP_LIT("[hidden]"), &hidden, err);

	if (r < 0)
		return r;
	drop = calloc(v->n_frames, sizeof(*drop));
	r = drop ? find_dropped(v, hide, show, drop, err) : hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = drop_frames(v, drop, hidden, err);
	free(drop);
	return r;
}

static int apply_filters(struct hprof_view *v, struct hprof_error *err)
{
	const struct hprof_view_opts *o = &v->opts;
	const char *const *text[4] = {o->focus, o->ignore, o->hide, o->show};
	const size_t n[4] = {o->n_focus, o->n_ignore, o->n_hide, o->n_show};
	struct hp_filter *f[4] = {NULL, NULL, NULL, NULL};
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(f); i++)
		r = hp_filters_new(text[i], n[i], &f[i], err);
	if (r == HPROF_OK && o->n_focus)
		r = focus(v, f[0], o->n_focus, true, err);
	if (r == HPROF_OK && o->n_ignore)
		r = focus(v, f[1], o->n_ignore, false, err);
	if (r == HPROF_OK && (o->n_hide || o->n_show))
		r = apply_hide_show(v, f[2], f[3], err);
	for (size_t i = 0; i < HP_LEN(f); i++)
		hp_filters_free(f[i], n[i]);
	v->filtered = o->n_focus || o->n_ignore || o->thread;
	return r;
}

/* --- making a view --- */

/* The tree and the columns of all profiles. */
static int fill(struct hprof_view *v, struct hp_regex **alloc_fns, struct hprof_error *err)
{
	size_t n = v->n_profiles + v->n_bases;
	struct inflow *in = calloc(n, sizeof(*in));
	uint32_t **module = calloc(n, sizeof(*module));
	int r = in && module ? hp_unify_modules(v, module, err) : hp_fail_nomem(err);

	for (size_t i = 0; r == HPROF_OK && i < n; i++) {
		r = flow_in(&in[i], v, v->profiles[i], module[i], alloc_fns, err);
		module[i] = NULL; /* freed with in[i] */
	}
	if (r == HPROF_OK)
		r = new_columns(v, err);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		add_values(v, &in[i], i >= v->n_profiles);
	if (r == HPROF_OK)
		r = find_threads(v, &in[0], err);
	for (size_t i = 0; in && i < n; i++)
		inflow_release(&in[i]);
	for (size_t i = 0; module && i < n; i++)
		free(module[i]);
	free(module);
	free(in);
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
		r = choose_types(v, err);
	if (r == HPROF_OK)
		r = hp_tree_add(&v->tree, v->seed, HP_NONE, HP_NONE, &root, err);
	if (r == HPROF_OK)
		r = fill(v, alloc_fns, err);
	for (size_t i = 0; alloc_fns && i < o->n_alloc_fns; i++)
		hp_regex_free(alloc_fns[i]);
	free(alloc_fns);
	if (r < 0)
		return r;
	subtract(v);
	sum_up(v);
	sum_unfiltered(v);
	r = apply_filters(v, err);
	sum_up(v);
	hp_index_release(&v->frame_index); /* nothing is added any more */
	hp_index_release(&v->tree.index);
	return r < 0 ? r : hp_unify_labels(v, err);
}

int hprof_view_new(const struct hprof_profile *const *profiles, size_t n_profiles,
		   const struct hprof_profile *const *bases, size_t n_bases,
		   const struct hprof_view_opts *opts, struct hprof_view **out,
		   struct hprof_error *err)
{
	struct hprof_view *v;
	int r;

	if (n_profiles == 0)
		return hp_fail(err, HPROF_EINVAL, "no profile to analyse");
	v = calloc(1, sizeof(*v));
	if (!v)
		return hp_fail_nomem(err);
	if (opts)
		v->opts = *opts;
	v->n_profiles = n_profiles;
	v->n_bases = n_bases;
	v->seed = hp_hash_seed();
	v->profiles = calloc(n_profiles + n_bases, sizeof(struct hprof_profile *));
	r = v->profiles ? hp_strtab_init(&v->str, 0, err) : hp_fail_nomem(err);
	if (r == HPROF_OK) {
		memcpy(v->profiles, profiles, n_profiles * sizeof(*profiles));
		if (n_bases)
			memcpy(v->profiles + n_profiles, bases, n_bases * sizeof(*bases));
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
	free(v->types);
	free(v->node_thread);
	free(v->profiles);
	hp_strtab_release(&v->str);
	free(v->modules);
	free(v->funcs);
	hp_index_release(&v->func_index);
	free(v->frames);
	hp_index_release(&v->frame_index);
	hp_tree_release(&v->tree);
	free(v);
}
