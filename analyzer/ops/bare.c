/* bare.c - functions that are known by their name without arguments only. */
#include "analyzer/ops/bare.h"

#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"

/* A name without arguments, and the one with them that it stands for in all profiles. */
struct hp_bare {
	hp_strid whole;            /* "": none is known */
	hp_strid shown;            /* the same, or its linkage name where those are shown */
	hp_strid brief;            /* @whole without arguments, as its profile spells it */
	hp_strid file, whole_file; /* last parts of the paths; "" when unknown */
	bool several_files;        /* of either */
	bool apart;                /* it may be another function */
	bool respelled;            /* it has several spellings without arguments */
};

/* A spelling of a function without arguments. */
struct hp_bare_name {
	hp_strid name;
	hp_strid plain; /* with the types of integers as the demangler writes them */
	uint32_t row;   /* of hp_bares */
	bool used;      /* some profile spells it so */
};

struct hp_bares {
	struct hp_bare *row; /* [n] */
	uint32_t n, cap;
	struct hp_bare_name *names; /* [n_names] */
	uint32_t n_names, names_cap;
	struct hp_index index; /* of names */
};

static bool same_name(const void *ctx, uint32_t i, const void *key)
{
	return ((const struct hp_bares *)ctx)->names[i].name.i == ((const hp_strid *)key)->i;
}

/* The spelling @name, NULL: none. */
static struct hp_bare_name *find_name(const struct hprof_view *v, hp_strid name)
{
	uint32_t i = hp_index_find(&v->bares->index, hp_hash_pair(v->seed, name.i, 6), same_name,
				   v->bares, &name);

	return i == UINT32_MAX ? NULL : &v->bares->names[i];
}

/* The row of bares that @name is a spelling of, UINT32_MAX: none. */
static uint32_t find(const struct hprof_view *v, hp_strid name)
{
	const struct hp_bare_name *n = find_name(v, name);

	return n ? n->row : UINT32_MAX;
}

static int add_name(struct hprof_view *v, const struct hp_bare_name *name, struct hprof_error *err)
{
	struct hp_bares *b = v->bares;

	if (!HP_COLUMN_ROOM(b->names, b->n_names, b->names_cap) ||
	    !hp_index_add(&b->index, hp_hash_pair(v->seed, name->name.i, 6), b->n_names))
		return hp_fail_nomem(err);
	b->names[b->n_names++] = *name;
	return HPROF_OK;
}

/* The row of bares that all spellings of @text share, made when new. */
static int add_row(struct hprof_view *v, struct hp_slice text, uint32_t *row,
		   struct hprof_error *err)
{
	struct hp_bares *b = v->bares;
	struct hp_bare_name name = {.used = false};
	int r = hp_name_add_plain(&v->str, text, true, &name.name, err);

	if (r < 0)
		return r;
	*row = find(v, name.name);
	if (*row != UINT32_MAX)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(b->row, b->n, b->cap))
		return hp_fail_nomem(err);
	name.plain = name.name;
	name.row = *row = b->n++;
	b->row[*row] = (struct hp_bare){.apart = false};
	return add_name(v, &name, err);
}

static int add(struct hprof_view *v, struct hp_slice text, struct hprof_error *err)
{
	struct hp_bare_name name = {.used = true}, *known;
	int r = hp_strtab_add(&v->str, text, &name.name, err);

	if (r < 0)
		return r;
	known = find_name(v, name.name);
	if (known && known->used)
		return HPROF_OK;
	r = add_row(v, text, &name.row, err);
	if (r == HPROF_OK)
		r = hp_name_add_plain(&v->str, text, false, &name.plain, err);
	if (r < 0)
		return r;
	known = find_name(v, name.name);
	if (!known)
		return add_name(v, &name, err);
	known->used = true;
	return HPROF_OK;
}

/* Note where the same is spelled as in DWARF and as the demangler does. */
static void note_spelling(struct hprof_view *v, const struct hp_bare_name *name)
{
	const struct hp_bare_name *other;

	if (!name->used || name->plain.i == name->name.i)
		return;
	other = find_name(v, name->plain);
	if (other && other->used)
		v->bares->row[name->row].respelled = true;
}

/* The lines of a function that are on stacks. */
struct lines {
	uint32_t first, last; /* first > last: none is known */
	bool used;            /* it is on some stack */
};

/* Functions of one profile. */
struct bare_finder {
	struct hprof_view *v;
	const struct hprof_profile *p;
	struct lines *lines; /* [funcs.n] */
};

static int find_used(struct bare_finder *f, struct hprof_error *err)
{
	const struct hprof_profile *p = f->p;

	f->lines = calloc((size_t)p->funcs.n + 1, sizeof(*f->lines));
	if (!f->lines)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < p->funcs.n; i++)
		f->lines[i].first = UINT32_MAX;
	for (uint32_t i = 0; i < p->frames.n; i++) {
		struct lines *own = &f->lines[p->frames.func[i].i];
		uint32_t line = p->frames.line[i];

		own->used = true;
		if (line && line < own->first)
			own->first = line;
		if (line > own->last)
			own->last = line;
	}
	return HPROF_OK;
}

/*
 * The name of function @i of @p with its arguments, without the suffixes of copies; empty if it has
 * no arguments.  *@brief: without them.
 */
static struct hp_slice whole_of(const struct hprof_profile *p, uint32_t i, struct hp_slice *brief)
{
	struct hp_slice name = hp_profile_str(p, p->funcs.name[i]);
	struct hp_slice full = hp_profile_str(p, p->funcs.full[i]);

	*brief = name;
	if (!memchr(full.ptr, '(', full.len))
		return (struct hp_slice){"", 0};
	if (hp_slice_same(name, full)) /* what compilers append hides where the arguments end */
		*brief = hp_name_brief(hp_name_uncloned(full));
	full = hp_name_uncloned(full);
	if (brief->len >= full.len || hp_name_without_arguments(full).len == full.len)
		return (struct hp_slice){"", 0};
	return full;
}

/* What a name is of: a function with its arguments, one that may have some, or any other. */
enum kind { WHOLE, BARE, OTHER };

/* Whether function @i of @p has the same name in all its forms. */
static bool has_one_name(const struct hprof_profile *p, uint32_t i)
{
	return !p->funcs.linkage[i].i && p->funcs.name[i].i == p->funcs.full[i].i;
}

/* What function @i of @p is by its name; *@whole and *@brief as by whole_of(). */
static enum kind kind_of(const struct hprof_profile *p, uint32_t i, struct hp_slice *whole,
			 struct hp_slice *brief)
{
	*whole = whole_of(p, i, brief);
	if (whole->len)
		return WHOLE;
	return has_one_name(p, i) ? BARE : OTHER;
}

/* Take file @file as that of one side of a match; "" says nothing. */
static void take_file(hp_strid *known, bool *several, hp_strid file)
{
	if (!file.i)
		return;
	*several |= known->i && known->i != file.i;
	*known = file;
}

static int base_file(struct hprof_view *v, const struct hprof_profile *p, uint32_t i, hp_strid *out,
		     struct hprof_error *err)
{
	struct hp_slice path = hp_profile_str(p, p->funcs.file[i]);

	return hp_strtab_add(&v->str, hp_slice_basename(path), out, err);
}

/* Function @i of the profile has arguments: it may be what a name without stands for. */
static int take_whole(const struct bare_finder *f, uint32_t i, struct hp_slice whole,
		      struct hp_slice brief, struct hprof_error *err)
{
	struct hprof_view *v = f->v;
	const struct hp_funcs *t = &f->p->funcs;
	bool by_linkage = v->opts.names == HPROF_NAMES_MANGLED && t->linkage[i].i;
	struct hp_bare *b;
	hp_strid name, full, shown, own, file;
	uint32_t row;
	int r = hp_name_add_plain(&v->str, brief, true, &name, err);

	row = r == HPROF_OK ? find(v, name) : UINT32_MAX;
	if (row == UINT32_MAX)
		return r;
	r = hp_strtab_add(&v->str, whole, &full, err);
	shown = full;
	if (r == HPROF_OK && by_linkage)
		r = hp_strtab_add(&v->str, hp_profile_str(f->p, t->linkage[i]), &shown, err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&v->str, brief, &own, err);
	if (r == HPROF_OK)
		r = base_file(v, f->p, i, &file, err);
	if (r < 0)
		return r;
	b = &v->bares->row[row];
	b->apart |= b->whole.i && (b->whole.i != full.i || b->shown.i != shown.i);
	b->whole = full;
	b->shown = shown;
	b->brief = own;
	take_file(&b->whole_file, &b->several_files, file);
	return HPROF_OK;
}

static int take_bare(const struct bare_finder *f, uint32_t i, struct hprof_error *err)
{
	struct hprof_view *v = f->v;
	hp_strid name, file;
	uint32_t row;
	int r = hp_strtab_add(&v->str, hp_profile_str(f->p, f->p->funcs.full[i]), &name, err);

	row = r == HPROF_OK ? find(v, name) : UINT32_MAX;
	if (row == UINT32_MAX)
		return r;
	r = base_file(v, f->p, i, &file, err);
	if (r == HPROF_OK)
		take_file(&v->bares->row[row].file, &v->bares->row[row].several_files, file);
	return r;
}

/* --- both in one profile --- */

/* A function of a row, in a profile that may have both. */
struct sighting {
	uint32_t row;
	hp_strid file;
	bool is_whole;
	struct lines lines;
};

static int by_row(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->file.i > y->file.i) - (x->file.i < y->file.i);
}

static void widen(struct lines *to, const struct lines *by)
{
	if (by->first < to->first)
		to->first = by->first;
	if (by->last > to->last)
		to->last = by->last;
}

/*
 * Sightings list[n], of one row.  Two functions do not share lines of a file: where lines of both
 * spellings are mixed they are one.  Otherwise "f" may be an f(int) that is inlined beside an
 * f(long) that is not.
 */
static bool fit(const struct sighting *list, uint32_t n)
{
	for (uint32_t i = 0; i < n;) {
		struct lines of[2] = {{.first = UINT32_MAX}, {.first = UINT32_MAX}};
		uint32_t first = i;
		bool bare = false;

		for (; i < n && list[i].file.i == list[first].file.i; i++) {
			widen(&of[list[i].is_whole], &list[i].lines);
			bare |= !list[i].is_whole;
		}
		if (bare &&
		    (!list[first].file.i || of[0].first > of[1].last || of[1].first > of[0].last))
			return false;
	}
	return true;
}

static void compare(struct hprof_view *v, struct sighting *list, uint32_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), by_row);
	for (uint32_t i = 0; i < n;) {
		uint32_t first = i, wholes = 0;

		for (; i < n && list[i].row == list[first].row; i++)
			wholes += list[i].is_whole;
		if (wholes && wholes < i - first && !fit(list + first, i - first))
			v->bares->row[list[first].row].apart = true;
	}
}

static int look_at_both(const struct bare_finder *f, struct hprof_error *err)
{
	const struct hp_funcs *t = &f->p->funcs;
	struct sighting *list = calloc((size_t)t->n + 1, sizeof(*list));
	int r = list ? HPROF_OK : hp_fail_nomem(err);
	uint32_t n = 0;

	for (uint32_t i = 0; r == HPROF_OK && i < t->n; i++) {
		struct hp_slice whole, brief;
		enum kind kind = f->lines[i].used ? kind_of(f->p, i, &whole, &brief) : OTHER;
		hp_strid name;
		uint32_t row;

		if (kind == OTHER)
			continue;
		r = hp_name_add_plain(&f->v->str, brief, true, &name, err);
		row = r == HPROF_OK ? find(f->v, name) : UINT32_MAX;
		if (row == UINT32_MAX || !f->v->bares->row[row].whole.i)
			continue;
		list[n++] = (struct sighting){row, t->file[i], kind == WHOLE, f->lines[i]};
	}
	if (r == HPROF_OK)
		compare(f->v, list, n);
	free(list);
	return r;
}

/* --- all profiles --- */

enum step { LIST_BARE, FIND_WHOLE, COMPARE };

static int look_at(struct hprof_view *v, const struct hprof_profile *p, enum step step,
		   struct hprof_error *err)
{
	struct bare_finder f = {.v = v, .p = p};
	int r = find_used(&f, err);

	if (r == HPROF_OK && step == COMPARE)
		r = look_at_both(&f, err);
	for (uint32_t i = 0; r == HPROF_OK && step != COMPARE && i < p->funcs.n; i++) {
		struct hp_slice whole, brief;
		bool wanted = f.lines[i].used && (step != LIST_BARE || has_one_name(p, i));
		enum kind kind = wanted ? kind_of(p, i, &whole, &brief) : OTHER;

		if (step == LIST_BARE && kind == BARE)
			r = add(v, hp_profile_str(p, p->funcs.full[i]), err);
		else if (step == FIND_WHOLE && kind == BARE)
			r = take_bare(&f, i, err);
		else if (step == FIND_WHOLE && kind == WHOLE)
			r = take_whole(&f, i, whole, brief, err);
	}
	free(f.lines);
	return r;
}

/* Whether a profile has a function with arguments or of a template; names of C have neither. */
static bool has_spellings(const struct hprof_view *v)
{
	struct hp_slice brief;

	for (size_t n = 0; n < v->n_profiles + v->n_bases; n++)
		for (uint32_t i = 0; i < v->profiles[n]->funcs.n; i++)
			if (whole_of(v->profiles[n], i, &brief).len ||
			    memchr(brief.ptr, '<', brief.len))
				return true;
	return false;
}

static bool is_matched(const struct hp_bare *b)
{
	return b->whole.i && !b->apart;
}

int hp_bares_find(struct hprof_view *v, struct hprof_error *err)
{
	struct hp_bares *bares;
	uint32_t n_matched = 0;
	int r = HPROF_OK;

	if (v->opts.jeprof_rows || !has_spellings(v)) /* its tables go by the name as it is */
		return HPROF_OK;
	v->bares = bares = calloc(1, sizeof(*bares));
	if (!bares)
		return hp_fail_nomem(err);
	for (unsigned step = LIST_BARE; step <= COMPARE; step++)
		for (size_t n = 0; r == HPROF_OK && n < v->n_profiles + v->n_bases; n++)
			r = look_at(v, v->profiles[n], (enum step)step, err);
	for (uint32_t i = 0; r == HPROF_OK && i < bares->n_names; i++)
		note_spelling(v, &bares->names[i]);
	for (uint32_t i = 0; r == HPROF_OK && i < bares->n; i++) {
		struct hp_bare *b = &bares->row[i];

		b->apart |= !b->several_files && b->file.i && b->whole_file.i &&
			    b->file.i != b->whole_file.i;
		n_matched += is_matched(b) || b->respelled;
	}
	if (!n_matched) {
		hp_bares_free(bares);
		v->bares = NULL;
	}
	return r;
}

bool hp_bare_find(const struct hprof_view *v, hp_strid full, hp_strid linkage,
		  struct hp_bare_match *out)
{
	const struct hp_bare_name *name = v->bares && !linkage.i ? find_name(v, full) : NULL;
	const struct hp_bare *b;

	if (!name)
		return false;
	b = &v->bares->row[name->row];
	if (is_matched(b))
		*out = (struct hp_bare_match){b->shown, b->brief};
	else if (b->respelled)
		*out = (struct hp_bare_match){name->plain, name->plain};
	else
		return false;
	return true;
}

void hp_bares_free(struct hp_bares *b)
{
	if (!b)
		return;
	free(b->row);
	free(b->names);
	hp_index_release(&b->index);
	free(b);
}
