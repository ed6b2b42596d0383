/* import.c - see import.h: compares a row with what was said of it and makes the events. */
#include "agent/import.h"

#include <stdio.h>

#include "agent/import_memory.h"
#include "base/sign.h"

const char *import_kind_name(enum ledger_kind kind)
{
    return kind == LEDGER_TRIPS ? "trips" : "projects";
}

static bool is_given(const struct import_row *row, enum ledger_column column)
{
    return row->cells[column].state == CELL_GIVEN;
}

static struct bytes origin_text(const struct import_context *context, uint64_t row,
                                struct arena *arena)
{
    char number[24];
    (void)snprintf(number, sizeof(number), ":%llu", (unsigned long long)row);
    struct bytes parts[] = {context->file_name, bytes_of_text(number)};
    return import_join(arena, parts, ARRAY_LENGTH(parts));
}

static void note_emptied(struct import_plan *plan, enum ledger_column column)
{
    for (size_t i = 0; i < plan->emptied_count; i++) {
        if (plan->emptied[i] == column)
            return;
    }
    plan->emptied[plan->emptied_count++] = column;
}

/* An emptied or newly masked cell takes nothing back: what it had said still stands in the row. */
static void recall(const struct import_fact *fact, const struct import_said *said,
                   struct import_row *row, struct import_plan *plan)
{
    for (size_t i = 0; i < fact->column_count; i++) {
        enum ledger_column column = fact->columns[i];
        struct ledger_cell before;
        struct bytes canonical, words;
        if (row->cells[column].state == CELL_GIVEN ||
            !import_memory_find(said->value, column, &canonical, &words) ||
            ledger_cell_restore(column, canonical, words, &before) != OK ||
            before.state != CELL_GIVEN)
            continue;
        if (row->sheet->place[column] >= 0)
            note_emptied(plan, column);
        if (!fact->is_memo)
            row->cells[column] = before;
    }
}

/*
 * Intent, framework, contract, each on a later day, are steps of one project (升格, domain.md 3.4):
 * the ledger has one column for them, but the earlier signing did happen.
 */
static bool is_next_agreement(const struct import_fact *fact, const struct import_said *said,
                              const struct import_row *row)
{
    struct bytes document, day_form, words;
    int32_t day = DAY_NONE;
    uint64_t before = 0;
    int32_t now = row->cells[COLUMN_DOCUMENT].word;
    return strcmp(fact->field, "SIGNED") == 0 &&
           import_memory_find(said->value, COLUMN_DOCUMENT, &document, &words) &&
           import_memory_find(said->value, COLUMN_SIGNED, &day_form, &words) &&
           u64_parse(document, INT32_MAX, &before) == OK && day_parse(day_form, &day) == OK &&
           now <= DOCUMENT_CONTRACT && now > (int32_t)before && row->cells[COLUMN_SIGNED].day > day;
}

static bool is_missing(const struct import_row *row, enum ledger_column column)
{
    return !is_given(row, column) && row->cells[column].state != CELL_BAD;
}

static bool has_bad_day(const struct import_row *row)
{
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
        if (ledger_columns[i].type == TYPE_DAY && row->cells[i].state == CELL_BAD)
            return true;
    }
    return false;
}

static void check_project(const struct import_row *row, struct import_complaints *complaints)
{
    const struct ledger_cell *received = &row->cells[COLUMN_RECEIVED];
    const char *remedy = "累计到位资金须写明截止日期和资金来源 (received by when, from where?)";
    if (import_lent_day(row) == DAY_NONE && !has_bad_day(row))
        import_complain_cell(row, COLUMN_SIGNED, "没有签约时间,也没有其他日期",
                             "请填写 YYYY-MM-DD (no day)", complaints);
    if (received->state != CELL_GIVEN ||
        (received->money.value == 0 && is_missing(row, COLUMN_RECEIVED_ON)))
        return; /* "0" up to no day: nothing was received, and nothing is said */
    if (is_missing(row, COLUMN_RECEIVED_ON))
        import_complain_cell(row, COLUMN_RECEIVED_ON, "没有到位截止时间", remedy, complaints);
    if (is_missing(row, COLUMN_ORIGIN))
        import_complain_cell(row, COLUMN_ORIGIN, "没有资金来源", remedy, complaints);
}

/* Whether the row says this fact at all: its first cell does, or a masked amount in its place. */
static bool says(const struct import_fact *fact, const struct import_row *row)
{
    const struct ledger_cell *cell = &row->cells[fact->columns[0]];
    return cell->state == CELL_GIVEN || (!fact->is_memo && cell->money.text.size > 0);
}

static struct envelope envelope_of(const struct import_context *context,
                                   const struct import_row *row, struct arena *arena)
{
    return (struct envelope){
        .algorithm = SIGN_ED25519_SHA256,
        .subject = row->sheet->kind == LEDGER_PROJECTS ? row->subject : BYTES_NONE,
        .body = BODY_INVESTMENT_BUREAU,
        .agent_clock_ms = context->clock_ms,
        .origin = origin_text(context, row->number, arena),
    };
}

static enum import_what what_to_do(const struct import_fact *fact, const struct import_said *said,
                                   bool is_next_agreement)
{
    bool is_agreement = strcmp(fact->field, "SIGNED") == 0 || strcmp(fact->field, "DOCUMENT") == 0;
    if (fact->is_memo)
        return IMPORT_REMEMBER;
    return !said->is_known || (is_agreement && is_next_agreement) ? IMPORT_SAY : IMPORT_CORRECT;
}

/* A row on its way to a plan. */
struct planning {
    const struct import_context *context;
    const struct import_row *row;
    struct arena *arena;
    bool is_next_agreement;
};

static void plan_fact(const struct planning *planning, const struct import_fact *fact,
                      const struct import_said *said, struct import_plan *plan,
                      struct import_complaints *complaints)
{
    struct problem problem = {0};
    const struct import_row *row = planning->row;
    struct import_step *step = &plan->steps[plan->count];
    *step = (struct import_step){.said = said};
    step->event.envelope = envelope_of(planning->context, row, planning->arena);
    if (!says(fact, row) || !fact->make(row, planning->arena, &step->event))
        return;
    step->value = import_memory_write(fact, row, planning->arena);
    if (said->is_known && !import_memory_differs(fact, said->value, step->value))
        return;
    step->what = what_to_do(fact, said, planning->is_next_agreement);
    if (step->what != IMPORT_REMEMBER && event_check(&step->event, &problem) != OK)
        import_complain(complaints, &problem);
    plan->count++;
}

enum err import_plan(const struct import_context *context, struct import_row *row,
                     const struct import_said *said, struct arena *arena, struct import_plan *out,
                     struct import_complaints *complaints)
{
    const struct import_fact *facts[IMPORT_FACTS_MAX];
    struct planning planning = {context, row, arena, false};
    size_t count = import_facts_of(row, facts);
    out->count = out->emptied_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!said[i].is_known)
            continue;
        planning.is_next_agreement |= is_next_agreement(facts[i], &said[i], row);
        recall(facts[i], &said[i], row, out);
    }
    if (row->sheet->kind == LEDGER_PROJECTS)
        check_project(row, complaints);
    if (complaints->count > 0)
        return ERR_MALFORMED; /* of a cell that is not understood no fact is made */
    for (size_t i = 0; i < count; i++)
        plan_fact(&planning, facts[i], &said[i], out, complaints);
    return complaints->count == 0 ? OK : ERR_MALFORMED;
}

void import_correction(const struct import_context *context, const struct import_row *row,
                       const struct import_step *step, struct arena *arena, struct event *out)
{
    struct bytes reason[] = {bytes_of_text("台账更新 "), origin_text(context, row->number, arena)};
    *out = (struct event){.envelope = envelope_of(context, row, arena)};
    out->envelope.kind = EVENT_CORRECTION;
    /* A day of the ledger, not of the clock: the same update made twice is one correction. */
    out->envelope.occurred_on = step->event.envelope.occurred_on;
    out->correction = (struct correction_fact){
        .action = CORRECTION_ACTION_CORRECTED,
        .target = step->said->event_id,
        .successor = step->successor,
        .reason = import_join(arena, reason, ARRAY_LENGTH(reason)),
        .person = context->person,
    };
}
