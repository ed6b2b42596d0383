/* bench_agent.c - see bench_agent.h. */
#include "bench_agent.h"

#include "agent/outbox_add.h"
#include "io/daemon.h"

enum {
    RETRY_MS = 60000,
    TIMER_MAX_MS = 1000,
    FILL_ROWS = 10000,
    STAMP_DIGITS = 16,
    NUMBER_DIGITS = 32, /* the stamp and another */
    NOTE_DAY = 19265,   /* 2022-09-30 */
    PATIENCE_S = 60,
};

static void on_timer(uv_timer_t *timer)
{
    bench_agent_turn(timer->data);
}

static void turn_soon(struct bench_agent *agent)
{
    (void)uv_timer_start(&agent->timer, on_timer, 0, 0);
}

/* ---- what left and what was acked ---- */

static void note_departure(struct bench_agent *agent)
{
    uint64_t first_seq = agent->courier.uplink.sent_seq + 1;
    size_t newest = (agent->flight_first + agent->flight_count - 1) % BENCH_FLIGHTS;
    if (agent->flight_count > 0 && agent->flights[newest].first_seq == first_seq) {
        agent->flights[newest].at_ns = agent->turn_ns; /* a hello or a heartbeat before it */
        return;
    }
    if (agent->flight_count == BENCH_FLIGHTS)
        bench_die("more pushes under way than an uplink allows");
    newest = (agent->flight_first + agent->flight_count++) % BENCH_FLIGHTS;
    agent->flights[newest].first_seq = first_seq;
    agent->flights[newest].at_ns = agent->turn_ns;
}

static void tell_acks(struct bench_agent *agent)
{
    uint64_t acked_seq = agent->home.state.acked_seq; /* the cursor, as status shows it */
    while (agent->told_seq < acked_seq) {
        uint64_t seq = ++agent->told_seq;
        while (agent->flight_count > 1 &&
               agent->flights[(agent->flight_first + 1) % BENCH_FLIGHTS].first_seq <= seq) {
            agent->flight_first = (agent->flight_first + 1) % BENCH_FLIGHTS;
            agent->flight_count--;
        }
        if (agent->publisher)
            publisher_acked(agent->publisher, agent->flights[agent->flight_first].at_ns);
    }
}

/* ---- the connection, as in agent/daemon.c ---- */

static void on_message(void *context, const struct zsock_message *message)
{
    struct bench_agent *agent = context;
    courier_on_frame(&agent->courier, message->frame, clock_steady_ms());
    tell_acks(agent);
}

static void on_turn(void *context)
{
    bench_agent_turn(context);
}

static void on_link(void *context, bool up, const char *reason)
{
    struct bench_agent *agent = context;
    courier_on_link(&agent->courier, up, reason, clock_steady_ms());
    turn_soon(agent);
}

static bool port_connect(void *context)
{
    struct bench_agent *agent = context;
    struct problem problem = {0};
    char address[SETTING_TEXT_MAX + 1];
    struct zsock_dealer_options dealer = {
        .loop = &agent->loop,
        .context = agent->zcontext,
        .connect = bytes_to_text(agent->home.welcome.address, address, sizeof(address)),
        .server_public_key = agent->home.welcome.broker_curve_key.data,
        .public_key = agent->home.identity.curve_public,
        .secret_key = agent->home.identity.curve_secret,
        .frame_size_max = FRAME_SIZE_MAX,
        .reconnect_min_ms = RETRY_MS,
        .reconnect_max_ms = RETRY_MS,
    };
    struct zsock_handlers handlers = {
        .context = agent,
        .on_message = on_message,
        .on_turn = on_turn,
        .on_link = on_link,
    };
    return zsock_dealer_open(&dealer, &handlers, &agent->zsock, &problem) == OK;
}

static void port_disconnect(void *context)
{
    struct bench_agent *agent = context;
    if (agent->zsock)
        zsock_close(TAKE(agent->zsock));
}

static bool port_send(void *context, struct bytes frame)
{
    struct bench_agent *agent = context;
    note_departure(agent);
    return agent->zsock && zsock_send(agent->zsock, BYTES_NONE, frame) == ZSOCK_SENT;
}

void bench_agent_turn(struct bench_agent *agent)
{
    agent->turn_ns = now_ns();
    uint64_t now_ms = agent->turn_ns / NS_PER_MS;
    courier_turn(&agent->courier, now_ms, clock_wall_ms());
    uint64_t deadline_ms = courier_deadline_ms(&agent->courier);
    uint64_t wait_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    uv_update_time(&agent->loop);
    (void)uv_timer_start(&agent->timer, on_timer, wait_ms < TIMER_MAX_MS ? wait_ms : TIMER_MAX_MS,
                         0);
}

static void on_command(void *context, const struct control_request *request,
                       struct control_answer *answer)
{
    struct bench_agent *agent = context;
    struct desk desk = {
        .home = &agent->home, .courier = &agent->courier, .clock_ms = clock_wall_ms()};
    agent_command(&desk, request, answer);
    turn_soon(agent);
}

void bench_agent_listen(struct bench_agent *agent, const char *socket_path)
{
    struct problem problem = {0};
    if (control_listen(&agent->loop, socket_path, on_command, agent, &agent->control, &problem) !=
        OK)
        bench_die("%s: %s", socket_path, problem.text);
}

/* ---- rows ---- */

/* A stamp, a number that makes it another event than any before, and text from the payload file. */
static void make_text(struct bench_agent *agent, uint64_t stamp_ns, char *text)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t numbers[] = {stamp_ns, now_ns() ^ (agent->notes << 40)};
    size_t size;
    const uint8_t *filler = payload((size_t)agent->notes++, &size);
    for (size_t i = 0; i < NUMBER_DIGITS; i++)
        text[i] = digits[numbers[i / STAMP_DIGITS] >> (60 - 4 * (i % STAMP_DIGITS)) & 15];
    for (size_t i = NUMBER_DIGITS; i < NOTE_TEXT_SIZE; i++) {
        uint8_t letter = filler[i % size] & 0x7f;
        bool is_plain = letter >= ' ' && letter != 0x7f;
        text[i] = (char)(is_plain ? letter : (uint8_t)'.');
    }
}

uint64_t bench_agent_stamp(struct bytes payload)
{
    uint64_t stamp_ns = 0;
    if (payload.size != NOTE_TEXT_SIZE + 3)
        return 0;
    for (size_t i = 3; i < 3U + STAMP_DIGITS; i++) {
        uint8_t letter = payload.data[i];
        stamp_ns = stamp_ns << 4 | (uint64_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10);
    }
    return stamp_ns;
}

/* The event's bytes are added to sealed; its event_id borrows from them. */
static enum err seal_note(struct bench_agent *agent, struct bytes unit, uint64_t stamp_ns,
                          struct buffer *sealed, struct event *event)
{
    char text[NOTE_TEXT_SIZE];
    struct problem problem = {0};
    *event = (struct event){
        .envelope =
            {
                .algorithm = SIGN_ED25519_SHA256,
                .kind = EVENT_NOTE,
                .occurred_on = NOTE_DAY,
                .body = BODY_INVESTMENT_BUREAU,
                .agent_clock_ms = clock_wall_ms(),
            },
    };
    make_text(agent, stamp_ns, text);
    event->note.text = bytes_of(text, sizeof(text));
    return wire_event_seal(unit, event, sealed, &problem);
}

size_t bench_agent_encoded_size(void)
{
    static struct bench_agent agent;
    struct event event;
    CLEANUP(buffer_release) struct buffer sealed = {0};
    if (seal_note(&agent, bytes_of_text("341500"), 0, &sealed, &event) != OK)
        bench_die("a note cannot be sealed");
    return sealed.size;
}

static enum err add_note(struct bench_agent *agent, struct home_change *change, uint64_t stamp_ns)
{
    struct event event;
    enum outbox_verdict verdict;
    uint64_t seq;
    buffer_clear(&agent->envelope);
    TRY(seal_note(agent, agent->home.request.unit, stamp_ns, &agent->envelope, &event));
    return outbox_add(change->txn, &change->state, event.envelope.event_id,
                      buffer_bytes(&agent->envelope), &verdict, &seq);
}

void bench_agent_add(struct bench_agent *agent, long count, const uint64_t *stamps_ns)
{
    struct home_change change = {0};
    enum err err = home_begin(&agent->home, &change);
    for (long i = 0; err == OK && i < count; i++)
        err = add_note(agent, &change, stamps_ns ? stamps_ns[i] : 0);
    if (err == OK)
        err = home_commit(&agent->home, &change);
    if (err != OK)
        bench_die("the outbox takes nothing: %s", err_name(err));
}

void bench_agent_fill(struct bench_agent *agent, long count)
{
    for (; count > 0; count -= FILL_ROWS)
        bench_agent_add(agent, count < FILL_ROWS ? count : FILL_ROWS, NULL);
}

/* ---- begin, wait, end ---- */

void bench_agent_open(struct bench_agent *agent, const char *directory, struct zcontext *zcontext)
{
    struct problem problem = {0};
    struct trace silent = {0};
    *agent = (struct bench_agent){.zcontext = zcontext};
    if (home_open(directory, HOME_WRITE, &agent->home, &problem) != OK)
        bench_die("%s: %s", directory, problem.text);
    if (uv_loop_init(&agent->loop) != 0 || uv_timer_init(&agent->loop, &agent->timer) != 0)
        abort();
    agent->timer.data = agent;
    struct courier_port port = {agent, port_connect, port_disconnect, port_send};
    courier_init(&agent->courier, &agent->home, &port, now_ns(), &silent);
    agent->told_seq = agent->home.state.acked_seq;
}

static void run_until(struct bench_agent *agent, bool (*is_done)(const struct bench_agent *))
{
    uint64_t give_up_ns = now_ns() + PATIENCE_S * NS_PER_S;
    bench_agent_turn(agent);
    while (!is_done(agent)) {
        struct courier_state state;
        (void)uv_run(&agent->loop, UV_RUN_ONCE);
        if (now_ns() < give_up_ns)
            continue;
        courier_state(&agent->courier, &state);
        bench_die("%s: %s after %d s: %s", agent->home.directory, state.link, PATIENCE_S,
                  state.text ? state.text : "");
    }
}

static bool is_live(const struct bench_agent *agent)
{
    return agent->courier.uplink.state == UPLINK_LIVE;
}

static bool is_acked(const struct bench_agent *agent)
{
    return agent->home.state.acked_seq == agent->home.state.last_seq;
}

void bench_agent_wait_live(struct bench_agent *agent)
{
    run_until(agent, is_live);
}

void bench_agent_wait_acked(struct bench_agent *agent)
{
    run_until(agent, is_acked);
}

void bench_agent_close(struct bench_agent *agent)
{
    if (courier_save_cursor(&agent->courier) != OK)
        bench_die("%s: the cursor cannot be saved", agent->home.directory);
    port_disconnect(agent);
    uv_close((uv_handle_t *)&agent->timer, NULL);
    (void)uv_run(&agent->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&agent->loop);
    courier_release(&agent->courier);
    buffer_release(&agent->envelope);
    home_close(&agent->home);
}
