/* merge_frames.c - giving the modules, functions and frames of several profiles common rows. */
#include "analyzer/ops/merge_frames.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/ops/bare.h"
#include "analyzer/ops/disambiguate.h"
#include "analyzer/ops/stem.h"

/* --- modules --- */

/* Comparing each part of an image with each of another: so many at most. */
enum { PARTS_MAX = 1 << 12 };

/* The mappings of each module of one profile. */
struct parts {
	uint32_t *first; /* [modules.n] its first mapping, HP_NONE: it has none */
	uint32_t *next;  /* [maps.n] the next one of the same module, HP_NONE at the end */
};

/* What is known while modules get their rows: where each row came from, and who may share it. */
struct finder {
	struct hprof_view *v;
	struct parts *parts; /* [profiles] */
	uint32_t (*from)[2]; /* [n_modules] profile, module */
	uint32_t (
		*next)[2]; /* [n_modules] 1 + the next row of the path, of the build ID; 0: none */
	uint32_t cap_from, cap_next;
	struct hp_index index; /* the last row of each path, and of each build ID */
};

enum { BY_PATH, BY_ID };

static int find_parts(const struct hprof_profile *p, struct parts *out, struct hprof_error *err)
{
	out->first = calloc((size_t)p->modules.n + 1, sizeof(*out->first));
	out->next = calloc((size_t)p->maps.n + 1, sizeof(*out->next));
	if (!out->first || !out->next)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < p->modules.n; i++)
		out->first[i] = HP_NONE;
	for (uint32_t i = p->maps.n; i-- > 0;) {
		out->next[i] = out->first[p->maps.module[i].i];
		out->first[p->maps.module[i].i] = i;
	}
	return HPROF_OK;
}

/* A module of one profile. */
struct image {
	const struct hprof_profile *p;
	const struct parts *parts;
	const struct hp_module *m;
	uint32_t first; /* its first mapping, HP_NONE: it has none */
};

static struct image image_of(const struct finder *f, const uint32_t from[2])
{
	struct image i = {.p = f->v->profiles[from[0]], .parts = &f->parts[from[0]]};

	i.m = &i.p->modules.row[from[1]];
	i.first = i.parts->first[from[1]];
	return i;
}

/* Code of an image, however many lines the map has for it: places in the image and in the file. */
struct code {
	uint64_t start, limit, offset;
};

/* The next code of @i at mapping *@at or behind it; *@at is then behind it. */
static bool next_code(const struct image *i, uint32_t *at, struct code *out)
{
	const struct hp_maps *m = &i->p->maps;
	uint32_t x = *at;

	while (x != HP_NONE && !(m->perms[x] & HP_MAP_EXEC))
		x = i->parts->next[x];
	*at = x;
	if (x == HP_NONE)
		return false;
	*out = (struct code){m->start[x] - m->base[x], m->limit[x] - m->base[x], m->file_offset[x]};
	for (x = i->parts->next[x]; x != HP_NONE; x = i->parts->next[x]) {
		if (!(m->perms[x] & HP_MAP_EXEC) || m->start[x] - m->base[x] != out->limit ||
		    m->file_offset[x] - out->offset != out->limit - out->start)
			break;
		out->limit = m->limit[x] - m->base[x];
	}
	*at = x;
	return true;
}

/* Whether all code of @a is in @b at the same place, where it may be mapped more than once. */
static bool has_code(const struct image *b, const struct image *a)
{
	uint32_t x = a->first, looks = 0;
	struct code c, o;

	while (next_code(a, &x, &c)) {
		bool found = false;

		for (uint32_t y = b->first; !found && next_code(b, &y, &o);) {
			if (looks++ == PARTS_MAX)
				return false;
			found = o.start <= c.start && c.limit <= o.limit &&
				c.offset - c.start == o.offset - o.start;
		}
		if (!found)
			return false;
	}
	return true;
}

/* Whether parts of @i may be missing: another dump lent it, or the map may be cut behind it. */
static bool may_lack(const struct image *i)
{
	const struct hp_maps *m = &i->p->maps;
	uint32_t behind = 0;

	if (i->m->lent)
		return true;
	for (uint32_t x = i->first; x != HP_NONE; x = i->parts->next[x])
		behind = x + 1;
	while (behind < m->n && i->p->modules.row[m->module[behind].i].lent)
		behind++;
	return behind == m->n;
}

static bool same_code(const struct image *a, const struct image *b)
{
	struct code c, o;
	uint32_t x, y;
	bool more, other;

	x = a->first;
	y = b->first;
	if (!next_code(a, &x, &c) || !next_code(b, &y, &o))
		return true; /* one map does not tell */
	x = a->first;
	y = b->first;
	do {
		more = next_code(a, &x, &c);
		other = next_code(b, &y, &o);
	} while (more && other && c.start == o.start && c.limit == o.limit && c.offset == o.offset);
	if (!more && !other)
		return true;
	return (may_lack(a) || has_code(a, b)) && (may_lack(b) || has_code(b, a));
}

/* Whether the data of @i are in its map, to their end: *@limit in the image. */
static bool find_end(const struct image *i, uint64_t *limit)
{
	const struct hp_maps *m = &i->p->maps;
	bool has_data = false;

	*limit = 0;
	for (uint32_t x = i->first; x != HP_NONE; x = i->parts->next[x]) {
		has_data |= !(m->perms[x] & HP_MAP_EXEC);
		if (m->limit[x] - m->base[x] > *limit)
			*limit = m->limit[x] - m->base[x];
	}
	return has_data && !may_lack(i);
}

/*
 * Whether the mappings of two modules are those of one image, wherever it was loaded.  What is
 * changed while a process runs tells nothing: how many lines the map has for it, its permissions,
 * and parts that are mapped again.  Some writers tell of code only.
 */
static bool same_layout(const struct image *a, const struct image *b)
{
	uint64_t end, other;

	if (!same_code(a, b))
		return false;
	return !find_end(a, &end) || !find_end(b, &other) || end == other;
}

/* The build ID of the file that ran; "" if that is not known. */
static struct hp_slice id_of(const struct image *i)
{
	return hp_profile_str(i->p,
			      i->m->status == HP_MODULE_OK ? i->m->build_id : i->m->recorded_id);
}

static bool is_ok(const struct image *i)
{
	return i->m->status == HP_MODULE_OK;
}

static bool same_build(const struct finder *f, const uint32_t of_a[2], const uint32_t of_b[2])
{
	const struct image a = image_of(f, of_a), b = image_of(f, of_b);
	struct hp_slice id = id_of(&a), other = id_of(&b);
	bool special = a.m->status == HP_MODULE_SPECIAL;

	if ((id.len && other.len) || (is_ok(&a) && is_ok(&b) && (id.len || other.len)))
		return hp_slice_same(id, other);
	if (!hp_slice_same(hp_profile_str(a.p, a.m->path), hp_profile_str(b.p, b.m->path)) ||
	    special != (b.m->status == HP_MODULE_SPECIAL))
		return false;
	if (is_ok(&a) && is_ok(&b) &&
	    !hp_slice_same(hp_profile_str(a.p, a.m->file), hp_profile_str(b.p, b.m->file)))
		return false;
	if ((is_ok(&a) && b.m->status == HP_MODULE_MISMATCH) ||
	    (is_ok(&b) && a.m->status == HP_MODULE_MISMATCH))
		return false; /* the file that fits one does not fit the other */
	return special || same_layout(&a, &b);
}

struct module_key {
	const struct hprof_view *v;
	hp_strid text;
	int by;
};

static bool same_text(const void *ctx, uint32_t entry, const void *key)
{
	const struct hprof_view *v = ctx;
	const struct module_key *k = key;
	const struct hp_vmodule *m = &v->modules[entry / 2];

	return (int)(entry & 1) == k->by &&
	       (k->by == BY_PATH ? m->path.i : m->build_id.i) == k->text.i;
}

/* The first row of one path or build ID; those behind it follow. UINT32_MAX: none. */
static uint32_t first_of(const struct finder *f, hp_strid text, int by)
{
	struct module_key key = {f->v, text, by};
	uint32_t entry = hp_index_find(&f->index, hp_hash_pair(f->v->seed, text.i, (uint64_t)by),
				       same_text, f->v, &key);

	return entry == UINT32_MAX ? entry : entry / 2;
}

/* Put the last row into the lists of its path and its build ID. */
static int list_row(struct finder *f, struct hprof_error *err)
{
	uint32_t row = f->v->n_modules - 1;
	const hp_strid text[] = {f->v->modules[row].path, f->v->modules[row].build_id};

	for (uint32_t by = BY_PATH; by <= BY_ID; by++) {
		uint32_t first = first_of(f, text[by], (int)by);

		if (first != UINT32_MAX) {
			f->next[row][by] = f->next[first][by];
			f->next[first][by] = row + 1;
		} else if (!hp_index_add(&f->index, hp_hash_pair(f->v->seed, text[by].i, by),
					 2 * row + by)) {
			return hp_fail_nomem(err);
		}
	}
	return HPROF_OK;
}

static int add_module(struct finder *f, const uint32_t from[2], struct hprof_error *err)
{
	struct hprof_view *v = f->v;
	const struct hprof_profile *p = v->profiles[from[0]];
	const struct hp_module *own = &p->modules.row[from[1]];
	struct hp_vmodule *m;
	int r;

	if (!HP_COLUMN_ROOM(v->modules, v->n_modules, v->modules_cap) ||
	    !HP_COLUMN_ROOM(f->from, v->n_modules, f->cap_from) ||
	    !HP_COLUMN_ROOM(f->next, v->n_modules, f->cap_next))
		return hp_fail_nomem(err);
	m = &v->modules[v->n_modules];
	*m = (struct hp_vmodule){.special = own->status == HP_MODULE_SPECIAL};
	memcpy(f->from[v->n_modules], from, sizeof(*f->from));
	memset(f->next[v->n_modules], 0, sizeof(*f->next));
	r = hp_strtab_add(&v->str, hp_profile_str(p, own->path), &m->path, err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&v->str, hp_profile_str(p, own->build_id), &m->build_id, err);
	if (r < 0)
		return r;
	v->n_modules++;
	return list_row(f, err);
}

/* The row that a module shares with one before it: *@out, or HP_NONE. */
static int shared_module(const struct finder *f, const uint32_t from[2], uint32_t *out,
			 struct hprof_error *err)
{
	struct hprof_view *v = f->v;
	const struct hprof_profile *p = v->profiles[from[0]];
	const struct hp_module *m = &p->modules.row[from[1]];
	hp_strid text[2];
	int r = hp_strtab_add(&v->str, hp_profile_str(p, m->path), &text[BY_PATH], err);

	if (r == HPROF_OK)
		r = hp_strtab_add(&v->str, hp_profile_str(p, m->build_id), &text[BY_ID], err);
	*out = HP_NONE;
	for (int by = BY_PATH; r == HPROF_OK && by <= BY_ID && *out == HP_NONE; by++) {
		if (by == BY_ID && !text[by].i)
			break;
		for (uint32_t row = first_of(f, text[by], by); row != UINT32_MAX;
		     row = f->next[row][by] - 1)
			if (same_build(f, f->from[row], from)) {
				*out = row;
				break;
			}
	}
	return r;
}

/* The rows of the modules of profile @n. */
static int find_rows(struct finder *f, size_t n, uint32_t *module, struct hprof_error *err)
{
	struct hprof_view *v = f->v;
	bool several = v->n_profiles + v->n_bases > 1; /* else each has a row of its own */
	int r = find_parts(v->profiles[n], &f->parts[n], err);

	for (uint32_t i = 0; r == HPROF_OK && i < v->profiles[n]->modules.n; i++) {
		const uint32_t from[2] = {(uint32_t)n, i};

		module[i] = HP_NONE;
		if (several)
			r = shared_module(f, from, &module[i], err);
		if (r < 0 || module[i] != HP_NONE)
			continue;
		module[i] = v->n_modules;
		r = add_module(f, from, err);
	}
	return r;
}

static void release_finder(struct finder *f)
{
	for (size_t n = 0; f->parts && n < f->v->n_profiles + f->v->n_bases; n++) {
		free(f->parts[n].first);
		free(f->parts[n].next);
	}
	free(f->parts);
	free(f->from);
	free(f->next);
	hp_index_release(&f->index);
}

/* The first part of what modules of @m's path are called, unless others have that as well. */
static int short_label(struct hprof_view *v, const struct hp_vmodule *m, hp_strid *out,
		       struct hprof_error *err)
{
	struct hp_slice path = hp_view_str(v, m->path);
	struct hp_slice name = hp_slice_basename(path);

	return hp_strtab_add(&v->str, m->special || !name.len ? path : name, out, err);
}

/* Where the short label of a module stands for a path. */
struct label_use {
	size_t profile; /* 1 + the last one that has it */
	hp_strid path;  /* there */
	bool twice;     /* some profile has two paths that it could stand for */
};

/* Label by their paths those modules whose short label means two paths in one profile. */
static int tell_paths_apart(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	struct label_use *use = calloc(v->str.n, sizeof(*use));

	if (!use)
		return hp_fail_nomem(err);
	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		for (uint32_t i = 0; i < v->profiles[n]->modules.n; i++) {
			const struct hp_vmodule *m = &v->modules[module[n][i]];
			struct label_use *u = &use[m->label.i];

			u->twice |= u->profile == n + 1 && u->path.i != m->path.i;
			u->profile = n + 1;
			u->path = m->path;
		}
	for (uint32_t i = 0; i < v->n_modules; i++)
		if (use[v->modules[i].label.i].twice)
			v->modules[i].label = v->modules[i].path;
	free(use);
	return HPROF_OK;
}

/* The paths that end in one name, of the new profiles and of the bases. */
struct deployed {
	hp_strid path[2];
	bool several[2];
};

/*
 * In a difference: a module of the bases whose name one other path has in the new profiles, and no
 * other in the bases, is that module, deployed in another folder.  Labels are still names.
 */
static int group_deployed(struct hprof_view *v, uint32_t *const *module, const uint32_t *first,
			  struct hprof_error *err)
{
	struct deployed *of = v->n_bases ? calloc(v->str.n, sizeof(*of)) : NULL; /* by label */

	if (!of)
		return v->n_bases ? hp_fail_nomem(err) : HPROF_OK;
	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		for (uint32_t i = 0; i < v->profiles[n]->modules.n; i++) {
			const struct hp_vmodule *m = &v->modules[module[n][i]];
			struct deployed *d = &of[m->label.i];
			bool is_base = n >= v->n_profiles;

			d->several[is_base] |= m->special || (d->path[is_base].i &&
							      d->path[is_base].i != m->path.i);
			d->path[is_base] = m->path;
		}
	for (uint32_t i = 0; i < v->n_modules; i++) {
		struct hp_vmodule *m = &v->modules[i];
		const struct deployed *d = &of[m->label.i];

		if (d->path[0].i && d->path[1].i && !d->several[0] && !d->several[1])
			m->group = first[d->path[0].i] - 1;
	}
	free(of);
	return HPROF_OK;
}

/* Builds of one path are a group; each module is called as it is in its profile alone. */
static int group_modules(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	uint32_t *first;
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < v->n_modules; i++)
		r = short_label(v, &v->modules[i], &v->modules[i].label, err);
	if (r < 0)
		return r;
	first = calloc(v->str.n, sizeof(*first)); /* by path: 1 + row */
	if (!first)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->n_modules; i++) {
		struct hp_vmodule *m = &v->modules[i];

		if (!first[m->path.i])
			first[m->path.i] = i + 1;
		m->group = first[m->path.i] - 1;
	}
	r = group_deployed(v, module, first, err);
	free(first);
	return r < 0 ? r : tell_paths_apart(v, module, err);
}

/*
 * Different modules read differently: "libx.so", or "/a/libx.so" where a profile has another of the
 * name; a second build, whose places are others, is "libx.so#2".
 */
static int label_modules(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	uint32_t *builds;
	int r = group_modules(v, module, err);

	if (r < 0)
		return r;
	builds = calloc((size_t)v->str.n + 1, sizeof(*builds)); /* by path, then by label */
	if (!builds)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->n_modules; i++)
		builds[v->modules[i].path.i]++;
	for (uint32_t i = 0; i < v->n_modules; i++)
		v->modules[i].has_others = builds[v->modules[i].path.i] > 1;
	memset(builds, 0, ((size_t)v->str.n + 1) * sizeof(*builds));
	for (uint32_t i = 0; r == HPROF_OK && i < v->n_modules; i++) {
		struct hp_vmodule *m = &v->modules[i];
		struct hp_slice label = hp_view_str(v, m->label);
		uint32_t build = ++builds[m->label.i];
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

/* Which modules are not the same build in all profiles. */
static int find_builds(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	size_t n_profiles = v->n_profiles + v->n_bases;
	struct {
		uint32_t n, last;
	} *users = calloc((size_t)v->n_modules + 1, sizeof(*users));

	if (!users)
		return hp_fail_nomem(err);
	for (size_t n = 0; n < n_profiles; n++)
		for (uint32_t i = 0; i < v->profiles[n]->modules.n; i++) {
			uint32_t row = module[n][i];

			users[row].n += users[row].last != n + 1;
			users[row].last = (uint32_t)n + 1;
		}
	for (uint32_t i = 0; i < v->n_modules; i++)
		v->several_builds |= v->modules[i].by_name = users[i].n < n_profiles;
	free(users);
	return HPROF_OK;
}

int hp_merge_modules(struct hprof_view *v, uint32_t **module, struct hprof_error *err)
{
	size_t n_profiles = v->n_profiles + v->n_bases;
	struct finder f = {.v = v};
	int r = HPROF_OK;

	f.parts = calloc(n_profiles, sizeof(*f.parts));
	if (!f.parts)
		return hp_fail_nomem(err);
	for (size_t n = 0; r == HPROF_OK && n < n_profiles; n++) {
		module[n] = calloc((size_t)v->profiles[n]->modules.n + 1, sizeof(**module));
		r = module[n] ? find_rows(&f, n, module[n], err) : hp_fail_nomem(err);
	}
	release_finder(&f);
	if (r == HPROF_OK)
		r = find_builds(v, module, err);
	return r < 0 ? r : label_modules(v, module, err);
}

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

/* Without what tells builds apart, or the spellings that one build has. */
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

/* Names of function @id, with what tells it from others; @module is where its frame is. */
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

/*
 * What makes two frames one: within one build the place in the module; across builds all that
 * an expression can look at, so that what is shown together is not left out together.  What is
 * printed as one row is decided by rows, which is a step of its own.
 */
/* Whether @f is told apart by its place in the module, or by its name: offsets differ in builds. */
static bool has_place(const struct hprof_view *v, const struct hp_vframe *f)
{
	return !f->by_name || f->func == HP_NONE || v->opts.granularity == HPROF_BY_ADDRESS;
}

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
