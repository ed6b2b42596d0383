/*
 * fuzz_import.c - any bytes as a ledger: every row is refused with a reason or makes events in good
 * form, and once they are remembered the same row says nothing more.
 */
#include <assert.h>
#include <stdlib.h>

#include "agent/import.h"
#include "agent/import_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a first import would leave in the said table. */
static void remember(const struct import_plan *plan, struct import_said *said)
{
    static const uint8_t id[EVENT_ID_SIZE] = {1};
    for (size_t i = 0; i < plan->count; i++) {
        struct import_said *mine = &said[plan->steps[i].said - said];
        mine->is_known = true;
        mine->value = plan->steps[i].value;
        mine->event_id = bytes_of(id, EVENT_ID_SIZE);
    }
}

static void import_twice(const struct import_context *context, struct import_row *row,
                         struct arena *arena)
{
    struct import_said said[IMPORT_FACTS_MAX];
    struct import_plan plan;
    struct import_complaints complaints = {.count = 0};
    struct problem problem = {0};
    import_row_fields(row, said);
    if (import_plan(context, row, said, arena, &plan, &complaints) != OK) {
        assert(complaints.count > 0 && complaints.shown[0].text[0]);
        return;
    }
    for (size_t i = 0; i < plan.count; i++) {
        assert(plan.steps[i].what != IMPORT_CORRECT);
        assert(plan.steps[i].what == IMPORT_REMEMBER ||
               event_check(&plan.steps[i].event, &problem) == OK);
    }
    remember(&plan, said);
    assert(import_plan(context, row, said, arena, &plan, &complaints) == OK);
    assert(plan.count == 0 && plan.emptied_count == 0);
}

/* A refused row with a key is planned too, for what else is wrong with it. */
static void look_further(const struct import_context *context, struct import_row *row,
                         struct arena *arena, struct import_complaints *complaints)
{
    struct import_said said[IMPORT_FACTS_MAX];
    struct import_plan plan;
    size_t count = complaints->count;
    import_row_fields(row, said);
    assert(import_plan(context, row, said, arena, &plan, complaints) != OK);
    assert(complaints->count >= count && complaints->shown[0].text[0] && plan.count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct csv csv;
    static const struct import_context context = {.unit = {(const uint8_t *)"341502", 6},
                                                  .file_name = {(const uint8_t *)"a.csv", 5},
                                                  .person = {(const uint8_t *)"341502", 6}};
    struct bytes file = bytes_of(data, size);
    struct problem problem = {0};
    struct ledger_sheet sheet;
    struct import_rows rows;
    struct csv_row csv_row;
    struct arena arena;
    if (csv_encoding_check(file, &problem) != OK)
        return 0;
    arena_init(&arena, IMPORT_ARENA_SIZE_MAX);
    ledger_sheet_init(&sheet);
    import_rows_init(&rows, file, 1); /* any bytes as what the last import left, too */
    csv_init(&csv, file);
    while (csv_next(&csv, &arena, &csv_row, &problem) == OK) {
        struct import_row row;
        uint64_t first = 0;
        if (ledger_sheet_on_row(&sheet, &csv_row) != SHEET_DATA)
            continue;
        struct import_complaints complaints = {.count = 0};
        enum err err = import_row_read(&context, &sheet, &csv_row, &arena, &row, &complaints);
        assert((err == OK) == (complaints.count == 0));
        bool is_first = row.key.size == 0 || import_rows_see(&rows, &row, &arena, &first);
        if (err == OK && is_first) {
            import_twice(&context, &row, &arena);
            import_rows_took(&rows, &row);
        } else if (err != OK && row.key.size > 0) {
            look_further(&context, &row, &arena, &complaints);
        }
        arena_reset(&arena);
    }
    struct buffer memory = {0};
    import_rows_remember(&rows, context.file_name, &memory);
    buffer_release(&memory);
    import_rows_release(&rows);
    arena_release(&arena);
    return 0;
}
