/*
 * fit.c - whether a file is the one that ran, and where its code lay in memory.
 *
 * Loaders map whole pages: a segment that begins at file offset 0x930 is mapped from offset 0,
 * and several segments may be mapped from one offset.  So offsets are compared after rounding
 * to pages, then permissions, then lengths.
 */
#include "analyzer/symbolize/fit.h"

#include <inttypes.h>

#include "analyzer/symbolize/text.h"

enum {
	CALL_BYTES = 8,   /* longest call instruction that is looked for */
	CALLS_ENOUGH = 8, /* with so many return addresses most of them must follow calls */
	CALLS_LEAST = 3,  /* with fewer than these nothing is decided */
	NEIGHBOURS = 512, /* mappings before and behind one that may have been one with it */
};

static uint64_t page_floor(uint64_t x, uint64_t page)
{
	return x & ~(page - 1);
}

/* What @s occupies of the file once it is mapped. */
static struct hp_extent pages_of(const struct hp_segment *s, uint64_t page)
{
	uint64_t limit = s->offset + s->file_len;

	if (limit > UINT64_MAX - page)
		limit = UINT64_MAX - page;
	return (struct hp_extent){page_floor(s->offset, page), page_floor(limit + page - 1, page)};
}

/* The segment of @f whose pages hold the first byte of @m; the likeliest of several. */
static const struct hp_segment *segment_of(const struct hp_elf *f, const struct hp_job_map *m,
					   uint64_t page)
{
	const struct hp_segment *best = NULL;
	int best_score = -1;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];
		struct hp_extent e = pages_of(s, page);
		int score;

		if (!s->file_len || m->offset < e.start || m->offset >= e.limit)
			continue;
		score = (s->exec == m->exec ? 4 : 0) + (e.start == m->offset ? 2 : 0) +
			(e.limit - e.start == m->limit - m->start ? 1 : 0);
		if (score > best_score) {
			best_score = score;
			best = s;
		}
	}
	return best;
}

/* An executable segment that goes on where @s ends: the kernel makes one mapping of both. */
static const struct hp_segment *segment_after(const struct hp_elf *f, const struct hp_segment *s,
					      uint64_t page)
{
	uint64_t limit = pages_of(s, page).limit;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *t = &f->segment[i];

		if (t->exec && t->file_len && pages_of(t, page).start == limit &&
		    t->vaddr - t->offset == s->vaddr - s->offset)
			return t;
	}
	return NULL;
}

/*
 * How much of the file pages @e is mapped around mapping @i, which is at the same distance from
 * them: mprotect() splits a mapping, and a part may have been replaced by other memory.  What
 * is not executable counts only where it holds nothing else.
 */
static struct hp_extent mapped_part(const struct hp_job *job, uint32_t i, struct hp_extent e)
{
	const struct hp_job_map *m = &job->maps[i];
	struct hp_extent part = {m->offset, m->offset + (m->limit - m->start)};
	uint32_t first = i > NEIGHBOURS ? i - NEIGHBOURS : 0;

	for (uint32_t k = first; k < job->n_maps && k - first < 2 * NEIGHBOURS; k++) {
		const struct hp_job_map *n = &job->maps[k];
		uint64_t limit = n->offset + (n->limit - n->start);

		if (n->start - n->offset != m->start - m->offset || limit <= e.start ||
		    n->offset >= e.limit || (!n->exec && (n->offset < e.start || limit > e.limit)))
			continue;
		part.start = n->offset < part.start ? n->offset : part.start;
		part.limit = limit > part.limit ? limit : part.limit;
	}
	return part;
}

/* Whether a segment with code lies in mapping @m, as a whole, beside others. */
static bool map_holds_code(const struct hp_elf *f, const struct hp_job_map *m, uint64_t page)
{
	uint64_t limit = m->offset + (m->limit - m->start);

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];
		struct hp_extent e = pages_of(s, page);

		if (s->exec && s->file_len && e.start >= m->offset && e.limit <= limit &&
		    (!f->fixed || m->start - m->offset == s->vaddr - s->offset))
			return true;
	}
	return false;
}

/* Whether executable mapping @i is one that a loader would have made, or a part of it. */
static bool map_fits(const struct hp_elf *f, const struct hp_job *job, uint32_t i, uint64_t page)
{
	const struct hp_job_map *m = &job->maps[i];
	const struct hp_segment *s = segment_of(f, m, page);
	uint64_t limit = m->offset + (m->limit - m->start);
	struct hp_extent part;
	struct hp_extent e;
	uint64_t last;

	if (job->merged_maps && (!s || !s->exec))
		return map_holds_code(f, m, page);
	if (!s || !s->exec ||
	    page_floor(m->start | m->offset | m->limit, page) != (m->start | m->offset | m->limit))
		return false;
	if (f->fixed && m->start - m->offset != s->vaddr - s->offset)
		return false;
	e = pages_of(s, page);
	for (last = e.limit; last < limit; last = pages_of(s, page).limit) {
		s = segment_after(f, s, page);
		if (!s)
			return false;
	}
	if (e.start == m->offset && last == limit)
		return true;
	e.limit = last;
	part = mapped_part(job, i, e);
	return part.start <= e.start && part.limit >= e.limit;
}

static const struct hp_job_map *first_misfit(const struct hp_elf *f, const struct hp_job *job,
					     uint64_t page)
{
	for (uint32_t i = 0; i < job->n_maps; i++)
		if (job->maps[i].exec && !map_fits(f, job, i, page))
			return &job->maps[i];
	return NULL;
}

static const char *describe_code(const struct hp_elf *f, struct hp_arena *mem)
{
	const char *text = "";

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];

		if (!s->exec)
			continue;
		text = hp_textf(mem, "%s%s0x%" PRIx64 " bytes from offset 0x%" PRIx64, text,
				*text ? " and " : "", s->file_len, s->offset);
		if (f->fixed)
			text = hp_textf(mem, "%s for address 0x%" PRIx64, text, s->vaddr);
		if (strlen(text) > 160)
			break;
	}
	return *text ? text : "none";
}

bool hp_fit_mappings(const struct hp_elf *f, const struct hp_job *job, struct hp_arena *mem,
		     uint64_t *page, const char **why)
{
	static const uint64_t pages[] = {4096, 16384, 65536};
	const struct hp_job_map *misfit = NULL;

	for (size_t i = 0; i < HP_LEN(pages); i++) {
		const struct hp_job_map *m = first_misfit(f, job, pages[i]);

		if (!m) {
			*page = pages[i];
			return true;
		}
		if (!misfit)
			misfit = m;
	}
	*why = hp_textf(mem,
			"the profile recorded code of 0x%" PRIx64 " bytes from offset 0x%" PRIx64
			" at 0x%" PRIx64 ", the file has %s",
			misfit->limit - misfit->start, misfit->offset, misfit->start,
			describe_code(f, mem));
	return false;
}

bool hp_fit_address(const struct hp_elf *f, const struct hp_job_map *map, uint64_t page,
		    uint64_t addr, uint64_t *out)
{
	struct hp_job_map at = *map;
	const struct hp_segment *s = segment_of(f, map, page);

	if (s && addr - map->start + map->offset >= pages_of(s, page).limit) {
		/* the mapping is of several segments, and @addr lies in a later one */
		at.offset = addr - map->start + map->offset;
		s = segment_of(f, &at, page);
	}
	if (!s)
		return false;
	*out = addr - map->start + map->offset - s->offset + s->vaddr;
	return true;
}

/*
 * Whether the bytes before @end can be an x86 call: e8 with a distance, or ff /2 with a ModRM
 * byte (low three bits 4: a SIB byte follows) and a displacement of 0, 1 or 4 bytes.
 */
static bool ends_call(const uint8_t *end)
{
	static const struct {
		uint8_t length, mask, value;
	} modrm[] = {
		{2, 0xf8, 0xd0}, /* call *reg */
		{2, 0xf8, 0x10}, /* call *(reg) */
		{3, 0xff, 0x14}, /* call *(SIB) */
		{3, 0xf8, 0x50}, /* call *disp8(reg) */
		{4, 0xff, 0x54}, /* call *disp8(SIB) */
		{6, 0xff, 0x15}, /* call *disp32(%rip) */
		{6, 0xf8, 0x90}, /* call *disp32(reg) */
		{7, 0xff, 0x14}, /* call *disp32(,reg,scale) */
		{7, 0xff, 0x94}, /* call *disp32(SIB) */
	};

	if (end[-5] == 0xe8)
		return true;
	for (size_t i = 0; i < HP_LEN(modrm); i++)
		if (end[-modrm[i].length] == 0xff &&
		    (end[1 - modrm[i].length] & modrm[i].mask) == modrm[i].value)
			return true;
	return false;
}

/* The bytes of @f that end before address @addr, at least CALL_BYTES; NULL if not there. */
static const uint8_t *bytes_before(const struct hp_elf *f, uint64_t addr)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];
		uint64_t at = addr - s->vaddr;

		if (!s->exec || addr < s->vaddr || at < CALL_BYTES || at > s->file_len)
			continue;
		if (s->offset > f->image_len || at > f->image_len - s->offset)
			return NULL;
		return f->image + s->offset + at;
	}
	return NULL;
}

bool hp_fit_calls(const struct hp_elf *f, const struct hp_job *job, uint64_t page,
		  struct hp_arena *mem, const char **why)
{
	uint32_t checked = 0;
	uint32_t calls = 0;
	bool enough;

	if (!job->return_addresses || f->machine != EM_X86_64)
		return true;
	for (uint32_t i = 0; i < job->n_addrs; i++) {
		const struct hp_job_map *m;
		const uint8_t *end = NULL;
		uint64_t addr;

		if (job->addrs[i].map == HP_JOB_IN_FILE)
			continue;
		m = &job->maps[job->addrs[i].map];
		if (m->exec && hp_fit_address(f, m, page, job->addrs[i].call, &addr))
			end = bytes_before(f, addr + 1);
		checked += end != NULL;
		calls += end && ends_call(end);
	}
	enough = checked < CALLS_LEAST || calls > 0;
	if (checked >= CALLS_ENOUGH)
		enough = calls >= checked - checked / (job->deleted ? 10 : 5);
	if (enough)
		return true;
	*why = hp_textf(mem,
			"only %" PRIu32 " of %" PRIu32 " recorded return addresses follow a call "
			"instruction in this file: another build?",
			calls, checked);
	return false;
}
