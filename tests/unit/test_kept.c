/* test_kept.c - a fact comes back from few bytes as it was said, whatever its kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "ledger/fold/kept.h"
#include "tests/unit/random_event.h"

enum { EVENTS = 4000, ARENA_MAX = 8 << 20, CLOCK_MS = 1664500000 };

static int kinds(void)
{
    int count = 1;
    while (kind_of_number((uint32_t)count + 1))
        count++;
    return count;
}

static bool is_long(const struct kind *kind, const struct field *field)
{
    return field->type == FIELD_TEXT && field->limit >= TEXT_LONG &&
           kind->number != EVENT_DEFINITION && kind->number != EVENT_VERDICT &&
           kind->number != EVENT_CORRECTION;
}

static void assert_same_money(const struct money *said, const struct money *kept)
{
    const char *currency = said->currency[0] ? said->currency : "CNY";
    assert_int_equal(said->has_value, kept->has_value);
    if (!said->has_value) {
        assert_true(bytes_equal(said->text, kept->text));
    } else {
        assert_int_equal(said->value, kept->value);
        assert_int_equal(kept->text.size, 0);
    }
    if (said->has_value || said->text.size > 0)
        assert_string_equal(currency, kept->currency);
}

static void assert_same_field(const struct field *field, const void *said, const void *kept)
{
    const struct texts *said_texts = said, *kept_texts = kept;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        assert_true(bytes_equal(*(const struct bytes *)said, *(const struct bytes *)kept));
        break;
    case FIELD_TEXTS:
        assert_int_equal(said_texts->count, kept_texts->count);
        for (size_t i = 0; i < said_texts->count; i++)
            assert_true(bytes_equal(said_texts->items[i], kept_texts->items[i]));
        break;
    case FIELD_DIGESTS:
        assert_int_equal(said_texts->count, kept_texts->count);
        assert_null(kept_texts->items);
        break;
    case FIELD_ENUM:
    case FIELD_DAY:
        assert_int_equal(*(const int32_t *)said, *(const int32_t *)kept);
        break;
    case FIELD_MONEY:
        assert_same_money(said, kept);
        break;
    case FIELD_COUNT:
        assert_true(*(const int64_t *)said == *(const int64_t *)kept);
        break;
    case FIELD_FLAG:
        assert_int_equal(*(const bool *)said, *(const bool *)kept);
        break;
    }
}

static void assert_same_fact(const struct event *said, const struct ledger_fact *kept)
{
    const struct kind *kind = kind_of_number(said->envelope.kind);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        const char *value = (const char *)event_fact_const(said) + field->offset;
        const char *read = (const char *)event_fact_const(&kept->event) + field->offset;
        bool flagged = kept->long_given >> field->number & 1;
        if (is_long(kind, field)) {
            assert_int_equal(flagged, field_is_given(field, value));
            assert_false(field_is_given(field, read));
        } else {
            assert_false(flagged);
            assert_same_field(field, value, read);
        }
    }
    assert_true(said->envelope.agent_clock_ms == kept->event.envelope.agent_clock_ms);
}

static void every_kind_comes_back_as_it_was_said(void **state)
{
    struct random random;
    struct text_pool pool;
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    random_init(&random, 20221122);
    text_pool_init(&pool, 3);
    arena_init(&arena, ARENA_MAX);
    struct kept_wish wish = {CLOCK_MS, UINT64_MAX, &arena};
    for (uint32_t i = 0; i < EVENTS; i++) {
        struct event said;
        struct ledger_fact kept = {0};
        arena_reset(&arena);
        buffer_clear(&bytes);
        random_event(&random, 1 + i % (uint32_t)kinds(), &arena, &said);
        kept.event.envelope.kind = said.envelope.kind;
        assert_true(kept_write(&said, CLOCK_MS, &pool, &bytes));
        size_t size = bytes.size;
        buffer_add_text(&bytes, "what stands behind it");
        assert_int_equal(kept_read(buffer_bytes(&bytes), &wish, &pool, &kept), size);
        assert_same_fact(&said, &kept);
        assert_int_equal(kept_size(buffer_bytes(&bytes), &pool, &kept), size);
    }
    text_pool_release(&pool);
}

static void what_is_not_wanted_is_only_counted(void **state)
{
    struct bytes firms[] = {bytes_of_text("甲公司"), bytes_of_text("乙公司")};
    struct event said = {.envelope.kind = EVENT_CONTACT,
                         .contact = {.contact = CONTACT_TRIP,
                                     .leader = bytes_of_text("张三"),
                                     .destination = bytes_of_text("杭州"),
                                     .firms = {firms, 2},
                                     .people = 4}};
    enum { DESTINATION = 9 }; /* its field number */
    struct text_pool pool;
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    text_pool_init(&pool, 3);
    arena_init(&arena, ARENA_MAX);
    assert_true(kept_write(&said, CLOCK_MS, &pool, &bytes));
    struct kept_wish wish = {CLOCK_MS, (uint64_t)1 << DESTINATION, &arena};
    struct ledger_fact kept = {.event.envelope.kind = EVENT_CONTACT};
    assert_int_equal(kept_read(buffer_bytes(&bytes), &wish, &pool, &kept), bytes.size);
    const struct contact_fact *contact = &kept.event.contact;
    assert_true(bytes_equal_text(contact->destination, "杭州"));
    assert_int_equal(contact->leader.size, 0);
    assert_int_equal(contact->firms.count, 2);
    assert_null(contact->firms.items);
    assert_int_equal(contact->people, 4);
    text_pool_release(&pool);
}

static void a_masked_amount_is_told_whatever_is_wanted(void **state)
{
    struct event said = {.envelope.kind = EVENT_FUNDS,
                         .funds.amount = {.text = bytes_of_text("几百万元")}};
    struct text_pool pool;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    text_pool_init(&pool, 3);
    assert_true(kept_write(&said, CLOCK_MS, &pool, &bytes));
    struct kept_wish wish = {CLOCK_MS, 0, NULL};
    struct ledger_fact kept = {.event.envelope.kind = EVENT_FUNDS};
    assert_int_equal(kept_read(buffer_bytes(&bytes), &wish, &pool, &kept), bytes.size);
    assert_true(bytes_equal_text(kept.event.funds.amount.text, "几百万元"));
    text_pool_release(&pool);
}

static void bytes_cut_short_are_refused(void **state)
{
    struct random random;
    struct text_pool pool;
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    random_init(&random, 5);
    text_pool_init(&pool, 3);
    arena_init(&arena, ARENA_MAX);
    struct kept_wish wish = {0, UINT64_MAX, NULL};
    for (uint32_t number = 1; kind_of_number(number); number++) {
        struct event said;
        arena_reset(&arena);
        buffer_clear(&bytes);
        random_event(&random, number, &arena, &said);
        assert_true(kept_write(&said, CLOCK_MS, &pool, &bytes));
        for (size_t size = 0; size < bytes.size; size++) {
            struct ledger_fact kept = {.event.envelope.kind = number};
            assert_int_equal(kept_read(bytes_of(bytes.data, size), &wish, &pool, &kept), 0);
        }
    }
    text_pool_release(&pool);
}

static void the_clock_may_be_as_wrong_as_it_likes(void **state)
{
    static const int64_t clocks_ms[] = {INT64_MIN, -1, 0, CLOCK_MS, INT64_MAX};
    struct text_pool pool;
    struct kept_wish wish = {CLOCK_MS, 0, NULL};
    (void)state;
    text_pool_init(&pool, 3);
    for (size_t i = 0; i < ARRAY_LENGTH(clocks_ms); i++) {
        CLEANUP(buffer_release) struct buffer bytes = {0};
        struct event said = {
            .envelope = {.kind = EVENT_NOTE, .agent_clock_ms = clocks_ms[i]},
            .note.text = bytes_of_text("写"),
        };
        struct ledger_fact kept = {.event.envelope.kind = EVENT_NOTE};
        assert_true(kept_write(&said, CLOCK_MS, &pool, &bytes));
        assert_int_equal(kept_read(buffer_bytes(&bytes), &wish, &pool, &kept), bytes.size);
        assert_true(kept.event.envelope.agent_clock_ms == clocks_ms[i]);
        assert_int_equal(kept.long_given, 1 << 1);
    }
    assert_int_equal(pool.count, 0);
    text_pool_release(&pool);
}

static void a_list_without_bounds_is_not_kept_and_leaves_no_bytes(void **state)
{
    struct text_pool pool;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct bytes *items = calloc(1 << 20, sizeof *items);
    struct event said = {.envelope.kind = EVENT_FAIR,
                         .fair = {.fair = bytes_of_text("徽商大会"), .projects = {items, 1 << 20}}};
    (void)state;
    text_pool_init(&pool, 3);
    buffer_add_text(&bytes, "before");
    assert_false(kept_write(&said, 0, &pool, &bytes));
    assert_int_equal(bytes.size, 6);
    said.fair.projects = (struct texts){0};
    assert_true(kept_write(&said, 0, &pool, &bytes));
    text_pool_release(&pool);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back_as_it_was_said),
        cmocka_unit_test(what_is_not_wanted_is_only_counted),
        cmocka_unit_test(a_masked_amount_is_told_whatever_is_wanted),
        cmocka_unit_test(bytes_cut_short_are_refused),
        cmocka_unit_test(the_clock_may_be_as_wrong_as_it_likes),
        cmocka_unit_test(a_list_without_bounds_is_not_kept_and_leaves_no_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
