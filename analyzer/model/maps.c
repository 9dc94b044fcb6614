/* maps.c - the memory map of the profiled process, and where each address lies in it. */
#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"
#include "analyzer/model/profile.h"

enum { IMAGE_ROWS = 512 }; /* of an image that are searched for what is mapped again */

bool hp_maps_room(struct hp_maps *m)
{
	uint32_t cap = hp_column_cap(m->cap, m->n + 1);

	if (m->n < m->cap)
		return true;
	if (!cap || !hp_column_resize(&m->start, sizeof(*m->start), cap) ||
	    !hp_column_resize(&m->limit, sizeof(*m->limit), cap) ||
	    !hp_column_resize(&m->file_offset, sizeof(*m->file_offset), cap) ||
	    !hp_column_resize(&m->base, sizeof(*m->base), cap) ||
	    !hp_column_resize(&m->device, sizeof(*m->device), cap) ||
	    !hp_column_resize(&m->inode, sizeof(*m->inode), cap) ||
	    !hp_column_resize(&m->perms, sizeof(*m->perms), cap) ||
	    !hp_column_resize(&m->module, sizeof(*m->module), cap))
		return false;
	m->cap = cap;
	return true;
}

struct row {
	uint64_t start, limit, file_offset, device, inode;
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
		row[i] = (struct row){
			m->start[i],  m->limit[i], m->file_offset[i], m->device[i], m->inode[i],
			m->module[i], i,           m->perms[i]};
	qsort(row, m->n, sizeof(*row), by_start);
	for (uint32_t i = 0; i < m->n; i++) {
		m->start[i] = row[i].start;
		m->limit[i] = row[i].limit;
		m->file_offset[i] = row[i].file_offset;
		m->device[i] = row[i].device;
		m->inode[i] = row[i].inode;
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
		m->device[n] = m->device[i];
		m->inode[n] = m->inode[i];
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

bool hp_map_is_special(const struct hprof_profile *p, uint32_t row)
{
	return is_special(p, p->maps.module[row]);
}

bool hp_map_is_bare_code(const struct hprof_profile *p, uint32_t row)
{
	hp_modid module = p->maps.module[row];

	return (p->maps.perms[row] & HP_MAP_EXEC) && is_special(p, module) &&
	       is_anonymous(p, module);
}

void hp_maps_give(struct hp_maps *m, uint32_t row, uint32_t to, uint64_t offset)
{
	m->module[row] = m->module[to];
	m->file_offset[row] = offset;
	m->device[row] = m->device[to];
	m->inode[row] = m->inode[to];
}

/* Whether mapping @b goes on in the file of mapping @a where the distance of both says so. */
static bool goes_on(const struct hp_maps *m, uint32_t a, uint32_t b)
{
	return m->module[a].i == m->module[b].i && m->device[a] == m->device[b] &&
	       m->inode[a] == m->inode[b] && m->file_offset[b] > m->file_offset[a] &&
	       m->file_offset[b] - m->file_offset[a] == m->start[b] - m->start[a];
}

/*
 * Code that was moved to huge pages: anonymous executable memory that fills a gap between two
 * mappings of one file, where the file goes on behind it by exactly as many bytes, holds what
 * the file has there.  Mappings without permissions are what loaders leave of gaps.  Where a map
 * tells less, the file has to be asked: symbolize/moved.c.
 */
static void claim_moved_code(struct hprof_profile *p)
{
	struct hp_maps *m = &p->maps;
	uint32_t next;

	for (uint32_t i = 0; i < m->n; i = next) {
		next = i + 1;
		if (is_special(p, m->module[i]) || !m->perms[i])
			continue;
		while (next < m->n && m->start[next] == m->limit[next - 1] &&
		       hp_map_is_bare_code(p, next))
			next++;
		if (next == i + 1 || next == m->n || m->start[next] != m->limit[next - 1] ||
		    !m->perms[next] || !goes_on(m, i, next))
			continue;
		for (uint32_t k = i + 1; k < next; k++)
			hp_maps_give(m, k, i, m->file_offset[i] + (m->start[k] - m->start[i]));
	}
}

/* Mappings [first, limit) of one file, anonymous ones between them aside. */
struct image {
	uint32_t first, limit;
	uint64_t bytes;
	uint64_t code; /* limit of its executable mappings in the file; 0: none */
};

static uint64_t file_limit(const struct hp_maps *m, uint32_t i)
{
	uint64_t bytes = m->limit[i] - m->start[i];

	return m->file_offset[i] <= UINT64_MAX - bytes ? m->file_offset[i] + bytes : UINT64_MAX;
}

/*
 * Whether mapping @i is of image @g, whose last mapping is @last: not where the file offset goes
 * back, and not where code comes that is there already.
 */
static bool is_of_image(const struct hp_maps *m, const struct image *g, uint32_t last, uint32_t i)
{
	if (m->module[last].i != m->module[i].i || m->file_offset[i] < m->file_offset[last])
		return false;
	if (m->file_offset[i] == m->file_offset[last] && (m->perms[last] & HP_MAP_EXEC))
		return false;
	return !(m->perms[i] & HP_MAP_EXEC) || file_limit(m, i) > g->code;
}

static void add_to_image(const struct hp_maps *m, struct image *g, uint32_t i)
{
	g->limit = i + 1;
	g->bytes += m->limit[i] - m->start[i];
	if (m->perms[i] & HP_MAP_EXEC)
		g->code = file_limit(m, i);
}

/* Find the images into @image, which has room for one per mapping, and of each module the largest.
 */
static uint32_t find_images(const struct hprof_profile *p, struct image *image, uint32_t *largest)
{
	const struct hp_maps *m = &p->maps;
	uint32_t last = HP_NONE;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		uint32_t *most = &largest[m->module[i].i];

		if (is_special(p, m->module[i]))
			continue;
		if (last == HP_NONE || !is_of_image(m, &image[n - 1], last, i))
			image[n++] = (struct image){.first = i};
		add_to_image(m, &image[n - 1], i);
		if (*most == HP_NONE || image[n - 1].bytes > image[*most].bytes)
			*most = n - 1;
		last = i;
	}
	return n;
}

/*
 * Where the base of @part would be, code of which image @whole has a mapping as well: code that is
 * mapped again has the addresses of its first place.  False: it is no such part.
 */
static bool find_part_base(const struct hprof_profile *p, const struct image *part,
			   const struct image *whole, uint64_t *base)
{
	const struct hp_maps *m = &p->maps;
	uint32_t at = part->first;

	if (!(m->perms[at] & HP_MAP_EXEC))
		return false;
	for (uint32_t i = whole->first; i < whole->limit && i - whole->first < IMAGE_ROWS; i++)
		if ((m->perms[i] & HP_MAP_EXEC) && m->module[i].i == m->module[at].i &&
		    m->file_offset[i] <= m->file_offset[at] &&
		    m->file_offset[at] < file_limit(m, i)) {
			*base = m->start[at] - (m->file_offset[at] - m->file_offset[i]) -
				(m->start[i] - m->base[i]);
			return true;
		}
	return false;
}

static void set_base(struct hprof_profile *p, const struct image *g, uint64_t base)
{
	for (uint32_t i = g->first; i < g->limit; i++)
		if (!is_special(p, p->maps.module[i]))
			p->maps.base[i] = base;
}

/*
 * The base of an image is where its first mapping would have file offset 0; of code that is mapped
 * again, in part, it is such that the addresses count as in the module's largest image.
 * Anonymous memory has no images: its addresses stay as they are.
 */
static int find_bases(struct hprof_profile *p, struct hprof_error *err)
{
	struct hp_maps *m = &p->maps;
	struct image *image = calloc((size_t)m->n + 1, sizeof(*image));
	uint32_t *largest = malloc(((size_t)p->modules.n + 1) * sizeof(*largest));
	int r = image && largest ? HPROF_OK : hp_fail_nomem(err);
	uint32_t n = 0;

	if (r == HPROF_OK) {
		memset(largest, 0xff, p->modules.n * sizeof(*largest)); /* HP_NONE */
		n = find_images(p, image, largest);
	}
	for (uint32_t i = 0; i < m->n; i++)
		if (is_special(p, m->module[i]))
			m->base[i] = is_anonymous(p, m->module[i]) ? 0 : m->start[i];
	for (uint32_t i = 0; i < n; i++) {
		uint64_t start = m->start[image[i].first];
		uint64_t offset = m->file_offset[image[i].first];

		set_base(p, &image[i], start - (offset <= start ? offset : 0));
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t most = largest[m->module[image[i].first].i];
		uint64_t base;

		if (most != i && find_part_base(p, &image[i], &image[most], &base))
			set_base(p, &image[i], base);
	}
	free(image);
	free(largest);
	return r;
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
	claim_moved_code(p);
	r = find_bases(p, err);
	if (r < 0)
		return r;
	find_main(p);
	place_locations(p);
	return HPROF_OK;
}

/* Of what mappings were given to files: where each location lies now. */
static void move_locations(struct hprof_profile *p)
{
	struct hp_locs *l = &p->locs;

	for (uint32_t i = HP_TRUNCATED_LOCS; i < l->n; i++) {
		hp_modid module;

		if (l->map[i].i == HP_NONE || l->frame_n[i])
			continue;
		module = p->maps.module[l->map[i].i];
		l->rel[i] = l->addr[i] - (p->return_addresses && l->addr[i] > 0) -
			    p->maps.base[l->map[i].i];
		if (module.i == l->module[i].i)
			continue;
		p->modules.row[l->module[i].i].n_addr--;
		p->modules.row[module.i].n_addr++;
		l->module[i] = module;
	}
}

int hp_maps_given(struct hprof_profile *p, struct hprof_error *err)
{
	int r = find_bases(p, err);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < p->modules.n; i++) /* the program may have had no code till now */
		p->modules.row[i].main &=
			!hp_path_is_library(hp_profile_str(p, p->modules.row[i].path));
	find_main(p);
	move_locations(p);
	return HPROF_OK;
}
