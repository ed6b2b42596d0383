/* story_rolled_back_agent.c - a disk image from last week is put back: the city has more than the
 * machine knows of. */
#include "story.h"

void story_rolled_back_agent(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "acked seq=2");
    agent_node_take_image(agent);
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "acked seq=4");
    agent_node_roll_back(agent);
    agent_node_start(agent);
    story_await(world, "held reason=ROLLED_BACK");
    (void)agent_node_submit(agent, 1,
                            20); /* what is accepted while it is held is not lost either */
    DEMAND(world, agent_node_rejoin(agent), "no rejoin");
    story_await(world, "acked seq=1");
    story_end(world);
}
