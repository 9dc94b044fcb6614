/*
 * fit.c - whether a file is the one that ran, and where its code lay in memory.
 *
 * Loaders map whole pages: a segment that begins at file offset 0x930 is mapped from offset 0,
 * and several segments may be mapped from one offset.  So offsets are compared after rounding
 * to pages, then permissions, then lengths.
 */
#include "analyzer/symbolize/fit.h"

#include <inttypes.h>

#include "analyzer/symbolize/calls.h"
#include "analyzer/symbolize/text.h"

enum {
	CALLS_ENOUGH = 8, /* of so many return addresses some may follow no call */
	FEW = 3,          /* of fewer than these none may */
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

/* What is known about the mappings of a job while they are compared with a file. */
struct fitting {
	const struct hp_elf *f;
	const struct hp_job *job;
	uint64_t page;
	uint8_t *map;           /* [job->n_maps] enum hp_map_fit */
	bool *whole;            /* [f->n_segments] mapped as a loader does */
	uint64_t device, inode; /* of the file that is looked at; 0: not known... */
	bool is_mapped;         /* ...but by the first mapping that fits */
	uint32_t n_images;      /* mappings of whole segments */
};

static bool overlap(struct hp_extent a, struct hp_extent b)
{
	return a.start < b.limit && b.start < a.limit;
}

static struct hp_extent file_part(const struct hp_job_map *m)
{
	return (struct hp_extent){m->offset, m->offset + (m->limit - m->start)};
}

/* Whether another file was mapped at @m than the one that is looked at. */
static bool is_foreign(const struct fitting *t, const struct hp_job_map *m)
{
	return t->inode && m->inode && (m->inode != t->inode || m->device != t->device);
}

/* Take the mappings that are as a loader makes them; the first tells which file is looked at. */
static void fit_images(struct fitting *t)
{
	for (uint32_t i = 0; i < t->job->n_maps; i++) {
		const struct hp_job_map *m = &t->job->maps[i];

		t->map[i] = HP_MAP_MISFIT;
		if (!m->exec || (t->is_mapped && is_foreign(t, m))) {
			t->map[i] = m->exec ? HP_MAP_FOREIGN : HP_MAP_DATA;
			continue;
		}
		if (!map_fits(t->f, t->job, i, t->page))
			continue;
		t->map[i] = HP_MAP_IMAGE;
		t->n_images++;
		for (size_t k = 0; k < t->f->n_segments; k++)
			if (t->f->segment[k].exec &&
			    overlap(pages_of(&t->f->segment[k], t->page), file_part(m)))
				t->whole[k] = true;
		if (!t->inode && m->inode) {
			t->device = m->device;
			t->inode = m->inode;
		}
	}
}

/* Whether memory beside mapping @i goes on in the file: then it is no part, but of an image. */
static bool has_neighbour(const struct hp_job *job, uint32_t i)
{
	const struct hp_job_map *m = &job->maps[i];

	for (uint32_t k = i ? i - 1 : 0; k <= i + 1 && k < job->n_maps; k++) {
		const struct hp_job_map *n = &job->maps[k];

		if (!n->exec && (n->limit == m->start || n->start == m->limit) &&
		    n->start - n->offset == m->start - m->offset)
			return true;
	}
	return false;
}

/* Whether mapping @i lies where it would in one of the images: it is not mapped again. */
static bool is_in_place(const struct fitting *t, uint32_t i)
{
	const struct hp_job_map *m = &t->job->maps[i];
	uint32_t first = i > NEIGHBOURS ? i - NEIGHBOURS : 0;

	for (uint32_t k = first; k < t->job->n_maps && k - first < 2 * NEIGHBOURS; k++)
		if (t->map[k] == HP_MAP_IMAGE &&
		    t->job->maps[k].start - t->job->maps[k].offset == m->start - m->offset)
			return true;
	return false;
}

/*
 * Whether executable mapping @i can be a part of the file that the program mapped itself, beside
 * an image of all that it is a part of: V8 maps its built-in code again.
 */
static bool is_again(const struct fitting *t, uint32_t i)
{
	const struct hp_job_map *m = &t->job->maps[i];
	struct hp_extent part = file_part(m);
	uint64_t end = page_floor(t->f->image_len + t->page - 1, t->page);

	if (!t->n_images ||
	    page_floor(m->start | m->offset | m->limit, t->page) !=
		    (m->start | m->offset | m->limit) ||
	    part.limit > end || part.limit < part.start || has_neighbour(t->job, i))
		return false;
	for (size_t k = 0; k < t->f->n_segments; k++)
		if (t->f->segment[k].exec && t->f->segment[k].file_len &&
		    overlap(pages_of(&t->f->segment[k], t->page), part) &&
		    (!t->whole[k] || is_in_place(t, i)))
			return false;
	return true;
}

/* The first mapping that cannot be of the file, NULL if there is none. */
static const struct hp_job_map *first_misfit(struct fitting *t)
{
	const struct hp_job_map *misfit = NULL;
	const struct hp_job_map *code = NULL;

	t->n_images = 0;
	memset(t->whole, 0, t->f->n_segments * sizeof(*t->whole));
	fit_images(t);
	for (uint32_t i = 0; i < t->job->n_maps; i++) {
		const struct hp_job_map *m = &t->job->maps[i];

		if (m->exec && !code)
			code = m;
		if (t->map[i] != HP_MAP_MISFIT)
			continue;
		if (is_foreign(t, m))
			t->map[i] = HP_MAP_FOREIGN;
		else if (is_again(t, i))
			t->map[i] = HP_MAP_AGAIN;
		else if (!misfit)
			misfit = m;
	}
	return misfit || t->n_images ? misfit : code;
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

/* Whether one of the mappings of @job is of file @id. */
static bool is_mapped(const struct hp_job *job, const struct hp_identity *id)
{
	for (uint32_t i = 0; i < job->n_maps; i++)
		if (job->maps[i].exec && job->maps[i].inode && job->maps[i].inode == id->inode &&
		    job->maps[i].device == id->device)
			return true;
	return false;
}

bool hp_fit_mappings(const struct hp_elf *f, const struct hp_job *job, const struct hp_identity *id,
		     struct hp_arena *mem, struct hp_fit *fit, const char **why)
{
	static const uint64_t pages[] = {4096, 16384, 65536};
	const struct hp_job_map *misfit = NULL;
	struct fitting t = {
		.f = f,
		.job = job,
		.map = hp_arena_alloc(mem, (size_t)job->n_maps + 1),
		.whole = hp_arena_alloc(mem, (f->n_segments + 1) * sizeof(bool)),
	};

	*why = "no memory to compare it with the mappings";
	if (!t.map || !t.whole)
		return false;
	for (size_t i = 0; i < HP_LEN(pages); i++) {
		const struct hp_job_map *m;

		t.page = pages[i];
		t.is_mapped = is_mapped(job, id);
		t.device = t.is_mapped ? id->device : 0;
		t.inode = t.is_mapped ? id->inode : 0;
		m = first_misfit(&t);
		if (!m) {
			*fit = (struct hp_fit){.page = t.page, .map = t.map};
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

/* The address of file offset @offset in code; false: there is none. */
static bool address_of_code(const struct hp_elf *f, uint64_t offset, uint64_t *out)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];

		if (s->exec && offset >= s->offset && offset - s->offset < s->file_len) {
			*out = offset - s->offset + s->vaddr;
			return true;
		}
	}
	return false;
}

bool hp_fit_address(const struct hp_elf *f, const struct hp_job *job, const struct hp_fit *fit,
		    const struct hp_job_addr *a, uint64_t *out)
{
	const struct hp_job_map *map = &job->maps[a->map];
	uint64_t offset = a->call - map->start + map->offset;
	const struct hp_segment *s = segment_of(f, map, fit->page);
	struct hp_job_map at = *map;

	if (fit->map && fit->map[a->map] == HP_MAP_FOREIGN)
		return false;
	if (fit->map && fit->map[a->map] == HP_MAP_AGAIN)
		return address_of_code(f, offset, out);
	if (s && offset >= pages_of(s, fit->page).limit) {
		/* the mapping is of several segments, and the address lies in a later one */
		at.offset = offset;
		s = segment_of(f, &at, fit->page);
	}
	if (!s)
		return false;
	*out = offset - s->offset + s->vaddr;
	return true;
}

/*
 * The bytes of @f that end before address @addr, at least HP_CALL_BYTES, and behind which @left
 * more follow; NULL if not there.
 */
static const uint8_t *bytes_before(const struct hp_elf *f, uint64_t addr, uint64_t *left)
{
	for (size_t i = 0; !f->debug_only && i < f->n_segments; i++) {
		const struct hp_segment *s = &f->segment[i];
		uint64_t at = addr - s->vaddr;

		if (!s->exec || addr < s->vaddr || at < HP_CALL_BYTES || at > s->file_len)
			continue;
		if (s->offset > f->image_len || at > f->image_len - s->offset)
			return NULL;
		*left = f->image_len - s->offset - at;
		return f->image + s->offset + at;
	}
	return NULL;
}

enum checked {
	CHECK_LOST, /* there are no bytes in code before it */
	CHECK_CALL,
	CHECK_RESUMES, /* a signal handler returns there */
	CHECK_NO_CALL,
};

/* Check the return address of the call at @addr of @f, whose calls are known. */
static enum checked check(const struct hp_elf *f, uint64_t addr)
{
	uint64_t left;
	const uint8_t *end = bytes_before(f, addr + 1, &left);

	if (!end)
		return CHECK_LOST;
	if (hp_calls_resume(f->machine, end, left))
		return CHECK_RESUMES;
	return hp_calls_end(f->machine, addr + 1, end) ? CHECK_CALL : CHECK_NO_CALL;
}

static bool can_check(const struct hp_elf *f, const struct hp_job *job)
{
	return job->return_addresses && hp_calls_known(f->machine);
}

enum hp_loc_call hp_fit_call(const struct hp_elf *f, const struct hp_job *job, uint64_t addr)
{
	enum checked found = can_check(f, job) ? check(f, addr) : CHECK_LOST;

	if (found == CHECK_RESUMES)
		return HP_CALL_RESUMES;
	return found == CHECK_NO_CALL ? HP_CALL_NONE : HP_CALL_UNKNOWN;
}

/* Addresses of one kind of mapping, and those of them that are behind a call. */
struct tally {
	uint32_t n, behind;
	uint32_t lost; /* of these, without bytes in code before them */
};

static void count_calls(const struct hp_elf *f, const struct hp_job *job, const struct hp_fit *fit,
			enum hp_map_fit kind, struct tally *t)
{
	*t = (struct tally){0};
	for (uint32_t i = 0; i < job->n_addrs; i++) {
		const struct hp_job_addr *a = &job->addrs[i];
		enum checked found = CHECK_LOST;
		uint64_t addr;

		if (a->map == HP_JOB_IN_FILE || fit->map[a->map] != kind)
			continue;
		if (hp_fit_address(f, job, fit, a, &addr))
			found = check(f, addr);
		t->n++;
		t->lost += found == CHECK_LOST;
		t->behind += found == CHECK_CALL || found == CHECK_RESUMES;
	}
}

/* Whether so many calls are enough for a file of which this is known. */
static bool are_enough(const struct hp_job *job, const struct tally *t, const struct hp_evidence *e)
{
	uint32_t checked = t->n - t->lost;
	uint32_t misses = checked - t->behind;

	if (t->n < FEW || e->is_hard)
		return t->behind == t->n;
	if (checked < CALLS_ENOUGH)
		return e->trust == HP_TRUST_SAME ? checked < FEW || t->behind : !misses;
	return misses <= checked / (job->deleted || e->trust == HP_TRUST_DOUBT ? 10 : 5);
}

static void forget_parts(const struct hp_job *job, struct hp_fit *fit)
{
	for (uint32_t i = 0; i < job->n_maps; i++)
		if (fit->map[i] == HP_MAP_AGAIN)
			fit->map[i] = HP_MAP_FOREIGN;
}

static const char *tally_text(const struct tally *t, struct hp_arena *mem)
{
	return hp_textf(mem, "%" PRIu32 " of %" PRIu32 " return addresses follow a call", t->behind,
			t->n);
}

bool hp_fit_calls(const struct hp_elf *f, const struct hp_job *job, struct hp_fit *fit,
		  struct hp_arena *mem, struct hp_evidence *e, const char **why)
{
	struct tally image, again;

	if (!job->n_addrs)
		return true;
	if (!can_check(f, job)) {
		if (job->n_addrs < FEW && e->trust != HP_TRUST_SAME)
			e->doubt = hp_text_join(mem, e->doubt,
						"too few addresses to tell whether it is the build "
						"that ran, and nothing to check them by");
		return true;
	}
	count_calls(f, job, fit, HP_MAP_IMAGE, &image);
	count_calls(f, job, fit, HP_MAP_AGAIN, &again);
	if (image.n)
		e->seen = hp_text_line(mem, e->seen, tally_text(&image, mem));
	if (again.n)
		e->seen = hp_text_line(mem, e->seen,
				       hp_textf(mem, "%s, of code that was mapped again",
						tally_text(&again, mem)));
	if (again.behind < again.n)
		forget_parts(job, fit);
	if (e->is_mild && image.n && image.behind == image.n)
		e->doubt = "";
	if (are_enough(job, &image, e))
		return true;
	*why = hp_textf(mem,
			"only %" PRIu32 " of %" PRIu32 " recorded return addresses follow a call "
			"instruction in this file: another build?",
			image.behind, image.n);
	return false;
}
