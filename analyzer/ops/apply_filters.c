/* apply_filters.c - leaving stacks and frames out of a finished tree. */
#include "analyzer/ops/apply_filters.h"

#include <stdlib.h>

#include "analyzer/ops/filter.h"
#include "analyzer/ops/merge_frames.h"

static void clear_node(struct hprof_view *v, uint32_t i)
{
	for (uint32_t t = 0; t < v->n_types; t++) {
		struct hp_vtype *type = &v->types[t];

		type->now[i] = type->variance[i] = type->value[i] = 0;
		if (type->base)
			type->base[i] = 0;
	}
}

/* Samples of the stacks that are left out: later on another stack may have the same node. */
static void drop_samples(struct hprof_view *v, const bool *dropped)
{
	for (size_t n = 0; v->sample_node && n < v->n_profiles; n++)
		for (uint32_t i = 0; i < hp_view_samples(v, n)->n; i++) {
			uint32_t *node = &v->sample_node[n][i];

			if (*node != HP_NONE && dropped[*node])
				*node = HP_NONE;
		}
}

/* Expression @text of @option: note it if none of @hit is true, for it is most likely a slip. */
static int note_unmet(struct hprof_view *v, const char *option, const char *text, const bool *hit,
		      struct hprof_error *err)
{
	for (uint32_t i = 0; i < v->n_frames; i++)
		if (hit[i])
			return HPROF_OK;
	return hp_view_note_unmet(v, option, text, "frame", err);
}

/* Keep the stacks that match each of the focus and none of the ignore expressions. */
static int focus(struct hprof_view *v, const struct hp_filter *f, size_t n, bool keep_matching,
		 struct hprof_error *err)
{
	bool *scratch = calloc(v->n_frames ? v->n_frames : 1, sizeof(*scratch));
	bool *on_path = calloc(v->tree.n, sizeof(*on_path));
	bool *dropped = calloc(v->tree.n, sizeof(*dropped));
	int r = scratch && on_path && dropped ? HPROF_OK : hp_fail_nomem(err);

	for (size_t k = 0; r == HPROF_OK && k < n; k++) {
		r = hp_filter_paths(v, &f[k], scratch, on_path, err);
		if (r == HPROF_OK)
			r = note_unmet(v, keep_matching ? "focus" : "ignore",
				       keep_matching ? v->opts.focus[k] : v->opts.ignore[k],
				       scratch, err);
		for (uint32_t i = 0; r == HPROF_OK && i < v->tree.n; i++)
			if (on_path[i] != keep_matching) {
				clear_node(v, i);
				dropped[i] = true;
			}
	}
	if (r == HPROF_OK)
		drop_samples(v, dropped);
	free(scratch);
	free(on_path);
	free(dropped);
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
		if (r == HPROF_OK)
			r = note_unmet(v, "show", v->opts.show[k], hit, err);
		for (uint32_t i = 0; r == HPROF_OK && i < v->n_frames; i++)
			drop[i] = drop[i] && !hit[i];
	}
	for (size_t k = 0; r == HPROF_OK && k < v->opts.n_hide; k++) {
		r = hp_filter_frames(v, &hide[k], hit, err);
		if (r == HPROF_OK)
			r = note_unmet(v, "hide", v->opts.hide[k], hit, err);
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
	for (size_t n = 0; r == HPROF_OK && v->sample_node && n < v->n_profiles; n++)
		for (uint32_t i = 0; i < hp_view_samples(v, n)->n; i++)
			if (v->sample_node[n][i] != HP_NONE)
				v->sample_node[n][i] = to[v->sample_node[n][i]];
	hp_tree_release(&old);
	free(to);
	return r;
}

static int apply_hide_show(struct hprof_view *v, const struct hp_filter *hide,
			   const struct hp_filter *show, struct hprof_error *err)
{
	uint32_t hidden;
	bool *drop;
	int r = hp_view_add_synthetic(v, HP_LIT("[hidden]"), &hidden, err);

	if (r < 0)
		return r;
	drop = calloc(v->n_frames, sizeof(*drop));
	r = drop ? find_dropped(v, hide, show, drop, err) : hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = drop_frames(v, drop, hidden, err);
	free(drop);
	return r;
}

int hp_view_apply_filters(struct hprof_view *v, struct hprof_error *err)
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
