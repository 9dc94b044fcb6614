/* pprof_wire.c - the messages of profile.proto, as they lie in the file. */
#include "formats/pprof_wire.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/base/column.h"

int hp_pprof_damaged(const struct hp_pprof *r, const struct hp_pprof_shape *shape, uint64_t i,
		     uint64_t field, const void *at)
{
	if (field > 0 && field < shape->n)
		return HP_PPROF_FAIL(r, at, "%s %" PRIu64 ": %s is cut or damaged", shape->name,
				     i + 1, shape->field[field]);
	return HP_PPROF_FAIL(r, at, "%s %" PRIu64 ": field number %" PRIu64 " is cut or damaged",
			     shape->name, i + 1, field);
}

/* --- messages --- */

static int hp_pprof_add_part(struct hp_pprof *r, struct hp_pprof_parts *m, struct hp_slice s)
{
	if (m->n >= r->b->limits.rows)
		return hp_fail(r->err, HPROF_ELIMIT, "more than %" PRIu32 " entries in a table",
			       r->b->limits.rows);
	if (!HP_COLUMN_ROOM(m->row, m->n, m->cap))
		return hp_fail_nomem(r->err);
	m->row[m->n++] =
		(struct hp_pprof_part){(uint32_t)hp_pprof_offset(r, s.ptr), (uint32_t)s.len};
	return HPROF_OK;
}

/* Check that text number @text of the table is there, for field @field of entry @i. */
static int hp_pprof_check_text(const struct hp_pprof *r, const char *name, uint64_t i,
			       const char *field, uint64_t text, const void *at)
{
	if (text < r->strings.n)
		return HPROF_OK;
	return HP_PPROF_FAIL(r, at, "%s %" PRIu64 ": %s: no string %" PRId64 ", there are %" PRIu32,
			     name, i + 1, field, (int64_t)text, r->strings.n);
}

int hp_pprof_numbers(const struct hp_pprof *r, const struct hp_pprof_shape *shape,
		     struct hp_slice s, uint64_t i, uint64_t *value)
{
	struct hp_cursor c = hp_cursor_init(s.ptr, s.len);
	struct hp_pb_field f = {0};

	for (unsigned k = 0; k < shape->n; k++)
		value[k] = 0;
	while (hp_pb_next(&c, &f)) {
		if (f.number >= shape->n)
			continue;
		if (f.wire != HP_PB_VARINT)
			return HP_PPROF_FAIL(r, s.ptr, "%s %" PRIu64 ": %s is no number",
					     shape->name, i + 1, shape->field[f.number]);
		value[f.number] = f.value;
	}
	if (c.failed)
		return hp_pprof_damaged(r, shape, i, f.number, s.ptr);
	for (unsigned k = 1; k < shape->n; k++) {
		int n = shape->texts & 1u << k
				? hp_pprof_check_text(r, shape->name, i, shape->field[k], value[k],
						      s.ptr)
				: HPROF_OK;

		if (n < 0)
			return n;
	}
	return HPROF_OK;
}

int hp_pprof_string(struct hp_pprof *r, uint64_t i, hp_strid *out)
{
	int n = HPROF_OK;

	if (!r->string[i]) {
		hp_strid id;

		n = hp_build_text(r->b, hp_pprof_text(r, i), &id);
		if (n == HPROF_OK)
			r->string[i] = id.i + 1;
	}
	if (n == HPROF_OK)
		out->i = r->string[i] - 1;
	return n;
}

/* --- the outermost message --- */

static const char *const profile_fields[HP_PPROF_FIELDS] = {"",
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
static int check_once(struct hp_pprof *r, unsigned field, const void *at)
{
	if (r->seen[field])
		return HP_PPROF_FAIL(
			r, at,
			"%s is there a second time: these are several profiles, one behind the "
			"other",
			profile_fields[field]);
	r->seen[field] = true;
	return HPROF_OK;
}

/* The first comment is of interest; of all of them, the highest place of a string is checked. */
static void note_comment(struct hp_pprof *r, uint64_t text)
{
	if (!r->comment)
		r->comment = text;
	if (text > r->last_comment)
		r->last_comment = text;
}

/* Comments are numbers that may be packed. */
static int read_comment(struct hp_pprof *r, const struct hp_pb_field *f, const void *at)
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
		return HP_PPROF_FAIL(r, at, "comment is no number");
	return HPROF_OK;
}

static int list_field(struct hp_pprof *r, const struct hp_pb_field *f, const void *at)
{
	struct hp_pprof_parts *const table[HP_PPROF_FIELDS] = {
		[PROFILE_TYPE] = &r->types,         [PROFILE_MAPPING] = &r->mappings,
		[PROFILE_LOCATION] = &r->locations, [PROFILE_FUNCTION] = &r->functions,
		[PROFILE_STRING] = &r->strings,
	};
	bool is_message = f->number <= PROFILE_STRING || f->number == PROFILE_PERIOD_TYPE;
	int n;

	if (f->number >= HP_PPROF_FIELDS)
		return HPROF_OK; /* of a later version */
	if (f->number == PROFILE_COMMENT)
		return read_comment(r, f, at);
	if (f->wire != (is_message ? HP_PB_BYTES : HP_PB_VARINT))
		return HP_PPROF_FAIL(r, at, "%s is no %s", profile_fields[f->number],
				     is_message ? "message" : "number");
	if (f->number == PROFILE_SAMPLE)
		return HPROF_OK; /* when all that it refers to is known */
	if (table[f->number])
		return hp_pprof_add_part(r, table[f->number], f->bytes);
	n = check_once(r, (unsigned)f->number, at);
	if (f->number == PROFILE_PERIOD_TYPE)
		r->period_type = f->bytes;
	r->number[f->number] = f->value;
	return n;
}

int hp_pprof_list_fields(struct hp_pprof *r)
{
	struct hp_cursor c = hp_cursor_init(r->bytes.ptr, r->bytes.len);
	const void *at = c.next;
	struct hp_pb_field f = {0};
	int n = HPROF_OK;

	for (; n == HPROF_OK && hp_pb_next(&c, &f); at = c.next)
		n = list_field(r, &f, at);
	if (n < 0 || !c.failed)
		return n;
	if (f.number > 0 && f.number < HP_PPROF_FIELDS)
		return hp_fail_at(r->err, HPROF_ETRUNC, 0, hp_pprof_offset(r, at),
				  "%s: the file ends inside of it, or is damaged here or before",
				  profile_fields[f.number]);
	return hp_fail_at(r->err, HPROF_ETRUNC, 0, hp_pprof_offset(r, at),
			  "field number %" PRIu64
			  " makes no sense: the file is damaged here or before",
			  f.number);
}

int hp_pprof_check_strings(struct hp_pprof *r)
{
	static const struct {
		unsigned field;
		uint64_t unset;
	} texts[] = {{PROFILE_DROP, 0},
		     {PROFILE_KEEP, 0},
		     {PROFILE_DEFAULT_TYPE, 0},
		     {PROFILE_DOC_URL, 0}};

	if (!r->strings.n)
		return HP_PPROF_FAIL(r, r->bytes.ptr, "string_table is missing");
	if (r->strings.row[0].len)
		return HP_PPROF_FAIL(r, hp_pprof_text(r, 0).ptr,
				     "string_table: the first one is not \"\"");
	r->string = calloc(r->strings.n, sizeof(*r->string));
	if (!r->string)
		return hp_fail_nomem(r->err);
	for (size_t i = 0; i < HP_LEN(texts); i++)
		if (r->number[texts[i].field] >= r->strings.n)
			return HP_PPROF_FAIL(r, r->bytes.ptr,
					     "%s: no string %" PRId64 ", there are %" PRIu32,
					     profile_fields[texts[i].field],
					     (int64_t)r->number[texts[i].field], r->strings.n);
	if (r->last_comment >= r->strings.n)
		return HP_PPROF_FAIL(r, r->bytes.ptr,
				     "comment: no string %" PRId64 ", there are %" PRIu32,
				     (int64_t)r->last_comment, r->strings.n);
	return HPROF_OK;
}

/* --- ids --- */

int hp_pprof_open_ids(struct hp_pprof *r, struct hp_pprof_ids *t, const struct hp_pprof_parts *m)
{
	t->id = calloc((size_t)m->n + 1, sizeof(*t->id));
	return t->id ? HPROF_OK : hp_fail_nomem(r->err);
}

int hp_pprof_add_id(struct hp_pprof *r, struct hp_pprof_ids *t, const char *name, uint64_t id,
		    const void *at)
{
	if (id == 0)
		return HP_PPROF_FAIL(r, at, "%s %" PRIu32 ": id is 0", name, t->n + 1);
	if (hp_pprof_find_id(r, t, id) != UINT32_MAX)
		return HP_PPROF_FAIL(r, at, "%s %" PRIu32 ": id %" PRIu64 " is there a second time",
				     name, t->n + 1, id);
	if (id != (uint64_t)t->n + 1 &&
	    !hp_index_add(&t->index, hp_hash_pair(r->seed, id, 0), t->n))
		return hp_fail_nomem(r->err);
	t->id[t->n++] = id;
	return HPROF_OK;
}
