/* request.c - see request.h. */
#include "display/request.h"

enum {
    FIELD_HOST,
    FIELD_EVENT_ID,
    FIELD_COOKIE,
    FIELD_MATCH,
    FIELD_ENCODING,
    FIELD_LENGTH,
    FIELD_CODING,
    FIELD_CONNECTION,
    FIELD_KINDS
};

static const char *const field_names[FIELD_KINDS] = {
    "host",           "last-event-id",     "cookie",     "if-none-match", "accept-encoding",
    "content-length", "transfer-encoding", "connection",
};

struct head_fields {
    struct bytes values[FIELD_KINDS];
    bool given[FIELD_KINDS];
};

struct refusal {
    int *status;
    struct problem *problem;
};

static enum request_verdict refuse(const struct refusal *refusal, int status, const char *text,
                                   const char *remedy)
{
    *refusal->status = status;
    problem_set(refusal->problem, "%s", text);
    problem_remedy(refusal->problem, "%s", remedy);
    return REQUEST_REFUSED;
}

/* RFC 9110, 5.6.2. */
static bool is_token(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        bool is_word = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z');
        if (!is_word && (byte == 0 || !strchr("!#$%&'*+-.^_`|~", byte)))
            return false;
    }
    return text.size > 0;
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static bool is_named(struct bytes text, const char *name)
{
    size_t size = strlen(name);
    if (text.size != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (lower(text.data[i]) != (uint8_t)name[i])
            return false;
    return true;
}

/* One word of a list: "keep-alive, Upgrade". */
static bool lists_word(struct bytes list, const char *word)
{
    while (list.size > 0) {
        const uint8_t *comma = memchr(list.data, ',', list.size);
        size_t size = comma ? (size_t)(comma - list.data) : list.size;
        if (is_named(bytes_trim(bytes_of(list.data, size)), word))
            return true;
        size_t step = size < list.size ? size + 1 : size;
        list = bytes_of(list.data + step, list.size - step);
    }
    return false;
}

/* The next line without its end, which is there: the head's bytes were looked at before. */
static struct bytes take_line(struct bytes *rest)
{
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    size_t size = (size_t)(end - rest->data);
    struct bytes line = bytes_of(rest->data, size - 1);
    *rest = bytes_of(rest->data + size + 1, rest->size - size - 1);
    return line;
}

static struct bytes take_until(struct bytes *rest, uint8_t mark)
{
    const uint8_t *end = rest->size > 0 ? memchr(rest->data, mark, rest->size) : NULL;
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    struct bytes word = bytes_of(rest->data, size);
    size_t step = end ? size + 1 : size;
    *rest = bytes_of(rest->data + step, rest->size - step);
    return word;
}

static enum request_verdict read_line(struct bytes line, struct request *out,
                                      const struct refusal *refusal)
{
    struct bytes version = line, target, query;
    out->head.method = take_until(&version, ' ');
    target = take_until(&version, ' ');
    if (!is_token(out->head.method) || target.size == 0 || version.size != 8 ||
        memcmp(version.data, "HTTP/", 5) != 0)
        return refuse(refusal, 400, "the first line is no HTTP/1.1 request",
                      "send: GET /path HTTP/1.1");
    if (!bytes_equal_text(version, "HTTP/1.1") && !bytes_equal_text(version, "HTTP/1.0"))
        return refuse(refusal, 505, "only HTTP/1.1 is spoken here", "use HTTP/1.1");
    out->keeps_alive = version.data[7] == '1';
    query = target;
    out->head.path = take_until(&query, '?');
    out->head.query = query;
    return REQUEST_WHOLE;
}

static enum request_verdict read_field(struct bytes line, struct head_fields *fields,
                                       const struct refusal *refusal)
{
    struct bytes value = line, name;
    if (line.size == 0 || !memchr(line.data, ':', line.size))
        return refuse(refusal, 400, "a header line has no colon", "send NAME: VALUE");
    name = take_until(&value, ':');
    if (!is_token(name)) /* also a continued line, and a blank before the colon */
        return refuse(refusal, 400, "a header's name has characters that no name has",
                      "send NAME: VALUE, one header a line");
    for (size_t kind = 0; kind < FIELD_KINDS; kind++) {
        if (!is_named(name, field_names[kind]))
            continue;
        if (fields->given[kind]) {
            problem_set(refusal->problem, "the header %s comes twice", field_names[kind]);
            problem_remedy(refusal->problem, "send it once");
            *refusal->status = 400;
            return REQUEST_REFUSED;
        }
        fields->given[kind] = true;
        fields->values[kind] = bytes_trim(value);
    }
    return REQUEST_WHOLE;
}

static enum request_verdict read_fields(struct bytes rest, struct request *out,
                                        const struct refusal *refusal)
{
    struct head_fields fields = {0};
    for (size_t count = 0; rest.size > 2; count++) { /* the empty line is left */
        if (count == REQUEST_FIELDS_MAX)
            return refuse(refusal, 431, "too many headers", "send at most 100");
        enum request_verdict verdict = read_field(take_line(&rest), &fields, refusal);
        if (verdict != REQUEST_WHOLE)
            return verdict;
    }
    bool has_body =
        fields.given[FIELD_CODING] ||
        (fields.given[FIELD_LENGTH] && !bytes_equal_text(fields.values[FIELD_LENGTH], "0"));
    if (has_body)
        return refuse(refusal, 413, "a request here has no body",
                      "ask with GET and parameters in the address");
    out->head.host = fields.values[FIELD_HOST];
    out->head.last_event_id = fields.values[FIELD_EVENT_ID];
    out->head.cookie = fields.values[FIELD_COOKIE];
    out->head.if_none_match = fields.values[FIELD_MATCH];
    out->head.accept_encoding = fields.values[FIELD_ENCODING];
    if (lists_word(fields.values[FIELD_CONNECTION], "close"))
        out->keeps_alive = false;
    return REQUEST_WHOLE;
}

/* The size of a whole head, 0 when its end has not come. What is new is looked at once. */
static enum request_verdict find_end(struct bytes bytes, size_t *checked, size_t *size,
                                     const struct refusal *refusal)
{
    *size = 0;
    for (size_t i = *checked; i < bytes.size && i < REQUEST_HEAD_MAX; i++) {
        uint8_t byte = bytes.data[i], before = i > 0 ? bytes.data[i - 1] : 0;
        bool is_control =
            (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f;
        if (is_control || (byte == '\n') != (before == '\r'))
            return refuse(refusal, 400, "this is no HTTP request",
                          "end lines with CR LF; send no control characters");
        *checked = i + 1;
        if (byte == '\n' && i >= 3 && bytes.data[i - 2] == '\n') {
            *size = i + 1;
            return REQUEST_WHOLE;
        }
    }
    size_t line_max = bytes.size < REQUEST_LINE_MAX ? bytes.size : REQUEST_LINE_MAX;
    if (bytes.size >= REQUEST_LINE_MAX && !memchr(bytes.data, '\n', line_max))
        return refuse(refusal, 414, "the address is too long", "send a shorter one");
    if (bytes.size >= REQUEST_HEAD_MAX)
        return refuse(refusal, 431, "the headers are too large",
                      "send fewer or smaller ones, at most 16 KB; clear this address's cookies");
    return REQUEST_UNFINISHED;
}

enum request_verdict request_read(struct bytes bytes, size_t *checked, struct request *out,
                                  int *status, struct problem *problem)
{
    struct refusal refusal = {status, problem};
    struct request request = {0};
    size_t size;
    enum request_verdict verdict = find_end(bytes, checked, &size, &refusal);
    if (verdict != REQUEST_WHOLE)
        return verdict;
    struct bytes rest = bytes_of(bytes.data, size);
    verdict = read_line(take_line(&rest), &request, &refusal);
    if (verdict == REQUEST_WHOLE)
        verdict = read_fields(rest, &request, &refusal);
    if (verdict != REQUEST_WHOLE)
        return verdict;
    request.size = size;
    *out = request;
    return REQUEST_WHOLE;
}

struct bytes request_cookie(struct bytes cookies, const char *name)
{
    while (cookies.size > 0) {
        struct bytes value = bytes_trim(take_until(&cookies, ';'));
        struct bytes found = take_until(&value, '=');
        if (bytes_equal_text(found, name))
            return value;
    }
    return BYTES_NONE;
}
