/*
 * peer_mqtt.c - an MQTT 3.1.1 broker (Mosquitto) through libmosquitto, -q QoS 1 or 2. MQTT keeps no
 * log: "stored" is queued for an offline persistent session, and a replay drains one of them (keys
 * s0, s1, s2 …). setup (makes -s such sessions) | ingest | replay -k sN | fanout | ready
 */
#include <mosquitto.h>
#include <semaphore.h>
#include <unistd.h>

#include "bench.h"

enum {
    SLOTS = 65536,
    KEEPALIVE_S = 60,
    IDLE_S = 3,
    CONNECT_STEPS = 3000,
    CONNECT_STEP_MS = 2,
};
static const char topic[] = "bench/ev";

static void must(int status)
{
    if (status != MOSQ_ERR_SUCCESS)
        bench_die("mosquitto: %s", mosquitto_strerror(status));
}

static struct mosquitto *make_client(const char *name, bool is_clean, void *context)
{
    struct mosquitto *client = mosquitto_new(name, is_clean, context);
    if (!client)
        abort();
    int window = options.window < SLOTS ? options.window : SLOTS - 1;
    must(mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, window));
    must(mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, SLOTS - 1));
    must(mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1));
    return client;
}

static void connect_client(struct mosquitto *client)
{
    int step = 0;
    while (mosquitto_connect(client, options.host, options.port, KEEPALIVE_S) != MOSQ_ERR_SUCCESS) {
        if (++step > CONNECT_STEPS)
            bench_die("mosquitto does not answer on port %d", options.port);
        sleep_ms(CONNECT_STEP_MS);
    }
    must(mosquitto_loop_start(client));
}

/* ---- ingest ---- */

struct flights {
    struct publisher *publisher;
    sem_t room, connected;
    uint64_t sent_at[SLOTS];
};

static void on_connected(struct mosquitto *client, void *context, int status)
{
    struct flights *flights = context;
    (void)client;
    must(status);
    (void)sem_post(&flights->connected);
}

static void on_published(struct mosquitto *client, void *context, int message)
{
    struct flights *flights = context;
    (void)client;
    publisher_acked(flights->publisher, flights->sent_at[message]);
    (void)sem_post(&flights->room);
}

static void *ingest(void *argument)
{
    struct publisher *publisher = argument;
    struct flights *flights = calloc(1, sizeof(*flights));
    if (!flights)
        abort();
    struct mosquitto *client = make_client(NULL, true, flights);
    flights->publisher = publisher;
    (void)sem_init(&flights->room, 0, (unsigned)options.window);
    (void)sem_init(&flights->connected, 0, 0);
    mosquitto_connect_callback_set(client, on_connected);
    mosquitto_publish_callback_set(client, on_published);
    connect_client(client);
    (void)sem_wait(&flights->connected);
    publisher_begin(publisher);
    for (int next = 1; publisher_goes_on(publisher); publisher->sent++) {
        size_t size;
        int number;
        const uint8_t *data = payload((size_t)publisher->sent + (size_t)publisher->id * 997, &size);
        (void)sem_wait(&flights->room);
        flights->sent_at[next] = now_ns(); /* libmosquitto numbers messages 1, 2, 3 … */
        must(mosquitto_publish(client, &number, topic, (int)size, data, options.qos, false));
        if (number != next)
            bench_die("mosquitto: message %d, %d was expected", number, next);
        next = next == SLOTS - 1 ? 1 : next + 1;
    }
    for (int i = 0; i < options.window; i++)
        (void)sem_wait(&flights->room);
    return NULL;
}

/* ---- setup, ready, replay: one client, one thing to wait for ---- */

static sem_t is_up, is_done;
static atomic_long replayed;
static atomic_ullong replayed_at_ns;

static void on_up(struct mosquitto *client, void *context, int status)
{
    (void)client;
    (void)context;
    must(status);
    (void)sem_post(&is_up);
}

static void on_subscribed(struct mosquitto *client, void *context, int message, int count,
                          const int *granted)
{
    (void)client;
    (void)context;
    (void)message;
    (void)count;
    (void)granted;
    (void)sem_post(&is_done);
}

static void on_replayed(struct mosquitto *client, void *context,
                        const struct mosquitto_message *message)
{
    (void)client;
    (void)context;
    (void)message;
    atomic_store(&replayed_at_ns, now_ns());
    atomic_fetch_add(&replayed, 1);
}

static void setup(void)
{
    for (int i = 0; i < options.subscribers; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "s%d", i);
        struct mosquitto *client = make_client(name, false, NULL);
        mosquitto_connect_callback_set(client, on_up);
        mosquitto_subscribe_callback_set(client, on_subscribed);
        connect_client(client);
        (void)sem_wait(&is_up);
        must(mosquitto_subscribe(client, NULL, topic, options.qos));
        (void)sem_wait(&is_done);
        must(mosquitto_disconnect(client));
        must(mosquitto_loop_stop(client, false));
        mosquitto_destroy(client);
    }
}

/* Another client connects: the broker listens after its file has been read. */
static void ready(void)
{
    struct mosquitto *client = make_client(NULL, true, NULL);
    mosquitto_connect_callback_set(client, on_up);
    connect_client(client);
    (void)sem_wait(&is_up);
}

static void replay(void)
{
    struct mosquitto *client = make_client(options.key, false, NULL);
    uint64_t began_ns = now_ns();
    mosquitto_message_callback_set(client, on_replayed);
    atomic_store(&replayed_at_ns, began_ns);
    connect_client(client);
    while (atomic_load(&replayed) < options.count &&
           now_ns() < atomic_load(&replayed_at_ns) + IDLE_S * NS_PER_S)
        sleep_ms(1);
    double seconds = (double)(atomic_load(&replayed_at_ns) - began_ns) / (double)NS_PER_S;
    (void)printf("rate=%.0f n=%ld\n", (double)atomic_load(&replayed) / seconds,
                 atomic_load(&replayed));
}

/* ---- fan-out ---- */

static void on_followed(struct mosquitto *client, void *context,
                        const struct mosquitto_message *message)
{
    (void)client;
    subscriber_event(context, payload_stamp(message->payload));
}

static void on_follower_up(struct mosquitto *client, void *context, int status)
{
    (void)context;
    must(status);
    must(mosquitto_subscribe(client, NULL, topic, options.qos));
}

static void on_following(struct mosquitto *client, void *context, int message, int count,
                         const int *granted)
{
    (void)client;
    (void)context;
    (void)message;
    (void)count;
    (void)granted;
    atomic_fetch_add(&subscribers_ready, 1);
}

static void start(struct subscriber *subscriber)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "fan%d", subscriber->id);
    struct mosquitto *client = make_client(name, true, subscriber);
    mosquitto_connect_callback_set(client, on_follower_up);
    mosquitto_subscribe_callback_set(client, on_following);
    mosquitto_message_callback_set(client, on_followed);
    connect_client(client);
}

static void publish(const struct schedule *schedule)
{
    struct mosquitto *client = make_client(NULL, true, NULL);
    mosquitto_connect_callback_set(client, on_up);
    connect_client(client);
    (void)sem_wait(&is_up);
    for (long i = 0; i < schedule->count; i++) {
        uint8_t message[PAYLOAD_MAX];
        uint64_t due_ns = schedule_due_ns(schedule, i);
        size_t size = payload_stamped((size_t)i, due_ns, message);
        if (now_ns() < due_ns)
            sleep_until_ns(due_ns);
        must(mosquitto_publish(client, NULL, topic, (int)size, message, options.qos, false));
    }
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    payload_load();
    (void)mosquitto_lib_init();
    (void)sem_init(&is_up, 0, 0);
    (void)sem_init(&is_done, 0, 0);
    if (is_command("ingest"))
        run_ingest(ingest);
    else if (is_command("fanout"))
        run_fanout(start, publish);
    else if (is_command("setup"))
        setup();
    else if (is_command("ready"))
        ready();
    else if (is_command("replay"))
        replay();
    else
        bench_die("%s: setup, ingest, replay, fanout or ready", options.command);
    (void)fflush(stdout);
    _exit(0); /* the clients' threads run on */
}
