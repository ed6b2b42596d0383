/* import_tally.h - a count of the events that imports left in the outbox of import_scene.h. */
#pragma once

#include "import_scene.h"
#include "proto/wire.h"

struct tally {
    int milestones[MILESTONE_TRANSFERRED + 1], kinds[EVENT_VERDICT + 1];
    int64_t received[ORIGIN_LOCAL + 1], total;
    char corrections[2048]; /* each one's day, reason and person */
    struct hash ids;        /* of every event_id, in order */
    size_t count;
};

static inline void tally_add(struct tally *tally, const struct event *event)
{
    uint32_t kind = event->envelope.kind;
    struct bytes ids[] = {hash_bytes(&tally->ids), event->envelope.event_id};
    tally->ids = hash_of_parts(ids, ARRAY_LENGTH(ids));
    tally->count++;
    tally->kinds[kind]++;
    if (kind == EVENT_MILESTONE)
        tally->milestones[event->milestone.milestone]++;
    if (kind == EVENT_FUNDS)
        tally->received[event->funds.origin] += event->funds.amount.value;
    if (kind == EVENT_PROJECT)
        tally->total += event->project.planned_total.value;
    if (kind == EVENT_CORRECTION) {
        size_t used = strlen(tally->corrections);
        char day[DAY_TEXT_SIZE];
        (void)snprintf(tally->corrections + used, sizeof(tally->corrections) - used,
                       "%s %.*s %.*s;", day_text(event->envelope.occurred_on, day),
                       (int)event->correction.reason.size, event->correction.reason.data,
                       (int)event->correction.person.size, event->correction.person.data);
    }
}

/* Every event of the outbox, decoded and in good form. */
static inline struct tally tally_of(struct outbox *outbox)
{
    struct store_txn *txn = NULL;
    struct tally tally = {0};
    struct problem problem = {0};
    struct bytes bytes;
    struct hash chain;
    assert_int_equal(store_begin_read(outbox->store, &txn), OK);
    for (uint64_t seq = 1; outbox_event(txn, 1, seq, &bytes, &chain) == OK; seq++) {
        struct arena arena;
        struct event event = {0};
        struct envelope envelope;
        arena_init(&arena, 1 << 20);
        assert_int_equal(wire_envelope_decode(bytes, &envelope, &problem), OK);
        assert_int_equal(wire_fact_decode(&envelope, &arena, &event, &problem), OK);
        assert_int_equal(event_check(&event, &problem), OK);
        tally_add(&tally, &event);
        arena_release(&arena);
    }
    store_txn_abort(txn);
    return tally;
}
