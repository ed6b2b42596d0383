/*
 * gateway.h - HTTP/1.1 and Server-Sent Events on a libuv loop: the only file that knows the HTTP
 * library. It parses, limits and times out; route.h decides what a request is, grants.h who may,
 * and the handler answers, at once or later from the same loop.
 */
#pragma once

#include <uv.h>

#include "display/grants.h"
#include "display/route.h"
#include "display/stream.h"

struct gateway;
struct assets;

struct gateway_options {
    uv_loop_t *loop;
    const char *address; /* "127.0.0.1:8600"; port 0: any, see gateway_address */
    const char *certificate_path, *key_path; /* NULL: no TLS */
    const struct assets *assets;
    struct grants *grants;
    struct stream *stream;
    bool insecure_http; /* an address other than loopback without TLS: said on the command line */
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
};

struct gateway_counts {
    uint64_t requests, refused, streams_opened, streams_ended, bytes_sent, stalled;
    uint32_t connections, streams;
};

/* ERR_BUSY: the port is taken; ERR_DENIED: address, TLS and insecure_http do not go together. */
MUST_CHECK enum err gateway_open(const struct gateway_options *options,
                                 const struct gateway_handlers *handlers, struct gateway **out,
                                 struct problem *problem);
void gateway_answer(struct gateway *gateway, gateway_ticket ticket,
                    const struct gateway_reply *reply);
/* The stream has something new: wake those who wait. */
void gateway_wake(struct gateway *gateway);
const char *gateway_address(const struct gateway *gateway); /* "http://127.0.0.1:8600" */
void gateway_counts(const struct gateway *gateway, struct gateway_counts *out);
/* Ends all streams; returns when the loop holds none of its handles. */
void gateway_close(struct gateway *gateway);
