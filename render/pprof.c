/*
 * pprof.c - profile.proto, gzipped: what pprof, speedscope, Pyroscope and Parca read.
 *
 * Samples come first and give out the ids of locations, locations those of functions, and all of
 * them those of strings: each part is written when all that asks for its ids has been.  Ids count
 * from 1 in the order of the tables, which some readers rely on.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "analyzer/base/utf8.h"
#include "analyzer/ops/apportion.h"
#include "analyzer/ops/breakdown.h"
#include "render/common.h"
#include "render/metadata.h"
#include "render/protobuf.h"
#include "render/render.h"

/* Numbers of the fields, by message. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE = 2,
	PROFILE_MAPPING = 3,
	PROFILE_LOCATION = 4,
	PROFILE_FUNCTION = 5,
	PROFILE_STRING = 6,
	PROFILE_TIME = 9,
	PROFILE_PERIOD_TYPE = 11,
	PROFILE_PERIOD = 12,
	PROFILE_COMMENT = 13,
	PROFILE_DEFAULT_TYPE = 14,

	TYPE_NAME = 1,
	TYPE_UNIT = 2,

	SAMPLE_LOCATION = 1,
	SAMPLE_VALUE = 2,
	SAMPLE_LABEL = 3,

	LABEL_KEY = 1,
	LABEL_TEXT = 2,
	LABEL_NUMBER = 3,
	LABEL_UNIT = 4,

	MAPPING_ID = 1,
	MAPPING_START = 2,
	MAPPING_LIMIT = 3,
	MAPPING_OFFSET = 4,
	MAPPING_FILE = 5,
	MAPPING_BUILD_ID = 6,
	MAPPING_HAS_FUNCTIONS = 7,
	MAPPING_HAS_FILES = 8,
	MAPPING_HAS_LINES = 9,
	MAPPING_HAS_INLINES = 10,

	LOCATION_ID = 1,
	LOCATION_MAPPING = 2,
	LOCATION_ADDRESS = 3,
	LOCATION_LINE = 4,

	LINE_FUNCTION = 1,
	LINE_LINE = 2,

	FUNCTION_ID = 1,
	FUNCTION_NAME = 2,
	FUNCTION_SYSTEM_NAME = 3,
	FUNCTION_FILE = 4,
};

/* Sample types in the order that other writers have; any others follow. */
static const char *const type_order[] = {"alloc_objects", "alloc_space", "inuse_objects",
					 "inuse_space"};

enum { FORMATS_MAX = 128 };

/* A mapping of one of the profiles, or a module whose place in memory nobody recorded. */
struct mapping {
	const struct hprof_profile *p;
	uint32_t map;    /* HP_NONE: no place is known */
	uint32_t module; /* of @p */
	bool functions, files, lines, inlines;
};

struct function {
	uint32_t func; /* row of the view */
	hp_strid file; /* of the view */
};

struct pprof_writer {
	const struct hprof_view *v;
	const struct hprof_render_opts *o;
	struct hp_breakdown shares;
	uint32_t *type; /* [v->n_types] types of the view in the order of the output */

	struct hp_tree runs; /* a location is a run of frames, the innermost below the root */
	uint32_t *location;  /* [n_locations] its row of @runs; id - 1 */
	uint32_t n_locations, locations_cap;
	uint32_t *run_id; /* [runs.cap] id of the location, 0: none so far */
	uint32_t run_ids_cap;
	uint32_t *line; /* scratch: frames of a location, outermost first */
	uint32_t lines_cap;
	uint32_t *node_location; /* [tree.n] id of the location that begins there, 0: not yet */
	uint32_t *node_next;     /* [tree.n] where the next one does */

	struct mapping *mapping; /* [n_mappings] id - 1 */
	uint32_t n_mappings, mappings_cap;
	struct hp_index mapping_index; /* of those with a place */
	uint32_t **map_id;             /* [profile][maps.n] ids of mappings, 0: none so far */
	uint32_t *module_id; /* [v->n_modules] ids of modules without a place, 0: none so far */

	struct function *function; /* [n_functions] id - 1 */
	uint32_t n_functions, functions_cap;
	struct hp_index function_index;

	struct hp_strtab str;
	char *text; /* scratch: what is made UTF-8 */
	size_t text_cap;

	uint64_t n_samples, n_beyond; /* written; values that do not fit */
	char beyond[128];             /* the first of these */

	struct hp_message field, inner, record, profile;
	struct hp_packed *packed;
	struct hprof_error *err;
};

/* --- strings --- */

/* @s with U+FFFD in place of every byte that is no part of UTF-8. */
static int repair(struct pprof_writer *w, struct hp_slice *s)
{
	size_t n = 0;

	if (w->text_cap < 3 * s->len) {
		char *grown = realloc(w->text, 3 * s->len);

		if (!grown)
			return hp_fail_nomem(w->err);
		w->text = grown;
		w->text_cap = 3 * s->len;
	}
	for (struct hp_slice rest = *s; rest.len;) {
		size_t len = hp_utf8_len(rest);

		memcpy(w->text + n, len ? rest.ptr : "\xef\xbf\xbd", len ? len : 3);
		n += len ? len : 3;
		rest = hp_slice_from(rest, len ? len : 1);
	}
	*s = (struct hp_slice){w->text, n};
	return HPROF_OK;
}

static int string_id(struct pprof_writer *w, struct hp_slice s, uint64_t *out)
{
	hp_strid id;
	int r = HPROF_OK;

	if (hp_utf8_plain_run(s, 0, 0) < s.len)
		r = repair(w, &s);
	if (r == HPROF_OK)
		r = hp_strtab_add(&w->str, s, &id, w->err);
	if (r == HPROF_OK)
		*out = id.i;
	return r;
}

/* Field @field of @m: the id of string @s. */
static int put_string(struct pprof_writer *w, struct hp_message *m, unsigned field,
		      struct hp_slice s)
{
	uint64_t id;
	int r = string_id(w, s, &id);

	if (r == HPROF_OK)
		hp_message_uint(m, field, id);
	return r;
}

/* --- messages of the profile --- */

/* Write what is in w->record as field @field of the profile. */
static void put_record(struct pprof_writer *w, unsigned field)
{
	hp_message_put(&w->profile, field, &w->record);
	hp_message_reset(&w->record);
	hp_packed_put(w->packed, &w->profile);
}

static int put_type(struct pprof_writer *w, unsigned field, struct hp_slice name, const char *unit)
{
	int r = put_string(w, &w->record, TYPE_NAME, name);

	if (r == HPROF_OK)
		r = put_string(w, &w->record, TYPE_UNIT, hp_slice_str(unit));
	if (r == HPROF_OK)
		put_record(w, field);
	return r;
}

static int order_types(struct pprof_writer *w)
{
	const struct hprof_view *v = w->v;
	uint32_t n = 0;

	w->type = calloc((size_t)v->n_types + 1, sizeof(*w->type));
	if (!w->type)
		return hp_fail_nomem(w->err);
	for (size_t k = 0; k <= HP_LEN(type_order); k++)
		for (uint32_t t = 0; t < v->n_types; t++) {
			struct hp_slice name = hp_view_str(v, v->types[t].name);
			size_t place = 0;

			while (place < HP_LEN(type_order) &&
			       !hp_slice_same(name, hp_slice_str(type_order[place])))
				place++;
			if (place == k)
				w->type[n++] = t;
		}
	return HPROF_OK;
}

/* Readers want a name: files can call their types as they like. */
static struct hp_slice type_name(const struct pprof_writer *w, uint32_t t)
{
	struct hp_slice name = hp_view_str(w->v, w->v->types[t].name);

	return name.len ? name : HP_LIT("unnamed");
}

static int put_types(struct pprof_writer *w)
{
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < w->v->n_types; i++) {
		const struct hp_vtype *t = &w->v->types[w->type[i]];

		r = put_type(w, PROFILE_SAMPLE_TYPE, type_name(w, w->type[i]),
			     hp_unit_name(t->unit));
	}
	return r;
}

/* --- locations --- */

/* The id of the location that is row @run of the runs. */
static int location_id(struct pprof_writer *w, uint32_t run, uint32_t *out)
{
	if (run >= w->run_ids_cap) {
		uint32_t cap = w->runs.cap;

		if (!hp_column_resize(&w->run_id, sizeof(*w->run_id), cap))
			return hp_fail_nomem(w->err);
		memset(w->run_id + w->run_ids_cap, 0, (cap - w->run_ids_cap) * sizeof(*w->run_id));
		w->run_ids_cap = cap;
	}
	if (!w->run_id[run]) {
		if (!HP_COLUMN_ROOM(w->location, w->n_locations, w->locations_cap))
			return hp_fail_nomem(w->err);
		w->location[w->n_locations++] = run;
		w->run_id[run] = w->n_locations;
	}
	*out = w->run_id[run];
	return HPROF_OK;
}

/* Whether @inner is inlined into @outer, the frame around it: that may have been hidden. */
static bool is_inside(const struct hp_vframe *inner, const struct hp_vframe *outer)
{
	if (!inner->inlined)
		return false;
	return inner->by_name || outer->by_name ||
	       (inner->addr == outer->addr && inner->module == outer->module);
}

/* Find the location whose innermost frame is that of @node. */
static int find_location(struct pprof_writer *w, uint32_t node)
{
	const struct hp_tree *t = &w->v->tree;
	uint32_t run = 0, at = node;
	int r;

	for (;;) {
		const struct hp_vframe *frame = &w->v->frames[t->frame[at]];

		r = hp_tree_add(&w->runs, w->v->seed, run, t->frame[at], &run, w->err);
		if (r < 0)
			return r;
		at = t->parent[at];
		if (at == 0 || !is_inside(frame, &w->v->frames[t->frame[at]]))
			break;
	}
	w->node_next[node] = at;
	return location_id(w, run, &w->node_location[node]);
}

/* --- samples --- */

static int put_number_label(struct pprof_writer *w, const char *key, uint64_t value,
			    const char *unit)
{
	int r = put_string(w, &w->inner, LABEL_KEY, hp_slice_str(key));

	hp_message_uint(&w->inner, LABEL_NUMBER, value);
	if (r == HPROF_OK)
		r = put_string(w, &w->inner, LABEL_UNIT, hp_slice_str(unit));
	hp_message_put(&w->record, SAMPLE_LABEL, &w->inner);
	hp_message_reset(&w->inner);
	return r;
}

static int put_text_label(struct pprof_writer *w, const char *key, struct hp_slice value)
{
	int r = put_string(w, &w->inner, LABEL_KEY, hp_slice_str(key));

	if (r == HPROF_OK)
		r = put_string(w, &w->inner, LABEL_TEXT, value);
	hp_message_put(&w->record, SAMPLE_LABEL, &w->inner);
	hp_message_reset(&w->inner);
	return r;
}

static int put_labels(struct pprof_writer *w, const struct hp_breakdown_row *share)
{
	const struct hprof_profile *p = w->v->profiles[0];
	int r = HPROF_OK;

	if (share->size)
		r = put_number_label(w, "bytes", share->size, "bytes");
	if (r < 0 || !share->thread)
		return r;
	r = put_text_label(w, "thread", hp_profile_str(p, p->threads.id[share->thread - 1]));
	if (r == HPROF_OK && p->threads.name[share->thread - 1].i)
		r = put_text_label(w, "thread_name",
				   hp_profile_str(p, p->threads.name[share->thread - 1]));
	return r;
}

/* Whether @v, which is whole, is less or more than 64 bits hold; 2^63 is told as 2^63 - 1. */
static bool is_beyond(double v)
{
	return fabs(v) > 0x1p63;
}

/* Nearest of what fits; @v is whole. */
static int64_t to_int64(double v)
{
	if (v >= 0x1p63)
		return INT64_MAX;
	return v < -0x1p63 ? INT64_MIN : (int64_t)v;
}

/* Value @i of type @t, as near as it can be written: tell_beyond() says where that is another. */
static void put_value(struct pprof_writer *w, uint32_t t, uint32_t i)
{
	double v = w->shares.value[t][i];
	int64_t near = to_int64(v);

	if (is_beyond(v) && !w->n_beyond++) {
		struct hp_slice name = type_name(w, t);

		(void)snprintf(w->beyond, sizeof(w->beyond),
			       "sample %" PRIu64 ": %.*s %.0f is written as %" PRId64,
			       w->n_samples + 1, (int)(name.len < 32 ? name.len : 32), name.ptr, v,
			       near);
	}
	hp_message_varint(&w->field, (uint64_t)near);
}

/* Warn of what a reader finds less of than there is: pprof adds up in 64 bits, too. */
static void tell_beyond(const struct pprof_writer *w)
{
	char text[512];

	if (!w->o->warn)
		return;
	if (w->n_beyond) {
		(void)snprintf(text, sizeof(text),
			       "%" PRIu64 " value%s beyond the 64 bits of pprof, the first in %s",
			       w->n_beyond, w->n_beyond > 1 ? "s are" : " is", w->beyond);
		w->o->warn(w->o->warn_ctx, text);
		return;
	}
	for (uint32_t t = 0; t < w->v->n_types; t++) {
		struct hp_slice name = type_name(w, t);

		if (!is_beyond(w->v->types[t].total.delta))
			continue;
		(void)snprintf(
			text, sizeof(text),
			"all %.*s together, %.0f, are beyond the 64 bits in which pprof adds "
			"up",
			(int)(name.len < 64 ? name.len : 64), name.ptr, w->v->types[t].total.delta);
		w->o->warn(w->o->warn_ctx, text);
		return;
	}
}

static int put_sample(struct pprof_writer *w, uint32_t i)
{
	const struct hp_breakdown_row *share = &w->shares.row[i];
	int r = HPROF_OK;

	for (uint32_t at = share->node; r == HPROF_OK && at != 0; at = w->node_next[at]) {
		if (!w->node_location[at])
			r = find_location(w, at);
		hp_message_varint(&w->field, w->node_location[at]);
	}
	hp_message_put(&w->record, SAMPLE_LOCATION, &w->field);
	hp_message_reset(&w->field);
	for (uint32_t t = 0; t < w->v->n_types; t++)
		put_value(w, w->type[t], i);
	hp_message_put(&w->record, SAMPLE_VALUE, &w->field);
	hp_message_reset(&w->field);
	if (r == HPROF_OK)
		r = put_labels(w, share);
	if (r == HPROF_OK)
		put_record(w, PROFILE_SAMPLE);
	w->n_samples++;
	return r;
}

/* Whole numbers whose sums are the rounded totals; what becomes 0 in all types is left out. */
static int put_samples(struct pprof_writer *w)
{
	const struct hprof_view *v = w->v;
	int r = HPROF_OK;

	for (uint32_t t = 0; r == HPROF_OK && t < v->n_types; t++)
		r = hp_apportion(w->shares.value[t], w->shares.n, v->types[t].total.delta, w->err);
	for (uint32_t i = 0; r == HPROF_OK && i < w->shares.n; i++) {
		bool empty = true;

		for (uint32_t t = 0; t < v->n_types; t++)
			empty = empty && w->shares.value[t][i] == 0;
		if (!empty)
			r = put_sample(w, i);
	}
	if (r == HPROF_OK)
		tell_beyond(w);
	return r;
}

/* --- mappings --- */

static int add_mapping(struct pprof_writer *w, const struct mapping *m, uint32_t *id)
{
	if (!HP_COLUMN_ROOM(w->mapping, w->n_mappings, w->mappings_cap))
		return hp_fail_nomem(w->err);
	w->mapping[w->n_mappings++] = *m;
	*id = w->n_mappings;
	return HPROF_OK;
}

struct map_key {
	const struct hprof_profile *p;
	uint32_t map;
};

/* Whether mapping @row has the same bytes of the same file at the same place as @key. */
static bool same_mapping(const void *ctx, uint32_t row, const void *key)
{
	const struct mapping *m = (const struct mapping *)ctx + row;
	const struct map_key *k = key;
	const struct hp_maps *a = &m->p->maps, *b = &k->p->maps;
	const struct hp_module *x = &m->p->modules.row[m->module];
	const struct hp_module *y = &k->p->modules.row[b->module[k->map].i];

	return a->start[m->map] == b->start[k->map] && a->limit[m->map] == b->limit[k->map] &&
	       a->file_offset[m->map] == b->file_offset[k->map] && x->status == y->status &&
	       hp_slice_same(hp_profile_str(m->p, x->path), hp_profile_str(k->p, y->path)) &&
	       hp_slice_same(hp_profile_str(m->p, x->build_id), hp_profile_str(k->p, y->build_id));
}

/* Mapping @map of profile @profile: those of several dumps of one process are one. */
static int add_map(struct pprof_writer *w, uint32_t profile, uint32_t map)
{
	const struct hprof_profile *p = w->v->profiles[profile];
	struct map_key key = {p, map};
	uint32_t tag, row;

	if (w->map_id[profile][map])
		return HPROF_OK;
	tag = hp_hash_pair(w->v->seed, p->maps.start[map], p->maps.file_offset[map]);
	row = hp_index_find(&w->mapping_index, tag, same_mapping, w->mapping, &key);
	if (row != UINT32_MAX) {
		w->map_id[profile][map] = row + 1;
		return HPROF_OK;
	}
	if (!hp_index_add(&w->mapping_index, tag, w->n_mappings))
		return hp_fail_nomem(w->err);
	return add_mapping(w,
			   &(struct mapping){.p = p, .map = map, .module = p->maps.module[map].i},
			   &w->map_id[profile][map]);
}

/* Code of profile @profile: that of the program, or all other. */
static int add_code_of(struct pprof_writer *w, uint32_t profile, bool program)
{
	const struct hprof_profile *p = w->v->profiles[profile];
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < p->maps.n; i++) {
		const struct hp_module *m = &p->modules.row[p->maps.module[i].i];

		if ((p->maps.perms[i] & HP_MAP_EXEC) && m->status != HP_MODULE_SPECIAL &&
		    m->main == program)
			r = add_map(w, profile, i);
	}
	return r;
}

/* Code of the profiles: first that of the program, which readers take the first mapping for. */
static int add_code(struct pprof_writer *w)
{
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < w->v->n_profiles; i++) {
		r = add_code_of(w, i, true);
		if (r == HPROF_OK)
			r = add_code_of(w, i, false);
	}
	return r;
}

/* The mapping that the place of frame @f is in; *@id is 0 where that is not known. */
static int mapping_of(struct pprof_writer *w, const struct hp_vframe *f, uint32_t *id)
{
	const struct hprof_profile *p = w->v->profiles[f->profile];
	uint32_t map, module;
	int r = HPROF_OK;

	*id = 0;
	if (f->loc == HP_NONE)
		return HPROF_OK;
	map = p->locs.map[f->loc].i;
	module = p->locs.module[f->loc].i;
	if (map != HP_NONE) {
		r = add_map(w, f->profile, map);
		*id = w->map_id[f->profile][map];
	} else if (module != HP_NONE) {
		if (!w->module_id[f->module])
			r = add_mapping(w,
					&(struct mapping){.p = p, .map = HP_NONE, .module = module},
					&w->module_id[f->module]);
		*id = w->module_id[f->module];
	}
	return r;
}

/* What the frames of the location that is row @run tell about mapping @m. */
static void note_names(const struct pprof_writer *w, uint32_t run, struct mapping *m)
{
	uint32_t depth = 0;

	for (uint32_t at = run; at != 0; at = w->runs.parent[at]) {
		const struct hp_vframe *f = &w->v->frames[w->runs.frame[at]];

		m->functions |= f->func != HP_NONE;
		m->files |= f->file.i != 0;
		m->lines |= f->line != 0;
		depth += f->func != HP_NONE;
	}
	m->inlines |= depth > 1;
}

static const struct hp_vframe *outermost(const struct pprof_writer *w, uint32_t location)
{
	return &w->v->frames[w->runs.frame[w->location[location]]];
}

/*
 * Mappings that hprof has named are marked so: pprof then leaves them alone, where it would put
 * the name of some symbol nearby.  That is so even if no name was found.
 */
static int put_mapping(struct pprof_writer *w, uint32_t i)
{
	const struct mapping *m = &w->mapping[i];
	const struct hp_module *module = &m->p->modules.row[m->module];
	bool known = m->map != HP_NONE;
	bool read = module->status == HP_MODULE_OK;
	int r;

	hp_message_uint(&w->record, MAPPING_ID, i + 1);
	hp_message_uint(&w->record, MAPPING_START, known ? m->p->maps.start[m->map] : 0);
	hp_message_uint(&w->record, MAPPING_LIMIT, known ? m->p->maps.limit[m->map] : UINT64_MAX);
	hp_message_uint(&w->record, MAPPING_OFFSET, known ? m->p->maps.file_offset[m->map] : 0);
	r = put_string(w, &w->record, MAPPING_FILE, hp_profile_str(m->p, module->path));
	if (r == HPROF_OK)
		r = put_string(w, &w->record, MAPPING_BUILD_ID,
			       hp_profile_str(m->p, module->build_id));
	hp_message_uint(&w->record, MAPPING_HAS_FUNCTIONS, m->functions || read);
	hp_message_uint(&w->record, MAPPING_HAS_FILES, m->files);
	hp_message_uint(&w->record, MAPPING_HAS_LINES, m->lines);
	hp_message_uint(&w->record, MAPPING_HAS_INLINES, m->inlines);
	if (r == HPROF_OK)
		put_record(w, PROFILE_MAPPING);
	return r;
}

static int put_mappings(struct pprof_writer *w)
{
	uint32_t id;
	int r = add_code(w);

	for (uint32_t i = 0; r == HPROF_OK && i < w->n_locations; i++) {
		r = mapping_of(w, outermost(w, i), &id);
		if (r == HPROF_OK && id)
			note_names(w, w->location[i], &w->mapping[id - 1]);
	}
	for (uint32_t i = 0; r == HPROF_OK && i < w->n_mappings; i++)
		r = put_mapping(w, i);
	return r;
}

/* --- lines and functions --- */

static bool same_function(const void *ctx, uint32_t row, const void *key)
{
	const struct function *f = ctx, *k = key;

	return f[row].func == k->func && f[row].file.i == k->file.i;
}

static int function_id(struct pprof_writer *w, const struct hp_vframe *frame, uint64_t *id)
{
	const struct function key = {frame->func, frame->file};
	uint32_t tag = hp_hash_pair(w->v->seed, key.func, key.file.i);
	uint32_t row = hp_index_find(&w->function_index, tag, same_function, w->function, &key);

	if (row == UINT32_MAX) {
		if (!HP_COLUMN_ROOM(w->function, w->n_functions, w->functions_cap) ||
		    !hp_index_add(&w->function_index, tag, w->n_functions))
			return hp_fail_nomem(w->err);
		row = w->n_functions++;
		w->function[row] = key;
	}
	*id = (uint64_t)row + 1;
	return HPROF_OK;
}

/* The lines of location @run into the record, innermost first: the run ends with the outermost. */
static int put_lines(struct pprof_writer *w, uint32_t run)
{
	uint32_t n = 0;
	int r = HPROF_OK;

	for (uint32_t at = run; at != 0; at = w->runs.parent[at]) {
		if (!HP_COLUMN_ROOM(w->line, n, w->lines_cap))
			return hp_fail_nomem(w->err);
		w->line[n++] = w->runs.frame[at];
	}
	while (r == HPROF_OK && n-- > 0) {
		const struct hp_vframe *f = &w->v->frames[w->line[n]];
		uint64_t function = 0;

		if (f->func == HP_NONE)
			continue;
		r = function_id(w, f, &function);
		hp_message_uint(&w->inner, LINE_FUNCTION, function);
		hp_message_uint(&w->inner, LINE_LINE, f->line);
		hp_message_put(&w->record, LOCATION_LINE, &w->inner);
		hp_message_reset(&w->inner);
	}
	return r;
}

/*
 * The address of the call, as the process had it; outside of all mappings that of the row, which is
 * the recorded one, or the place in a module that nobody knows the place of.  0 when there is none.
 */
static uint64_t address_of(const struct pprof_writer *w, const struct hp_vframe *f)
{
	const struct hprof_profile *p = w->v->profiles[f->profile];

	if (!f->has_addr || f->loc == HP_NONE)
		return 0;
	if (p->locs.map[f->loc].i == HP_NONE)
		return f->addr;
	return p->locs.addr[f->loc] - p->return_addresses;
}

static int put_locations(struct pprof_writer *w)
{
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < w->n_locations; i++) {
		const struct hp_vframe *f = outermost(w, i);
		uint32_t mapping;

		r = mapping_of(w, f, &mapping);
		if (r < 0)
			return r;
		hp_message_uint(&w->record, LOCATION_ID, i + 1);
		hp_message_uint(&w->record, LOCATION_MAPPING, mapping);
		hp_message_uint(&w->record, LOCATION_ADDRESS, address_of(w, f));
		r = put_lines(w, w->location[i]);
		if (r == HPROF_OK)
			put_record(w, PROFILE_LOCATION);
	}
	return r;
}

/* Whether @name can stand in a symbol table as it is. */
static bool is_plain(struct hp_slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$@/",
			    name.ptr[i]) ||
		    !name.ptr[i])
			return false;
	return true;
}

/*
 * pprof demangles, and shortens, a name that is the same as the linkage name.  For a name that
 * is written as in the source and whose linkage name nobody knows there is none here, or the name
 * with its arguments, which would be lost.
 */
static int put_functions(struct pprof_writer *w)
{
	int r = HPROF_OK;

	for (uint32_t i = 0; r == HPROF_OK && i < w->n_functions; i++) {
		const struct hp_vfunc *f = &w->v->funcs[w->function[i].func];
		struct hp_slice name = hp_view_str(w->v, f->bare);
		struct hp_slice linkage = hp_view_str(w->v, f->linkage);
		struct hp_slice full = hp_view_str(w->v, f->full);

		if (!linkage.len && is_plain(name))
			linkage = name;
		if (!hp_view_str(w->v, f->linkage).len && !hp_slice_same(full, name) &&
		    hp_slice_same(hp_name_brief(full), name))
			linkage = full;
		hp_message_uint(&w->record, FUNCTION_ID, i + 1);
		r = put_string(w, &w->record, FUNCTION_NAME, name);
		if (r == HPROF_OK)
			r = put_string(w, &w->record, FUNCTION_SYSTEM_NAME, linkage);
		if (r == HPROF_OK)
			r = put_string(w, &w->record, FUNCTION_FILE,
				       hp_view_str(w->v, w->function[i].file));
		if (r == HPROF_OK)
			put_record(w, PROFILE_FUNCTION);
	}
	return r;
}

/* --- about the profile --- */

/* When it was made: as the caller says, or as the latest of the profiles. */
static int64_t time_of(const struct pprof_writer *w)
{
	int64_t latest = 0;

	if (w->o->has_time)
		return w->o->time_ns;
	for (size_t i = 0; i < w->v->n_profiles; i++) {
		int64_t time_ns = w->v->profiles[i]->time_ns;

		if (time_ns && (!latest || time_ns > latest)) /* it may be before 1970 */
			latest = time_ns;
	}
	return latest;
}

/*
 * The period that tells a reader the errors of the values: 1 where everything was recorded, 0 where
 * they are not known, as those of a difference are not by its values.
 */
static uint64_t period_of(const struct hprof_view *v)
{
	uint64_t period = hp_profile_period(v->profiles[0]);

	if (v->n_bases || v->types[v->chosen].errors == HP_ERRORS_UNKNOWN)
		return 0;
	for (size_t i = 1; i < v->n_profiles; i++)
		if (hp_profile_period(v->profiles[i]) != period)
			return 0;
	return period < 1 ? 1 : period < INT64_MAX ? period : INT64_MAX;
}

/* "jemalloc", or "jemalloc, massif": the formats of all profiles, each once. */
static const char *formats_of(const struct hprof_view *v, char buf[FORMATS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_profiles + v->n_bases && n < FORMATS_MAX; i++) {
		size_t first = 0;

		while (strcmp(v->profiles[first]->format, v->profiles[i]->format) != 0)
			first++;
		if (first == i)
			n += (size_t)snprintf(buf + n, FORMATS_MAX - n, "%s%s", i ? ", " : "",
					      v->profiles[i]->format);
	}
	return buf;
}

static bool is_cut(const struct hprof_view *v)
{
	bool cut = v->opts.prune != HPROF_PRUNE_NONE;

	for (size_t i = 0; i < v->n_profiles + v->n_bases; i++)
		cut |= v->profiles[i]->is_cut;
	return cut;
}

static int put_about(struct pprof_writer *w)
{
	char formats[FORMATS_MAX], comment[FORMATS_MAX + 64];
	uint64_t id = 0;
	int r = put_type(w, PROFILE_PERIOD_TYPE, HP_LIT("space"), "bytes");

	/* comments that begin with '#' are not shown above tables */
	(void)snprintf(comment, sizeof(comment), "#hprof %s, from %s%s", hprof_version(),
		       formats_of(w->v, formats), is_cut(w->v) ? ", allocators cut" : "");
	hp_message_int(&w->profile, PROFILE_TIME, time_of(w));
	hp_message_uint(&w->profile, PROFILE_PERIOD, period_of(w->v));
	if (r == HPROF_OK)
		r = string_id(w, hp_slice_str(comment), &id);
	if (r == HPROF_OK)
		hp_message_uint(&w->profile, PROFILE_COMMENT, id);
	if (r == HPROF_OK)
		r = put_string(w, &w->profile, PROFILE_DEFAULT_TYPE, type_name(w, w->v->chosen));
	hp_packed_put(w->packed, &w->profile);
	return r;
}

static void put_strings(struct pprof_writer *w)
{
	for (uint32_t i = 0; i < w->str.n; i++) {
		hp_message_text(&w->profile, PROFILE_STRING, hp_strtab_get(&w->str, (hp_strid){i}));
		hp_packed_put(w->packed, &w->profile);
	}
}

static int pprof_prepare(struct pprof_writer *w, struct hp_out *out)
{
	const struct hprof_view *v = w->v;
	size_t n = v->n_profiles + v->n_bases;
	uint32_t root;
	int r = hp_packed_open(&w->packed, out, w->err);

	if (r == HPROF_OK)
		r = hp_strtab_init(&w->str, 0, w->err);
	if (r == HPROF_OK)
		r = hp_breakdown_init(v, &w->shares, w->err);
	if (r == HPROF_OK)
		r = order_types(w);
	if (r == HPROF_OK)
		r = hp_tree_add(&w->runs, v->seed, HP_NONE, HP_NONE, &root, w->err);
	if (r < 0)
		return r;
	w->node_location = calloc(v->tree.n, sizeof(*w->node_location));
	w->node_next = calloc(v->tree.n, sizeof(*w->node_next));
	w->module_id = calloc((size_t)v->n_modules + 1, sizeof(*w->module_id));
	w->map_id = calloc(n, sizeof(*w->map_id));
	if (!w->node_location || !w->node_next || !w->module_id || !w->map_id)
		return hp_fail_nomem(w->err);
	for (size_t i = 0; i < n; i++) {
		w->map_id[i] = calloc((size_t)v->profiles[i]->maps.n + 1, sizeof(**w->map_id));
		if (!w->map_id[i])
			return hp_fail_nomem(w->err);
	}
	return HPROF_OK;
}

static void pprof_release(struct pprof_writer *w)
{
	for (size_t i = 0; w->map_id && i < w->v->n_profiles + w->v->n_bases; i++)
		free(w->map_id[i]);
	free(w->map_id);
	free(w->module_id);
	free(w->node_location);
	free(w->node_next);
	free(w->location);
	free(w->run_id);
	free(w->line);
	free(w->mapping);
	free(w->function);
	free(w->type);
	free(w->text);
	hp_index_release(&w->mapping_index);
	hp_index_release(&w->function_index);
	hp_tree_release(&w->runs);
	hp_breakdown_release(&w->shares);
	hp_strtab_release(&w->str);
	hp_message_release(&w->field);
	hp_message_release(&w->inner);
	hp_message_release(&w->record);
	hp_message_release(&w->profile);
	hp_packed_free(w->packed);
}

static int pprof_draw(const struct hprof_view *v, const struct hprof_render_opts *o,
		      struct hp_out *out, struct hprof_error *err)
{
	static int (*const parts[])(struct pprof_writer *) = {
		put_types, put_samples, put_mappings, put_locations, put_functions, put_about};
	struct pprof_writer w = {.v = v, .o = o, .err = err};
	int r = pprof_prepare(&w, out);

	for (size_t i = 0; r == HPROF_OK && i < HP_LEN(parts); i++)
		r = parts[i](&w);
	if (r == HPROF_OK) {
		put_strings(&w);
		r = hp_packed_close(w.packed, err);
		w.packed = NULL;
	}
	pprof_release(&w);
	return r;
}

const struct hp_output hp_output_pprof = {
	{"pprof", "profile.proto, gzipped, for pprof and what reads its files", true},
	pprof_draw,
};
