/*
 * fuzz_control.c - any bytes on the control socket, from both sides and in any pieces: the same
 * verdict as in one piece, within the limits, and a request that is whole reads as it was said.
 */
#include <assert.h>

#include "io/control_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECE_MAX = 7 };

static enum control_verdict take_request(struct control_request_reader *reader, struct bytes bytes,
                                         size_t piece)
{
    enum control_verdict verdict = CONTROL_MORE;
    for (size_t at = 0; at < bytes.size && verdict == CONTROL_MORE; at += piece) {
        size_t left = bytes.size - at;
        verdict =
            control_request_take(reader, bytes_of(bytes.data + at, left < piece ? left : piece));
    }
    return verdict;
}

static void check_request(const struct control_request_reader *reader)
{
    struct control_request request = control_request_of(reader);
    size_t size = 0;
    assert(request.argument_count > 0 && !request.arguments[request.argument_count]);
    for (size_t i = 0; i < request.argument_count; i++)
        size += strlen(request.arguments[i]) + 1;
    assert(size == reader->arguments.size);
    assert(request.input.size == reader->input.size);
}

static void fuzz_request(struct bytes bytes, size_t piece)
{
    struct control_request_reader whole = {0}, pieces = {0};
    enum control_verdict verdict = take_request(&whole, bytes, bytes.size + 1);
    assert(take_request(&pieces, bytes, piece) == verdict);
    assert(bytes_equal(buffer_bytes(&whole.arguments), buffer_bytes(&pieces.arguments)));
    assert(bytes_equal(buffer_bytes(&whole.input), buffer_bytes(&pieces.input)));
    assert(whole.arguments.size <= CONTROL_ARGUMENTS_SIZE_MAX);
    assert(whole.argument_count < CONTROL_ARGUMENTS_MAX);
    assert(whole.refusal == pieces.refusal &&
           (whole.refusal != NULL) == (verdict == CONTROL_REFUSED));
    if (verdict == CONTROL_WHOLE)
        check_request(&whole);
    control_request_release(&whole);
    control_request_release(&pieces);
}

struct answer {
    struct buffer out, error;
    struct control_answer answer;
    enum control_verdict verdict;
};

static void take_answer(struct answer *into, struct bytes bytes, size_t piece)
{
    *into = (struct answer){.answer = {.status = -1}};
    into->answer.out = &into->out;
    into->answer.error = &into->error;
    struct control_answer_reader reader = {.answer = &into->answer};
    for (size_t at = 0; at < bytes.size && into->verdict == CONTROL_MORE; at += piece) {
        size_t left = bytes.size - at;
        into->verdict =
            control_answer_take(&reader, bytes_of(bytes.data + at, left < piece ? left : piece));
    }
}

static void fuzz_answer(struct bytes bytes, size_t piece)
{
    struct answer whole, pieces;
    take_answer(&whole, bytes, bytes.size + 1);
    take_answer(&pieces, bytes, piece);
    assert(whole.verdict == pieces.verdict && whole.answer.status == pieces.answer.status);
    assert(bytes_equal(buffer_bytes(&whole.out), buffer_bytes(&pieces.out)));
    assert(bytes_equal(buffer_bytes(&whole.error), buffer_bytes(&pieces.error)));
    assert(whole.out.size + whole.error.size <= bytes.size); /* nothing that was not said */
    assert(whole.verdict == CONTROL_WHOLE || whole.answer.status == -1);
    buffer_release(&whole.out);
    buffer_release(&whole.error);
    buffer_release(&pieces.out);
    buffer_release(&pieces.error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t piece = 1 + data[0] % PIECE_MAX;
    struct bytes bytes = bytes_of(data + 1, size - 1);
    fuzz_request(bytes, piece);
    fuzz_answer(bytes, piece);
    return 0;
}
