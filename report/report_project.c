/* report_project.c - see report_project.h. */
#include "report/report_project.h"

#include <stdlib.h>

#include "ledger/event/schema.h"
#include "ledger/lists/gaps.h"
#include "ledger/view/percent.h"
#include "report/privacy.h"
#include "report/report_json.h"
#include "report/report_lights.h"

/* ---- what was said ---- */

static enum err add_entry(struct project_history *history, const struct assertion *assertion)
{
    enum { FIRST = 64 };
    const struct standpoint *standpoint = history->standpoint;
    size_t count = history->count;
    if (count == 0 || (count >= FIRST && (count & (count - 1)) == 0)) { /* a power of two: full */
        size_t capacity = count == 0 ? FIRST : 2 * count;
        struct project_entry *entries = arena_alloc(standpoint->arena, capacity * sizeof *entries);
        if (!entries)
            return ERR_LIMIT;
        if (count > 0)
            memcpy(entries, history->entries, count * sizeof *entries);
        history->entries = entries;
    }
    history->entries[history->count++] =
        (struct project_entry){.assertion = assertion,
                               .correction = ledger_correction_of(standpoint->ledger, assertion,
                                                                  standpoint->view->known_at)};
    return OK;
}

static int compare_entries(const void *left, const void *right)
{
    uint64_t a = ((const struct project_entry *)left)->assertion->position;
    uint64_t b = ((const struct project_entry *)right)->assertion->position;
    return a < b ? -1 : a > b;
}

static void sort(struct project_history *history)
{
    size_t kept = 1;
    qsort(history->entries, history->count, sizeof *history->entries, compare_entries);
    for (size_t i = 1; i < history->count; i++)
        if (compare_entries(&history->entries[i], &history->entries[kept - 1]) != 0)
            history->entries[kept++] = history->entries[i];
    history->count = kept;
}

enum err project_history_make(const struct standpoint *standpoint, size_t subject,
                              struct project_history *out)
{
    const struct assertion *assertion;
    struct ledger_walk walk =
        ledger_walk_subject(standpoint->ledger, subject, standpoint->view->known_at);
    walk.with_corrected = true;
    *out = (struct project_history){.standpoint = standpoint, .subject = subject};
    while ((assertion = ledger_next(&walk)))
        TRY(add_entry(out, assertion));
    /* A correction need not name the project. */
    for (size_t i = 0, count = out->count; i < count; i++)
        if (out->entries[i].correction)
            TRY(add_entry(out, out->entries[i].correction));
    if (out->count > 0)
        sort(out);
    return OK;
}

const struct project_entry *project_history_find(const struct project_history *history,
                                                 uint64_t position)
{
    size_t low = 0, high = history->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (history->entries[middle].assertion->position < position)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < history->count && history->entries[low].assertion->position == position;
    return is_there ? &history->entries[low] : NULL;
}

struct correction_fact project_correction(const struct standpoint *standpoint,
                                          const struct assertion *correction)
{
    struct ledger_fact fact;
    ledger_read(standpoint->ledger, correction, NULL, &fact);
    return fact.event.correction;
}

/* ---- as it stands ---- */

static const char *milestone_id(int milestone)
{
    const struct word *word = word_of_number(words_of_name("milestone"), milestone);
    return word ? word->id : "";
}

static json_t *milestones_json(const struct standpoint *standpoint,
                               const struct project_view *project)
{
    json_t *out = json_array();
    for (int i = 1; i < MILESTONES; i++) {
        const struct milestone_view *milestone = &project->milestones[i];
        if (milestone->day == DAY_NONE)
            continue;
        json_t *one = json_object();
        report_set(one, "milestone", json_string(milestone_id(i)));
        report_set(one, "day", report_day_json(milestone->day));
        report_set(one, "unit",
                   report_text_json(ledger_unit(standpoint->ledger, milestone->unit)->unit));
        const struct word *body = word_of_number(words_body(), milestone->body);
        report_set(one, "body", json_string(body ? body->id : "INVESTMENT_BUREAU"));
        report_set(one, "position", report_count_json(milestone->position));
        report_set(one, "disputed", json_boolean(milestone->disputed));
        report_set(one, "partial", json_boolean(milestone->partial));
        report_append(out, one);
    }
    return out;
}

static json_t *amount_json(const struct amount_view *amount)
{
    return amount->known ? json_integer(wan_of_yuan(amount->yuan)) : json_null();
}

static json_t *state_json(const struct standpoint *standpoint, const struct project_view *project)
{
    json_t *out = json_object(), *anomalies = json_array(), *gaps = json_array();
    enum milestone stage = project_stage(project);
    int32_t since;
    bool for_wall = standpoint->for_wall;
    report_set(out, "project", report_text_json(project->key));
    report_set(out, "name", privacy_text_json(project->name, for_wall));
    report_set(out, "investor", privacy_text_json(project->investor, for_wall));
    report_set(out, "industry", privacy_text_json(project->industry, for_wall));
    report_set(out, "park", privacy_text_json(project->park, for_wall));
    report_set(out, "as_of", report_day_json(standpoint->view->as_of));
    report_set(out, "known_at", report_count_json(standpoint->view->known_at));
    report_set(out, "stage",
               stage == MILESTONE_NONE ? json_null() : json_string(milestone_id((int)stage)));
    report_set(out, "planned_total_wan", amount_json(&project->planned_total));
    report_set(out, "planned_fixed_wan", amount_json(&project->planned_fixed));
    report_set(out, "received_wan", amount_json(&project->received[0]));
    report_set(out, "verified_wan", amount_json(&project->verified));
    report_set(out, "excluded", json_boolean(project->excluded));
    report_set(out, "milestones", milestones_json(standpoint, project));
    for (uint32_t flag = 1; flag != 0 && flag <= project->anomalies; flag <<= 1)
        if (project->anomalies & flag)
            report_append(anomalies, json_string(anomaly_id((enum anomaly)flag)));
    for (enum gap_class class = 0; class < GAP_CLASSES; class ++)
        if (gap_holds(project, class, &since))
            report_append(gaps, json_string(gap_id(class)));
    report_set(out, "anomalies", anomalies);
    report_set(out, "gaps", gaps);
    report_set(out, "lights", report_lights_json(standpoint, project));
    return out;
}

/* ---- how it came to stand so ---- */

static json_t *corrected_by_json(const struct project_history *history,
                                 const struct assertion *correction)
{
    const struct standpoint *standpoint = history->standpoint;
    const struct project_entry *said = project_history_find(history, correction->position);
    struct correction_fact fact = project_correction(standpoint, correction);
    json_t *out = json_object(), *event = said ? report_json_read(said->json) : NULL;
    if (event && standpoint->for_wall)
        privacy_strip(event);
    json_t *words = json_object_get(event, "correction");
    json_t *reason = json_object_get(words, "reason"), *person = json_object_get(words, "person");
    report_set(out, "position", report_count_json(correction->position));
    report_set(out, "action",
               json_string(fact.action == CORRECTION_ACTION_WITHDRAWN ? "WITHDRAWN" : "CORRECTED"));
    report_set(out, "reason", reason ? json_incref(reason) : json_null());
    report_set(out, "person", person ? json_incref(person) : json_null());
    json_decref(event);
    return out;
}

static json_t *entry_json(const struct project_history *history, const struct project_entry *entry)
{
    const struct standpoint *standpoint = history->standpoint;
    const struct assertion *assertion = entry->assertion;
    json_t *out = report_json_read(entry->json);
    if (!out) {
        out = json_object();
        report_set(out, "position", report_count_json(assertion->position));
        report_set(out, "recorded_at", report_instant_json(assertion->recorded_at_ms));
    }
    if (standpoint->for_wall)
        privacy_strip(out);
    report_set(out, "unit_name",
               report_text_json(ledger_unit_name(standpoint->ledger, assertion->unit,
                                                 assertion->day, standpoint->view->known_at)));
    report_set(out, "corrected_by",
               entry->correction ? corrected_by_json(history, entry->correction) : json_null());
    return out;
}

json_t *project_to_json(const struct project_history *history)
{
    const struct standpoint *standpoint = history->standpoint;
    struct project_view project;
    bool is_known = project_view_make(standpoint->ledger, history->subject, standpoint->view,
                                      standpoint->arena, &project);
    json_t *out = is_known ? state_json(standpoint, &project) : json_object();
    json_t *entries = json_array();
    for (size_t i = 0; i < history->count; i++)
        report_append(entries, entry_json(history, &history->entries[i]));
    report_set(out, "history", entries);
    return out;
}
