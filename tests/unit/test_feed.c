/* test_feed.c - a subscription against logs written down as plain tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/random.h"
#include "broker/feed.h"
#include "proto/wire.h"

static const struct roster_entry auditor = {.role = PEER_AUDITOR};

/* A record as the shell would read it: its envelope's bytes live in the buffer. */
static struct record record_at(uint64_t position, const char *unit, uint32_t kind,
                               const char *subject, struct buffer *bytes)
{
    static const uint8_t event_id[EVENT_ID_SIZE];
    struct envelope envelope = {
        .algorithm = 1,
        .event_id = bytes_of(event_id, EVENT_ID_SIZE),
        .kind = kind,
        .subject = bytes_of_text(subject),
        .occurred_on = 19000,
        .body = BODY_INVESTMENT_BUREAU,
    };
    buffer_clear(bytes);
    wire_envelope_encode(&envelope, bytes);
    return (struct record){.position = position,
                           .kind = RECORD_EVENT,
                           .unit = bytes_of_text(unit),
                           .envelope = buffer_bytes(bytes)};
}

static struct feed feed_of(struct subscribe subscribe)
{
    struct feed feed;
    subscribe.subscription = 7;
    assert_int_equal(feed_init(&feed, &subscribe), OK);
    return feed;
}

/* Reads one turn of a log of `head` small records of 341502 and sends what there is to send. */
static struct feed_update turn(struct feed *feed, uint64_t head, size_t row_size)
{
    static struct buffer bytes;
    struct feed_update update;
    feed_begin(feed, &update);
    for (uint64_t position = feed->next_position; position <= head; position++) {
        struct record record = record_at(position, "341502", EVENT_NOTE, "", &bytes);
        if (feed_offer(feed, &auditor, &record, row_size, &update) == FEED_STOP)
            break;
    }
    if (feed_worth_sending(feed, &update, head))
        feed_on_sent(feed, &update, head, 0);
    else
        feed_on_scanned(feed, &update);
    buffer_release(&bytes);
    return update;
}

static bool passes(struct filter filter, const struct roster_entry *who, struct record record)
{
    struct feed feed = feed_of((struct subscribe){.filter = filter, .credit = 1});
    struct feed_update update = {.scanned_to = record.position - 1};
    return feed_offer(&feed, who, &record, 100, &update) == FEED_TAKE;
}

static void a_feed_never_goes_beyond_its_credit(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.credit = 3});
    assert_int_equal(turn(&feed, 10, 100).count, 3);
    assert_int_equal(feed.next_position, 4);
    assert_false(feed_wants_read(&feed, 10, FEED_PACE_MS));
    feed_on_grant(&feed, 5);
    assert_true(feed_wants_read(&feed, 10, FEED_PACE_MS));
    assert_int_equal(turn(&feed, 10, 100).count, 2);
    assert_int_equal(feed.delivered, 5);
    assert_int_equal(feed.told_position, 5);
}

static void a_repeated_or_smaller_grant_changes_nothing(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.credit = 3});
    feed_on_grant(&feed, 3);
    feed_on_grant(&feed, 0);
    assert_int_equal(feed.credit, 3);
}

static void a_feed_without_credit_reads_nothing(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.credit = 0});
    assert_false(feed_wants_read(&feed, 1, FEED_PACE_MS));
    feed_on_grant(&feed, 1);
    assert_true(feed_wants_read(&feed, 1, FEED_PACE_MS));
}

static void a_turn_scans_a_bounded_stretch(void **state)
{
    (void)state;
    struct filter nobody = {.kinds = {EVENT_VERDICT}, .kind_count = 1};
    struct feed feed = feed_of((struct subscribe){.filter = nobody, .credit = 9});
    assert_int_equal(turn(&feed, 20000, 100).scanned, FEED_TURN_POSITIONS);
    assert_true(feed_wants_read(&feed, 20000, FEED_PACE_MS));
    feed = feed_of((struct subscribe){.filter = nobody, .credit = 9});
    struct feed_update update = turn(&feed, 20000, 100 << 10);
    assert_in_range(update.scanned_bytes, FEED_TURN_BYTES, FEED_TURN_BYTES + (100 << 10));
}

static void an_update_is_bounded_in_bytes_and_a_large_record_still_goes(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.credit = UINT64_MAX});
    assert_int_equal(turn(&feed, 100, FEED_UPDATE_BYTES / 5).count, 5);
    assert_int_equal(turn(&feed, 100, FEED_UPDATE_BYTES + 1).count, 1);
    assert_int_equal(feed.next_position, 7);
    struct feed many = feed_of((struct subscribe){.credit = UINT64_MAX});
    assert_int_equal(turn(&many, 5000, 10).count, UPDATE_RECORDS_MAX);
}

static struct feed_room room_of(const struct feed *feed, const struct roster_entry *who,
                                struct feed_update update, uint64_t head_position)
{
    return feed_room(feed, who, &update, head_position);
}

static void no_more_is_read_than_can_be_sent(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.from_position = 11, .credit = 30});
    struct feed_update update;
    feed_begin(&feed, &update);
    assert_int_equal(feed_room(&feed, &auditor, &update, 11).rows, 1);
    assert_int_equal(feed_room(&feed, &auditor, &update, 10).rows, 0);
    assert_int_equal(feed_room(&feed, &auditor, &update, 9000).rows, 30);
    update = (struct feed_update){.count = 28, .bytes = 5000, .scanned = 40, .scanned_to = 50};
    assert_int_equal(feed_room(&feed, &auditor, &update, 9000).rows, 2);
    assert_int_equal(feed_room(&feed, &auditor, &update, 9000).bytes, FEED_UPDATE_BYTES - 5000);
    feed_on_grant(&feed, UINT64_MAX);
    assert_int_equal(feed_room(&feed, &auditor, &update, 9000).rows, UPDATE_RECORDS_MAX - 28);
    update.bytes = FEED_UPDATE_BYTES + 1;
    assert_int_equal(feed_room(&feed, &auditor, &update, 9000).bytes, 0);
}

/* What a filter will skip cannot be known: only the head and the turn bound it. */
static void a_filtered_feed_reads_on_to_the_end_of_its_turn(void **state)
{
    (void)state;
    struct filter notes = {.kinds = {EVENT_NOTE}, .kind_count = 1};
    struct roster_entry agent = {.role = PEER_AGENT, .unit = "341502"};
    struct feed feed = feed_of((struct subscribe){.filter = notes, .credit = 1});
    struct feed whole = feed_of((struct subscribe){.credit = 1});
    struct feed_update update = {.scanned = 100, .scanned_to = 100, .scanned_bytes = 1000};
    assert_int_equal(room_of(&feed, &auditor, update, 9000).rows, FEED_TURN_POSITIONS - 100);
    assert_int_equal(room_of(&feed, &auditor, update, 9000).bytes, FEED_TURN_BYTES - 1000);
    assert_int_equal(room_of(&feed, &auditor, update, 107).rows, 7);
    assert_int_equal(room_of(&whole, &agent, update, 107).rows, 7);
    assert_int_equal(room_of(&whole, &auditor, update, 107).rows, 1);
}

static void only_a_reader_without_a_filter_gets_everything(void **state)
{
    (void)state;
    struct bytes unit = bytes_of_text("341502"), project = bytes_of_text("341502/341502-0001");
    struct roster_entry agent = {.role = PEER_AGENT, .unit = "341502"};
    struct feed feed = feed_of((struct subscribe){.credit = 1});
    assert_true(feed_is_whole(&feed, &auditor));
    assert_false(feed_is_whole(&feed, &agent));
    feed = feed_of((struct subscribe){.filter.units = {&unit, 1}});
    assert_false(feed_is_whole(&feed, &auditor));
    feed = feed_of((struct subscribe){.filter.projects = {&project, 1}});
    assert_false(feed_is_whole(&feed, &auditor));
    feed = feed_of((struct subscribe){.filter = {.kinds = {EVENT_NOTE}, .kind_count = 1}});
    assert_false(feed_is_whole(&feed, &auditor));
}

static void a_filter_that_skips_says_how_far_it_has_looked(void **state)
{
    (void)state;
    struct filter nobody = {.kinds = {EVENT_VERDICT}, .kind_count = 1};
    struct feed feed = feed_of((struct subscribe){.filter = nobody, .credit = 9});
    turn(&feed, 20000, 100);
    turn(&feed, 20000, 100);
    assert_int_equal(feed.told_position, 0);
    turn(&feed, 20000, 100);
    assert_int_equal(feed.told_position, 12000);
    turn(&feed, 20000, 100);
    assert_int_equal(feed.told_position, 12000);
    turn(&feed, 20000, 100); /* the head is reached */
    assert_int_equal(feed.told_position, 20000);
    assert_int_equal(feed.delivered, 0);
    assert_false(feed_wants_read(&feed, 20000, FEED_PACE_MS));
    assert_true(feed_wants_read(&feed, 20001, FEED_PACE_MS));
}

static void a_subscriber_at_the_head_is_told_once_that_it_is_live(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.from_position = 6});
    assert_true(feed_wants_read(&feed, 5, FEED_PACE_MS));
    struct feed_update update = turn(&feed, 5, 100);
    assert_int_equal(update.count, 0);
    assert_int_equal(update.scanned_to, 5);
    assert_true(feed.greeted);
    assert_false(feed_wants_read(&feed, 5, FEED_PACE_MS));
    struct feed empty = feed_of((struct subscribe){.from_position = 0});
    assert_int_equal(empty.next_position, 1);
    assert_true(feed_wants_read(&empty, 0, FEED_PACE_MS));
}

static void a_blocked_feed_waits_and_then_reads_the_same_again(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.credit = 9});
    feed_on_blocked(&feed, 1000);
    assert_false(feed_wants_read(&feed, 5, 1000 + FEED_BLOCKED_MS - 1));
    assert_true(feed_wants_read(&feed, 5, 1000 + FEED_BLOCKED_MS));
    assert_int_equal(feed.next_position, 1);
    assert_int_equal(turn(&feed, 5, 100).count, 5);
}

/* Fifty screens that follow a busy log cost one update each a pace, not one each an event. */
static void a_live_feed_keeps_its_pace_and_one_that_catches_up_does_not(void **state)
{
    (void)state;
    struct feed feed = feed_of((struct subscribe){.credit = 9});
    struct feed_update update = {.count = 2, .scanned_to = 2};
    feed_on_sent(&feed, &update, 5, 1000);
    assert_true(feed_wants_read(&feed, 5, 1000));
    update = (struct feed_update){.count = 3, .scanned_to = 5};
    feed_on_sent(&feed, &update, 5, 1000);
    assert_true(feed_is_behind(&feed, 6));
    assert_false(feed_wants_read(&feed, 6, 1000 + FEED_PACE_MS - 1));
    assert_true(feed_wants_read(&feed, 6, 1000 + FEED_PACE_MS));
}

static void units_projects_and_kinds_choose_together(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    struct bytes unit = bytes_of_text("341502"), project = bytes_of_text("341502/341502-0001");
    struct record record = record_at(1, "341502", EVENT_NOTE, "341502/341502-0001", &bytes);
    struct filter all = {0}, filter;
    assert_true(passes(all, &auditor, record));
    filter = (struct filter){.units = {&unit, 1}, .projects = {&project, 1}};
    filter.kinds[0] = EVENT_NOTE;
    filter.kind_count = 1;
    assert_true(passes(filter, &auditor, record));
    filter.kinds[0] = EVENT_FUNDS;
    assert_false(passes(filter, &auditor, record));
    filter.kind_count = 0;
    record.unit = bytes_of_text("341503");
    assert_false(passes(filter, &auditor, record));
    filter.units.count = 0;
    assert_true(passes(filter, &auditor, record));
    record = record_at(1, "341502", EVENT_NOTE, "341502/341502-0002", &bytes);
    assert_false(passes(filter, &auditor, record));
    buffer_release(&bytes);
}

static void what_is_no_event_comes_only_when_all_records_are_asked_for(void **state)
{
    (void)state;
    struct bytes unit = bytes_of_text("341502");
    struct record alarm = {.position = 1, .kind = RECORD_ALARM, .unit = bytes_of_text("3415")};
    struct record refusal = {.position = 1, .kind = RECORD_REFUSAL, .unit = unit};
    struct filter filter = {0};
    assert_false(passes(filter, &auditor, alarm));
    assert_false(passes(filter, &auditor, refusal));
    filter.all_records = true;
    assert_true(passes(filter, &auditor, alarm));
    assert_true(passes(filter, &auditor, refusal));
    filter.units = (struct texts){&unit, 1};
    assert_false(passes(filter, &auditor, alarm));
    assert_true(passes(filter, &auditor, refusal));
    filter.kinds[filter.kind_count++] = EVENT_NOTE; /* a refusal without bytes has no kind */
    assert_false(passes(filter, &auditor, refusal));
}

static void an_agents_feed_has_its_own_records_and_nobody_elses(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    struct roster_entry agent = {.role = PEER_AGENT, .unit = "341502"};
    struct filter all = {.all_records = true};
    struct record record = record_at(1, "341502", EVENT_NOTE, "", &bytes);
    assert_true(passes(all, &agent, record));
    record.unit = bytes_of_text("341503");
    assert_false(passes(all, &agent, record));
    record = record_at(1, "3415", EVENT_NOTE, "341502/1", &bytes);
    assert_true(passes(all, &agent, record));
    record.kind = RECORD_ALARM;
    assert_false(passes(all, &agent, record));
    record = record_at(1, "341502", EVENT_NOTE, "", &bytes);
    record.kind = RECORD_REFUSAL;
    assert_true(passes(all, &agent, record));
    buffer_release(&bytes);
}

static void a_filter_that_a_feed_cannot_keep_is_refused(void **state)
{
    (void)state;
    struct feed feed;
    struct bytes units[FEED_UNITS_MAX + 1];
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        units[i] = bytes_of_text("341502");
    struct subscribe subscribe = {.subscription = 1, .filter.units = {units, FEED_UNITS_MAX + 1}};
    assert_int_equal(feed_init(&feed, &subscribe), ERR_LIMIT);
    subscribe.filter.units.count = FEED_UNITS_MAX;
    assert_int_equal(feed_init(&feed, &subscribe), OK);
    subscribe.filter.projects = (struct texts){units, 1}; /* a unit is no project */
    assert_int_equal(feed_init(&feed, &subscribe), ERR_MALFORMED);
    subscribe.filter.projects.count = FEED_UNITS_MAX + 1;
    assert_int_equal(feed_init(&feed, &subscribe), ERR_LIMIT);
    subscribe.filter.projects.count = 0;
    units[3] = bytes_of_text("34-");
    assert_int_equal(feed_init(&feed, &subscribe), ERR_MALFORMED);
    subscribe.filter.units.count = 0;
    subscribe.filter.kind_count = FILTER_ITEMS_MAX + 1;
    assert_int_equal(feed_init(&feed, &subscribe), ERR_LIMIT);
    subscribe.filter.kind_count = 0;
    subscribe.subscription = 0;
    assert_int_equal(feed_init(&feed, &subscribe), ERR_MALFORMED);
}

/* One seed: a log that grows, a filter on one of three units, grants, blocked sends. */
static void follow(uint64_t seed)
{
    static const char *const units[] = {"341502", "341503", "341504"};
    struct random random;
    struct buffer bytes = {0};
    struct bytes wanted = bytes_of_text(units[1]);
    struct feed feed =
        feed_of((struct subscribe){.from_position = 2, .filter.units = {&wanted, 1}});
    uint8_t log[400] = {0};
    uint64_t head = 0, next = 2, taken = 0, now_ms = 0; /* next: position not yet delivered */
    random_init(&random, seed);
    for (size_t i = 1; i < sizeof(log); i++)
        log[i] = (uint8_t)random_below(&random, ARRAY_LENGTH(units));
    for (int step = 0; step < 2000; step++, now_ms += 10) {
        if (random_chance(&random, 30) && head + 1 < sizeof(log))
            head++;
        if (random_chance(&random, 30))
            feed_on_grant(&feed, random_below(&random, taken + 20));
        if (!feed_wants_read(&feed, head, now_ms))
            continue;
        struct feed_update update;
        uint64_t found[sizeof(log)];
        feed_begin(&feed, &update);
        for (uint64_t at = feed.next_position; at <= head; at++) {
            struct record record = record_at(at, units[log[at]], EVENT_NOTE, "", &bytes);
            enum feed_verdict verdict = feed_offer(&feed, &auditor, &record, 90 << 10, &update);
            if (verdict == FEED_STOP)
                break;
            if (verdict == FEED_TAKE)
                found[update.count - 1] = at;
        }
        if (random_chance(&random, 20)) {
            feed_on_blocked(&feed, now_ms);
            continue;
        }
        if (!feed_worth_sending(&feed, &update, head)) {
            feed_on_scanned(&feed, &update);
            continue;
        }
        feed_on_sent(&feed, &update, head, now_ms);
        for (uint32_t i = 0; i < update.count; i++, taken++) {
            for (; next < found[i]; next++)
                assert_int_not_equal(log[next], 1);
            assert_int_equal(next++, found[i]);
        }
        for (; next <= update.scanned_to; next++)
            assert_int_not_equal(log[next], 1);
        assert_true(taken <= feed.credit);
    }
    assert_int_equal(taken, feed.delivered);
    buffer_release(&bytes);
}

static void each_wanted_record_comes_once_and_in_order_and_scanned_to_is_true(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++)
        follow(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_never_goes_beyond_its_credit),
        cmocka_unit_test(a_repeated_or_smaller_grant_changes_nothing),
        cmocka_unit_test(a_feed_without_credit_reads_nothing),
        cmocka_unit_test(a_turn_scans_a_bounded_stretch),
        cmocka_unit_test(an_update_is_bounded_in_bytes_and_a_large_record_still_goes),
        cmocka_unit_test(no_more_is_read_than_can_be_sent),
        cmocka_unit_test(a_filtered_feed_reads_on_to_the_end_of_its_turn),
        cmocka_unit_test(only_a_reader_without_a_filter_gets_everything),
        cmocka_unit_test(a_filter_that_skips_says_how_far_it_has_looked),
        cmocka_unit_test(a_subscriber_at_the_head_is_told_once_that_it_is_live),
        cmocka_unit_test(a_blocked_feed_waits_and_then_reads_the_same_again),
        cmocka_unit_test(a_live_feed_keeps_its_pace_and_one_that_catches_up_does_not),
        cmocka_unit_test(units_projects_and_kinds_choose_together),
        cmocka_unit_test(what_is_no_event_comes_only_when_all_records_are_asked_for),
        cmocka_unit_test(an_agents_feed_has_its_own_records_and_nobody_elses),
        cmocka_unit_test(a_filter_that_a_feed_cannot_keep_is_refused),
        cmocka_unit_test(each_wanted_record_comes_once_and_in_order_and_scanned_to_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
