/* test_exports.c - what exports are made of: whole numbers, paths of rows, cells, identities. */
#include "tests/test.h"

#include "analyzer/ops/rounded.h"
#include "analyzer/ops/row_tree.h"
#include "analyzer/ops/stable_id.h"
#include "render/csv_escape.h"

#define HEAD "heap_v2/1000\n  t*: 1: 1 [0: 0]\n"
#define STACK(addresses, value) "@ " addresses "\n  t*: " value " [0: 0]\n"
#define MAPS                                                                                       \
	"\nMAPPED_LIBRARIES:\n"                                                                    \
	"1000-2000 r-xp 00000000 08:01 1 /none/a\n"                                                \
	"2000-3000 r-xp 00000000 08:01 2 /none/b\n"

static double sum(const double *v, uint32_t n)
{
	double total = 0;

	for (uint32_t i = 0; i < n; i++) {
		assert_true(v[i] == round(v[i]));
		total += v[i];
	}
	return total;
}

static void whole_numbers_add_up(void **state)
{
	struct hprof_profile *p = test_load(HEAD STACK("0x1011 0x1021", "3: 100") STACK(
		"0x1031", "7: 900") STACK("0x2011 0x1021", "1: 10") MAPS);
	struct hprof_profile *base = test_load(HEAD STACK("0x1011 0x1021", "5: 333") MAPS);
	const struct hprof_view_opts opts = {.all_types = true};

	(void)state;
	for (int with_base = 0; with_base < 2; with_base++) {
		struct hprof_view *v = test_view(p, with_base ? base : NULL, &opts);
		struct hprof_view rounded;

		assert_int_equal(hp_view_round(v, &rounded, NULL), 0);
		for (uint32_t t = 0; t < v->n_types; t++) {
			const struct hp_vtype *w = &rounded.types[t];

			assert_true(w->total.delta == round(v->types[t].total.delta));
			assert_true(sum(w->value, v->tree.n) == w->total.delta);
			assert_true(sum(w->now, v->tree.n) == round(v->types[t].total.current));
			assert_int_equal(w->base != NULL, with_base);
			if (w->base)
				assert_true(sum(w->base, v->tree.n) ==
					    round(v->types[t].total.base));
		}
		hp_view_round_release(&rounded);
		hprof_view_free(v);
	}
	hprof_profile_free(p);
	hprof_profile_free(base);
}

static void the_first_of_a_row_counts(void **state)
{
	struct hprof_profile *p = test_load(HEAD STACK("0x1011 0x1021 0x1011 0x1031", "1: 100")
						    STACK("0x1021", "1: 10") MAPS);
	struct hprof_view *v = test_view(p, NULL, NULL);
	struct hp_table_row *row;
	uint32_t *row_of_frame, *order, n_rows, n[3] = {0};
	bool *outermost;

	(void)state;
	assert_int_equal(hp_rows_new(v, &row, &n_rows, &row_of_frame, NULL), 0);
	assert_int_equal(n_rows, 3);
	assert_int_equal(hp_tree_outermost(&v->tree, row_of_frame, n_rows, &outermost, NULL), 0);
	assert_int_equal(hp_tree_order(&v->tree, &order, NULL), 0);
	assert_int_equal(v->tree.n, 6);
	for (uint32_t k = 0; k + 1 < v->tree.n; k++) {
		uint32_t at = order[k];

		/* its caller, or all below an earlier sibling, comes before it */
		assert_true(v->tree.parent[at] == 0 || v->tree.parent[at] == order[k - 1]);
		n[row_of_frame[v->tree.frame[at]]] += outermost[at];
	}
	assert_int_equal(n[0] + n[1] + n[2], 4); /* 1031, 1011 and 1021 once each, 1021 alone */
	free(row);
	free(row_of_frame);
	free(order);
	free(outermost);
	hprof_view_free(v);
	hprof_profile_free(p);
}

static void paths_of_modules_are_merged(void **state)
{
	static const struct {
		enum hprof_granularity by;
		uint32_t nodes;
	} cases[] = {{HPROF_BY_FUNCTION, 5}, {HPROF_BY_MODULE, 3}};
	struct hprof_profile *p = test_load(HEAD STACK("0x2011 0x1021 0x1031", "1: 100")
						    STACK("0x1041 0x1031", "1: 10") MAPS);

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		const struct hprof_view_opts opts = {.granularity = cases[i].by};
		struct hprof_view *v = test_view(p, NULL, &opts);
		struct hp_row_tree paths;
		double *value, total = 0;

		assert_int_equal(hp_row_tree_init(v, &paths, NULL), 0);
		assert_int_equal(paths.tree.n, cases[i].nodes);
		assert_int_equal(hp_row_tree_sum(v, &paths, v->types[0].value, &value, NULL), 0);
		for (uint32_t k = 0; k < paths.tree.n; k++)
			total += value[k];
		assert_true(fabs(total - v->types[0].total.delta) < 1e-6);
		free(value);
		hp_row_tree_release(&paths);
		hprof_view_free(v);
	}
	hprof_profile_free(p);
}

static void cells_are_no_formulas(void **state)
{
	static const struct {
		struct hp_slice text;
		const char *want;
	} cases[] = {
		{HP_SLICE_LIT("plain"), "\"plain\""},
		{HP_SLICE_LIT(""), "\"\""},
		{HP_SLICE_LIT("=1+1"), "\"'=1+1\""},
		{HP_SLICE_LIT("-x"), "\"'-x\""},
		{HP_SLICE_LIT("+x"), "\"'+x\""},
		{HP_SLICE_LIT("@x"), "\"'@x\""},
		{HP_SLICE_LIT("a=b"), "\"a=b\""},
		{HP_SLICE_LIT("\"q\"\""), "\"\"\"q\"\"\"\"\""},
		{HP_SLICE_LIT("\t=x\r\n"), "\"\\x09=x\\x0d\\x0a\""},
		{HP_SLICE_LIT("\xff\xc3\xa4"), "\"\\xff\xc3\xa4\""},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct text t = {0};
		struct hp_out out;

		hp_out_init(&out, text_write, &t);
		hp_csv_put(&out, cases[i].text);
		assert_int_equal(hp_out_close(&out, NULL), 0);
		assert_string_equal(t.ptr, cases[i].want);
		free(t.ptr);
	}
}

static void whole_numbers_have_no_exponent(void **state)
{
	static const struct {
		double v;
		const char *want;
	} cases[] = {{0, "0"},
		     {-0.0, "0"},
		     {1e15, "1000000000000000"},
		     {-7, "-7"},
		     {1e20, "100000000000000000000"}};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct text t = {0};
		struct hp_out out;

		hp_out_init(&out, text_write, &t);
		hp_out_integer(&out, cases[i].v);
		assert_int_equal(hp_out_close(&out, NULL), 0);
		assert_string_equal(t.ptr, cases[i].want);
		free(t.ptr);
	}
}

static void identities_do_not_depend_on_where_modules_lie(void **state)
{
	struct hprof_profile *p = test_load(HEAD STACK("0x1011 0x2021", "1: 100") MAPS);
	struct hprof_profile *moved = test_load(HEAD STACK(
		"0x71011 0x52021", "2: 300") "\nMAPPED_LIBRARIES:\n"
					     "52000-53000 r-xp 00000000 08:01 2 /none/b\n"
					     "71000-72000 r-xp 00000000 08:01 1 /none/a\n");
	struct hprof_profile *other = test_load(HEAD STACK("0x1012 0x2021", "1: 100") MAPS);
	struct hp_stable_ids a, b, c;

	(void)state;
	assert_int_equal(hp_stable_ids_init(p, HP_NONE, &a, NULL), 0);
	assert_int_equal(hp_stable_ids_init(moved, HP_NONE, &b, NULL), 0);
	assert_int_equal(hp_stable_ids_init(other, HP_NONE, &c, NULL), 0);
	assert_memory_equal(&a.stack[p->all.stack[0].i], &b.stack[moved->all.stack[0].i],
			    sizeof(struct hp_stable_id));
	assert_memory_not_equal(&a.stack[p->all.stack[0].i], &c.stack[other->all.stack[0].i],
				sizeof(struct hp_stable_id));
	assert_memory_not_equal(&a.dump, &b.dump, sizeof(struct hp_stable_id));
	hp_stable_ids_release(&a);
	hp_stable_ids_release(&b);
	hp_stable_ids_release(&c);
	hprof_profile_free(p);
	hprof_profile_free(moved);
	hprof_profile_free(other);
}

/* No format has such a type yet; a sum would be a number that no process ever had. */
static void maxima_are_not_added_up(void **state)
{
	struct hprof_profile *p = test_load(HEAD STACK("0x1011 0x1021", "3: 100") MAPS);
	const struct hprof_profile *twice[] = {p, p};
	struct hprof_view_opts opts = {.sample_type = "inuse_objects"};
	struct hprof_error err = HPROF_ERROR_INIT;
	struct hprof_view *v;

	(void)state;
	assert_string_equal(hp_profile_str(p, p->types[0].name).ptr, opts.sample_type);
	p->types[0].kind = HP_TYPE_MAX;
	assert_int_equal(test_view_of(twice, 2, NULL, 0, &opts, &v, &err), HPROF_EINVAL);
	assert_non_null(strstr(err.message, "inuse_objects is a maximum"));
	assert_int_equal(test_view_of(twice, 1, twice, 1, &opts, &v, NULL), HPROF_OK);
	hprof_view_free(v);
	opts = (struct hprof_view_opts){.all_types = true};
	assert_int_equal(test_view_of(twice, 2, NULL, 0, &opts, &v, NULL), HPROF_OK);
	assert_int_equal(v->n_types, 1); /* the others are still there */
	assert_true(v->types[0].total.delta > 0);
	hprof_view_free(v);
	hprof_profile_free(p);
}

RUN(cmocka_unit_test(whole_numbers_add_up), cmocka_unit_test(the_first_of_a_row_counts),
    cmocka_unit_test(paths_of_modules_are_merged), cmocka_unit_test(cells_are_no_formulas),
    cmocka_unit_test(whole_numbers_have_no_exponent), cmocka_unit_test(maxima_are_not_added_up),
    cmocka_unit_test(identities_do_not_depend_on_where_modules_lie))
