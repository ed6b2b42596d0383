/* story_first_welcome_lost.c - the first welcome of all never arrives: the agent has no token, and
 * is believed again. */
#include "story.h"

void story_first_welcome_lost(struct world *world)
{
    story_begin(world, 0);
    struct agent_node *agent = agent_node_create(world, "341502");
    agent->quality = (struct link_quality){.delay_ms = 20};
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "> 341502 welcome");
    network_sever(&world->network, agent->link);
    story_await(world, "> 341502 welcome");
    agent_node_kill(agent); /* and the second one dies with the machine */
    agent_node_start(agent);
    story_await(world, "acked seq=2");
    story_end(world);
}
