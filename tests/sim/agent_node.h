/*
 * agent_node.h - a county's machine in the simulator: home, commands and courier as shipped;
 * instead of a socket and the loop, the network and simulated time. Its directory can be copied,
 * put back, and killed at any moment.
 */
#pragma once

#include "agent/courier.h"
#include "world.h"

struct agent_node {
    struct world *world;
    char name[32]; /* in the transcript */
    char unit[UNIT_TEXT_MAX + 1];
    char directory[WORLD_PATH_MAX];
    bool is_up;
    struct home home;
    struct courier courier;
    struct link *link;
    struct link_quality quality;
    uint64_t turn_at_ms;
    int64_t clock_ms; /* ahead of simulated time */
    struct claim_list claims;
    /* an older state of the directory */
    bool has_image;
    char image[WORLD_PATH_MAX];
    size_t image_claims;
    bool was_disturbed; /* a clone, a roll-back or a restored broker may hold it up for good */
    bool was_revoked;
    uint64_t rejoin_at_ms; /* the operator has it in hand; WORLD_NEVER: no */
};

/* A new unit: init, enrol, join. */
struct agent_node *agent_node_create(struct world *world, const char *unit);
void agent_node_release(struct agent_node *node);
void agent_node_start(struct agent_node *node);
void agent_node_kill(struct agent_node *node);
void agent_node_step(struct agent_node *node);
uint64_t agent_node_next_ms(const struct agent_node *node);

/* What the clerk hands over: so many notes of so many bytes. How many were accepted. */
size_t agent_node_submit(struct agent_node *node, size_t count, size_t text_size);
size_t agent_node_submit_milestone(struct agent_node *node);
enum agent_mistake { MISTAKE_RIGHT, MISTAKE_ALGORITHM, MISTAKE_FORM };
/* An event that this machine's older program let pass. False: the disk is full. */
bool agent_node_submit_bad(struct agent_node *node, enum agent_mistake mistake);

void agent_node_take_image(struct agent_node *node);
void agent_node_roll_back(
    struct agent_node *node); /* to the image; it was killed before or is now */
struct agent_node *agent_node_clone(struct agent_node *node);
/* rejoin, enrol --replace, rejoin WELCOME. False: the broker or the disk does not let it happen
 * now. */
bool agent_node_rejoin(struct agent_node *node);

bool agent_node_is_settled(const struct agent_node *node); /* live, and every seq is answered */
bool agent_node_is_held(const struct agent_node *node);    /* trying again does not mend it */
