/* story_many_refusals.c - more refusals than one ack lists, and the first acks are lost: the agent
 * ends with all of them. */
#include "story.h"

enum { BAD_EVENTS = 2 * ACK_REFUSALS_MAX + 10 };

void story_many_refusals(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    agent->quality.is_dark = true;
    for (int i = 0; i < BAD_EVENTS; i++)
        DEMAND(world, agent_node_submit_bad(agent, MISTAKE_RIGHT), "no space");
    (void)agent_node_submit(agent, 1, 20);
    agent->quality.is_dark = false;
    story_await(world, "broker   > 341502 ack");
    network_sever(&world->network, agent->link);
    story_end(world);
    DEMAND(world, agent->home.state.refused_count == BAD_EVENTS, "listed are %u",
           (unsigned)agent->home.state.refused_count);
}
