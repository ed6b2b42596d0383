/* test_stream_take.c - lives drawn by lot of browsers that come, go, read little and come back: no
 * fact is lost or doubled, no frame goes back, and each ends with what is. */
#include "display/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"

enum { SECTIONS = 4, HISTORY_MAX = 4000, BROWSERS = 6, STEPS = 6000 };

struct world {
    struct stream *stream;
    struct random random;
    uint64_t facts[HISTORY_MAX]; /* positions; even places are of the unit */
    size_t fact_count;
    int versions[HISTORY_MAX][SECTIONS]; /* of each frame */
    size_t frame_count;
};

struct browser {
    bool is_unit, is_connected, may_skip; /* may_skip: a frame or a resync stands for the facts */
    struct stream_cursor cursor;
    struct buffer heard;
    uint64_t last_id, block_id, fact;
    size_t frame;
    uint64_t frame_position;
    int versions[SECTIONS];
};

static bool is_unit_fact(size_t index)
{
    return index % 2 == 0;
}

static void world_fact(struct world *world)
{
    char text[64];
    if (world->fact_count == HISTORY_MAX)
        return;
    size_t index = world->fact_count++;
    uint64_t before = index > 0 ? world->facts[index - 1] : 0;
    world->facts[index] = before + 1 + random_below(&world->random, 2);
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)world->facts[index]);
    stream_add(world->stream, STREAM_FACT, world->facts[index],
               bytes_of_text(is_unit_fact(index) ? "341502" : "341503"), bytes_of_text(text));
}

/* A frame shows the ledger as of some fact just now or a little ago. */
static void world_frame(struct world *world, uint64_t behind_max)
{
    static uint64_t position;
    char part[64], whole[128];
    size_t n = world->frame_count;
    if (n == HISTORY_MAX)
        return;
    if (n == 0)
        position = 0;
    else
        memcpy(world->versions[n], world->versions[n - 1], sizeof(world->versions[n]));
    size_t behind = (size_t)random_below(&world->random, behind_max + 1);
    if (world->fact_count > behind && world->facts[world->fact_count - 1 - behind] > position)
        position = world->facts[world->fact_count - 1 - behind];
    size_t section = (size_t)random_below(&world->random, SECTIONS);
    int *now = world->versions[n];
    now[section] = (int)n;
    world->frame_count++;
    (void)snprintf(part, sizeof(part), "D %llu %zu %zu %d", (unsigned long long)position, n,
                   section, now[section]);
    (void)snprintf(whole, sizeof(whole), "W %llu %zu %d %d %d %d", (unsigned long long)position, n,
                   now[0], now[1], now[2], now[3]);
    bool first = random_chance(&world->random, 50);
    if (first)
        stream_begin_with(world->stream, position, bytes_of_text(whole), BYTES_NONE);
    stream_add(world->stream, STREAM_FRAME, position, BYTES_NONE, bytes_of_text(part));
    if (!first)
        stream_begin_with(world->stream, position, bytes_of_text(whole), BYTES_NONE);
}

static void hear_fact(const struct world *world, struct browser *browser, const char *data)
{
    uint64_t position = strtoull(data, NULL, 10), expected = 0;
    assert_true(position > browser->fact);
    if (!browser->may_skip) {
        for (size_t i = 0; i < world->fact_count && expected == 0; i++)
            if (world->facts[i] > browser->fact && (!browser->is_unit || is_unit_fact(i)))
                expected = world->facts[i];
        assert_true(position == expected);
    }
    browser->may_skip = false;
    browser->fact = position;
}

static uint64_t next_number(const char **at)
{
    char *end;
    uint64_t number = strtoull(*at, &end, 10);
    assert_ptr_not_equal(end, *at);
    *at = end;
    return number;
}

static void hear_frame(const struct world *world, struct browser *browser, const char *data)
{
    const char *at = data + 1;
    uint64_t position = next_number(&at);
    size_t n = (size_t)next_number(&at);
    assert_false(browser->is_unit);
    if (data[0] == 'W') {
        for (size_t i = 0; i < SECTIONS; i++)
            browser->versions[i] = (int)next_number(&at);
        if (browser->may_skip && position > browser->fact) {
            browser->fact = position; /* the facts up to it are in it */
            browser->may_skip = false;
        }
    } else {
        size_t section = (size_t)next_number(&at);
        assert_true(section < SECTIONS);
        browser->versions[section] = (int)next_number(&at);
    }
    assert_true(position >= browser->frame_position && n >= browser->frame);
    assert_memory_equal(browser->versions, world->versions[n], sizeof(world->versions[n]));
    browser->frame_position = position;
    browser->frame = n;
}

/* As EventSource does: an id counts with the end of its block. */
static void hear(const struct world *world, struct browser *browser)
{
    for (;;) {
        struct bytes heard = buffer_bytes(&browser->heard);
        const uint8_t *end = heard.size > 0 ? memmem(heard.data, heard.size, "\n\n", 2) : NULL;
        char block[256], *data, *event;
        if (!end)
            return;
        size_t size = (size_t)(end - heard.data) + 2;
        bytes_to_text(bytes_of(heard.data, size), block, sizeof(block));
        if (strncmp(block, "id: ", 4) == 0) {
            browser->block_id = strtoull(block + 4, NULL, 10);
            assert_true(browser->block_id > browser->last_id);
            browser->last_id = browser->block_id;
        }
        event = strstr(block, "event: ") + 7;
        data = strstr(block, "data: ") + 6;
        if (strncmp(event, "fact", 4) == 0)
            hear_fact(world, browser, data);
        else if (strncmp(event, "frame", 5) == 0)
            hear_frame(world, browser, data);
        else if (strncmp(event, "resync", 6) == 0)
            browser->may_skip = true;
        memmove(browser->heard.data, browser->heard.data + size, browser->heard.size - size);
        browser->heard.size -= size;
    }
}

static void browser_step(struct world *world, struct browser *browser)
{
    static const struct visitor unit = {.scope = GRANT_UNIT, .units = {"341502"}, .unit_count = 1};
    if (!browser->is_connected) {
        if (browser->last_id == 0) { /* nothing was heard yet: as new */
            browser->may_skip = true;
            browser->fact = 0;
        }
        stream_join(world->stream, browser->last_id, browser->is_unit ? &unit : NULL,
                    &browser->cursor);
        browser->is_connected = true;
    } else if (random_chance(&world->random, 5)) {
        stream_leave(&browser->cursor);
        buffer_clear(&browser->heard); /* half a block is nothing */
        browser->is_connected = false;
    } else {
        size_t size = 33 + (size_t)random_below(&world->random, 300);
        (void)stream_take(world->stream, &browser->cursor, size, &browser->heard);
        hear(world, browser);
    }
}

static void settle(struct world *world, struct browser *browser)
{
    if (!browser->is_connected)
        browser_step(world, browser);
    while (stream_take(world->stream, &browser->cursor, 4096, &browser->heard))
        hear(world, browser);
    if (!browser->is_unit)
        assert_memory_equal(browser->versions, world->versions[world->frame_count - 1],
                            sizeof(browser->versions));
    if (!browser->is_unit)
        assert_true(browser->fact >= world->facts[world->fact_count - 1]);
    stream_leave(&browser->cursor);
    buffer_release(&browser->heard);
}

static void live(uint64_t seed)
{
    struct world *world = calloc(1, sizeof(*world));
    struct browser browsers[BROWSERS] = {0};
    random_init(&world->random, seed);
    world->stream = stream_new(600 + (size_t)random_below(&world->random, 20000));
    for (size_t i = 0; i < BROWSERS; i++)
        browsers[i].is_unit = i % 3 == 2;
    for (int step = 0; step < STEPS; step++) {
        uint64_t kind = random_below(&world->random, 100);
        struct browser *browser = &browsers[random_below(&world->random, BROWSERS)];
        if (kind < 15)
            world_fact(world);
        else if (kind < 25)
            world_frame(world, 2);
        else if (kind < 28)
            stream_add(world->stream, STREAM_BEAT, 0, BYTES_NONE, bytes_of_text("tick"));
        else if (kind < 30)
            stream_add(world->stream, STREAM_CONTACT, 0, BYTES_NONE, bytes_of_text("links"));
        else
            browser_step(world, browser);
    }
    world_fact(world);
    world_frame(world, 0);
    for (size_t i = 0; i < BROWSERS; i++)
        settle(world, &browsers[i]);
    stream_free(world->stream);
    free(world);
}

static void whatever_happens_no_fact_is_lost_or_doubled_and_no_frame_goes_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++)
        live(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_no_fact_is_lost_or_doubled_and_no_frame_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
