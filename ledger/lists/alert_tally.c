/*
 * alert_tally.c - see alert_tally.h. What is kept of a subject holds until it is looked at anew
 * (view_memo_row.look); what its contacts come to, until other contacts name it or a team's member
 * leaves; what is kept of a unit, until something is said about it.
 */
#include "ledger/lists/alert_tally.h"

#include <stdlib.h>

#include "ledger/fold/byte_store.h"
#include "ledger/fold/sayings.h"
#include "ledger/lists/alerts.h"

struct subject_row {
    uint64_t look;                  /* at its project; 0: none */
    uint32_t counts[ALERT_CLASSES]; /* of the rules about it alone */
    uint32_t of_contacts[ALERT_CLASSES];
    struct buffer named;   /* struct touch: other leads that its contacts name */
    struct buffer callers; /* uint64_t: positions of other contacts that name it */
    bool is_due;           /* its contacts are to be looked at */
};

struct unit_row {
    uint64_t position; /* of what was said about it */
    uint64_t resets;   /* of the views; 0: never seen */
    uint32_t counts[ALERT_CLASSES];
    struct buffer named, departures;
};

struct alert_memory {
    struct subject_row *subjects;
    size_t subject_count, subject_capacity;
    struct unit_row *units;
    size_t unit_count, unit_capacity;
    struct buffer departures; /* struct departure, of all units */
    struct buffer counts[ALERT_CLASSES];
};

struct tallying {
    struct alert_memory *memory;
    struct view_memo *views;
    struct gap_scan scan; /* of all rules; its rows are counted and forgotten */
    struct arena texts;
};

struct alert_memory *alert_memory_new(void)
{
    struct alert_memory *memory = calloc(1, sizeof(*memory));
    if (!memory)
        abort();
    return memory;
}

void alert_memory_free(struct alert_memory *memory)
{
    if (!memory)
        return;
    for (size_t i = 0; i < memory->subject_count; i++) {
        buffer_release(&memory->subjects[i].named);
        buffer_release(&memory->subjects[i].callers);
    }
    for (size_t i = 0; i < memory->unit_count; i++) {
        buffer_release(&memory->units[i].named);
        buffer_release(&memory->units[i].departures);
    }
    for (size_t i = 0; i < ALERT_CLASSES; i++)
        buffer_release(&memory->counts[i]);
    buffer_release(&memory->departures);
    free(memory->subjects);
    free(memory->units);
    free(memory);
}

static void make_room(struct alert_memory *memory, const struct ledger *ledger)
{
    while (memory->subject_count < ledger_subject_count(ledger)) {
        memory->subjects = array_grown(memory->subjects, memory->subject_count,
                                       &memory->subject_capacity, sizeof(*memory->subjects));
        memory->subjects[memory->subject_count++] = (struct subject_row){0};
    }
    while (memory->unit_count < ledger_unit_count(ledger)) {
        memory->units = array_grown(memory->units, memory->unit_count, &memory->unit_capacity,
                                    sizeof(*memory->units));
        memory->units[memory->unit_count++] = (struct unit_row){0};
    }
}

/* Forgets the rows that a rule has just made; gives how many they were. */
static uint32_t rows_made(struct tallying *tallying)
{
    struct gap_scan *scan = &tallying->scan;
    uint32_t count = (uint32_t)(scan->rows.size / sizeof(struct gap_row));
    buffer_clear(&scan->rows);
    arena_reset(&scan->scratch);
    arena_reset(&tallying->texts);
    return count;
}

/* ---- units ---- */

static void look_at_unit(struct tallying *tallying, size_t unit)
{
    struct gap_scan *scan = &tallying->scan;
    struct unit_row *row = &tallying->memory->units[unit];
    uint64_t position = ledger_unit_position(scan->ledger, unit);
    if (row->resets == tallying->views->resets && row->position == position)
        return;
    row->resets = tallying->views->resets;
    row->position = position;
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        if (alerts[i].unit)
            alerts[i].unit(scan, unit);
        row->counts[i] = rows_made(tallying);
    }
    buffer_clear(&row->named);
    buffer_clear(&row->departures);
    touches_gather(scan, ledger_walk_unit(scan->ledger, unit, scan->view->known_at), SIZE_MAX, NULL,
                   &row->named);
    departures_of_unit(scan, unit, &row->departures);
    arena_reset(&scan->scratch);
}

static bool is_same_departure(const struct departure *left, const struct departure *right)
{
    return left->position == right->position && left->to == right->to &&
           left->unit == right->unit && bytes_equal(left->team, right->team) &&
           bytes_equal(left->name, right->name);
}

/* True: somebody else left than before. */
static bool take_departures(struct alert_memory *memory)
{
    CLEANUP(buffer_release) struct buffer now = {0};
    for (size_t i = 0; i < memory->unit_count; i++)
        buffer_add(&now, buffer_bytes(&memory->units[i].departures));
    const struct departure *rows = (const struct departure *)(const void *)now.data;
    const struct departure *before =
        (const struct departure *)(const void *)memory->departures.data;
    bool is_same = now.size == memory->departures.size;
    for (size_t i = 0; is_same && i < now.size / sizeof(*rows); i++)
        is_same = is_same_departure(&rows[i], &before[i]);
    struct buffer old = memory->departures;
    memory->departures = now;
    now = old;
    return !is_same;
}

/* ---- subjects ---- */

static void look_at_subject(struct tallying *tallying, size_t subject)
{
    struct gap_scan *scan = &tallying->scan;
    struct subject_row *row = &tallying->memory->subjects[subject];
    const struct project_view *project = gap_scan_see(scan, subject, NULL);
    uint64_t look = tallying->views->rows[subject].look;
    arena_reset(&scan->scratch);
    if (row->look == look)
        return;
    row->look = look;
    row->is_due = true;
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        if (alerts[i].project && project && !project->excluded)
            alerts[i].project(scan, project);
        arena_reset(&scan->scratch);
        if (alerts[i].subject)
            alerts[i].subject(scan, subject);
        row->counts[i] = rows_made(tallying);
    }
    buffer_clear(&row->named);
    touches_gather(scan, ledger_walk_subject(scan->ledger, subject, scan->view->known_at), subject,
                   NULL, &row->named);
}

/* ---- contacts ---- */

static bool is_called_as_before(const struct subject_row *row, const struct touch *others,
                                size_t count)
{
    const uint64_t *callers = (const uint64_t *)(const void *)row->callers.data;
    if (row->callers.size != count * sizeof(*callers))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (callers[i] != others[i].position)
            return false;
    }
    return true;
}

static void run_lead_rules(struct tallying *tallying, struct buffer *touches,
                           uint32_t counts[ALERT_CLASSES])
{
    struct touch *rows = (struct touch *)(void *)touches->data;
    const struct buffer *departures = &tallying->memory->departures;
    struct lead_contacts lead = {.rows = rows,
                                 .count = touches_sort(rows, touches->size / sizeof(*rows)),
                                 .departures =
                                     (const struct departure *)(const void *)departures->data,
                                 .departure_count = departures->size / sizeof(struct departure)};
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        counts[i] = 0;
        if (!alerts[i].lead || lead.count == 0)
            continue;
        alerts[i].lead(&tallying->scan, &lead);
        counts[i] = rows_made(tallying);
    }
}

/* others: contacts elsewhere that name it. */
static void look_at_contacts(struct tallying *tallying, size_t subject, const struct touch *others,
                             size_t count, struct buffer *touches)
{
    struct gap_scan *scan = &tallying->scan;
    struct subject_row *row = &tallying->memory->subjects[subject];
    if (!row->is_due && is_called_as_before(row, others, count))
        return;
    row->is_due = false;
    buffer_clear(&row->callers);
    for (size_t i = 0; i < count; i++)
        buffer_add(&row->callers, bytes_of(&others[i].position, sizeof(others[i].position)));
    buffer_clear(touches);
    touches_gather(scan, ledger_walk_subject(scan->ledger, subject, scan->view->known_at), subject,
                   touches, NULL);
    buffer_add(touches, bytes_of(others, count * sizeof(*others)));
    run_lead_rules(tallying, touches, row->of_contacts);
}

static void add_to(struct alert_memory *memory, size_t class, size_t unit, int64_t count)
{
    int64_t *counts = (int64_t *)(void *)memory->counts[class].data;
    counts[unit] += count;
}

/* Each of them is a row of the unit that says it. */
static void look_at_unknown(struct tallying *tallying, const struct touch *rows, size_t count)
{
    struct lead_contacts lead = {.rows = rows, .count = count};
    const struct gap_row *made;
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        if (!alerts[i].lead)
            continue;
        alerts[i].lead(&tallying->scan, &lead);
        made = (const struct gap_row *)(const void *)tallying->scan.rows.data;
        for (size_t at = 0; at < tallying->scan.rows.size / sizeof(*made); at++)
            add_to(tallying->memory, i, made[at].unit, 1);
        (void)rows_made(tallying);
    }
}

static void take_contacts(struct tallying *tallying)
{
    struct alert_memory *memory = tallying->memory;
    CLEANUP(buffer_release) struct buffer named = {0}, touches = {0};
    for (size_t i = 0; i < memory->unit_count; i++)
        buffer_add(&named, buffer_bytes(&memory->units[i].named));
    for (size_t i = 0; i < memory->subject_count; i++)
        buffer_add(&named, buffer_bytes(&memory->subjects[i].named));
    struct touch *rows = (struct touch *)(void *)named.data;
    size_t count = named.size / sizeof(*rows), at = 0;
    touches_resolve(&tallying->scan, rows, count);
    count = touches_sort(rows, count);
    for (size_t i = 0; i < memory->subject_count; i++) {
        size_t end = at < count && rows[at].subject == i ? touches_end(rows, count, at) : at;
        look_at_contacts(tallying, i, end > at ? &rows[at] : NULL, end - at, &touches);
        at = end;
    }
    if (at < count)
        look_at_unknown(tallying, &rows[at], count - at);
}

/* ---- the sums ---- */

static void clear_counts(struct alert_memory *memory)
{
    static const int64_t zero;
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        buffer_clear(&memory->counts[i]);
        for (size_t unit = 0; unit < memory->unit_count; unit++)
            buffer_add(&memory->counts[i], bytes_of(&zero, sizeof(zero)));
    }
}

static void sum_up(struct tallying *tallying, struct alert_tally *out)
{
    struct alert_memory *memory = tallying->memory;
    for (size_t i = 0; i < memory->subject_count; i++) {
        const struct subject_row *row = &memory->subjects[i];
        uint16_t unit = ledger_subject_unit(tallying->scan.ledger, i);
        for (size_t class = 0; class < ALERT_CLASSES; class ++)
            add_to(memory, class, unit, (int64_t)row->counts[class] + row->of_contacts[class]);
    }
    for (size_t class = 0; class < ALERT_CLASSES; class ++) {
        for (size_t unit = 0; unit < memory->unit_count; unit++)
            add_to(memory, class, unit, memory->units[unit].counts[class]);
        out->counts[class] = (const int64_t *)(const void *)memory->counts[class].data;
        for (size_t unit = 0; unit < memory->unit_count; unit++)
            out->totals[class] += out->counts[class][unit];
    }
}

static void list_supervised(struct tallying *tallying, struct arena *arena, struct gap_list *out)
{
    struct gap_scan scan;
    gap_scan_init(&scan, tallying->scan.ledger, tallying->scan.view, LEDGER_UNITS_MAX, arena);
    scan.views = tallying->views;
    for (size_t i = 0; i < tallying->memory->subject_count; i++) {
        if (tallying->memory->subjects[i].counts[ALERT_SUPERVISED] == 0)
            continue;
        arena_reset(&scan.scratch);
        alert_supervised(&scan, i);
    }
    gap_scan_end(&scan, out);
}

void alert_tally_make(struct alert_memory *memory, struct view_memo *views,
                      const struct ledger *ledger, const struct view *view, struct arena *arena,
                      struct alert_tally *out)
{
    struct gap_list nothing;
    struct tallying tallying = {.memory = memory, .views = views};
    *out = (struct alert_tally){0};
    arena_init(&tallying.texts, SAYINGS_SCRATCH_BYTES);
    gap_scan_init(&tallying.scan, ledger, view, LEDGER_UNITS_MAX, arena);
    tallying.scan.arena = &tallying.texts;
    tallying.scan.views = views;
    make_room(memory, ledger);
    clear_counts(memory);
    for (size_t i = 0; i < memory->unit_count; i++)
        look_at_unit(&tallying, i);
    for (size_t i = 0; i < memory->subject_count; i++)
        look_at_subject(&tallying, i);
    if (take_departures(memory)) {
        for (size_t i = 0; i < memory->subject_count; i++)
            memory->subjects[i].is_due = true;
    }
    take_contacts(&tallying);
    sum_up(&tallying, out);
    list_supervised(&tallying, arena, &out->supervised);
    out->incomplete = tallying.scan.truncated || out->supervised.truncated;
    gap_scan_end(&tallying.scan, &nothing);
    arena_release(&tallying.texts);
}
