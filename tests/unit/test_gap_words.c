/* test_gap_words.c - what each list counts, in words: with the days that are in force. */
#include "gap_scene.h"

#include <stdio.h>

static const char *words_of(enum alert_class class, const struct gap_rules *rules)
{
    static char shown[256];
    struct buffer out = {0};
    alert_definition(class, rules, &out);
    bytes_to_text(buffer_bytes(&out), shown, sizeof(shown));
    buffer_release(&out);
    return shown;
}

static void every_list_says_what_it_counts_and_no_two_say_the_same(void **state)
{
    char seen[GAP_CLASSES + ALERT_CLASSES][256];
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < GAP_CLASSES; i++)
        (void)snprintf(seen[count++], sizeof(seen[0]), "%s", gap_definition((enum gap_class)i));
    for (size_t i = 0; i < ALERT_CLASSES; i++)
        (void)snprintf(seen[count++], sizeof(seen[0]), "%s",
                       words_of((enum alert_class)i, &gap_rules_default));
    for (size_t i = 0; i < count; i++) {
        assert_true(*seen[i] != '\0');
        assert_null(strchr(seen[i], '%'));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(seen[i], seen[j]);
    }
}

/* Each member of the rules stands in the words of the lists that go by it, and in no others. */
static void the_words_have_the_days_and_counts_in_force(void **state)
{
    static const struct gap_rules rules = {.land_not_started_days = 701,
                                           .contacts = 702,
                                           .contacts_days = 703,
                                           .follow_up_days = 704,
                                           .silent_days = 705,
                                           .negotiating_days = 706,
                                           .signed_days = 707,
                                           .large_yuan = 708000000,
                                           .version = "2"};
    static const struct {
        enum alert_class class;
        const char *words;
    } expected[] = {
        {ALERT_NEGOTIATING_TO_SIGN, "在谈满706天未签正式合同"},
        {ALERT_SIGNED_TO_LAND, "签约满707天未落地"},
        {ALERT_FOREIGN_NOT_EFFECTIVE, "外资项目签约满707天境外资金未到位"},
        {ALERT_LAND_NOT_STARTED, "拿地满701天未开工（闲置土地处置办法）"},
        {ALERT_MANY_CONTACTS_NO_PROGRESS, "接洽满702次、未开工，满703天无实质进展"},
        {ALERT_LARGE_INDUSTRY_NOT_LANDED, "总投资70800万元以上的工业项目，签约未落地"},
        {ALERT_TRIP_NO_FOLLOW_UP, "外出招商后满704天无后续"},
        {ALERT_SILENT, "满705天无任何事件，或过了原定再跟进的日期仍无动静"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_string_equal(words_of(expected[i].class, &rules), expected[i].words);
    assert_string_equal(words_of(ALERT_LARGE_INDUSTRY_NOT_LANDED, &gap_rules_default),
                        "总投资1亿元以上的工业项目，签约未落地");
    assert_string_equal(words_of(ALERT_SUPERVISED, &rules),
                        words_of(ALERT_SUPERVISED, &gap_rules_default));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_list_says_what_it_counts_and_no_two_say_the_same),
        cmocka_unit_test(the_words_have_the_days_and_counts_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
