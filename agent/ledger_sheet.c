/* ledger_sheet.c - see ledger_sheet.h. The words of the columns are data: a row of the table. */
#include "agent/ledger_sheet.h"

#define IN_PROJECTS LEDGER_PROJECTS
#define IN_TRIPS    LEDGER_TRIPS

const struct column ledger_columns[LEDGER_COLUMNS] = {
    [COLUMN_NUMBER] = {LEDGER_NONE, TYPE_NOTHING, "number", 0, {"序号"}},
    [COLUMN_UNIT] = {IN_TRIPS, TYPE_NOTHING, "unit", 0, {"单位", "部门"}},
    [COLUMN_CODE] = {IN_PROJECTS, TYPE_CODE, "code", 64, {"项目编号"}},
    [COLUMN_NAME] = {IN_PROJECTS, TYPE_TEXT, "name", TEXT_LINE, {"项目名称", "签约项目名称"}},
    [COLUMN_INVESTOR] = {IN_PROJECTS,
                         TYPE_TEXT,
                         "investor",
                         TEXT_LINE,
                         {"投资方", "投资方名称", "外来投资方", "投资主体"}},
    [COLUMN_CREDIT_CODE] =
        {IN_PROJECTS, TYPE_CREDIT_CODE, "credit_code", 18, {"统一社会信用代码", "信用代码"}},
    [COLUMN_PLACE] = {IN_PROJECTS, TYPE_TEXT, "place", TEXT_LINE, {"投资方所在地", "来源地"}},
    [COLUMN_INDUSTRY] = {IN_PROJECTS, TYPE_TEXT, "industry", TEXT_LINE, {"产业类别", "行业"}},
    [COLUMN_PARK] = {IN_PROJECTS, TYPE_TEXT, "park", TEXT_LINE, {"所属园区", "园区"}},
    [COLUMN_CONTENT] = {IN_PROJECTS, TYPE_TEXT, "content", TEXT_LONG, {"建设内容", "项目建设内容"}},
    [COLUMN_DOCUMENT] = {IN_PROJECTS, TYPE_DOCUMENT, "document", 0, {"协议类型"}},
    [COLUMN_TOTAL] = {IN_PROJECTS,
                      TYPE_MONEY,
                      "total",
                      0,
                      {"总投资", "总投资额", "计划总投资", "签约总投资额", "计划投资总额"}},
    [COLUMN_FIXED] = {IN_PROJECTS, TYPE_MONEY, "fixed", 0, {"固定资产投资", "固投", "固投金额"}},
    [COLUMN_SIGNED] = {IN_PROJECTS,
                       TYPE_DAY,
                       "signed",
                       0,
                       {"签约时间", "签约日期", "合同签约时间", "协议签订时间"}},
    [COLUMN_STARTED] = {IN_PROJECTS,
                        TYPE_DAY,
                        "started",
                        0,
                        {"开工时间", "开工日期", "实际开工时间", "实际开工日期"}},
    [COLUMN_COMPLETED] = {IN_PROJECTS,
                          TYPE_DAY,
                          "completed",
                          0,
                          {"竣工时间", "竣工日期", "实际竣工时间", "实际竣工日期"}},
    [COLUMN_PRODUCING] = {IN_PROJECTS,
                          TYPE_DAY,
                          "producing",
                          0,
                          {"投产时间", "投产日期", "实际投产时间", "实际投产日期"}},
    [COLUMN_TERMINATED] = {IN_PROJECTS, TYPE_DAY, "terminated", 0, {"终止时间", "终止日期"}},
    [COLUMN_RECEIVED] =
        {IN_PROJECTS, TYPE_MONEY, "received", 0, {"累计到位资金", "累计实际到资额", "累计到位"}},
    [COLUMN_ORIGIN] = {IN_PROJECTS, TYPE_ORIGIN, "origin", 0, {"资金来源"}},
    [COLUMN_RECEIVED_ON] =
        {IN_PROJECTS, TYPE_DAY, "received_on", 0, {"到位截止时间", "到位截止日期"}},
    [COLUMN_OBSTACLE] = {IN_PROJECTS, TYPE_TEXT, "obstacle", TEXT_LONG, {"存在问题"}},
    [COLUMN_RESPONSIBLE] = {IN_PROJECTS, TYPE_TEXT, "responsible", TEXT_LINE, {"责任单位"}},
    [COLUMN_SPONSOR] = {IN_PROJECTS, TYPE_TEXT, "sponsor", TEXT_LINE, {"包抓领导"}},
    [COLUMN_LEADER_LEVEL] =
        {IN_TRIPS, TYPE_LEADER_LEVEL, "leader_level", 0, {"带队领导类型", "招商领导类型"}},
    [COLUMN_LEADER] = {IN_TRIPS, TYPE_TEXT, "leader", TEXT_LINE, {"带队领导", "姓名"}},
    [COLUMN_FROM] = {IN_TRIPS, TYPE_DAY, "from", 0, {"出发时间", "出发日期"}},
    [COLUMN_TO] = {IN_TRIPS, TYPE_DAY, "to", 0, {"返回时间", "返回日期"}},
    [COLUMN_DESTINATION] = {IN_TRIPS, TYPE_TEXT, "destination", TEXT_LINE, {"目的地"}},
    [COLUMN_FIRMS] = {IN_TRIPS, TYPE_TEXT, "firms", TEXT_LONG, {"拜访企业", "拜访企业名称"}},
    [COLUMN_LEADS] = {IN_TRIPS, TYPE_TEXT, "leads", TEXT_LONG, {"对接项目编号"}},
};

void ledger_sheet_init(struct ledger_sheet *sheet)
{
    *sheet = (struct ledger_sheet){0};
    for (size_t i = 0; i < LEDGER_COLUMNS; i++)
        sheet->place[i] = -1;
}

static bool take(struct bytes *text, const char *word)
{
    size_t size = strlen(word);
    if (text->size < size || memcmp(text->data, word, size) != 0)
        return false;
    *text = bytes_of(text->data + size, text->size - size);
    return true;
}

static bool take_any(struct bytes *text, const char *const *words)
{
    for (; *words; words++) {
        if (take(text, *words))
            return true;
    }
    return false;
}

/* A header's name: what stands before a bracket, without blanks, line ends and the * of a form. */
static struct bytes header_name(struct bytes header, char *out, size_t out_size)
{
    static const char *const brackets[] = {"(", "（", "[", "［", "【", "〔", NULL};
    static const char *const noise[] = {" ", "\t", "\r", "\n", "\xe3\x80\x80", "*", NULL};
    size_t size = 0;
    while (header.size > 0 && size + 1 < out_size) {
        if (take_any(&header, noise))
            continue;
        if (take_any(&header, brackets))
            break;
        out[size++] = (char)header.data[0];
        header = bytes_of(header.data + 1, header.size - 1);
    }
    return bytes_of(out, size);
}

static bool is_called(const struct column *column, struct bytes name)
{
    for (size_t i = 0; i < COLUMN_NAMES_MAX && column->names[i]; i++) {
        if (bytes_equal_text(name, column->names[i]))
            return true;
    }
    return false;
}

/* LEDGER_COLUMNS: no column of ours. 单位 stands in other ledgers too: the kind decides later. */
static enum ledger_column column_of_header(struct bytes header)
{
    char text[HEADER_TEXT_MAX];
    struct bytes name = header_name(header, text, sizeof(text));
    size_t at = 0;
    while (at < LEDGER_COLUMNS && !is_called(&ledger_columns[at], name))
        at++;
    return (enum ledger_column)at;
}

static void join_name(char *list, size_t list_size, struct bytes name)
{
    char text[HEADER_TEXT_MAX];
    struct buffer joined = {0};
    bytes_to_text(name, text, sizeof(text));
    buffer_add_format(&joined, "%s%s“%s”", list, *list ? "、" : "", text);
    bytes_to_text(buffer_bytes(&joined), list, list_size);
    buffer_release(&joined);
}

static bool has(const struct ledger_sheet *sheet, enum ledger_column column)
{
    return sheet->place[column] >= 0;
}

static void need(struct ledger_sheet *sheet, bool is_there, const char *name)
{
    if (!is_there)
        join_name(sheet->missing, sizeof(sheet->missing), bytes_of_text(name));
}

/* Sets kind, or says in missing what the row lacks to be one. */
static void judge_header(struct ledger_sheet *sheet)
{
    bool has_trip = has(sheet, COLUMN_FROM) || has(sheet, COLUMN_LEADER_LEVEL);
    bool has_project = has(sheet, COLUMN_NAME) || has(sheet, COLUMN_CODE);
    sheet->missing[0] = '\0';
    if (has_trip && !has_project) {
        need(sheet, has(sheet, COLUMN_FROM), "出发时间");
        need(sheet, has(sheet, COLUMN_DESTINATION), "目的地");
        sheet->kind = sheet->missing[0] ? LEDGER_NONE : LEDGER_TRIPS;
    } else if (has_project) {
        bool has_key = has(sheet, COLUMN_CODE) || has(sheet, COLUMN_CREDIT_CODE);
        need(sheet, has_key, "项目编号");
        need(sheet, has(sheet, COLUMN_NAME), "项目名称");
        need(sheet, has(sheet, COLUMN_SIGNED), "签约时间");
        sheet->kind = sheet->missing[0] ? LEDGER_NONE : LEDGER_PROJECTS;
    }
}

static void note_column(struct ledger_sheet *sheet, size_t place, struct bytes header)
{
    enum ledger_column column = column_of_header(header);
    if (column == LEDGER_COLUMNS || has(sheet, column)) {
        join_name(sheet->unknown, sizeof(sheet->unknown), bytes_trim(header));
        return;
    }
    sheet->place[column] = (int)place;
    bytes_to_text(bytes_trim(header), sheet->header[column], HEADER_TEXT_MAX);
    sheet->has_unit[column] = money_unit_of_header(header, &sheet->unit[column]) == OK;
    if (!sheet->has_unit[column] && sheet->has_title_unit) {
        sheet->has_unit[column] = true;
        sheet->unit[column] = sheet->title_unit;
    }
}

/* A project ledger has no trip columns and the other way round: those are not taken. */
static void drop_other_kind(struct ledger_sheet *sheet)
{
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
        enum ledger_kind kind = ledger_columns[i].kind;
        if (sheet->place[i] < 0 || kind == LEDGER_NONE || kind == sheet->kind)
            continue;
        join_name(sheet->unknown, sizeof(sheet->unknown), bytes_of_text(sheet->header[i]));
        sheet->place[i] = -1;
    }
}

static bool try_header(struct ledger_sheet *sheet, const struct csv_row *row)
{
    struct ledger_sheet attempt;
    ledger_sheet_init(&attempt);
    attempt.has_title_unit = sheet->has_title_unit;
    attempt.title_unit = sheet->title_unit;
    attempt.rows_seen = sheet->rows_seen;
    attempt.width = row->count;
    for (size_t i = 0; i < row->count; i++) {
        if (bytes_trim(row->cells[i]).size > 0)
            note_column(&attempt, i, row->cells[i]);
    }
    judge_header(&attempt);
    if (attempt.kind == LEDGER_NONE) {
        if (attempt.missing[0] && !sheet->missing[0])
            memcpy(sheet->missing, attempt.missing, sizeof(sheet->missing));
        return false;
    }
    drop_other_kind(&attempt);
    *sheet = attempt;
    return true;
}

static size_t filled_cells(const struct csv_row *row)
{
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++)
        count += bytes_trim(row->cells[i]).size > 0;
    return count;
}

static void note_title(struct ledger_sheet *sheet, const struct csv_row *row)
{
    for (size_t i = 0; i < row->count && !sheet->has_title_unit; i++) {
        if (memmem(row->cells[i].data, row->cells[i].size, "单位", strlen("单位")))
            sheet->has_title_unit = money_unit_of_header(row->cells[i], &sheet->title_unit) == OK;
    }
}

static bool is_total(struct bytes cell)
{
    static const char *const words[] = {"合计", "小计", "总计", "共计", "累计", NULL};
    char text[HEADER_TEXT_MAX];
    struct bytes name = header_name(cell, text, sizeof(text));
    return take_any(&name, words);
}

/* 合计 in the first filled cell, or alone in the cell of the name behind a 序号. */
static bool is_total_row(const struct ledger_sheet *sheet, const struct csv_row *row)
{
    size_t first = 0;
    while (first < row->count && bytes_trim(row->cells[first]).size == 0)
        first++;
    if (first < row->count && is_total(row->cells[first]))
        return true;
    bool is_trips = sheet->kind == LEDGER_TRIPS;
    struct bytes name = ledger_sheet_cell(sheet, row, is_trips ? COLUMN_UNIT : COLUMN_NAME);
    struct bytes day = ledger_sheet_cell(sheet, row, is_trips ? COLUMN_FROM : COLUMN_SIGNED);
    return day.size == 0 && is_total(name);
}

static bool is_header_again(const struct ledger_sheet *sheet, const struct csv_row *row)
{
    enum ledger_column column = sheet->kind == LEDGER_TRIPS ? COLUMN_FROM : COLUMN_SIGNED;
    return bytes_equal_text(ledger_sheet_cell(sheet, row, column), sheet->header[column]);
}

enum sheet_verdict ledger_sheet_on_row(struct ledger_sheet *sheet, const struct csv_row *row)
{
    size_t filled = filled_cells(row);
    if (filled == 0)
        return SHEET_BLANK;
    if (sheet->kind == LEDGER_NONE) {
        if (try_header(sheet, row))
            return SHEET_HEADER;
        note_title(sheet, row);
        return ++sheet->rows_seen < SHEET_HEADER_ROWS_MAX ? SHEET_TITLE : SHEET_NO_LEDGER;
    }
    if (is_total_row(sheet, row))
        return SHEET_TOTAL;
    /* A footnote, a section's title, or a line that has its number and waits to be filled in. */
    if (filled == 1 && bytes_trim(row->cells[0]).size > 0)
        return SHEET_TITLE;
    return is_header_again(sheet, row) ? SHEET_TITLE : SHEET_DATA;
}

void ledger_sheet_explain(const struct ledger_sheet *sheet, struct problem *problem)
{
    if (sheet->missing[0])
        problem_set(problem, "表头缺少列%s (the header lacks a column)", sheet->missing);
    else
        problem_set(problem, "前%d行里没有台账的表头 (no header of a ledger)",
                    (int)SHEET_HEADER_ROWS_MAX);
    problem_remedy(problem, "项目台账须有“项目编号”(或“统一社会信用代码”)、“项目名称”、“签约时间”;"
                            "外出招商台账须有“出发时间”、“目的地”");
}

struct bytes ledger_sheet_cell(const struct ledger_sheet *sheet, const struct csv_row *row,
                               enum ledger_column column)
{
    int place = sheet->place[column];
    if (place < 0 || (size_t)place >= row->count)
        return BYTES_NONE;
    return bytes_trim(row->cells[place]);
}
