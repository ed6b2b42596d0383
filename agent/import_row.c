/* import_row.c - reads a row's cells and works out how it is called; see import.h. */
#include <stdio.h>

#include "agent/import_memory.h"

static bool is_given(const struct import_row *row, enum ledger_column column)
{
    return row->cells[column].state == CELL_GIVEN;
}

static enum err refuse_cell(const struct import_row *row, enum ledger_column column,
                            const char *what, const char *remedy, struct problem *problem)
{
    ledger_cell_complain(row->sheet, column, row->cells[column].text, what, problem);
    problem_remedy(problem, "%s", remedy);
    return ERR_MALFORMED;
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

static enum err name_project(const struct import_context *context, struct import_row *row,
                             struct arena *arena, struct problem *problem)
{
    bool has_code = is_given(row, COLUMN_CODE);
    const struct ledger_cell *name = &row->cells[COLUMN_NAME];
    struct bytes code = row->cells[COLUMN_CODE].text;
    if (!has_code && !is_given(row, COLUMN_CREDIT_CODE))
        return refuse_cell(row, COLUMN_CODE, "没有项目编号,也没有统一社会信用代码",
                           "请填写其中一个,以便认出这个项目 (no key)", problem);
    if (name->state == CELL_GIVEN && !has_code)
        code = made_code(row, arena);
    struct bytes parts[] = {context->unit, bytes_of_text("/"), code};
    struct bytes label[] = {code, bytes_of_text(" "), name->text};
    row->subject = import_join(arena, parts, ARRAY_LENGTH(parts));
    row->label = import_join(arena, label, ARRAY_LENGTH(label));
    row->key = code;
    if (name->state == CELL_GIVEN)
        return OK;
    if (!has_code)
        row->key = BYTES_NONE;
    return refuse_cell(row, COLUMN_NAME, "没有项目名称", "请填写 (no name)", problem);
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

static enum err check_list(const struct import_row *row, enum ledger_column column,
                           struct arena *arena, struct problem *problem)
{
    struct texts list;
    if (!is_given(row, column) || ledger_cell_list(row->cells[column].text, arena, &list) == OK)
        return OK;
    return refuse_cell(row, column, "一格里太多或太长", "最多64个,每个不超过100字 (too many)",
                       problem);
}

static enum err check_trip(const struct import_row *row, struct arena *arena,
                           struct problem *problem)
{
    const struct ledger_cell *cells = row->cells;
    if (!is_given(row, COLUMN_FROM))
        return refuse_cell(row, COLUMN_FROM, "没有出发时间", "请填写 YYYY-MM-DD (no day)", problem);
    if (is_given(row, COLUMN_TO) && cells[COLUMN_TO].day < cells[COLUMN_FROM].day)
        return refuse_cell(row, COLUMN_TO, "早于出发时间", "请核对两个日期 (before it began)",
                           problem);
    TRY(check_list(row, COLUMN_FIRMS, arena, problem));
    return check_list(row, COLUMN_LEADS, arena, problem);
}

static enum err read_cells(struct import_row *row, const struct csv_row *csv_row,
                           struct arena *arena, struct problem *problem)
{
    enum err worst = OK;
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
        enum ledger_column column = (enum ledger_column)i;
        struct problem mine = {0};
        enum err err = ledger_cell_read(row->sheet, csv_row, column, arena, &row->cells[i], &mine);
        if (err == OK ||
            worst != OK) /* the first bad cell is named; the key is read all the same */
            continue;
        worst = err;
        *problem = mine;
    }
    return worst;
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
                         struct problem *problem)
{
    *out = (struct import_row){.sheet = sheet, .number = csv_row->number};
    TRY(check_width(sheet, csv_row, problem));
    enum err cells = read_cells(out, csv_row, arena, problem);
    if (sheet->kind == LEDGER_TRIPS) {
        TRY(cells);
        TRY(check_trip(out, arena, problem));
        name_trip(context, out, arena);
        return OK;
    }
    struct problem mine = {0};
    enum err named = name_project(context, out, arena, &mine);
    if (cells == OK && named != OK)
        *problem = mine;
    return cells == OK ? named : cells;
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
