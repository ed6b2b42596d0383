/* story_refusal_and_a_full_disk.c - the agent cannot keep a refusal when it comes: its cursor
 * waits, and the city says it again. */
#include "story.h"

void story_refusal_and_a_full_disk(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    DEMAND(world, agent_node_submit_bad(agent, MISTAKE_RIGHT), "no space");
    story_await(world, "> push 1..1");
    world_set_disk(agent->directory, 0);
    story_await(world, "refusals cannot be saved");
    world_run_until(world, world->now_ms + 5000);
    world_set_disk(agent->directory, WORLD_NEVER);
    story_end(world);
    DEMAND(world, agent->home.state.refused_count == 1, "the refusal is lost");
}
