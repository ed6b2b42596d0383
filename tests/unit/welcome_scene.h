/* welcome_scene.h - the city's answer to a reading program's request, as its broker would write it,
 * for the tests of reader/ and audit/. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/identity.h"
#include "proto/wire.h"

struct welcome_draft {
    uint32_t role;
    const char *address;
    const uint8_t *curve_key; /* the broker's; NULL: some key */
    uint8_t key_flip;         /* not 0: it is for another key than the request's */
};

static inline void welcome_scene_request(const char *path, struct arena *arena,
                                         struct enrolment_request *out)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct problem problem = {0};
    assert_int_equal(file_read(path, 1 << 16, &text, &problem), OK);
    struct bytes kept = arena_copy(arena, buffer_bytes(&text));
    assert_int_equal(wire_request_open(kept, arena, out, &problem), OK);
}

static inline void welcome_scene_write(const char *request_path, const struct welcome_draft *draft,
                                       const char *path)
{
    uint8_t public_key[SIGN_KEY_SIZE], secret_key[SIGN_KEY_SIZE], key_id[KEY_ID_SIZE];
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer text = {0};
    CLEANUP(signer_close) struct signer *signer = NULL;
    struct enrolment_request request;
    struct problem problem = {0};
    arena_init(&arena, 1 << 20);
    welcome_scene_request(request_path, &arena, &request);
    wire_key_id(request.curve_key, request.signing_key, key_id);
    key_id[0] ^= draft->key_flip;
    assert_int_equal(sign_keypair(public_key, secret_key), OK);
    assert_int_equal(signer_open(secret_key, &signer), OK);
    struct enrolment_welcome welcome = {
        .address = bytes_of_text(draft->address),
        .name = request.name,
        .city_name = bytes_of_text("六安市"),
        .city_unit = bytes_of_text("3415"),
        .log_id = bytes_of("0123456789abcdef", 16),
        .role = draft->role,
        .key_id = bytes_of(key_id, sizeof key_id),
        .broker_curve_key =
            bytes_of(draft->curve_key ? draft->curve_key : public_key, CURVE_KEY_SIZE),
        .broker_signing_key = bytes_of(public_key, sizeof public_key),
    };
    if (draft->role == PEER_AGENT)
        welcome.unit = bytes_of_text("341502"), welcome.epoch = 1;
    assert_int_equal(wire_welcome_seal(&welcome, signer, &text), OK);
    assert_int_equal(file_write(path, buffer_bytes(&text), &problem), OK);
}
