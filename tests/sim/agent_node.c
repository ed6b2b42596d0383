/* agent_node.c - see agent_node.h. What the clerk and the operator do is in agent_clerk.c. */
#include "agent_node.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent_clerk.h"

enum { SPINS_MAX = 10000 }; /* turns at one moment: more is a loop without end */

int64_t agent_wall_ms(const struct agent_node *node)
{
    return WORLD_WALL_MS + (int64_t)node->world->now_ms + node->clock_ms;
}

static void trace_sink(void *context, const char *line)
{
    struct agent_node *node = context;
    world_say(node->world, node->name, "%s", line);
}

/* ---- the courier's port ---- */

static void on_link(void *context, bool up, const char *reason)
{
    struct agent_node *node = context;
    courier_on_link(&node->courier, up, reason, node->world->now_ms);
    node->turn_at_ms = node->world->now_ms;
}

static void on_frame(void *context, struct bytes frame)
{
    struct agent_node *node = context;
    courier_on_frame(&node->courier, frame, node->world->now_ms);
    node->turn_at_ms = node->world->now_ms;
}

static bool port_connect(void *context)
{
    struct agent_node *node = context;
    struct network_client client = {node, on_link, on_frame};
    assert(!node->link);
    node->link = network_connect(&node->world->network, node->name,
                                 node->home.identity.curve_public, &node->quality, &client);
    return true;
}

static void port_disconnect(void *context)
{
    struct agent_node *node = context;
    if (node->link)
        network_close(&node->world->network, TAKE(node->link));
}

static bool port_send(void *context, struct bytes frame)
{
    struct agent_node *node = context;
    return node->link &&
           network_send_to_broker(&node->world->network, node->link, frame) == NETWORK_SENT;
}

/* ---- life ---- */

static struct agent_node *make(struct world *world, const char *unit)
{
    struct agent_node *node = calloc(1, sizeof *node);
    if (!node)
        abort();
    assert(world->agent_count < WORLD_AGENTS_MAX);
    node->world = world;
    node->rejoin_at_ms = WORLD_NEVER;
    (void)snprintf(node->unit, sizeof node->unit, "%s", unit);
    node->quality = (struct link_quality){.delay_ms = 10, .jitter_ms = 5};
    world->agents[world->agent_count++] = node;
    return node;
}

struct agent_node *agent_node_create(struct world *world, const char *unit)
{
    struct agent_node *node = make(world, unit);
    (void)snprintf(node->name, sizeof node->name, "%s", unit);
    world_path(world, unit, node->directory);
    agent_clerk_enrol(node);
    agent_node_start(node);
    return node;
}

void agent_node_start(struct agent_node *node)
{
    struct world *world = node->world;
    struct problem problem = {0};
    assert(!node->is_up);
    DEMAND(world, home_open(node->directory, HOME_WRITE, &node->home, &problem) == OK, "%s: %s",
           node->name, problem.text);
    struct courier_port port = {node, port_connect, port_disconnect, port_send};
    struct trace trace = {trace_sink, node};
    courier_init(&node->courier, &node->home, &port, random_next(&world->random), &trace);
    node->is_up = true;
    node->turn_at_ms = world->now_ms;
    world_say(world, node->name, "starts newest=%" PRIu64 " acked=%" PRIu64,
              node->home.state.last_seq, node->home.state.acked_seq);
}

void agent_node_kill(struct agent_node *node)
{
    if (!node->is_up)
        return;
    world_say(node->world, node->name, "killed");
    node->is_up = false;
    port_disconnect(node);
    courier_release(&node->courier);
    home_close(&node->home);
    node->world->agent_kills++;
}

void agent_node_release(struct agent_node *node)
{
    agent_node_kill(node);
    free(node->claims.items);
    free(node);
}

void agent_node_step(struct agent_node *node)
{
    uint64_t now_ms = node->world->now_ms;
    for (int spins = 0; node->is_up && agent_node_next_ms(node) <= now_ms; spins++) {
        DEMAND(node->world, spins < SPINS_MAX, "%s has something to do without end", node->name);
        node->turn_at_ms = WORLD_NEVER;
        courier_turn(&node->courier, now_ms, agent_wall_ms(node));
    }
}

uint64_t agent_node_next_ms(const struct agent_node *node)
{
    if (!node->is_up)
        return WORLD_NEVER;
    uint64_t deadline_ms = courier_deadline_ms(&node->courier);
    return node->turn_at_ms < deadline_ms ? node->turn_at_ms : deadline_ms;
}

/* ---- disasters ---- */

static void copy_file(const struct agent_node *node, const char *name, const char *to)
{
    char from[WORLD_PATH_MAX + 64], path[WORLD_PATH_MAX + 64];
    (void)snprintf(from, sizeof from, "%s/%s", node->directory, name);
    (void)snprintf(path, sizeof path, "%s/%s", to, name);
    world_copy_file(from, path);
}

/* The whole directory, as a disk image would have it. */
static void copy_directory(const struct agent_node *node, const char *to)
{
    static const char *const files[] = {
        "huoshui.conf",      "request",          "welcome",         "keys/curve.secret",
        "keys/curve.public", "keys/sign.secret", "keys/sign.public"};
    char path[WORLD_PATH_MAX + 64];
    struct problem problem = {0};
    assert(node->is_up);
    (void)mkdir(to, 0700);
    (void)snprintf(path, sizeof path, "%s/keys", to);
    (void)mkdir(path, 0700);
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        copy_file(node, files[i], to);
    (void)snprintf(path, sizeof path, "%s/outbox", to);
    DEMAND(node->world, store_backup(node->home.store, path, &problem) == OK, "%s", problem.text);
}

void agent_node_take_image(struct agent_node *node)
{
    if (!node->is_up)
        return;
    world_path(node->world, "image", node->image);
    copy_directory(node, node->image);
    node->has_image = true;
    node->image_claims = node->claims.count;
    world_say(node->world, node->name, "image taken newest=%" PRIu64, node->home.state.last_seq);
}

void agent_node_roll_back(struct agent_node *node)
{
    if (!node->has_image)
        return;
    agent_node_kill(node);
    truth_on_rollback(node->world, node, node->image_claims);
    node->claims.count = node->image_claims;
    (void)snprintf(node->directory, sizeof node->directory, "%s", node->image);
    node->has_image = false;
    node->was_disturbed = true;
    node->world->rollbacks++;
    world_say(node->world, node->name, "put back to its image");
}

struct agent_node *agent_node_clone(struct agent_node *node)
{
    struct world *world = node->world;
    if (!node->is_up || world->agent_count == WORLD_AGENTS_MAX)
        return NULL;
    struct agent_node *clone = make(world, node->unit);
    (void)snprintf(clone->name, sizeof clone->name, "%.24s'", node->name);
    world_path(world, node->unit, clone->directory);
    copy_directory(node, clone->directory);
    claim_list_copy(&clone->claims, &node->claims);
    clone->quality = node->quality;
    clone->clock_ms = node->clock_ms;
    clone->was_disturbed = node->was_disturbed = true;
    world->clones++;
    world_say(world, node->name, "cloned newest=%" PRIu64, node->home.state.last_seq);
    agent_node_start(clone);
    return clone;
}

/* ---- what its status says ---- */

bool agent_node_is_settled(const struct agent_node *node)
{
    const struct outbox_state *state = &node->home.state;
    return node->is_up && node->courier.phase == COURIER_DELIVERING &&
           node->courier.uplink.state == UPLINK_LIVE && state->acked_seq == state->last_seq &&
           state->rejoin_epoch == 0;
}

bool agent_node_is_held(const struct agent_node *node)
{
    struct courier_state state;
    if (!node->is_up)
        return false;
    courier_state(&node->courier, &state);
    return state.is_final;
}
