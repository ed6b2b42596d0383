/*
 * swarm.c - many seeds: each makes a city, lets random things go wrong for some simulated minutes,
 * heals everything, and demands the end (truth_judge). `swarm FIRST COUNT [print]`, `swarm twice
 * SEED`: the same seed gives the same transcript.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_node.h"
#include "broker_node.h"
#include "faults.h"
#include "subscriber_node.h"

struct totals {
    uint64_t seeds, events, frames, simulated_ms, broker_kills, agent_kills, restores, clones,
        rollbacks, rejoins;
};

static void on_sent(void *context, const struct link *link, bool to_broker, struct bytes frame)
{
    struct world *world = context;
    for (size_t i = 0; i < frame.size; i++)
        world->digest = (world->digest ^ frame.data[i]) * 0x100000001b3;
    world->digest ^= network_link_number(link) * 2 + to_broker;
}

static void populate(struct world *world)
{
    static const char *const units[] = {"341502", "341503", "341504", "341522"};
    static const uint32_t windows[] = {3, 20, 100, 4000};
    static const struct subscriber_plan plans[] = {
        {.name = "auditor", .all_records = true, .with_signatures = true, .window = 1000},
        {.name = "display", .with_contacts = true, .window = 40},
        {.name = "one-unit", .unit = "341503", .window = 7},
        {.name = "one-kind", .kind = EVENT_MILESTONE, .window = 50},
    };
    broker_node_create(world, windows[random_below(&world->random, ARRAY_LENGTH(windows))]);
    static const uint32_t commits_ms[] = {2, 30, 300, 3000}; /* a slow disk is a disk, too */
    world->broker->commit_ms = commits_ms[random_below(&world->random, ARRAY_LENGTH(commits_ms))];
    uint64_t count = 1 + random_below(&world->random, ARRAY_LENGTH(units));
    for (size_t i = 0; i < count; i++)
        (void)agent_node_create(world, units[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(plans); i++)
        (void)subscriber_node_create(world, &plans[i]);
}

static uint64_t run(uint64_t seed, bool is_printing, struct totals *totals)
{
    static struct world world;
    static struct faults faults;
    world_open(&world, seed);
    world.is_printing = is_printing;
    world.network.on_sent = on_sent;
    populate(&world);
    faults_init(&faults, &world);
    faults_run(&faults);
    faults_heal(&faults);
    truth_judge(&world);
    uint64_t digest = world.digest;
    totals->seeds++;
    totals->events += world.truth.count;
    totals->frames += world.network.passed_count;
    totals->simulated_ms += world.now_ms;
    totals->broker_kills += world.broker_kills;
    totals->agent_kills += world.agent_kills;
    totals->restores += world.restores;
    totals->clones += world.clones;
    totals->rollbacks += world.rollbacks;
    totals->rejoins += world.rejoins;
    world_close(&world);
    return digest;
}

static int run_twice(uint64_t seed)
{
    struct totals totals = {0};
    uint64_t first = run(seed, false, &totals), second = run(seed, false, &totals);
    if (first != second) {
        (void)fprintf(stderr,
                      "seed %" PRIu64 " gave two transcripts: %016" PRIx64 " %016" PRIx64 "\n",
                      seed, first, second);
        return 1;
    }
    (void)printf("seed %" PRIu64 " twice: transcript %016" PRIx64 "\n", seed, first);
    return 0;
}

int main(int argc, char **argv)
{
    world_name_command(argv[0]);
    if (argc == 3 && strcmp(argv[1], "twice") == 0)
        return run_twice(strtoull(argv[2], NULL, 10));
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 60;
    struct totals totals = {0};
    for (uint64_t seed = first; seed < first + count; seed++)
        (void)run(seed, argc > 3, &totals);
    (void)printf("%" PRIu64 " seeds: %" PRIu64 " events, %" PRIu64 " frames, %" PRIu64
                 " simulated minutes; broker killed %" PRIu64 " and restored %" PRIu64
                 " times, agents killed %" PRIu64 ", cloned %" PRIu64 ", rolled back %" PRIu64
                 ", rejoined %" PRIu64 "\n",
                 totals.seeds, totals.events, totals.frames, totals.simulated_ms / 60000,
                 totals.broker_kills, totals.restores, totals.agent_kills, totals.clones,
                 totals.rollbacks, totals.rejoins);
    return 0;
}
