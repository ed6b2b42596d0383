/* story_late_hello.c - on a bad line the hello of a broken connection comes after the next one's
 * session is at work: no clone. */
#include "story.h"

void story_late_hello(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    network_sever(&world->network, agent->link);
    story_await(world, "> hello");
    network_cut_late(&world->network, agent->link, 1000);
    agent_node_kill(agent);
    agent_node_start(agent);
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "broker   hello_late unit=341502");
    story_end(world);
    DEMAND(world, !agent_node_is_held(agent), "it is taken for a clone");
}
