/* breakdown_teams.c - contacts read once for teams; see breakdown_teams.h. */
#include "ledger/figures/breakdown_teams.h"

#include <stdlib.h>

#include "ledger/fold/growing.h"
#include "ledger/view/measure.h"

enum { CONTACT_SCRATCH_BYTES = 1 << 20 };

void breakdown_teams_init(struct breakdown_teams *teams, const struct ledger *ledger,
                          const struct view *view, struct arena *arena)
{
    *teams = (struct breakdown_teams){.ledger = ledger, .view = view, .arena = arena};
    arena_init(&teams->scratch, CONTACT_SCRATCH_BYTES);
}

void breakdown_teams_release(struct breakdown_teams *teams)
{
    arena_release(&teams->scratch);
}

/* Done and begun by the view's day; fact's lists live until the next is read. */
static bool read_contact(struct breakdown_teams *teams, const struct assertion *assertion,
                         struct ledger_fact *out)
{
    if (assertion->kind != EVENT_CONTACT || assertion->day > teams->view->as_of)
        return false;
    arena_reset(&teams->scratch);
    ledger_read(teams->ledger, assertion, &teams->scratch, out);
    return out->event.contact.state == CONTACT_STATE_DONE;
}

static void add_touch(struct breakdown_teams *teams, size_t subject, struct bytes team)
{
    struct team_touch *grown = growing_list(teams->arena, teams->touches, teams->touch_count,
                                            &teams->touch_capacity, sizeof(*teams->touches));
    if (!grown) {
        teams->is_short = true;
        return;
    }
    teams->touches = grown;
    teams->touches[teams->touch_count++] = (struct team_touch){subject, team};
}

/* A lead is named by its key, or by its code alone within the unit that speaks. */
static bool find_lead(const struct breakdown_teams *teams, struct bytes lead, uint16_t unit,
                      size_t *subject)
{
    struct bytes of = ledger_unit(teams->ledger, unit)->unit;
    CLEANUP(buffer_release) struct buffer key = {0};
    if (ledger_find_subject(teams->ledger, lead, subject))
        return true;
    buffer_add(&key, of);
    buffer_add_text(&key, "/");
    buffer_add(&key, lead);
    return ledger_find_subject(teams->ledger, buffer_bytes(&key), subject);
}

static void touch_leads(struct breakdown_teams *teams, const struct assertion *assertion,
                        const struct contact_fact *fact)
{
    size_t subject = 0;
    for (size_t i = 0; fact->team.size > 0 && i < fact->leads.count; i++)
        if (find_lead(teams, fact->leads.items[i], assertion->unit, &subject))
            add_touch(teams, subject, fact->team);
}

/* By the day it set out, as the bulletin counts trips. */
static void take_trip(struct breakdown_teams *teams, const struct assertion *assertion,
                      const struct contact_fact *fact, bool is_about_project)
{
    struct measure_period period = {teams->view->from, teams->view->as_of};
    int32_t day = fact->from != DAY_NONE ? fact->from : assertion->day;
    if (fact->contact != CONTACT_TRIP || !measure_day_within(day, &period))
        return;
    struct team_trip *grown = growing_list(teams->arena, teams->trips, teams->trip_count,
                                           &teams->trip_capacity, sizeof(*teams->trips));
    if (!grown) {
        teams->is_short = true;
        return;
    }
    teams->trips = grown;
    teams->trips[teams->trip_count++] =
        (struct team_trip){.team = fact->team,
                           .firms = (int64_t)fact->firms.count,
                           .is_without_lead = !is_about_project && fact->leads.count == 0};
}

static void take_unit(struct breakdown_teams *teams, size_t unit)
{
    struct ledger_walk walk = ledger_walk_unit(teams->ledger, unit, teams->view->known_at);
    const struct assertion *assertion = NULL;
    struct ledger_fact read;
    while ((assertion = ledger_next(&walk)) != NULL) {
        if (!read_contact(teams, assertion, &read))
            continue;
        touch_leads(teams, assertion, &read.event.contact);
        take_trip(teams, assertion, &read.event.contact, false);
    }
}

static void touch_subject(struct breakdown_teams *teams, size_t subject)
{
    struct ledger_walk walk = ledger_walk_subject(teams->ledger, subject, teams->view->known_at);
    const struct assertion *assertion = NULL;
    struct ledger_fact read;
    while ((assertion = ledger_next(&walk)) != NULL) {
        if (!read_contact(teams, assertion, &read))
            continue;
        if (read.event.contact.team.size > 0)
            add_touch(teams, subject, read.event.contact.team);
        touch_leads(teams, assertion, &read.event.contact);
    }
}

static int compare_touches(const void *left_row, const void *right_row)
{
    const struct team_touch *left = left_row, *right = right_row;
    int order = (left->subject > right->subject) - (left->subject < right->subject);
    return order == 0 ? bytes_compare(left->team, right->team) : order;
}

void breakdown_teams_gather(struct breakdown_teams *teams)
{
    for (size_t unit = 0; unit < ledger_unit_count(teams->ledger); unit++)
        take_unit(teams, unit);
    for (size_t i = 0; i < ledger_subject_count(teams->ledger); i++)
        touch_subject(teams, i);
    if (teams->touch_count > 1)
        qsort(teams->touches, teams->touch_count, sizeof(*teams->touches), compare_touches);
}

void breakdown_teams_take_trips(struct breakdown_teams *teams, size_t subject)
{
    struct ledger_walk walk = ledger_walk_subject(teams->ledger, subject, teams->view->known_at);
    const struct assertion *assertion = NULL;
    struct ledger_fact read;
    while ((assertion = ledger_next(&walk)) != NULL)
        if (read_contact(teams, assertion, &read))
            take_trip(teams, assertion, &read.event.contact, true);
}

static size_t first_from(const struct breakdown_teams *teams, size_t subject)
{
    size_t low = 0, high = teams->touch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (teams->touches[middle].subject < subject)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t breakdown_teams_of(const struct breakdown_teams *teams, size_t subject, size_t *first)
{
    *first = first_from(teams, subject);
    return first_from(teams, subject + 1) - *first;
}
