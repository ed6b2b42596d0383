/* faults_heal.c - see faults.h: lines, disks and machines are good again, and an operator does what
 * status tells him. */
#include <inttypes.h>

#include "agent_node.h"
#include "broker_node.h"
#include "faults.h"
#include "subscriber_node.h"

enum {
    PATIENCE_MS = 30 * 60 * 1000, /* of simulated time, until everything has come to its end */
    LOOK_EACH_MS = 1000,
};

static void mend(struct world *world)
{
    static const struct link_quality good = {.delay_ms = 10, .jitter_ms = 5};
    world_say(world, "world", "heals");
    world_set_disk(world->broker->directory, WORLD_NEVER);
    if (!world->broker->is_up)
        broker_node_start(world->broker);
    for (size_t i = 0; i < world->agent_count; i++) {
        world->agents[i]->quality = good;
        world_set_disk(world->agents[i]->directory, WORLD_NEVER);
    }
    for (size_t i = 0; i < world->subscriber_count; i++) {
        world->subscribers[i]->quality = good;
        if (!world->subscribers[i]->is_up)
            subscriber_node_start(world->subscribers[i]);
    }
}

/* Only one machine of a unit is plugged in at a time; the others wait for their turn, or are done.
 */
static bool has_younger_sibling(const struct world *world, size_t at)
{
    for (size_t i = at + 1; i < world->agent_count; i++) {
        if (strcmp(world->agents[i]->unit, world->agents[at]->unit) == 0)
            return true;
    }
    return false;
}

static bool elder_siblings_are_done(const struct faults *faults, size_t at)
{
    const struct world *world = faults->world;
    for (size_t i = 0; i < at; i++) {
        if (strcmp(world->agents[i]->unit, world->agents[at]->unit) == 0 && !faults->is_done[i])
            return false;
    }
    return true;
}

/* Nothing but a disaster that the operator knows of may stop an agent for good. */
static void demand_a_cause(const struct faults *faults, const struct agent_node *agent)
{
    struct courier_state state;
    courier_state(&agent->courier, &state);
    bool was_revoked = agent->was_revoked || faults->world->restores > 0;
    DEMAND(faults->world, agent->was_disturbed || (was_revoked && state.reason == REASON_REVOKED),
           "%s is held without a cause: %s %s", agent->name, uplink_reason_name(state.reason),
           state.text);
}

/* Settled in its own eyes and in the broker's: it may not know yet that the log was restored, or
 * its key revoked. */
static bool is_settled(const struct agent_node *agent)
{
    const struct hub *hub = &agent->world->broker->exchange.hub;
    const struct session *session = map_get(&hub->sessions, bytes_of_text(agent->unit));
    const struct outbox_state *state = &agent->home.state;
    const struct roster_entry *entry = roster_by_unit(hub->roster, bytes_of_text(agent->unit));
    return agent_node_is_settled(agent) && session && entry && entry->epoch == state->epoch &&
           session->epoch == state->epoch && session->have_seq == state->last_seq;
}

/* True: this machine has come to its end. */
static bool tend(struct faults *faults, size_t at)
{
    struct agent_node *agent = faults->world->agents[at];
    if (faults->is_done[at])
        return is_settled(agent) || !agent->is_up;
    if (!elder_siblings_are_done(faults, at)) {
        agent_node_kill(agent);
        return false;
    }
    if (!agent->is_up)
        agent_node_start(agent);
    if (agent_node_is_held(agent)) {
        demand_a_cause(faults, agent);
        (void)agent_node_rejoin(agent);
        return false;
    }
    if (!is_settled(agent))
        return false;
    faults->is_done[at] = true;
    if (has_younger_sibling(faults->world, at))
        agent_node_kill(agent);
    return true;
}

static bool look(struct faults *faults)
{
    struct world *world = faults->world;
    bool done = true;
    for (size_t i = 0; i < world->agent_count; i++)
        done = tend(faults, i) && done;
    for (size_t i = 0; i < world->subscriber_count; i++)
        done = subscriber_node_is_settled(world->subscribers[i]) && done;
    return done && !world->broker->writing && batch_is_empty(world->broker->exchange.filling);
}

static void say_who_is_stuck(const struct faults *faults)
{
    struct world *world = faults->world;
    for (size_t i = 0; i < world->agent_count; i++) {
        const struct agent_node *agent = world->agents[i];
        struct courier_state state;
        if (!agent->is_up || agent_node_is_settled(agent))
            continue;
        courier_state(&agent->courier, &state);
        world_fail(world, "%s is stuck: %s %s newest=%" PRIu64 " acked=%" PRIu64, agent->name,
                   state.link, state.text, agent->home.state.last_seq, agent->home.state.acked_seq);
    }
    for (size_t i = 0; i < world->subscriber_count; i++)
        DEMAND(world, subscriber_node_is_settled(world->subscribers[i]),
               "%s is stuck at %" PRIu64 ": %s", world->subscribers[i]->name,
               world->subscribers[i]->follower.next_position, world->subscribers[i]->follower.text);
    world_fail(world, "the broker does not come to rest");
}

void faults_heal(struct faults *faults)
{
    struct world *world = faults->world;
    mend(world);
    uint64_t give_up_ms = world->now_ms + PATIENCE_MS;
    while (!look(faults)) {
        if (world->now_ms >= give_up_ms)
            say_who_is_stuck(faults);
        world_run_until(world, world->now_ms + LOOK_EACH_MS);
    }
}
