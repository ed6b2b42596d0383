/*
 * peer_nats.c - NATS JetStream through nats.c. A publish carries a reply subject; the server's
 * PubAck to it is the ack (js_PublishAsync does the same inside; by hand, each ack is timed).
 * setup | ingest | replay | fanout | ready | count
 */
#include <nats/nats.h>
#include <semaphore.h>
#include <unistd.h>

#include "bench.h"

enum { PENDING_MAX = 2000000, SUBJECT_SIZE = 112, POLL_STEPS = 30000, POLL_STEP_MS = 2 };

static void must(natsStatus status, const char *what)
{
    if (status != NATS_OK)
        bench_die("nats: %s: %s", what, natsStatus_GetText(status));
}

static natsConnection *try_connect(bool sends_at_once)
{
    natsConnection *connection = NULL;
    natsOptions *settings;
    char url[64];
    (void)snprintf(url, sizeof(url), "nats://%s:%d", options.host, options.port);
    must(natsOptions_Create(&settings), "options");
    must(natsOptions_SetURL(settings, url), "url");
    must(natsOptions_SetSendAsap(settings, sends_at_once), "send asap");
    must(natsOptions_SetAllowReconnect(settings, false), "reconnect");
    must(natsOptions_SetMaxPendingMsgs(settings, PENDING_MAX), "pending");
    if (natsConnection_Connect(&connection, settings) != NATS_OK)
        connection = NULL;
    natsOptions_Destroy(settings);
    return connection;
}

static natsConnection *connect_or_die(bool sends_at_once)
{
    natsConnection *connection = try_connect(sends_at_once);
    if (!connection)
        bench_die("nats does not answer on port %d", options.port);
    return connection;
}

/* ---- ingest ---- */

struct acks {
    struct publisher *publisher;
    uint64_t *sent_at;
    sem_t room;
};

static void on_ack(natsConnection *connection, natsSubscription *subscription, natsMsg *message,
                   void *closure)
{
    struct acks *acks = closure;
    (void)connection;
    (void)subscription;
    if (strstr(natsMsg_GetData(message), "\"error\""))
        bench_die("nats: PubAck %s", natsMsg_GetData(message));
    const char *slot = strrchr(natsMsg_GetSubject(message), '.') + 1;
    publisher_acked(acks->publisher, acks->sent_at[strtol(slot, NULL, 10)]);
    natsMsg_Destroy(message);
    (void)sem_post(&acks->room);
}

static void *ingest(void *argument)
{
    struct publisher *publisher = argument;
    struct acks acks = {.publisher = publisher};
    natsConnection *connection = connect_or_die(options.window == 1);
    natsSubscription *subscription;
    char inbox[SUBJECT_SIZE], reply[SUBJECT_SIZE];
    acks.sent_at = calloc((size_t)options.window, sizeof(*acks.sent_at));
    (void)sem_init(&acks.room, 0, (unsigned)options.window);
    (void)snprintf(inbox, sizeof(inbox), "_INBOX.%d.%d.*", getpid(), publisher->id);
    must(natsConnection_Subscribe(&subscription, connection, inbox, on_ack, &acks), "subscribe");
    must(natsConnection_Flush(connection), "flush");
    publisher_begin(publisher);
    while (publisher_goes_on(publisher)) {
        size_t size;
        const uint8_t *data = payload((size_t)publisher->sent + (size_t)publisher->id * 997, &size);
        long slot = publisher->sent % options.window;
        (void)sem_wait(&acks.room); /* acks of one connection come in order: slots free in order */
        (void)snprintf(reply, sizeof(reply), "_INBOX.%d.%d.%ld", getpid(), publisher->id, slot);
        acks.sent_at[slot] = now_ns();
        must(natsConnection_PublishRequest(connection, options.key, reply, data, (int)size),
             "publish");
        publisher->sent++;
    }
    for (int i = 0; i < options.window; i++)
        (void)sem_wait(&acks.room);
    return NULL;
}

/* ---- reading ---- */

static natsSubscription *read_in_order(natsConnection *connection, natsMsgHandler handler,
                                       void *closure, bool is_from_first)
{
    jsCtx *jet_stream;
    natsSubscription *subscription;
    jsSubOptions settings;
    must(natsConnection_JetStream(&jet_stream, connection, NULL), "jetstream");
    (void)jsSubOptions_Init(&settings);
    settings.Ordered = true;
    settings.Config.DeliverPolicy = is_from_first ? js_DeliverAll : js_DeliverNew;
    must(js_Subscribe(&subscription, jet_stream, options.key, handler, closure, NULL, &settings,
                      NULL),
         "subscribe");
    (void)natsSubscription_SetPendingLimits(subscription, -1, -1);
    return subscription;
}

static atomic_long replayed;
static atomic_ullong replayed_at_ns;
static sem_t replay_done;

static void on_replayed(natsConnection *connection, natsSubscription *subscription,
                        natsMsg *message, void *closure)
{
    (void)connection;
    (void)subscription;
    (void)closure;
    natsMsg_Destroy(message);
    if (atomic_fetch_add(&replayed, 1) + 1 != options.count)
        return;
    atomic_store(&replayed_at_ns, now_ns());
    (void)sem_post(&replay_done);
}

static void replay(void)
{
    natsConnection *connection = connect_or_die(false);
    (void)sem_init(&replay_done, 0, 0);
    uint64_t began_ns = now_ns();
    (void)read_in_order(connection, on_replayed, NULL, true);
    (void)sem_wait(&replay_done);
    double seconds = (double)(atomic_load(&replayed_at_ns) - began_ns) / (double)NS_PER_S;
    (void)printf("rate=%.0f n=%ld\n", (double)options.count / seconds, options.count);
    (void)fflush(stdout);
    _exit(0);
}

/* ---- fan-out ---- */

static void on_followed(natsConnection *connection, natsSubscription *subscription,
                        natsMsg *message, void *closure)
{
    (void)connection;
    (void)subscription;
    subscriber_event(closure, payload_stamp(natsMsg_GetData(message)));
    natsMsg_Destroy(message);
}

static void start(struct subscriber *subscriber)
{
    (void)read_in_order(connect_or_die(false), on_followed, subscriber, false);
    atomic_fetch_add(&subscribers_ready, 1);
}

static void on_unread(natsConnection *connection, natsSubscription *subscription, natsMsg *message,
                      void *closure)
{
    (void)connection;
    (void)subscription;
    (void)closure;
    natsMsg_Destroy(message);
}

static void publish(const struct schedule *schedule)
{
    natsConnection *connection = connect_or_die(true);
    natsSubscription *subscription;
    must(natsConnection_Subscribe(&subscription, connection, "_INBOX.fan", on_unread, NULL),
         "subscribe");
    for (long i = 0; i < schedule->count; i++) {
        uint8_t message[PAYLOAD_MAX];
        uint64_t due_ns = schedule_due_ns(schedule, i);
        size_t size = payload_stamped((size_t)i, due_ns, message);
        if (now_ns() < due_ns)
            sleep_until_ns(due_ns);
        must(natsConnection_PublishRequest(connection, options.key, "_INBOX.fan", message,
                                           (int)size),
             "publish");
    }
}

/* ---- setup, count, ready ---- */

static void make_stream(jsCtx *jet_stream)
{
    jsStreamInfo *info = NULL;
    jsStreamConfig config;
    const char *subjects[] = {options.key};
    (void)jsStreamConfig_Init(&config);
    config.Name = options.key;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    config.Replicas = 1;
    must(js_AddStream(&info, jet_stream, &config, NULL, NULL), "add stream");
}

static bool ask(natsConnection *connection)
{
    jsCtx *jet_stream;
    jsStreamInfo *info = NULL;
    natsMsg *message = NULL;
    must(natsConnection_JetStream(&jet_stream, connection, NULL), "jetstream");
    if (is_command("setup")) {
        make_stream(jet_stream);
        return true;
    }
    if (is_command("count")) {
        must(js_GetStreamInfo(&info, jet_stream, options.key, NULL, NULL), "stream info");
        (void)printf("count=%lu\n", (unsigned long)info->State.Msgs);
        return true;
    }
    return js_GetMsg(&message, jet_stream, options.key, 1, NULL, NULL) == NATS_OK;
}

static int ask_until_answered(void)
{
    for (int step = 0; step < POLL_STEPS; step++, sleep_ms(POLL_STEP_MS)) {
        natsConnection *connection = try_connect(true);
        if (!connection)
            continue;
        bool is_answered = ask(connection);
        natsConnection_Destroy(connection);
        if (is_answered)
            return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    payload_load();
    must(nats_Open(-1), "open");
    if (is_command("ingest"))
        run_ingest(ingest);
    else if (is_command("fanout"))
        run_fanout(start, publish);
    else if (is_command("replay"))
        replay();
    else
        return ask_until_answered();
    return 0;
}
