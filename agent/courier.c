/* courier.c - see courier.h: begins, ends, and everything but a rejoin and the pushes. */
#include "agent/courier.h"

#include <inttypes.h>
#include <stdlib.h>

#include "agent/courier_push.h"

enum { ARENA_LIMIT_BYTES = 4 << 20 }; /* a frame's lists; its bytes are borrowed */

void courier_init(struct courier *courier, struct home *home, const struct courier_port *port,
                  uint64_t seed, const struct trace *trace)
{
    *courier = (struct courier){.home = home, .port = *port, .trace = *trace};
    random_init(&courier->random, seed);
    arena_init(&courier->arena, ARENA_LIMIT_BYTES);
    uplink_init(&courier->uplink, random_next(&courier->random), trace);
    const struct agent_settings *settings = &home->settings;
    courier->uplink.heartbeat_ms = (uint64_t)settings->heartbeat_ms;
    courier->uplink.backoff_max_ms = (uint64_t)settings->reconnect_max_ms;
    courier->uplink.window_max_bytes = (uint64_t)settings->in_flight_max_bytes;
    home->is_joined_anew = true; /* the first turn begins */
}

void courier_release(struct courier *courier)
{
    free(courier->ids);
    arena_release(&courier->arena);
    buffer_release(&courier->batch);
    buffer_release(&courier->compressed);
    buffer_release(&courier->statement);
    buffer_release(&courier->frame);
}

bool courier_send(struct courier *courier, const struct frame *frame)
{
    buffer_clear(&courier->frame);
    wire_frame_encode(frame, &courier->frame);
    return courier->port.send(courier->port.context, buffer_bytes(&courier->frame));
}

void courier_deliver(struct courier *courier, uint64_t now_ms)
{
    const struct outbox_state *state = &courier->home->state;
    courier->phase = COURIER_DELIVERING;
    uplink_join(&courier->uplink, state->epoch, state->last_seq, state->acked_seq, now_ms);
}

/* At start, and after join or rejoin: with the keys and the epoch of now. */
static void begin(struct courier *courier, uint64_t now_ms)
{
    const struct home *home = courier->home;
    courier->home->is_joined_anew = false;
    courier->port.disconnect(courier->port.context);
    courier->uplink.socket_open = false;
    courier->follower.has_socket = false;
    if (!home_is_joined(home))
        courier->phase = COURIER_UNJOINED;
    else if (home->state.rejoin_epoch != 0)
        courier_rejoin_begin(courier, now_ms);
    else
        courier_deliver(courier, now_ms);
}

/* ---- what comes ---- */

void courier_on_link(struct courier *courier, bool up, const char *reason, uint64_t now_ms)
{
    if (courier->phase == COURIER_DELIVERING)
        uplink_on_link(&courier->uplink, up, reason, now_ms);
    else if (courier->phase == COURIER_REJOINING && !up && reason && strstr(reason, "ZAP 400"))
        follower_on_denied(&courier->follower, reason);
    else if (courier->phase == COURIER_REJOINING)
        follower_on_link(&courier->follower, up, reason, now_ms);
}

static void on_welcome(struct courier *courier, const struct welcome *welcome, uint64_t now_ms)
{
    struct home *home = courier->home;
    struct hash chain;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    enum err err = store_begin_read(home->store, &txn);
    if (err == OK)
        err = outbox_chain(txn, home->state.generation, welcome->have_seq, &chain);
    if (welcome->token.size > sizeof(courier->token))
        err = ERR_LIMIT;
    if (err != OK && err != ERR_NOT_FOUND) {
        uplink_on_trouble(&courier->uplink, "the welcome cannot be compared with the outbox",
                          now_ms);
        return;
    }
    courier->token_size = (uint32_t)welcome->token.size;
    if (welcome->token.size > 0)
        memcpy(courier->token, welcome->token.data, welcome->token.size);
    uplink_on_welcome(&courier->uplink, welcome, err == OK ? &chain : NULL, now_ms);
}

enum err courier_put_refusal(struct home_change *change, uint32_t generation,
                             const struct ack_refusal *refusal)
{
    uint8_t key[12]; /* as in store/outbox.h: to count it once, however often it is said */
    struct bytes stored;
    u32_put(key, generation);
    u64_put(key + 4, refusal->seq);
    enum err err = store_get(change->txn, OUTBOX_REFUSED, bytes_of(key, sizeof(key)), &stored);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    change->state.refused_count += err == ERR_NOT_FOUND;
    struct outbox_refusal row = {
        .generation = generation,
        .seq = refusal->seq,
        .position = refusal->position,
        .reason = refusal->reason,
        .text = refusal->text,
    };
    return outbox_refusal_put(change->txn, &row);
}

/* The refusals and the cursor that covers them are durable together, before the uplink moves. */
static enum err save_refusals(struct courier *courier, const struct ack *ack)
{
    CLEANUP(home_abort) struct home_change change = {0};
    TRY(home_begin_reserved(courier->home, &change));
    for (size_t i = 0; i < ack->refusal_count; i++)
        TRY(courier_put_refusal(&change, change.state.generation, &ack->refusals[i]));
    change.state.acked_seq = ack->have_seq;
    change.state.acked_position = ack->have_position;
    return home_commit(courier->home, &change);
}

static void on_ack(struct courier *courier, const struct ack *ack, uint64_t now_ms)
{
    struct uplink *uplink = &courier->uplink;
    bool is_news = uplink_judge_ack(uplink, ack) == UPLINK_ACK_NEWS;
    if (is_news && ack->refusal_count > 0 && save_refusals(courier, ack) != OK) {
        uplink_on_trouble(
            uplink, "本机存不下退回记录 (refusals cannot be saved: is the disk full?)", now_ms);
        return;
    }
    (void)uplink_on_ack(uplink, ack, now_ms);
    if (!is_news || ack->refusal_count > 0)
        return;
    struct home *home = courier->home;
    home->state.acked_seq = ack->have_seq;
    home->state.acked_position = ack->have_position;
    if (!home->is_cursor_ahead)
        courier->cursor_at_ms = now_ms + COURIER_CURSOR_MS;
    home->is_cursor_ahead = true;
}

static void deliver_on_frame(struct courier *courier, const struct frame *frame, uint64_t now_ms)
{
    struct uplink *uplink = &courier->uplink;
    switch (frame->kind) {
    case FRAME_WELCOME:
        on_welcome(courier, &frame->welcome, now_ms);
        break;
    case FRAME_REFUSE:
        uplink_on_refuse(uplink, &frame->refuse, now_ms);
        break;
    case FRAME_ACK:
        on_ack(courier, &frame->ack, now_ms);
        break;
    case FRAME_HEARTBEAT:
        uplink_on_heartbeat(uplink, &frame->heartbeat, now_ms);
        break;
    case FRAME_BYE:
        uplink_on_bye(uplink, &frame->bye, now_ms);
        break;
    case FRAME_HELLO:
    case FRAME_PUSH:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UPDATE:
    case FRAME_UNSUBSCRIBE:
    case FRAME_CONTACTS:
        uplink_on_trouble(uplink, "the broker sent what a broker does not send", now_ms);
        break;
    }
}

void courier_on_frame(struct courier *courier, struct bytes bytes, uint64_t now_ms)
{
    struct frame frame;
    struct problem problem = {0};
    arena_reset(&courier->arena);
    enum err err = wire_frame_decode(bytes, &courier->arena, &frame, &problem);
    if (courier->phase == COURIER_DELIVERING && err != OK)
        uplink_on_trouble(&courier->uplink, problem.text, now_ms);
    else if (courier->phase == COURIER_DELIVERING)
        deliver_on_frame(courier, &frame, now_ms);
    else if (courier->phase == COURIER_REJOINING && err != OK)
        follower_on_nonsense(&courier->follower, problem.text);
    else if (courier->phase == COURIER_REJOINING)
        courier_rejoin_on_frame(courier, &frame, now_ms);
}

/* ---- what is to be done ---- */

static bool send_hello(struct courier *courier, int64_t wall_ms)
{
    const struct home *home = courier->home;
    const struct outbox_state *state = &home->state;
    struct frame frame = {.kind = FRAME_HELLO};
    frame.hello = (struct hello){
        .version_min = PROTOCOL_VERSION,
        .version_max = PROTOCOL_VERSION,
        .unit = home->request.unit,
        .epoch = state->epoch,
        .newest_seq = state->last_seq,
        .acked_seq = courier->uplink.acked_seq,
        .chain_head = state->chain,
        .token = bytes_of(state->token, state->token_size),
        .clock_ms = wall_ms,
        .backlog_bytes = home_backlog_bytes(home),
        .program = bytes_of_text("huoshui-agent " HUOSHUI_VERSION),
    };
    return courier_send(courier, &frame);
}

static bool send_heartbeat(struct courier *courier, int64_t wall_ms)
{
    const struct outbox_state *state = &courier->home->state;
    struct frame frame = {.kind = FRAME_HEARTBEAT};
    frame.heartbeat = (struct heartbeat){
        .clock_ms = wall_ms,
        .token = bytes_of(state->token, state->token_size),
        .newest_seq = state->last_seq,
    };
    return courier_send(courier, &frame);
}

static enum err save_token(struct courier *courier)
{
    CLEANUP(home_abort) struct home_change change = {0};
    TRY(home_begin_reserved(courier->home, &change));
    memcpy(change.state.token, courier->token, courier->token_size);
    change.state.token_size = courier->token_size;
    change.state.acked_seq = courier->uplink.acked_seq; /* moved back by a restored broker */
    return home_commit(courier->home, &change);
}

static void perform(struct courier *courier, const struct uplink_action *action, uint64_t now_ms,
                    int64_t wall_ms)
{
    struct uplink *uplink = &courier->uplink;
    bool is_done = true;
    switch (action->kind) {
    case UPLINK_CONNECT:
        is_done = courier->port.connect(courier->port.context);
        break;
    case UPLINK_DISCONNECT:
        courier->port.disconnect(courier->port.context);
        break;
    case UPLINK_HELLO:
        is_done = send_hello(courier, wall_ms);
        break;
    case UPLINK_HEARTBEAT:
        is_done = send_heartbeat(courier, wall_ms);
        break;
    case UPLINK_SAVE_TOKEN:
        if (save_token(courier) == OK)
            uplink_on_token_saved(uplink, now_ms);
        else
            uplink_on_trouble(
                uplink, "本机存不下令牌 (the token cannot be saved: is the disk full?)", now_ms);
        break;
    case UPLINK_PUSH:
        courier_push(courier, action, now_ms);
        break;
    }
    if (!is_done)
        uplink_on_trouble(uplink, "the transport takes nothing", now_ms);
}

enum err courier_save_cursor(struct courier *courier)
{
    if (!courier->home->is_cursor_ahead)
        return OK;
    CLEANUP(home_abort) struct home_change change = {0};
    TRY(home_begin_reserved(courier->home, &change));
    return home_commit(courier->home, &change);
}

static void look_at_cursor(struct courier *courier, uint64_t now_ms)
{
    if (!courier->home->is_cursor_ahead || now_ms < courier->cursor_at_ms)
        return;
    bool fails = courier_save_cursor(courier) != OK;
    if (fails && !courier->is_cursor_failing)
        trace_line(&courier->trace, "cursor_waits text=\"cannot be written: is the disk full?\"");
    courier->is_cursor_failing = fails;
    courier->cursor_at_ms = now_ms + COURIER_CURSOR_MS;
}

/* A line now and then while a backlog goes out; the first when it has taken a while already. */
static void tell_progress(struct courier *courier, uint64_t now_ms)
{
    const struct uplink *uplink = &courier->uplink;
    uint64_t left = uplink->last_seq - uplink->acked_seq;
    if (uplink->state != UPLINK_LIVE || left == 0) {
        courier->catching_since_ms = 0;
        return;
    }
    if (courier->catching_since_ms == 0)
        courier->catching_since_ms = courier->told_at_ms = now_ms;
    if (now_ms < courier->told_at_ms + COURIER_PROGRESS_MS)
        return;
    courier->told_at_ms = now_ms;
    uint64_t bytes = home_backlog_bytes(courier->home);
    uint64_t seconds = uplink_seconds_to_empty(uplink, bytes);
    if (seconds == UINT64_MAX)
        trace_line(&courier->trace, "catching_up left=%" PRIu64 " bytes=%" PRIu64 " seconds=?",
                   left, bytes);
    else
        trace_line(&courier->trace,
                   "catching_up left=%" PRIu64 " bytes=%" PRIu64 " seconds=%" PRIu64, left, bytes,
                   seconds);
}

static void deliver_turn(struct courier *courier, uint64_t now_ms, int64_t wall_ms)
{
    struct uplink_action action;
    uplink_on_appended(&courier->uplink, courier->home->state.last_seq);
    while (uplink_next(&courier->uplink, now_ms, &action))
        perform(courier, &action, now_ms, wall_ms);
    tell_progress(courier, now_ms);
}

void courier_turn(struct courier *courier, uint64_t now_ms, int64_t wall_ms)
{
    if (courier->home->is_joined_anew)
        begin(courier, now_ms);
    if (courier->phase == COURIER_REJOINING)
        courier_rejoin_turn(courier, now_ms);
    if (courier->phase == COURIER_DELIVERING)
        deliver_turn(courier, now_ms, wall_ms);
    look_at_cursor(courier, now_ms);
}

uint64_t courier_deadline_ms(const struct courier *courier)
{
    uint64_t deadline = UINT64_MAX;
    if (courier->home->is_joined_anew)
        return 0;
    if (courier->phase == COURIER_DELIVERING)
        deadline = uplink_deadline_ms(&courier->uplink);
    else if (courier->phase == COURIER_REJOINING && courier->retry_at_ms != 0)
        deadline = courier->retry_at_ms;
    else if (courier->phase == COURIER_REJOINING)
        deadline = follower_deadline_ms(&courier->follower);
    if (courier->home->is_cursor_ahead && courier->cursor_at_ms < deadline)
        deadline = courier->cursor_at_ms;
    return deadline;
}
