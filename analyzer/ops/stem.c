/* stem.c - functions of several builds that one name stands for, but for what the builds add. */
#include "analyzer/ops/stem.h"

#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/lambda.h"
#include "analyzer/ops/bare.h"

/* A name without what builds add to it, or one with it. */
struct hp_stem {
	hp_strid name;
	bool is_stem;
	bool crowded; /* one profile has several lambdas that differ in nothing but their place */
	uint32_t n_profiles; /* that have it */
	uint32_t last;       /* number of the last of them, from 1 */
};

struct hp_stems {
	struct hp_stem *row; /* [n] */
	uint32_t n, cap;
	struct hp_index index;
};

/* Functions of one profile, and the texts that stems are made in. */
struct stem_finder {
	struct hprof_view *v;
	const struct hprof_profile *p;
	uint32_t number; /* of @p, from 1 */
	bool *used[2];   /* [funcs.n] in code that is not of one build everywhere, and that is */
	char *room;      /* of the longest name */
	bool counts;     /* names without hashes count as well: stems are known by now */
};

struct key {
	hp_strid name;
	bool is_stem;
};

static bool same_stem(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_stem *s = &((const struct hp_stems *)ctx)->row[row];
	const struct key *k = key;

	return s->name.i == k->name.i && s->is_stem == k->is_stem;
}

static uint32_t find(const struct hprof_view *v, hp_strid name, bool is_stem)
{
	struct key k = {name, is_stem};

	return hp_index_find(&v->stems->index, hp_hash_pair(v->seed, name.i, is_stem), same_stem,
			     v->stems, &k);
}

static int add(struct hprof_view *v, hp_strid name, bool is_stem, uint32_t *out,
	       struct hprof_error *err)
{
	struct hp_stems *s = v->stems;

	*out = find(v, name, is_stem);
	if (*out != UINT32_MAX)
		return HPROF_OK;
	if (!HP_COLUMN_ROOM(s->row, s->n, s->cap) ||
	    !hp_index_add(&s->index, hp_hash_pair(v->seed, name.i, is_stem), s->n))
		return hp_fail_nomem(err);
	*out = s->n++;
	s->row[*out] = (struct hp_stem){.name = name, .is_stem = is_stem};
	return HPROF_OK;
}

/* Which functions of the profile are in code that may be of another build elsewhere, or not. */
static int find_used(struct stem_finder *f, const uint32_t *module, struct hprof_error *err)
{
	const struct hprof_profile *p = f->p;
	size_t longest = 1;

	for (int k = 0; k < 2; k++) {
		f->used[k] = calloc((size_t)p->funcs.n + 1, sizeof(**f->used));
		if (!f->used[k])
			return hp_fail_nomem(err);
	}
	for (uint32_t i = 0; i < p->locs.n; i++) {
		uint32_t m = p->locs.module[i].i;
		bool one_build = m != HP_NONE && !f->v->modules[module[m]].by_name;

		for (uint32_t k = 0; k < p->locs.frame_n[i]; k++)
			f->used[one_build][p->frames.func[p->locs.frame_first[i] + k].i] = true;
	}
	for (uint32_t i = 0; i < p->funcs.n; i++)
		if (hp_profile_str(p, p->funcs.full[i]).len > longest)
			longest = hp_profile_str(p, p->funcs.full[i]).len;
	f->room = malloc(longest);
	return f->room ? HPROF_OK : hp_fail_nomem(err);
}

static void count(const struct stem_finder *f, struct hp_stem *s)
{
	s->n_profiles += s->last != f->number;
	s->last = f->number;
}

static struct hp_slice without_build(struct hp_slice full, bool one_build, char *room)
{
	return one_build ? hp_name_uncloned(full) : hp_name_stem(full, room);
}

/* A name without arguments counts as the one with them that it stands for. */
static int count_whole(const struct stem_finder *f, uint32_t i, bool *is_bare,
		       struct hprof_error *err)
{
	struct hp_slice full = hp_profile_str(f->p, f->p->funcs.full[i]);
	struct hp_bare_match bare;
	uint32_t stem;
	hp_strid name;
	int r;

	*is_bare = false;
	if (!f->v->bares || f->p->funcs.linkage[i].i)
		return HPROF_OK;
	r = hp_strtab_add(&f->v->str, full, &name, err);
	*is_bare = r == HPROF_OK && hp_bare_find(f->v, name, (hp_strid){0}, &bare);
	stem = *is_bare ? find(f->v, bare.key, true) : UINT32_MAX;
	if (stem != UINT32_MAX)
		count(f, &f->v->stems->row[stem]);
	return r;
}

static int take(const struct stem_finder *f, uint32_t i, bool one_build, struct hprof_error *err)
{
	struct hprof_view *v = f->v;
	struct hp_slice full = hp_profile_str(f->p, f->p->funcs.full[i]);
	struct hp_slice text = without_build(full, one_build, f->room);
	uint32_t stem, variant;
	bool is_bare = false;
	hp_strid name;
	int r;

	if (!f->counts && text.len == full.len)
		return HPROF_OK;
	r = f->counts ? count_whole(f, i, &is_bare, err) : HPROF_OK;
	if (r < 0 || is_bare)
		return r;
	r = hp_strtab_add(&v->str, text, &name, err);
	if (r == HPROF_OK && !f->counts)
		return add(v, name, true, &stem, err);
	stem = r == HPROF_OK ? find(v, name, true) : UINT32_MAX;
	if (stem == UINT32_MAX)
		return r;
	r = hp_strtab_add(&v->str, full, &name, err);
	if (r == HPROF_OK)
		r = add(v, name, false, &variant, err);
	if (r < 0)
		return r;
	if (v->stems->row[stem].last == f->number && v->stems->row[variant].last != f->number &&
	    hp_lambda_is_placed(full))
		v->stems->row[stem].crowded = true;
	count(f, &v->stems->row[stem]);
	count(f, &v->stems->row[variant]);
	return HPROF_OK;
}

static int find_in(struct hprof_view *v, size_t n, const uint32_t *module, bool counts,
		   struct hprof_error *err)
{
	struct stem_finder f = {.v = v, .p = v->profiles[n], .counts = counts};
	int r;

	f.number = (uint32_t)n + 1;
	r = find_used(&f, module, err);
	for (uint32_t i = 0; r == HPROF_OK && i < f.p->funcs.n; i++)
		for (int k = 0; r == HPROF_OK && k < 2; k++)
			if (f.used[k][i])
				r = take(&f, i, k, err);
	free(f.used[0]);
	free(f.used[1]);
	free(f.room);
	return r;
}

int hp_stems_find(struct hprof_view *v, uint32_t *const *module, struct hprof_error *err)
{
	size_t n_profiles = v->n_profiles + v->n_bases;
	int r = HPROF_OK;

	if (n_profiles < 2 || v->opts.jeprof_rows) /* its tables go by the name as it is */
		return HPROF_OK;
	v->stems = calloc(1, sizeof(*v->stems));
	if (!v->stems)
		return hp_fail_nomem(err);
	for (size_t n = 0; r == HPROF_OK && n < n_profiles; n++)
		r = find_in(v, n, module[n], false, err);
	if (!v->stems->n) {
		hp_stems_free(v->stems);
		v->stems = NULL;
	}
	for (size_t n = 0; r == HPROF_OK && v->stems && n < n_profiles; n++)
		r = find_in(v, n, module[n], true, err);
	return r;
}

int hp_stem_name(struct hprof_view *v, struct hp_slice name, bool one_build, hp_strid *out,
		 struct hprof_error *err)
{
	char *room = malloc(name.len + 1);
	int r = room ? hp_strtab_add(&v->str, without_build(name, one_build, room), out, err)
		     : hp_fail_nomem(err);

	free(room);
	return r;
}

int hp_stem_of(struct hprof_view *v, struct hp_slice full, bool one_build, hp_strid *out,
	       struct hprof_error *err)
{
	uint32_t stem, variant;
	hp_strid name, whole;
	int r;

	if (!v->stems)
		return HPROF_OK;
	r = hp_strtab_add(&v->str, full, &whole, err); /* it is there, if it is of a profile */
	if (r == HPROF_OK)
		r = hp_stem_name(v, full, one_build, &name, err);
	if (r < 0)
		return r;
	stem = find(v, name, true);
	variant = find(v, whole, false);
	if (stem == UINT32_MAX || v->stems->row[stem].crowded)
		return HPROF_OK;
	if (variant == UINT32_MAX ||
	    v->stems->row[variant].n_profiles < v->stems->row[stem].n_profiles)
		*out = name;
	return HPROF_OK;
}

void hp_stems_free(struct hp_stems *s)
{
	if (!s)
		return;
	free(s->row);
	hp_index_release(&s->index);
	free(s);
}
