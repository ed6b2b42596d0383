/* gateway.c - opening, closing and what the program asks of it; see gateway.h. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "display/gateway_parts.h"
#include "io/daemon.h"

enum {
    CONNECTIONS_MIN = 64,
    DESCRIPTORS_ELSEWHERE = 128, /* the store, the log's link, commands */
    LIBRARY_LOG_LINES = 20,
    CLOSE_TURNS_QUIET = 3,
};

/* ---- log lines, at most so many: strangers can cause them ---- */

static bool may_log(uint64_t *since_ms, uint32_t *lines, uint32_t lines_max)
{
    uint64_t now_ms = clock_steady_ms();
    if (*since_ms == 0 || now_ms > *since_ms + GATEWAY_LOG_MS) {
        *since_ms = now_ms;
        *lines = 0;
    }
    return (*lines)++ < lines_max;
}

void gateway_log(struct gateway *gateway, const char *level, const char *format, ...)
{
    char text[256];
    va_list arguments;
    if (!may_log(&gateway->log_ms, &gateway->log_lines, GATEWAY_LOG_LINES))
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    log_line(level, "%s", text);
}

/* The library has one log a process. */
static void log_of_library(int level, const char *line)
{
    static uint64_t since_ms;
    static uint32_t lines;
    size_t size = strcspn(line, "\r\n");
    (void)level;
    if (may_log(&since_ms, &lines, LIBRARY_LOG_LINES))
        log_line("warning", "http_library text=\"%.*s\"", (int)(size < 200 ? size : 200), line);
}

/* ---- opening ---- */

static enum err refuse(enum err err, struct problem *problem, const char *text, const char *remedy)
{
    problem_set(problem, "%s", text);
    problem_remedy(problem, "%s", remedy);
    return err;
}

struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } address;
    socklen_t size;
    bool is_loopback;
};

/* "127.0.0.1:8600", "[::1]:8600", "localhost:8600". */
static enum err parse_address(struct gateway *gateway, struct endpoint *out,
                              struct problem *problem)
{
    const char *text = gateway->options.address, *colon = strrchr(text, ':');
    uint64_t port;
    size_t size = colon ? (size_t)(colon - text) : 0;
    gateway->is_ipv6 = text[0] == '[';
    if (!colon || u64_parse(bytes_of_text(colon + 1), 65535, &port) != OK || size == 0 ||
        size >= sizeof(gateway->host) || (gateway->is_ipv6 && (size < 3 || colon[-1] != ']')))
        return refuse(ERR_MALFORMED, problem, "the address to serve at is not ADDRESS:PORT",
                      "give --http 127.0.0.1:8600 or --http [::1]:8600");
    gateway->port = (int)port;
    if (gateway->is_ipv6)
        bytes_to_text(bytes_of(text + 1, size - 2), gateway->host, sizeof(gateway->host));
    else
        bytes_to_text(bytes_of(text, size), gateway->host, sizeof(gateway->host));
    if (strcmp(gateway->host, "localhost") == 0)
        bytes_to_text(bytes_of_text("127.0.0.1"), gateway->host, sizeof(gateway->host));
    int rc = gateway->is_ipv6 ? uv_ip6_addr(gateway->host, gateway->port, &out->address.ipv6)
                              : uv_ip4_addr(gateway->host, gateway->port, &out->address.ipv4);
    if (rc != 0)
        return refuse(ERR_MALFORMED, problem, "the address to serve at is no number",
                      "give an address of this machine: --http 127.0.0.1:8600");
    out->size = gateway->is_ipv6 ? sizeof(out->address.ipv6) : sizeof(out->address.ipv4);
    out->is_loopback = gateway->is_ipv6 ? IN6_IS_ADDR_LOOPBACK(&out->address.ipv6.sin6_addr)
                                        : ntohl(out->address.ipv4.sin_addr.s_addr) >> 24 == 127;
    return OK;
}

static enum err check_tls(const struct gateway_options *options, bool is_loopback,
                          struct problem *problem)
{
    const char *paths[] = {options->certificate_path, options->key_path};
    if (!paths[0] != !paths[1])
        return refuse(ERR_DENIED, problem, "certificate and key go together",
                      "give both --tls-cert and --tls-key");
    if (!paths[0] && !is_loopback && !options->insecure_http)
        return refuse(ERR_DENIED, problem,
                      "this address can be reached from elsewhere, and there is no TLS",
                      "give --tls-cert and --tls-key, or say --insecure-http");
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        if (paths[i] && access(paths[i], R_OK) != 0) {
            problem_set(problem, "%s cannot be read", paths[i]);
            problem_remedy(problem, "give PEM files that this user may read");
            return ERR_IO;
        }
    return OK;
}

/* The library does not say why it cannot listen. */
static enum err try_port(const struct endpoint *endpoint, struct problem *problem)
{
    int on = 1, descriptor = socket(endpoint->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return refuse(ERR_IO, problem, "no socket can be opened", "raise the limit of open files");
    (void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    int rc = bind(descriptor, &endpoint->address.any, endpoint->size);
    if (rc == 0)
        rc = listen(descriptor, 1);
    int error = errno;
    (void)close(descriptor);
    if (rc == 0)
        return OK;
    if (error == EADDRINUSE)
        return refuse(ERR_BUSY, problem, "the port is taken by another program",
                      "end that program, or give another port");
    if (error == EACCES)
        return refuse(ERR_DENIED, problem, "this port is for privileged programs",
                      "give a port above 1023");
    return refuse(ERR_IO, problem, "this machine does not have that address",
                  "give one of its addresses, as ip addr prints them");
}

/* Beyond the system's limit the library would spin in accept, at full speed (4.1.6). */
static enum err set_limits(struct gateway *gateway, struct problem *problem)
{
    struct rlimit limit;
    gateway->connections_max = GATEWAY_CONNECTIONS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return refuse(ERR_IO, problem, "the limit of open files is not known", "start again");
    rlim_t needed = GATEWAY_CONNECTIONS_MAX + 2 * GATEWAY_SPARE_CONNECTIONS + DESCRIPTORS_ELSEWHERE;
    if (limit.rlim_cur >= needed)
        return OK;
    rlim_t spare = needed - GATEWAY_CONNECTIONS_MAX;
    if (limit.rlim_cur < spare + CONNECTIONS_MIN)
        return refuse(ERR_IO, problem, "too few files may be open", "raise it: ulimit -n 4096");
    gateway->connections_max = (uint32_t)(limit.rlim_cur - spare);
    log_line("warning", "few_connections max=%u remedy=\"ulimit -n 4096\"",
             gateway->connections_max);
    return OK;
}

/* Explicit: with an implicit one, a port that is taken gives a context that is half destroyed. */
static enum err open_library(struct gateway *gateway, struct problem *problem)
{
    void *loops[] = {gateway->options.loop};
    bool is_any = strcmp(gateway->host, "0.0.0.0") == 0 || strcmp(gateway->host, "::") == 0;
    struct lws_context_creation_info info = {
        .port = gateway->port,
        .iface = is_any ? NULL : gateway->host,
        .protocols = gateway->protocols,
        .foreign_loops = loops,
        .pcontext = &gateway->context,
        .user = gateway,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
                   LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG |
                   (gateway->is_ipv6 ? 0 : LWS_SERVER_OPTION_DISABLE_IPV6),
        .listen_accept_role = "raw-skt",
        .listen_accept_protocol = gateway->protocols[0].name,
        .fd_limit_per_thread = gateway->connections_max + 2 * GATEWAY_SPARE_CONNECTIONS,
        .timeout_secs = GATEWAY_HEAD_MS / 1000, /* of the TLS handshake */
        .alpn = "http/1.1",
    };
    if (gateway->options.certificate_path) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = gateway->options.certificate_path;
        info.ssl_private_key_filepath = gateway->options.key_path;
        info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION;
    }
    lws_set_log_level(LLL_ERR | LLL_WARN, log_of_library);
    gateway->context = lws_create_context(&info);
    if (!gateway->context)
        return refuse(ERR_IO, problem, "the HTTP library does not start",
                      "install libwebsockets-evlib-uv, which lets it use our loop");
    struct lws_vhost *vhost = lws_create_vhost(gateway->context, &info);
    if (!vhost)
        return refuse(ERR_IO, problem, "the HTTP library does not listen",
                      "check certificate and key, and whether the port has been taken just now");
    gateway->port = lws_get_vhost_listen_port(vhost);
    return OK;
}

static void on_sweep(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;
    uint64_t now_ms = clock_steady_ms();
    if (now_ms > gateway->grants_ms + GATEWAY_GRANTS_MS)
        gateway->grants_ms = now_ms;
    for (struct list *at = gateway->connections.next; at != &gateway->connections; at = at->next)
        connection_sweep(CONTAINER_OF(at, struct connection, link), now_ms);
}

static enum err start(struct gateway *gateway, struct problem *problem)
{
    struct endpoint endpoint = {0};
    TRY(parse_address(gateway, &endpoint, problem));
    TRY(check_tls(&gateway->options, endpoint.is_loopback, problem));
    TRY(try_port(&endpoint, problem));
    TRY(set_limits(gateway, problem));
    (void)signal(SIGPIPE, SIG_IGN);
    TRY(open_library(gateway, problem));
    (void)snprintf(gateway->address, sizeof(gateway->address),
                   gateway->is_ipv6 ? "%s://[%s]:%d" : "%s://%s:%d",
                   gateway->options.certificate_path ? "https" : "http", gateway->host,
                   gateway->port);
    return OK;
}

enum err gateway_open(const struct gateway_options *options,
                      const struct gateway_handlers *handlers, struct gateway **out,
                      struct problem *problem)
{
    struct gateway *gateway = calloc(1, sizeof(*gateway));
    if (!gateway)
        abort();
    gateway->options = *options;
    gateway->handlers = *handlers;
    gateway->protocols[0] = (struct lws_protocols){.name = "huoshui", .callback = connection_event};
    list_init(&gateway->connections);
    (void)uv_timer_init(options->loop, &gateway->sweep);
    gateway->sweep.data = gateway;
    enum err err = start(gateway, problem);
    if (err != OK) {
        gateway_close(gateway);
        return err;
    }
    (void)uv_timer_start(&gateway->sweep, on_sweep, GATEWAY_SWEEP_MS, GATEWAY_SWEEP_MS);
    *out = gateway;
    return OK;
}

/* ---- what the program asks ---- */

void gateway_answer(struct gateway *gateway, gateway_ticket ticket,
                    const struct gateway_reply *reply)
{
    for (struct list *at = gateway->connections.next; at != &gateway->connections; at = at->next) {
        struct connection *connection = CONTAINER_OF(at, struct connection, link);
        if (connection->state != CONNECTION_WAITING || connection->ticket != ticket)
            continue;
        if (reply->status >= 400)
            gateway->counts.refused++;
        connection_answer(connection, reply);
        return;
    }
}

void gateway_refuse(struct gateway *gateway, gateway_ticket ticket, int status,
                    const struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer body = {0};
    route_refusal_json(status, problem, &body);
    gateway_answer(gateway, ticket,
                   &(struct gateway_reply){.status = status,
                                           .type = "application/json; charset=utf-8",
                                           .body = buffer_bytes(&body),
                                           .is_private = true});
}

void gateway_wake(struct gateway *gateway)
{
    for (struct list *at = gateway->connections.next; at != &gateway->connections; at = at->next) {
        struct connection *connection = CONTAINER_OF(at, struct connection, link);
        if (connection->state == CONNECTION_STREAMING)
            connection_ask_writable(connection);
    }
}

const char *gateway_address(const struct gateway *gateway)
{
    return gateway ? gateway->address : "";
}

void gateway_counts(const struct gateway *gateway, struct gateway_counts *out)
{
    *out = gateway ? gateway->counts : (struct gateway_counts){0};
}

/* ---- closing ---- */

static void count_closing(uv_handle_t *handle, void *count)
{
    if (uv_is_closing(handle))
        ++*(size_t *)count;
}

/* Handles close in turns of the loop, the last of the library's only after the others. */
static void run_until_closed(uv_loop_t *loop)
{
    for (int quiet = 0; quiet < CLOSE_TURNS_QUIET;) {
        size_t closing = 0;
        (void)uv_run(loop, UV_RUN_NOWAIT);
        uv_walk(loop, count_closing, &closing);
        quiet = closing > 0 ? 0 : quiet + 1;
    }
}

void gateway_close(struct gateway *gateway)
{
    uv_loop_t *loop = gateway->options.loop;
    gateway->is_closing = true;
    uv_close((uv_handle_t *)&gateway->sweep, NULL);
    if (gateway->context)
        lws_context_destroy(gateway->context); /* begins to close */
    run_until_closed(loop);
    if (gateway->context)
        lws_context_destroy(gateway->context); /* frees; else 4.1.6 leaks */
    run_until_closed(loop);
    buffer_release(&gateway->taken);
    free(gateway);
}
