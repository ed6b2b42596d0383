/*
 * alerts_trip.c - trips without a lead (R87), leads that nothing followed after a trip (R67), leads
 * with many contacts and no progress (R18), and teams that changed with a lead in hand (R85). All
 * contacts that were done are gathered as touches of a lead first: a later trip is an event of its
 * lead too.
 */
#include "ledger/lists/alerts.h"
#include "ledger/lists/assignments.h"

static void why_trip(struct gap_scan *scan, const struct touch *touch)
{
    char day[DAY_TEXT_SIZE];
    struct bytes who = touch->team.size > 0 ? touch->team : gap_unit_name(scan, touch->unit);
    GAP_WHY(scan, "%.*s %s 外出%s%.*s", TEXT_ARGUMENTS(who), day_text(touch->to, day),
            touch->place.size > 0 ? "赴" : "招商", TEXT_ARGUMENTS(touch->place));
}

static bool is_in_period(const struct gap_scan *scan, int32_t day)
{
    return scan->view->from == DAY_NONE || day >= scan->view->from;
}

static void add_unit_row(struct gap_scan *scan, const struct touch *touch)
{
    struct gap_row row = {.subject = SIZE_MAX,
                          .unit = touch->unit,
                          .since = touch->to,
                          .owner =
                              touch->team.size > 0 ? touch->team : gap_unit_name(scan, touch->unit),
                          .position = touch->position};
    gap_scan_add(scan, &row);
}

void alert_trip_without_lead(struct gap_scan *scan, size_t unit)
{
    struct ledger_walk walk = ledger_walk_unit(scan->ledger, unit, scan->view->known_at);
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        struct ledger_fact fact;
        if (!contact_read(scan, assertion, &scan->scratch, &fact))
            continue;
        const struct contact_fact *contact = &fact.event.contact;
        int32_t to = contact_last_day(assertion, contact);
        if (contact->contact != CONTACT_TRIP || contact->leads.count > 0 || !is_in_period(scan, to))
            continue;
        struct touch touch = {.team = contact->team.size > 0 ? contact->team : contact->leader,
                              .place = contact->destination,
                              .to = to,
                              .position = assertion->position,
                              .unit = (uint16_t)unit};
        why_trip(scan, &touch);
        buffer_add_text(&scan->why, "，未关联任何项目或线索");
        add_unit_row(scan, &touch);
    }
}

/* last: the day of the newest event of its lead. */
static void list_not_followed(struct gap_scan *scan, const struct touch *touch, int32_t last)
{
    uint16_t unit = touch->subject == SIZE_MAX ? touch->unit
                                               : ledger_subject_unit(scan->ledger, touch->subject);
    if (!touch->is_trip || last > touch->to || !gap_is_wanted(scan, unit) ||
        !is_in_period(scan, touch->to) || !gap_is_due(scan, touch->to, scan->rules.follow_up_days))
        return;
    why_trip(scan, touch);
    buffer_add_format(&scan->why, "，满 %d 天无后续", (int)scan->rules.follow_up_days);
    if (touch->subject == SIZE_MAX) {
        buffer_add_format(&scan->why, "，线索“%.*s”未登记", TEXT_ARGUMENTS(touch->lead));
        add_unit_row(scan, touch);
        return;
    }
    arena_reset(&scan->scratch);
    alert_add_subject(scan, touch->subject, touch->to, touch->position);
}

void alert_trip_not_followed(struct gap_scan *scan, const struct lead_contacts *lead)
{
    uint64_t position;
    const struct touch *rows = lead->rows;
    bool is_met = rows->subject != SIZE_MAX;
    int32_t last = is_met ? alert_last_day(scan, rows->subject, &position) : DAY_NONE;
    if (is_met && rows[lead->count - 1].to > last)
        last = rows[lead->count - 1].to;
    for (size_t i = 0; i < lead->count; i++)
        list_not_followed(scan, &rows[i], is_met ? last : rows[i].to);
}

static bool is_wanted(const struct gap_scan *scan, const struct lead_contacts *lead)
{
    return lead->rows->subject != SIZE_MAX &&
           gap_is_wanted(scan, ledger_subject_unit(scan->ledger, lead->rows->subject));
}

/* R18: visits and receptions count as trips do. */
void alert_many_contacts(struct gap_scan *scan, const struct lead_contacts *lead)
{
    struct project_view place;
    if (!is_wanted(scan, lead) || lead->count < (size_t)scan->rules.contacts)
        return;
    const struct project_view *project = gap_scan_see(scan, lead->rows->subject, &place);
    if (!project || project->excluded || view_reached(project, MILESTONE_TERMINATED) ||
        gap_is_beyond(project, MILESTONE_CONTRACT_SIGNED))
        return;
    int32_t since = project->last_day != DAY_NONE ? project->last_day : lead->rows->from;
    if (!gap_is_due(scan, since, scan->rules.contacts_days))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "接洽 %zu 次，%s 以来满 %d 天无实质进展", lead->count, day_text(since, day),
            (int)scan->rules.contacts_days);
    gap_scan_add_project(scan, project, since, lead->rows->position);
}

/* ---- R85 ---- */

/* A lead is in hand until its contract is signed, or it is given up. */
static bool is_in_hand(struct gap_scan *scan, size_t subject)
{
    struct project_view place;
    const struct project_view *project = gap_scan_see(scan, subject, &place);
    return !project || (!view_reached(project, MILESTONE_CONTRACT_SIGNED) &&
                        !view_reached(project, MILESTONE_TERMINATED) &&
                        !gap_is_beyond(project, MILESTONE_CONTRACT_SIGNED));
}

/* Somebody was put on the lead itself after the day. */
static bool was_handed_over(struct gap_scan *scan, size_t subject, int32_t after)
{
    struct assignments assignments;
    assignments_of_subject(scan->ledger, subject, scan->view, &scan->scratch, &assignments);
    for (size_t i = 0; i < assignments.count; i++) {
        if (assignments.rows[i].from > after && assignments.rows[i].from <= scan->view->as_of)
            return true;
    }
    return false;
}

/* The people of one lead, named on the lead itself: a role that nobody holds any more. */
void alert_lead_left(struct gap_scan *scan, size_t subject)
{
    static const enum role roles[] = {ROLE_OWNER_PERSON, ROLE_LEAD, ROLE_TASK_FORCE,
                                      ROLE_TEAM_MEMBER};
    struct assignments assignments;
    assignments_of_subject(scan->ledger, subject, scan->view, &scan->scratch, &assignments);
    const struct assignment *last = NULL;
    for (size_t i = 0; i < assignments.count; i++) {
        const struct assignment *row = &assignments.rows[i];
        bool is_wanted = false;
        for (size_t j = 0; j < ARRAY_LENGTH(roles); j++)
            is_wanted = is_wanted || row->role == (int32_t)roles[j];
        if (is_wanted && row->to != DAY_NONE && row->to < scan->view->as_of &&
            !assignment_on(&assignments, (enum role)row->role, scan->view->as_of) &&
            (!last || row->to > last->to))
            last = row;
    }
    if (!last || !is_in_hand(scan, subject))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "%.*s 跟踪至 %s，此后无人接手", TEXT_ARGUMENTS(last->name),
            day_text(last->to, day));
    bool is_private = last->role == ROLE_OWNER_PERSON || last->role == ROLE_TEAM_MEMBER;
    scan->person = is_private ? last->name : BYTES_NONE;
    alert_add_subject(scan, subject, last->to + 1, last->position);
}

void departures_of_unit(struct gap_scan *scan, size_t unit, struct buffer *out)
{
    struct assignments assignments;
    assignments_of_unit(scan->ledger, unit, scan->view, &scan->scratch, &assignments);
    for (size_t i = 0; i < assignments.count; i++) {
        const struct assignment *row = &assignments.rows[i];
        if (row->role != ROLE_TEAM_MEMBER || row->team.size == 0 || row->to == DAY_NONE ||
            row->to >= scan->view->as_of)
            continue;
        struct departure departure = {row->team, row->name, row->to, row->unit, row->position};
        buffer_add(out, bytes_of(&departure, sizeof(departure)));
    }
}

static bool is_team(const struct touch *touch, const struct departure *departure)
{
    return touch->unit == departure->unit && bytes_equal(touch->team, departure->team);
}

/* rows: one lead's touches in order of their last day. The team had it, and not after the day. */
static void list_departure(struct gap_scan *scan, const struct touch *rows, size_t count,
                           const struct departure *departure)
{
    bool had_it = false, has_it = false;
    for (size_t i = 0; i < count; i++) {
        if (is_team(&rows[i], departure)) {
            had_it = had_it || rows[i].from <= departure->to;
            has_it = has_it || rows[i].to > departure->to;
        }
    }
    arena_reset(&scan->scratch);
    if (!had_it || has_it || was_handed_over(scan, rows->subject, departure->to))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "%.*s成员%.*s %s 离队，所跟项目未签约且无人接手", TEXT_ARGUMENTS(departure->team),
            TEXT_ARGUMENTS(departure->name), day_text(departure->to, day));
    scan->person = departure->name;
    alert_add_subject(scan, rows->subject, departure->to + 1, departure->position);
}

void alert_team_changed(struct gap_scan *scan, const struct lead_contacts *lead)
{
    if (lead->departure_count == 0 || !is_wanted(scan, lead) ||
        !is_in_hand(scan, lead->rows->subject))
        return;
    for (size_t i = 0; i < lead->departure_count; i++)
        list_departure(scan, lead->rows, lead->count, &lead->departures[i]);
}
