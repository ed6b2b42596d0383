/* daemon.c - see daemon.h. */
#include "agent/daemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/commands.h"
#include "agent/courier.h"
#include "base/random.h"
#include "io/control.h"
#include "io/daemon.h"
#include "io/zsock.h"

enum {
    TIMER_MAX_MS = 3600000,
    ZSOCK_RETRY_MS = 60000, /* never reached: after a lost link the courier opens a fresh socket */
};

struct daemon {
    uv_loop_t loop;
    struct home home;
    struct courier courier;
    struct zcontext *zcontext;
    struct zsock *zsock; /* NULL: no connection is open or under way */
    struct control_server *control;
    struct signals signals;
    uv_timer_t timer, watchdog;
    bool is_stopping;
};

/* ---- the turn of the loop ---- */

static void on_timer(uv_timer_t *timer);

static void set_timer(struct daemon *daemon, uint64_t now_ms)
{
    uint64_t deadline_ms = courier_deadline_ms(&daemon->courier);
    uint64_t wait_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    uv_update_time(&daemon->loop);
    uv_timer_start(&daemon->timer, on_timer, wait_ms < TIMER_MAX_MS ? wait_ms : TIMER_MAX_MS, 0);
}

static void turn(struct daemon *daemon)
{
    if (daemon->is_stopping)
        return;
    uint64_t now_ms = clock_steady_ms();
    courier_turn(&daemon->courier, now_ms, clock_wall_ms());
    set_timer(daemon, now_ms);
}

static void on_timer(uv_timer_t *timer)
{
    turn(timer->data);
}

/* From callbacks in which a turn might close the very socket that called. */
static void turn_soon(struct daemon *daemon)
{
    if (!daemon->is_stopping)
        uv_timer_start(&daemon->timer, on_timer, 0, 0);
}

static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    notify_state("WATCHDOG=1");
}

/* ---- the connection ---- */

static void on_message(void *context, const struct zsock_message *message)
{
    struct daemon *daemon = context;
    courier_on_frame(&daemon->courier, message->frame, clock_steady_ms());
}

static void on_turn(void *context)
{
    turn(context);
}

static void on_link(void *context, bool up, const char *reason)
{
    struct daemon *daemon = context;
    courier_on_link(&daemon->courier, up, reason, clock_steady_ms());
    turn_soon(daemon);
}

static bool port_connect(void *context)
{
    struct daemon *daemon = context;
    const struct home *home = &daemon->home;
    struct problem problem = {0};
    char address[SETTING_TEXT_MAX + 1];
    const char *configured = home->settings.broker_address;
    struct zsock_dealer_options options = {
        .loop = &daemon->loop,
        .context = daemon->zcontext,
        .connect = *configured ? configured
                               : bytes_to_text(home->welcome.address, address, sizeof(address)),
        .server_public_key = home->welcome.broker_curve_key.data,
        .public_key = home->identity.curve_public,
        .secret_key = home->identity.curve_secret,
        .frame_size_max = FRAME_SIZE_MAX,
        .reconnect_min_ms = ZSOCK_RETRY_MS,
        .reconnect_max_ms = ZSOCK_RETRY_MS,
    };
    struct zsock_handlers handlers = {
        .context = daemon,
        .on_message = on_message,
        .on_turn = on_turn,
        .on_link = on_link,
    };
    if (zsock_dealer_open(&options, &handlers, &daemon->zsock, &problem) == OK)
        return true;
    log_line("error", "connect_failed text=\"%s\" remedy=\"%s\"", problem.text, problem.remedy);
    return false;
}

static void port_disconnect(void *context)
{
    struct daemon *daemon = context;
    if (daemon->zsock)
        zsock_close(TAKE(daemon->zsock));
}

static bool port_send(void *context, struct bytes frame)
{
    struct daemon *daemon = context;
    return daemon->zsock && zsock_send(daemon->zsock, BYTES_NONE, frame) == ZSOCK_SENT;
}

/* ---- commands ---- */

static void on_command(void *context, const struct control_request *request,
                       struct control_answer *answer)
{
    struct daemon *daemon = context;
    struct desk desk = {
        .home = &daemon->home,
        .courier = &daemon->courier,
        .clock_ms = clock_wall_ms(),
    };
    agent_command(&desk, request, answer);
    turn_soon(daemon);
}

/* ---- start and stop ---- */

static void on_stop(void *context)
{
    struct daemon *daemon = context;
    daemon->is_stopping = true;
    notify_state("STOPPING=1");
    uv_stop(&daemon->loop);
}

static void trace_to_log(void *context, const char *line)
{
    const struct daemon *daemon = context;
    bool is_traffic = strncmp(line, "pushed ", 7) == 0 || strncmp(line, "acked ", 6) == 0;
    if (!is_traffic || daemon->home.settings.log_traffic != 0)
        log_line("info", "%s", line);
}

static void start_courier(struct daemon *daemon)
{
    uint64_t seed;
    random_secret(&seed, sizeof(seed));
    struct courier_port port = {
        .context = daemon,
        .connect = port_connect,
        .disconnect = port_disconnect,
        .send = port_send,
    };
    struct trace trace = {.sink = trace_to_log, .context = daemon};
    courier_init(&daemon->courier, &daemon->home, &port, seed, &trace);
}

static enum err open_handles(struct daemon *daemon, struct problem *problem)
{
    char path[HOME_PATH_MAX];
    TRY(zcontext_open(&daemon->zcontext));
    TRY(control_listen(&daemon->loop, home_path(&daemon->home, "agent.sock", path), on_command,
                       daemon, &daemon->control, problem));
    TRY(signals_open(&daemon->loop, &daemon->signals, on_stop, daemon));
    return OK;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void close_all(struct daemon *daemon)
{
    daemon->is_stopping = true;
    port_disconnect(daemon);
    if (daemon->control)
        control_close(daemon->control);
    /* signals and timers */
    uv_walk(&daemon->loop, close_handle, NULL);
    (void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
    if (daemon->zcontext)
        zcontext_close(daemon->zcontext);
    if (uv_loop_close(&daemon->loop) != 0)
        log_line("error", "a handle of the loop is still open");
}

static void serve(struct daemon *daemon)
{
    uint64_t watchdog_ms = notify_watchdog_ms();
    if (watchdog_ms > 0)
        uv_timer_start(&daemon->watchdog, on_watchdog, watchdog_ms, watchdog_ms);
    start_courier(daemon);
    log_line("info", "serving unit=%.*s newest=%" PRIu64 " acked=%" PRIu64 " joined=%d",
             (int)daemon->home.request.unit.size, (const char *)daemon->home.request.unit.data,
             daemon->home.state.last_seq, daemon->home.state.acked_seq,
             home_is_joined(&daemon->home));
    (void)puts("READY");
    (void)fflush(stdout);
    notify_state("READY=1");
    turn(daemon);
    (void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
    if (courier_save_cursor(&daemon->courier) != OK)
        log_line("warning", "cursor_not_saved: the city says it again after the next start");
    courier_release(&daemon->courier);
}

int daemon_run(const char *directory)
{
    static struct daemon daemon;
    struct problem problem = {0};
    enum err err = agent_open_home(directory, &daemon.home, &problem);
    if (err != OK)
        return agent_fail(&problem);
    log_failures("huoshui-agent");
    if (uv_loop_init(&daemon.loop) != 0 || uv_timer_init(&daemon.loop, &daemon.timer) != 0 ||
        uv_timer_init(&daemon.loop, &daemon.watchdog) != 0)
        abort(); /* without memory or descriptors for a loop there is nothing to tell */
    daemon.timer.data = &daemon;
    err = open_handles(&daemon, &problem);
    if (err == OK)
        serve(&daemon);
    else if (problem.text[0] == '\0')
        problem_set(&problem, "cannot start: %s", err_name(err));
    close_all(&daemon);
    home_close(&daemon.home);
    log_line("info", "stopped");
    return err == OK ? 0 : agent_fail(&problem);
}
