/* test_table.c - records as aligned lines, where a Chinese character takes two columns. */
#include "tests/unit/audit_scene.h"

#include "ledger/event/schema.h"
#include "report/table.h"

static const char *cell(const char *text, size_t width, bool right)
{
    static char shown[256];
    struct buffer out = {0};
    table_cell(bytes_of_text(text), width, right, &out);
    bytes_to_text(buffer_bytes(&out), shown, sizeof shown);
    buffer_release(&out);
    return shown;
}

static void a_chinese_character_takes_two_columns(void **state)
{
    (void)state;
    assert_int_equal(table_text_width(bytes_of_text("")), 0);
    assert_int_equal(table_text_width(bytes_of_text("341502")), 6);
    assert_int_equal(table_text_width(bytes_of_text("金安区")), 6);
    assert_int_equal(table_text_width(bytes_of_text("（A）")), 5);
    assert_int_equal(table_text_width(bytes_of_text("é½")), 2);
    assert_int_equal(table_text_width(bytes_of_text("𠀀🏭")), 4);
}

static void a_cell_is_filled_to_its_width_on_either_side(void **state)
{
    (void)state;
    assert_string_equal(cell("金安", 6, false), "金安  ");
    assert_string_equal(cell("金安", 6, true), "  金安");
    assert_string_equal(cell("金安", 4, false), "金安");
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    assert_string_equal(cell("金安区开发区", 7, false), "金安区…");
    assert_string_equal(cell("金安区开发区", 8, false), "金安区… ");
    assert_string_equal(cell("abcdef", 4, false), "abc…");
}

static void nothing_in_a_text_moves_the_terminal(void **state)
{
    static const char override[] = {'a', (char)0xe2, (char)0x80, (char)0xae, 'b', 0}; /* U+202E */
    (void)state;
    assert_string_equal(cell("a\x1b[2Jb\nc\td", 10, false), "a [2Jb c d");
    assert_string_equal(cell(override, 3, false), "a b");
    assert_string_equal(cell("a\xff\xe9\x87"
                             "b",
                             5, false),
                        "a   b"); /* no UTF-8 */
}

static void every_kind_has_a_chinese_name(void **state)
{
    (void)state;
    for (uint32_t number = 1; kind_of_number(number); number++)
        if (!table_kind_name(number))
            fail_msg("kind %s has no name", kind_of_number(number)->id);
    assert_null(table_kind_name(4711));
}

static void expect_line(struct city *city, uint64_t position, const char *line)
{
    struct keyring names;
    struct buffer out = {0};
    char shown[1024];
    keyring_init(&names);
    for (size_t i = 0; i < city->count; i++) {
        struct roster_change change;
        struct problem problem = {0};
        if (city->records[i].kind == RECORD_ROSTER &&
            wire_roster_change_decode(city->records[i].detail, &change) == OK)
            assert_int_equal(keyring_apply(&names, &city->records[i], &change, &problem), OK);
    }
    table_record(&city->records[position - 1], &names, &city->arena, &out);
    assert_string_equal(bytes_to_text(buffer_bytes(&out), shown, sizeof shown), line);
    buffer_release(&out);
    keyring_release(&names);
}

static void a_record_is_one_line_with_the_units_name(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    expect_line(&city, 4,
                "        4  2022-01-08  341502 金安区       备注                              "
                "第1件事 of 341502\n");
    expect_line(&city, 9,
                "        9  2022-09-30  341503 金安区       退回                              "
                "no right\n");
    expect_line(&city, 2,
                "        2  2022-09-30  3415                名册                              "
                "登记 341502 金安区\n");
    expect_line(&city, 1,
                "        1  2022-09-30  3415                设置                              "
                "六安市 3415\n");
    city_close(&city);
}

static struct record event_record(struct city *city, struct event *event)
{
    struct buffer envelope = {0};
    struct problem problem = {0};
    event->envelope.algorithm = SIGN_ED25519_SHA256;
    event->envelope.occurred_on = 19000;
    event->envelope.body = BODY_INVESTMENT_BUREAU;
    if (wire_event_seal(bytes_of_text("341502"), event, &envelope, &problem) != OK)
        fail_msg("%s", problem.text);
    return (struct record){.position = 77,
                           .kind = RECORD_EVENT,
                           .unit = bytes_of_text("341502"),
                           .envelope = city_keep(city, &envelope)};
}

static void an_events_content_is_shown_in_words(void **state)
{
    struct city city;
    (void)state;
    city_open(&city);
    struct event funds = {
        .envelope = {.kind = EVENT_FUNDS, .subject = bytes_of_text("341502/341502-0001")},
        .funds = {.funds = FUNDS_RECEIVED,
                  .basis = FUNDS_BASIS_CUMULATIVE,
                  .amount = {.value = 1234, .has_value = true}},
    };
    struct record record = event_record(&city, &funds);
    struct keyring names;
    struct buffer out = {0};
    char shown[1024];
    keyring_init(&names);
    table_record(&record, &names, &city.arena, &out);
    bytes_to_text(buffer_bytes(&out), shown, sizeof shown);
    assert_non_null(strstr(shown, "资金      341502/341502-0001"));
    assert_non_null(strstr(shown, "到位资金"));
    assert_non_null(strstr(shown, "1234元"));
    assert_non_null(strstr(shown, "累计"));
    struct event unknown = {.envelope = {.kind = 999}};
    record = event_record(&city, &unknown);
    buffer_clear(&out);
    table_record(&record, &names, &city.arena, &out);
    bytes_to_text(buffer_bytes(&out), shown, sizeof shown);
    assert_non_null(strstr(shown, "类别999"));
    assert_non_null(strstr(shown, "本程序不认识的类别"));
    buffer_release(&out);
    keyring_release(&names);
    city_close(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chinese_character_takes_two_columns),
        cmocka_unit_test(a_cell_is_filled_to_its_width_on_either_side),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(nothing_in_a_text_moves_the_terminal),
        cmocka_unit_test(every_kind_has_a_chinese_name),
        cmocka_unit_test(a_record_is_one_line_with_the_units_name),
        cmocka_unit_test(an_events_content_is_shown_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
