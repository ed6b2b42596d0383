/*
 * wire.h - the one codec: bytes to structs and back; all limits are checked here, before anything
 * is allocated. Decoded structs borrow from the input and the arena. Decoders return ERR_MALFORMED
 * or ERR_LIMIT and set problem. The hot five (push, batch, update, envelope, record) are scanned in
 * place without allocation; a test holds them equal to protobuf-c's own reading.
 */
#pragma once

#include "proto/frame.h"

MUST_CHECK enum err wire_frame_decode(struct bytes bytes, struct arena *arena, struct frame *out,
                                      struct problem *problem);
void wire_frame_encode(const struct frame *frame, struct buffer *out); /* appends */

/* Payload and envelope. */
void wire_envelope_encode(const struct envelope *envelope, struct buffer *out);
MUST_CHECK enum err wire_envelope_decode(struct bytes bytes, struct envelope *out,
                                         struct problem *problem);
void wire_fact_encode(const struct event *event, struct buffer *out);
/* envelope.kind unknown: OK, with the fact all zero; the payload stays in the envelope. */
MUST_CHECK enum err wire_fact_decode(const struct envelope *envelope, struct arena *arena,
                                     struct event *out, struct problem *problem);
/*
 * fact -> payload -> event_id (unless given) -> envelope bytes; ERR_LIMIT beyond EVENT_SIZE_MAX, or
 * beyond EVENT_WITH_EVIDENCE_SIZE_MAX with evidence. The event's event_id and payload then borrow
 * from out.
 */
MUST_CHECK enum err wire_event_seal(struct bytes unit, struct event *event, struct buffer *out,
                                    struct problem *problem);

/* Records. The bytes of a record are hashed and stored as they are made here. */
void wire_record_encode(const struct record *record, struct buffer *out);
MUST_CHECK enum err wire_record_decode(struct bytes bytes, struct record *out,
                                       struct problem *problem);
/* Position and kind alone, which wire_record_encode puts first; ERR_MALFORMED where they are not.
 */
MUST_CHECK enum err wire_record_peek(struct bytes bytes, uint64_t *position, uint32_t *kind);
void wire_roster_change_encode(const struct roster_change *change, struct buffer *out);
MUST_CHECK enum err wire_roster_change_decode(struct bytes bytes, struct roster_change *out);
void wire_alarm_encode(const struct alarm *alarm, struct buffer *out);
MUST_CHECK enum err wire_alarm_decode(struct bytes bytes, struct alarm *out);
void wire_setting_encode(const struct setting_record *setting, struct buffer *out);
MUST_CHECK enum err wire_setting_decode(struct bytes bytes, struct setting_record *out);
void wire_push_signature_encode(const struct push_signature *signature, struct buffer *out);
MUST_CHECK enum err wire_push_signature_decode(struct bytes bytes, struct push_signature *out);

/*
 * A batch: items one after the other (envelopes of a push, stored rows of an update).
 * wire_batch_compress replaces it by its zstd form when that is at least an eighth smaller, and
 * says so.
 */
struct wire_batch { /* a walk over a batch */
    struct bytes rest;
};
void wire_batch_add(struct buffer *batch, struct bytes item);
/* ERR_NOT_FOUND at the end. */
MUST_CHECK enum err wire_batch_next(struct wire_batch *batch, struct bytes *out);
/* scratch holds the compressed form; *batch then points into it. */
bool wire_batch_compress(struct bytes *batch, struct buffer *scratch);
MUST_CHECK enum err wire_batch_expand(struct bytes compressed, struct buffer *scratch,
                                      struct bytes *out);

/* A stored row: OFFSET 0 SIZE 32 the record's SHA-256; OFFSET 32 the record's bytes. */
enum { ROW_HASH_SIZE = 32 };
static inline struct bytes wire_row_record(struct bytes row) /* of a row that is no shorter */
{
    return bytes_of(row.data + ROW_HASH_SIZE, row.size - ROW_HASH_SIZE);
}
/* ERR_CORRUPT when the hash does not fit. record_hash may be NULL. */
MUST_CHECK enum err wire_row_open(struct bytes row, struct record *out, struct hash *record_hash);

/*
 * What a unit signs with each push: a fixed text with its domain, unit, epoch, first and last seq,
 * and the chain after it; a signature over it cannot be taken for anything else.
 */
void wire_push_statement(struct bytes unit, uint32_t epoch, uint64_t first_seq, uint64_t last_seq,
                         const struct hash *chain_head, struct buffer *out);

/* Enrolment: files for USB stick or mail; base64 lines behind a first line that says what it is. */
struct enrolment_request {
    uint32_t role;      /* enum peer_role */
    uint32_t unit_type; /* enum unit_type */
    struct bytes unit, name;
    struct bytes curve_key, signing_key;
    struct bytes signature; /* by the signing key over the rest */
};
struct enrolment_welcome {
    struct bytes address; /* tcp://host:port */
    struct bytes unit, name, city_name, city_unit, log_id;
    uint32_t role, epoch;
    struct bytes key_id; /* whose welcome this is */
    struct bytes broker_curve_key, broker_signing_key;
    struct bytes signature; /* by the broker's signing key over the rest */
};
struct signer;
MUST_CHECK enum err wire_request_seal(const struct enrolment_request *request,
                                      struct signer *signer, struct buffer *out);
/* Checks the form and the signature. text is the file's; decoded bytes live in the arena. */
MUST_CHECK enum err wire_request_open(struct bytes text, struct arena *arena,
                                      struct enrolment_request *out, struct problem *problem);
MUST_CHECK enum err wire_welcome_seal(const struct enrolment_welcome *welcome,
                                      struct signer *signer, struct buffer *out);
MUST_CHECK enum err wire_welcome_open(struct bytes text, struct arena *arena,
                                      struct enrolment_welcome *out, struct problem *problem);
void wire_key_id(struct bytes curve_key, struct bytes signing_key, uint8_t out[KEY_ID_SIZE]);
