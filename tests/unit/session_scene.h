/*
 * session_scene.h - a session driven by choices, from a seed or a fuzzer's bytes, beside a model
 * that is a few numbers: pushes in and out of order, duplicates, overlaps, damage, a fork, commits,
 * lost batches, lost welcomes. It asserts that the log gets each event of the county once and in
 * order.
 */
#pragma once

#include "base/random.h"
#include "tests/unit/county_scene.h"

struct choices {
    struct bytes bytes;    /* used up from the front, or */
    struct random *random; /* drawn without end */
};

uint32_t choose(struct choices *choices, uint32_t limit); /* below limit */

struct walk_world { /* made once: keys and signatures are the slow part */
    struct county truth, fork;
    struct roster_entry who;
    struct session_event *events;
};

void walk_world_open(struct walk_world *world);
void walk_world_close(struct walk_world *world);
/* At most so many steps, or until the choices are used up; then the network heals, and everything
 * must get in. */
void walk_run(struct walk_world *world, struct choices *choices, int steps);
