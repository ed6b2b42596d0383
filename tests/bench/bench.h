/*
 * bench.h - what every measuring program shares: clock, histogram, options, the payload file, the
 * threads that publish and the accounting of a fan-out. A command prints one line of key=value
 * pairs on standard output, which run-peers.sh keeps as SUBJECT TEST KEY VALUE; errors go to
 * standard error.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S  1000000000ULL
#define NS_PER_MS 1000000ULL

/* Says what went wrong and ends the process; under BENCH_CRASH, says what was acked instead. */
void bench_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

uint64_t now_ns(void);
void sleep_until_ns(uint64_t at_ns);
void sleep_ms(uint64_t ms);

/* ---- log-linear histogram of nanoseconds, finer than 1 % ---- */

enum { HISTOGRAM_BITS = 7, HISTOGRAM_CELLS = 58 << HISTOGRAM_BITS };
struct histogram {
    uint64_t cells[HISTOGRAM_CELLS], count, max;
};
void histogram_add(struct histogram *histogram, uint64_t ns);
void histogram_merge(struct histogram *into, const struct histogram *from);
double histogram_us(const struct histogram *histogram, double quantile);
void histogram_print(const struct histogram *histogram); /* "p50_us=… p99_us=… max_us=… " */

/* ---- options: PROGRAM COMMAND [OPTION...] ---- */

struct options {
    const char *command, *host, *key, *queue_type, *directory;
    int port, publishers, window, subscribers, batch, qos;
    long count, rate;
    double seconds;
};
extern struct options options;
void options_parse(int argc, char **argv);
bool is_command(const char *name);

/*
 * ---- payload file: u32 little-endian length, bytes ----
 * Byte 0 of a message is a protobuf tag (field 1, fixed64), bytes 1..8 its value: the time it was
 * due, stamped by the fan-out, so that a stamped message stays valid.
 */
enum { PAYLOAD_MAX = 1024 };
void payload_load(void); /* from $BENCH_PAYLOAD */
const uint8_t *payload(size_t index, size_t *size);
size_t payload_stamped(size_t index, uint64_t stamp_ns, uint8_t *out);
uint64_t payload_stamp(const void *data);

/*
 * ---- ingest: options.publishers threads ----
 * Each has up to options.window events under way. A thread connects, calls publisher_begin,
 * publishes while publisher_goes_on, notes every ack with publisher_acked, drains and returns. It
 * ends after options.count events in all or, with 0, stops sending after options.seconds.
 */
struct publisher {
    int id;
    long quota, sent;
    atomic_long acked;
    uint64_t began_ns, ended_ns, deadline_ns;
    struct histogram latency;
};
void publisher_begin(struct publisher *publisher);
bool publisher_goes_on(const struct publisher *publisher);
void publisher_acked(struct publisher *publisher, uint64_t sent_at_ns);
void run_ingest(void *(*thread)(void *publisher));

/*
 * ---- fan-out: options.subscribers connections ----
 * options.rate events a second at fixed points in time for options.seconds. Each is stamped with
 * the time it was due, so that a publisher's stall counts as latency. The first half second is
 * delivered but not timed.
 */
struct subscriber {
    int id;
    long got;
    struct histogram latency;
};
extern atomic_int subscribers_ready, fanout_over;
void subscriber_event(struct subscriber *subscriber, uint64_t stamp_ns);
struct schedule {
    uint64_t begin_ns, gap_ns;
    long count;
};
static inline uint64_t schedule_due_ns(const struct schedule *schedule, long index)
{
    return schedule->begin_ns + (uint64_t)index * schedule->gap_ns;
}
_Noreturn void run_fanout(void (*start)(struct subscriber *),
                          void (*publish)(const struct schedule *));
