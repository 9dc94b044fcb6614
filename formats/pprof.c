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
#include "formats/pprof_mappings.h"

#define MOST_BYTES (UINT64_C(1) << 31) /* what protocol buffers can be at most */

enum {
	MOST_TYPES = 256,
	AHEAD = 12,          /* samples that are asked for before they are used */
	SMALLEST_OBJECT = 8, /* that a writer counts, in bytes */
	ENOUGH_FIELDS = 8,   /* to take a file for a profile, without a type among them */
};

enum { TYPE_NAME = 1, TYPE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT, LABEL_NUMBER, LABEL_UNIT };

static const char *const type_fields[] = {"", "type", "unit"};
static const char *const sample_fields[] = {"", "location_id", "value", "label"};
static const char *const label_fields[] = {"", "key", "str", "num", "num_unit"};

static const struct hp_pprof_shape type_shape =
	HP_PPROF_SHAPE("sample_type", type_fields, 1 << TYPE_NAME | 1 << TYPE_UNIT);
static const struct hp_pprof_shape period_shape =
	HP_PPROF_SHAPE("period_type", type_fields, 1 << TYPE_NAME | 1 << TYPE_UNIT);
static const struct hp_pprof_shape sample_shape = HP_PPROF_SHAPE("sample", sample_fields, 0);
static const struct hp_pprof_shape label_shape = HP_PPROF_SHAPE(
	"label of sample", label_fields, 1 << LABEL_KEY | 1 << LABEL_TEXT | 1 << LABEL_UNIT);

/* A sample that is being read. */
struct entry {
	uint64_t i; /* in the file */
	struct hp_slice bytes;
	uint32_t n_values;
};

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
static int not_of_a_heap(const struct hp_pprof *r, const char *types)
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
static int add_type(struct hp_pprof *r, uint32_t i, uint64_t name, uint64_t unit)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_slice text = hp_pprof_text(r, name), usual;
	bool bytes = is_bytes(hp_pprof_text(r, unit));
	char quoted[HP_QUOTED_MAX];
	hp_strid id;
	int n;

	r->type[i].to = HP_NONE;
	text.len = strnlen(text.ptr, text.len); /* names of types are C strings */
	usual = usual_name(text);
	if (!text.len || (!bytes && !hp_slice_same(hp_pprof_text(r, unit), HP_LIT("count")))) {
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
static void choose_default(const struct hp_pprof *r)
{
	const struct hprof_profile *p = r->b->p;
	struct hp_slice said = usual_name(hp_pprof_text(r, r->number[PROFILE_DEFAULT_TYPE]));
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

static bool is_of_hprof(const struct hp_pprof *r)
{
	return hp_slice_starts(hp_pprof_text(r, r->comment), HP_LIT("#hprof "));
}

static int read_types(struct hp_pprof *r)
{
	char types[2 * HP_QUOTED_MAX + 16] = "";
	bool any_bytes = is_of_hprof(r); /* it writes those of heaps only */
	int n = HPROF_OK;

	if (!r->types.n)
		return HP_PPROF_FAIL(r, r->bytes.ptr, "sample_type is missing");
	if (r->types.n > MOST_TYPES)
		return hp_fail(r->err, HPROF_ELIMIT, "more than %d sample types", MOST_TYPES);
	r->type = calloc(r->types.n, sizeof(*r->type));
	r->measure = calloc(r->types.n, sizeof(*r->measure));
	if (!r->type || !r->measure)
		return hp_fail_nomem(r->err);
	for (uint32_t i = 0; n == HPROF_OK && i < r->types.n; i++) {
		uint64_t v[HP_LEN(type_fields)];

		n = hp_pprof_numbers(r, &type_shape, hp_pprof_part(r, &r->types, i), i, v);
		if (n < 0)
			return n;
		tell_type(types, sizeof(types), hp_pprof_text(r, v[TYPE_NAME]),
			  hp_pprof_text(r, v[TYPE_UNIT]));
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

/* --- samples --- */

/* Room for @n more locations: a number is one byte at least, so the file has that many. */
static int locations_room(struct hp_pprof *r, size_t n)
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

static int no_location(const struct hp_pprof *r, const struct entry *e, uint64_t id)
{
	return HP_PPROF_FAIL(r, e->bytes.ptr,
			     "sample %" PRIu64 ": location_id %" PRIu64 ": no such location",
			     e->i + 1, id);
}

static int too_deep(const struct hp_pprof *r, const struct entry *e)
{
	return hp_fail_deep(r->err, 0, (uint64_t)(e->bytes.ptr - r->bytes.ptr));
}

/* There is room for it, up to the limit. */
static inline int add_sample_location(struct hp_pprof *r, const struct entry *e, uint64_t id)
{
	uint32_t row = hp_pprof_find_id(r, &r->location_ids, id);

	if (r->n_locs == HP_STACK_MAX)
		return too_deep(r, e);
	if (row == UINT32_MAX)
		return no_location(r, e, id);
	r->loc[r->n_locs++] = r->location[row];
	return HPROF_OK;
}

/* More values than there are types are counted only. */
static int add_sample_value(struct hp_pprof *r, struct entry *e, uint64_t value)
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
static int read_repeated(struct hp_pprof *r, struct entry *e, const struct hp_pb_field *f)
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
		return HP_PPROF_FAIL(r, e->bytes.ptr, "sample %" PRIu64 ": %s is no number",
				     e->i + 1, is_location ? "location_id" : "value");
	while (n == HPROF_OK && !c.failed && hp_cursor_left(&c)) {
		uint64_t v = hp_get_varint(&c);

		if (!c.failed)
			n = is_location ? add_sample_location(r, e, v) : add_sample_value(r, e, v);
	}
	if (n == HPROF_OK && c.failed)
		return HP_PPROF_FAIL(r, e->bytes.ptr,
				     "sample %" PRIu64 ": %s ends inside of a number", e->i + 1,
				     is_location ? "location_id" : "value");
	return n;
}

/* The id of a thread: a text, or a number, which pprof takes for none if it is 0 without a unit. */
static int read_thread(struct hp_pprof *r, const uint64_t *v, hp_strid *out)
{
	char number[24];
	int n;

	if (v[LABEL_TEXT] || (!v[LABEL_NUMBER] && !v[LABEL_UNIT]))
		return hp_pprof_string(r, v[LABEL_TEXT], out);
	n = snprintf(number, sizeof(number), "%" PRId64, (int64_t)v[LABEL_NUMBER]);
	return hp_build_text(r->b, (struct hp_slice){number, (size_t)n}, out);
}

static int read_label(struct hp_pprof *r, struct entry *e, struct hp_pprof_sample *s,
		      const struct hp_pb_field *f)
{
	uint64_t v[HP_LEN(label_fields)];
	struct hp_slice key;
	int n;

	if (f->wire != HP_PB_BYTES)
		return HP_PPROF_FAIL(r, e->bytes.ptr, "sample %" PRIu64 ": label is no message",
				     e->i + 1);
	n = hp_pprof_numbers(r, &label_shape, f->bytes, e->i, v);
	if (n < 0)
		return n;
	key = hp_pprof_text(r, v[LABEL_KEY]);
	if (hp_slice_same(key, HP_LIT("bytes")) && !v[LABEL_TEXT] && v[LABEL_NUMBER] <= INT64_MAX)
		s->size = v[LABEL_NUMBER];
	else if (r->b->thread_values && hp_slice_same(key, HP_LIT("thread")))
		n = read_thread(r, v, &s->thread);
	else if (r->b->thread_values && hp_slice_same(key, HP_LIT("thread_name")))
		n = hp_pprof_string(r, v[LABEL_TEXT], &s->name);
	return n;
}

static int read_sample(struct hp_pprof *r, struct entry *e)
{
	struct hp_cursor c = hp_cursor_init(e->bytes.ptr, e->bytes.len);
	struct hp_pprof_sample s = {0};
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
		return hp_pprof_damaged(r, &sample_shape, e->i, f.number, e->bytes.ptr);
	if (e->n_values != r->types.n)
		return HP_PPROF_FAIL(r, e->bytes.ptr,
				     "sample %" PRIu64 ": value: found %" PRIu32
				     ", expected %" PRIu32 ", one for each sample_type",
				     e->i + 1, e->n_values, r->types.n);
	n = hp_stack_set_add(&r->stacks, r->b, r->loc, r->n_locs);
	if (n < 0)
		return n;
	if (!HP_COLUMN_ROOM(r->sample, r->n_samples, r->cap_samples))
		return hp_fail_nomem(r->err);
	r->sample[r->n_samples++] = s;
	return HPROF_OK;
}

static int read_samples(struct hp_pprof *r)
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

static bool has_thread(const struct hp_pprof_sample *s)
{
	return s->thread.i || s->name.i;
}

/*
 * A thread is known by its label "thread"; that is a name as well, unless it is a number.  Where
 * there is a name alone, threads are known by that.
 */
static int find_thread(struct hp_pprof *r, const struct hp_pprof_sample *s, hp_threadid *out)
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

static void estimate_pair(struct hp_pprof *r, const struct hp_pprof_pair *pair, double label)
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
static void measure(struct hp_pprof *r, const int64_t *value, double label)
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
static void tell_below(struct hp_pprof *r, uint32_t i, const int64_t *value)
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

static int add_sample(struct hp_pprof *r, uint32_t i, hp_stackid stack)
{
	const struct hp_pprof_sample *s = &r->sample[i];
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
static int add_samples(struct hp_pprof *r)
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
static void find_sampling(struct hp_pprof *r, struct hp_slice type, struct hp_slice unit)
{
	const struct hprof_profile *p = r->b->p;
	uint64_t period = r->number[PROFILE_PERIOD];
	bool known = hp_slice_same(type, HP_LIT("space")) && is_bytes(unit) && period > 0 &&
		     period <= INT64_MAX;
	static const char *const names[HP_LEN(r->pair)][2] = {{"inuse_objects", "inuse_space"},
							      {"alloc_objects", "alloc_space"}};

	for (size_t i = 0; i < HP_LEN(r->pair); i++)
		r->pair[i] = (struct hp_pprof_pair){HP_NONE, HP_NONE};
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
static int read_about(struct hp_pprof *r)
{
	struct hp_slice comment = hp_pprof_text(r, r->comment);
	uint64_t v[HP_LEN(type_fields)] = {0};
	int n = HPROF_OK;

	if (r->seen[PROFILE_PERIOD_TYPE])
		n = hp_pprof_numbers(r, &period_shape, r->period_type, 0, v);
	if (n < 0)
		return n;
	find_sampling(r, hp_pprof_text(r, v[TYPE_NAME]), hp_pprof_text(r, v[TYPE_UNIT]));
	if (r->number[PROFILE_TIME]) /* it has a sign: it may be before 1970 */
		hp_build_set_time(r->b, (int64_t)r->number[PROFILE_TIME]);
	/* pprof lets the program begin at 0x400000, where it usually did */
	hp_build_set_merged_maps(r->b);
	if (is_of_hprof(r) && hp_slice_ends(comment, HP_LIT(", allocators cut")))
		hp_build_set_is_cut(r->b);
	return hp_build_set_writer(r->b, is_of_hprof(r) ? HP_LIT("hprof") : HP_LIT("unknown"));
}

static void release(struct hp_pprof *r)
{
	struct hp_pprof_parts *m[] = {&r->types, &r->mappings, &r->locations, &r->functions,
				      &r->strings};
	struct hp_pprof_ids *ids[] = {&r->mapping_ids, &r->location_ids, &r->function_ids};

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
	static int (*const parts[])(struct hp_pprof *) = {hp_pprof_list_fields,
							  hp_pprof_check_strings,
							  read_types,
							  read_about,
							  hp_pprof_read_mappings,
							  hp_pprof_read_functions,
							  hp_pprof_read_locations,
							  read_samples,
							  add_samples};
	struct hp_pprof r = {.b = b, .err = err, .seed = b->p->seed, .lowest = UINT64_MAX};
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
		if (f.wire != HP_PB_VARINT || f.number >= HP_PPROF_FIELDS)
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
