/* zsock_router.c - a bound ROUTER: it admits whom ZAP admits, and no more connections than it was
 * told. */
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <zmq.h>

#include "io/zsock.h"
#include "io/zsock_parts.h"

enum { BACKLOG = 1024 };

#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93 /* in libzmq since 4.3.0, in its header only for drafts */
#endif

static uint16_t port_of(const char *address)
{
    const char *colon = strrchr(address, ':');
    uint64_t port = 0;
    if (!colon || u64_parse(bytes_of_text(colon + 1), UINT16_MAX, &port) != OK)
        return 0;
    return (uint16_t)port;
}

/*
 * libzmq has no limit on connections, and when descriptors run out it spins. So one above the limit
 * is shut down by its descriptor, which libzmq then closes itself. The descriptor may have changed
 * hands meanwhile: only a socket of our own port is shut, and a peer so hit by mistake connects
 * again.
 */
static void shut_door(const struct zsock_doors *doors, int descriptor)
{
    struct sockaddr_storage local = {0};
    socklen_t size = sizeof(local);
    uint16_t port = 0;
    if (getsockname(descriptor, (struct sockaddr *)&local, &size) != 0)
        return;
    if (local.ss_family == AF_INET)
        port = ntohs(((struct sockaddr_in *)&local)->sin_port);
    else if (local.ss_family == AF_INET6)
        port = ntohs(((struct sockaddr_in6 *)&local)->sin6_port);
    if (port == doors->port && port != 0)
        shutdown(descriptor, SHUT_RDWR);
}

static void reserve_door(struct zsock_doors *doors, size_t descriptor)
{
    if (descriptor < doors->size)
        return;
    size_t size = (descriptor + 1) * 2;
    uint8_t *is_open = realloc(doors->is_open, size);
    if (!is_open)
        abort();
    memset(is_open + doors->size, 0, size - doors->size);
    doors->is_open = is_open;
    doors->size = size;
}

static void on_door(void *context, uint16_t event, uint32_t descriptor)
{
    struct zsock *zsock = context;
    struct zsock_doors *doors = &zsock->doors;
    if (descriptor > INT32_MAX / 4)
        return;
    reserve_door(doors, descriptor);
    bool is_open = event == ZMQ_EVENT_ACCEPTED;
    if (is_open && !doors->is_open[descriptor])
        doors->open_count++;
    else if (!is_open && doors->is_open[descriptor])
        doors->open_count--;
    doors->is_open[descriptor] = is_open;
    if (is_open && doors->open_count > doors->max)
        shut_door(doors, (int)descriptor);
}

static enum err set_options(void *socket, const struct zsock_router_options *options)
{
    TRY(zsock_set_number(socket, ZMQ_ROUTER_MANDATORY, 1));
    TRY(zsock_set_number(socket, ZMQ_BACKLOG, BACKLOG));
    /* libzmq hears of frames taken off only once half the mark is: the other half must hold what
     * was asked for. */
    TRY(zsock_set_number(socket, ZMQ_SNDHWM, 2 * (int)options->send_high_water_frames));
    TRY(zsock_set_number(socket, ZMQ_CURVE_SERVER, 1));
    TRY(zsock_set_number(socket, ZMQ_ZAP_ENFORCE_DOMAIN, 1));
    bool is_set =
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZSOCK_ZAP_DOMAIN, strlen(ZSOCK_ZAP_DOMAIN)) == 0 &&
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, options->curve_secret_key, ZSOCK_KEY_SIZE) == 0;
    return is_set ? OK : ERR_IO;
}

/* libzmq's word for "any port" is a star. */
static void bind_text(const char *address, char *out, size_t out_size)
{
    size_t length = strlen(address);
    bool is_any = length > 2 && strcmp(address + length - 2, ":0") == 0;
    (void)snprintf(out, out_size, "%.*s%s", (int)(is_any ? length - 1 : length), address,
                   is_any ? "*" : "");
}

static enum err bind_router(struct zsock *zsock, void *socket, struct problem *problem)
{
    char wanted[ZSOCK_ADDRESS_MAX + 1];
    bind_text(zsock->address, wanted, sizeof(wanted));
    if (zmq_bind(socket, wanted) != 0) {
        problem_set(problem, "cannot listen on %s: %s", zsock->address, zmq_strerror(zmq_errno()));
        problem_remedy(problem,
                       "give an address of this machine and a free port, as in tcp://0.0.0.0:7331");
        return zmq_errno() == EADDRINUSE ? ERR_BUSY : ERR_IO;
    }
    size_t size = sizeof(zsock->address);
    if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, zsock->address, &size) != 0)
        return ERR_IO;
    zsock->doors.port = port_of(zsock->address);
    return OK;
}

static enum err start(struct zsock *zsock, const struct zsock_router_options *options,
                      struct problem *problem)
{
    void *socket = NULL;
    TRY(zsock_socket_open(zsock, ZMQ_ROUTER, &socket));
    struct zpump_handlers handlers = {zsock, zsock_receive, zsock_turn};
    TRY(zpump_open(zsock->loop, socket, &handlers, &zsock->pump));
    TRY(set_options(socket, options));
    struct zmonitor_watch watch = {
        .zmq_context = zsock->zmq_context,
        .socket = socket,
        .events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED,
        .on_event = on_door,
        .context = zsock,
    };
    TRY(zmonitor_open(zsock->loop, &watch, &zsock->monitor));
    return bind_router(zsock, socket, problem);
}

enum err zsock_router_open(const struct zsock_router_options *options,
                           const struct zsock_handlers *handlers, struct zsock **out,
                           struct problem *problem)
{
    assert(options->frame_size_max > 0 && options->send_high_water_frames <= INT32_MAX / 2);
    assert(options->connections_max > 0 && options->send_high_water_frames > 0);
    if (strncmp(options->bind, "tcp://", 6) != 0 || strlen(options->bind) >= ZSOCK_ADDRESS_MAX) {
        problem_set(problem, "%s is no address to listen on", options->bind);
        problem_remedy(problem, "write it as tcp://0.0.0.0:7331");
        return ERR_MALFORMED;
    }
    struct zsock *zsock = zsock_alloc(options->loop, options->context, handlers);
    zsock->frame_size_max = options->frame_size_max;
    zsock->doors.max = options->connections_max;
    (void)snprintf(zsock->address, sizeof(zsock->address), "%s", options->bind);
    problem_set(problem, "cannot open a socket for %s", options->bind);
    problem_remedy(problem, "look at the limit on open files: ulimit -n");
    enum err err = start(zsock, options, problem);
    if (err != OK) {
        zsock_close(zsock);
        return err;
    }
    *problem = (struct problem){0};
    *out = zsock;
    return OK;
}
