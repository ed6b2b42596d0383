/*
 * path_glass.c - path_glass run -d DIRECTORY -P HTTP_PORT -s BROWSERS -r RATE -t SECONDS: the agent
 * in DIRECTORY/a0 pushes RATE events a second, BROWSERS plain SSE clients on 127.0.0.1 wait for
 * each: how long from its ack until the last byte of its line is in a client's hands. Standard
 * error gets "ack NUMBER UNIX_MS" an event, for a browser that is measured beside it.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench_agent.h"

enum { CLIENTS_MAX = 1000, TAIL_SIZE = 16, READ_SIZE = 1 << 16, PATIENCE_S = 30 };
static const char mark[] = "event: fact\n";

struct client {
    int socket;
    bool has_begun;
    long facts;
    char tail[TAIL_SIZE]; /* of the bytes before, when a mark may begin in them */
    size_t tail_size;
};

static struct bench_agent agent;
static struct client clients[CLIENTS_MAX];
static uint64_t *arrivals; /* by client and event */
static uint64_t *acks;
static double *ack_wall_ms;
static atomic_long clients_begun;
static atomic_int is_over;

static void connect_client(struct client *client)
{
    static const char request[] =
        "GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n\r\n";
    char text[256];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->socket < 0 ||
        connect(client->socket, (struct sockaddr *)&address, sizeof address) != 0)
        bench_die("no display at 127.0.0.1:%d", options.port);
    int length = snprintf(text, sizeof text, request, options.port);
    if (write(client->socket, text, (size_t)length) != length)
        bench_die("the display takes no request");
    (void)fcntl(client->socket, F_SETFL, O_NONBLOCK);
}

static void note_facts(struct client *client, const char *bytes, size_t size, uint64_t at_ns)
{
    const char *end = bytes + size, *next;
    for (const char *at = bytes; (next = memmem(at, (size_t)(end - at), mark, sizeof mark - 1));
         at = next + sizeof mark - 1) {
        if (client->facts < options.count)
            arrivals[(client - clients) * options.count + client->facts] = at_ns;
        client->facts++;
    }
}

static void read_client(struct client *client)
{
    static char bytes[TAIL_SIZE + READ_SIZE];
    ssize_t got;
    memcpy(bytes, client->tail, client->tail_size);
    while ((got = read(client->socket, bytes + client->tail_size, READ_SIZE)) > 0) {
        size_t size = client->tail_size + (size_t)got, kept = sizeof mark - 2;
        if (!client->has_begun && memmem(bytes, size, "event: frame\n", 13)) {
            client->has_begun = true;
            atomic_fetch_add(&clients_begun, 1);
        }
        note_facts(client, bytes, size, now_ns());
        kept = size < kept ? size : kept; /* shorter than the mark: nothing is counted twice */
        memmove(client->tail, bytes + size - kept, kept);
        memcpy(bytes, client->tail, kept);
        client->tail_size = kept;
    }
    if (got == 0)
        bench_die("the display ended a stream");
}

static void *watch(void *unused)
{
    static struct pollfd polls[CLIENTS_MAX];
    (void)unused;
    for (int i = 0; i < options.subscribers; i++)
        polls[i] = (struct pollfd){.fd = clients[i].socket, .events = POLLIN};
    while (!atomic_load(&is_over)) {
        if (poll(polls, (nfds_t)options.subscribers, 10) <= 0)
            continue;
        for (int i = 0; i < options.subscribers; i++)
            if (polls[i].revents)
                read_client(&clients[i]);
    }
    return NULL;
}

static double wall_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void push_all(void)
{
    uint64_t began_ns = now_ns(), gap_ns = NS_PER_S / (uint64_t)options.rate;
    for (long i = 0; i < options.count; i++) {
        sleep_until_ns(began_ns + (uint64_t)i * gap_ns);
        uint64_t stamp = now_ns();
        bench_agent_add(&agent, 1, &stamp);
        bench_agent_turn(&agent);
        bench_agent_wait_acked(&agent);
        acks[i] = now_ns();
        ack_wall_ms[i] = wall_ms();
    }
}

static long delivered(void)
{
    long all = 0;
    for (int i = 0; i < options.subscribers; i++)
        all += clients[i].facts;
    return all;
}

static void report(void)
{
    static struct histogram latency;
    for (int i = 0; i < options.subscribers; i++) {
        for (long k = 0; k < options.count; k++) {
            uint64_t at_ns = arrivals[(long)i * options.count + k];
            if (at_ns > 0)
                histogram_add(&latency, at_ns > acks[k] ? at_ns - acks[k] : 0);
        }
    }
    for (long k = 0; k < options.count; k++)
        (void)fprintf(stderr, "ack %ld %.3f\n", k, ack_wall_ms[k]);
    histogram_print(&latency);
    (void)printf("delivered_pct=%.2f\n",
                 100.0 * (double)delivered() / (double)(options.count * options.subscribers));
}

int main(int argc, char **argv)
{
    struct zcontext *zcontext;
    pthread_t thread;
    char path[2048];
    options_parse(argc, argv);
    if (options.subscribers > CLIENTS_MAX || options.rate < 1)
        bench_die("at most %d browsers, at least one event a second", CLIENTS_MAX);
    options.count = (long)((double)options.rate * options.seconds);
    arrivals = calloc((size_t)(options.count * options.subscribers), sizeof *arrivals);
    acks = calloc((size_t)options.count, sizeof *acks);
    ack_wall_ms = calloc((size_t)options.count, sizeof *ack_wall_ms);
    if (!arrivals || !acks || !ack_wall_ms || zcontext_open(&zcontext) != OK)
        bench_die("no memory, or no ZeroMQ with CURVE");
    (void)snprintf(path, sizeof path, "%s/a0", options.directory);
    payload_load();
    bench_agent_open(&agent, path, zcontext);
    bench_agent_wait_live(&agent);
    bench_agent_wait_acked(&agent);
    for (int i = 0; i < options.subscribers; i++)
        connect_client(&clients[i]);
    if (pthread_create(&thread, NULL, watch, NULL) != 0)
        bench_die("no thread");
    uint64_t give_up_ns = now_ns() + PATIENCE_S * NS_PER_S;
    while (atomic_load(&clients_begun) < options.subscribers && now_ns() < give_up_ns)
        sleep_ms(10);
    push_all();
    give_up_ns = now_ns() + PATIENCE_S * NS_PER_S;
    while (delivered() < options.count * options.subscribers && now_ns() < give_up_ns)
        sleep_ms(10);
    atomic_store(&is_over, 1);
    (void)pthread_join(thread, NULL);
    report();
    bench_agent_close(&agent);
    return 0;
}
