/*
 * subscriber.h - follows the log of a broker far away, on the caller's loop: the socket and the
 * timer around proto/follower. Pushed, by credit; a link that goes down is opened again. Everything
 * happens on the loop, on_end too, and never within subscriber_open.
 */
#pragma once

#include <uv.h>

#include "base/trace.h"
#include "reader/membership.h"

struct subscriber;

struct subscriber_options {
    uv_loop_t *loop;
    const struct membership *membership; /* outlives the subscriber */
    uint64_t from;                       /* from 1 */
    struct hash after;                   /* of from - 1, when the caller has it; else zero */
    struct filter filter;                /* its texts outlive the subscriber */
    bool with_signatures;
    bool with_contacts; /* the units' links as the broker sees them: on_contacts */
    struct trace trace; /* {0}: silent */
};

struct subscriber_handlers {
    void *context;
    /* Position, order and hash are checked before. Anything but OK ends the subscription with it;
     * the problem of on_end is empty then. */
    enum err (*on_record)(void *context, const struct record *record, const struct hash *hash);
    /* After the record it belongs to. NULL: not wanted. */
    enum err (*on_signature)(void *context, const struct push_signature *signature);
    /* After each update, its records handed out: everything up to scanned_to has been seen; head
     * is the log's, so the caller is live when they are equal. NULL: not wanted. */
    enum err (*on_turn)(void *context, uint64_t scanned_to, uint64_t head);
    /* With with_contacts: all units once the link is up, then those that changed. NULL: not
     * wanted. */
    void (*on_contacts)(void *context, const struct contacts *contacts);
    /* Up: subscribed. Down: reason says why; a new reason while it is down is told too. NULL: not
     * wanted. */
    void (*on_link)(void *context, bool up, const char *reason);
    /*
     * Nothing comes any more, and trying again cannot help. ERR_NOT_FOUND: the log does not hold
     * the record before options.from, or the last one handed out: it was restored, or is another.
     * ERR_DENIED: the broker does not want us. ERR_CORRUPT: what it sent is damaged.
     */
    void (*on_end)(void *context, enum err err, const struct problem *problem);
};

/* Connects by itself, and again. ERR_IO: the system gives no socket. */
MUST_CHECK enum err subscriber_open(const struct subscriber_options *options,
                                    const struct subscriber_handlers *handlers,
                                    struct subscriber **out, struct problem *problem);
/* From any handler, or later. No handler is called after it. Its memory is freed by the loop, so
 * run it until its handles are closed. */
void subscriber_close(struct subscriber *subscriber);
/* Within on_record: the record's bytes as the broker sent them, for who keeps them; borrowed. */
struct bytes subscriber_record_bytes(const struct subscriber *subscriber);
/* On clock_steady_ms: when the broker last said what brings us on; 0: never. */
uint64_t subscriber_heard_ms(const struct subscriber *subscriber);
/* "tcp://…: what: the link's last words", and the remedy that came with them. */
void subscriber_problem(const struct subscriber *subscriber, const char *what,
                        struct problem *problem);
