/*
 * peer_redis.c - Redis Streams through hiredis. XADD is pipelined, its reply is the ack.
 * setup | ingest | replay | fanout | ready | count
 */
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>

#include "bench.h"

enum { WRITE_EACH = 32, POLL_STEPS = 30000, POLL_STEP_MS = 2, ID_SIZE = 64 };

static redisContext *try_connect(void)
{
    struct timeval patience = {5, 0};
    int one = 1;
    redisContext *redis = redisConnectWithTimeout(options.host, options.port, patience);
    if (redis && redis->err) {
        redisFree(redis);
        return NULL;
    }
    if (redis)
        (void)setsockopt(redis->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return redis;
}

static redisContext *connect_or_die(void)
{
    redisContext *redis = try_connect();
    if (!redis)
        bench_die("redis does not answer on port %d", options.port);
    return redis;
}

static void add(redisContext *redis, const void *data, size_t size)
{
    const char *parts[] = {"XADD", options.key, "*", "d", data};
    size_t sizes[] = {4, strlen(options.key), 1, 1, size};
    if (redisAppendCommandArgv(redis, 5, parts, sizes) != REDIS_OK)
        bench_die("redis: %s", redis->errstr);
}

static void check_reply(redisReply *reply)
{
    if (!reply)
        bench_die("redis: connection lost");
    if (reply->type == REDIS_REPLY_ERROR)
        bench_die("redis: %s", reply->str);
    freeReplyObject(reply);
}

static void *ingest(void *argument)
{
    struct publisher *publisher = argument;
    redisContext *redis = connect_or_die();
    uint64_t *sent_at = calloc((size_t)options.window, sizeof(*sent_at));
    long acked = 0;
    int is_written;
    publisher_begin(publisher);
    while (publisher_goes_on(publisher) || acked < publisher->sent) {
        while (publisher->sent - acked < options.window && publisher_goes_on(publisher)) {
            size_t size;
            const uint8_t *data =
                payload((size_t)publisher->sent + (size_t)publisher->id * 997, &size);
            sent_at[publisher->sent++ % options.window] = now_ns();
            add(redis, data, size);
            if (publisher->sent % WRITE_EACH == 0 &&
                redisBufferWrite(redis, &is_written) != REDIS_OK)
                bench_die("redis: %s", redis->errstr);
        }
        if (acked == publisher->sent)
            break;
        void *reply;
        if (redisGetReply(redis, &reply) != REDIS_OK) /* sends what is buffered, waits */
            bench_die("redis: %s", redis->errstr);
        do {
            check_reply(reply);
            publisher_acked(publisher, sent_at[acked++ % options.window]);
        } while (redisGetReplyFromReader(redis, &reply) == REDIS_OK && reply);
    }
    redisFree(redis);
    free(sent_at);
    return NULL;
}

/* The entries of XREAD's one stream; id becomes the last one's. */
static redisReply *entries_of(redisReply *reply, char *id)
{
    redisReply *entries = reply->element[0]->element[1];
    (void)snprintf(id, ID_SIZE, "%s", entries->element[entries->elements - 1]->element[0]->str);
    return entries;
}

static void *follow(void *argument)
{
    struct subscriber *subscriber = argument;
    redisContext *redis = connect_or_die();
    char id[ID_SIZE] = "0-0";
    redisReply *reply = redisCommand(redis, "XREVRANGE %s + - COUNT 1", options.key);
    if (reply && reply->elements > 0)
        (void)snprintf(id, sizeof(id), "%s", reply->element[0]->element[0]->str);
    freeReplyObject(reply);
    atomic_fetch_add(&subscribers_ready, 1);
    while (!atomic_load(&fanout_over)) {
        reply = redisCommand(redis, "XREAD BLOCK 500 COUNT 1000 STREAMS %s %s", options.key, id);
        if (!reply || reply->type == REDIS_REPLY_ERROR)
            bench_die("redis: XREAD failed");
        if (reply->type == REDIS_REPLY_ARRAY) {
            const redisReply *entries = entries_of(reply, id);
            for (size_t i = 0; i < entries->elements; i++)
                subscriber_event(subscriber,
                                 payload_stamp(entries->element[i]->element[1]->element[1]->str));
        }
        freeReplyObject(reply);
    }
    return NULL;
}

static void start(struct subscriber *subscriber)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, follow, subscriber) != 0)
        abort();
}

static void take_replies(redisContext *redis)
{
    struct pollfd readable = {redis->fd, POLLIN, 0};
    void *reply;
    if (poll(&readable, 1, 0) <= 0)
        return;
    if (redisBufferRead(redis) != REDIS_OK)
        bench_die("redis: %s", redis->errstr);
    while (redisGetReplyFromReader(redis, &reply) == REDIS_OK && reply)
        check_reply(reply);
}

static void publish(const struct schedule *schedule)
{
    redisContext *redis = connect_or_die();
    for (long i = 0; i < schedule->count; i++) {
        uint8_t message[PAYLOAD_MAX];
        uint64_t due_ns = schedule_due_ns(schedule, i);
        size_t size = payload_stamped((size_t)i, due_ns, message);
        int is_written = 0;
        if (now_ns() < due_ns)
            sleep_until_ns(due_ns);
        add(redis, message, size);
        while (!is_written)
            if (redisBufferWrite(redis, &is_written) != REDIS_OK)
                bench_die("redis: %s", redis->errstr);
        take_replies(redis);
    }
}

static void replay(void)
{
    redisContext *redis = connect_or_die();
    char id[ID_SIZE] = "0-0";
    long count = 0;
    uint64_t began_ns = now_ns();
    while (count < options.count) {
        redisReply *reply = redisCommand(redis, "XREAD COUNT 1000 STREAMS %s %s", options.key, id);
        if (!reply || reply->type != REDIS_REPLY_ARRAY)
            bench_die("only %ld of %ld events", count, options.count);
        count += (long)entries_of(reply, id)->elements;
        freeReplyObject(reply);
    }
    (void)printf("rate=%.0f n=%ld\n",
                 (double)count / ((double)(now_ns() - began_ns) / (double)NS_PER_S), count);
}

/* setup, count and ready: one question, which has the answer that was hoped for. */
static bool ask(redisContext *redis)
{
    const char *question = is_command("setup")   ? "DEL %s"
                           : is_command("count") ? "XLEN %s"
                                                 : "XRANGE %s - + COUNT 1";
    redisReply *reply = redisCommand(redis, question, options.key);
    if (!reply)
        return false;
    bool is_answered = is_command("ready") ? reply->type == REDIS_REPLY_ARRAY && reply->elements > 0
                                           : reply->type == REDIS_REPLY_INTEGER;
    if (is_answered && is_command("count"))
        (void)printf("count=%lld\n", reply->integer);
    freeReplyObject(reply);
    return is_answered;
}

static int ask_until_answered(void)
{
    for (int step = 0; step < POLL_STEPS; step++, sleep_ms(POLL_STEP_MS)) {
        redisContext *redis = try_connect();
        if (!redis)
            continue;
        bool is_answered = ask(redis);
        redisFree(redis);
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
