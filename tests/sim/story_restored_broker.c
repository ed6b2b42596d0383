/* story_restored_broker.c - the broker's store is put back to a backup: agents send again what they
 * had acks for. */
#include "story.h"

void story_restored_broker(struct world *world)
{
    story_begin(world, 2);
    struct subscriber_node *display = story_display(world, "display", NULL);
    (void)agent_node_submit(world->agents[0], 2, 20);
    (void)agent_node_submit(world->agents[1], 1, 20);
    story_await(world, "341502   acked seq=2");
    broker_node_back_up(world->broker);
    (void)agent_node_submit(world->agents[0], 3, 20);
    story_await(world, "341502   acked seq=5");
    world_run_until(world, world->now_ms + 200);
    world->broker->keeps_head_file = true;
    (void)broker_node_restore(world->broker);
    story_await(world, "341502   broker_behind alarm=BROKER_BEHIND acked=5 have=2");
    story_await(world, "341502   acked seq=5");
    story_end(world);
    DEMAND(world, display->start_overs == 1, "the display did not notice");
}
