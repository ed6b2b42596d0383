/* bytes.c - see bytes.h. Nothing here depends on the locale or on the machine's byte order. */
#include "base/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool bytes_equal(struct bytes left, struct bytes right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

int bytes_compare(struct bytes left, struct bytes right)
{
    size_t common = left.size < right.size ? left.size : right.size;
    int order = common == 0 ? 0 : memcmp(left.data, right.data, common);
    if (order != 0)
        return order;
    return (left.size > right.size) - (left.size < right.size);
}

bool bytes_equal_text(struct bytes left, const char *right)
{
    return bytes_equal(left, bytes_of_text(right));
}

/* The size of the well-formed character at the start of text (RFC 3629), 0 when there is none. */
static size_t utf8_character(struct bytes text)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = text.data[0];
    size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 0 || first > 0xf4 || size > text.size)
        return 0;
    uint32_t code = size == 1 ? first : first & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text.data[i] & 0x3fU);
    }
    bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    bool is_control = (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
                      (code >= 0x7f && code <= 0x9f);
    if (code < smallest[size] || code > 0x10ffff || is_surrogate || is_control)
        return 0;
    return size;
}

bool bytes_are_utf8(struct bytes text)
{
    while (text.size > 0) {
        size_t size = utf8_character(text);
        if (size == 0)
            return false;
        text = bytes_of(text.data + size, text.size - size);
    }
    return true;
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct bytes bytes_trim(struct bytes text)
{
    static const uint8_t wide[] = {0xe3, 0x80, 0x80}; /* U+3000, the blank of Chinese typing */
    for (;;) {
        size_t size = text.size;
        if (size >= 3 && memcmp(text.data, wide, 3) == 0)
            text = bytes_of(text.data + 3, size - 3);
        else if (size >= 3 && memcmp(text.data + size - 3, wide, 3) == 0)
            text.size -= 3;
        else if (size >= 1 && is_blank(text.data[0]))
            text = bytes_of(text.data + 1, size - 1);
        else if (size >= 1 && is_blank(text.data[size - 1]))
            text.size--;
        else
            return text;
    }
}

char *bytes_to_text(struct bytes text, char *out, size_t out_size)
{
    assert(out_size > 0);
    size_t size = text.size;
    if (size >= out_size) {
        size = out_size - 1;
        while (size > 0 && (text.data[size] & 0xc0) == 0x80)
            size--;
    }
    if (size > 0)
        memcpy(out, text.data, size);
    out[size] = '\0';
    return out;
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
}

/* Doubling keeps the cost of a byte constant however often a buffer grows. */
static void reserve(struct buffer *buffer, size_t more)
{
    if (buffer->data && more <= buffer->capacity - buffer->size)
        return;
    if (more > SIZE_MAX / 2 - buffer->size)
        abort();
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : 64;
    while (capacity < buffer->size + more)
        capacity *= 2;
    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        abort();
    buffer->data = data;
    buffer->capacity = capacity;
}

uint8_t *buffer_extend(struct buffer *buffer, size_t more)
{
    reserve(buffer, more);
    uint8_t *start = buffer->data + buffer->size;
    buffer->size += more;
    return start;
}

void buffer_add(struct buffer *buffer, struct bytes bytes)
{
    if (bytes.size > 0)
        memcpy(buffer_extend(buffer, bytes.size), bytes.data, bytes.size);
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, bytes_of_text(text));
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    reserve(buffer, 1);
    size_t room = buffer->capacity - buffer->size;
    int length = vsnprintf((char *)buffer->data + buffer->size, room, format, arguments);
    assert(length >= 0);
    size_t size = (size_t)length;
    if (size >= room) {
        reserve(buffer, size + 1);
        length = vsnprintf((char *)buffer->data + buffer->size, size + 1, format, again);
        assert((size_t)length == size);
    }
    buffer->size += size;
    va_end(again);
    va_end(arguments);
}

void u32_put(uint8_t out[4], uint32_t value)
{
    for (int i = 3; i >= 0; i--, value >>= 8)
        out[i] = (uint8_t)value;
}

void u64_put(uint8_t out[8], uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        out[i] = (uint8_t)value;
}

uint32_t u32_get(const uint8_t in[4])
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

uint64_t u64_get(const uint8_t in[8])
{
    return (uint64_t)u32_get(in) << 32 | u32_get(in + 4);
}

enum err u64_parse(struct bytes text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    bool is_above = false;
    if (text.size == 0)
        return ERR_MALFORMED;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return ERR_MALFORMED; /* also after too many digits: form is judged before size */
        is_above = is_above || __builtin_mul_overflow(value, 10U, &value) ||
                   __builtin_add_overflow(value, (uint64_t)(text.data[i] - '0'), &value);
    }
    if (is_above || value > max)
        return ERR_LIMIT;
    *out = value;
    return OK;
}

char *hex_text(struct bytes bytes, char *out, size_t out_size)
{
    static const char digits[] = "0123456789abcdef";
    assert(bytes.size < (SIZE_MAX - 1) / 2 && out_size >= 2 * bytes.size + 1);
    for (size_t i = 0; i < bytes.size; i++) {
        out[2 * i] = digits[bytes.data[i] >> 4];
        out[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    out[2 * bytes.size] = '\0';
    return out;
}

void hex_encode(struct bytes bytes, struct buffer *out)
{
    size_t size = 2 * bytes.size;
    hex_text(bytes, (char *)buffer_extend(out, size + 1), size + 1);
    out->size--; /* without the NUL */
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

enum err hex_decode(struct bytes text, struct buffer *out)
{
    if (text.size % 2 != 0)
        return ERR_MALFORMED;
    for (size_t i = 0; i < text.size; i++) {
        if (hex_digit(text.data[i]) < 0)
            return ERR_MALFORMED;
    }
    uint8_t *to = buffer_extend(out, text.size / 2);
    for (size_t i = 0; i < text.size; i += 2)
        *to++ = (uint8_t)(hex_digit(text.data[i]) * 16 + hex_digit(text.data[i + 1]));
    return OK;
}

void base64_encode(struct bytes bytes, struct buffer *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        uint32_t three = (uint32_t)bytes.data[i] << 16;
        three |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        three |= left > 2 ? bytes.data[i + 2] : 0;
        uint8_t *to = buffer_extend(out, 4);
        to[0] = (uint8_t)digits[three >> 18];
        to[1] = (uint8_t)digits[three >> 12 & 63];
        to[2] = left > 1 ? (uint8_t)digits[three >> 6 & 63] : '=';
        to[3] = left > 2 ? (uint8_t)digits[three & 63] : '=';
    }
}

static int base64_digit(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return byte - 'A';
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9')
        return byte - '0' + 52;
    return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

/* One group of four; digits is how many of them are not padding (2 to 4). */
static enum err base64_group(const uint8_t *group, size_t digits, struct buffer *out)
{
    uint32_t three = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < digits ? base64_digit(group[i]) : 0;
        if (value < 0)
            return ERR_MALFORMED;
        three = three << 6 | (uint32_t)value;
    }
    if ((digits == 2 && (three & 0xffff)) || (digits == 3 && (three & 0xff)))
        return ERR_MALFORMED; /* stray bits: two texts would mean the same bytes */
    uint8_t *to = buffer_extend(out, digits - 1);
    for (size_t i = 0; i < digits - 1; i++)
        to[i] = (uint8_t)(three >> (16 - 8 * i));
    return OK;
}

enum err base64_decode(struct bytes text, struct buffer *out)
{
    size_t before = out->size;
    if (text.size % 4 != 0)
        return ERR_MALFORMED;
    for (size_t i = 0; i < text.size; i += 4) {
        const uint8_t *group = text.data + i;
        size_t digits = 4;
        if (i + 4 == text.size && group[3] == '=')
            digits = group[2] == '=' ? 2 : 3;
        enum err err = base64_group(group, digits, out);
        if (err != OK) {
            out->size = before;
            return err;
        }
    }
    return OK;
}
