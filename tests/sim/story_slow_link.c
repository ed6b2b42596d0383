/* story_slow_link.c - 64 kbit/s, 600 ms round trip, 5 % loss, a backlog of 200 events: it goes
 * through without a new hello. */
#include "story.h"

void story_slow_link(struct world *world)
{
    story_begin(world, 1);
    struct agent_node *agent = world->agents[0];
    agent->quality = (struct link_quality){.delay_ms = 300, .bytes_per_s = 8000, .loss_percent = 5};
    uint64_t before_ms = world->now_ms;
    (void)agent_node_submit(agent, 200, 400);
    story_await(world, "acked seq=200");
    DEMAND(world, world->now_ms - before_ms < 120000, "it took %u s",
           (unsigned)((world->now_ms - before_ms) / 1000));
    story_end(world);
}
