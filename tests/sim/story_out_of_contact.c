/*
 * story_out_of_contact.c - a county's line goes dark while its clerk goes on. The wall is told that
 * it is gone as soon as the broker can know, that nobody else is, and, when it is back, how much it
 * has saved up and when that has arrived. A display that did not ask is told nothing.
 */
#include "story.h"

#include <string.h>

enum { LINE_MS = 100 };

static struct subscriber_node *wall_of(struct world *world)
{
    struct subscriber_plan plan = {.name = "wall", .with_contacts = true, .window = 40};
    struct subscriber_node *node = subscriber_node_create(world, &plan);
    node->quality = (struct link_quality){.delay_ms = 20};
    return node;
}

static struct contact_seen *seen(struct subscriber_node *wall, const char *unit)
{
    struct contact_seen *contact = subscriber_node_contact(wall, bytes_of_text(unit));
    DEMAND(wall->world, contact, "%s is not on the wall", unit);
    return contact;
}

void story_out_of_contact(struct world *world)
{
    story_begin(world, 2);
    struct agent_node *agent = world->agents[0];
    (void)story_display(world, "screen", NULL);
    struct subscriber_node *wall = wall_of(world);
    story_await(world, "hears 341503 online backlog=0");
    DEMAND(world, wall->contact_count == 2, "a unit is missing");

    (void)agent_node_submit(agent, 2, 20);
    story_await(world, "341502   acked seq=2");
    int64_t spoke_ms = WORLD_WALL_MS + (int64_t)world->now_ms;
    uint64_t dark_ms = world->now_ms;
    agent->quality.is_dark = true;
    (void)agent_node_submit(agent, 3, 20);
    story_await(world, "hears 341502 offline");
    DEMAND(world, world->now_ms <= dark_ms + HUB_SILENCE_MS + HUB_TICK_MS + LINE_MS,
           "it was told too late");
    DEMAND(world, spoke_ms - seen(wall, "341502")->last_contact_ms <= LINE_MS,
           "the last contact is not when it spoke last");
    DEMAND(world, seen(wall, "341503")->is_online, "a county is called away that is not");

    uint64_t light_ms = world->now_ms;
    agent->quality.is_dark = false;
    story_await(world, "hears 341502 online backlog=3");
    story_await(world, "hears 341502 online backlog=0");
    DEMAND(world,
           world->now_ms <= light_ms + FOLLOWER_BACKOFF_MAX_MS + 2 * (uint64_t)PRESENCE_PACE_MS,
           "its return was told too late");
    story_end(world);
}
