/* import_row.c - reads a row's cells and works out how it is called; see import.h. */
#include <stdio.h>

#include "agent/import_memory.h"

static bool is_given(const struct import_row *row, enum ledger_column column)
{
    return row->cells[column].state == CELL_GIVEN;
}

static bool is_bad(const struct import_row *row, enum ledger_column column)
{
    return row->cells[column].state == CELL_BAD;
}

void import_complain(struct import_complaints *complaints, const struct problem *problem)
{
    for (size_t i = 0; i < complaints->count && i < IMPORT_COMPLAINTS_MAX; i++) {
        if (strcmp(complaints->shown[i].text, problem->text) == 0)
            return; /* one cell in two facts */
    }
    if (complaints->count < IMPORT_COMPLAINTS_MAX)
        complaints->shown[complaints->count] = *problem;
    complaints->count++;
}

void import_complain_cell(const struct import_row *row, enum ledger_column column, const char *what,
                          const char *remedy, struct import_complaints *complaints)
{
    struct problem problem = {0};
    ledger_cell_complain(row->sheet, column, row->cells[column].text, what, &problem);
    problem_remedy(&problem, "%s", remedy);
    import_complain(complaints, &problem);
}

/* Without 项目编号: a code made from credit code and name, the same on every machine. */
static struct bytes made_code(const struct import_row *row, struct arena *arena)
{
    char code[32] = "auto-", hex[17];
    struct bytes parts[] = {row->cells[COLUMN_CREDIT_CODE].text, bytes_of_text("\n"),
                            row->cells[COLUMN_NAME].text};
    struct hash hash = hash_of_parts(parts, ARRAY_LENGTH(parts));
    memcpy(code + 5, hex_text(bytes_of(hash.bytes, 8), hex, sizeof(hex)), sizeof(hex));
    return arena_copy(arena, bytes_of_text(code));
}

static void check_names(const struct import_row *row, struct import_complaints *complaints)
{
    if (!is_given(row, COLUMN_CODE) && !is_given(row, COLUMN_CREDIT_CODE) &&
        !is_bad(row, COLUMN_CODE) && !is_bad(row, COLUMN_CREDIT_CODE))
        import_complain_cell(row, COLUMN_CODE, "没有项目编号,也没有统一社会信用代码",
                             "请填写其中一个,以便认出这个项目 (no key)", complaints);
    if (!is_given(row, COLUMN_NAME) && !is_bad(row, COLUMN_NAME))
        import_complain_cell(row, COLUMN_NAME, "没有项目名称", "请填写 (no name)", complaints);
}

static void name_project(const struct import_context *context, struct import_row *row,
                         struct arena *arena)
{
    struct bytes code = row->cells[COLUMN_CODE].text;
    if (!is_given(row, COLUMN_CODE)) {
        if (is_bad(row, COLUMN_CODE) || !is_given(row, COLUMN_CREDIT_CODE) ||
            !is_given(row, COLUMN_NAME))
            return;
        code = made_code(row, arena);
    }
    struct bytes parts[] = {context->unit, bytes_of_text("/"), code};
    struct bytes label[] = {code, bytes_of_text(" "), row->cells[COLUMN_NAME].text};
    row->subject = import_join(arena, parts, ARRAY_LENGTH(parts));
    row->label = import_join(arena, label, ARRAY_LENGTH(label));
    row->key = code;
}

/* The cells that the event will say. 序号, 单位 and unknown columns may differ in equal trips. */
static void name_trip(const struct import_context *context, struct import_row *row,
                      struct arena *arena)
{
    static const enum ledger_column said[] = {COLUMN_LEADER_LEVEL, COLUMN_LEADER,      COLUMN_FROM,
                                              COLUMN_TO,           COLUMN_DESTINATION, COLUMN_FIRMS,
                                              COLUMN_LEADS};
    struct bytes parts[2 * ARRAY_LENGTH(said)];
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(said); i++) {
        parts[count++] = row->cells[said[i]].text;
        parts[count++] = bytes_of_text("\x1e");
    }
    struct bytes label[] = {row->cells[COLUMN_FROM].text, bytes_of_text(" "),
                            row->cells[COLUMN_DESTINATION].text};
    struct bytes prefix[] = {context->unit, bytes_of_text("/")};
    row->key = import_join(arena, parts, count);
    row->label = import_join(arena, label, ARRAY_LENGTH(label));
    row->subject = import_join(arena, prefix, ARRAY_LENGTH(prefix)); /* of the projects it served */
}

void import_row_occurrence(struct import_row *row, int64_t occurrence, struct arena *arena)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "#%lld", (long long)occurrence);
    struct bytes parts[] = {row->key, bytes_of_text(text)};
    row->key = import_join(arena, parts, ARRAY_LENGTH(parts));
    row->occurrence = occurrence;
}

static void check_list(const struct import_row *row, enum ledger_column column, struct arena *arena,
                       struct import_complaints *complaints)
{
    struct texts list;
    if (is_given(row, column) && ledger_cell_list(row->cells[column].text, arena, &list) != OK)
        import_complain_cell(row, column, "一格里太多或太长", "最多64个,每个不超过100字 (too many)",
                             complaints);
}

static void check_trip(const struct import_row *row, struct arena *arena,
                       struct import_complaints *complaints)
{
    const struct ledger_cell *cells = row->cells;
    if (!is_given(row, COLUMN_FROM) && !is_bad(row, COLUMN_FROM))
        import_complain_cell(row, COLUMN_FROM, "没有出发时间", "请填写 YYYY-MM-DD (no day)",
                             complaints);
    if (is_given(row, COLUMN_FROM) && is_given(row, COLUMN_TO) &&
        cells[COLUMN_TO].day < cells[COLUMN_FROM].day)
        import_complain_cell(row, COLUMN_TO, "早于出发时间", "请核对两个日期 (before it began)",
                             complaints);
    check_list(row, COLUMN_FIRMS, arena, complaints);
    check_list(row, COLUMN_LEADS, arena, complaints);
}

/* The key is read whatever the other cells are. */
static void read_cells(struct import_row *row, const struct csv_row *csv_row, struct arena *arena,
                       struct import_complaints *complaints)
{
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
        enum ledger_column column = (enum ledger_column)i;
        struct problem problem = {0};
        if (ledger_cell_read(row->sheet, csv_row, column, arena, &row->cells[i], &problem) == OK)
            continue;
        row->cells[i] = (struct ledger_cell){.state = CELL_BAD};
        import_complain(complaints, &problem);
    }
}

/* A cell beyond the header: a comma without quotes has pushed the others out of their columns. */
static enum err check_width(const struct ledger_sheet *sheet, const struct csv_row *csv_row,
                            struct problem *problem)
{
    for (size_t i = sheet->width; i < csv_row->count; i++) {
        if (bytes_trim(csv_row->cells[i]).size == 0)
            continue;
        problem_set(problem, "多出第%zu格,表头只有%zu列", i + 1, sheet->width);
        problem_remedy(problem, "含逗号的内容请加英文引号,如 \"1,234\" (too many cells)");
        return ERR_MALFORMED;
    }
    return OK;
}

enum err import_row_read(const struct import_context *context, const struct ledger_sheet *sheet,
                         const struct csv_row *csv_row, struct arena *arena, struct import_row *out,
                         struct import_complaints *complaints)
{
    struct problem problem = {0};
    *out = (struct import_row){.sheet = sheet, .number = csv_row->number};
    if (check_width(sheet, csv_row, &problem) != OK) {
        import_complain(complaints, &problem); /* of the cells, none stands in its own column */
        return ERR_MALFORMED;
    }
    read_cells(out, csv_row, arena, complaints);
    if (sheet->kind == LEDGER_TRIPS) {
        check_trip(out, arena, complaints);
        if (complaints->count == 0)
            name_trip(context, out, arena);
    } else {
        check_names(out, complaints);
        name_project(context, out, arena);
    }
    return complaints->count == 0 ? OK : ERR_MALFORMED;
}

size_t import_row_fields(const struct import_row *row, struct import_said out[IMPORT_FACTS_MAX])
{
    const struct import_fact *facts[IMPORT_FACTS_MAX];
    size_t count = import_facts_of(row, facts);
    for (size_t i = 0; i < count; i++) {
        char day[DAY_TEXT_SIZE] = "";
        if (facts[i]->has_day_field)
            day_text(row->cells[COLUMN_RECEIVED_ON].day, day);
        out[i] = (struct import_said){0};
        (void)snprintf(out[i].field, IMPORT_FIELD_SIZE, "%s%s%s", facts[i]->field, *day ? " " : "",
                       day);
    }
    return count;
}
