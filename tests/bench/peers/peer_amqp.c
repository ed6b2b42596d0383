/*
 * peer_amqp.c - RabbitMQ through librabbitmq (AMQP 0-9-1), -y stream | quorum. Persistent messages,
 * publisher confirms: the confirm is the ack. Reading a queue takes from it, so replay and fanout
 * are a stream's only. setup | ingest | replay | fanout | ready | count
 */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>

#include "bench.h"

enum {
    FRAME_MAX = 131072,
    SLOTS = 1 << 20,
    SENT_AT_ONCE = 64,
    PREFETCH = 4000,
    PREFETCH_LIVE = 1000,
    ACK_EACH = 1000,
    ACK_EACH_LIVE = 100,
    CONFIRM_WAIT_S = 10,
    POLL_STEPS = 6000,
    POLL_STEP_MS = 10,
};

static amqp_connection_state_t try_connect(void)
{
    amqp_connection_state_t connection = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(connection);
    int one = 1;
    bool is_open =
        amqp_socket_open(socket, options.host, options.port) == AMQP_STATUS_OK &&
        amqp_login(connection, "/", 0, FRAME_MAX, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest")
                .reply_type == AMQP_RESPONSE_NORMAL &&
        amqp_channel_open(connection, 1) != NULL;
    if (!is_open) {
        (void)amqp_destroy_connection(connection);
        return NULL;
    }
    (void)setsockopt(amqp_get_sockfd(connection), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return connection;
}

static amqp_connection_state_t connect_or_die(void)
{
    amqp_connection_state_t connection = try_connect();
    if (!connection)
        bench_die("rabbitmq does not answer on port %d", options.port);
    return connection;
}

static void must(amqp_connection_state_t connection, const char *what)
{
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection);
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
        reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *close = reply.reply.decoded;
        bench_die("rabbitmq: %s: %.*s", what, (int)close->reply_text.len,
                  (const char *)close->reply_text.bytes);
    }
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        bench_die("rabbitmq: %s: %s", what, amqp_error_string2(reply.library_error));
}

static void send_message(amqp_connection_state_t connection, const void *data, size_t size)
{
    amqp_basic_properties_t properties = {._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
                                          .delivery_mode = 2};
    union { /* the library's bytes are not const; a publish only reads them */
        const void *given;
        void *taken;
    } body = {data};
    int status =
        amqp_basic_publish(connection, 1, amqp_empty_bytes, amqp_cstring_bytes(options.key), 0, 0,
                           &properties, (amqp_bytes_t){size, body.taken});
    if (status != AMQP_STATUS_OK)
        bench_die("rabbitmq: publish: %s", amqp_error_string2(status));
}

/* ---- ingest ---- */

struct confirm {
    uint64_t tag; /* 0: another frame */
    bool is_multiple;
};

/* Takes one frame; false: none came in time. */
static bool take_confirm(amqp_connection_state_t connection, long seconds, struct confirm *confirm)
{
    amqp_frame_t frame;
    struct timeval wait = {seconds, 0};
    *confirm = (struct confirm){0};
    int status = amqp_simple_wait_frame_noblock(connection, &frame, &wait);
    if (status == AMQP_STATUS_TIMEOUT)
        return false;
    if (status != AMQP_STATUS_OK)
        bench_die("rabbitmq: %s", amqp_error_string2(status));
    if (frame.frame_type != AMQP_FRAME_METHOD)
        return true;
    if (frame.payload.method.id == AMQP_BASIC_ACK_METHOD) {
        const amqp_basic_ack_t *ack = frame.payload.method.decoded;
        *confirm = (struct confirm){ack->delivery_tag, ack->multiple};
    } else if (frame.payload.method.id == AMQP_BASIC_NACK_METHOD ||
               frame.payload.method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        bench_die("rabbitmq: the broker refused a message");
    }
    amqp_maybe_release_buffers(connection);
    return true;
}

struct flights {
    struct publisher *publisher;
    uint64_t *sent_at; /* by tag modulo SLOTS; 0: confirmed */
    uint64_t lowest;   /* no tag below it waits */
};

static void on_confirmed_tag(struct flights *flights, uint64_t tag)
{
    uint64_t *sent_at = &flights->sent_at[tag % SLOTS];
    if (*sent_at == 0)
        return;
    publisher_acked(flights->publisher, *sent_at);
    *sent_at = 0;
}

static void on_confirm(struct flights *flights, const struct confirm *confirm)
{
    if (confirm->tag == 0)
        return;
    if (confirm->is_multiple)
        for (; flights->lowest <= confirm->tag; flights->lowest++)
            on_confirmed_tag(flights, flights->lowest);
    else
        on_confirmed_tag(flights, confirm->tag);
    while (flights->lowest <= (uint64_t)flights->publisher->sent &&
           flights->sent_at[flights->lowest % SLOTS] == 0)
        flights->lowest++;
}

static bool has_room(struct publisher *publisher)
{
    return publisher->sent - atomic_load(&publisher->acked) < options.window &&
           publisher_goes_on(publisher);
}

static void *ingest(void *argument)
{
    struct publisher *publisher = argument;
    amqp_connection_state_t connection = connect_or_die();
    struct flights flights = {publisher, calloc(SLOTS, sizeof(uint64_t)), 1};
    (void)amqp_confirm_select(connection, 1);
    must(connection, "confirm");
    publisher_begin(publisher);
    while (publisher_goes_on(publisher) || atomic_load(&publisher->acked) < publisher->sent) {
        for (int i = 0; i < SENT_AT_ONCE && has_room(publisher); i++) {
            size_t size;
            const uint8_t *data =
                payload((size_t)publisher->sent + (size_t)publisher->id * 997, &size);
            flights.sent_at[(uint64_t)++publisher->sent % SLOTS] = now_ns();
            send_message(connection, data, size);
        }
        struct confirm confirm;
        if (publisher->sent == atomic_load(&publisher->acked))
            break;
        bool is_full = !has_room(publisher);
        if (is_full && !take_confirm(connection, CONFIRM_WAIT_S, &confirm))
            bench_die("rabbitmq: no confirm in %d s", CONFIRM_WAIT_S);
        if (is_full)
            on_confirm(&flights, &confirm);
        while (take_confirm(connection, 0, &confirm))
            on_confirm(&flights, &confirm);
    }
    free(flights.sent_at);
    return NULL;
}

/* ---- reading ---- */

static amqp_connection_state_t consume(amqp_connection_state_t connection, const char *from,
                                       uint16_t prefetch)
{
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-stream-offset")};
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes(from);
    amqp_table_t arguments = {1, &entry};
    (void)amqp_basic_qos(connection, 1, 0, prefetch, 0);
    must(connection, "qos");
    (void)amqp_basic_consume(connection, 1, amqp_cstring_bytes(options.key), amqp_empty_bytes, 0, 0,
                             0, arguments);
    return connection;
}

static bool next_message(amqp_connection_state_t connection, amqp_envelope_t *message, long seconds)
{
    struct timeval wait = {seconds, 0};
    amqp_maybe_release_buffers(connection);
    return amqp_consume_message(connection, message, &wait, 0).reply_type == AMQP_RESPONSE_NORMAL;
}

/* Until count of them are read, or none has come for so many seconds. */
static long read_messages(amqp_connection_state_t connection, long count, long seconds)
{
    amqp_envelope_t message;
    long got = 0;
    while (got < count && next_message(connection, &message, seconds)) {
        if (++got % ACK_EACH == 0)
            (void)amqp_basic_ack(connection, 1, message.delivery_tag, 1);
        amqp_destroy_envelope(&message);
    }
    return got;
}

static void replay(void)
{
    uint64_t began_ns = now_ns();
    amqp_connection_state_t connection = consume(connect_or_die(), "first", PREFETCH);
    must(connection, "consume");
    long got = read_messages(connection, options.count, CONFIRM_WAIT_S);
    if (got < options.count)
        bench_die("only %ld of %ld events", got, options.count);
    (void)printf("rate=%.0f n=%ld\n",
                 (double)got / ((double)(now_ns() - began_ns) / (double)NS_PER_S), got);
}

/* ---- fan-out ---- */

static void *follow(void *argument)
{
    struct subscriber *subscriber = argument;
    amqp_connection_state_t connection = consume(connect_or_die(), "next", PREFETCH_LIVE);
    amqp_envelope_t message;
    long got = 0;
    must(connection, "consume");
    atomic_fetch_add(&subscribers_ready, 1);
    while (!atomic_load(&fanout_over)) {
        if (!next_message(connection, &message, 1))
            continue;
        subscriber_event(subscriber, payload_stamp(message.message.body.bytes));
        if (++got % ACK_EACH_LIVE == 0)
            (void)amqp_basic_ack(connection, 1, message.delivery_tag, 1);
        amqp_destroy_envelope(&message);
    }
    return NULL;
}

static void start(struct subscriber *subscriber)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, follow, subscriber) != 0)
        abort();
}

static void publish(const struct schedule *schedule)
{
    amqp_connection_state_t connection = connect_or_die();
    (void)amqp_confirm_select(connection, 1);
    must(connection, "confirm");
    for (long i = 0; i < schedule->count; i++) {
        uint8_t message[PAYLOAD_MAX];
        struct confirm confirm;
        uint64_t due_ns = schedule_due_ns(schedule, i);
        size_t size = payload_stamped((size_t)i, due_ns, message);
        if (now_ns() < due_ns)
            sleep_until_ns(due_ns);
        send_message(connection, message, size);
        while (take_confirm(connection, 0, &confirm))
            continue;
    }
}

/* ---- setup, count, ready ---- */

static const amqp_queue_declare_ok_t *declare(amqp_connection_state_t connection, bool is_passive)
{
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-queue-type")};
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes(options.queue_type);
    amqp_table_t arguments = {1, &entry};
    return amqp_queue_declare(connection, 1, amqp_cstring_bytes(options.key), is_passive, 1, 0, 0,
                              is_passive ? amqp_empty_table : arguments);
}

static bool ask(amqp_connection_state_t connection)
{
    bool is_stream = strcmp(options.queue_type, "stream") == 0;
    amqp_envelope_t message;
    if (is_command("setup")) {
        (void)declare(connection, false);
        must(connection, "declare");
        return true;
    }
    if (!is_stream) { /* ready: it answers with its messages */
        const amqp_queue_declare_ok_t *queue = declare(connection, true);
        if (queue && is_command("count"))
            (void)printf("count=%u\n", queue->message_count);
        return queue && (is_command("count") || queue->message_count > 0);
    }
    (void)consume(connection, "first", PREFETCH);
    if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL)
        return false;
    if (is_command("count")) { /* a stream's own count lags: read it */
        (void)printf("count=%ld\n", read_messages(connection, INT64_MAX, 2));
        return true;
    }
    return next_message(connection, &message, 5);
}

static int ask_until_answered(void)
{
    for (int step = 0; step < POLL_STEPS; step++, sleep_ms(POLL_STEP_MS)) {
        amqp_connection_state_t connection = try_connect();
        if (!connection)
            continue;
        bool is_answered = ask(connection);
        (void)amqp_destroy_connection(connection);
        if (is_answered)
            return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    payload_load();
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
