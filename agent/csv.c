/* csv.c - see csv.h. A cell is borrowed as it stands; only doubled quotes make a copy. */
#include "agent/csv.h"

static bool take_bom(struct bytes *text)
{
    if (text->size < 3 || memcmp(text->data, "\xef\xbb\xbf", 3) != 0)
        return false;
    *text = bytes_of(text->data + 3, text->size - 3);
    return true;
}

void csv_init(struct csv *csv, struct bytes file)
{
    csv->rest = file;
    csv->row = 1;
    csv->line = 1;
    take_bom(&csv->rest);
}

static struct bytes drop(struct bytes text, size_t size)
{
    return bytes_of(text.data + size, text.size - size);
}

/* The size of the line end at the start of text: 0 when there is none. */
static size_t line_end(struct bytes text)
{
    if (text.size == 0)
        return 0;
    if (text.data[0] == '\n')
        return 1;
    if (text.data[0] != '\r')
        return 0;
    return text.size > 1 && text.data[1] == '\n' ? 2 : 1;
}

static enum err complain(const struct csv *csv, uint64_t line, enum err err, const char *what,
                         struct problem *problem)
{
    problem_set(problem, "第%llu行(文件第%llu行文字): %s", (unsigned long long)csv->row,
                (unsigned long long)line, what);
    problem_remedy(problem, "请改正此处,或在 WPS/Excel 中重新另存为“CSV UTF-8” (not a CSV row)");
    return err;
}

static struct bytes take_plain_cell(struct csv *csv)
{
    size_t size = 0;
    while (size < csv->rest.size && csv->rest.data[size] != ',' && csv->rest.data[size] != '\n' &&
           csv->rest.data[size] != '\r')
        size++;
    struct bytes cell = bytes_of(csv->rest.data, size);
    csv->rest = drop(csv->rest, size);
    return cell;
}

/* Doubled quotes become single ones. */
static enum err unescape(struct bytes quoted, struct arena *arena, struct bytes *out)
{
    uint8_t *to = arena_alloc(arena, quoted.size);
    if (!to)
        return ERR_LIMIT;
    size_t size = 0;
    for (size_t i = 0; i < quoted.size; i++) {
        to[size++] = quoted.data[i];
        i += quoted.data[i] == '"';
    }
    *out = bytes_of(to, size);
    return OK;
}

/* The opening quote is taken already; takes the closing one. */
static enum err take_quoted_cell(struct csv *csv, struct arena *arena, struct bytes *out,
                                 struct problem *problem)
{
    struct bytes text = csv->rest;
    uint64_t opened_at = csv->line;
    bool has_doubled = false;
    size_t size = 0;
    for (;;) {
        if (size > CSV_CELL_SIZE_MAX)
            return complain(csv, opened_at, ERR_LIMIT, "单元格过长,引号可能没有配对", problem);
        if (size == text.size)
            return complain(csv, opened_at, ERR_MALFORMED, "引号没有结束", problem);
        if (text.data[size] == '"') {
            if (size + 1 == text.size || text.data[size + 1] != '"')
                break;
            has_doubled = true;
            size++;
        }
        csv->line += text.data[size] == '\n';
        size++;
    }
    csv->rest = drop(text, size + 1);
    *out = bytes_of(text.data, size);
    if (has_doubled && unescape(*out, arena, out) != OK)
        return complain(csv, opened_at, ERR_LIMIT, "一行过长", problem);
    if (csv->rest.size > 0 && csv->rest.data[0] != ',' && line_end(csv->rest) == 0)
        return complain(csv, csv->line, ERR_MALFORMED, "引号之后还有文字", problem);
    return OK;
}

static enum err take_cell(struct csv *csv, struct arena *arena, struct bytes *out,
                          struct problem *problem)
{
    if (csv->rest.size > 0 && csv->rest.data[0] == '"') {
        csv->rest = drop(csv->rest, 1);
        return take_quoted_cell(csv, arena, out, problem);
    }
    *out = take_plain_cell(csv);
    if (out->size > CSV_CELL_SIZE_MAX)
        return complain(csv, csv->line, ERR_LIMIT, "单元格过长", problem);
    return OK;
}

enum err csv_next(struct csv *csv, struct arena *arena, struct csv_row *out,
                  struct problem *problem)
{
    if (csv->rest.size == 0)
        return ERR_NOT_FOUND;
    struct csv_row row = {.number = csv->row, .line = csv->line, .cells = csv->cells};
    for (;;) {
        if (row.count == CSV_CELLS_MAX)
            return complain(csv, csv->line, ERR_LIMIT, "多于256格", problem);
        TRY(take_cell(csv, arena, &csv->cells[row.count], problem));
        row.count++;
        if (csv->rest.size == 0 || csv->rest.data[0] != ',')
            break;
        csv->rest = drop(csv->rest, 1);
    }
    csv->rest = drop(csv->rest, line_end(csv->rest));
    csv->row++;
    csv->line++;
    *out = row;
    return OK;
}

static bool starts_with(struct bytes file, const char *magic, size_t size)
{
    return file.size >= size && memcmp(file.data, magic, size) == 0;
}

/* How many bytes at the start of a line are well-formed characters. */
static size_t good_prefix(struct bytes line)
{
    size_t good = 0;
    while (good < line.size) {
        size_t size = 1;
        while (size <= 4 && good + size <= line.size &&
               !bytes_are_utf8(bytes_of(line.data + good, size)))
            size++;
        if (size > 4 || good + size > line.size)
            break;
        good += size;
    }
    return good;
}

static enum err name_bad_byte(struct bytes file, struct problem *problem)
{
    uint64_t number = 1;
    for (size_t start = 0; start < file.size; number++) {
        const uint8_t *end = memchr(file.data + start, '\n', file.size - start);
        size_t size = end ? (size_t)(end - file.data) - start : file.size - start;
        struct bytes line = bytes_of(file.data + start, size);
        if (!bytes_are_utf8(line)) {
            size_t at = good_prefix(line);
            problem_set(problem,
                        "第%llu行第%zu字节(文件第%zu字节,0x%02x)不是 UTF-8 文字 (not UTF-8 text)",
                        (unsigned long long)number, at + 1, start + at + 1, line.data[at]);
            return ERR_MALFORMED;
        }
        start += size + 1;
    }
    return OK;
}

enum err csv_encoding_check(struct bytes file, struct problem *problem)
{
    bool is_archive = starts_with(file, "PK\x03\x04", 4);
    bool is_old_excel = starts_with(file, "\xd0\xcf\x11\xe0", 4);
    bool is_utf16 = starts_with(file, "\xff\xfe", 2) || starts_with(file, "\xfe\xff", 2);
    problem_remedy(problem, "请在 WPS/Excel 中另存为“CSV UTF-8(逗号分隔)(*.csv)”后重新导入 "
                            "(save it as CSV UTF-8)");
    if (file.size == 0 || bytes_trim(file).size == 0 || (take_bom(&file) && file.size == 0)) {
        problem_set(problem, "文件是空的 (empty file)");
        return ERR_MALFORMED;
    }
    if (is_archive || is_old_excel) {
        problem_set(problem, "这是 Excel 工作簿,不是 CSV (a workbook, not CSV)");
        return ERR_MALFORMED;
    }
    if (is_utf16) {
        problem_set(problem, "第1行第1字节: 这是 UTF-16 文字,不是 UTF-8 (UTF-16, not UTF-8)");
        return ERR_MALFORMED;
    }
    return bytes_are_utf8(file) ? OK : name_bad_byte(file, problem);
}
