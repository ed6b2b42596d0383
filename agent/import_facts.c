/*
 * import_facts.c - see import_facts.h. Facts without a day of their own (the project itself, its
 * document, obstacle and leader) are lent the day of signing, or the row's first dated step: the
 * ledger does not say when they came about. A lent day is none of their cells: when the signing
 * day is corrected, the milestone that says it is corrected, and they are not said again.
 */
#include "agent/import_facts.h"

#include <assert.h>

static bool is_given(const struct import_row *row, enum ledger_column column)
{
    return row->cells[column].state == CELL_GIVEN;
}

static struct bytes text_of(const struct import_row *row, enum ledger_column column)
{
    return is_given(row, column) ? row->cells[column].text : BYTES_NONE;
}

int32_t import_lent_day(const struct import_row *row)
{
    static const enum ledger_column dated[] = {COLUMN_SIGNED, COLUMN_STARTED, COLUMN_COMPLETED,
                                               COLUMN_PRODUCING, COLUMN_TERMINATED};
    for (size_t i = 0; i < ARRAY_LENGTH(dated); i++) {
        if (is_given(row, dated[i]))
            return row->cells[dated[i]].day;
    }
    return DAY_NONE;
}

/* No 协议类型 means a contract (contract 6.3); a supplement is no signing. */
static enum milestone signed_milestone(int32_t document)
{
    if (document == DOCUMENT_INTENT)
        return MILESTONE_INTENT_SIGNED;
    if (document == DOCUMENT_FRAMEWORK)
        return MILESTONE_FRAMEWORK_SIGNED;
    return document == DOCUMENT_SUPPLEMENT ? MILESTONE_NONE : MILESTONE_CONTRACT_SIGNED;
}

static void begin(struct event *event, enum event_kind kind, int32_t day)
{
    event->envelope.kind = kind;
    event->envelope.occurred_on = day;
}

static bool make_project(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    begin(event, EVENT_PROJECT, import_lent_day(row));
    event->project = (struct project_fact){
        .action = PROJECT_ACTION_REGISTERED,
        .name = text_of(row, COLUMN_NAME),
        .investor = text_of(row, COLUMN_INVESTOR),
        .credit_code = text_of(row, COLUMN_CREDIT_CODE),
        .investor_place = text_of(row, COLUMN_PLACE),
        .origin = row->cells[COLUMN_ORIGIN].word,
        .industry = text_of(row, COLUMN_INDUSTRY),
        .park = text_of(row, COLUMN_PARK),
        .planned_total = row->cells[COLUMN_TOTAL].money,
        .planned_fixed = row->cells[COLUMN_FIXED].money,
        .content = text_of(row, COLUMN_CONTENT),
        .responsible_unit = text_of(row, COLUMN_RESPONSIBLE),
    };
    return true;
}

static bool make_document(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    begin(event, EVENT_DOCUMENT, import_lent_day(row));
    event->document = (struct document_fact){.document = row->cells[COLUMN_DOCUMENT].word};
    return true;
}

static bool make_milestone(const struct import_row *row, enum ledger_column column,
                           enum milestone milestone, struct event *event)
{
    begin(event, EVENT_MILESTONE, row->cells[column].day);
    event->milestone = (struct milestone_fact){.milestone = (int32_t)milestone};
    return milestone != MILESTONE_NONE;
}

static bool make_signed(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_milestone(row, COLUMN_SIGNED, signed_milestone(row->cells[COLUMN_DOCUMENT].word),
                          event);
}

static bool make_started(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_milestone(row, COLUMN_STARTED, MILESTONE_STARTED, event);
}

static bool make_completed(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_milestone(row, COLUMN_COMPLETED, MILESTONE_COMPLETED, event);
}

static bool make_producing(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_milestone(row, COLUMN_PRODUCING, MILESTONE_PRODUCING, event);
}

static bool make_terminated(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_milestone(row, COLUMN_TERMINATED, MILESTONE_TERMINATED, event);
}

/* A masked amount whose day or origin is masked too says nothing that could be placed. */
static bool make_funds(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    if (!is_given(row, COLUMN_RECEIVED_ON) || !is_given(row, COLUMN_ORIGIN))
        return false;
    int32_t day = row->cells[COLUMN_RECEIVED_ON].day;
    begin(event, EVENT_FUNDS, day);
    event->funds = (struct funds_fact){
        .amount = row->cells[COLUMN_RECEIVED].money,
        .origin = row->cells[COLUMN_ORIGIN].word,
        .basis = FUNDS_BASIS_CUMULATIVE,
        .funds = FUNDS_RECEIVED,
        .period_to = day,
    };
    return true;
}

static bool make_nothing(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)row;
    (void)arena;
    (void)event;
    return true;
}

/* A ledger has one cell for obstacles: one obstacle a project, whatever its words become. */
static bool make_obstacle(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    begin(event, EVENT_OBSTACLE, import_lent_day(row));
    event->obstacle = (struct obstacle_fact){
        .action = OBSTACLE_ACTION_RAISED,
        .obstacle_id = bytes_of_text("存在问题"),
        .obstacle = obstacle_of_text(text_of(row, COLUMN_OBSTACLE)),
        .description = text_of(row, COLUMN_OBSTACLE),
    };
    return true;
}

static bool make_assignment(const struct import_row *row, enum role role, enum ledger_column column,
                            struct event *event)
{
    begin(event, EVENT_ASSIGNMENT, import_lent_day(row));
    event->assignment =
        (struct assignment_fact){.role = (int32_t)role, .name = text_of(row, column)};
    return true;
}

static bool make_sponsor(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_assignment(row, ROLE_SPONSOR_LEADER, COLUMN_SPONSOR, event);
}

static bool make_responsible(const struct import_row *row, struct arena *arena, struct event *event)
{
    (void)arena;
    return make_assignment(row, ROLE_RESPONSIBLE_UNIT, COLUMN_RESPONSIBLE, event);
}

static int64_t half_days_of(const struct import_row *row)
{
    if (!is_given(row, COLUMN_TO))
        return 0;
    int64_t days = (int64_t)row->cells[COLUMN_TO].day - row->cells[COLUMN_FROM].day + 1;
    return days > 0 && days <= 1000 ? 2 * days : 0;
}

/* 341502-0001 becomes the project's key, 341502/341502-0001; it need not have been imported yet. */
static void qualify_leads(struct bytes subject_prefix, struct arena *arena, struct texts *leads)
{
    for (size_t i = 0; i < leads->count; i++) {
        struct bytes code = leads->items[i];
        if (memchr(code.data, '/', code.size))
            continue;
        uint8_t *key = arena_alloc(arena, subject_prefix.size + code.size);
        if (!key)
            return;
        memcpy(key, subject_prefix.data, subject_prefix.size);
        memcpy(key + subject_prefix.size, code.data, code.size);
        leads->items[i] = bytes_of(key, subject_prefix.size + code.size);
    }
}

static bool make_trip(const struct import_row *row, struct arena *arena, struct event *event)
{
    const struct ledger_cell *cells = row->cells;
    begin(event, EVENT_CONTACT, cells[COLUMN_FROM].day);
    event->contact = (struct contact_fact){
        .contact = CONTACT_TRIP,
        .state = CONTACT_STATE_DONE,
        .leader_level = cells[COLUMN_LEADER_LEVEL].word,
        .leader = text_of(row, COLUMN_LEADER),
        .from = cells[COLUMN_FROM].day,
        .to = cells[COLUMN_TO].day,
        .half_days = half_days_of(row),
        .destination = text_of(row, COLUMN_DESTINATION),
        .occurrence = row->occurrence,
    };
    /* import_row_read has counted the items: both lists fit. */
    if (ledger_cell_list(text_of(row, COLUMN_FIRMS), arena, &event->contact.firms) != OK ||
        ledger_cell_list(text_of(row, COLUMN_LEADS), arena, &event->contact.leads) != OK)
        return false;
    qualify_leads(row->subject, arena, &event->contact.leads);
    return true;
}

/* A row of the table for a fact of one cell. */
#define ONE_CELL(ledger, COLUMN, name, function)                                                   \
    {                                                                                              \
        .kind = (ledger), .columns = {COLUMN_##COLUMN}, .column_count = 1, .field = (name),        \
        .make = (function)                                                                         \
    }

static const struct import_fact facts[] = {
    {.kind = LEDGER_PROJECTS,
     .columns = {COLUMN_NAME, COLUMN_INVESTOR, COLUMN_CREDIT_CODE, COLUMN_PLACE, COLUMN_ORIGIN,
                 COLUMN_INDUSTRY, COLUMN_PARK, COLUMN_TOTAL, COLUMN_FIXED, COLUMN_CONTENT,
                 COLUMN_RESPONSIBLE},
     .column_count = 11,
     .field = "PROJECT",
     .make = make_project},
    ONE_CELL(LEDGER_PROJECTS, DOCUMENT, "DOCUMENT", make_document),
    {.kind = LEDGER_PROJECTS,
     .columns = {COLUMN_SIGNED, COLUMN_DOCUMENT},
     .column_count = 2,
     .field = "SIGNED",
     .make = make_signed},
    ONE_CELL(LEDGER_PROJECTS, STARTED, "STARTED", make_started),
    ONE_CELL(LEDGER_PROJECTS, COMPLETED, "COMPLETED", make_completed),
    ONE_CELL(LEDGER_PROJECTS, PRODUCING, "PRODUCING", make_producing),
    ONE_CELL(LEDGER_PROJECTS, TERMINATED, "TERMINATED", make_terminated),
    /* Next month's cumulative sum is a new statement, and last month's stays true: the day is a
     * part of the field. */
    {.kind = LEDGER_PROJECTS,
     .columns = {COLUMN_RECEIVED, COLUMN_ORIGIN, COLUMN_RECEIVED_ON},
     .column_count = 3,
     .field = "FUNDS",
     .make = make_funds,
     .has_day_field = true},
    {.kind = LEDGER_PROJECTS,
     .columns = {COLUMN_RECEIVED},
     .column_count = 1,
     .field = "FUNDS",
     .make = make_nothing,
     .is_memo = true},
    ONE_CELL(LEDGER_PROJECTS, OBSTACLE, "OBSTACLE", make_obstacle),
    ONE_CELL(LEDGER_PROJECTS, RESPONSIBLE, "RESPONSIBLE", make_responsible),
    ONE_CELL(LEDGER_PROJECTS, SPONSOR, "SPONSOR", make_sponsor),
    ONE_CELL(LEDGER_TRIPS, FROM, "TRIP", make_trip), /* its key holds the other cells */
};

size_t import_facts_of(const struct import_row *row,
                       const struct import_fact *out[IMPORT_FACTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(facts); i++) {
        if (facts[i].kind != row->sheet->kind ||
            (facts[i].has_day_field && !is_given(row, COLUMN_RECEIVED_ON)))
            continue;
        assert(count < IMPORT_FACTS_MAX);
        out[count++] = &facts[i];
    }
    return count;
}
