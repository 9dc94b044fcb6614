/* profile.c - the tables of one input: look-up, names, warnings, release. */
#include "analyzer/model/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>

#include "analyzer/base/column.h"
#include "analyzer/base/sort.h"

#define YEAR_2000_NS (INT64_C(946684800) * 1000000000)

int64_t hp_profile_written_ns(const struct hprof_profile *p)
{
	int64_t own = p->time_ns >= YEAR_2000_NS ? p->time_ns : 0;
	int64_t file = p->file_time_ns >= YEAR_2000_NS ? p->file_time_ns : 0;

	if (!own || !file)
		return own ? own : file;
	return own < file ? own : file;
}

uint32_t hp_profile_type(const struct hprof_profile *p, struct hp_slice name)
{
	for (uint32_t t = 0; t < p->n_types; t++)
		if (!p->types[t].absent &&
		    (hp_slice_same(hp_profile_str(p, p->types[t].name), name) ||
		     (name.len && hp_slice_same(hp_profile_str(p, p->types[t].alias), name))))
			return t;
	return HP_NONE;
}

uint32_t hp_profile_list_types(const struct hprof_profile *p, const char *const *but, size_t n_but,
			       char *buf, size_t cap)
{
	uint32_t listed = 0;
	size_t n = 0;

	buf[0] = '\0';
	for (uint32_t t = 0; t < p->n_types; t++) {
		const char *name = p->str.ptr[p->types[t].name.i];
		bool skip = p->types[t].absent;

		for (size_t k = 0; k < n_but; k++)
			skip |= strcmp(name, but[k]) == 0;
		if (skip)
			continue;
		if (n < cap)
			n += (size_t)snprintf(buf + n, cap - n, "%s%.64s", listed ? ", " : "",
					      name);
		listed++;
	}
	return listed;
}

const char *hprof_profile_default_type(const struct hprof_profile *p)
{
	return hp_profile_str(p, p->types[p->default_type].name).ptr;
}

hp_mapid hp_maps_find(const struct hp_maps *maps, uint64_t addr, hp_mapid hint)
{
	uint32_t low;

	if (hint.i < maps->n && addr >= maps->start[hint.i] && addr < maps->limit[hint.i])
		return hint;
	low = hp_upper_bound_u64(maps->limit, maps->n, addr);
	if (low < maps->n && addr >= maps->start[low])
		return (hp_mapid){low};
	return (hp_mapid){HP_NONE};
}

void hp_profile_vwarn(struct hprof_profile *p, const char *kind, uint32_t most, const char *fmt,
		      va_list ap)
{
	struct hp_warnings *w = &p->warnings;
	char *text = NULL;
	uint32_t there = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		if (strcmp(w->row[i].kind, kind) != 0 || ++there < most)
			continue;
		w->row[i].count++;
		return;
	}
	if (vasprintf(&text, fmt, ap) < 0)
		return;
	hp_disarm(text);
	if (!HP_COLUMN_ROOM(w->row, w->n, w->cap)) {
		free(text);
		return;
	}
	w->row[w->n++] = (struct hp_warning){kind, text, 1};
}

void hp_profile_warn(struct hprof_profile *p, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hp_profile_vwarn(p, kind, 1, fmt, ap);
	va_end(ap);
}

void hp_profile_warn_each(struct hprof_profile *p, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hp_profile_vwarn(p, kind, HP_WARN_EACH, fmt, ap);
	va_end(ap);
}

size_t hprof_profile_warnings(const struct hprof_profile *p)
{
	return p->warnings.n;
}

const char *hprof_profile_warning(const struct hprof_profile *p, size_t i)
{
	return i < p->warnings.n ? p->warnings.row[i].text : NULL;
}

uint64_t hprof_profile_warning_count(const struct hprof_profile *p, size_t i)
{
	return i < p->warnings.n ? p->warnings.row[i].count : 0;
}

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct hp_funcs *f = ctx;
	const hp_strid *id = key;

	return f->name[row].i == id[0].i && f->full[row].i == id[1].i &&
	       f->linkage[row].i == id[2].i && f->file[row].i == id[3].i;
}

static bool resize_funcs(struct hp_funcs *f, uint32_t cap)
{
	if (!hp_column_resize(&f->name, sizeof(*f->name), cap) ||
	    !hp_column_resize(&f->full, sizeof(*f->full), cap) ||
	    !hp_column_resize(&f->linkage, sizeof(*f->linkage), cap) ||
	    !hp_column_resize(&f->file, sizeof(*f->file), cap))
		return false;
	f->cap = cap;
	return true;
}

static bool grow_funcs(struct hp_funcs *f)
{
	uint32_t cap = hp_column_cap(f->cap, f->n + 1);

	return f->n < f->cap || (cap && resize_funcs(f, cap));
}

static bool resize_frames(struct hp_frames *f, uint32_t cap)
{
	if (!hp_column_resize(&f->func, sizeof(*f->func), cap) ||
	    !hp_column_resize(&f->line, sizeof(*f->line), cap))
		return false;
	f->cap = cap;
	return true;
}

void hp_profile_expect(struct hprof_profile *p, uint32_t funcs, uint32_t frames)
{
	uint32_t n;

	if (!__builtin_add_overflow(p->funcs.n, funcs, &n)) {
		hp_index_expect(&p->funcs.index, n);
		if (n > p->funcs.cap)
			(void)resize_funcs(&p->funcs, n); /* it will grow step by step, then */
	}
	if (!__builtin_add_overflow(p->frames.n, frames, &n) && n > p->frames.cap)
		(void)resize_frames(&p->frames, n); /* the same */
}

int hp_func_add_ids(struct hprof_profile *p, const hp_strid texts[HP_FUNC_TEXTS], hp_funcid *out,
		    struct hprof_error *err)
{
	struct hp_funcs *f = &p->funcs;
	uint32_t tag = hp_hash_pair(p->seed, (uint64_t)texts[0].i << 32 | texts[1].i,
				    (uint64_t)texts[2].i << 32 | texts[3].i);
	uint32_t row = hp_index_find(&f->index, tag, same_func, f, texts);

	if (row == UINT32_MAX) {
		if (!grow_funcs(f) || !hp_index_add(&f->index, tag, f->n))
			return hp_fail_nomem(err);
		row = f->n++;
		f->name[row] = texts[0];
		f->full[row] = texts[1];
		f->linkage[row] = texts[2];
		f->file[row] = texts[3];
	}
	*out = (hp_funcid){row};
	return HPROF_OK;
}

int hp_func_add(struct hprof_profile *p, const struct hp_func_names *names, hp_funcid *out,
		struct hprof_error *err)
{
	const struct hp_slice text[HP_FUNC_TEXTS] = {names->name, names->full, names->linkage,
						     names->file};
	hp_strid id[HP_FUNC_TEXTS];

	for (size_t i = 0; i < HP_LEN(text); i++) {
		int r = hp_strtab_add(&p->str, text[i], &id[i], err);

		if (r < 0)
			return r;
	}
	return hp_func_add_ids(p, id, out, err);
}

int hp_profile_keep(struct hprof_profile *p, struct hp_kept file, struct hprof_error *err)
{
	if (!HP_COLUMN_ROOM(p->kept.row, p->kept.n, p->kept.cap))
		return hp_fail_nomem(err);
	p->kept.row[p->kept.n++] = file;
	return HPROF_OK;
}

int hp_loc_set_frames(struct hprof_profile *p, hp_locid loc, const struct hp_frame *frames,
		      uint32_t n, struct hprof_error *err)
{
	struct hp_frames *t = &p->frames;
	uint32_t need, cap;

	if (__builtin_add_overflow(t->n, n, &need))
		return hp_fail(err, HPROF_ELIMIT, "more than 2^32 frames");
	if (need > t->cap) {
		cap = hp_column_cap(t->cap, need);
		if (!cap || !resize_frames(t, cap))
			return hp_fail_nomem(err);
	}
	for (uint32_t i = 0; i < n; i++) {
		t->func[t->n + i] = frames[i].func;
		t->line[t->n + i] = frames[i].line;
	}
	p->locs.frame_first[loc.i] = t->n;
	p->locs.frame_n[loc.i] = n;
	t->n = need;
	return HPROF_OK;
}

static void release_samples(struct hp_samples *s, uint32_t n_types)
{
	free(s->stack);
	free(s->thread);
	free(s->size);
	for (uint32_t t = 0; t < n_types; t++) {
		if (s->estimate)
			free(s->estimate[t]);
		if (s->variance)
			free(s->variance[t]);
		if (s->recorded)
			free(s->recorded[t]);
	}
	free(s->estimate);
	free(s->variance);
	free(s->recorded);
	hp_index_release(&s->index);
}

static void release_warnings(struct hp_warnings *w)
{
	for (uint32_t i = 0; i < w->n; i++)
		free(w->row[i].text);
	free(w->row);
}

void hprof_profile_free(struct hprof_profile *p)
{
	if (!p)
		return;
	hp_strtab_release(&p->str);
	free(p->modules.row);
	free(p->maps.start);
	free(p->maps.limit);
	free(p->maps.file_offset);
	free(p->maps.base);
	free(p->maps.device);
	free(p->maps.inode);
	free(p->maps.perms);
	free(p->maps.module);
	free(p->threads.id);
	free(p->threads.name);
	free(p->funcs.name);
	free(p->funcs.full);
	free(p->funcs.linkage);
	free(p->funcs.file);
	hp_index_release(&p->funcs.index);
	free(p->locs.addr);
	free(p->locs.map);
	free(p->locs.module);
	free(p->locs.rel);
	free(p->locs.call);
	free(p->locs.frame_first);
	free(p->locs.frame_n);
	hp_index_release(&p->locs.index);
	free(p->frames.func);
	free(p->frames.line);
	free(p->stacks.parent);
	free(p->stacks.loc);
	hp_index_release(&p->stacks.index);
	release_samples(&p->all, p->n_types);
	release_samples(&p->by_thread, p->n_types);
	free(p->thread_total);
	free(p->snapshots.row);
	release_samples(&p->snapshots.values, p->n_types);
	free(p->snapshots.columns);
	release_warnings(&p->warnings);
	free(p->types);
	for (uint32_t i = 0; i < p->kept.n; i++)
		(void)munmap(p->kept.row[i].bytes, p->kept.row[i].len); /* it was mapped */
	free(p->kept.row);
	free(p);
}

bool hp_locs_room(struct hp_locs *l)
{
	uint32_t cap = hp_column_cap(l->cap, l->n + 1);

	if (l->n < l->cap)
		return true;
	if (!cap || !hp_column_resize(&l->addr, sizeof(*l->addr), cap) ||
	    !hp_column_resize(&l->map, sizeof(*l->map), cap) ||
	    !hp_column_resize(&l->module, sizeof(*l->module), cap) ||
	    !hp_column_resize(&l->rel, sizeof(*l->rel), cap) ||
	    !hp_column_resize(&l->call, sizeof(*l->call), cap) ||
	    !hp_column_resize(&l->frame_first, sizeof(*l->frame_first), cap) ||
	    !hp_column_resize(&l->frame_n, sizeof(*l->frame_n), cap))
		return false;
	l->cap = cap;
	return true;
}

/* --- other systems --- */

static bool ends_like(struct hp_slice path, const char *end)
{
	size_t n = strlen(end);

	return path.len > n && strncasecmp(path.ptr + (path.len - n), end, n) == 0;
}

const char *hp_profile_foreign_files(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->modules.n; i++) {
		struct hp_slice path = hp_profile_str(p, p->modules.row[i].path);

		if (hp_slice_starts(path, HP_LIT("/System/")) || ends_like(path, ".dylib"))
			return "the Mach-O files of macOS";
		if (ends_like(path, ".exe") || ends_like(path, ".dll"))
			return "the PE files of Windows";
	}
	return NULL;
}
