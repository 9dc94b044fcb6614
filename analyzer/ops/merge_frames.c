/* merge_frames.c - giving the functions and frames of several profiles common rows. */
#include "analyzer/ops/merge_frames.h"

#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/ops/bare.h"
#include "analyzer/ops/disambiguate.h"
#include "analyzer/ops/stem.h"

/* --- functions --- */

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_view *v = ctx;
	const struct hp_vfunc *f = key;

	return v->funcs[row].full.i == f->full.i && v->funcs[row].linkage.i == f->linkage.i &&
	       v->funcs[row].brief.i == f->brief.i && v->funcs[row].scope.i == f->scope.i &&
	       v->funcs[row].key.i == f->key.i;
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
	uint32_t tag = hp_hash_pair(v->seed, (uint64_t)f->full.i << 32 | f->linkage.i, f->scope.i);
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
static int merge_str(struct hp_frame_merger *m, hp_strid id, hp_strid *out, struct hprof_error *err)
{
	int r = HPROF_OK;

	*out = id;
	if (!m->str)
		return HPROF_OK;
	if (!m->str[id.i]) {
		r = hp_strtab_add(&m->v->str, hp_profile_str(m->p, id), out, err);
		m->str[id.i] = r == HPROF_OK ? out->i + 1 : 0;
	}
	out->i = m->str[id.i] - 1;
	return r;
}

/* Drop from the names of @f what builds add to them; in one build only the suffixes of copies. */
static int drop_build(struct hprof_view *v, struct hp_vfunc *f, bool one_build,
		      struct hprof_error *err)
{
	hp_strid key = f->key;
	int r = hp_stem_of(v, hp_view_str(v, f->full), one_build, &key, err);

	if (r < 0 || key.i == f->key.i)
		return r;
	f->key = key;
	if (f->name.i == f->full.i) /* what compilers append hides where the arguments end */
		return hp_strtab_add(&v->str, hp_name_brief(hp_view_str(v, key)), &f->name, err);
	return hp_stem_name(v, hp_view_str(v, f->name), one_build, &f->name, err);
}

static bool is_one_build(const struct hp_frame_merger *m, uint32_t module)
{
	return module != HP_NONE && !m->v->modules[m->module[module]].by_name;
}

/* Fill @f with the names of function @id, and with what distinguishes it in @module. */
static int make_func(struct hp_frame_merger *m, hp_funcid id, uint32_t module, struct hp_vfunc *f,
		     struct hprof_error *err)
{
	const struct hprof_profile *p = m->p;
	struct hprof_view *v = m->v;
	const hp_strid from[] = {p->funcs.full[id.i], p->funcs.name[id.i], p->funcs.linkage[id.i],
				 p->funcs.file[id.i]};
	hp_strid *const to[] = {&f->full, &f->name, &f->linkage, &f->file};
	uint32_t row = module == HP_NONE ? HP_NONE : m->module[module];
	struct hp_bare_match bare;
	bool is_bare = false;
	int r = HPROF_OK;

	*f = (struct hp_vfunc){.group = HP_NONE, .module = HP_NONE};
	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(to); i++)
		r = merge_str(m, from[i], to[i], err);
	f->brief = f->name;
	f->key = v->opts.names == HPROF_NAMES_MANGLED && f->linkage.i ? f->linkage : f->full;
	if (r == HPROF_OK)
		is_bare = hp_bare_find(v, f->full, f->linkage, &bare);
	if (is_bare) {
		f->key = bare.key;
		f->name = bare.name;
	}
	if (r == HPROF_OK)
		r = hp_name_clash_scope(v, row, f, err);
	if (r == HPROF_OK && !is_bare)
		r = drop_build(v, f, is_one_build(m, module), err);
	if (r == HPROF_OK && !f->scope.i) /* other functions may have the name that is left */
		r = hp_name_clash_scope(v, row, f, err);
	return r;
}

static int merge_func(struct hp_frame_merger *m, hp_funcid id, uint32_t module, uint32_t *out,
		      struct hprof_error *err)
{
	uint32_t *known = &m->func[2 * (size_t)id.i + is_one_build(m, module)];
	struct hp_vfunc f;
	int r;

	if (*known) {
		*out = *known - 1;
		return HPROF_OK;
	}
	r = make_func(m, id, module, &f, err);
	if (r == HPROF_OK)
		r = add_func(m->v, &f, out, err);
	if (r == HPROF_OK && !f.scope.i) /* else it is another in other modules */
		*known = *out + 1;
	return r;
}

/* --- frames --- */

static uint32_t path_of_module(const struct hprof_view *v, uint32_t module)
{
	return module == HP_NONE ? HP_NONE : v->modules[module].path.i;
}

/* Whether @f is known by its place in the module, or else by its name: builds differ in offsets. */
static bool has_place(const struct hprof_view *v, const struct hp_vframe *f)
{
	return !f->by_name || f->func == HP_NONE || v->opts.granularity == HPROF_BY_ADDRESS;
}

/*
 * Whether two frames are one: within one build the place in the module; across builds all that
 * an expression can look at, so that filters still distinguish what is shown as one.  What is
 * printed as one row is decided by rows, which is a step of its own.
 */
static bool same_frame(const void *ctx, uint32_t row, const void *key)
{
	const struct hprof_view *v = ctx;
	const struct hp_vframe *f = &v->frames[row], *k = key;

	if (f->has_addr != k->has_addr || f->by_name != k->by_name || f->inlined != k->inlined ||
	    f->file.i != k->file.i || f->line != k->line)
		return false;
	if (has_place(v, k))
		return f->func == k->func && f->module == k->module && f->addr == k->addr;
	return f->func != HP_NONE && v->funcs[f->func].group == v->funcs[k->func].group &&
	       v->funcs[f->func].full.i == v->funcs[k->func].full.i &&
	       v->funcs[f->func].brief.i == v->funcs[k->func].brief.i &&
	       path_of_module(v, f->module) == path_of_module(v, k->module);
}

static int add_frame(struct hprof_view *v, const struct hp_vframe *f, uint32_t *out,
		     struct hprof_error *err)
{
	uint32_t name = f->func == HP_NONE ? HP_NONE : v->funcs[f->func].group;
	bool placed = has_place(v, f);
	uint32_t module = placed ? f->module : path_of_module(v, f->module);
	uint32_t place =
		hp_hash_pair(v->seed, (uint64_t)f->file.i << 32 | f->line, placed ? f->addr : 0);
	uint32_t tag = hp_hash_pair(v->seed, (uint64_t)name << 32 | module, place);
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

int hp_view_add_synthetic(struct hprof_view *v, struct hp_slice name, uint32_t *out,
			  struct hprof_error *err)
{
	struct hp_vfunc func = {.group = HP_NONE, .module = HP_NONE};
	struct hp_vframe f = {.module = HP_NONE, .loc = HP_NONE};
	int r = hp_strtab_add(&v->str, name, &func.full, err);

	func.name = func.brief = func.key = func.full;
	if (r == HPROF_OK)
		r = add_func(v, &func, &f.func, err);
	return r < 0 ? r : add_frame(v, &f, out, err);
}

/* Frame @k of @loc, counted from the innermost; the only one of a location without names. */
static int merge_frame(struct hp_frame_merger *m, hp_locid loc, uint32_t k, uint32_t *out,
		       struct hprof_error *err)
{
	const struct hprof_profile *p = m->p;
	uint32_t module = p->locs.module[loc.i].i;
	bool several = m->v->n_profiles + m->v->n_bases > 1;
	struct hp_vframe f = {.addr = p->locs.rel[loc.i],
			      .func = HP_NONE,
			      .module = HP_NONE,
			      .profile = m->number,
			      .loc = loc.i,
			      .has_addr = true,
			      .no_maps = !p->has_maps && module == HP_NONE};
	uint32_t row = p->locs.frame_first[loc.i] + k, n = p->locs.frame_n[loc.i];
	int r;

	if (module != HP_NONE) {
		f.module = m->module[module];
		f.by_name = m->v->modules[f.module].by_name;
	}
	if (n == 0)
		return add_frame(m->v, &f, out, err);
	f.has_addr = loc.i >= HP_TRUNCATED_LOCS && p->locs.addr[loc.i];
	f.by_name |= several && p->locs.map[loc.i].i == HP_NONE && f.has_addr;
	f.inlined = k + 1 < n;
	f.line = p->frames.line[row];
	r = merge_func(m, p->frames.func[row], module, &f.func, err);
	if (r == HPROF_OK)
		r = merge_str(m, p->funcs.file[p->frames.func[row].i], &f.file, err);
	return r < 0 ? r : add_frame(m->v, &f, out, err);
}

int hp_merge_frames(struct hp_frame_merger *m, hp_locid loc, const uint32_t **out, uint32_t *n,
		    struct hprof_error *err)
{
	uint32_t frames = m->p->locs.frame_n[loc.i];
	uint32_t first = m->v->opts.no_inlines && frames ? frames - 1 : 0;

	*n = loc.i < HP_TRUNCATED_LOCS || frames ? frames - first : 1;
	if (!m->first[loc.i]) {
		m->first[loc.i] = m->n_frame + 1;
		for (uint32_t k = 0; k < *n; k++) {
			uint32_t row;
			int r = merge_frame(m, loc, first + k, &row, err);

			if (r < 0)
				return r;
			if (!HP_COLUMN_ROOM(m->frame, m->n_frame, m->frame_cap))
				return hp_fail_nomem(err);
			m->frame[m->n_frame++] = row;
		}
	}
	*out = *n ? m->frame + (m->first[loc.i] - 1) : NULL;
	return HPROF_OK;
}

int hp_frame_merger_init(struct hp_frame_merger *m, struct hprof_view *v,
			 const struct hprof_profile *p, uint32_t *module, struct hprof_error *err)
{
	uint32_t n_frames = p->locs.n > p->frames.n ? p->locs.n : p->frames.n;

	*m = (struct hp_frame_merger){.v = v, .p = p, .module = module};
	while (v->profiles[m->number] != p) /* it is one of them */
		m->number++;
	m->func = calloc(2 * (size_t)p->funcs.n + 1, sizeof(*m->func));
	m->first = calloc(p->locs.n ? p->locs.n : 1, sizeof(*m->first));
	hp_index_expect(&v->func_index, p->funcs.n);
	hp_index_expect(&v->group_index, p->funcs.n);
	hp_index_expect(&v->frame_index, n_frames);
	HP_COLUMN_EXPECT(v->funcs, p->funcs.n + 8, v->funcs_cap); /* and synthetic ones */
	HP_COLUMN_EXPECT(v->frames, n_frames, v->frames_cap);
	HP_COLUMN_EXPECT(m->frame, n_frames, m->frame_cap);
	if (p != v->profiles[0])
		m->str = calloc(p->str.n, sizeof(*m->str));
	return m->func && m->first && (m->str || p == v->profiles[0]) ? HPROF_OK
								      : hp_fail_nomem(err);
}

void hp_frame_merger_release(struct hp_frame_merger *m)
{
	free(m->module);
	free(m->str);
	free(m->func);
	free(m->first);
	free(m->frame);
	*m = (struct hp_frame_merger){0};
}
