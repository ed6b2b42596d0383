#include "broker/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "broker/commands.h"
#include "broker/exchange.h"
#include "broker/writer.h"
#include "io/control.h"
#include "io/daemon.h"
#include "io/zap.h"

enum {
    TICK_MS = 100,
    READERS_EACH_MS = 60000, /* contract 5.1: dead readers keep pages */
    DISK_EACH_MS = 1000,     /* while full: has space come back? */
    SEND_HIGH_WATER_FRAMES =
        1000, /* above the acks and updates that credit allows to be under way */
};

struct server { /* all of it the loop's, but the batch that the writer holds */
    uv_loop_t loop;
    struct office office;
    struct exchange exchange;
    struct writer *writer;
    struct batch batches[2];
    struct zcontext *zcontext;
    struct zap *zap;
    struct zsock *zsock;
    struct control_server *control;
    struct signals signals;
    uv_timer_t timer, pace;
    bool timer_open, failed, told_full;
    uint64_t watchdog_ms, watchdog_at_ms, store_at_ms;
};

/* ---- the turn of the loop ---- */

static enum exchange_outcome send_frame(void *context, struct bytes route, struct bytes frame)
{
    struct server *server = context;
    switch (zsock_send(server->zsock, route, frame)) {
    case ZSOCK_SENT:
        return EXCHANGE_SENT;
    case ZSOCK_FULL:
        return EXCHANGE_FULL;
    case ZSOCK_GONE:
        break;
    }
    return EXCHANGE_GONE;
}

static void on_message(void *context, const struct zsock_message *message)
{
    struct server *server = context;
    struct exchange_message told = {
        .route = message->route,
        .key = message->key,
        .frame = message->frame,
        .now_ms = clock_steady_ms(),
        .wall_ms = clock_wall_ms(),
    };
    exchange_on_message(&server->exchange, &told);
}

static void hand_over(struct server *server)
{
    struct batch *batch = server->exchange.filling;
    if (!writer_is_idle(server->writer) || batch_is_empty(batch))
        return;
    server->exchange.filling =
        batch == &server->batches[0] ? &server->batches[1] : &server->batches[0];
    writer_submit(server->writer, batch);
}

static void on_pace(uv_timer_t *timer)
{
    const struct server *server = timer->data;
    zsock_wake(server->zsock);
}

static void on_turn(void *context)
{
    struct server *server = context;
    uint64_t now_ms = clock_steady_ms();
    if (now_ms >= server->exchange.hub.tick_at_ms)
        hub_on_tick(&server->exchange.hub, now_ms);
    hand_over(server);
    exchange_turn(&server->exchange, now_ms, clock_wall_ms());
    uint64_t deadline_ms = hub_deadline_ms(&server->exchange.hub, now_ms);
    if (deadline_ms == 0) /* a feed has credit and is behind */
        zsock_wake(server->zsock);
    else if (deadline_ms > now_ms) /* one waits for its pace, or the tick is next */
        (void)uv_timer_start(&server->pace, on_pace, deadline_ms - now_ms, 0);
}

static void on_done(void *context, struct batch *batch)
{
    struct server *server = context;
    if (batch->result != OK) {
        /* Not space, which is a state: the store itself failed. Nothing of the batch was acked;
         * stop and say so. */
        log_line("error", "commit_failed err=%s entries=%zu", err_name(batch->result),
                 batch->count);
        server->failed = true;
        batch_clear(batch);
        uv_stop(&server->loop);
        return;
    }
    exchange_on_committed(&server->exchange, batch);
    zsock_wake(server->zsock);
}

static bool admits(void *context, struct bytes public_key)
{
    const struct server *server = context;
    return roster_by_key(&server->office.roster, public_key) != NULL;
}

/* ---- time ---- */

/* Clears dead readers each minute; while the disk is full, looks each second whether space has come
 * back. */
static void look_at_store(struct server *server, uint64_t now_ms)
{
    bool full = !server->exchange.hub.limits.taking;
    if (full && !server->told_full)
        server->store_at_ms = now_ms + DISK_EACH_MS;
    if (full != server->told_full)
        notify_state(full ? "STATUS=disk full: no events are taken" : "STATUS=running");
    server->told_full = full;
    if (now_ms < server->store_at_ms)
        return;
    server->store_at_ms = now_ms + (full ? DISK_EACH_MS : READERS_EACH_MS);
    struct store_state state;
    if (store_state(server->office.store, &state) != OK || !full)
        return;
    if (state.used_bytes < state.quota_bytes &&
        state.disk_free_bytes > (uint64_t)server->office.settings.reserve_bytes)
        exchange_on_space(&server->exchange);
}

static void on_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;
    uint64_t now_ms = clock_steady_ms();
    look_at_store(server, now_ms);
    if (server->watchdog_ms > 0 && now_ms >= server->watchdog_at_ms) {
        server->watchdog_at_ms = now_ms + server->watchdog_ms;
        notify_state("WATCHDOG=1");
    }
    zsock_wake(server->zsock);
}

/* ---- commands ---- */

/* Enrolment and revocation are rare and must be durable before they are answered: the loop waits
 * for the writer. */
static enum err append_through_writer(void *context, struct batch *batch)
{
    struct server *server = context;
    writer_wait(server->writer);
    on_turn(server); /* what was waiting goes first: the order of the log is the order it came */
    writer_wait(server->writer);
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_entry *entry = &batch->entries[i];
        const char *unit = batch->units[entry->unit].unit;
        if (entry->kind == BATCH_RECORD)
            batch_add_record(server->exchange.filling, entry->record_kind, unit, entry->text);
        if (entry->kind == BATCH_SAFE)
            batch_add(server->exchange.filling, BATCH_SAFE, unit)->seq = entry->seq;
    }
    on_turn(server);
    writer_wait(server->writer);
    return server->failed ? ERR_IO : OK;
}

static void on_command(void *context, const struct control_request *request,
                       struct control_answer *answer)
{
    struct server *server = context;
    struct desk desk = {
        .office = &server->office,
        .hub = &server->exchange.hub,
        .address = zsock_address(server->zsock),
        .now_ms = clock_wall_ms(),
    };
    broker_command(&desk, request, answer);
}

/* ---- start ---- */

static enum err bind_router(struct server *server, struct problem *problem)
{
    char path[OFFICE_PATH_MAX], kept[ZSOCK_ADDRESS_MAX] = "";
    CLEANUP(buffer_release) struct buffer text = {0};
    struct office *office = &server->office;
    const char *listen = office->settings.listen;
    size_t length = strlen(listen);
    bool any_port = length > 2 && strcmp(listen + length - 2, ":0") == 0;
    if (any_port && access(office_path(office, "address", path), F_OK) == 0) {
        TRY(file_read(path, ZSOCK_ADDRESS_MAX, &text, problem));
        bytes_to_text(bytes_trim(buffer_bytes(&text)), kept, sizeof kept);
    }
    struct zsock_router_options options = {
        .loop = &server->loop,
        .context = server->zcontext,
        .bind = *kept ? kept : listen,
        .curve_secret_key = office->identity.curve_secret,
        .frame_size_max = FRAME_SIZE_MAX,
        .connections_max = (uint32_t)office->settings.connections_max,
        .send_high_water_frames = SEND_HIGH_WATER_FRAMES,
    };
    struct zsock_handlers handlers = {
        .context = server,
        .on_message = on_message,
        .on_turn = on_turn,
    };
    enum err err = zsock_router_open(&options, &handlers, &server->zsock, problem);
    if (err != OK) {
        if (*kept)
            problem_remedy(problem,
                           "another program has the port the counties were told; end it, or remove "
                           "%s and enrol anew",
                           path);
        return err;
    }
    return file_write(office_path(office, "address", path),
                      bytes_of_text(zsock_address(server->zsock)), problem);
}

static enum err start_writer(struct server *server)
{
    static char head_directory[OFFICE_PATH_MAX];
    struct writer_options options = {
        .loop = &server->loop,
        .commit = &server->office.commit,
        .store = server->office.store,
        .head_directory = office_path(&server->office, "store", head_directory),
        .on_done = on_done,
        .context = server,
    };
    TRY(writer_open(&options, &server->writer));
    server->office.append = append_through_writer;
    server->office.append_context = server;
    return OK;
}

static void on_stop(void *context)
{
    struct server *server = context;
    log_line("info", "stopping");
    notify_state("STOPPING=1");
    uv_stop(&server->loop);
}

static enum err start(struct server *server, const char *directory, struct problem *problem)
{
    TRY(office_open(directory, &server->office, problem));
    struct trace trace = log_trace();
    struct exchange_transport transport = {.context = server, .send = send_frame};
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    TRY(exchange_open(&server->exchange, &server->office, &transport, &server->batches[0], seed,
                      &trace));
    TRY(start_writer(server));
    TRY(zcontext_open(&server->zcontext));
    TRY(zap_open(&server->loop, server->zcontext, admits, server, &server->zap));
    TRY(bind_router(server, problem));
    char path[OFFICE_PATH_MAX];
    TRY(control_listen(&server->loop, office_path(&server->office, "control.sock", path),
                       on_command, server, &server->control, problem));
    TRY(signals_open(&server->loop, &server->signals, on_stop, server));
    uv_timer_init(&server->loop, &server->timer);
    uv_timer_init(&server->loop, &server->pace);
    server->timer.data = server->pace.data = server;
    uv_timer_start(&server->timer, on_tick, TICK_MS, TICK_MS);
    server->timer_open = true;
    server->watchdog_ms = notify_watchdog_ms();
    return OK;
}

/* ---- stop ---- */

/* Nothing needs flushing: what is not committed was not acked. */
static void stop(struct server *server)
{
    if (server->control)
        control_close(server->control);
    if (server->zsock)
        zsock_close(server->zsock);
    if (server->zap)
        zap_close(server->zap);
    if (server->writer)
        writer_close(server->writer);
    if (server->timer_open) {
        signals_close(&server->signals);
        uv_close((uv_handle_t *)&server->timer, NULL);
        uv_close((uv_handle_t *)&server->pace, NULL);
    }
    uv_run(&server->loop, UV_RUN_DEFAULT);
    if (server->zcontext)
        zcontext_close(server->zcontext);
    if (uv_loop_close(&server->loop) != 0)
        log_line("warn", "a handle was left open");
    exchange_close(&server->exchange);
    office_close(&server->office);
    batch_release(&server->batches[0]);
    batch_release(&server->batches[1]);
}

int server_run(const char *directory)
{
    static struct server server;
    struct problem problem = {0};
    log_failures("huoshui-broker");
    batch_init(&server.batches[0]);
    batch_init(&server.batches[1]);
    if (uv_loop_init(&server.loop) != 0)
        abort();
    enum err err = start(&server, directory, &problem);
    if (err != OK) {
        (void)fprintf(stderr, "huoshui-broker: %s\n", *problem.text ? problem.text : err_name(err));
        if (*problem.remedy)
            (void)fprintf(stderr, "remedy: %s\n", problem.remedy);
        stop(&server);
        return 1;
    }
    (void)printf("%s\nREADY\n", zsock_address(server.zsock));
    (void)fflush(stdout);
    notify_state("READY=1");
    log_line("info", "serving address=%s head=%" PRIu64, zsock_address(server.zsock),
             server.exchange.hub.head_position);
    uv_run(&server.loop, UV_RUN_DEFAULT);
    bool failed = server.failed;
    stop(&server);
    return failed ? 1 : 0;
}
