/* stories.c - see story.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame_text.h"
#include "io/identity.h"
#include "story.h"

enum { PATIENCE_MS = 1800000, WINDOW_EVENTS = 4000, TRANSCRIPT_MAX = 1 << 20 };

static void on_sent(void *context, const struct link *link, bool to_broker, struct bytes frame)
{
    char text[FRAME_TEXT_MAX];
    frame_text(frame, text);
    if (to_broker)
        world_say(context, network_link_name(link), "> %s", text);
    else
        world_say(context, "broker", "> %s %s", network_link_name(link), text);
}

void story_begin(struct world *world, size_t agents)
{
    world->network.on_sent = on_sent;
    broker_node_create(world, WINDOW_EVENTS);
    for (size_t i = 0; i < agents; i++) {
        char unit[UNIT_TEXT_MAX + 1];
        (void)snprintf(unit, sizeof unit, "%zu", 341502 + i);
        struct agent_node *agent = agent_node_create(world, unit);
        agent->quality = (struct link_quality){.delay_ms = 20};
    }
    world_run_until(world, 1000);
}

struct subscriber_node *story_display(struct world *world, const char *name, const char *unit)
{
    struct subscriber_plan plan = {.name = name, .unit = unit, .window = 40};
    struct subscriber_node *node = subscriber_node_create(world, &plan);
    node->quality = (struct link_quality){.delay_ms = 20};
    return node;
}

void story_await(struct world *world, const char *text)
{
    size_t from = world->transcript.size;
    uint64_t until_ms = world->now_ms + PATIENCE_MS;
    while (
        !memmem(world->transcript.data + from, world->transcript.size - from, text, strlen(text))) {
        DEMAND(world, world->now_ms < until_ms, "waited in vain for: %s", text);
        world_run_until(world, world->now_ms + 1);
    }
}

static bool is_at_rest(const struct world *world)
{
    for (size_t i = 0; i < world->agent_count; i++) {
        if (world->agents[i]->is_up && !agent_node_is_settled(world->agents[i]))
            return false;
    }
    for (size_t i = 0; i < world->subscriber_count; i++) {
        if (!subscriber_node_is_settled(world->subscribers[i]))
            return false;
    }
    return !world->broker->writing && batch_is_empty(world->broker->exchange.filling);
}

void story_end(struct world *world)
{
    uint64_t until_ms = world->now_ms + PATIENCE_MS;
    while (!is_at_rest(world)) {
        DEMAND(world, world->now_ms < until_ms, "this story does not end");
        world_run_until(world, world->now_ms + 100);
    }
    truth_judge(world);
}

/* ---- the transcript ---- */

static const struct {
    const char *name;
    void (*tell)(struct world *world);
} stories[] = {
#define STORY_ROW(name) {#name, story_##name},
    STORIES(STORY_ROW)};

static size_t line_of(struct bytes text, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.data[i] == '\n';
    return line;
}

static struct bytes rest_of_line(struct bytes text, size_t at)
{
    if (text.size == 0)
        return text;
    while (at > 0 && text.data[at - 1] != '\n')
        at--;
    const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
    return bytes_of(text.data + at, end ? (size_t)(end - text.data) - at : text.size - at);
}

static int compare(const char *name, struct bytes expected, struct bytes told)
{
    size_t at = 0;
    if (bytes_equal(expected, told))
        return 0;
    while (at < expected.size && at < told.size && expected.data[at] == told.data[at])
        at++;
    struct bytes left = rest_of_line(expected, at < expected.size ? at : expected.size);
    struct bytes right = rest_of_line(told, at < told.size ? at : told.size);
    (void)fprintf(stderr,
                  "story %s differs from transcripts/%s.txt at line %zu\nexpected: %.*s\ntold:     "
                  "%.*s\nread it with: stories %s print; if it is right: stories %s write\n",
                  name, name, line_of(told, at < told.size ? at : told.size), (int)left.size,
                  (const char *)left.data, (int)right.size, (const char *)right.data, name, name);
    return 1;
}

static int judge(const char *name, const char *mode, struct bytes told)
{
    char path[512];
    struct problem problem = {0};
    CLEANUP(buffer_release) struct buffer expected = {0};
    (void)snprintf(path, sizeof path, "%s/%s.txt", SIM_TRANSCRIPTS, name);
    enum err err = strcmp(mode, "write") == 0
                       ? file_write(path, told, &problem)
                       : file_read(path, TRANSCRIPT_MAX, &expected, &problem);
    if (err != OK) {
        (void)fprintf(stderr, "%s\n", problem.text);
        return 1;
    }
    return strcmp(mode, "write") == 0 ? 0 : compare(name, buffer_bytes(&expected), told);
}

int main(int argc, char **argv)
{
    static struct world world;
    const char *mode = argc > 2 ? argv[2] : "";
    world_name_command(argv[0]);
    for (size_t i = 0; argc > 1 && i < ARRAY_LENGTH(stories); i++) {
        if (strcmp(argv[1], stories[i].name) != 0)
            continue;
        world_open(&world, 1);
        world.is_keeping = true;
        world.is_printing = strcmp(mode, "print") == 0;
        stories[i].tell(&world);
        int status = judge(stories[i].name, mode, buffer_bytes(&world.transcript));
        world_close(&world);
        return status;
    }
    (void)fprintf(stderr, "usage: stories NAME [print|write]; names:\n");
    for (size_t i = 0; i < ARRAY_LENGTH(stories); i++)
        (void)fprintf(stderr, "  %s\n", stories[i].name);
    return 2;
}
