/*
 * alerts_trip.c - trips without a lead (R87), leads that nothing followed after a trip (R67), leads
 * with many contacts and no progress (R18), and teams that changed with a lead in hand (R85). All
 * contacts that were done are gathered as touches of a lead first: a later trip is an event of its
 * lead too.
 */
#include <stdlib.h>

#include "ledger/lists/alerts.h"
#include "ledger/lists/assignments.h"

struct touch {          /* of one lead by one contact */
    size_t subject;     /* SIZE_MAX: nothing is known of the lead */
    struct bytes lead;  /* as it is named; only of one that nothing is known of */
    struct bytes team;  /* or who led, when no team is named */
    struct bytes place; /* destination */
    int32_t from, to;   /* first and last day */
    uint64_t position;
    uint16_t unit; /* who says it */
    bool is_trip;
};

struct touches {
    const struct gap_scan *scan;
    struct buffer rows;
};

static int32_t first_of(const struct assertion *assertion, const struct contact_fact *fact)
{
    return fact->from != DAY_NONE ? fact->from : assertion->day;
}

static int32_t last_of(const struct assertion *assertion, const struct contact_fact *fact)
{
    int32_t from = first_of(assertion, fact);
    int32_t to = fact->to != DAY_NONE ? fact->to : assertion->day;
    return to > from ? to : from;
}

/* Something was known of it: what the ledger met later must not change an earlier answer. */
static bool is_known(const struct gap_scan *scan, struct bytes key, size_t *subject)
{
    if (!ledger_find_subject(scan->ledger, key, subject))
        return false;
    struct ledger_walk walk = ledger_walk_subject(scan->ledger, *subject, scan->view->known_at);
    return ledger_next(&walk) != NULL;
}

/* As it is written, or as a code of the unit that says it (contract 1.2). */
static size_t find_lead(const struct gap_scan *scan, struct bytes lead, uint16_t unit)
{
    size_t subject;
    if (is_known(scan, lead, &subject))
        return subject;
    CLEANUP(buffer_release) struct buffer key = {0};
    buffer_add(&key, ledger_unit(scan->ledger, unit)->unit);
    buffer_add_text(&key, "/");
    buffer_add(&key, lead);
    return is_known(scan, buffer_bytes(&key), &subject) ? subject : SIZE_MAX;
}

static void add_touch(struct touches *touches, const struct assertion *assertion,
                      const struct contact_fact *fact, struct bytes lead)
{
    size_t subject = find_lead(touches->scan, lead, assertion->unit);
    struct touch touch = {.subject = subject,
                          .lead = subject == SIZE_MAX ? lead : BYTES_NONE,
                          .team = fact->team.size > 0 ? fact->team : fact->leader,
                          .place = fact->destination,
                          .from = first_of(assertion, fact),
                          .to = last_of(assertion, fact),
                          .position = assertion->position,
                          .unit = assertion->unit,
                          .is_trip = fact->contact == CONTACT_TRIP};
    buffer_add(&touches->rows, bytes_of(&touch, sizeof(touch)));
}

/* False: no contact that was done and is over on the view's day. */
static bool read_contact(const struct gap_scan *scan, const struct assertion *assertion,
                         struct arena *arena, struct ledger_fact *out)
{
    if (assertion->kind != EVENT_CONTACT || assertion->day > scan->view->as_of)
        return false;
    arena_reset(arena);
    ledger_read(scan->ledger, assertion, arena, out);
    return out->event.contact.state == CONTACT_STATE_DONE &&
           last_of(assertion, &out->event.contact) <= scan->view->as_of;
}

static void gather(struct touches *touches, struct ledger_walk walk, struct bytes subject,
                   struct arena *arena)
{
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        struct ledger_fact fact;
        if (!read_contact(touches->scan, assertion, arena, &fact))
            continue;
        const struct contact_fact *contact = &fact.event.contact;
        if (subject.size > 0)
            add_touch(touches, assertion, contact, subject);
        for (size_t i = 0; i < contact->leads.count; i++)
            add_touch(touches, assertion, contact, contact->leads.items[i]);
    }
}

static int compare_touches(const void *left_row, const void *right_row)
{
    const struct touch *left = left_row, *right = right_row;
    int order = (left->subject > right->subject) - (left->subject < right->subject);
    if (order == 0)
        order = (left->to > right->to) - (left->to < right->to);
    if (order == 0)
        order = (left->position > right->position) - (left->position < right->position);
    return order == 0 ? bytes_compare(left->lead, right->lead) : order;
}

/* A lead that one contact names twice was touched once. */
static size_t once_each(struct touch *rows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_touches(&rows[kept - 1], &rows[i]) != 0)
            rows[kept++] = rows[i];
    }
    return kept;
}

/* Of all units, whoever is asked for: another unit's trip may follow the lead up. */
static struct touch *gather_all(struct touches *touches, size_t *count)
{
    const struct gap_scan *scan = touches->scan;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, EVENT_SIZE_MAX);
    for (size_t i = 0; i < ledger_unit_count(scan->ledger); i++)
        gather(touches, ledger_walk_unit(scan->ledger, i, scan->view->known_at), BYTES_NONE,
               &arena);
    for (size_t i = 0; i < ledger_subject_count(scan->ledger); i++)
        gather(touches, ledger_walk_subject(scan->ledger, i, scan->view->known_at),
               ledger_subject(scan->ledger, i), &arena);
    struct touch *rows = (struct touch *)(void *)touches->rows.data;
    *count = touches->rows.size / sizeof(*rows);
    if (*count > 1)
        qsort(rows, *count, sizeof(*rows), compare_touches);
    *count = once_each(rows, *count);
    return rows;
}

static size_t group_end(const struct touch *rows, size_t count, size_t start)
{
    size_t end = start;
    while (end < count && rows[end].subject == rows[start].subject)
        end++;
    return end;
}

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

static void list_trip_without_lead(struct gap_scan *scan, size_t unit)
{
    struct ledger_walk walk = ledger_walk_unit(scan->ledger, unit, scan->view->known_at);
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        struct ledger_fact fact;
        if (!read_contact(scan, assertion, &scan->scratch, &fact))
            continue;
        const struct contact_fact *contact = &fact.event.contact;
        int32_t to = last_of(assertion, contact);
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

void alert_trips_without_lead(struct gap_scan *scan)
{
    gap_scan_units(scan, list_trip_without_lead);
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

void alert_trips_without_follow_up(struct gap_scan *scan)
{
    size_t count;
    struct touches touches = {.scan = scan};
    struct touch *rows = gather_all(&touches, &count);
    for (size_t i = 0, end; i < count; i = end) {
        uint64_t position;
        end = group_end(rows, count, i);
        bool is_met = rows[i].subject != SIZE_MAX;
        int32_t last = is_met ? alert_last_day(scan, rows[i].subject, &position) : DAY_NONE;
        if (is_met && rows[end - 1].to > last)
            last = rows[end - 1].to;
        for (size_t j = i; j < end; j++)
            list_not_followed(scan, &rows[j], is_met ? last : rows[j].to);
    }
    buffer_release(&touches.rows);
}

/* R18: rows are one lead's touches; visits and receptions count as trips do. */
static void list_many_contacts(struct gap_scan *scan, const struct touch *rows, size_t count)
{
    struct project_view project;
    arena_reset(&scan->scratch);
    if (count < (size_t)scan->rules.contacts ||
        !project_view_make(scan->ledger, rows->subject, scan->view, &scan->scratch, &project) ||
        project.excluded || view_reached(&project, MILESTONE_TERMINATED) ||
        gap_is_beyond(&project, MILESTONE_CONTRACT_SIGNED))
        return;
    int32_t since = project.last_day != DAY_NONE ? project.last_day : rows->from;
    if (!gap_is_due(scan, since, scan->rules.contacts_days))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "接洽 %zu 次，%s 以来满 %d 天无实质进展", count, day_text(since, day),
            (int)scan->rules.contacts_days);
    gap_scan_add_project(scan, &project, since, rows->position);
}

void alert_many_contacts(struct gap_scan *scan)
{
    size_t count;
    struct touches touches = {.scan = scan};
    struct touch *rows = gather_all(&touches, &count);
    for (size_t i = 0, end; i < count; i = end) {
        end = group_end(rows, count, i);
        if (rows[i].subject != SIZE_MAX &&
            gap_is_wanted(scan, ledger_subject_unit(scan->ledger, rows[i].subject)))
            list_many_contacts(scan, &rows[i], end - i);
    }
    buffer_release(&touches.rows);
}

/* ---- R85 ---- */

/* A lead is in hand until its contract is signed, or it is given up. */
static bool is_in_hand(struct gap_scan *scan, size_t subject)
{
    struct project_view project;
    return !project_view_make(scan->ledger, subject, scan->view, &scan->scratch, &project) ||
           (!view_reached(&project, MILESTONE_CONTRACT_SIGNED) &&
            !view_reached(&project, MILESTONE_TERMINATED) &&
            !gap_is_beyond(&project, MILESTONE_CONTRACT_SIGNED));
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
static void list_lead_left(struct gap_scan *scan, size_t subject)
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
    alert_add_subject(scan, subject, last->to + 1, last->position);
}

struct departure { /* of a team's member */
    struct bytes team, name;
    int32_t to;
    uint16_t unit;
    uint64_t position;
};

static void add_departures(struct gap_scan *scan, struct buffer *departures)
{
    for (size_t unit = 0; unit < ledger_unit_count(scan->ledger); unit++) {
        struct assignments assignments;
        arena_reset(&scan->scratch);
        assignments_of_unit(scan->ledger, unit, scan->view, &scan->scratch, &assignments);
        for (size_t i = 0; i < assignments.count; i++) {
            const struct assignment *row = &assignments.rows[i];
            if (row->role != ROLE_TEAM_MEMBER || row->team.size == 0 || row->to == DAY_NONE ||
                row->to >= scan->view->as_of)
                continue;
            struct departure departure = {row->team, row->name, row->to, row->unit, row->position};
            buffer_add(departures, bytes_of(&departure, sizeof(departure)));
        }
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
    alert_add_subject(scan, rows->subject, departure->to + 1, departure->position);
}

void alert_team_changed(struct gap_scan *scan)
{
    gap_scan_subjects(scan, list_lead_left);
    size_t count;
    struct touches touches = {.scan = scan};
    struct touch *rows = gather_all(&touches, &count);
    CLEANUP(buffer_release) struct buffer departures = {0};
    add_departures(scan, &departures);
    const struct departure *left = (const struct departure *)(void *)departures.data;
    for (size_t i = 0, end; i < count; i = end) {
        end = group_end(rows, count, i);
        arena_reset(&scan->scratch);
        if (rows[i].subject == SIZE_MAX ||
            !gap_is_wanted(scan, ledger_subject_unit(scan->ledger, rows[i].subject)) ||
            !is_in_hand(scan, rows[i].subject))
            continue;
        for (size_t j = 0; j < departures.size / sizeof(*left); j++)
            list_departure(scan, &rows[i], end - i, &left[j]);
    }
    buffer_release(&touches.rows);
}
