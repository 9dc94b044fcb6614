/* child.c - what runs in a child process: naming the addresses of one module. */
#include "analyzer/symbolize/child.h"

#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/base/strtab.h"
#include "analyzer/symbolize/cache/cache.h"
#include "analyzer/symbolize/cache/key.h"
#include "analyzer/symbolize/debug_file.h"
#include "analyzer/symbolize/dwarf.h"
#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/fit.h"
#include "analyzer/symbolize/name.h"
#include "analyzer/symbolize/symtab.h"
#include "analyzer/symbolize/text.h"
#include "analyzer/symbolize/wire.h"

enum { ADDRS_PER_MESSAGE = 65536, MAX_WARNINGS = 1000 };

struct func { /* as the parent knows it */
	hp_strid name, file;
};

struct names { /* of one name as it stands in DWARF or a symbol table */
	struct hp_slice brief, full;
};

struct place {         /* one address to be named */
	uint64_t addr; /* in the file */
	uint32_t i;    /* row of job->addrs */
};

struct hit { /* a place whose answer is remembered */
	uint32_t i;
	uint32_t first, n; /* frames of the image */
};

struct child {
	const struct hp_job *job;
	struct hp_wire wire;
	struct hp_arena mem;
	struct hp_symtab symtab;
	struct hp_strtab str; /* names and files of the functions */
	struct names *names;  /* [cap_names] by string id; full is empty until it is made */
	uint32_t cap_names;
	struct func *funcs; /* [n_funcs] that the parent knows */
	uint32_t n_funcs, cap_funcs;
	struct hp_index index; /* of funcs */
	struct place *places;  /* [n_places] sorted */
	uint32_t n_places;
	struct hp_cache cache;
	struct hp_cache_batch news; /* what is to be remembered; functions as in funcs */
	struct hit *hits;           /* [n_hits] sorted by address */
	uint32_t n_hits;
	enum hp_module_symbols symbols; /* that are read */
	bool remembers;                 /* the cache is open */
	bool damaged;                   /* answers may be wrong: they are not to be remembered */
	uint32_t n_warnings;
};

static void warn(struct child *c, enum hp_wire_warning kind, const char *text)
{
	if (!*text || c->n_warnings++ >= MAX_WARNINGS)
		return;
	hp_wire_begin(&c->wire, HP_WIRE_WARN);
	hp_wire_u8(&c->wire, (uint8_t)kind);
	hp_wire_text(&c->wire, hp_slice_str(text));
	hp_wire_end(&c->wire);
}

static bool same_func(const void *ctx, uint32_t row, const void *key)
{
	const struct child *c = ctx;
	const struct func *f = key;

	return c->funcs[row].name.i == f->name.i && c->funcs[row].file.i == f->file.i;
}

/* Both forms of the name with id @id, made at most once. NULL: no memory. */
static const struct names *names_of(struct child *c, hp_strid id)
{
	struct names *n;

	if (id.i >= c->cap_names) {
		uint32_t cap = hp_column_cap(c->cap_names, id.i + 1);

		if (!cap || !hp_column_resize(&c->names, sizeof(*c->names), cap))
			return NULL;
		memset(c->names + c->cap_names, 0, (cap - c->cap_names) * sizeof(*c->names));
		c->cap_names = cap;
	}
	n = &c->names[id.i];
	if (!n->full.len)
		hp_name_demangle(hp_strtab_get(&c->str, id), &c->mem, &n->brief, &n->full);
	return n;
}

static void tell_texts(struct child *c, const struct hp_cache_func *f)
{
	hp_wire_begin(&c->wire, HP_WIRE_FUNC);
	hp_wire_text(&c->wire, f->name);
	hp_wire_text(&c->wire, f->full);
	hp_wire_text(&c->wire, f->linkage);
	hp_wire_text(&c->wire, f->file);
	hp_wire_end(&c->wire);
	if (c->remembers && c->n_places) /* there will be news: with the same numbers */
		(void)hp_cache_batch_func(&c->news, f);
}

static bool tell_func(struct child *c, const struct func *f)
{
	struct hp_slice name = hp_strtab_get(&c->str, f->name);
	const struct names *n = names_of(c, f->name);

	if (!n)
		return false;
	tell_texts(c, &(struct hp_cache_func){
			      .name = n->brief,
			      .full = n->full,
			      .linkage = hp_slice_same(n->full, name) ? HP_LIT("") : name,
			      .file = hp_strtab_get(&c->str, f->file),
		      });
	return true;
}

/* Number of the function @name, not empty, in @file; the parent is told of it first. */
static bool func_id(struct child *c, struct hp_slice name, struct hp_slice file, uint32_t *out)
{
	struct func f;
	uint32_t tag;

	if (hp_strtab_add(&c->str, name, &f.name, NULL) < 0 ||
	    hp_strtab_add(&c->str, file, &f.file, NULL) < 0)
		return false;
	tag = hp_hash_pair(c->str.seed, f.name.i, f.file.i);
	*out = hp_index_find(&c->index, tag, same_func, c, &f);
	if (*out != UINT32_MAX)
		return true;
	if (!HP_COLUMN_ROOM(c->funcs, c->n_funcs, c->cap_funcs) ||
	    !hp_index_add(&c->index, tag, c->n_funcs) || !tell_func(c, &f))
		return false;
	*out = c->n_funcs;
	c->funcs[c->n_funcs++] = f;
	return true;
}

/*
 * The name of the function that was called, not inlined: @f is what DWARF says about it,
 * @addr an address in it.  DWARF has the name that people wrote, and for C++ and Rust it is
 * the one to show.  A C function may have several, of which DWARF knows only one; and the
 * linkage names of functions that are local to a file are in the symbol table only.
 */
static struct hp_slice outer_name(const struct child *c, const struct hp_raw_frame *f,
				  uint64_t addr)
{
	struct hp_slice own = f->linkage.len ? f->linkage : f->name;
	struct hp_slice original;
	struct hp_slice symbol;

	if (!own.len)
		return hp_symtab_owner(&c->symtab, addr);
	if (hp_name_is_mangled(f->linkage) || !f->has_entry)
		return own;
	symbol = hp_symtab_entry(&c->symtab, f->entry);
	if (!symbol.len)
		return own;
	original = hp_name_original(symbol);
	if (hp_name_is_mangled(original))
		return hp_symtab_has(&c->symtab, f->entry, own) ? own : original;
	return hp_slice_same(original, own) ? own : symbol;
}

/* Tell the frames of place @i: @f is what DWARF knows. */
static void tell_frames(void *ctx, unsigned worker, uint32_t i, const struct hp_raw_frame *f,
			uint32_t n)
{
	struct child *c = ctx;
	const struct place *at = &c->places[i];
	struct hp_raw_frame none = {.line = 0};
	struct hp_cache_frame told[HP_WIRE_FRAMES_MAX];
	uint32_t used = 0;

	(void)worker;
	if (n == 0) {
		f = &none;
		n = 1;
	}
	for (uint32_t k = 0; k < n && k < HP_WIRE_FRAMES_MAX; k++) {
		struct hp_slice name = f[k].linkage.len ? f[k].linkage : f[k].name;

		if (k + 1 == n)
			name = outer_name(c, &f[k], at->addr);
		if (!name.len && n == 1)
			break; /* nothing but a line, or not even that */
		if (!name.len)
			name = HP_LIT("[unnamed]");
		if (!func_id(c, name, f[k].file, &told[used].func)) {
			c->wire.failed = true;
			return;
		}
		told[used].line = f[k].line;
		told[used].column = f[k].column;
		told[used++].discriminator = f[k].discriminator;
	}
	hp_wire_begin(&c->wire, HP_WIRE_FRAMES);
	hp_wire_u32(&c->wire, at->i);
	for (uint32_t k = 0; k < used; k++) {
		hp_wire_u32(&c->wire, told[k].func);
		hp_wire_u32(&c->wire, told[k].line);
	}
	hp_wire_end(&c->wire);
	if (c->remembers)
		hp_cache_batch_add(&c->news, at->addr, told, used);
}

static void tell_damage(void *ctx, const char *text)
{
	struct child *c = ctx;

	c->damaged = c->damaged || *text;
	warn(c, HP_WIRE_DAMAGED, text);
}

static void pause_here(void *ctx, unsigned worker)
{
	struct child *c = ctx;

	(void)worker;
	hp_wire_flush(&c->wire);
}

static void tell_file(struct child *c, const struct hp_found *found,
		      const struct hp_debug_found *debug, const struct hp_alt_found *alt)
{
	struct hp_slice id = found->elf.build_id;
	const char *texts[] = {
		found->file, debug->file, hp_text_hex(&c->mem, id.ptr, id.len),
		found->how,  found->note, debug->how,
		alt->file,   alt->how,    hp_text_line(&c->mem, found->tried, debug->tried),
	};

	hp_wire_begin(&c->wire, HP_WIRE_FILE);
	hp_wire_u8(&c->wire, (uint8_t)found->status);
	hp_wire_u8(&c->wire, (uint8_t)c->symbols);
	for (size_t i = 0; i < HP_LEN(texts); i++)
		hp_wire_text(&c->wire, hp_slice_str(texts[i]));
	hp_wire_end(&c->wire);
	warn(c, HP_WIRE_MISMATCH, found->mismatch);
	warn(c, HP_WIRE_UNREADABLE, found->unreadable);
	warn(c, HP_WIRE_DEBUG, debug->refused);
	warn(c, HP_WIRE_SERVERS, *debug->servers ? debug->servers : alt->servers);
	hp_wire_flush(&c->wire);
}

static int by_addr(const void *pa, const void *pb)
{
	const struct place *a = pa;
	const struct place *b = pb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

/* Find and tell where in the file the addresses are. */
static bool place_addresses(struct child *c, const struct hp_found *found)
{
	const struct hp_job *job = c->job;

	c->places = calloc((size_t)job->n_addrs + 1, sizeof(*c->places));
	if (!c->places)
		return false;
	for (uint32_t i = 0; i < job->n_addrs; i++) {
		const struct hp_job_addr *a = &job->addrs[i];
		uint64_t addr = HP_WIRE_NO_ADDR;

		if (hp_fit_address(&found->elf, &job->maps[a->map], found->page, a->call, &addr))
			c->places[c->n_places++] = (struct place){addr, i};
		if (i % ADDRS_PER_MESSAGE == 0) {
			hp_wire_begin(&c->wire, HP_WIRE_ADDRS);
			hp_wire_u32(&c->wire, i);
		}
		hp_wire_u64(&c->wire, addr);
		if (i % ADDRS_PER_MESSAGE == ADDRS_PER_MESSAGE - 1 || i + 1 == job->n_addrs)
			hp_wire_end(&c->wire);
	}
	hp_wire_flush(&c->wire);
	if (c->n_places > 1)
		qsort(c->places, c->n_places, sizeof(*c->places), by_addr);
	return true;
}

/* --- answers that are remembered --- */

/* Where else the DWARF of @from, which is @f or its debug file, may be continued. */
static void list_others(struct child *c, const struct hp_elf *f, const struct hp_elf *from,
			struct hp_cache_files *files)
{
	struct hp_slice debug = HP_LIT(".debug");
	struct hp_slice plain = hp_slice_str(from->path);
	struct hp_slice name;
	struct hp_slice id;
	const char *alt;

	files->others[files->n_others++] = hp_textf(&c->mem, "%s.dwp", f->path);
	files->others[files->n_others++] = hp_textf(&c->mem, "%s.dwp", from->path);
	if (hp_slice_ends(plain, debug)) {
		plain.len -= debug.len;
		files->others[files->n_others++] =
			hp_textf(&c->mem, "%s.dwp", hp_text_copy(&c->mem, plain));
	}
	if (!hp_alt_link(from, &name, &id))
		return;
	for (size_t i = 0; files->n_others < HP_CACHE_OTHERS; i++) {
		alt = hp_alt_candidate(c->job, from->path, name, id, i, &c->mem);
		if (!alt)
			return;
		files->others[files->n_others++] = alt;
	}
}

static void open_cache(struct child *c, const struct hp_found *found,
		       const struct hp_debug_found *debug)
{
	const struct hp_elf *d = *debug->file ? &debug->elf : NULL;
	struct hp_cache_files files = {
		.binary = &found->elf,
		.debug = d,
		.reader = c->job->opts->dwarf_reader,
	};
	struct hp_cache_id id = {"", found->file, found->elf.build_id};

	/* a second attempt, with symbols only, is no better than what may be remembered */
	if (c->job->no_dwarf || !c->job->opts->cache_dir)
		return;
	list_others(c, &found->elf, d ? d : &found->elf, &files);
	id.key = hp_cache_key(&files, &c->mem);
	c->remembers = hp_cache_open(&c->cache, c->job->opts->cache_dir, &id);
}

/* Set those places apart whose answers are remembered. */
static bool recall(struct child *c)
{
	uint32_t n = 0;

	c->hits = calloc((size_t)c->n_places + 1, sizeof(*c->hits));
	if (!c->hits)
		return false;
	for (uint32_t i = 0; i < c->n_places; i++) {
		struct place at = c->places[i];
		struct hit *hit = &c->hits[c->n_hits];

		hit->i = at.i;
		if (c->remembers && hp_cache_find(&c->cache, at.addr, &hit->first, &hit->n))
			c->n_hits++;
		else
			c->places[n++] = at;
	}
	c->n_places = n;
	return true;
}

/* Number of function @i of the image; @number[i] is UINT32_MAX until the parent is told of it. */
static bool recall_func(struct child *c, uint32_t i, uint32_t *number)
{
	struct hp_cache_func f = hp_image_func(&c->cache.image, i);

	if (number[i] != UINT32_MAX)
		return true;
	if (!HP_COLUMN_ROOM(c->funcs, c->n_funcs, c->cap_funcs))
		return false;
	tell_texts(c, &f);
	c->funcs[c->n_funcs] = (struct func){{0}, {0}}; /* not to be searched for */
	number[i] = c->n_funcs++;
	return true;
}

static bool tell_hits(struct child *c)
{
	const struct hp_image *m = &c->cache.image;
	uint32_t *number = malloc(((size_t)m->n_funcs + 1) * sizeof(*number));
	bool ok = number;

	for (uint32_t i = 0; ok && i < m->n_funcs; i++)
		number[i] = UINT32_MAX;
	for (uint32_t i = 0; ok && i < c->n_hits; i++) {
		const struct hit *hit = &c->hits[i];

		for (uint32_t k = 0; ok && k < hit->n; k++)
			ok = recall_func(c, hp_image_frame(m, hit->first + k).func, number);
		if (!ok)
			break;
		hp_wire_begin(&c->wire, HP_WIRE_FRAMES);
		hp_wire_u32(&c->wire, hit->i);
		for (uint32_t k = 0; k < hit->n; k++) {
			struct hp_cache_frame f = hp_image_frame(m, hit->first + k);

			hp_wire_u32(&c->wire, number[f.func]);
			hp_wire_u32(&c->wire, f.line);
		}
		hp_wire_end(&c->wire);
	}
	free(number);
	return ok;
}

/* --- reading --- */

/* Name all places: with DWARF where there is some, else by symbols. */
static bool name_places(struct child *c, struct hp_dwarf *dwarf)
{
	const struct hp_dwarf_sink sink = {c, tell_frames, tell_damage, pause_here, NULL};
	uint64_t *addr;
	int r;

	if (!dwarf) {
		for (uint32_t i = 0; i < c->n_places; i++)
			tell_frames(c, 0, i, NULL, 0);
		return true;
	}
	addr = calloc((size_t)c->n_places + 1, sizeof(*addr));
	if (!addr)
		return false;
	for (uint32_t i = 0; i < c->n_places; i++)
		addr[i] = c->places[i].addr;
	r = hp_dwarf_run(dwarf, addr, c->n_places, &sink);
	free(addr);
	return r == HPROF_OK;
}

/* Read the file that was found. False: no memory. */
static bool answer(struct child *c, const struct hp_found *found)
{
	struct hp_debug_found debug = HP_NO_DEBUG_FILE;
	struct hp_alt_found alt;
	const struct hp_elf *from = &found->elf;
	struct hp_dwarf *dwarf = NULL;
	const char *no_dwarf = "";
	bool done = false;

	if (!hp_elf_section(from, ".debug_info"))
		hp_find_debug(&found->elf, c->job, &c->mem, &debug);
	if (*debug.file)
		from = &debug.elf;
	hp_find_alt(from, c->job, true, &c->mem, &alt);
	open_cache(c, found, &debug);
	if (!place_addresses(c, found) || !recall(c))
		goto out;
	if (c->n_hits && !c->n_places) {
		c->symbols = (enum hp_module_symbols)c->cache.image.symbols;
		tell_file(c, found, &debug, &alt);
		done = tell_hits(c);
		goto out;
	}
	if (hp_symtab_read(&c->symtab, &found->elf, *debug.file ? &debug.elf : NULL, &c->mem) < 0)
		goto out;
	if (!c->job->no_dwarf)
		dwarf = hp_dwarf_open(&found->elf, from, c->job, &c->mem, &no_dwarf);
	c->symbols = dwarf ? HP_SYMBOLS_DWARF : c->symtab.kind;
	tell_file(c, found, &debug, &alt);
	tell_damage(c, no_dwarf);
	done = tell_hits(c) && name_places(c, dwarf);
out:
	hp_dwarf_close(dwarf);
	hp_symtab_release(&c->symtab);
	hp_elf_close(&debug.elf);
	return done;
}

bool hp_child_run(const struct hp_job *job, int fd)
{
	const struct hp_debug_found no_debug = HP_NO_DEBUG_FILE;
	const struct hp_alt_found no_alt = {"", "", ""};
	struct child c = {.job = job, .wire.fd = fd};
	struct hp_found found;
	bool done = true;

	if (elf_version(EV_CURRENT) == EV_NONE || hp_strtab_init(&c.str, 0, NULL) < 0)
		return false;
	hp_find_module(job, &c.mem, &found);
	if (found.status == HP_MODULE_OK)
		done = answer(&c, &found);
	else
		tell_file(&c, &found, &no_debug, &no_alt);
	if (done) {
		hp_wire_begin(&c.wire, HP_WIRE_END);
		hp_wire_end(&c.wire);
	}
	hp_wire_flush(&c.wire);
	done = done && !c.wire.failed;
	if (done && c.remembers && !c.damaged)
		(void)hp_cache_save(&c.cache, c.symbols, &c.news, 1, NULL); /* or do it again */
	if (c.remembers)
		hp_cache_close(&c.cache);
	hp_elf_close(&found.elf);
	hp_strtab_release(&c.str);
	hp_index_release(&c.index);
	free(c.names);
	free(c.funcs);
	free(c.places);
	free(c.hits);
	hp_cache_batch_release(&c.news);
	hp_wire_release(&c.wire);
	hp_arena_release(&c.mem);
	return done;
}
