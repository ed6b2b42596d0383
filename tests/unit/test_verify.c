/* test_verify.c - what verify proves, and that it names the first bad position when something is
 * spoiled. */
#include "tests/unit/audit_scene.h"

/* The log's positions in city_live: 1 setting, 2 3 enrolments, 4-6 jinan, 7 yuan, 8 jinan, 9
 * refusal of yuan, 10 revocation, 11 enrolment, 12-13 jinan again, 14-15 yuan. */
enum { JINAN_SECOND = 5, JINAN_FOURTH = 8, REFUSED = 9, REVOKED = 10, JINAN_AGAIN = 12, HEAD = 15 };

static struct record *at(struct city *city, uint64_t position)
{
    return &city->records[position - 1];
}

static void expect_clean(struct city *city)
{
    struct verify verify;
    verify_init(&verify);
    if (city_tell(city, &verify) != OK)
        fail_msg("%s", verify.problem.text);
    assert_int_equal(verify.position, city->count);
    verify_release(&verify);
    city_close(city);
}

static void expect_fault(struct city *city, uint64_t position, const char *words)
{
    struct verify verify;
    verify_init(&verify);
    assert_int_equal(city_tell(city, &verify), ERR_CORRUPT);
    if (verify.bad_position != position || !strstr(verify.problem.text, words))
        fail_msg("expected %s at %d, got: %s", words, (int)position, verify.problem.text);
    verify_release(&verify);
    city_close(city);
}

static void a_log_as_the_broker_writes_it_is_clean_and_counted(void **state)
{
    struct city city;
    struct verify verify;
    (void)state;
    city_live(&city);
    verify_init(&verify);
    assert_int_equal(city_tell(&city, &verify), OK);
    assert_int_equal(verify.position, HEAD);
    assert_int_equal(verify.events, 9);
    assert_int_equal(verify.refusals, 1);
    assert_int_equal(verify.own_records, 5);
    assert_int_equal(verify.signatures, 6);
    assert_int_equal(verify.units.count, 2);
    assert_string_equal(verify.city, "六安市");
    verify_release(&verify);
    city_close(&city);
}

static void a_missing_position_is_named(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    at(&city, 8)->position = 9;
    expect_fault(&city, 8, "no such record");
}

static void time_never_goes_back(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    at(&city, 7)->recorded_at_ms = at(&city, 6)->recorded_at_ms - 1;
    expect_fault(&city, 7, "recorded before");
    city_live(&city);
    at(&city, 7)->recorded_at_ms = at(&city, 6)->recorded_at_ms;
    expect_clean(&city);
}

static void a_seq_that_is_missing_or_doubled_is_named(void **state)
{
    static const uint64_t wrong[] = {1, 3, 0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct city city;
        city_live(&city);
        at(&city, JINAN_SECOND)->seq = wrong[i];
        expect_fault(&city, JINAN_SECOND, "says seq");
    }
}

static void a_new_epoch_begins_with_seq_1_and_an_old_one_never_speaks_again(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    at(&city, JINAN_AGAIN)->seq = 2;
    expect_fault(&city, JINAN_AGAIN, "says seq 2 after seq 0");
    city_live(&city);
    at(&city, JINAN_AGAIN + 1)->epoch = 1;
    expect_fault(&city, JINAN_AGAIN + 1, "goes back from epoch 2");
}

static void one_changed_byte_of_an_event_breaks_the_chain(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    struct bytes envelope = at(&city, JINAN_SECOND)->envelope;
    struct buffer changed = {0};
    buffer_add(&changed, envelope);
    changed.data[changed.size - 1] ^= 1; /* the last byte of a text */
    at(&city, JINAN_SECOND)->envelope = city_keep(&city, &changed);
    expect_fault(&city, JINAN_SECOND, "chain of 341502 breaks at seq 2");
}

static void a_changed_chain_value_is_named(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    at(&city, JINAN_FOURTH)->chain.bytes[31] ^= 0x80;
    expect_fault(&city, JINAN_FOURTH, "chain");
}

static void a_refusal_stands_in_the_chain_by_the_hash_of_what_was_refused(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    at(&city, REFUSED)->envelope_hash.bytes[0] ^= 1;
    expect_fault(&city, REFUSED, "refusal's hash");
    city_live(&city);
    at(&city, REFUSED)->envelope = BYTES_NONE; /* too large to be kept */
    expect_clean(&city);
    city_live(&city);
    at(&city, REFUSED)->envelope = BYTES_NONE;
    at(&city, REFUSED)->envelope_hash.bytes[0] ^= 1;
    expect_fault(&city, REFUSED, "chain of 341503");
}

static void a_signature_by_another_key_or_over_other_seqs_is_named(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    struct buffer changed = {0};
    buffer_add(&changed, city.signatures[5].signature);
    changed.data[10] ^= 1;
    city.signatures[5].signature = city_keep(&city, &changed);
    expect_fault(&city, 6, "not by the key");
    city_live(&city); /* a key that is enrolled, but another unit's */
    city.keys[0].pushed_seq = 0, city.keys[0].seq = 3, city.keys[0].chain = at(&city, 6)->chain;
    struct signer *own = city.keys[0].signer;
    city.keys[0].signer = city.keys[1].signer;
    size_t count = city.count;
    city.count = 6;
    (void)city_sign(&city, &city.keys[0]);
    city.count = count;
    city.keys[0].signer = own;
    expect_fault(&city, 6, "not by the key");
    city_live(&city);
    city.signatures[5].last_seq = 2;
    expect_fault(&city, 6, "another unit, epoch or seq");
    city_live(&city);
    city.signatures[5].unit = bytes_of_text("341503");
    expect_fault(&city, 6, "another unit, epoch or seq");
}

static void an_event_without_a_signature_is_named(void **state)
{
    struct city city;
    (void)state;
    city_live(&city); /* the next push of the unit begins behind it */
    city.signatures[5].signature = BYTES_NONE;
    expect_fault(&city, 4, "begins at seq 4");
    city_live(&city); /* the last one of an epoch */
    city.signatures[JINAN_FOURTH - 1].signature = BYTES_NONE;
    expect_fault(&city, JINAN_FOURTH, "no signature of 341502 covers it");
    city_live(&city); /* at the head */
    city.signatures[HEAD - 1].signature = BYTES_NONE;
    expect_fault(&city, HEAD - 1, "no signature of 341503 covers it");
}

static void a_push_that_repeats_what_was_received_covers_only_the_rest(void **state)
{
    struct city city;
    (void)state;
    city_open(&city);
    struct city_key *key = city_enrol(&city, "341502", 1);
    city_push(&city, key, 2);
    key->pushed_seq = 1; /* the agent sends seq 2 again, with seq 3 */
    (void)city_say(&city, key, "third");
    (void)city_sign(&city, key);
    expect_clean(&city);
}

static void a_unit_that_was_never_enrolled_may_not_speak(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    at(&city, 7)->unit = bytes_of_text("341599");
    at(&city, 7)->seq = 1;
    expect_fault(&city, 7, "which the roster does not hold");
    city_live(&city);
    at(&city, JINAN_AGAIN)->epoch = 3;
    expect_fault(&city, JINAN_AGAIN, "which the roster does not hold");
}

static void a_revoked_key_speaks_no_more(void **state)
{
    struct city city;
    (void)state;
    city_open(&city);
    struct city_key *key = city_enrol(&city, "341502", 1);
    city_push(&city, key, 1);
    city_revoke(&city, key);
    city_push(&city, key, 1);
    expect_fault(&city, 5, "revoked at position 4");
}

static void a_roster_that_does_not_add_up_is_named(void **state)
{
    struct city city;
    (void)state;
    city_open(&city);
    (void)city_enrol(&city, "341502", 2);
    expect_fault(&city, 2, "epochs");
    city_open(&city);
    (void)city_enrol(&city, "341502", 1);
    (void)city_enrol(&city, "341502", 2);
    expect_fault(&city, 3, "still in force");
    city_open(&city);
    struct city_key *key = city_enrol(&city, "341502", 1);
    city_revoke(&city, key);
    city_revoke(&city, key);
    expect_fault(&city, 4, "revokes a key twice");
}

static void details_that_cannot_be_read_are_named(void **state)
{
    static const uint64_t positions[] = {1, 2, REVOKED};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(positions); i++) {
        struct city city;
        city_live(&city);
        at(&city, positions[i])->detail = bytes_of_text("\xff\xff\xff\xff");
        expect_fault(&city, positions[i], "unreadable");
    }
}

static void a_record_of_a_kind_we_do_not_know_is_kept_but_may_not_carry_a_seq(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    (void)city_add(&city, (enum record_kind)17, bytes_of_text("from the future"));
    expect_clean(&city);
    city_live(&city);
    city_add(&city, (enum record_kind)17, bytes_of_text("from the future"))->seq = 1;
    expect_fault(&city, HEAD + 1, "carries a seq");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_as_the_broker_writes_it_is_clean_and_counted),
        cmocka_unit_test(a_missing_position_is_named),
        cmocka_unit_test(time_never_goes_back),
        cmocka_unit_test(a_seq_that_is_missing_or_doubled_is_named),
        cmocka_unit_test(a_new_epoch_begins_with_seq_1_and_an_old_one_never_speaks_again),
        cmocka_unit_test(one_changed_byte_of_an_event_breaks_the_chain),
        cmocka_unit_test(a_changed_chain_value_is_named),
        cmocka_unit_test(a_refusal_stands_in_the_chain_by_the_hash_of_what_was_refused),
        cmocka_unit_test(a_signature_by_another_key_or_over_other_seqs_is_named),
        cmocka_unit_test(an_event_without_a_signature_is_named),
        cmocka_unit_test(a_push_that_repeats_what_was_received_covers_only_the_rest),
        cmocka_unit_test(a_unit_that_was_never_enrolled_may_not_speak),
        cmocka_unit_test(a_revoked_key_speaks_no_more),
        cmocka_unit_test(a_roster_that_does_not_add_up_is_named),
        cmocka_unit_test(details_that_cannot_be_read_are_named),
        cmocka_unit_test(a_record_of_a_kind_we_do_not_know_is_kept_but_may_not_carry_a_seq),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
