/* test_control.c - a command reaches the daemon and gets its whole answer; whoever stops half-way
 * costs nothing. */
#include "io/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/control_frame.h"

enum { DEADLINE_MS = 30000, LARGE_SIZE = 3 << 20 };

struct desk {
    uv_loop_t loop;
    uv_timer_t deadline;
    bool is_late;
    char directory[64], path[96];
    struct control_server *server;
    int calls;
};

struct call { /* a client in a thread of its own, since it blocks */
    uv_thread_t thread;
    const struct desk *desk;
    struct control_request request;
    struct buffer out, error;
    int status;
    enum err err;
    bool is_done;
};

/* echo ARGUMENT...: the arguments and the input on out. large: LARGE_SIZE bytes on both. */
static void handle(void *context, const struct control_request *request,
                   struct control_answer *answer)
{
    struct desk *desk = context;
    desk->calls++;
    assert_null(request->arguments[request->argument_count]);
    if (strcmp(request->arguments[0], "large") == 0) {
        memset(buffer_extend(answer->out, LARGE_SIZE), 'o', LARGE_SIZE);
        memset(buffer_extend(answer->error, LARGE_SIZE), 'e', LARGE_SIZE);
    } else if (strcmp(request->arguments[0], "stop") == 0) {
        control_close(TAKE(desk->server));
    } else {
        for (size_t i = 1; i < request->argument_count; i++)
            buffer_add_format(answer->out, "[%s]", request->arguments[i]);
        buffer_add(answer->out, request->input);
        buffer_add_text(answer->error, "noted");
    }
    answer->status = 7;
}

static void listen_at(struct desk *desk)
{
    struct problem problem = {0};
    enum err err = control_listen(&desk->loop, desk->path, handle, desk, &desk->server, &problem);
    if (err != OK)
        fail_msg("%s", problem.text);
}

static int setup(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    uv_loop_init(&desk->loop);
    uv_timer_init(&desk->loop, &desk->deadline);
    desk->deadline.data = desk;
    (void)snprintf(desk->directory, sizeof(desk->directory), "/tmp/control-test-XXXXXX");
    assert_non_null(mkdtemp(desk->directory));
    (void)snprintf(desk->path, sizeof(desk->path), "%s/sock", desk->directory);
    listen_at(desk);
    *state = desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    if (desk->server)
        control_close(desk->server);
    uv_close((uv_handle_t *)&desk->deadline, NULL);
    uv_run(&desk->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&desk->loop);
    rc |= rmdir(desk->directory); /* the socket is gone */
    free(desk);
    return rc;
}

static void on_deadline(uv_timer_t *timer)
{
    ((struct desk *)timer->data)->is_late = true;
}

static void run_call(void *context)
{
    struct call *call = context;
    struct problem problem = {0};
    struct control_answer answer = {.out = &call->out, .error = &call->error};
    call->err = control_call(call->desk->path, &call->request, &answer, &problem);
    call->status = answer.status;
    __atomic_store_n(&call->is_done, true, __ATOMIC_RELEASE);
}

static void call_start(struct desk *desk, struct call *call, const char *command,
                       struct bytes input)
{
    *call = (struct call){.desk = desk};
    call->request = (struct control_request){
        .arguments = {command, "one", "两", ""}, .argument_count = 4, .input = input};
    assert_int_equal(uv_thread_create(&call->thread, run_call, call), 0);
}

static void call_end(struct desk *desk, struct call *call)
{
    uv_timer_start(&desk->deadline, on_deadline, DEADLINE_MS, 0);
    while (!__atomic_load_n(&call->is_done, __ATOMIC_ACQUIRE) && !desk->is_late)
        uv_run(&desk->loop, UV_RUN_NOWAIT);
    uv_timer_stop(&desk->deadline);
    assert_false(desk->is_late);
    uv_thread_join(&call->thread);
}

static void call_release(struct call *call)
{
    buffer_release(&call->out);
    buffer_release(&call->error);
}

static void assert_echoed(struct desk *desk)
{
    struct call call;
    call_start(desk, &call, "echo", bytes_of_text("input"));
    call_end(desk, &call);
    assert_int_equal(call.err, OK);
    assert_int_equal(call.status, 7);
    assert_true(bytes_equal_text(buffer_bytes(&call.out), "[one][两][]input"));
    assert_true(bytes_equal_text(buffer_bytes(&call.error), "noted"));
    call_release(&call);
}

static void a_command_gets_its_output_and_its_status(void **state)
{
    assert_echoed(*state);
}

static void large_input_and_large_answers_arrive_whole(void **state)
{
    struct desk *desk = *state;
    struct call call;
    uint8_t *input = malloc(LARGE_SIZE);
    memset(input, 'i', LARGE_SIZE);
    call_start(desk, &call, "echo", bytes_of(input, LARGE_SIZE));
    call_end(desk, &call);
    size_t echoed = strlen("[one][两][]");
    assert_int_equal(call.out.size, LARGE_SIZE + echoed);
    assert_memory_equal(call.out.data + echoed, input, LARGE_SIZE);
    call_release(&call);
    free(input);
    call_start(desk, &call, "large", BYTES_NONE);
    call_end(desk, &call);
    assert_int_equal(call.out.size, LARGE_SIZE);
    assert_int_equal(call.error.size, LARGE_SIZE);
    assert_int_equal(call.out.data[LARGE_SIZE - 1], 'o');
    assert_int_equal(call.error.data[0], 'e');
    call_release(&call);
}

static void more_clients_than_places_are_all_answered(void **state)
{
    struct desk *desk = *state;
    struct call calls[CONTROL_CLIENTS_MAX + 8];
    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++)
        call_start(desk, &calls[i], i % 2 ? "echo" : "large", bytes_of_text("input"));
    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++) {
        call_end(desk, &calls[i]);
        assert_int_equal(calls[i].err, OK);
        assert_int_equal(calls[i].status, 7);
        call_release(&calls[i]);
    }
    assert_int_equal(desk->calls, ARRAY_LENGTH(calls));
}

static void nobody_listening_is_said_at_once(void **state)
{
    struct desk *desk = *state;
    struct problem problem = {0};
    struct control_request request = {.arguments = {"echo"}, .argument_count = 1};
    struct control_answer answer = {0};
    control_close(TAKE(desk->server));
    assert_int_equal(control_call(desk->path, &request, &answer, &problem), ERR_NOT_FOUND);
}

static void a_stale_socket_is_replaced_but_a_live_one_is_not(void **state)
{
    struct desk *desk = *state;
    struct control_server *second = NULL;
    struct problem problem = {0};
    assert_int_equal(control_listen(&desk->loop, desk->path, handle, desk, &second, &problem),
                     ERR_BUSY);
    control_close(TAKE(desk->server));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, desk->path, strlen(desk->path) + 1);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(dead, (struct sockaddr *)&address, sizeof(address)), 0);
    close(dead); /* as a crash leaves it */
    listen_at(desk);
    assert_echoed(desk);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    struct desk *desk = *state;
    struct problem problem = {0};
    control_close(TAKE(desk->server));
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    (void)fclose(file);
    assert_int_equal(control_listen(&desk->loop, desk->path, handle, desk, &desk->server, &problem),
                     ERR_BUSY);
    assert_int_equal(unlink(desk->path), 0);
}

static void the_socket_is_for_its_owner_only(void **state)
{
    struct desk *desk = *state;
    struct stat status;
    control_close(TAKE(desk->server));
    umask(0);
    listen_at(desk);
    assert_int_equal(stat(desk->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void another_user_is_not_answered(void **state)
{
    struct desk *desk = *state;
    if (geteuid() != 0)
        skip(); /* only root can become somebody else */
    assert_int_equal(chmod(desk->directory, 0755), 0);
    assert_int_equal(chmod(desk->path, 0666), 0); /* as if the modes had failed us */
    pid_t child = fork();
    if (child == 0) {
        struct problem problem = {0};
        struct control_request request = {.arguments = {"echo"}, .argument_count = 1};
        struct buffer out = {0}, error = {0};
        struct control_answer answer = {.out = &out, .error = &error};
        if (setuid(65534) != 0)
            _exit(2);
        _exit(control_call(desk->path, &request, &answer, &problem) == OK ? 1 : 0);
    }
    int status = -1;
    pid_t ended = 0;
    uv_timer_start(&desk->deadline, on_deadline, DEADLINE_MS, 0);
    while (ended == 0 && !desk->is_late) {
        uv_run(&desk->loop, UV_RUN_NOWAIT);
        ended = waitpid(child, &status, WNOHANG);
    }
    assert_int_equal(ended, child);
    assert_int_equal(status, 0);
    assert_int_equal(desk->calls, 0);
}

static int raw_connection(const struct desk *desk)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, desk->path, strlen(desk->path) + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    return descriptor;
}

static void raw_frame(int descriptor, uint8_t kind, uint32_t size, const char *payload)
{
    uint8_t head[CONTROL_HEAD_SIZE] = {kind};
    u32_put(head + 1, size);
    assert_int_equal(send(descriptor, head, sizeof(head), 0), sizeof(head));
    assert_true(send(descriptor, payload, strlen(payload), 0) >= 0);
}

static void assert_refused(struct desk *desk, int descriptor)
{
    uint8_t kind = 0;
    uv_timer_start(&desk->deadline, on_deadline, DEADLINE_MS, 0);
    while (recv(descriptor, &kind, 1, MSG_DONTWAIT) != 1 && !desk->is_late)
        uv_run(&desk->loop, UV_RUN_NOWAIT);
    assert_int_equal(kind, CONTROL_ERROR);
    close(descriptor);
    assert_int_equal(desk->calls, 0);
}

static void an_oversized_or_strange_request_is_refused_by_its_head(void **state)
{
    struct desk *desk = *state;
    const struct {
        uint8_t kind;
        uint32_t size;
        const char *payload;
    } cases[] = {
        {CONTROL_INPUT, CONTROL_INPUT_SIZE_MAX + 1, ""},
        {CONTROL_INPUT, UINT32_MAX, ""},
        {CONTROL_ARGUMENT, CONTROL_ARGUMENTS_SIZE_MAX, ""},
        {CONTROL_END, 0, ""}, /* without an argument */
        {CONTROL_OUT, 1, "x"},
        {0, 0, ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int descriptor = raw_connection(desk);
        raw_frame(descriptor, cases[i].kind, cases[i].size, cases[i].payload);
        assert_refused(desk, descriptor);
    }
    int many = raw_connection(desk);
    for (int i = 0; i < CONTROL_ARGUMENTS_MAX; i++)
        raw_frame(many, CONTROL_ARGUMENT, 1, "a");
    assert_refused(desk, many);
}

static void half_a_request_does_nothing_and_stops_nobody(void **state)
{
    struct desk *desk = *state;
    int gone = raw_connection(desk), silent = raw_connection(desk);
    raw_frame(gone, CONTROL_ARGUMENT, 100, "ec");
    raw_frame(silent, CONTROL_ARGUMENT, 4, "echo");
    close(gone);
    assert_echoed(desk);
    assert_int_equal(desk->calls, 1);
    close(silent);
    assert_echoed(desk);
    assert_int_equal(desk->calls, 2);
}

static void a_request_may_arrive_byte_by_byte(void **state)
{
    struct desk *desk = *state;
    static const uint8_t request[] = {'a', 0,   0,   0, 4, 'e', 'c', 'h', 'o', 'i', 0, 0, 0,
                                      1,   'x', 'i', 0, 0, 0,   0,   'e', 0,   0,   0, 0};
    int descriptor = raw_connection(desk);
    for (size_t i = 0; i < sizeof(request); i++) {
        assert_int_equal(send(descriptor, request + i, 1, 0), 1);
        for (int turn = 0; turn < 3; turn++)
            uv_run(&desk->loop, UV_RUN_NOWAIT);
    }
    uint8_t answer[CONTROL_HEAD_SIZE + 1];
    assert_int_equal(desk->calls, 1);
    assert_int_equal(recv(descriptor, answer, sizeof(answer), 0), sizeof(answer));
    assert_int_equal(answer[CONTROL_HEAD_SIZE], 'x');
    close(descriptor);
}

static void a_daemon_that_stops_inside_a_command_ends_the_call(void **state)
{
    struct desk *desk = *state;
    struct call call;
    call_start(desk, &call, "stop", BYTES_NONE);
    call_end(desk, &call);
    assert_int_equal(call.err, ERR_IO);
    call_release(&call);
}

static void a_path_too_long_for_a_socket_is_refused_with_a_remedy(void **state)
{
    struct desk *desk = *state;
    char path[200];
    struct problem problem = {0};
    struct control_server *server = NULL;
    memset(path, 'p', sizeof(path));
    path[CONTROL_PATH_SIZE_MAX + 1] = '\0';
    assert_int_equal(control_listen(&desk->loop, path, handle, desk, &server, &problem), ERR_LIMIT);
    assert_non_null(strstr(problem.remedy, "shorter"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_command_gets_its_output_and_its_status, setup, teardown),
        cmocka_unit_test_setup_teardown(large_input_and_large_answers_arrive_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(more_clients_than_places_are_all_answered, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_listening_is_said_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stale_socket_is_replaced_but_a_live_one_is_not, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_socket_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(the_socket_is_for_its_owner_only, setup, teardown),
        cmocka_unit_test_setup_teardown(another_user_is_not_answered, setup, teardown),
        cmocka_unit_test_setup_teardown(an_oversized_or_strange_request_is_refused_by_its_head,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(half_a_request_does_nothing_and_stops_nobody, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_request_may_arrive_byte_by_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(a_daemon_that_stops_inside_a_command_ends_the_call, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_path_too_long_for_a_socket_is_refused_with_a_remedy,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
