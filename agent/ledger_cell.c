/* ledger_cell.c - see ledger_cell.h. The words that localities use are rows of tables. */
#include "agent/ledger_cell.h"

#include <stdio.h>

#include "ledger/event/schema.h"

enum {
    SHOWN_SIZE_MAX = 96,
    CANONICAL_SIZE_MAX = 160,
    MONEY_TEXT_MAX = 100, /* money_parse takes no longer ones */
    DAY_EARLIEST = -7397, /* 1949-10-01 */
};

struct keyword {
    const char *part; /* of the cell's text */
    int32_t word;
};

/* First match counts: 补充合同 is no 合同. */
static const struct keyword documents[] = {
    {"补充", DOCUMENT_SUPPLEMENT}, {"意向", DOCUMENT_INTENT},   {"框架", DOCUMENT_FRAMEWORK},
    {"合同", DOCUMENT_CONTRACT},   {"正式", DOCUMENT_CONTRACT}, {NULL, 0},
};

/* 市外省内 before 省外 and 市外: the longer word is the narrower class (contract 6.3). */
static const struct keyword origins[] = {
    {"市外省内", ORIGIN_OUT_OF_CITY_IN_PROVINCE},
    {"省内市外", ORIGIN_OUT_OF_CITY_IN_PROVINCE},
    {"县际", ORIGIN_INTER_COUNTY},
    {"省外", ORIGIN_OUT_OF_PROVINCE},
    {"境外", ORIGIN_OVERSEAS},
    {"外资", ORIGIN_OVERSEAS},
    {"市外", ORIGIN_OUT_OF_CITY},
    {"本地", ORIGIN_LOCAL},
    {NULL, 0},
};

static const struct keyword leader_levels[] = {
    {"市党政", LEADER_LEVEL_CITY_PRINCIPAL}, {"市领导", LEADER_LEVEL_CITY_LEADER},
    {"市级", LEADER_LEVEL_CITY_LEADER},      {"党政主", LEADER_LEVEL_COUNTY_PRINCIPAL},
    {"县区", LEADER_LEVEL_COUNTY_LEADER},    {"县级", LEADER_LEVEL_COUNTY_LEADER},
    {"区领导", LEADER_LEVEL_COUNTY_LEADER},  {"县领导", LEADER_LEVEL_COUNTY_LEADER},
    {"局长", LEADER_LEVEL_BUREAU_HEAD},      {"部门", LEADER_LEVEL_BUREAU_HEAD},
    {"小分队", LEADER_LEVEL_TEAM},           {NULL, 0},
};

/* Narrower words first: 土地指标 is a quota, 土地 is land. */
static const struct keyword obstacles[] = {
    {"土地指标", OBSTACLE_LAND_QUOTA},
    {"用地指标", OBSTACLE_LAND_QUOTA},
    {"产能", OBSTACLE_CAPACITY_QUOTA},
    {"能耗", OBSTACLE_ENERGY_QUOTA},
    {"能评", OBSTACLE_ENERGY_QUOTA},
    {"环评", OBSTACLE_ENVIRONMENT},
    {"环保", OBSTACLE_ENVIRONMENT},
    {"安评", OBSTACLE_SAFETY},
    {"安全", OBSTACLE_SAFETY},
    {"供电", OBSTACLE_POWER},
    {"用电", OBSTACLE_POWER},
    {"电力", OBSTACLE_POWER},
    {"供水", OBSTACLE_WATER},
    {"用水", OBSTACLE_WATER},
    {"供气", OBSTACLE_GAS},
    {"燃气", OBSTACLE_GAS},
    {"污水", OBSTACLE_SEWAGE_WASTE},
    {"固废", OBSTACLE_SEWAGE_WASTE},
    {"物流", OBSTACLE_LOGISTICS_COST},
    {"融资", OBSTACLE_FINANCING},
    {"贷款", OBSTACLE_FINANCING},
    {"资金", OBSTACLE_INVESTOR_FUNDS},
    {"土地", OBSTACLE_LAND},
    {"用地", OBSTACLE_LAND},
    {"征地", OBSTACLE_LAND},
    {"拆迁", OBSTACLE_LAND},
    {"规划", OBSTACLE_PLANNING},
    {"招投标", OBSTACLE_BIDDING},
    {"招标", OBSTACLE_BIDDING},
    {"审批", OBSTACLE_APPROVAL},
    {"手续", OBSTACLE_APPROVAL},
    {"政策", OBSTACLE_POLICY_HONOUR},
    {"用工", OBSTACLE_LABOUR},
    {"人才", OBSTACLE_LABOUR},
    {"市场", OBSTACLE_MARKET},
    {NULL, 0},
};

static int32_t word_of(const struct keyword *words, struct bytes text)
{
    for (; words->part; words++) {
        if (text.size > 0 && memmem(text.data, text.size, words->part, strlen(words->part)))
            return words->word;
    }
    return 0;
}

int32_t obstacle_of_text(struct bytes text)
{
    int32_t word = word_of(obstacles, text);
    return word ? word : OBSTACLE_OTHER;
}

static bool is_one_of(struct bytes text, const char *const *words)
{
    for (; *words; words++) {
        if (bytes_equal_text(text, *words))
            return true;
    }
    return false;
}

static bool take(struct bytes *text, const char *word)
{
    size_t size = strlen(word);
    if (text->size < size || memcmp(text->data, word, size) != 0)
        return false;
    *text = bytes_of(text->data + size, text->size - size);
    return true;
}

/* Nothing but signs of a mask: "X", "**". A name may well contain an X. */
static bool is_masked(struct bytes text)
{
    static const char *const words[] = {"待定", "未定", "保密", "不详", NULL};
    static const char *const signs[] = {"X", "x", "*", "×", "＊", "Ｘ", "ｘ", "○", "□", "?", "？"};
    if (is_one_of(text, words))
        return true;
    bool has_sign = false;
    while (text.size > 0) {
        size_t i = 0;
        while (i < ARRAY_LENGTH(signs) && !take(&text, signs[i]))
            i++;
        if (i == ARRAY_LENGTH(signs))
            return false;
        has_sign = true;
    }
    return has_sign;
}

void ledger_cell_complain(const struct ledger_sheet *sheet, enum ledger_column column,
                          struct bytes shown, const char *what, struct problem *problem)
{
    const char *header = sheet->header[column];
    char text[SHOWN_SIZE_MAX];
    if (!*header) /* the file has no such column: what we call it */
        header = ledger_columns[column].names[0];
    bytes_to_text(shown, text, sizeof(text));
    for (char *at = text; *at; at++) {
        if (*at > 0 && *at < ' ')
            *at = ' '; /* a complaint is one line */
    }
    if (*text)
        problem_set(problem, "列“%s”: “%s” %s", header, text, what);
    else
        problem_set(problem, "列“%s”: %s", header, what);
}

/* One cell on its way: what a reader of its type needs. */
struct reading {
    const struct ledger_sheet *sheet;
    enum ledger_column column;
    struct arena *arena;
    struct problem *problem;
};

static enum err refuse(const struct reading *reading, struct bytes text, const char *what,
                       const char *remedy)
{
    ledger_cell_complain(reading->sheet, reading->column, text, what, reading->problem);
    problem_remedy(reading->problem, "%s", remedy);
    return ERR_MALFORMED;
}

static enum err read_day(const struct reading *reading, struct ledger_cell *cell)
{
    if (day_parse(cell->text, &cell->day) != OK)
        return refuse(reading, cell->text, "不是日期", "请改为 YYYY-MM-DD (not a date)");
    if (cell->day == DAY_NONE) { /* 1970-01-01: a program's word for "no day" (domain.md 4.2) */
        *cell = (struct ledger_cell){0};
        return OK;
    }
    if (cell->day < DAY_EARLIEST)
        return refuse(reading, cell->text, "早于1949-10-01", "请核对年份 (too early)");
    return OK;
}

static const char *unit_word(enum money_unit unit)
{
    static const char *const words[] = {"元", "万元", "亿元", "美元", "万美元", "亿美元"};
    return words[unit];
}

/* The cell names its unit itself, "1.2亿元". */
static bool has_own_unit(struct bytes text)
{
    static const struct keyword parts[] = {{"亿", 1}, {"万", 1},   {"千", 1},   {"百", 1},
                                           {"元", 1}, {"美金", 1}, {"港币", 1}, {NULL, 0}};
    return word_of(parts, text) != 0;
}

static enum err read_money(const struct reading *reading, struct ledger_cell *cell)
{
    const struct ledger_sheet *sheet = reading->sheet;
    enum ledger_column column = reading->column;
    struct problem why = {0};
    struct bytes text = cell->text;
    if (money_parse(text, sheet->unit[column], &cell->money, &why) != OK) {
        ledger_cell_complain(sheet, column, BYTES_NONE, why.text, reading->problem);
        problem_remedy(reading->problem, "%s", why.remedy);
        return ERR_MALFORMED;
    }
    if (cell->money.text.size == 0) { /* a null shape */
        *cell = (struct ledger_cell){0};
        return OK;
    }
    bool has_unit = has_own_unit(text);
    if (cell->money.has_value && !has_unit && !sheet->has_unit[column])
        return refuse(reading, text, "没有单位",
                      "请在表头写明单位,如“总投资(亿元)”,或在格内写“1.2亿元” (no unit)");
    cell->state = cell->money.has_value ? CELL_GIVEN : CELL_MASKED;
    if (has_unit || !sheet->has_unit[column])
        return OK;
    char joined[2 * MONEY_TEXT_MAX];
    (void)snprintf(joined, sizeof(joined), "%.*s%s", (int)text.size, (const char *)text.data,
                   unit_word(sheet->unit[column]));
    cell->text = cell->money.text = arena_copy(reading->arena, bytes_of_text(joined));
    return OK;
}

static enum err read_word(const struct reading *reading, enum column_type type,
                          struct ledger_cell *cell)
{
    if (type == TYPE_DOCUMENT) {
        cell->word = word_of(documents, cell->text);
        return cell->word ? OK
                          : refuse(reading, cell->text, "不认识",
                                   "请改为 正式合同、框架协议、意向协议 或 补充协议 (unknown "
                                   "kind of agreement)");
    }
    if (type == TYPE_ORIGIN) {
        cell->word = word_of(origins, cell->text);
        return cell->word
                   ? OK
                   : refuse(reading, cell->text, "不认识",
                            "请改为 省外、市外省内、市内县际、境外、市外 或 本地 (unknown origin)");
    }
    cell->word = word_of(leader_levels, cell->text);
    if (!cell->word)
        cell->word = LEADER_LEVEL_OTHER;
    return OK;
}

static enum err read_credit_code(const struct reading *reading, struct ledger_cell *cell)
{
    bool is_good = cell->text.size == 18;
    for (size_t i = 0; i < cell->text.size && is_good; i++) {
        uint8_t byte = cell->text.data[i];
        is_good = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z');
    }
    if (is_good)
        return OK;
    if (memchr(cell->text.data, '*', cell->text.size)) { /* 9133****X: partly held back */
        cell->state = CELL_MASKED;
        return OK;
    }
    return refuse(reading, cell->text, "不是18位统一社会信用代码",
                  "请核对,不知道时留空 (18 digits and capital letters)");
}

static enum err read_code(const struct reading *reading, const struct ledger_cell *cell)
{
    char key[SUBJECT_TEXT_MAX + 1] = "10/";
    bool is_short = cell->text.size <= ledger_columns[reading->column].limit;
    if (is_short)
        memcpy(key + 3, cell->text.data, cell->text.size);
    if (is_short && subject_is_valid(bytes_of(key, 3 + cell->text.size)))
        return OK;
    return refuse(reading, cell->text, "不能作项目编号",
                  "请改为1到64字节,不含空格和“/” (not a project code)");
}

static enum err read_given(const struct reading *reading, struct ledger_cell *cell)
{
    const struct column *column = &ledger_columns[reading->column];
    switch (column->type) {
    case TYPE_NOTHING:
        return OK;
    case TYPE_TEXT:
        if (cell->text.size <= column->limit)
            return OK;
        return refuse(reading, cell->text, "太长",
                      column->limit > TEXT_LINE ? "最多6000字节 (too long)"
                                                : "最多300字节,约100字 (too long)");
    case TYPE_CODE:
        return read_code(reading, cell);
    case TYPE_CREDIT_CODE:
        return read_credit_code(reading, cell);
    case TYPE_DAY:
        return read_day(reading, cell);
    case TYPE_MONEY:
        return read_money(reading, cell);
    case TYPE_DOCUMENT:
    case TYPE_ORIGIN:
    case TYPE_LEADER_LEVEL:
        return read_word(reading, column->type, cell);
    }
    return OK;
}

enum err ledger_cell_read(const struct ledger_sheet *sheet, const struct csv_row *row,
                          enum ledger_column column, struct arena *arena, struct ledger_cell *out,
                          struct problem *problem)
{
    static const char *const nulls[] = {"",  "-",  "--", "—",    "——",   "－",
                                        "/", "无", "空", "null", "NULL", NULL};
    struct reading reading = {sheet, column, arena, problem};
    struct ledger_cell cell = {.text = ledger_sheet_cell(sheet, row, column)};
    if (is_one_of(cell.text, nulls)) {
        *out = (struct ledger_cell){0};
        return OK;
    }
    bool is_money = ledger_columns[column].type == TYPE_MONEY;
    cell.state = is_masked(cell.text) ? CELL_MASKED : CELL_GIVEN;
    if (cell.state == CELL_GIVEN || is_money)
        TRY(read_given(&reading, &cell));
    *out = cell;
    return OK;
}

struct bytes ledger_cell_canonical(enum ledger_column column, const struct ledger_cell *cell,
                                   struct arena *arena)
{
    enum column_type type = ledger_columns[column].type;
    char text[CANONICAL_SIZE_MAX] = "";
    if (type == TYPE_MONEY && cell->money.has_value)
        (void)snprintf(text, sizeof(text), "%s %lld", cell->money.currency,
                       (long long)cell->money.value);
    else if (type == TYPE_MONEY && cell->state == CELL_MASKED)
        return cell->money.text;
    else if (cell->state != CELL_GIVEN)
        return BYTES_NONE;
    else if (type == TYPE_DAY)
        day_text(cell->day, text);
    else if (type == TYPE_DOCUMENT || type == TYPE_ORIGIN)
        (void)snprintf(text, sizeof(text), "%d", cell->word);
    else
        return cell->text;
    return arena_copy(arena, bytes_of_text(text));
}

enum err ledger_cell_restore(enum ledger_column column, struct bytes canonical, struct bytes text,
                             struct ledger_cell *out)
{
    enum column_type type = ledger_columns[column].type;
    struct ledger_cell cell = {.state = CELL_GIVEN, .text = text};
    uint64_t number = 0;
    if (type == TYPE_DAY) {
        TRY(day_parse(canonical, &cell.day));
    } else if (type == TYPE_DOCUMENT || type == TYPE_ORIGIN) {
        TRY(u64_parse(canonical, INT32_MAX, &number));
        cell.word = (int32_t)number;
    } else if (type == TYPE_MONEY) {
        cell.money.text = text;
        struct bytes digits = canonical;
        bool has_value = canonical.size > 4 && canonical.data[3] == ' ';
        if (has_value)
            digits = bytes_of(canonical.data + 4, canonical.size - 4);
        cell.state = CELL_MASKED;
        if (has_value && u64_parse(digits, INT64_MAX, &number) == OK) {
            bytes_to_text(bytes_of(canonical.data, 3), cell.money.currency, 4);
            cell.money.value = (int64_t)number;
            cell.money.has_value = true;
            cell.state = CELL_GIVEN;
        }
    }
    *out = cell;
    return OK;
}

static bool take_separator(struct bytes *text)
{
    static const char *const separators[] = {"；", ";", "、", ",", "，", "\n", "\r", NULL};
    for (size_t i = 0; separators[i]; i++) {
        if (take(text, separators[i]))
            return true;
    }
    return false;
}

enum err ledger_cell_list(struct bytes text, struct arena *arena, struct texts *out)
{
    struct texts list = {arena_alloc(arena, LIST_ITEMS * sizeof(struct bytes)), 0};
    if (!list.items)
        return ERR_LIMIT;
    while (text.size > 0) {
        struct bytes rest = text;
        size_t size = 0;
        while (rest.size > 0 && !take_separator(&rest)) {
            rest = bytes_of(rest.data + 1, rest.size - 1);
            size++;
        }
        struct bytes item = bytes_trim(bytes_of(text.data, size));
        text = rest;
        if (item.size == 0)
            continue;
        if (list.count == LIST_ITEMS || item.size > TEXT_LINE)
            return ERR_LIMIT;
        list.items[list.count++] = item;
    }
    *out = list;
    return OK;
}
