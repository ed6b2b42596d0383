/* story_stalled_subscriber.c - a display stops reading while events pour in: nobody else notices,
 * and it misses nothing. */
#include "story.h"

void story_stalled_subscriber(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    struct subscriber_node *stalled = story_display(world, "stalled", NULL);
    struct subscriber_node *live = story_display(world, "live", NULL);
    world_run_until(world, world->now_ms + 1000);
    stalled->quality.is_stalled = true;
    for (int i = 0; i < 4; i++) {
        (void)agent_node_submit(agent, 30, 20);
        world_run_until(world, world->now_ms + 500);
    }
    DEMAND(world, agent_node_is_settled(agent), "the agent waits for a display");
    DEMAND(world, subscriber_node_is_settled(live) && live->row_count == 120,
           "one display waits for another");
    DEMAND(world, stalled->row_count < 120, "it did not stall");
    stalled->quality.is_stalled = false;
    story_end(world);
    DEMAND(world, stalled->row_count == 120, "it missed something");
}
