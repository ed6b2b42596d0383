/* test_request.c - heads as browsers send them are read; what could be read in two ways is not. */
#include "display/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static enum request_verdict read_text(const char *text, struct request *out, int *status)
{
    struct problem problem = {0};
    size_t checked = 0;
    *status = 0;
    enum request_verdict verdict =
        request_read(bytes_of_text(text), &checked, out, status, &problem);
    if (verdict == REQUEST_REFUSED)
        assert_true(problem.text[0] && problem.remedy[0]);
    return verdict;
}

static void a_head_is_read_with_the_fields_we_use(void **state)
{
    struct request request;
    int status;
    (void)state;
    const char *text = "GET /a/b?c=d?e HTTP/1.1\r\nHOST: 127.0.0.1:8600\r\nCookie:x=1; y=2 \r\n"
                       "last-event-ID: 12\r\nIf-None-Match:\t\"a\"\r\nAccept-Encoding: gzip\r\n"
                       "X-Other: \xe6\xb4\xbb\r\n\r\nGET /next";
    assert_int_equal(read_text(text, &request, &status), REQUEST_WHOLE);
    assert_true(bytes_equal_text(request.head.method, "GET"));
    assert_true(bytes_equal_text(request.head.path, "/a/b"));
    assert_true(bytes_equal_text(request.head.query, "c=d?e"));
    assert_true(bytes_equal_text(request.head.host, "127.0.0.1:8600"));
    assert_true(bytes_equal_text(request.head.cookie, "x=1; y=2"));
    assert_true(bytes_equal_text(request.head.last_event_id, "12"));
    assert_true(bytes_equal_text(request.head.if_none_match, "\"a\""));
    assert_true(bytes_equal_text(request.head.accept_encoding, "gzip"));
    assert_true(request.keeps_alive);
    assert_string_equal(text + request.size, "GET /next");
}

static void a_head_that_drips_is_whole_with_its_last_byte_only(void **state)
{
    const char *text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct request request;
    struct problem problem = {0};
    size_t checked = 0;
    int status = 0;
    (void)state;
    for (size_t size = 0; size < strlen(text); size++)
        assert_int_equal(request_read(bytes_of(text, size), &checked, &request, &status, &problem),
                         REQUEST_UNFINISHED);
    assert_int_equal(request_read(bytes_of_text(text), &checked, &request, &status, &problem),
                     REQUEST_WHOLE);
    assert_int_equal(request.size, strlen(text));
}

static void what_is_no_plain_request_is_refused_with_a_status(void **state)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {400, "GET / HTTP/1.1\n"},
        {400, "GET / HTTP/1.1\rHost: a\r\n\r\n"},
        {400, "\x16\x03\x01"},
        {400, "\r\n\r\n"},
        {400, "GET /\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\n\r\n"},
        {400, "G(T / HTTP/1.1\r\n\r\n"},
        {400, "GET / http/1.1\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nCookie: a\r\nCookie: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"},
        {413, "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n"},
        {413, "GET / HTTP/1.1\r\nContent-Length: 00\r\n\r\n"},
        {413, "GET / HTTP/1.1\r\nContent-Length:\r\n\r\n"},
        {413, "GET / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct request request;
        int status;
        if (read_text(rows[i].text, &request, &status) != REQUEST_REFUSED ||
            status != rows[i].status)
            fail_msg("%d, not %d: %s", status, rows[i].status, rows[i].text);
    }
}

static void a_body_of_nothing_is_no_body(void **state)
{
    struct request request;
    int status;
    (void)state;
    assert_int_equal(read_text("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", &request, &status),
                     REQUEST_WHOLE);
}

static void a_connection_is_kept_unless_the_browser_ends_it(void **state)
{
    struct request request;
    int status;
    (void)state;
    assert_int_equal(
        read_text("GET / HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\n\r\n", &request, &status),
        REQUEST_WHOLE);
    assert_true(request.keeps_alive);
    assert_int_equal(
        read_text("GET / HTTP/1.1\r\nConnection: upgrade , CLOSE\r\n\r\n", &request, &status),
        REQUEST_WHOLE);
    assert_false(request.keeps_alive);
    assert_int_equal(read_text("GET / HTTP/1.0\r\n\r\n", &request, &status), REQUEST_WHOLE);
    assert_false(request.keeps_alive);
}

static void giants_are_refused_before_they_are_whole(void **state)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct request request;
    struct problem problem = {0};
    size_t checked = 0;
    int status = 0;
    (void)state;
    buffer_add_text(&text, "GET /");
    memset(buffer_extend(&text, REQUEST_LINE_MAX - 6), 'a', REQUEST_LINE_MAX - 6);
    assert_int_equal(request_read(buffer_bytes(&text), &checked, &request, &status, &problem),
                     REQUEST_UNFINISHED);
    buffer_add_text(&text, "a");
    assert_int_equal(request_read(buffer_bytes(&text), &checked, &request, &status, &problem),
                     REQUEST_REFUSED);
    assert_int_equal(status, 414);
    buffer_clear(&text);
    checked = 0;
    buffer_add_text(&text, "GET / HTTP/1.1\r\nX: ");
    memset(buffer_extend(&text, REQUEST_HEAD_MAX), 'a', REQUEST_HEAD_MAX);
    assert_int_equal(request_read(buffer_bytes(&text), &checked, &request, &status, &problem),
                     REQUEST_REFUSED);
    assert_int_equal(status, 431);
    buffer_clear(&text);
    checked = 0;
    buffer_add_text(&text, "GET / HTTP/1.1\r\n");
    for (int i = 0; i <= REQUEST_FIELDS_MAX; i++)
        buffer_add_text(&text, "X: y\r\n");
    buffer_add_text(&text, "\r\n");
    assert_int_equal(request_read(buffer_bytes(&text), &checked, &request, &status, &problem),
                     REQUEST_REFUSED);
    assert_int_equal(status, 431);
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    (void)state;
    const char *cookies = "xhuoshui=1;huoshui2=2; huoshui=a=b ; c";
    assert_true(bytes_equal_text(request_cookie(bytes_of_text(cookies), "huoshui"), "a=b"));
    assert_int_equal(request_cookie(bytes_of_text(cookies), "c").size, 0);
    assert_int_equal(request_cookie(BYTES_NONE, "huoshui").size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_read_with_the_fields_we_use),
        cmocka_unit_test(a_head_that_drips_is_whole_with_its_last_byte_only),
        cmocka_unit_test(what_is_no_plain_request_is_refused_with_a_status),
        cmocka_unit_test(a_body_of_nothing_is_no_body),
        cmocka_unit_test(a_connection_is_kept_unless_the_browser_ends_it),
        cmocka_unit_test(giants_are_refused_before_they_are_whole),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
