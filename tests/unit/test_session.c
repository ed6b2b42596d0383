/* test_session.c - hello, tokens, credit and acks of one unit's session; pushes are
 * test_session_push.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/county_scene.h"

static const struct token_secret secret = {"the broker's own, thirty-two byt"};
static const struct session_limits limits = {.window_events = 2000, .taking = true};
static const struct trace quiet;

struct scene {
    struct county county;
    struct roster_entry who;
    struct session session;
    struct session_answer answer;
    uint64_t now_ms;
    uint8_t tokens; /* counts them, so that each has another random part */
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    county_open(&scene->county, "341502", 1);
    county_say_many(&scene->county, 20);
    scene->who = (struct roster_entry){.role = PEER_AGENT, .epoch = 1, .unit = "341502"};
    session_init(&scene->session, bytes_of_text("341502"), &quiet);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    county_close(&scene->county);
    free(scene);
    return 0;
}

static enum session_hello_verdict say(struct scene *scene, struct hello hello)
{
    struct session_hello beside = {
        .who = &scene->who,
        .secret = &secret,
        .random = {++scene->tokens},
        .now_ms = scene->now_ms,
        .wall_ms = COUNTY_WALL_MS + 5,
    };
    return session_on_hello(&scene->session, &hello, &beside, &scene->answer);
}

static enum session_hello_verdict hello(struct scene *scene, uint64_t acked_seq,
                                        const struct token *token)
{
    return say(scene, county_hello(&scene->county, 1, acked_seq, token));
}

/* As the unit's row would have it: seq events of the county are durable. */
static void have(struct scene *scene, uint64_t seq)
{
    struct session *session = &scene->session;
    session->epoch = 1;
    session->have_seq = session->received_seq = seq;
    session->have_position = 100 + seq;
    session->have_chain = session->received_chain = scene->county.chain[seq];
}

static void confirm(struct scene *scene)
{
    struct heartbeat heartbeat = {.token = bytes_of(scene->session.token.bytes, TOKEN_SIZE)};
    session_on_heartbeat(&scene->session, &heartbeat, scene->now_ms, COUNTY_WALL_MS);
}

static void assert_refused(struct scene *scene, struct hello said, uint32_t reason)
{
    struct session before = scene->session;
    assert_int_equal(say(scene, said), SESSION_REFUSE);
    assert_int_equal(scene->answer.refuse.reason, reason);
    assert_true(scene->answer.refuse.text.size > 0 && scene->answer.refuse.remedy.size > 0);
    memcpy(before.alarm_after_ms, scene->session.alarm_after_ms, sizeof(before.alarm_after_ms));
    assert_memory_equal(&before, &scene->session, sizeof(before));
}

/* As a second machine says it: later, by the clock, than what was welcomed. */
static struct hello newer_hello(struct scene *scene, const struct token *token)
{
    struct hello said = county_hello(&scene->county, 1, 0, token);
    said.clock_ms++;
    return said;
}

static void a_first_hello_is_welcomed_with_nothing_and_a_token(void **state)
{
    struct scene *scene = *state;
    struct welcome welcome;
    assert_int_equal(hello(scene, 0, NULL), SESSION_WELCOME);
    assert_int_equal(scene->answer.refuse.reason, REASON_NONE);
    assert_int_equal(scene->answer.alarm, 0);
    session_welcome(&scene->session, &limits, COUNTY_WALL_MS, &welcome);
    assert_int_equal(welcome.version, PROTOCOL_VERSION);
    assert_int_equal(welcome.have_seq, 0);
    assert_true(hash_is_zero(&welcome.chain_head));
    assert_int_equal(welcome.credit_seq, 2000);
    assert_int_equal(welcome.clock_ms, COUNTY_WALL_MS);
    assert_true(token_is(&scene->session.token, welcome.token));
    assert_true(scene->session.token_dirty);
    assert_int_equal(scene->session.announced_seq, 20);
    assert_int_equal(scene->session.clock_offset_ms, -5);
}

static void a_welcome_says_what_the_log_has_and_acks_go_on_from_what_the_agent_has(void **state)
{
    struct scene *scene = *state;
    struct welcome welcome;
    have(scene, 12);
    assert_int_equal(hello(scene, 9, NULL), SESSION_WELCOME);
    session_welcome(&scene->session, &limits, COUNTY_WALL_MS, &welcome);
    assert_int_equal(welcome.have_seq, 12);
    assert_true(hash_equal(&welcome.chain_head, &scene->county.chain[12]));
    assert_int_equal(welcome.credit_seq, 2012);
    assert_int_equal(scene->session.acked_seq, 9);
    assert_true(session_owes_ack(&scene->session));
    session_on_gone(&scene->session);
    assert_false(session_owes_ack(&scene->session));
}

static void versions_must_meet(void **state)
{
    struct scene *scene = *state;
    struct hello said = county_hello(&scene->county, 1, 0, NULL);
    have(scene, 0);
    said.version_min = said.version_max = PROTOCOL_VERSION + 1;
    assert_refused(scene, said, REASON_VERSION);
    said.version_min = said.version_max = 0;
    assert_refused(scene, said, REASON_VERSION);
    said.version_max = PROTOCOL_VERSION + 1;
    assert_int_equal(say(scene, said), SESSION_WELCOME);
}

static void a_hello_for_another_unit_or_epoch_is_refused(void **state)
{
    struct scene *scene = *state;
    struct hello said = county_hello(&scene->county, 1, 0, NULL);
    have(scene, 0);
    said.unit = bytes_of_text("341503");
    assert_refused(scene, said, REASON_WRONG_UNIT);
    said = county_hello(&scene->county, 2, 0, NULL);
    assert_refused(scene, said, REASON_WRONG_UNIT);
    said.epoch = 0;
    assert_refused(scene, said, REASON_WRONG_UNIT);
}

static void the_newest_token_brings_a_new_one(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    struct token first = scene->session.token;
    confirm(scene);
    assert_int_equal(hello(scene, 0, &first), SESSION_WELCOME);
    assert_int_equal(scene->session.token.counter, first.counter + 1);
    assert_memory_equal(&scene->session.token_before, &first, sizeof(first));
}

static void a_lost_welcome_says_the_same_token_again(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    struct token first = scene->session.token;
    assert_int_equal(hello(scene, 0, NULL), SESSION_WELCOME); /* the very first was lost */
    assert_memory_equal(&scene->session.token, &first, sizeof(first));
    hello(scene, 0, &first);
    struct token second = scene->session.token;
    assert_int_equal(hello(scene, 0, &first), SESSION_WELCOME); /* so was the second */
    assert_memory_equal(&scene->session.token, &second, sizeof(second));
    assert_int_equal(scene->answer.alarm, 0);
}

static void a_confirmed_token_makes_the_one_before_a_clones(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    struct token first = scene->session.token;
    hello(scene, 0, &first);
    scene->session.token_dirty = false;
    confirm(scene);
    assert_true(scene->session.token_dirty);
    assert_refused(scene, newer_hello(scene, &first), REASON_CLONE);
    assert_int_equal(scene->answer.alarm, ALARM_CLONE);
    assert_int_equal(hello(scene, 0, &scene->session.token), SESSION_WELCOME);
}

static void a_hello_that_a_broken_connection_delivers_late_is_no_clones(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    struct token first = scene->session.token;
    confirm(scene);
    assert_int_equal(hello(scene, 0, NULL), SESSION_LATE);
    hello(scene, 0, &first);
    confirm(scene);
    struct session before = scene->session;
    assert_int_equal(hello(scene, 0, &first), SESSION_LATE);
    assert_int_equal(scene->answer.alarm, 0);
    assert_memory_equal(&before, &scene->session, sizeof(before));
    scene->now_ms += SESSION_LATE_MS;
    assert_refused(scene, county_hello(&scene->county, 1, 0, &first), REASON_CLONE);
}

static void an_empty_token_is_a_clones_once_one_was_confirmed(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    confirm(scene);
    assert_refused(scene, newer_hello(scene, NULL), REASON_CLONE);
}

static void a_heartbeat_with_an_older_token_confirms_nothing(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    struct token first = scene->session.token;
    hello(scene, 0, &first);
    scene->session.token_dirty = false;
    struct heartbeat heartbeat = {.token = bytes_of(first.bytes, TOKEN_SIZE)};
    session_on_heartbeat(&scene->session, &heartbeat, 0, COUNTY_WALL_MS);
    assert_false(scene->session.token_dirty);
    assert_int_equal(hello(scene, 0, &first), SESSION_WELCOME);
}

static void a_token_from_ahead_means_this_log_was_restored_and_the_session_goes_on(void **state)
{
    struct scene *scene = *state;
    struct token_scope scope = {&secret, bytes_of_text("341502"), 1};
    struct token ahead;
    token_make(&scope, 40, scope.secret->bytes, &ahead);
    have(scene, 5);
    assert_int_equal(hello(scene, 5, &ahead), SESSION_WELCOME);
    assert_int_equal(scene->answer.alarm, ALARM_BROKER_BEHIND);
    assert_int_equal(scene->session.token.counter, 41);
    assert_int_equal(hello(scene, 5, &ahead), SESSION_WELCOME); /* its welcome was lost */
    assert_int_equal(scene->session.token.counter, 41);
}

static void more_acks_than_we_have_means_this_log_was_restored(void **state)
{
    struct scene *scene = *state;
    have(scene, 5);
    assert_int_equal(hello(scene, 9, NULL), SESSION_WELCOME);
    assert_int_equal(scene->answer.alarm, ALARM_BROKER_BEHIND);
    assert_non_null(strstr(scene->answer.text, "acks up to 9"));
    assert_int_equal(scene->session.acked_seq, 5);
    assert_false(session_owes_ack(&scene->session));
}

static void an_alarm_that_repeats_is_a_record_once_an_hour(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    confirm(scene);
    struct hello clone = newer_hello(scene, NULL);
    assert_refused(scene, clone, REASON_CLONE);
    assert_int_equal(scene->answer.alarm, ALARM_CLONE);
    scene->now_ms = SESSION_ALARM_AGAIN_MS - 1;
    assert_refused(scene, clone, REASON_CLONE);
    assert_int_equal(scene->answer.alarm, 0);
    scene->now_ms = SESSION_ALARM_AGAIN_MS;
    assert_refused(scene, clone, REASON_CLONE);
    assert_int_equal(scene->answer.alarm, ALARM_CLONE);
}

static void an_agent_that_lost_what_it_delivered_is_rolled_back(void **state)
{
    struct scene *scene = *state;
    have(scene, 20);
    struct hello said = county_hello(&scene->county, 1, 0, NULL);
    said.newest_seq = 19;
    said.chain_head = scene->county.chain[19];
    assert_refused(scene, said, REASON_ROLLED_BACK);
    assert_int_equal(scene->answer.alarm, ALARM_CLONE);
    have(scene, 18); /* what is on its way to the disk counts too */
    scene->session.received_seq = 20;
    assert_refused(scene, said, REASON_ROLLED_BACK);
}

static void the_same_newest_seq_with_another_chain_is_a_fork(void **state)
{
    struct scene *scene = *state;
    have(scene, 20);
    struct hello said = county_hello(&scene->county, 1, 0, NULL);
    said.chain_head = scene->county.chain[19];
    assert_refused(scene, said, REASON_FORK);
    assert_int_equal(scene->answer.alarm, ALARM_FORK);
    assert_true(hash_equal(&scene->answer.refuse.ours, &scene->county.chain[20]));
    assert_true(hash_equal(&scene->answer.refuse.theirs, &scene->county.chain[19]));
    said.chain_head = scene->county.chain[20];
    assert_int_equal(say(scene, said), SESSION_WELCOME);
}

static void a_new_enrolment_starts_from_nothing(void **state)
{
    struct scene *scene = *state;
    hello(scene, 0, NULL);
    confirm(scene);
    have(scene, 12);
    scene->session.refused_count = 3;
    scene->who.epoch = 2;
    assert_int_equal(say(scene, county_hello(&scene->county, 2, 0, NULL)), SESSION_WELCOME);
    assert_int_equal(scene->session.epoch, 2);
    assert_int_equal(scene->session.have_seq, 0);
    assert_int_equal(scene->session.refused_count, 0);
    assert_true(hash_is_zero(&scene->session.have_chain));
}

static void a_new_enrolment_waits_for_what_the_old_one_has_on_its_way(void **state)
{
    struct scene *scene = *state;
    have(scene, 12);
    scene->session.received_seq = 14;
    scene->who.epoch = 2;
    assert_refused(scene, county_hello(&scene->county, 2, 0, NULL), REASON_BUSY);
    assert_int_equal(scene->answer.refuse.retry_after_ms, SESSION_RETRY_MS);
    session_on_lost(&scene->session);
    assert_int_equal(say(scene, county_hello(&scene->county, 2, 0, NULL)), SESSION_WELCOME);
}

static void a_key_of_an_older_enrolment_touches_no_newer_epoch(void **state)
{
    struct scene *scene = *state;
    have(scene, 12);
    scene->session.epoch = 2;
    assert_refused(scene, county_hello(&scene->county, 1, 0, NULL), REASON_WRONG_UNIT);
}

static void a_hello_grants_nothing_before_its_welcome(void **state)
{
    struct scene *scene = *state;
    have(scene, 12);
    scene->session.credit_seq = 2012; /* of the connection before */
    hello(scene, 12, NULL);
    assert_int_equal(scene->session.credit_seq, 0);
}

static void no_clock_however_wrong_does_harm(void **state)
{
    struct scene *scene = *state;
    struct hello said = county_hello(&scene->county, 1, 0, NULL);
    said.clock_ms = INT64_MIN;
    say(scene, said);
    assert_int_equal(scene->session.clock_offset_ms, INT64_MIN);
    said.clock_ms = INT64_MAX;
    say(scene, said);
    assert_int_equal(scene->session.clock_offset_ms, INT64_MAX - COUNTY_WALL_MS - 5);
}

static void a_commit_moves_what_is_durable_and_makes_an_ack_due(void **state)
{
    struct scene *scene = *state;
    struct session *session = &scene->session;
    hello(scene, 0, NULL);
    assert_false(session_owes_ack(session));
    session->received_seq = 7;
    session->received_chain = scene->county.chain[7];
    session_on_committed(session, 5, 105, &scene->county.chain[5], 2);
    assert_int_equal(session->have_seq, 5);
    assert_int_equal(session->have_position, 105);
    assert_int_equal(session->received_seq, 7);
    assert_int_equal(session->refused_count, 2);
    assert_true(session_owes_ack(session));
    assert_int_equal(session_credit(session, &limits), 2005);
}

static void a_lost_batch_forgets_what_is_not_durable(void **state)
{
    struct scene *scene = *state;
    struct session *session = &scene->session;
    have(scene, 5);
    session->received_seq = 9;
    session->received_chain = scene->county.chain[9];
    session_on_lost(session);
    assert_int_equal(session->received_seq, 5);
    assert_true(hash_equal(&session->received_chain, &scene->county.chain[5]));
    /* A later batch made it after all: the store is right. */
    session_on_committed(session, 8, 108, &scene->county.chain[8], 0);
    assert_int_equal(session->received_seq, 8);
    assert_true(hash_equal(&session->received_chain, &scene->county.chain[8]));
}

static void a_full_disk_grants_nothing_beyond_what_is_durable(void **state)
{
    struct scene *scene = *state;
    struct session_limits full = {.window_events = 2000, .taking = false};
    have(scene, 5);
    assert_int_equal(session_credit(&scene->session, &full), 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_first_hello_is_welcomed_with_nothing_and_a_token),
        TEST(a_welcome_says_what_the_log_has_and_acks_go_on_from_what_the_agent_has),
        TEST(versions_must_meet),
        TEST(a_hello_for_another_unit_or_epoch_is_refused),
        TEST(the_newest_token_brings_a_new_one),
        TEST(a_lost_welcome_says_the_same_token_again),
        TEST(a_confirmed_token_makes_the_one_before_a_clones),
        TEST(a_hello_that_a_broken_connection_delivers_late_is_no_clones),
        TEST(an_empty_token_is_a_clones_once_one_was_confirmed),
        TEST(a_heartbeat_with_an_older_token_confirms_nothing),
        TEST(a_token_from_ahead_means_this_log_was_restored_and_the_session_goes_on),
        TEST(more_acks_than_we_have_means_this_log_was_restored),
        TEST(an_alarm_that_repeats_is_a_record_once_an_hour),
        TEST(an_agent_that_lost_what_it_delivered_is_rolled_back),
        TEST(the_same_newest_seq_with_another_chain_is_a_fork),
        TEST(a_new_enrolment_starts_from_nothing),
        TEST(a_new_enrolment_waits_for_what_the_old_one_has_on_its_way),
        TEST(no_clock_however_wrong_does_harm),
        TEST(a_commit_moves_what_is_durable_and_makes_an_ack_due),
        TEST(a_lost_batch_forgets_what_is_not_durable),
        TEST(a_full_disk_grants_nothing_beyond_what_is_durable),
        TEST(a_key_of_an_older_enrolment_touches_no_newer_epoch),
        TEST(a_hello_grants_nothing_before_its_welcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
