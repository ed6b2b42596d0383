/* random_frame.h - for tests: frames of every kind, filled at random within their limits. */
#pragma once

#include "random_frame_feed.h"

static inline void random_session(struct random *random, struct arena *arena, struct frame *out)
{
    struct bytes text = random_text(random, arena, 90), log_id = random_bytes(random, arena, 16);
    struct bytes token = random_bytes(random, arena, random_below(random, 65));
    int64_t clock_ms = (int64_t)random_below(random, 4000000000000);
    uint64_t seq = random_next(random) >> random_below(random, 64);
    struct hash hash = random_hash(random, arena), other = random_hash(random, arena);
    if (out->kind == FRAME_HELLO)
        out->hello = (struct hello){
            1, 3, random_unit(random), 2, seq, seq / 2, hash, token, clock_ms, seq, text};
    else if (out->kind == FRAME_WELCOME)
        out->welcome = (struct welcome){1,   seq, hash,   seq,  token, clock_ms, clock_ms / 2,
                                        seq, 7,   log_id, token};
    else if (out->kind == FRAME_REFUSE)
        out->refuse = (struct refuse){REASON_FORK, text, text, seq, hash, other, 500, 4};
    else if (out->kind == FRAME_HEARTBEAT)
        out->heartbeat = (struct heartbeat){true, clock_ms, clock_ms / 3, token, seq};
    else
        out->bye = (struct bye){REASON_BUSY, text};
}

static inline struct bytes random_batch(struct random *random, struct arena *arena)
{
    CLEANUP(buffer_release) struct buffer batch = {0};
    for (int i = 0; i < 3; i++)
        wire_batch_add(&batch, random_bytes(random, arena, random_below(random, 90)));
    return arena_copy(arena, buffer_bytes(&batch));
}

static inline void random_ack(struct random *random, struct arena *arena, struct ack *out)
{
    size_t count = random_below(random, 4);
    *out = (struct ack){.epoch = 1,
                        .have_seq = random_next(random),
                        .credit_seq = random_next(random),
                        .refusal_count = count,
                        .safe_position = 9,
                        .checkpoint = random_bytes(random, arena, 20)};
    out->refusals = count ? arena_alloc(arena, count * sizeof(*out->refusals)) : NULL;
    for (size_t i = 0; i < count; i++)
        out->refusals[i] =
            (struct ack_refusal){i + 1, i + 2, REFUSAL_RIGHT, random_text(random, arena, 60)};
}

static inline void random_bulk(struct random *random, struct arena *arena, struct frame *out)
{
    struct bytes batch = random_batch(random, arena);
    struct bytes signature = random_bytes(random, arena, SIGN_SIGNATURE_SIZE);
    struct hash hash = random_hash(random, arena);
    if (out->kind == FRAME_PUSH) {
        out->push = (struct push){1, 41, 3, batch, true, hash, signature};
        return;
    }
    out->update = (struct update){.subscription = 7,
                                  .scanned_to = 90,
                                  .head_position = 91,
                                  .count = 3,
                                  .batch = batch,
                                  .signature_count = random_below(random, 3)};
    size_t signatures = out->update.signature_count;
    out->update.signatures = arena_alloc(arena, signatures * sizeof(struct push_signature));
    for (size_t i = 0; i < signatures; i++)
        out->update.signatures[i] =
            (struct push_signature){i + 1, random_unit(random), 1, 44, 41, signature};
}

static inline void random_frame(struct random *random, enum frame_kind kind, struct arena *arena,
                                struct frame *out)
{
    *out = (struct frame){.kind = kind};
    if (kind == FRAME_PUSH || kind == FRAME_UPDATE)
        random_bulk(random, arena, out);
    else if (kind == FRAME_ACK)
        random_ack(random, arena, &out->ack);
    else if (kind == FRAME_CONTACTS)
        random_contacts(random, arena, &out->contacts);
    else if (kind == FRAME_SUBSCRIBE || kind == FRAME_GRANT || kind == FRAME_UNSUBSCRIBE)
        random_feed(random, arena, out);
    else
        random_session(random, arena, out);
}
