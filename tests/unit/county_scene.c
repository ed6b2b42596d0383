/* county_scene.c - see county_scene.h. */
#include "tests/unit/county_scene.h"

#include <assert.h>
#include <stdlib.h>

#include "proto/wire.h"

void county_must(enum err err)
{
    if (err != OK)
        abort();
}

void county_open(struct county *county, const char *unit, uint8_t number)
{
    uint8_t secret[SIGN_KEY_SIZE];
    *county = (struct county){0};
    bytes_to_text(bytes_of_text(unit), county->unit, sizeof(county->unit));
    memset(county->curve_key, number, CURVE_KEY_SIZE);
    memset(county->key_id, number, KEY_ID_SIZE);
    county_must(sign_keypair(county->signing_key, secret));
    county_must(signer_open(secret, &county->signer));
}

void county_close(struct county *county)
{
    signer_close(county->signer);
    buffer_release(&county->batch);
    for (size_t i = 0; i <= COUNTY_EVENTS; i++)
        buffer_release(&county->envelopes[i]);
}

struct roster_change county_enrolment(const struct county *county, uint32_t epoch)
{
    return (struct roster_change){
        .action = ROSTER_ENROL,
        .role = PEER_AGENT,
        .unit = bytes_of_text(county->unit),
        .name = bytes_of_text("金安区"),
        .unit_type = UNIT_COUNTY,
        .epoch = epoch,
        .curve_key = bytes_of(county->curve_key, CURVE_KEY_SIZE),
        .signing_key = bytes_of(county->signing_key, SIGNING_KEY_SIZE),
        .key_id = bytes_of(county->key_id, KEY_ID_SIZE),
    };
}

void county_say_bytes(struct county *county, struct bytes envelope)
{
    assert(county->newest < COUNTY_EVENTS);
    uint64_t seq = ++county->newest;
    struct hash hash = hash_of(envelope);
    buffer_clear(&county->envelopes[seq]);
    buffer_add(&county->envelopes[seq], envelope);
    county->chain[seq] = hash_chain(&county->chain[seq - 1], &hash);
}

void county_say(struct county *county, const char *text)
{
    struct buffer sealed = {0};
    struct problem problem = {0};
    struct event event = {
        .envelope =
            {
                .algorithm = SIGN_ED25519_SHA256,
                .kind = EVENT_NOTE,
                .occurred_on = COUNTY_DAY,
                .body = BODY_INVESTMENT_BUREAU,
                .agent_clock_ms = COUNTY_WALL_MS,
            },
    };
    event.note.text = bytes_of_text(text);
    county_must(wire_event_seal(bytes_of_text(county->unit), &event, &sealed, &problem));
    county_say_bytes(county, buffer_bytes(&sealed));
    buffer_release(&sealed);
}

void county_say_envelope(struct county *county, const struct envelope *envelope)
{
    struct buffer bytes = {0};
    wire_envelope_encode(envelope, &bytes);
    county_say_bytes(county, buffer_bytes(&bytes));
    buffer_release(&bytes);
}

void county_say_many(struct county *county, uint64_t until)
{
    while (county->newest < until) {
        char text[32] = "event 00";
        text[6] = (char)('0' + (county->newest + 1) / 10);
        text[7] = (char)('0' + (county->newest + 1) % 10);
        county_say(county, text);
    }
}

void county_sign(struct county *county, struct push *push)
{
    struct buffer statement = {0};
    wire_push_statement(bytes_of_text(county->unit), push->epoch, push->first_seq,
                        push->first_seq + push->count - 1, &push->chain_head, &statement);
    county_must(signer_sign(county->signer, buffer_bytes(&statement), county->signature));
    push->signature = bytes_of(county->signature, SIGN_SIGNATURE_SIZE);
    buffer_release(&statement);
}

struct push county_push(struct county *county, uint32_t epoch, uint64_t first, uint64_t last)
{
    buffer_clear(&county->batch);
    for (uint64_t seq = first; seq <= last; seq++)
        wire_batch_add(&county->batch, buffer_bytes(&county->envelopes[seq]));
    struct push push = {
        .epoch = epoch,
        .first_seq = first,
        .count = (uint32_t)(last - first + 1),
        .batch = buffer_bytes(&county->batch),
        .chain_head = county->chain[last],
    };
    county_sign(county, &push);
    return push;
}

struct hello county_hello(const struct county *county, uint32_t epoch, uint64_t acked_seq,
                          const struct token *token)
{
    return (struct hello){
        .version_min = PROTOCOL_VERSION,
        .version_max = PROTOCOL_VERSION,
        .unit = bytes_of_text(county->unit),
        .epoch = epoch,
        .newest_seq = county->newest,
        .acked_seq = acked_seq,
        .chain_head = county->chain[county->newest],
        .token = token && token->counter ? bytes_of(token->bytes, TOKEN_SIZE) : BYTES_NONE,
        .clock_ms = COUNTY_WALL_MS,
    };
}
