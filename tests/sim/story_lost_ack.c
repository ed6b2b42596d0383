/* story_lost_ack.c - the ack dies with the line: the agent says hello, is told what is had, and
 * nothing is stored twice. */
#include "story.h"

void story_lost_ack(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 3, 20);
    story_await(world, "> 341502 ack 3");
    network_sever(&world->network, agent->link);
    story_await(world, "> 341502 ack 3"); /* again, after the next welcome */
    story_end(world);
}
