/* settings.c - see settings.h. A text is read twice: to judge all of it, then to take it. */
#include "base/settings.h"

#include <assert.h>
#include <inttypes.h>

struct line {
    struct bytes name, value;
    int number;
};

struct reading {
    const struct settings_table *table;
    const char *file_name;
    struct problem *problem;
    void *out; /* NULL: judge only */
};

/* Cuts a comment: # at the start of a line or of a value, or after a blank; so a value may hold
 * one inside, and every value that was read can be written again. */
static struct bytes without_comment(struct bytes line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '#' && (i == 0 || strchr(" \t=", line.data[i - 1])))
            return bytes_of(line.data, i);
    }
    return line;
}

static struct bytes take_line(struct bytes *text)
{
    const uint8_t *end = text->size > 0 ? memchr(text->data, '\n', text->size) : NULL;
    size_t size = end ? (size_t)(end - text->data) : text->size;
    struct bytes line = bytes_of(text->data, size);
    size += end ? 1 : 0;
    *text = size > 0 ? bytes_of(text->data + size, text->size - size) : BYTES_NONE;
    return bytes_trim(without_comment(line));
}

static const struct setting *find_row(const struct settings_table *table, struct bytes name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (bytes_equal_text(name, table->rows[i].name))
            return &table->rows[i];
    }
    return NULL;
}

static enum err parse_number(struct bytes text, int64_t *out)
{
    bool is_negative = text.size > 0 && text.data[0] == '-';
    uint64_t magnitude = 0;
    if (is_negative)
        text = bytes_of(text.data + 1, text.size - 1);
    enum err err = u64_parse(text, INT64_MAX, &magnitude);
    if (err == OK)
        *out = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return err;
}

/* Judges value, and stores it when out is not NULL. */
static enum err take_value(const struct setting *row, struct bytes value, void *out)
{
    if (row->type == SETTING_NUMBER) {
        int64_t number = 0;
        enum err err = parse_number(value, &number);
        if (err != OK)
            return err;
        if (number < row->min || number > row->max)
            return ERR_LIMIT;
        if (out)
            memcpy((char *)out + row->offset, &number, sizeof(number));
        return OK;
    }
    assert(row->max <= SETTING_TEXT_MAX);
    if (!bytes_are_utf8(value))
        return ERR_MALFORMED;
    if ((int64_t)value.size < row->min || (int64_t)value.size > row->max)
        return ERR_LIMIT;
    if (out)
        bytes_to_text(value, (char *)out + row->offset, SETTING_TEXT_MAX + 1);
    return OK;
}

void settings_default(const struct settings_table *table, void *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        enum err err = take_value(row, bytes_of_text(row->default_text), out);
        assert(err == OK); /* a table whose own default is out of range is a bug */
    }
}

static void describe_range(const struct setting *row, struct buffer *out)
{
    const char *noun = row->type == SETTING_NUMBER ? "number" : "text";
    const char *unit = row->type == SETTING_NUMBER ? row->unit : "bytes";
    buffer_add_format(out, "%s, %" PRId64 " to %" PRId64 "%s%s", noun, row->min, row->max,
                      *unit ? " " : "", unit);
}

static enum err complain_unknown(const struct reading *reading, const struct line *line)
{
    CLEANUP(buffer_release) struct buffer names = {0};
    char name[64];
    for (size_t i = 0; i < reading->table->count; i++)
        buffer_add_format(&names, "%s%s", i > 0 ? ", " : "", reading->table->rows[i].name);
    buffer_add(&names, bytes_of("", 1));
    problem_set(reading->problem, "%s, line %d: there is no setting \"%s\"", reading->file_name,
                line->number, bytes_to_text(line->name, name, sizeof(name)));
    problem_remedy(reading->problem, "The settings are: %s", (const char *)names.data);
    return ERR_MALFORMED;
}

static enum err complain_value(const struct reading *reading, const struct line *line,
                               const struct setting *row, enum err err)
{
    CLEANUP(buffer_release) struct buffer range = {0};
    char value[64];
    describe_range(row, &range);
    buffer_add(&range, bytes_of("", 1));
    problem_set(reading->problem, "%s, line %d: %s cannot be \"%s\"", reading->file_name,
                line->number, row->name, bytes_to_text(line->value, value, sizeof(value)));
    problem_remedy(reading->problem, "It must be: %s; for example: %s = %s",
                   (const char *)range.data, row->name, row->default_text);
    return err;
}

static enum err split_line(const struct reading *reading, struct bytes text, struct line *line)
{
    const uint8_t *equals = memchr(text.data, '=', text.size);
    if (!equals) {
        problem_set(reading->problem, "%s, line %d: no \"=\"", reading->file_name, line->number);
        problem_remedy(reading->problem, "Write \"name = value\", or # before a comment");
        return ERR_MALFORMED;
    }
    size_t at = (size_t)(equals - text.data);
    line->name = bytes_trim(bytes_of(text.data, at));
    line->value = bytes_trim(bytes_of(equals + 1, text.size - at - 1));
    return OK;
}

static enum err take_line_of(const struct reading *reading, struct bytes text, struct line *line,
                             int *first_lines)
{
    enum err err = split_line(reading, text, line);
    if (err != OK)
        return err;
    const struct setting *row = find_row(reading->table, line->name);
    if (!row)
        return complain_unknown(reading, line);
    int *first_line = &first_lines[row - reading->table->rows];
    if (*first_line != 0) {
        problem_set(reading->problem, "%s, line %d: %s was set before, in line %d",
                    reading->file_name, line->number, row->name, *first_line);
        problem_remedy(reading->problem, "Keep one of the two lines");
        return ERR_MALFORMED;
    }
    *first_line = line->number;
    err = take_value(row, line->value, reading->out);
    return err == OK ? OK : complain_value(reading, line, row, err);
}

static enum err take_text(const struct reading *reading, struct bytes text)
{
    CLEANUP(buffer_release) struct buffer seen = {0};
    size_t size = reading->table->count * sizeof(int);
    int *first_lines = (int *)(void *)buffer_extend(&seen, size);
    memset(first_lines, 0, size);
    if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        text = bytes_of(text.data + 3, text.size - 3); /* editors on Windows put a mark in front */
    for (int number = 1; text.size > 0; number++) {
        struct line line = {.number = number};
        struct bytes content = take_line(&text);
        if (content.size == 0)
            continue;
        enum err err = take_line_of(reading, content, &line, first_lines);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err settings_parse(const struct settings_table *table, const char *file_name,
                        struct bytes text, void *out, struct problem *problem)
{
    struct reading reading = {.table = table, .file_name = file_name, .problem = problem};
    enum err err = take_text(&reading, text);
    if (err != OK)
        return err;
    reading.out = out;
    return take_text(&reading, text);
}

void settings_template(const struct settings_table *table, const void *in, struct buffer *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        const char *field = (const char *)in + row->offset;
        buffer_add_format(out, "%s# %s\n# ", i > 0 ? "\n" : "", row->sentence);
        describe_range(row, out);
        buffer_add_format(out, "; default: %s\n%s = ", row->default_text, row->name);
        if (row->type == SETTING_NUMBER) {
            int64_t number = 0;
            memcpy(&number, field, sizeof(number));
            buffer_add_format(out, "%" PRId64 "\n", number);
        } else {
            buffer_add_format(out, "%s\n", field);
        }
    }
}
