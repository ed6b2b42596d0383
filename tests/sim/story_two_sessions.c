/*
 * story_two_sessions.c - a clone speaks while the original is connected, but does not read: the
 * newest session wins, and the original, when it goes on speaking, shows that there are two
 * machines.
 */
#include "story.h"

void story_two_sessions(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    (void)agent_node_submit(agent, 1, 20);
    story_await(world, "acked seq=1");
    agent->quality.is_stalled = true;
    struct agent_node *clone = agent_node_clone(agent);
    clone->quality.is_stalled = false;
    clone->quality.delay_ms = 20;
    story_await(world, "> 341502 bye CLONE");
    story_await(world, "broker   two_sessions unit=341502");
    agent->quality.is_stalled = false;
    story_await(world, "341502   held reason=CLONE");
    agent_node_kill(agent); /* the wrong one to run, and it holds nothing that the clone does not */
    story_end(world);
}
