/*
 * broker_node.h - a broker in the simulator: office and exchange as shipped; instead of ZeroMQ and
 * the writer's thread, the network and a commit that happens later. A kill may fall before the
 * commit, between commit and ack, or after.
 */
#pragma once

#include "broker/exchange.h"
#include "world.h"

struct broker_node {
    struct world *world;
    char directory[WORLD_PATH_MAX], store[WORLD_PATH_MAX];
    bool is_up;
    struct office office;
    struct exchange exchange;
    struct batch batches[2];
    struct batch *writing; /* NULL: the writer is idle */
    bool is_committed;     /* writing is on the disk; the loop does not know yet */
    uint64_t writer_at_ms, tick_at_ms, turn_at_ms, store_at_ms, head_written_ms;
    uint32_t commit_ms;     /* how long a commit takes, at most */
    int64_t clock_ms;       /* ahead of simulated time */
    int64_t newest_wall_ms; /* it has ever believed */
    bool keeps_head_file, told_full;
    char backups[WORLD_BACKUPS_MAX][WORLD_PATH_MAX];
    size_t backup_count;
};

void broker_node_create(struct world *world, uint32_t window_events);
void broker_node_release(struct broker_node *node);
void broker_node_start(struct broker_node *node);
void broker_node_kill(struct broker_node *node); /* all memory is gone; the disk stays */
void broker_node_step(struct broker_node *node);
uint64_t broker_node_next_ms(const struct broker_node *node);

/* Commands as the operator gives them; they wait for the disk. welcome may be NULL. False: refused.
 */
bool broker_node_enrol(struct broker_node *node, struct bytes request, bool replace,
                       struct buffer *welcome);
bool broker_node_revoke(struct broker_node *node, const char *what);
void broker_node_back_up(struct broker_node *node);
/* Kills it, puts the newest backup in the store's place, and starts it. False: there is none. */
bool broker_node_restore(struct broker_node *node);
