/* test_presence.c - what a subscriber is told of units' links, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>

#include "broker/presence.h"

enum { UNITS = CONTACTS_UNITS_MAX + 10 };

struct scene {
    struct presence presence;
    struct presence_unit units[UNITS];
    char names[UNITS][8];
    struct presence_reader reader;
    struct unit_contact told[CONTACTS_UNITS_MAX];
    struct contacts contacts;
    uint64_t now_ms;
};

static void set_up(struct scene *scene, size_t units)
{
    *scene = (struct scene){.now_ms = 5000};
    presence_init(&scene->presence);
    for (size_t i = 0; i < units; i++) {
        (void)snprintf(scene->names[i], sizeof scene->names[i], "%06zu", i);
        struct unit_contact now = {.unit = bytes_of_text(scene->names[i])};
        presence_enrol(&scene->presence, &scene->units[i], &now);
    }
}

static uint64_t due_ms(const struct scene *scene)
{
    return presence_due_ms(&scene->presence, &scene->reader);
}

/* Tells what is due, and the unit numbers of it as text. */
static const char *tell(struct scene *scene)
{
    static char text[200];
    size_t at = 0;
    assert_true(due_ms(scene) <= scene->now_ms);
    presence_offer(&scene->presence, &scene->reader, scene->told, &scene->contacts);
    presence_on_told(&scene->presence, &scene->reader, scene->now_ms);
    text[0] = '\0';
    for (size_t i = 0; i < scene->contacts.unit_count && at + 20 < sizeof text; i++) {
        const struct unit_contact *told = &scene->told[i];
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s:%s+%" PRIu64, i ? " " : "",
                               (int)told->unit.size - 5, (const char *)told->unit.data + 5,
                               told->is_online ? "on" : "off", told->backlog);
    }
    return text;
}

static void note(struct scene *scene, size_t unit, bool is_online, uint64_t backlog)
{
    struct unit_contact now = scene->units[unit].contact;
    now.is_online = is_online;
    now.backlog = backlog;
    now.last_contact_ms = (int64_t)scene->now_ms;
    presence_note(&scene->presence, &scene->units[unit], &now);
}

static void the_first_frame_is_the_whole_list_at_once(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 3);
    assert_int_equal(due_ms(&scene), 0);
    assert_string_equal(tell(&scene), "0:off+0 1:off+0 2:off+0");
    assert_true(scene.contacts.whole);
    assert_true(due_ms(&scene) == UINT64_MAX);
}

static void a_city_without_units_is_told_so_once(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 0);
    assert_int_equal(due_ms(&scene), 0);
    assert_string_equal(tell(&scene), "");
    assert_true(scene.contacts.whole);
    assert_true(due_ms(&scene) == UINT64_MAX);
}

static void a_link_that_came_or_went_is_told_at_once_and_alone(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 3);
    (void)tell(&scene);
    scene.now_ms += PRESENCE_LINK_PACE_MS;
    note(&scene, 1, true, 0);
    assert_true(due_ms(&scene) <= scene.now_ms);
    assert_string_equal(tell(&scene), "1:on+0");
    assert_false(scene.contacts.whole);
    assert_int_equal(scene.told[0].last_contact_ms, scene.now_ms);
    assert_true(due_ms(&scene) == UINT64_MAX);
}

static void links_that_flap_are_told_at_most_each_link_pace(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 2);
    (void)tell(&scene);
    note(&scene, 0, true, 0);
    note(&scene, 0, false, 0);
    note(&scene, 0, true, 0);
    assert_int_equal(due_ms(&scene), scene.now_ms + PRESENCE_LINK_PACE_MS);
    scene.now_ms += PRESENCE_LINK_PACE_MS;
    assert_string_equal(tell(&scene), "0:on+0");
}

static void backlogs_are_told_at_most_once_a_second_and_as_they_are_then(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 3);
    (void)tell(&scene);
    note(&scene, 2, false, 7);
    note(&scene, 0, false, 5);
    note(&scene, 2, false, 9);
    assert_int_equal(due_ms(&scene), scene.now_ms + PRESENCE_PACE_MS);
    scene.now_ms += PRESENCE_PACE_MS;
    assert_string_equal(tell(&scene), "0:off+5 2:off+9");
    note(&scene, 2, false, 9);
    assert_true(due_ms(&scene) == UINT64_MAX); /* said before */
    scene.now_ms += 10 * (uint64_t)PRESENCE_PACE_MS;
    note(&scene, 2, false, 8);
    assert_true(due_ms(&scene) <= scene.now_ms); /* after a pause nothing waits */
}

static void a_link_that_goes_takes_along_what_waited_for_its_pace(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 3);
    (void)tell(&scene);
    note(&scene, 2, false, 7);
    note(&scene, 0, true, 0);
    scene.now_ms += PRESENCE_LINK_PACE_MS;
    assert_string_equal(tell(&scene), "2:off+7 0:on+0");
    assert_true(due_ms(&scene) == UINT64_MAX);
}

static void an_offset_is_news_when_it_has_moved_by_a_second(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 1);
    (void)tell(&scene);
    struct unit_contact now = scene.units[0].contact;
    for (int i = 0; i < 3; i++) { /* small steps add up */
        assert_true(due_ms(&scene) == UINT64_MAX);
        now.clock_offset_ms -= PRESENCE_OFFSET_STEP_MS / 3 + 1;
        presence_note(&scene.presence, &scene.units[0], &now);
    }
    assert_int_equal(due_ms(&scene), scene.now_ms + PRESENCE_PACE_MS);
    scene.now_ms += PRESENCE_PACE_MS;
    (void)tell(&scene);
    assert_true(scene.told[0].clock_offset_ms == now.clock_offset_ms);
    now.clock_offset_ms = INT64_MAX; /* a difference that does not fit */
    presence_note(&scene.presence, &scene.units[0], &now);
    assert_true(due_ms(&scene) != UINT64_MAX);
}

static void contact_alone_is_no_news_but_told_with_the_next(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 1);
    (void)tell(&scene);
    scene.now_ms += 60000;
    note(&scene, 0, false, 0);
    assert_true(due_ms(&scene) == UINT64_MAX);
    assert_int_equal(scene.units[0].contact.last_contact_ms, scene.now_ms);
}

static void a_slow_reader_has_one_frame_waiting_and_it_is_the_newest(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 3);
    (void)tell(&scene);
    scene.now_ms += PRESENCE_PACE_MS;
    note(&scene, 1, true, 0);
    presence_offer(&scene.presence, &scene.reader, scene.told, &scene.contacts);
    presence_on_blocked(&scene.reader, scene.now_ms);
    note(&scene, 0, true, 4);
    note(&scene, 1, false, 0);
    assert_int_equal(due_ms(&scene), scene.now_ms + PRESENCE_BLOCKED_MS);
    scene.now_ms += PRESENCE_BLOCKED_MS;
    assert_string_equal(tell(&scene), "0:on+4 1:off+0");
    assert_true(due_ms(&scene) == UINT64_MAX);
}

static void who_is_enrolled_or_revoked_makes_the_list_whole_again(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, 2);
    (void)tell(&scene);
    scene.now_ms += PRESENCE_PACE_MS;
    presence_forget(&scene.presence, &scene.units[0]);
    note(&scene, 0, true, 3); /* it says something still: nobody's business */
    assert_string_equal(tell(&scene), "1:off+0");
    assert_true(scene.contacts.whole);
    scene.now_ms += PRESENCE_PACE_MS;
    struct unit_contact now = {.unit = bytes_of_text(scene.names[0]), .is_online = true};
    presence_enrol(&scene.presence, &scene.units[0], &now);
    assert_string_equal(tell(&scene), "1:off+0 0:on+0");
    assert_true(scene.contacts.whole);
}

static void a_list_beyond_one_frame_goes_on_in_the_next(void **state)
{
    static struct scene scene;
    (void)state;
    set_up(&scene, UNITS);
    (void)tell(&scene);
    assert_true(scene.contacts.whole);
    assert_int_equal(scene.contacts.unit_count, CONTACTS_UNITS_MAX);
    note(&scene, 3, false, 1); /* told already: comes again, at the end */
    scene.now_ms += PRESENCE_PACE_MS;
    (void)tell(&scene);
    assert_false(scene.contacts.whole);
    assert_int_equal(scene.contacts.unit_count, UNITS - CONTACTS_UNITS_MAX + 1);
    assert_true(bytes_equal_text(scene.told[0].unit, scene.names[CONTACTS_UNITS_MAX]));
    assert_int_equal(scene.told[UNITS - CONTACTS_UNITS_MAX].backlog, 1);
    assert_true(due_ms(&scene) == UINT64_MAX);
}

static void readers_do_not_depend_on_one_another(void **state)
{
    static struct scene scene;
    struct presence_reader other = {0};
    (void)state;
    set_up(&scene, 2);
    (void)tell(&scene);
    scene.now_ms += PRESENCE_PACE_MS;
    note(&scene, 1, true, 0);
    (void)tell(&scene);
    struct presence_reader mine = scene.reader;
    scene.reader = other;
    assert_string_equal(tell(&scene), "0:off+0 1:on+0");
    scene.reader = mine;
    assert_true(due_ms(&scene) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_frame_is_the_whole_list_at_once),
        cmocka_unit_test(a_city_without_units_is_told_so_once),
        cmocka_unit_test(a_link_that_came_or_went_is_told_at_once_and_alone),
        cmocka_unit_test(links_that_flap_are_told_at_most_each_link_pace),
        cmocka_unit_test(backlogs_are_told_at_most_once_a_second_and_as_they_are_then),
        cmocka_unit_test(a_link_that_goes_takes_along_what_waited_for_its_pace),
        cmocka_unit_test(an_offset_is_news_when_it_has_moved_by_a_second),
        cmocka_unit_test(contact_alone_is_no_news_but_told_with_the_next),
        cmocka_unit_test(a_slow_reader_has_one_frame_waiting_and_it_is_the_newest),
        cmocka_unit_test(who_is_enrolled_or_revoked_makes_the_list_whole_again),
        cmocka_unit_test(a_list_beyond_one_frame_goes_on_in_the_next),
        cmocka_unit_test(readers_do_not_depend_on_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
