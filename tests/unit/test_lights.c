/* test_lights.c - the published rule sets, each at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/day.h"
#include "ledger/lists/lights.h"

struct given {
    enum light_input input;
    int64_t value;
};

static struct light lit(const char *id, const struct given *given, size_t count)
{
    struct light_inputs inputs = {0};
    for (size_t i = 0; i < count; i++)
        light_input_set(&inputs, given[i].input, given[i].value);
    const struct light_rules *rules = light_rules_find(bytes_of_text(id));
    assert_non_null(rules);
    struct light light;
    light_of(rules, &inputs, &light);
    return light;
}

#define LIT(id, ...)                                                                               \
    lit(id, (const struct given[]){__VA_ARGS__},                                                   \
        sizeof((const struct given[]){__VA_ARGS__}) / sizeof(struct given))
#define ASSERT_LIT(expected, id, ...) assert_int_equal(LIT(id, __VA_ARGS__).colour, (expected))

static int32_t day(const char *text)
{
    int32_t out;
    assert_int_equal(day_parse(bytes_of_text(text), &out), OK);
    return out;
}

static void yinchuan_is_yellow_from_ten_to_thirty_points_behind_both_included(void **state)
{
    static const struct {
        int64_t points_hundredths;
        enum light_colour colour;
    } cases[] = {{1, LIGHT_GREEN},    {0, LIGHT_GREEN},      {-1, LIGHT_GREEN},
                 {-999, LIGHT_GREEN}, {-1000, LIGHT_YELLOW}, {-3000, LIGHT_YELLOW},
                 {-3001, LIGHT_RED},  {-10000, LIGHT_RED},   {INT64_MIN, LIGHT_RED}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        ASSERT_LIT(cases[i].colour, "YINCHUAN_2025_PACE", {LIGHT_PACE, cases[i].points_hundredths});
}

static void yinchuan_is_red_in_the_third_month_without_a_start_and_good_reason(void **state)
{
    (void)state;
    ASSERT_LIT(LIGHT_GREEN, "YINCHUAN_2025_START", {LIGHT_MONTHS_DUE, 0}, {LIGHT_EXCUSED, 0});
    ASSERT_LIT(LIGHT_YELLOW, "YINCHUAN_2025_START", {LIGHT_MONTHS_DUE, 1}, {LIGHT_EXCUSED, 0});
    ASSERT_LIT(LIGHT_YELLOW, "YINCHUAN_2025_START", {LIGHT_MONTHS_DUE, 2}, {LIGHT_EXCUSED, 0});
    ASSERT_LIT(LIGHT_RED, "YINCHUAN_2025_START", {LIGHT_MONTHS_DUE, 3}, {LIGHT_EXCUSED, 0});
    ASSERT_LIT(LIGHT_NONE, "YINCHUAN_2025_START", {LIGHT_MONTHS_DUE, 3}, {LIGHT_EXCUSED, 1});
}

static void yinchuan_counts_months_without_the_library_from_the_day_of_the_start(void **state)
{
    static const struct {
        const char *as_of;
        enum light_colour colour;
    } cases[] = {{"2025-01-31", LIGHT_NONE},   {"2025-02-27", LIGHT_NONE},
                 {"2025-02-28", LIGHT_NONE},   {"2025-03-01", LIGHT_YELLOW},
                 {"2025-03-31", LIGHT_YELLOW}, {"2025-04-01", LIGHT_RED}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int32_t months = months_exceeded(day("2025-01-31"), day(cases[i].as_of));
        ASSERT_LIT(cases[i].colour, "YINCHUAN_2025_LIBRARY", {LIGHT_IN_LIBRARY, 0},
                   {LIGHT_EXCUSED, 0}, {LIGHT_MONTHS_EXCEEDED, months});
    }
    ASSERT_LIT(LIGHT_GREEN, "YINCHUAN_2025_LIBRARY", {LIGHT_IN_LIBRARY, 1},
               {LIGHT_MONTHS_EXCEEDED, 5});
    ASSERT_LIT(LIGHT_RED, "YINCHUAN_2025_PAYMENT", {LIGHT_PAYMENT, -1});
    ASSERT_LIT(LIGHT_GREEN, "YINCHUAN_2025_PAYMENT", {LIGHT_PAYMENT, 0});
}

static void months_are_exceeded_on_the_day_after_and_never_counted_too_many(void **state)
{
    (void)state;
    assert_int_equal(months_exceeded(day("2025-01-15"), day("2025-01-15")), -1);
    assert_int_equal(months_exceeded(day("2025-01-15"), day("2025-01-16")), 0);
    assert_int_equal(months_exceeded(day("2025-01-15"), day("2025-02-15")), 0);
    assert_int_equal(months_exceeded(day("2025-01-15"), day("2025-02-16")), 1);
    assert_int_equal(months_exceeded(day("2024-02-29"), day("2025-02-28")), 11);
    assert_int_equal(months_exceeded(day("2024-02-29"), day("2025-03-01")), 12);
    assert_int_equal(months_exceeded(day("2000-01-01"), day("2199-12-31")), 2399);
}

static void sanya_is_yellow_down_to_half_of_the_time_pace(void **state)
{
    (void)state;
    ASSERT_LIT(LIGHT_GREEN, "SANYA_2022_PROJECT", {LIGHT_PACE_SHARE, 0});
    ASSERT_LIT(LIGHT_YELLOW, "SANYA_2022_PROJECT", {LIGHT_PACE_SHARE, -1});
    ASSERT_LIT(LIGHT_YELLOW, "SANYA_2022_PROJECT", {LIGHT_PACE_SHARE, -5000});
    ASSERT_LIT(LIGHT_RED, "SANYA_2022_PROJECT", {LIGHT_PACE_SHARE, -5001});
    ASSERT_LIT(LIGHT_GREEN, "SANYA_2022_DISTRICT", {LIGHT_MONTHS_MISSED, 0});
    ASSERT_LIT(LIGHT_YELLOW, "SANYA_2022_DISTRICT", {LIGHT_MONTHS_MISSED, 1});
    ASSERT_LIT(LIGHT_RED, "SANYA_2022_DISTRICT", {LIGHT_MONTHS_MISSED, 2});
}

static void tianjin_is_green_only_above_plan_and_mean_and_red_below_nothing(void **state)
{
    (void)state;
    ASSERT_LIT(LIGHT_GREEN, "TIANJIN_2022_DISTRICT", {LIGHT_GROWTH, 800},
               {LIGHT_GROWTH_OVER_PLAN, 0}, {LIGHT_GROWTH_OVER_MEAN, 0});
    ASSERT_LIT(LIGHT_YELLOW, "TIANJIN_2022_DISTRICT", {LIGHT_GROWTH, 800},
               {LIGHT_GROWTH_OVER_PLAN, -1}, {LIGHT_GROWTH_OVER_MEAN, 0});
    ASSERT_LIT(LIGHT_YELLOW, "TIANJIN_2022_DISTRICT", {LIGHT_GROWTH, 0},
               {LIGHT_GROWTH_OVER_PLAN, 0}, {LIGHT_GROWTH_OVER_MEAN, -1});
    ASSERT_LIT(LIGHT_RED, "TIANJIN_2022_DISTRICT", {LIGHT_GROWTH, -1}, {LIGHT_GROWTH_OVER_PLAN, 5},
               {LIGHT_GROWTH_OVER_MEAN, 5});
}

static void blue_reminds_in_huating_and_praises_in_zaozhuang(void **state)
{
    (void)state;
    struct light reminder =
        LIT("HUATING_2017_SLIPS", {LIGHT_REMINDED, 1}, {LIGHT_DEADLINES_MISSED, 0});
    struct light praise = LIT("ZAOZHUANG_2023_RANK", {LIGHT_RANK, 3}, {LIGHT_RANK_FROM_REAR, 8});
    assert_int_equal(reminder.colour, LIGHT_BLUE);
    assert_int_equal(praise.colour, LIGHT_BLUE);
    assert_string_equal(light_meaning_id(reminder.meaning), "REMIND");
    assert_string_equal(light_meaning_id(praise.meaning), "PRAISE");
    ASSERT_LIT(LIGHT_YELLOW, "HUATING_2017_SLIPS", {LIGHT_REMINDED, 1},
               {LIGHT_DEADLINES_MISSED, 1});
    ASSERT_LIT(LIGHT_RED, "HUATING_2017_SLIPS", {LIGHT_REMINDED, 1}, {LIGHT_DEADLINES_MISSED, 2});
    ASSERT_LIT(LIGHT_NONE, "HUATING_2017_SLIPS", {LIGHT_REMINDED, 0}, {LIGHT_DEADLINES_MISSED, 0});
    ASSERT_LIT(LIGHT_NONE, "ZAOZHUANG_2023_RANK", {LIGHT_RANK, 4}, {LIGHT_RANK_FROM_REAR, 4});
    ASSERT_LIT(LIGHT_YELLOW, "ZAOZHUANG_2023_RANK", {LIGHT_RANK, 8}, {LIGHT_RANK_FROM_REAR, 3},
               {LIGHT_TIMES_AT_REAR, 1});
    ASSERT_LIT(LIGHT_RED, "ZAOZHUANG_2023_RANK", {LIGHT_RANK, 8}, {LIGHT_RANK_FROM_REAR, 3},
               {LIGHT_TIMES_AT_REAR, 2});
}

static void a_light_says_its_values_and_its_rule_in_one_line(void **state)
{
    (void)state;
    struct light light = LIT("YINCHUAN_2025_PACE", {LIGHT_PACE, -1250});
    assert_string_equal(light.why,
                        "与时序进度相差-12.50个百分点：低于序时进度10至30个百分点（含），亮黄灯");
    assert_string_equal(light.word, "黄灯");
    light = LIT("ZAOZHUANG_2023_RANK", {LIGHT_RANK, 2}, {LIGHT_RANK_RISE, 3});
    assert_string_equal(light.why, "位次2，位次变化+3：位居前列，蓝牌激励");
}

static void what_is_not_known_raises_no_light(void **state)
{
    (void)state;
    for (size_t i = 0; i < light_rules_shipped_count; i++) {
        struct light_inputs nothing = {0};
        struct light light;
        light_of(&light_rules_shipped[i], &nothing, &light);
        assert_int_equal(light.colour, LIGHT_NONE);
        assert_int_equal(light.shape, SHAPE_NONE);
        assert_string_equal(light.word, "未亮灯");
        assert_string_equal(light.why, "无规则适用或数据不全");
    }
    assert_null(light_rules_find(bytes_of_text("NOWHERE")));
}

static void no_two_colours_share_a_shape_or_a_word(void **state)
{
    (void)state;
    struct light seen[LIGHT_COLOURS] = {
        LIT("YINCHUAN_2025_PACE", {LIGHT_PACE, 0}), LIT("YINCHUAN_2025_PACE", {LIGHT_PACE, -1000}),
        LIT("YINCHUAN_2025_PACE", {LIGHT_PACE, -4000}), LIT("ZAOZHUANG_2023_RANK", {LIGHT_RANK, 1}),
        LIT("ZAOZHUANG_2023_RANK", {LIGHT_RANK, 9})};
    for (size_t i = 0; i < LIGHT_COLOURS; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(seen[i].colour, seen[j].colour);
            assert_string_not_equal(light_shape_id(seen[i].shape), light_shape_id(seen[j].shape));
            assert_string_not_equal(light_colour_id(seen[i].colour),
                                    light_colour_id(seen[j].colour));
            assert_string_not_equal(seen[i].word, seen[j].word);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yinchuan_is_yellow_from_ten_to_thirty_points_behind_both_included),
        cmocka_unit_test(yinchuan_is_red_in_the_third_month_without_a_start_and_good_reason),
        cmocka_unit_test(yinchuan_counts_months_without_the_library_from_the_day_of_the_start),
        cmocka_unit_test(months_are_exceeded_on_the_day_after_and_never_counted_too_many),
        cmocka_unit_test(sanya_is_yellow_down_to_half_of_the_time_pace),
        cmocka_unit_test(tianjin_is_green_only_above_plan_and_mean_and_red_below_nothing),
        cmocka_unit_test(blue_reminds_in_huating_and_praises_in_zaozhuang),
        cmocka_unit_test(a_light_says_its_values_and_its_rule_in_one_line),
        cmocka_unit_test(what_is_not_known_raises_no_light),
        cmocka_unit_test(no_two_colours_share_a_shape_or_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
