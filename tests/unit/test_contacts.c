/* test_contacts.c - the units' links as the broker tells them. */
#include "display/contacts.h"

#include <stdarg.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

static bool tell(struct contacts_seen *seen, const char *unit, bool is_online, uint64_t backlog)
{
    struct unit_contact contact = {.unit = bytes_of_text(unit),
                                   .is_online = is_online,
                                   .last_contact_ms = 5,
                                   .clock_offset_ms = -3,
                                   .backlog = backlog};
    struct contacts contacts = {.units = &contact, .unit_count = 1};
    return contacts_take(seen, &contacts);
}

static void assert_text(struct contacts_seen *seen, const char *expected)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    contacts_json(seen, (struct contacts_feed){FEED_LIVE, 9}, &text);
    buffer_add(&text, bytes_of("", 1));
    assert_string_equal(expected, (const char *)text.data);
}

static void units_stand_in_order_with_their_newest_words(void **state)
{
    (void)state;
    struct contacts_seen seen = {0};
    assert_true(tell(&seen, "341503", true, 0));
    assert_true(tell(&seen, "341502", true, 0));
    assert_true(tell(&seen, "341502", false, 4));
    assert_false(tell(&seen, "341502", false, 4));
    assert_int_equal(1, seen.online);
    assert_text(&seen, "{\"feed\":\"live\",\"since\":9,\"units\":["
                       "{\"unit\":\"341502\",\"is_online\":false,\"last_contact\":5,\"backlog\":4,"
                       "\"clock_offset_ms\":-3},"
                       "{\"unit\":\"341503\",\"is_online\":true,\"last_contact\":5,\"backlog\":0,"
                       "\"clock_offset_ms\":-3}]}");
    contacts_release(&seen);
}

static void a_whole_telling_forgets_whom_it_leaves_out(void **state)
{
    (void)state;
    struct contacts_seen seen = {0};
    struct unit_contact contact = {.unit = bytes_of_text("341503"), .is_online = true};
    struct contacts whole = {.whole = true, .units = &contact, .unit_count = 1};
    (void)tell(&seen, "341502", true, 0);
    (void)tell(&seen, "341503", true, 0);
    assert_true(contacts_take(&seen, &whole));
    assert_int_equal(1, seen.count);
    assert_int_equal(1, seen.online);
    assert_text(&seen, "{\"feed\":\"live\",\"since\":9,\"units\":[{\"unit\":\"341503\","
                       "\"is_online\":true,\"last_contact\":null,\"backlog\":0,"
                       "\"clock_offset_ms\":0}]}");
    contacts_release(&seen);
}

static void a_unit_is_news_once(void **state)
{
    (void)state;
    struct contacts_seen seen = {0};
    (void)tell(&seen, "341502", true, 0);
    assert_true(contacts_is_news(&seen, 0));
    assert_false(contacts_is_news(&seen, 0));
    (void)tell(&seen, "341502", true, 1);
    assert_true(contacts_is_news(&seen, 0));
    contacts_release(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_stand_in_order_with_their_newest_words),
        cmocka_unit_test(a_whole_telling_forgets_whom_it_leaves_out),
        cmocka_unit_test(a_unit_is_news_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
