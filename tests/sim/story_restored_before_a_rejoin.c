/*
 * story_restored_before_a_rejoin.c - the backup is older than the agent's second enrolment, so the
 * third is numbered as the second was. What was acked in the first epoch and lost with the restore
 * must come back all the same.
 */
#include "story.h"

void story_restored_before_a_rejoin(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    broker_node_back_up(world->broker);
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "acked seq=2");
    DEMAND(world, agent_node_rejoin(agent), "no rejoin");
    story_await(world, "rejoined epoch=2");
    (void)agent_node_submit(agent, 1, 20);
    story_await(world, "acked seq=1");
    (void)broker_node_restore(world->broker);
    story_await(world, "held reason=REVOKED");
    DEMAND(world, agent_node_rejoin(agent), "no rejoin");
    story_await(world, "acked seq=3");
    story_end(world);
}
