/* test_reply.c - applying what a child process sent: in any order, and malformed. */
#include "tests/test.h"

#include "analyzer/symbolize/apply.h"
#include "analyzer/symbolize/wire.h"

enum { N_ADDRS = 3 };

static const char dump[] = "heap_v2/1\n  t*: 3: 300 [0: 0]\n"
			   "@ 0x400101 0x400201 0x400301\n  t*: 3: 300 [0: 0]\n"
			   "\nMAPPED_LIBRARIES:\n"
			   "00400000-00402000 r-xp 00000000 08:01 11   /srv/app\n";

static void send_file(struct hp_wire *w)
{
	hp_wire_begin(w, HP_WIRE_FILE);
	hp_wire_u8(w, HP_MODULE_OK);
	hp_wire_u8(w, HP_SYMBOLS_DWARF);
	for (unsigned i = 0; i < HP_WIRE_FILE_TEXTS; i++)
		hp_wire_text(w, HP_LIT("x"));
	hp_wire_end(w);
}

static void send_func(struct hp_wire *w, uint8_t stream, const char *name)
{
	hp_wire_begin(w, HP_WIRE_FUNC);
	hp_wire_u8(w, stream);
	hp_wire_text(w, hp_slice_str(name));
	hp_wire_text(w, HP_LIT(""));
	hp_wire_text(w, HP_LIT(""));
	hp_wire_text(w, HP_LIT("a.c"));
	hp_wire_end(w);
}

static void send_frame(struct hp_wire *w, uint8_t stream, uint32_t addr, uint32_t func)
{
	hp_wire_begin(w, HP_WIRE_FRAMES);
	hp_wire_u8(w, stream);
	hp_wire_u32(w, addr);
	hp_wire_u32(w, func);
	hp_wire_u32(w, 7); /* line */
	hp_wire_u32(w, 1);
	hp_wire_u32(w, 0);
	hp_wire_end(w);
}

static void send_damage(struct hp_wire *w, const char *text)
{
	hp_wire_begin(w, HP_WIRE_WARN);
	hp_wire_u8(w, HP_WIRE_DAMAGED);
	hp_wire_text(w, hp_slice_str(text));
	hp_wire_end(w);
}

/* The same from two workers; which of them is first depends on @other. */
static void send_all(struct hp_wire *w, bool other)
{
	send_file(w);
	for (int half = 0; half < 2; half++) {
		if ((half == 0) == other) {
			send_func(w, 1, "one");
			send_func(w, 1, "two");
			send_frame(w, 1, 1, 1);
			send_damage(w, "first");
		} else {
			send_func(w, 0, "two");
			send_func(w, 0, "zero");
			send_frame(w, 0, 2, 0);
			send_frame(w, 0, 0, 1);
			send_damage(w, "second");
		}
	}
	hp_wire_begin(w, HP_WIRE_END);
	hp_wire_end(w);
}

/* A profile to which the reply bytes[n] was applied; *@malformed if it was found to be that. */
static struct hprof_profile *apply(const uint8_t *bytes, size_t n, bool *malformed)
{
	static const struct hp_job_addr addrs[N_ADDRS];
	const struct hp_job job = {.addrs = addrs, .n_addrs = N_ADDRS};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hp_reply t = {.bytes = malloc(n + 1), .n = n};
	struct hp_lookup lookup[N_ADDRS];
	struct hp_target target = {.lookup = lookup, .n = N_ADDRS};
	struct hp_answers a;

	assert_non_null(t.bytes);
	memcpy(t.bytes, bytes, n);
	assert_int_equal(hprof_load_bytes(dump, sizeof(dump) - 1, "test", NULL, &target.p, &err),
			 0);
	for (uint32_t i = 0; i < N_ADDRS; i++)
		lookup[i] = (struct hp_lookup){i, {target.p->locs.n - N_ADDRS + i}};
	assert_int_equal(hp_answers_init(&a, &job, &t, 1, &err), 0);
	assert_int_equal(hp_apply(&a, &target, true, &err), 0);
	assert_true(hp_profile_valid(target.p));
	*malformed = a.malformed;
	hp_answers_release(&a);
	free(t.bytes);
	return target.p;
}

static void order_of_workers_does_not_show(void **state)
{
	struct text out[2] = {{0}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct hprof_view_opts opts = {.prune = HPROF_PRUNE_NONE};
		const struct hprof_render_opts render = {0};
		struct hp_wire w = {.fd = -1};
		const struct hprof_profile *cp;
		struct hprof_profile *p;
		struct hprof_view *v;
		bool malformed;

		send_all(&w, i == 1);
		p = apply(w.bytes, w.n, &malformed);
		assert_false(malformed);
		assert_int_equal(p->funcs.n, 2); /* "one" is not needed */
		assert_string_equal(hp_profile_str(p, p->funcs.name[0]).ptr, "zero");
		assert_string_equal(hp_profile_str(p, p->funcs.name[1]).ptr, "two");
		assert_string_equal(hprof_profile_warning(p, hprof_profile_warnings(p) - 1),
				    "damaged debug information: second");
		cp = p;
		assert_int_equal(test_view_of(&cp, 1, NULL, 0, &opts, &v, NULL), 0);
		assert_int_equal(hprof_render(v, "json", &render, text_write, &out[i], NULL), 0);
		hprof_view_free(v);
		hprof_profile_free(p);
		hp_wire_release(&w);
	}
	assert_string_equal(out[0].ptr, out[1].ptr);
	free(out[0].ptr);
	free(out[1].ptr);
}

static void malformed_replies_are_refused(void **state)
{
	static const struct {
		const char *name;
		uint8_t stream;
		uint32_t addr, func;
		bool sound;
	} cases[] = {
		{"nothing wrong", 0, 0, 0, true},
		{"a stream that there is not", HP_WIRE_STREAMS, 0, 0, false},
		{"a stream without functions", 9, 0, 0, false},
		{"an address that was not asked for", 0, N_ADDRS, 0, false},
		{"a function that was not sent", 0, 0, 1, false},
		{"a function far away", 0, 0, UINT32_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_wire w = {.fd = -1};
		bool malformed;

		send_file(&w);
		send_func(&w, 0, "zero");
		send_frame(&w, cases[i].stream, cases[i].addr, cases[i].func);
		hprof_profile_free(apply(w.bytes, w.n, &malformed));
		if (malformed == cases[i].sound)
			fail_msg("%s: malformed: %d", cases[i].name, malformed);
		hp_wire_release(&w);
	}
}

static void changed_bytes_do_no_harm(void **state)
{
	struct hp_wire w = {.fd = -1};
	unsigned seed = 1;

	(void)state;
	send_all(&w, false);
	for (int i = 0; i < 4000; i++) {
		uint8_t *bytes = malloc(w.n);
		size_t n = i % 3 ? w.n : (size_t)rand_r(&seed) % w.n;
		bool malformed;

		assert_non_null(bytes);
		memcpy(bytes, w.bytes, w.n);
		for (int k = 0; k < 1 + i % 4; k++)
			bytes[(size_t)rand_r(&seed) % w.n] = (uint8_t)rand_r(&seed);
		hprof_profile_free(apply(bytes, n, &malformed));
		free(bytes);
	}
	hp_wire_release(&w);
}

RUN(cmocka_unit_test(order_of_workers_does_not_show),
    cmocka_unit_test(malformed_replies_are_refused), cmocka_unit_test(changed_bytes_do_no_harm))
