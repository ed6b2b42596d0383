/* follower_scene.c - see follower_scene.h. */
#include "tests/unit/follower_scene.h"

const struct follower_plan play_dense = {.from_position = 1, .window = 100, .is_dense = true};
const struct follower_plan play_filtered = {.from_position = 1, .window = 100};

void play_begin(struct play *play, const struct follower_plan *plan)
{
    struct trace silent = {0};
    *play = (struct play){.now_ms = 1000};
    follower_init(&play->follower, plan, 7, &silent);
}

void play_end(struct play *play)
{
    buffer_release(&play->batch);
}

bool play_next(struct play *play)
{
    return follower_next(&play->follower, play->now_ms, &play->action);
}

void play_expect(struct play *play, enum follower_action_kind kind)
{
    assert_true(play_next(play));
    assert_int_equal(play->action.kind, kind);
}

void play_expect_frame(struct play *play, enum frame_kind kind)
{
    play_expect(play, FOLLOWER_SEND);
    assert_int_equal(play->action.frame.kind, kind);
}

void play_link_up(struct play *play)
{
    play_expect(play, FOLLOWER_CONNECT);
    assert_false(play_next(play));
    follower_on_link(&play->follower, true, NULL, play->now_ms);
    play_expect_frame(play, FRAME_SUBSCRIBE);
}

void play_add_row(struct play *play, uint64_t position)
{
    CLEANUP(buffer_release) struct buffer row = {0};
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct record record = {
        .position = position, .kind = RECORD_ALARM, .unit = bytes_of_text("3415")};
    wire_record_encode(&record, &bytes);
    struct hash hash = hash_of(buffer_bytes(&bytes));
    buffer_add(&row, hash_bytes(&hash));
    buffer_add(&row, buffer_bytes(&bytes));
    wire_batch_add(&play->batch, buffer_bytes(&row));
    play->count++;
}

void play_add_rows(struct play *play, uint64_t from, uint64_t to)
{
    for (uint64_t position = from; position <= to; position++)
        play_add_row(play, position);
}

enum follower_verdict play_update(struct play *play, uint64_t scanned_to, uint64_t head)
{
    struct update update = {
        .subscription = play->follower.subscription,
        .scanned_to = scanned_to,
        .head_position = head,
        .count = play->count,
    };
    enum follower_verdict verdict =
        follower_on_update(&play->follower, &update, buffer_bytes(&play->batch), play->now_ms);
    play->count = 0;
    return verdict;
}

/* Everything the update holds; gives the error at its end, and the last position. */
enum err play_drain(struct play *play, uint64_t *last)
{
    struct record record = {0};
    enum err err;
    while ((err = follower_row(&play->follower, &record, NULL)) == OK)
        *last = record.position;
    buffer_clear(&play->batch);
    return err;
}

enum err play_feed(struct play *play, uint64_t from, uint64_t to, uint64_t head)
{
    uint64_t last = 0;
    play_add_rows(play, from, to);
    assert_int_equal(play_update(play, to, head), FOLLOWER_TAKE);
    return play_drain(play, &last);
}
