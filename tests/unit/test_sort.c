/* test_sort.c - sorting, searching, heaps, and trees that are arrays of parents. */
#include "tests/test.h"

#include "analyzer/base/heap.h"
#include "analyzer/base/sort.h"
#include "analyzer/ops/tree.h"

struct row {
	uint32_t number;
	uint64_t key;
};

/* Numbers that look random, the same in every run. */
static uint64_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 16;
}

static void bounds_are_found(void **state)
{
	static const struct row row[] = {{0, 3}, {1, 3}, {2, 7}, {3, UINT64_MAX}};
	static const struct {
		uint64_t key;
		uint32_t lower, upper;
	} cases[] = {{0, 0, 0}, {3, 0, 2}, {4, 2, 2}, {7, 2, 3}, {8, 3, 3}, {UINT64_MAX, 3, 4}};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		uint64_t key = cases[i].key;

		assert_int_equal(hp_lower_bound(HP_SORT_BY(row, key), HP_LEN(row), key),
				 cases[i].lower);
		assert_int_equal(hp_upper_bound(HP_SORT_BY(row, key), HP_LEN(row), key),
				 cases[i].upper);
	}
	assert_int_equal(hp_lower_bound_u64(NULL, 0, 1), 0);
	assert_int_equal(hp_upper_bound_u64(NULL, 0, UINT64_MAX), 0);
}

static void rows_of_one_key_stay_in_order(void **state)
{
	enum { N = 1000 };
	static const uint64_t mask[] = {0, 3, 0xfff, 0xffffff, UINT64_MAX};
	static const uint64_t least[] = {0, 0x555500000000, UINT64_MAX - 0xffffff};
	static struct row row[N], spare[N];

	(void)state;
	for (size_t i = 0; i < HP_LEN(mask) * HP_LEN(least); i++) {
		uint64_t seed = i;
		const struct row *sorted;

		for (uint32_t k = 0; k < N; k++)
			row[k] = (struct row){k, least[i % HP_LEN(least)] +
							 (draw(&seed) & mask[i / HP_LEN(least)])};
		sorted = hp_radix_sort(HP_SORT_BY(row, key), spare, N);
		assert_true(hp_is_sorted(HP_SORT_BY(sorted, key), N));
		for (uint32_t k = 1; k < N; k++)
			assert_true(sorted[k - 1].key < sorted[k].key ||
				    sorted[k - 1].number < sorted[k].number);
	}
}

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct row *x = a, *y = b;

	(void)ctx;
	return (x->key > y->key) - (x->key < y->key);
}

static void a_heap_gives_the_first_that_is_left(void **state)
{
	enum { N = 100 };
	struct row heap[N];
	uint64_t seed = 1, before = 0;

	(void)state;
	for (uint32_t n = 0; n < N; n++) {
		heap[n] = (struct row){n, draw(&seed) % 50};
		hp_heap_up(heap, n + 1, sizeof(*heap), by_key, NULL);
	}
	for (uint32_t n = N; n-- > 0;) {
		assert_true(heap[0].key >= before);
		before = heap[0].key;
		heap[0] = heap[n];
		hp_heap_down(heap, n, sizeof(*heap), 0, by_key, NULL);
	}
}

static void trees_are_walked_and_summed(void **state)
{
	/* 0 is above 1 and 2, 1 above 3 and 5, 2 above 4 */
	static const uint32_t parent[] = {UINT32_MAX, 0, 0, 1, 2, 1};
	static const uint32_t backward[] = {5, 4, 3, 2, 1, 0};
	static const struct {
		const uint32_t *order;
		uint32_t walk[6];
	} cases[] = {{NULL, {0, 1, 3, 5, 2, 4}}, {backward, {0, 2, 4, 1, 5, 3}}};
	double sum[6][2] = {{1, 0}, {2, 0}, {4, 0}, {8, 1}, {16, 0}, {32, 0}};
	bool mark[6] = {[3] = true};

	(void)state;
	for (size_t i = 0; i < HP_LEN(cases); i++) {
		struct hp_tree_links l = {0};
		uint32_t at = 0;

		assert_int_equal(hp_tree_children(parent, 6, cases[i].order, &l, NULL), 0);
		for (size_t k = 0; k < 6; k++) {
			assert_int_equal(at, cases[i].walk[k]);
			at = hp_tree_next(&l, parent, at);
		}
		assert_int_equal(at, UINT32_MAX);
		hp_tree_links_release(&l);
	}
	hp_tree_sum_below(parent, 6, sum[0], 2);
	assert_true(sum[0][0] == 63 && sum[1][0] == 42 && sum[2][0] == 20 && sum[5][0] == 32);
	assert_true(sum[0][1] == 1 && sum[1][1] == 1 && sum[2][1] == 0);
	hp_tree_mark(parent, 6, mark);
	assert_true(mark[0] && mark[1] && mark[3]);
	assert_false(mark[2] || mark[4] || mark[5]);
}

RUN(cmocka_unit_test(bounds_are_found), cmocka_unit_test(rows_of_one_key_stay_in_order),
    cmocka_unit_test(a_heap_gives_the_first_that_is_left),
    cmocka_unit_test(trees_are_walked_and_summed))
