/* fuzz_json.c - any bytes as a line of submit: what is accepted is sealed, printed, and read again
 * as the same event. */
#include <assert.h>

#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    CLEANUP(buffer_release) struct buffer line = {0};
    struct bytes unit = bytes_of_text("3415");
    struct problem problem;
    struct event event, again;
    arena_init(&arena, ARENA_LIMIT);
    if (json_event_parse(bytes_of(data, size), &arena, &event, &problem) != OK) {
        assert(problem.text[0] != '\0');
        return 0;
    }
    if (event_check(&event, &problem) != OK ||
        wire_event_seal(unit, &event, &first, &problem) != OK)
        return 0;
    json_event_write(&event, &line);
    enum err err = json_event_parse(buffer_bytes(&line), &arena, &again, &problem);
    assert(err == OK);
    err = wire_event_seal(unit, &again, &second, &problem);
    assert(err == OK);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    return 0;
}
