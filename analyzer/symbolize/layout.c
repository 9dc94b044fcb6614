/*
 * layout.c - where the code of a file with debug information alone was in the file that ran.
 *
 * objcopy --only-keep-debug keeps addresses and lengths of segments, but has them begin where
 * there is room.  eu-strip -f keeps all, and nothing is to be done.
 */
#include "analyzer/symbolize/layout.h"

static uint64_t page_floor(uint64_t x, uint64_t page)
{
	return x & ~(page - 1);
}

/* The address of the first byte of the file, as its segments count. */
static uint64_t first_address(const struct hp_elf *f)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < f->n_segments; i++)
		if (f->segment[i].vaddr < first)
			first = f->segment[i].vaddr;
	return first;
}

/* Whether a mapping of the file's first byte speaks against loading it @bias higher than it says.
 */
static bool contradicts(const struct hp_job *job, uint64_t first, uint64_t bias)
{
	bool any = false;

	for (uint32_t i = 0; i < job->n_maps; i++) {
		if (job->maps[i].offset != 0 || job->maps[i].exec)
			continue;
		if (job->maps[i].start == first + bias)
			return false;
		any = true;
	}
	return any;
}

/* Find in which mapping the code of @s was: it is as long, and at the same distance. */
static bool find_offset(const struct hp_elf *f, const struct hp_job *job, struct hp_segment *s,
			uint64_t page)
{
	uint64_t start = page_floor(s->vaddr, page);
	uint64_t limit = page_floor(s->vaddr + s->mem_len + page - 1, page);
	uint64_t first = page_floor(first_address(f), page);

	for (uint32_t i = 0; i < job->n_maps; i++) {
		const struct hp_job_map *m = &job->maps[i];

		if (!m->exec || m->limit - m->start != limit - start ||
		    (f->fixed && m->start != start) || contradicts(job, first, m->start - start))
			continue;
		s->offset = m->offset + (s->vaddr - start);
		return true;
	}
	return false;
}

void hp_layout_restore(struct hp_elf *f, const struct hp_job *job)
{
	static const uint64_t pages[] = {4096, 16384, 65536};
	uint64_t first = first_address(f);

	for (size_t i = 0; f->debug_only && i < f->n_segments; i++) {
		struct hp_segment *s = &f->segment[i];
		bool found = false;

		if (!s->exec || s->file_len || s->mem_len > UINT64_MAX / 2)
			continue;
		for (size_t k = 0; !found && k < HP_LEN(pages); k++)
			found = find_offset(f, job, s, pages[k]);
		if (!found)
			s->offset = s->vaddr - first; /* most linkers leave no gap before code */
		s->file_len = s->mem_len;
	}
}
