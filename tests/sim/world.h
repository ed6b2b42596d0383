/*
 * world.h - one seed's city: simulated time, a network, a broker, agents, subscribers, a transcript
 * and the truth of what was accepted. The nodes drive the shipped cores, codec and stores; only
 * network, clocks, disk space, key making and the moment of a crash are made up here.
 */
#pragma once

#include "base/random.h"
#include "base/trace.h"
#include "network.h"
#include "truth.h"

enum {
    WORLD_AGENTS_MAX = 12,
    WORLD_SUBSCRIBERS_MAX = 8,
    WORLD_PATH_MAX = 256,
    WORLD_LINE_MAX = 700,
    WORLD_BACKUPS_MAX = 8,
};

#define WORLD_WALL_MS INT64_C(1664532000000) /* 2022-09-30T18:00+08:00, at simulated 0 */
#define WORLD_NEVER   UINT64_MAX

struct broker_node;
struct agent_node;
struct subscriber_node;

struct world {
    uint64_t seed, now_ms;
    struct random random;
    char directory[WORLD_PATH_MAX];
    struct network network;
    struct broker_node *broker;
    struct agent_node *agents[WORLD_AGENTS_MAX];
    size_t agent_count;
    struct subscriber_node *subscribers[WORLD_SUBSCRIBERS_MAX];
    size_t subscriber_count;
    struct truth truth;
    /* transcript */
    bool is_printing, is_keeping;
    struct buffer transcript;
    uint64_t line_count, digest;
    uint32_t serial; /* of directories and events */
    /* what a seed did, for its last line */
    uint64_t broker_kills, agent_kills, restores, clones, rollbacks, rejoins;
};

void world_open(struct world *world, uint64_t seed);
void world_close(struct world *world); /* removes the directory */
/* Once a process, before the first world: a crash of the program says which seed it was. */
void world_name_command(const char *command);
/* A directory that does not exist yet. */
char *world_path(struct world *world, const char *name, char out[WORLD_PATH_MAX]);
void world_copy_file(const char *from, const char *to);

/* "[   1250] 341502 text". Every line counts for the digest, printed or not. */
void world_say(struct world *world, const char *who, const char *format, ...) PRINTF_LIKE(3, 4);
/* Ends the process with the command that runs this seed again. */
__attribute__((noreturn)) void world_fail(struct world *world, const char *format, ...)
    PRINTF_LIKE(2, 3);
#define DEMAND(world, condition, ...)                                                              \
    do {                                                                                           \
        if (!(condition))                                                                          \
            world_fail(world, __VA_ARGS__);                                                        \
    } while (0)

void world_step(struct world *world);              /* everything that is due now */
uint64_t world_next_ms(const struct world *world); /* later than now */
void world_run_until(struct world *world, uint64_t until_ms);

/* The disk under this directory has so many bytes free; WORLD_NEVER: plenty; 0: the reserve is
 * gone, too. */
void world_set_disk(const char *directory, uint64_t free_bytes);
