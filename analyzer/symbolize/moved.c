/*
 * moved.c - code that a program moved to anonymous memory, by the program headers of its file.
 *
 * A map does not tell where a segment would lie of which nothing is left: linkers give segments
 * distances of their own, and the first may be the one that was moved.  The headers tell it, once
 * one mapping that remains has told where the image lies.  Memory of other origin lies beside files
 * as well, so all of the image is looked at: its mappings lie where they must, and the memory fills
 * what is missing, neither more nor less.
 */
#include "analyzer/symbolize/moved.h"

#include <elf.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/symbolize/elf_table.h"
#include "analyzer/symbolize/find.h"

enum {
	MAX_SEGMENTS = 512,
	STEPS_MAX = 1 << 24, /* mappings and segments looked at: some tenths of a second */
};

struct layout { /* of a file that may be the one of a module */
	struct layout *next;
	struct hp_segment *segment; /* [n] */
	uint64_t *covered;          /* [n] bytes that are mapped, of the image that is looked at */
	bool *has_moved;            /* [n] some of these are anonymous */
	size_t n;
	bool fixed;
};

struct claims {
	struct hprof_profile *p;
	const struct hprof_symbolize_opts *opts;
	struct hp_arena mem;
	bool *near;             /* [maps.n] of a file, beside anonymous code */
	struct layout **layout; /* [modules.n] the first of those that are known */
	bool *is_known;         /* [modules.n] they were sought */
	uint32_t steps;         /* that are left */
	bool any;
};

/* --- program headers --- */

static bool read_at(int fd, void *to, size_t n, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, to, n, (off_t)offset) == (ssize_t)n;
}

/* Where the program headers are. */
struct headers {
	struct hp_elf_coding coding;
	uint64_t offset;
	size_t n, row; /* bytes */
};

static bool read_header(int fd, struct headers *out, bool *fixed)
{
	const unsigned machine_order =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	uint8_t head[sizeof(Elf64_Ehdr)] = {0};
	struct hp_elf_coding c;
	uint16_t type;

	if (!read_at(fd, head, sizeof(Elf32_Ehdr), 0) || memcmp(head, ELFMAG, SELFMAG) != 0)
		return false;
	c = (struct hp_elf_coding){head[EI_CLASS] == ELFCLASS64, head[EI_DATA] != machine_order};
	if (c.wide && !read_at(fd, head, sizeof(head), 0))
		return false;
	type = hp_elf_u16(c, head + offsetof(Elf64_Ehdr, e_type)); /* the same place in both */
	*fixed = type == ET_EXEC;
	out->coding = c;
	if (c.wide) {
		out->offset = hp_elf_u64(c, head + offsetof(Elf64_Ehdr, e_phoff));
		out->n = hp_elf_u16(c, head + offsetof(Elf64_Ehdr, e_phnum));
		out->row = sizeof(Elf64_Phdr);
	} else {
		out->offset = hp_elf_u32(c, head + offsetof(Elf32_Ehdr, e_phoff));
		out->n = hp_elf_u16(c, head + offsetof(Elf32_Ehdr, e_phnum));
		out->row = sizeof(Elf32_Phdr);
	}
	return (type == ET_EXEC || type == ET_DYN) && out->n && out->n <= MAX_SEGMENTS;
}

/* Whether the program header at @at is of a segment that is mapped. */
static bool read_segment(struct hp_elf_coding c, const uint8_t *at, struct hp_segment *out)
{
	if (hp_elf_u32(c, at) != PT_LOAD) /* it is first in both */
		return false;
	if (c.wide)
		*out = (struct hp_segment){
			.offset = hp_elf_u64(c, at + offsetof(Elf64_Phdr, p_offset)),
			.file_len = hp_elf_u64(c, at + offsetof(Elf64_Phdr, p_filesz)),
			.vaddr = hp_elf_u64(c, at + offsetof(Elf64_Phdr, p_vaddr)),
			.mem_len = hp_elf_u64(c, at + offsetof(Elf64_Phdr, p_memsz)),
			.exec = hp_elf_u32(c, at + offsetof(Elf64_Phdr, p_flags)) & PF_X,
		};
	else
		*out = (struct hp_segment){
			.offset = hp_elf_u32(c, at + offsetof(Elf32_Phdr, p_offset)),
			.file_len = hp_elf_u32(c, at + offsetof(Elf32_Phdr, p_filesz)),
			.vaddr = hp_elf_u32(c, at + offsetof(Elf32_Phdr, p_vaddr)),
			.mem_len = hp_elf_u32(c, at + offsetof(Elf32_Phdr, p_memsz)),
			.exec = hp_elf_u32(c, at + offsetof(Elf32_Phdr, p_flags)) & PF_X,
		};
	return out->file_len && out->file_len <= out->mem_len && out->mem_len <= UINT64_MAX / 4 &&
	       out->vaddr <= UINT64_MAX / 2 && out->offset <= UINT64_MAX / 2;
}

/* The segments of file @fd; NULL: there are none, or no memory. */
static struct layout *read_layout(int fd, struct hp_arena *mem)
{
	struct layout *l = hp_arena_alloc(mem, sizeof(*l));
	struct headers h;
	uint8_t *rows;
	bool fixed;

	if (!l || !read_header(fd, &h, &fixed))
		return NULL;
	rows = hp_arena_alloc(mem, h.n * h.row);
	*l = (struct layout){
		.segment = hp_arena_alloc(mem, h.n * sizeof(*l->segment)),
		.covered = hp_arena_alloc(mem, h.n * sizeof(*l->covered)),
		.has_moved = hp_arena_alloc(mem, h.n * sizeof(*l->has_moved)),
		.fixed = fixed,
	};
	if (!rows || !l->segment || !l->covered || !l->has_moved ||
	    !read_at(fd, rows, h.n * h.row, h.offset))
		return NULL;
	for (size_t i = 0; i < h.n; i++)
		if (read_segment(h.coding, rows + i * h.row, &l->segment[l->n]))
			l->n++;
	return l->n ? l : NULL;
}

/* Whether @binary, which the user named for the program, is for @m. */
static bool is_program(const struct claims *c, const struct hp_module *m)
{
	struct hp_slice path = hp_profile_str(c->p, m->path);
	const char *binary = c->opts->binary;

	return binary && (m->main || hp_slice_same(hp_slice_basename(path),
						   hp_slice_basename(hp_slice_str(binary))));
}

/* Read the layouts of the files that @module may be of. */
static void find_layouts(struct claims *c, uint32_t module)
{
	const struct hp_module *m = &c->p->modules.row[module];
	struct layout **end = &c->layout[module];
	struct hp_job job = {
		.path = hp_profile_str(c->p, m->path).ptr,
		.program = is_program(c, m),
		.opts = c->opts,
	};
	struct hp_places places = {0};

	hp_find_places(&job, &c->mem, &places);
	for (uint32_t i = 0; i < places.n; i++) {
		const struct hp_candidate *at = &places.row[i];
		const char *why;
		bool absent;
		int fd = at->absent ? -1 : hp_origin_open(at->path, &at->from, &why, &absent);

		if (fd < 0)
			continue;
		*end = read_layout(fd, &c->mem);
		if (*end)
			end = &(*end)->next;
		close(fd);
	}
	free(places.row);
}

/* --- images --- */

static uint64_t page_floor(uint64_t x, uint64_t page)
{
	return x & ~(page - 1);
}

/* An image of a file at hand. */
struct image {
	struct layout *l;
	uint64_t bias; /* run-time address 0 of the file, modulo 2^64 */
	uint64_t page;
	uint32_t near; /* a mapping of it */
};

/* The pages that @s has from the file, as addresses of the file. */
static struct hp_extent pages_of(const struct hp_segment *s, uint64_t page)
{
	return (struct hp_extent){page_floor(s->vaddr, page),
				  page_floor(s->vaddr + s->file_len + page - 1, page)};
}

/* What there is of mapping @row in segment @s. */
static uint64_t overlap(const struct hp_maps *m, uint32_t row, const struct image *g,
			const struct hp_segment *s)
{
	struct hp_extent e = pages_of(s, g->page);
	uint64_t start = m->start[row] - g->bias, limit = m->limit[row] - g->bias;

	start = start > e.start ? start : e.start;
	limit = limit < e.limit ? limit : e.limit;
	return start < limit ? limit - start : 0;
}

/* Whether mapping @row, of a file, is one of the image where it must be. */
static bool is_in_place(const struct hp_maps *m, uint32_t row, const struct image *g)
{
	uint32_t near = g->near;

	if (m->module[row].i != m->module[near].i || m->inode[row] != m->inode[near] ||
	    m->device[row] != m->device[near])
		return false;
	for (size_t i = 0; i < g->l->n; i++) {
		const struct hp_segment *s = &g->l->segment[i];

		if (m->start[row] - m->file_offset[row] == g->bias + (s->vaddr - s->offset) &&
		    overlap(m, row, g, s))
			return true;
	}
	return false;
}

/* The segment of code that holds all of mapping @row, NULL if none; *@touches: some hold a part. */
static const struct hp_segment *segment_of(const struct hp_maps *m, uint32_t row,
					   const struct image *g, bool *touches)
{
	*touches = false;
	for (size_t i = 0; i < g->l->n; i++) {
		const struct hp_segment *s = &g->l->segment[i];
		uint64_t part = s->exec ? overlap(m, row, g, s) : 0;

		*touches |= part > 0;
		if (part == m->limit[row] - m->start[row])
			return s;
	}
	return NULL;
}

static void cover(const struct hp_maps *m, uint32_t row, const struct image *g, bool moved)
{
	for (size_t i = 0; i < g->l->n; i++) {
		const struct hp_segment *s = &g->l->segment[i];
		uint64_t part = s->exec ? overlap(m, row, g, s) : 0;

		g->l->covered[i] += part;
		g->l->has_moved[i] |= moved && part;
	}
}

/* Look at mapping @row, inside of the image.  False: there is no such image. */
static bool look_at(const struct claims *c, const struct image *g, uint32_t row)
{
	const struct hp_maps *m = &c->p->maps;
	bool touches;

	if (!hp_map_is_special(c->p, row)) {
		if (m->perms[row] && !is_in_place(m, row, g)) /* loaders fill gaps without any */
			return false;
		if (m->perms[row] & HP_MAP_EXEC)
			cover(m, row, g, false);
		return true;
	}
	if (!hp_map_is_bare_code(c->p, row))
		return true;
	if (!segment_of(m, row, g, &touches))
		return !touches;
	cover(m, row, g, true);
	return true;
}

/* The addresses of the image in memory; false: it would not fit there. */
static bool span_of(const struct image *g, struct hp_extent *out)
{
	uint64_t first = UINT64_MAX, limit = 0;

	for (size_t i = 0; i < g->l->n; i++) {
		const struct hp_segment *s = &g->l->segment[i];
		uint64_t end = page_floor(s->vaddr + s->mem_len + g->page - 1, g->page);

		first = page_floor(s->vaddr, g->page) < first ? page_floor(s->vaddr, g->page)
							      : first;
		limit = end > limit ? end : limit;
	}
	*out = (struct hp_extent){first + g->bias, limit + g->bias};
	return out->start < out->limit;
}

/* Whether @n more steps may be taken. */
static bool may_look(struct claims *c, size_t n)
{
	c->steps = n < c->steps ? c->steps - (uint32_t)n : 0;
	return c->steps > 0;
}

/* Give the anonymous code of the image to its file, if all of the image is as it must be. */
static bool claim_image(struct claims *c, const struct image *g)
{
	struct hp_maps *m = &c->p->maps;
	uint32_t first = g->near;
	bool any = false;
	struct hp_extent span;
	bool touches;

	if (!span_of(g, &span))
		return false;
	while (first > 0 && m->limit[first - 1] > span.start && may_look(c, 1))
		first--;
	memset(g->l->covered, 0, g->l->n * sizeof(*g->l->covered));
	memset(g->l->has_moved, 0, g->l->n * sizeof(*g->l->has_moved));
	for (uint32_t i = first; i < m->n && m->start[i] < span.limit; i++) {
		if (!may_look(c, g->l->n) || !look_at(c, g, i))
			return false;
	}
	for (size_t i = 0; i < g->l->n; i++) {
		struct hp_extent e = pages_of(&g->l->segment[i], g->page);

		any |= g->l->has_moved[i];
		if (g->l->has_moved[i] && g->l->covered[i] != e.limit - e.start)
			return false;
	}
	for (uint32_t i = first; any && i < m->n && m->start[i] < span.limit; i++) {
		const struct hp_segment *s =
			hp_map_is_bare_code(c->p, i) ? segment_of(m, i, g, &touches) : NULL;

		if (s)
			hp_maps_give(m, i, g->near, m->start[i] - g->bias - (s->vaddr - s->offset));
	}
	return any;
}

/* Try all images of @l that mapping @row can be of. */
static bool claim_layout(struct claims *c, struct layout *l, uint32_t row)
{
	static const uint64_t pages[] = {4096, 16384, 65536};
	const struct hp_maps *m = &c->p->maps;
	bool exec = m->perms[row] & HP_MAP_EXEC;

	for (size_t i = 0; i < l->n * HP_LEN(pages); i++) {
		const struct hp_segment *s = &l->segment[i % l->n];
		struct image g = {
			.l = l,
			.bias = m->start[row] - m->file_offset[row] - (s->vaddr - s->offset),
			.page = pages[i / l->n],
			.near = row,
		};

		if (exec == s->exec && !(l->fixed && g.bias) && may_look(c, l->n) &&
		    is_in_place(m, row, &g) && claim_image(c, &g))
			return true;
	}
	return false;
}

/* --- all mappings --- */

/* Mark the mappings of files that are next to anonymous code, in front and behind. */
static bool mark_near(struct claims *c)
{
	const struct hp_maps *m = &c->p->maps;
	uint32_t last = HP_NONE;
	bool wanted = false;
	bool any = false;

	for (uint32_t i = 0; i < m->n; i++) {
		if (!hp_map_is_special(c->p, i) && m->perms[i]) {
			c->near[i] = wanted;
			any |= wanted;
			wanted = false;
			last = i;
		} else if (hp_map_is_bare_code(c->p, i)) {
			wanted = true;
			if (last != HP_NONE)
				c->near[last] = any = true;
		}
	}
	return any;
}

static void claim_all(struct claims *c)
{
	for (uint32_t i = 0; i < c->p->maps.n && c->steps; i++) {
		uint32_t module = c->p->maps.module[i].i;
		bool found = false;

		if (!c->near[i])
			continue;
		if (!c->is_known[module])
			find_layouts(c, module);
		c->is_known[module] = true;
		for (struct layout *l = c->layout[module]; l && !found; l = l->next)
			found = claim_layout(c, l, i);
		c->any |= found;
	}
}

static bool has_bare_code(const struct hprof_profile *p)
{
	for (uint32_t i = 0; i < p->maps.n; i++)
		if (hp_map_is_bare_code(p, i))
			return true;
	return false;
}

int hp_moved_claim(struct hprof_profile *p, const struct hprof_symbolize_opts *opts,
		   struct hprof_error *err)
{
	struct claims c = {.p = p, .opts = opts, .steps = STEPS_MAX};
	int r = HPROF_OK;

	if (!has_bare_code(p))
		return HPROF_OK;
	c.near = calloc((size_t)p->maps.n + 1, sizeof(*c.near));
	c.layout = calloc((size_t)p->modules.n + 1, sizeof(struct layout *));
	c.is_known = calloc((size_t)p->modules.n + 1, sizeof(*c.is_known));
	if (!c.near || !c.layout || !c.is_known)
		r = hp_fail_nomem(err);
	else if (mark_near(&c))
		claim_all(&c);
	if (r == HPROF_OK && c.mem.failed)
		r = hp_fail_nomem(err);
	if (r == HPROF_OK && c.any)
		r = hp_maps_given(p, err);
	free(c.near);
	free(c.layout);
	free(c.is_known);
	hp_arena_release(&c.mem);
	return r;
}
