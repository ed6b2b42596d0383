/* fuzz_frame.c - any bytes as a frame: what is accepted is written so that it reads the same,
 * batches included. */
#include <assert.h>

#include "proto/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 4 << 20 };

static void walk(struct bytes bytes, bool compressed)
{
    CLEANUP(buffer_release) struct buffer scratch = {0};
    struct wire_batch batch = {bytes};
    struct bytes item;
    if (compressed && wire_batch_expand(bytes, &scratch, &batch.rest) != OK)
        return;
    while (wire_batch_next(&batch, &item) == OK)
        (void)hash_of(item); /* touches every byte */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    struct problem problem;
    struct frame frame, again;
    arena_init(&arena, ARENA_LIMIT);
    if (wire_frame_decode(bytes_of(data, size), &arena, &frame, &problem) != OK)
        return 0;
    wire_frame_encode(&frame, &first);
    enum err err = wire_frame_decode(buffer_bytes(&first), &arena, &again, &problem);
    assert(err == OK);
    wire_frame_encode(&again, &second);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    if (frame.kind == FRAME_PUSH)
        walk(frame.push.batch, frame.push.compressed);
    if (frame.kind == FRAME_UPDATE)
        walk(frame.update.batch, frame.update.compressed);
    return 0;
}
