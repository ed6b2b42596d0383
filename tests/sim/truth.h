/*
 * truth.h - what the simulator knows and no program does: each event that was accepted, on which
 * machines' disks it is, and what must become of it. Judges every frame the broker sends, and the
 * whole log at the end.
 */
#pragma once

#include "base/map.h"
#include "ledger/event/record.h"

struct world;
struct agent_node;

enum { TRUTH_CLAIMS_MAX = 20000 };

struct claim { /* one accepted event */
    uint8_t event_id[EVENT_ID_SIZE];
    char unit[UNIT_TEXT_MAX + 1];
    uint32_t reason;  /* enum refusal_reason: what the broker must say; REFUSAL_NONE: an event */
    bool may_be_lost; /* the only disk that held it was put back to an older state */
    uint64_t event_count, refusal_count, position; /* in the log, as counted at the end */
};

struct truth {
    struct claim *claims;
    size_t count;
    struct map by_id;
};

struct claim_list { /* the claims on one machine's disk, in the order they were accepted */
    uint32_t *items;
    size_t count, capacity;
};

void truth_init(struct truth *truth);
void truth_release(struct truth *truth);
uint32_t truth_accept(struct world *world, const char *unit, struct bytes event_id,
                      uint32_t reason);
void claim_list_add(struct claim_list *list, uint32_t claim);
void claim_list_copy(struct claim_list *to, const struct claim_list *from);

/* The broker hands this frame to the transport: is what it promises durable? */
void truth_on_broker_sends(struct world *world, struct bytes route, struct bytes frame_bytes);
/* A machine's disk is about to be put back to its first `kept` claims. */
void truth_on_rollback(struct world *world, const struct agent_node *agent, size_t kept);
/* After healing: the log, the agents and the subscribers. */
void truth_judge(struct world *world);
