/* money.c - reads an amount character by character, full-width twins included; see money.h. */
#include "ledger/event/money.h"

enum { SIGNIFICANT_DIGITS_MAX = 18, CELL_SIZE_MAX = 100 };
#define MONEY_LARGEST 1000000000000000LL /* as event.c: 10^15 */

struct currency {
    const char *word, *code;
    int64_t minor_units; /* of one whole unit, as struct money counts them */
};

static const struct currency currencies[] = {
    {"人民币", "CNY", 1}, {"美元", "USD", 100}, {"美金", "USD", 100}, {"港元", "HKD", 100},
    {"港币", "HKD", 100}, {"欧元", "EUR", 100}, {"日元", "JPY", 1},   {"元", "CNY", 1},
};

struct scale {
    const char *word;
    int64_t factor;
};

static const struct scale scales[] = {
    {"亿", 100000000}, {"万", 10000}, {"千", 1000}, {"百", 100}, {"十", 10},
};

static const struct unit_row {
    const char *word; /* longer words first: 万元 is a part of 万元人民币 only */
    enum money_unit unit;
} unit_rows[] = {
    {"亿美元", MONEY_YI_USD}, {"万美元", MONEY_WAN_USD}, {"美元", MONEY_USD},
    {"亿元", MONEY_YI_YUAN},  {"万元", MONEY_WAN_YUAN},
};

static bool contains(struct bytes text, const char *word)
{
    return text.size > 0 && memmem(text.data, text.size, word, strlen(word)) != NULL;
}

static bool contains_any(struct bytes text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (contains(text, words[i]))
            return true;
    }
    return false;
}

/* Takes word off the start of text, when it is there. */
static bool take(struct bytes *text, const char *word)
{
    size_t size = strlen(word);
    if (text->size < size || memcmp(text->data, word, size) != 0)
        return false;
    *text = bytes_of(text->data + size, text->size - size);
    return true;
}

/* 元 alone must stand as a unit, "(元)" or ":元": it is also a part of many words. */
static bool is_plain_yuan(struct bytes header)
{
    static const char *const forms[] = {"(元)", "（元）", "[元]", "【元】", "单位:元", "单位：元"};
    return contains_any(header, forms, ARRAY_LENGTH(forms)) || bytes_equal_text(header, "元");
}

enum err money_unit_of_header(struct bytes header, enum money_unit *out)
{
    header = bytes_trim(header);
    for (size_t i = 0; i < ARRAY_LENGTH(unit_rows); i++) {
        if (contains(header, unit_rows[i].word)) {
            *out = unit_rows[i].unit;
            return OK;
        }
    }
    if (!is_plain_yuan(header))
        return ERR_NOT_FOUND;
    *out = MONEY_YUAN;
    return OK;
}

static bool is_null_shape(struct bytes text)
{
    static const char *const shapes[] = {"-", "--", "—", "——", "－", "/", "无", "null", "空"};
    for (size_t i = 0; i < ARRAY_LENGTH(shapes); i++) {
        if (bytes_equal_text(text, shapes[i]))
            return true;
    }
    return text.size == 0;
}

static bool is_masked(struct bytes text)
{
    static const char *const masks[] = {"X",  "x", "×", "*",    "＊",   "Ｘ",   "ｘ",
                                        "某", "○", "□", "待定", "未定", "面议", "保密"};
    return contains_any(text, masks, ARRAY_LENGTH(masks));
}

static bool is_approximate(struct bytes text)
{
    static const char *const words[] = {"约",   "近", "左右", "余", "多",     "上下",  "以上",
                                        "以下", "超", "不足", "至", "~",      "～",    "—",
                                        "–",    "半", "几",   "数", "不低于", "不少于"};
    struct bytes rest = text;
    (void)(take(&rest, "-") || take(&rest, "－")); /* a sign is no range */
    return contains_any(text, words, ARRAY_LENGTH(words)) || contains(rest, "-") ||
           contains(rest, "－");
}

/* A character of a number in ASCII form; 0: none. Blanks and separators of thousands come back as
 * ','. */
static char take_number_character(struct bytes *text)
{
    static const char *const wide_digits[] = {"０", "１", "２", "３", "４",
                                              "５", "６", "７", "８", "９"};
    static const char *const separators[] = {",", "，", " ", "\xe3\x80\x80", "\xc2\xa0"};
    if (text->size > 0 && text->data[0] >= '0' && text->data[0] <= '9') {
        char digit = (char)text->data[0];
        *text = bytes_of(text->data + 1, text->size - 1);
        return digit;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(wide_digits); i++) {
        if (take(text, wide_digits[i]))
            return (char)('0' + i);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(separators); i++) {
        if (take(text, separators[i]))
            return ',';
    }
    return take(text, ".") || take(text, "．") ? '.' : 0;
}

struct decimal { /* digits / 10^places */
    int64_t digits;
    int places, significant;
    bool has_point, has_digit;
};

static bool take_decimal(struct bytes *text, struct decimal *out)
{
    int zeros = 0; /* held back: zeros at the end of a fraction mean nothing */
    *out = (struct decimal){0};
    for (char character; (character = take_number_character(text)) != 0;) {
        if (character == ',')
            continue;
        if (character == '.') {
            if (out->has_point)
                return false;
            out->has_point = true;
            continue;
        }
        out->has_digit = true;
        if (out->has_point && character == '0') {
            zeros++;
            continue;
        }
        for (; zeros >= 0; zeros--) {
            int digit = zeros > 0 ? 0 : character - '0';
            out->significant += out->digits > 0 || digit > 0;
            if (out->significant > SIGNIFICANT_DIGITS_MAX)
                return false;
            out->digits = out->digits * 10 + digit;
            out->places += out->has_point;
        }
        zeros = 0;
    }
    return out->has_digit;
}

static enum err refuse(struct bytes text, const char *what, const char *remedy,
                       struct problem *problem)
{
    char shown[CELL_SIZE_MAX];
    problem_set(problem, "“%s” %s", bytes_to_text(text, shown, sizeof(shown)), what);
    problem_remedy(problem, "%s", remedy);
    return ERR_MALFORMED;
}

static const struct currency *currency_of_unit(enum money_unit unit, int64_t *factor)
{
    static const int64_t factors[] = {1, 10000, 100000000};
    bool is_usd = unit >= MONEY_USD;
    *factor = factors[is_usd ? unit - MONEY_USD : unit - MONEY_YUAN];
    return &currencies[is_usd ? 1 : 0];
}

/* What follows the number: scales, then a currency. False when something else does. */
static bool take_unit(struct bytes *text, enum money_unit header, const struct currency **currency,
                      int64_t *factor)
{
    bool has_scale = false, has_currency = false;
    int64_t own_factor = 1;
    for (size_t i = 0; i < ARRAY_LENGTH(scales);) {
        if (!take(text, scales[i].word)) {
            i++;
            continue;
        }
        has_scale = true;
        if (__builtin_mul_overflow(own_factor, scales[i].factor, &own_factor) ||
            own_factor > MONEY_LARGEST)
            return false;
        i = 0; /* 5千万, 1万亿: scales multiply */
    }
    *currency = currency_of_unit(header, factor);
    for (size_t i = 0; i < ARRAY_LENGTH(currencies) && !has_currency; i++) {
        has_currency = take(text, currencies[i].word);
        if (has_currency)
            *currency = &currencies[i];
    }
    if (has_currency)
        (void)(take(text, "人民币") || take(text, "整"));
    if (has_scale || has_currency)
        *factor = own_factor;
    *text = bytes_trim(*text);
    return text->size == 0;
}

/* digits / 10^places times factor, when that is a whole number within the limit. */
static bool scale_exactly(const struct decimal *decimal, int64_t factor, int64_t *out)
{
    int64_t value = 0;
    int places = decimal->places;
    for (; places > 0 && factor % 10 == 0; places--)
        factor /= 10;
    if (places > 0 || __builtin_mul_overflow(decimal->digits, factor, &value))
        return false;
    *out = value;
    return true;
}

enum err money_parse(struct bytes text, enum money_unit header, struct money *out,
                     struct problem *problem)
{
    const char *amount = "写一个确定的金额,如 1.2亿元 (write one amount, as in 1.2亿元)";
    struct bytes rest = bytes_trim(text);
    struct money money = {.text = rest};
    const struct currency *currency = NULL;
    struct decimal decimal;
    int64_t factor = 0;
    if (rest.size > CELL_SIZE_MAX)
        return refuse(rest, "太长,不是金额 (too long for an amount)", amount, problem);
    if (is_null_shape(rest)) {
        *out = (struct money){0};
        return OK;
    }
    if (is_masked(rest)) {
        memcpy(money.currency, currency_of_unit(header, &factor)->code, sizeof(money.currency));
        *out = money;
        return OK;
    }
    if (is_approximate(rest))
        return refuse(rest, "是约数或区间,不能计数 (an approximate amount cannot be counted)",
                      amount, problem);
    (void)(take(&rest, "人民币") || take(&rest, "￥") || take(&rest, "¥"));
    if (take(&rest, "-") || take(&rest, "－") || take(&rest, "负"))
        return refuse(text, "是负数 (negative)",
                      "更正以前的金额请用更正事件 (a correction takes an earlier amount back)",
                      problem);
    if (!take_decimal(&rest, &decimal) || !take_unit(&rest, header, &currency, &factor))
        return refuse(text, "不是金额 (not an amount)", amount, problem);
    bool is_yuan = strcmp(currency->code, "CNY") == 0;
    if (!scale_exactly(&decimal, factor * currency->minor_units, &money.value))
        return refuse(text,
                      is_yuan ? "不是整数元 (not a whole number of yuan)"
                              : "小数位太多 (more decimals than the currency has)",
                      "检查单位和小数位 (check the unit and the decimals)", problem);
    if (money.value > MONEY_LARGEST)
        return refuse(text, "太大 (above 10^15)",
                      "检查单位,是否乘了两次 (check the unit: was it multiplied twice?)", problem);
    money.has_value = true;
    memcpy(money.currency, currency->code, sizeof(money.currency));
    *out = money;
    return OK;
}
