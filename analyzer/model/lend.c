/*
 * lend.c - code that one dump of a process has in its map, and another, which still has stacks
 * through it, has not: a library was unloaded, or not yet loaded again.
 */
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/model/profile.h"

/* Addresses looked for in maps of other dumps, for all of them: some seconds. */
enum { LOOKS_MAX = 1 << 26 };

struct lending {
	struct hprof_profile *const *p; /* [n] in the order of time */
	const uint64_t *pid;            /* [n] 0: not known; or NULL */
	size_t n;
	uint64_t looks;
};

static bool is_code(const struct hprof_profile *p, uint32_t map)
{
	return (p->maps.perms[map] & HP_MAP_EXEC) &&
	       p->modules.row[p->maps.module[map].i].status != HP_MODULE_SPECIAL;
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
	       q->maps.file_offset[m.i] == p->maps.file_offset[map] && is_code(q, m.i) &&
	       hp_slice_same(path_of(p, map), path_of(q, m.i));
}

/*
 * Whether two dumps are of one process: the program lies at one place, and so does one of the
 * libraries at least, whose places are others in every process.
 */
static bool same_process(const struct lending *l, size_t a, size_t b)
{
	const struct hprof_profile *p = l->p[a], *q = l->p[b];
	uint32_t others = 0, shared = 0;
	bool main = false;

	if (l->pid && l->pid[a] && l->pid[b] && l->pid[a] != l->pid[b])
		return false;
	if (p->return_addresses != q->return_addresses)
		return false;
	for (uint32_t i = 0; i < p->maps.n; i++) {
		if (!is_code(p, i))
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
	struct hp_module new = {.status = m->status, .deleted = m->deleted, .lent = true};
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
	uint32_t low = 0, high = q->maps.n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (q->maps.start[middle] < p->maps.start[map])
			low = middle + 1;
		else
			high = middle;
	}
	if ((low && q->maps.limit[low - 1] > p->maps.start[map]) ||
	    (low < q->maps.n && q->maps.start[low] < p->maps.limit[map]))
		return HP_NONE;
	return low;
}

/* Lend @q the image that mapping @map of @p is a part of, and its addresses in it. */
static int lend_image(struct hprof_profile *q, const struct hprof_profile *p, uint32_t map,
		      struct hprof_error *err)
{
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
		if (hint.i == HP_NONE || q->maps.module[hint.i].i != module.i)
			continue;
		q->locs.map[i] = hint;
		q->locs.module[i] = module;
		q->locs.rel[i] = call_of(q, i) - q->maps.base[hint.i];
		q->modules.row[module.i].n_addr++;
	}
	return r;
}

/* Take from dump @from what dump @to has lost. */
static int lend(struct lending *l, size_t to, size_t from, struct hprof_error *err)
{
	struct hprof_profile *q = l->p[to];
	const struct hprof_profile *p = l->p[from];
	hp_mapid hint = {HP_NONE};
	int r = HPROF_OK;

	for (uint32_t i = HP_TRUNCATED_LOCS; r == HPROF_OK && i < q->locs.n; i++) {
		if (!is_lost(q, i) || l->looks++ > LOOKS_MAX)
			continue;
		hint = hp_maps_find(&p->maps, call_of(q, i), hint);
		if (hint.i != HP_NONE && is_code(p, hint.i) && gap_for(q, p, hint.i) != HP_NONE)
			r = lend_image(q, p, hint.i, err);
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

/* Take from all other dumps what dump @to has lost. */
static int lend_to(struct lending *l, size_t to, struct hprof_error *err)
{
	int r = HPROF_OK;

	if (!hprof_has_unmapped(l->p[to]))
		return HPROF_OK;
	/* its stacks are older than itself: first the dumps before it, the last one first */
	for (size_t k = to; r == HPROF_OK && k-- > 0;)
		if (l->p[k] && same_process(l, to, k))
			r = lend(l, to, k, err);
	for (size_t k = to + 1; r == HPROF_OK && k < l->n; k++)
		if (l->p[k] && same_process(l, to, k))
			r = lend(l, to, k, err);
	return r == HPROF_OK ? hp_maps_check(l->p[to], err) : r; /* less is lost now */
}

int hprof_lend_maps(struct hprof_profile *const *p, const uint64_t *pids, size_t n,
		    struct hprof_error *err)
{
	struct lending l = {.p = p, .pid = pids, .n = n};
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < n; i++)
		r = lend_to(&l, i, err);
	return r;
}

int hprof_lend_maps_to(struct hprof_profile *const *p, const uint64_t *pids, size_t n, size_t to,
		       struct hprof_error *err)
{
	struct lending l = {.p = p, .pid = pids, .n = n};

	return lend_to(&l, to, err);
}
