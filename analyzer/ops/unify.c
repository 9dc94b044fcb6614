/* unify.c - giving the modules, functions and frames of several profiles common rows. */
#include "analyzer/ops/unify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/ops/homonym.h"
#include "analyzer/ops/stem.h"

/* --- modules --- */

/* Whether mapping @x of @a and @y of @b are the same part of an image. */
static bool same_part(const struct hprof_profile *a, uint32_t x, const struct hprof_profile *b,
		      uint32_t y)
{
	return a->maps.start[x] - a->maps.base[x] == b->maps.start[y] - b->maps.base[y] &&
	       a->maps.limit[x] - a->maps.start[x] == b->maps.limit[y] - b->maps.start[y] &&
	       a->maps.file_offset[x] == b->maps.file_offset[y] &&
	       a->maps.perms[x] == b->maps.perms[y];
}

/*
 * Whether the mappings of two modules lie in the same way, wherever they were loaded.  Of an image
 * that another dump lent, parts may be missing.
 */
static bool same_layout(const struct hprof_profile *a, uint32_t i, const struct hprof_profile *b,
			uint32_t k)
{
	bool lent_a = a->modules.row[i].lent, lent_b = b->modules.row[k].lent;
	uint32_t x = 0, y = 0;

	for (;;) {
		while (x < a->maps.n && a->maps.module[x].i != i)
			x++;
		while (y < b->maps.n && b->maps.module[y].i != k)
			y++;
		if (x == a->maps.n || y == b->maps.n)
			return (x == a->maps.n || lent_b) && (y == b->maps.n || lent_a);
		if (same_part(a, x, b, y)) {
			x++;
			y++;
		} else if (lent_a) {
			y++;
		} else if (lent_b) {
			x++;
		} else {
			return false;
		}
	}
}

static bool same_build(const struct hprof_profile *a, uint32_t i, const struct hprof_profile *b,
		       uint32_t k)
{
	const struct hp_module *m = &a->modules.row[i], *o = &b->modules.row[k];
	struct hp_slice id = hp_profile_str(a, m->build_id), other = hp_profile_str(b, o->build_id);
	bool same_path = hp_slice_same(hp_profile_str(a, m->path), hp_profile_str(b, o->path));

	if (m->status == HP_MODULE_OK && o->status == HP_MODULE_OK && (id.len || other.len))
		return hp_slice_same(id, other);
	if (m->status != o->status || !same_path)
		return false;
	if (m->status == HP_MODULE_OK &&
	    !hp_slice_same(hp_profile_str(a, m->file), hp_profile_str(b, o->file)))
		return false;
	return m->status == HP_MODULE_SPECIAL || same_layout(a, i, b, k);
}

static int add_module(struct hprof_view *v, const struct hprof_profile *p, uint32_t i,
		      struct hprof_error *err)
{
	struct hp_vmodule *m;
	int r;

	if (!HP_COLUMN_ROOM(v->modules, v->n_modules, v->modules_cap))
		return hp_fail_nomem(err);
	m = &v->modules[v->n_modules];
	*m = (struct hp_vmodule){.special = p->modules.row[i].status == HP_MODULE_SPECIAL};
	r = hp_strtab_add(&v->str, hp_profile_str(p, p->modules.row[i].path), &m->path, err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&v->str, hp_profile_str(p, p->modules.row[i].build_id),
				  &m->build_id, err);
	if (r == HPROF_OK)
		v->n_modules++;
	return r;
}

/* The row that module @i of profile @n shares with one before it, or HP_NONE. */
static uint32_t shared_module(const struct hprof_view *v, size_t n, uint32_t i,
			      uint32_t *const *module)
{
	for (size_t q = 0; q < n; q++)
		for (uint32_t k = 0; k < v->profiles[q]->modules.n; k++)
			if (same_build(v->profiles[q], k, v->profiles[n], i))
				return module[q][k];
	for (uint32_t k = 0; k < i && v->n_profiles + v->n_bases > 1; k++) /* loaded twice */
		if (same_build(v->profiles[n], k, v->profiles[n], i))
			return module[n][k];
	return HP_NONE;
}

/* The first part of what modules of @m's path are called, unless others have that as well. */
static int short_label(struct hprof_view *v, const struct hp_vmodule *m, hp_strid *out,
		       struct hprof_error *err)
{
	struct hp_slice path = hp_view_str(v, m->path);
	struct hp_slice name = hp_slice_basename(path);

	return hp_strtab_add(&v->str, m->special || !name.len ? path : name, out, err);
}

/* Builds of one path are a group, which is called as its path is in each profile alone. */
static int group_modules(struct hprof_view *v, struct hprof_error *err)
{
	uint32_t *first, *users;
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < v->n_modules; i++)
		r = short_label(v, &v->modules[i], &v->modules[i].label, err);
	if (r < 0)
		return r;
	first = calloc(v->str.n, sizeof(*first)); /* by path: 1 + row */
	users = calloc(v->str.n, sizeof(*users)); /* by label: groups */
	if (!first || !users)
		r = hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && i < v->n_modules; i++) {
		struct hp_vmodule *m = &v->modules[i];

		users[m->label.i] += !first[m->path.i];
		if (!first[m->path.i])
			first[m->path.i] = i + 1;
		m->group = first[m->path.i] - 1;
	}
	for (uint32_t i = 0; r == HPROF_OK && i < v->n_modules; i++)
		if (users[v->modules[i].label.i] > 1)
			v->modules[i].label = v->modules[i].path;
	free(first);
	free(users);
	return r;
}

/*
 * Different modules read differently: "libx.so", else "/a/libx.so"; a second build of one path,
 * whose places are others, is "libx.so#2".
 */
static int label_modules(struct hprof_view *v, struct hprof_error *err)
{
	uint32_t *builds;
	int r = group_modules(v, err);

	if (r < 0)
		return r;
	builds = calloc((size_t)v->n_modules + 1, sizeof(*builds));
	if (!builds)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; r == HPROF_OK && i < v->n_modules; i++) {
		struct hp_vmodule *m = &v->modules[i];
		struct hp_slice label = hp_view_str(v, m->label);
		uint32_t build = ++builds[m->group];
		char *text;

		if (build == 1)
			continue;
		if (asprintf(&text, "%.*s#%" PRIu32, (int)label.len, label.ptr, build) < 0) {
			r = hp_fail_nomem(err);
			break;
		}
		r = hp_strtab_add(&v->str, hp_slice_str(text), &m->label, err);
		free(text);
	}
	free(builds);
	return r;
}

int hp_unify_modules(struct hprof_view *v, uint32_t **module, struct hprof_error *err)
{
	size_t n_profiles = v->n_profiles + v->n_bases;
	uint32_t *users;
	int r = HPROF_OK;

	for (size_t n = 0; n < n_profiles; n++) {
		const struct hprof_profile *p = v->profiles[n];

		module[n] = calloc(p->modules.n ? p->modules.n : 1, sizeof(**module));
		if (!module[n])
			return hp_fail_nomem(err);
		for (uint32_t i = 0; r == HPROF_OK && i < p->modules.n; i++) {
			module[n][i] = shared_module(v, n, i, module);
			if (module[n][i] != HP_NONE)
				continue;
			module[n][i] = v->n_modules;
			r = add_module(v, p, i, err);
		}
		if (r < 0)
			return r;
	}
	users = calloc(v->n_modules ? v->n_modules : 1, sizeof(*users));
	if (!users)
		return hp_fail_nomem(err);
	for (size_t n = 0; n < n_profiles; n++)
		for (uint32_t i = 0; i < v->profiles[n]->modules.n; i++)
			users[module[n][i]]++;
	for (uint32_t i = 0; i < v->n_modules; i++)
		v->several_builds |= v->modules[i].by_name = users[i] < n_profiles;
	free(users);
	return label_modules(v, err);
}

struct hp_slice hp_view_module_name(const struct hprof_view *v, uint32_t module)
{
	return module == HP_NONE ? HP_LIT("[unknown]") : hp_view_str(v, v->modules[module].label);
}

bool hp_view_is_special(const struct hprof_view *v, const struct hp_vframe *f)
{
	return f->func == HP_NONE && f->module != HP_NONE && v->modules[f->module].special;
}

bool hp_view_hides_addr(const struct hprof_view *v, const struct hp_vframe *f)
{
	return f->has_addr && (f->func != HP_NONE || hp_view_is_special(v, f));
}

struct hp_slice hp_view_label(const struct hprof_view *v, const struct hp_vframe *f,
			      struct hp_label *out)
{
	struct hp_slice module = hp_view_module_name(v, f->module);
	int n;

	if (f->func != HP_NONE) {
		out->text = hp_view_str(v, v->funcs[f->func].label);
		return out->text;
	}
	if (hp_view_is_special(v, f)) {
		out->text = module;
		return out->text;
	}
	if (f->no_maps)
		n = snprintf(out->buf, sizeof(out->buf), "0x%" PRIx64, f->addr);
	else
		n = snprintf(out->buf, sizeof(out->buf), "%.*s%s0x%" PRIx64,
			     module.len < 400 ? (int)module.len : 400, module.ptr,
			     f->module == HP_NONE ? " " : "+", f->addr);
	out->text = (struct hp_slice){out->buf, (size_t)n};
	return out->text;
}

/* --- functions --- */

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_view *v = ctx;
	const struct hp_vfunc *f = key;

	return v->funcs[row].full.i == f->full.i && v->funcs[row].linkage.i == f->linkage.i &&
	       v->funcs[row].scope.i == f->scope.i && v->funcs[row].key.i == f->key.i;
}

static bool same_group(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_view *v = ctx;

	const struct hp_vfunc *f = key;

	return v->funcs[row].key.i == f->key.i && v->funcs[row].scope.i == f->scope.i;
}

/* Put the new function @row into its group. */
static int find_group(struct hprof_view *v, uint32_t row, struct hprof_error *err)
{
	const struct hp_vfunc *f = &v->funcs[row];
	uint32_t tag = hp_hash_pair(v->seed, f->key.i, f->scope.i);
	uint32_t first = hp_index_find(&v->group_index, tag, same_group, v, f);

	if (first == UINT32_MAX) {
		if (!hp_index_add(&v->group_index, tag, row))
			return hp_fail_nomem(err);
		first = row;
	}
	v->funcs[row].group = first;
	return HPROF_OK;
}

static int add_func(struct hprof_view *v, const struct hp_vfunc *f, uint32_t *out,
		    struct hprof_error *err)
{
	uint32_t tag = hp_hash_pair(v->seed, f->full.i, f->linkage.i);
	uint32_t row = hp_index_find(&v->func_index, tag, same_func, v, f);
	int r = HPROF_OK;

	if (row == UINT32_MAX) {
		if (!HP_COLUMN_ROOM(v->funcs, v->n_funcs, v->funcs_cap) ||
		    !hp_index_add(&v->func_index, tag, v->n_funcs))
			return hp_fail_nomem(err);
		row = v->n_funcs++;
		v->funcs[row] = *f;
		r = find_group(v, row, err);
	}
	if (r == HPROF_OK)
		*out = row;
	return r;
}

/* The view's id of string @id of the profile. */
static int unify_str(struct hp_unifier *u, hp_strid id, hp_strid *out, struct hprof_error *err)
{
	int r = HPROF_OK;

	*out = id;
	if (!u->str)
		return HPROF_OK;
	if (!u->str[id.i]) {
		r = hp_strtab_add(&u->v->str, hp_profile_str(u->p, id), out, err);
		u->str[id.i] = r == HPROF_OK ? out->i + 1 : 0;
	}
	out->i = u->str[id.i] - 1;
	return r;
}

/* In code that is not of one build everywhere: without what tells builds apart. */
static int drop_build(struct hprof_view *v, struct hp_vfunc *f, struct hprof_error *err)
{
	hp_strid key = f->key;
	int r = hp_stem_of(v, hp_view_str(v, f->full), &key, err);

	if (r < 0 || key.i == f->key.i)
		return r;
	f->key = key;
	if (f->name.i == f->full.i) /* what compilers append hides where the arguments end */
		return hp_strtab_add(&v->str, hp_name_brief(hp_view_str(v, key)), &f->name, err);
	return hp_stem_name(v, hp_view_str(v, f->name), &f->name, err);
}

/* Names of function @id, with what tells it from others; @module is where its frame is. */
static int make_func(struct hp_unifier *u, hp_funcid id, uint32_t module, struct hp_vfunc *f,
		     struct hprof_error *err)
{
	const struct hprof_profile *p = u->p;
	struct hprof_view *v = u->v;
	const hp_strid from[] = {p->funcs.full[id.i], p->funcs.name[id.i], p->funcs.linkage[id.i],
				 p->funcs.file[id.i]};
	hp_strid *const to[] = {&f->full, &f->name, &f->linkage, &f->file};
	uint32_t row = module == HP_NONE ? HP_NONE : u->module[module];
	int r = HPROF_OK;

	*f = (struct hp_vfunc){.group = HP_NONE, .module = HP_NONE};
	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(to); i++)
		r = unify_str(u, from[i], to[i], err);
	f->key = v->opts.names == HPROF_NAMES_MANGLED && f->linkage.i ? f->linkage : f->full;
	if (r == HPROF_OK)
		r = hp_homonym_scope(v, p, module, row, f, err);
	if (r == HPROF_OK && (row == HP_NONE || v->modules[row].by_name))
		r = drop_build(v, f, err);
	return r;
}

static int unify_func(struct hp_unifier *u, hp_funcid id, uint32_t module, uint32_t *out,
		      struct hprof_error *err)
{
	struct hp_vfunc f;
	int r;

	if (u->func[id.i]) {
		*out = u->func[id.i] - 1;
		return HPROF_OK;
	}
	r = make_func(u, id, module, &f, err);
	if (r == HPROF_OK)
		r = add_func(u->v, &f, out, err);
	if (r == HPROF_OK && !f.scope.i && !u->v->stems.n) /* else it is another elsewhere */
		u->func[id.i] = *out + 1;
	return r;
}

/* --- frames --- */

static uint32_t group_of_module(const struct hprof_view *v, uint32_t module)
{
	return module == HP_NONE ? HP_NONE : v->modules[module].group;
}

/*
 * What makes two frames one: within one build the place in the module; across builds all that
 * an expression can look at, so that what is shown together is not left out together.  What is
 * printed as one row is decided by rows, which is a step of its own.
 */
static bool same_frame(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_view *v = ctx;
	const struct hp_vframe *f = &v->frames[row], *k = key;
	bool places = !k->by_name || k->func == HP_NONE || v->opts.granularity == HPROF_BY_ADDRESS;

	if (f->has_addr != k->has_addr || f->by_name != k->by_name || f->inlined != k->inlined ||
	    f->file.i != k->file.i || f->line != k->line)
		return false;
	if (places)
		return f->func == k->func && f->module == k->module && f->addr == k->addr;
	return f->func != HP_NONE && v->funcs[f->func].group == v->funcs[k->func].group &&
	       v->funcs[f->func].full.i == v->funcs[k->func].full.i &&
	       group_of_module(v, f->module) == group_of_module(v, k->module);
}

static int add_frame(struct hprof_view *v, const struct hp_vframe *f, uint32_t *out,
		     struct hprof_error *err)
{
	uint32_t name = f->func == HP_NONE ? HP_NONE : v->funcs[f->func].group;
	uint32_t tag = hp_hash_pair(v->seed, name, f->by_name ? 0 : f->addr);
	uint32_t row = hp_index_find(&v->frame_index, tag, same_frame, v, f);

	if (row == UINT32_MAX) {
		if (!HP_COLUMN_ROOM(v->frames, v->n_frames, v->frames_cap) ||
		    !hp_index_add(&v->frame_index, tag, v->n_frames))
			return hp_fail_nomem(err);
		row = v->n_frames++;
		v->frames[row] = *f;
	}
	*out = row;
	return HPROF_OK;
}

int hp_unify_synthetic(struct hprof_view *v, struct hp_slice name, uint32_t *out,
		       struct hprof_error *err)
{
	struct hp_vfunc func = {.group = HP_NONE, .module = HP_NONE};
	struct hp_vframe f = {.module = HP_NONE, .loc = HP_NONE};
	int r = hp_strtab_add(&v->str, name, &func.full, err);

	func.name = func.key = func.full;
	if (r == HPROF_OK)
		r = add_func(v, &func, &f.func, err);
	return r < 0 ? r : add_frame(v, &f, out, err);
}

/* Frame @k of @loc, counted from the innermost; the only one of a location without names. */
static int unify_frame(struct hp_unifier *u, hp_locid loc, uint32_t k, uint32_t *out,
		       struct hprof_error *err)
{
	const struct hprof_profile *p = u->p;
	uint32_t module = p->locs.module[loc.i].i;
	bool several = u->v->n_profiles + u->v->n_bases > 1;
	struct hp_vframe f = {.addr = p->locs.rel[loc.i],
			      .func = HP_NONE,
			      .module = HP_NONE,
			      .profile = u->number,
			      .loc = loc.i,
			      .has_addr = true,
			      .no_maps = !p->has_maps && module == HP_NONE};
	uint32_t row = p->locs.frame_first[loc.i] + k, n = p->locs.frame_n[loc.i];
	int r;

	if (module != HP_NONE) {
		f.module = u->module[module];
		f.by_name = u->v->modules[f.module].by_name;
	}
	if (n == 0)
		return add_frame(u->v, &f, out, err);
	f.has_addr = loc.i >= HP_TRUNCATED_LOCS && p->locs.addr[loc.i];
	f.by_name |= several && p->locs.map[loc.i].i == HP_NONE && f.has_addr;
	f.inlined = k + 1 < n;
	f.line = p->frames.line[row];
	r = unify_func(u, p->frames.func[row], module, &f.func, err);
	if (r == HPROF_OK)
		r = unify_str(u, p->funcs.file[p->frames.func[row].i], &f.file, err);
	return r < 0 ? r : add_frame(u->v, &f, out, err);
}

int hp_unify_frames(struct hp_unifier *u, hp_locid loc, const uint32_t **out, uint32_t *n,
		    struct hprof_error *err)
{
	uint32_t frames = u->p->locs.frame_n[loc.i];
	uint32_t first = u->v->opts.no_inlines && frames ? frames - 1 : 0;

	*n = loc.i < HP_TRUNCATED_LOCS || frames ? frames - first : 1;
	if (!u->first[loc.i]) {
		u->first[loc.i] = u->n_frame + 1;
		for (uint32_t k = 0; k < *n; k++) {
			uint32_t row;
			int r = unify_frame(u, loc, first + k, &row, err);

			if (r < 0)
				return r;
			if (!HP_COLUMN_ROOM(u->frame, u->n_frame, u->frame_cap))
				return hp_fail_nomem(err);
			u->frame[u->n_frame++] = row;
		}
	}
	*out = *n ? u->frame + (u->first[loc.i] - 1) : NULL;
	return HPROF_OK;
}

int hp_unifier_init(struct hp_unifier *u, struct hprof_view *v, const struct hprof_profile *p,
		    uint32_t *module, struct hprof_error *err)
{
	uint32_t n_frames = p->locs.n > p->frames.n ? p->locs.n : p->frames.n;

	*u = (struct hp_unifier){.v = v, .p = p, .module = module};
	while (v->profiles[u->number] != p) /* it is one of them */
		u->number++;
	u->func = calloc(p->funcs.n ? p->funcs.n : 1, sizeof(*u->func));
	u->first = calloc(p->locs.n ? p->locs.n : 1, sizeof(*u->first));
	hp_index_expect(&v->func_index, p->funcs.n);
	hp_index_expect(&v->group_index, p->funcs.n);
	hp_index_expect(&v->frame_index, n_frames);
	HP_COLUMN_EXPECT(v->funcs, p->funcs.n + 8, v->funcs_cap); /* and synthetic ones */
	HP_COLUMN_EXPECT(v->frames, n_frames, v->frames_cap);
	HP_COLUMN_EXPECT(u->frame, n_frames, u->frame_cap);
	if (p != v->profiles[0])
		u->str = calloc(p->str.n, sizeof(*u->str));
	return u->func && u->first && (u->str || p == v->profiles[0]) ? HPROF_OK
								      : hp_fail_nomem(err);
}

void hp_unifier_release(struct hp_unifier *u)
{
	free(u->module);
	free(u->str);
	free(u->func);
	free(u->first);
	free(u->frame);
	*u = (struct hp_unifier){0};
}
