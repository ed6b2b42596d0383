/* test_board.c - the frame of Lu'an, nine months of 2022: what the wall shows is what the bulletin
 * says, and the same question has the same bytes. */
#include "board_scene.h"
#include "ledger/figures/bulletin.h"
#include "luan_scene.h"

static struct ledger_scene luan;
static struct board_question question;

static int open_luan(void **state)
{
    (void)state;
    luan_open(&luan);
    question = board_question_of("2022-09-30");
    return 0;
}

static int close_luan(void **state)
{
    (void)state;
    ledger_scene_close(&luan);
    return 0;
}

static struct bulletin bulletin_of_luan(void)
{
    struct bulletin bulletin;
    struct view view = {scene_day("2022-01-01"), question.as_of, UINT64_MAX, NULL};
    bulletin_make(luan.ledger, &view, &luan.arena, &bulletin);
    return bulletin;
}

static void the_published_figures_are_on_the_wall(void **state)
{
    (void)state;
    json_t *stages = board_section(&luan, BOARD_STAGES, &question);
    assert_int_equal(number_in(row_with(stages, "id", "SIGNED"), "count"), 344);
    assert_int_equal(number_in(row_with(stages, "id", "STARTED"), "count"), 285);
    assert_string_equal(text_in(row_with(stages, "id", "STARTED"), "conversion"), "82.8");
    assert_true(is_null_in(row_with(stages, "id", "NEGOTIATING"), "conversion"));
    assert_int_equal(json_array_size(stages), 6);
    json_decref(stages);
}

static void every_row_of_the_ranking_is_the_bulletins(void **state)
{
    (void)state;
    struct bulletin bulletin = bulletin_of_luan();
    json_t *ranking = board_section(&luan, BOARD_RANKING, &question);
    json_t *rows = json_object_get(ranking, "rows");
    assert_string_equal(text_in(ranking, "id"), "START_OVER_SIGNED");
    assert_int_equal(json_array_size(rows), bulletin.row_count);
    assert_int_equal(bulletin.row_count, 8);
    for (size_t i = 0; i < bulletin.row_count; i++) {
        const struct bulletin_row *row = &bulletin.rows[i];
        char code[32];
        json_t *shown = row_with(rows, "unit", bytes_to_text(row->code, code, sizeof code));
        assert_non_null(shown);
        assert_int_equal(number_in(shown, "rank"), row->rank);
        assert_int_equal(number_in(shown, "numerator"), row->started);
        assert_int_equal(number_in(shown, "denominator"), row->signed_count);
    }
    assert_string_equal(text_in(json_array_get(rows, 0), "percent"), "93.48");
    assert_string_equal(text_in(json_object_get(ranking, "total"), "percent"), "82.85");
    json_decref(ranking);
}

/* By what is known now: a bulletin as of 31 August has these places. */
static void the_rank_before_is_of_the_end_of_the_month_before(void **state)
{
    (void)state;
    struct bulletin before;
    struct view view = {scene_day("2022-01-01"), scene_day("2022-08-31"), UINT64_MAX, NULL};
    bulletin_make(luan.ledger, &view, &luan.arena, &before);
    json_t *ranking = board_section(&luan, BOARD_RANKING, &question);
    bool some_moved = false;
    for (size_t i = 0; i < before.row_count; i++) {
        char code[32];
        json_t *shown = row_with(json_object_get(ranking, "rows"), "unit",
                                 bytes_to_text(before.rows[i].code, code, sizeof code));
        assert_int_equal(number_in(shown, "before"), before.rows[i].rank);
        some_moved = some_moved || number_in(shown, "rank") != before.rows[i].rank;
    }
    assert_true(some_moved);
    json_decref(ranking);
}

static void in_january_the_rank_before_is_of_the_year_before(void **state)
{
    (void)state;
    json_t *ranking = board_on(&luan, BOARD_RANKING, "2023-01-15");
    json_t *first = row_with(json_object_get(ranking, "rows"), "unit", "341502");
    assert_true(is_null_in(first, "rank")); /* nothing was signed in the new year */
    assert_int_equal(number_in(first, "before"), 1);
    json_decref(ranking);
}

static int64_t sum_of(json_t *list)
{
    size_t index;
    json_t *value;
    int64_t sum = 0;
    json_array_foreach(list, index, value) sum += json_integer_value(value);
    return sum;
}

static void the_trend_has_twelve_months_that_end_with_the_days(void **state)
{
    (void)state;
    struct bulletin bulletin = bulletin_of_luan();
    json_t *trend = board_section(&luan, BOARD_TREND, &question);
    json_t *months = json_object_get(trend, "months");
    assert_int_equal(json_array_size(months), 12);
    assert_string_equal(json_string_value(json_array_get(months, 0)), "2021-10");
    assert_string_equal(json_string_value(json_array_get(months, 11)), "2022-09");
    assert_int_equal(sum_of(json_object_get(trend, "signed")),
                     bulletin.total.in_period[MILESTONE_CONTRACT_SIGNED]);
    assert_int_equal(sum_of(json_object_get(trend, "started")),
                     bulletin.total.in_period[MILESTONE_STARTED]);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(trend, "started"), 11)), 76);
    json_decref(trend);
}

static void the_map_puts_the_counties_into_fifths(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        int64_t rank, class;
    } places[] = {{"341502", 1, 4}, {"341504", 2, 3}, {"341571", 3, 3}, {"341522", 4, 2},
                  {"341503", 5, 1}, {"341524", 6, 1}, {"341525", 7, 0}, {"341523", 8, 0}};
    json_t *map = board_section(&luan, BOARD_MAP, &question);
    json_t *rates = json_object_get(row_with(map, "id", "START_OVER_SIGNED"), "values");
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        json_t *row = row_with(rates, "unit", places[i].unit);
        assert_int_equal(number_in(row, "rank"), places[i].rank);
        assert_int_equal(number_in(row, "class"), places[i].class);
    }
    assert_int_equal(number_in(row_with(rates, "unit", "341502"), "number"), 9348);
    json_decref(map);
}

/* 霍邱县 and 舒城县 have 52 each. */
static void ties_share_a_rank_and_a_class(void **state)
{
    (void)state;
    json_t *map = board_section(&luan, BOARD_MAP, &question);
    json_t *values = json_object_get(row_with(map, "id", "SIGNED"), "values");
    json_t *one = row_with(values, "unit", "341522"), *other = row_with(values, "unit", "341523");
    assert_int_equal(number_in(one, "rank"), 1);
    assert_int_equal(number_in(other, "rank"), 1);
    assert_int_equal(number_in(one, "class"), 4); /* of their best place */
    assert_int_equal(number_in(other, "class"), 4);
    assert_int_equal(number_in(row_with(values, "unit", "341524"), "rank"), 3);
    json_t *none = json_object_get(row_with(map, "id", "PRODUCING"), "values");
    assert_int_equal(number_in(row_with(none, "unit", "341502"), "class"), 0); /* all are alike */
    json_decref(map);
}

static void the_head_says_what_the_frame_is_of(void **state)
{
    (void)state;
    struct bulletin bulletin = bulletin_of_luan();
    char hex[2 * HASH_SIZE + 1];
    json_t *head = board_section(&luan, BOARD_HEAD, &question);
    assert_string_equal(text_in(head, "city"), "六安市");
    assert_string_equal(text_in(head, "as_of"), "2022-09-30");
    assert_string_equal(text_in(head, "from"), "2022-01-01");
    assert_string_equal(text_in(head, "time_pace"), "75.0");
    assert_int_equal(number_in(head, "days_left"), 92);
    assert_int_equal(number_in(head, "position"), luan.position);
    assert_string_equal(text_in(head, "facts"),
                        hex_text(hash_bytes(&bulletin.facts), hex, sizeof hex));
    assert_true(is_null_in(head, "last_position")); /* the log grows behind a replay */
    assert_true(json_is_false(json_object_get(head, "incomplete")));
    json_decref(head);
}

static void units_come_with_the_time_their_data_end(void **state)
{
    (void)state;
    json_t *units = board_section(&luan, BOARD_UNITS, &question);
    assert_int_equal(json_array_size(units), 8);
    assert_string_equal(text_in(json_array_get(units, 7), "type"), "PARK");
    assert_string_equal(text_in(json_array_get(units, 7), "name"), "六安经济技术开发区");
    assert_int_equal(number_in(json_array_get(units, 7), "complete_to"), luan.now_ms);
    json_decref(units);
}

/* ---- bytes ---- */

static void assert_same(const struct board *left, const struct board *right)
{
    for (size_t i = 0; i < BOARD_SECTIONS; i++) {
        if (!bytes_equal(buffer_bytes(&left->sections[i]), buffer_bytes(&right->sections[i])))
            fail_msg("section %s differs", board_section_name((enum board_section)i));
    }
}

static void the_same_question_gives_the_same_bytes(void **state)
{
    (void)state;
    struct board first = {0}, again = {0};
    struct ledger *other = NULL;
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    board_ask(luan.ledger, &question, &first);
    board_ask(luan.ledger, &question, &again);
    board_ask(luan.ledger, &question, &again); /* with what it remembers */
    assert_same(&first, &again);
    ledger_save(luan.ledger, &snapshot);
    assert_int_equal(ledger_load(buffer_bytes(&snapshot), 99, &other), OK);
    board_release(&again);
    board_ask(other, &question, &again); /* another seed of the maps */
    assert_same(&first, &again);
    ledger_free(other);
    board_release(&first);
    board_release(&again);
}

static void a_past_frame_stays_as_it_was_when_the_log_grows(void **state)
{
    (void)state;
    struct board before = {0}, after = {0};
    question.known_at = luan.position;
    board_ask(luan.ledger, &question, &before);
    ledger_scene_project(&luan, "341502/new", 5000000, "2022-03-01");
    ledger_scene_milestone(&luan, "341502/new", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    ledger_scene_enrol(&luan, "341599", "", UNIT_COUNTY);
    board_ask(luan.ledger, &question, &after);
    assert_same(&before, &after);
    question.known_at = UINT64_MAX;
    board_ask(luan.ledger, &question, &after);
    uint32_t changes = board_changes(&before, &after);
    assert_true(changes >> BOARD_STAGES & 1);
    assert_true(changes >> BOARD_RANKING & 1);
    assert_false(changes >> BOARD_SUPERVISED & 1);
    board_release(&before);
    board_release(&after);
}

static void a_frame_has_the_sections_that_are_asked_for(void **state)
{
    (void)state;
    struct board board = {0};
    CLEANUP(buffer_release) struct buffer frame = {0}, wall = {0};
    board_ask(luan.ledger, &question, &board);
    board_frame_json(&board, 1U << BOARD_STAGES | 1U << BOARD_GAPS, false, &frame);
    json_t *part = board_read(buffer_bytes(&frame));
    assert_int_equal(json_object_size(json_object_get(part, "sections")), 2);
    assert_int_equal(number_in(part, "position"), luan.position);
    assert_non_null(json_object_get(json_object_get(part, "sections"), "gaps"));
    board_wall_json(&board, &wall);
    json_t *whole = board_read(buffer_bytes(&wall));
    assert_int_equal(json_object_size(whole), BOARD_SECTIONS);
    json_decref(part);
    json_decref(whole);
    board_release(&board);
}

static void what_does_not_fit_the_memory_is_not_shown_in_part(void **state)
{
    (void)state;
    struct board board = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 20000);
    board_make(luan.ledger, &question, &arena, &board);
    json_t *head = board_read(buffer_bytes(&board.sections[BOARD_HEAD]));
    assert_true(json_is_true(json_object_get(head, "incomplete")));
    assert_int_equal(board.sections[BOARD_STAGES].size, 2);
    assert_int_equal(board.sections[BOARD_GAPS].size, 2);
    json_decref(head);
    board_release(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_figures_are_on_the_wall),
        cmocka_unit_test(every_row_of_the_ranking_is_the_bulletins),
        cmocka_unit_test(the_rank_before_is_of_the_end_of_the_month_before),
        cmocka_unit_test(in_january_the_rank_before_is_of_the_year_before),
        cmocka_unit_test(the_trend_has_twelve_months_that_end_with_the_days),
        cmocka_unit_test(the_map_puts_the_counties_into_fifths),
        cmocka_unit_test(ties_share_a_rank_and_a_class),
        cmocka_unit_test(the_head_says_what_the_frame_is_of),
        cmocka_unit_test(units_come_with_the_time_their_data_end),
        cmocka_unit_test(the_same_question_gives_the_same_bytes),
        cmocka_unit_test(a_frame_has_the_sections_that_are_asked_for),
        cmocka_unit_test(what_does_not_fit_the_memory_is_not_shown_in_part),
        cmocka_unit_test(a_past_frame_stays_as_it_was_when_the_log_grows),
    };
    return cmocka_run_group_tests(tests, open_luan, close_luan);
}
