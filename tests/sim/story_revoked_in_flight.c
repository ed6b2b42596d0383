/* story_revoked_in_flight.c - a key is revoked while its pushes are under way; with new keys
 * nothing is lost or doubled. */
#include "story.h"

void story_revoked_in_flight(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "> push 1..2");
    world_run_until(world, world->now_ms + 22); /* it has arrived, and is not committed yet */
    /* And this is on the line. */
    (void)agent_node_submit(agent, UPLINK_GATHER_EVENTS, 20);
    DEMAND(world, broker_node_revoke(world->broker, "341502"), "not revoked");
    story_await(world, "held reason=REVOKED");
    (void)agent_node_submit(agent, 1, 20);
    DEMAND(world, agent_node_rejoin(agent), "no rejoin");
    story_await(world, "rejoined epoch=2 city_has=2 said_again=17");
    story_end(world);
}
