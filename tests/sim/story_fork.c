/*
 * story_fork.c - an old image is put back and the clerk goes on before the link is up: the token
 * fits, the number too, but the history is another. With as many events as the city has, the broker
 * sees it; with more, the agent does.
 */
#include "story.h"

static void diverge(struct world *world, struct agent_node *agent, size_t events)
{
    agent_node_take_image(agent);
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "acked seq=");
    world_run_until(world, world->now_ms + 200);
    agent_node_roll_back(agent);
    agent_node_start(agent);
    (void)agent_node_submit(agent, events, 20);
    story_await(world, "held reason=FORK");
    DEMAND(world, agent_node_rejoin(agent), "no rejoin");
    story_end(world);
}

void story_fork(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    diverge(world, agent, 2);
    diverge(world, agent, 3);
}
