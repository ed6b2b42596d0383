/* ledger.c - what a record of the log adds to the ledger; see ledger.h. */
#include "ledger/fold/ledger.h"

#include <stdlib.h>

#include "ledger/fold/kept.h"
#include "ledger/fold/ledger_parts.h"

enum { NUMBER_MAX = UINT8_MAX }; /* of a kind and a body, as an assertion has them */

static const uint8_t *id_of_assertion(const void *owner, uint32_t number)
{
    return assertion_at(owner, number)->event_id;
}

static const uint8_t *id_of_target(const void *owner, uint32_t number)
{
    const struct ledger *ledger = owner;
    return ledger->corrections[number].target;
}

struct ledger *ledger_new(uint64_t seed)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        abort();
    ledger->seed = seed;
    text_pool_init(&ledger->texts, seed);
    text_pool_init(&ledger->subject_texts, seed);
    text_pool_init(&ledger->unit_texts, seed);
    ledger->ids = (struct id_index){.owner = ledger, .id_of = id_of_assertion};
    ledger->targets = (struct id_index){.owner = ledger, .id_of = id_of_target};
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    for (size_t i = 0; i < ledger->unit_texts.count; i++) {
        free(ledger->units[i].said);
        free(ledger->units[i].digests);
        free(ledger->units[i].names);
    }
    for (size_t i = 0; i < ledger->block_count; i++)
        large_pages_free(ledger->blocks[i], ASSERTION_BLOCK_SIZE);
    free((void *)ledger->blocks);
    free(ledger->units);
    free(ledger->subjects);
    free(ledger->moments);
    free(ledger->corrections);
    id_index_release(&ledger->ids);
    id_index_release(&ledger->targets);
    byte_store_release(&ledger->kept);
    text_pool_release(&ledger->texts);
    text_pool_release(&ledger->subject_texts);
    text_pool_release(&ledger->unit_texts);
    buffer_release(&ledger->scratch);
    free(ledger);
}

/* ---- the roster ---- */

static void apply_roster(struct ledger *ledger, const struct record *record,
                         const struct roster_change *change)
{
    uint16_t index;
    bool enrols = change->action == ROSTER_ENROL &&
                  (change->role == PEER_AGENT || change->role == PEER_INSPECTOR);
    bool renames = change->action == ROSTER_RENAME;
    if ((!enrols && !renames) || change->unit.size == 0 || change->name.size > UINT16_MAX ||
        !ledger_add_unit(ledger, change->unit, &index))
        return;
    struct unit_entry *unit = &ledger->units[index];
    if (enrols)
        unit->face.type = change->unit_type;
    if (enrols && change->unit_type == UNIT_CITY && unit->city_from == 0)
        unit->city_from = record->position;
    struct unit_name name = {
        .position = record->position,
        .from_day = enrols ? day_of_instant(record->recorded_at_ms) : change->effective_on,
        .text = text_pool_add(&ledger->texts, change->name),
    };
    if (name.text != 0)
        ledger_add_name(ledger, index, &name);
}

static void apply_setting(struct ledger *ledger, const struct record *record)
{
    uint16_t index;
    if (record->unit.size > 0 && ledger_add_unit(ledger, record->unit, &index) &&
        ledger->units[index].city_from == 0)
        ledger->units[index].city_from = record->position;
}

/* ---- an event ---- */

static bool texts_hold(const struct texts *texts, struct bytes text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (bytes_equal(texts->items[i], text))
            return true;
    }
    return false;
}

/*
 * Contract 2.1: units and days stand in the envelope for the broker and in the payload for the
 * ledger. Where both speak of the same thing they must agree.
 */
static bool payload_disagrees(const struct event *event, struct bytes about)
{
    const struct envelope *envelope = &event->envelope;
    switch ((enum event_kind)envelope->kind) {
    case EVENT_TARGET: /* a target that is a part of itself */
        return bytes_equal(event->target.parent_unit, about);
    case EVENT_MILESTONE: /* passed on to where it is */
        return event->milestone.milestone == MILESTONE_TRANSFERRED &&
               bytes_equal(event->milestone.to_unit, about);
    case EVENT_FUNDS: /* arrived before the period they arrived in */
        return envelope->occurred_on < event->funds.period_from;
    case EVENT_CONTACT: /* done before it began */
        return event->contact.state == CONTACT_STATE_DONE && event->contact.from != DAY_NONE &&
               envelope->occurred_on < event->contact.from;
    case EVENT_APPROVAL: /* decided before it was asked for */
        return event->approval.applied > envelope->occurred_on;
    case EVENT_FAIR:
        return envelope->subject.size > 0 && event->fair.projects.count > 0 &&
               !texts_hold(&event->fair.projects, envelope->subject);
    case EVENT_VERDICT:
        return envelope->subject.size > 0 && event->verdict.projects.count > 0 &&
               !texts_hold(&event->verdict.projects, envelope->subject);
    case EVENT_NONE:
    case EVENT_PROJECT:
    case EVENT_DOCUMENT:
    case EVENT_OBSTACLE:
    case EVENT_ASSIGNMENT:
    case EVENT_LIST:
    case EVENT_CORRECTION:
    case EVENT_VERIFICATION:
    case EVENT_NOTE:
    case EVENT_COMMITMENT:
    case EVENT_LAND:
    case EVENT_SUPERVISION:
    case EVENT_EXCHANGE_RATE:
    case EVENT_LEADER_ACTION:
    case EVENT_PLAN:
    case EVENT_LEAD:
    case EVENT_INVESTOR:
    case EVENT_INSTRUCTION:
    case EVENT_DEFINITION:
        return false;
    }
    return false;
}

/* Whom the event concerns. False: there are no more places for units. */
static bool place_event(struct ledger *ledger, const struct event *event, struct assertion *out)
{
    const struct envelope *envelope = &event->envelope;
    uint16_t home = out->unit;
    if (envelope->subject.size > 0) {
        if (!ledger_add_subject(ledger, envelope->subject, &out->subject))
            return false;
        home = ledger->subjects[out->subject - 1].unit;
    }
    out->about = home;
    if (envelope->about_unit.size > 0 &&
        !ledger_add_unit(ledger, envelope->about_unit, &out->about))
        return false;
    if ((out->subject != 0 && out->about != home) ||
        payload_disagrees(event, ledger->units[out->about].face.unit))
        out->flags |= ASSERTION_MISPLACED;
    return true;
}

static bool envelope_fits(const struct envelope *envelope)
{
    return kind_of_number(envelope->kind) && envelope->kind <= NUMBER_MAX &&
           envelope->body <= NUMBER_MAX && envelope->event_id.size == EVENT_ID_SIZE &&
           envelope->subject.size <= SUBJECT_TEXT_MAX && envelope->about_unit.size <= UNIT_TEXT_MAX;
}

static bool apply_event(struct ledger *ledger, const struct record *record,
                        const struct event *event, struct moment *moment)
{
    struct assertion assertion = {.position = record->position,
                                  .recorded_at_ms = ledger->recorded_at_ms};
    moment->kind = MOMENT_NOT_UNDERSTOOD;
    if (!event || !envelope_fits(&event->envelope))
        return false;
    const struct envelope *envelope = &event->envelope;
    struct id_key key = id_key_of(ledger->seed, envelope->event_id.data);
    id_index_prefetch(&ledger->ids, &key);
    buffer_clear(&ledger->scratch);
    if (!ledger_add_unit(ledger, record->unit, &assertion.unit) ||
        !kept_write(event, assertion.recorded_at_ms, &ledger->texts, &ledger->scratch))
        return false;
    uint32_t before = ledger_find_said(ledger, &key, assertion.unit);
    if (before != ID_INDEX_NONE) {
        moment->kind = MOMENT_DUPLICATE;
        moment->again = before;
        return false;
    }
    if (!place_event(ledger, event, &assertion))
        return false;
    memcpy(assertion.event_id, envelope->event_id.data, EVENT_ID_SIZE);
    assertion.day = envelope->occurred_on;
    assertion.kind = (uint8_t)envelope->kind;
    assertion.body = (uint8_t)envelope->body;
    ledger_add_assertion(ledger, &assertion, &key, buffer_bytes(&ledger->scratch));
    return true;
}

enum err ledger_apply(struct ledger *ledger, const struct ledger_input *input)
{
    const struct record *record = input->record;
    if (record->position <= ledger->position)
        return ERR_MALFORMED;
    ledger->position = record->position;
    if (record->recorded_at_ms > ledger->recorded_at_ms) /* contract 3.2 */
        ledger->recorded_at_ms = record->recorded_at_ms;
    struct moment moment = {
        .position = record->position,
        .recorded_at_ms = ledger->recorded_at_ms,
        .kind = record->kind == RECORD_REFUSAL ? MOMENT_REFUSAL : MOMENT_OWN,
    };
    if (record->kind == RECORD_EVENT && apply_event(ledger, record, input->event, &moment))
        return OK;
    if (record->kind == RECORD_ROSTER || record->kind == RECORD_SETTING)
        ledger->rules_position = record->position;
    if (record->kind == RECORD_ROSTER && input->change)
        apply_roster(ledger, record, input->change);
    if (record->kind == RECORD_SETTING)
        apply_setting(ledger, record);
    ledger_add_moment(ledger, &moment);
    return OK;
}
