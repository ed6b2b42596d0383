/*
 * telephone.c - see telephone.h. A number is one to three groups of digits with one separator
 * between them; what it is follows from the lengths of the groups and its first digits. A short
 * number without an area code counts only behind a word like 电话, for a bare 20000000 is an
 * amount.
 */
#include "report/telephone.h"

#include <string.h>

enum { GROUPS_MAX = 3, DIGITS_MAX = 18, GROUP_LONG = DIGITS_MAX + 1 };

struct number {
    size_t lengths[GROUPS_MAX], ends[GROUPS_MAX]; /* digits; where in the text the group ends */
    size_t group_count;
    uint8_t digits[DIGITS_MAX]; /* of all groups, the first ones */
    size_t digit_count;
};

/* The bytes of the digit there; 0: none. */
static size_t digit_at(struct bytes text, size_t at, uint8_t *value)
{
    static const char wide[] = "\xef\xbc"; /* ０ is EF BC 90 */
    enum { WIDE_ZERO = 0x90, WIDE_SIZE = 3, BASE = 10 };
    const uint8_t *bytes = text.data + at;
    if (at < text.size && bytes[0] >= '0' && bytes[0] <= '9') {
        *value = (uint8_t)(bytes[0] - '0');
        return 1;
    }
    if (at + WIDE_SIZE > text.size || memcmp(bytes, wide, sizeof wide - 1) != 0 ||
        bytes[2] < WIDE_ZERO || bytes[2] >= WIDE_ZERO + BASE)
        return 0;
    *value = (uint8_t)(bytes[2] - WIDE_ZERO);
    return WIDE_SIZE;
}

static size_t read_group(struct bytes text, size_t at, struct number *number)
{
    uint8_t value;
    size_t size, length = 0;
    while ((size = digit_at(text, at, &value)) > 0) {
        if (number->digit_count < DIGITS_MAX)
            number->digits[number->digit_count++] = value;
        length += length < GROUP_LONG;
        at += size;
    }
    number->lengths[number->group_count] = length;
    number->ends[number->group_count++] = at;
    return at;
}

/* at: a digit. */
static struct number read_number(struct bytes text, size_t at)
{
    struct number number = {0};
    uint8_t ignored;
    at = read_group(text, at, &number);
    while (number.group_count < GROUPS_MAX && at < text.size &&
           (text.data[at] == '-' || text.data[at] == ' ') && digit_at(text, at + 1, &ignored) > 0)
        at = read_group(text, at + 1, &number);
    return number;
}

static bool has_shape(const struct number *number, size_t first, size_t second, size_t third)
{
    return number->lengths[0] == first && (second == 0 || number->lengths[1] == second) &&
           (third == 0 || number->lengths[2] == third);
}

static bool is_mobile_digits(const uint8_t *digits)
{
    return digits[0] == 1 && digits[1] >= 3;
}

/* Gives the count of groups it is made of; 0: it is none. */
static size_t mobile_groups(const struct number *number)
{
    const uint8_t *digits = number->digits;
    if (has_shape(number, 13, 0, 0) && digits[0] == 8 && digits[1] == 6 &&
        is_mobile_digits(digits + 2))
        return 1;
    if (has_shape(number, 15, 0, 0) && digits[0] == 0 && digits[1] == 0 && digits[2] == 8 &&
        digits[3] == 6 && is_mobile_digits(digits + 4))
        return 1;
    if (number->digit_count < 2 || !is_mobile_digits(digits))
        return 0;
    if (has_shape(number, 11, 0, 0))
        return 1;
    if (has_shape(number, 3, 8, 0) || has_shape(number, 7, 4, 0))
        return 2;
    return has_shape(number, 3, 4, 4) ? 3 : 0;
}

static size_t landline_groups(const struct number *number)
{
    const size_t *lengths = number->lengths;
    if (number->digit_count < 2 || number->digits[0] != 0 || number->digits[1] == 0)
        return 0;
    if (lengths[0] >= 10 && lengths[0] <= 12)
        return 1;
    if (lengths[0] != 3 && lengths[0] != 4)
        return 0;
    if (lengths[1] == 7 || lengths[1] == 8)
        return 2;
    return (lengths[1] == 3 || lengths[1] == 4) && lengths[2] == 4 ? 3 : 0;
}

/* 18 digits with a birthday of the 20th or 21st century, or 17 and an X. */
static bool is_identity(const struct number *number, bool ends_in_x)
{
    enum { YEAR = 6, SIZE = 18 };
    const uint8_t *digits = number->digits;
    if (number->lengths[0] + ends_in_x != SIZE)
        return false;
    int century = digits[YEAR] * 10 + digits[YEAR + 1];
    int month = digits[YEAR + 4] * 10 + digits[YEAR + 5];
    return (century == 19 || century == 20) && month >= 1 && month <= 12;
}

static bool ends_with(struct bytes text, const char *end)
{
    size_t size = strlen(end);
    return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

/* Does "电话：" or the like stand before? */
static bool is_labelled(struct bytes before)
{
    static const char *const between[] = {" ", ":", "：", "号码", "号", "是", "为", "(", "（"};
    static const char *const labels[] = {"电话", "手机", "座机", "联系方式", "Tel", "TEL", "tel"};
    for (size_t i = 0; i < ARRAY_LENGTH(between); i++)
        while (ends_with(before, between[i])) {
            before.size -= strlen(between[i]);
            i = 0;
        }
    for (size_t i = 0; i < ARRAY_LENGTH(labels); i++)
        if (ends_with(before, labels[i]))
            return true;
    return false;
}

static size_t labelled_groups(const struct number *number)
{
    const size_t *lengths = number->lengths;
    if (lengths[0] == 7 || lengths[0] == 8)
        return 1;
    return (lengths[0] == 3 || lengths[0] == 4) && lengths[1] == 4 ? 2 : 0;
}

/* Where the number that begins at `at` ends; at itself: it is none of a person. */
static size_t telephone_end(struct bytes text, size_t at, const struct number *number)
{
    size_t groups = mobile_groups(number);
    if (groups == 0)
        groups = landline_groups(number);
    if (groups == 0 && is_labelled(bytes_of(text.data, at)))
        groups = labelled_groups(number);
    if (groups > 0)
        return number->ends[groups - 1];
    size_t end = number->ends[0];
    bool ends_in_x = end < text.size && (text.data[end] == 'X' || text.data[end] == 'x');
    if (is_identity(number, ends_in_x))
        return end + ends_in_x;
    return is_identity(number, false) ? end : at;
}

static void mask(struct bytes text, size_t at, size_t end, struct buffer *out)
{
    uint8_t ignored;
    while (at < end) {
        size_t size = digit_at(text, at, &ignored);
        bool is_kept = size == 0 && text.data[at] != 'X' && text.data[at] != 'x';
        buffer_add(out, is_kept ? bytes_of(text.data + at, 1) : bytes_of("*", 1));
        at += size > 0 ? size : 1;
    }
}

void telephone_mask(struct bytes text, struct buffer *out)
{
    size_t at = 0, copied = 0;
    uint8_t ignored;
    while (at < text.size) {
        if (digit_at(text, at, &ignored) == 0) {
            at++;
            continue;
        }
        struct number number = read_number(text, at);
        size_t end = telephone_end(text, at, &number);
        if (end > at) {
            buffer_add(out, bytes_of(text.data + copied, at - copied));
            mask(text, at, end, out);
            copied = end;
        }
        at = end > at ? end : number.ends[0];
    }
    if (copied < text.size)
        buffer_add(out, bytes_of(text.data + copied, text.size - copied));
}
