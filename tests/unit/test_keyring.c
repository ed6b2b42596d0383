/* test_keyring.c - the roster's fold: which key speaks for whom, and what a unit is called on a
 * day. */
#include "tests/unit/audit_scene.h"

static enum err apply(struct keyring *keyring, struct city *city, uint64_t position)
{
    struct roster_change change;
    struct problem problem = {0};
    const struct record *record = &city->records[position - 1];
    assert_int_equal(wire_roster_change_decode(record->detail, &change), OK);
    return keyring_apply(keyring, record, &change, &problem);
}

static enum err apply_change(struct keyring *keyring, struct roster_change change)
{
    struct problem problem = {0};
    struct record record = {.position = 99, .recorded_at_ms = 1664500000000};
    enum err err = keyring_apply(keyring, &record, &change, &problem);
    assert_int_equal(err != OK, problem.text[0] != '\0');
    return err;
}

static void each_epoch_keeps_its_own_key(void **state)
{
    struct city city;
    struct keyring keyring;
    (void)state;
    city_live(&city);
    keyring_init(&keyring);
    assert_int_equal(apply(&keyring, &city, 2), OK);
    assert_int_equal(apply(&keyring, &city, 10), OK);
    assert_int_equal(apply(&keyring, &city, 11), OK);
    const struct keyring_entry *first = keyring_find(&keyring, bytes_of_text("341502"), 1);
    const struct keyring_entry *second = keyring_find(&keyring, bytes_of_text("341502"), 2);
    assert_non_null(first);
    assert_non_null(second);
    assert_int_equal(first->enrolled_at, 2);
    assert_int_equal(first->revoked_at, 10);
    assert_int_equal(second->revoked_at, 0);
    assert_memory_equal(second->signing_key, city.keys[2].sign, SIGNING_KEY_SIZE);
    assert_null(keyring_find(&keyring, bytes_of_text("341502"), 3));
    assert_null(keyring_find(&keyring, bytes_of_text("341503"), 1));
    keyring_release(&keyring);
    city_close(&city);
}

static void a_change_that_cannot_be_is_refused_and_says_why(void **state)
{
    struct city city;
    struct keyring keyring;
    (void)state;
    city_live(&city);
    keyring_init(&keyring);
    struct roster_change good = city_change(&city.keys[0], ROSTER_ENROL);
    struct roster_change bad[] = {good, good, good, good, good, good};
    bad[0].action = 9;
    bad[1].action = ROSTER_REVOKE; /* of a key never enrolled */
    bad[2].curve_key.size = 31;
    bad[3].key_id = bytes_of("12345678", 8);
    bad[4].unit = bytes_of_text("nowhere");
    bad[5].action = ROSTER_RENAME; /* of a unit never enrolled */
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_int_equal(apply_change(&keyring, bad[i]), ERR_CORRUPT);
    assert_int_equal(apply_change(&keyring, good), OK);
    assert_int_equal(apply_change(&keyring, good), ERR_CORRUPT); /* twice */
    keyring_release(&keyring);
    city_close(&city);
}

static void a_key_that_was_revoked_may_be_enrolled_in_a_new_epoch(void **state)
{
    struct city city;
    struct keyring keyring;
    (void)state;
    city_live(&city);
    keyring_init(&keyring);
    struct roster_change change = city_change(&city.keys[0], ROSTER_ENROL);
    assert_int_equal(apply_change(&keyring, change), OK);
    change.action = ROSTER_REVOKE;
    assert_int_equal(apply_change(&keyring, change), OK);
    change.action = ROSTER_ENROL;
    change.epoch++;
    assert_int_equal(apply_change(&keyring, change), OK);
    assert_int_equal(keyring_find(&keyring, change.unit, change.epoch)->revoked_at, 0);
    assert_int_not_equal(keyring_find(&keyring, change.unit, change.epoch - 1)->revoked_at, 0);
    keyring_release(&keyring);
    city_close(&city);
}

static void those_who_only_read_have_no_epoch_and_may_share_a_name(void **state)
{
    struct city city;
    struct keyring keyring;
    (void)state;
    city_live(&city);
    keyring_init(&keyring);
    for (size_t i = 0; i < 2; i++) {
        struct roster_change change = city_change(&city.keys[i], ROSTER_ENROL);
        change.role = PEER_AUDITOR;
        change.unit = BYTES_NONE;
        change.epoch = 0;
        assert_int_equal(apply_change(&keyring, change), OK);
    }
    keyring_release(&keyring);
    city_close(&city);
}

static void a_name_holds_from_its_day_on_and_the_first_one_before(void **state)
{
    struct city city;
    struct keyring keyring;
    struct bytes unit = bytes_of_text("341502");
    (void)state;
    city_live(&city);
    keyring_init(&keyring);
    assert_string_equal(keyring_name(&keyring, unit, 19000), "");
    assert_int_equal(apply_change(&keyring, city_change(&city.keys[0], ROSTER_ENROL)), OK);
    struct roster_change rename = city_change(&city.keys[0], ROSTER_RENAME);
    rename.name = bytes_of_text("金安新区");
    rename.effective_on = 19500;
    assert_int_equal(apply_change(&keyring, rename), OK);
    assert_string_equal(keyring_name(&keyring, unit, 12000), "金安区");
    assert_string_equal(keyring_name(&keyring, unit, 19499), "金安区");
    assert_string_equal(keyring_name(&keyring, unit, 19500), "金安新区");
    keyring_release(&keyring);
    city_close(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_epoch_keeps_its_own_key),
        cmocka_unit_test(a_change_that_cannot_be_is_refused_and_says_why),
        cmocka_unit_test(a_key_that_was_revoked_may_be_enrolled_in_a_new_epoch),
        cmocka_unit_test(those_who_only_read_have_no_epoch_and_may_share_a_name),
        cmocka_unit_test(a_name_holds_from_its_day_on_and_the_first_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
