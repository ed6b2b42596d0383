/* assertions.c - walks over what was said, and whether it still holds; see assertions.h. */
#include "ledger/fold/assertions.h"

#include <assert.h>

#include "ledger/fold/kept.h"
#include "ledger/fold/ledger_parts.h"

void ledger_read(const struct ledger *ledger, const struct assertion *assertion,
                 struct arena *arena, struct ledger_fact *out)
{
    *out = (struct ledger_fact){0};
    ledger_read_fields(ledger, assertion, UINT64_MAX, arena, out);
    struct envelope *envelope = &out->event.envelope;
    envelope->event_id = bytes_of(assertion->event_id, EVENT_ID_SIZE);
    envelope->subject = text_pool_get(&ledger->subject_texts, assertion->subject);
    envelope->about_unit = ledger->units[assertion->about].face.unit;
    envelope->occurred_on = assertion->day;
    envelope->body = assertion->body;
}

void ledger_read_fields(const struct ledger *ledger, const struct assertion *assertion,
                        uint64_t wanted, struct arena *arena, struct ledger_fact *out)
{
    const struct kind *kind = kind_of_number(assertion->kind);
    struct kept_wish wish = {assertion->recorded_at_ms, wanted, arena};
    out->long_given = 0;
    out->event.envelope.kind = assertion->kind;
    memset(event_fact(&out->event), 0, kind ? kind->fact_size : 0);
    size_t size =
        kept_read(byte_store_at(&ledger->kept, assertion->kept), &wish, &ledger->texts, out);
    assert(size > 0);
}

const struct assertion *ledger_find_event(const struct ledger *ledger,
                                          const uint8_t event_id[EVENT_ID_SIZE])
{
    struct id_key key = id_key_of(ledger->seed, event_id);
    struct id_walk walk = id_index_find(&ledger->ids, &key);
    uint32_t index = id_index_next(&walk);
    return index != ID_INDEX_NONE ? assertion_at(ledger, index) : NULL;
}

uint64_t ledger_next_repeat(const struct ledger *ledger, const struct assertion *assertion,
                            uint64_t after)
{
    if (!(assertion->flags & ASSERTION_REPEATED))
        return 0;
    if (after < assertion->position)
        after = assertion->position;
    for (size_t i = moments_until(ledger, after); i < ledger->moment_count; i++) {
        const struct moment *moment = &ledger->moments[i];
        if (moment->kind == MOMENT_DUPLICATE && assertion_at(ledger, moment->again) == assertion)
            return moment->position;
    }
    return 0;
}

/* ---- corrections ---- */

static bool may_correct(const struct ledger *ledger, const struct assertion *correction,
                        const struct assertion *target)
{
    return correction->unit == target->unit ||
           ledger_unit_is_city(ledger, correction->unit, correction->position);
}

/* One assertion whose corrections are looked through. */
struct frame {
    const struct assertion *target, *first;
    const struct assertion *candidate; /* looked at in the frame above: does it hold itself? */
    uint32_t next;                     /* 1 + number of a correction; 0: no more */
};

static struct frame frame_of(const struct ledger *ledger, const struct assertion *target)
{
    struct frame frame = {.target = target};
    if (target->flags & ASSERTION_TARGETED) {
        struct id_key key = id_key_of(ledger->seed, target->event_id);
        struct id_walk walk = id_index_find(&ledger->targets, &key);
        uint32_t number = id_index_next(&walk);
        frame.next = number == ID_INDEX_NONE ? 0 : number + 1;
    }
    return frame;
}

/* The next that may correct the target, and would be the first. NULL: no more. */
static const struct assertion *next_candidate(const struct ledger *ledger, struct frame *frame,
                                              uint64_t known_at)
{
    while (frame->next != 0) {
        const struct correction *row = &ledger->corrections[frame->next - 1];
        const struct assertion *correction = assertion_at(ledger, row->assertion);
        frame->next = row->next;
        if (correction->position <= known_at &&
            (!frame->first || correction->position < frame->first->position) &&
            may_correct(ledger, correction, frame->target))
            return correction;
    }
    return NULL;
}

/*
 * A correction that is itself corrected has no effect. Ids are given by counties, so corrections
 * may name one another in a ring: beyond the depth a correction is taken to hold.
 */
const struct assertion *ledger_correction_of(const struct ledger *ledger,
                                             const struct assertion *assertion, uint64_t known_at)
{
    struct frame frames[CORRECTION_DEPTH_MAX];
    size_t depth = 0;
    frames[0] = frame_of(ledger, assertion);
    for (;;) {
        struct frame *frame = &frames[depth];
        frame->candidate = next_candidate(ledger, frame, known_at);
        if (frame->candidate && depth + 1 < CORRECTION_DEPTH_MAX) {
            frames[++depth] = frame_of(ledger, frame->candidate);
            continue;
        }
        if (frame->candidate) {
            frame->first = frame->candidate;
            continue;
        }
        if (depth == 0)
            return frame->first;
        depth--;
        if (!frame->first)
            frames[depth].first = frames[depth].candidate;
    }
}

/* ---- walks ---- */

struct ledger_walk ledger_walk_subject(const struct ledger *ledger, size_t index, uint64_t known_at)
{
    return (struct ledger_walk){
        .ledger = ledger, .known_at = known_at, .next = ledger->subjects[index].first};
}

struct ledger_walk ledger_walk_unit(const struct ledger *ledger, size_t index, uint64_t known_at)
{
    return (struct ledger_walk){
        .ledger = ledger, .known_at = known_at, .next = ledger->units[index].first};
}

static void expect_assertion(const struct assertion *assertion)
{
    __builtin_prefetch(&assertion->position);
    __builtin_prefetch(&assertion->flags); /* it may begin in one line and end in another */
}

const struct assertion *ledger_next(struct ledger_walk *walk)
{
    while (walk->next != 0) {
        const struct assertion *assertion = assertion_at(walk->ledger, walk->next - 1);
        if (assertion->position > walk->known_at)
            return NULL;
        walk->next = assertion->next;
        if (walk->next != 0) /* on its way while this one is looked at */
            expect_assertion(assertion_at(walk->ledger, walk->next - 1));
        if (walk->with_corrected || !(assertion->flags & ASSERTION_TARGETED) ||
            !ledger_correction_of(walk->ledger, assertion, walk->known_at))
            return assertion;
    }
    return NULL;
}
