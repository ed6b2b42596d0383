/* broker_node.c - see broker_node.h. */
#include "broker_node.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/commands.h"
#include "io/identity.h"
#include "proto/wire.h"

enum { TICK_MS = 100, HEAD_FILE_EACH_MS = 1000, STORE_EACH_MS = 1000, DECODE_ARENA_MAX = 4 << 20 };

static int64_t wall_ms(const struct broker_node *node)
{
    return WORLD_WALL_MS + (int64_t)node->world->now_ms + node->clock_ms;
}

static void trace_sink(void *context, const char *line)
{
    struct broker_node *node = context;
    world_say(node->world, "broker", "%s", line);
}

/* ---- the network's side ---- */

static enum exchange_outcome send_frame(void *context, struct bytes route, struct bytes frame)
{
    struct broker_node *node = context;
    truth_on_broker_sends(node->world, route, frame);
    switch (network_send_to_client(&node->world->network, route, frame)) {
    case NETWORK_SENT:
        return EXCHANGE_SENT;
    case NETWORK_FULL:
        return EXCHANGE_FULL;
    case NETWORK_GONE:
        break;
    }
    return EXCHANGE_GONE;
}

static bool listens(void *context)
{
    const struct world *world = context;
    return world->broker->is_up;
}

static bool admits(void *context, struct bytes key)
{
    const struct world *world = context;
    return roster_by_key(&world->broker->office.roster, key) != NULL;
}

static void on_frame(void *context, struct bytes route, struct bytes key, struct bytes frame)
{
    struct world *world = context;
    struct broker_node *node = world->broker;
    struct exchange_message message = {
        .route = route,
        .key = key,
        .frame = frame,
        .now_ms = world->now_ms,
        .wall_ms = wall_ms(node),
    };
    exchange_on_message(&node->exchange, &message);
    node->turn_at_ms = world->now_ms;
}

/* A session's frames say where they stand; a feed's rely on TCP. */
static bool may_repeat(void *context, struct bytes bytes)
{
    struct frame frame;
    struct problem problem = {0};
    CLEANUP(arena_release) struct arena arena;
    (void)context;
    arena_init(&arena, DECODE_ARENA_MAX);
    return wire_frame_decode(bytes, &arena, &frame, &problem) == OK && frame.kind < FRAME_SUBSCRIBE;
}

/* ---- the writer's side ---- */

static void hand_over(struct broker_node *node)
{
    struct batch *batch = node->exchange.filling;
    if (node->writing || batch_is_empty(batch))
        return;
    node->exchange.filling = batch == &node->batches[0] ? &node->batches[1] : &node->batches[0];
    node->writing = batch;
    node->is_committed = false;
    node->writer_at_ms =
        node->world->now_ms + random_below(&node->world->random, node->commit_ms + 1);
}

static void write_batch(struct broker_node *node)
{
    struct office *office = &node->office;
    int64_t now_ms = wall_ms(node);
    node->newest_wall_ms = now_ms > node->newest_wall_ms ? now_ms : node->newest_wall_ms;
    enum err err = commit_batch(&office->commit, office->store, node->writing, now_ms);
    DEMAND(node->world, err == OK, "the broker's commit failed: %s", err_name(err));
    node->is_committed = true;
    world_say(node->world, "broker", "commits head=%" PRIu64 "%s", node->writing->head.position,
              node->writing->events_lost ? ", without the events: no space" : "");
    node->writer_at_ms =
        node->world->now_ms + random_below(&node->world->random, node->commit_ms + 1);
    if (node->world->now_ms < node->head_written_ms + HEAD_FILE_EACH_MS)
        return;
    node->head_written_ms = node->world->now_ms;
    err = log_head_file_write(node->store, &office->commit.head);
    DEMAND(node->world, err == OK, "the head file cannot be written: %s", err_name(err));
}

static void tell_exchange(struct broker_node *node)
{
    struct batch *batch = TAKE(node->writing);
    exchange_on_committed(&node->exchange, batch);
    node->turn_at_ms = node->world->now_ms;
}

static void writer_wait(struct broker_node *node)
{
    if (!node->writing)
        return;
    if (!node->is_committed)
        write_batch(node);
    tell_exchange(node);
}

/* As server.c: what was waiting goes first, and the command's records are durable when it returns.
 */
static enum err append_through_writer(void *context, struct batch *batch)
{
    struct broker_node *node = context;
    writer_wait(node);
    hand_over(node);
    writer_wait(node);
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_entry *entry = &batch->entries[i];
        const char *unit = batch->units[entry->unit].unit;
        if (entry->kind == BATCH_RECORD)
            batch_add_record(node->exchange.filling, entry->record_kind, unit, entry->text);
        if (entry->kind == BATCH_SAFE)
            batch_add(node->exchange.filling, BATCH_SAFE, unit)->seq = entry->seq;
    }
    hand_over(node);
    writer_wait(node);
    return OK;
}

/* ---- life ---- */

static void write_settings(const struct broker_node *node, uint32_t window_events)
{
    static const char text[] = "advertise = tcp://127.0.0.1:4150\nstore_map = 134217728\n"
                               "store_reserve = 1048576\nwindow = ";
    char path[WORLD_PATH_MAX + 16];
    struct problem problem = {0};
    CLEANUP(buffer_release) struct buffer out = {0};
    buffer_add_format(&out, "%s%u\n", text, window_events);
    (void)snprintf(path, sizeof path, "%s/huoshui.conf", node->directory);
    DEMAND(node->world, file_write(path, buffer_bytes(&out), &problem) == OK, "%s", problem.text);
}

void broker_node_create(struct world *world, uint32_t window_events)
{
    struct broker_node *node = calloc(1, sizeof *node);
    struct problem problem = {0};
    if (!node)
        abort();
    node->world = world;
    node->commit_ms = 30;
    node->keeps_head_file = true;
    world_path(world, "broker", node->directory);
    (void)snprintf(node->store, sizeof node->store, "%.240s/store", node->directory);
    struct office_plan plan = {.directory = node->directory, .name = "六安市", .unit = "3415"};
    DEMAND(world, office_create(&plan, &problem) == OK, "%s", problem.text);
    write_settings(node, window_events);
    world->broker = node;
    world->network.context = world;
    world->network.listens = listens;
    world->network.admits = admits;
    world->network.on_frame = on_frame;
    world->network.may_repeat = may_repeat;
    broker_node_start(node);
}

void broker_node_start(struct broker_node *node)
{
    struct world *world = node->world;
    struct problem problem = {0};
    assert(!node->is_up);
    DEMAND(world, office_open(node->directory, &node->office, &problem) == OK, "%s", problem.text);
    node->office.append = append_through_writer;
    node->office.append_context = node;
    batch_init(&node->batches[0]);
    batch_init(&node->batches[1]);
    node->writing = NULL;
    struct exchange_transport transport = {.context = node, .send = send_frame};
    struct trace trace = {trace_sink, node};
    DEMAND(world,
           exchange_open(&node->exchange, &node->office, &transport, &node->batches[0],
                         random_next(&world->random), &trace) == OK,
           "the exchange does not open");
    node->is_up = true;
    node->tick_at_ms = node->turn_at_ms = world->now_ms;
    node->head_written_ms = 0;
    world_say(world, "broker", "starts head=%" PRIu64, node->office.commit.head.position);
}

void broker_node_kill(struct broker_node *node)
{
    struct world *world = node->world;
    if (!node->is_up)
        return;
    world_say(world, "broker", "killed head=%" PRIu64 "%s", node->office.commit.head.position,
              !node->writing       ? ""
              : node->is_committed ? " after a commit, before its acks"
                                   : " before a commit");
    node->is_up = false;
    network_cut_all(&world->network);
    exchange_close(&node->exchange);
    office_close(&node->office);
    batch_release(&node->batches[0]);
    batch_release(&node->batches[1]);
    world->broker_kills++;
}

void broker_node_release(struct broker_node *node)
{
    broker_node_kill(node);
    free(node);
}

static void look_at_space(struct broker_node *node)
{
    struct store_state state;
    uint64_t now_ms = node->world->now_ms;
    bool full = !node->exchange.hub.limits.taking;
    if (full && !node->told_full)
        node->store_at_ms = now_ms + STORE_EACH_MS;
    node->told_full = full;
    if (!full || now_ms < node->store_at_ms)
        return;
    node->store_at_ms = now_ms + STORE_EACH_MS;
    if (store_state(node->office.store, &state) == OK && state.used_bytes < state.quota_bytes &&
        state.disk_free_bytes > (uint64_t)node->office.settings.reserve_bytes)
        exchange_on_space(&node->exchange);
}

void broker_node_step(struct broker_node *node)
{
    uint64_t now_ms = node->world->now_ms;
    if (!node->is_up)
        return;
    if (node->writing && now_ms >= node->writer_at_ms) {
        if (node->is_committed)
            tell_exchange(node);
        else
            write_batch(node);
    }
    if (now_ms >= node->tick_at_ms) {
        node->tick_at_ms = now_ms + TICK_MS;
        node->turn_at_ms = now_ms;
        hub_on_tick(&node->exchange.hub, now_ms);
        look_at_space(node);
    }
    if (now_ms < node->turn_at_ms)
        return;
    hand_over(node);
    exchange_turn(&node->exchange, now_ms, wall_ms(node));
    hand_over(node);
    node->turn_at_ms = hub_deadline_ms(&node->exchange.hub, now_ms);
}

uint64_t broker_node_next_ms(const struct broker_node *node)
{
    if (!node->is_up)
        return WORLD_NEVER;
    uint64_t next = node->tick_at_ms < node->turn_at_ms ? node->tick_at_ms : node->turn_at_ms;
    return node->writing && node->writer_at_ms < next ? node->writer_at_ms : next;
}

/* ---- the operator ---- */

static bool command(struct broker_node *node, const struct control_request *request,
                    struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer said = {0}, error = {0};
    struct control_answer answer = {.out = out ? out : &said, .error = &error};
    struct desk desk = {
        .office = &node->office,
        .hub = &node->exchange.hub,
        .address = "tcp://127.0.0.1:4150",
        .now_ms = wall_ms(node),
    };
    if (!node->is_up)
        return false;
    broker_command(&desk, request, &answer);
    if (answer.status != 0)
        world_say(node->world, "operator", "refused: %.*s", (int)error.size, (char *)error.data);
    node->turn_at_ms = node->world->now_ms;
    return answer.status == 0;
}

bool broker_node_enrol(struct broker_node *node, struct bytes request, bool replace,
                       struct buffer *welcome)
{
    struct control_request said = {
        .arguments = {"enrol", "", replace ? "replace" : ""},
        .argument_count = 3,
        .input = request,
    };
    return command(node, &said, welcome);
}

bool broker_node_revoke(struct broker_node *node, const char *what)
{
    struct control_request said = {.arguments = {"revoke", what}, .argument_count = 2};
    world_say(node->world, "operator", "revokes %s", what);
    return command(node, &said, NULL);
}

void broker_node_back_up(struct broker_node *node)
{
    struct problem problem = {0};
    if (!node->is_up || node->backup_count == WORLD_BACKUPS_MAX)
        return;
    char *path = node->backups[node->backup_count];
    world_path(node->world, "backup", path);
    DEMAND(node->world, store_backup(node->office.store, path, &problem) == OK, "%s", problem.text);
    node->backup_count++;
    world_say(node->world, "operator", "backs up head=%" PRIu64, node->office.commit.head.position);
}

/*
 * Whoever restores a log sets the clock right. With a clock that stands behind the whole time,
 * recorded_at stands still, and the same event could come to the same position with the very same
 * bytes behind another past: a subscriber that stopped there would not notice, since a record's
 * hash covers the record alone (until there are trees).
 */
static void set_clock_right(struct broker_node *node)
{
    int64_t behind_ms = node->newest_wall_ms - wall_ms(node);
    if (behind_ms >= 0)
        node->clock_ms += behind_ms + 1;
}

bool broker_node_restore(struct broker_node *node)
{
    char from[WORLD_PATH_MAX + 16], to[WORLD_PATH_MAX + 16];
    if (node->backup_count == 0)
        return false;
    broker_node_kill(node);
    /* The newest, which stays the newest of this line of history. */
    (void)snprintf(from, sizeof from, "%s/data.mdb", node->backups[node->backup_count - 1]);
    (void)snprintf(to, sizeof to, "%s/data.mdb", node->store);
    world_copy_file(from, to);
    (void)snprintf(to, sizeof to, "%s/head", node->store);
    if (!node->keeps_head_file)
        (void)unlink(to);
    set_clock_right(node);
    node->world->restores++;
    world_say(node->world, "operator", "restores the newest backup");
    broker_node_start(node);
    return true;
}
