/* split.c - units whose DIEs are in files of their own (.dwo) or in a package of them (.dwp). */
#include "analyzer/symbolize/dwarf/split.h"

#include <dwarf.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/symbolize/find.h"
#include "analyzer/symbolize/text.h"

/* Columns of the index of a package (DWARF 5, 7.3.5.3; the GNU form numbers two more). */
enum { SECT_INFO = 1, SECT_ABBREV = 3, SECT_STR_OFFSETS = 6, SECT_RNGLISTS = 8, SECTS = 16 };

/* Begin of a unit's part in each of the sections of a package; has says which are there. */
struct parts {
	uint64_t offset[SECTS];
	bool has[SECTS];
};

/* --- packages --- */

/* Without ".debug", which debug files end in: "x.debug" has its package at "x.dwp". */
static const char *plain_name(const char *path, struct hp_arena *mem)
{
	struct hp_slice s = hp_slice_str(path);
	struct hp_slice end = HP_LIT(".debug");

	if (!hp_slice_ends(s, end))
		return path;
	s.len -= end.len;
	return hp_arena_string(mem, s);
}

void hp_dw_splits_end(struct hp_dw_splits *s)
{
	if (s->package.fd >= 0)
		hp_dw_close(&s->package);
}

void hp_dw_packages(const struct hp_elf *f, const struct hp_elf *from, struct hp_arena *mem,
		    const char *paths[HP_DW_PACKAGES])
{
	paths[0] = hp_textf(mem, "%s.dwp", from->path);
	paths[1] = hp_textf(mem, "%s.dwp", plain_name(from->path, mem));
	paths[2] = hp_textf(mem, "%s.dwp", f->path);
}

void hp_dw_splits_begin(struct hp_dw_splits *s, const struct hp_elf *f, const struct hp_elf *from,
			const struct hp_job *job, struct hp_arena *mem, const char **why)
{
	const char *paths[HP_DW_PACKAGES];

	*s = (struct hp_dw_splits){.f = f, .from = from, .job = job, .package.fd = -1};
	*why = "";
	hp_dw_packages(f, from, mem, paths);
	for (size_t i = 0; i < HP_LEN(paths); i++) {
		const struct hp_origin at =
			hp_origin_found(NULL, hp_origin_owner(i == 2 ? f->fd : from->fd));
		const char *wrong = "no package of split units that can be read";

		if (access(paths[i], F_OK) != 0)
			continue;
		s->has_package = hp_dw_open(&s->package, paths[i], &at, true, &wrong) &&
				 s->package.file.section[HP_DW_CU_INDEX].len;
		if (s->has_package)
			break;
		hp_dw_splits_end(s);
		*why = hp_textf(mem, "%s: %s", paths[i], wrong);
	}
}

struct package_index {
	uint32_t columns, units, slots;
	struct hp_slice hashes, rows, ids, offsets; /* tables */
	bool swapped;
};

static uint32_t entry(const struct package_index *x, struct hp_slice table, uint64_t i)
{
	struct hp_bytes b = hp_bytes_of(table, 4 * i, x->swapped);

	return hp_bytes_u32(&b);
}

static struct hp_slice table(struct hp_bytes *b, uint64_t len)
{
	const uint8_t *at = hp_bytes_take(b, len);

	return (struct hp_slice){(const char *)at, at ? (size_t)len : 0};
}

static bool read_index(const struct hp_dw_file *file, struct package_index *x)
{
	struct hp_bytes b = hp_bytes_of(file->section[HP_DW_CU_INDEX], 0, file->swapped);
	uint32_t version = hp_bytes_u32(&b);

	/* version 5 is a number of two bytes, with two empty ones behind it */
	if (version != 2 && version != 5 && version != (uint32_t)5 << 16)
		return false;
	x->swapped = file->swapped;
	x->columns = hp_bytes_u32(&b);
	x->units = hp_bytes_u32(&b);
	x->slots = hp_bytes_u32(&b);
	x->hashes = table(&b, (uint64_t)8 * x->slots);
	x->rows = table(&b, (uint64_t)4 * x->slots);
	x->ids = table(&b, (uint64_t)4 * x->columns);
	if (x->columns > UINT16_MAX || b.failed)
		return false;
	x->offsets = table(&b, (uint64_t)4 * x->columns * x->units);
	return !b.failed && x->slots && (x->slots & (x->slots - 1)) == 0;
}

/* The row of the unit with @id, counted from 1; 0 if it has none.  Each look takes a step. */
static uint32_t row_of(const struct package_index *x, uint64_t id, uint64_t *steps)
{
	uint32_t mask = x->slots - 1;
	uint32_t slot = (uint32_t)id & mask;
	uint32_t step = ((uint32_t)(id >> 32) & mask) | 1;

	for (uint32_t i = 0; i < x->slots && *steps; i++, --*steps) {
		struct hp_bytes b = hp_bytes_of(x->hashes, (uint64_t)8 * slot, x->swapped);
		uint32_t row = entry(x, x->rows, slot);

		if (!row)
			break;
		if (hp_bytes_u64(&b) == id)
			return row <= x->units ? row : 0;
		slot = (slot + step) & mask;
	}
	return 0;
}

static bool find_parts(const struct hp_dw_file *file, uint64_t id, struct parts *parts,
		       uint64_t *steps)
{
	struct package_index x;
	uint32_t row;

	*parts = (struct parts){.has = {false}};
	if (!read_index(file, &x))
		return false;
	row = row_of(&x, id, steps);
	if (!row)
		return false;
	for (uint32_t i = 0; i < x.columns; i++) {
		uint32_t sect = entry(&x, x.ids, i);

		if (sect >= SECTS)
			continue;
		parts->has[sect] = true;
		parts->offset[sect] = entry(&x, x.offsets, (uint64_t)(row - 1) * x.columns + i);
	}
	return parts->has[SECT_INFO];
}

/* --- units --- */

/* Bases that the unit itself does not tell: tables begin behind their headers. */
static void set_bases(struct hp_dw_cu *cu, const struct hp_dw_unit *unit, const struct parts *parts)
{
	*cu = (struct hp_dw_cu){
		.str_offsets_base = parts->offset[SECT_STR_OFFSETS],
		.rnglists_base = parts->offset[SECT_RNGLISTS],
	};
	if (unit->version < 5)
		return;
	cu->str_offsets_base += unit->offset_bytes == 8 ? 16 : 8;
	cu->rnglists_base += unit->offset_bytes == 8 ? 20 : 12;
}

/* Read the unit at @offset of @file, if it is the one of @skeleton. */
static bool read_unit(const struct hp_dw_file *file, uint64_t offset, const struct parts *parts,
		      const struct hp_dw_cu *skeleton, struct hp_dw_cu *out, uint64_t *steps,
		      struct hp_dw_unit *unit)
{
	struct hp_dw_pcs pcs;

	if (!hp_dw_unit_read(file, offset, unit))
		return false;
	if (!unit->version || unit->type == DW_UT_split_type || unit->type == DW_UT_type)
		return false;
	unit->abbrevs += parts->offset[SECT_ABBREV];
	set_bases(out, unit, parts);
	return hp_dw_cu_read(out, file, unit, skeleton, &pcs, steps) &&
	       out->dwo_id == skeleton->dwo_id;
}

static bool in_package(struct hp_dw_splits *s, const struct hp_dw_cu *skeleton,
		       struct hp_dw_cu *out, uint64_t *steps)
{
	const struct hp_dw_file *file = &s->package.file;
	struct hp_dw_unit unit;
	struct parts parts;

	return find_parts(file, skeleton->dwo_id, &parts, steps) &&
	       read_unit(file, parts.offset[SECT_INFO], &parts, skeleton, out, steps, &unit);
}

/* A .dwo file may hold several units, and types. */
static bool in_file(const struct hp_dw_file *file, const struct hp_dw_cu *skeleton,
		    struct hp_dw_cu *out, uint64_t *steps)
{
	const struct parts parts = {.has = {false}};
	uint64_t len = file->section[HP_DW_INFO].len;

	for (uint64_t at = 0; at < len && *steps; --*steps) {
		struct hp_dw_unit unit = {.limit = 0};

		if (read_unit(file, at, &parts, skeleton, out, steps, &unit))
			return true;
		if (unit.limit <= at)
			break;
		at = unit.limit;
	}
	return false;
}

/* --- files --- */

/* Bytes that .dwo files may be unpacked to: one file may have units in turn with others. */
#define UNPACKED_MOST ((uint64_t)16 << 30)

struct search {
	struct hp_dw_splits *s;
	const struct hp_dw_cu *skeleton;
	struct hp_dw_split_file *own;
	struct hp_dw_cu *out;
	struct hp_arena *mem;
	uint64_t *steps;
	const char *stale; /* a file that is there and holds another unit */
	const char *tried; /* what is not there, or cannot be used; "" */
};

void hp_dw_split_file_close(struct hp_dw_split_file *own)
{
	if (own->usable)
		hp_dw_close(&own->open);
	*own = (struct hp_dw_split_file){.known = false};
}

/* Have the file at @path, which @st is of, open in @q->own.  False: it cannot be used. */
static bool open_file(struct search *q, const char *path, const struct hp_origin *from,
		      const struct stat *st, const char **why)
{
	struct hp_dw_split_file *own = q->own;

	if (own->known && own->dev == st->st_dev && own->ino == st->st_ino) {
		own->open.file.path = path; /* the older text is gone */
		return own->usable;
	}
	hp_dw_split_file_close(own);
	*why = "too many bytes to be unpacked";
	if (atomic_load(&q->s->unpacked) > UNPACKED_MOST)
		return false;
	own->known = true;
	own->dev = st->st_dev;
	own->ino = st->st_ino;
	own->usable = hp_dw_open(&own->open, path, from, true, why);
	if (own->usable)
		(void)atomic_fetch_add(&q->s->unpacked, own->open.mem.used);
	return own->usable;
}

/* Whether @path is one of those in @tried, which hp_text_join() has made. */
static bool is_listed(const char *tried, const char *path)
{
	size_t n = strlen(path);

	for (const char *at = tried; at; at = strstr(at, "; ")) {
		at += at == tried ? 0 : 2;
		if (strncmp(at, path, n) == 0 && (!at[n] || at[n] == ';'))
			return true;
	}
	return false;
}

static bool try_file(struct search *q, const char *path, const struct hp_origin *from)
{
	const char *why = "cannot be used";
	struct stat st;

	if (stat(path, &st) != 0) {
		if (!is_listed(q->tried, path))
			q->tried = hp_text_join(q->mem, q->tried, path);
		return false;
	}
	if (!open_file(q, path, from, &st, &why)) {
		q->tried = hp_text_join(q->mem, q->tried, hp_textf(q->mem, "%s (%s)", path, why));
		return false;
	}
	if (in_file(&q->own->open.file, q->skeleton, q->out, q->steps))
		return true;
	q->stale = path;
	return false;
}

/* The origin of what @q->s->from names by its whole path, or, in @folder, by a part of it. */
static struct hp_origin found_by(const struct search *q, const char *folder)
{
	return hp_origin_found(folder, hp_origin_owner(q->s->from->fd));
}

/* A path of the machine that compiled: where the user says it is, in roots, or right there. */
static bool try_recorded(struct search *q, const char *path)
{
	const struct hprof_symbolize_opts *o = q->s->job->opts;
	struct hp_origin from;
	const char *mapped = hp_find_mapped(o, path, q->mem, &from);

	if (mapped && try_file(q, mapped, &from))
		return true;
	for (size_t i = 0; i < o->n_sysroots; i++) {
		const char *real = hp_find_in_root(o->sysroots[i], path, q->mem);

		from = hp_origin_below(o->sysroots[i]);
		if (real && try_file(q, real, &from))
			return true;
	}
	from = found_by(q, NULL);
	return !o->n_sysroots && try_file(q, path, &from);
}

static bool try_below(struct search *q, const char *folder, const struct hp_origin *from,
		      const char *name)
{
	struct hp_slice base = hp_slice_basename(hp_slice_str(name));

	if (name[0] != '/' && base.len < strlen(name) &&
	    try_file(q, hp_textf(q->mem, "%s/%s", folder, name), from))
		return true;
	return try_file(q, hp_textf(q->mem, "%s/%.*s", folder, (int)base.len, base.ptr), from);
}

static bool find_file(struct search *q, const char *name)
{
	const struct hp_dw_splits *s = q->s;
	const struct hprof_symbolize_opts *o = s->job->opts;
	const struct hp_slice dir = q->skeleton->comp_dir;
	const char *beside = hp_text_dirname(q->mem, s->f->path);
	const char *debug = hp_text_dirname(q->mem, s->from->path);
	struct hp_origin from = found_by(q, beside);

	if (name[0] == '/' && try_recorded(q, name))
		return true;
	if (name[0] != '/' && dir.len && dir.len < UINT16_MAX &&
	    try_recorded(q, hp_textf(q->mem, "%.*s/%s", (int)dir.len, dir.ptr, name)))
		return true;
	if (try_below(q, beside, &from, name))
		return true;
	from = found_by(q, debug);
	if (strcmp(beside, debug) != 0 && try_below(q, debug, &from, name))
		return true;
	for (size_t i = 0; i < o->n_debug_dirs; i++) {
		from = hp_origin_below(o->debug_dirs[i]);
		if (try_below(q, o->debug_dirs[i], &from, name))
			return true;
	}
	return false;
}

bool hp_dw_split_find(struct hp_dw_splits *s, const struct hp_dw_cu *skeleton,
		      struct hp_dw_split_file *own, struct hp_dw_cu *out, struct hp_arena *mem,
		      uint64_t *steps, const char **why)
{
	struct search q = {s, skeleton, own, out, mem, steps, NULL, ""};
	struct hp_slice name = skeleton->dwo_name;
	const char *file;

	if (s->has_package && in_package(s, skeleton, out, steps))
		return true;
	if (name.len > UINT16_MAX)
		name.len = UINT16_MAX;
	file = hp_arena_string(mem, name);
	if (*file && find_file(&q, file))
		return true;
	*why = q.stale ? hp_textf(mem, "%s does not hold the unit 0x%" PRIx64 " that it should",
				  q.stale, skeleton->dwo_id)
		       : hp_textf(mem, "%s was not found%s%s%s", *file ? file : "its .dwo file",
				  s->has_package ? ", nor is the unit in the .dwp file" : "",
				  *q.tried ? ": looked for " : "", q.tried);
	return false;
}
