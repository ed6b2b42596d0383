/* report_claims.c - see report_claims.h. */
#include "report/report_claims.h"

#include "ledger/event/schema.h"
#include "report/privacy.h"
#include "report/report_json.h"

/* ---- whose ---- */

static bool claim_is_of(const struct claim *claim, size_t unit)
{
    for (size_t i = 0; i < claim->unit_count; i++)
        if (claim->units[i].unit == unit)
            return true;
    return unit == LEDGER_UNITS_MAX;
}

static bool clash_is_of(const struct trip_clash *clash, size_t unit)
{
    for (size_t i = 0; i < clash->trip_count; i++)
        if (clash->trips[i].unit == unit)
            return true;
    return unit == LEDGER_UNITS_MAX;
}

void claims_keep_unit(struct claims *claims, size_t unit)
{
    size_t kept = 0;
    for (size_t i = 0; i < claims->claim_count; i++)
        if (claim_is_of(&claims->claims[i], unit))
            claims->claims[kept++] = claims->claims[i];
    claims->claim_count = kept;
    kept = 0;
    for (size_t i = 0; i < claims->clash_count; i++)
        if (clash_is_of(&claims->clashes[i], unit))
            claims->clashes[kept++] = claims->clashes[i];
    claims->clash_count = kept;
}

/* ---- words ---- */

static const struct word *stage_word(enum milestone stage)
{
    return stage == MILESTONE_NONE ? NULL
                                   : word_of_number(words_of_name("milestone"), (int32_t)stage);
}

struct bytes claims_winner_name(const struct standpoint *standpoint, struct bytes code)
{
    uint16_t unit;
    return ledger_find_unit(standpoint->ledger, code, &unit)
               ? standpoint_unit_name(standpoint, unit)
               : code;
}

static void set_unit(const struct standpoint *standpoint, json_t *out, uint16_t unit)
{
    report_set(out, "unit", report_text_json(ledger_unit(standpoint->ledger, unit)->unit));
    report_set(out, "unit_name", report_text_json(standpoint_unit_name(standpoint, unit)));
}

static json_t *unit_json(const struct standpoint *standpoint, const struct claim_unit *unit)
{
    const struct word *stage = stage_word(unit->stage);
    json_t *out = json_object();
    set_unit(standpoint, out, unit->unit);
    report_set(out, "position", report_count_json(unit->first.position));
    report_set(out, "recorded_at", report_instant_json(unit->first.recorded_at_ms));
    report_set(out, "first_clock", report_instant_json(unit->first_clock_ms));
    report_set(out, "events", report_count_json(unit->events));
    report_set(out, "project", report_text_json(standpoint_subject(standpoint, unit->subject)));
    report_set(out, "stage", stage ? json_string(stage->id) : json_null());
    return out;
}

static json_t *event_json(const struct standpoint *standpoint, const struct claim_event *event)
{
    const struct kind *kind = kind_of_number(event->kind);
    json_t *out = json_object();
    report_set(out, "position", report_count_json(event->position));
    set_unit(standpoint, out, event->unit);
    report_set(out, "kind", kind ? json_string(kind->id) : json_null());
    report_set(out, "day", report_day_json(event->day));
    report_set(out, "recorded_at", report_instant_json(event->recorded_at_ms));
    report_set(out, "agent_clock", report_instant_json(event->agent_clock_ms));
    report_set(out, "firm", report_text_json(event->firm));
    report_set(out, "project", report_text_json(standpoint_subject(standpoint, event->subject)));
    report_set(out, "planned", json_boolean(event->planned));
    report_set(out, "replaced", json_boolean(event->replaced));
    return out;
}

static json_t *verdict_json(const struct standpoint *standpoint,
                            const struct claim_verdict *verdict)
{
    if (verdict->position == 0)
        return json_null();
    json_t *out = json_object();
    report_set(out, "position", report_count_json(verdict->position));
    report_set(out, "day", report_day_json(verdict->day));
    set_unit(standpoint, out, verdict->unit);
    report_set(out, "winner", report_text_json(verdict->winner_unit));
    report_set(out, "winner_name",
               report_text_json(claims_winner_name(standpoint, verdict->winner_unit)));
    report_set(out, "reason", privacy_text_json(verdict->reason, standpoint->for_wall));
    report_set(out, "person",
               standpoint->for_wall ? json_null() : report_text_json(verdict->person));
    return out;
}

json_t *claim_json(const struct standpoint *standpoint, const struct claim *claim)
{
    json_t *out = json_object(), *units = json_array(), *evidence = json_array();
    for (size_t i = 0; i < claim->unit_count; i++)
        report_append(units, unit_json(standpoint, &claim->units[i]));
    for (size_t i = 0; i < claim->event_count; i++)
        report_append(evidence, event_json(standpoint, &claim->events[i]));
    struct bytes by_log = ledger_unit(standpoint->ledger, claim->first_by_log)->unit;
    struct bytes by_clock = ledger_unit(standpoint->ledger, claim->first_by_clock)->unit;
    report_set(out, "firm", report_text_json(claim->firm));
    report_set(out, "credit_code", report_text_json(claim->credit_code));
    report_set(out, "match", json_string(claim_match_id(claim->match)));
    report_set(out, "codes_differ", json_boolean(claim->codes_differ));
    report_set(out, "same_project", json_boolean(claim->same_project));
    report_set(out, "first_by_log", report_text_json(by_log));
    report_set(out, "first_by_clock", report_text_json(by_clock));
    report_set(out, "orders_differ", json_boolean(claim->orders_differ));
    report_set(out, "clocks_missing", json_boolean(claim->clocks_missing));
    report_set(out, "units", units);
    report_set(out, "units_left_out", report_count_json(claim->units_left_out));
    report_set(out, "evidence", evidence);
    report_set(out, "evidence_left_out", report_count_json(claim->events_left_out));
    report_set(out, "verdict", verdict_json(standpoint, &claim->verdict));
    return out;
}

static json_t *clash_json(const struct standpoint *standpoint, const struct trip_clash *clash)
{
    json_t *out = json_object(), *trips = json_array();
    for (size_t i = 0; i < clash->trip_count; i++) {
        json_t *trip = json_object();
        report_set(trip, "position", report_count_json(clash->trips[i].position));
        set_unit(standpoint, trip, clash->trips[i].unit);
        report_set(trip, "from", report_day_json(clash->trips[i].from));
        report_set(trip, "to", report_day_json(clash->trips[i].to));
        report_append(trips, trip);
    }
    report_set(out, clash->is_firm ? "firm" : "region", report_text_json(clash->what));
    report_set(out, "from", report_day_json(clash->from));
    report_set(out, "to", report_day_json(clash->to));
    report_set(out, "trips", trips);
    report_set(out, "trips_left_out", report_count_json(clash->trips_left_out));
    return out;
}

json_t *claims_to_json(const struct standpoint *standpoint, const struct claims *claims)
{
    json_t *out = json_object(), *firms = json_array(), *clashes = json_array();
    for (size_t i = 0; i < claims->claim_count; i++)
        report_append(firms, claim_json(standpoint, &claims->claims[i]));
    for (size_t i = 0; i < claims->clash_count; i++)
        report_append(clashes, clash_json(standpoint, &claims->clashes[i]));
    report_set(out, "as_of", report_day_json(standpoint->view->as_of));
    report_set(out, "known_at", report_count_json(standpoint->view->known_at));
    report_set(out, "claims", firms);
    report_set(out, "claims_left_out", report_count_json(claims->claims_left_out));
    report_set(out, "clashes", clashes);
    report_set(out, "clashes_left_out", report_count_json(claims->clashes_left_out));
    return out;
}
