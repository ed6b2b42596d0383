/*
 * bytes.h - borrowed bytes, growing buffers, fixed-width integers and the text forms of bytes.
 * A struct bytes never owns memory. A struct buffer does; release it with buffer_release.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/err.h"

struct bytes {
    const uint8_t *data; /* may be NULL when size is 0 */
    size_t size;
};

#define BYTES_NONE ((struct bytes){NULL, 0})

static inline struct bytes bytes_of(const void *data, size_t size)
{
    return (struct bytes){data, size};
}

static inline struct bytes bytes_of_text(const char *text) /* without the final NUL */
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes left, struct bytes right);
int bytes_compare(struct bytes left, struct bytes right); /* memcmp order, shorter first */
bool bytes_equal_text(struct bytes left, const char *right);
/* Strict UTF-8, no NUL, no control character but \t \n \r. */
bool bytes_are_utf8(struct bytes text);
struct bytes bytes_trim(struct bytes text); /* strips ASCII blanks and U+3000 at both ends */
/* Copies text and a NUL into out; cut at a character's edge when it does not fit. Returns out. */
char *bytes_to_text(struct bytes text, char *out, size_t out_size);

struct buffer {
    uint8_t *data;
    size_t size, capacity;
};

void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);                   /* size 0, keeps the memory */
uint8_t *buffer_extend(struct buffer *buffer, size_t more); /* aborts when out of memory */
void buffer_add(struct buffer *buffer, struct bytes bytes);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
static inline struct bytes buffer_bytes(const struct buffer *buffer)
{
    return (struct bytes){buffer->data, buffer->size};
}
/* CLEANUP(buffer_release) struct buffer buffer = {0}; */
static inline void buffer_release_cleanup(struct buffer *buffer)
{
    buffer_release(buffer);
}

/* Big endian, so that memcmp order is number order (LMDB keys). */
void u32_put(uint8_t out[4], uint32_t value);
void u64_put(uint8_t out[8], uint64_t value);
uint32_t u32_get(const uint8_t in[4]);
uint64_t u64_get(const uint8_t in[8]);

/* Decimal digits only, no sign, no blank; ERR_MALFORMED otherwise, ERR_LIMIT above max. */
MUST_CHECK enum err u64_parse(struct bytes text, uint64_t max, uint64_t *out);

/* Text forms. hex is lower case, decoded in either case; base64 is RFC 4648 section 4 with padding.
 * Decoders append to out. */
void hex_encode(struct bytes bytes, struct buffer *out);
char *hex_text(struct bytes bytes, char *out, size_t out_size); /* out_size >= 2 * size + 1 */
MUST_CHECK enum err hex_decode(struct bytes text, struct buffer *out);
void base64_encode(struct bytes bytes, struct buffer *out);
MUST_CHECK enum err base64_decode(struct bytes text, struct buffer *out);
