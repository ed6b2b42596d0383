/* board_json.c - see board_json.h. */
#include "display/board_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/privacy.h"

/* ---- text of counties ---- */

struct range {
    uint32_t first, last;
};

/* What takes no room of its own, or moves or hides what stands beside it (Unicode TR 9, TR 36). */
static const struct range silent[] = {
    {0x00, 0x20},     {0x7F, 0xA0},     {0xAD, 0xAD},       {0x061C, 0x061C},    {0x115F, 0x1160},
    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F},   {0x2028, 0x202F},    {0x205F, 0x206F},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},    {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0xE000, 0xF8FF}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
};

static bool is_silent(uint32_t rune)
{
    for (size_t i = 0; i < ARRAY_LENGTH(silent); i++) {
        if (rune >= silent[i].first && rune <= silent[i].last)
            return true;
    }
    return false;
}

/* Marks that stand on the letter before: one is a letter's, a pile of them climbs into the lines.
 */
static bool is_combining(uint32_t rune)
{
    return (rune >= 0x0300 && rune <= 0x036F) || (rune >= 0x1AB0 && rune <= 0x1AFF) ||
           (rune >= 0x1DC0 && rune <= 0x1DFF) || (rune >= 0x20D0 && rune <= 0x20FF) ||
           (rune >= 0xFE20 && rune <= 0xFE2F);
}

/* One character off the front; what is no UTF-8 goes byte by byte, as "?". */
static struct bytes take(struct bytes *rest, uint32_t *rune)
{
    uint8_t lead = rest->data[0];
    size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    struct bytes taken = bytes_of(rest->data, size <= rest->size ? size : 1);
    bool is_whole = lead < 0x80 || (size <= rest->size && bytes_are_utf8(taken));
    size_t used = is_whole ? size : 1;
    rest->data += used;
    rest->size -= used;
    *rune = is_whole ? lead & (size == 1 ? 0x7F : 0xFF >> (size + 1)) : '?';
    for (size_t i = 1; is_whole && i < size; i++)
        *rune = *rune << 6 | (taken.data[i] & 0x3F);
    return is_whole ? taken : bytes_of("?", 1);
}

void shown_add(struct bytes text, size_t most, struct buffer *out)
{
    size_t shown = 0;
    bool is_blank_due = false;
    uint32_t rune;
    while (text.size > 0) {
        struct bytes taken = take(&text, &rune);
        if (is_silent(rune) || is_combining(rune)) {
            is_blank_due = is_blank_due || is_silent(rune);
            continue;
        }
        if (shown + (is_blank_due && shown > 0) >= most) {
            buffer_add_text(out, "…");
            return;
        }
        if (is_blank_due && shown > 0) {
            buffer_add_text(out, " ");
            shown++;
        }
        is_blank_due = false;
        buffer_add(out, taken);
        shown++;
    }
}

/* ---- values ---- */

void set_count(json_t *object, const char *key, int64_t count)
{
    report_set(object, key, json_integer(count));
}

void set_text(json_t *object, const char *key, const char *text)
{
    report_set(object, key, text && *text ? json_string(text) : json_null());
}

json_t *text_json(struct bytes text)
{
    CLEANUP(buffer_release) struct buffer shown = {0};
    shown_add(text, SIZE_MAX, &shown);
    return shown.size > 0 ? json_stringn((const char *)shown.data, shown.size) : json_null();
}

void set_shown(json_t *object, const char *key, struct bytes text)
{
    CLEANUP(buffer_release) struct buffer shown = {0};
    shown_add(text, SHOWN_NAME_MAX, &shown);
    report_set(object, key, text_json(buffer_bytes(&shown)));
}

void set_person(json_t *object, const char *key, struct bytes text)
{
    CLEANUP(buffer_release) struct buffer masked = {0};
    privacy_mask(text, &masked);
    set_shown(object, key, buffer_bytes(&masked));
}

void set_day(json_t *object, const char *key, int32_t day)
{
    char text[DAY_TEXT_SIZE];
    set_text(object, key, day_text(day, text));
}

void set_instant(json_t *object, const char *key, int64_t unix_ms)
{
    report_set(object, key, unix_ms > 0 ? json_integer(unix_ms) : json_null());
}

json_t *hash_json(const struct hash *hash)
{
    char text[2 * HASH_SIZE + 1];
    return json_string(hex_text(hash_bytes(hash), text, sizeof(text)));
}

void json_take(json_t *value, struct buffer *out)
{
    report_json_write(value, out);
    json_decref(value);
}

/* ---- money ---- */

enum { YUAN_PER_WAN = 10000, YUAN_PER_YI = 100000000 };

/* value / unit with so many digits, half up, without the zeros at the end when trim. */
static void add_scaled(int64_t yuan, int64_t unit, int digits, bool trim,
                       char out[PERCENT_TEXT_SIZE])
{
    int64_t tens = 1;
    for (int i = 0; i < digits; i++)
        tens *= 10;
    bool is_negative = yuan < 0;
    uint64_t magnitude = is_negative ? 0 - (uint64_t)yuan : (uint64_t)yuan;
    int64_t most = magnitude > INT64_MAX ? INT64_MAX : (int64_t)magnitude;
    int64_t scaled = scale_half_up(most, tens, unit);
    (void)snprintf(out, PERCENT_TEXT_SIZE, "%s%" PRId64, is_negative && scaled > 0 ? "-" : "",
                   scaled / tens);
    if (digits == 0 || (trim && scaled % tens == 0))
        return;
    size_t size = strlen(out);
    (void)snprintf(out + size, PERCENT_TEXT_SIZE - size, ".%0*" PRId64, digits, scaled % tens);
    size = strlen(out);
    while (trim && out[size - 1] == '0')
        out[--size] = '\0';
}

char *yi_text(int64_t yuan, int digits, char out[PERCENT_TEXT_SIZE])
{
    add_scaled(yuan, YUAN_PER_YI, digits, false, out);
    return out;
}

char *money_text(int64_t yuan, char out[PERCENT_TEXT_SIZE])
{
    enum { YI_DIGITS = 4 }; /* 亿元 with four digits are 万元 exactly (domain.md 4.1) */
    int64_t size = yuan < 0 ? -(yuan + 1) : yuan;
    bool is_yi = size >= YUAN_PER_YI, is_wan = size >= YUAN_PER_WAN;
    if (is_yi)
        add_scaled(yuan, YUAN_PER_YI, YI_DIGITS, true, out);
    else if (is_wan)
        add_scaled(yuan, YUAN_PER_WAN, YI_DIGITS, true, out);
    else
        (void)snprintf(out, PERCENT_TEXT_SIZE, "%" PRId64, yuan);
    size_t end = strlen(out);
    (void)snprintf(out + end, PERCENT_TEXT_SIZE - end, "%s",
                   is_yi    ? "亿元"
                   : is_wan ? "万元"
                            : "元");
    return out;
}
