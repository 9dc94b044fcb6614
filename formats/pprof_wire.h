/* pprof_wire.h - the messages of profile.proto, as they lie in the file. */
#ifndef HP_FORMATS_PPROF_WIRE_H
#define HP_FORMATS_PPROF_WIRE_H

#include "formats/protobuf.h"
#include "formats/stack_set.h"

enum { HP_PPROF_FIELDS = 16 }; /* numbers of fields that are known are below */

/* Fields of the outermost message. */
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

/* A message whose fields are numbers: their names, and which of them are places of strings. */
struct hp_pprof_shape {
	const char *name;
	const char *const *field; /* [n] by number; [0] is not used */
	unsigned n;
	unsigned texts; /* bit i: field i is the place of a string */
};

#define HP_PPROF_SHAPE(name, fields, texts)                                                        \
	{                                                                                          \
		(name), (fields), HP_LEN(fields), (texts)                                          \
	}

/* Where a message or a text lies in the file. */
struct hp_pprof_part {
	uint32_t at, len;
};

/* Those of one kind, in the order of the file. */
struct hp_pprof_parts {
	struct hp_pprof_part *row;
	uint32_t n, cap;
};

/* Ids of one kind: most writers count from 1, and then the place is known at once. */
struct hp_pprof_ids {
	uint64_t *id; /* [n] */
	uint32_t n;
	struct hp_index index; /* of those that are not at their place */
};

struct hp_pprof_mapping {
	hp_modid module; /* HP_NONE: nothing is known of it */
	uint64_t shift;  /* of addresses in it, away from other mappings */
	uint64_t start, limit, offset;
	hp_strid file, build_id;
	bool placed; /* it is known where it lay */
	bool lost;   /* but other mappings are there, and nowhere is room */
};

struct hp_pprof_type {
	uint32_t to; /* type of the profile, HP_NONE: left out */
};

/* Types of the profile that the writer estimated together, HP_NONE: not there. */
struct hp_pprof_pair {
	uint32_t objects, space;
};

struct hp_pprof_sample {
	uint64_t size;         /* label "bytes"; 0: none */
	hp_strid thread, name; /* labels "thread" and "thread_name", if threads are kept; 0: none */
};

/* A file that is being read. */
struct hp_pprof {
	struct hp_builder *b;
	struct hprof_error *err;
	uint64_t seed;
	struct hp_slice bytes; /* all of the file */
	struct hp_pprof_parts types, mappings, locations, functions, strings;
	struct hp_slice period_type;
	uint64_t number[HP_PPROF_FIELDS]; /* numbers of the profile */
	bool seen[HP_PPROF_FIELDS];
	uint64_t comment;      /* the first one, 0: none */
	uint64_t last_comment; /* the one that is last in the table of strings */
	uint32_t *string;      /* [strings.n] 1 + id, 0: not yet */
	struct hp_pprof_ids mapping_ids, location_ids, function_ids;
	struct hp_pprof_mapping *mapping;
	uint64_t lowest, top;       /* all mappings lie between; at first 2^64 - 1, 0 */
	uint64_t room;              /* the highest limit that is not the kernel's */
	hp_funcid *function;        /* [functions.n] HP_NONE: without a name */
	hp_locid *location;         /* [locations.n] */
	struct hp_pprof_type *type; /* [types.n] */
	struct hp_frame *frame;
	uint32_t cap_frames;
	struct hp_pprof_sample *sample; /* [n_samples] */
	uint32_t n_samples, cap_samples;
	int64_t *value; /* [n_values] those of sample after sample */
	uint32_t n_values, cap_values;
	struct hp_stack_set stacks; /* [n_samples] */
	hp_locid *loc;              /* [n_locs] of the sample at hand, leaf first */
	uint32_t n_locs, cap_locs;
	struct hp_measure *measure;   /* [types.n] */
	struct hp_pprof_pair pair[2]; /* of what is in use, and of all */
};

/* Where @at lies in the file. */
static inline uint64_t hp_pprof_offset(const struct hp_pprof *r, const void *at)
{
	return (uint64_t)((const char *)at - r->bytes.ptr);
}

#define HP_PPROF_FAIL(r, at, ...)                                                                  \
	hp_fail_at((r)->err, HPROF_EFORMAT, 0, hp_pprof_offset((r), (at)), __VA_ARGS__)

/* Entry @i of table @shape->name ends inside of field @field, or that is none: a failure. */
int hp_pprof_damaged(const struct hp_pprof *r, const struct hp_pprof_shape *shape, uint64_t i,
		     uint64_t field, const void *at);

/* Message or text @i of @m, which has so many; borrowed from the file. */
static inline struct hp_slice hp_pprof_part(const struct hp_pprof *r,
					    const struct hp_pprof_parts *m, uint64_t i)
{
	return (struct hp_slice){r->bytes.ptr + m->row[i].at, m->row[i].len};
}

/* Text @i of the table of strings, which has so many. */
static inline struct hp_slice hp_pprof_text(const struct hp_pprof *r, uint64_t i)
{
	return hp_pprof_part(r, &r->strings, i);
}

/*
 * Read message @s, entry @i of its table: @value[shape->n], 0 where a field is not there.  Errors:
 * EFORMAT.
 */
HP_MUST_CHECK int hp_pprof_numbers(const struct hp_pprof *r, const struct hp_pprof_shape *shape,
				   struct hp_slice s, uint64_t i, uint64_t *value);

/* The profile's id of text number @i, which is there. Errors: ENOMEM, ELIMIT. */
HP_MUST_CHECK int hp_pprof_string(struct hp_pprof *r, uint64_t i, hp_strid *out);

/* List the fields of the outermost message. Errors: EFORMAT, ELIMIT, ENOMEM. */
HP_MUST_CHECK int hp_pprof_list_fields(struct hp_pprof *r);

/* Check the table of strings, and that comments are in it. Errors: EFORMAT, ENOMEM. */
HP_MUST_CHECK int hp_pprof_check_strings(struct hp_pprof *r);

static inline bool hp_pprof_same_id(const void *ctx, uint32_t row, const void *key)
{
	return ((const struct hp_pprof_ids *)ctx)->id[row] == *(const uint64_t *)key;
}

/* The row with @id, UINT32_MAX if there is none. */
static inline uint32_t hp_pprof_find_id(const struct hp_pprof *r, const struct hp_pprof_ids *t,
					uint64_t id)
{
	if (id - 1 < t->n && t->id[id - 1] == id)
		return (uint32_t)(id - 1);
	return hp_index_find(&t->index, hp_hash_pair(r->seed, id, 0), hp_pprof_same_id, t, &id);
}

/* Room for the ids of @m. Errors: ENOMEM. */
HP_MUST_CHECK int hp_pprof_open_ids(struct hp_pprof *r, struct hp_pprof_ids *t,
				    const struct hp_pprof_parts *m);
/* Give the next row of @t its id. Errors: EFORMAT, ENOMEM. */
HP_MUST_CHECK int hp_pprof_add_id(struct hp_pprof *r, struct hp_pprof_ids *t, const char *name,
				  uint64_t id, const void *at);

#endif
