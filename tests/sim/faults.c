/* faults.c - see faults.h. Healing is in faults_heal.c. */
#include "faults.h"

#include <assert.h>
#include <inttypes.h>

#include "agent_node.h"
#include "broker_node.h"
#include "subscriber_node.h"

enum { EVENTS_MAX = 900, BURST_MAX = 40, LARGE_TEXT = 4500, SMALL_TEXT = 60 };

static uint64_t draw(struct faults *faults, uint64_t below)
{
    return random_below(&faults->world->random, below);
}

/* A duration from 0 to most, short ones more often. */
static uint64_t some_ms(struct faults *faults, uint64_t most_ms)
{
    return draw(faults, draw(faults, most_ms) + 1);
}

static size_t pick_agent(struct faults *faults)
{
    return draw(faults, faults->world->agent_count);
}

/* ---- the line ---- */

static void cut_a_link(struct faults *faults)
{
    struct network *network = &faults->world->network;
    if (network->link_count == 0)
        return;
    struct link *link = network->links[draw(faults, network->link_count)];
    world_say(faults->world, network_link_name(link), "line breaks");
    network_cut(network, link);
}

static void worsen_line(struct faults *faults)
{
    static const struct link_quality kinds[] = {
        {.delay_ms = 300, .jitter_ms = 60, .bytes_per_s = 8000, .loss_percent = 5},
        {.delay_ms = 20, .jitter_ms = 1500},
        {.delay_ms = 5, .loss_percent = 40},
        {.delay_ms = 5, .jitter_ms = 5, .duplicate_percent = 30},
        {.is_dark = true},
    };
    size_t at = pick_agent(faults);
    struct agent_node *agent = faults->world->agents[at];
    size_t kind = draw(faults, ARRAY_LENGTH(kinds));
    agent->quality = kinds[kind];
    faults->agent_line_at_ms[at] = faults->world->now_ms + some_ms(faults, 90000);
    world_say(faults->world, agent->name, "line is now of kind %zu", kind);
}

static void stall_subscriber(struct faults *faults)
{
    size_t at = draw(faults, faults->world->subscriber_count);
    struct subscriber_node *node = faults->world->subscribers[at];
    if (draw(faults, 3) == 0)
        node->quality.is_dark = true;
    else
        node->quality.is_stalled = true;
    faults->subscriber_line_at_ms[at] = faults->world->now_ms + some_ms(faults, 120000);
    world_say(faults->world, node->name, "stalls");
}

static void restart_subscriber(struct faults *faults)
{
    struct subscriber_node *node =
        faults->world->subscribers[draw(faults, faults->world->subscriber_count)];
    subscriber_node_kill(node);
    subscriber_node_start(node);
}

/* ---- machines ---- */

static void kill_broker(struct faults *faults)
{
    struct world *world = faults->world;
    broker_node_kill(world->broker);
    faults->broker_up_at_ms = world->now_ms + some_ms(faults, 20000);
}

static void kill_agent(struct faults *faults)
{
    size_t at = pick_agent(faults);
    agent_node_kill(faults->world->agents[at]);
    faults->agent_up_at_ms[at] = faults->world->now_ms + some_ms(faults, 30000);
}

static void jump_clock(struct faults *faults)
{
    struct world *world = faults->world;
    int64_t by_ms = (int64_t)draw(faults, 20000000) - 10000000;
    if (draw(faults, 2) == 0)
        world->broker->clock_ms += by_ms;
    else
        world->agents[pick_agent(faults)]->clock_ms += by_ms;
}

/* Some of the time there is room for a part of a transaction. */
static void fill_broker_disk(struct faults *faults)
{
    struct world *world = faults->world;
    world_set_disk(world->broker->directory, (1 << 20) + some_ms(faults, 30000));
    faults->broker_space_at_ms = world->now_ms + some_ms(faults, 60000);
    world_say(world, "broker", "disk fills");
}

static void fill_agent_disk(struct faults *faults)
{
    size_t at = pick_agent(faults);
    struct agent_node *agent = faults->world->agents[at];
    bool is_used_up = draw(faults, 3) == 0; /* not even tokens and refusals can be kept */
    world_set_disk(agent->directory, is_used_up ? 0 : (1 << 20) + some_ms(faults, 30000));
    faults->agent_space_at_ms[at] = faults->world->now_ms + some_ms(faults, 60000);
    world_say(faults->world, agent->name, "disk fills");
}

/* ---- the operator ---- */

static void back_up(struct faults *faults)
{
    broker_node_back_up(faults->world->broker);
}

static void restore(struct faults *faults)
{
    struct broker_node *broker = faults->world->broker;
    broker->keeps_head_file = draw(faults, 2) == 0;
    (void)broker_node_restore(broker);
}

static void revoke(struct faults *faults)
{
    struct agent_node *agent = faults->world->agents[pick_agent(faults)];
    if (agent->rejoin_at_ms != WORLD_NEVER || agent->was_disturbed ||
        !broker_node_revoke(faults->world->broker, agent->unit))
        return;
    agent->was_revoked = true;
    agent->rejoin_at_ms = faults->world->now_ms + some_ms(faults, 60000);
}

/* The county's people lose patience, with a reason or without. */
static void rejoin(struct faults *faults)
{
    struct agent_node *agent = faults->world->agents[pick_agent(faults)];
    if (!agent->was_disturbed && agent->is_up)
        (void)agent_node_rejoin(agent);
}

static void take_image(struct faults *faults)
{
    agent_node_take_image(faults->world->agents[pick_agent(faults)]);
}

/* The clerk often goes on before anybody has seen what was done. */
static void roll_back(struct faults *faults)
{
    struct agent_node *agent = faults->world->agents[pick_agent(faults)];
    if (!agent->has_image)
        return;
    agent_node_roll_back(agent);
    agent_node_start(agent);
    if (draw(faults, 2) == 0)
        (void)agent_node_submit(agent, 1 + draw(faults, BURST_MAX), SMALL_TEXT);
}

static void clone(struct faults *faults)
{
    (void)agent_node_clone(faults->world->agents[pick_agent(faults)]);
}

/* ---- the plan ---- */

static const struct {
    void (*happens)(struct faults *faults);
    uint32_t weight;
    uint32_t seeds_percent; /* of the seeds know it at all */
} kinds[] = {
    {cut_a_link, 12, 90},      {worsen_line, 8, 80},
    {stall_subscriber, 3, 70}, {restart_subscriber, 3, 60},
    {kill_broker, 8, 70},      {kill_agent, 8, 70},
    {jump_clock, 3, 50},       {fill_broker_disk, 3, 50},
    {fill_agent_disk, 3, 50},  {back_up, 4, 40},
    {restore, 2, 40},          {revoke, 2, 35},
    {rejoin, 1, 30},           {take_image, 4, 25},
    {roll_back, 2, 25},        {clone, 1, 25},
};

void faults_init(struct faults *faults, struct world *world)
{
    *faults = (struct faults){
        .world = world,
        .until_ms = 60000 + random_below(&world->random, 240000),
        .broker_up_at_ms = WORLD_NEVER,
        .broker_space_at_ms = WORLD_NEVER,
        .events_left = 50 + random_below(&world->random, EVENTS_MAX),
    };
    for (size_t i = 0; i < WORLD_AGENTS_MAX; i++)
        faults->agent_up_at_ms[i] = faults->agent_line_at_ms[i] = faults->agent_space_at_ms[i] =
            WORLD_NEVER;
    for (size_t i = 0; i < WORLD_SUBSCRIBERS_MAX; i++)
        faults->subscriber_line_at_ms[i] = WORLD_NEVER;
    static_assert(ARRAY_LENGTH(kinds) <= 32, "a bit a kind");
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        faults->allowed |= (uint32_t)(draw(faults, 100) < kinds[i].seeds_percent) << i;
}

static void something_happens(struct faults *faults)
{
    uint64_t total = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        total += faults->allowed >> i & 1 ? kinds[i].weight : 0;
    if (total == 0)
        return;
    uint64_t drawn = draw(faults, total);
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        uint64_t weight = faults->allowed >> i & 1 ? kinds[i].weight : 0;
        if (drawn < weight) {
            kinds[i].happens(faults);
            return;
        }
        drawn -= weight;
    }
}

static void clerk_speaks(struct faults *faults)
{
    struct agent_node *agent = faults->world->agents[pick_agent(faults)];
    if (!agent->is_up || faults->events_left == 0)
        return;
    size_t count = draw(faults, 4) == 0 ? 1 + draw(faults, BURST_MAX) : 1;
    size_t text_size = draw(faults, 10) == 0 ? LARGE_TEXT : SMALL_TEXT;
    count = count < faults->events_left ? count : faults->events_left;
    faults->events_left -= count;
    if (draw(faults, 20) == 0)
        (void)agent_node_submit_milestone(agent);
    else if (draw(faults, 12) == 0)
        (void)agent_node_submit_bad(agent, (enum agent_mistake)draw(faults, 3));
    else
        (void)agent_node_submit(agent, count, text_size);
}

/* ---- what passes by itself ---- */

static bool is_due(const struct faults *faults, uint64_t *at_ms)
{
    if (faults->world->now_ms < *at_ms)
        return false;
    *at_ms = WORLD_NEVER;
    return true;
}

static void agent_recovers(struct faults *faults, size_t at)
{
    struct agent_node *agent = faults->world->agents[at];
    if (is_due(faults, &faults->agent_up_at_ms[at]) && !agent->is_up)
        agent_node_start(agent);
    if (is_due(faults, &faults->agent_line_at_ms[at]))
        agent->quality = (struct link_quality){.delay_ms = 10, .jitter_ms = 5};
    if (is_due(faults, &faults->agent_space_at_ms[at]))
        world_set_disk(agent->directory, WORLD_NEVER);
    if (faults->world->now_ms >= agent->rejoin_at_ms && agent->is_up)
        (void)agent_node_rejoin(agent);
}

static void recover(struct faults *faults)
{
    struct world *world = faults->world;
    if (is_due(faults, &faults->broker_up_at_ms) && !world->broker->is_up)
        broker_node_start(world->broker);
    if (is_due(faults, &faults->broker_space_at_ms))
        world_set_disk(world->broker->directory, WORLD_NEVER);
    for (size_t i = 0; i < world->agent_count; i++)
        agent_recovers(faults, i);
    for (size_t i = 0; i < world->subscriber_count; i++) {
        if (is_due(faults, &faults->subscriber_line_at_ms[i]))
            world->subscribers[i]->quality = (struct link_quality){.delay_ms = 10};
    }
}

void faults_run(struct faults *faults)
{
    struct world *world = faults->world;
    uint64_t pause_ms = 300 + draw(faults, 6000);
    while (world->now_ms < faults->until_ms) {
        uint64_t next = world->now_ms + 100;
        if (world->now_ms >= faults->next_fault_ms) {
            something_happens(faults);
            faults->next_fault_ms = world->now_ms + draw(faults, 2 * pause_ms);
        }
        if (world->now_ms >= faults->next_event_ms) {
            clerk_speaks(faults);
            faults->next_event_ms = world->now_ms + draw(faults, 3000);
        }
        recover(faults);
        next = faults->next_fault_ms < next ? faults->next_fault_ms : next;
        next = faults->next_event_ms < next ? faults->next_event_ms : next;
        world_run_until(world, next > world->now_ms ? next : world->now_ms + 1);
    }
}
