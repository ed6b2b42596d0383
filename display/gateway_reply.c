/* gateway_reply.c - how an answer is said: its head, its parts, its end. See gateway_parts.h. */
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "display/gateway_parts.h"
#include "io/daemon.h"

/* On every answer, also on refusals. */
static const char security[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

static const char json_type[] = "application/json; charset=utf-8";

static const char *phrase_of(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {421, "Misdirected Request"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return status < 400 ? "OK" : "Error";
}

static void add_date(struct buffer *out)
{
    static const char days[] = "SunMonTueWedThuFriSat",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm parts;
    if (!gmtime_r(&now, &parts))
        return;
    buffer_add_format(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
                      days + 3 * (ptrdiff_t)parts.tm_wday, parts.tm_mday,
                      months + 3 * (ptrdiff_t)parts.tm_mon, parts.tm_year + 1900, parts.tm_hour,
                      parts.tm_min, parts.tm_sec);
}

static void add_head(const struct connection *connection, const struct reply *reply,
                     struct buffer *out)
{
    bool has_body = reply->status != 304;
    buffer_add_format(out, "HTTP/1.1 %d %s\r\n", reply->status, phrase_of(reply->status));
    add_date(out);
    if (has_body && reply->type)
        buffer_add_format(out, "Content-Type: %s\r\n", reply->type);
    if (has_body && !reply->is_stream)
        buffer_add_format(out, "Content-Length: %zu\r\n", reply->body.size);
    if (reply->is_gzip)
        buffer_add_text(out, "Content-Encoding: gzip\r\n");
    if (reply->varies)
        buffer_add_text(out, "Vary: Accept-Encoding\r\n");
    if (reply->tag)
        buffer_add_format(out, "ETag: %s\r\n", reply->tag);
    buffer_add_format(out, "Cache-Control: %s\r\nConnection: %s\r\n",
                      reply->cache ? reply->cache : "no-store",
                      connection->keeps_alive ? "keep-alive" : "close");
    buffer_add_text(out, security);
    if (connection->gateway->options.certificate_path)
        buffer_add_text(out, "Strict-Transport-Security: max-age=31536000\r\n");
    if (reply->more)
        buffer_add_text(out, reply->more);
    buffer_add_text(out, "\r\n");
}

void connection_reply(struct connection *connection, const struct reply *reply)
{
    bool has_body = !connection->is_head && reply->status != 304;
    if (reply->is_stream || connection->gateway->is_closing)
        connection->keeps_alive = false;
    buffer_clear(&connection->out);
    connection->out_sent = connection->body_sent = 0;
    connection->body = BYTES_NONE;
    add_head(connection, reply, &connection->out);
    if (has_body && reply->borrows_body)
        connection->body = reply->body;
    else if (has_body)
        buffer_add(&connection->out, reply->body);
    connection_set_state(connection, reply->is_stream ? CONNECTION_STREAMING : CONNECTION_SENDING);
    connection_ask_writable(connection);
}

void connection_refuse(struct connection *connection, int status, const struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer body = {0};
    const char *more = status == 405   ? "Allow: GET, HEAD\r\n"
                       : status == 503 ? "Retry-After: 5\r\n"
                                       : NULL;
    route_refusal_json(status, problem, &body);
    connection->gateway->counts.refused++;
    connection_reply(connection, &(struct reply){.status = status,
                                                 .type = json_type,
                                                 .body = buffer_bytes(&body),
                                                 .more = more});
}

/* One of a list of tags, weak or not; the list is the browser's, so is its cut. */
static bool matches(struct bytes list, const char *tag)
{
    size_t size = strlen(tag);
    if (bytes_equal_text(list, "*"))
        return true;
    for (size_t i = 0; i + size <= list.size; i++)
        if (memcmp(list.data + i, tag, size) == 0)
            return true;
    return false;
}

void connection_send_asset(struct connection *connection, const struct asset *asset,
                           const struct request_head *head)
{
    bool takes_gzip = head->accept_encoding.size > 0 &&
                      memmem(head->accept_encoding.data, head->accept_encoding.size, "gzip", 4);
    struct reply reply = {.status = 200, .type = asset->type, .borrows_body = true};
    reply.is_gzip = takes_gzip && asset->gzip.size > 0;
    reply.varies = asset->gzip.size > 0;
    reply.body = reply.is_gzip ? asset->gzip : asset->body;
    reply.tag = reply.is_gzip ? asset->gzip_tag : asset->tag;
    reply.cache = asset->is_immutable ? "private, max-age=31536000, immutable" : "no-cache";
    if (matches(head->if_none_match, reply.tag)) {
        reply.status = 304;
        reply.is_gzip = false;
    }
    connection_reply(connection, &reply);
}

/* RFC 6266: an ASCII name for old readers, and the name itself percent-encoded. */
static void add_file_name(const char *name, struct buffer *out)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    buffer_add_text(out, "Content-Disposition: attachment; filename=\"");
    for (const char *at = name; *at; at++)
        buffer_add_format(out, "%c", strchr(plain, *at) ? *at : '_');
    buffer_add_text(out, "\"; filename*=UTF-8''");
    for (const char *at = name; *at; at++)
        buffer_add_format(out, strchr(plain, *at) ? "%c" : "%%%02X", (uint8_t)*at);
    buffer_add_text(out, "\r\n");
}

void connection_answer(struct connection *connection, const struct gateway_reply *answer)
{
    CLEANUP(buffer_release) struct buffer more = {0};
    char tag[2 * HASH_SIZE + 3];
    struct reply reply = {.status = answer->status, .type = answer->type, .body = answer->body};
    if (answer->file_name)
        add_file_name(answer->file_name, &more);
    if (answer->status == 503)
        buffer_add_text(&more, "Retry-After: 5\r\n");
    buffer_add(&more, bytes_of("", 1));
    reply.more = (const char *)more.data;
    if (!answer->is_private && answer->status == 200) {
        struct hash hash = hash_of(answer->body);
        hex_text(hash_bytes(&hash), tag + 1, sizeof(tag) - 2);
        memcpy(tag + 1 + HASH_SIZE, "\"", 2); /* half of it tells two answers apart */
        tag[0] = '"';
        reply.tag = tag;
        reply.cache = "no-cache";
        if (matches(bytes_of_text(connection->match), tag))
            reply.status = 304;
    }
    connection_reply(connection, &reply);
}

void connection_stream(struct connection *connection)
{
    static const char hello[] = "retry: 2000\n\n";
    connection->gateway->counts.streams++;
    connection->gateway->counts.streams_opened++;
    connection_reply(connection, &(struct reply){.status = 200,
                                                 .type = "text/event-stream; charset=utf-8",
                                                 .body = bytes_of_text(hello),
                                                 .is_stream = true,
                                                 .more = "X-Accel-Buffering: no\r\n"});
}

/* ---- parts ---- */

static void finish(struct connection *connection)
{
    buffer_release(&connection->out);
    connection->body = BYTES_NONE;
    connection->out_sent = connection->body_sent = 0;
    connection_set_state(connection,
                         connection->keeps_alive ? CONNECTION_READING : CONNECTION_ENDING);
    if (!connection->keeps_alive)
        connection_ask_writable(connection);
}

static struct bytes next_part(struct bytes from, size_t *sent)
{
    size_t size = from.size - *sent;
    struct bytes part =
        bytes_of(from.data + *sent, size < GATEWAY_PART_MAX ? size : GATEWAY_PART_MAX);
    *sent += part.size;
    return part;
}

static struct bytes next_of_stream(struct connection *connection)
{
    struct gateway *gateway = connection->gateway;
    buffer_clear(&gateway->taken);
    (void)stream_take(gateway->options.stream, &connection->cursor, GATEWAY_PART_MAX,
                      &gateway->taken);
    return buffer_bytes(&gateway->taken);
}

void connection_send_on(struct connection *connection)
{
    struct bytes part = BYTES_NONE;
    bool has_more = true;
    if (connection->state != CONNECTION_SENDING && connection->state != CONNECTION_STREAMING)
        return;
    if (connection->out_sent < connection->out.size) {
        part = next_part(buffer_bytes(&connection->out), &connection->out_sent);
    } else if (connection->body_sent < connection->body.size) {
        part = next_part(connection->body, &connection->body_sent);
    } else if (connection->state == CONNECTION_STREAMING) {
        buffer_release(&connection->out);
        connection->out_sent = 0;
        part = next_of_stream(connection);
        has_more = part.size > GATEWAY_PART_MAX / 2;
    }
    if (part.size > 0 && !connection_write(connection, part)) {
        connection_kill(connection);
        return;
    }
    bool is_sent = connection->out_sent == connection->out.size &&
                   connection->body_sent == connection->body.size;
    if (connection->state == CONNECTION_SENDING && is_sent)
        finish(connection);
    else if (has_more)
        connection_ask_writable(connection);
}
