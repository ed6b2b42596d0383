/*
 * path_crowd.c - path_crowd run -d DIRECTORY -n AGENTS: one broker (DIRECTORY/broker) and a process
 * with a crowd of idle agents: the uplink's core and a DEALER each, an empty outbox. How long until
 * all are welcomed, what the broker keeps in memory, and how long until all are back after the
 * broker was stopped and started.
 */
#include <unistd.h>

#include "agent/uplink.h"
#include "bench_broker.h"
#include "io/control.h"
#include "io/daemon.h"
#include "io/zsock.h"
#include "proto/wire.h"

enum {
    RETRY_MS = 60000,
    A_CONTEXT = 500,
    ARENA_MAX = 1 << 20,
    PATIENCE_S = 60,
    LOOK_MS = 5,
    NAME_SIZE = 32
};

struct member {
    struct uplink uplink;
    struct zsock *zsock;
    uv_timer_t timer;
    char unit[NAME_SIZE];
    uint8_t public_key[ZSOCK_KEY_SIZE], secret_key[ZSOCK_KEY_SIZE];
    uint8_t token[TOKEN_SIZE_MAX];
    size_t token_size;
    int welcomes;
};

static uv_loop_t loop;
static struct zcontext **zcontexts; /* one holds no more than 16,384 sockets, three a member */
static struct member *members;
static char address[ZSOCK_ADDRESS_MAX];
static uint8_t broker_key[ZSOCK_KEY_SIZE];
static struct arena arena;
static int starts; /* of the broker: a link of before may not have been missed yet */
static struct buffer out_frame;

static void step(struct member *member);

/* ---- enrolment, over the running broker's control socket ---- */

static void seal_request(struct member *member, struct buffer *text)
{
    uint8_t signing_key[SIGN_KEY_SIZE], secret[SIGN_KEY_SIZE];
    struct signer *signer = NULL;
    if (zsock_keypair(member->public_key, member->secret_key) != OK ||
        sign_keypair(signing_key, secret) != OK || signer_open(secret, &signer) != OK)
        bench_die("no keys");
    struct enrolment_request request = {
        .role = PEER_AGENT,
        .unit = bytes_of_text(member->unit),
        .name = bytes_of_text(member->unit),
        .unit_type = UNIT_COUNTY,
        .curve_key = bytes_of(member->public_key, ZSOCK_KEY_SIZE),
        .signing_key = bytes_of(signing_key, sizeof(signing_key)),
    };
    if (wire_request_seal(&request, signer, text) != OK)
        bench_die("the request cannot be sealed");
    signer_close(signer);
}

static void enrol(struct member *member, const char *socket_path)
{
    CLEANUP(buffer_release) struct buffer text = {0}, out = {0}, error = {0};
    struct control_answer answer = {.out = &out, .error = &error};
    struct enrolment_welcome welcome;
    struct problem problem = {0};
    seal_request(member, &text);
    struct control_request request = {
        .arguments = {"enrol", "agent", ""},
        .argument_count = 3,
        .input = buffer_bytes(&text),
    };
    if (control_call(socket_path, &request, &answer, &problem) != OK || answer.status != 0)
        bench_die("enrol: %s%.*s", problem.text, (int)error.size, (const char *)error.data);
    arena_reset(&arena);
    if (wire_welcome_open(buffer_bytes(&out), &arena, &welcome, &problem) != OK)
        bench_die("welcome: %s", problem.text);
    bytes_to_text(welcome.address, address, sizeof(address));
    memcpy(broker_key, welcome.broker_curve_key.data, sizeof(broker_key));
}

/* ---- one agent ---- */

static void on_timer(uv_timer_t *timer)
{
    step(timer->data);
}

static void on_message(void *context, const struct zsock_message *message)
{
    static const struct hash nothing;
    struct member *member = context;
    struct frame frame;
    struct problem problem = {0};
    uint64_t now_ms = clock_steady_ms();
    arena_reset(&arena);
    if (wire_frame_decode(message->frame, &arena, &frame, &problem) != OK)
        bench_die("a frame does not decode: %s", problem.text);
    if (frame.kind == FRAME_WELCOME) {
        member->welcomes = starts;
        member->token_size = frame.welcome.token.size;
        memcpy(member->token, frame.welcome.token.data, member->token_size);
        uplink_on_welcome(&member->uplink, &frame.welcome, &nothing, now_ms);
    }
    if (frame.kind == FRAME_REFUSE)
        uplink_on_refuse(&member->uplink, &frame.refuse, now_ms);
    if (frame.kind == FRAME_HEARTBEAT)
        uplink_on_heartbeat(&member->uplink, &frame.heartbeat, now_ms);
    if (frame.kind == FRAME_ACK)
        (void)uplink_on_ack(&member->uplink, &frame.ack, now_ms);
}

static void on_turn(void *context)
{
    step(context);
}

static void on_link(void *context, bool up, const char *reason)
{
    struct member *member = context;
    uplink_on_link(&member->uplink, up, reason, clock_steady_ms());
    (void)uv_timer_start(&member->timer, on_timer, 0, 0);
}

static void connect_member(struct member *member)
{
    struct problem problem = {0};
    struct zsock_dealer_options dealer = {
        .loop = &loop,
        .context = zcontexts[(member - members) / A_CONTEXT],
        .connect = address,
        .server_public_key = broker_key,
        .public_key = member->public_key,
        .secret_key = member->secret_key,
        .frame_size_max = FRAME_SIZE_MAX,
        .reconnect_min_ms = RETRY_MS,
        .reconnect_max_ms = RETRY_MS,
    };
    struct zsock_handlers handlers = {member, on_message, on_turn, on_link};
    if (zsock_dealer_open(&dealer, &handlers, &member->zsock, &problem) != OK)
        bench_die("%s: %s", member->unit, problem.text);
}

static void send_frame(struct member *member, const struct frame *frame)
{
    buffer_clear(&out_frame);
    wire_frame_encode(frame, &out_frame);
    if (zsock_send(member->zsock, BYTES_NONE, buffer_bytes(&out_frame)) != ZSOCK_SENT)
        uplink_on_trouble(&member->uplink, "the transport takes nothing", clock_steady_ms());
}

static void perform(struct member *member, const struct uplink_action *action, uint64_t now_ms)
{
    struct frame frame = {0};
    switch (action->kind) {
    case UPLINK_CONNECT:
        connect_member(member);
        break;
    case UPLINK_DISCONNECT:
        zsock_close(TAKE(member->zsock));
        break;
    case UPLINK_HELLO:
        frame.kind = FRAME_HELLO;
        frame.hello = (struct hello){
            .version_min = PROTOCOL_VERSION,
            .version_max = PROTOCOL_VERSION,
            .unit = bytes_of_text(member->unit),
            .epoch = 1,
            .token = bytes_of(member->token, member->token_size),
            .clock_ms = clock_wall_ms(),
        };
        send_frame(member, &frame);
        break;
    case UPLINK_SAVE_TOKEN: /* in memory: what is measured is the broker */
        uplink_on_token_saved(&member->uplink, now_ms);
        break;
    case UPLINK_HEARTBEAT:
        frame.kind = FRAME_HEARTBEAT;
        frame.heartbeat.clock_ms = clock_wall_ms();
        frame.heartbeat.token = bytes_of(member->token, member->token_size);
        send_frame(member, &frame);
        break;
    case UPLINK_PUSH:
        bench_die("a push from an empty outbox");
    }
}

static void step(struct member *member)
{
    struct uplink_action action;
    uint64_t now_ms = clock_steady_ms();
    while (uplink_next(&member->uplink, now_ms, &action))
        perform(member, &action, now_ms);
    uint64_t deadline_ms = uplink_deadline_ms(&member->uplink);
    uint64_t wait_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    uv_update_time(&loop);
    (void)uv_timer_start(&member->timer, on_timer, wait_ms < RETRY_MS ? wait_ms : RETRY_MS, 0);
}

/* ---- the crowd ---- */

static void make_crowd(const char *socket_path)
{
    struct trace silent = {0};
    arena_init(&arena, ARENA_MAX);
    members = calloc((size_t)options.count, sizeof(*members));
    zcontexts = calloc((size_t)options.count / A_CONTEXT + 1, sizeof(struct zcontext *));
    if (!members || !zcontexts || uv_loop_init(&loop) != 0)
        abort();
    for (long i = 0; i <= options.count / A_CONTEXT; i++)
        if (zcontext_open(&zcontexts[i]) != OK)
            bench_die("no ZeroMQ with CURVE");
    for (long i = 0; i < options.count; i++) {
        struct member *member = &members[i];
        (void)snprintf(member->unit, sizeof(member->unit), "3415-c%ld", i);
        enrol(member, socket_path);
        uplink_init(&member->uplink, (uint64_t)i + 1, &silent);
        if (uv_timer_init(&loop, &member->timer) != 0)
            abort();
        member->timer.data = member;
    }
}

static long live_members(void)
{
    long live = 0;
    for (long i = 0; i < options.count; i++)
        live += members[i].uplink.state == UPLINK_LIVE && members[i].welcomes == starts;
    return live;
}

static void on_look(uv_timer_t *look)
{
    if (live_members() == options.count || now_ns() > *(uint64_t *)look->data)
        uv_stop(&loop);
}

/* Milliseconds from now until all are live. */
static double wait_live(void)
{
    uv_timer_t look;
    uint64_t began_ns = now_ns(), give_up_ns = began_ns + PATIENCE_S * NS_PER_S;
    look.data = &give_up_ns;
    (void)uv_timer_init(&loop, &look);
    (void)uv_timer_start(&look, on_look, LOOK_MS, LOOK_MS);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&look, NULL);
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    if (live_members() < options.count)
        bench_die("only %ld of %ld agents live after %d s; the first is %s: %s", live_members(),
                  options.count, PATIENCE_S, uplink_state_name(members[0].uplink.state),
                  members[0].uplink.held_text);
    return (double)(now_ns() - began_ns) / (double)NS_PER_MS;
}

int main(int argc, char **argv)
{
    char directory[2048], socket_path[4096];
    struct bench_broker broker;
    double stop_ms;
    options.count = 3000;
    options_parse(argc, argv);
    (void)snprintf(directory, sizeof(directory), "%s/broker", options.directory);
    (void)snprintf(socket_path, sizeof(socket_path), "%s/control.sock", directory);
    bench_broker_start(&broker, directory);
    starts++;
    make_crowd(socket_path);
    for (long i = 0; i < options.count; i++) {
        uplink_join(&members[i].uplink, 1, 0, 0, clock_steady_ms());
        step(&members[i]);
    }
    double live_ms = wait_live();
    long anonymous = bench_memory_kib(broker.process, "RssAnon");
    long whole = bench_memory_kib(broker.process, "VmRSS");
    bench_broker_stop(&broker, &stop_ms);
    bench_broker_start(&broker, directory);
    starts++;
    double back_ms = wait_live();
    (void)printf("live_ms=%.0f back_ms=%.0f stop_ms=%.0f anon_kib=%ld rss_kib=%ld "
                 "crowd_anon_kib=%ld\n",
                 live_ms, back_ms, stop_ms, anonymous, whole,
                 bench_memory_kib(getpid(), "RssAnon"));
    (void)fflush(stdout);
    bench_broker_stop(&broker, &stop_ms);
    _exit(0); /* the crowd's sockets go with the process */
}
