/* faults.h - what goes wrong in a seed, and the people who put it right afterwards. */
#pragma once

#include "world.h"

struct faults { /* one seed's plan */
    struct world *world;
    uint32_t allowed; /* a bit for each kind of fault */
    uint64_t next_fault_ms, next_event_ms, until_ms;
    uint64_t broker_up_at_ms, broker_space_at_ms;
    uint64_t agent_up_at_ms[WORLD_AGENTS_MAX], agent_line_at_ms[WORLD_AGENTS_MAX];
    uint64_t agent_space_at_ms[WORLD_AGENTS_MAX];
    uint64_t subscriber_line_at_ms[WORLD_SUBSCRIBERS_MAX];
    size_t events_left;
    bool is_done[WORLD_AGENTS_MAX]; /* healed: nothing on its disk is still to be told */
};

void faults_init(struct faults *faults, struct world *world);
void faults_run(struct faults *faults); /* until until_ms */
/* Everything is mended; then every machine must come to an end with all it holds. */
void faults_heal(struct faults *faults);
