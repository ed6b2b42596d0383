/* test_follower.c - a subscriber's cursor: credit, contiguity, what may not be believed. */
#include "tests/unit/follower_scene.h"

#include <stdio.h>

static void it_connects_subscribes_and_is_live_at_the_head(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 1);
    assert_int_equal(play.action.frame.subscribe.credit, 100);
    assert_true(hash_is_zero(&play.action.frame.subscribe.after));
    assert_false(follower_is_live(&play.follower));
    assert_int_equal(play_feed(&play, 1, 3, 5), ERR_NOT_FOUND);
    assert_false(follower_is_live(&play.follower));
    assert_int_equal(play_feed(&play, 4, 5, 5), ERR_NOT_FOUND);
    assert_true(follower_is_live(&play.follower));
    play_end(&play);
}

static void credit_is_absolute_and_topped_up_at_half(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    assert_int_equal(play_feed(&play, 1, 49, 500), ERR_NOT_FOUND);
    assert_false(play_next(&play));
    assert_int_equal(play_feed(&play, 50, 50, 500), ERR_NOT_FOUND);
    play_expect_frame(&play, FRAME_GRANT);
    assert_int_equal(play.action.frame.grant.credit, 150);
    assert_int_equal(play.action.frame.grant.subscription, play.follower.subscription);
    assert_false(play_next(&play));
    play_end(&play);
}

static void the_window_doubles_with_each_grant_up_to_the_plans(void **state)
{
    struct follower_plan plan = {.from_position = 1, .window = 3000, .is_dense = true};
    struct play play;
    (void)state;
    play_begin(&play, &plan);
    play_link_up(&play);
    assert_int_equal(play.action.frame.subscribe.credit, FOLLOWER_WINDOW_START);
    assert_int_equal(play_feed(&play, 1, 600, 9000), ERR_NOT_FOUND);
    play_expect_frame(&play, FRAME_GRANT);
    assert_int_equal(play.action.frame.grant.credit, 600 + 2000);
    assert_int_equal(play_feed(&play, 601, 1700, 9000), ERR_NOT_FOUND);
    play_expect_frame(&play, FRAME_GRANT);
    assert_int_equal(play.action.frame.grant.credit, 1700 + 3000);
    play_end(&play);
}

static void more_than_was_granted_ends_it(void **state)
{
    struct follower_plan plan = {.from_position = 1, .window = 2};
    struct play play;
    (void)state;
    play_begin(&play, &plan);
    play_link_up(&play);
    play_add_rows(&play, 1, 3);
    assert_int_equal(play_update(&play, 3, 3), FOLLOWER_ABSURD);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    play_expect(&play, FOLLOWER_DISCONNECT);
    assert_false(play_next(&play));
    play_end(&play);
}

static void a_filtered_feed_may_leave_positions_out_and_scanned_to_counts(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    play_begin(&play, &play_filtered);
    play_link_up(&play);
    play_add_row(&play, 3);
    play_add_row(&play, 7);
    assert_int_equal(play_update(&play, 20, 20), FOLLOWER_TAKE);
    assert_int_equal(play_drain(&play, &last), ERR_NOT_FOUND);
    assert_int_equal(last, 7);
    assert_int_equal(play.follower.next_position, 21);
    assert_true(follower_is_live(&play.follower));
    play_end(&play);
}

static void a_dense_feed_may_leave_nothing_out(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    play_add_row(&play, 1);
    play_add_row(&play, 3);
    assert_int_equal(play_update(&play, 3, 3), FOLLOWER_TAKE);
    assert_int_equal(play_drain(&play, &last), ERR_MALFORMED);
    assert_int_equal(last, 1);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    assert_non_null(strstr(play.follower.text, "after position 1"));
    play_end(&play);

    play_begin(&play, &play_dense);
    play_link_up(&play);
    play_add_row(&play, 1);
    assert_int_equal(play_update(&play, 2, 2),
                     FOLLOWER_TAKE); /* says it looked at 2 and has nothing */
    assert_int_equal(play_drain(&play, &last), ERR_MALFORMED);
    play_end(&play);
}

static void positions_only_ascend_and_stay_below_scanned_to(void **state)
{
    static const uint64_t pairs[][2] = {{5, 5}, {5, 4}, {5, 11}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct play play;
        uint64_t last = 0;
        play_begin(&play, &play_filtered);
        play_link_up(&play);
        play_add_row(&play, pairs[i][0]);
        play_add_row(&play, pairs[i][1]);
        assert_int_equal(play_update(&play, 10, 10), FOLLOWER_TAKE);
        assert_int_equal(play_drain(&play, &last), ERR_MALFORMED);
        assert_int_equal(last, 5);
        play_end(&play);
    }
}

static void an_update_that_goes_backwards_ends_it(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_filtered);
    play_link_up(&play);
    assert_int_equal(play_feed(&play, 1, 10, 20), ERR_NOT_FOUND);
    assert_int_equal(play_update(&play, 9, 20), FOLLOWER_ABSURD);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    play_end(&play);
}

static void a_row_whose_hash_is_not_that_of_its_bytes_ends_it(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    play_add_rows(&play, 1, 2);
    play.batch.data[play.batch.size - 1] ^= 1;
    assert_int_equal(play_update(&play, 2, 2), FOLLOWER_TAKE);
    assert_int_equal(play_drain(&play, &last), ERR_CORRUPT);
    assert_int_equal(last, 1);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    play_end(&play);
}

/* Rows are hashed in groups: wherever in one the bad row stands, all before it are handed out. */
static void what_is_before_a_damaged_row_is_handed_out_and_its_place_named(void **state)
{
    static const uint64_t bad[] = {1, 2, HASH_GROUP, HASH_GROUP + 1, 2UL * HASH_GROUP, 150};
    struct follower_plan plan = {.from_position = 1, .window = 200, .is_dense = true};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct play play;
        uint64_t last = 0;
        char words[48];
        play_begin(&play, &plan);
        play_link_up(&play);
        play_add_rows(&play, 1, bad[i]);
        play.batch.data[play.batch.size - 1] ^= 1;
        play_add_rows(&play, bad[i] + 1, 150);
        assert_int_equal(play_update(&play, 150, 150), FOLLOWER_TAKE);
        assert_int_equal(play_drain(&play, &last), ERR_CORRUPT);
        assert_int_equal(last, bad[i] - 1);
        (void)snprintf(words, sizeof words, "after position %u is damaged", (unsigned)bad[i] - 1);
        assert_non_null(strstr(play.follower.text, words));
        assert_int_equal(play.follower.state, FOLLOWER_ENDED);
        play_end(&play);
    }
}

static void a_row_without_room_for_a_hash_ends_it(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    play_add_rows(&play, 1, 5);
    wire_batch_add(&play.batch, bytes_of_text("a row of less than 32 bytes"));
    play.count++;
    assert_int_equal(play_update(&play, 6, 6), FOLLOWER_TAKE);
    assert_int_equal(play_drain(&play, &last), ERR_CORRUPT);
    assert_int_equal(last, 5);
    play_end(&play);
}

static void what_is_before_a_row_cut_off_is_handed_out(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    play_add_rows(&play, 1, 70);
    play.batch.size--;
    assert_int_equal(play_update(&play, 70, 70), FOLLOWER_TAKE);
    assert_int_equal(play_drain(&play, &last), ERR_MALFORMED);
    assert_int_equal(last, 69);
    assert_non_null(strstr(play.follower.text, "after position 69 is cut off"));
    play_end(&play);
}

/* What a link that broke left behind in a group is not handed out on the next. */
static void a_new_update_begins_with_its_own_rows(void **state)
{
    struct play play;
    struct record record;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    play_add_rows(&play, 1, 9);
    assert_int_equal(play_update(&play, 9, 50), FOLLOWER_TAKE);
    for (uint64_t position = 1; position <= 4; position++)
        assert_int_equal(follower_row(&play.follower, &record, NULL), OK);
    follower_on_link(&play.follower, false, "broken", play.now_ms);
    play_expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms += FOLLOWER_BACKOFF_MAX_MS;
    play_link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 5);
    buffer_clear(&play.batch);
    assert_int_equal(play_feed(&play, 5, 12, 50), ERR_NOT_FOUND);
    assert_int_equal(play.follower.last_position, 12);
    play_end(&play);
}

static void rows_and_their_count_must_agree(void **state)
{
    static const int differences[] = {-1, 1};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(differences); i++) {
        struct play play;
        uint64_t last = 0;
        play_begin(&play, &play_filtered);
        play_link_up(&play);
        play_add_rows(&play, 1, 3);
        play.count = (uint32_t)((int)play.count + differences[i]);
        assert_int_equal(play_update(&play, 9, 9), FOLLOWER_TAKE);
        assert_int_equal(play_drain(&play, &last), ERR_MALFORMED);
        assert_int_equal(play.follower.state, FOLLOWER_ENDED);
        play_end(&play);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_connects_subscribes_and_is_live_at_the_head),
        cmocka_unit_test(credit_is_absolute_and_topped_up_at_half),
        cmocka_unit_test(the_window_doubles_with_each_grant_up_to_the_plans),
        cmocka_unit_test(more_than_was_granted_ends_it),
        cmocka_unit_test(a_filtered_feed_may_leave_positions_out_and_scanned_to_counts),
        cmocka_unit_test(a_dense_feed_may_leave_nothing_out),
        cmocka_unit_test(positions_only_ascend_and_stay_below_scanned_to),
        cmocka_unit_test(an_update_that_goes_backwards_ends_it),
        cmocka_unit_test(a_row_whose_hash_is_not_that_of_its_bytes_ends_it),
        cmocka_unit_test(what_is_before_a_damaged_row_is_handed_out_and_its_place_named),
        cmocka_unit_test(a_row_without_room_for_a_hash_ends_it),
        cmocka_unit_test(what_is_before_a_row_cut_off_is_handed_out),
        cmocka_unit_test(a_new_update_begins_with_its_own_rows),
        cmocka_unit_test(rows_and_their_count_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
