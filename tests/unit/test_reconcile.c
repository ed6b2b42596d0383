/* test_reconcile.c - which events the city lacks, from the records it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "agent/reconcile.h"
#include "base/random.h"

enum { EVENTS = 3000 };

struct scene {
    struct reconcile reconcile;
    uint8_t *memory;
};

/* An envelope with this number in its text. */
static void seal(uint32_t number, struct event *event, struct buffer *out)
{
    char text[32];
    struct problem problem = {0};
    (void)snprintf(text, sizeof(text), "note %u", number);
    *event = (struct event){
        .envelope = {.algorithm = SIGN_ED25519_SHA256,
                     .kind = EVENT_NOTE,
                     .occurred_on = 19000,
                     .body = BODY_INVESTMENT_BUREAU},
        .note = {.text = bytes_of_text(text)},
    };
    buffer_clear(out);
    assert_int_equal(wire_event_seal(bytes_of_text("341502"), event, out, &problem), OK);
}

static void begin(struct scene *scene, size_t capacity)
{
    reconcile_init(&scene->reconcile, bytes_of_text("341502"));
    assert_true(reconcile_wants_memory(&scene->reconcile));
    scene->memory = malloc(capacity * RECONCILE_ID_SIZE);
    assert_non_null(scene->memory);
    reconcile_give_memory(&scene->reconcile, scene->memory, capacity);
}

static enum err tell(struct scene *scene, const struct record *record)
{
    struct problem problem = {0};
    return reconcile_on_record(&scene->reconcile, record, &problem);
}

static struct record record_of(struct bytes envelope)
{
    return (struct record){
        .kind = RECORD_EVENT, .unit = bytes_of_text("341502"), .envelope = envelope};
}

static bool lacks(const struct scene *scene, uint32_t number)
{
    CLEANUP(buffer_release) struct buffer envelope = {0};
    struct event event;
    seal(number, &event, &envelope);
    return reconcile_lacks(&scene->reconcile, event.envelope.event_id, buffer_bytes(&envelope));
}

static void exactly_the_events_without_a_record_are_lacking(void **state)
{
    struct scene scene;
    struct event event;
    struct random random;
    bool told[EVENTS] = {false};
    CLEANUP(buffer_release) struct buffer envelope = {0};
    (void)state;
    random_init(&random, 4);
    begin(&scene, EVENTS + UPDATE_RECORDS_MAX);
    for (int i = 0; i < EVENTS; i++) {
        uint32_t number = (uint32_t)random_below(&random, EVENTS);
        seal(number, &event, &envelope);
        struct record record = record_of(buffer_bytes(&envelope));
        assert_int_equal(tell(&scene, &record), OK);
        told[number] = true;
    }
    reconcile_on_head(&scene.reconcile);
    for (uint32_t number = 0; number < EVENTS; number++)
        assert_true(lacks(&scene, number) != told[number]);
    free(scene.memory);
}

static void an_empty_city_lacks_everything(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, UPDATE_RECORDS_MAX);
    reconcile_on_head(&scene.reconcile);
    assert_true(lacks(&scene, 1));
    free(scene.memory);
}

static void records_of_others_and_of_other_kinds_do_not_count(void **state)
{
    struct scene scene;
    struct event event;
    CLEANUP(buffer_release) struct buffer envelope = {0};
    (void)state;
    begin(&scene, UPDATE_RECORDS_MAX);
    seal(1, &event, &envelope);
    struct record record = record_of(buffer_bytes(&envelope));
    record.unit = bytes_of_text("3415"); /* the city, about us */
    assert_int_equal(tell(&scene, &record), OK);
    record.unit = bytes_of_text("341502");
    record.kind = RECORD_ALARM;
    record.envelope_hash = hash_of(buffer_bytes(&envelope));
    assert_int_equal(tell(&scene, &record), OK);
    reconcile_on_head(&scene.reconcile);
    assert_true(lacks(&scene, 1));
    free(scene.memory);
}

static void a_refused_event_is_known_by_its_bytes_and_not_said_again(void **state)
{
    struct scene scene;
    struct event event;
    CLEANUP(buffer_release) struct buffer envelope = {0};
    (void)state;
    begin(&scene, UPDATE_RECORDS_MAX);
    seal(1, &event, &envelope);
    struct record record = {
        .kind = RECORD_REFUSAL,
        .unit = bytes_of_text("341502"),
        .envelope_hash = hash_of(buffer_bytes(&envelope)), /* the bytes were beyond the limit */
        .reason = REFUSAL_LIMIT,
    };
    assert_int_equal(tell(&scene, &record), OK);
    reconcile_on_head(&scene.reconcile);
    assert_false(lacks(&scene, 1));
    assert_true(lacks(&scene, 2));
    free(scene.memory);
}

static void an_event_of_a_later_program_is_known_by_its_bytes(void **state)
{
    struct scene scene;
    struct bytes strange = bytes_of_text("\xff\xff");
    struct record record = record_of(strange);
    struct hash hash = hash_of(strange);
    (void)state;
    begin(&scene, UPDATE_RECORDS_MAX);
    assert_int_equal(tell(&scene, &record), OK);
    reconcile_on_head(&scene.reconcile);
    struct bytes id = bytes_of(hash.bytes, RECONCILE_ID_SIZE);
    assert_false(reconcile_lacks(&scene.reconcile, id, strange));
    assert_true(lacks(&scene, 1));
    free(scene.memory);
}

static void memory_is_asked_for_before_an_update_could_overflow_it(void **state)
{
    struct scene scene;
    struct event event;
    CLEANUP(buffer_release) struct buffer envelope = {0};
    (void)state;
    begin(&scene, UPDATE_RECORDS_MAX);
    assert_false(reconcile_wants_memory(&scene.reconcile));
    seal(1, &event, &envelope);
    struct record record = record_of(buffer_bytes(&envelope));
    assert_int_equal(tell(&scene, &record), OK);
    assert_true(reconcile_wants_memory(&scene.reconcile));
    free(scene.memory);
}

static void more_than_the_stated_number_of_events_is_a_limit_with_a_remedy(void **state)
{
    struct scene scene;
    struct event event;
    struct problem problem = {0};
    CLEANUP(buffer_release) struct buffer envelope = {0};
    (void)state;
    begin(&scene, UPDATE_RECORDS_MAX);
    seal(1, &event, &envelope);
    struct record record = record_of(buffer_bytes(&envelope));
    scene.reconcile.count = RECONCILE_IDS_MAX; /* as if told; nothing is written beyond */
    scene.reconcile.capacity = RECONCILE_IDS_MAX + 1;
    assert_int_equal(reconcile_on_record(&scene.reconcile, &record, &problem), ERR_LIMIT);
    assert_true(*problem.text && *problem.remedy);
    free(scene.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_the_events_without_a_record_are_lacking),
        cmocka_unit_test(an_empty_city_lacks_everything),
        cmocka_unit_test(records_of_others_and_of_other_kinds_do_not_count),
        cmocka_unit_test(a_refused_event_is_known_by_its_bytes_and_not_said_again),
        cmocka_unit_test(an_event_of_a_later_program_is_known_by_its_bytes),
        cmocka_unit_test(memory_is_asked_for_before_an_update_could_overflow_it),
        cmocka_unit_test(more_than_the_stated_number_of_events_is_a_limit_with_a_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
