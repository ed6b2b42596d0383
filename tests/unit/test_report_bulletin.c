/* test_report_bulletin.c - a bulletin as JSON for scripts, CSV, a table, and an office's pages. */
#include "tests/unit/report_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/report_figures.h"
#include "report/sheet.h"
#include "report/table.h"

static struct report_scene scene;

static int setup(void **state)
{
    (void)state;
    report_scene_make(&scene);
    return 0;
}

static json_t *unit_json(json_t *whole, size_t index)
{
    return json_array_get(json_object_get(whole, "units"), index);
}

static void json_has_the_shape_that_scripts_read(void **state)
{
    static const char *const top[] = {"as_of", "from", "known_at", "units", "total", "complete_to"};
    static const char *const members[] = {
        "unit",
        "name",
        "signed",
        "performing",
        "terminated",
        "landed",
        "started",
        "completed",
        "producing",
        "contract_wan",
        "received_wan",
        "received_by_origin_wan",
        "trips",
        "rates",
        "signed_fixed_ge_yi",
        "targets",
        "gaps",
        "projects_by_origin",
        "share_percent_by_origin",
    };
    (void)state;
    json_t *whole = bulletin_to_json(&scene.paper);
    json_t *parts[] = {unit_json(whole, 0), json_object_get(whole, "total")};
    for (size_t i = 0; i < ARRAY_LENGTH(top); i++)
        assert_non_null(json_object_get(whole, top[i]));
    for (size_t part = 0; part < ARRAY_LENGTH(parts); part++)
        for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
            assert_non_null(json_object_get(parts[part], members[i]));
    assert_string_equal(json_string_value(json_object_get(whole, "as_of")), "2022-09-30");
    assert_int_equal(json_integer_value(json_object_get(whole, "known_at")), 2312);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(whole, "complete_to"), "341502")),
        "2022-09-30T09:06:40.000+08:00");
    json_decref(whole);
}

static void json_gives_counts_as_integers_and_percents_as_texts(void **state)
{
    (void)state;
    json_t *whole = bulletin_to_json(&scene.paper);
    json_t *unit = unit_json(whole, 0);
    json_t *rate = json_array_get(json_object_get(unit, "rates"), 0);
    assert_int_equal(json_integer_value(json_object_get(unit, "signed")), 46);
    json_t *sizes = json_object_get(unit, "signed_fixed_ge_yi");
    assert_int_equal(json_integer_value(json_object_get(sizes, "1")), 16);
    assert_int_equal(json_integer_value(json_object_get(sizes, "5")), 11);
    assert_int_equal(json_integer_value(json_object_get(sizes, "10")), 6);
    assert_int_equal(json_integer_value(json_object_get(unit, "received_wan")), 344022);
    assert_string_equal(json_string_value(json_object_get(rate, "percent")), "93.48");
    assert_int_equal(json_integer_value(json_object_get(rate, "numerator")), 43);
    json_t *gaps = json_object_get(unit, "gaps");
    assert_int_equal(json_integer_value(json_object_get(gaps, "SIGNED_NOT_STARTED")), 3);
    assert_int_equal(json_object_size(gaps), GAP_CLASSES);
    json_decref(whole);
}

static void json_gives_null_where_a_denominator_is_zero(void **state)
{
    (void)state;
    scene.rates[0][0].has_percent = false;
    scene.rows[0].share_percent_by_origin[ORIGIN_OUT_OF_PROVINCE][0] = '\0';
    scene.bulletin.view.from = DAY_NONE;
    json_t *whole = bulletin_to_json(&scene.paper);
    json_t *unit = unit_json(whole, 0);
    json_t *rate = json_array_get(json_object_get(unit, "rates"), 0);
    json_t *shares = json_object_get(unit, "share_percent_by_origin");
    assert_true(json_is_null(json_object_get(rate, "percent")));
    assert_true(json_is_null(json_object_get(shares, "out_of_province")));
    assert_true(json_is_null(json_object_get(whole, "from")));
    json_decref(whole);
}

static void json_gives_targets_with_rate_and_pace(void **state)
{
    (void)state;
    json_t *whole = bulletin_to_json(&scene.paper);
    json_t *targets = json_object_get(json_object_get(whole, "total"), "targets");
    json_t *target = json_array_get(targets, 1);
    assert_int_equal(json_array_size(targets), 2);
    assert_string_equal(json_string_value(json_object_get(target, "metric")),
                        "received_wan_out_of_city");
    assert_int_equal(json_integer_value(json_object_get(target, "target_wan")), 800000);
    assert_string_equal(json_string_value(json_object_get(target, "pace_points")), "-12.92");
    json_decref(whole);
}

static const char *csv_of(struct buffer *out)
{
    bulletin_to_csv(&scene.paper, out);
    buffer_add(out, bytes_of("", 1));
    return (const char *)out->data;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

static void csv_has_a_mark_a_heading_a_row_a_unit_and_the_total(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    (void)state;
    const char *csv = csv_of(&out);
    assert_memory_equal(csv, "\xEF\xBB\xBF单位代码,单位,签约项目小计(个)",
                        strlen("\xEF\xBB\xBF单位代码,单位,签约项目小计(个)"));
    assert_int_equal(count_of(csv, "\r\n"), REPORT_UNITS + 2);
    assert_non_null(strstr(csv, "\r\n341502,金安区,46,16,11,6,46,0,0,43,0,0,93.48,1,28,"));
    assert_non_null(strstr(csv, "\r\n,全市合计,344,"));
    assert_non_null(strstr(csv, "received_wan_out_of_city 超欠进度(百分点)"));
    assert_non_null(strstr(csv, ",125.64,+50.64,70.41,-12.92\r\n"));
}

static void csv_has_as_many_cells_in_every_row(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    size_t cells = 0;
    (void)state;
    char *csv = strdup(csv_of(&out));
    char *rest = csv;
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        size_t here = count_of(line, ",");
        cells = cells > 0 ? cells : here;
        assert_int_equal(here, cells);
    }
    free(csv);
}

static void csv_shows_a_name_that_looks_like_a_formula_as_text(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    (void)state;
    scene.rows[0].name = bytes_of_text("=1+1");
    scene.rows[1].name = bytes_of_text("甲,\"乙\"");
    const char *csv = csv_of(&out);
    assert_non_null(strstr(csv, "341502,\"'=1+1\",46,"));
    assert_non_null(strstr(csv, "341503,\"甲,\"\"乙\"\"\",44,"));
}

static void the_table_stands_in_columns_whatever_the_width_of_a_name(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    CLEANUP(arena_release) struct arena arena;
    (void)state;
    arena_init(&arena, 1 << 20);
    bulletin_to_table(&scene.paper, &arena, &out);
    buffer_add(&out, bytes_of("", 1));
    const char *text = (const char *)out.data;
    const char *first = strstr(text, "\n金安区"), *second = strstr(text, "\n六安经济技术开发区");
    assert_non_null(first);
    assert_non_null(second);
    size_t width = table_text_width(bytes_of(first + 1, strcspn(first + 1, "\n")));
    assert_int_equal(table_text_width(bytes_of(second + 1, strcspn(second + 1, "\n"))), width);
    assert_non_null(strstr(text, "六安市2022年1—9月招商引资工作情况"));
    assert_non_null(strstr(text, "START_OVER_SIGNED 第1版"));
    assert_non_null(strstr(text, "第2312号记录"));
    assert_non_null(strstr(text, "金安区 2022-09-30T09:06"));
    assert_non_null(strstr(text, "表四"));
}

static void a_county_whose_data_end_before_the_day_is_named(void **state)
{
    CLEANUP(buffer_release) struct buffer before = {0}, after = {0};
    (void)state;
    paper_notes(&scene.paper, 0, &before);
    buffer_add(&before, bytes_of("", 1));
    assert_null(strstr((const char *)before.data, "数据未报至截止日"));
    scene.rows[2].complete_to_ms = INT64_C(1662000000000);
    scene.rows[3].complete_to_ms = 0;
    paper_notes(&scene.paper, 0, &after);
    buffer_add(&after, bytes_of("", 1));
    assert_non_null(strstr((const char *)after.data,
                           "数据未报至截止日的单位：叶集区（2022-09-01），霍邱县（未报）。"));
}

static const char *notes_of(struct buffer *out)
{
    buffer_clear(out);
    paper_notes(&scene.paper, 0, out);
    buffer_add(out, bytes_of("", 1));
    return (const char *)out->data;
}

static void a_months_publication_says_by_which_close(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    (void)state;
    assert_null(strstr(notes_of(&out), "月结"));
    json_t *whole = bulletin_to_json(&scene.paper);
    assert_true(json_is_null(json_object_get(whole, "month")));
    assert_true(json_is_null(json_object_get(whole, "closed_on")));
    json_decref(whole);
    scene.paper.monthly.month = 2022 * 12 + 8;
    assert_non_null(strstr(notes_of(&out), "未设月结日，按已入库的全部数据。\n"));
    assert_int_equal(day_parse(bytes_of_text("2022-10-05"), &scene.paper.monthly.closed_on), OK);
    assert_non_null(strstr(
        notes_of(&out), "按月结 2022-10-05 24时前入库的数据；此后入库的列入下月，发生日不变。\n"));
    whole = bulletin_to_json(&scene.paper);
    assert_string_equal(json_string_value(json_object_get(whole, "month")), "2022-09");
    assert_string_equal(json_string_value(json_object_get(whole, "closed_on")), "2022-10-05");
    json_decref(whole);
}

static void what_was_verified_stands_beside_what_was_claimed(void **state)
{
    CLEANUP(buffer_release) struct buffer csv = {0}, table = {0};
    CLEANUP(arena_release) struct arena arena;
    (void)state;
    arena_init(&arena, 1 << 20);
    scene.rows[0].verified_yuan = INT64_C(3210000000);
    assert_non_null(strstr(csv_of(&csv), "到位资金合计(万元),到位资金核实到位(万元),"));
    assert_non_null(strstr((const char *)csv.data, ",344022,321000,"));
    bulletin_to_table(&scene.paper, &arena, &table);
    buffer_add(&table, bytes_of("", 1));
    const char *heading = strstr((const char *)table.data, "核实到位");
    assert_non_null(heading);
    assert_non_null(strstr(heading, "344022    321000"));
    json_t *whole = bulletin_to_json(&scene.paper);
    assert_int_equal(json_integer_value(json_object_get(unit_json(whole, 0), "verified_wan")),
                     321000);
    json_decref(whole);
}

static const char *period(const char *from, const char *as_of)
{
    static char shown[128];
    struct buffer out = {0};
    struct view *view = &scene.bulletin.view;
    view->from = DAY_NONE;
    if (from)
        assert_int_equal(day_parse(bytes_of_text(from), &view->from), OK);
    assert_int_equal(day_parse(bytes_of_text(as_of), &view->as_of), OK);
    paper_period(&scene.paper, &out);
    bytes_to_text(buffer_bytes(&out), shown, sizeof shown);
    buffer_release(&out);
    return shown;
}

static void a_period_is_named_as_offices_name_it(void **state)
{
    (void)state;
    assert_string_equal(period("2022-01-01", "2022-09-30"), "2022年1—9月");
    assert_string_equal(period("2022-02-01", "2022-02-28"), "2022年2月");
    assert_string_equal(period(NULL, "2022-09-30"), "截至2022年9月30日");
    assert_string_equal(period("2022-01-01", "2022-09-29"), "2022年1月1日—9月29日");
    assert_string_equal(period("2021-03-05", "2022-09-30"), "2021年3月5日—2022年9月30日");
}

static void a_figure_is_found_by_its_id(void **state)
{
    char text[FIGURE_TEXT_SIZE];
    const struct bulletin_row *row = &scene.rows[0];
    (void)state;
    assert_true(figure_find(row, "started", text));
    assert_string_equal(text, "43");
    assert_true(figure_find(row, "rates.START_OVER_SIGNED", text));
    assert_string_equal(text, "93.48");
    assert_true(figure_find(row, "signed_fixed_ge_yi.5", text));
    assert_string_equal(text, "11");
    assert_true(figure_find(&scene.bulletin.total, "targets.received_wan_total.pace_points", text));
    assert_string_equal(text, "+50.64");
    assert_false(figure_find(row, "started.", text));
    assert_false(figure_find(row, "targets.received_wan_total", text));
    assert_false(figure_find(row, "rates.", text));
}

/* The columns' places within bulletin_sizes are fixed numbers in report_figures.c. */
static void the_size_columns_are_of_their_sizes(void **state)
{
    static const int64_t yuan[] = {INT64_C(100000000), INT64_C(500000000), INT64_C(1000000000)};
    static const char *const ids[] = {"signed_fixed_ge_yi.1", "signed_fixed_ge_yi.5",
                                      "signed_fixed_ge_yi.10"};
    char text[FIGURE_TEXT_SIZE], expected[FIGURE_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
        assert_true(figure_find(&scene.rows[0], ids[i], text));
        (void)snprintf(expected, sizeof expected, "%lld",
                       (long long)figure_size_count(&scene.rows[0], yuan[i]));
        assert_string_equal(text, expected);
    }
}

static void equal_figures_make_an_equal_workbook(void **state)
{
    CLEANUP(buffer_release) struct buffer first = {0}, second = {0};
    struct problem problem = {0};
    (void)state;
    assert_int_equal(bulletin_to_xlsx(&scene.paper, &first, &problem), OK);
    assert_int_equal(bulletin_to_xlsx(&scene.paper, &second, &problem), OK);
    assert_true(first.size > 4096);
    assert_memory_equal(first.data, "PK\x03\x04", 4);
    assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    const char *keep = getenv("REPORT_SHOW"); /* to look at it */
    if (keep) {
        FILE *file = fopen(keep, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(first.data, 1, first.size, file), first.size);
        assert_int_equal(fclose(file), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(json_has_the_shape_that_scripts_read, setup),
        cmocka_unit_test_setup(json_gives_counts_as_integers_and_percents_as_texts, setup),
        cmocka_unit_test_setup(json_gives_null_where_a_denominator_is_zero, setup),
        cmocka_unit_test_setup(json_gives_targets_with_rate_and_pace, setup),
        cmocka_unit_test_setup(csv_has_a_mark_a_heading_a_row_a_unit_and_the_total, setup),
        cmocka_unit_test_setup(csv_has_as_many_cells_in_every_row, setup),
        cmocka_unit_test_setup(csv_shows_a_name_that_looks_like_a_formula_as_text, setup),
        cmocka_unit_test_setup(the_table_stands_in_columns_whatever_the_width_of_a_name, setup),
        cmocka_unit_test_setup(a_county_whose_data_end_before_the_day_is_named, setup),
        cmocka_unit_test_setup(a_months_publication_says_by_which_close, setup),
        cmocka_unit_test_setup(what_was_verified_stands_beside_what_was_claimed, setup),
        cmocka_unit_test_setup(a_period_is_named_as_offices_name_it, setup),
        cmocka_unit_test_setup(a_figure_is_found_by_its_id, setup),
        cmocka_unit_test_setup(the_size_columns_are_of_their_sizes, setup),
        cmocka_unit_test_setup(equal_figures_make_an_equal_workbook, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
