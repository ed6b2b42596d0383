/* alerts_touch.c - see alerts_touch.h. */
#include "ledger/lists/alerts_touch.h"

#include <stdlib.h>

#define FIELD_BIT(number) ((uint64_t)1 << (number))
/* Numbers of contact.leader, .team, .destination and .leads. */
#define FIELDS_WANTED (FIELD_BIT(4) | FIELD_BIT(5) | FIELD_BIT(9) | FIELD_BIT(11))

static int32_t first_of(const struct assertion *assertion, const struct contact_fact *fact)
{
    return fact->from != DAY_NONE ? fact->from : assertion->day;
}

int32_t contact_last_day(const struct assertion *assertion, const struct contact_fact *fact)
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

bool contact_read(const struct gap_scan *scan, const struct assertion *assertion,
                  struct arena *arena, struct ledger_fact *out)
{
    if (assertion->kind != EVENT_CONTACT || assertion->day > scan->view->as_of)
        return false;
    arena_reset(arena);
    ledger_read_fields(scan->ledger, assertion, FIELDS_WANTED, arena, out);
    return out->event.contact.state == CONTACT_STATE_DONE &&
           contact_last_day(assertion, &out->event.contact) <= scan->view->as_of;
}

void touches_gather(const struct gap_scan *scan, struct ledger_walk walk, size_t subject,
                    struct buffer *own, struct buffer *named)
{
    CLEANUP(arena_release) struct arena arena;
    const struct assertion *assertion = NULL;
    arena_init(&arena, EVENT_SIZE_MAX);
    while ((assertion = ledger_next(&walk))) {
        struct ledger_fact fact;
        if (!contact_read(scan, assertion, &arena, &fact))
            continue;
        const struct contact_fact *contact = &fact.event.contact;
        struct touch touch = {.subject = subject,
                              .team = contact->team.size > 0 ? contact->team : contact->leader,
                              .place = contact->destination,
                              .from = first_of(assertion, contact),
                              .to = contact_last_day(assertion, contact),
                              .position = assertion->position,
                              .unit = assertion->unit,
                              .is_trip = contact->contact == CONTACT_TRIP};
        if (own && subject != SIZE_MAX)
            buffer_add(own, bytes_of(&touch, sizeof(touch)));
        touch.subject = SIZE_MAX;
        for (size_t i = 0; named && i < contact->leads.count; i++) {
            touch.lead = contact->leads.items[i];
            buffer_add(named, bytes_of(&touch, sizeof(touch)));
        }
    }
}

void touches_resolve(const struct gap_scan *scan, struct touch *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rows[i].subject = find_lead(scan, rows[i].lead, rows[i].unit);
        if (rows[i].subject != SIZE_MAX)
            rows[i].lead = BYTES_NONE;
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

size_t touches_sort(struct touch *rows, size_t count)
{
    if (count > 1)
        qsort(rows, count, sizeof(*rows), compare_touches);
    return once_each(rows, count);
}

size_t touches_gather_all(const struct gap_scan *scan, struct buffer *out)
{
    const struct ledger *ledger = scan->ledger;
    CLEANUP(buffer_release) struct buffer named = {0};
    for (size_t i = 0; i < ledger_unit_count(ledger); i++)
        touches_gather(scan, ledger_walk_unit(ledger, i, scan->view->known_at), SIZE_MAX, NULL,
                       &named);
    for (size_t i = 0; i < ledger_subject_count(ledger); i++)
        touches_gather(scan, ledger_walk_subject(ledger, i, scan->view->known_at), i, out, &named);
    touches_resolve(scan, (struct touch *)(void *)named.data, named.size / sizeof(struct touch));
    buffer_add(out, buffer_bytes(&named));
    return touches_sort((struct touch *)(void *)out->data, out->size / sizeof(struct touch));
}
