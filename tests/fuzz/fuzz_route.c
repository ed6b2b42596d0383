/* fuzz_route.c - any bytes as a connection's: read as a request or refused with a status and a
 * remedy, the same however they drip; what is understood is within its limits. */
#include <assert.h>
#include <string.h>

#include "display/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    assert(memchr(text, '\0', ROUTE_TEXT_MAX + 1));
    assert(bytes_are_utf8(bytes_of_text(text)));
    assert(!strpbrk(text, "\r\n\t"));
}

static void check_route(const struct route *route)
{
    assert(route->kind < ROUTE_KINDS && route->limit >= 1 && route->limit <= ROUTE_LIMIT_MAX);
    assert(route->at_ms >= -1);
    check_text(route->subject);
    check_text(route->unit);
    check_text(route->class);
    check_text(route->text);
    check_text(route->stage);
    check_text(route->token);
    if (route->kind == ROUTE_PAGE)
        assert(route->subject[0] == '/' && !strstr(route->subject, "/../") &&
               !strstr(route->subject, "//") && !strchr(route->subject, '\\'));
}

static void check_location(const struct request_head *head)
{
    CLEANUP(buffer_release) struct buffer location = {0};
    route_without_token(head, &location);
    assert(location.size > 0 && location.data[0] == '/');
    assert(location.size == 1 || location.data[1] != '/'); /* no other host */
    for (size_t i = 0; i < location.size; i++)
        assert(location.data[i] > ' ' && location.data[i] < 0x7f);
}

static void parse(const struct request_head *head)
{
    static const struct route_hosts hosts = {{"127.0.0.1", "a"}, 2};
    struct route route;
    struct problem problem = {0};
    int status = 0;
    (void)request_cookie(head->cookie, "huoshui");
    if (route_parse(head, &hosts, &route, &status, &problem) == OK) {
        check_route(&route);
        check_location(head);
        return;
    }
    assert(status == 400 || status == 404 || status == 405 || status == 414 || status == 421);
    assert(problem.text[0] && problem.remedy[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request request, dripped;
    struct problem problem = {0};
    size_t checked = 0, slowly = 0;
    int status = 0, status_again = 0;
    enum request_verdict again = REQUEST_UNFINISHED,
                         verdict = request_read(bytes_of(data, size), &checked, &request, &status,
                                                &problem);
    if (verdict == REQUEST_REFUSED)
        assert(status >= 400 && problem.text[0] && problem.remedy[0]);
    for (size_t i = 1; i <= size && i <= 600 && again == REQUEST_UNFINISHED; i++)
        again = request_read(bytes_of(data, i), &slowly, &dripped, &status_again, &problem);
    if (size <= 600)
        assert(again == verdict && (size == 0 || status == status_again));
    if (verdict != REQUEST_WHOLE)
        return 0;
    assert(request.size <= size && request.size <= REQUEST_HEAD_MAX);
    assert(size > 600 || request.size == dripped.size);
    parse(&request.head);
    return 0;
}
