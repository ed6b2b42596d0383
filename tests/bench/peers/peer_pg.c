/*
 * peer_pg.c - PostgreSQL through libpq: a table (id bigserial primary key, data bytea). One INSERT
 * of -b events is one transaction; in_flight / batch of them are pipelined. The command-complete of
 * its INSERT is the ack of an event. setup | ingest | replay (keyset pages of 5,000) | fanout
 * (LISTEN, NOTIFY, SELECT) | ready | count
 */
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>

#include "bench.h"

enum {
    BYTEA_OID = 17,
    ARRAY_HEAD = 20,
    FANOUT_ROWS_MAX = 5000,
    NOTIFY_WAIT_MS = 200,
    POLL_STEPS = 30000,
    POLL_STEP_MS = 2,
};

static PGconn *try_connect(void)
{
    char settings[160];
    (void)snprintf(settings, sizeof(settings),
                   "host=%s port=%d user=postgres dbname=postgres sslmode=disable", options.host,
                   options.port);
    PGconn *connection = PQconnectdb(settings);
    if (PQstatus(connection) == CONNECTION_OK)
        return connection;
    PQfinish(connection);
    return NULL;
}

static PGconn *connect_or_die(void)
{
    PGconn *connection = try_connect();
    if (!connection)
        bench_die("postgres does not answer on port %d", options.port);
    return connection;
}

static PGresult *check(PGconn *connection, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_PIPELINE_SYNC)
        bench_die("postgres: %s", PQerrorMessage(connection));
    return result;
}

static void run(PGconn *connection, const char *statement)
{
    PQclear(check(connection, PQexec(connection, statement)));
}

static void prepare(PGconn *connection)
{
    static const char *const statements[][2] = {
        {"insert", "insert into ev(data) select unnest($1::bytea[])"},
        {"insert_notify", "with i as (insert into ev(data) select unnest($1::bytea[])) "
                          "select pg_notify('ev', '')"},
        {"select", "select id, data from ev where id > $1::bigint order by id limit 5000"},
    };
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
        PQclear(
            check(connection, PQprepare(connection, statements[i][0], statements[i][1], 1, NULL)));
}

/* ---- a bytea[] in binary form ---- */

static uint8_t *put_number(uint8_t *out, uint32_t value)
{
    uint32_t network = htonl(value);
    memcpy(out, &network, sizeof(network));
    return out + sizeof(network);
}

static uint8_t *put_head(uint8_t *out, int count)
{
    const uint32_t numbers[] = {1, 0, BYTEA_OID, (uint32_t)count, 1};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        out = put_number(out, numbers[i]);
    return out;
}

static uint8_t *put_item(uint8_t *out, const void *data, size_t size)
{
    out = put_number(out, (uint32_t)size);
    memcpy(out, data, size);
    return out + size;
}

/* ---- ingest ---- */

struct pipeline {
    PGconn *connection;
    uint8_t *array;
    uint64_t *sent_at;
    int *counts;
    long depth, sent, acked; /* statements */
};

static void send_insert(struct publisher *publisher, struct pipeline *pipeline)
{
    int count = options.batch;
    if (options.count > 0 && publisher->quota - publisher->sent < count)
        count = (int)(publisher->quota - publisher->sent);
    pipeline->sent_at[pipeline->sent % pipeline->depth] = now_ns(); /* before it is built */
    uint8_t *end = put_head(pipeline->array, count);
    for (int i = 0; i < count; i++) {
        size_t size;
        size_t index = (size_t)publisher->sent++ + (size_t)publisher->id * 997;
        const uint8_t *data = payload(index, &size);
        end = put_item(end, data, size);
    }
    const char *values[] = {(const char *)pipeline->array};
    int lengths[] = {(int)(end - pipeline->array)}, formats[] = {1};
    if (!PQsendQueryPrepared(pipeline->connection, "insert", 1, values, lengths, formats, 1) ||
        !PQpipelineSync(pipeline->connection))
        bench_die("postgres: %s", PQerrorMessage(pipeline->connection));
    pipeline->counts[pipeline->sent++ % pipeline->depth] = count;
}

static void take_result(struct publisher *publisher, struct pipeline *pipeline)
{
    PGresult *result;
    long slot = pipeline->acked++ % pipeline->depth;
    PQclear(check(pipeline->connection, PQgetResult(pipeline->connection)));
    for (int i = 0; i < pipeline->counts[slot]; i++)
        publisher_acked(publisher, pipeline->sent_at[slot]);
    while ((result = PQgetResult(pipeline->connection)) != NULL) /* the end of this query */
        PQclear(result);
    result = PQgetResult(pipeline->connection);
    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC)
        bench_die("postgres: %s", PQerrorMessage(pipeline->connection));
    PQclear(result);
}

static void *ingest(void *argument)
{
    struct publisher *publisher = argument;
    long depth = options.window / options.batch > 0 ? options.window / options.batch : 1;
    struct pipeline pipeline = {
        .connection = connect_or_die(),
        .array = malloc(ARRAY_HEAD + (size_t)options.batch * (PAYLOAD_MAX + 4)),
        .sent_at = calloc((size_t)depth, sizeof(uint64_t)),
        .counts = calloc((size_t)depth, sizeof(int)),
        .depth = depth,
    };
    prepare(pipeline.connection);
    if (!pipeline.array || !PQenterPipelineMode(pipeline.connection))
        bench_die("postgres: no pipeline mode");
    publisher_begin(publisher);
    while (publisher_goes_on(publisher) || pipeline.acked < pipeline.sent) {
        while (pipeline.sent - pipeline.acked < depth && publisher_goes_on(publisher))
            send_insert(publisher, &pipeline);
        if (pipeline.acked < pipeline.sent)
            take_result(publisher, &pipeline);
    }
    PQfinish(pipeline.connection);
    free(pipeline.array);
    free(pipeline.sent_at);
    free(pipeline.counts);
    return NULL;
}

/* ---- reading ---- */

static PGresult *select_after(PGconn *connection, int64_t id)
{
    uint64_t network = htobe64((uint64_t)id);
    const char *values[] = {(const char *)&network};
    int lengths[] = {sizeof(network)}, formats[] = {1};
    return check(connection, PQexecPrepared(connection, "select", 1, values, lengths, formats, 1));
}

static int64_t id_of(const PGresult *result, int row)
{
    uint64_t network;
    memcpy(&network, PQgetvalue(result, row, 0), sizeof(network));
    return (int64_t)be64toh(network);
}

static void replay(void)
{
    PGconn *connection = connect_or_die();
    int64_t last = 0;
    long count = 0;
    prepare(connection);
    uint64_t began_ns = now_ns();
    while (count < options.count) {
        PGresult *result = select_after(connection, last);
        int rows = PQntuples(result);
        if (rows == 0)
            bench_die("only %ld of %ld events", count, options.count);
        last = id_of(result, rows - 1);
        count += rows;
        PQclear(result);
    }
    (void)printf("rate=%.0f n=%ld\n",
                 (double)count / ((double)(now_ns() - began_ns) / (double)NS_PER_S), count);
}

/* ---- fan-out ---- */

static int64_t newest_id(PGconn *connection)
{
    PGresult *result = check(connection, PQexec(connection, "select coalesce(max(id),0) from ev"));
    int64_t id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return id;
}

static bool was_notified(PGconn *connection)
{
    PGnotify *notify;
    bool is_any = false;
    while ((notify = PQnotifies(connection)) != NULL) {
        PQfreemem(notify);
        is_any = true;
    }
    if (is_any)
        return true;
    struct pollfd readable = {PQsocket(connection), POLLIN, 0};
    (void)poll(&readable, 1, NOTIFY_WAIT_MS);
    (void)PQconsumeInput(connection);
    return false;
}

static void *follow(void *argument)
{
    struct subscriber *subscriber = argument;
    PGconn *connection = connect_or_die();
    prepare(connection);
    run(connection, "listen ev");
    int64_t last = newest_id(connection);
    atomic_fetch_add(&subscribers_ready, 1);
    while (!atomic_load(&fanout_over)) {
        if (!was_notified(connection))
            continue;
        PGresult *result = select_after(connection, last);
        for (int i = 0; i < PQntuples(result); i++) {
            last = id_of(result, i);
            subscriber_event(subscriber, payload_stamp(PQgetvalue(result, i, 1)));
        }
        PQclear(result);
    }
    return NULL;
}

static void start(struct subscriber *subscriber)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, follow, subscriber) != 0)
        abort();
}

/* What is due goes in one INSERT, one commit. */
static void publish(const struct schedule *schedule)
{
    PGconn *connection = connect_or_die();
    uint8_t *array = malloc(ARRAY_HEAD + (size_t)FANOUT_ROWS_MAX * (PAYLOAD_MAX + 4));
    if (!array)
        abort();
    prepare(connection);
    for (long next = 0; next < schedule->count;) {
        if (now_ns() < schedule_due_ns(schedule, next))
            sleep_until_ns(schedule_due_ns(schedule, next));
        uint64_t at_ns = now_ns();
        uint8_t *end = array + ARRAY_HEAD;
        int rows = 0;
        for (; next < schedule->count && rows < FANOUT_ROWS_MAX; next++, rows++) {
            uint8_t message[PAYLOAD_MAX];
            uint64_t due_ns = schedule_due_ns(schedule, next);
            if (due_ns > at_ns)
                break;
            size_t size = payload_stamped((size_t)next, due_ns, message);
            end = put_item(end, message, size);
        }
        (void)put_head(array, rows);
        const char *values[] = {(const char *)array};
        int lengths[] = {(int)(end - array)}, formats[] = {1};
        PQclear(check(connection,
                      PQexecPrepared(connection, "insert_notify", 1, values, lengths, formats, 1)));
    }
    free(array);
}

/* ---- setup, count, ready ---- */

static bool ask(PGconn *connection)
{
    if (is_command("setup")) {
        run(connection, "drop table if exists ev; "
                        "create table ev(id bigserial primary key, data bytea not null); "
                        "alter table ev alter data set storage external");
        return true;
    }
    PGresult *result =
        PQexec(connection, is_command("count") ? "select count(*) from ev"
                                               : "select id from ev order by id limit 1");
    bool is_answered = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    if (is_answered && is_command("count"))
        (void)printf("count=%s\n", PQgetvalue(result, 0, 0));
    PQclear(result);
    return is_answered;
}

static int ask_until_answered(void)
{
    for (int step = 0; step < POLL_STEPS; step++, sleep_ms(POLL_STEP_MS)) {
        PGconn *connection = try_connect();
        if (!connection)
            continue;
        bool is_answered = ask(connection);
        PQfinish(connection);
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
