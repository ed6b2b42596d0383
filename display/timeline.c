/* timeline.c - see timeline.h. */
#include "display/timeline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ledger/fold/assertions.h"
#include "ledger/fold/byte_store.h"

#define DAY_MS 86400000LL

void timeline_release(struct timeline *timeline)
{
    free(timeline->days);
    *timeline = (struct timeline){0};
}

/* Recorded times never fall (contract 3.2): the day is the last one, or a new one. */
static struct timeline_day *day_at(struct timeline *timeline, int32_t day)
{
    if (timeline->count > 0 && timeline->days[timeline->count - 1].day == day)
        return &timeline->days[timeline->count - 1];
    timeline->days =
        array_grown(timeline->days, timeline->count, &timeline->capacity, sizeof(*timeline->days));
    timeline->days[timeline->count] = (struct timeline_day){.day = day};
    return &timeline->days[timeline->count++];
}

void timeline_add(struct timeline *timeline, const struct ledger *ledger,
                  const struct record *record)
{
    struct timeline_day *day = day_at(timeline, day_of_instant(record->recorded_at_ms));
    if (day->first == 0)
        day->first = record->position;
    day->last = record->position;
    const struct assertion *said = ledger_said_by(ledger, record->position);
    if (!said || said->position != record->position) /* a refusal, said again, the broker's own */
        return;
    day->events++;
    day->restatements += said->kind == EVENT_CORRECTION;
}

/* ---- from a whole ledger ---- */

/* The day's first instant. */
static int64_t instant_of_day(int32_t day)
{
    enum { CHINA_HOURS = 8 };
    return (int64_t)day * DAY_MS - CHINA_HOURS * DAY_MS / 24;
}

static int compare_days(const void *left, const void *right)
{
    int32_t one = ((const struct timeline_day *)left)->day;
    int32_t other = ((const struct timeline_day *)right)->day;
    return (one > other) - (one < other);
}

/* From the newest position back, a day at a time; then turned round. */
void timeline_make(struct timeline *timeline, const struct ledger *ledger)
{
    timeline->count = 0;
    for (uint64_t last = ledger_position(ledger); last > 0;) {
        int32_t number = day_of_instant(ledger_recorded_at_ms(ledger, last));
        uint64_t before = ledger_position_at(ledger, instant_of_day(number));
        struct timeline_day *day = day_at(timeline, number);
        day->first = before + 1;
        day->last = last;
        const struct assertion *said = ledger_said_by(ledger, last);
        for (; said && said->position > before; day->events++) {
            day->restatements += said->kind == EVENT_CORRECTION;
            said = ledger_said_by(ledger, said->position - 1);
        }
        last = before;
    }
    if (timeline->count > 0)
        qsort(timeline->days, timeline->count, sizeof(*timeline->days), compare_days);
}

void timeline_json(const struct timeline *timeline, struct buffer *out)
{
    char text[DAY_TEXT_SIZE];
    buffer_add_text(out, "{\"days\":[");
    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_day *day = &timeline->days[i];
        buffer_add_format(out,
                          "%s{\"day\":\"%s\",\"first\":%" PRIu64 ",\"last\":%" PRIu64
                          ",\"events\":%" PRIu64 ",\"restatements\":%" PRIu64 "}",
                          i > 0 ? "," : "", day_text(day->day, text), day->first, day->last,
                          day->events, day->restatements);
    }
    buffer_add_text(out, "]}");
}
