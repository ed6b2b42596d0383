/* fuzz_enrolment.c - any text as an enrolment file: nothing is accepted that lacks its form, its
 * keys or its signature. */
#include <assert.h>

#include "proto/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    struct problem problem = {0};
    struct enrolment_request request;
    struct enrolment_welcome welcome;
    uint8_t key_id[KEY_ID_SIZE];
    arena_init(&arena, ARENA_LIMIT);
    if (wire_request_open(bytes_of(data, size), &arena, &request, &problem) == OK) {
        assert(request.curve_key.size == CURVE_KEY_SIZE);
        assert(request.signature.size == SIGN_SIGNATURE_SIZE);
        wire_key_id(request.curve_key, request.signing_key, key_id);
    } else {
        assert(problem.text[0] != '\0' && problem.remedy[0] != '\0');
    }
    problem = (struct problem){0};
    if (wire_welcome_open(bytes_of(data, size), &arena, &welcome, &problem) == OK)
        assert(welcome.broker_signing_key.size == SIGNING_KEY_SIZE);
    else
        assert(problem.text[0] != '\0' && problem.remedy[0] != '\0');
    return 0;
}
