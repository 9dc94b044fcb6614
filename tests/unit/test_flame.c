/* test_flame.c - flame graphs: the merged tree, its boxes, colours and names. */
#include "tests/test.h"

#include <inttypes.h>
#include <math.h>

#include "analyzer/ops/significance.h"
#include "render/elide.h"
#include "render/flame_layout.h"
#include "render/markup.h"
#include "render/palette.h"

#define HEAD "heap_v2/1\n  t*: 1: 1 [0: 0]\n"
#define STACK(addresses, bytes) "@ " addresses "\n  t*: 1: " bytes " [0: 0]\n"
#define MAPS                                                                                       \
	"\nMAPPED_LIBRARIES:\n"                                                                    \
	"1000-2000 r-xp 00000000 08:01 1 /none/a\n"                                                \
	"2000-3000 r-xp 00000000 08:01 2 /none/b\n"

/* The tree as text: depth, name and weights, one line a node. */
static char *told(const struct hp_flame_raw *raw, const struct hp_flame *f, char *buf, size_t size)
{
	uint32_t depth[64] = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < f->n; i++) {
		struct hp_label label;
		struct hp_slice name = HP_LIT("all");

		if (i) {
			depth[i] = depth[f->parent[i]] + 1;
			name = hp_row_label(raw->v, &raw->row[f->row[i]], &label);
		}
		n += (size_t)snprintf(buf + n, size - n, "%u %.*s %.0f %.0f\n", depth[i],
				      (int)name.len, name.ptr, f->sum[i].weight, f->self[i].weight);
	}
	return buf;
}

/* One allocation grew, one shrank, one is gone. */
#define LATER HEAD STACK("0x1011", "10") STACK("0x1021", "500") MAPS
#define EARLIER HEAD STACK("0x1011", "400") STACK("0x1031", "50") MAPS

static void trees_are_merged(void **state)
{
	static const struct {
		const char *name, *now, *base;
		struct hprof_view_opts view;
		struct hp_flame_opts o;
		const char *want;
	} cases[] = {
		{.name = "the heaviest first, ties by name",
		 .now = HEAD STACK("0x1011 0x1021", "300") STACK("0x1031 0x1021", "300")
			 STACK("0x1041 0x1021", "500") STACK("0x1021", "7") MAPS,
		 .want = "0 all 1107 0\n1 a+0x20 1107 7\n2 a+0x40 500 500\n2 a+0x10 300 300\n"
			 "2 a+0x30 300 300\n"},
		{.name = "all by name",
		 .now = HEAD STACK("0x1011 0x1021", "300") STACK("0x1041 0x1021", "500") MAPS,
		 .o = {.by_name = true},
		 .want = "0 all 800 0\n1 a+0x20 800 0\n2 a+0x10 300 300\n2 a+0x40 500 500\n"},
		{.name = "within one module there are no calls",
		 .now = HEAD STACK("0x1011 0x1021 0x2011 0x2021", "300") STACK("0x1011", "20") MAPS,
		 .view = {.granularity = HPROF_BY_MODULE},
		 .want = "0 all 320 0\n1 /none/b 300 0\n2 /none/a 300 300\n1 /none/a 20 20\n"},
		{.name = "of a difference what is gone keeps its place",
		 .now = LATER,
		 .base = EARLIER,
		 .want = "0 all 950 0\n1 a+0x20 500 500\n1 a+0x10 400 400\n1 a+0x30 50 50\n"},
		{.name = "widths are growth",
		 .now = LATER,
		 .base = EARLIER,
		 .o = {.widths = HPROF_WIDTHS_GROWTH},
		 .want = "0 all 500 0\n1 a+0x20 500 500\n1 a+0x10 0 0\n1 a+0x30 0 0\n"},
		{.name = "widths are churn",
		 .now = LATER,
		 .base = EARLIER,
		 .o = {.widths = HPROF_WIDTHS_CHURN},
		 .want = "0 all 940 0\n1 a+0x20 500 500\n1 a+0x10 390 390\n1 a+0x30 50 50\n"},
		{.name = "widths are sums",
		 .now = LATER,
		 .base = EARLIER,
		 .o = {.widths = HPROF_WIDTHS_SUM},
		 .want = "0 all 960 0\n1 a+0x20 500 500\n1 a+0x10 410 410\n1 a+0x30 50 50\n"},
		{.name = "nothing", .now = HEAD MAPS, .want = "0 all 0 0\n"},
	};
	char buf[1024];

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hprof_profile *p = test_load(cases[i].now);
		struct hprof_profile *base = cases[i].base ? test_load(cases[i].base) : NULL;
		struct hprof_view *v = test_view(p, base, &cases[i].view);
		struct hp_flame_raw raw;
		struct hp_flame f;

		assert_int_equal(hp_flame_raw_init(v, &raw, &err), HPROF_OK);
		assert_int_equal(hp_flame_init(&raw, &cases[i].o, &f, &err), HPROF_OK);
		if (strcmp(told(&raw, &f, buf, sizeof(buf)), cases[i].want) != 0)
			fail_msg("%s:\n%s", cases[i].name, buf);
		hp_flame_release(&f);
		hp_flame_raw_release(&raw);
		hprof_view_free(v);
		hprof_profile_free(base);
		hprof_profile_free(p);
	}
}

/* --- boxes --- */

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* A tree of @n nodes in preorder with weights that are no whole numbers; deep, or wide. */
static void random_flame(struct hp_flame *f, uint32_t n, unsigned deep, uint64_t seed)
{
	*f = (struct hp_flame){
		.n = n,
		.parent = calloc(n, sizeof(*f->parent)),
		.row = calloc(n, sizeof(*f->row)),
		.end = calloc(n, sizeof(*f->end)),
		.self = calloc(n, sizeof(*f->self)),
		.sum = calloc(n, sizeof(*f->sum)),
		.at = calloc(n + 1, sizeof(*f->at)),
		.inlined = calloc(n, sizeof(*f->inlined)),
	};
	for (uint32_t i = 0; i < n; i++) {
		uint32_t up = i ? i - 1 : 0;

		while (i > 1 && up && next_random(&seed) % 100 >= deep)
			up = f->parent[up];
		f->parent[i] = up;
		f->end[i] = i + 1;
		f->self[i].weight =
			next_random(&seed) % 3 ? (double)(next_random(&seed) % 1000000) / 7 : 0;
		f->sum[i] = f->self[i];
		f->at[i + 1] = f->at[i] + f->self[i].weight;
	}
	for (uint32_t i = n; i-- > 1;) {
		f->sum[f->parent[i]].weight += f->sum[i].weight;
		if (f->end[f->parent[i]] < f->end[i])
			f->end[f->parent[i]] = f->end[i];
	}
}

/* Of every box that is not truncated: callees, folded ones and what ends there make its whole. */
static void check_boxes(const struct hp_flame *f, const struct hp_flame_layout *l)
{
	double *below = calloc(f->n, sizeof(*below)), *right = calloc(f->n, sizeof(*right));
	double *whole = calloc(f->n, sizeof(*whole));
	bool *truncated = calloc(f->n, sizeof(*truncated));

	for (uint32_t i = 0; i < l->n; i++) {
		const struct hp_flame_box *b = &l->box[i];
		uint32_t parent = b->folded ? b->node : f->parent[b->node];

		if (!b->folded) {
			whole[b->node] = b->value;
			right[b->node] = b->x;
			truncated[b->node] = b->truncated;
		}
		if (b->depth == 0)
			continue;
		below[parent] += b->value;
		/* boxes of one caller do not overlap; the folded ones are before the others */
		if (!b->folded) {
			assert_true(b->x >= right[parent] - 1e-6);
			right[parent] = b->x + b->width;
		}
	}
	for (uint32_t i = 0; i < l->n; i++) {
		const struct hp_flame_box *b = &l->box[i];
		double self = hp_flame_rounded(f, b->node, b->node + 1);

		if (!b->folded && !truncated[b->node] && below[b->node] + self != whole[b->node] &&
		    f->end[b->node] > b->node + 1) {
			double thin = whole[b->node] - self - below[b->node];

			/* what is folded and too narrow even so */
			assert_true(thin > 0 && thin * l->box[0].width / f->sum[0].weight < 0.2);
		}
	}
	free(below);
	free(right);
	free(whole);
	free(truncated);
}

static void boxes_close(void **state)
{
	static const struct {
		uint32_t n;
		unsigned deep;
		struct hp_flame_layout_opts o;
	} cases[] = {
		{2000, 50, {1000, 0.5, 5000, 1000}}, {2000, 90, {1000, 5, 5000, 1000}},
		{20000, 5, {1000, 0.5, 300, 1000}},  {20000, 99, {1000, 0.01, 5000, 40}},
		{50000, 0, {1200, 0.5, 5000, 1000}}, {100000, 100, {1200, 0.5, 5000, 1000}},
		{1, 0, {1200, 0.5, 5000, 1000}},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hprof_error err = HPROF_ERROR_INIT;
		struct hp_flame_layout l;
		struct hp_flame f;

		random_flame(&f, cases[i].n, cases[i].deep, i + 1);
		assert_int_equal(hp_flame_layout_init(&f, &cases[i].o, &l, &err), HPROF_OK);
		assert_true(l.n <= cases[i].o.max_boxes);
		assert_true(l.depth <= cases[i].o.max_depth);
		assert_true(l.box[0].width > 1199.9 || l.box[0].width > cases[i].o.width - 0.1);
		if (cases[i].deep == 100)
			assert_int_equal(l.hidden_rows > 0, 1);
		check_boxes(&f, &l);
		hp_flame_layout_release(&l);
		hp_flame_release(&f);
	}
}

/* --- colours --- */

static double luminance(uint32_t rgb)
{
	static const double part[3] = {0.2126, 0.7152, 0.0722};
	double sum = 0;

	for (unsigned i = 0; i < 3; i++) {
		double v = (rgb >> (16 - 8 * i) & 0xff) / 255.0;

		sum += part[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
	}
	return sum;
}

/* Contrast of two colours by WCAG 2: from 1 to 21. */
static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void text_can_be_read_on_every_color(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HP_COLORS + HP_CHANGES + 1; i++) {
		struct hp_color c = i < HP_COLORS                ? hp_color(i)
				    : i < HP_COLORS + HP_CHANGES ? hp_color_change(i - HP_COLORS)
								 : hp_color_others;

		if (contrast(c.light, hp_color_text.light) < 4.5 ||
		    contrast(c.dark, hp_color_text.dark) < 4.5)
			fail_msg("color %u: %.2f and %.2f", i,
				 contrast(c.light, hp_color_text.light),
				 contrast(c.dark, hp_color_text.dark));
	}
	assert_true(contrast(hp_color_faint.light, hp_color_paper.light) >= 4.5);
	assert_true(contrast(hp_color_faint.dark, hp_color_paper.dark) >= 4.5);
	assert_true(fabs(contrast(0x000000, 0xffffff) - 21) < 1e-9);
}

static void changes_have_steps(void **state)
{
	static const struct {
		double now, base, variance;
		unsigned want;
	} cases[] = {
		{5, 5, 0, 4},
		{0, 0, 0, 4},
		{101, 100, 0, 5},
		{141, 100, 0, 5},
		{142, 100, 0, 6},
		{200, 100, 0, 7},
		{400, 100, 0, 8},
		{1, 0, 0, 8},
		{100, 101, 0, 3},
		{100, 142, 0, 2},
		{100, 200, 0, 1},
		{0, 1, 0, 0},
		{9, 0, 25, 4},
		{10, 0, 25, 8},
		{100, 129, 225, 4},
		{100, 130, 225, 3},
		{HP_SIGNIFICANT_ERRORS, 0, 1, 4},
		{HP_SIGNIFICANT_ERRORS + 1e-12, 0, 1, 8},
		{3 * HP_SIGNIFICANT_ERRORS, 6 * HP_SIGNIFICANT_ERRORS, 9, 4},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++)
		if (hp_change_index(cases[i].now, cases[i].base, cases[i].variance) !=
		    cases[i].want)
			fail_msg("from %g to %g, variance %g: %u", cases[i].base, cases[i].now,
				 cases[i].variance,
				 hp_change_index(cases[i].now, cases[i].base, cases[i].variance));
}

/* --- texts --- */

static void names_are_shortened(void **state)
{
	static const struct {
		const char *name;
		size_t cells;
		const char *want;
	} cases[] = {
		{"main", 4, "main"},
		{"main", 3, "m.."},
		{"main", 2, ""},
		{"ns::f(int, char)", 16, "ns::f(int, char)"},
		{"ns::f(int, char)", 15, "ns::f"},
		{"ns::f(int, char) const", 10, "ns::f"},
		{"a::vec<b::c, (d)1>::push(int)", 12, "a::vec::push"},
		{"a::vec<b::c>::push(int)", 11, "..vec::push"},
		{"a::vec<b::c>::push(int)", 10, "..push"},
		{"a::vec<b::c>::push_back(int)", 8, "push_b.."},
		{"a::vec<b::c>::push(int)", 5, "push"},
		{"a::vec<b::c>::push(int)", 3, "p.."},
		{"a::vec<b::c>::push_back(int)", 9, "push_back"},
		{"(anonymous namespace)::f(int)", 27, "(anonymous namespace)::f"},
		{"(anonymous namespace)::f(int)", 10, "..f"},
		{"x::operator()(int) const", 13, "x::operator()"},
		{"x::operator<(int)", 12, "x::operator<"},
		{"f (one.c)", 7, "f (on.."},
		{"libfoo.so+0x1234", 8, "libfoo.."},
		{"/usr/lib/libfoo.so", 11, "..libfoo.so"},
		{"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
		{"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5, "\xe6\x97\xa5.."},
		{"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", 3, "\xc3\xa4.."},
		{"f(()", 3, "f.."},
	};
	char buf[HP_ELIDE_MAX];

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_slice got =
			hp_elide_name(buf, hp_slice_str(cases[i].name), cases[i].cells);

		if (!hp_slice_same(got, hp_slice_str(cases[i].want)))
			fail_msg("\"%s\" in %zu: \"%.*s\"", cases[i].name, cases[i].cells,
				 (int)got.len, got.ptr);
	}
}

static void markup_is_escaped(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"plain", "plain"},
		{"</script><img src=x onerror='a'>\"&",
		 "&lt;/script&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&quot;&amp;"},
		{"]]>-->", "]]&gt;--&gt;"},
		{"a\x01\x1b\x7f\n\t", "a\\x01\\x1b\\x7f\\x0a\\x09"},
		{"\xff\xc3", "\\xff\\xc3"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xc2\x85", "\\x85"},
		{"\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8", "\\u202e\\u2066\\u2028"},
		{"\xef\xbf\xbe\xef\xbf\xbf", "\\ufffe\\uffff"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct text t = {0};
		struct hp_out out;
		struct hp_arena mem = {0};
		struct hp_slice s = hp_slice_str(cases[i].text), shown = hp_showable(&mem, s);

		hp_out_init(&out, text_write, &t);
		hp_put_markup(&out, s);
		assert_int_equal(hp_out_close(&out, NULL), HPROF_OK);
		assert_string_equal(t.ptr, cases[i].want);
		free(t.ptr);
		t = (struct text){0};
		hp_out_init(&out, text_write, &t);
		hp_put_markup(&out, shown); /* showing it once more changes nothing */
		assert_int_equal(hp_out_close(&out, NULL), HPROF_OK);
		assert_string_equal(t.ptr, cases[i].want);
		free(t.ptr);
		hp_arena_release(&mem);
	}
}

RUN(cmocka_unit_test(trees_are_merged), cmocka_unit_test(boxes_close),
    cmocka_unit_test(text_can_be_read_on_every_color), cmocka_unit_test(changes_have_steps),
    cmocka_unit_test(names_are_shortened), cmocka_unit_test(markup_is_escaped))
