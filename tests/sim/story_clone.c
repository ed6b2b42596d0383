/*
 * story_clone.c - somebody copies a machine and starts both. The token shows it at the first hello
 * of the second; the one that is refused rejoins, and then the other: whatever either had accepted
 * is in the log once.
 */
#include "story.h"

void story_clone(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "acked seq=2");
    struct agent_node *clone = agent_node_clone(agent);
    clone->quality = agent->quality;
    (void)agent_node_submit(clone, 1, 20);
    story_await(world, "341502'  acked seq=3");
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "held reason=CLONE");
    DEMAND(world, agent_node_is_held(agent) && !agent_node_is_held(clone), "the wrong one is held");
    (void)agent_node_submit(clone, 1, 20);
    story_await(world, "341502'  acked seq=4");

    DEMAND(world, agent_node_rejoin(agent), "no rejoin");
    story_await(world, "341502'  held reason=REVOKED");
    story_await(world, "341502   acked seq=2");
    agent_node_kill(clone);
    story_end(world);
}
