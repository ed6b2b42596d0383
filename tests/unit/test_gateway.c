/* test_gateway.c - raw bytes in, whole answers out, over a real socket on loopback and one loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "gateway_scene.h"

static void what_is_asked_badly_gets_a_clear_status(void **state)
{
    static const struct {
        int status;
        const char *request;
    } rows[] = {
        {200, "GET / HTTP/1.1\r\n" CLOSE},
        {404, "GET /none.js HTTP/1.1\r\n" CLOSE},
        {404, "GET /wall.js.gz HTTP/1.1\r\n" CLOSE},
        {404, "GET /api/v2/wall HTTP/1.1\r\n" CLOSE},
        {405, "POST / HTTP/1.1\r\n" CLOSE},
        {405, "TRACE / HTTP/1.1\r\n" CLOSE},
        {405, "CONNECT evil:80 HTTP/1.1\r\n" CLOSE},
        {413, "GET / HTTP/1.1\r\nContent-Length: 5\r\n" HOST "\r\nhello"},
        {413, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" HOST "\r\n0\r\n\r\n"},
        {413, "GET / HTTP/1.1\r\nContent-Length: -1\r\n" HOST "\r\n"},
        {400, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"},
        {421, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"},
        {400, "GET /../etc/passwd HTTP/1.1\r\n" CLOSE},
        {400, "GET /%2e%2e/etc/passwd HTTP/1.1\r\n" CLOSE},
        {400, "GET //etc/passwd HTTP/1.1\r\n" CLOSE},
        {400, "GET /a%5cb HTTP/1.1\r\n" CLOSE},
        {400, "GET /index.html%00.js HTTP/1.1\r\n" CLOSE},
        {400, "GET /api/v1/wall?as_of=x HTTP/1.1\r\n" CLOSE},
        {505, "GET / HTTP/2.0\r\n" CLOSE},
        {400, "\x16\x03\x01\x02\r\n\r\n"},
        {400, "GET / HTTP/1.1\n\n"},
        {200, "GET / HTTP/1.1\r\nUpgrade: websocket\r\n" CLOSE},
        {200, "GET / HTTP/1.1\r\nUpgrade: h2c\r\n" CLOSE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        int status = client_status(*state, rows[i].request);
        if (status != rows[i].status)
            fail_msg("%d, not %d: %s", status, rows[i].status, rows[i].request);
    }
}

static void headers_and_addresses_that_are_giants_are_told_so(void **state)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    buffer_add_text(&text, "GET /");
    memset(buffer_extend(&text, 10000), 'a', 10000);
    buffer_add_text(&text, " HTTP/1.1\r\n" CLOSE);
    buffer_add(&text, bytes_of("", 1));
    assert_int_equal(client_status(*state, (const char *)text.data), 414);
    buffer_clear(&text);
    buffer_add_text(&text, "GET / HTTP/1.1\r\nX: ");
    memset(buffer_extend(&text, 200000), 'a', 200000);
    buffer_add(&text, bytes_of("\r\n\r\n", 5));
    assert_int_equal(client_status(*state, (const char *)text.data), 431);
}

static void a_connection_serves_one_request_after_the_other(void **state)
{
    struct gateway_scene *scene = *state;
    int client = client_call(scene);
    client_say(client, "GET /wall.js HTTP/1.1\r\n" HOST "\r\nHEAD / HTTP/1.1\r\n" HOST "\r\n"
                       "GET /api/v1/session HTTP/1.1\r\n" CLOSE);
    char *text = client_hear(scene, client, NULL);
    char *second = strstr(text, "let a = 1;HTTP/1.1 200 OK\r\n");
    assert_non_null(second);
    char *third = strstr(second, "\r\n\r\nHTTP/1.1 200 OK\r\n"); /* HEAD: no body between */
    assert_non_null(third);
    assert_string_equal(strstr(third + 4, "\r\n\r\n"), "\r\n\r\n{}");
    free(text);
    (void)close(client);
}

static void an_answer_that_has_not_changed_is_not_sent_again(void **state)
{
    struct gateway_scene *scene = *state;
    static const char *const paths[] = {"/wall.js", "/api/v1/wall"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        char request[300], tag[100];
        (void)snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" CLOSE, paths[i]);
        char *text = client_ask(scene, request);
        assert_non_null(strstr(text, "ETag: \""));
        (void)sscanf(strstr(text, "ETag: "), "ETag: %99s", tag);
        free(text);
        (void)snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nIf-None-Match: W/\"x\", %s\r\n" CLOSE, paths[i], tag);
        assert_int_equal(client_status(scene, request), 304);
    }
    char *text = client_ask(scene, "GET /wall.js HTTP/1.1\r\nAccept-Encoding: gzip, br\r\n" CLOSE);
    assert_non_null(strstr(text, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"));
    assert_non_null(strstr(text, "\r\n\r\nzipped"));
    free(text);
}

static void an_answer_larger_than_the_socket_comes_whole(void **state)
{
    struct gateway_scene *scene = *state;
    const size_t size = 2 << 20;
    buffer_clear(&scene->body);
    for (size_t i = 0; i < size; i++)
        *buffer_extend(&scene->body, 1) = (uint8_t)('a' + i % 23);
    char *text = client_ask(scene, "GET /api/v1/wall HTTP/1.1\r\n" CLOSE);
    char *body = strstr(text, "\r\n\r\n") + 4;
    assert_int_equal(strlen(body), size);
    assert_memory_equal(body, scene->body.data, size);
    free(text);
}

static void a_ticket_whose_client_has_left_is_dropped(void **state)
{
    struct gateway_scene *scene = *state;
    struct gateway_counts counts;
    scene->answers = false;
    int client = client_call(scene);
    client_say(client, "GET /api/v1/wall HTTP/1.1\r\n" HOST "\r\n");
    while (scene->ticket_count == 0)
        gateway_scene_turn(scene);
    (void)close(client);
    do {
        gateway_scene_turn(scene);
        gateway_counts(scene->gateway, &counts);
    } while (counts.connections > 0);
    gateway_scene_answer(scene, scene->tickets[0]);
    gateway_scene_answer(scene, 999);
    assert_int_equal(client_status(scene, "GET / HTTP/1.1\r\n" CLOSE), 200);
}

static void more_questions_than_may_wait_are_told_to_come_back(void **state)
{
    struct gateway_scene *scene = *state;
    int clients[GATEWAY_WAITING_MAX];
    scene->answers = false;
    for (size_t i = 0; i < GATEWAY_WAITING_MAX; i++) {
        clients[i] = client_call(scene);
        client_say(clients[i], "GET /api/v1/wall HTTP/1.1\r\n" CLOSE);
    }
    while (scene->ticket_count < GATEWAY_WAITING_MAX)
        gateway_scene_turn(scene);
    char *text = client_ask(scene, "GET /api/v1/wall HTTP/1.1\r\n" CLOSE);
    assert_memory_equal(text, "HTTP/1.1 503", 12);
    assert_non_null(strstr(text, "Retry-After: "));
    free(text);
    for (size_t i = 0; i < GATEWAY_WAITING_MAX; i++) {
        gateway_scene_answer(scene, scene->tickets[i]);
        text = client_hear(scene, clients[i], NULL);
        assert_non_null(strstr(text, "\r\n\r\n{}"));
        free(text);
        (void)close(clients[i]);
    }
    scene->answers = true;
    assert_int_equal(client_status(scene, "GET /api/v1/wall HTTP/1.1\r\n" CLOSE), 200);
}

static void where_it_may_not_serve_it_does_not_open(void **state)
{
    struct gateway_scene *scene = *state;
    struct gateway *other = NULL;
    assert_int_equal(gateway_scene_open(scene, gateway_address(scene->gateway) + 7, false, &other),
                     ERR_BUSY);
    assert_int_equal(gateway_scene_open(scene, "0.0.0.0:0", false, &other), ERR_DENIED);
    assert_int_equal(gateway_scene_open(scene, "[::]:0", false, &other), ERR_DENIED);
    assert_int_equal(gateway_scene_open(scene, "127.0.0.1", false, &other), ERR_MALFORMED);
    assert_int_equal(gateway_scene_open(scene, "wall.example:80", false, &other), ERR_MALFORMED);
    assert_int_equal(gateway_scene_open(scene, "192.0.2.1:0", true, &other), ERR_IO);
    assert_null(other);
    assert_int_equal(gateway_scene_open(scene, "0.0.0.0:0", true, &other), OK);
    gateway_close(other);
}

static void random_bytes_hurt_nobody(void **state)
{
    struct gateway_scene *scene = *state;
    struct random random;
    random_init(&random, 18);
    for (int i = 0; i < 200; i++) {
        char noise[600];
        size_t size = (size_t)random_below(&random, sizeof(noise) - 1);
        for (size_t at = 0; at < size; at++)
            noise[at] = (char)random_below(&random, 256);
        int client = client_call(scene);
        (void)send(client, noise, size, MSG_NOSIGNAL);
        gateway_scene_turn(scene);
        (void)close(client);
    }
    assert_int_equal(client_status(scene, "GET / HTTP/1.1\r\n" CLOSE), 200);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, gateway_scene_setup, gateway_scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_asked_badly_gets_a_clear_status),
        TEST(headers_and_addresses_that_are_giants_are_told_so),
        TEST(a_connection_serves_one_request_after_the_other),
        TEST(an_answer_that_has_not_changed_is_not_sent_again),
        TEST(an_answer_larger_than_the_socket_comes_whole),
        TEST(a_ticket_whose_client_has_left_is_dropped),
        TEST(more_questions_than_may_wait_are_told_to_come_back),
        TEST(where_it_may_not_serve_it_does_not_open),
        TEST(random_bytes_hurt_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
