/* json_value.c - RFC 8259 without recursion, less fractions and exponents; see json_value.h. */
#include "ledger/view/json_value.h"

struct reader {
    struct bytes text;
    size_t at, line;
    struct arena *arena;
    struct problem *problem;
};

static enum err complain(const struct reader *reader, const char *what)
{
    problem_set(reader->problem, "line %zu: %s", reader->line, what);
    problem_remedy(reader->problem, "correct the JSON text there");
    return ERR_MALFORMED;
}

static enum err complain_large(const struct reader *reader)
{
    problem_set(reader->problem, "the JSON text is too large");
    problem_remedy(reader->problem, "give less than %d kB", JSON_TEXT_SIZE_MAX >> 10);
    return ERR_LIMIT;
}

/* 0 at the end: a NUL is no JSON outside a text, and none inside one either. */
static uint8_t peek(const struct reader *reader)
{
    return reader->at < reader->text.size ? reader->text.data[reader->at] : 0;
}

static void skip_blanks(struct reader *reader)
{
    for (;; reader->at++) {
        uint8_t byte = peek(reader);
        if (byte == '\n')
            reader->line++;
        else if (byte != ' ' && byte != '\t' && byte != '\r')
            return;
    }
}

static bool take(struct reader *reader, uint8_t byte)
{
    skip_blanks(reader);
    if (peek(reader) != byte)
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, const char *word)
{
    size_t size = strlen(word);
    if (reader->text.size - reader->at < size ||
        memcmp(reader->text.data + reader->at, word, size) != 0)
        return false;
    reader->at += size;
    return true;
}

static enum err read_number(struct reader *reader, int64_t *out)
{
    bool negative = peek(reader) == '-';
    reader->at += negative;
    size_t start = reader->at;
    while (peek(reader) >= '0' && peek(reader) <= '9')
        reader->at++;
    struct bytes digits = bytes_of(reader->text.data + start, reader->at - start);
    uint8_t after = peek(reader);
    if (after == '.' || after == 'e' || after == 'E')
        return complain(reader, "a number with a fraction or an exponent; whole numbers only");
    uint64_t value = 0;
    if (digits.size == 0 || (digits.size > 1 && digits.data[0] == '0') ||
        u64_parse(digits, INT64_MAX, &value) != OK)
        return complain(reader, "not a whole number of at most 19 digits");
    *out = negative ? -(int64_t)value : (int64_t)value;
    return OK;
}

static enum err read_hex4(struct reader *reader, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = peek(reader);
        const char *digit = byte ? strchr(digits, byte) : NULL;
        if (!digit)
            return complain(reader, "\\u wants four hexadecimal digits");
        value = value * 16 + (uint32_t)(digit - digits) % 16;
        reader->at++;
    }
    *out = value;
    return OK;
}

static size_t put_utf8(uint32_t point, uint8_t *out)
{
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (uint8_t)(lead[size] | point);
    return size;
}

static enum err read_escape(struct reader *reader, uint8_t *out, size_t *size)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint8_t byte = peek(reader);
    reader->at++;
    if (byte != 'u') {
        const char *name = byte ? strchr(names, byte) : NULL;
        if (!name)
            return complain(reader, "an unknown escape in a text");
        out[(*size)++] = (uint8_t)values[name - names];
        return OK;
    }
    uint32_t point = 0, low = 0;
    TRY(read_hex4(reader, &point));
    if (point >= 0xd800 && point < 0xdc00 && take_word(reader, "\\u")) {
        TRY(read_hex4(reader, &low));
        if (low < 0xdc00 || low > 0xdfff)
            return complain(reader, "half a surrogate pair");
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    if (point == 0 || (point >= 0xd800 && point < 0xe000))
        return complain(reader, "an escape that is no character");
    *size += put_utf8(point, out + *size);
    return OK;
}

/* An escape is never shorter than what it stands for, so the text as written is room enough. */
static enum err read_text(struct reader *reader, struct bytes *out)
{
    size_t end = reader->at;
    while (end < reader->text.size && reader->text.data[end] != '"')
        end += reader->text.data[end] == '\\' ? 2 : 1;
    if (end >= reader->text.size)
        return complain(reader, "a text without its closing quote");
    uint8_t *copy = arena_alloc(reader->arena, end - reader->at + 1);
    if (!copy)
        return complain_large(reader);
    size_t size = 0;
    while (reader->at < end) {
        uint8_t byte = reader->text.data[reader->at++];
        if (byte < ' ')
            return complain(reader, "a control character in a text");
        if (byte == '\\')
            TRY(read_escape(reader, copy, &size));
        else
            copy[size++] = byte;
    }
    reader->at = end + 1;
    *out = bytes_of(copy, size);
    if (!bytes_are_utf8(*out))
        return complain(reader, "a text that is not UTF-8, or with a control character");
    return OK;
}

static enum err read_key(struct reader *reader, const struct json_value *object, struct bytes *out)
{
    if (!take(reader, '"'))
        return complain(reader, "a member's name in quotes is missing");
    if (object->count == JSON_MEMBERS_MAX)
        return complain(reader, "an object of too many members");
    TRY(read_text(reader, out));
    for (const struct json_value *member = object->first; member; member = member->next) {
        if (bytes_equal(member->key, *out)) {
            problem_set(reader->problem, "line %zu: \"%.*s\" is given twice", reader->line,
                        (int)(out->size < 60 ? out->size : 60), (const char *)out->data);
            problem_remedy(reader->problem, "keep one of them");
            return ERR_MALFORMED;
        }
    }
    return take(reader, ':') ? OK : complain(reader, "a colon is missing after a name");
}

/* A scalar, or the opening of a list or an object. */
static enum err read_inside(struct reader *reader, struct json_value *value)
{
    uint8_t byte = peek(reader);
    if (byte == '{' || byte == '[') {
        value->type = byte == '{' ? JSON_OBJECT : JSON_LIST;
        reader->at++;
        return OK;
    }
    if (byte == '"') {
        value->type = JSON_TEXT;
        reader->at++;
        return read_text(reader, &value->text);
    }
    if (byte == '-' || (byte >= '0' && byte <= '9')) {
        value->type = JSON_NUMBER;
        return read_number(reader, &value->number);
    }
    value->type = JSON_FLAG;
    value->number = take_word(reader, "true");
    if (value->number || take_word(reader, "false"))
        return OK;
    value->type = JSON_NULL;
    return take_word(reader, "null") ? OK : complain(reader, "no JSON value");
}

struct level { /* a list or an object that is still open */
    struct json_value *holder;
    struct json_value **end; /* where its next member goes */
};

static bool take_close(struct reader *reader, const struct level *level)
{
    return take(reader, level->holder->type == JSON_OBJECT ? '}' : ']');
}

/* The next value, as a member of the level; NULL: the outermost. */
static enum err read_value(struct reader *reader, struct level *level, struct json_value **out)
{
    struct bytes key = BYTES_NONE;
    if (level && level->holder->type == JSON_OBJECT)
        TRY(read_key(reader, level->holder, &key));
    skip_blanks(reader);
    struct json_value *value = arena_alloc(reader->arena, sizeof(*value));
    if (!value)
        return complain_large(reader);
    value->line = reader->line;
    value->key = key;
    TRY(read_inside(reader, value));
    if (level) {
        *level->end = value;
        level->end = &value->next;
        level->holder->count++;
    }
    *out = value;
    return OK;
}

/* Without recursion: a text from outside decides the depth. */
static enum err read_tree(struct reader *reader, const struct json_value **out)
{
    struct level levels[JSON_DEPTH_MAX];
    size_t depth = 0;
    do {
        struct json_value *value = NULL;
        TRY(read_value(reader, depth > 0 ? &levels[depth - 1] : NULL, &value));
        if (depth == 0)
            *out = value;
        if (value->type == JSON_LIST || value->type == JSON_OBJECT) {
            if (depth == JSON_DEPTH_MAX)
                return complain(reader, "nested too deeply");
            levels[depth] = (struct level){value, &value->first};
            if (!take_close(reader, &levels[depth++]))
                continue;
            depth--;
        }
        while (depth > 0 && !take(reader, ',')) {
            if (!take_close(reader, &levels[depth - 1]))
                return complain(reader, "a comma or a closing bracket is missing");
            depth--;
        }
    } while (depth > 0);
    return OK;
}

enum err json_value_parse(struct bytes text, struct arena *arena, const struct json_value **out,
                          struct problem *problem)
{
    struct reader reader = {.text = text, .line = 1, .arena = arena, .problem = problem};
    if (text.size > JSON_TEXT_SIZE_MAX)
        return complain_large(&reader);
    const struct json_value *value = NULL;
    TRY(read_tree(&reader, &value));
    skip_blanks(&reader);
    if (reader.at < text.size)
        return complain(&reader, "something stands after the end");
    *out = value;
    return OK;
}

const struct json_value *json_value_member(const struct json_value *object, const char *key)
{
    for (const struct json_value *member = object->first; member; member = member->next) {
        if (bytes_equal_text(member->key, key))
            return member;
    }
    return NULL;
}
