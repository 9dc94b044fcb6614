/* test_listed.c - build IDs that one process tells the others of. */
#include "tests/test.h"

#include <stdlib.h>

#include "analyzer/symbolize/listed.h"

static struct hp_listed *new_listed(void)
{
	struct hp_listed *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	return l;
}

static struct hp_slice id_of(const uint32_t *i)
{
	return (struct hp_slice){(const char *)i, sizeof(*i)};
}

/* The even numbers are there, the odd ones are not; 0 has the key of 1. */
static void what_was_met_is_not_lacking(void **state)
{
	struct hp_listed *l = new_listed();
	struct hp_met met = {0};

	(void)state;
	for (uint32_t i = 0; i < 2 * HP_LISTED_MOST; i += 2)
		hp_met_add(&met, id_of(&i));
	assert_false(met.partial);
	for (uint32_t i = 0; i < 4; i++)
		assert_false(hp_listed_lacks(l, id_of(&i))); /* nothing is known yet */
	hp_listed_tell(l, &met);
	for (uint32_t i = 2; i < 2 * HP_LISTED_MOST; i++)
		assert_int_equal(hp_listed_lacks(l, id_of(&i)), i % 2);
	free(met.key);
	free(l);
}

static void what_is_known_in_part_is_not_told(void **state)
{
	struct hp_listed *l = new_listed();
	struct hp_met met = {0};
	uint32_t other = 12345678;

	(void)state;
	for (uint32_t i = 0; i <= HP_LISTED_MOST; i++)
		hp_met_add(&met, id_of(&i));
	assert_true(met.partial);
	hp_listed_tell(l, &met);
	assert_false(hp_listed_lacks(l, id_of(&other)));
	free(met.key);
	free(l);
}

/* A child in the hands of a file may have filled it: looking comes to an end. */
static void a_full_table_lacks_nothing(void **state)
{
	struct hp_listed *l = new_listed();
	const struct hp_met none = {0};
	uint32_t id = 7;

	(void)state;
	hp_listed_tell(l, &none);
	assert_true(hp_listed_lacks(l, id_of(&id)));
	for (uint32_t i = 0; i < HP_LISTED_SLOTS; i++)
		atomic_store(&l->slot[i], UINT64_MAX);
	assert_false(hp_listed_lacks(l, id_of(&id)));
	free(l);
}

RUN(cmocka_unit_test(what_was_met_is_not_lacking),
    cmocka_unit_test(what_is_known_in_part_is_not_told),
    cmocka_unit_test(a_full_table_lacks_nothing))
