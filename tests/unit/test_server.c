/*
 * test_server.c - the broker's loop wakes itself when the hub's deadline comes. The server runs in
 * a process of its own where timers that repeat fire once: without its tick, nothing but the timer
 * that waits for the deadline can bring the frame that is due.
 */
#include "tests/unit/office_scene.h"

#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/server.h"
#include "io/daemon.h"

enum { PATIENCE_MS = 20000, LOOK_EACH_MS = 20, BACKLOG = 7, ARENA_MAX = 1 << 20 };

static bool is_without_tick; /* in the server's process */

/* In place of libuv's own, for everybody in this program. */
int uv_timer_start(uv_timer_t *timer, uv_timer_cb on_time, uint64_t timeout_ms, uint64_t repeat_ms)
{
    int (*real)(uv_timer_t *, uv_timer_cb, uint64_t, uint64_t);
    *(void **)&real = dlsym(RTLD_NEXT, "uv_timer_start");
    return real(timer, on_time, timeout_ms, is_without_tick ? 0 : repeat_ms);
}

struct scene {
    struct office_scene office;
    struct office_peer wall_keys, county_keys;
    uint8_t broker_key[CURVE_KEY_SIZE];
    char address[ZSOCK_ADDRESS_MAX];
    pid_t server;
    uv_loop_t loop;
    uv_timer_t look;
    struct zcontext *zcontext;
    struct zsock *wall, *county;
    bool wall_is_up, county_is_up;
    /* as the wall was told */
    bool is_told, is_online;
    uint64_t backlog;
};

/* ---- the server ---- */

static void start_server(struct scene *scene)
{
    int ends[2];
    char text[ZSOCK_ADDRESS_MAX + 16] = "";
    assert_int_equal(pipe(ends), 0);
    scene->server = fork();
    assert_true(scene->server >= 0);
    if (scene->server == 0) {
        is_without_tick = true;
        (void)close(ends[0]);
        (void)dup2(ends[1], STDOUT_FILENO);
        _exit(server_run(scene->office.directory));
    }
    (void)close(ends[1]);
    for (size_t at = 0; !strstr(text, "READY\n");) {
        ssize_t size = read(ends[0], text + at, sizeof text - 1 - at);
        assert_true(size > 0); /* it ended before it was ready */
        at += (size_t)size;
    }
    (void)close(ends[0]);
    bytes_to_text(bytes_of(text, strcspn(text, "\n")), scene->address, sizeof scene->address);
}

static void stop_server(struct scene *scene)
{
    int status = 0;
    assert_int_equal(kill(scene->server, SIGTERM), 0);
    assert_int_equal(waitpid(scene->server, &status, 0), scene->server);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- a wall and a county ---- */

static void send_frame(struct zsock *zsock, const struct frame *frame)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_frame_encode(frame, &bytes);
    assert_int_equal(zsock_send(zsock, BYTES_NONE, buffer_bytes(&bytes)), ZSOCK_SENT);
}

static void on_wall_message(void *context, const struct zsock_message *message)
{
    struct scene *scene = context;
    struct frame frame;
    struct problem problem = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_MAX);
    assert_int_equal(wire_frame_decode(message->frame, &arena, &frame, &problem), OK);
    if (frame.kind != FRAME_CONTACTS || frame.contacts.unit_count == 0)
        return;
    scene->is_told = true;
    scene->is_online = frame.contacts.units[0].is_online;
    scene->backlog = frame.contacts.units[0].backlog;
}

static void on_county_message(void *context, const struct zsock_message *message)
{
    (void)context, (void)message;
}

static void on_wall_link(void *context, bool up, const char *reason)
{
    struct scene *scene = context;
    (void)reason;
    scene->wall_is_up = up;
}

static void on_county_link(void *context, bool up, const char *reason)
{
    struct scene *scene = context;
    (void)reason;
    scene->county_is_up = up;
}

static struct zsock *connect_peer(struct scene *scene, const struct office_peer *keys,
                                  const struct zsock_handlers *handlers)
{
    struct zsock *zsock = NULL;
    struct problem problem = {0};
    struct zsock_dealer_options options = {
        .loop = &scene->loop,
        .context = scene->zcontext,
        .connect = scene->address,
        .server_public_key = scene->broker_key,
        .public_key = keys->curve_public,
        .secret_key = keys->curve_secret,
        .frame_size_max = FRAME_SIZE_MAX,
        .reconnect_min_ms = 100,
        .reconnect_max_ms = 100,
    };
    assert_int_equal(zsock_dealer_open(&options, handlers, &zsock, &problem), OK);
    return zsock;
}

static void on_look(uv_timer_t *timer)
{
    (void)timer; /* so that uv_run comes back and the condition is looked at */
}

#define AWAIT(scene, condition)                                                                    \
    do {                                                                                           \
        uint64_t give_up_ms = clock_steady_ms() + PATIENCE_MS;                                     \
        while (!(condition)) {                                                                     \
            if (clock_steady_ms() > give_up_ms)                                                    \
                fail_msg("waited in vain for: %s", #condition);                                    \
            (void)uv_run(&(scene)->loop, UV_RUN_ONCE);                                             \
        }                                                                                          \
    } while (0)

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    office_scene_open(&scene->office);
    office_peer_make(&scene->wall_keys, PEER_DISPLAY, "", "大屏");
    office_peer_make(&scene->county_keys, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene->office, &scene->wall_keys, "", ""), 0);
    assert_int_equal(office_enrol(&scene->office, &scene->county_keys, "", ""), 0);
    memcpy(scene->broker_key, scene->office.office.identity.curve_public, CURVE_KEY_SIZE);
    office_close(&scene->office.office);
    start_server(scene);
    assert_int_equal(uv_loop_init(&scene->loop), 0);
    assert_int_equal(zcontext_open(&scene->zcontext), OK);
    assert_int_equal(uv_timer_init(&scene->loop, &scene->look), 0);
    assert_int_equal(uv_timer_start(&scene->look, on_look, LOOK_EACH_MS, LOOK_EACH_MS), 0);
    struct zsock_handlers wall = {scene, on_wall_message, NULL, on_wall_link};
    struct zsock_handlers county = {scene, on_county_message, NULL, on_county_link};
    scene->wall = connect_peer(scene, &scene->wall_keys, &wall);
    scene->county = connect_peer(scene, &scene->county_keys, &county);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    struct problem problem = {0};
    stop_server(scene);
    zsock_close(scene->wall);
    zsock_close(scene->county);
    uv_close((uv_handle_t *)&scene->look, NULL);
    (void)uv_run(&scene->loop, UV_RUN_DEFAULT);
    zcontext_close(scene->zcontext);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
    assert_int_equal(office_open(scene->office.directory, &scene->office.office, &problem), OK);
    buffer_release(&scene->wall_keys.request);
    buffer_release(&scene->county_keys.request);
    office_scene_close(&scene->office);
    free(scene);
    return 0;
}

static void what_is_due_later_leaves_though_nothing_else_wakes_the_loop(void **state)
{
    struct scene *scene = *state;
    struct frame subscribe = {
        .kind = FRAME_SUBSCRIBE,
        .subscribe = {.subscription = 1, .from_position = 1, .with_contacts = true},
    };
    AWAIT(scene, scene->wall_is_up);
    send_frame(scene->wall, &subscribe);
    AWAIT(scene, scene->is_told);
    assert_false(scene->is_online);

    struct frame hello = {
        .kind = FRAME_HELLO,
        .hello = {.version_min = 1,
                  .version_max = 1,
                  .unit = bytes_of_text("341502"),
                  .epoch = 1,
                  .clock_ms = clock_wall_ms()},
    };
    AWAIT(scene, scene->county_is_up);
    send_frame(scene->county, &hello);
    AWAIT(scene, scene->is_online);
    assert_int_equal(scene->backlog, 0);

    /* Within the pace of the frame before: it is due PRESENCE_PACE_MS after that. */
    struct frame heartbeat = {
        .kind = FRAME_HEARTBEAT,
        .heartbeat = {.clock_ms = clock_wall_ms(), .newest_seq = BACKLOG},
    };
    send_frame(scene->county, &heartbeat);
    AWAIT(scene, scene->backlog == BACKLOG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_due_later_leaves_though_nothing_else_wakes_the_loop,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
