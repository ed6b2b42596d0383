/* report_scene.c - see report_scene.h. */
#include "tests/unit/report_scene.h"

#include <stdio.h>

static const struct rate_definition start_rate = {
    .id = "START_OVER_SIGNED",
    .name = "开工率",
    .formula = "期内签约项目中已开工数÷期内签约数",
    .version = "1",
    .numerator = MEASURE_STARTED,
    .denominator = MEASURE_SIGNED,
    .digits = 2,
    .headline = true,
};
static const struct rate_definition fund_rate = {
    .id = "FUND_OVER_CONTRACT",
    .name = "资金到位率",
    .formula = "累计到位资金÷合同总投资",
    .version = "1",
    .numerator = MEASURE_RECEIVED,
    .denominator = MEASURE_CONTRACT,
    .digits = 2,
    .headline = true,
};

struct published {
    const char *code, *name;
    int64_t signed_count, size5, size10, started, trips, rank;
};

static void set_rate(struct bulletin_rate *rate, const struct rate_definition *definition,
                     int64_t numerator, int64_t denominator)
{
    rate->definition = definition;
    rate->numerator = numerator;
    rate->denominator = denominator;
    rate->has_percent = percent_text(numerator, denominator, definition->rounding,
                                     definition->digits, rate->percent);
}

static void set_row(struct bulletin_row *row, const struct published *published,
                    struct bulletin_rate rates[2])
{
    *row = (struct bulletin_row){
        .code = bytes_of_text(published->code),
        .name = bytes_of_text(published->name),
        .projects = published->signed_count,
        .signed_count = published->signed_count,
        .performing = published->signed_count,
        .started = published->started,
        .signed_fixed_ge = {published->signed_count, published->signed_count, published->size5 + 5,
                            published->size5, published->size10},
        .contract_yuan = published->signed_count * INT64_C(250000000),
        .received_yuan = published->started * INT64_C(80005000),
        .trips = published->trips,
        .gaps = {published->signed_count - published->started, published->started},
        .rank = published->rank,
        .rates = rates,
        .rate_count = 2,
        .complete_to_ms = INT64_C(1664500000000),
    };
    row->received_by_origin[ORIGIN_OUT_OF_PROVINCE] = row->received_yuan;
    row->projects_by_origin[ORIGIN_OUT_OF_PROVINCE] = published->started;
    (void)snprintf(row->share_percent_by_origin[ORIGIN_OUT_OF_PROVINCE], PERCENT_TEXT_SIZE,
                   "100.00");
    set_rate(&rates[0], &start_rate, row->started, row->signed_count);
    set_rate(&rates[1], &fund_rate, row->received_yuan, row->contract_yuan);
}

static struct bulletin_target target_of(const char *metric, const char *rate, const char *pace)
{
    struct bulletin_target target = {.metric = bytes_of_text(metric),
                                     .base = INT64_C(8000000000),
                                     .is_amount = true,
                                     .actual = INT64_C(10051360000),
                                     .has_rate = true};
    (void)snprintf(target.rate_percent, PERCENT_TEXT_SIZE, "%s", rate);
    (void)snprintf(target.pace_points, PERCENT_TEXT_SIZE, "%s", pace);
    return target;
}

void report_scene_make(struct report_scene *scene)
{
    static const struct published units[REPORT_UNITS] = {
        {"341502", "金安区", 46, 11, 6, 43, 28, 1},
        {"341503", "裕安区", 44, 10, 3, 37, 13, 5},
        {"341504", "叶集区", 19, 5, 4, 17, 23, 2},
        {"341522", "霍邱县", 52, 11, 4, 45, 14, 4},
        {"341523", "舒城县", 52, 14, 5, 39, 24, 8},
        {"341524", "金寨县", 47, 10, 4, 36, 19, 6},
        {"341525", "霍山县", 45, 13, 4, 34, 17, 7},
        {"341571", "六安经济技术开发区", 39, 14, 6, 34, 23, 3},
    };
    static const struct published total = {"", "", 344, 88, 36, 285, 161, 0};
    static const char from[] = "2022-01-01", as_of[] = "2022-09-30";
    *scene = (struct report_scene){0};
    for (size_t i = 0; i < REPORT_UNITS; i++)
        set_row(&scene->rows[i], &units[i], scene->rates[i]);
    struct bulletin *bulletin = &scene->bulletin;
    set_row(&bulletin->total, &total, scene->rates[REPORT_UNITS]);
    bulletin->rows = scene->rows;
    bulletin->row_count = REPORT_UNITS;
    scene->targets[0] = target_of("received_wan_total", "125.64", "+50.64");
    scene->targets[1] = target_of("received_wan_out_of_city", "70.41", "-12.92");
    bulletin->total.targets = scene->targets;
    bulletin->total.target_count = ARRAY_LENGTH(scene->targets);
    assert_int_equal(day_parse(bytes_of_text(from), &bulletin->view.from), OK);
    assert_int_equal(day_parse(bytes_of_text(as_of), &bulletin->view.as_of), OK);
    scene->paper = (struct bulletin_paper){.bulletin = bulletin,
                                           .city = "六安市",
                                           .known_at = 2312,
                                           .recorded_at_ms = INT64_C(1664500000000)};
}
