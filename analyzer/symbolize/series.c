/* series.c - which of many profiles are named by one plan: dumps of one process, as a rule. */
#include <stdlib.h>

#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/moved.h"
#include "analyzer/symbolize/symbolize.h"

struct series {
	struct hprof_profile *const *p; /* [n] */
	const char *const *path;        /* [n] or NULL */
	size_t n;
	const struct hprof_symbolize_opts *opts;
	bool *done;               /* [n] */
	struct hp_dump *dump;     /* [n] that share a plan */
	struct hp_time_span span; /* in which no file changed that the first of these needs... */
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

/* Narrow the span of @p, the first of a plan, by all files that may be looked at for it. */
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
 * Whether files are judged alike for @q and @p, the first of a plan: files that were changed
 * between the times of both may be those that ran for one of them only.
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

/* Whether profile @other can share the plan of @lead: all its addresses lie in mappings of it. */
static bool can_share(struct series *s, size_t lead, size_t other)
{
	const struct hprof_profile *p = s->p[lead], *q = s->p[other];
	const char *a = s->path ? s->path[lead] : NULL, *b = s->path ? s->path[other] : NULL;
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

static const char *path_of(const struct series *s, size_t i)
{
	return s->path ? s->path[i] : NULL;
}

/* Before mappings are compared: give code that was moved back to its files. */
static int claim_moved(const struct series *s, struct hprof_error *err)
{
	struct hprof_symbolize_opts o = *s->opts;
	int r = HPROF_OK;

	for (size_t i = 0; r == HPROF_OK && i < s->n; i++) {
		o.profile_path = path_of(s, i);
		r = hp_moved_claim(s->p[i], &o, err);
	}
	return r;
}

/* Symbolize profile @lead, with all before it that can share its plan. */
static int symbolize_with(struct series *s, size_t lead, struct hprof_error *err)
{
	size_t n = 0;

	s->has_span = false;
	s->dump[n++] = (struct hp_dump){.p = s->p[lead], .path = path_of(s, lead)};
	for (size_t i = lead; i-- > 0;) {
		if (s->done[i] || !can_share(s, lead, i))
			continue;
		s->dump[n++] = (struct hp_dump){.p = s->p[i], .path = path_of(s, i)};
		s->done[i] = true;
	}
	return hp_symbolize(s->dump, n, s->opts, err);
}

int hprof_symbolize_series(struct hprof_profile *const *p, const char *const *paths, size_t n,
			   const struct hprof_symbolize_opts *opts, struct hprof_error *err)
{
	static const struct hprof_symbolize_opts none;
	struct series s = {.p = p, .path = paths, .n = n, .opts = opts ? opts : &none};
	int r;

	s.done = calloc(n + 1, sizeof(*s.done));
	s.dump = calloc(n + 1, sizeof(*s.dump));
	r = s.done && s.dump ? claim_moved(&s, err) : hp_fail_nomem(err);
	for (size_t lead = n; r == HPROF_OK && lead-- > 0;) /* the last has most modules */
		if (!s.done[lead])
			r = symbolize_with(&s, lead, err);
	free(s.done);
	free(s.dump);
	return r;
}
