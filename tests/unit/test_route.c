/* test_route.c - what a request asks for, or a refusal that names what is wrong and what is right.
 */
#include "display/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct route_hosts hosts = {{"127.0.0.1", "localhost", "[::1]", "wall.example"}, 4};

struct outcome {
    enum err err;
    int status;
    struct problem problem;
    struct route route;
};

static struct outcome parse(const char *method, const char *host, const char *path,
                            const char *query)
{
    struct outcome outcome = {0};
    struct request_head head = {.method = bytes_of_text(method),
                                .host = bytes_of_text(host),
                                .path = bytes_of_text(path),
                                .query = bytes_of_text(query)};
    outcome.err = route_parse(&head, &hosts, &outcome.route, &outcome.status, &outcome.problem);
    if (outcome.err != OK)
        assert_true(outcome.problem.text[0] && outcome.problem.remedy[0]);
    return outcome;
}

static struct outcome get(const char *path, const char *query)
{
    return parse("GET", "127.0.0.1:8600", path, query);
}

static void every_documented_path_has_its_kind(void **state)
{
    static const struct {
        const char *path;
        enum route_kind kind;
        const char *subject;
    } rows[] = {
        {"/", ROUTE_PAGE, "/index.html"},
        {"/office", ROUTE_PAGE, "/office.html"},
        {"/js/main.js", ROUTE_PAGE, "/js/main.js"},
        {"/%6as/%6dain.js", ROUTE_PAGE, "/js/main.js"},
        {"/api/v1/wall", ROUTE_WALL, ""},
        {"/api/v1/stream", ROUTE_STREAM, ""},
        {"/api/v1/ledger", ROUTE_LEDGER, ""},
        {"/api/v1/lines", ROUTE_LINES, ""},
        {"/api/v1/timeline", ROUTE_TIMELINE, ""},
        {"/api/v1/units/341502", ROUTE_UNIT, "341502"},
        {"/api/v1/projects", ROUTE_PROJECTS, ""},
        {"/api/v1/projects/341502/341502-0001", ROUTE_PROJECT, "341502/341502-0001"},
        {"/api/v1/projects/341502%2F%E6%B4%BB", ROUTE_PROJECT, "341502/活"},
        {"/api/v1/gaps", ROUTE_GAPS, ""},
        {"/api/v1/bulletin", ROUTE_BULLETIN, ""},
        {"/api/v1/bulletin.csv", ROUTE_BULLETIN_CSV, ""},
        {"/api/v1/bulletin.xlsx", ROUTE_BULLETIN_XLSX, ""},
        {"/api/v1/definitions", ROUTE_DEFINITIONS, ""},
        {"/api/v1/session", ROUTE_SESSION, ""},
        {"/healthz", ROUTE_HEALTH, ""},
        {"/metrics", ROUTE_METRICS, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct outcome outcome = get(rows[i].path, "");
        assert_int_equal(outcome.err, OK);
        assert_int_equal(outcome.route.kind, rows[i].kind);
        assert_string_equal(outcome.route.subject, rows[i].subject);
    }
}

static void what_is_not_there_or_not_allowed_has_its_own_status(void **state)
{
    (void)state;
    assert_int_equal(parse("POST", "localhost", "/", "").status, 405);
    assert_int_equal(parse("get", "localhost", "/", "").status, 405);
    assert_int_equal(parse("HEAD", "localhost", "/", "").err, OK);
    assert_true(parse("HEAD", "localhost", "/", "").route.is_head);
    assert_int_equal(parse("HEAD", "localhost", "/api/v1/stream", "").status, 405);
    assert_int_equal(get("/api", "").status, 404);
    assert_int_equal(get("/api/v1/", "").status, 404);
    assert_int_equal(get("/api/v1/wall/", "").status, 404);
    assert_int_equal(get("/api/v1/unitz/341502", "").status, 404);
    assert_int_equal(get("/api/v1/units/", "").status, 400);
    assert_int_equal(get("/api/v1/units/a", "").status, 400);
    assert_int_equal(get("/api/v1/projects/341502", "").status, 400);
    assert_int_equal(get("", "").status, 400);
    assert_int_equal(get("*", "").status, 400);
    assert_int_equal(get("http://127.0.0.1/", "").status, 400);
}

static void only_known_hosts_are_answered(void **state)
{
    static const struct {
        const char *host;
        int status; /* 0: taken */
        bool is_local;
    } rows[] = {
        {"127.0.0.1", 0, true},
        {"127.0.0.1:8600", 0, true},
        {"LOCALHOST:1", 0, true},
        {"[::1]", 0, true},
        {"[::1]:8600", 0, true},
        {"wall.example:65535", 0, false},
        {"", 400, false},
        {":8600", 400, false},
        {"127.0.0.1:", 400, false},
        {"127.0.0.1:0", 400, false},
        {"127.0.0.1:65536", 400, false},
        {"127.0.0.1:80:80", 400, false},
        {"[::1", 400, false},
        {"[::1]x", 400, false},
        {"a b", 400, false},
        {"user@localhost", 400, false},
        {"evil.example", 421, false},
        {"127.0.0.1.evil.example", 421, false},
        {"localhost.", 421, false},
        {"127.0.0.2", 421, false},
        {"wall.example.evil", 421, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct outcome outcome = parse("GET", rows[i].host, "/", "");
        if (outcome.err != OK && outcome.status != rows[i].status)
            fail_msg("%s: %d", rows[i].host, outcome.status);
        assert_int_equal(outcome.err == OK, rows[i].status == 0);
        assert_int_equal(outcome.route.is_local_host, rows[i].is_local);
    }
}

static void a_path_that_is_not_written_plainly_is_refused(void **state)
{
    static const char *const paths[] = {
        "/..",
        "/../a",
        "/a/..",
        "/a/../b",
        "/.",
        "/./a",
        "/%2e%2e/a",
        "/%2E./a",
        "/a/%2e",
        "//a",
        "/a//b",
        "/a%2f%2fb",
        "/a%2fb",
        "/..%2fa",
        "/a\\b",
        "/a%5cb",
        "/a%00b",
        "/a%0ab",
        "/a%",
        "/a%4",
        "/a%zz",
        "/a%c3",
        "/a%ff",
        "/\xe6\xb4\xbb",
        "/a%c0%ae%c0%ae/b",
        "/a%7f",
        "/api/v1/projects/341502%2f..",
        "/api%2fv1/wall",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        struct outcome outcome = get(paths[i], "");
        if (outcome.err == OK || outcome.status != 400)
            fail_msg("%s: %d", paths[i], outcome.status);
    }
    struct outcome once = get("/%252e%252e/a", ""); /* decoded once, and then a strange name */
    assert_int_equal(once.err, OK);
    assert_string_equal(once.route.subject, "/%2e%2e/a");
}

static void what_is_too_long_is_414(void **state)
{
    char path[ROUTE_PATH_MAX + 3] = "/";
    (void)state;
    memset(path + 1, 'a', ROUTE_PATH_MAX - 1);
    assert_int_equal(get(path, "").status, 404);
    path[ROUTE_PATH_MAX] = 'a';
    assert_int_equal(get(path, "").status, 414);
    assert_int_equal(get("/", path).status, 414);
}

static void parameters_are_taken_by_their_types(void **state)
{
    (void)state;
    struct outcome outcome =
        get("/api/v1/projects", "as_of=2022-09-30&from=2022-01-01&at=1664503200000"
                                "&q=%E6%B4%BB+a%2Bb&stage=SIGNED&unit=341502"
                                "&limit=7");
    assert_int_equal(outcome.err, OK);
    char day[DAY_TEXT_SIZE];
    assert_string_equal(day_text(outcome.route.as_of, day), "2022-09-30");
    assert_string_equal(day_text(outcome.route.from, day), "2022-01-01");
    assert_true(outcome.route.at_ms == 1664503200000 && outcome.route.limit == 7);
    assert_string_equal(outcome.route.text, "活 a+b");
    assert_string_equal(outcome.route.stage, "SIGNED");
    assert_string_equal(outcome.route.unit, "341502");
    outcome = get("/api/v1/lines", "before=12&known_at=0");
    assert_true(outcome.err == OK && outcome.route.before == 12 && outcome.route.known_at == 0);
    outcome = get("/api/v1/wall", "");
    assert_true(outcome.route.as_of == DAY_NONE && outcome.route.known_at == UINT64_MAX &&
                outcome.route.at_ms == -1 && outcome.route.before == UINT64_MAX &&
                outcome.route.limit == ROUTE_LIMIT_MAX);
}

static void a_wrong_parameter_is_named_with_what_is_right(void **state)
{
    static const char *const rows[][3] = {
        {"/api/v1/wall", "as_of=2022-02-30", "as_of"},
        {"/api/v1/wall", "as_of=1970-01-01", "as_of"},
        {"/api/v1/wall", "as_of=", "as_of"},
        {"/api/v1/wall", "as_of", "as_of"},
        {"/api/v1/wall", "from=yesterday", "from"},
        {"/api/v1/wall", "known_at=-1", "known_at"},
        {"/api/v1/wall", "known_at=18446744073709551615", "known_at"},
        {"/api/v1/wall", "at=99999999999999", "at"},
        {"/api/v1/wall", "as_of=2022-09-30&as_of=2022-09-30", "as_of is given twice"},
        {"/api/v1/wall", "at=1&known_at=1", "at and known_at"},
        {"/api/v1/wall", "limit=1", "limit"},
        {"/api/v1/wall", "surprise=1", "surprise"},
        {"/api/v1/wall", "token=secret", "token"},
        {"/api/v1/wall", "%61s_of=2022-09-30", "parameter"},
        {"/api/v1/wall", "<script>=1", "parameter"},
        {"/api/v1/wall", "as_of=2022-09-30&&", "parameter"},
        {"/api/v1/lines", "limit=0", "limit"},
        {"/api/v1/lines", "limit=201", "limit"},
        {"/api/v1/lines", "limit=1e1", "limit"},
        {"/api/v1/gaps", "class=signed", "class"},
        {"/api/v1/gaps", "unit=x", "unit"},
        {"/api/v1/projects", "q=%ff", "q"},
        {"/api/v1/projects", "q=%00", "q"},
        {"/api/v1/projects", "q=", "q"},
        {"/api/v1/stream", "as_of=2022-09-30", "as_of"},
        {"/metrics", "a=1", "a"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct outcome outcome = get(rows[i][0], rows[i][1]);
        if (outcome.err == OK || outcome.status != 400 || !strstr(outcome.problem.text, rows[i][2]))
            fail_msg("%s?%s: %d %s", rows[i][0], rows[i][1], outcome.status, outcome.problem.text);
        assert_null(strstr(outcome.problem.text, "secret"));
        assert_null(strstr(outcome.problem.text, "<"));
    }
}

static void a_text_longer_than_its_place_is_refused_not_cut(void **state)
{
    char query[ROUTE_TEXT_MAX + 4] = "q=";
    (void)state;
    memset(query + 2, 'a', ROUTE_TEXT_MAX);
    assert_int_equal(get("/api/v1/projects", query).err, OK);
    query[ROUTE_TEXT_MAX + 2] = 'a';
    assert_int_equal(get("/api/v1/projects", query).status, 400);
}

static void a_page_takes_a_token_once_and_leaves_the_rest_to_itself(void **state)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct request_head head = {.path = bytes_of_text("/office"),
                                .query = bytes_of_text("screen=map&token=abc&&lang=en")};
    (void)state;
    struct outcome outcome = get("/", "screen=map&token=abc&lang=en");
    assert_int_equal(outcome.err, OK);
    assert_string_equal(outcome.route.token, "abc");
    assert_int_equal(get("/", "token=a&token=b").status, 400);
    assert_int_equal(get("/", "token=").status, 400);
    route_without_token(&head, &text);
    assert_true(bytes_equal_text(buffer_bytes(&text), "/office?screen=map&lang=en"));
    head.query = bytes_of_text("token=abc");
    buffer_clear(&text);
    route_without_token(&head, &text);
    assert_true(bytes_equal_text(buffer_bytes(&text), "/office"));
}

static void a_last_event_id_is_a_position_or_refused(void **state)
{
    struct request_head head = {.method = bytes_of_text("GET"),
                                .host = bytes_of_text("localhost"),
                                .path = bytes_of_text("/api/v1/stream"),
                                .last_event_id = bytes_of_text("41")};
    struct route route;
    struct problem problem = {0};
    int status = 0;
    (void)state;
    assert_int_equal(route_parse(&head, &hosts, &route, &status, &problem), OK);
    assert_true(route.last_event_id == 41);
    head.last_event_id = bytes_of_text("41x");
    assert_int_equal(route_parse(&head, &hosts, &route, &status, &problem), ERR_DENIED);
    assert_int_equal(status, 400);
}

static void a_refusal_is_json_with_code_text_and_remedy(void **state)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct problem problem = {.text = "a \"b\"", .remedy = "c"};
    (void)state;
    route_refusal_json(404, &problem, &text);
    assert_true(bytes_equal_text(
        buffer_bytes(&text),
        "{\"error\":{\"code\":\"not_found\",\"text\":\"a \\\"b\\\"\",\"remedy\":\"c\"}}\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_path_has_its_kind),
        cmocka_unit_test(what_is_not_there_or_not_allowed_has_its_own_status),
        cmocka_unit_test(only_known_hosts_are_answered),
        cmocka_unit_test(a_path_that_is_not_written_plainly_is_refused),
        cmocka_unit_test(what_is_too_long_is_414),
        cmocka_unit_test(parameters_are_taken_by_their_types),
        cmocka_unit_test(a_wrong_parameter_is_named_with_what_is_right),
        cmocka_unit_test(a_text_longer_than_its_place_is_refused_not_cut),
        cmocka_unit_test(a_page_takes_a_token_once_and_leaves_the_rest_to_itself),
        cmocka_unit_test(a_last_event_id_is_a_position_or_refused),
        cmocka_unit_test(a_refusal_is_json_with_code_text_and_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
