/* route.c - see route.h. Parameters: route_query.c. */
#include "display/route.h"

#include "display/route_parts.h"
#include "ledger/event/event.h"
#include "proto/json.h"

static const struct {
    const char *path;
    enum route_kind kind;
    unsigned takes;
} paths[] = {
    {"/api/v1/wall", ROUTE_WALL, TAKES_TIME},
    {"/api/v1/stream", ROUTE_STREAM, 0},
    {"/api/v1/ledger", ROUTE_LEDGER, TAKES_TIME},
    {"/api/v1/lines", ROUTE_LINES, TAKES_TIME | TAKES_LINES},
    {"/api/v1/timeline", ROUTE_TIMELINE, TAKES_TIME},
    {"/api/v1/projects", ROUTE_PROJECTS, TAKES_TIME | TAKES_PROJECTS},
    {"/api/v1/gaps", ROUTE_GAPS, TAKES_TIME | TAKES_GAPS},
    {"/api/v1/bulletin", ROUTE_BULLETIN, TAKES_TIME},
    {"/api/v1/bulletin.csv", ROUTE_BULLETIN_CSV, TAKES_TIME},
    {"/api/v1/bulletin.xlsx", ROUTE_BULLETIN_XLSX, TAKES_TIME},
    {"/api/v1/definitions", ROUTE_DEFINITIONS, TAKES_TIME},
    {"/api/v1/session", ROUTE_SESSION, 0},
    {"/healthz", ROUTE_HEALTH, 0},
    {"/metrics", ROUTE_METRICS, 0},
};
static const char units_path[] = "/api/v1/units/", projects_path[] = "/api/v1/projects/";

enum err route_refuse(int *status, struct problem *problem, int code, const char *text,
                      const char *remedy)
{
    *status = code;
    problem_set(problem, "%s", text);
    problem_remedy(problem, "%s", remedy);
    return ERR_DENIED;
}

bool route_next_part(struct bytes *rest, char mark, struct bytes *out)
{
    if (rest->size == 0)
        return false;
    const uint8_t *end = memchr(rest->data, mark, rest->size);
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    size_t step = end ? size + 1 : size;
    *out = bytes_of(rest->data, size);
    *rest = bytes_of(rest->data + step, rest->size - step);
    return true;
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

bool route_decode(struct bytes text, bool plus_is_blank, char *out, size_t out_size)
{
    size_t used = 0;
    for (size_t i = 0; i < text.size; i++) {
        int byte = text.data[i];
        if (byte == '%') {
            int high = i + 2 < text.size ? hex_digit(text.data[i + 1]) : -1;
            int low = i + 2 < text.size ? hex_digit(text.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            byte = high << 4 | low;
            i += 2;
        } else if (byte == '+' && plus_is_blank) {
            byte = ' ';
        }
        if (byte < ' ' || byte == 0x7f || used + 1 >= out_size)
            return false;
        out[used++] = (char)byte;
    }
    out[used] = '\0';
    return bytes_are_utf8(bytes_of_text(out));
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

/* The name of "name:port" in lower case, brackets of an IPv6 address included. */
static bool host_name(struct bytes host, char *out, size_t out_size)
{
    bool is_ipv6 = host.size > 0 && host.data[0] == '[';
    const uint8_t *end = host.size > 0 ? memchr(host.data, is_ipv6 ? ']' : ':', host.size) : NULL;
    size_t size = end ? (size_t)(end - host.data) + is_ipv6 : host.size;
    uint64_t port = 0;
    if (size == 0 || size >= out_size || (is_ipv6 && !end))
        return false;
    if (size < host.size &&
        (host.data[size] != ':' ||
         u64_parse(bytes_of(host.data + size + 1, host.size - size - 1), 65535, &port) != OK ||
         port == 0))
        return false;
    for (size_t i = 0; i < size; i++)
        out[i] = (char)lower(host.data[i]);
    out[size] = '\0';
    return out[strspn(out, is_ipv6 ? "[]:.0123456789abcdef"
                                   : "-._0123456789abcdefghijklm"
                                     "nopqrstuvwxyz")] == '\0';
}

/* 127.0.0.0/8 as four numbers: "127.0.0.1.example" is somebody's name. */
static bool is_loopback_number(struct bytes name)
{
    struct bytes part;
    uint64_t number;
    size_t count = 0;
    for (; route_next_part(&name, '.', &part); count++)
        if (part.size > 3 || u64_parse(part, 255, &number) != OK || (count == 0 && number != 127))
            return false;
    return count == 4;
}

static enum err check_host(struct bytes host, const struct route_hosts *hosts, struct route *out,
                           int *status, struct problem *problem)
{
    char name[ROUTE_TEXT_MAX + 1];
    if (!host_name(host, name, sizeof(name)))
        return route_refuse(status, problem, 400, "the request does not say which host it asks",
                            "send a Host header, as HTTP/1.1 demands");
    out->is_local_host = strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
                         is_loopback_number(bytes_of_text(name));
    for (size_t i = 0; i < hosts->count; i++)
        if (strcmp(name, hosts->names[i]) == 0)
            return OK;
    return route_refuse(status, problem, 421, "this program does not answer to that host name",
                        "use its address, or have the name added to its settings");
}

static enum err refuse_path(int *status, struct problem *problem)
{
    return route_refuse(status, problem, 400, "the path is not written plainly",
                        "no //, ., .., \\ or control characters, and percent-encoding in UTF-8");
}

/* Decoded once and then never again. slashes: an encoded one is in it. */
static enum err decode_path(struct bytes path, char out[ROUTE_PATH_MAX + 1], bool *has_slash,
                            int *status, struct problem *problem)
{
    struct bytes part, rest;
    if (path.size > ROUTE_PATH_MAX)
        return route_refuse(status, problem, 414, "the path is too long", "send a shorter one");
    if (path.size == 0 || path.data[0] != '/')
        return route_refuse(status, problem, 400, "the request asks for no path",
                            "send: GET /path HTTP/1.1");
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] <= ' ' || path.data[i] >= 0x7f)
            return refuse_path(status, problem);
        if (path.data[i] == '%' && i + 2 < path.size && path.data[i + 1] == '2' &&
            lower(path.data[i + 2]) == 'f')
            *has_slash = true;
    }
    if (!route_decode(path, false, out, ROUTE_PATH_MAX + 1) || strchr(out, '\\') ||
        strstr(out, "//"))
        return refuse_path(status, problem);
    rest = bytes_of_text(out + 1);
    while (route_next_part(&rest, '/', &part))
        if (bytes_equal_text(part, ".") || bytes_equal_text(part, ".."))
            return refuse_path(status, problem);
    return OK;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static enum err set_subject(const char *subject, enum route_kind kind, struct route *out)
{
    out->kind = kind;
    bytes_to_text(bytes_of_text(subject), out->subject, sizeof(out->subject));
    return OK;
}

static enum err find_kind(const char *path, struct route *out, unsigned *takes, int *status,
                          struct problem *problem)
{
    *takes = TAKES_TIME;
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        if (strcmp(path, paths[i].path) != 0)
            continue;
        *takes = paths[i].takes;
        out->kind = paths[i].kind;
        return OK;
    }
    if (begins(path, units_path)) {
        const char *unit = path + strlen(units_path);
        if (unit_is_valid(bytes_of_text(unit)))
            return set_subject(unit, ROUTE_UNIT, out);
        return route_refuse(status, problem, 400, "the path names no unit",
                            "give a unit's code: /api/v1/units/341502");
    }
    if (begins(path, projects_path)) {
        const char *project = path + strlen(projects_path);
        if (subject_is_valid(bytes_of_text(project)))
            return set_subject(project, ROUTE_PROJECT, out);
        return route_refuse(status, problem, 400, "the path names no project",
                            "give unit and code: /api/v1/projects/341502/341502-0001");
    }
    if (strcmp(path, "/api") == 0 || begins(path, "/api/") || strlen(path) > ROUTE_TEXT_MAX)
        return route_refuse(status, problem, 404, "there is nothing at this path",
                            "docs/display.md lists the paths");
    *takes = TAKES_TOKEN;
    if (strcmp(path, "/") == 0)
        path = "/index.html";
    else if (strcmp(path, "/office") == 0)
        path = "/office.html";
    return set_subject(path, ROUTE_PAGE, out);
}

enum err route_parse(const struct request_head *head, const struct route_hosts *hosts,
                     struct route *out, int *status, struct problem *problem)
{
    struct route route = {.known_at = UINT64_MAX,
                          .before = UINT64_MAX,
                          .at_ms = -1,
                          .as_of = DAY_NONE,
                          .from = DAY_NONE,
                          .limit = ROUTE_LIMIT_MAX};
    char path[ROUTE_PATH_MAX + 1];
    bool has_slash = false;
    unsigned takes = 0;
    route.is_head = bytes_equal_text(head->method, "HEAD");
    if (!route.is_head && !bytes_equal_text(head->method, "GET"))
        return route_refuse(status, problem, 405, "nothing can be changed here", "ask with GET");
    enum err err = check_host(head->host, hosts, &route, status, problem);
    if (err == OK && head->query.size > ROUTE_PATH_MAX)
        err = route_refuse(status, problem, 414, "the parameters are too long", "send less");
    if (err == OK)
        err = decode_path(head->path, path, &has_slash, status, problem);
    if (err == OK)
        err = find_kind(path, &route, &takes, status, problem);
    if (err == OK && has_slash && route.kind != ROUTE_PROJECT) /* its id has a slash of its own */
        err = refuse_path(status, problem);
    if (err == OK)
        err = route_query(head->query, takes, &route, status, problem);
    if (err == OK && route.kind == ROUTE_STREAM && route.is_head)
        err = route_refuse(status, problem, 405, "a stream has no end", "ask with GET");
    if (err == OK && head->last_event_id.size > 0 &&
        u64_parse(head->last_event_id, UINT64_MAX - 1, &route.last_event_id) != OK)
        err = route_refuse(status, problem, 400, "the header Last-Event-ID is no position",
                           "send the id of the last message, or leave it out");
    if (err != OK) /* no TRY: what strangers send does not go into the log line by line */
        return err;
    *out = route;
    return OK;
}

void route_without_token(const struct request_head *head, struct buffer *out)
{
    struct bytes query = head->query, part;
    char mark = '?';
    buffer_add(out, head->path);
    while (route_next_part(&query, '&', &part)) {
        struct bytes rest = part, name;
        if (!route_next_part(&rest, '=', &name) || bytes_equal_text(name, "token"))
            continue;
        buffer_add(out, bytes_of(&mark, 1));
        buffer_add(out, part);
        mark = '&';
    }
}

static const char *code_of(int status)
{
    static const struct {
        int status;
        const char *code;
    } codes[] = {
        {400, "bad_request"},       {401, "token_needed"},
        {403, "not_allowed"},       {404, "not_found"},
        {405, "read_only"},         {408, "too_slow"},
        {413, "body_not_taken"},    {414, "address_too_long"},
        {421, "unknown_host"},      {429, "too_many_requests"},
        {431, "headers_too_large"}, {503, "not_now"},
        {505, "wrong_http"},        {500, "failed"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        if (codes[i].status == status)
            return codes[i].code;
    return "refused";
}

void route_refusal_json(int status, const struct problem *problem, struct buffer *out)
{
    buffer_add_text(out, "{\"error\":{\"code\":");
    json_text_write(bytes_of_text(code_of(status)), out);
    buffer_add_text(out, ",\"text\":");
    json_text_write(bytes_of_text(problem->text), out);
    buffer_add_text(out, ",\"remedy\":");
    json_text_write(bytes_of_text(problem->remedy), out);
    buffer_add_text(out, "}}\n");
}
