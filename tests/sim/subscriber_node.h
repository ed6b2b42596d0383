/*
 * subscriber_node.h - a display or an auditor in the simulator: proto/follower as shipped, and a
 * replica of the rows it was handed. Told that the log changed, it forgets the replica and starts
 * from position 1.
 */
#pragma once

#include "proto/follower.h"
#include "world.h"

struct replica_row {
    uint64_t position;
    struct hash hash;
};

struct contact_seen { /* of a unit's link, as it was told */
    char unit[UNIT_TEXT_MAX + 1];
    bool is_online;
    int64_t last_contact_ms;
    uint64_t backlog;
};

struct subscriber_node {
    struct world *world;
    char name[32];
    bool is_up;
    uint8_t curve_key[CURVE_KEY_SIZE];
    struct follower follower;
    struct link *link;
    struct link_quality quality;
    uint64_t turn_at_ms;
    /* what it asks for */
    struct bytes units[2];
    struct filter filter;
    bool is_dense, with_signatures, with_contacts;
    uint64_t window;
    struct contact_seen contacts[WORLD_AGENTS_MAX];
    size_t contact_count;
    /* its disk */
    struct replica_row *rows;
    size_t row_count, row_capacity;
    uint64_t start_overs;
};

struct subscriber_plan {
    const char *name;
    const char *unit; /* NULL: all */
    uint32_t kind;    /* 0: all */
    bool all_records, with_signatures, with_contacts;
    uint64_t window;
};

struct subscriber_node *subscriber_node_create(struct world *world,
                                               const struct subscriber_plan *plan);
void subscriber_node_release(struct subscriber_node *node);
void subscriber_node_start(struct subscriber_node *node);
void subscriber_node_kill(struct subscriber_node *node); /* the replica stays */
void subscriber_node_step(struct subscriber_node *node);
uint64_t subscriber_node_next_ms(const struct subscriber_node *node);
bool subscriber_node_is_settled(struct subscriber_node *node);
/* What it was told last of a unit's link; NULL: nothing. */
struct contact_seen *subscriber_node_contact(struct subscriber_node *node, struct bytes unit);
/* Does this record belong into its replica? Judged here, not by the broker's feed. */
bool subscriber_node_wants(const struct subscriber_node *node, const struct record *record);
