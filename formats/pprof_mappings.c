/* pprof_mappings.c - mappings, functions and locations of profile.proto. */
#include "formats/pprof_mappings.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"

enum { MOST_LINES = 4096 }; /* inlined calls at one address */

enum {
	MAPPING_ID = 1,
	MAPPING_START,
	MAPPING_LIMIT,
	MAPPING_OFFSET,
	MAPPING_FILE,
	MAPPING_BUILD_ID,
};
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE, LOCATION_FOLDED };
enum { LINE_FUNCTION = 1, LINE_LINE, LINE_COLUMN };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE, FUNCTION_START };

static const char *const mapping_fields[] = {"",
					     "id",
					     "memory_start",
					     "memory_limit",
					     "file_offset",
					     "filename",
					     "build_id",
					     "has_functions",
					     "has_filenames",
					     "has_line_numbers",
					     "has_inline_frames"};
static const char *const location_fields[] = {"",        "id",   "mapping_id",
					      "address", "line", "is_folded"};
static const char *const line_fields[] = {"", "function_id", "line", "column"};
static const char *const function_fields[] = {"",         "id",        "name", "system_name",
					      "filename", "start_line"};

static const struct hp_pprof_shape mapping_shape =
	HP_PPROF_SHAPE("mapping", mapping_fields, 1 << MAPPING_FILE | 1 << MAPPING_BUILD_ID);
static const struct hp_pprof_shape location_shape = HP_PPROF_SHAPE("location", location_fields, 0);
static const struct hp_pprof_shape line_shape = HP_PPROF_SHAPE("line of location", line_fields, 0);
static const struct hp_pprof_shape function_shape =
	HP_PPROF_SHAPE("function", function_fields,
		       1 << FUNCTION_NAME | 1 << FUNCTION_SYSTEM_NAME | 1 << FUNCTION_FILE);

/* --- mappings --- */

/*
 * Some writers do not tell where a file lay: their mappings have no limit, or reach from 0 to
 * the end, and addresses are those of the file.
 */
static bool is_placed(const struct hp_pprof_mapping *m)
{
	return m->start < m->limit && !(m->start == 0 && m->limit > INT64_MAX);
}

/* Whether something is in the place of @m; most writers have them in the order of addresses. */
static bool overlaps(const struct hp_pprof *r, const struct hp_mapping *m)
{
	const struct hp_maps *maps = &r->b->p->maps;

	if (m->start >= r->top || m->limit <= r->lowest)
		return false;
	for (uint32_t i = 0; i < maps->n; i++)
		if (m->start < maps->limit[i] && maps->start[i] < m->limit)
			return true;
	return false;
}

/* Add mapping @m where the process had it, or, if others are there, somewhere else. */
static int place_mapping(struct hp_pprof *r, struct hp_pprof_mapping *m,
			 const struct hp_mapping *told)
{
	struct hp_mapping moved = *told;
	const struct hp_maps *maps = &r->b->p->maps;
	uint64_t room = (r->room + 0xffff) & ~UINT64_C(0xffff);
	int n;

	if (overlaps(r, told)) {
		m->lost = room > UINT64_MAX / 4 || told->limit - told->start > UINT64_MAX / 4;
		if (m->lost)
			return HPROF_OK; /* names are all that it has */
		m->shift = room - (told->start & ~UINT64_C(0xffff));
		moved.start += m->shift;
		moved.limit += m->shift;
	}
	n = hp_build_mapping(r->b, &moved);
	if (n < 0)
		return n;
	if (moved.limit > r->top)
		r->top = moved.limit;
	if (moved.limit > r->room && moved.limit <= INT64_MAX)
		r->room = moved.limit;
	if (moved.start < r->lowest)
		r->lowest = moved.start;
	m->module = maps->module[maps->n - 1];
	return HPROF_OK;
}

/* Writers that have no map of memory at hand call a file by its last name: it is one all the same.
 */
static void note_file(struct hp_pprof *r, const struct hp_pprof_mapping *m)
{
	struct hp_slice path = hp_profile_str(r->b->p, m->file);

	if (m->module.i != HP_NONE && path.len && !strchr("/[", path.ptr[0]) &&
	    !hp_slice_starts(path, HP_LIT("anon_inode:")) &&
	    !hp_slice_starts(path, HP_LIT("linux-vdso")))
		hp_build_module_status(r->b, m->module, HP_MODULE_UNREAD);
}

static int settle_mapping(struct hp_pprof *r, struct hp_pprof_mapping *m)
{
	static const struct hp_slice gone = HP_SLICE_LIT(" (deleted)");
	struct hp_mapping told = {.start = m->start,
				  .limit = m->limit,
				  .file_offset = m->offset,
				  .perms = HP_MAP_READ | HP_MAP_EXEC,
				  .path = hp_profile_str(r->b->p, m->file),
				  .build_id = hp_profile_str(r->b->p, m->build_id)};
	int n;

	m->module = (hp_modid){HP_NONE};
	told.deleted = hp_slice_ends(told.path, gone);
	if (told.deleted)
		told.path.len -= gone.len;
	if (m->placed)
		return place_mapping(r, m, &told);
	if (!told.path.len)
		return HPROF_OK;
	n = hp_build_module_of(r->b, told.path, told.build_id, &m->module);
	if (n == HPROF_OK)
		hp_build_module_is_relative(r->b, m->module);
	return n;
}

int hp_pprof_read_mappings(struct hp_pprof *r)
{
	int n = hp_pprof_open_ids(r, &r->mapping_ids, &r->mappings);

	r->mapping = calloc((size_t)r->mappings.n + 1, sizeof(*r->mapping));
	if (!r->mapping)
		n = hp_fail_nomem(r->err);
	for (uint32_t i = 0; n == HPROF_OK && i < r->mappings.n; i++) {
		struct hp_pprof_mapping *m = &r->mapping[i];
		const struct hp_module *module;
		uint64_t v[HP_LEN(mapping_fields)];

		n = hp_pprof_numbers(r, &mapping_shape, hp_pprof_part(r, &r->mappings, i), i, v);
		if (n == HPROF_OK)
			n = hp_pprof_add_id(r, &r->mapping_ids, "mapping", v[MAPPING_ID],
					    hp_pprof_part(r, &r->mappings, i).ptr);
		if (n == HPROF_OK)
			n = hp_pprof_string(r, v[MAPPING_FILE], &m->file);
		if (n == HPROF_OK)
			n = hp_pprof_string(r, v[MAPPING_BUILD_ID], &m->build_id);
		if (n < 0)
			return n;
		m->start = v[MAPPING_START];
		m->limit = v[MAPPING_LIMIT];
		m->offset = v[MAPPING_OFFSET];
		m->placed = is_placed(m);
		if (m->placed)
			hp_build_set_has_maps(r->b);
		n = settle_mapping(r, m);
		if (n < 0 || m->module.i == HP_NONE)
			continue;
		note_file(r, m);
		module = &r->b->p->modules.row[m->module.i];
		if (i == 0 && module->status != HP_MODULE_SPECIAL &&
		    (m->placed || r->mappings.n > 1))
			hp_build_module_is_main(r->b, m->module);
	}
	return n;
}

/* --- functions and locations --- */

static int add_function(struct hp_pprof *r, uint32_t i, const uint64_t *v)
{
	struct hp_slice name = hp_pprof_text(r, v[FUNCTION_NAME]);
	struct hp_slice system = hp_pprof_text(r, v[FUNCTION_SYSTEM_NAME]);
	struct hp_func_names names;

	r->function[i] = (hp_funcid){HP_NONE};
	if (!name.len)
		name = system;
	if (!name.len)
		return HPROF_OK;
	names = (struct hp_func_names){hp_name_brief(name), name, system,
				       hp_pprof_text(r, v[FUNCTION_FILE])};
	if (!names.name.len)
		names.name = name;
	if (hp_slice_same(system, name))
		names.linkage = (struct hp_slice){"", 0};
	else if (hp_slice_same(hp_name_brief(system), name)) { /* no name of a linker's */
		names.full = system;
		names.linkage = (struct hp_slice){"", 0};
	}
	return hp_build_func(r->b, &names, &r->function[i]);
}

int hp_pprof_read_functions(struct hp_pprof *r)
{
	int n = hp_pprof_open_ids(r, &r->function_ids, &r->functions);

	r->function = calloc((size_t)r->functions.n + 1, sizeof(*r->function));
	if (!r->function)
		n = hp_fail_nomem(r->err);
	if (n == HPROF_OK)
		hp_build_expect(r->b, r->functions.n, r->locations.n);
	for (uint32_t i = 0; n == HPROF_OK && i < r->functions.n; i++) {
		uint64_t v[HP_LEN(function_fields)];

		n = hp_pprof_numbers(r, &function_shape, hp_pprof_part(r, &r->functions, i), i, v);
		if (n == HPROF_OK)
			n = hp_pprof_add_id(r, &r->function_ids, "function", v[FUNCTION_ID],
					    hp_pprof_part(r, &r->functions, i).ptr);
		if (n == HPROF_OK)
			n = add_function(r, i, v);
	}
	return n;
}

/* Line @s of location @i becomes one more of its @n_frames frames. */
static int read_line(struct hp_pprof *r, uint32_t i, struct hp_slice s, uint32_t *n_frames)
{
	uint64_t v[HP_LEN(line_fields)];
	uint32_t row;
	int n = hp_pprof_numbers(r, &line_shape, s, i, v);

	if (n < 0)
		return n;
	row = hp_pprof_find_id(r, &r->function_ids, v[LINE_FUNCTION]);
	if (row == UINT32_MAX)
		return HP_PPROF_FAIL(
			r, s.ptr, "location %" PRIu32 ": function_id %" PRIu64 ": no such function",
			i + 1, v[LINE_FUNCTION]);
	if (r->function[row].i == HP_NONE)
		return HPROF_OK;
	if (*n_frames >= MOST_LINES)
		return hp_fail_at(r->err, HPROF_ELIMIT, 0, hp_pprof_offset(r, s.ptr),
				  "location %" PRIu32 ": more than %d lines", i + 1, MOST_LINES);
	if (!HP_COLUMN_ROOM(r->frame, *n_frames, r->cap_frames))
		return hp_fail_nomem(r->err);
	r->frame[(*n_frames)++] = (struct hp_frame){
		r->function[row], v[LINE_LINE] <= UINT32_MAX ? (uint32_t)v[LINE_LINE] : 0};
	return HPROF_OK;
}

/* Numbers of location @i, and its frames, @n_frames of them. */
static int read_location(struct hp_pprof *r, uint32_t i, uint64_t *v, uint32_t *n_frames)
{
	struct hp_slice s = hp_pprof_part(r, &r->locations, i);
	struct hp_cursor c = hp_cursor_init(s.ptr, s.len);
	struct hp_pb_field f = {0};
	int n = HPROF_OK;

	*n_frames = 0;
	for (unsigned k = 0; k < location_shape.n; k++)
		v[k] = 0;
	while (n == HPROF_OK && hp_pb_next(&c, &f)) {
		bool is_line = f.number == LOCATION_LINE;

		if (f.number >= location_shape.n)
			continue;
		if (f.wire != (is_line ? HP_PB_BYTES : HP_PB_VARINT))
			return HP_PPROF_FAIL(r, s.ptr, "location %" PRIu32 ": %s is no %s", i + 1,
					     location_fields[f.number],
					     is_line ? "message" : "number");
		if (is_line)
			n = read_line(r, i, f.bytes, n_frames);
		else
			v[f.number] = f.value;
	}
	return n == HPROF_OK && c.failed ? hp_pprof_damaged(r, &location_shape, i, f.number, s.ptr)
					 : n;
}

/* Where location @loc is, if its address alone does not tell. */
static int place_location(struct hp_pprof *r, hp_locid loc, uint64_t addr,
			  const struct hp_pprof_mapping *m)
{
	bool inside = m->placed && addr - m->start < m->limit - m->start;

	if (m->module.i == HP_NONE || inside)
		return HPROF_OK;
	return hp_build_place(r->b, &(struct hp_place){loc, addr, m->module, false});
}

static int add_location(struct hp_pprof *r, uint32_t i, const uint64_t *v, uint32_t n_frames)
{
	static const struct hp_pprof_mapping none = {.module = {HP_NONE}};
	uint32_t row = hp_pprof_find_id(r, &r->mapping_ids, v[LOCATION_MAPPING]);
	const struct hp_pprof_mapping *m = v[LOCATION_MAPPING] ? &r->mapping[row] : &none;
	uint64_t addr = v[LOCATION_ADDRESS];
	int n;

	if (v[LOCATION_MAPPING] && row == UINT32_MAX)
		return HP_PPROF_FAIL(r, hp_pprof_part(r, &r->locations, i).ptr,
				     "location %" PRIu32 ": mapping_id %" PRIu64
				     ": no such mapping",
				     i + 1, v[LOCATION_MAPPING]);
	if (m->shift && addr - m->start < m->limit - m->start)
		addr += m->shift;
	if (m->lost)
		addr = 0; /* it would be taken for one of another file */
	n = hp_build_location(r->b, addr, r->frame, n_frames, &r->location[i]);
	return n < 0 ? n : place_location(r, r->location[i], v[LOCATION_ADDRESS], m);
}

int hp_pprof_read_locations(struct hp_pprof *r)
{
	int n = hp_pprof_open_ids(r, &r->location_ids, &r->locations);

	r->location = calloc((size_t)r->locations.n + 1, sizeof(*r->location));
	if (!r->location)
		n = hp_fail_nomem(r->err);
	for (uint32_t i = 0; n == HPROF_OK && i < r->locations.n; i++) {
		uint64_t v[HP_LEN(location_fields)];
		uint32_t n_frames;

		n = read_location(r, i, v, &n_frames);
		if (n == HPROF_OK)
			n = hp_pprof_add_id(r, &r->location_ids, "location", v[LOCATION_ID],
					    hp_pprof_part(r, &r->locations, i).ptr);
		if (n == HPROF_OK)
			n = add_location(r, i, v, n_frames);
	}
	return n;
}
