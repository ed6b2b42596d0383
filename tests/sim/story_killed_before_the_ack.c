/* story_killed_before_the_ack.c - the broker dies after the commit and before the ack, then before
 * the commit. */
#include "story.h"

void story_killed_before_the_ack(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    world->broker->commit_ms = 200;
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "broker   commits");
    broker_node_kill(world->broker);
    broker_node_start(world->broker);
    story_await(world, "acked seq=2");
    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "> push 3..4");
    world_run_until(world, world->now_ms + 23);
    DEMAND(world, world->broker->writing && !world->broker->is_committed, "it is not the moment");
    broker_node_kill(world->broker);
    broker_node_start(world->broker);
    story_await(world, "acked seq=4");
    story_end(world);
}
