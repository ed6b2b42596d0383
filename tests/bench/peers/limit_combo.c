/*
 * limit_combo.c - limit_combo run -P PORT -d DIRECTORY [-p publishers -w in_flight -b events a
 * message -y null|curve]: the yardstick, the least program that does the job. DEALERs to one ROUTER
 * thread that takes what has arrived, appends it to LMDB in one transaction with the default syncs,
 * then acks each message. No parsing; receiving and committing never overlap. A message is a token
 * (the send time, which the ack returns) and the events, each u32 length, bytes.
 */
#include <errno.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bench.h"

enum { TAKEN_MAX = 2000, TOKEN_SIZE = 8, KEY_SIZE = 41, HIGH_WATER = 20000, PATIENCE_MS = 10000 };

static char url[64], path[512];
static char server_public[KEY_SIZE], server_secret[KEY_SIZE];
static char client_public[KEY_SIZE], client_secret[KEY_SIZE];
static void *context;

static void must(int code)
{
    if (code != 0)
        bench_die("lmdb: %s", mdb_strerror(code));
}

static bool is_encrypted(void)
{
    return strcmp(options.queue_type, "curve") == 0;
}

static void *open_socket(void *in, int type)
{
    int mark = HIGH_WATER, linger = 0, patience_ms = PATIENCE_MS;
    void *socket = zmq_socket(in, type);
    (void)zmq_setsockopt(socket, ZMQ_SNDHWM, &mark, sizeof(mark));
    (void)zmq_setsockopt(socket, ZMQ_RCVHWM, &mark, sizeof(mark));
    (void)zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
    if (type == ZMQ_DEALER)
        (void)zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience_ms, sizeof(patience_ms));
    return socket;
}

/* ---- the broker's process ---- */

struct broker {
    MDB_env *env;
    MDB_dbi table;
    void *socket;
    uint64_t position;
    zmq_msg_t routes[TAKEN_MAX];
    uint64_t tokens[TAKEN_MAX];
};

static void open_broker(struct broker *broker)
{
    MDB_txn *txn;
    int one = 1;
    must(mdb_env_create(&broker->env));
    must(mdb_env_set_mapsize(broker->env, (size_t)16 << 30));
    must(mdb_env_open(broker->env, path, MDB_NOSUBDIR, 0600));
    must(mdb_txn_begin(broker->env, NULL, 0, &txn));
    must(mdb_dbi_open(txn, NULL, MDB_INTEGERKEY | MDB_CREATE, &broker->table));
    must(mdb_txn_commit(txn));
    broker->socket = open_socket(zmq_ctx_new(), ZMQ_ROUTER);
    if (is_encrypted()) {
        (void)zmq_setsockopt(broker->socket, ZMQ_CURVE_SERVER, &one, sizeof(one));
        (void)zmq_setsockopt(broker->socket, ZMQ_CURVE_SECRETKEY, server_secret, KEY_SIZE);
    }
    if (zmq_bind(broker->socket, url) != 0)
        bench_die("bind %s: %s", url, zmq_strerror(errno));
    for (size_t i = 0; i < TAKEN_MAX; i++)
        (void)zmq_msg_init(&broker->routes[i]);
}

static int append_message(struct broker *broker, MDB_txn *txn, zmq_msg_t *message)
{
    uint8_t *at = (uint8_t *)zmq_msg_data(message) + TOKEN_SIZE;
    const uint8_t *end = at + zmq_msg_size(message) - TOKEN_SIZE;
    int events = 0;
    while (at + 4 <= end) {
        uint32_t size;
        memcpy(&size, at, sizeof(size));
        at += sizeof(size);
        broker->position++;
        MDB_val key = {sizeof(broker->position), &broker->position};
        MDB_val value = {size, at};
        must(mdb_put(txn, broker->table, &key, &value, MDB_APPEND));
        at += size;
        events++;
    }
    return events;
}

static void serve_once(struct broker *broker)
{
    int messages = 0, events = 0;
    zmq_msg_t message;
    MDB_txn *txn;
    if (zmq_msg_recv(&broker->routes[0], broker->socket, 0) < 0)
        return;
    (void)zmq_msg_init(&message);
    must(mdb_txn_begin(broker->env, NULL, 0, &txn));
    do {
        (void)zmq_msg_recv(&message, broker->socket, 0);
        memcpy(&broker->tokens[messages++], zmq_msg_data(&message), TOKEN_SIZE);
        events += append_message(broker, txn, &message);
    } while (events < TAKEN_MAX && messages < TAKEN_MAX &&
             zmq_msg_recv(&broker->routes[messages], broker->socket, ZMQ_DONTWAIT) >= 0);
    must(mdb_txn_commit(txn));
    for (int i = 0; i < messages; i++) {
        (void)zmq_msg_send(&broker->routes[i], broker->socket, ZMQ_SNDMORE);
        (void)zmq_send(broker->socket, &broker->tokens[i], TOKEN_SIZE, 0);
    }
    (void)zmq_msg_close(&message);
}

static _Noreturn void serve(void)
{
    static struct broker broker;
    open_broker(&broker);
    for (;;)
        serve_once(&broker);
}

/* ---- publishers ---- */

static void *connect_dealer(void)
{
    void *socket = open_socket(context, ZMQ_DEALER);
    uint64_t token = 0;
    if (is_encrypted()) {
        (void)zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_public, KEY_SIZE);
        (void)zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, client_public, KEY_SIZE);
        (void)zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, client_secret, KEY_SIZE);
    }
    if (zmq_connect(socket, url) != 0)
        bench_die("connect %s", url);
    (void)zmq_send(socket, &token, TOKEN_SIZE, 0); /* no event in it: connected and answered */
    if (zmq_recv(socket, &token, TOKEN_SIZE, 0) != TOKEN_SIZE)
        bench_die("no answer from %s", url);
    return socket;
}

static void send_batch(struct publisher *publisher, void *socket, uint8_t *room)
{
    uint64_t token = now_ns();
    uint8_t *at = room + TOKEN_SIZE;
    memcpy(room, &token, TOKEN_SIZE);
    for (int i = 0; i < options.batch; i++) {
        size_t size;
        size_t index = (size_t)publisher->sent++ + (size_t)publisher->id * 997;
        const uint8_t *data = payload(index, &size);
        uint32_t length = (uint32_t)size;
        memcpy(at, &length, sizeof(length));
        memcpy(at + sizeof(length), data, size);
        at += sizeof(length) + size;
    }
    (void)zmq_send(socket, room, (size_t)(at - room), 0);
}

static void *publish(void *argument)
{
    struct publisher *publisher = argument;
    void *socket = connect_dealer();
    long acked = 0, window = options.window < options.batch ? options.batch : options.window;
    uint8_t *room = malloc(TOKEN_SIZE + (size_t)options.batch * (PAYLOAD_MAX + 4));
    if (!room)
        abort();
    publisher_begin(publisher);
    while (publisher_goes_on(publisher) || acked < publisher->sent) {
        while (publisher->sent - acked + options.batch <= window && publisher_goes_on(publisher))
            send_batch(publisher, socket, room);
        uint64_t token;
        if (acked < publisher->sent && zmq_recv(socket, &token, TOKEN_SIZE, 0) != TOKEN_SIZE)
            bench_die("no ack in %d ms", PATIENCE_MS);
        while (acked < publisher->sent) {
            for (int i = 0; i < options.batch; i++)
                publisher_acked(publisher, token);
            acked += options.batch;
            if (zmq_recv(socket, &token, TOKEN_SIZE, ZMQ_DONTWAIT) != TOKEN_SIZE)
                break;
        }
    }
    free(room);
    return NULL;
}

int main(int argc, char **argv)
{
    char lock[sizeof(path) + 8];
    options.queue_type = "null";
    options_parse(argc, argv);
    payload_load();
    (void)snprintf(path, sizeof(path), "%s/limit_combo.mdb", options.directory);
    (void)snprintf(lock, sizeof(lock), "%s-lock", path);
    (void)unlink(path);
    (void)snprintf(url, sizeof(url), "tcp://127.0.0.1:%d", options.port);
    if (is_encrypted() && (zmq_curve_keypair(server_public, server_secret) != 0 ||
                           zmq_curve_keypair(client_public, client_secret) != 0))
        bench_die("this libzmq has no CURVE");
    pid_t broker = fork();
    if (broker == 0)
        serve();
    context = zmq_ctx_new();
    run_ingest(publish);
    (void)kill(broker, SIGKILL);
    (void)waitpid(broker, NULL, 0);
    (void)unlink(path);
    (void)unlink(lock);
    (void)fflush(stdout);
    _exit(0);
}
