/* bench_reader.c - see bench_reader.h. */
#include "bench_reader.h"

#include "audit/auditor.h"
#include "io/daemon.h"

enum { ARENA_SIZE_MAX = 4 << 20, RECONNECT_MS = 600000 };

static void step(struct bench_reader *reader);

static void on_timer(uv_timer_t *timer)
{
    step(timer->data);
}

static void drain(struct bench_reader *reader)
{
    struct record record;
    struct envelope envelope;
    struct problem problem;
    enum err err;
    while ((err = follower_row(&reader->follower, &record, NULL)) == OK) {
        if (record.kind != RECORD_EVENT)
            continue;
        if (wire_envelope_decode(record.envelope, &envelope, &problem) != OK)
            bench_die("an envelope does not decode: %s", problem.text);
        reader->on_event(reader, &envelope);
    }
    if (err != ERR_NOT_FOUND)
        bench_die("the feed is damaged: %s", reader->follower.text);
}

static void on_message(void *context, const struct zsock_message *message)
{
    struct bench_reader *reader = context;
    struct frame frame;
    struct problem problem = {0};
    uint64_t now_ms = clock_steady_ms();
    arena_reset(&reader->arena);
    if (wire_frame_decode(message->frame, &reader->arena, &frame, &problem) != OK)
        bench_die("a frame does not decode: %s", problem.text);
    if (frame.kind == FRAME_HEARTBEAT)
        follower_on_heartbeat(&reader->follower, &frame.heartbeat, now_ms);
    if (frame.kind == FRAME_REFUSE)
        follower_on_refuse(&reader->follower, &frame.refuse, now_ms);
    if (frame.kind != FRAME_UPDATE)
        return;
    struct bytes batch = frame.update.batch;
    if (frame.update.compressed && wire_batch_expand(batch, &reader->expanded, &batch) != OK)
        bench_die("a batch does not unpack");
    if (follower_on_update(&reader->follower, &frame.update, batch, now_ms) == FOLLOWER_TAKE)
        drain(reader);
}

static void on_turn(void *context)
{
    step(context);
}

static void on_link(void *context, bool up, const char *reason)
{
    struct bench_reader *reader = context;
    follower_on_link(&reader->follower, up, reason, clock_steady_ms());
    (void)uv_timer_start(&reader->timer, on_timer, 0, 0);
}

static void connect_to_broker(struct bench_reader *reader, uint64_t now_ms)
{
    char address[256];
    struct zsock_dealer_options dealer = {
        .loop = reader->loop,
        .context = reader->zcontext,
        .connect = membership_address(&reader->membership, address, sizeof(address)),
        .server_public_key = reader->membership.welcome.broker_curve_key.data,
        .public_key = reader->membership.identity.curve_public,
        .secret_key = reader->membership.identity.curve_secret,
        .frame_size_max = FRAME_SIZE_MAX,
        .reconnect_min_ms = RECONNECT_MS,
        .reconnect_max_ms = RECONNECT_MS,
    };
    struct zsock_handlers handlers = {reader, on_message, on_turn, on_link};
    struct problem problem = {0};
    if (zsock_dealer_open(&dealer, &handlers, &reader->zsock, &problem) != OK)
        follower_on_link(&reader->follower, false, problem.text, now_ms);
}

static void perform(struct bench_reader *reader, const struct follower_action *action,
                    uint64_t now_ms)
{
    switch (action->kind) {
    case FOLLOWER_CONNECT:
        connect_to_broker(reader, now_ms);
        break;
    case FOLLOWER_DISCONNECT:
        if (reader->zsock)
            zsock_close(TAKE(reader->zsock));
        break;
    case FOLLOWER_SEND:
        buffer_clear(&reader->frame);
        wire_frame_encode(&action->frame, &reader->frame);
        if (!reader->zsock ||
            zsock_send(reader->zsock, BYTES_NONE, buffer_bytes(&reader->frame)) != ZSOCK_SENT)
            follower_on_link(&reader->follower, false, "the link takes no more", now_ms);
        break;
    }
}

static void step(struct bench_reader *reader)
{
    struct follower_action action;
    uint64_t now_ms = clock_steady_ms();
    while (follower_next(&reader->follower, now_ms, &action))
        perform(reader, &action, now_ms);
    if (reader->follower.state == FOLLOWER_ENDED)
        bench_die("the broker refused: %s", reader->follower.text);
    if (!reader->head_told && reader->follower.head_known) {
        reader->head_told = true;
        reader->on_head(reader);
    }
    uint64_t deadline_ms = follower_deadline_ms(&reader->follower);
    uv_update_time(reader->loop);
    (void)uv_timer_start(&reader->timer, on_timer, deadline_ms > now_ms ? deadline_ms - now_ms : 0,
                         0);
}

void bench_reader_open(struct bench_reader *reader, const char *directory, uv_loop_t *loop,
                       struct zcontext *zcontext)
{
    struct problem problem = {0};
    *reader = (struct bench_reader){.loop = loop, .zcontext = zcontext};
    if (membership_open(&auditor_program, directory, &reader->membership, &problem) != OK)
        bench_die("%s: %s", directory, problem.text);
    arena_init(&reader->arena, ARENA_SIZE_MAX);
    if (uv_timer_init(loop, &reader->timer) != 0)
        abort();
    reader->timer.data = reader;
}

void bench_reader_begin(struct bench_reader *reader, uint64_t from_position)
{
    struct trace silent = {0};
    struct follower_plan plan = {
        .from_position = from_position,
        .window = (uint64_t)reader->membership.settings->window_records,
    };
    follower_init(&reader->follower, &plan, now_ns(), &silent);
    step(reader);
}

void bench_reader_close(struct bench_reader *reader)
{
    if (reader->zsock)
        zsock_close(TAKE(reader->zsock));
    uv_close((uv_handle_t *)&reader->timer, NULL);
    (void)uv_run(reader->loop, UV_RUN_DEFAULT);
    membership_close(&reader->membership);
    arena_release(&reader->arena);
    buffer_release(&reader->expanded);
    buffer_release(&reader->frame);
}
