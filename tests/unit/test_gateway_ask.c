/* test_gateway_ask.c - who gets what: grants and tokens, streams, and a reader that does not read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway_scene.h"
#include "io/daemon.h"

static void grant(struct gateway_scene *scene, enum grant_scope scope, const char *token)
{
    struct problem problem = {0};
    struct visitor visitor = {.scope = scope, .expires_ms = clock_wall_ms() + (int64_t)3600 * 1000};
    bytes_to_text(bytes_of_text("书记"), visitor.name, sizeof(visitor.name));
    assert_int_equal(grants_add(scene->grants, &visitor, token, clock_wall_ms(), &problem), OK);
}

static void a_name_that_is_not_loopback_needs_a_grant(void **state)
{
    struct gateway_scene *scene = *state;
    assert_int_equal(client_status(scene, "GET /api/v1/wall HTTP/1.1\r\n" CLOSE), 200);
    assert_int_equal(scene->visitor.scope, GRANT_WALL);
    assert_int_equal(client_status(scene, "GET /api/v1/wall HTTP/1.1\r\n" REMOTE "\r\n"), 401);
    assert_int_equal(client_status(scene, "GET /api/v1/stream HTTP/1.1\r\n" REMOTE "\r\n"), 401);
    assert_int_equal(client_status(scene, "GET /wall.js HTTP/1.1\r\n" REMOTE "\r\n"), 401);
    assert_int_equal(client_status(scene,
                                   "GET /api/v1/wall HTTP/1.1\r\n" REMOTE
                                   "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\n"
                                   "Cookie: huoshui=0000\r\n\r\n"),
                     401);
    assert_int_equal(client_status(scene, "GET /healthz HTTP/1.1\r\n" REMOTE "\r\n"), 200);
    char *page = client_ask(scene, "GET / HTTP/1.1\r\n" REMOTE "\r\n");
    assert_memory_equal(page, "HTTP/1.1 401", 12);
    assert_null(strstr(page, "活水</h1>"));
    free(page);
}

static void a_token_becomes_a_cookie_once_and_leaves_the_address(void **state)
{
    struct gateway_scene *scene = *state;
    char request[400], cookie[200];
    grant(scene, GRANT_OFFICE, "0123456789abcdef");
    const char *first = "GET /?screen=map&token=0123456789abcdef HTTP/1.1\r\n" REMOTE "\r\n";
    char *text = client_ask(scene, first);
    assert_memory_equal(text, "HTTP/1.1 303", 12);
    assert_non_null(strstr(text, "\r\nLocation: /?screen=map\r\n"));
    assert_non_null(strstr(text, "; HttpOnly; SameSite=Strict\r\n"));
    assert_null(strstr(text, "0123456789abcdef"));
    assert_int_equal(scene->writes, 1);
    assert_int_equal(sscanf(strstr(text, "Set-Cookie: "), "Set-Cookie: %199[^;]", cookie), 1);
    free(text);
    (void)snprintf(request, sizeof(request),
                   "GET /api/v1/wall HTTP/1.1\r\n" REMOTE "Cookie: a=b; %s; c\r\n\r\n", cookie);
    assert_int_equal(client_status(scene, request), 200);
    assert_int_equal(scene->visitor.scope, GRANT_OFFICE);
    assert_int_equal(client_status(scene, first), 401);
    (void)snprintf(request, sizeof(request),
                   "GET /?token=0123456789abcdef HTTP/1.1\r\n" REMOTE "Cookie: %s\r\n\r\n", cookie);
    text = client_ask(scene, request); /* its owner opens the address again */
    assert_memory_equal(text, "HTTP/1.1 303", 12);
    assert_null(strstr(text, "Set-Cookie"));
    free(text);
}

static void a_token_stays_good_when_its_use_cannot_be_written(void **state)
{
    struct gateway_scene *scene = *state;
    const char *request = "GET /?token=abcd HTTP/1.1\r\n" REMOTE "\r\n";
    grant(scene, GRANT_WALL, "abcd");
    scene->write_fails = true;
    assert_int_equal(client_status(scene, request), 503);
    scene->write_fails = false;
    char *text =
        client_ask(scene, "HEAD /?token=abcd HTTP/1.1\r\n" REMOTE "\r\n"); /* a link's preview */
    assert_memory_equal(text, "HTTP/1.1 401", 12);
    free(text);
    assert_int_equal(client_status(scene, request), 303);
}

static int follow(struct gateway_scene *scene, const char *more)
{
    char request[300];
    int client = client_call(scene);
    (void)snprintf(request, sizeof(request), "GET /api/v1/stream HTTP/1.1\r\n" HOST "%s\r\n", more);
    client_say(client, request);
    return client;
}

static void add_fact(struct gateway_scene *scene, uint64_t position)
{
    char text[64];
    (void)snprintf(text, sizeof(text), "{\"position\":%llu}", (unsigned long long)position);
    stream_add(scene->stream, STREAM_FACT, position, bytes_of_text("341502"), bytes_of_text(text));
    gateway_wake(scene->gateway);
}

static void a_stream_tells_what_comes_and_goes_on_after_an_id(void **state)
{
    struct gateway_scene *scene = *state;
    add_fact(scene, 7);
    stream_begin_with(scene->stream, 7, bytes_of_text("{\"whole\":true}"), BYTES_NONE);
    int client = follow(scene, "");
    char *text = client_hear(scene, client, "whole");
    assert_non_null(strstr(text, "Content-Type: text/event-stream; charset=utf-8\r\n"));
    assert_null(strstr(text, "Content-Length"));
    assert_non_null(strstr(text, "id: 7\nevent: frame\ndata: {\"whole\":true}\n\n"));
    free(text);
    add_fact(scene, 8);
    text = client_hear(scene, client, "\n\n");
    assert_string_equal(text, "id: 8\nevent: fact\ndata: {\"position\":8}\n\n");
    free(text);
    (void)close(client);
    add_fact(scene, 9);
    client = follow(scene, "Last-Event-ID: 7\r\n");
    text = client_hear(scene, client, "whole");
    char *eight = strstr(text, "id: 8\n"), *nine = strstr(text, "id: 9\n");
    assert_true(eight && nine && eight < nine && nine < strstr(text, "whole"));
    free(text);
    (void)close(client);
}

static void a_stream_ends_with_the_program_and_counts_are_kept(void **state)
{
    struct gateway_scene *scene = *state;
    struct gateway_counts counts;
    stream_begin_with(scene->stream, 1, bytes_of_text("{}"), BYTES_NONE);
    int client = follow(scene, "");
    free(client_hear(scene, client, "event: frame"));
    gateway_counts(scene->gateway, &counts);
    assert_true(counts.streams == 1 && counts.streams_opened == 1 && counts.connections == 1);
    gateway_close(scene->gateway);
    char byte;
    assert_int_equal(recv(client, &byte, 1, MSG_DONTWAIT), 0);
    (void)close(client);
    assert_int_equal(gateway_scene_open(scene, "127.0.0.1:0", false, &scene->gateway), OK);
}

static void who_does_not_read_costs_its_socket_and_nobody_else(void **state)
{
    struct gateway_scene *scene = *state;
    struct gateway_counts counts;
    CLEANUP(buffer_release) struct buffer large = {0};
    memset(buffer_extend(&large, 100000), 'x', 100000);
    stream_begin_with(scene->stream, 1, bytes_of_text("{}"), BYTES_NONE);
    int slow = follow(scene, ""), quick = follow(scene, "");
    free(client_hear(scene, slow, "event: frame"));
    free(client_hear(scene, quick, "event: frame"));
    for (uint64_t position = 2; position < 200; position++) {
        char end[32];
        (void)snprintf(end, sizeof(end), "{%llu}\n\n", (unsigned long long)position);
        stream_add(scene->stream, STREAM_FRAME, position, BYTES_NONE, buffer_bytes(&large));
        stream_begin_with(scene->stream, position, bytes_of_text("{}"), BYTES_NONE);
        stream_add(scene->stream, STREAM_FACT, position, BYTES_NONE,
                   bytes_of(end, strlen(end) - 2));
        gateway_wake(scene->gateway);
        char *text = client_hear(scene, quick, end);
        assert_non_null(strstr(text, "xxx"));
        free(text);
    }
    gateway_counts(scene->gateway, &counts);
    /* Kernel buffers of both sides at most, for the one; all of 20 MB for the other. */
    assert_in_range(counts.bytes_sent, 198 * 100000, 198 * 100000 + (8 << 20));
    char *text =
        client_hear(scene, slow, "{199}"); /* and when it reads again it is brought up to now */
    assert_non_null(strstr(text, "event: frame"));
    free(text);
    (void)close(slow);
    (void)close(quick);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, gateway_scene_setup, gateway_scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_that_is_not_loopback_needs_a_grant),
        TEST(a_token_becomes_a_cookie_once_and_leaves_the_address),
        TEST(a_token_stays_good_when_its_use_cannot_be_written),
        TEST(a_stream_tells_what_comes_and_goes_on_after_an_id),
        TEST(a_stream_ends_with_the_program_and_counts_are_kept),
        TEST(who_does_not_read_costs_its_socket_and_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
