/* bench_run.c - see bench.h: publishers and subscribers, and what happens when the server dies. */
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

enum { READY_STEPS = 3000, DRAIN_STEPS = 1000, STEP_MS = 10, SETTLE_MS = 300, LEAD_MS = 10 };

static struct publisher *publishers;
static pthread_barrier_t start_line;
static double began_processor_us; /* connecting and filling an outbox come before */
static bool is_crash_test;        /* $BENCH_CRASH: the server is going to be killed under us */

/* On SIGTERM or the first error: what was acked until then. */
static _Noreturn void report_crash(void)
{
    static atomic_int is_reported;
    long acked = 0;
    while (atomic_exchange(&is_reported, 1)) /* another thread is at it, and ends the process */
        (void)pause();
    for (int i = 0; i < options.publishers; i++)
        acked += atomic_load(&publishers[i].acked);
    (void)dprintf(STDOUT_FILENO, "crash_acked=%ld\n", acked);
    _exit(0);
}

static void *wait_for_term(void *unused)
{
    sigset_t set;
    int number;
    (void)unused;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigwait(&set, &number);
    report_crash();
}

void bench_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments); /* NOLINT(clang-analyzer-valist.Uninitialized) */
    va_end(arguments);
    (void)fputc('\n', stderr);
    if (is_crash_test)
        report_crash();
    exit(1); /* NOLINT(concurrency-mt-unsafe): the measurement is over */
}

/* ---- ingest ---- */

static double processor_us(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* All have come to the line; one looks at the processor's clock before any of them leaves it. */
void publisher_begin(struct publisher *publisher)
{
    int place = pthread_barrier_wait(&start_line);
    if (place == PTHREAD_BARRIER_SERIAL_THREAD)
        began_processor_us = processor_us();
    (void)pthread_barrier_wait(&start_line);
    if (is_crash_test && publisher->id == 0)
        (void)dprintf(STDOUT_FILENO, "began\n");
    publisher->began_ns = publisher->ended_ns = now_ns();
    publisher->deadline_ns = publisher->began_ns + (uint64_t)(options.seconds * (double)NS_PER_S);
}

bool publisher_goes_on(const struct publisher *publisher)
{
    return options.count > 0 ? publisher->sent < publisher->quota
                             : now_ns() < publisher->deadline_ns;
}

void publisher_acked(struct publisher *publisher, uint64_t sent_at_ns)
{
    publisher->ended_ns = now_ns();
    histogram_add(&publisher->latency, publisher->ended_ns - sent_at_ns);
    atomic_fetch_add_explicit(&publisher->acked, 1, memory_order_relaxed);
}

static void print_ingest(void)
{
    static struct histogram all;
    uint64_t began_ns = UINT64_MAX, ended_ns = 0;
    long acked = 0;
    for (int i = 0; i < options.publishers; i++) {
        const struct publisher *publisher = &publishers[i];
        histogram_merge(&all, &publisher->latency);
        acked += atomic_load(&publisher->acked);
        began_ns = publisher->began_ns < began_ns ? publisher->began_ns : began_ns;
        ended_ns = publisher->ended_ns > ended_ns ? publisher->ended_ns : ended_ns;
    }
    double seconds = (double)(ended_ns - began_ns) / (double)NS_PER_S;
    (void)printf("rate=%.0f ", seconds > 0 ? (double)acked / seconds : 0);
    histogram_print(&all);
    (void)printf("acked=%ld client_cpu_us_per_event=%.2f\n", acked,
                 acked > 0 ? (processor_us() - began_processor_us) / (double)acked : 0);
}

static void expect_crash(void)
{
    pthread_t thread;
    sigset_t set;
    is_crash_test = true;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* threads to come inherit it */
    (void)pthread_create(&thread, NULL, wait_for_term, NULL);
}

void run_ingest(void *(*thread)(void *publisher))
{
    size_t count = (size_t)options.publishers;
    publishers = calloc(count, sizeof(*publishers));
    pthread_t *threads = calloc(count, sizeof(*threads));
    if (!publishers || !threads || count == 0)
        abort();
    if (getenv("BENCH_CRASH"))
        expect_crash();
    (void)pthread_barrier_init(&start_line, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        publishers[i].id = (int)i;
        publishers[i].quota =
            options.count / options.publishers + ((long)i < options.count % options.publishers);
        if (pthread_create(&threads[i], NULL, thread, &publishers[i]) != 0)
            abort();
    }
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    print_ingest();
    free(threads);
}

/* ---- fan-out ---- */

atomic_int subscribers_ready, fanout_over;
static atomic_long delivered;
static atomic_ullong fanout_begins_ns, fanout_counts_from_ns;

void subscriber_event(struct subscriber *subscriber, uint64_t stamp_ns)
{
    uint64_t at_ns = now_ns(), begins_ns = atomic_load(&fanout_begins_ns);
    if (begins_ns == 0 || stamp_ns < begins_ns || stamp_ns > at_ns)
        return; /* an older event, without a stamp */
    subscriber->got++;
    atomic_fetch_add(&delivered, 1);
    if (stamp_ns >= atomic_load(&fanout_counts_from_ns))
        histogram_add(&subscriber->latency, at_ns - stamp_ns);
}

static struct subscriber *start_subscribers(void (*start)(struct subscriber *))
{
    struct subscriber *subscribers = calloc((size_t)options.subscribers, sizeof(*subscribers));
    if (!subscribers)
        abort();
    for (int i = 0; i < options.subscribers; i++) {
        subscribers[i].id = i;
        start(&subscribers[i]);
    }
    for (int step = 0; atomic_load(&subscribers_ready) < options.subscribers; step++) {
        if (step > READY_STEPS)
            bench_die("only %d of %d subscribers are ready", atomic_load(&subscribers_ready),
                      options.subscribers);
        sleep_ms(STEP_MS);
    }
    sleep_ms(SETTLE_MS);
    return subscribers;
}

_Noreturn void run_fanout(void (*start)(struct subscriber *),
                          void (*publish)(const struct schedule *))
{
    struct subscriber *subscribers = start_subscribers(start);
    struct schedule schedule = {
        .begin_ns = now_ns() + LEAD_MS * NS_PER_MS,
        .gap_ns = NS_PER_S / (uint64_t)options.rate,
        .count = (long)((double)options.rate * (options.seconds + .5)),
    };
    long wanted = schedule.count * options.subscribers;
    atomic_store(&fanout_counts_from_ns, schedule.begin_ns + NS_PER_S / 2);
    atomic_store(&fanout_begins_ns, schedule.begin_ns);
    publish(&schedule);
    double seconds = (double)(now_ns() - schedule.begin_ns) / (double)NS_PER_S;
    for (int step = 0; atomic_load(&delivered) < wanted && step < DRAIN_STEPS; step++)
        sleep_ms(STEP_MS);
    atomic_store(&fanout_over, 1);
    static struct histogram all;
    for (int i = 0; i < options.subscribers; i++)
        histogram_merge(&all, &subscribers[i].latency);
    histogram_print(&all);
    (void)printf("delivered_pct=%.3f sent_rate=%.0f\n",
                 100.0 * (double)atomic_load(&delivered) / (double)wanted,
                 (double)schedule.count / seconds);
    (void)fflush(stdout);
    _exit(0); /* skips the orderly ends of all the connections */
}
