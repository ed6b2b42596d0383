/*
 * fuzz_zap.c - any frames as a question who may connect: answered always, and with yes only for
 * CURVE, our domain and a key of the right size that is admitted. Input: a byte of size, a frame.
 */
#include <assert.h>

#include "io/zap_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct desk {
    int asked;
    struct bytes key;
    bool admits;
};

/* Even keys are enrolled. */
static bool admits(void *context, struct bytes key)
{
    struct desk *desk = context;
    assert(key.size == ZSOCK_KEY_SIZE);
    desk->asked++;
    desk->key = key;
    desk->admits = key.data[0] % 2 == 0;
    return desk->admits;
}

static void check_yes(const struct zap_request *request, const struct zap_answer *answer,
                      const struct desk *desk)
{
    char name[ZSOCK_KEY_TEXT_SIZE];
    assert(request->count == ZAP_REQUEST_FRAMES && desk->asked == 1 && desk->admits);
    assert(bytes_equal_text(request->frames[0], "1.0"));
    assert(bytes_equal_text(request->frames[2], ZSOCK_ZAP_DOMAIN));
    assert(bytes_equal_text(request->frames[5], "CURVE"));
    assert(strcmp(answer->user, hex_text(desk->key, name, sizeof(name))) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zap_request request = {0};
    struct zap_answer answer;
    struct desk desk = {0};
    for (struct bytes rest = bytes_of(data, size); rest.size > 0;) {
        size_t left = rest.size - 1;
        struct bytes frame = bytes_of(rest.data + 1, left < rest.data[0] ? left : rest.data[0]);
        zap_request_add(&request, frame);
        rest = bytes_of(frame.data + frame.size, left - frame.size);
    }
    zap_judge(&request, admits, &desk, &answer);
    assert(strlen(answer.status) == 3 && answer.text[0] != '\0');
    assert(answer.id.size <= ZAP_FRAME_SIZE_MAX && desk.asked <= 1);
    if (answer.status[0] == '2')
        check_yes(&request, &answer, &desk);
    else
        assert(answer.user[0] == '\0' && !desk.admits);
    return 0;
}
