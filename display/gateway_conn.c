/*
 * gateway_conn.c - one connection: reads heads, waits, ends; every state has a deadline, so whoever
 * drips, stalls or says nothing is gone after it. See gateway_parts.h.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "display/gateway_parts.h"
#include "io/daemon.h"

void connection_set_state(struct connection *connection, enum connection_state state)
{
    struct gateway *gateway = connection->gateway;
    if (connection->state == CONNECTION_WAITING && state != CONNECTION_WAITING)
        gateway->waiting--;
    if (connection->state == CONNECTION_STREAMING && state != CONNECTION_STREAMING) {
        gateway->counts.streams--;
        gateway->counts.streams_ended++;
        stream_leave(&connection->cursor);
    }
    connection->state = state;
    connection->since_ms = clock_steady_ms();
}

void connection_ask_writable(struct connection *connection)
{
    if (connection->asked_ms != 0)
        return;
    connection->asked_ms = clock_steady_ms();
    (void)lws_callback_on_writable(connection->wsi);
}

void connection_kill(struct connection *connection)
{
    connection_set_state(connection, CONNECTION_ENDING);
    lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

bool connection_write(struct connection *connection, struct bytes part)
{
    struct gateway *gateway = connection->gateway;
    memcpy(gateway->part + LWS_PRE, part.data, part.size);
    if (lws_write(connection->wsi, gateway->part + LWS_PRE, part.size, LWS_WRITE_RAW) <
        (int)part.size)
        return false;
    gateway->counts.bytes_sent += part.size;
    return true;
}

/* ---- begin and end ---- */

static bool is_local_peer(int descriptor)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    if (getpeername(descriptor, (struct sockaddr *)&address, &size) != 0)
        return false;
    if (address.ss_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&address;
        return ntohl(ipv4->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)&address;
    return address.ss_family == AF_INET6 &&
           (IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr) ||
            (IN6_IS_ADDR_V4MAPPED(&ipv6->sin6_addr) && ipv6->sin6_addr.s6_addr[12] == 127));
}

/* Room for a new one is made by the oldest that has not asked anything. */
static void make_room(struct gateway *gateway, struct connection *newcomer)
{
    struct problem problem = {0};
    for (struct list *at = gateway->connections.next; at != &newcomer->link; at = at->next) {
        struct connection *connection = CONTAINER_OF(at, struct connection, link);
        if (connection->state == CONNECTION_READING) {
            connection_kill(connection);
            return;
        }
    }
    gateway_log(gateway, "warning", "too_many_connections max=%u", gateway->connections_max);
    problem_set(&problem, "too many browsers are connected");
    problem_remedy(&problem, "close some, or try again in a while");
    newcomer->keeps_alive = false;
    connection_refuse(newcomer, 503, &problem);
}

static int begin(struct gateway *gateway, struct lws *wsi)
{
    int descriptor = lws_get_socket_fd(wsi), size = GATEWAY_SNDBUF, on = 1;
    if (gateway->is_closing ||
        gateway->counts.connections >= gateway->connections_max + GATEWAY_SPARE_CONNECTIONS)
        return -1;
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        abort();
    (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection->gateway = gateway;
    connection->wsi = wsi;
    connection->is_local_peer = is_local_peer(descriptor);
    connection->since_ms = clock_steady_ms();
    list_append(&gateway->connections, &connection->link);
    lws_set_opaque_user_data(wsi, connection);
    gateway->counts.connections++;
    if (gateway->counts.connections > gateway->connections_max)
        make_room(gateway, connection);
    return 0;
}

static void end(struct connection *connection)
{
    connection_set_state(connection, CONNECTION_ENDING);
    connection->gateway->counts.connections--;
    lws_set_opaque_user_data(connection->wsi, NULL);
    list_remove(&connection->link);
    buffer_release(&connection->in);
    buffer_release(&connection->out);
    free(connection->visitor);
    free(connection);
}

/* ---- reading ---- */

static void refuse_head(struct connection *connection, int status, const struct problem *problem)
{
    connection->keeps_alive = false;
    connection->gateway->counts.requests++;
    connection_refuse(connection, status, problem);
}

/* One request; what is behind it waits until it is answered. */
static void read_next(struct connection *connection)
{
    struct request request;
    struct problem problem = {0};
    int status = 400;
    switch (request_read(buffer_bytes(&connection->in), &connection->checked, &request, &status,
                         &problem)) {
    case REQUEST_UNFINISHED:
        return;
    case REQUEST_REFUSED:
        buffer_release(&connection->in);
        refuse_head(connection, status, &problem);
        return;
    case REQUEST_WHOLE:
        break;
    }
    connection->keeps_alive = request.keeps_alive;
    connection_ask(connection, &request);
    size_t left = connection->in.size - request.size;
    if (left == 0) {
        buffer_release(&connection->in);
    } else {
        memmove(connection->in.data, connection->in.data + request.size, left);
        connection->in.size = left;
    }
    connection->checked = 0;
}

static int receive(struct connection *connection, struct bytes bytes)
{
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
    if (connection->state == CONNECTION_ENDING || connection->state == CONNECTION_STREAMING)
        return 0; /* nobody listens */
    if (connection->state == CONNECTION_READING && connection->in.size == 0)
        connection->since_ms = clock_steady_ms();
    if (connection->state != CONNECTION_READING &&
        connection->in.size + bytes.size > REQUEST_HEAD_MAX) {
        connection->keeps_alive = false; /* asks faster than it reads answers */
        return 0;
    }
    buffer_add(&connection->in, bytes);
    if (connection->state == CONNECTION_READING)
        read_next(connection);
    return 0;
}

/* ---- writing ---- */

static int continue_sending(struct connection *connection)
{
    if (connection->state == CONNECTION_ENDING) {
        if (!connection->is_shut) /* all is with the kernel now */
            (void)shutdown(lws_get_socket_fd(connection->wsi), SHUT_WR);
        connection->is_shut = true;
        return 0;
    }
    connection_send_on(connection);
    if (connection->state == CONNECTION_READING && connection->in.size > 0)
        read_next(connection);
    return 0;
}

/* ---- deadlines ---- */

static void end_streaming_without_grant(struct connection *connection)
{
    struct visitor visitor;
    grants_visitor(connection->gateway->options.grants, bytes_of_text(connection->session),
                   connection->is_local, clock_wall_ms(), &visitor);
    if (visitor.scope == connection->scope)
        return;
    connection_set_state(connection, CONNECTION_ENDING);
    connection_ask_writable(connection);
}

static void sweep_reading(struct connection *connection, uint64_t now_ms)
{
    struct problem problem = {0};
    if (connection->in.size == 0) {
        if (now_ms > connection->since_ms + GATEWAY_IDLE_MS)
            connection_kill(connection);
    } else if (now_ms > connection->since_ms + GATEWAY_HEAD_MS) {
        problem_set(&problem, "the request was not finished in time");
        problem_remedy(&problem, "send it within %d seconds", GATEWAY_HEAD_MS / 1000);
        refuse_head(connection, 408, &problem);
    }
}

static void sweep_waiting(struct connection *connection, uint64_t now_ms)
{
    struct problem problem = {0};
    if (now_ms <= connection->since_ms + GATEWAY_ANSWER_MS)
        return;
    problem_set(&problem, "the answer takes too long");
    problem_remedy(&problem, "ask for less, or again in a while");
    connection->gateway->counts.refused++;
    connection_refuse(connection, 503, &problem);
}

void connection_sweep(struct connection *connection, uint64_t now_ms)
{
    uint64_t asked_ms = connection->asked_ms;
    bool stalls = asked_ms != 0 && now_ms > asked_ms + GATEWAY_STALL_MS;
    switch (connection->state) {
    case CONNECTION_READING:
        sweep_reading(connection, now_ms);
        return;
    case CONNECTION_WAITING:
        sweep_waiting(connection, now_ms);
        return;
    case CONNECTION_SENDING:
        stalls = stalls || now_ms > connection->since_ms + GATEWAY_REPLY_MS;
        break;
    case CONNECTION_STREAMING:
        if (now_ms == connection->gateway->grants_ms)
            end_streaming_without_grant(connection);
        break;
    case CONNECTION_ENDING:
        if (now_ms > connection->since_ms + GATEWAY_LINGER_MS)
            connection_kill(connection);
        return;
    }
    if (stalls) {
        connection->gateway->counts.stalled++;
        gateway_log(connection->gateway, "info", "reader_stalled streams=%u",
                    connection->gateway->counts.streams);
        connection_kill(connection);
    }
}

int connection_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t size)
{
    struct connection *connection = lws_get_opaque_user_data(wsi);
    (void)user;
    if (reason == LWS_CALLBACK_RAW_ADOPT)
        return begin(lws_context_user(lws_get_context(wsi)), wsi);
    if (reason != LWS_CALLBACK_RAW_RX && reason != LWS_CALLBACK_RAW_WRITEABLE &&
        reason != LWS_CALLBACK_RAW_CLOSE)
        return 0; /* what the library tells of itself; the connection may not be there yet */
    if (!connection)
        return -1;
    if (reason == LWS_CALLBACK_RAW_RX)
        return receive(connection, bytes_of(in, size));
    if (reason == LWS_CALLBACK_RAW_CLOSE) {
        end(connection);
        return 0;
    }
    connection->asked_ms = 0;
    return continue_sending(connection);
}
