/* pages.c - see pages.h. Lists of projects are in pages_project.c. */
#include "display/pages.h"

#include "display/board.h"
#include "display/board_limits.h"
#include "display/board_parts.h"
#include "display/pages_project.h"
#include "ledger/claims/claims.h"
#include "ledger/lists/light_inputs.h"
#include "report/report_bulletin.h"
#include "report/report_claims.h"
#include "report/report_gaps.h"

/* ---- a unit ---- */

static const struct bulletin_row *row_of(const struct bulletin *bulletin, uint16_t unit)
{
    for (size_t i = 0; i < bulletin->row_count; i++) {
        if (bulletin->rows[i].unit == unit)
            return &bulletin->rows[i];
    }
    return NULL;
}

static json_t *lists_json(const struct standpoint *standpoint, uint16_t unit, size_t first,
                          size_t end)
{
    json_t *out = json_array();
    for (size_t class = first; class < end; class ++) {
        struct gap_list list;
        stuck_list_make(standpoint, class, unit, &list);
        if (class < GAP_CLASSES || list.count > 0)
            report_append(out, stuck_list_json(standpoint, class, &list));
    }
    return out;
}

static json_t *claims_of_unit(const struct standpoint *standpoint, uint16_t unit)
{
    struct claims claims;
    json_t *out = json_array();
    claims_make(standpoint->ledger, standpoint->view, standpoint->arena, &claims);
    claims_keep_unit(&claims, unit);
    for (size_t i = 0; i < claims.claim_count; i++)
        report_append(out, claim_json(standpoint, &claims.claims[i]));
    return out;
}

json_t *unit_page_json(const struct standpoint *standpoint, const struct unit_wish *wish)
{
    const struct bulletin_row *row = row_of(wish->bulletin, wish->unit);
    struct bytes code = ledger_unit(standpoint->ledger, wish->unit)->unit;
    struct bytes name = standpoint_unit_name(standpoint, wish->unit);
    struct project_wish projects = {.unit = wish->unit, .limit = PROJECTS_SHOWN_MAX};
    struct board_place place =
        board_place_of(standpoint, wish->bulletin, wish->unit, wish->ranked_by);
    json_t *out = project_list_json(standpoint, &projects);
    report_set(out, "unit", text_json(code));
    set_shown(out, "name", name);
    report_set(out, "row", row ? bulletin_row_json(row, code, name) : json_null());
    set_instant(out, "complete_to", row ? row->complete_to_ms : 0);
    report_set(out, "gaps", lists_json(standpoint, wish->unit, 0, GAP_CLASSES));
    report_set(out, "alerts", lists_json(standpoint, wish->unit, GAP_CLASSES, STUCK_CLASSES));
    report_set(out, "claims",
               wish->with_claims ? claims_of_unit(standpoint, wish->unit) : json_null());
    report_set(out, "rank", place.rank > 0 ? json_integer(place.rank) : json_null());
    set_count(out, "of", place.of);
    return out;
}

/* ---- definitions ---- */

static json_t *rates_json(const struct definitions *definitions)
{
    json_t *out = json_array();
    for (size_t i = 0; i < definitions->rate_count; i++) {
        const struct rate_definition *rate = &definitions->rates[i];
        json_t *one = json_object();
        set_text(one, "id", rate->id);
        set_shown(one, "name", bytes_of_text(rate->name));
        set_shown(one, "formula", bytes_of_text(rate->formula));
        set_shown(one, "version", bytes_of_text(rate->version));
        set_text(one, "rounding", rate->rounding == ROUND_TRUNCATE ? "TRUNCATE" : "HALF_UP");
        set_count(one, "digits", rate->digits);
        report_set(one, "headline", json_boolean(rate->headline));
        report_append(out, one);
    }
    return out;
}

static json_t *gap_rules_json(const struct standpoint *standpoint)
{
    json_t *out = json_array();
    int32_t limits[GAP_CLASSES];
    struct rule_moment moment = {standpoint->view->as_of, standpoint->view->known_at};
    board_gap_limits(standpoint->ledger, moment, standpoint->arena, limits);
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        json_t *one = json_object();
        set_text(one, "id", gap_id((enum gap_class)i));
        set_text(one, "name", gap_name((enum gap_class)i));
        set_count(one, "limit_days", limits[i]);
        set_text(one, "definition", gap_definition((enum gap_class)i));
        report_append(out, one);
    }
    return out;
}

static json_t *alert_rules_json(const struct standpoint *standpoint)
{
    json_t *out = json_array();
    struct gap_rules rules = gap_rules_at(standpoint->ledger, standpoint->view, standpoint->arena);
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        enum alert_class class = (enum alert_class)i;
        CLEANUP(buffer_release) struct buffer text = {0};
        json_t *one = json_object();
        alert_definition(class, &rules, &text);
        set_text(one, "id", alert_id(class));
        set_text(one, "name", alert_name(class));
        set_text(one, "level", board_alert_is_bad(class) ? "bad" : "warn");
        report_set(one, "definition", text_json(buffer_bytes(&text)));
        report_append(out, one);
    }
    return out;
}

static json_t *light_set_json(const struct light_rules *rules)
{
    json_t *out = json_object(), *rows = json_array();
    for (size_t i = 0; i < rules->rule_count; i++) {
        json_t *one = json_object();
        set_text(one, "colour", light_colour_id(rules->rules[i].colour));
        set_text(one, "meaning", light_meaning_id(rules->rules[i].meaning));
        set_shown(one, "text", bytes_of_text(rules->rules[i].text));
        report_append(rows, one);
    }
    set_shown(out, "id", bytes_of_text(rules->id));
    set_shown(out, "name", bytes_of_text(rules->name));
    set_shown(out, "version", bytes_of_text(rules->version));
    set_shown(out, "source", bytes_of_text(rules->source));
    report_set(out, "rules", rows);
    return out;
}

json_t *definitions_page_json(const struct standpoint *standpoint, struct bytes lights)
{
    json_t *out = json_object(), *sets = json_array();
    const struct light_rules *rules =
        board_light_rules(standpoint->ledger, standpoint->view, lights, standpoint->arena);
    report_append(sets, light_set_json(rules));
    report_set(out, "definitions", rates_json(standpoint->view->definitions));
    report_set(out, "gaps", gap_rules_json(standpoint));
    report_set(out, "alerts", alert_rules_json(standpoint));
    report_set(out, "lights", sets);
    return out;
}

/* ---- the ledger ---- */

static void set_recorded_day(json_t *object, const char *key, int64_t unix_ms)
{
    set_day(object, key, unix_ms > 0 ? day_of_instant(unix_ms) : DAY_NONE);
}

json_t *ledger_page_json(const struct standpoint *standpoint, struct bytes head, struct bytes units)
{
    uint64_t known_at = standpoint->view->known_at;
    struct ledger_counts counts;
    json_t *out = json_object();
    json_t *head_value = report_json_read(head), *unit_values = report_json_read(units);
    ledger_counts(standpoint->ledger, known_at, &counts);
    report_set(out, "head", head_value ? head_value : json_null());
    report_set(out, "units", unit_values ? unit_values : json_null());
    set_count(out, "events", (int64_t)counts.events);
    set_count(out, "duplicates", (int64_t)counts.duplicates);
    set_count(out, "refusals", (int64_t)counts.refusals);
    set_count(out, "not_understood", (int64_t)counts.not_understood);
    set_count(out, "corrections", (int64_t)counts.corrections);
    set_count(out, "orphans", (int64_t)counts.orphans);
    set_recorded_day(out, "first_day",
                     known_at > 0 ? ledger_recorded_at_ms(standpoint->ledger, 1) : 0);
    set_recorded_day(out, "last_day",
                     known_at > 0 ? ledger_recorded_at_ms(standpoint->ledger, known_at) : 0);
    return out;
}
