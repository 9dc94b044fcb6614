/* test_pprof.c - profile.proto: what wire data are refused, how stacks are put in order, what is
 * split. */
#include "tests/test.h"

#include "analyzer/model/profile.h"
#include "analyzer/ops/breakdown.h"
#include "formats/protobuf.h"
#include "formats/stack_set.h"
#include "render/protobuf.h"

/* --- messages --- */

static void numbers_come_back(void **state)
{
	static const uint64_t values[] = {1,         127,        128,        16383,     16384,
					  INT64_MAX, UINT64_MAX, 1ull << 63, 1ull << 56};
	struct hp_message m = {0}, inner = {0};
	struct hp_pb_field f;
	struct hp_cursor c;

	(void)state;
	for (size_t i = 0; i < HP_LEN(values); i++)
		hp_message_uint(&m, (unsigned)i + 1, values[i]);
	hp_message_uint(&m, 100, 0); /* not written */
	hp_message_text(&m, 536870911, HP_LIT("text"));
	hp_message_put(&m, 7, &inner);
	assert_false(m.failed);
	c = hp_cursor_init(m.ptr, m.n);
	for (size_t i = 0; i < HP_LEN(values); i++) {
		assert_true(hp_pb_next(&c, &f));
		assert_true(f.number == i + 1 && f.wire == HP_PB_VARINT && f.value == values[i]);
	}
	assert_true(hp_pb_next(&c, &f));
	assert_true(f.number == 536870911 && hp_slice_same(f.bytes, HP_LIT("text")));
	assert_true(hp_pb_next(&c, &f));
	assert_true(f.number == 7 && f.wire == HP_PB_BYTES && f.bytes.len == 0);
	assert_false(hp_pb_next(&c, &f));
	assert_false(c.failed);
	hp_message_release(&m);
	hp_message_release(&inner);
}

static void damaged_wire_data_end_a_message(void **state)
{
#define BYTES(s) (s), sizeof(s) - 1
	static const struct {
		const char *name, *bytes;
		size_t len;
		bool ok;
	} cases[] = {
		{"nothing", BYTES(""), true},
		{"a number", BYTES("\x08\x01"), true},
		{"a number of 64 bits", BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
		 true},
		{"a number of 65 bits", BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
		 false},
		{"ten bytes that go on", BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"),
		 false},
		{"zeros that go on", BYTES("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
		 false},
		{"a number that is cut", BYTES("\x08\x80"), false},
		{"no number", BYTES("\x08"), false},
		{"a text", BYTES("\x0a\x02hi"), true},
		{"a text that is cut", BYTES("\x0a\x03hi"), false},
		{"a text as long as can be",
		 BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01hi"), false},
		{"eight bytes",
		 BYTES("\x09"
		       "12345678"),
		 true},
		{"seven of eight",
		 BYTES("\x09"
		       "1234567"),
		 false},
		{"four bytes",
		 BYTES("\x0d"
		       "1234"),
		 true},
		{"three of four",
		 BYTES("\x0d"
		       "123"),
		 false},
		{"a group", BYTES("\x0b\x0c"), false},
		{"kind 6", BYTES("\x0e\x01"), false},
		{"kind 7", BYTES("\x0f\x01"), false},
		{"field 0", BYTES("\x00\x01"), false},
		{"field 2^29", BYTES("\x80\x80\x80\x80\x10\x01"), false},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		char *exact = malloc(cases[i].len ? cases[i].len : 1);
		struct hp_cursor c;
		struct hp_pb_field f;

		memcpy(exact, cases[i].bytes, cases[i].len);
		c = hp_cursor_init(exact, cases[i].len);
		while (hp_pb_next(&c, &f))
			;
		if (c.failed == cases[i].ok)
			fail_msg("%s: %s", cases[i].name, c.failed ? "refused" : "accepted");
		free(exact);
	}
}

/* --- whole files --- */

static void add_type(struct hp_message *p, uint64_t name, uint64_t unit)
{
	struct hp_message type = {0};

	hp_message_uint(&type, 1, name);
	hp_message_uint(&type, 2, unit);
	hp_message_put(p, 1, &type);
	hp_message_release(&type);
}

/* One type of bytes, one location with field @field of value @value besides its id. */
static struct hp_message small(uint64_t id, unsigned field, uint64_t value)
{
	struct hp_message p = {0}, part = {0};

	add_type(&p, 1, 2);
	hp_message_uint(&part, 1, id);
	hp_message_uint(&part, 2, 100);
	hp_message_put(&p, 2, &part);
	hp_message_reset(&part);
	hp_message_uint(&part, 1, id);
	hp_message_uint(&part, field, value);
	hp_message_put(&p, 4, &part);
	hp_message_text(&p, 6, HP_LIT(""));
	hp_message_text(&p, 6, HP_LIT("space"));
	hp_message_text(&p, 6, HP_LIT("bytes"));
	hp_message_release(&part);
	return p;
}

static int load(const struct hp_message *m, struct hprof_profile **p, struct hprof_error *err)
{
	*err = (struct hprof_error)HPROF_ERROR_INIT;
	*p = NULL;
	return hprof_load_bytes(m->ptr, m->n, "test", NULL, p, err);
}

static void ids_may_be_any_but_0(void **state)
{
	static const uint64_t ids[] = {1, 2, 1000, 1ull << 40, UINT64_MAX};
	struct hprof_error err;
	struct hprof_profile *p;
	struct hp_message m;

	(void)state;
	for (size_t i = 0; i < HP_LEN(ids); i++) {
		m = small(ids[i], 3, 0x1234);
		if (load(&m, &p, &err) < 0)
			fail_msg("%llu: %s", (unsigned long long)ids[i], err.message);
		assert_true(hp_profile_valid(p));
		assert_true(p->all.n == 1 && p->all.estimate[0][0] == 100);
		assert_true(p->locs.addr[p->stacks.loc[1].i] == 0x1234);
		hprof_profile_free(p);
		hp_message_release(&m);
	}
	m = small(0, 3, 0x1234);
	assert_int_equal(load(&m, &p, &err), HPROF_EFORMAT);
	hp_message_release(&m);
}

/* --- what is known of the errors --- */

enum { TEXTS = 12 };

/* A profile with two types, of @unit[], and one sample of them, which has a label "bytes". */
struct kind {
	const char *name;
	const char *type[2], *unit[2];
	const char *period_type, *period_unit;
	uint64_t period;
	int64_t value[2];
	uint64_t label; /* 0: none */
	enum hp_errors want[2];
	double variance[2]; /* of the estimates, if known */
};

static void add_sample(struct hp_message *p, const struct kind *k)
{
	struct hp_message part = {0}, label = {0};

	hp_message_uint(&part, 1, 1);
	for (size_t i = 0; i < 2; i++)
		hp_message_uint(&part, 2, (uint64_t)k->value[i]);
	if (k->label) {
		hp_message_uint(&label, 1, 9);
		hp_message_uint(&label, 3, k->label);
		hp_message_put(&part, 3, &label);
	}
	hp_message_put(p, 2, &part);
	hp_message_reset(&part);
	hp_message_uint(&part, 1, 1);
	hp_message_uint(&part, 3, 0x1000);
	hp_message_put(p, 4, &part);
	hp_message_release(&part);
	hp_message_release(&label);
}

static struct hp_message make(const struct kind *k)
{
	const char *text[TEXTS] = {
		"", k->type[0], k->unit[0], k->type[1], k->unit[1], k->period_type, k->period_unit,
		"", "",         "bytes",    "",         ""};
	struct hp_message p = {0}, part = {0};

	add_type(&p, 1, 2);
	add_type(&p, 3, 4);
	add_sample(&p, k);
	for (size_t i = 0; i < TEXTS; i++)
		hp_message_text(&p, 6, hp_slice_str(text[i]));
	hp_message_uint(&part, 1, 5);
	hp_message_uint(&part, 2, 6);
	hp_message_put(&p, 11, &part);
	hp_message_uint(&p, 12, k->period);
	hp_message_release(&part);
	return p;
}

/* n (1 - p) / p^2 of objects of @size bytes, of which the writer made @objects. */
#define OBJECTS(objects, size, period)                                                             \
	((objects)*exp(-(size) / (period)) / -expm1(-(size) / (period)))
#define BYTES_OF(objects, size, period) (OBJECTS(objects, size, period) * (size) * (size))

static void errors_are_known_of_heaps_that_are_sampled_by_bytes(void **state)
{
	const enum hp_errors none = HP_ERRORS_NONE, known = HP_ERRORS_KNOWN,
			     unknown = HP_ERRORS_UNKNOWN;
#define HEAP(x)                                                                                    \
	{x "objects", x "space"},                                                                  \
	{                                                                                          \
		"count", "bytes"                                                                   \
	}
	const struct kind cases[] = {
		{"live",
		 HEAP("inuse_"),
		 "space",
		 "bytes",
		 4096,
		 {1000, 64000},
		 64,
		 {known, known},
		 {OBJECTS(1000, 64.0, 4096), BYTES_OF(1000, 64.0, 4096)}},
		{"all, no label",
		 HEAP("alloc_"),
		 "space",
		 "bytes",
		 524288,
		 {10, 3000000},
		 0,
		 {known, known},
		 {OBJECTS(10, 300000.0, 524288), BYTES_OF(10, 300000.0, 524288)}},
		{"short names",
		 HEAP(""),
		 "space",
		 "bytes",
		 512,
		 {50, 1600},
		 32,
		 {known, known},
		 {OBJECTS(50, 32.0, 512), BYTES_OF(50, 32.0, 512)}},
		{"numbers that were cut",
		 HEAP("inuse_"),
		 "space",
		 "bytes",
		 524288,
		 {1, 666666},
		 524288,
		 {known, known},
		 {1 * exp(-1) / (1 - exp(-1)), 666666 * exp(-1) / (1 - exp(-1)) * 524288}},
		{"a label that is no mean of these",
		 HEAP("inuse_"),
		 "space",
		 "bytes",
		 4096,
		 {1000, 64000},
		 640,
		 {known, known},
		 {OBJECTS(1000, 64.0, 4096), BYTES_OF(1000, 64.0, 4096)}},
		{"bytes without objects",
		 {"inuse_space", "gc"},
		 {"bytes", "count"},
		 "space",
		 "bytes",
		 4096,
		 {64000, 3},
		 0,
		 {known, unknown},
		 {64000.0 * 4096, 0}},
		{"everything",
		 HEAP("inuse_"),
		 "space",
		 "bytes",
		 1,
		 {5, 50},
		 10,
		 {none, none},
		 {0, 0}},
		{"no period",
		 HEAP("inuse_"),
		 "space",
		 "bytes",
		 0,
		 {5, 50},
		 10,
		 {unknown, unknown},
		 {0, 0}},
		{"a period of something else",
		 HEAP("inuse_"),
		 "cpu",
		 "nanoseconds",
		 10000000,
		 {5, 50},
		 10,
		 {unknown, unknown},
		 {0, 0}},
		{"a period of other bytes",
		 HEAP("inuse_"),
		 "allocations",
		 "bytes",
		 4096,
		 {5, 50},
		 10,
		 {unknown, unknown},
		 {0, 0}},
		{"other types",
		 HEAP("alloc_in_new_tlab_"),
		 "space",
		 "bytes",
		 4096,
		 {5, 50},
		 10,
		 {unknown, unknown},
		 {0, 0}},
		{"a difference",
		 HEAP("inuse_"),
		 "space",
		 "bytes",
		 4096,
		 {-5, -50},
		 10,
		 {unknown, unknown},
		 {0, 0}},
	};
#undef HEAP

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_message m = make(&cases[i]);
		struct hprof_error err;
		struct hprof_profile *p;

		if (load(&m, &p, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.message);
		for (uint32_t t = 0; t < 2; t++) {
			double want = cases[i].variance[t], got = p->all.variance[t][0];

			if (hp_profile_errors(p, t) != cases[i].want[t])
				fail_msg("%s: type %u: %d", cases[i].name, t,
					 hp_profile_errors(p, t));
			if (cases[i].want[t] == known && fabs(got - want) > 1e-9 * want)
				fail_msg("%s: type %u: variance %g, not %g", cases[i].name, t, got,
					 want);
		}
		hprof_profile_free(p);
		hp_message_release(&m);
	}
}

static void unknown_fields_are_passed_over(void **state)
{
	struct hprof_error err;
	struct hprof_profile *p;
	struct hp_message m = small(1, 99, 5);

	(void)state;
	hp_message_uint(&m, 99, 5);
	hp_message_text(&m, 98, HP_LIT("later"));
	if (load(&m, &p, &err) < 0)
		fail_msg("%s", err.message);
	hprof_profile_free(p);
	hp_message_release(&m);
}

/* Every beginning of a file is refused, or is one that makes sense by itself. */
static void beginnings_do_no_harm(void **state)
{
	struct hp_message m = small(1, 3, 0x1234);
	unsigned accepted = 0;

	(void)state;
	for (size_t n = 0; n <= m.n; n++) {
		unsigned char *exact = malloc(n ? n : 1);
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = NULL;

		memcpy(exact, m.ptr, n);
		if (hprof_load_bytes(exact, n, "test", NULL, &p, &err) == HPROF_OK) {
			assert_true(hp_profile_valid(p));
			accepted++;
		} else {
			assert_true(err.message[0] != '\0');
		}
		hprof_profile_free(p);
		free(exact);
	}
	assert_int_equal(accepted, 1); /* all of it */
	hp_message_release(&m);
}

static void limits_are_kept(void **state)
{
	const struct hprof_load_opts opts = {.limits = {.rows = 16}};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_message m = {0}, part = {0};
	struct hprof_profile *p = NULL;

	(void)state;
	add_type(&m, 1, 2);
	for (uint64_t i = 1; i <= 64; i++) {
		hp_message_reset(&part);
		hp_message_uint(&part, 1, i);
		hp_message_put(&m, 4, &part);
	}
	hp_message_text(&m, 6, HP_LIT(""));
	hp_message_text(&m, 6, HP_LIT("space"));
	hp_message_text(&m, 6, HP_LIT("bytes"));
	assert_int_equal(hprof_load_bytes(m.ptr, m.n, "test", &opts, &p, &err), HPROF_ELIMIT);
	hp_message_release(&m);
	hp_message_release(&part);
}

/* --- stacks in order --- */

enum { STACKS = 3000, DEPTH = 40 };

static uint64_t next_random(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return *x >> 33;
}

/* @out[DEPTH]: a stack that has most in common with others; its length. */
static uint32_t make_stack(uint64_t *random, hp_locid *out)
{
	uint32_t n = (uint32_t)(next_random(random) % DEPTH);

	for (uint32_t i = 0; i < n; i++)
		out[n - 1 - i].i =
			HP_TRUNCATED_LOCS +
			(uint32_t)(next_random(random) % 10 ? i % 7 : next_random(random) % 9);
	return n;
}

static void stacks_in_order_are_the_same_stacks(void **state)
{
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_placed_stack *placed = calloc(STACKS, sizeof(*placed));
	hp_locid loc[DEPTH], (*stack)[DEPTH] = calloc(STACKS, sizeof(*stack));
	uint32_t *n = calloc(STACKS, sizeof(*n)), last = 0;
	struct hp_stack_set set = {0};
	uint64_t random = 1;
	struct hp_builder a, b;

	(void)state;
	assert_true(placed && stack && n);
	assert_int_equal(hp_builder_init(&a, NULL, "a", &err), 0);
	assert_int_equal(hp_builder_init(&b, NULL, "b", &err), 0);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(hp_build_location(&a, 0x1000 + i, NULL, 0, &loc[0]), 0);
	for (uint32_t i = 0; i < STACKS; i++) {
		n[i] = make_stack(&random, stack[i]);
		assert_int_equal(hp_stack_set_add(&set, &a, stack[i], n[i]), 0);
	}
	assert_int_equal(hp_stack_set_build(&set, &a, placed), 0);
	for (uint32_t i = 0; i < STACKS; i++) {
		uint32_t at = placed[i].stack.i, row = placed[i].row, k = 0;
		hp_stackid other;

		for (; at; at = a.p->stacks.parent[at].i, k++)
			assert_true(k < n[row] && a.p->stacks.loc[at].i == stack[row][k].i);
		assert_int_equal(k, n[row]);
		assert_true(placed[i].stack.i >= last || i == 0);
		assert_true(i == 0 || placed[i].stack.i != last || row > placed[i - 1].row);
		last = placed[i].stack.i;
		assert_int_equal(hp_build_named_stack(&b, stack[row], n[row], &other), 0);
	}
	assert_int_equal(a.p->stacks.n, b.p->stacks.n); /* none is there twice */
	assert_int_equal(a.p->max_depth, b.p->max_depth);
	hp_stack_set_release(&set);
	hp_builder_release(&a);
	hp_builder_release(&b);
	free(placed);
	free(stack);
	free(n);
}

/* --- shares --- */

/*
 * t* has 10 objects of 100 bytes; threads 1 and 2 tell of 4 and 4 of them: what is left is of no
 * thread.  All are scaled to the estimate of t*.
 */
static void shares_of_threads_add_up(void **state)
{
	static const char text[] =
		"heap_v2/1000\n"
		"  t*: 10: 1000 [0: 0]\n  t1: 4: 400 [0: 0]\n  t2: 4: 400 [0: 0]\n"
		"@ 0x10 0x20\n"
		"  t*: 10: 1000 [0: 0]\n  t1: 4: 400 [0: 0]\n  t2: 4: 400 [0: 0]\n";
	const struct hprof_load_opts load_opts = {.threads = HPROF_THREADS_STACKS};
	const struct hprof_view_opts opts = {.all_types = true, .shares = true};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_profile *p;
	struct hprof_view *v;
	struct hp_breakdown s;
	double total, sum = 0;

	(void)state;
	assert_int_equal(hprof_load_bytes(text, sizeof(text) - 1, "t", &load_opts, &p, &err), 0);
	assert_int_equal(
		test_view_of((const struct hprof_profile *const *)&p, 1, NULL, 0, &opts, &v, &err),
		0);
	assert_int_equal(hp_breakdown_init(v, &s, &err), 0);
	assert_int_equal(s.n, 3);
	total = v->types[0].total.delta;
	for (uint32_t i = 0; i < s.n; i++)
		sum += s.value[0][i];
	assert_true(fabs(sum - total) < 1e-9 * total);
	assert_true(s.row[0].thread == 0 && s.row[0].size == 0);
	assert_true(fabs(s.value[0][0] - 0.2 * total) < 1e-9 * total);
	for (uint32_t i = 1; i < 3; i++) {
		assert_true(s.row[i].thread == i && s.row[i].size == 100);
		assert_true(fabs(s.value[0][i] - 0.4 * total) < 1e-9 * total);
	}
	hp_breakdown_release(&s);
	hprof_view_free(v);
	hprof_profile_free(p);
}

/* One stack at address 0x1234: sample @i has value[i], and is of thread 1 + @i. */
static struct hp_message threads_of(const int64_t *value, size_t n)
{
	struct hp_message p = {0}, part = {0}, label = {0};
	char name[24];

	add_type(&p, 1, 2);
	for (size_t i = 0; i < n; i++) {
		hp_message_uint(&part, 1, 1);
		hp_message_uint(&part, 2, (uint64_t)value[i]);
		hp_message_uint(&label, 1, 3);
		hp_message_uint(&label, 2, 4 + i);
		hp_message_put(&part, 3, &label);
		hp_message_put(&p, 2, &part);
		hp_message_reset(&label);
		hp_message_reset(&part);
	}
	hp_message_uint(&part, 1, 1);
	hp_message_uint(&part, 3, 0x1234);
	hp_message_put(&p, 4, &part);
	hp_message_text(&p, 6, HP_LIT(""));
	hp_message_text(&p, 6, HP_LIT("space"));
	hp_message_text(&p, 6, HP_LIT("bytes"));
	hp_message_text(&p, 6, HP_LIT("thread"));
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "t%zu", i + 1);
		hp_message_text(&p, 6, hp_slice_str(name));
	}
	hp_message_release(&part);
	hp_message_release(&label);
	return p;
}

/* The shares of the only stack of @bytes are @value, and those of what they are written as. */
static void check_shares(const void *bytes, size_t len, const int64_t *value, size_t n, bool again)
{
	const struct hprof_load_opts load_opts = {.threads = HPROF_THREADS_STACKS};
	const struct hprof_view_opts opts = {.all_types = true, .shares = true};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct text out = {0};
	struct hprof_profile *p;
	struct hprof_view *v;
	struct hp_breakdown s;

	if (hprof_load_bytes(bytes, len, "t", &load_opts, &p, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(
		test_view_of((const struct hprof_profile *const *)&p, 1, NULL, 0, &opts, &v, &err),
		0);
	assert_int_equal(hp_breakdown_init(v, &s, &err), 0);
	assert_int_equal(s.n, n);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(s.row[i].thread, i + 1);
		assert_true(s.value[0][i] == (double)value[i]);
	}
	if (again) {
		assert_int_equal(hprof_render(v, "pprof", NULL, text_write, &out, &err), 0);
		check_shares(out.ptr, out.len, value, n, false);
	}
	free(out.ptr);
	hp_breakdown_release(&s);
	hprof_view_free(v);
	hprof_profile_free(p);
}

static void shares_that_cancel_are_kept(void **state)
{
	static const struct {
		int64_t value[3];
		size_t n;
	} cases[] = {
		{{700, -700}, 2}, {{-1, 1}, 2},
		{{5, -2, -3}, 3}, {{1ll << 52, -(1ll << 52)}, 2},
		{{100, 300}, 2},  {{100, -300}, 2},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_message m = threads_of(cases[i].value, cases[i].n);

		check_shares(m.ptr, m.n, cases[i].value, cases[i].n, true);
		hp_message_release(&m);
	}
}

/* Names that stand in a file as a linker knows them: what becomes of name and system_name. */
static void mangled_names_are_demangled(void **state)
{
	static const struct {
		const char *name, *system, *want, *full, *linkage;
	} cases[] = {
		{"_ZN3foo3barEi", "", "foo::bar", "foo::bar(int)", "_ZN3foo3barEi"},
		{"_ZN3foo3barEi", "_ZN3foo3barEi", "foo::bar", "foo::bar(int)", "_ZN3foo3barEi"},
		{"", "_ZN3foo3barEi", "foo::bar", "foo::bar(int)", "_ZN3foo3barEi"},
		{"foo::bar(int)", "_ZN3foo3barEi", "foo::bar", "foo::bar(int)", "_ZN3foo3barEi"},
		{"_ZN3foo3barEi", "other", "foo::bar", "foo::bar(int)", "other"},
		{"_ZN3foo3barEi.part.0", "", "foo::bar", "foo::bar(int)", "_ZN3foo3barEi.part.0"},
		{"__ZN3foo3barEi", "", "foo::bar", "foo::bar(int)", "__ZN3foo3barEi"},
		{"_Znwm@@GLIBCXX_3.4", "", "operator new", "operator new(unsigned long)",
		 "_Znwm@@GLIBCXX_3.4"},
		{"_RNvCs1234_7mycrate3foo", "", "mycrate::foo", "mycrate::foo",
		 "_RNvCs1234_7mycrate3foo"},
		{"_ZN4core3ptr4drop17h0123456789abcdefE", "", "core::ptr::drop",
		 "core::ptr::drop::h0123456789abcdef", "_ZN4core3ptr4drop17h0123456789abcdefE"},
		{"_D3foo3barFiZv", "", "foo.bar", "foo.bar(int)", "_D3foo3barFiZv"},
		{"foo::bar", "foo::bar(int)", "foo::bar", "foo::bar(int)", ""},
		{"foo::bar", "void foo::bar(int)", "foo::bar", "foo::bar", "void foo::bar(int)"},
		{"get<int>", "int get<int>(int)", "get<int>", "int get<int>(int)", ""},
		{"foo::bar", "foo::baz(int)", "foo::bar", "foo::bar", "foo::baz(int)"},
		{"_ZSTD_compress", "", "_ZSTD_compress", "_ZSTD_compress", ""},
		{"_Reset", "_Reset", "_Reset", "_Reset", ""},
		{"_D", "", "_D", "_D", ""},
		{"_Z", "", "_Z", "_Z", ""},
		{"__Z", "", "__Z", "__Z", ""},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_message m = small(1, 3, 0x1234), part = {0};
		struct hprof_error err;
		struct hprof_profile *p;
		struct hp_slice name, full, linkage;

		hp_message_uint(&part, 1, 1);
		hp_message_uint(&part, 2, 3);
		hp_message_uint(&part, 3, 4);
		hp_message_put(&m, 5, &part);
		hp_message_text(&m, 6, hp_slice_str(cases[i].name));
		hp_message_text(&m, 6, hp_slice_str(cases[i].system));
		if (load(&m, &p, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.message);
		assert_true(p->funcs.n == 1);
		name = hp_profile_str(p, p->funcs.name[0]);
		full = hp_profile_str(p, p->funcs.full[0]);
		linkage = hp_profile_str(p, p->funcs.linkage[0]);
		if (!hp_slice_same(name, hp_slice_str(cases[i].want)) ||
		    !hp_slice_same(full, hp_slice_str(cases[i].full)) ||
		    !hp_slice_same(linkage, hp_slice_str(cases[i].linkage)))
			fail_msg("%s, %s: %s, %s, %s", cases[i].name, cases[i].system, name.ptr,
				 full.ptr, linkage.ptr);
		hprof_profile_free(p);
		hp_message_release(&m);
		hp_message_release(&part);
	}
}

RUN(cmocka_unit_test(mangled_names_are_demangled), cmocka_unit_test(numbers_come_back),
    cmocka_unit_test(errors_are_known_of_heaps_that_are_sampled_by_bytes),
    cmocka_unit_test(damaged_wire_data_end_a_message), cmocka_unit_test(ids_may_be_any_but_0),
    cmocka_unit_test(unknown_fields_are_passed_over), cmocka_unit_test(beginnings_do_no_harm),
    cmocka_unit_test(limits_are_kept), cmocka_unit_test(stacks_in_order_are_the_same_stacks),
    cmocka_unit_test(shares_of_threads_add_up), cmocka_unit_test(shares_that_cancel_are_kept))
