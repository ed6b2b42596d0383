/*
 * gateway.h - HTTP/1.1 and Server-Sent Events on a libuv loop: the only files that know the library
 * of sockets and TLS. It limits and times out; request.h reads heads, route.h decides what a
 * request is, grants.h who may, and the handler answers, at once or later from the same loop.
 */
#pragma once

#include <uv.h>

#include "display/assets.h"
#include "display/grants.h"
#include "display/route.h"
#include "display/stream.h"

enum {
    GATEWAY_CONNECTIONS_MAX = 1280, /* each a descriptor; fewer when the system allows fewer */
    GATEWAY_STREAMS_MAX = 1024,     /* the rest is for pages and questions */
    GATEWAY_WAITING_MAX = 64,       /* questions asked and not yet answered: each may cost a fold */
    GATEWAY_ANSWER_SIZE_MAX = 64 << 20,
    GATEWAY_NAMES_MAX = 8,
};

struct gateway;

struct gateway_options {
    uv_loop_t *loop;
    const char *address; /* "127.0.0.1:8600"; port 0: any, see gateway_address */
    const char *certificate_path, *key_path; /* NULL: no TLS */
    const struct assets *assets;
    struct grants *grants;
    struct stream *stream;
    bool insecure_http; /* an address other than loopback without TLS: said on the command line */
    /* Names by which browsers may call it, besides its addresses and localhost: "wall.luan.gov.cn"
     */
    const char *names[GATEWAY_NAMES_MAX];
    size_t name_count;
};

struct gateway_reply {
    int status;
    const char *type;      /* "application/json; charset=utf-8" */
    struct bytes body;     /* copied */
    const char *file_name; /* ASCII or UTF-8; sent as a download; NULL: shown */
    bool is_private;       /* Cache-Control: no-store; else no-cache with an ETag of the body */
};

/* A request that awaits its answer. The client may go away before: then the answer is dropped. */
typedef uint64_t gateway_ticket;

struct gateway_handlers {
    void *context;
    /* An API route, allowed by grants. Every ticket is answered once, by gateway_answer. */
    void (*on_request)(void *context, gateway_ticket ticket, const struct route *route,
                       const struct visitor *visitor);
    /* A token was used: write the grants before its owner is answered. NULL: nothing is written. */
    enum err (*on_grants_changed)(void *context);
};

struct gateway_counts {
    uint64_t requests, refused, streams_opened, streams_ended, bytes_sent, stalled;
    uint32_t connections, streams;
};

/* ERR_BUSY: the port is taken; ERR_DENIED: address, TLS and insecure_http do not go together;
 * ERR_MALFORMED: no address; ERR_IO: no such address, no certificate. Options are copied, but for
 * what they point to: assets, grants and stream. */
MUST_CHECK enum err gateway_open(const struct gateway_options *options,
                                 const struct gateway_handlers *handlers, struct gateway **out,
                                 struct problem *problem);
/* Also from within on_request. A ticket that is over is ignored. */
void gateway_answer(struct gateway *gateway, gateway_ticket ticket,
                    const struct gateway_reply *reply);
/* The same with {"error":…} of status, made by route_refusal_json. */
void gateway_refuse(struct gateway *gateway, gateway_ticket ticket, int status,
                    const struct problem *problem);
/* The stream has something new: wake those who wait. */
void gateway_wake(struct gateway *gateway);
const char *gateway_address(const struct gateway *gateway); /* "http://127.0.0.1:8600" */
void gateway_counts(const struct gateway *gateway, struct gateway_counts *out);
/* Ends all streams; returns when the loop holds none of its handles. Outside of the loop's
 * callbacks: it runs the loop. */
void gateway_close(struct gateway *gateway);
