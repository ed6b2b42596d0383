/* test_measure.c - the measures' names, and what one project adds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/view/measure.h"

static void every_measure_is_found_by_its_id(void **state)
{
    enum measure found = MEASURE_NONE;
    (void)state;
    for (int i = MEASURE_NONE + 1; i < MEASURES; i++) {
        assert_true(measure_of_id(bytes_of_text(measure_id((enum measure)i)), &found));
        assert_int_equal(found, i);
        assert_true(strlen(measure_name(found)) > 0);
    }
    assert_false(measure_of_id(bytes_of_text("NONE"), &found));
    assert_false(measure_of_id(bytes_of_text("started"), &found));
}

static void yuan_and_counts_are_told_apart(void **state)
{
    (void)state;
    assert_true(measure_is_amount(MEASURE_RECEIVED));
    assert_true(measure_is_amount(MEASURE_CONTRACT));
    assert_true(measure_is_amount(MEASURE_YEAR_PLAN));
    assert_false(measure_is_amount(MEASURE_SIGNED));
    assert_false(measure_is_amount(MEASURE_PLANNED_STARTS));
}

static void sums_of_hostile_amounts_stop_at_the_largest_number(void **state)
{
    struct measures measures = {0};
    struct measure_period period = {.as_of = 100};
    struct project_view project = {.planned_total = {.yuan = INT64_MAX, .known = true}};
    (void)state;
    project.milestones[MILESTONE_CONTRACT_SIGNED].day = 100;
    measures_add(&measures, &project, &period);
    measures_add(&measures, &project, &period);
    assert_int_equal(measures.values[MEASURE_CONTRACT], INT64_MAX);
    assert_int_equal(measures.values[MEASURE_SIGNED], 2);
}

static void only_new_projects_are_counted_on_a_chain(void **state)
{
    struct measures measures = {0};
    struct measure_period period = {.as_of = 19000};
    struct project_view project = {.chain = bytes_of_text("新能源"), .carried_over = true};
    (void)state;
    project.milestones[MILESTONE_CONTRACT_SIGNED].day = 19000;
    measures_add(&measures, &project, &period);
    assert_int_equal(measures.values[MEASURE_ON_CHAIN], 0);
    project.carried_over = false;
    measures_add(&measures, &project, &period);
    assert_int_equal(measures.values[MEASURE_ON_CHAIN], 1);
    assert_int_equal(measures.values[MEASURE_NEW_PROJECTS], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_measure_is_found_by_its_id),
        cmocka_unit_test(yuan_and_counts_are_told_apart),
        cmocka_unit_test(sums_of_hostile_amounts_stop_at_the_largest_number),
        cmocka_unit_test(only_new_projects_are_counted_on_a_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
