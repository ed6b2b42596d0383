/*
 * peer_ours.c - peer_ours COMMAND -d DIRECTORY: ours, as the peers' clients are; encryption and
 * signatures are always on. DIRECTORY holds what peer-ours.sh made: agents a0, a1 …, auditors u0 …
 * setup | ingest | replay | fanout | ready | count | size. An ack is the cursor's move in the agent
 * after the broker's commit; the rows were durable in the outbox before.
 */
#include <poll.h>
#include <pthread.h>

#include "audit/auditor.h"
#include "audit/network.h"
#include "bench_agent.h"
#include "bench_reader.h"

enum {
    GUESSED_RATE = 400000, /* rows for a run by time: more than any machine of ours takes */
    FILL_MAX = 800000,
    FANOUT_ROWS_MAX = 1000,
    READY_STEPS = 30000,
    READY_STEP_MS = 2,
    TIMEOUT_MS = 20000,
};

static struct zcontext *zcontext;

static const char *path_of(char letter, int number, char *out, size_t out_size)
{
    (void)snprintf(out, out_size, "%s/%c%d", options.directory, letter, number);
    return out;
}

/* ---- ingest ---- */

static long rows_to_fill(const struct publisher *publisher)
{
    if (options.count > 0)
        return publisher->quota;
    double rows = options.seconds * GUESSED_RATE;
    return (long)(rows < FILL_MAX ? rows : FILL_MAX) / options.publishers;
}

/* One in flight: from the row, durable in the outbox, to its ack. */
static void ingest_singly(struct publisher *publisher, struct bench_agent *agent)
{
    publisher_begin(publisher);
    while (publisher_goes_on(publisher)) {
        bench_agent_add(agent, 1, NULL);
        publisher->sent++;
        bench_agent_wait_acked(agent);
    }
}

static void *ingest(void *argument)
{
    struct publisher *publisher = argument;
    static _Thread_local struct bench_agent agent;
    char path[4096];
    bench_agent_open(&agent, path_of('a', publisher->id, path, sizeof(path)), zcontext);
    bench_agent_wait_live(&agent);
    bench_agent_wait_acked(&agent); /* what an earlier run left behind */
    agent.publisher = publisher;
    if (options.window == 1) {
        ingest_singly(publisher, &agent);
    } else {
        bench_agent_fill(&agent, rows_to_fill(publisher));
        publisher_begin(publisher);
        bench_agent_wait_acked(&agent);
    }
    if (courier_save_cursor(&agent.courier) != OK) /* durably, within the time that counts */
        bench_die("the cursor cannot be saved");
    publisher->ended_ns = now_ns();
    bench_agent_close(&agent);
    return NULL;
}

/* ---- reading: the auditor's own subscriber ---- */

struct tally {
    uint64_t events, wanted;
};

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct tally *tally = context;
    struct envelope envelope;
    struct problem problem;
    (void)hash; /* checked before */
    if (record->kind != RECORD_EVENT)
        return OK;
    TRY(wire_envelope_decode(record->envelope, &envelope, &problem));
    tally->events++;
    return tally->events == tally->wanted ? ERR_BUSY : OK; /* ends the reading */
}

/* The events up to the head, or up to wanted of them. */
static enum err read_events(uint64_t wanted, uint64_t *events, struct problem *problem)
{
    char path[4096];
    struct membership membership;
    struct tally tally = {.wanted = wanted};
    struct reading reading = {.from = 1, .timeout_ms = TIMEOUT_MS};
    struct reading_sink sink = {.context = &tally, .on_record = on_record};
    enum err err = membership_open(&auditor_program, path_of('u', 0, path, sizeof(path)),
                                   &membership, problem);
    if (err != OK)
        return err;
    err = network_read(&membership, &reading, &sink, problem);
    membership_close(&membership);
    *events = tally.events;
    return tally.events == wanted ? OK : err;
}

static void replay(void)
{
    struct problem problem = {0};
    uint64_t events = 0, began_ns = now_ns();
    enum err err = read_events((uint64_t)options.count, &events, &problem);
    double seconds = (double)(now_ns() - began_ns) / (double)NS_PER_S;
    if (err != OK || events < (uint64_t)options.count)
        bench_die("only %lu of %ld events: %s", (unsigned long)events, options.count, problem.text);
    (void)printf("rate=%.0f n=%lu\n", (double)events / seconds, (unsigned long)events);
}

static void count(void)
{
    struct problem problem = {0};
    uint64_t events = 0;
    if (read_events(UINT64_MAX, &events, &problem) != OK)
        bench_die("%s", problem.text);
    (void)printf("count=%lu\n", (unsigned long)events);
}

static int ready(void)
{
    for (int step = 0; step < READY_STEPS; step++) {
        struct problem problem = {0};
        uint64_t events = 0;
        if (read_events(1, &events, &problem) == OK)
            return 0;
        sleep_ms(READY_STEP_MS);
    }
    return 1;
}

/* ---- fan-out ---- */

static void on_fanout_event(struct bench_reader *reader, const struct envelope *envelope)
{
    if (reader->subscriber)
        subscriber_event(reader->subscriber, bench_agent_stamp(envelope->payload));
}

static void on_fanout_live(struct bench_reader *reader)
{
    (void)reader;
    atomic_fetch_add(&subscribers_ready, 1);
}

static struct bench_reader *readers;

/* The first reader has heard where the log ends: all of them begin there. */
static void on_head(struct bench_reader *reader)
{
    uv_stop(reader->loop);
}

static uint64_t find_head(uv_loop_t *loop)
{
    static struct bench_reader reader;
    char path[4096];
    bench_reader_open(&reader, path_of('u', 0, path, sizeof(path)), loop, zcontext);
    reader.on_head = on_head;
    reader.on_event = on_fanout_event;
    bench_reader_begin(&reader, 1);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    uint64_t head_position = reader.follower.head_position;
    bench_reader_close(&reader);
    return head_position;
}

static void *run_readers(void *unused)
{
    uv_loop_t loop;
    (void)unused;
    if (uv_loop_init(&loop) != 0)
        abort();
    uint64_t head_position = find_head(&loop);
    for (int i = 0; i < options.subscribers; i++) {
        char path[4096];
        struct subscriber *subscriber = readers[i].subscriber;
        bench_reader_open(&readers[i], path_of('u', i, path, sizeof(path)), &loop, zcontext);
        readers[i].subscriber = subscriber;
        readers[i].on_event = on_fanout_event;
        readers[i].on_head = on_fanout_live;
        bench_reader_begin(&readers[i], head_position + 1);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    return NULL;
}

/* All of them live in one thread, which begins when the last is known. */
static void start_reader(struct subscriber *subscriber)
{
    pthread_t thread;
    if (!readers)
        readers = calloc((size_t)options.subscribers, sizeof(*readers));
    if (!readers)
        abort();
    readers[subscriber->id].subscriber = subscriber;
    if (subscriber->id == options.subscribers - 1 &&
        pthread_create(&thread, NULL, run_readers, NULL) != 0)
        abort();
}

/* Sleeps until something comes or the next event is due. */
static void wait_due(struct bench_agent *agent, uint64_t due_ns)
{
    struct pollfd poll_loop = {.fd = uv_backend_fd(&agent->loop), .events = POLLIN};
    uint64_t at_ns = now_ns();
    if (at_ns >= due_ns)
        return;
    struct timespec wait = {0, (long)(due_ns - at_ns)};
    (void)ppoll(&poll_loop, 1, &wait, NULL);
}

/* What is due goes into the outbox in one transaction, then on its way. */
static void publish(const struct schedule *schedule)
{
    static struct bench_agent agent;
    char path[4096];
    uint64_t stamps_ns[FANOUT_ROWS_MAX];
    bench_agent_open(&agent, path_of('a', 0, path, sizeof(path)), zcontext);
    bench_agent_wait_live(&agent);
    for (long next = 0; next < schedule->count;) {
        long rows = 0;
        while (rows < FANOUT_ROWS_MAX && next < schedule->count &&
               schedule_due_ns(schedule, next) <= now_ns())
            stamps_ns[rows++] = schedule_due_ns(schedule, next++);
        if (rows > 0) {
            bench_agent_add(&agent, rows, stamps_ns);
            bench_agent_turn(&agent);
        }
        (void)uv_run(&agent.loop, UV_RUN_NOWAIT);
        wait_due(&agent, schedule_due_ns(schedule, next));
    }
    bench_agent_wait_acked(&agent);
    bench_agent_close(&agent);
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    const char *directory = getenv("BENCH_DIR");
    if (directory)
        options.directory = directory;
    payload_load();
    if (zcontext_open(&zcontext) != OK)
        bench_die("no ZeroMQ with CURVE");
    if (is_command("ingest"))
        run_ingest(ingest);
    else if (is_command("fanout"))
        run_fanout(start_reader, publish);
    else if (is_command("replay"))
        replay();
    else if (is_command("count"))
        count();
    else if (is_command("size")) /* of an event, encoded */
        (void)printf("%zu\n", bench_agent_encoded_size());
    else if (is_command("ready"))
        return ready();
    else if (!is_command("setup")) /* peer-ours.sh has done it */
        bench_die("%s: setup, ingest, replay, fanout, ready or count", options.command);
    return 0;
}
