/* recall.c - answers of earlier runs in the place of reading anything. */
#include "analyzer/symbolize/recall.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/symbolize/cache/key.h"
#include "analyzer/symbolize/dwarf/split.h"
#include "analyzer/symbolize/text.h"

/* Where else the DWARF of @from, which is @f or its debug file, may be continued. */
static void list_others(const struct hp_job *job, const struct hp_elf *f, const struct hp_elf *from,
			struct hp_arena *mem, struct hp_cache_files *files)
{
	struct hp_origin origin;
	struct hp_slice name;
	struct hp_slice id;
	const char *alt;

	hp_dw_packages(f, from, mem, files->others);
	files->n_others = HP_DW_PACKAGES;
	if (!hp_alt_link(from, &name, &id))
		return;
	for (size_t i = 0; files->n_others < HP_CACHE_OTHERS; i++) {
		alt = hp_alt_candidate(job, from, name, id, i, mem, &origin);
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
	r->open = hp_cache_open_unverified(&r->cache, job->opts->cache_dir, &id);
	if (r->open && job->no_recall)
		r->cache.image.n_addrs = 0;
}

bool hp_recall_find(struct hp_recall *r, struct hp_asked *places, uint32_t *n)
{
	uint32_t left = 0;

	if (!r->open || !r->cache.image.n_addrs)
		return true;
	r->hits = calloc((size_t)*n + 1, sizeof(*r->hits));
	if (!r->hits)
		return false;
	for (uint32_t i = 0; i < *n; i++) {
		struct hp_asked at = places[i];

		if (hp_cache_row(&r->cache, at.addr) != UINT32_MAX)
			r->hits[r->n_hits++] = at.addr;
		else
			places[left++] = at;
	}
	*n = left;
	return true;
}

void hp_recall_tell(const struct hp_recall *r, struct hp_wire *wire)
{
	if (!r->n_hits)
		return;
	hp_wire_begin(wire, HP_WIRE_CACHED);
	hp_wire_text(wire, hp_slice_str(r->cache.id.key));
	hp_wire_end(wire);
}

void hp_recall_save(struct hp_recall *r, enum hp_module_symbols symbols,
		    const struct hp_cache_batch *batches, size_t n)
{
	struct hp_cache whole;

	if (!r->open || !hp_cache_open(&whole, r->cache.dir, &r->cache.id))
		return;
	for (uint32_t i = 0; i < r->n_hits; i++)
		(void)hp_cache_row(&whole, r->hits[i]);         /* it is asked for: that is noted */
	(void)hp_cache_save(&whole, symbols, batches, n, NULL); /* or do it again */
	hp_cache_close(&whole);
}

void hp_recall_release(struct hp_recall *r)
{
	if (r->open)
		hp_cache_close(&r->cache);
	free(r->hits);
	*r = (struct hp_recall){.n_hits = 0};
}

/* --- the parent's part --- */

int hp_recalled_open(struct hp_recalled *r, const char *dir, struct hp_slice key,
		     struct hprof_error *err)
{
	const struct hp_image *m = &r->cache.image;
	struct hp_cache_id id = {"", "", {"", 0}};

	r->key = malloc(key.len + 1);
	if (!r->key)
		return hp_fail_nomem(err);
	memcpy(r->key, key.ptr, key.len);
	r->key[key.len] = '\0';
	id.key = r->key;
	if (!hp_cache_open(&r->cache, dir, &id))
		return HPROF_OK;
	r->funcs = malloc(((size_t)m->n_funcs + 1) * sizeof(*r->funcs));
	if (!r->funcs)
		return hp_fail_nomem(err);
	memset(r->funcs, 0xff, m->n_funcs * sizeof(*r->funcs)); /* HP_NONE */
	return HPROF_OK;
}

uint32_t hp_recalled_find(struct hp_recalled *r, uint64_t addr)
{
	const struct hp_image *m = &r->cache.image;
	uint32_t row = hp_cache_row(&r->cache, addr);
	uint32_t first = 0;
	uint32_t n = row == UINT32_MAX ? 0 : hp_image_frames(m, row, &first);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t *func = &r->funcs[hp_image_frame(m, first + i).func];

		if (*func == HP_NONE)
			*func = r->n_funcs++;
	}
	r->n_frames += n;
	return row;
}

bool hp_recalled_any(const struct hp_recalled *r, uint32_t row)
{
	uint32_t first;

	return hp_image_frames(&r->cache.image, row, &first) > 0;
}

/* Have @p unmap the file of the answers, and borrow from it. */
static int lend_file(struct hp_recalled *r, struct hprof_profile *p, struct hprof_error *err)
{
	struct hp_folder_file *f = &r->cache.file;
	size_t n_texts = r->cache.image.n_texts;
	int code;

	r->text_id = malloc((n_texts + 1) * sizeof(*r->text_id));
	if (!r->text_id)
		return hp_fail_nomem(err);
	memset(r->text_id, 0xff, n_texts * sizeof(*r->text_id)); /* HP_NONE */
	code = hp_profile_keep(p, (struct hp_kept){(void *)(uintptr_t)f->bytes, f->len}, err);
	if (code < 0)
		return code;
	*f = (struct hp_folder_file){0};
	hp_profile_expect(p, r->n_funcs, r->n_frames);
	hp_strtab_expect(&p->str, 3 * r->n_funcs); /* two names, and a linkage name */
	return HPROF_OK;
}

int hp_recalled_begin(struct hp_recalled *r, struct hprof_profile *p, struct hprof_error *err)
{
	bool is_first = !r->func_id;

	if (!r->n_funcs)
		return HPROF_OK;
	if (is_first)
		r->func_id = malloc(r->n_funcs * sizeof(*r->func_id));
	if (!r->func_id)
		return hp_fail_nomem(err);
	memset(r->func_id, 0xff, r->n_funcs * sizeof(*r->func_id)); /* HP_NONE */
	r->borrows = is_first;
	return is_first ? lend_file(r, p, err) : HPROF_OK;
}

/* Text @i of the image in @p. */
static int text_of(struct hp_recalled *r, struct hprof_profile *p, uint32_t i, hp_strid *out,
		   struct hprof_error *err)
{
	struct hp_slice text = hp_image_text(&r->cache.image, i);
	int code = HPROF_OK;

	if (!r->borrows)
		return hp_strtab_add(&p->str, text, out, err);
	if (r->text_id[i].i == HP_NONE)
		code = hp_strtab_borrow(&p->str, text, &r->text_id[i], err);
	*out = r->text_id[i];
	return code;
}

/* The function in @p that the image calls number @i. */
static int func_of(struct hp_recalled *r, struct hprof_profile *p, uint32_t i, hp_funcid *out,
		   struct hprof_error *err)
{
	uint32_t *id = &r->func_id[r->funcs[i]];
	uint32_t texts[HP_IMAGE_FUNC_TEXTS];
	hp_strid ids[HP_FUNC_TEXTS];
	int code = HPROF_OK;

	_Static_assert(HP_LEN(texts) == HP_LEN(ids), "both have the same texts");
	out->i = *id;
	if (*id != HP_NONE)
		return HPROF_OK;
	hp_image_func_texts(&r->cache.image, i, texts);
	for (size_t k = 0; code == HPROF_OK && k < HP_LEN(ids); k++)
		code = text_of(r, p, texts[k], &ids[k], err);
	if (code == HPROF_OK)
		code = hp_func_add_ids(p, ids, out, err);
	if (code == HPROF_OK)
		*id = out->i;
	return code;
}

int hp_recalled_frames(struct hp_recalled *r, struct hprof_profile *p, uint32_t row,
		       struct hp_frame frames[HP_IMAGE_FRAMES_MAX], uint32_t *n,
		       struct hprof_error *err)
{
	uint32_t first;

	*n = hp_image_frames(&r->cache.image, row, &first);
	for (uint32_t i = 0; i < *n; i++) {
		struct hp_cache_frame f = hp_image_frame(&r->cache.image, first + i);
		int code = func_of(r, p, f.func, &frames[i].func, err);

		if (code < 0)
			return code;
		frames[i].line = f.line; /* profiles have no columns and discriminators */
	}
	return HPROF_OK;
}

void hp_recalled_release(struct hp_recalled *r)
{
	hp_cache_close(&r->cache);
	free(r->key);
	free(r->funcs);
	free(r->func_id);
	free(r->text_id);
	*r = (struct hp_recalled){.key = NULL};
}
