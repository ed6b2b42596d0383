/* server.c - see server.h. */
#include "display/server.h"

#include <stdio.h>
#include <stdlib.h>

#include "display/desk.h"
#include "display/gateway.h"
#include "io/command_line.h"
#include "io/control.h"
#include "io/daemon.h"

enum {
    TICK_MS = 1000,
    DESK_SILENT_MS = 25000, /* without a beat from the desk: the supervisor is to start us anew */
};

struct server {
    uv_loop_t loop;
    struct display_home home;
    struct display_names names; /* the gateway keeps pointers into it */
    struct assets *assets;
    struct grants *grants;
    struct stream *stream;
    struct desk *desk;
    struct gateway *gateway;
    struct control_server *control;
    struct signals signals;
    uv_fs_event_t grants_watch;
    uv_timer_t watchdog;
    uint64_t beat_ms, questions_refused;
    bool has_handles;
};

/* ---- from the desk ---- */

static void on_answer(void *context, uint64_t ticket, const struct answer *answer)
{
    struct server *server = context;
    struct gateway_reply reply = {
        .status = answer->status,
        .type = answer->type,
        .body = buffer_bytes(&answer->body),
        .file_name = *answer->file_name ? answer->file_name : NULL,
        .is_private = answer->is_private,
    };
    if (server->gateway)
        gateway_answer(server->gateway, ticket, &reply);
}

static void on_begin(void *context, uint64_t position, struct bytes frame, struct bytes contact)
{
    struct server *server = context;
    stream_begin_with(server->stream, position, frame, contact);
}

static void on_news(void *context, enum stream_event event, uint64_t position, struct bytes unit,
                    struct bytes text)
{
    struct server *server = context;
    if (event == STREAM_BEAT)
        server->beat_ms = clock_steady_ms();
    stream_add(server->stream, event, position, unit, text);
}

static void on_turn(void *context)
{
    struct server *server = context;
    if (server->gateway)
        gateway_wake(server->gateway);
}

/* ---- from the browsers ---- */

static void reply_text(struct server *server, gateway_ticket ticket, int status,
                       const struct buffer *text)
{
    struct gateway_reply reply = {
        .status = status,
        .type = "text/plain; version=0.0.4; charset=utf-8",
        .body = buffer_bytes(text),
        .is_private = true,
    };
    gateway_answer(server->gateway, ticket, &reply);
}

static void reply_health(struct server *server, gateway_ticket ticket)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct vitals vitals;
    uint64_t now_ms = clock_steady_ms();
    desk_vitals(server->desk, &vitals);
    bool is_good = health_is_good(&vitals, now_ms, &text);
    if (now_ms > server->beat_ms + DESK_SILENT_MS) {
        buffer_add_text(&text, "the desk is silent: it is busy, or stands still\n");
        is_good = false;
    }
    if (is_good)
        buffer_add_text(&text, "ok\n");
    reply_text(server, ticket, is_good ? 200 : 503, &text);
}

static void get_traffic(struct server *server, struct traffic *out)
{
    struct gateway_counts counts;
    gateway_counts(server->gateway, &counts);
    *out = (struct traffic){
        .requests = counts.requests,
        .refused = counts.refused,
        .streams_opened = counts.streams_opened,
        .streams_ended = counts.streams_ended,
        .bytes_sent = counts.bytes_sent,
        .stalled = counts.stalled,
        .connections = counts.connections,
        .streams = counts.streams,
        .questions_waiting = desk_questions_waiting(server->desk),
        .questions_refused = server->questions_refused,
    };
}

static void reply_metrics(struct server *server, gateway_ticket ticket)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct vitals vitals;
    struct traffic traffic;
    desk_vitals(server->desk, &vitals);
    get_traffic(server, &traffic);
    metrics_write(&vitals, &traffic, &text);
    reply_text(server, ticket, 200, &text);
}

static void ask_desk(struct server *server, gateway_ticket ticket, const struct route *route,
                     const struct visitor *visitor)
{
    struct problem problem = {0};
    if (desk_ask(server->desk, ticket, route, visitor) == OK)
        return;
    server->questions_refused++;
    problem_set(&problem, "问题太多，请稍后再试 (too many questions are waiting)");
    problem_remedy(&problem, "ask again in some seconds");
    gateway_refuse(server->gateway, ticket, 503, &problem);
}

static void on_request(void *context, gateway_ticket ticket, const struct route *route,
                       const struct visitor *visitor)
{
    struct server *server = context;
    if (route->kind == ROUTE_HEALTH)
        reply_health(server, ticket);
    else if (route->kind == ROUTE_METRICS)
        reply_metrics(server, ticket);
    else
        ask_desk(server, ticket, route, visitor);
}

/* ---- who may look ---- */

static void read_grants(struct server *server)
{
    struct problem problem = {0};
    if (display_home_read_grants(server->home.directory, server->grants, &problem) != OK)
        log_line("error", "grants_not_read text=\"%s\" remedy=\"%s\"", problem.text,
                 problem.remedy);
    if (server->gateway)
        gateway_wake(server->gateway); /* the streams of a grant that is gone end */
}

static void on_grants_file(uv_fs_event_t *handle, const char *name, int events, int status)
{
    (void)events;
    if (status == 0 && name && strcmp(name, "grants") == 0)
        read_grants(handle->data);
}

/* A token was used. What `grant` and `revoke` have written meanwhile is read first: it holds, with
 * our sessions. */
static enum err on_grants_changed(void *context)
{
    struct server *server = context;
    const char *directory = server->home.directory;
    struct problem problem = {0};
    int lock = display_home_lock_grants(directory, &problem);
    enum err err = lock >= 0 ? OK : ERR_IO;
    if (err == OK)
        err = display_home_read_grants(directory, server->grants, &problem);
    if (err == OK)
        err = display_home_write_grants(directory, server->grants, &problem);
    display_home_unlock_grants(lock);
    if (err != OK)
        log_line("error", "grants_not_written text=\"%s\" remedy=\"%s\"", problem.text,
                 problem.remedy);
    return err;
}

/* ---- the supervisor, commands ---- */

static void on_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;
    static uint64_t told_ms;
    uint64_t each_ms = notify_watchdog_ms(), now_ms = clock_steady_ms();
    if (each_ms == 0 || now_ms < told_ms + each_ms / 2 || now_ms > server->beat_ms + DESK_SILENT_MS)
        return;
    told_ms = now_ms;
    notify_state("WATCHDOG=1");
}

static void on_stop(void *context)
{
    struct server *server = context;
    log_line("info", "stopping");
    notify_state("STOPPING=1");
    uv_stop(&server->loop);
}

static void on_command(void *context, const struct control_request *request,
                       struct control_answer *answer)
{
    struct server *server = context;
    struct vitals vitals;
    struct traffic traffic;
    bool as_json = request->argument_count > 1 && strcmp(request->arguments[1], "json") == 0;
    if (strcmp(request->arguments[0], "address") == 0) {
        buffer_add_format(answer->out, "%s\n", gateway_address(server->gateway));
        return;
    }
    if (strcmp(request->arguments[0], "status") != 0) {
        buffer_add_text(answer->error, "huoshui-display: no such command here\n");
        answer->status = COMMAND_REFUSED;
        return;
    }
    desk_vitals(server->desk, &vitals);
    get_traffic(server, &traffic);
    status_write(&vitals, &traffic, gateway_address(server->gateway), as_json, answer->out);
    answer->status = COMMAND_DONE;
}

/* ---- start ---- */

static enum err open_desk(struct server *server, struct problem *problem)
{
    struct desk_handlers handlers = {
        .context = server,
        .on_answer = on_answer,
        .on_begin = on_begin,
        .on_news = on_news,
        .on_turn = on_turn,
    };
    server->stream = stream_new((size_t)display_home_settings(&server->home)->retention_bytes);
    return desk_open(&server->home, &server->loop, &handlers, &server->desk, problem);
}

static enum err open_gateway(struct server *server, const struct server_plan *plan,
                             struct problem *problem)
{
    const struct display_settings *settings = display_home_settings(&server->home);
    display_settings_names(settings, &server->names);
    struct gateway_options options = {
        .loop = &server->loop,
        .address = plan->http ? plan->http : settings->http,
        .certificate_path = plan->certificate_path,
        .key_path = plan->key_path,
        .assets = server->assets,
        .grants = server->grants,
        .stream = server->stream,
        .insecure_http = plan->insecure_http,
        .name_count = server->names.count,
    };
    for (size_t i = 0; i < server->names.count; i++)
        options.names[i] = server->names.names[i];
    struct gateway_handlers handlers = {
        .context = server,
        .on_request = on_request,
        .on_grants_changed = on_grants_changed,
    };
    return gateway_open(&options, &handlers, &server->gateway, problem);
}

static enum err open_handles(struct server *server, struct problem *problem)
{
    char path[DISPLAY_PATH_MAX];
    const char *directory = server->home.directory;
    TRY(control_listen(&server->loop, display_home_path(directory, "display.sock", path),
                       on_command, server, &server->control, problem));
    TRY(signals_open(&server->loop, &server->signals, on_stop, server));
    (void)uv_timer_init(&server->loop, &server->watchdog);
    (void)uv_fs_event_init(&server->loop, &server->grants_watch);
    server->watchdog.data = server->grants_watch.data = server;
    server->has_handles = true;
    (void)uv_timer_start(&server->watchdog, on_tick, TICK_MS, TICK_MS);
    if (uv_fs_event_start(&server->grants_watch, on_grants_file, directory, 0) == 0)
        return OK;
    problem_set(problem, "%s cannot be watched for changes of grants", directory);
    problem_remedy(problem, "raise fs.inotify.max_user_watches or max_user_instances");
    return ERR_IO;
}

static enum err start(struct server *server, const struct server_plan *plan,
                      struct problem *problem)
{
    char web[DISPLAY_PATH_MAX];
    server->grants = grants_new();
    TRY(display_home_read_grants(server->home.directory, server->grants, problem));
    TRY(assets_open(display_home_web(&server->home, web), &server->assets, problem));
    TRY(open_desk(server, problem));
    server->beat_ms = clock_steady_ms();
    TRY(open_gateway(server, plan, problem));
    return open_handles(server, problem);
}

/* ---- stop ---- */

static void stop(struct server *server)
{
    if (server->gateway)
        gateway_close(TAKE(server->gateway));
    if (server->desk)
        desk_close(server->desk);
    if (server->control)
        control_close(server->control);
    if (server->has_handles) {
        signals_close(&server->signals);
        uv_close((uv_handle_t *)&server->watchdog, NULL);
        uv_close((uv_handle_t *)&server->grants_watch, NULL);
    }
    while (uv_run(&server->loop, UV_RUN_DEFAULT) != 0) /* once more after an uv_stop */
        continue;
    if (uv_loop_close(&server->loop) != 0)
        log_line("warning", "a handle was left open");
    if (server->desk)
        desk_free(server->desk);
    stream_free(server->stream);
    grants_free(server->grants);
    assets_free(server->assets);
    display_home_close(&server->home);
}

static void serve(struct server *server)
{
    const char *address = gateway_address(server->gateway);
    (void)printf("%s\nREADY\n", address);
    (void)fflush(stdout);
    notify_state("READY=1");
    log_line("info", "serving address=%s files=%zu", address, assets_count(server->assets));
    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
}

int display_server_run(const struct server_plan *plan)
{
    static struct server server;
    struct problem problem = {0};
    log_failures("huoshui-display");
    enum err err = display_home_open(plan->directory, &server.home, &problem);
    if (err != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    if (uv_loop_init(&server.loop) != 0)
        abort();
    err = start(&server, plan, &problem);
    if (err == OK)
        serve(&server);
    else if (!*problem.text)
        problem_set(&problem, "cannot start: %s", err_name(err));
    stop(&server);
    return err == OK ? COMMAND_DONE : command_fail(&problem, COMMAND_REFUSED);
}
