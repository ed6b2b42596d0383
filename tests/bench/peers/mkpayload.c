/*
 * mkpayload.c - mkpayload make -k FILE [-n MESSAGES]: the payload file that all peers share; 10,000
 * messages of exactly 300 bytes, valid protobuf (fixed64 time, texts, varint, bytes), a fixed seed.
 */
#include "bench.h"

enum { MESSAGE_SIZE = 300, TEXT_SIZE = 400 };

static uint64_t state = 88172645463325252ULL;

static uint32_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static size_t put_varint(uint8_t *out, size_t value)
{
    size_t size = 0;
    for (; value > 127; value >>= 7)
        out[size++] = (uint8_t)(value | 128);
    out[size++] = (uint8_t)value;
    return size;
}

static size_t put_text(uint8_t *out, unsigned field, const char *text, size_t text_size)
{
    size_t size = 0;
    out[size++] = (uint8_t)(field << 3 | 2);
    size += put_varint(out + size, text_size);
    memcpy(out + size, text, text_size);
    return size + text_size;
}

static size_t put_body(uint8_t *out, size_t size)
{
    char text[TEXT_SIZE];
    for (size_t at = 0; at < size;)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "{\"v\":%u.%02u,\"q\":%u},",
                               draw() % 1000, draw() % 100, draw() % 8);
    return put_text(out, 6, text, size);
}

static void make_message(size_t index, uint8_t *out)
{
    static const char *const types[] = {"reading.temperature", "order.created",
                                        "device.state.changed", "user.login"};
    char text[TEXT_SIZE];
    size_t at = 9; /* field 1: the time, 0 until it is stamped */
    out[0] = 0x09;
    int size = snprintf(text, sizeof(text), "%08x-%04x-4%03x-a%03x-%012x", draw(), draw() & 65535,
                        draw() & 4095, draw() & 4095, draw());
    at += put_text(out + at, 2, text, (size_t)size);
    size = snprintf(text, sizeof(text), "plant-%02u/line-%02u/sensor-%04u", draw() % 20,
                    draw() % 30, draw() % 5000);
    at += put_text(out + at, 3, text, (size_t)size);
    const char *type = types[draw() & 3];
    at += put_text(out + at, 4, type, strlen(type));
    out[at++] = 5 << 3;
    at += put_varint(out + at, index + 100000);
    size_t body = MESSAGE_SIZE - at - 3;
    at += put_body(out + at, body);
    if (body < 128 || at != MESSAGE_SIZE)
        bench_die("message %zu has %zu bytes", index, at);
}

int main(int argc, char **argv)
{
    options.count = 10000;
    options_parse(argc, argv);
    FILE *stream = fopen(options.key, "wb");
    if (!stream)
        bench_die("cannot write %s", options.key);
    for (long i = 0; i < options.count; i++) {
        uint8_t message[TEXT_SIZE] = {0};
        uint32_t size = MESSAGE_SIZE;
        make_message((size_t)i, message);
        if (fwrite(&size, sizeof(size), 1, stream) != 1 || fwrite(message, size, 1, stream) != 1)
            bench_die("cannot write %s", options.key);
    }
    return fclose(stream) == 0 ? 0 : 1;
}
