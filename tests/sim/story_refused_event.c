/* story_refused_event.c - an event without a right is refused; the ack that says so is lost; the
 * agent lists it once. */
#include "story.h"

void story_refused_event(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 1, 20);
    DEMAND(world, agent_node_submit_bad(agent, MISTAKE_RIGHT), "no space");
    (void)agent_node_submit(agent, 1, 20);
    story_await(world, "refused 2 for 3");
    network_sever(&world->network, agent->link);
    story_await(world, "341502   acked seq=3");
    agent_node_kill(agent);
    agent_node_start(agent);
    story_end(world);
    DEMAND(world, agent->home.state.refused_count == 1, "listed %u times",
           (unsigned)agent->home.state.refused_count);
}
