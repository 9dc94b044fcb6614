/*
 * series.c - naming the addresses of many profiles of one process at once.
 *
 * One profile, the leader, is given the addresses of all others whose mappings are the same
 * where it matters, the followers; when it was symbolized they take its answers.
 */
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/model/profile.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/moved.h"
#include "analyzer/symbolize/perf_map.h"
#include "analyzer/symbolize/strays.h"

/* An address of the leader, in the order of addresses. */
struct place {
	uint64_t addr;
	uint32_t loc;
};

struct series {
	struct hprof_profile *const *p; /* [n] */
	const char *const *path;        /* [n] or NULL */
	size_t n;
	const struct hprof_symbolize_opts *opts;
	bool *done;       /* [n] */
	size_t *follower; /* [n_followers] of the leader at hand */
	size_t n_followers;
	struct place *place; /* [n_places] of the leader */
	uint32_t n_places, cap_places;
	struct hp_time_span span; /* in which nothing changed that matters for the leader... */
	bool has_span;            /* ...once it was asked for */
};

static bool is_wanted(const struct hprof_profile *p, uint32_t loc)
{
	uint32_t map = p->locs.map[loc].i;

	return map != HP_NONE && !p->locs.frame_n[loc] &&
	       p->modules.row[p->maps.module[map].i].status != HP_MODULE_SPECIAL;
}

static struct hp_slice folder_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return (struct hp_slice){path, slash ? (size_t)(slash - path) : 0};
}

/* Whether mapping @b of @q is @a of @p, as far as it says what lies at an address. */
static bool same_map(const struct hprof_profile *p, uint32_t a, const struct hprof_profile *q,
		     uint32_t b)
{
	const struct hp_module *m = &p->modules.row[p->maps.module[a].i];
	const struct hp_module *k = &q->modules.row[q->maps.module[b].i];

	return p->maps.start[a] == q->maps.start[b] && p->maps.limit[a] == q->maps.limit[b] &&
	       p->maps.file_offset[a] == q->maps.file_offset[b] &&
	       p->maps.base[a] == q->maps.base[b] && p->maps.perms[a] == q->maps.perms[b] &&
	       p->maps.device[a] == q->maps.device[b] && p->maps.inode[a] == q->maps.inode[b] &&
	       m->main == k->main && m->deleted == k->deleted && m->status == k->status &&
	       hp_slice_same(hp_profile_str(p, m->path), hp_profile_str(q, k->path)) &&
	       hp_slice_same(hp_profile_str(p, m->recorded_id), hp_profile_str(q, k->recorded_id));
}

/* Narrow the span of the leader by all files that may be looked at for it. */
static void find_span(struct series *s, const struct hprof_profile *p, const char *path)
{
	struct hprof_symbolize_opts o = *s->opts;
	struct hp_arena mem = {0};

	o.profile_path = path;
	s->has_span = true;
	s->span = (struct hp_time_span){INT64_MIN, hp_identity_end(hp_profile_written_ns(p)),
					INT64_MAX};
	for (uint32_t i = 0; i < p->modules.n; i++) {
		const struct hp_job job = {
			.path = hp_profile_str(p, p->modules.row[i].path).ptr,
			.program = true, /* any may be what opts->binary is for */
			.opts = &o,
		};

		if (p->modules.row[i].status != HP_MODULE_SPECIAL)
			hp_find_span(&job, &mem, &s->span);
	}
	hp_arena_release(&mem);
}

/*
 * Whether files are judged alike for @q and leader @p: files that were changed between the times of
 * both may be those that ran for one of them only.
 */
static bool judged_alike(struct series *s, const struct hprof_profile *p,
			 const struct hprof_profile *q, const char *path)
{
	int64_t a = hp_profile_written_ns(p), b = hp_profile_written_ns(q);

	if (a == b || !a || !b)
		return a == b;
	if (!s->has_span)
		find_span(s, p, path);
	b = hp_identity_end(b);
	return b >= s->span.from && b < s->span.to;
}

/* Whether @q may take the answers of @p: all its addresses lie in mappings of @p. */
static bool fits(struct series *s, size_t leader, size_t other)
{
	const struct hprof_profile *p = s->p[leader], *q = s->p[other];
	const char *a = s->path ? s->path[leader] : NULL, *b = s->path ? s->path[other] : NULL;
	uint32_t last = HP_NONE;
	hp_mapid hint = {HP_NONE};
	bool any = false;

	if (p->return_addresses != q->return_addresses || !a != !b ||
	    !hp_slice_same(folder_of(a), folder_of(b)))
		return false;
	for (uint32_t i = 0; i < q->modules.n; i++)
		if (q->modules.row[i].relative)
			return false;
	for (uint32_t i = 0; i < q->locs.n; i++) {
		if (!is_wanted(q, i))
			continue;
		any = true;
		if (q->locs.map[i].i == last) /* looked at before */
			continue;
		last = q->locs.map[i].i;
		hint = hp_maps_find(&p->maps, q->maps.start[last], hint);
		if (hint.i == HP_NONE || !same_map(p, hint.i, q, last))
			return false;
	}
	return any && judged_alike(s, p, q, a);
}

static int by_addr(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

static int add_place(struct series *s, uint64_t addr, uint32_t loc, struct hprof_error *err)
{
	if (!HP_COLUMN_ROOM(s->place, s->n_places, s->cap_places))
		return hp_fail_nomem(err);
	s->place[s->n_places++] = (struct place){addr, loc};
	return HPROF_OK;
}

static uint32_t find_place(const struct series *s, uint64_t addr)
{
	struct place key = {addr, 0};
	const struct place *found =
		s->n_places ? bsearch(&key, s->place, s->n_places, sizeof(key), by_addr) : NULL;

	return found ? found->loc : HP_NONE;
}

/* Give the leader @p the addresses of follower @q that it does not have. */
static int lend_addresses(struct series *s, struct hprof_profile *p, const struct hprof_profile *q,
			  struct hprof_error *err)
{
	struct hp_locs *l = &p->locs;
	uint32_t before = l->n;
	hp_mapid hint = {HP_NONE};
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < q->locs.n; i++) {
		if (!is_wanted(q, i) || find_place(s, q->locs.addr[i]) != HP_NONE)
			continue;
		if (!hp_locs_room(l))
			return hp_fail_nomem(err);
		hint = hp_maps_find(&p->maps, q->maps.start[q->locs.map[i].i], hint);
		l->addr[l->n] = q->locs.addr[i];
		l->map[l->n] = hint;
		l->module[l->n] = hint.i == HP_NONE ? (hp_modid){HP_NONE} : p->maps.module[hint.i];
		l->rel[l->n] = q->locs.rel[i];
		l->call[l->n] = HP_CALL_UNKNOWN;
		l->frame_first[l->n] = 0;
		l->frame_n[l->n] = 0;
		l->n++;
	}
	for (uint32_t i = before; r == HPROF_OK && i < l->n; i++)
		r = add_place(s, l->addr[i], i, err);
	if (l->n > before)
		qsort(s->place, s->n_places, sizeof(*s->place), by_addr);
	return r;
}

/* --- taking answers --- */

static int copy_text(struct hprof_profile *to, const struct hprof_profile *from, hp_strid id,
		     hp_strid *out, struct hprof_error *err)
{
	return hp_strtab_add(&to->str, hp_profile_str(from, id), out, err);
}

static int copy_module(struct hprof_profile *to, struct hp_module *m,
		       const struct hprof_profile *from, const struct hp_module *k,
		       struct hprof_error *err)
{
	const struct {
		hp_strid from, *to;
	} text[] = {
		{k->file, &m->file},         {k->debug_file, &m->debug_file},
		{k->build_id, &m->build_id}, {k->alt_file, &m->alt_file},
		{k->how, &m->how},           {k->debug_how, &m->debug_how},
		{k->alt_how, &m->alt_how},   {k->tried, &m->tried},
		{k->note, &m->note},         {k->evidence, &m->evidence},
	};
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(text); i++)
		r = copy_text(to, from, text[i].from, text[i].to, err);
	m->status = k->status;
	m->symbols = k->symbols;
	return r;
}

/* @func: [from->funcs.n] 1 + row of @to, 0: not yet. */
static int copy_func(struct hprof_profile *to, const struct hprof_profile *from, uint32_t *func,
		     hp_funcid id, hp_funcid *out, struct hprof_error *err)
{
	const struct hp_func_names names = {
		hp_profile_str(from, from->funcs.name[id.i]),
		hp_profile_str(from, from->funcs.full[id.i]),
		hp_profile_str(from, from->funcs.linkage[id.i]),
		hp_profile_str(from, from->funcs.file[id.i]),
	};
	int r = func[id.i] ? HPROF_OK : hp_func_add(to, &names, out, err);

	if (r < 0)
		return r;
	if (func[id.i])
		out->i = func[id.i] - 1;
	func[id.i] = out->i + 1;
	return HPROF_OK;
}

static int copy_frames(struct hprof_profile *to, uint32_t loc, const struct hprof_profile *from,
		       uint32_t at, uint32_t *func, struct hprof_error *err)
{
	uint32_t first = from->locs.frame_first[at], n = from->locs.frame_n[at];
	struct hp_frame *frame = calloc((size_t)n + 1, sizeof(*frame));
	int r = frame ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t i = 0; r == HPROF_OK && i < n; i++) {
		frame[i].line = from->frames.line[first + i];
		r = copy_func(to, from, func, from->frames.func[first + i], &frame[i].func, err);
	}
	if (r == HPROF_OK && n)
		r = hp_loc_set_frames(to, (hp_locid){loc}, frame, n, err);
	free(frame);
	return r;
}

static int take_answers(const struct series *s, struct hprof_profile *q,
			const struct hprof_profile *p, struct hprof_error *err)
{
	uint32_t *func = calloc((size_t)p->funcs.n + 1, sizeof(*func));
	bool *copied = calloc((size_t)q->modules.n + 1, sizeof(*copied));
	bool *wanted = calloc((size_t)q->locs.n + 1, sizeof(*wanted));
	int r = func && copied && wanted ? HPROF_OK : hp_fail_nomem(err);

	for (uint32_t i = 0; r == HPROF_OK && i < q->locs.n; i++)
		wanted[i] = is_wanted(q, i); /* by what it is before anything is copied */
	for (uint32_t i = 0; r == HPROF_OK && i < q->locs.n; i++) {
		uint32_t at = wanted[i] ? find_place(s, q->locs.addr[i]) : HP_NONE, row;

		if (at == HP_NONE)
			continue;
		row = q->maps.module[q->locs.map[i].i].i;
		if (!copied[row])
			r = copy_module(q, &q->modules.row[row], p,
					&p->modules.row[p->maps.module[p->locs.map[at].i].i], err);
		copied[row] = true;
		q->locs.rel[i] = p->locs.rel[at];
		q->locs.call[i] = p->locs.call[at];
		if (r == HPROF_OK)
			r = copy_frames(q, i, p, at, func, err);
	}
	free(func);
	free(copied);
	free(wanted);
	return r;
}

/* Count what has names, by the addresses that are a profile's own. */
static void count_named(struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->modules.n; i++) {
		p->modules.row[i].n_named = 0;
		p->modules.row[i].n_lined = 0;
	}
	for (uint32_t i = 0; i < p->locs.n; i++) {
		struct hp_module *m;
		bool lined = false;

		if (p->locs.map[i].i == HP_NONE)
			continue;
		m = &p->modules.row[p->maps.module[p->locs.map[i].i].i];
		for (uint32_t k = 0; k < p->locs.frame_n[i]; k++)
			lined |= p->frames.line[p->locs.frame_first[i] + k] != 0;
		m->n_named += p->locs.frame_n[i] > 0;
		m->n_lined += lined;
	}
}

/* --- leaders and followers --- */

static int name_one(const struct series *s, size_t i, bool follows, struct hprof_error *err)
{
	struct hprof_symbolize_opts o = *s->opts;

	o.profile_path = s->path ? s->path[i] : NULL;
	return follows ? hp_perf_maps_apply(s->p[i], &o, err) : hprof_symbolize(s->p[i], &o, err);
}

/* Before mappings are compared: give code that was moved back to its files. */
static int claim_moved(const struct series *s, struct hprof_error *err)
{
	struct hprof_symbolize_opts o = *s->opts;
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < s->n; i++) {
		o.profile_path = s->path ? s->path[i] : NULL;
		r = hp_moved_claim(s->p[i], &o, err);
	}
	return r;
}

/* Symbolize the leader with the addresses of all followers, then have these take theirs. */
static int lead(struct series *s, size_t leader, struct hprof_error *err)
{
	struct hprof_profile *p = s->p[leader];
	uint32_t own = p->locs.n;
	uint32_t *n_addr = calloc((size_t)p->modules.n + 1, sizeof(*n_addr));
	int r = n_addr ? HPROF_OK : hp_fail_nomem(err);

	s->n_places = 0;
	for (uint32_t i = 0; r == HPROF_OK && i < p->modules.n; i++)
		n_addr[i] = p->modules.row[i].n_addr;
	for (uint32_t i = 0; r == HPROF_OK && i < own; i++)
		if (is_wanted(p, i))
			r = add_place(s, p->locs.addr[i], i, err);
	if (s->n_places > 1)
		qsort(s->place, s->n_places, sizeof(*s->place), by_addr);
	for (size_t i = 0; r == HPROF_OK && i < s->n_followers; i++)
		r = lend_addresses(s, p, s->p[s->follower[i]], err);
	if (r == HPROF_OK)
		r = name_one(s, leader, false, err);
	for (size_t i = 0; r == HPROF_OK && i < s->n_followers; i++) {
		r = take_answers(s, s->p[s->follower[i]], p, err);
		if (r == HPROF_OK)
			r = hp_strays_drop(s->p[s->follower[i]], err);
		if (r == HPROF_OK)
			count_named(s->p[s->follower[i]]);
		if (r == HPROF_OK)
			r = name_one(s, s->follower[i], true, err);
	}
	p->locs.n = own; /* the others were borrowed */
	for (uint32_t i = 0; n_addr && i < p->modules.n; i++)
		p->modules.row[i].n_addr = n_addr[i];
	if (r == HPROF_OK)
		count_named(p);
	free(n_addr);
	return r;
}

int hprof_symbolize_series(struct hprof_profile *const *p, const char *const *paths, size_t n,
			   const struct hprof_symbolize_opts *opts, struct hprof_error *err)
{
	static const struct hprof_symbolize_opts none;
	struct series s = {.p = p, .path = paths, .n = n, .opts = opts ? opts : &none};
	int r = HPROF_OK;

	s.done = calloc(n + 1, sizeof(*s.done));
	s.follower = calloc(n + 1, sizeof(*s.follower));
	if (!s.done || !s.follower)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK)
		r = claim_moved(&s, err);
	for (size_t leader = n; r == HPROF_OK && leader-- > 0;) { /* the last has most modules */
		if (s.done[leader])
			continue;
		s.n_followers = 0;
		s.has_span = false;
		for (size_t i = leader; i-- > 0;)
			if (!s.done[i] && fits(&s, leader, i))
				s.follower[s.n_followers++] = i;
		for (size_t i = 0; i < s.n_followers; i++)
			s.done[s.follower[i]] = true;
		r = s.n_followers ? lead(&s, leader, err) : name_one(&s, leader, false, err);
	}
	free(s.done);
	free(s.follower);
	free(s.place);
	return r;
}
