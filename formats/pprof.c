/*
 * pprof.c - profile.proto: what pprof, Go and many others write, packed with gzip or plain.
 *
 * Parts refer to each other by ids, and to texts by their place in the table of strings, which most
 * writers put last.  So all of the file is in memory, and its outermost fields are listed first;
 * then come strings, types, mappings, functions and locations, and at last the samples.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/callname.h"
#include "analyzer/base/column.h"
#include "formats/counter.h"
#include "formats/ending.h"
#include "formats/format.h"
#include "formats/protobuf.h"
#include "formats/stack_set.h"

#define MOST_BYTES (UINT64_C(1) << 31) /* what protocol buffers can be at most */

enum {
	MOST_TYPES = 256,
	MOST_LINES = 4096,   /* inlined calls at one address */
	AHEAD = 12,          /* samples that are asked for before they are used */
	MOST_FIELDS = 16,    /* numbers of fields that are known are below */
	SMALLEST_OBJECT = 8, /* that a writer counts, in bytes */
	ENOUGH_FIELDS = 8,   /* to take a file for a profile, without a type among them */
};

/* Messages and their fields. */
enum {
	PROFILE_TYPE = 1,
	PROFILE_SAMPLE,
	PROFILE_MAPPING,
	PROFILE_LOCATION,
	PROFILE_FUNCTION,
	PROFILE_STRING,
	PROFILE_DROP,
	PROFILE_KEEP,
	PROFILE_TIME,
	PROFILE_DURATION,
	PROFILE_PERIOD_TYPE,
	PROFILE_PERIOD,
	PROFILE_COMMENT,
	PROFILE_DEFAULT_TYPE,
	PROFILE_DOC_URL,
};

enum { TYPE_NAME = 1, TYPE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT, LABEL_NUMBER, LABEL_UNIT };
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

/* A message whose fields are numbers: their names, and which of them are places of strings. */
struct shape {
	const char *name;
	const char *const *field; /* [n] by number; [0] is not used */
	unsigned n;
	unsigned texts; /* bit i: field i is the place of a string */
};

static const char *const type_fields[] = {"", "type", "unit"};
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
static const char *const sample_fields[] = {"", "location_id", "value", "label"};
static const char *const label_fields[] = {"", "key", "str", "num", "num_unit"};

#define SHAPE(name, fields, texts)                                                                 \
	{                                                                                          \
		(name), (fields), HP_LEN(fields), (texts)                                          \
	}
static const struct shape type_shape =
	SHAPE("sample_type", type_fields, 1 << TYPE_NAME | 1 << TYPE_UNIT);
static const struct shape period_shape =
	SHAPE("period_type", type_fields, 1 << TYPE_NAME | 1 << TYPE_UNIT);
static const struct shape mapping_shape =
	SHAPE("mapping", mapping_fields, 1 << MAPPING_FILE | 1 << MAPPING_BUILD_ID);
static const struct shape location_shape = SHAPE("location", location_fields, 0);
static const struct shape line_shape = SHAPE("line of location", line_fields, 0);
static const struct shape function_shape =
	SHAPE("function", function_fields,
	      1 << FUNCTION_NAME | 1 << FUNCTION_SYSTEM_NAME | 1 << FUNCTION_FILE);
static const struct shape sample_shape = SHAPE("sample", sample_fields, 0);
static const struct shape label_shape =
	SHAPE("label of sample", label_fields, 1 << LABEL_KEY | 1 << LABEL_TEXT | 1 << LABEL_UNIT);

/* Where a message or a text lies in the file. */
struct part {
	uint32_t at, len;
};

/* Those of one kind, in the order of the file. */
struct parts {
	struct part *row;
	uint32_t n, cap;
};

/* Ids of one kind: most writers count from 1, and then the place is known at once. */
struct ids {
	uint64_t *id; /* [n] */
	uint32_t n;
	struct hp_index index; /* of those that are not at their place */
};

struct mapping {
	hp_modid module; /* HP_NONE: nothing is known of it */
	uint64_t shift;  /* of addresses in it, away from other mappings */
	uint64_t start, limit, offset;
	hp_strid file, build_id;
	bool placed; /* it is known where it lay */
	bool lost;   /* but other mappings are there, and nowhere is room */
};

struct type {
	uint32_t to; /* type of the profile, HP_NONE: left out */
};

/* Types of the profile that the writer estimated together, HP_NONE: not there. */
struct pair {
	uint32_t objects, space;
};

struct sample {
	uint64_t size;         /* label "bytes"; 0: none */
	hp_strid thread, name; /* labels "thread" and "thread_name", if threads are kept; 0: none */
};

/* A sample that is being read. */
struct entry {
	uint64_t i; /* in the file */
	struct hp_slice bytes;
	uint32_t n_values;
};

struct reader {
	struct hp_builder *b;
	struct hprof_error *err;
	uint64_t seed;
	struct hp_slice bytes; /* all of the file */
	struct parts types, mappings, locations, functions, strings;
	struct hp_slice period_type;
	uint64_t number[MOST_FIELDS]; /* numbers of the profile */
	bool seen[MOST_FIELDS];
	uint64_t comment;      /* the first one, 0: none */
	uint64_t last_comment; /* the one that is last in the table of strings */
	uint32_t *string;      /* [strings.n] 1 + id, 0: not yet */
	struct ids mapping_ids, location_ids, function_ids;
	struct mapping *mapping;
	uint64_t lowest, top; /* all mappings lie between; at first 2^64 - 1, 0 */
	uint64_t room;        /* the highest limit that is not the kernel's */
	hp_funcid *function;  /* [functions.n] HP_NONE: without a name */
	hp_locid *location;   /* [locations.n] */
	struct type *type;    /* [types.n] */
	struct hp_frame *frame;
	uint32_t cap_frames;
	struct sample *sample; /* [n_samples] */
	uint32_t n_samples, cap_samples;
	int64_t *value; /* [n_values] those of sample after sample */
	uint32_t n_values, cap_values;
	struct hp_stack_set stacks; /* [n_samples] */
	hp_locid *loc;              /* [n_locs] of the sample at hand, leaf first */
	uint32_t n_locs, cap_locs;
	struct hp_measure *measure; /* [types.n] */
	struct pair pair[2];        /* of what is in use, and of all */
};

/* --- failures --- */

/* Where @at lies in the file. */
static uint64_t offset_of(const struct reader *r, const void *at)
{
	return (uint64_t)((const char *)at - r->bytes.ptr);
}

#define FAIL(r, at, ...) hp_fail_at((r)->err, HPROF_EFORMAT, 0, offset_of((r), (at)), __VA_ARGS__)

/* Entry @i of table @shape->name ends inside of field @field, or that is none. */
static int damaged(const struct reader *r, const struct shape *shape, uint64_t i, uint64_t field,
		   const void *at)
{
	if (field > 0 && field < shape->n)
		return FAIL(r, at, "%s %" PRIu64 ": %s is cut or damaged", shape->name, i + 1,
			    shape->field[field]);
	return FAIL(r, at, "%s %" PRIu64 ": field number %" PRIu64 " is cut or damaged",
		    shape->name, i + 1, field);
}

/* --- messages --- */

static int add_part(struct reader *r, struct parts *m, struct hp_slice s)
{
	if (m->n >= r->b->limits.rows)
		return hp_fail(r->err, HPROF_ELIMIT, "more than %" PRIu32 " entries in a table",
			       r->b->limits.rows);
	if (!HP_COLUMN_ROOM(m->row, m->n, m->cap))
		return hp_fail_nomem(r->err);
	m->row[m->n++] = (struct part){(uint32_t)offset_of(r, s.ptr), (uint32_t)s.len};
	return HPROF_OK;
}

static struct hp_slice part_of(const struct reader *r, const struct parts *m, uint64_t i)
{
	return (struct hp_slice){r->bytes.ptr + m->row[i].at, m->row[i].len};
}

/* Check that text number @text of the table is there, for field @field of entry @i. */
static int check_text(const struct reader *r, const char *name, uint64_t i, const char *field,
		      uint64_t text, const void *at)
{
	if (text < r->strings.n)
		return HPROF_OK;
	return FAIL(r, at, "%s %" PRIu64 ": %s: no string %" PRId64 ", there are %" PRIu32, name,
		    i + 1, field, (int64_t)text, r->strings.n);
}

/* Read message @s, entry @i of its table: @value[shape->n], 0 where a field is not there. */
static int read_numbers(const struct reader *r, const struct shape *shape, struct hp_slice s,
			uint64_t i, uint64_t *value)
{
	struct hp_cursor c = hp_cursor_init(s.ptr, s.len);
	struct hp_pb_field f = {0};

	for (unsigned k = 0; k < shape->n; k++)
		value[k] = 0;
	while (hp_pb_next(&c, &f)) {
		if (f.number >= shape->n)
			continue;
		if (f.wire != HP_PB_VARINT)
			return FAIL(r, s.ptr, "%s %" PRIu64 ": %s is no number", shape->name, i + 1,
				    shape->field[f.number]);
		value[f.number] = f.value;
	}
	if (c.failed)
		return damaged(r, shape, i, f.number, s.ptr);
	for (unsigned k = 1; k < shape->n; k++) {
		int n = shape->texts & 1u << k
				? check_text(r, shape->name, i, shape->field[k], value[k], s.ptr)
				: HPROF_OK;

		if (n < 0)
			return n;
	}
	return HPROF_OK;
}

static struct hp_slice text_of(const struct reader *r, uint64_t i)
{
	return part_of(r, &r->strings, i);
}

/* The profile's id of text number @i, which is there. */
static int string_of(struct reader *r, uint64_t i, hp_strid *out)
{
	int n = HPROF_OK;

	if (!r->string[i]) {
		hp_strid id;

		n = hp_build_text(r->b, text_of(r, i), &id);
		if (n == HPROF_OK)
			r->string[i] = id.i + 1;
	}
	if (n == HPROF_OK)
		out->i = r->string[i] - 1;
	return n;
}

/* --- the outermost message --- */

static const char *const profile_fields[MOST_FIELDS] = {"",
							"sample_type",
							"sample",
							"mapping",
							"location",
							"function",
							"string_table",
							"drop_frames",
							"keep_frames",
							"time_nanos",
							"duration_nanos",
							"period_type",
							"period",
							"comment",
							"default_sample_type",
							"doc_url"};

/* What of a field may be there once; two files, one behind the other, have it twice. */
static int check_once(struct reader *r, unsigned field, const void *at)
{
	if (r->seen[field])
		return FAIL(r, at,
			    "%s is there a second time: these are several profiles, one behind the "
			    "other",
			    profile_fields[field]);
	r->seen[field] = true;
	return HPROF_OK;
}

/* The first comment is of interest; of all of them, the highest place of a string is checked. */
static void note_comment(struct reader *r, uint64_t text)
{
	if (!r->comment)
		r->comment = text;
	if (text > r->last_comment)
		r->last_comment = text;
}

/* Comments are numbers that may be packed. */
static int read_comment(struct reader *r, const struct hp_pb_field *f, const void *at)
{
	struct hp_cursor c = hp_cursor_init(f->bytes.ptr, f->bytes.len);

	if (f->wire == HP_PB_VARINT)
		note_comment(r, f->value);
	while (f->wire == HP_PB_BYTES && !c.failed && hp_cursor_left(&c)) {
		uint64_t text = hp_get_varint(&c);

		if (!c.failed)
			note_comment(r, text);
	}
	if (c.failed || (f->wire != HP_PB_VARINT && f->wire != HP_PB_BYTES))
		return FAIL(r, at, "comment is no number");
	return HPROF_OK;
}

static int list_field(struct reader *r, const struct hp_pb_field *f, const void *at)
{
	struct parts *const table[MOST_FIELDS] = {
		[PROFILE_TYPE] = &r->types,         [PROFILE_MAPPING] = &r->mappings,
		[PROFILE_LOCATION] = &r->locations, [PROFILE_FUNCTION] = &r->functions,
		[PROFILE_STRING] = &r->strings,
	};
	bool is_message = f->number <= PROFILE_STRING || f->number == PROFILE_PERIOD_TYPE;
	int n;

	if (f->number >= MOST_FIELDS)
		return HPROF_OK; /* of a later version */
	if (f->number == PROFILE_COMMENT)
		return read_comment(r, f, at);
	if (f->wire != (is_message ? HP_PB_BYTES : HP_PB_VARINT))
		return FAIL(r, at, "%s is no %s", profile_fields[f->number],
			    is_message ? "message" : "number");
	if (f->number == PROFILE_SAMPLE)
		return HPROF_OK; /* when all that it refers to is known */
	if (table[f->number])
		return add_part(r, table[f->number], f->bytes);
	n = check_once(r, (unsigned)f->number, at);
	if (f->number == PROFILE_PERIOD_TYPE)
		r->period_type = f->bytes;
	r->number[f->number] = f->value;
	return n;
}

static int list_fields(struct reader *r)
{
	struct hp_cursor c = hp_cursor_init(r->bytes.ptr, r->bytes.len);
	const void *at = c.next;
	struct hp_pb_field f = {0};
	int n = HPROF_OK;

	for (; n == HPROF_OK && hp_pb_next(&c, &f); at = c.next)
		n = list_field(r, &f, at);
	if (n < 0 || !c.failed)
		return n;
	if (f.number > 0 && f.number < MOST_FIELDS)
		return hp_fail_at(r->err, HPROF_ETRUNC, 0, offset_of(r, at),
				  "%s: the file ends inside of it, or is damaged here or before",
				  profile_fields[f.number]);
	return hp_fail_at(r->err, HPROF_ETRUNC, 0, offset_of(r, at),
			  "field number %" PRIu64
			  " makes no sense: the file is damaged here or before",
			  f.number);
}

static int check_strings(struct reader *r)
{
	static const struct {
		unsigned field;
		uint64_t unset;
	} texts[] = {{PROFILE_DROP, 0},
		     {PROFILE_KEEP, 0},
		     {PROFILE_DEFAULT_TYPE, 0},
		     {PROFILE_DOC_URL, 0}};

	if (!r->strings.n)
		return FAIL(r, r->bytes.ptr, "string_table is missing");
	if (r->strings.row[0].len)
		return FAIL(r, text_of(r, 0).ptr, "string_table: the first one is not \"\"");
	r->string = calloc(r->strings.n, sizeof(*r->string));
	if (!r->string)
		return hp_fail_nomem(r->err);
	for (size_t i = 0; i < HP_LEN(texts); i++)
		if (r->number[texts[i].field] >= r->strings.n)
			return FAIL(r, r->bytes.ptr,
				    "%s: no string %" PRId64 ", there are %" PRIu32,
				    profile_fields[texts[i].field],
				    (int64_t)r->number[texts[i].field], r->strings.n);
	if (r->last_comment >= r->strings.n)
		return FAIL(r, r->bytes.ptr, "comment: no string %" PRId64 ", there are %" PRIu32,
			    (int64_t)r->last_comment, r->strings.n);
	return HPROF_OK;
}

/* --- ids --- */

static bool same_id(const void *ctx, uint32_t row, const void *key)
{
	return ((const struct ids *)ctx)->id[row] == *(const uint64_t *)key;
}

/* The row with @id, UINT32_MAX if there is none. */
static inline uint32_t find_id(const struct reader *r, const struct ids *t, uint64_t id)
{
	if (id - 1 < t->n && t->id[id - 1] == id)
		return (uint32_t)(id - 1);
	return hp_index_find(&t->index, hp_hash_pair(r->seed, id, 0), same_id, t, &id);
}

static int open_ids(struct reader *r, struct ids *t, const struct parts *m)
{
	t->id = calloc((size_t)m->n + 1, sizeof(*t->id));
	return t->id ? HPROF_OK : hp_fail_nomem(r->err);
}

/* Give the next row of @t its id. */
static int add_id(struct reader *r, struct ids *t, const char *name, uint64_t id, const void *at)
{
	if (id == 0)
		return FAIL(r, at, "%s %" PRIu32 ": id is 0", name, t->n + 1);
	if (find_id(r, t, id) != UINT32_MAX)
		return FAIL(r, at, "%s %" PRIu32 ": id %" PRIu64 " is there a second time", name,
			    t->n + 1, id);
	if (id != (uint64_t)t->n + 1 &&
	    !hp_index_add(&t->index, hp_hash_pair(r->seed, id, 0), t->n))
		return hp_fail_nomem(r->err);
	t->id[t->n++] = id;
	return HPROF_OK;
}

/* --- sample types --- */

static bool is_bytes(struct hp_slice unit)
{
	return hp_slice_same(unit, HP_LIT("bytes")) || hp_slice_same(unit, HP_LIT("byte")) ||
	       hp_slice_same(unit, HP_LIT("B"));
}

/* "space" and "objects" are what is in use, as the writers of old called it. */
static struct hp_slice usual_name(struct hp_slice name)
{
	if (hp_slice_same(name, HP_LIT("space")))
		return HP_LIT("inuse_space");
	if (hp_slice_same(name, HP_LIT("objects")))
		return HP_LIT("inuse_objects");
	return name;
}

/* @types: what there is, '"cpu" in "nanoseconds"', with commas between. */
static int not_of_a_heap(const struct reader *r, const char *types)
{
	return hp_fail_at(r->err, HPROF_EUNSUPPORTED, 0, 0,
			  "this is a profile of %s, not of a heap: no sample_type is in bytes",
			  types);
}

/* Put type @name in @unit behind those in @types, of which the first few are told. */
static void tell_type(char *types, size_t size, struct hp_slice name, struct hp_slice unit)
{
	char a[HP_QUOTED_MAX], b[HP_QUOTED_MAX];
	size_t n = strlen(types);

	hp_quote(a, name);
	hp_quote(b, unit);
	if (n + strlen(a) + strlen(b) +
		    sizeof(", "
			   " in ") <=
	    size)
		(void)snprintf(types + n, size - n, "%s%s in %s", n ? ", " : "", a, b); /* fits */
}

/* Add type number @i of the file, or leave it out. */
static int add_type(struct reader *r, uint32_t i, uint64_t name, uint64_t unit)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_slice text = text_of(r, name), usual;
	bool bytes = is_bytes(text_of(r, unit));
	char quoted[HP_QUOTED_MAX];
	hp_strid id;
	int n;

	r->type[i].to = HP_NONE;
	text.len = strnlen(text.ptr, text.len); /* names of types are C strings */
	usual = usual_name(text);
	if (!text.len || (!bytes && !hp_slice_same(text_of(r, unit), HP_LIT("count")))) {
		hp_build_warn_each(
			r->b, "pprof-type",
			text.len ? "sample_type %s is neither in bytes nor a count; it is left out"
				 : "sample_type %s has no name; it is left out",
			hp_quote(quoted, text));
		return HPROF_OK;
	}
	n = hp_build_text(r->b, usual, &id);
	if (n < 0)
		return n;
	for (uint32_t t = 0; t < p->n_types; t++)
		if (p->types[t].name.i == id.i) {
			hp_build_warn_each(
				r->b, "pprof-type-twice",
				hp_slice_same(usual, text)
					? "sample_type %s is there a second time; it is left out"
					: "sample_type %s means the same as one before it; it is "
					  "left out",
				hp_quote(quoted, text));
			return HPROF_OK;
		}
	r->type[i].to = p->n_types;
	n = hp_build_type(r->b, hp_profile_str(p, id).ptr, bytes ? HP_UNIT_BYTES : HP_UNIT_COUNT,
			  hp_slice_starts(usual, HP_LIT("alloc_")) ? HP_TYPE_FLOW : HP_TYPE_LEVEL,
			  false);
	if (n == HPROF_OK && !hp_slice_same(usual, text))
		n = hp_build_alias(r->b, text);
	return n;
}

/* What is in use if it is there, or else as the file says, or else the last in bytes. */
static void choose_default(const struct reader *r)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_slice said = usual_name(text_of(r, r->number[PROFILE_DEFAULT_TYPE]));
	unsigned most = 0;

	for (uint32_t t = 0; t < p->n_types; t++) {
		struct hp_slice name = hp_profile_str(p, p->types[t].name);
		unsigned rank = hp_slice_same(name, HP_LIT("inuse_space")) ? 3
				: said.len && hp_slice_same(name, said)    ? 2
				: p->types[t].unit == HP_UNIT_BYTES        ? 1
									   : 0;

		if (rank < most)
			continue;
		most = rank;
		hp_build_set_default_type(r->b, t);
	}
}

static bool is_of_hprof(const struct reader *r)
{
	return hp_slice_starts(text_of(r, r->comment), HP_LIT("#hprof "));
}

static int read_types(struct reader *r)
{
	char types[2 * HP_QUOTED_MAX + 16] = "";
	bool any_bytes = is_of_hprof(r); /* it writes those of heaps only */
	int n = HPROF_OK;

	if (!r->types.n)
		return FAIL(r, r->bytes.ptr, "sample_type is missing");
	if (r->types.n > MOST_TYPES)
		return hp_fail(r->err, HPROF_ELIMIT, "more than %d sample types", MOST_TYPES);
	r->type = calloc(r->types.n, sizeof(*r->type));
	r->measure = calloc(r->types.n, sizeof(*r->measure));
	if (!r->type || !r->measure)
		return hp_fail_nomem(r->err);
	for (uint32_t i = 0; n == HPROF_OK && i < r->types.n; i++) {
		uint64_t v[HP_LEN(type_fields)];

		n = read_numbers(r, &type_shape, part_of(r, &r->types, i), i, v);
		if (n < 0)
			return n;
		tell_type(types, sizeof(types), text_of(r, v[TYPE_NAME]), text_of(r, v[TYPE_UNIT]));
		n = add_type(r, i, v[TYPE_NAME], v[TYPE_UNIT]);
	}
	for (uint32_t t = 0; t < r->b->p->n_types; t++)
		any_bytes |= r->b->p->types[t].unit == HP_UNIT_BYTES;
	if (n == HPROF_OK && (!any_bytes || !r->b->p->n_types))
		return not_of_a_heap(r, types);
	if (n == HPROF_OK)
		choose_default(r);
	return n;
}

/* --- mappings --- */

/*
 * Some writers do not tell where a file lay: their mappings have no limit, or reach from 0 to
 * the end, and addresses are those of the file.
 */
static bool is_placed(const struct mapping *m)
{
	return m->start < m->limit && !(m->start == 0 && m->limit > INT64_MAX);
}

/* Whether something is in the place of @m; most writers have them in the order of addresses. */
static bool overlaps(const struct reader *r, const struct hp_mapping *m)
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
static int place_mapping(struct reader *r, struct mapping *m, const struct hp_mapping *told)
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
static void note_file(struct reader *r, const struct mapping *m)
{
	struct hp_slice path = hp_profile_str(r->b->p, m->file);

	if (m->module.i != HP_NONE && path.len && !strchr("/[", path.ptr[0]) &&
	    !hp_slice_starts(path, HP_LIT("anon_inode:")) &&
	    !hp_slice_starts(path, HP_LIT("linux-vdso")))
		hp_build_module_status(r->b, m->module, HP_MODULE_UNREAD);
}

static int settle_mapping(struct reader *r, struct mapping *m)
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

static int read_mappings(struct reader *r)
{
	int n = open_ids(r, &r->mapping_ids, &r->mappings);

	r->mapping = calloc((size_t)r->mappings.n + 1, sizeof(*r->mapping));
	if (!r->mapping)
		n = hp_fail_nomem(r->err);
	for (uint32_t i = 0; n == HPROF_OK && i < r->mappings.n; i++) {
		struct mapping *m = &r->mapping[i];
		const struct hp_module *module;
		uint64_t v[HP_LEN(mapping_fields)];

		n = read_numbers(r, &mapping_shape, part_of(r, &r->mappings, i), i, v);
		if (n == HPROF_OK)
			n = add_id(r, &r->mapping_ids, "mapping", v[MAPPING_ID],
				   part_of(r, &r->mappings, i).ptr);
		if (n == HPROF_OK)
			n = string_of(r, v[MAPPING_FILE], &m->file);
		if (n == HPROF_OK)
			n = string_of(r, v[MAPPING_BUILD_ID], &m->build_id);
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

static int add_function(struct reader *r, uint32_t i, const uint64_t *v)
{
	struct hp_slice name = text_of(r, v[FUNCTION_NAME]);
	struct hp_slice system = text_of(r, v[FUNCTION_SYSTEM_NAME]);
	struct hp_func_names names;

	r->function[i] = (hp_funcid){HP_NONE};
	if (!name.len)
		name = system;
	if (!name.len)
		return HPROF_OK;
	names = (struct hp_func_names){hp_name_brief(name), name, system,
				       text_of(r, v[FUNCTION_FILE])};
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

static int read_functions(struct reader *r)
{
	int n = open_ids(r, &r->function_ids, &r->functions);

	r->function = calloc((size_t)r->functions.n + 1, sizeof(*r->function));
	if (!r->function)
		n = hp_fail_nomem(r->err);
	if (n == HPROF_OK)
		hp_build_expect(r->b, r->functions.n, r->locations.n);
	for (uint32_t i = 0; n == HPROF_OK && i < r->functions.n; i++) {
		uint64_t v[HP_LEN(function_fields)];

		n = read_numbers(r, &function_shape, part_of(r, &r->functions, i), i, v);
		if (n == HPROF_OK)
			n = add_id(r, &r->function_ids, "function", v[FUNCTION_ID],
				   part_of(r, &r->functions, i).ptr);
		if (n == HPROF_OK)
			n = add_function(r, i, v);
	}
	return n;
}

/* Line @s of location @i becomes one more of its @n_frames frames. */
static int read_line(struct reader *r, uint32_t i, struct hp_slice s, uint32_t *n_frames)
{
	uint64_t v[HP_LEN(line_fields)];
	uint32_t row;
	int n = read_numbers(r, &line_shape, s, i, v);

	if (n < 0)
		return n;
	row = find_id(r, &r->function_ids, v[LINE_FUNCTION]);
	if (row == UINT32_MAX)
		return FAIL(r, s.ptr,
			    "location %" PRIu32 ": function_id %" PRIu64 ": no such function",
			    i + 1, v[LINE_FUNCTION]);
	if (r->function[row].i == HP_NONE)
		return HPROF_OK;
	if (*n_frames >= MOST_LINES)
		return hp_fail_at(r->err, HPROF_ELIMIT, 0, offset_of(r, s.ptr),
				  "location %" PRIu32 ": more than %d lines", i + 1, MOST_LINES);
	if (!HP_COLUMN_ROOM(r->frame, *n_frames, r->cap_frames))
		return hp_fail_nomem(r->err);
	r->frame[(*n_frames)++] = (struct hp_frame){
		r->function[row], v[LINE_LINE] <= UINT32_MAX ? (uint32_t)v[LINE_LINE] : 0};
	return HPROF_OK;
}

/* Numbers of location @i, and its frames, @n_frames of them. */
static int read_location(struct reader *r, uint32_t i, uint64_t *v, uint32_t *n_frames)
{
	struct hp_slice s = part_of(r, &r->locations, i);
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
			return FAIL(r, s.ptr, "location %" PRIu32 ": %s is no %s", i + 1,
				    location_fields[f.number], is_line ? "message" : "number");
		if (is_line)
			n = read_line(r, i, f.bytes, n_frames);
		else
			v[f.number] = f.value;
	}
	return n == HPROF_OK && c.failed ? damaged(r, &location_shape, i, f.number, s.ptr) : n;
}

/* Where location @loc is, if its address alone does not tell. */
static int place_location(struct reader *r, hp_locid loc, uint64_t addr, const struct mapping *m)
{
	bool inside = m->placed && addr - m->start < m->limit - m->start;

	if (m->module.i == HP_NONE || inside)
		return HPROF_OK;
	return hp_build_place(r->b, &(struct hp_place){loc, addr, m->module, false});
}

static int add_location(struct reader *r, uint32_t i, const uint64_t *v, uint32_t n_frames)
{
	static const struct mapping none = {.module = {HP_NONE}};
	uint32_t row = find_id(r, &r->mapping_ids, v[LOCATION_MAPPING]);
	const struct mapping *m = v[LOCATION_MAPPING] ? &r->mapping[row] : &none;
	uint64_t addr = v[LOCATION_ADDRESS];
	int n;

	if (v[LOCATION_MAPPING] && row == UINT32_MAX)
		return FAIL(r, part_of(r, &r->locations, i).ptr,
			    "location %" PRIu32 ": mapping_id %" PRIu64 ": no such mapping", i + 1,
			    v[LOCATION_MAPPING]);
	if (m->shift && addr - m->start < m->limit - m->start)
		addr += m->shift;
	if (m->lost)
		addr = 0; /* it would be taken for one of another file */
	n = hp_build_location(r->b, addr, r->frame, n_frames, &r->location[i]);
	return n < 0 ? n : place_location(r, r->location[i], v[LOCATION_ADDRESS], m);
}

static int read_locations(struct reader *r)
{
	int n = open_ids(r, &r->location_ids, &r->locations);

	r->location = calloc((size_t)r->locations.n + 1, sizeof(*r->location));
	if (!r->location)
		n = hp_fail_nomem(r->err);
	for (uint32_t i = 0; n == HPROF_OK && i < r->locations.n; i++) {
		uint64_t v[HP_LEN(location_fields)];
		uint32_t n_frames;

		n = read_location(r, i, v, &n_frames);
		if (n == HPROF_OK)
			n = add_id(r, &r->location_ids, "location", v[LOCATION_ID],
				   part_of(r, &r->locations, i).ptr);
		if (n == HPROF_OK)
			n = add_location(r, i, v, n_frames);
	}
	return n;
}

/* --- samples --- */

/* Room for @n more locations: a number is one byte at least, so the file has that many. */
static int locations_room(struct reader *r, size_t n)
{
	uint32_t cap =
		n <= UINT32_MAX / 2 ? hp_column_cap(r->cap_locs, r->n_locs + (uint32_t)n) : 0;

	if (n <= r->cap_locs - r->n_locs)
		return HPROF_OK;
	if (!cap || !hp_column_resize(&r->loc, sizeof(*r->loc), cap))
		return hp_fail_nomem(r->err);
	r->cap_locs = cap;
	return HPROF_OK;
}

static int no_location(const struct reader *r, const struct entry *e, uint64_t id)
{
	return FAIL(r, e->bytes.ptr,
		    "sample %" PRIu64 ": location_id %" PRIu64 ": no such location", e->i + 1, id);
}

static int too_deep(const struct reader *r, const struct entry *e)
{
	return hp_fail_deep(r->err, 0, (uint64_t)(e->bytes.ptr - r->bytes.ptr));
}

/* There is room for it, up to the limit. */
static inline int add_sample_location(struct reader *r, const struct entry *e, uint64_t id)
{
	uint32_t row = find_id(r, &r->location_ids, id);

	if (r->n_locs == HP_STACK_MAX)
		return too_deep(r, e);
	if (row == UINT32_MAX)
		return no_location(r, e, id);
	r->loc[r->n_locs++] = r->location[row];
	return HPROF_OK;
}

/* More values than there are types are counted only. */
static int add_sample_value(struct reader *r, struct entry *e, uint64_t value)
{
	if (e->n_values++ >= r->types.n)
		return HPROF_OK;
	if (r->n_values >= r->b->limits.rows)
		return hp_fail(r->err, HPROF_ELIMIT, "more than %" PRIu32 " values",
			       r->b->limits.rows);
	if (!HP_COLUMN_ROOM(r->value, r->n_values, r->cap_values))
		return hp_fail_nomem(r->err);
	r->value[r->n_values++] = (int64_t)value;
	return HPROF_OK;
}

/* Field @f of a sample: numbers, packed or one at a time. */
static int read_repeated(struct reader *r, struct entry *e, const struct hp_pb_field *f)
{
	bool is_location = f->number == SAMPLE_LOCATION;
	struct hp_cursor c = hp_cursor_init(f->bytes.ptr, f->bytes.len);
	size_t most = f->bytes.len < HP_STACK_MAX ? f->bytes.len + 1 : HP_STACK_MAX + 1;
	int n = is_location ? locations_room(r, most) : HPROF_OK;

	if (n < 0)
		return n;
	if (f->wire == HP_PB_VARINT)
		return is_location ? add_sample_location(r, e, f->value)
				   : add_sample_value(r, e, f->value);
	if (f->wire != HP_PB_BYTES)
		return FAIL(r, e->bytes.ptr, "sample %" PRIu64 ": %s is no number", e->i + 1,
			    is_location ? "location_id" : "value");
	while (n == HPROF_OK && !c.failed && hp_cursor_left(&c)) {
		uint64_t v = hp_get_varint(&c);

		if (!c.failed)
			n = is_location ? add_sample_location(r, e, v) : add_sample_value(r, e, v);
	}
	if (n == HPROF_OK && c.failed)
		return FAIL(r, e->bytes.ptr, "sample %" PRIu64 ": %s ends inside of a number",
			    e->i + 1, is_location ? "location_id" : "value");
	return n;
}

/* The id of a thread: a text, or a number, which pprof takes for none if it is 0 without a unit. */
static int read_thread(struct reader *r, const uint64_t *v, hp_strid *out)
{
	char number[24];
	int n;

	if (v[LABEL_TEXT] || (!v[LABEL_NUMBER] && !v[LABEL_UNIT]))
		return string_of(r, v[LABEL_TEXT], out);
	n = snprintf(number, sizeof(number), "%" PRId64, (int64_t)v[LABEL_NUMBER]);
	return hp_build_text(r->b, (struct hp_slice){number, (size_t)n}, out);
}

static int read_label(struct reader *r, struct entry *e, struct sample *s,
		      const struct hp_pb_field *f)
{
	uint64_t v[HP_LEN(label_fields)];
	struct hp_slice key;
	int n;

	if (f->wire != HP_PB_BYTES)
		return FAIL(r, e->bytes.ptr, "sample %" PRIu64 ": label is no message", e->i + 1);
	n = read_numbers(r, &label_shape, f->bytes, e->i, v);
	if (n < 0)
		return n;
	key = text_of(r, v[LABEL_KEY]);
	if (hp_slice_same(key, HP_LIT("bytes")) && !v[LABEL_TEXT] && v[LABEL_NUMBER] <= INT64_MAX)
		s->size = v[LABEL_NUMBER];
	else if (r->b->thread_values && hp_slice_same(key, HP_LIT("thread")))
		n = read_thread(r, v, &s->thread);
	else if (r->b->thread_values && hp_slice_same(key, HP_LIT("thread_name")))
		n = string_of(r, v[LABEL_TEXT], &s->name);
	return n;
}

static int read_sample(struct reader *r, struct entry *e)
{
	struct hp_cursor c = hp_cursor_init(e->bytes.ptr, e->bytes.len);
	struct sample s = {0};
	struct hp_pb_field f = {0};
	int n = HPROF_OK;

	r->n_locs = 0;
	while (n == HPROF_OK && hp_pb_next(&c, &f)) {
		if (f.number == SAMPLE_LOCATION || f.number == SAMPLE_VALUE)
			n = read_repeated(r, e, &f);
		else if (f.number == SAMPLE_LABEL)
			n = read_label(r, e, &s, &f);
	}
	if (n < 0)
		return n;
	if (c.failed)
		return damaged(r, &sample_shape, e->i, f.number, e->bytes.ptr);
	if (e->n_values != r->types.n)
		return FAIL(r, e->bytes.ptr,
			    "sample %" PRIu64 ": value: found %" PRIu32 ", expected %" PRIu32
			    ", one for each sample_type",
			    e->i + 1, e->n_values, r->types.n);
	n = hp_stack_set_add(&r->stacks, r->b, r->loc, r->n_locs);
	if (n < 0)
		return n;
	if (!HP_COLUMN_ROOM(r->sample, r->n_samples, r->cap_samples))
		return hp_fail_nomem(r->err);
	r->sample[r->n_samples++] = s;
	return HPROF_OK;
}

static int read_samples(struct reader *r)
{
	struct hp_cursor c = hp_cursor_init(r->bytes.ptr, r->bytes.len);
	struct hp_pb_field f;
	uint64_t i = 0;
	int n = HPROF_OK;

	while (n == HPROF_OK && hp_pb_next(&c, &f))
		if (f.number == PROFILE_SAMPLE)
			n = read_sample(r, &(struct entry){.i = i++, .bytes = f.bytes});
	return n;
}

static bool has_thread(const struct sample *s)
{
	return s->thread.i || s->name.i;
}

/*
 * A thread is known by its label "thread"; that is a name as well, unless it is a number.  Where
 * there is a name alone, threads are known by that.
 */
static int find_thread(struct reader *r, const struct sample *s, hp_threadid *out)
{
	struct hp_slice id = hp_profile_str(r->b->p, s->thread);
	struct hp_slice name = hp_profile_str(r->b->p, s->name);
	struct hp_slice digits = id;

	if (digits.len && digits.ptr[0] == '-')
		digits = hp_slice_from(digits, 1);
	while (digits.len && digits.ptr[0] >= '0' && digits.ptr[0] <= '9')
		digits = hp_slice_from(digits, 1);
	if (!name.len && digits.len)
		name = id;
	return hp_build_thread(r->b, id.len ? id : name, name, out);
}

/*
 * Mean size of the objects of a sample: that of the label, which Go writes exactly, as far as the
 * values, whole numbers, are no other; or else the values tell.  0: nothing does.
 */
static double size_of(double objects, double bytes, double label)
{
	if (label > 0 && fabs(bytes / label - objects) <= 1)
		return label;
	return objects > 0 ? bytes / objects : 0;
}

static void estimate_pair(struct reader *r, const struct pair *pair, double label)
{
	static const struct hp_measure none = {0};
	double period = (double)r->b->p->scaled_period;
	const struct hp_measure *o = pair->objects == HP_NONE ? &none : &r->measure[pair->objects];
	const struct hp_measure *s = pair->space == HP_NONE ? &none : &r->measure[pair->space];
	bool both = pair->objects != HP_NONE && pair->space != HP_NONE;
	double size = both ? size_of(fabs(o->estimate), fabs(s->estimate), label) : label;
	struct hp_measure objects, bytes;

	hp_unestimate(o->estimate, s->estimate, size, period, SMALLEST_OBJECT, &objects, &bytes);
	if (pair->objects != HP_NONE)
		r->measure[pair->objects] = objects;
	if (pair->space != HP_NONE)
		r->measure[pair->space] = bytes;
}

/* The values of a sample, whose objects have @label bytes, or 0: not told. */
static void measure(struct reader *r, const int64_t *value, double label)
{
	for (uint32_t t = 0; t < r->types.n; t++)
		if (r->type[t].to != HP_NONE) {
			r->measure[r->type[t].to] =
				(struct hp_measure){(double)value[t], 0, (double)value[t]};
			/* a difference, which does not tell the errors of its two sides */
			if (value[t] < 0)
				hp_build_set_no_errors(r->b, r->type[t].to, true);
		}
	for (size_t i = 0; r->b->p->scaled_period > 1 && i < HP_LEN(r->pair); i++)
		estimate_pair(r, &r->pair[i], label);
}

/* Warn of values below 0 of sample @i. */
static void tell_below(struct reader *r, uint32_t i, const int64_t *value)
{
	double v[MOST_TYPES] = {0};
	bool any = false;

	for (uint32_t t = 0; t < r->types.n; t++)
		any |= value[t] < 0;
	for (uint32_t t = 0; any && t < r->types.n; t++)
		if (r->type[t].to != HP_NONE)
			v[r->type[t].to] = (double)value[t];
	if (any)
		hp_counter_tell(r->b, "sample", (uint64_t)i + 1, v);
}

static int add_sample(struct reader *r, uint32_t i, hp_stackid stack)
{
	const struct sample *s = &r->sample[i];
	const int64_t *value = &r->value[(size_t)i * r->types.n];
	const struct hp_sizes size = {.inuse = (double)s->size};
	hp_threadid thread;
	int n;

	measure(r, value, (double)s->size);
	tell_below(r, i, value);
	n = hp_build_sized_sample(r->b, stack, size, r->measure);
	if (n < 0 || !has_thread(s))
		return n;
	n = find_thread(r, s, &thread);
	return n < 0 ? n : hp_build_thread_sample(r->b, stack, thread, r->measure);
}

/* Threads in the order of the file, samples in that of their stacks: neighbours are used together.
 */
static int add_samples(struct reader *r)
{
	struct hp_placed_stack *placed = calloc((size_t)r->n_samples + 1, sizeof(*placed));
	hp_threadid thread;
	int n = placed ? hp_stack_set_build(&r->stacks, r->b, placed) : hp_fail_nomem(r->err);

	hp_stack_set_release(&r->stacks);
	hp_build_expect_samples(r->b, r->n_samples);
	for (uint32_t i = 0; n == HPROF_OK && i < r->n_samples; i++)
		if (has_thread(&r->sample[i]))
			n = find_thread(r, &r->sample[i], &thread);
	for (uint32_t i = 0; n == HPROF_OK && i < r->n_samples; i++) {
		if (i + AHEAD < r->n_samples) {
			__builtin_prefetch(&r->sample[placed[i + AHEAD].row]);
			__builtin_prefetch(&r->value[(size_t)placed[i + AHEAD].row * r->types.n]);
		}
		n = add_sample(r, placed[i].row, placed[i].stack);
	}
	free(placed);
	return n;
}

/* --- all of it --- */

/*
 * Samples of a heap are taken every so many bytes of "space": then the errors of what is in use,
 * and of all, follow from the period.  Of other types, and of other periods, nothing is known.
 */
static void find_sampling(struct reader *r, struct hp_slice type, struct hp_slice unit)
{
	const struct hprof_profile *p = r->b->p;
	uint64_t period = r->number[PROFILE_PERIOD];
	bool known = hp_slice_same(type, HP_LIT("space")) && is_bytes(unit) && period > 0 &&
		     period <= INT64_MAX;
	static const char *const names[HP_LEN(r->pair)][2] = {{"inuse_objects", "inuse_space"},
							      {"alloc_objects", "alloc_space"}};

	for (size_t i = 0; i < HP_LEN(r->pair); i++)
		r->pair[i] = (struct pair){HP_NONE, HP_NONE};
	for (uint32_t t = 0; t < p->n_types; t++) {
		struct hp_slice name = hp_profile_str(p, p->types[t].name);

		hp_build_set_no_errors(r->b, t, true);
		for (size_t i = 0; known && i < HP_LEN(r->pair); i++) {
			bool objects = hp_slice_same(name, hp_slice_str(names[i][0]));
			bool space = hp_slice_same(name, hp_slice_str(names[i][1]));

			if (objects)
				r->pair[i].objects = t;
			if (space)
				r->pair[i].space = t;
			if (objects || space)
				hp_build_set_no_errors(r->b, t, false);
		}
	}
	if (known && period > 1)
		hp_build_set_scaled_period(r->b, period);
}

/* What the profile tells of itself. */
static int read_about(struct reader *r)
{
	struct hp_slice comment = text_of(r, r->comment);
	uint64_t v[HP_LEN(type_fields)] = {0};
	int n = HPROF_OK;

	if (r->seen[PROFILE_PERIOD_TYPE])
		n = read_numbers(r, &period_shape, r->period_type, 0, v);
	if (n < 0)
		return n;
	find_sampling(r, text_of(r, v[TYPE_NAME]), text_of(r, v[TYPE_UNIT]));
	if (r->number[PROFILE_TIME]) /* it has a sign: it may be before 1970 */
		hp_build_set_time(r->b, (int64_t)r->number[PROFILE_TIME]);
	/* pprof lets the program begin at 0x400000, where it usually did */
	hp_build_set_merged_maps(r->b);
	if (is_of_hprof(r) && hp_slice_ends(comment, HP_LIT(", allocators cut")))
		hp_build_set_is_cut(r->b);
	return hp_build_set_writer(r->b, is_of_hprof(r) ? HP_LIT("hprof") : HP_LIT("unknown"));
}

static void release(struct reader *r)
{
	struct parts *m[] = {&r->types, &r->mappings, &r->locations, &r->functions, &r->strings};
	struct ids *ids[] = {&r->mapping_ids, &r->location_ids, &r->function_ids};

	for (size_t i = 0; i < HP_LEN(m); i++)
		free(m[i]->row);
	for (size_t i = 0; i < HP_LEN(ids); i++) {
		free(ids[i]->id);
		hp_index_release(&ids[i]->index);
	}
	free(r->string);
	free(r->mapping);
	free(r->function);
	free(r->location);
	free(r->type);
	free(r->frame);
	free(r->loc);
	free(r->sample);
	free(r->value);
	free(r->measure);
	hp_stack_set_release(&r->stacks);
}

static int pprof_read(struct hp_input *in, struct hp_builder *b, struct hprof_error *err)
{
	static int (*const parts[])(struct reader *) = {
		list_fields,    check_strings,  read_types,   read_about, read_mappings,
		read_functions, read_locations, read_samples, add_samples};
	struct reader r = {.b = b, .err = err, .seed = b->p->seed, .lowest = UINT64_MAX};
	int n = hp_input_all(in, MOST_BYTES, &r.bytes, err);

	if (n == HPROF_OK && hp_input_cut(in))
		n = hp_fail_at(err, HPROF_ETRUNC, 0, r.bytes.len,
			       "the compressed data end too early");
	for (size_t i = 0; n == HPROF_OK && i < HP_LEN(parts); i++)
		n = parts[i](&r);
	if (n == HPROF_OK)
		hp_format_warn_truncated(in, b);
	release(&r);
	return n;
}

/* Whether message @s can be a type: numbers only, of which there are two, or one that is not 0. */
static bool is_type(struct hp_slice s)
{
	struct hp_cursor c = hp_cursor_init(s.ptr, s.len);
	struct hp_pb_field f;
	unsigned fields = 0;

	while (hp_pb_next(&c, &f)) {
		if (f.wire != HP_PB_VARINT || f.number >= MOST_FIELDS)
			return false;
		fields |= 1u << f.number;
	}
	return !c.failed && (fields & (1u << TYPE_NAME | 1u << TYPE_UNIT));
}

/* Whether @f is of a profile, and has the form that it has there. */
static bool is_known(const struct hp_pb_field *f)
{
	bool is_message = f->number <= PROFILE_STRING || f->number == PROFILE_PERIOD_TYPE;

	if (f->number > PROFILE_DOC_URL)
		return false;
	if (f->number == PROFILE_COMMENT)
		return f->wire == HP_PB_BYTES || f->wire == HP_PB_VARINT;
	return f->wire == (is_message ? HP_PB_BYTES : HP_PB_VARINT) &&
	       (f->number != PROFILE_TYPE || is_type(f->bytes));
}

/*
 * There is no magic.  Most writers begin with a type, Go with the period, others with the strings,
 * of which the first is empty: all fields up to a type must be those of a profile.  Where no type
 * is near, some more fields have to be.
 */
static enum hp_match pprof_probe(struct hp_slice head)
{
	struct hp_cursor c = hp_cursor_init(head.ptr, head.len);
	bool strings = false;
	struct hp_pb_field f;
	unsigned n = 0;

	for (; hp_pb_next(&c, &f); n++) {
		if (!is_known(&f))
			return HP_MATCH_NO;
		if (f.number == PROFILE_TYPE)
			return HP_MATCH_LIKELY;
		strings |= f.number == PROFILE_STRING && !f.bytes.len;
	}
	return strings || n >= ENOUGH_FIELDS ? HP_MATCH_MAYBE : HP_MATCH_NO;
}

const struct hp_format hp_format_pprof = {
	.info = {"pprof", "profile.proto of pprof, Go and others, gzipped or plain", true},
	.probe = pprof_probe,
	.read = pprof_read,
};
