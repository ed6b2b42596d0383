/*
 * gateway_ask.c - what a request gets: refused, a page, a stream, or the handler's answer; and how
 * a token becomes a cookie. Tokens and cookies are in no log line. See gateway_parts.h.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/random.h"
#include "display/gateway_parts.h"
#include "io/daemon.h"

/* For people: a link that was opened from elsewhere (a mail, a chat) comes without the cookie that
 * is already there, since it is SameSite=Strict; one more click, from here, brings it along. */
static const char locked_page[] =
    "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><title>活水</title></head>\n"
    "<body><h1>需要授权</h1>\n"
    "<p>请打开发给您的授权地址；如果已经打开过，请<a href=\"/\">点此进入</a>。</p>\n"
    "<p lang=\"en\">Open the address that was handed out to you; if you have opened it before, "
    "<a href=\"/\">go on</a>.</p>\n</body></html>\n";

/* The address it came to, as a Host header names it: a name can be made to point here by anybody,
 * an address cannot. */
static void local_host(const struct connection *connection, char out[GATEWAY_HOST_SIZE])
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    out[0] = '\0';
    if (getsockname(lws_get_socket_fd(connection->wsi), (struct sockaddr *)&address, &size) != 0)
        return;
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)&address;
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&address;
    bool is_ipv6 = address.ss_family == AF_INET6;
    if (is_ipv6 && IN6_IS_ADDR_V4MAPPED(&ipv6->sin6_addr))
        (void)inet_ntop(AF_INET, ipv6->sin6_addr.s6_addr + 12, text, sizeof(text));
    else if (is_ipv6)
        (void)inet_ntop(AF_INET6, &ipv6->sin6_addr, text, sizeof(text));
    else
        (void)inet_ntop(AF_INET, &ipv4->sin_addr, text, sizeof(text));
    (void)snprintf(out, GATEWAY_HOST_SIZE, strchr(text, ':') ? "[%s]" : "%s", text);
}

static void list_hosts(const struct connection *connection, const char *local,
                       struct route_hosts *out)
{
    const struct gateway_options *options = &connection->gateway->options;
    *out = (struct route_hosts){.names = {"localhost", "127.0.0.1", "[::1]", local}, .count = 4};
    for (size_t i = 0; i < options->name_count; i++)
        out->names[out->count++] = options->names[i];
}

static void refuse(struct connection *connection, int status, const char *text, const char *remedy)
{
    struct problem problem = {0};
    problem_set(&problem, "%s", text);
    problem_remedy(&problem, "%s", remedy);
    connection_refuse(connection, status, &problem);
}

static void refuse_stranger(struct connection *connection, const struct route *route)
{
    if (route->kind != ROUTE_PAGE || !strstr(route->subject, ".html")) {
        refuse(connection, 401, "this address shows nothing without a grant",
               "open the address that huoshui-display grant printed");
        return;
    }
    connection->gateway->counts.refused++;
    connection_reply(connection, &(struct reply){.status = 401,
                                                 .type = "text/html; charset=utf-8",
                                                 .body = bytes_of_text(locked_page),
                                                 .borrows_body = true});
}

/* ---- a token becomes a cookie ---- */

static void redirect(struct connection *connection, const struct request_head *head,
                     const char *session, const struct visitor *visitor)
{
    CLEANUP(buffer_release) struct buffer more = {0};
    bool has_tls = connection->gateway->options.certificate_path != NULL;
    buffer_add_text(&more, "Location: ");
    route_without_token(head, &more);
    buffer_add_text(&more, "\r\n");
    if (session)
        buffer_add_format(&more,
                          "Set-Cookie: " GATEWAY_COOKIE
                          "=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s\r\n",
                          session, (long long)(visitor->expires_ms - clock_wall_ms()) / 1000,
                          has_tls ? "; Secure" : "");
    buffer_add(&more, bytes_of("", 1));
    connection_reply(connection, &(struct reply){.status = 303, .more = (const char *)more.data});
}

/* The grants are on the disk before the browser has the cookie: a crash loses the exchange only. */
static void exchange(struct connection *connection, const struct request_head *head,
                     const struct route *route, const struct visitor *visitor)
{
    struct gateway *gateway = connection->gateway;
    struct grants *grants = gateway->options.grants;
    uint8_t secret[GRANT_TOKEN_SIZE];
    char session[GRANT_SECRET_TEXT_SIZE];
    struct visitor granted;
    random_secret(secret, sizeof(secret));
    hex_text(bytes_of(secret, sizeof(secret)), session, sizeof(session));
    if (grants_exchange(grants, bytes_of_text(route->token), session, clock_wall_ms()) != OK) {
        if (visitor->expires_ms != 0) { /* the address was opened again by its owner */
            redirect(connection, head, NULL, visitor);
            return;
        }
        gateway_log(gateway, "warning", "token_refused");
        refuse(connection, 401, "this address was used before, has expired or was revoked",
               "ask for a new one: huoshui-display grant");
        return;
    }
    if (gateway->handlers.on_grants_changed &&
        gateway->handlers.on_grants_changed(gateway->handlers.context) != OK) {
        grants_take_back(grants, session);
        refuse(connection, 503, "the grant could not be written down",
               "try the same address again; the disk may be full");
        return;
    }
    grants_visitor(grants, bytes_of_text(session), false, clock_wall_ms(), &granted);
    gateway_log(gateway, "info", "token_used name=\"%s\" scope=%s", granted.name,
                grant_scope_text(granted.scope));
    redirect(connection, head, session, &granted);
}

/* ---- what was asked for ---- */

static void send_page(struct connection *connection, const struct request_head *head,
                      const struct route *route)
{
    const struct asset *asset =
        assets_find(connection->gateway->options.assets, bytes_of_text(route->subject));
    if (asset)
        connection_send_asset(connection, asset, head);
    else
        refuse(connection, 404, "there is nothing at this path", "begin at /");
}

static void open_stream(struct connection *connection, const struct route *route,
                        const struct visitor *visitor, struct bytes session)
{
    struct gateway *gateway = connection->gateway;
    if (gateway->counts.streams >= GATEWAY_STREAMS_MAX) {
        gateway_log(gateway, "warning", "too_many_streams max=%d", GATEWAY_STREAMS_MAX);
        refuse(connection, 503, "too many browsers are following", "close some");
        return;
    }
    bytes_to_text(session, connection->session, sizeof(connection->session));
    connection->scope = visitor->scope;
    if (visitor->scope == GRANT_UNIT) {
        connection->visitor = malloc(sizeof(*visitor));
        if (!connection->visitor)
            abort();
        *connection->visitor = *visitor;
    }
    stream_join(gateway->options.stream, route->last_event_id, connection->visitor,
                &connection->cursor);
    connection_stream(connection);
}

static void ask_handler(struct connection *connection, const struct request_head *head,
                        const struct route *route, const struct visitor *visitor)
{
    struct gateway *gateway = connection->gateway;
    if (gateway->waiting >= GATEWAY_WAITING_MAX) {
        refuse(connection, 503, "too many questions are waiting for their answers",
               "ask again in some seconds");
        return;
    }
    bytes_to_text(head->if_none_match, connection->match, sizeof(connection->match));
    connection->ticket = ++gateway->tickets;
    connection_set_state(connection, CONNECTION_WAITING);
    gateway->waiting++;
    gateway->handlers.on_request(gateway->handlers.context, connection->ticket, route, visitor);
}

static void serve(struct connection *connection, const struct request_head *head,
                  const struct route *route)
{
    struct visitor visitor;
    struct bytes session = request_cookie(head->cookie, GATEWAY_COOKIE);
    connection->is_local = connection->is_local_peer && route->is_local_host;
    grants_visitor(connection->gateway->options.grants, session, connection->is_local,
                   clock_wall_ms(), &visitor);
    if (route->kind == ROUTE_PAGE && route->token[0] && !route->is_head)
        exchange(connection, head, route, &visitor);
    else if (visitor.scope == GRANT_NOTHING && route->kind != ROUTE_HEALTH)
        refuse_stranger(connection, route);
    else if (visitor.scope == GRANT_UNIT && route->kind == ROUTE_METRICS)
        refuse(connection, 403, "this is not for a unit's grant", "ask for one of scope wall");
    else if (route->kind == ROUTE_PAGE)
        send_page(connection, head, route);
    else if (route->kind == ROUTE_STREAM)
        open_stream(connection, route, &visitor, session);
    else
        ask_handler(connection, head, route, &visitor);
}

void connection_ask(struct connection *connection, const struct request *request)
{
    char local[GATEWAY_HOST_SIZE];
    struct route_hosts hosts;
    struct route route;
    struct problem problem = {0};
    int status = 400;
    connection->gateway->counts.requests++;
    connection->is_head = bytes_equal_text(request->head.method, "HEAD");
    local_host(connection, local);
    list_hosts(connection, local, &hosts);
    if (route_parse(&request->head, &hosts, &route, &status, &problem) == OK)
        serve(connection, &request->head, &route);
    else
        connection_refuse(connection, status, &problem);
}
