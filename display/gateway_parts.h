/*
 * gateway_parts.h - what the files of the gateway share; for these files only. The library accepts,
 * encrypts and polls (its role raw-skt); none of its own HTTP is reached: it decodes addresses
 * before one can look at them, answers much of what is refused with nothing, and has open holes
 * there.
 */
#pragma once

#include <libwebsockets.h>

#include "base/list.h"
#include "display/gateway.h"
#include "display/request.h"

enum {
    GATEWAY_PART_MAX = 16 << 10,    /* written at once: what a slow one holds beside its socket */
    GATEWAY_SNDBUF = 64 << 10,      /* or the kernel takes up to 4 MB for one that does not read */
    GATEWAY_SPARE_CONNECTIONS = 16, /* above the limit: to be told that there are too many */
    GATEWAY_HEAD_MS = 10000,        /* the whole head, however it drips */
    GATEWAY_IDLE_MS = 15000,        /* between two requests, and before the first */
    GATEWAY_ANSWER_MS = 30000,
    GATEWAY_REPLY_MS = 300000, /* the whole answer, however slowly it is read */
    GATEWAY_STALL_MS = 45000,  /* nothing taken at all */
    GATEWAY_LINGER_MS = 2000,  /* for the peer to read why, before what it still sends resets it */
    GATEWAY_SWEEP_MS = 500,
    GATEWAY_GRANTS_MS = 5000, /* how long a stream may outlive its grant */
    GATEWAY_LOG_LINES = 20,   /* in GATEWAY_LOG_MS: strangers can cause them */
    GATEWAY_LOG_MS = 10000,
    GATEWAY_HOST_SIZE = 64,
    GATEWAY_HEAD_SIZE = 2048, /* of a reply, without its body */
};

#define GATEWAY_COOKIE "huoshui"

enum connection_state {
    CONNECTION_READING,
    CONNECTION_WAITING, /* for the handler's answer */
    CONNECTION_SENDING,
    CONNECTION_STREAMING,
    CONNECTION_ENDING, /* all is said; waits for the peer to close */
};

struct connection {
    struct list link; /* oldest first */
    struct gateway *gateway;
    struct lws *wsi;
    enum connection_state state;
    bool is_local_peer, is_local, keeps_alive, is_head, is_shut;
    uint64_t since_ms; /* in this state; READING: since its first byte */
    uint64_t asked_ms; /* for room in the socket; 0: not asked */
    struct buffer in;
    size_t checked; /* request_read */
    struct buffer out;
    size_t out_sent;
    struct bytes body; /* of an asset; follows out */
    size_t body_sent;
    gateway_ticket ticket;
    char match[2 * ASSET_TAG_SIZE];       /* If-None-Match, while it waits */
    char session[GRANT_SECRET_TEXT_SIZE]; /* of a stream */
    enum grant_scope scope;
    struct visitor *visitor; /* of a stream of scope unit */
    struct stream_cursor cursor;
};

struct gateway {
    struct gateway_options options;
    struct gateway_handlers handlers;
    struct gateway_counts counts;
    uv_timer_t sweep;
    struct lws_context *context;
    struct lws_protocols protocols[2];
    struct list connections;
    uint32_t connections_max, waiting;
    gateway_ticket tickets;
    uint64_t log_ms, grants_ms;
    uint32_t log_lines;
    char host[GATEWAY_HOST_SIZE], address[GATEWAY_HOST_SIZE + 16];
    int port;
    bool is_ipv6, is_closing;
    uint8_t part[LWS_PRE + GATEWAY_PART_MAX];
    struct buffer taken;
};

struct reply {
    int status;
    const char *type;
    struct bytes body;
    bool borrows_body; /* an asset's: lives as long as the gateway */
    bool is_stream;    /* without an end */
    bool is_gzip, varies;
    const char *tag, *cache; /* NULL: none; no-store */
    const char *more;        /* further header lines, each with CR LF; NULL: none */
};

/* gateway_conn.c: one connection. The library's callback for all events. */
int connection_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t size);
void connection_set_state(struct connection *connection, enum connection_state state);
void connection_ask_writable(struct connection *connection);
void connection_sweep(struct connection *connection, uint64_t now_ms);
void connection_kill(struct connection *connection);
bool connection_write(struct connection *connection, struct bytes part);

/* gateway_ask.c: what a request gets. */
void connection_ask(struct connection *connection, const struct request *request);

/* gateway_reply.c: how it is said. */
void connection_reply(struct connection *connection, const struct reply *reply);
void connection_refuse(struct connection *connection, int status, const struct problem *problem);
void connection_answer(struct connection *connection, const struct gateway_reply *answer);
void connection_stream(struct connection *connection);
void connection_send_asset(struct connection *connection, const struct asset *asset,
                           const struct request_head *head);
void connection_send_on(struct connection *connection); /* the socket has room */

/* gateway.c */
void gateway_log(struct gateway *gateway, const char *level, const char *format, ...)
    PRINTF_LIKE(3, 4);
