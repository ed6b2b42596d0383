/*
 * network.h - connections between clients and the broker, in simulated time. Within one connection
 * frames keep their order, as TCP does; a connection may die at any moment with all that is under
 * way, or let a part of it arrive late, after the next connection has begun. What gets lost on the
 * wire is sent again by TCP: it shows as delay.
 */
#pragma once

#include "base/bytes.h"
#include "base/random.h"

enum {
    NETWORK_KEY_SIZE = 32,
    NETWORK_HIGH_WATER_FRAMES = 24, /* as ZMQ_SNDHWM: above it a send says FULL */
    NETWORK_ROUTE_SIZE = 5,         /* as libzmq's: a zero byte and a number */
    NETWORK_LINKS_MAX = 256,
};

struct link_quality { /* of one client's line; may change at any time */
    uint32_t delay_ms, jitter_ms;
    uint32_t bytes_per_s;       /* 0: no limit */
    uint32_t loss_percent;      /* of frames; each costs a retransmission's wait */
    uint32_t duplicate_percent; /* of frames that may_repeat, as a proxy that retries would */
    bool is_dark;               /* nothing passes and nobody is told */
    bool is_stalled;            /* the client's machine does not read */
};

struct network_client { /* the shell around a core */
    void *context;
    void (*on_link)(void *context, bool up, const char *reason);
    void (*on_frame)(void *context, struct bytes frame);
};

struct link;
struct network {
    void *context; /* of the broker's three */
    bool (*listens)(void *context);
    bool (*admits)(void *context, struct bytes key);
    void (*on_frame)(void *context, struct bytes route, struct bytes key, struct bytes frame);
    /* As it leaves; whether it arrives is another question. */
    void (*on_sent)(void *context, const struct link *link, bool to_broker, struct bytes frame);
    bool (*may_repeat)(void *context, struct bytes frame);
    struct random random;
    struct link *links[NETWORK_LINKS_MAX];
    size_t link_count;
    uint32_t newest;
    uint64_t now_ms;
    uint64_t passed_count, dropped_count, duplicated_count;
};

enum network_outcome { NETWORK_SENT, NETWORK_FULL, NETWORK_GONE };

void network_init(struct network *network, uint64_t seed);
void network_release(struct network *network);
struct link *network_connect(struct network *network, const char *name,
                             const uint8_t key[NETWORK_KEY_SIZE],
                             const struct link_quality *quality,
                             const struct network_client *client);
/* The client closes its socket: it hears nothing more of this link, and link is not used again. */
void network_close(struct network *network, struct link *link);
void network_cut(struct network *network,
                 struct link *link); /* the line breaks; both ends learn of it some time */
/* What is under way to the broker arrives, but so much later. */
void network_cut_late(struct network *network, struct link *link, uint64_t late_ms);
void network_sever(struct network *network, struct link *link); /* and nothing under way arrives */
void network_cut_all(struct network *network);                  /* the broker's process ended */
enum network_outcome network_send_to_broker(struct network *network, struct link *link,
                                            struct bytes frame);
enum network_outcome network_send_to_client(struct network *network, struct bytes route,
                                            struct bytes frame);
/* Delivers everything that is due at now_ms. */
void network_step(struct network *network, uint64_t now_ms);
uint64_t network_next_ms(const struct network *network);
const char *network_link_name(const struct link *link);
uint32_t network_link_number(const struct link *link);
