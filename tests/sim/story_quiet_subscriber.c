/*
 * story_quiet_subscriber.c - a display has looked at the whole log and found nothing for it; the
 * log is restored and grows again while its line is dark. What is now for it, at a position it had
 * passed, must not be missed.
 */
#include "story.h"

void story_quiet_subscriber(struct world *world)
{
    story_begin(world, 2);
    struct subscriber_node *display = story_display(world, "display", "341503");
    broker_node_back_up(world->broker);
    (void)agent_node_submit(world->agents[0], 3, 20);
    story_await(world, "341502   acked seq=3");
    world_run_until(world, world->now_ms + 1000);
    display->quality.is_dark = world->agents[0]->quality.is_dark = true;
    (void)broker_node_restore(world->broker);
    (void)agent_node_submit(world->agents[1], 2, 20);
    story_await(world, "341503   acked seq=2");
    world->agents[0]->quality.is_dark = false;
    story_await(world, "341502   acked seq=3");
    display->quality.is_dark = false;
    story_end(world);
    DEMAND(world, display->row_count == 2, "it missed something");
}
