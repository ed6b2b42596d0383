/* test_ledger_back.c - the log from its newest end. */
#include "ledger/fold/assertions.h"
#include "ledger_scene.h"

static void the_log_is_walked_back_with_what_was_corrected(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    assert_null(ledger_said_by(scene.ledger, UINT64_MAX)); /* names and settings say nothing */
    uint64_t first = ledger_scene_project(&scene, "341502/1", 1000, "2022-01-01");
    (void)ledger_scene_record(&scene, "341502", RECORD_REFUSAL);
    uint64_t last = ledger_scene_withdraw(&scene, "341502", first);
    assert_int_equal(ledger_said_by(scene.ledger, UINT64_MAX)->position, last);
    assert_int_equal(ledger_said_by(scene.ledger, last)->position, last);
    assert_int_equal(ledger_said_by(scene.ledger, last - 1)->position, first);
    assert_null(ledger_said_by(scene.ledger, first - 1));
    ledger_scene_close(&scene);
}

/* The wall says why a figure was restated, without reading the log again. */
static void the_reason_of_a_correction_is_kept(void **state)
{
    struct ledger_scene scene;
    struct ledger_fact fact;
    (void)state;
    ledger_scene_open(&scene);
    uint64_t first = ledger_scene_project(&scene, "341502/1", 1000, "2022-01-01");
    uint64_t correction = ledger_scene_withdraw(&scene, "341502", first);
    ledger_read(scene.ledger, ledger_said_by(scene.ledger, correction), NULL, &fact);
    assert_true(bytes_equal_text(fact.event.correction.reason, "写错了"));
    assert_int_equal(fact.long_given, 0);
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_is_walked_back_with_what_was_corrected),
        cmocka_unit_test(the_reason_of_a_correction_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
