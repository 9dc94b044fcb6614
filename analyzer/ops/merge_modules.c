/* merge_modules.c - giving the modules of several profiles common rows, and names. */
#include "analyzer/ops/merge_modules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/column.h"

/* Comparing each part of an image with each of another: so many at most. */
enum { PARTS_MAX = 1 << 12 };

/* The mappings of each module of one profile. */
struct parts {
	uint32_t *first; /* [modules.n] its first mapping, HP_NONE: it has none */
	uint32_t *next;  /* [maps.n] the next one of the same module, HP_NONE at the end */
};

/* What is known while modules get their rows: where each row came from, and who may share it. */
struct module_finder {
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

static struct image image_of(const struct module_finder *f, const uint32_t from[2])
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
		return true; /* one of the maps has no code */
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
 * Whether the mappings of two modules are of one image, wherever it was loaded.  What changes while
 * a process runs does not count: the number of lines in the map, their permissions, and parts that
 * are mapped again.  Some writers record code only.
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

static bool same_build(const struct module_finder *f, const uint32_t of_a[2],
		       const uint32_t of_b[2])
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
static uint32_t first_of(const struct module_finder *f, hp_strid text, int by)
{
	struct module_key key = {f->v, text, by};
	uint32_t entry = hp_index_find(&f->index, hp_hash_pair(f->v->seed, text.i, (uint64_t)by),
				       same_text, f->v, &key);

	return entry == UINT32_MAX ? entry : entry / 2;
}

/* Put the last row into the lists of its path and its build ID. */
static int list_row(struct module_finder *f, struct hprof_error *err)
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

static int add_module(struct module_finder *f, const uint32_t from[2], struct hprof_error *err)
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
static int shared_module(const struct module_finder *f, const uint32_t from[2], uint32_t *out,
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
static int find_rows(struct module_finder *f, size_t n, uint32_t *module, struct hprof_error *err)
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

static void release_finder(struct module_finder *f)
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
	struct module_finder f = {.v = v};
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
