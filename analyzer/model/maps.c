/* maps.c - the memory map of the profiled process, and where each address lies in it. */
#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/model/profile.h"

bool hp_maps_room(struct hp_maps *m)
{
	uint32_t cap = hp_column_cap(m->cap, m->n + 1);

	if (m->n < m->cap)
		return true;
	if (!cap || !hp_column_resize(&m->start, sizeof(*m->start), cap) ||
	    !hp_column_resize(&m->limit, sizeof(*m->limit), cap) ||
	    !hp_column_resize(&m->file_offset, sizeof(*m->file_offset), cap) ||
	    !hp_column_resize(&m->base, sizeof(*m->base), cap) ||
	    !hp_column_resize(&m->perms, sizeof(*m->perms), cap) ||
	    !hp_column_resize(&m->module, sizeof(*m->module), cap))
		return false;
	m->cap = cap;
	return true;
}

struct row {
	uint64_t start, limit, file_offset;
	hp_modid module;
	uint32_t order; /* in the input, to break ties */
	uint8_t perms;
};

static int by_start(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int sort_maps(struct hp_maps *m, struct hprof_error *err)
{
	struct row *row;
	bool sorted = true;

	for (uint32_t i = 1; i < m->n; i++)
		sorted &= m->start[i - 1] <= m->start[i];
	if (sorted)
		return HPROF_OK;
	row = calloc(m->n, sizeof(*row));
	if (!row)
		return hp_fail_nomem(err);
	for (uint32_t i = 0; i < m->n; i++)
		row[i] = (struct row){m->start[i],  m->limit[i], m->file_offset[i],
				      m->module[i], i,           m->perms[i]};
	qsort(row, m->n, sizeof(*row), by_start);
	for (uint32_t i = 0; i < m->n; i++) {
		m->start[i] = row[i].start;
		m->limit[i] = row[i].limit;
		m->file_offset[i] = row[i].file_offset;
		m->module[i] = row[i].module;
		m->perms[i] = row[i].perms;
	}
	free(row);
	return HPROF_OK;
}

/* Keep the first of two mappings that overlap. */
static void drop_overlaps(struct hprof_profile *p)
{
	struct hp_maps *m = &p->maps;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		if (n && m->start[i] < m->limit[n - 1]) {
			bool same = m->start[i] == m->start[n - 1] &&
				    m->limit[i] == m->limit[n - 1] &&
				    m->module[i].i == m->module[n - 1].i;

			if (!same)
				hp_profile_warn(p, "map-overlap",
						"mappings overlap at %#" PRIx64
						"; the first one stands",
						m->start[i]);
			continue;
		}
		m->start[n] = m->start[i];
		m->limit[n] = m->limit[i];
		m->file_offset[n] = m->file_offset[i];
		m->module[n] = m->module[i];
		m->perms[n] = m->perms[i];
		n++;
	}
	m->n = n;
}

static bool is_special(const struct hprof_profile *p, hp_modid module)
{
	return p->modules.row[module.i].status == HP_MODULE_SPECIAL;
}

/* Whether @module can be many mappings that have nothing to do with each other. */
static bool is_anonymous(const struct hprof_profile *p, hp_modid module)
{
	struct hp_slice path = hp_profile_str(p, p->modules.row[module.i].path);

	return path.ptr[0] != '[' || hp_slice_starts(path, HP_LIT("[anon"));
}

/* Whether mappings @a and @b, neighbours of one file, are of one image: code is not there twice. */
static bool same_image(const struct hp_maps *m, uint32_t a, uint32_t b)
{
	if (m->file_offset[b] == m->file_offset[a])
		return !(m->perms[a] & m->perms[b] & HP_MAP_EXEC);
	return m->file_offset[b] > m->file_offset[a];
}

/*
 * An image is a run of mappings of one file, anonymous ones between them aside; it begins
 * anew where the file offset goes back, or where the same code comes again, as in sums of
 * processes.  Its base is where its first mapping would have file offset 0.  Anonymous memory has
 * no images: its addresses stay as they are.
 */
static void find_bases(struct hprof_profile *p)
{
	struct hp_maps *m = &p->maps;
	uint32_t last = HP_NONE;

	for (uint32_t i = 0; i < m->n; i++) {
		if (is_special(p, m->module[i])) {
			m->base[i] = is_anonymous(p, m->module[i]) ? 0 : m->start[i];
			continue;
		}
		if (last != HP_NONE && m->module[last].i == m->module[i].i &&
		    same_image(m, last, i))
			m->base[i] = m->base[last];
		else
			m->base[i] = m->start[i] -
				     (m->file_offset[i] <= m->start[i] ? m->file_offset[i] : 0);
		last = i;
	}
}

bool hp_path_is_library(struct hp_slice path)
{
	struct hp_slice name = hp_slice_basename(path);

	for (size_t i = 0; i + 3 <= name.len; i++)
		if (memcmp(name.ptr + i, ".so", 3) == 0)
			return true;
	return hp_slice_starts(name, HP_LIT("ld-"));
}

/* The program is the first executable mapping of a file that is no library. */
static void find_main(struct hprof_profile *p)
{
	const struct hp_maps *m = &p->maps;
	uint32_t found = HP_NONE;

	for (uint32_t i = 0; i < p->modules.n; i++)
		if (p->modules.row[i].main) /* the format tells */
			return;
	for (uint32_t i = 0; i < m->n; i++) {
		struct hp_module *module = &p->modules.row[m->module[i].i];

		if (!(m->perms[i] & HP_MAP_EXEC) || module->status == HP_MODULE_SPECIAL)
			continue;
		if (found == HP_NONE)
			found = m->module[i].i;
		if (!hp_path_is_library(hp_profile_str(p, module->path))) {
			found = m->module[i].i;
			break;
		}
	}
	if (found != HP_NONE)
		p->modules.row[found].main = true;
}

/* Addresses that no mapping covers stay as they were recorded. */
static void place_locations(struct hprof_profile *p)
{
	struct hp_locs *l = &p->locs;
	hp_mapid hint = {HP_NONE};

	for (uint32_t i = HP_TRUNCATED_LOCS; i < l->n; i++) {
		uint64_t call = l->addr[i] - (p->return_addresses && l->addr[i] > 0);

		hint = hp_maps_find(&p->maps, call, hint);
		l->map[i] = hint;
		if (hint.i == HP_NONE)
			continue;
		l->rel[i] = call - p->maps.base[hint.i];
		l->module[i] = p->maps.module[hint.i];
		p->modules.row[l->module[i].i].n_addr++;
	}
}

int hp_maps_settle(struct hprof_profile *p, struct hprof_error *err)
{
	int r = sort_maps(&p->maps, err);

	if (r < 0)
		return r;
	drop_overlaps(p);
	find_bases(p);
	find_main(p);
	place_locations(p);
	return HPROF_OK;
}
