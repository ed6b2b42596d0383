/* fuzz_session.c - a session under any order of pushes, commits, losses and hellos. */
#include "tests/unit/session_scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct walk_world world;
    struct choices choices = {.bytes = bytes_of(data, size)};
    if (!world.events)
        walk_world_open(&world);
    walk_run(&world, &choices, 300);
    return 0;
}
