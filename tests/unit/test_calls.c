/* test_calls.c - the call tree: its shape, its order, and that every part of it closes. */
#include "tests/test.h"

#include <inttypes.h>

#include "analyzer/ops/calls.h"

/* Stacks are written leaf first; one object each, so that nothing is scaled. */
#define STACK(addresses, bytes) "@ " addresses "\n  t*: 1: " bytes " [0: 0]\n"
#define HEAD "heap_v2/1\n  t*: 1: 1 [0: 0]\n"
#define MAPS                                                                                       \
	"\nMAPPED_LIBRARIES:\n"                                                                    \
	"1000-2000 r-xp 00000000 08:01 1 /none/a\n"                                                \
	"2000-3000 r-xp 00000000 08:01 2 /none/b\n"

static const char *drawn(const struct hprof_view *v, const struct hprof_render_opts *o,
			 struct text *out)
{
	struct hprof_error err = HPROF_ERROR_INIT;

	free(out->ptr);
	*out = (struct text){0};
	if (hprof_render(v, "tree", o, text_write, out, &err) < 0)
		fail_msg("%s", err.message);
	return strchr(out->ptr, '\n') + 1; /* behind the total */
}

#define UP "        flat   flat%   no caller  name\n"
#define DOWN "         cum    cum%        flat  name\n"
#define UP_DIFF "      before       after       delta   no caller  name\n"
#define DOWN_DIFF "      before       after       delta  flat delta  name\n"

struct drawing {
	const char *name, *now, *base;
	struct hprof_view_opts view;
	struct hprof_render_opts render;
	const char *want;
};

static void check_drawings(const struct drawing *d, size_t n)
{
	struct text out = {0};

	for (; n--; d++) {
		struct hprof_render_opts o = d->render;
		struct hprof_profile *p = test_load(d->now);
		struct hprof_profile *base = d->base ? test_load(d->base) : NULL;
		struct hprof_view *v = test_view(p, base, &d->view);
		const char *got;

		o.unit = HPROF_UNIT_B;
		got = drawn(v, &o, &out);
		if (strcmp(got, d->want) != 0)
			fail_msg("%s:\n%swanted\n%s", d->name, got, d->want);
		hprof_view_free(v);
		hprof_profile_free(p);
		hprof_profile_free(base);
	}
	free(out.ptr);
}

/* One allocator below two callers, and one of those allocates as well. */
#define FORKED                                                                                     \
	HEAD STACK("0x1011 0x1021 0x1031", "300") STACK("0x1011 0x1041 0x1031", "500")             \
		STACK("0x1041 0x1031", "200") MAPS

static void trees_are_drawn(void **state)
{
	static const struct drawing drawings[] = {
		{.name = "top down",
		 .now = FORKED,
		 .want = DOWN "      1000 B  100.0%              a+0x30\n"
			      "       700 B   70.0%       200 B    a+0x40\n"
			      "       500 B   50.0%       500 B      a+0x10\n"
			      "       300 B   30.0%                a+0x20\n"
			      "                           300 B    a+0x10\n"},
		{.name = "bottom up",
		 .now = FORKED,
		 .render = {.bottom_up = true},
		 .want = UP "       800 B   80.0%              a+0x10\n"
			    "       500 B   50.0%                a+0x40\n"
			    "                           500 B    a+0x30\n"
			    "       300 B   30.0%                a+0x20\n"
			    "                           300 B    a+0x30\n"
			    "       200 B   20.0%              a+0x40\n"
			    "                           200 B  a+0x30\n"},
		{.name = "equal ones by name; recursion is a number",
		 .now = HEAD STACK("0x1031 0x1021", "100") STACK("0x1011 0x1021", "100")
			 STACK("0x1041 0x1041 0x1041", "100") MAPS,
		 .want = DOWN "       200 B   66.7%              a+0x20\n"
			      "       100 B   33.3%       100 B    a+0x10\n"
			      "       100 B   33.3%       100 B    a+0x30\n"
			      "       100 B   33.3%       100 B  a+0x40 (3 times)\n"},
	};

	(void)state;
	check_drawings(drawings, HP_LEN(drawings));
}

static void trees_say_where_something_is_left_out(void **state)
{
	static const struct drawing drawings[] = {
		{.name = "two rows",
		 .now = FORKED,
		 .render = {.rows = 2},
		 .want = DOWN "      1000 B  100.0%              a+0x30\n"
			      "       700 B   70.0%       200 B    a+0x40\n"
			      "       500 B   50.0%                  ... 1 more\n"
			      "       300 B   30.0%                ... 1 more\n"
			      "(-n 0 shows all)\n"},
		{.name = "31 % and more",
		 .now = FORKED,
		 .render = {.min_percent = 31},
		 .want = DOWN "      1000 B  100.0%              a+0x30\n"
			      "       700 B   70.0%       200 B    a+0x40\n"
			      "       500 B   50.0%       500 B      a+0x10\n"
			      "       300 B   30.0%                ... 1 more\n"},
		{.name = "one level",
		 .now = FORKED,
		 .render = {.depth = 1, .bottom_up = true},
		 .want = UP "       800 B   80.0%              a+0x10\n"
			    "       800 B   80.0%                ... 2 more\n"
			    "       200 B   20.0%              a+0x40\n"
			    "       200 B   20.0%                ... 1 more\n"},
	};

	(void)state;
	check_drawings(drawings, HP_LEN(drawings));
}

#define TWO_MODULES                                                                                \
	HEAD STACK("0x1011 0x1021 0x2031 0x1041 0x1051", "100")                                    \
		STACK("0x1011 0x1021 0x2031", "200") MAPS

static void calls_within_a_module_are_none(void **state)
{
	static const struct drawing drawings[] = {
		{.name = "top down",
		 .now = TWO_MODULES,
		 .view = {.granularity = HPROF_BY_MODULE},
		 .want = DOWN "       200 B   66.7%              /none/b\n"
			      "                           200 B  /none/a\n"
			      "       100 B   33.3%              /none/a\n"
			      "                                  /none/b\n"
			      "                           100 B  /none/a\n"},
		{.name = "bottom up",
		 .now = TWO_MODULES,
		 .view = {.granularity = HPROF_BY_MODULE},
		 .render = {.bottom_up = true},
		 .want = UP "       300 B  100.0%              /none/a\n"
			    "                           200 B  /none/b\n"
			    "       100 B   33.3%       100 B    /none/a\n"},
	};

	(void)state;
	check_drawings(drawings, HP_LEN(drawings));
}

static void differences_are_drawn(void **state)
{
	static const struct drawing drawings[] = {
		{.name = "what grew and shrank, and nothing else",
		 .now = HEAD STACK("0x1011 0x1031", "300") STACK("0x1021 0x1031", "500")
			 STACK("0x1061 0x1031", "50") MAPS,
		 .base = HEAD STACK("0x1011 0x1031", "700") STACK("0x1041 0x1031", "90")
			 STACK("0x1061 0x1031", "50") MAPS,
		 .want = DOWN_DIFF
		 "       840 B       850 B       +10 B              a+0x30\n"
		 "         0 B       500 B      +500 B      +500 B    a+0x20\n"
		 "       700 B       300 B      -400 B      -400 B    a+0x10\n"
		 "        90 B         0 B       -90 B       -90 B    a+0x40\n"
		 "        50 B        50 B         0 B                ... 1 more\n"},
		{.name = "growth, where nothing grew",
		 .now = HEAD STACK("0x1011 0x1031", "300") MAPS,
		 .base = HEAD STACK("0x1011 0x1031", "700") MAPS,
		 .view = {.drop_negative = true},
		 .render = {.bottom_up = true},
		 .want = "no difference\n"},
		{.name = "bottom up, one row",
		 .now = HEAD STACK("0x1011 0x1031", "300") MAPS,
		 .base = HEAD STACK("0x1011 0x1021", "700") MAPS,
		 .render = {.bottom_up = true, .rows = 1},
		 .want = UP_DIFF "       700 B       300 B      -400 B              a+0x10\n"
				 "       700 B       300 B      -400 B                ... 2 more\n"
				 "(-n 0 shows all)\n"},
	};

	(void)state;
	check_drawings(drawings, HP_LEN(drawings));
}

/* --- every part closes --- */

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

/* A dump of stacks whose frames repeat; sampled, so that values are no whole numbers. */
static struct hprof_profile *random_profile(uint32_t seed)
{
	struct text t = {0};
	char line[64];
	struct hprof_profile *p;

	text_write(&t, "heap_v2/4096\n  t*: 1: 1 [0: 0]\n", 31);
	for (uint32_t i = 0; i < 120; i++) {
		uint32_t frames = 1 + random_below(&seed, 9);

		text_write(&t, "@", 1);
		for (uint32_t k = 0; k < frames; k++) {
			int n = snprintf(line, sizeof(line), " 0x%x",
					 0x1001 + random_below(&seed, 0x20) * 0x100);

			text_write(&t, line, (size_t)n);
		}
		int n = snprintf(line, sizeof(line), "\n  t*: %u: %u [0: 0]\n",
				 1 + random_below(&seed, 3), 100 + random_below(&seed, 5000));

		text_write(&t, line, (size_t)n);
	}
	text_write(&t, MAPS, sizeof(MAPS) - 1);
	p = test_load(t.ptr);
	free(t.ptr);
	return p;
}

static bool same(double a, double b, bool exactly)
{
	return exactly ? a == b : fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

/* Each cum is flat, children and hidden; all flat and hidden together are the total. */
static void check_closed(const struct hprof_view *v, const struct hp_calls *c, bool whole)
{
	struct hp_amount *sum = calloc(c->n, sizeof(*sum)), all = {0};

	assert_non_null(sum);
	for (uint32_t i = c->n; i-- > 0;) {
		const struct hp_call *at = &c->call[i];

		hp_amount_add(&sum[i], &at->flat);
		hp_amount_add(&sum[i], &at->hidden);
		hp_amount_add(&all, &at->flat);
		hp_amount_add(&all, &at->hidden);
		if (!same(sum[i].delta, at->cum.delta, whole) ||
		    (v->n_bases && (!same(sum[i].current, at->cum.current, whole) ||
				    !same(sum[i].base, at->cum.base, whole))))
			fail_msg("call %" PRIu32 " of %" PRIu32 " does not close", i, c->n);
		if (!whole && !same(sum[i].variance, at->cum.variance, false))
			fail_msg("variance of call %" PRIu32 " does not close", i);
		if (whole && v->n_bases && !v->opts.drop_negative)
			assert_true(at->cum.delta == at->cum.current - at->cum.base);
		if (i) {
			assert_true(at->parent < i);
			assert_true(at->depth == c->call[at->parent].depth + 1);
			hp_amount_add(&sum[at->parent], &at->cum);
		}
	}
	if (whole && v->n_bases) /* two totals were rounded */
		assert_true(fabs(all.delta - v->types[0].total.delta) <= 1.5);
	else
		assert_true(same(all.delta,
				 whole ? round(v->types[0].total.delta) : v->types[0].total.delta,
				 whole));
	free(sum);
}

/* What the first level is must be what a table of the same rows says. */
static void check_table(const struct hprof_view *v, const struct hp_calls *c)
{
	struct hp_table t;
	uint32_t k = 1;

	assert_int_equal(hp_table_init(v, 0, 0, &t, NULL), 0);
	for (uint32_t i = 0; i < t.n; i++) {
		double found = 0;

		for (k = 1; k < c->n; k++)
			if (c->call[k].depth == 1 &&
			    hp_row_order(v, &c->row[c->call[k].row], &t.row[i]) == 0)
				found = c->call[k].cum.delta;
		assert_true(same(found, t.row[i].flat.delta, false));
	}
	hp_table_release(&t);
}

static void every_part_closes(void **state)
{
	static const size_t rows[] = {0, 1, 2, 7, 40};
	static const double percents[] = {0, 0.1, 5, 100};
	static const uint32_t depths[] = {0, 1, 3};
	uint32_t seed = 1;

	(void)state;
	for (uint32_t round = 0; round < 400; round++) {
		struct hprof_profile *p = random_profile(round + 1);
		struct hprof_profile *base = round % 3 ? random_profile(round * 7 + 5) : NULL;
		struct hprof_view_opts vo = {
			.granularity = round % 4 == 3 ? HPROF_BY_MODULE : HPROF_BY_FUNCTION,
			.drop_negative = round % 3 == 2,
		};
		struct hprof_view *v = test_view(p, base, &vo);
		struct hp_calls_opts o = {
			.bottom_up = random_below(&seed, 2) == 1,
			.only_changed = random_below(&seed, 2) == 1,
			.rows = rows[random_below(&seed, HP_LEN(rows))],
			.depth = depths[random_below(&seed, HP_LEN(depths))],
			.min_percent = percents[random_below(&seed, HP_LEN(percents))],
		};
		struct hp_calls c;

		assert_int_equal(hp_calls_init(v, 0, &o, &c, NULL), 0);
		check_closed(v, &c, false);
		if (o.bottom_up && !o.rows && !o.only_changed && o.min_percent == 0)
			check_table(v, &c);
		assert_int_equal(hp_calls_round(v, &c, NULL), 0);
		check_closed(v, &c, true);
		hp_calls_release(&c);
		hprof_view_free(v);
		hprof_profile_free(p);
		hprof_profile_free(base);
	}
}

/* A stack of 100,000 frames: no recursion, no square. */
static void deep_stacks_are_drawn(void **state)
{
	enum { FRAMES = 100000 };
	struct text t = {0}, out = {0};
	const char *up, *down;
	struct hprof_profile *p;
	struct hprof_view *v;
	struct hprof_render_opts o = {.unit = HPROF_UNIT_B, .rows = 40};
	char *text = malloc(FRAMES * 8 + 200);
	size_t n;

	(void)state;
	assert_non_null(text);
	n = (size_t)sprintf(text, "heap_v2/1\n  t*: 1: 1 [0: 0]\n@");
	for (int i = 0; i < FRAMES; i++)
		n += (size_t)sprintf(text + n, " 0x%x", i % 2 ? 0x1011 : 0x1021);
	n += (size_t)sprintf(text + n, "\n  t*: 1: 100 [0: 0]\n" MAPS);
	p = test_load(text);
	v = test_view(p, NULL, NULL);
	down = drawn(v, &o, &t);
	assert_non_null(strstr(down, "... 99989 frames\n"));
	o.bottom_up = true;
	up = drawn(v, &o, &out);
	assert_non_null(strstr(up, "... 99989 frames\n"));
	free(t.ptr);
	free(out.ptr);
	free(text);
	hprof_view_free(v);
	hprof_profile_free(p);
}

/* Nested stacks that all end with a value: bottom up there are as many paths as frames squared. */
static void nested_stacks_end(void **state)
{
	enum { STACKS = 200 };
	struct text t = {0};
	struct hprof_profile *p;
	struct hprof_view *v;
	struct hp_calls_opts o = {.bottom_up = true};
	struct hp_calls c;
	char line[64];

	(void)state;
	text_write(&t, "heap_v2/1\n  t*: 1: 1 [0: 0]\n", 28);
	for (int i = 1; i < STACKS; i++) {
		text_write(&t, "@", 1);
		for (int k = i; k > 0; k--)
			text_write(&t, line,
				   (size_t)snprintf(line, sizeof(line), " 0x%x", 0x100001 + k));
		text_write(&t, "\n  t*: 1: 100 [0: 0]\n", 21);
	}
	p = test_load(t.ptr);
	v = test_view(p, NULL, NULL);
	assert_int_equal(hp_calls_init(v, 0, &o, &c, NULL), 0);
	assert_true(c.n <= v->tree.n + HP_CALLS_MAX);
	check_closed(v, &c, false);
	hp_calls_release(&c);
	hprof_view_free(v);
	hprof_profile_free(p);
	free(t.ptr);
}

RUN(cmocka_unit_test(trees_are_drawn), cmocka_unit_test(trees_say_where_something_is_left_out),
    cmocka_unit_test(calls_within_a_module_are_none), cmocka_unit_test(differences_are_drawn),
    cmocka_unit_test(every_part_closes), cmocka_unit_test(deep_stacks_are_drawn),
    cmocka_unit_test(nested_stacks_end))
