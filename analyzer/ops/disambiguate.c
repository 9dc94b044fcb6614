/* disambiguate.c - different functions of one name: finding and distinguishing them. */
#include "analyzer/ops/disambiguate.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/ops/bare.h"

#define SEVERAL (UINT32_MAX - 1) /* modules */
#define OUTSIDE (UINT32_MAX - 2) /* of all modules */

/* How much of their paths distinguishes the files of functions of one name. */
enum hp_path_part {
	HP_PATH_FILE,   /* its last part */
	HP_PATH_FOLDER, /* the last two */
	HP_PATH_WHOLE,
};

/* A name that several functions have. */
struct hp_name_clash {
	hp_strid name;
	enum hp_path_part part; /* where sources of several builds are compared */
};

struct hp_name_clashes {
	struct hp_name_clash *row; /* [n] */
	uint32_t n, cap;
	struct hp_index index;
};

/* --- finding --- */

/*
 * Whether the function @full with this linkage name can have a namesake: any function of C may
 * be local to a file; linkage names of C++ mark local functions and all that is nested in them.
 * Lambdas that are local to a file are known by their place, or by a number in the file, "$_0" of
 * clang.
 */
static bool is_local(struct hp_slice linkage, struct hp_slice full)
{
	if (hp_slice_starts(linkage, HP_LIT("_R")) || hp_slice_starts(linkage, HP_LIT("_D")))
		return false;
	if (!hp_slice_starts(linkage, HP_LIT("_Z")))
		return true;
	return hp_slice_starts(linkage, HP_LIT("_ZL")) ||
	       hp_slice_starts(linkage, HP_LIT("_ZZL")) ||
	       memmem(linkage.ptr, linkage.len, "_GLOBAL__N_", 11) != NULL ||
	       hp_slice_starts(full, HP_LIT("$_")) || hp_lambda_is_placed(full);
}

static bool is_absolute(struct hp_slice file)
{
	return file.len && file.ptr[0] == '/';
}

/* The one module of each function of @p, SEVERAL, or HP_NONE when it is not used. */
static uint32_t *modules_of(const struct hprof_profile *p)
{
	uint32_t *module = calloc((size_t)p->funcs.n + 1, sizeof(*module));

	for (uint32_t i = 0; module && i < p->funcs.n; i++)
		module[i] = HP_NONE;
	for (uint32_t i = HP_TRUNCATED_LOCS; module && i < p->locs.n; i++) {
		uint32_t own = p->locs.module[i].i;
		uint32_t here = own == HP_NONE ? OUTSIDE : own;

		for (uint32_t k = 0; k < p->locs.frame_n[i]; k++) {
			uint32_t *m = &module[p->frames.func[p->locs.frame_first[i] + k].i];

			*m = *m == HP_NONE || *m == here ? here : SEVERAL;
		}
	}
	return module;
}

/* Whether functions @a and @b of @p, of one name, are two; an unknown file proves nothing. */
static bool differ(const struct hprof_profile *p, const uint32_t *module, uint32_t a, uint32_t b)
{
	hp_strid x = p->funcs.file[a], y = p->funcs.file[b];

	if (x.i && y.i && x.i != y.i)
		return true;
	if (x.i == y.i && is_absolute(hp_profile_str(p, x)))
		return false;
	return module[a] != module[b] || module[a] == SEVERAL;
}

static bool same_name(const void *ctx, uint32_t row, const void *key)
{
	return ((const struct hp_name_clashes *)ctx)->row[row].name.i == ((const hp_strid *)key)->i;
}

static uint32_t find_clash(const struct hprof_view *v, hp_strid name)
{
	if (!v->clashes)
		return UINT32_MAX;
	return hp_index_find(&v->clashes->index, hp_hash_pair(v->seed, name.i, 5), same_name,
			     v->clashes, &name);
}

static int add_clash(struct hprof_view *v, struct hp_slice text, struct hprof_error *err)
{
	struct hp_name_clashes *c = v->clashes;
	hp_strid name;
	int r = hp_strtab_add(&v->str, text, &name, err);

	if (r < 0 || find_clash(v, name) != UINT32_MAX)
		return r;
	if (!HP_COLUMN_ROOM(c->row, c->n, c->cap) ||
	    !hp_index_add(&c->index, hp_hash_pair(v->seed, name.i, 5), c->n))
		return hp_fail_nomem(err);
	c->row[c->n++] = (struct hp_name_clash){.name = name};
	return HPROF_OK;
}

/* The name that functions of @p are compared by. */
static hp_strid name_of(const struct hprof_view *v, const struct hprof_profile *p, uint32_t i)
{
	bool by_linkage = v->opts.names == HPROF_NAMES_MANGLED && p->funcs.linkage[i].i;

	return by_linkage ? p->funcs.linkage[i] : p->funcs.full[i];
}

/* What is known of the functions of one name. */
struct namesakes {
	uint32_t n;
	uint32_t first; /* 1 + one of them, local and with a file if there is such a one */
};

static int find_in(struct hprof_view *v, const struct hprof_profile *p, struct hprof_error *err)
{
	const struct hp_funcs *t = &p->funcs;
	uint32_t *module = modules_of(p);
	struct namesakes *of = calloc(p->str.n, sizeof(*of)); /* by name */
	int r = module && of ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t i = 0; r == HPROF_OK && i < t->n; i++)
		of[name_of(v, p, i).i].n++;
	for (uint32_t i = 0; r == HPROF_OK && i < t->n; i++) {
		hp_strid name = name_of(v, p, i);
		uint32_t *known = &of[name.i].first;
		uint32_t other = *known ? *known - 1 : i;

		if (module[i] == HP_NONE || (of[name.i].n == 1 && module[i] != SEVERAL) ||
		    !is_local(hp_profile_str(p, t->linkage[i]), hp_profile_str(p, t->full[i])))
			continue;
		if (differ(p, module, other, i))
			r = add_clash(v, hp_profile_str(p, name), err);
		if (!*known || !t->file[*known - 1].i)
			*known = i + 1;
	}
	free(module);
	free(of);
	return r;
}

/* The last two parts of @path. */
static struct hp_slice tail(struct hp_slice path)
{
	struct hp_slice name = hp_slice_basename(path), folder;

	if (name.len == path.len)
		return path;
	folder = hp_slice_basename((struct hp_slice){path.ptr, path.len - name.len - 1});
	return (struct hp_slice){folder.ptr, folder.len + 1 + name.len};
}

/* A function whose name others have, and its file. */
struct candidate {
	uint32_t clash;
	struct hp_slice file;
};

static int by_file(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int c = (x->clash > y->clash) - (x->clash < y->clash);

	if (c == 0)
		c = hp_slice_cmp(hp_slice_basename(x->file), hp_slice_basename(y->file));
	if (c == 0)
		c = hp_slice_cmp(tail(x->file), tail(y->file));
	return c ? c : hp_slice_cmp(x->file, y->file);
}

/* Find how much of their paths distinguishes the functions of one name in @p. */
static int find_parts(struct hprof_view *v, const struct hprof_profile *p, struct hprof_error *err)
{
	struct candidate *list = calloc((size_t)p->funcs.n + 1, sizeof(*list));
	int r = HPROF_OK;
	uint32_t n = 0;

	if (!list)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < p->funcs.n; i++) {
		struct hp_slice text = hp_profile_str(p, name_of(v, p, i));
		hp_strid name;
		uint32_t row;

		r = hp_strtab_add(&v->str, text, &name, err);
		if (r < 0)
			break;
		row = find_clash(v, name);
		if (row != UINT32_MAX)
			list[n++] = (struct candidate){row, hp_profile_str(p, p->funcs.file[i])};
	}
	qsort(list, n, sizeof(*list), by_file);
	for (uint32_t i = 1; i < n; i++) {
		const struct candidate *x = &list[i - 1], *y = &list[i];
		enum hp_path_part *part = &v->clashes->row[x->clash].part;

		if (x->clash != y->clash || hp_slice_same(x->file, y->file) ||
		    !hp_slice_same(hp_slice_basename(x->file), hp_slice_basename(y->file)))
			continue;
		if (hp_slice_same(tail(x->file), tail(y->file)))
			*part = HP_PATH_WHOLE;
		else if (*part == HP_PATH_FILE)
			*part = HP_PATH_FOLDER;
	}
	free(list);
	return r;
}

/* The name of module @m of @p without folder and version. */
static struct hp_slice plain_name(const struct hprof_profile *p, const struct hp_module *m)
{
	struct hp_slice name = hp_slice_basename(hp_profile_str(p, m->path));
	const char *version = memmem(name.ptr, name.len, ".so.", 4);

	if (version)
		name.len = (size_t)(version - name.ptr);
	return name;
}

/* What is known of the modules of one plain name, in all profiles. */
struct plain {
	hp_strid path;
	uint32_t profile; /* 1 + the last one that has such a module, and its path there */
	bool is_main;     /* it is the program in some profile */
	bool is_several;  /* some profile has several of that name */
};

static void look_at_module(struct plain *known, const struct hp_module *m, hp_strid path,
			   uint32_t profile)
{
	known->is_main |= m->main;
	known->is_several |= known->profile == profile + 1 && known->path.i != path.i;
	known->profile = profile + 1;
	known->path = path;
}

/*
 * Set what distinguishes functions in different modules.  It does not depend on the build, nor on
 * what a profile says of the program: the name of the module without its version, nothing for the
 * program itself, the path where one profile has several modules of a name.  plain[k]: the plain
 * name of module row @k.
 */
static void name_scopes(struct hprof_view *v, const hp_strid *plain, const struct plain *known)
{
	for (uint32_t k = 0; k < v->n_modules; k++) {
		const struct plain *of = &known[plain[k].i];

		v->modules[k].scope = of->is_several ? v->modules[k].path
				      : of->is_main  ? (hp_strid){0}
						     : plain[k];
	}
}

static int find_scopes(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	size_t n_profiles = v->n_profiles + v->n_bases;
	hp_strid *plain = calloc((size_t)v->n_modules + 1, sizeof(*plain));
	struct plain *known = NULL;
	int r = plain ? HPROF_OK : hp_fail_nomem(err);

	for (size_t n = 0; n < n_profiles; n++)
		for (uint32_t i = 0; r == HPROF_OK && i < v->profiles[n]->modules.n; i++)
			r = hp_strtab_add(
				&v->str,
				plain_name(v->profiles[n], &v->profiles[n]->modules.row[i]),
				&plain[module[n][i]], err);
	if (r == HPROF_OK) {
		known = calloc(v->str.n, sizeof(*known));
		r = known ? HPROF_OK : hp_fail_nomem(err);
	}
	for (size_t n = 0; r == HPROF_OK && n < n_profiles; n++)
		for (uint32_t i = 0; i < v->profiles[n]->modules.n; i++)
			look_at_module(&known[plain[module[n][i]].i],
				       &v->profiles[n]->modules.row[i],
				       v->modules[module[n][i]].path, (uint32_t)n);
	if (r == HPROF_OK)
		name_scopes(v, plain, known);
	free(known);
	free(plain);
	return r;
}

/* Several functions have the name of clash @i, and so @name, which that is compared as. */
static int join(struct hprof_view *v, uint32_t i, struct hp_slice name, struct hprof_error *err)
{
	enum hp_path_part part = v->clashes->row[i].part;
	struct hp_name_clash *other;
	hp_strid id;
	int r = hp_strtab_add(&v->str, name, &id, err);

	if (r == HPROF_OK)
		r = add_clash(v, hp_view_str(v, id), err);
	if (r < 0)
		return r;
	other = &v->clashes->row[find_clash(v, id)];
	other->part = other->part > part ? other->part : part;
	return HPROF_OK;
}

/* A name without arguments, or of a copy, that several functions have: so has the whole one. */
static int join_wholes(struct hprof_view *v, struct hprof_error *err)
{
	int r = HPROF_OK;

	for (uint32_t i = 0, n = v->clashes->n; r == HPROF_OK && i < n; i++) {
		struct hp_slice text = hp_view_str(v, v->clashes->row[i].name);
		struct hp_slice original = hp_name_uncloned(text);
		struct hp_bare_match bare;

		if (hp_bare_find(v, v->clashes->row[i].name, (hp_strid){0}, &bare))
			r = join(v, i, hp_view_str(v, bare.key), err);
		else if (original.len < text.len)
			r = join(v, i, original, err);
	}
	return r;
}

int hp_name_clashes_find(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	size_t n_profiles = v->n_profiles + v->n_bases;
	int r = HPROF_OK;

	if (v->opts.jeprof_rows) /* its tables go by the name as it is */
		return HPROF_OK;
	v->clashes = calloc(1, sizeof(*v->clashes));
	if (!v->clashes)
		return hp_fail_nomem(err);
	for (size_t n = 0; r == HPROF_OK && n < n_profiles; n++)
		r = find_in(v, v->profiles[n], err);
	if (r < 0 || !v->clashes->n)
		return r;
	for (size_t n = 0; r == HPROF_OK && v->several_builds && n < n_profiles; n++)
		r = find_parts(v, v->profiles[n], err);
	if (r == HPROF_OK && v->several_builds)
		r = find_scopes(v, module, err);
	return r < 0 ? r : join_wholes(v, err);
}

void hp_name_clashes_free(struct hp_name_clashes *c)
{
	if (!c)
		return;
	free(c->row);
	hp_index_release(&c->index);
	free(c);
}

/* --- distinguishing --- */

/* The part of @file that other builds share, whose sources may lie in another folder. */
static struct hp_slice stable_file(struct hp_slice file, enum hp_path_part part)
{
	switch (part) {
	case HP_PATH_FILE:
		return hp_slice_basename(file);
	case HP_PATH_FOLDER:
		return tail(file);
	case HP_PATH_WHOLE:
		break;
	}
	return file;
}

int hp_name_clash_scope(struct hprof_view *v, uint32_t view_module, struct hp_vfunc *f,
			struct hprof_error *err)
{
	struct hp_slice file = hp_view_str(v, f->file), place = {"", 0};
	uint32_t clash = find_clash(v, f->key);
	char *text;
	int n, r;

	if (clash == UINT32_MAX)
		return HPROF_OK;
	f->module = view_module;
	if (!is_absolute(file) && view_module != HP_NONE)
		place = hp_view_str(v, v->several_builds ? v->modules[view_module].scope
							 : v->modules[view_module].label);
	if (v->several_builds)
		file = stable_file(file, v->clashes->row[clash].part);
	n = asprintf(&text, "%.*s\n%.*s", (int)file.len, file.ptr, (int)place.len, place.ptr);
	if (n < 0)
		return hp_fail_nomem(err);
	r = hp_strtab_add(&v->str, (struct hp_slice){text, (size_t)n}, &f->scope, err);
	free(text);
	return r;
}

/* How much is said about a function, until it reads like no other. */
enum wording {
	IN_STYLE,
	IN_FULL,
	WITH_FILE, /* or module */
	WITH_FOLDER,
	FULL_WITH_FILE,
	WITH_ALL,
	N_WORDINGS,
};

static int word(struct hprof_view *v, struct hp_vfunc *f, enum wording how, struct hprof_error *err)
{
	hp_strid full = v->opts.names == HPROF_NAMES_MANGLED && f->linkage.i ? f->linkage : f->key;
	bool in_full = how == IN_FULL || how == FULL_WITH_FILE || how == WITH_ALL;
	hp_strid base = in_full || v->opts.names != HPROF_NAMES_SHORT ? full : f->name;
	struct hp_slice name = hp_view_str(v, base), file = hp_view_str(v, f->file), module;
	char *text;
	int n, r;

	if (how <= IN_FULL)
		f->label = base;
	if (how <= IN_FULL || f->scope.i)
		f->bare = base;
	if (how <= IN_FULL || !f->scope.i) /* there is no more to say than in full */
		return HPROF_OK;
	module = hp_view_module_name(v, f->module);
	f->in_module = how == WITH_ALL || !file.len;
	if (!file.len)
		n = asprintf(&text, "%.*s (%.*s)", (int)name.len, name.ptr, (int)module.len,
			     module.ptr);
	else if (how == WITH_ALL)
		n = asprintf(&text, "%.*s (%.*s, %.*s)", (int)name.len, name.ptr, (int)file.len,
			     file.ptr, (int)module.len, module.ptr);
	else {
		file = how == WITH_FOLDER ? tail(file) : hp_slice_basename(file);
		n = asprintf(&text, "%.*s (%.*s)", (int)name.len, name.ptr, (int)file.len,
			     file.ptr);
	}
	if (n < 0)
		return hp_fail_nomem(err);
	r = hp_strtab_add(&v->str, (struct hp_slice){text, (size_t)n}, &f->label, err);
	free(text);
	return r;
}

/* Word what is still open by @how; it stays open where others read the same.  1: some do. */
static int settle(struct hprof_view *v, bool *settled, enum wording how, struct hprof_error *err)
{
	uint32_t *users;
	int open = 0;

	for (uint32_t i = 0; i < v->n_funcs; i++) {
		struct hp_vfunc *f = &v->funcs[i];
		int r = f->group == i && !settled[i] ? word(v, f, how, err) : HPROF_OK;

		if (r < 0)
			return r;
	}
	users = calloc(v->str.n, sizeof(*users));
	if (!users)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < v->n_funcs; i++)
		users[v->funcs[i].label.i] += v->funcs[i].group == i;
	for (uint32_t i = 0; i < v->n_funcs; i++) {
		const struct hp_vfunc *f = &v->funcs[i];

		/* with a file in a field of its own, it is not to read like one that is settled */
		settled[i] = f->group != i || (users[f->label.i] == 1 &&
					       (f->bare.i == f->label.i || !users[f->bare.i]));
		open |= !settled[i];
	}
	free(users);
	return open;
}

int hp_name_clashes_label(struct hprof_view *v, struct hprof_error *err)
{
	bool *settled = calloc((size_t)v->n_funcs + 1, sizeof(*settled));
	int r = settled ? 1 : hp_fail_nomem(err);

	for (unsigned how = IN_STYLE; r > 0 && how < N_WORDINGS; how++)
		r = settle(v, settled, (enum wording)how, err);
	for (uint32_t i = 0; r >= 0 && i < v->n_funcs; i++) {
		v->funcs[i].label = v->funcs[v->funcs[i].group].label;
		v->funcs[i].bare = v->funcs[v->funcs[i].group].bare;
		v->funcs[i].in_module = v->funcs[v->funcs[i].group].in_module;
	}
	free(settled);
	return r < 0 ? r : HPROF_OK;
}
