/* world.c - see world.h. */
#include "world.h"

#include <assert.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_node.h"
#include "broker_node.h"
#include "made_up.h"
#include "subscriber_node.h"

static const char *command_name = "swarm";
static struct world *present;
static char last_words[256]; /* for a crash: which seed it was */
static size_t last_words_size;

static void on_crash(int signal_number)
{
    (void)!write(STDERR_FILENO, last_words, last_words_size);
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

void world_name_command(const char *command)
{
    command_name = command;
    (void)signal(SIGABRT, on_crash);
}

static void make_directory(struct world *world)
{
    const char *temporary = getenv("TMPDIR");
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : temporary ? temporary : "/tmp";
    (void)snprintf(world->directory, sizeof world->directory, "%.128s/huoshui-sim-XXXXXX", base);
    if (!mkdtemp(world->directory))
        world_fail(world, "cannot make a directory in %s", base);
}

void world_open(struct world *world, uint64_t seed)
{
    *world = (struct world){.seed = seed};
    present = world;
    (void)snprintf(last_words, sizeof last_words,
                   "\ncrashed; run again: %.160s %" PRIu64 " 1 print\n", command_name, seed);
    last_words_size = strlen(last_words);
    random_init(&world->random, seed);
    made_up_begin(world, random_next(&world->random));
    network_init(&world->network, random_next(&world->random));
    truth_init(&world->truth);
    make_directory(world);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_directory(const struct world *world)
{
    if (*world->directory)
        (void)nftw(world->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void world_close(struct world *world)
{
    for (size_t i = 0; i < world->subscriber_count; i++)
        subscriber_node_release(world->subscribers[i]);
    for (size_t i = 0; i < world->agent_count; i++)
        agent_node_release(world->agents[i]);
    if (world->broker)
        broker_node_release(world->broker);
    network_release(&world->network);
    truth_release(&world->truth);
    buffer_release(&world->transcript);
    remove_directory(world);
    made_up_end();
    present = NULL;
}

char *world_path(struct world *world, const char *name, char out[WORLD_PATH_MAX])
{
    (void)snprintf(out, WORLD_PATH_MAX, "%.160s/%u-%.60s", world->directory, ++world->serial, name);
    return out;
}

void world_copy_file(const char *from, const char *to)
{
    char block[1 << 14];
    FILE *source = fopen(from, "rb");
    FILE *target = source ? fopen(to, "wb") : NULL;
    size_t size = 0;
    bool good = target && fchmod(fileno(target), 0600) == 0;
    while (good && (size = fread(block, 1, sizeof block, source)) > 0)
        good = fwrite(block, 1, size, target) == size;
    if (target && fclose(target) != 0)
        good = false;
    if (source)
        (void)fclose(source);
    if (!good)
        world_fail(present, "cannot copy %s to %s", from, to);
}

/* ---- the transcript ---- */

static void count_line(struct world *world, const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++) /* FNV-1a: two runs are compared, nobody attacks */
        world->digest = (world->digest ^ (uint8_t)line[i]) * 0x100000001b3;
    world->line_count++;
}

void world_say(struct world *world, const char *who, const char *format, ...)
{
    char line[WORLD_LINE_MAX];
    int head = snprintf(line, sizeof line, "[%7" PRIu64 "] %-8s ", world->now_ms, who);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line + head, sizeof line - (size_t)head - 1, format, arguments);
    va_end(arguments);
    size_t size = strlen(line);
    line[size++] = '\n';
    count_line(world, line, size);
    if (world->is_printing)
        (void)fwrite(line, 1, size, stdout);
    if (world->is_keeping)
        buffer_add(&world->transcript, bytes_of(line, size));
}

void world_fail(struct world *world, const char *format, ...)
{
    char text[WORLD_LINE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)fflush(stdout);
    (void)fprintf(stderr, "[%7" PRIu64 "] FAILED: %s\nrun again: %s %" PRIu64 " 1 print\n",
                  world->now_ms, text, command_name, world->seed);
    remove_directory(world);
    _exit(1);
}

/* ---- time ---- */

void world_step(struct world *world)
{
    network_step(&world->network, world->now_ms);
    broker_node_step(world->broker);
    for (size_t i = 0; i < world->agent_count; i++)
        agent_node_step(world->agents[i]);
    for (size_t i = 0; i < world->subscriber_count; i++)
        subscriber_node_step(world->subscribers[i]);
}

static uint64_t earlier(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

uint64_t world_next_ms(const struct world *world)
{
    uint64_t next = earlier(network_next_ms(&world->network), broker_node_next_ms(world->broker));
    for (size_t i = 0; i < world->agent_count; i++)
        next = earlier(next, agent_node_next_ms(world->agents[i]));
    for (size_t i = 0; i < world->subscriber_count; i++)
        next = earlier(next, subscriber_node_next_ms(world->subscribers[i]));
    return next > world->now_ms ? next : world->now_ms + 1;
}

void world_run_until(struct world *world, uint64_t until_ms)
{
    while (world->now_ms < until_ms) {
        world_step(world);
        world->now_ms = earlier(world_next_ms(world), until_ms);
        world->network.now_ms = world->now_ms;
    }
}
