/* test_numbers.c - estimates, their variances, size classes, whole numbers. */
#include "tests/test.h"

#include "analyzer/model/sampling.h"
#include "analyzer/ops/apportion.h"
#include "analyzer/ops/significance.h"
#include "formats/jemalloc_sizes.h"

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

static void estimates_follow_the_formula(void **state)
{
	static const struct {
		double objects, bytes, period, want_objects, want_bytes;
	} cases[] = {
		{0, 0, 524288, 0, 0},
		{1, 114688, 1024, 1, 114688},
		{1, 100, 524288, 5243.38007, 524338.00159}, /* 1 / (1 - exp(-100/524288)) */
		{99966, 799732, 1, 100000.0, 800000.0},     /* to be scaled although R = 1 */
		{5, 500, 0, 5, 500},
		{0, 500, 1024, 0, 500},
		{5, 0, 1024, 5, 0},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		double c, s;

		hp_unsample(cases[i].objects, cases[i].bytes, cases[i].period, &c, &s);
		if (fabs(c - cases[i].want_objects) > 1e-4 * fmax(1, c) ||
		    fabs(s - cases[i].want_bytes) > 1e-4 * fmax(1, s))
			fail_msg("%g objects of %g bytes, sampled every %g: %.5f %.5f",
				 cases[i].objects, cases[i].bytes, cases[i].period, c, s);
	}
}

static void variances_are_those_of_poisson_sampling(void **state)
{
	struct hp_measure c, s;
	double p = 1 - exp(-4096.0 / 524288);

	(void)state;
	hp_estimate(10, 40960, 524288, true, 8, &c, &s);
	assert_true(near(s.estimate, 40960 / p));
	assert_true(near(s.variance, 10 * (1 - p) * 4096.0 * 4096 / (p * p)));
	assert_true(near(c.variance, 10 * (1 - p) / (p * p)));
	hp_estimate(10, 40960, 524288, false, 8, &c, &s);
	assert_true(near(s.variance, s.estimate * 524288));
	assert_true(fabs(c.variance - c.estimate / (1 - exp(-8.0 / 524288))) < 1e-6 * c.variance);
	for (int one = 0; one < 2; one++) { /* below zero: as above it, but for the sign */
		struct hp_measure up[2], down[2];

		hp_estimate(7, 448, 4096, one, 8, &up[0], &up[1]);
		hp_estimate(-7, -448, 4096, one, 8, &down[0], &down[1]);
		for (int i = 0; i < 2; i++) {
			assert_true(down[i].estimate == -up[i].estimate);
			assert_true(down[i].recorded == -up[i].recorded);
			assert_true(down[i].variance == up[i].variance && up[i].variance > 0);
		}
		hp_estimate(-7, 448, 4096, one, 8, &down[0], &down[1]);
		assert_true(down[0].estimate == -up[0].estimate &&
			    down[1].estimate == up[1].estimate);
	}
	hp_estimate(10, 40960, 1, false, 8, &c, &s);
	assert_true(s.variance == 0 && c.variance == 0);
	hp_estimate(1.8446744073709552e19, 1.8446744073709552e19, 1.8446744073709552e19, false, 8,
		    &c, &s);
	assert_true(isfinite(s.estimate) && isfinite(s.variance) && isfinite(c.variance));
}

/* The errors of what a writer has scaled are those of what it had recorded. */
static void scaled_values_lead_back_to_what_was_recorded(void **state)
{
	static const struct {
		double n, size, period;
	} cases[] = {
		{1, 16, 524288},   {5, 4096, 524288},   {3, 524288, 524288},
		{1, 8 << 20, 512}, {700, 100, 4096.0},  {2, 300000, 65536},
		{9, 1, 1 << 21},   {1, 1e12, 16 << 20}, {123456, 48, 1024},
	};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		double n = cases[i].n, size = cases[i].size;
		struct hp_measure c, s, back_c, back_s;

		hp_estimate(n, n * size, cases[i].period, true, 8, &c, &s);
		hp_unestimate(c.estimate, s.estimate, size, cases[i].period, 8, &back_c, &back_s);
		assert_true(back_c.estimate == c.estimate && back_s.estimate == s.estimate);
		if (!near(back_c.recorded, n) || !near(back_s.recorded, n * size) ||
		    !near(back_c.variance, c.variance) || !near(back_s.variance, s.variance))
			fail_msg("%g objects of %g bytes, sampled every %g: %g %g, %g and %g", n,
				 size, cases[i].period, back_c.recorded, back_s.recorded,
				 back_c.variance, back_s.variance);
		hp_unestimate(-c.estimate, -s.estimate, size, cases[i].period, 8, &back_c, &back_s);
		assert_true(near(back_c.recorded, -n) && near(back_s.variance, s.variance));
		/* without a size: no less */
		hp_unestimate(c.estimate, s.estimate, 0, cases[i].period, 1, &back_c, &back_s);
		assert_true(back_c.variance >= c.variance && back_s.variance >= s.variance);
		assert_true(back_c.recorded == c.estimate && back_s.recorded == s.estimate);
	}
}

static void what_is_as_far_as_sampling_explains_is_not_significant(void **state)
{
	static const double variances[] = {1, 2, 0.1, 1e-30, 225, 7.3e22};

	(void)state;
	for (size_t i = 0; i < HP_LEN(variances); i++) {
		double v = variances[i], edge = HP_SIGNIFICANT_ERRORS * sqrt(v);

		assert_false(hp_is_significant(edge, v));
		assert_false(hp_is_significant(-edge, v));
		assert_true(hp_is_significant(nextafter(edge, HUGE_VAL), v));
		assert_true(hp_is_significant(nextafter(-edge, -HUGE_VAL), v));
	}
	assert_true(hp_is_significant(1, 0) && hp_is_significant(-1e-300, 0));
	assert_false(hp_is_significant(0, 0) || hp_is_significant(0, 5));
}

/* What jemalloc writes for @n objects of @size bytes: prof_do_unbias() over its tables. */
static void written(double size, double n, double period, double *objects, double *bytes)
{
	double k = 1 / (1 - exp(-size / period));
	double all_bytes = n * round(size * k), all_objects = n * round(8 * k) / 8;
	double x = all_bytes / all_objects;

	*bytes = round(all_bytes * (1 - exp(-x / period)));
	*objects = round(*bytes / x);
}

static void one_size_is_told_from_mixed_sizes(void **state)
{
	static const double sizes[] = {8,    16,   24,    48,     112,     128,    160,
				       4096, 5120, 65536, 114688, 1 << 20, 7 << 20};
	static const double periods[] = {1, 1024, 4096, 65536, 524288, 1 << 21};
	struct hp_size_classes c;

	(void)state;
	for (size_t k = 0; k < HP_LEN(periods); k++) {
		hp_size_classes_init(&c, periods[k]);
		for (size_t i = 0; i < HP_LEN(sizes); i++) {
			for (double n = 1; n < 20000; n = n * 3 + 1) {
				double objects, bytes;

				written(sizes[i], n, periods[k], &objects, &bytes);
				if (!hp_size_classes_one(&c, objects, bytes))
					fail_msg("%g x %g at %g: %g, %g", n, sizes[i], periods[k],
						 objects, bytes);
				assert_true(hp_size_classes_one(&c, n, n * sizes[i]));
			}
		}
	}
	hp_size_classes_init(&c, 524288);
	assert_false(hp_size_classes_one(&c, 200, 100 * 16 + 100 * 65536.0));
	assert_false(hp_size_classes_one(&c, 3085, 1776097));
	assert_false(hp_size_classes_one(&c, 40, 40 * 100));
}

static void whole_numbers_add_up(void **state)
{
	double v[] = {0.4, 0.4, 0.4, 0.4, 10.9, -0.5, 0}, total = 0, sum = 0;
	static const double want[] = {1, 0, 0, 0, 11, 0, 0};

	(void)state;
	for (size_t i = 0; i < HP_LEN(v); i++)
		total += v[i];
	assert_int_equal(hp_apportion(v, HP_LEN(v), total, NULL), 0);
	for (size_t i = 0; i < HP_LEN(v); i++)
		sum += v[i];
	assert_true(sum == round(total));
	for (size_t i = 0; i < HP_LEN(v); i++)
		if (v[i] != want[i])
			fail_msg("value %zu is %g", i, v[i]);
}

RUN(cmocka_unit_test(estimates_follow_the_formula),
    cmocka_unit_test(variances_are_those_of_poisson_sampling),
    cmocka_unit_test(scaled_values_lead_back_to_what_was_recorded),
    cmocka_unit_test(what_is_as_far_as_sampling_explains_is_not_significant),
    cmocka_unit_test(one_size_is_told_from_mixed_sizes), cmocka_unit_test(whole_numbers_add_up))
