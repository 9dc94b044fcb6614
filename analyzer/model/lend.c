/*
 * lend.c - code that one dump of a process has in its map, and another, which still has stacks
 * through it, has not: a library was unloaded, or not yet loaded again.
 */
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"
#include "analyzer/model/check.h"
#include "analyzer/model/walks.h"

/* Addresses looked for in maps of other dumps, for all of them: some seconds. */
enum { LOOKS_MAX = 1 << 26 };

/* Comparing each module of one dump with each of another: so many at most. */
enum { PAIRS_MAX = 1 << 22 };

struct lending {
	struct hprof_profile *const *p; /* [n] in the order of time */
	const uint64_t *pid;            /* [n] 0: not known; or NULL */
	size_t n;
	struct hp_walks *walks; /* [n] those that were asked for */
	uint64_t *layout;       /* [n] a hash of the code in the maps that are a dump's own */
	const struct hprof_profile *disputed; /* the last one that was told so */
	uint64_t looks;
};

/* What two dumps have to do with each other. */
enum relation {
	OTHERS,  /* dumps of two processes */
	PERHAPS, /* all lies where it lay, which a second process may do as well */
	GOES_ON, /* and every stack of the first is in the second, which has allocated no less */
	SAME,    /* their names tell one process */
};

static bool is_code(const struct hprof_profile *p, uint32_t map)
{
	return (p->maps.perms[map] & HP_MAP_EXEC) &&
	       p->modules.row[p->maps.module[map].i].status != HP_MODULE_SPECIAL;
}

/*
 * Whether mapping @map is of code, and was not lent meanwhile: that tells nothing of the dump which
 * has it, and is not lent on, or else a dump would depend on which others were looked at before it.
 */
static bool is_own_code(const struct hprof_profile *p, uint32_t map)
{
	return is_code(p, map) && !p->modules.row[p->maps.module[map].i].lent_now;
}

static struct hp_slice path_of(const struct hprof_profile *p, uint32_t map)
{
	return hp_profile_str(p, p->modules.row[p->maps.module[map].i].path);
}

/* Whether mapping @map of @p is one of @q as well. */
static bool has_map(const struct hprof_profile *q, const struct hprof_profile *p, uint32_t map)
{
	hp_mapid m = hp_maps_find(&q->maps, p->maps.start[map], (hp_mapid){HP_NONE});

	return m.i != HP_NONE && q->maps.start[m.i] == p->maps.start[map] &&
	       q->maps.limit[m.i] == p->maps.limit[map] &&
	       q->maps.file_offset[m.i] == p->maps.file_offset[map] && is_own_code(q, m.i) &&
	       hp_slice_same(path_of(p, map), path_of(q, m.i));
}

/* Whether the program lies at one place in both, and so does one library of @p at least. */
static bool same_layout(const struct hprof_profile *p, const struct hprof_profile *q)
{
	uint32_t others = 0, shared = 0;
	bool main = false;

	if (p->return_addresses != q->return_addresses)
		return false;
	for (uint32_t i = 0; i < p->maps.n; i++) {
		if (!is_own_code(p, i))
			continue;
		if (!p->modules.row[p->maps.module[i].i].main) {
			others++;
			shared += has_map(q, p, i);
			continue;
		}
		if (!has_map(q, p, i))
			return false;
		main = true;
	}
	return main && (shared || !others);
}

/* The first mapping of code of the program; HP_NONE: there is none. */
static uint32_t find_program(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->maps.n; i++)
		if (is_own_code(p, i) && p->modules.row[p->maps.module[i].i].main)
			return i;
	return HP_NONE;
}

bool hprof_two_processes(const struct hprof_profile *p, const struct hprof_profile *q)
{
	uint32_t a = find_program(p), b = find_program(q);

	return a != HP_NONE && b != HP_NONE &&
	       (p->maps.base[a] != q->maps.base[b] || !hp_slice_same(path_of(p, a), path_of(q, b)));
}

/* Whether no file lies elsewhere than in the other dump. */
static bool nothing_moved(const struct hprof_profile *p, const struct hprof_profile *q)
{
	if ((uint64_t)p->maps.n * q->maps.n > PAIRS_MAX)
		return false;
	for (uint32_t i = 0; i < p->maps.n; i++) {
		if (!is_own_code(p, i) || has_map(q, p, i))
			continue;
		for (uint32_t k = 0; k < q->maps.n; k++)
			if (is_own_code(q, k) && hp_slice_same(path_of(p, i), path_of(q, k)))
				return false;
	}
	return true;
}

/* What was recorded of sample type @name; NULL: nothing. */
static const double *recorded(const struct hprof_profile *p, struct hp_slice name)
{
	for (uint32_t t = 0; t < p->n_types; t++)
		if (!p->types[t].absent && p->all.recorded &&
		    hp_slice_same(hp_profile_str(p, p->types[t].name), name))
			return p->all.recorded[t];
	return NULL;
}

/* Whether @late has every stack of @early, and allocated no less on any of them. */
static bool goes_on(const struct hp_walks *early, const struct hp_walks *late)
{
	const double *from = recorded(early->p, HP_LIT("alloc_objects"));
	const double *to = recorded(late->p, HP_LIT("alloc_objects"));

	if (!from || !to)
		return false;
	for (uint32_t i = 0; i < early->p->all.n; i++) {
		uint32_t row = hp_walks_find(late, early, early->p->all.stack[i].i);

		if (row == HP_NONE ? from[i] > 0 : to[row] < from[i])
			return false;
	}
	return early->p->all.n > 0;
}

static struct hp_slice folder_of(const struct hprof_profile *p)
{
	struct hp_slice path = hp_profile_str(p, p->input);

	path.len -= hp_slice_basename(path).len;
	return path;
}

/*
 * Whether libraries of @p lie where only this process has them.  Without address randomization
 * (setarch -R, kernel.randomize_va_space=0) Linux puts all of them below its highest addresses.
 */
static bool has_places_of_its_own(const struct hprof_profile *p)
{
	const uint64_t fixed = 0x7fff00000000; /* to the end of the user's half on x86-64 */

	for (uint32_t i = 0; i < p->maps.n; i++)
		if (is_own_code(p, i) && !p->modules.row[p->maps.module[i].i].main &&
		    p->maps.start[i] < fixed)
			return true;
	return false;
}

/* Whether the names of both dumps have the number of one process. */
static bool is_one_process(const struct lending *l, size_t a, size_t b)
{
	if (!l->pid || !l->pid[a] || l->pid[a] != l->pid[b])
		return false;
	/* in containers, every process may have number 1 */
	return hp_slice_same(folder_of(l->p[a]), folder_of(l->p[b])) ||
	       (has_places_of_its_own(l->p[a]) && has_places_of_its_own(l->p[b]));
}

static bool is_other_process(const struct lending *l, size_t a, size_t b)
{
	return l->pid && l->pid[a] && l->pid[b] && l->pid[a] != l->pid[b];
}

/* What dump @from, which has more in its map, has to do with dump @to. */
static int relate(struct lending *l, size_t to, size_t from, enum relation *out,
		  struct hprof_error *err)
{
	const struct hprof_profile *p = l->p[to], *q = l->p[from];
	bool told = is_one_process(l, to, from);
	size_t early = from < to ? from : to, late = from < to ? to : from;
	int r = HPROF_OK;

	*out = OTHERS;
	if (is_other_process(l, to, from) || !same_layout(p, q))
		return HPROF_OK;
	*out = told ? SAME : PERHAPS;
	if (told || !nothing_moved(p, q) || !recorded(p, HP_LIT("alloc_objects")) ||
	    !recorded(q, HP_LIT("alloc_objects")))
		return HPROF_OK;
	r = hp_walks_list(&l->walks[early], l->p[early], err);
	if (r == HPROF_OK)
		r = hp_walks_list(&l->walks[late], l->p[late], err);
	if (r == HPROF_OK && goes_on(&l->walks[early], &l->walks[late]))
		*out = GOES_ON;
	return r;
}

/* Code at an address that nothing covers: a call that has no name yet. */
static bool is_lost(const struct hprof_profile *p, uint32_t loc)
{
	return loc >= HP_TRUNCATED_LOCS && p->locs.map[loc].i == HP_NONE &&
	       p->locs.module[loc].i == HP_NONE && p->locs.addr[loc] && !p->locs.frame_n[loc];
}

static uint64_t call_of(const struct hprof_profile *p, uint32_t loc)
{
	return p->locs.addr[loc] - (p->return_addresses && p->locs.addr[loc] > 0);
}

/* The module row that @q gets for module @id of @p, added: nothing else of @q is in it. */
static int add_module(struct hprof_profile *q, const struct hprof_profile *p, hp_modid id,
		      hp_modid *out, struct hprof_error *err)
{
	const struct hp_module *m = &p->modules.row[id.i];
	struct hp_module new = {
		.status = m->status, .deleted = m->deleted, .lent = true, .lent_now = true};
	int r = hp_strtab_add(&q->str, hp_profile_str(p, m->path), &new.path, err);

	if (r == HPROF_OK)
		r = hp_strtab_add(&q->str, hp_profile_str(p, m->build_id), &new.build_id, err);
	if (r == HPROF_OK)
		r = hp_strtab_add(&q->str, hp_profile_str(p, m->recorded_id), &new.recorded_id,
				  err);
	if (r < 0)
		return r;
	if (!HP_COLUMN_ROOM(q->modules.row, q->modules.n, q->modules.cap))
		return hp_fail_nomem(err);
	out->i = q->modules.n;
	q->modules.row[q->modules.n++] = new;
	return HPROF_OK;
}

/* Put one mapping at row @at of those of @q, and count the rows of its locations on. */
static int insert_map(struct hprof_profile *q, uint32_t at, const struct hprof_profile *p,
		      uint32_t map, hp_modid module, struct hprof_error *err)
{
	struct hp_maps *m = &q->maps;
	size_t behind = m->n - at;

	if (!hp_maps_room(m))
		return hp_fail_nomem(err);
	memmove(&m->start[at + 1], &m->start[at], behind * sizeof(*m->start));
	memmove(&m->limit[at + 1], &m->limit[at], behind * sizeof(*m->limit));
	memmove(&m->file_offset[at + 1], &m->file_offset[at], behind * sizeof(*m->file_offset));
	memmove(&m->base[at + 1], &m->base[at], behind * sizeof(*m->base));
	memmove(&m->device[at + 1], &m->device[at], behind * sizeof(*m->device));
	memmove(&m->inode[at + 1], &m->inode[at], behind * sizeof(*m->inode));
	memmove(&m->perms[at + 1], &m->perms[at], behind * sizeof(*m->perms));
	memmove(&m->module[at + 1], &m->module[at], behind * sizeof(*m->module));
	m->start[at] = p->maps.start[map];
	m->limit[at] = p->maps.limit[map];
	m->file_offset[at] = p->maps.file_offset[map];
	m->base[at] = p->maps.base[map];
	m->device[at] = p->maps.device[map];
	m->inode[at] = p->maps.inode[map];
	m->perms[at] = p->maps.perms[map];
	m->module[at] = module;
	m->n++;
	for (uint32_t i = 0; i < q->locs.n; i++)
		if (q->locs.map[i].i != HP_NONE && q->locs.map[i].i >= at)
			q->locs.map[i].i++;
	return HPROF_OK;
}

/* The row where mapping @map of @p belongs in @q; HP_NONE where something else lies now. */
static uint32_t gap_for(const struct hprof_profile *q, const struct hprof_profile *p, uint32_t map)
{
	uint32_t low = hp_lower_bound_u64(q->maps.start, q->maps.n, p->maps.start[map]);

	if ((low && q->maps.limit[low - 1] > p->maps.start[map]) ||
	    (low < q->maps.n && q->maps.start[low] < p->maps.limit[map]))
		return HP_NONE;
	return low;
}

/* Whether other code was at @addr in @p than what mapping @map of @q has there; *@was is its. */
static bool was_other(const struct hprof_profile *q, uint32_t map, const struct hprof_profile *p,
		      uint64_t addr, hp_mapid *was)
{
	*was = hp_maps_find(&p->maps, addr, *was);
	return was->i != HP_NONE && is_own_code(p, was->i) && is_own_code(q, map) &&
	       (p->maps.base[was->i] != q->maps.base[map] ||
		p->maps.inode[was->i] != q->maps.inode[map] ||
		!hp_slice_same(path_of(p, was->i), path_of(q, map)));
}

/* What may tell of code that was at an address of dump @to, besides dump @from. */
struct dispute {
	struct lending *l;
	size_t to, from;
	size_t with;  /* the dump that has other code there */
	hp_mapid map; /* of it */
};

/*
 * Whether another dump of the process has other code at @addr than what mapping @map of dump
 * d->from has there: code that was there before, if d->from is earlier, else code of any time.
 */
static bool is_disputed(struct dispute *d, uint64_t addr, uint32_t map)
{
	struct lending *l = d->l;
	uint64_t last = l->layout[d->from];

	for (size_t k = 0; k < (d->from < d->to ? d->to : l->n); k++) {
		if (!l->p[k] || k == d->to || l->layout[k] == last ||
		    is_other_process(l, d->to, k) || l->looks > LOOKS_MAX)
			continue;
		last = l->layout[k];
		l->looks++;
		d->map.i = HP_NONE;
		d->with = k;
		if (last != l->layout[d->from] &&
		    was_other(l->p[d->from], map, l->p[k], addr, &d->map))
			return true;
	}
	return false;
}

/*
 * Lend dump d->to the image that mapping @map of dump d->from is a part of, and its addresses in
 * it.
 */
static int lend_image(struct dispute *d, uint32_t map, struct hprof_error *err)
{
	struct hprof_profile *q = d->l->p[d->to];
	const struct hprof_profile *p = d->l->p[d->from];
	hp_modid from = p->maps.module[map], module = {HP_NONE};
	hp_mapid hint = {HP_NONE};
	int r = add_module(q, p, from, &module, err);

	for (uint32_t i = 0; r == HPROF_OK && i < p->maps.n; i++) {
		uint32_t at;

		if (p->maps.module[i].i != from.i || p->maps.base[i] != p->maps.base[map])
			continue;
		at = gap_for(q, p, i);
		if (at != HP_NONE)
			r = insert_map(q, at, p, i, module, err);
	}
	for (uint32_t i = 0; r == HPROF_OK && i < q->locs.n; i++) {
		if (!is_lost(q, i))
			continue;
		hint = hp_maps_find(&q->maps, call_of(q, i), hint);
		if (hint.i == HP_NONE || q->maps.module[hint.i].i != module.i ||
		    is_disputed(d, call_of(q, i), map))
			continue;
		q->locs.map[i] = hint;
		q->locs.module[i] = module;
		q->locs.rel[i] = call_of(q, i) - q->maps.base[hint.i];
		q->modules.row[module.i].n_addr++;
	}
	return r;
}

/* Say that code of @q has its place from @p although no name tells that they are of one process. */
static void tell_lent(struct hprof_profile *q, const struct hprof_profile *p, uint32_t map)
{
	char module[HP_QUOTED_MAX], dump[HP_QUOTED_MAX];

	hp_profile_warn_each(
		q, "lent",
		"where %s lay is taken from %s: no process is told by the names of the "
		"files, but all that one allocated is in the other",
		hp_quote(module, path_of(p, map)), hp_quote(dump, hp_profile_str(p, p->input)));
}

/* Say that code of @q has its place from @p, which is later: other code may have been there. */
static void tell_later(struct hprof_profile *q, const struct hprof_profile *p, uint32_t map)
{
	char module[HP_QUOTED_MAX], dump[HP_QUOTED_MAX];

	hp_profile_warn_each(q, "lent by a later dump",
			     "where %s lay is taken from %s, a later dump: what was there before "
			     "may have been another",
			     hp_quote(module, path_of(p, map)),
			     hp_quote(dump, hp_profile_str(p, p->input)));
}

/* Say which dumps have different code at an address that none of the maps of @q covers. */
static void tell_disputed(struct hprof_profile *q, const struct dispute *d, uint32_t map)
{
	const struct hprof_profile *p = d->l->p[d->from], *other = d->l->p[d->with];
	char a[HP_QUOTED_MAX], b[HP_QUOTED_MAX], in_a[HP_QUOTED_MAX], in_b[HP_QUOTED_MAX];

	hp_profile_warn(q, "disputed",
			"addresses that no mapping covers lie in %s of %s, and in %s of %s: which "
			"of them it was is not known, so they stay without names",
			hp_quote(a, path_of(p, map)), hp_quote(in_a, hp_profile_str(p, p->input)),
			hp_quote(b, path_of(other, d->map.i)),
			hp_quote(in_b, hp_profile_str(other, other->input)));
}

/* Say what is not taken from @p, which may be of another process. */
static void tell_not_lent(struct hprof_profile *q, const struct hprof_profile *p, uint32_t map)
{
	char module[HP_QUOTED_MAX], dump[HP_QUOTED_MAX];

	hp_profile_warn(q, "not lent",
			"addresses that no mapping covers lie in %s of %s: nothing tells that both "
			"are of one process, so they stay without names (PREFIX.PID.NUMBER.heap "
			"would tell)",
			hp_quote(module, path_of(p, map)),
			hp_quote(dump, hp_profile_str(p, p->input)));
}

/* Take from dump @from what dump @to has lost. */
static int lend(struct lending *l, size_t to, size_t from, enum relation how,
		struct hprof_error *err)
{
	struct hprof_profile *q = l->p[to];
	const struct hprof_profile *p = l->p[from];
	struct dispute d = {.l = l, .to = to, .from = from};
	hp_mapid hint = {HP_NONE};
	int r = HPROF_OK;

	for (uint32_t i = HP_TRUNCATED_LOCS; r == HPROF_OK && i < q->locs.n; i++) {
		if (!is_lost(q, i) || l->looks++ > LOOKS_MAX)
			continue;
		hint = hp_maps_find(&p->maps, call_of(q, i), hint);
		if (hint.i == HP_NONE || !is_own_code(p, hint.i) ||
		    gap_for(q, p, hint.i) == HP_NONE)
			continue;
		if (how == PERHAPS) {
			tell_not_lent(q, p, hint.i);
			break;
		}
		if (is_disputed(&d, call_of(q, i), hint.i)) {
			if (l->disputed != q)
				tell_disputed(q, &d, hint.i);
			l->disputed = q;
			continue;
		}
		r = lend_image(&d, hint.i, err);
		if (how == GOES_ON)
			tell_lent(q, p, hint.i);
		else if (from > to)
			tell_later(q, p, hint.i);
		if (q->locs.map[i].i != HP_NONE) /* as much work again */
			l->looks += p->maps.n + q->locs.n;
	}
	return r;
}

bool hprof_has_unmapped(const struct hprof_profile *p)
{
	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++)
		if (is_lost(p, i))
			return p->maps.n > 0;
	return false;
}

/* Take from dump @from what dump @to has lost, if they are of one process. */
static int lend_from(struct lending *l, size_t to, size_t from, struct hprof_error *err)
{
	enum relation how;
	int r;

	if (!l->p[from])
		return HPROF_OK;
	r = relate(l, to, from, &how, err);
	return r == HPROF_OK && how != OTHERS ? lend(l, to, from, how, err) : r;
}

/* --- another library in the place of one that was unloaded --- */

static uint64_t hash_layout(const struct hprof_profile *p)
{
	uint64_t hash = 1;

	for (uint32_t i = 0; p && i < p->maps.n; i++) {
		if (!is_own_code(p, i))
			continue;
		hash = hp_walk_mix(hash, p->maps.start[i]);
		hash = hp_walk_mix(hash, p->maps.limit[i]);
		hash = hp_walk_mix(hash, p->maps.base[i]);
		hash = hp_walk_mix(hash, p->maps.inode[i]);
		for (size_t k = 0; k < path_of(p, i).len; k++)
			hash = hp_walk_mix(hash, (uint8_t)path_of(p, i).ptr[k]);
	}
	return hash;
}

/* Whether one of the stacks of @late that are marked is in @early as well. */
static bool is_older(const struct hp_walks *late, const struct hp_walks *early, const bool *through)
{
	for (uint32_t i = 0; i < late->p->all.n; i++) {
		uint32_t s = late->p->all.stack[i].i;

		if (through[s] && hp_walks_find(early, late, s) != HP_NONE)
			return true;
	}
	return false;
}

/* Mark the stacks of @p with location @loc; @through: [p->stacks.n]. */
static void find_through(const struct hprof_profile *p, uint32_t loc, bool *through)
{
	for (uint32_t i = 1; i < p->stacks.n; i++)
		through[i] = p->stacks.loc[i].i == loc || through[p->stacks.parent[i].i];
}

static void tell_replaced(struct hprof_profile *q, uint32_t map, const struct hprof_profile *p,
			  uint32_t was)
{
	char now[HP_QUOTED_MAX], before[HP_QUOTED_MAX], dump[HP_QUOTED_MAX];

	hp_profile_warn(q, "replaced",
			"%s lies where %s was in %s: stacks that are older, or were there before, "
			"have its names, although they may be of the other",
			hp_quote(now, path_of(q, map)), hp_quote(before, path_of(p, was)),
			hp_quote(dump, hp_profile_str(p, p->input)));
}

/* Warn where dump @to has stacks of dump @from through code that has another in its place now. */
static int find_replaced(struct lending *l, size_t to, size_t from, bool *told,
			 struct hprof_error *err)
{
	struct hprof_profile *q = l->p[to];
	const struct hprof_profile *p = l->p[from];
	bool *through = calloc((size_t)q->stacks.n + 1, sizeof(*through));
	hp_mapid was = {HP_NONE};
	int r = through ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t i = HP_TRUNCATED_LOCS; r == HPROF_OK && !*told && i < q->locs.n; i++) {
		if (q->locs.map[i].i == HP_NONE || l->looks++ > LOOKS_MAX ||
		    !was_other(q, q->locs.map[i].i, p, call_of(q, i), &was))
			continue;
		*told = !p->all.n; /* its map alone was read */
		if (p->all.n)
			r = hp_walks_list(&l->walks[to], q, err);
		if (r == HPROF_OK && p->all.n)
			r = hp_walks_list(&l->walks[from], p, err);
		if (r == HPROF_OK && p->all.n) {
			l->looks += q->stacks.n;
			find_through(q, i, through);
			*told = is_older(&l->walks[to], &l->walks[from], through);
		}
		if (*told)
			tell_replaced(q, q->locs.map[i].i, p, was.i);
	}
	free(through);
	return r;
}

/* Warn of the last dump before dump @to in which other code was in the place of what it has. */
static int tell_places(struct lending *l, size_t to, struct hprof_error *err)
{
	uint64_t last = l->layout[to];
	bool told = false;
	int r = HPROF_OK;

	for (size_t k = to; r == HPROF_OK && !told && k-- > 0;) {
		if (!l->p[k] || l->layout[k] == last || !is_one_process(l, to, k))
			continue;
		last = l->layout[k];
		if (last != l->layout[to] && same_layout(l->p[to], l->p[k]))
			r = find_replaced(l, to, k, &told, err);
	}
	return r;
}

/* Take from all other dumps what dump @to has lost. */
static int lend_to(struct lending *l, size_t to, struct hprof_error *err)
{
	int r = tell_places(l, to, err);

	if (r < 0 || !hprof_has_unmapped(l->p[to]))
		return r;
	/* its stacks are older than itself: first the dumps before it, the last one first */
	for (size_t k = to; r == HPROF_OK && k-- > 0;)
		r = lend_from(l, to, k, err);
	for (size_t k = to + 1; r == HPROF_OK && k < l->n; k++)
		r = lend_from(l, to, k, err);
	return r == HPROF_OK ? hp_maps_check(l->p[to], err) : r; /* less is lost now */
}

/* Let dumps [first, limit) take what they have lost. */
static int lend_all(struct hprof_profile *const *p, const uint64_t *pids, size_t n, size_t first,
		    size_t limit, struct hprof_error *err)
{
	struct lending l = {.p = p, .pid = pids, .n = n};
	int r = HPROF_OK;

	l.walks = calloc(n + 1, sizeof(*l.walks));
	l.layout = calloc(n + 1, sizeof(*l.layout));
	if (!l.walks || !l.layout)
		r = hp_fail_nomem(err);
	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		l.layout[i] = hash_layout(p[i]);
	for (size_t i = first; r == HPROF_OK && i < limit; i++)
		r = lend_to(&l, i, err);
	for (size_t i = 0; l.walks && i < n; i++)
		hp_walks_release(&l.walks[i]);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; p[i] && k < p[i]->modules.n; k++)
			p[i]->modules.row[k].lent_now = false;
	for (size_t i = first; r == HPROF_OK && i < limit; i++)
		if (p[i])
			hp_profile_must_hold(p[i], "lending of maps");
	free(l.walks);
	free(l.layout);
	return r;
}

int hprof_lend_maps(struct hprof_profile *const *p, const uint64_t *pids, size_t n,
		    struct hprof_error *err)
{
	return lend_all(p, pids, n, 0, n, err);
}

int hprof_lend_maps_to(struct hprof_profile *const *p, const uint64_t *pids, size_t n, size_t to,
		       struct hprof_error *err)
{
	return lend_all(p, pids, n, to, to + 1, err);
}

bool hprof_lend_wants(const struct hprof_profile *p, uint64_t pid,
		      const struct hprof_profile *other, uint64_t other_pid)
{
	hp_mapid hint = {HP_NONE};

	if ((pid && other_pid) || !same_layout(p, other))
		return false;
	for (uint32_t i = HP_TRUNCATED_LOCS; i < p->locs.n; i++) {
		if (!is_lost(p, i))
			continue;
		hint = hp_maps_find(&other->maps, call_of(p, i), hint);
		if (hint.i != HP_NONE && is_code(other, hint.i))
			return true;
	}
	return false;
}
