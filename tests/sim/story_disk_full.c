/* story_disk_full.c - the broker's disk fills and empties, then the agent's: a clear word, no loss,
 * no restart. */
#include "story.h"

enum { RESERVE_BYTES = 1 << 20 };

void story_disk_full(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 1, 20);
    story_await(world, "acked seq=1");
    world_set_disk(world->broker->directory, RESERVE_BYTES);
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "refuse DISK_FULL");
    world_run_until(world, world->now_ms + 20000);
    world_set_disk(world->broker->directory, WORLD_NEVER);
    story_await(world, "acked seq=3");

    world_set_disk(agent->directory, RESERVE_BYTES);
    DEMAND(world, agent_node_submit(agent, 2, 20) == 0, "accepted without a place to keep it");
    world_run_until(world, world->now_ms + 1000);
    world_set_disk(agent->directory, WORLD_NEVER);
    DEMAND(world, agent_node_submit(agent, 2, 20) == 2, "not accepted though there is space");
    story_await(world, "acked seq=5");
    story_end(world);
}
