/* test_stream.c - what browsers are told, rule by rule. Whole lives: test_stream_take.c. */
#include "display/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SMALL_RING = 3000 };

static void add(struct stream *stream, enum stream_event event, uint64_t position, const char *text)
{
    stream_add(stream, event, position, bytes_of_text("341502"), bytes_of_text(text));
}

static void add_state(struct stream *stream, enum stream_event event, uint64_t position,
                      const char *text)
{
    stream_add(stream, event, position, BYTES_NONE, bytes_of_text(text));
}

static void begin_with(struct stream *stream, uint64_t position, const char *frame)
{
    stream_begin_with(stream, position, bytes_of_text(frame), BYTES_NONE);
}

/* All that waits, as a text. */
static const char *take(const struct stream *stream, struct stream_cursor *cursor)
{
    static char text[65536];
    CLEANUP(buffer_release) struct buffer out = {0};
    while (stream_take(stream, cursor, 4096, &out))
        continue;
    return bytes_to_text(buffer_bytes(&out), text, sizeof(text));
}

#define EVENT(name, data) "event: " name "\ndata: " data "\n\n"

static void a_new_browser_gets_the_frame_the_contacts_and_what_came_since(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor cursor;
    (void)state;
    add(stream, STREAM_FACT, 4, "four");
    add(stream, STREAM_FACT, 6, "six");
    stream_begin_with(stream, 5, bytes_of_text("whole"), bytes_of_text("links"));
    add(stream, STREAM_FACT, 7, "seven");
    add_state(stream, STREAM_FRAME, 7, "changed");
    stream_join(stream, 0, NULL, &cursor);
    assert_string_equal(take(stream, &cursor),
                        "id: 5\n" EVENT("frame", "whole") EVENT("contact", "links") "id: 6\n" EVENT(
                            "fact", "six") "id: 7\n" EVENT("fact", "seven")
                            EVENT("frame", "changed"));
    assert_false(stream_take(stream, &cursor, 4096, &(struct buffer){0}));
    add(stream, STREAM_FACT, 6, "again");
    assert_string_equal(take(stream, &cursor), "");
    assert_true(stream_newest(stream) == 7);
}

static void nothing_is_told_before_there_is_a_whole_frame(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor cursor;
    (void)state;
    stream_join(stream, 0, NULL, &cursor);
    add(stream, STREAM_FACT, 4, "four");
    add_state(stream, STREAM_FRAME, 4, "changed");
    add_state(stream, STREAM_BEAT, 0, "tick");
    assert_string_equal(take(stream, &cursor), EVENT("beat", "tick"));
    begin_with(stream, 4, "whole");
    assert_string_equal(take(stream, &cursor), "id: 4\n" EVENT("frame", "whole"));
}

static void a_browser_that_comes_back_gets_its_facts_then_the_frame(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor cursor;
    (void)state;
    begin_with(stream, 1, "old");
    for (uint64_t position = 2; position <= 4; position++) {
        add(stream, STREAM_FACT, position, "line");
        add_state(stream, STREAM_FRAME, position, "passing");
        add(stream, STREAM_RESTATED, position, "notice");
        begin_with(stream, position, "whole");
    }
    stream_join(stream, 2, NULL, &cursor);
    assert_string_equal(take(stream, &cursor),
                        "id: 3\n" EVENT("fact", "line")
                            EVENT("restated", "notice") "id: 4\n" EVENT("fact", "line")
                                EVENT("restated", "notice") EVENT("frame", "whole"));
}

static void frames_since_the_whole_one_come_after_it(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor back, fresh;
    (void)state;
    begin_with(stream, 1, "whole");
    add(stream, STREAM_FACT, 2, "two");
    add_state(stream, STREAM_FRAME, 2, "changed");
    add(stream, STREAM_RESTATED, 2, "notice"); /* once, though frames are gone through again */
    stream_join(stream, 1, NULL, &back);
    assert_string_equal(take(stream, &back),
                        "id: 2\n" EVENT("fact", "two") EVENT("restated", "notice")
                            EVENT("frame", "whole") EVENT("frame", "changed"));
    stream_join(stream, 0, NULL, &fresh);
    assert_string_equal(take(stream, &fresh),
                        "id: 1\n" EVENT("frame", "whole") "id: 2\n" EVENT("fact", "two")
                            EVENT("frame", "changed") EVENT("restated", "notice"));
}

static void no_frame_is_older_than_what_the_browser_has(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor cursor;
    (void)state;
    add(stream, STREAM_FACT, 3, "three"); /* the program has started anew and is not there yet */
    begin_with(stream, 3, "old");
    stream_join(stream, 5, NULL, &cursor);
    assert_string_equal(take(stream, &cursor), "");
    add(stream, STREAM_FACT, 4, "four");
    add_state(stream, STREAM_FRAME, 4, "older");
    begin_with(stream, 4, "older");
    assert_string_equal(take(stream, &cursor), "");
    add(stream, STREAM_FACT, 5, "five");
    begin_with(stream, 5, "same");
    assert_string_equal(take(stream, &cursor), EVENT("frame", "same"));
    add(stream, STREAM_FACT, 6, "six");
    assert_string_equal(take(stream, &cursor), "id: 6\n" EVENT("fact", "six"));
}

static void facts_from_before_the_start_let_a_browser_go_on_over_it(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor near, far;
    (void)state;
    for (uint64_t position = 90; position <= 100; position++)
        add(stream, STREAM_FACT, position, "line");
    begin_with(stream, 100, "whole");
    stream_join(stream, 99, NULL, &near);
    assert_string_equal(take(stream, &near),
                        "id: 100\n" EVENT("fact", "line") EVENT("frame", "whole"));
    stream_join(stream, 88, NULL, &far);
    assert_string_equal(take(stream, &far),
                        EVENT("resync", "{\"missed\":12}") "id: 100\n" EVENT("frame", "whole"));
}

static void one_too_far_behind_is_told_how_much_it_missed(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(SMALL_RING);
    struct stream_cursor cursor;
    (void)state;
    begin_with(stream, 0, "whole");
    stream_join(stream, 0, NULL, &cursor);
    assert_string_equal(take(stream, &cursor), EVENT("frame", "whole"));
    for (uint64_t position = 1; position <= 1000; position++)
        add(stream, STREAM_FACT, position, "a line of some length");
    begin_with(stream, 1000, "now");
    assert_string_equal(take(stream, &cursor),
                        EVENT("resync", "{\"missed\":1000}") "id: 1000\n" EVENT("frame", "now"));
}

static void large_frames_do_not_push_out_facts(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(SMALL_RING);
    struct stream_cursor back, slow;
    char large[SMALL_RING];
    (void)state;
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    begin_with(stream, 1, "one");
    stream_join(stream, 0, NULL, &slow);
    (void)take(stream, &slow);
    add(stream, STREAM_FACT, 2, "two");
    for (int i = 0; i < 20; i++)
        add_state(stream, STREAM_FRAME, 2, large);
    begin_with(stream, 2, "now");
    stream_join(stream, 1, NULL, &back);
    assert_string_equal(take(stream, &back), "id: 2\n" EVENT("fact", "two") EVENT("frame", "now"));
    /* One that missed frames and no fact is not told that it missed anything. */
    assert_string_equal(take(stream, &slow), "id: 2\n" EVENT("fact", "two") EVENT("frame", "now"));
}

static void a_frame_to_begin_with_that_has_lost_its_successors_is_not_used(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(SMALL_RING);
    struct stream_cursor cursor;
    (void)state;
    begin_with(stream, 1, "stale");
    for (int i = 0; i < 500; i++)
        add_state(stream, STREAM_FRAME, 1, "changed");
    stream_join(stream, 0, NULL, &cursor);
    assert_string_equal(take(stream, &cursor), "");
    begin_with(stream, 1, "now");
    assert_string_equal(take(stream, &cursor), "id: 1\n" EVENT("frame", "now"));
}

static void a_night_of_contacts_locks_nobody_out(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(SMALL_RING);
    struct stream_cursor fresh, slow;
    (void)state;
    begin_with(stream, 1, "whole");
    stream_join(stream, 0, NULL, &slow);
    (void)take(stream, &slow);
    for (int i = 0; i < 500; i++)
        add_state(stream, STREAM_CONTACT, 0, i < 499 ? "older" : "newest");
    stream_join(stream, 0, NULL, &fresh);
    assert_string_equal(take(stream, &fresh),
                        "id: 1\n" EVENT("frame", "whole") EVENT("contact", "newest"));
    assert_string_equal(take(stream, &slow), EVENT("contact", "newest"));
}

static void of_beats_only_the_newest_is_told_and_last(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor cursor;
    (void)state;
    begin_with(stream, 1, "whole");
    stream_join(stream, 0, NULL, &cursor);
    (void)take(stream, &cursor);
    add_state(stream, STREAM_BEAT, 0, "one");
    add(stream, STREAM_FACT, 2, "two");
    assert_string_equal(take(stream, &cursor), "id: 2\n" EVENT("fact", "two") EVENT("beat", "one"));
    add_state(stream, STREAM_BEAT, 0, "two");
    add_state(stream, STREAM_BEAT, 0, "three");
    add(stream, STREAM_FACT, 3, "three"); /* but one that is late hears it first: it lives */
    assert_string_equal(take(stream, &cursor),
                        EVENT("beat", "three") "id: 3\n" EVENT("fact", "three"));
}

static void a_message_comes_in_parts_of_the_size_that_is_asked_for(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    CLEANUP(buffer_release) struct buffer large = {0};
    CLEANUP(buffer_release) struct buffer out = {0};
    struct stream_cursor cursor;
    (void)state;
    memset(buffer_extend(&large, 100000), 'x', 100000);
    stream_begin_with(stream, 1, buffer_bytes(&large), BYTES_NONE);
    stream_join(stream, 0, NULL, &cursor);
    for (size_t before = 0; stream_take(stream, &cursor, 1000, &out); before = out.size) {
        assert_true(out.size - before <= 1000);
        begin_with(stream, 1, "replaced meanwhile"); /* what is being sent stays as it is */
    }
    const char *head = "id: 1\nevent: frame\ndata: ";
    assert_int_equal(out.size, strlen(head) + large.size + 2);
    assert_memory_equal(out.data + strlen(head), large.data, large.size);
    stream_join(stream, 0, NULL, &cursor);
    assert_true(stream_take(stream, &cursor, 64, &out));
    stream_leave(&cursor); /* in the middle of a message */
    stream_leave(&cursor);
}

static void a_line_break_in_the_data_cannot_end_the_message(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct stream_cursor cursor;
    (void)state;
    begin_with(stream, 1, "a\n\nevent: fact\rb");
    stream_join(stream, 0, NULL, &cursor);
    assert_string_equal(take(stream, &cursor),
                        "id: 1\nevent: frame\ndata: a\ndata: \ndata: event: fact\ndata: b\n\n");
}

static void a_unit_hears_of_itself_only_and_sees_no_frame(void **state)
{
    CLEANUP(stream_free) struct stream *stream = stream_new(STREAM_RING_BYTES);
    struct visitor visitor = {.scope = GRANT_UNIT, .units = {"341502"}, .unit_count = 1};
    struct visitor wall = {.scope = GRANT_WALL};
    struct stream_cursor own, all, back;
    (void)state;
    stream_begin_with(stream, 1, bytes_of_text("whole"), bytes_of_text("all links"));
    stream_add(stream, STREAM_CONTACT, 0, bytes_of_text("341502"), bytes_of_text("own link"));
    stream_add(stream, STREAM_CONTACT, 0, bytes_of_text("341503"), bytes_of_text("other link"));
    stream_join(stream, 0, &visitor, &own);
    stream_join(stream, 0, &wall, &all);
    assert_string_equal(take(stream, &own), "id: 1\n" EVENT("contact", "own link"));
    assert_string_equal(take(stream, &all),
                        "id: 1\n" EVENT("frame", "whole") EVENT("contact", "all links"));
    add(stream, STREAM_FACT, 2, "own");
    stream_add(stream, STREAM_FACT, 3, bytes_of_text("341503"), bytes_of_text("other"));
    stream_add(stream, STREAM_RESTATED, 3, bytes_of_text("341503"), bytes_of_text("other"));
    stream_add(stream, STREAM_FACT, 4, BYTES_NONE, bytes_of_text("city"));
    add_state(stream, STREAM_FRAME, 4, "changed");
    add_state(stream, STREAM_BEAT, 0, "tick");
    assert_string_equal(take(stream, &own),
                        "id: 2\n" EVENT("fact", "own") "id: 4\n" EVENT("beat", "tick"));
    stream_join(stream, 1, &visitor, &back);
    assert_string_equal(take(stream, &back), "id: 2\n" EVENT("fact", "own") "id: 4\n" EVENT(
                                                 "contact", "own link") EVENT("beat", "tick"));
    (void)take(stream, &all);
    (void)take(stream, &own);
    stream_add(stream, STREAM_CONTACT, 0, bytes_of_text("341502"), bytes_of_text("own link"));
    assert_string_equal(take(stream, &all), "");
    assert_string_equal(take(stream, &own), EVENT("contact", "own link"));
    add_state(stream, STREAM_CONTACT, 0, "all links");
    assert_string_equal(take(stream, &all), EVENT("contact", "all links"));
    assert_string_equal(take(stream, &own), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_browser_gets_the_frame_the_contacts_and_what_came_since),
        cmocka_unit_test(nothing_is_told_before_there_is_a_whole_frame),
        cmocka_unit_test(a_browser_that_comes_back_gets_its_facts_then_the_frame),
        cmocka_unit_test(frames_since_the_whole_one_come_after_it),
        cmocka_unit_test(no_frame_is_older_than_what_the_browser_has),
        cmocka_unit_test(facts_from_before_the_start_let_a_browser_go_on_over_it),
        cmocka_unit_test(one_too_far_behind_is_told_how_much_it_missed),
        cmocka_unit_test(large_frames_do_not_push_out_facts),
        cmocka_unit_test(a_frame_to_begin_with_that_has_lost_its_successors_is_not_used),
        cmocka_unit_test(a_night_of_contacts_locks_nobody_out),
        cmocka_unit_test(of_beats_only_the_newest_is_told_and_last),
        cmocka_unit_test(a_message_comes_in_parts_of_the_size_that_is_asked_for),
        cmocka_unit_test(a_line_break_in_the_data_cannot_end_the_message),
        cmocka_unit_test(a_unit_hears_of_itself_only_and_sees_no_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
