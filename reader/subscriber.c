/* subscriber.c - see subscriber.h. */
#include "reader/subscriber.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "io/daemon.h"
#include "io/zsock.h"
#include "proto/follower.h"

enum {
    ARENA_SIZE_MAX = 4 << 20,
    /* The follower decides when to try again; the socket's own next attempt never comes. */
    RECONNECT_MS = 600000,
};

struct subscriber {
    uv_loop_t loop;
    uv_timer_t timer;
    struct signals signals;
    struct zcontext *zcontext;
    struct zsock *zsock; /* NULL between links */
    const struct membership *membership;
    const struct reading *reading;
    const struct reading_sink *sink;
    struct problem *problem;
    struct follower follower;
    struct arena arena;
    struct buffer expanded, frame;
    const struct push_signature *signatures; /* of the update being drained */
    size_t signature_count;
    char address[256];
    uint64_t to;         /* UINT64_MAX: not known yet, or no end */
    uint64_t give_up_ms; /* UINT64_MAX: never */
    enum err result;
    bool is_done;
};

static void finish(struct subscriber *subscriber, enum err result)
{
    if (subscriber->is_done)
        return;
    subscriber->is_done = true;
    subscriber->result = result;
    uv_stop(&subscriber->loop);
}

static void fail(struct subscriber *subscriber, enum err err, const char *what)
{
    const struct follower *follower = &subscriber->follower;
    problem_set(subscriber->problem, "%s: %s%s%s", subscriber->address, what,
                *follower->text ? ": " : "", follower->text);
    if (*follower->remedy)
        problem_remedy(subscriber->problem, "%s", follower->remedy);
    finish(subscriber, err);
}

/* ---- what came ---- */

static enum err hand_out_signatures(struct subscriber *subscriber, uint64_t position)
{
    const struct reading_sink *sink = subscriber->sink;
    while (subscriber->signature_count > 0 && subscriber->signatures->position <= position) {
        if (sink->on_signature)
            TRY(sink->on_signature(sink->context, subscriber->signatures));
        subscriber->signatures++;
        subscriber->signature_count--;
    }
    return OK;
}

static void drain(struct subscriber *subscriber)
{
    const struct reading_sink *sink = subscriber->sink;
    struct record record;
    struct hash hash;
    enum err err;
    while ((err = follower_row(&subscriber->follower, &record, &hash)) == OK) {
        if (record.position > subscriber->to)
            continue;
        err = sink->on_record(sink->context, &record, &hash);
        if (err == OK)
            err = hand_out_signatures(subscriber, record.position);
        if (err != OK) {
            finish(subscriber, err);
            return;
        }
    }
    if (err != ERR_NOT_FOUND)
        fail(subscriber, ERR_CORRUPT, "the feed is damaged");
    else if (subscriber->follower.next_position > subscriber->to)
        finish(subscriber, OK);
}

static void on_update(struct subscriber *subscriber, const struct update *update, uint64_t now_ms)
{
    struct bytes batch = update->batch;
    if (update->compressed && wire_batch_expand(batch, &subscriber->expanded, &batch) != OK) {
        follower_on_nonsense(&subscriber->follower, "a batch that does not unpack");
        return;
    }
    if (follower_on_update(&subscriber->follower, update, batch, now_ms) != FOLLOWER_TAKE)
        return;
    const struct reading *reading = subscriber->reading;
    if (!reading->follow && subscriber->to > update->head_position)
        subscriber->to = update->head_position;
    subscriber->signatures = update->signatures;
    subscriber->signature_count = update->signature_count;
    drain(subscriber);
}

static void on_message(void *context, const struct zsock_message *message)
{
    struct subscriber *subscriber = context;
    struct follower *follower = &subscriber->follower;
    struct frame frame;
    struct problem problem = {0};
    uint64_t now_ms = clock_steady_ms();
    if (subscriber->is_done)
        return;
    arena_reset(&subscriber->arena);
    if (wire_frame_decode(message->frame, &subscriber->arena, &frame, &problem) != OK) {
        follower_on_nonsense(follower, problem.text);
        return;
    }
    switch (frame.kind) {
    case FRAME_UPDATE:
        on_update(subscriber, &frame.update, now_ms);
        break;
    case FRAME_REFUSE:
        follower_on_refuse(follower, &frame.refuse, now_ms);
        return; /* a refusal is no progress */
    case FRAME_BYE:
        follower_on_bye(follower, &frame.bye, now_ms);
        return;
    case FRAME_HEARTBEAT:
        follower_on_heartbeat(follower, &frame.heartbeat, now_ms);
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
    if (!subscriber->reading->follow)
        subscriber->give_up_ms = now_ms + subscriber->reading->timeout_ms;
}

static void step_soon(struct subscriber *subscriber);

static void on_link(void *context, bool up, const char *reason)
{
    struct subscriber *subscriber = context;
    if (!up && strstr(reason, "ZAP 400"))
        follower_on_denied(&subscriber->follower, reason);
    else
        follower_on_link(&subscriber->follower, up, reason, clock_steady_ms());
    step_soon(subscriber); /* not here: the socket is in the middle of telling us */
}

/* ---- what now ---- */

static void on_turn(void *context);

static void connect_to_broker(struct subscriber *subscriber, uint64_t now_ms)
{
    const struct identity *identity = &subscriber->membership->identity;
    struct zsock_dealer_options options = {
        .loop = &subscriber->loop,
        .context = subscriber->zcontext,
        .connect = subscriber->address,
        .server_public_key = subscriber->membership->welcome.broker_curve_key.data,
        .public_key = identity->curve_public,
        .secret_key = identity->curve_secret,
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
        frame->subscribe.filter = subscriber->reading->filter;
        frame->subscribe.with_signatures = subscriber->reading->with_signatures;
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
        if (subscriber->zsock)
            zsock_close(subscriber->zsock);
        subscriber->zsock = NULL;
        break;
    case FOLLOWER_SEND:
        send_frame(subscriber, &action->frame, now_ms);
        break;
    }
}

static void on_timer(uv_timer_t *timer);

static void sleep_until(struct subscriber *subscriber, uint64_t deadline_ms, uint64_t now_ms)
{
    if (deadline_ms > subscriber->give_up_ms)
        deadline_ms = subscriber->give_up_ms;
    uint64_t wait_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    if (deadline_ms != UINT64_MAX)
        (void)uv_timer_start(&subscriber->timer, on_timer, wait_ms, 0);
}

static void step(struct subscriber *subscriber)
{
    struct follower *follower = &subscriber->follower;
    struct follower_action action;
    uint64_t now_ms = clock_steady_ms();
    uv_update_time(&subscriber->loop);
    while (!subscriber->is_done && follower_next(follower, now_ms, &action))
        perform(subscriber, &action, now_ms);
    if (subscriber->is_done)
        return;
    if (follower->state == FOLLOWER_ENDED && follower->reason == REASON_LOG_CHANGED &&
        !follower->after_known) {
        reading_beyond_end(subscriber->reading, subscriber->problem);
        finish(subscriber, ERR_NOT_FOUND);
    } else if (follower->state == FOLLOWER_ENDED) {
        fail(subscriber, ERR_DENIED, "the broker refused");
    } else if (now_ms >= subscriber->give_up_ms) {
        fail(subscriber, ERR_IO, "no answer in time");
    } else {
        sleep_until(subscriber, follower_deadline_ms(follower), now_ms);
    }
}

static void on_timer(uv_timer_t *timer)
{
    step(timer->data);
}

static void step_soon(struct subscriber *subscriber)
{
    if (!subscriber->is_done)
        (void)uv_timer_start(&subscriber->timer, on_timer, 0, 0);
}

static void on_turn(void *context)
{
    struct subscriber *subscriber = context;
    const struct reading_sink *sink = subscriber->sink;
    if (subscriber->is_done)
        return;
    if (sink->on_turn) {
        enum err err = sink->on_turn(sink->context, subscriber->follower.next_position - 1);
        if (err != OK)
            finish(subscriber, err);
    }
    step(subscriber);
}

static void on_stop(void *context)
{
    struct subscriber *subscriber = context;
    if (!subscriber->reading->follow) {
        problem_set(subscriber->problem, "stopped by a signal after position %" PRIu64,
                    subscriber->follower.next_position - 1);
        finish(subscriber, ERR_BUSY);
        return;
    }
    finish(subscriber, OK);
}

/* ---- the whole ---- */

static enum err open_all(struct subscriber *subscriber)
{
    if (uv_loop_init(&subscriber->loop) != 0)
        return ERR_IO;
    (void)uv_timer_init(&subscriber->loop, &subscriber->timer);
    subscriber->timer.data = subscriber;
    TRY(signals_open(&subscriber->loop, &subscriber->signals, on_stop, subscriber));
    return zcontext_open(&subscriber->zcontext);
}

static void close_all(struct subscriber *subscriber)
{
    if (subscriber->zsock)
        zsock_close(subscriber->zsock);
    uv_close((uv_handle_t *)&subscriber->timer, NULL);
    signals_close(&subscriber->signals);
    while (uv_run(&subscriber->loop, UV_RUN_DEFAULT) != 0) /* once more after an uv_stop */
        continue;
    zcontext_close(subscriber->zcontext);
    (void)uv_loop_close(&subscriber->loop);
    arena_release(&subscriber->arena);
    buffer_release(&subscriber->expanded);
    buffer_release(&subscriber->frame);
}

static void begin(struct subscriber *subscriber)
{
    const struct reading *reading = subscriber->reading;
    const struct filter *filter = &reading->filter;
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    struct follower_plan plan = {
        .from_position = reading->from,
        .window = (uint64_t)subscriber->membership->settings.window_records,
        .is_dense = filter->all_records && filter->units.count == 0 &&
                    filter->projects.count == 0 && filter->kind_count == 0,
    };
    struct trace silent = {0};
    follower_init(&subscriber->follower, &plan, seed, &silent);
    arena_init(&subscriber->arena, ARENA_SIZE_MAX);
    membership_address(subscriber->membership, subscriber->address, sizeof subscriber->address);
    subscriber->to = reading->to > 0 ? reading->to : UINT64_MAX;
    subscriber->give_up_ms = reading->follow ? UINT64_MAX : clock_steady_ms() + reading->timeout_ms;
}

enum err subscriber_read(const struct membership *membership, const struct reading *reading,
                         const struct reading_sink *sink, struct problem *problem)
{
    static struct subscriber subscriber;
    subscriber = (struct subscriber){
        .membership = membership, .reading = reading, .sink = sink, .problem = problem};
    if (open_all(&subscriber) != OK) {
        problem_set(problem, "the system gives no loop or socket: look at the limits of this user");
        return ERR_IO;
    }
    begin(&subscriber);
    step(&subscriber);
    if (!subscriber.is_done)
        (void)uv_run(&subscriber.loop, UV_RUN_DEFAULT);
    enum err result = subscriber.result;
    if (result == OK && sink->on_turn)
        result = sink->on_turn(sink->context, subscriber.follower.next_position - 1);
    close_all(&subscriber);
    return result;
}
