/* subscriber.c - see subscriber.h. */
#include "reader/subscriber.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "io/daemon.h"
#include "io/zsock.h"
#include "proto/follower.h"
#include "reader/reading.h"

enum {
    ARENA_SIZE_MAX = 4 << 20,
    /* The follower decides when to try again; the socket's own next attempt never comes. */
    RECONNECT_MS = 600000,
};

struct subscriber {
    struct subscriber_options options;
    struct subscriber_handlers handlers;
    uv_timer_t timer;
    struct zcontext *zcontext;
    struct zsock *zsock; /* NULL between links */
    struct follower follower;
    struct arena arena;
    struct buffer expanded, frame;
    const struct push_signature *signatures; /* of the update being drained */
    size_t signature_count;
    char address[256];
    uint64_t heard_ms;
    bool told_up, is_over; /* is_over: on_end was called, or it was closed */
    char told_reason[256];
};

struct bytes subscriber_record_bytes(const struct subscriber *subscriber)
{
    const struct follower *follower = &subscriber->follower;
    assert(follower->is_draining && follower->group_at > 0);
    return wire_row_record(follower->group[follower->group_at - 1]);
}

uint64_t subscriber_heard_ms(const struct subscriber *subscriber)
{
    return subscriber->heard_ms;
}

void subscriber_problem(const struct subscriber *subscriber, const char *what,
                        struct problem *problem)
{
    const struct follower *follower = &subscriber->follower;
    problem_set(problem, "%s: %s%s%s", subscriber->address, what, *follower->text ? ": " : "",
                follower->text);
    if (*follower->remedy)
        problem_remedy(problem, "%s", follower->remedy);
}

static void hang_up(struct subscriber *subscriber)
{
    if (subscriber->zsock)
        zsock_close(subscriber->zsock);
    subscriber->zsock = NULL;
}

static void finish(struct subscriber *subscriber, enum err err, const struct problem *problem)
{
    if (subscriber->is_over)
        return;
    subscriber->is_over = true;
    hang_up(subscriber);
    (void)uv_timer_stop(&subscriber->timer);
    subscriber->handlers.on_end(subscriber->handlers.context, err, problem);
}

static void fail(struct subscriber *subscriber, enum err err, const char *what)
{
    struct problem problem = {0};
    subscriber_problem(subscriber, what, &problem);
    finish(subscriber, err, &problem);
}

/* What a handler says is said by it. */
static void obey(struct subscriber *subscriber, enum err err)
{
    const struct problem none = {0};
    if (err != OK)
        finish(subscriber, err, &none);
}

/* ---- what came ---- */

static enum err hand_out_signatures(struct subscriber *subscriber, uint64_t position)
{
    const struct subscriber_handlers *handlers = &subscriber->handlers;
    while (subscriber->signature_count > 0 && subscriber->signatures->position <= position) {
        if (handlers->on_signature)
            TRY(handlers->on_signature(handlers->context, subscriber->signatures));
        subscriber->signatures++;
        subscriber->signature_count--;
    }
    return OK;
}

static enum err hand_out(struct subscriber *subscriber, const struct record *record,
                         const struct hash *hash)
{
    TRY(subscriber->handlers.on_record(subscriber->handlers.context, record, hash));
    return hand_out_signatures(subscriber, record->position);
}

static void drain(struct subscriber *subscriber)
{
    const struct subscriber_handlers *handlers = &subscriber->handlers;
    const struct follower *follower = &subscriber->follower;
    struct record record;
    struct hash hash;
    enum err err = OK;
    while (!subscriber->is_over &&
           (err = follower_row(&subscriber->follower, &record, &hash)) == OK)
        obey(subscriber, hand_out(subscriber, &record, &hash));
    if (subscriber->is_over)
        return;
    if (err != ERR_NOT_FOUND)
        fail(subscriber, ERR_CORRUPT, "the feed is damaged");
    else if (handlers->on_turn)
        obey(subscriber, handlers->on_turn(handlers->context, follower->next_position - 1,
                                           follower->head_position));
}

static void on_update(struct subscriber *subscriber, const struct update *update, uint64_t now_ms)
{
    struct bytes batch = update->batch;
    subscriber->heard_ms = now_ms;
    if (update->compressed && wire_batch_expand(batch, &subscriber->expanded, &batch) != OK) {
        follower_on_nonsense(&subscriber->follower, "a batch that does not unpack");
        return;
    }
    if (follower_on_update(&subscriber->follower, update, batch, now_ms) != FOLLOWER_TAKE)
        return;
    subscriber->signatures = update->signatures;
    subscriber->signature_count = update->signature_count;
    drain(subscriber);
}

static void on_contacts(struct subscriber *subscriber, const struct contacts *contacts,
                        uint64_t now_ms)
{
    const struct subscriber_handlers *handlers = &subscriber->handlers;
    if (follower_on_contacts(&subscriber->follower, contacts, now_ms) && handlers->on_contacts)
        handlers->on_contacts(handlers->context, contacts);
}

static void on_frame(struct subscriber *subscriber, const struct frame *frame, uint64_t now_ms)
{
    struct follower *follower = &subscriber->follower;
    switch (frame->kind) {
    case FRAME_UPDATE:
        on_update(subscriber, &frame->update, now_ms);
        break;
    case FRAME_CONTACTS:
        on_contacts(subscriber, &frame->contacts, now_ms);
        break;
    case FRAME_HEARTBEAT:
        subscriber->heard_ms = now_ms;
        follower_on_heartbeat(follower, &frame->heartbeat, now_ms);
        break;
    case FRAME_REFUSE: /* a refusal is no progress */
        follower_on_refuse(follower, &frame->refuse, now_ms);
        break;
    case FRAME_BYE:
        follower_on_bye(follower, &frame->bye, now_ms);
        break;
    case FRAME_HELLO:
    case FRAME_WELCOME:
    case FRAME_PUSH:
    case FRAME_ACK:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UNSUBSCRIBE:
        follower_on_nonsense(follower, "a frame that is not for subscribers");
        break;
    }
}

static void on_message(void *context, const struct zsock_message *message)
{
    struct subscriber *subscriber = context;
    struct frame frame;
    struct problem problem = {0};
    if (subscriber->is_over)
        return;
    arena_reset(&subscriber->arena);
    if (wire_frame_decode(message->frame, &subscriber->arena, &frame, &problem) == OK)
        on_frame(subscriber, &frame, clock_steady_ms());
    else
        follower_on_nonsense(&subscriber->follower, problem.text);
}

static void on_timer(uv_timer_t *timer);

static void on_link(void *context, bool up, const char *reason)
{
    struct subscriber *subscriber = context;
    if (!up && strstr(reason, "ZAP 400"))
        follower_on_denied(&subscriber->follower, reason);
    else
        follower_on_link(&subscriber->follower, up, reason, clock_steady_ms());
    /* Nothing else here: the socket is in the middle of telling us. */
    if (!subscriber->is_over)
        (void)uv_timer_start(&subscriber->timer, on_timer, 0, 0);
}

/* ---- what now ---- */

static void step(struct subscriber *subscriber);

static void on_turn(void *context)
{
    step(context);
}

static void connect_to_broker(struct subscriber *subscriber, uint64_t now_ms)
{
    const struct membership *membership = subscriber->options.membership;
    struct zsock_dealer_options options = {
        .loop = subscriber->options.loop,
        .context = subscriber->zcontext,
        .connect = subscriber->address,
        .server_public_key = membership->welcome.broker_curve_key.data,
        .public_key = membership->identity.curve_public,
        .secret_key = membership->identity.curve_secret,
        .frame_size_max = FRAME_SIZE_MAX,
        .reconnect_min_ms = RECONNECT_MS,
        .reconnect_max_ms = RECONNECT_MS,
    };
    struct zsock_handlers handlers = {subscriber, on_message, on_turn, on_link};
    struct problem problem = {0};
    if (zsock_dealer_open(&options, &handlers, &subscriber->zsock, &problem) == OK)
        return;
    subscriber->zsock = NULL;
    follower_on_link(&subscriber->follower, false, problem.text, now_ms);
}

static void send_frame(struct subscriber *subscriber, struct frame *frame, uint64_t now_ms)
{
    if (frame->kind == FRAME_SUBSCRIBE) {
        frame->subscribe.filter = subscriber->options.filter;
        frame->subscribe.with_signatures = subscriber->options.with_signatures;
        frame->subscribe.with_contacts = subscriber->options.with_contacts;
    }
    buffer_clear(&subscriber->frame);
    wire_frame_encode(frame, &subscriber->frame);
    if (!subscriber->zsock ||
        zsock_send(subscriber->zsock, BYTES_NONE, buffer_bytes(&subscriber->frame)) != ZSOCK_SENT)
        follower_on_link(&subscriber->follower, false, "the link takes no more", now_ms);
}

static void perform(struct subscriber *subscriber, struct follower_action *action, uint64_t now_ms)
{
    switch (action->kind) {
    case FOLLOWER_CONNECT:
        connect_to_broker(subscriber, now_ms);
        break;
    case FOLLOWER_DISCONNECT:
        hang_up(subscriber);
        break;
    case FOLLOWER_SEND:
        send_frame(subscriber, &action->frame, now_ms);
        break;
    }
}

static void tell_link(struct subscriber *subscriber)
{
    const struct subscriber_handlers *handlers = &subscriber->handlers;
    const struct follower *follower = &subscriber->follower;
    bool up = follower->state == FOLLOWER_FOLLOWING;
    bool is_new_reason = !up && strcmp(follower->text, subscriber->told_reason) != 0;
    if (up == subscriber->told_up && !is_new_reason)
        return;
    subscriber->told_up = up;
    (void)snprintf(subscriber->told_reason, sizeof subscriber->told_reason, "%s",
                   up ? "" : follower->text);
    if (handlers->on_link)
        handlers->on_link(handlers->context, up, subscriber->told_reason);
}

/* The follower will not try again. */
static void end(struct subscriber *subscriber)
{
    const struct follower *follower = &subscriber->follower;
    struct problem problem = {0};
    if (follower->reason != REASON_LOG_CHANGED) {
        fail(subscriber, ERR_DENIED, "the broker refused");
    } else if (follower->after_known) {
        fail(subscriber, ERR_NOT_FOUND, "the broker refused");
    } else {
        reading_beyond_end(subscriber->options.from, &problem);
        finish(subscriber, ERR_NOT_FOUND, &problem);
    }
}

static void step(struct subscriber *subscriber)
{
    struct follower *follower = &subscriber->follower;
    struct follower_action action;
    uint64_t now_ms = clock_steady_ms();
    uv_update_time(subscriber->options.loop);
    while (!subscriber->is_over && follower_next(follower, now_ms, &action))
        perform(subscriber, &action, now_ms);
    if (!subscriber->is_over)
        tell_link(subscriber);
    if (subscriber->is_over)
        return;
    if (follower->state == FOLLOWER_ENDED) {
        end(subscriber);
        return;
    }
    uint64_t deadline_ms = follower_deadline_ms(follower);
    uint64_t wait_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    if (deadline_ms != UINT64_MAX)
        (void)uv_timer_start(&subscriber->timer, on_timer, wait_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
    step(timer->data);
}

/* ---- the whole ---- */

enum err subscriber_open(const struct subscriber_options *options,
                         const struct subscriber_handlers *handlers, struct subscriber **out,
                         struct problem *problem)
{
    const struct filter *filter = &options->filter;
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    struct follower_plan plan = {
        .from_position = options->from,
        .after = options->after,
        .window = (uint64_t)options->membership->settings->window_records,
        .is_dense = filter->all_records && filter->units.count == 0 &&
                    filter->projects.count == 0 && filter->kind_count == 0,
    };
    struct subscriber *subscriber = calloc(1, sizeof *subscriber);
    if (!subscriber)
        abort();
    subscriber->options = *options;
    subscriber->handlers = *handlers;
    enum err err = zcontext_open(&subscriber->zcontext);
    if (err != OK) {
        free(subscriber);
        problem_set(problem, "the system gives no socket: look at the limits of this user");
        return err;
    }
    follower_init(&subscriber->follower, &plan, seed, &options->trace);
    arena_init(&subscriber->arena, ARENA_SIZE_MAX);
    membership_address(options->membership, subscriber->address, sizeof subscriber->address);
    (void)uv_timer_init(options->loop, &subscriber->timer);
    subscriber->timer.data = subscriber;
    (void)uv_timer_start(&subscriber->timer, on_timer, 0, 0);
    *out = subscriber;
    return OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct subscriber *subscriber = handle->data;
    zcontext_close(subscriber->zcontext);
    arena_release(&subscriber->arena);
    buffer_release(&subscriber->expanded);
    buffer_release(&subscriber->frame);
    free(subscriber);
}

void subscriber_close(struct subscriber *subscriber)
{
    assert(!uv_is_closing((uv_handle_t *)&subscriber->timer));
    subscriber->is_over = true;
    hang_up(subscriber);
    uv_close((uv_handle_t *)&subscriber->timer, on_closed);
}
