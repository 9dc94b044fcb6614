/* recall.c - answers of earlier runs, told by a child in the place of reading anything. */
#include "analyzer/symbolize/recall.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/cache/key.h"
#include "analyzer/symbolize/tell.h"
#include "analyzer/symbolize/text.h"

/* Where else the DWARF of @from, which is @f or its debug file, may be continued. */
static void list_others(const struct hp_job *job, const struct hp_elf *f, const struct hp_elf *from,
			struct hp_arena *mem, struct hp_cache_files *files)
{
	struct hp_slice debug = HP_LIT(".debug");
	struct hp_slice plain = hp_slice_str(from->path);
	struct hp_slice name;
	struct hp_slice id;
	const char *alt;

	files->others[files->n_others++] = hp_textf(mem, "%s.dwp", f->path);
	files->others[files->n_others++] = hp_textf(mem, "%s.dwp", from->path);
	if (hp_slice_ends(plain, debug)) {
		plain.len -= debug.len;
		files->others[files->n_others++] =
			hp_textf(mem, "%s.dwp", hp_text_copy(mem, plain));
	}
	if (!hp_alt_link(from, &name, &id))
		return;
	for (size_t i = 0; files->n_others < HP_CACHE_OTHERS; i++) {
		alt = hp_alt_candidate(job, from->path, name, id, i, mem);
		if (!alt)
			return;
		files->others[files->n_others++] = alt;
	}
}

void hp_recall_open(struct hp_recall *r, const struct hp_job *job, const struct hp_found *found,
		    const struct hp_debug_found *debug, struct hp_arena *mem)
{
	const struct hp_elf *d = *debug->file ? &debug->elf : NULL;
	struct hp_cache_files files = {
		.binary = &found->elf,
		.debug = d,
		.reader = job->opts->dwarf_reader,
	};
	struct hp_cache_id id = {"", found->file, found->elf.build_id};

	/* a second attempt, with symbols only, is no better than what may be remembered */
	if (job->no_dwarf || !job->opts->cache_dir)
		return;
	list_others(job, &found->elf, d ? d : &found->elf, mem, &files);
	id.key = hp_cache_key(&files, mem);
	r->open = hp_cache_open(&r->cache, job->opts->cache_dir, &id);
}

bool hp_recall_find(struct hp_recall *r, struct hp_asked *places, uint32_t *n)
{
	uint32_t left = 0;

	if (!r->open)
		return true;
	r->hits = calloc((size_t)*n + 1, sizeof(*r->hits));
	if (!r->hits)
		return false;
	for (uint32_t i = 0; i < *n; i++) {
		struct hp_asked at = places[i];
		struct hp_recall_hit *hit = &r->hits[r->n_hits];

		hit->i = at.i;
		if (hp_cache_find(&r->cache, at.addr, &hit->first, &hit->n))
			r->n_hits++;
		else
			places[left++] = at;
	}
	*n = left;
	return true;
}

struct telling {
	struct hp_wire *wire;
	uint8_t stream;
	const struct hp_image *image;
	uint32_t *number; /* [image->n_funcs] that the parent knows; HP_NONE if it does not yet */
	uint32_t n;
};

/* Number of function @i of the image; the parent is told of it first. */
static uint32_t number_of(struct telling *t, uint32_t i)
{
	if (t->number[i] == UINT32_MAX) {
		struct hp_cache_func f = hp_image_func(t->image, i);

		hp_tell_func(t->wire, t->stream, &f);
		t->number[i] = t->n++;
	}
	return t->number[i];
}

bool hp_recall_tell(const struct hp_recall *r, struct hp_wire *wire, uint8_t stream)
{
	const struct hp_image *m = &r->cache.image;
	struct telling t = {.wire = wire, .stream = stream, .image = m};
	struct hp_cache_frame f[HP_IMAGE_FRAMES_MAX];

	if (!r->n_hits)
		return true;
	t.number = malloc(((size_t)m->n_funcs + 1) * sizeof(*t.number));
	if (!t.number)
		return false;
	memset(t.number, 0xff, (size_t)m->n_funcs * sizeof(*t.number));
	for (uint32_t i = 0; i < r->n_hits; i++) {
		const struct hp_recall_hit *hit = &r->hits[i];
		uint32_t n = hit->n < HP_LEN(f) ? hit->n : (uint32_t)HP_LEN(f);

		for (uint32_t k = 0; k < n; k++) {
			f[k] = hp_image_frame(m, hit->first + k);
			f[k].func = number_of(&t, f[k].func);
		}
		hp_tell_frames(wire, stream, hit->i, f, n);
	}
	free(t.number);
	return true;
}

void hp_recall_release(struct hp_recall *r)
{
	if (r->open)
		hp_cache_close(&r->cache);
	free(r->hits);
	*r = (struct hp_recall){.n_hits = 0};
}
