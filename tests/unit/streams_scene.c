/* streams_scene.c - see streams_scene.h. */
#include "tests/unit/streams_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/random_event.h"

enum { ARENA_MAX = 64 << 20, PROJECTS = 5, KINDS = 25, LINE_SIZE = 256 };

static const char *const unit_texts[STREAM_UNITS] = {"3415", "341502", "341503", "341504"};

static bool is_known_id(const struct stream *stream, const uint8_t *id)
{
    for (size_t i = 0; i < stream->count; i++) {
        if (memcmp(stream->ids[i], id, EVENT_ID_SIZE) == 0)
            return true;
    }
    return false;
}

/* A correction of something that some unit has said or will say. */
static void correct_something(struct streams *streams, struct stream *stream, struct random *random,
                              struct event *event)
{
    bool of_anybody = stream == &streams->units[0] || random_chance(random, 20);
    struct stream *said = of_anybody ? &streams->units[random_below(random, STREAM_UNITS)] : stream;
    if (said->count > 0)
        event->correction.target =
            bytes_of(said->ids[random_below(random, said->count)], EVENT_ID_SIZE);
}

static void say(struct streams *streams, struct stream *stream, struct random *random)
{
    size_t index = stream->count;
    struct event *event = &stream->events[index];
    if (index > 0 && random_chance(random, 10)) {
        size_t before = random_below(random, index);
        *event = stream->events[before];
        memcpy(stream->ids[index], stream->ids[before], EVENT_ID_SIZE);
        stream->repeats[index] = true;
        stream->count++;
        return;
    }
    CLEANUP(buffer_release) struct buffer payload = {0};
    char subject[SUBJECT_TEXT_MAX + 1];
    bool corrects = random_chance(random, 25);
    uint32_t kind = corrects ? EVENT_CORRECTION : 1 + (uint32_t)random_below(random, KINDS);
    random_event(random, kind, &streams->arena, event);
    (void)snprintf(subject, sizeof subject, "%s/%d",
                   stream == &streams->units[0] ? unit_texts[random_below(random, STREAM_UNITS)]
                                                : stream->unit,
                   (int)random_below(random, PROJECTS));
    event->envelope.about_unit = BYTES_NONE;
    event->envelope.subject = arena_copy(&streams->arena, bytes_of_text(subject));
    if (!kind_of_number(kind)->needs_subject && random_chance(random, 30))
        event->envelope.subject = BYTES_NONE;
    if (corrects)
        correct_something(streams, stream, random, event);
    wire_fact_encode(event, &payload);
    event->envelope.payload = buffer_bytes(&payload);
    event_id_make(bytes_of_text(stream->unit), &event->envelope, stream->ids[index]);
    event->envelope.payload = BYTES_NONE;
    event->envelope.event_id = bytes_of(stream->ids[index], EVENT_ID_SIZE);
    stream->repeats[index] = is_known_id(stream, stream->ids[index]);
    stream->count++;
}

void streams_open(struct streams *streams, uint64_t seed, size_t events)
{
    struct random random;
    random_init(&random, seed);
    memset(streams, 0, sizeof *streams);
    arena_init(&streams->arena, ARENA_MAX);
    for (size_t i = 0; i < STREAM_UNITS; i++)
        streams->units[i].unit = unit_texts[i];
    for (size_t n = 0; n < events; n++) {
        for (size_t i = 0; i < STREAM_UNITS; i++)
            say(streams, &streams->units[i], &random);
    }
}

void streams_close(struct streams *streams)
{
    arena_release(&streams->arena);
}

struct ledger *streams_fold(const struct streams *streams, const struct streams_order *order)
{
    struct ledger *ledger = ledger_new(order->seed);
    struct random random;
    size_t at[STREAM_UNITS] = {0}, open = STREAM_UNITS, records = 0;
    random_init(&random, order->seed);
    struct record record = {.kind = RECORD_SETTING, .position = 1, .unit = bytes_of_text("3415")};
    struct ledger_input input = {.record = &record};
    assert_int_equal(ledger_apply(ledger, &input), OK);
    record.kind = RECORD_EVENT;
    while (open > 0 && (order->records == 0 || records < order->records)) {
        size_t unit = random_below(&random, STREAM_UNITS);
        const struct stream *stream = &streams->units[unit];
        if (at[unit] >= stream->count)
            continue;
        size_t index = at[unit]++;
        open -= at[unit] == stream->count;
        if (order->without_repeats && stream->repeats[index])
            continue;
        record.position++;
        record.recorded_at_ms = (int64_t)record.position * 1000;
        record.unit = bytes_of_text(stream->unit);
        input.event = &stream->events[index];
        assert_int_equal(ledger_apply(ledger, &input), OK);
        records++;
    }
    return ledger;
}

/* ---- the portrait ---- */

struct lines {
    char (*items)[LINE_SIZE];
    size_t count, capacity;
};

static void add_walk(const struct ledger *ledger, struct ledger_walk walk, struct bytes what,
                     struct lines *lines)
{
    static size_t orders[LEDGER_UNITS_MAX];
    const struct assertion *said;
    memset(orders, 0, ledger_unit_count(ledger) * sizeof *orders);
    while ((said = ledger_next(&walk))) {
        char id[2 * EVENT_ID_SIZE + 1];
        struct bytes unit = ledger_unit(ledger, said->unit)->unit;
        struct ledger_fact fact;
        ledger_read(ledger, said, NULL, &fact);
        assert_true(lines->count < lines->capacity);
        (void)snprintf(lines->items[lines->count++], LINE_SIZE, "%.*s|%.*s|%06zu|%s|%d|%u|%d",
                       (int)what.size, (const char *)what.data, (int)unit.size,
                       (const char *)unit.data, orders[said->unit]++,
                       hex_text(bytes_of(said->event_id, EVENT_ID_SIZE), id, sizeof id),
                       said->flags & ASSERTION_MISPLACED, said->kind, said->day);
    }
}

static int by_text(const void *left, const void *right)
{
    return strcmp(left, right);
}

struct hash streams_portrait(const struct ledger *ledger, uint64_t known_at)
{
    struct ledger_counts counts;
    struct hash facts;
    CLEANUP(buffer_release) struct buffer text = {0};
    ledger_counts(ledger, known_at, &counts);
    ledger_facts_digest(ledger, known_at, &facts);
    struct lines lines = {.capacity = counts.events};
    lines.items = calloc(counts.events + 1, LINE_SIZE);
    assert_non_null(lines.items);
    for (size_t i = 0; i < ledger_subject_count(ledger); i++)
        add_walk(ledger, ledger_walk_subject(ledger, i, known_at), ledger_subject(ledger, i),
                 &lines);
    for (size_t i = 0; i < ledger_unit_count(ledger); i++)
        add_walk(ledger, ledger_walk_unit(ledger, i, known_at), ledger_unit(ledger, i)->unit,
                 &lines);
    qsort(lines.items, lines.count, LINE_SIZE, by_text);
    for (size_t i = 0; i < lines.count; i++)
        buffer_add_text(&text, lines.items[i]);
    free(lines.items);
    buffer_add(&text, hash_bytes(&facts));
    buffer_add_format(&text, "%lu %lu %lu %lu %lu", (unsigned long)counts.events,
                      (unsigned long)counts.corrections, (unsigned long)counts.orphans,
                      (unsigned long)counts.refusals, (unsigned long)counts.not_understood);
    return hash_of(buffer_bytes(&text));
}
