/* story_duplicate_push.c - every frame arrives twice, in both directions: each event is stored and
 * acked once. */
#include "story.h"

void story_duplicate_push(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    agent->quality.duplicate_percent = 100;
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "acked seq=2");
    (void)agent_node_submit(agent, 1, 20);
    network_cut(&world->network, agent->link);
    story_await(world, "acked seq=3");
    story_end(world);
}
