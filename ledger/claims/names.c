/* names.c - see names.h. Text is UTF-8 from a checked event; a stray byte is carried as it is. */
#include "ledger/claims/names.h"

enum {
    POINT_BYTES_MAX = 4,
    CHINESE_BYTES = 3,   /* a Chinese character in UTF-8 */
    NAME_SIZE_MIN = 4,   /* two letters are no name, two Chinese characters are */
    COARSE_SIZE_MIN = 6, /* after a place is taken off, two characters must stay */
};

struct point {
    uint32_t value;
    size_t size; /* bytes it was written in */
};

static struct point next_point(struct bytes text, size_t at)
{
    uint8_t lead = text.data[at];
    size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (size == 1 || size > text.size - at)
        return (struct point){lead, 1};
    uint32_t value = lead & (0x7fU >> size);
    for (size_t i = 1; i < size; i++)
        value = value << 6 | (text.data[at + i] & 0x3fU);
    return (struct point){value, size};
}

/* The wide twins of ASCII, and capitals, become the plain small character. */
static uint32_t plain(uint32_t value)
{
    if (value >= 0xff01 && value <= 0xff5e)
        value -= 0xff01 - '!';
    if (value >= 'A' && value <= 'Z')
        value += 'a' - 'A';
    return value;
}

/* +1 opens, -1 closes, 0 is none. */
static int bracket(uint32_t value)
{
    switch (value) {
    case '(':
    case '[':
    case '{':
    case 0x3010: /* 【 */
    case 0x3014: /* 〔 */
        return 1;
    case ')':
    case ']':
    case '}':
    case 0x3011:
    case 0x3015:
        return -1;
    default:
        return 0;
    }
}

static bool is_noise(uint32_t value)
{
    static const uint32_t marks[] = {0xa0,   0xb7,   0x200b, 0x2013, 0x2014, 0x2018, 0x2019,
                                     0x201c, 0x201d, 0x2022, 0x3000, 0x3001, 0x3002, 0x300a,
                                     0x300b, 0x300c, 0x300d, 0x30fb, 0xfeff};
    if (value < 0x80)
        return !((value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || value == '*');
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
        if (marks[i] == value)
            return true;
    }
    return bracket(value) != 0;
}

static void put(struct buffer *out, struct bytes text, size_t at, struct point point,
                uint32_t value)
{
    if (value < 0x80) {
        uint8_t byte = (uint8_t)value;
        buffer_add(out, bytes_of(&byte, 1));
    } else {
        buffer_add(out, bytes_of(text.data + at, point.size));
    }
}

static void fold(struct bytes text, bool drop_bracketed, struct buffer *out)
{
    int depth = 0;
    for (size_t at = 0; at < text.size;) {
        struct point point = next_point(text, at);
        uint32_t value = plain(point.value);
        int turn = bracket(value);
        if (turn > 0 || depth > 0)
            depth += turn;
        if (!is_noise(value) && (depth == 0 || !drop_bracketed))
            put(out, text, at, point, value);
        at += point.size;
    }
}

/* A word of a table with its size: the tables are walked for every name of a city. */
#define WORD(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static bool ends_with(struct bytes text, struct bytes end)
{
    return text.size >= end.size && text.data[text.size - 1] == end.data[end.size - 1] &&
           memcmp(text.data + text.size - end.size, end.data, end.size) == 0;
}

static bool starts_with(struct bytes text, struct bytes start)
{
    return text.size >= start.size && memcmp(text.data, start.data, start.size) == 0;
}

/* Longest first, and again while one goes: 某某集团股份有限公司 has two. */
static struct bytes without_form(struct bytes text)
{
    static const struct bytes forms[] = {
        WORD("股份有限责任公司"),
        WORD("有限责任公司"),
        WORD("股份有限公司"),
        WORD("集团公司"),
        WORD("股份公司"),
        WORD("有限公司"),
        WORD("总公司"),
        WORD("公司"),
        WORD("集团"),
        WORD("股份"),
        WORD("corporation"),
        WORD("companylimited"),
        WORD("limited"),
        WORD("coltd"),
        WORD("corp"),
        WORD("group"),
        WORD("ltd"),
        WORD("inc"),
        WORD("llc"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(forms);) {
        size_t size = forms[i].size;
        if (ends_with(text, forms[i]) && text.size >= size + NAME_SIZE_MIN) {
            text.size -= size;
            i = 0;
        } else {
            i++;
        }
    }
    return text;
}

/* A mask, a word for nobody, or too little to tell one firm from another. */
static bool says_nothing(struct bytes text)
{
    static const struct bytes words[] = {
        WORD("公司"), WORD("集团"), WORD("企业"), WORD("有限公司"), WORD("待定"),
        WORD("未定"), WORD("暂无"), WORD("不详"), WORD("未知"),     WORD("无投资方"),
        WORD("同上"), WORD("其他"), WORD("个人"), WORD("null"),     WORD("自然人")};
    static const struct bytes someone = WORD("某"), crosses = WORD("xx");
    if (text.size < NAME_SIZE_MIN || memchr(text.data, '*', text.size) ||
        starts_with(text, someone) || ends_with(text, someone) || starts_with(text, crosses))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (text.size == words[i].size && starts_with(text, words[i]))
            return true;
    }
    bool only_x = true;
    for (size_t i = 0; i < text.size; i++)
        only_x = only_x && text.data[i] == 'x';
    /* "X集团", "X公司": one letter before Chinese that is only a legal form. */
    return only_x || (text.data[0] == 'x' && text.size <= 1 + 2 * CHINESE_BYTES);
}

/* Keeps what out held before; what was added from start on is replaced by kept. */
static bool finish(struct buffer *out, size_t start, struct bytes kept, bool good)
{
    if (!good) {
        out->size = start;
        return false;
    }
    memmove(out->data + start, kept.data, kept.size);
    out->size = start + kept.size;
    return true;
}

static struct bytes added(const struct buffer *out, size_t start)
{
    return out->size > start ? bytes_of(out->data + start, out->size - start) : BYTES_NONE;
}

bool name_normalise(struct bytes name, struct buffer *out)
{
    size_t start = out->size;
    fold(name, false, out);
    struct bytes folded = added(out, start);
    if (folded.size == 0)
        return false;
    struct bytes kept = without_form(folded);
    return finish(out, start, kept, !says_nothing(folded) && !says_nothing(kept));
}

static struct bytes after(struct bytes text, size_t size)
{
    return bytes_of(text.data + size, text.size - size);
}

/* 六安市金安区… in steps; a marker counts as the third to sixth character of what is left. */
static struct bytes without_place(struct bytes text)
{
    static const struct bytes provinces[] = {
        WORD("中国"), WORD("北京"),   WORD("天津"), WORD("上海"),   WORD("重庆"), WORD("河北"),
        WORD("山西"), WORD("内蒙古"), WORD("辽宁"), WORD("吉林"),   WORD("江苏"), WORD("浙江"),
        WORD("安徽"), WORD("福建"),   WORD("江西"), WORD("山东"),   WORD("河南"), WORD("湖北"),
        WORD("湖南"), WORD("广东"),   WORD("广西"), WORD("海南"),   WORD("四川"), WORD("贵州"),
        WORD("云南"), WORD("西藏"),   WORD("陕西"), WORD("黑龙江"), WORD("甘肃"), WORD("青海"),
        WORD("宁夏"), WORD("新疆"),   WORD("香港"), WORD("澳门"),   WORD("台湾"),
    };
    static const struct bytes markers[] = {WORD("省"),     WORD("市"),         WORD("县"),
                                           WORD("自治区"), WORD("特别行政区"), WORD("区")};
    for (size_t i = 0; i < ARRAY_LENGTH(provinces); i++) {
        size_t size = provinces[i].size;
        if (starts_with(text, provinces[i]) && text.size >= size + COARSE_SIZE_MIN) {
            text = after(text, size);
            break;
        }
    }
    for (size_t i = 0; i < ARRAY_LENGTH(markers); i++) {
        size_t size = markers[i].size;
        for (size_t at = 0; at <= (size_t)4 * CHINESE_BYTES; at += CHINESE_BYTES) {
            bool is_place = at == 0 || at >= (size_t)2 * CHINESE_BYTES;
            if (is_place && text.size >= at + size + COARSE_SIZE_MIN &&
                memcmp(text.data + at, markers[i].data, size) == 0) {
                text = after(text, at + size);
                break;
            }
        }
    }
    return text;
}

bool name_normalise_coarse(struct bytes name, struct buffer *out)
{
    size_t start = out->size;
    if (!name_normalise(name, out)) /* a mask is a mask within brackets too */
        return false;
    out->size = start;
    fold(name, true, out);
    struct bytes kept = without_place(without_form(added(out, start)));
    return finish(out, start, kept, kept.size > 0 && !says_nothing(kept));
}

bool place_normalise(struct bytes place, struct buffer *out)
{
    static const struct bytes markers[] = {WORD("特别行政区"), WORD("地区"), WORD("省"),
                                           WORD("市")};
    size_t start = out->size;
    fold(place, false, out);
    struct bytes kept = added(out, start);
    for (size_t i = 0; i < ARRAY_LENGTH(markers); i++) {
        size_t size = markers[i].size;
        if (ends_with(kept, markers[i]) && kept.size >= size + (size_t)2 * CHINESE_BYTES) {
            kept.size -= size;
            break;
        }
    }
    return finish(out, start, kept, kept.size > 0 && !says_nothing(kept));
}

bool credit_code_normalise(struct bytes code, char out[CREDIT_CODE_SIZE])
{
    size_t size = 0, same = 0;
    for (size_t at = 0; at < code.size;) {
        struct point point = next_point(code, at);
        uint32_t value = plain(point.value);
        at += point.size;
        if (value == ' ' || value == 0x3000 || value == 0xa0)
            continue;
        bool is_letter = value >= 'a' && value <= 'z';
        if ((!is_letter && !(value >= '0' && value <= '9')) || size == CREDIT_CODE_SIZE)
            return false;
        out[size] = (char)(is_letter ? value - 'a' + 'A' : value);
        same += out[size] == out[0];
        size++;
    }
    return size == CREDIT_CODE_SIZE && same < CREDIT_CODE_SIZE;
}

size_t name_split(struct bytes cell, struct bytes parts[NAME_PARTS_MAX])
{
    size_t count = 0, start = 0;
    for (size_t at = 0; cell.size > 0 && at <= cell.size && count < NAME_PARTS_MAX;) {
        struct point point = {.value = '\n', .size = 1}; /* the end parts as well */
        if (at < cell.size)
            point = next_point(cell, at);
        if (point.value == ';' || point.value == 0xff1b || point.value == 0x3001 ||
            point.value == '|' || point.value == '\n') {
            struct bytes part = bytes_trim(bytes_of(cell.data + start, at - start));
            if (part.size > 0)
                parts[count++] = part;
            start = at + point.size;
        }
        at += point.size;
    }
    return count;
}
