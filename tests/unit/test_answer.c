/* test_answer.c - what a question of the API means, who may ask it, and when it is the same one. */
#include "display/answer.h"

#include "ledger_scene.h"

struct asking {
    struct ledger_scene scene;
    struct timeline timeline;
    struct board live;
    struct arena arena;
    struct answer_source source;
    struct route route;
    struct visitor visitor;
    struct answer answer;
    uint64_t first; /* position of the first project's start */
};

static enum err read_nothing(void *context, uint64_t from, uint64_t to, record_visit *visit,
                             void *visitor)
{
    (void)context, (void)from, (void)to, (void)visit, (void)visitor;
    return OK;
}

static void open_scene(struct asking *asking)
{
    *asking = (struct asking){0};
    ledger_scene_open(&asking->scene);
    ledger_scene_project(&asking->scene, "341502/1", 100000000, "2022-02-01");
    ledger_scene_milestone(&asking->scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-02-01");
    asking->first =
        ledger_scene_milestone(&asking->scene, "341502/1", MILESTONE_STARTED, "2022-03-01");
    ledger_scene_project(&asking->scene, "341503/1", 200000000, "2022-04-01");
    ledger_scene_milestone(&asking->scene, "341503/1", MILESTONE_CONTRACT_SIGNED, "2022-04-01");
    arena_init(&asking->arena, 64 << 20);
    timeline_make(&asking->timeline, asking->scene.ledger);
    asking->source = (struct answer_source){
        .ledger = asking->scene.ledger,
        .timeline = &asking->timeline,
        .arena = &asking->arena,
        .city = "六安市",
        .as_of = scene_day("2022-09-30"),
        .read = read_nothing,
    };
    asking->visitor.scope = GRANT_WALL;
}

static void close_scene(struct asking *asking)
{
    ledger_scene_close(&asking->scene);
    timeline_release(&asking->timeline);
    board_release(&asking->live);
    arena_release(&asking->arena);
    answer_release(&asking->answer);
}

static struct route route_of(enum route_kind kind)
{
    return (struct route){
        .kind = kind, .known_at = UINT64_MAX, .at_ms = -1, .before = UINT64_MAX, .limit = 200};
}

static const char *ask(struct asking *asking, const struct route *route)
{
    struct inquiry inquiry;
    buffer_clear(&asking->answer.body);
    arena_reset(&asking->arena);
    if (inquiry_open(&inquiry, &asking->source, route, &asking->visitor, &asking->answer))
        inquiry_answer(&inquiry, &asking->answer);
    buffer_add(&asking->answer.body, bytes_of("", 1));
    return (const char *)asking->answer.body.data;
}

static struct inquiry open_inquiry(struct asking *asking, const struct route *route)
{
    struct inquiry inquiry;
    assert_true(inquiry_open(&inquiry, &asking->source, route, &asking->visitor, &asking->answer));
    return inquiry;
}

static void without_a_time_it_is_the_displays_day_as_known_now(void **state)
{
    (void)state;
    struct asking asking;
    open_scene(&asking);
    struct route route = route_of(ROUTE_BULLETIN);
    struct inquiry inquiry = open_inquiry(&asking, &route);
    assert_true(inquiry.is_live);
    assert_int_equal(scene_day("2022-09-30"), inquiry.view.as_of);
    assert_int_equal(scene_day("2022-01-01"), inquiry.view.from);
    assert_int_equal(ledger_position(asking.scene.ledger), inquiry.view.known_at);
    close_scene(&asking);
}

static void an_instant_is_the_last_position_before_it_and_its_day(void **state)
{
    (void)state;
    struct asking asking;
    open_scene(&asking);
    struct route route = route_of(ROUTE_WALL);
    route.at_ms = ledger_recorded_at_ms(asking.scene.ledger, asking.first) + 1;
    struct inquiry inquiry = open_inquiry(&asking, &route);
    assert_false(inquiry.is_live);
    assert_int_equal(asking.first, inquiry.view.known_at);
    assert_int_equal(scene_day("2022-03-01"), inquiry.view.as_of);
    route.as_of = scene_day("2021-06-30");
    inquiry = open_inquiry(&asking, &route);
    assert_int_equal(scene_day("2021-06-30"), inquiry.view.as_of);
    assert_int_equal(scene_day("2021-01-01"), inquiry.view.from);
    close_scene(&asking);
}

static void a_position_that_is_not_there_yet_is_refused(void **state)
{
    (void)state;
    struct asking asking;
    open_scene(&asking);
    struct route route = route_of(ROUTE_WALL);
    route.known_at = ledger_position(asking.scene.ledger) + 1;
    const char *text = ask(&asking, &route);
    assert_int_equal(404, asking.answer.status);
    assert_non_null(strstr(text, "\"code\":\"NOT_FOUND\""));
    route.known_at = 1;
    route.from = scene_day("2023-01-01");
    (void)ask(&asking, &route);
    assert_int_equal(400, asking.answer.status);
    close_scene(&asking);
}

static void the_past_is_kept_and_each_scope_by_itself(void **state)
{
    (void)state;
    struct asking asking;
    CLEANUP(buffer_release) struct buffer wall = {0}, office = {0}, later = {0}, live = {0};
    open_scene(&asking);
    struct route route = route_of(ROUTE_WALL);
    struct inquiry inquiry = open_inquiry(&asking, &route);
    assert_false(inquiry_key(&inquiry, &live));
    route.known_at = asking.first;
    inquiry = open_inquiry(&asking, &route);
    assert_true(inquiry_key(&inquiry, &wall));
    asking.visitor.scope = GRANT_OFFICE;
    inquiry = open_inquiry(&asking, &route);
    assert_true(inquiry_key(&inquiry, &office));
    assert_false(bytes_equal(buffer_bytes(&wall), buffer_bytes(&office)));
    route.known_at++;
    inquiry = open_inquiry(&asking, &route);
    assert_true(inquiry_key(&inquiry, &later));
    assert_false(bytes_equal(buffer_bytes(&later), buffer_bytes(&office)));
    close_scene(&asking);
}

static void a_unit_sees_its_own_and_of_the_others_the_ranking(void **state)
{
    (void)state;
    struct asking asking;
    open_scene(&asking);
    asking.visitor.scope = GRANT_UNIT;
    asking.visitor.unit_count = 1;
    bytes_to_text(bytes_of_text("341502"), asking.visitor.units[0], sizeof asking.visitor.units[0]);
    struct route route = route_of(ROUTE_WALL);
    const char *text = ask(&asking, &route);
    assert_int_equal(200, asking.answer.status);
    assert_non_null(strstr(text, "\"ranking\":"));
    assert_null(strstr(text, "\"gaps\":"));
    assert_null(strstr(text, "\"supervised\":"));
    route = route_of(ROUTE_UNIT);
    bytes_to_text(bytes_of_text("341503"), route.subject, sizeof route.subject);
    (void)ask(&asking, &route);
    assert_int_equal(403, asking.answer.status);
    route = route_of(ROUTE_PROJECT);
    bytes_to_text(bytes_of_text("341503/1"), route.subject, sizeof route.subject);
    (void)ask(&asking, &route);
    assert_int_equal(403, asking.answer.status);
    route = route_of(ROUTE_BULLETIN);
    (void)ask(&asking, &route);
    assert_int_equal(403, asking.answer.status);
    route = route_of(ROUTE_PROJECTS);
    text = ask(&asking, &route);
    assert_int_equal(200, asking.answer.status);
    assert_non_null(strstr(text, "341502/1"));
    assert_null(strstr(text, "341503/1"));
    close_scene(&asking);
}

static void the_days_of_a_past_position_end_there(void **state)
{
    (void)state;
    struct asking asking;
    open_scene(&asking);
    struct route route = route_of(ROUTE_TIMELINE);
    assert_non_null(strstr(ask(&asking, &route), "2022-04-01"));
    route.known_at = asking.first;
    const char *text = ask(&asking, &route);
    assert_non_null(strstr(text, "2022-03-01"));
    assert_null(strstr(text, "2022-04-01"));
    close_scene(&asking);
}

static void what_is_not_there_is_named(void **state)
{
    (void)state;
    struct asking asking;
    open_scene(&asking);
    struct route route = route_of(ROUTE_GAPS);
    bytes_to_text(bytes_of_text("NO_SUCH"), route.class, sizeof route.class);
    (void)ask(&asking, &route);
    assert_int_equal(400, asking.answer.status);
    route = route_of(ROUTE_PROJECT);
    bytes_to_text(bytes_of_text("341502/9"), route.subject, sizeof route.subject);
    const char *text = ask(&asking, &route);
    assert_int_equal(404, asking.answer.status);
    assert_non_null(strstr(text, "\"remedy\":\"UNIT/CODE"));
    route = route_of(ROUTE_UNIT);
    bytes_to_text(bytes_of_text("999999"), route.subject, sizeof route.subject);
    (void)ask(&asking, &route);
    assert_int_equal(404, asking.answer.status);
    close_scene(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_time_it_is_the_displays_day_as_known_now),
        cmocka_unit_test(an_instant_is_the_last_position_before_it_and_its_day),
        cmocka_unit_test(a_position_that_is_not_there_yet_is_refused),
        cmocka_unit_test(the_past_is_kept_and_each_scope_by_itself),
        cmocka_unit_test(a_unit_sees_its_own_and_of_the_others_the_ranking),
        cmocka_unit_test(the_days_of_a_past_position_end_there),
        cmocka_unit_test(what_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
