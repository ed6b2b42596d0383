/* fuzz_stream.c - bytes as a life of the ring and of three browsers: each hears facts that only
 * rise, frames that never go back and parts within their size. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "display/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BROWSERS = 3, RING = 2000 };

struct life {
    struct stream *stream;
    uint64_t position, frame;
    struct stream_cursor cursors[BROWSERS];
    struct buffer heard[BROWSERS];
    uint64_t ids[BROWSERS], facts[BROWSERS], frames[BROWSERS];
};

static void hear(struct life *life, size_t i)
{
    struct buffer *heard = &life->heard[i];
    const uint8_t *end;
    while (heard->size > 0 && (end = memmem(heard->data, heard->size, "\n\n", 2))) {
        size_t size = (size_t)(end - heard->data) + 2;
        char block[128];
        bytes_to_text(bytes_of(heard->data, size), block, sizeof(block));
        uint64_t number = strtoull(strstr(block, "data: ") + 6, NULL, 10);
        if (strncmp(block, "id: ", 4) == 0) {
            uint64_t id = strtoull(block + 4, NULL, 10);
            assert(id > life->ids[i]);
            life->ids[i] = id;
        }
        if (strstr(block, "event: fact")) {
            assert(number > life->facts[i] && number <= life->ids[i]);
            life->facts[i] = number;
        } else if (strstr(block, "event: frame")) {
            assert(i > 0 && number >= life->frames[i]);
            life->frames[i] = number;
        }
        memmove(heard->data, heard->data + size, heard->size - size);
        heard->size -= size;
    }
}

static void frame(struct life *life, uint8_t byte)
{
    char text[64];
    if (byte % 3 == 0 && life->frame < life->position)
        life->frame = life->position - byte % 2;
    int size = snprintf(text, sizeof(text), "%llu", (unsigned long long)life->frame);
    struct bytes bytes = bytes_of(text, (size_t)size);
    stream_add(life->stream, STREAM_FRAME, life->frame, BYTES_NONE, bytes);
    stream_begin_with(life->stream, life->frame, bytes, bytes_of_text("0"));
}

static void step(struct life *life, uint8_t kind, uint8_t byte)
{
    static const struct visitor unit = {.scope = GRANT_UNIT, .units = {"34"}, .unit_count = 1};
    char text[64];
    size_t i = byte % BROWSERS;
    switch (kind % 6) {
    case 0:
        life->position += 1 + byte % 4;
        (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)life->position);
        stream_add(life->stream, STREAM_FACT, life->position,
                   bytes_of_text(byte % 8 < 4 ? "34" : "35"), bytes_of_text(text));
        break;
    case 1:
        frame(life, byte);
        break;
    case 2:
        stream_add(life->stream, byte % 2 ? STREAM_CONTACT : STREAM_BEAT, 0,
                   bytes_of_text(byte % 4 ? "" : "34"), bytes_of_text("0"));
        break;
    case 3:
        stream_leave(&life->cursors[i]);
        buffer_clear(&life->heard[i]);
        stream_join(life->stream, life->ids[i], i == 0 ? &unit : NULL, &life->cursors[i]);
        break;
    default: {
        size_t before = life->heard[i].size, size = 33 + (size_t)byte;
        (void)stream_take(life->stream, &life->cursors[i], size, &life->heard[i]);
        assert(life->heard[i].size - before <= size);
        hear(life, i);
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct life life = {.stream = stream_new(RING)};
    for (size_t i = 0; i < BROWSERS; i++)
        stream_join(life.stream, 0, NULL, &life.cursors[i]);
    step(&life, 3, 0);
    for (size_t i = 0; i + 1 < size && i < 20000; i += 2)
        step(&life, data[i], data[i + 1]);
    for (size_t i = 0; i < BROWSERS; i++) {
        stream_leave(&life.cursors[i]);
        buffer_release(&life.heard[i]);
    }
    stream_free(life.stream);
    return 0;
}
