/* test_session_push.c - what a push is answered, case by case and against a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "proto/wire.h"
#include "tests/unit/session_scene.h"

static const struct trace quiet;

struct scene {
    struct county county;
    struct roster_entry who;
    struct session session;
    struct session_limits limits;
    struct session_event events[PUSH_EVENTS_MAX];
    size_t count;
    struct session_answer answer;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    county_open(&scene->county, "341502", 1);
    scene->who = (struct roster_entry){.role = PEER_AGENT, .epoch = 1, .unit = "341502"};
    county_must(verifier_open(scene->county.signing_key, &scene->who.verifier));
    scene->limits = (struct session_limits){.window_events = 2000, .taking = true};
    session_init(&scene->session, bytes_of_text("341502"), &quiet);
    scene->session.epoch = 1;
    scene->session.live = true;
    scene->session.credit_seq = 2000;
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    verifier_close(scene->who.verifier);
    county_close(&scene->county);
    free(scene);
    return 0;
}

/* Up to have durable, up to received on its way. */
static void have(struct scene *scene, uint64_t have_seq, uint64_t received_seq)
{
    struct session *session = &scene->session;
    if (scene->county.newest < 20)
        county_say_many(&scene->county, 20);
    session->have_seq = session->acked_seq = have_seq;
    session->received_seq = received_seq;
    session->have_chain = scene->county.chain[have_seq];
    session->received_chain = scene->county.chain[received_seq];
}

static enum session_push_verdict send(struct scene *scene, const struct push *push)
{
    struct session_push said = {
        .who = &scene->who, .push = push, .batch = push->batch, .limits = &scene->limits};
    uint64_t seq;
    if (session_push_needs_chain(&scene->session, push, &seq)) {
        assert_true(seq < scene->session.have_seq);
        said.chain_before = &scene->county.chain[seq];
    }
    return session_on_push(&scene->session, &said, scene->events, &scene->count, &scene->answer);
}

static enum session_push_verdict push(struct scene *scene, uint64_t first, uint64_t last)
{
    struct push made = county_push(&scene->county, 1, first, last);
    return send(scene, &made);
}

/* Refused, nothing taken, nothing changed. */
static void assert_bad(struct scene *scene, const struct push *made, uint32_t reason)
{
    uint64_t received = scene->session.received_seq;
    assert_int_equal(send(scene, made), SESSION_BAD);
    assert_int_equal(scene->answer.refuse.reason, reason);
    assert_int_equal(scene->answer.refuse.have_seq, scene->session.have_seq);
    assert_int_equal(scene->count, 0);
    assert_int_equal(scene->session.received_seq, received);
    assert_int_equal(scene->answer.alarm, 0);
}

static void a_push_in_order_is_accepted_event_by_event(void **state)
{
    struct scene *scene = *state;
    have(scene, 0, 0);
    assert_int_equal(push(scene, 1, 3), SESSION_ACCEPT);
    assert_int_equal(scene->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(scene->events[i].seq, i + 1);
        assert_int_equal(scene->events[i].reason, REFUSAL_NONE);
        assert_true(hash_equal(&scene->events[i].chain, &scene->county.chain[i + 1]));
        struct bytes said = buffer_bytes(&scene->county.envelopes[i + 1]);
        struct hash hash = hash_of(said);
        assert_true(hash_equal(&scene->events[i].envelope_hash, &hash));
        assert_true(bytes_equal(scene->events[i].envelope, said));
    }
    assert_int_equal(scene->session.received_seq, 3);
    assert_int_equal(scene->session.have_seq, 0);
    assert_int_equal(push(scene, 4, 4), SESSION_ACCEPT); /* several may be under way */
    assert_int_equal(scene->count, 1);
}

static void a_duplicate_is_acked_again_with_its_verdicts(void **state)
{
    struct scene *scene = *state;
    have(scene, 10, 10);
    assert_int_equal(push(scene, 4, 10), SESSION_DUPLICATE);
    assert_int_equal(scene->session.acked_seq, 3);
    assert_true(session_owes_ack(&scene->session));
    assert_int_equal(push(scene, 1, 2), SESSION_DUPLICATE);
    assert_int_equal(scene->session.acked_seq, 0);
    assert_int_equal(scene->answer.refuse.reason, REASON_NONE);
}

static void a_duplicate_with_another_hash_is_a_fork_and_both_are_said(void **state)
{
    struct scene *scene = *state;
    have(scene, 10, 10);
    struct push made = county_push(&scene->county, 1, 4, 6);
    made.chain_head = scene->county.chain[7];
    assert_int_equal(send(scene, &made), SESSION_FORK);
    assert_int_equal(scene->answer.refuse.reason, REASON_FORK);
    assert_int_equal(scene->answer.alarm, ALARM_FORK);
    assert_true(hash_equal(&scene->answer.refuse.ours, &scene->county.chain[6]));
    assert_true(hash_equal(&scene->answer.refuse.theirs, &scene->county.chain[7]));
    assert_non_null(strstr(scene->answer.text, "seq 6"));
    made = county_push(&scene->county, 1, 4, 10);
    made.chain_head = scene->county.chain[9];
    assert_int_equal(send(scene, &made), SESSION_FORK);
    assert_int_equal(scene->answer.alarm, 0); /* it was an alarm a moment ago */
}

static void a_duplicate_that_cannot_be_compared_is_not_acked(void **state)
{
    struct scene *scene = *state;
    have(scene, 10, 10);
    struct push made = county_push(&scene->county, 1, 4, 6);
    struct session_push said = {
        .who = &scene->who, .push = &made, .batch = made.batch, .limits = &scene->limits};
    assert_int_equal(
        session_on_push(&scene->session, &said, scene->events, &scene->count, &scene->answer),
        SESSION_BAD);
    assert_int_equal(scene->answer.refuse.reason, REASON_BUSY);
    assert_int_equal(scene->session.acked_seq, 10);
}

static void what_is_on_its_way_waits_for_its_commit(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 10);
    assert_int_equal(push(scene, 6, 8), SESSION_PENDING);
    assert_int_equal(push(scene, 3, 10), SESSION_PENDING);
    struct push made = county_push(&scene->county, 1, 6, 10);
    made.chain_head = scene->county.chain[9];
    assert_int_equal(send(scene, &made), SESSION_FORK);
}

static void of_an_overlapping_push_only_the_rest_is_taken(void **state)
{
    struct scene *scene = *state;
    uint64_t firsts[] = {1, 4, 6, 8, 11}; /* before, across and after what is durable */
    for (size_t i = 0; i < ARRAY_LENGTH(firsts); i++) {
        have(scene, 5, 10);
        assert_int_equal(push(scene, firsts[i], 13), SESSION_ACCEPT);
        assert_int_equal(scene->count, 3);
        assert_int_equal(scene->events[0].seq, 11);
        assert_true(hash_equal(&scene->events[2].chain, &scene->county.chain[13]));
        assert_int_equal(scene->session.received_seq, 13);
    }
}

static void an_overlapping_push_that_differs_in_the_overlap_is_a_fork(void **state)
{
    struct scene *scene = *state;
    struct county other = {.unit = "341502", .signer = scene->county.signer};
    have(scene, 5, 10);
    for (uint64_t seq = 1; seq <= 3; seq++)
        county_say_bytes(&other, buffer_bytes(&scene->county.envelopes[seq]));
    while (other.newest < 13)
        county_say(&other, "what the clone says");
    struct push made = county_push(&other, 1, 3, 13);
    assert_int_equal(send(scene, &made), SESSION_FORK);
    assert_non_null(strstr(scene->answer.text, "seq 5"));
    assert_true(hash_equal(&scene->answer.refuse.theirs, &other.chain[5]));
    assert_int_equal(scene->answer.alarm, ALARM_FORK);
    made = county_push(&other, 1, 8, 13); /* from where we know no chain of ours */
    assert_int_equal(send(scene, &made), SESSION_BAD);
    assert_int_equal(scene->answer.refuse.reason, REASON_BAD_SIGNATURE);
    assert_int_equal(scene->session.received_seq, 10);
    other.signer = NULL;
    county_close(&other);
}

static void a_hole_is_refused_and_says_what_we_have(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 10);
    assert_int_equal(push(scene, 12, 13), SESSION_HOLE);
    assert_int_equal(scene->answer.refuse.reason, REASON_HOLE);
    assert_int_equal(scene->answer.refuse.have_seq, 5);
    assert_int_equal(scene->answer.refuse.retry_after_ms, 0);
}

static void a_push_before_a_hello_is_a_hole(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 5);
    session_on_gone(&scene->session);
    assert_int_equal(push(scene, 6, 7), SESSION_HOLE);
    assert_non_null(strstr(scene->answer.text, "hello"));
}

static void a_push_of_another_epoch_is_refused(void **state)
{
    struct scene *scene = *state;
    have(scene, 0, 0);
    struct push made = county_push(&scene->county, 2, 1, 2);
    assert_bad(scene, &made, REASON_WRONG_UNIT);
}

static void a_push_without_events_or_with_too_many_is_refused(void **state)
{
    struct scene *scene = *state;
    have(scene, 0, 0);
    struct push made = county_push(&scene->county, 1, 1, 1);
    made.count = 0;
    assert_bad(scene, &made, REASON_UNDECODABLE);
    made.count = PUSH_EVENTS_MAX + 1;
    assert_bad(scene, &made, REASON_TOO_LARGE);
    made.count = 1;
    made.first_seq = 0;
    assert_bad(scene, &made, REASON_UNDECODABLE);
    made.count = UINT32_MAX;
    assert_bad(scene, &made, REASON_TOO_LARGE);
}

static void a_batch_that_is_not_what_count_says_is_refused(void **state)
{
    struct scene *scene = *state;
    have(scene, 0, 0);
    struct push made = county_push(&scene->county, 1, 1, 3);
    made.count = 4;
    assert_bad(scene, &made, REASON_UNDECODABLE);
    made.count = 2;
    assert_bad(scene, &made, REASON_UNDECODABLE);
    made.count = 3;
    made.batch.size--;
    assert_bad(scene, &made, REASON_UNDECODABLE);
}

static void only_the_enrolled_keys_signature_over_this_very_push_is_taken(void **state)
{
    struct scene *scene = *state;
    have(scene, 0, 0);
    struct push made = county_push(&scene->county, 1, 1, 3);
    uint8_t good[SIGN_SIGNATURE_SIZE];
    memcpy(good, scene->county.signature, sizeof(good));
    for (size_t bit = 0; bit < 8 * sizeof(good); bit += 13) {
        scene->county.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_bad(scene, &made, REASON_BAD_SIGNATURE);
        memcpy(scene->county.signature, good, sizeof(good));
    }
    made.signature.size = 0;
    assert_bad(scene, &made, REASON_BAD_SIGNATURE);
    struct push other = county_push(&scene->county, 2, 1, 3); /* signed for another epoch */
    other.epoch = 1;
    assert_bad(scene, &other, REASON_BAD_SIGNATURE);
    struct county stranger;
    county_open(&stranger, "341502", 2);
    made = county_push(&scene->county, 1, 1, 3);
    county_sign(&stranger, &made);
    assert_bad(scene, &made, REASON_BAD_SIGNATURE);
    county_close(&stranger);
    assert_int_equal(push(scene, 1, 3), SESSION_ACCEPT);
}

static void a_chain_head_that_the_events_do_not_give_is_refused_however_signed(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 5);
    struct push made = county_push(&scene->county, 1, 6, 8);
    made.chain_head = scene->county.chain[9];
    county_sign(&scene->county, &made);
    assert_bad(scene, &made, REASON_BAD_SIGNATURE);
    assert_non_null(strstr(scene->answer.text, "chain_head"));
}

static void a_full_disk_takes_nothing_and_still_acks_duplicates(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 5);
    scene->limits.taking = false;
    struct push made = county_push(&scene->county, 1, 6, 8);
    assert_bad(scene, &made, REASON_DISK_FULL);
    assert_int_equal(scene->answer.refuse.retry_after_ms, SESSION_RETRY_MS);
    assert_int_equal(push(scene, 4, 5), SESSION_DUPLICATE);
}

static void credit_that_was_granted_is_enforced(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 5);
    scene->session.credit_seq = 8;
    struct push made = county_push(&scene->county, 1, 6, 9);
    assert_bad(scene, &made, REASON_BUSY);
    assert_int_equal(push(scene, 6, 8), SESSION_ACCEPT);
}

static void what_was_lost_is_taken_when_it_comes_again(void **state)
{
    struct scene *scene = *state;
    have(scene, 5, 5);
    assert_int_equal(push(scene, 6, 8), SESSION_ACCEPT);
    session_on_lost(&scene->session);
    assert_int_equal(push(scene, 9, 10), SESSION_HOLE);
    assert_int_equal(push(scene, 6, 10), SESSION_ACCEPT);
    assert_int_equal(scene->count, 5);
}

/* ---- refused events ---- */

static struct envelope good_envelope(void)
{
    return (struct envelope){
        .algorithm = SIGN_ED25519_SHA256,
        .event_id = bytes_of("0123456789abcdef", EVENT_ID_SIZE),
        .kind = EVENT_NOTE,
        .occurred_on = COUNTY_DAY,
        .body = BODY_INVESTMENT_BUREAU,
    };
}

static void
an_event_that_breaks_form_limit_or_right_is_refused_and_its_mates_are_taken(void **state)
{
    struct scene *scene = *state;
    struct county *county = &scene->county;
    struct envelope envelope = good_envelope();
    county_say(county, "good");
    county_say_bytes(county, bytes_of_text("no protobuf at all"));
    envelope.occurred_on = DAY_NONE;
    county_say_envelope(county, &envelope);
    envelope = good_envelope();
    envelope.algorithm = 2;
    county_say_envelope(county, &envelope);
    envelope = good_envelope();
    envelope.about_unit = bytes_of_text("341503");
    county_say_envelope(county, &envelope);
    envelope = good_envelope();
    envelope.kind = EVENT_MILESTONE;
    envelope.subject = bytes_of_text("341503/341503-0001");
    county_say_envelope(county, &envelope);
    county_say(county, "good again");
    static const uint32_t reasons[] = {REFUSAL_NONE,      REFUSAL_FORM,  REFUSAL_FORM,
                                       REFUSAL_ALGORITHM, REFUSAL_RIGHT, REFUSAL_RIGHT,
                                       REFUSAL_NONE};
    static const char *const says[] = {"",        "", "occurred_on", "algorithm", "about_unit",
                                       "subject", ""};
    assert_int_equal(push(scene, 1, ARRAY_LENGTH(reasons)), SESSION_ACCEPT);
    assert_int_equal(scene->count, ARRAY_LENGTH(reasons));
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        const struct session_event *event = &scene->events[i];
        assert_int_equal(event->reason, reasons[i]);
        assert_non_null(strstr(event->reason_text, says[i]));
        assert_int_equal(event->reason_text[0] != '\0', reasons[i] != REFUSAL_NONE);
        assert_true(hash_equal(&event->chain, &county->chain[i + 1]));
        assert_true(bytes_equal(event->envelope, buffer_bytes(&county->envelopes[i + 1])));
    }
}

static uint32_t verdict_on(struct scene *scene, uint32_t kind, size_t payload_size)
{
    struct envelope envelope = good_envelope();
    uint8_t *payload = calloc(1, payload_size);
    envelope.kind = kind;
    envelope.subject = bytes_of_text("341502/341502-0001");
    envelope.payload = bytes_of(payload, payload_size);
    county_say_envelope(&scene->county, &envelope);
    free(payload);
    uint64_t seq = scene->county.newest;
    assert_int_equal(push(scene, seq, seq), SESSION_ACCEPT);
    return scene->events[0].reason;
}

static void a_too_large_event_is_refused_without_its_bytes(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(verdict_on(scene, EVENT_NOTE, EVENT_SIZE_MAX - 100), REFUSAL_NONE);
    assert_int_equal(verdict_on(scene, EVENT_NOTE, EVENT_SIZE_MAX), REFUSAL_LIMIT);
    assert_int_equal(scene->events[0].envelope.size, 0);
    struct hash hash = hash_of(buffer_bytes(&scene->county.envelopes[2]));
    assert_true(hash_equal(&scene->events[0].envelope_hash, &hash));
    assert_non_null(strstr(scene->events[0].reason_text, "65536"));
    uint8_t *noise = calloc(1, EVENT_WITH_EVIDENCE_SIZE_MAX + 1);
    county_say_bytes(&scene->county, bytes_of(noise, EVENT_WITH_EVIDENCE_SIZE_MAX + 1));
    free(noise);
    assert_int_equal(push(scene, 3, 3), SESSION_ACCEPT);
    assert_int_equal(scene->events[0].reason, REFUSAL_LIMIT);
    assert_int_equal(scene->events[0].envelope.size, 0);
}

static void evidence_may_be_larger_up_to_its_own_limit(void **state)
{
    struct scene *scene = *state;
    static const uint32_t kinds[] = {EVENT_MILESTONE, EVENT_DOCUMENT, EVENT_FUNDS};
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        assert_int_equal(verdict_on(scene, kinds[i], EVENT_WITH_EVIDENCE_SIZE_MAX - 200),
                         REFUSAL_NONE);
        assert_int_equal(verdict_on(scene, kinds[i], EVENT_WITH_EVIDENCE_SIZE_MAX), REFUSAL_LIMIT);
        assert_int_equal(scene->events[0].envelope.size, 0);
    }
}

static void a_kind_of_a_later_program_is_taken(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(verdict_on(scene, 9999, 100), REFUSAL_NONE);
}

static void the_longest_push_statement_fits_its_room(void **state)
{
    (void)state;
    uint8_t room[512]; /* STATEMENT_ROOM of session_push.c */
    struct buffer statement = {room, 0, sizeof(room)};
    struct hash hash = {{0xff}};
    wire_push_statement(bytes_of_text("341502-abcdefghijklmnop"), UINT32_MAX, UINT64_MAX - 1,
                        UINT64_MAX, &hash, &statement);
    assert_ptr_equal(statement.data, room);
    assert_true(statement.size < sizeof(room) / 2);
}

static void each_event_gets_in_once_and_in_order_whatever_happens_to_pushes(void **state)
{
    (void)state;
    struct walk_world world;
    walk_world_open(&world);
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct random random;
        struct choices choices = {.random = &random};
        random_init(&random, seed);
        walk_run(&world, &choices, 150);
    }
    walk_world_close(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_push_in_order_is_accepted_event_by_event),
        TEST(a_duplicate_is_acked_again_with_its_verdicts),
        TEST(a_duplicate_with_another_hash_is_a_fork_and_both_are_said),
        TEST(a_duplicate_that_cannot_be_compared_is_not_acked),
        TEST(what_is_on_its_way_waits_for_its_commit),
        TEST(of_an_overlapping_push_only_the_rest_is_taken),
        TEST(an_overlapping_push_that_differs_in_the_overlap_is_a_fork),
        TEST(a_hole_is_refused_and_says_what_we_have),
        TEST(a_push_before_a_hello_is_a_hole),
        TEST(a_push_of_another_epoch_is_refused),
        TEST(a_push_without_events_or_with_too_many_is_refused),
        TEST(a_batch_that_is_not_what_count_says_is_refused),
        TEST(only_the_enrolled_keys_signature_over_this_very_push_is_taken),
        TEST(a_chain_head_that_the_events_do_not_give_is_refused_however_signed),
        TEST(a_full_disk_takes_nothing_and_still_acks_duplicates),
        TEST(credit_that_was_granted_is_enforced),
        TEST(what_was_lost_is_taken_when_it_comes_again),
        TEST(an_event_that_breaks_form_limit_or_right_is_refused_and_its_mates_are_taken),
        TEST(a_too_large_event_is_refused_without_its_bytes),
        TEST(evidence_may_be_larger_up_to_its_own_limit),
        TEST(a_kind_of_a_later_program_is_taken),
        TEST(the_longest_push_statement_fits_its_room),
        TEST(each_event_gets_in_once_and_in_order_whatever_happens_to_pushes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
