/* test_zap.c - every question is answered: by the caller for a well-formed one, with a refusal for
 * any other. */
#include "io/zap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <zmq.h>

#include <cmocka.h>

#include "io/zsock_parts.h"

enum { DEADLINE_MS = 30000 };

struct desk {
    uv_loop_t loop;
    uv_timer_t deadline;
    bool is_late;
    struct zcontext *context;
    struct zap *zap;
    void *asker;
    uint8_t admitted[ZSOCK_KEY_SIZE];
    char status[16], user[100];
};

static bool admits(void *context, struct bytes key)
{
    const struct desk *desk = context;
    return bytes_equal(key, bytes_of(desk->admitted, ZSOCK_KEY_SIZE));
}

static int setup(void **state)
{
    struct desk *desk = calloc(1, sizeof(*desk));
    memset(desk->admitted, 0xab, sizeof(desk->admitted));
    uv_loop_init(&desk->loop);
    uv_timer_init(&desk->loop, &desk->deadline);
    desk->deadline.data = desk;
    assert_int_equal(zcontext_open(&desk->context), OK);
    assert_int_equal(zap_open(&desk->loop, desk->context, admits, desk, &desk->zap), OK);
    desk->asker = zmq_socket(desk->context->zmq, ZMQ_REQ);
    assert_int_equal(zmq_connect(desk->asker, "inproc://zeromq.zap.01"), 0);
    *state = desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    int zero = 0;
    zmq_setsockopt(desk->asker, ZMQ_LINGER, &zero, sizeof(zero));
    zmq_close(desk->asker);
    zap_close(desk->zap);
    zcontext_close(desk->context);
    uv_close((uv_handle_t *)&desk->deadline, NULL);
    uv_run(&desk->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&desk->loop);
    free(desk);
    return rc;
}

static void on_deadline(uv_timer_t *timer)
{
    ((struct desk *)timer->data)->is_late = true;
}

static size_t receive(struct desk *desk, char *out, size_t out_size)
{
    int size = zmq_recv(desk->asker, out, out_size - 1, ZMQ_DONTWAIT);
    assert_true(size >= 0 && (size_t)size < out_size);
    out[size] = '\0';
    return (size_t)size;
}

/* Asks with these frames (NULL ends) and leaves the answer's status and User-Id in the desk. */
static void ask(struct desk *desk, const char *const *frames, struct bytes credential)
{
    for (; *frames; frames++) {
        int more = frames[1] || credential.data ? ZMQ_SNDMORE : 0;
        assert_true(zmq_send(desk->asker, *frames, strlen(*frames), more) >= 0);
    }
    if (credential.data)
        assert_true(zmq_send(desk->asker, credential.data, credential.size, 0) >= 0);
    uv_timer_start(&desk->deadline, on_deadline, DEADLINE_MS, 0);
    int events = 0;
    while (!(events & ZMQ_POLLIN) && !desk->is_late) {
        size_t size = sizeof(events);
        uv_run(&desk->loop, UV_RUN_NOWAIT);
        assert_int_equal(zmq_getsockopt(desk->asker, ZMQ_EVENTS, &events, &size), 0);
    }
    assert_false(desk->is_late);
    char text[300];
    receive(desk, text, sizeof(text));
    assert_string_equal(text, "1.0");
    receive(desk, text, sizeof(text));
    receive(desk, desk->status, sizeof(desk->status));
    receive(desk, text, sizeof(text));
    receive(desk, desk->user, sizeof(desk->user));
    assert_int_equal(receive(desk, text, sizeof(text)), 0);
}

static const char *const good[] = {"1.0", "7", ZSOCK_ZAP_DOMAIN, "127.0.0.1", "", "CURVE", NULL};

static void an_admitted_key_gets_in_under_its_own_name(void **state)
{
    struct desk *desk = *state;
    char name[ZSOCK_KEY_TEXT_SIZE];
    struct bytes key = bytes_of(desk->admitted, ZSOCK_KEY_SIZE);
    ask(desk, good, key);
    assert_string_equal(desk->status, "200");
    assert_string_equal(desk->user, hex_text(key, name, sizeof(name)));
}

static void an_unknown_key_is_refused_without_a_name(void **state)
{
    struct desk *desk = *state;
    uint8_t other[ZSOCK_KEY_SIZE] = {1};
    ask(desk, good, bytes_of(other, sizeof(other)));
    assert_string_equal(desk->status, "400");
    assert_string_equal(desk->user, "");
}

static void any_other_mechanism_or_domain_is_refused(void **state)
{
    struct desk *desk = *state;
    struct bytes key = bytes_of(desk->admitted, ZSOCK_KEY_SIZE);
    const char *const null_mechanism[] = {"1.0", "7", ZSOCK_ZAP_DOMAIN, "::1", "", "NULL", NULL};
    const char *const plain[] = {"1.0", "7", ZSOCK_ZAP_DOMAIN, "::1", "", "PLAIN", "user", NULL};
    const char *const domain[] = {"1.0", "7", "elsewhere", "127.0.0.1", "", "CURVE", NULL};
    ask(desk, null_mechanism, BYTES_NONE);
    assert_string_equal(desk->status, "400");
    ask(desk, plain, bytes_of_text("secret"));
    assert_int_equal(desk->status[0] == '2', 0);
    ask(desk, domain, key);
    assert_string_equal(desk->status, "400");
}

static void a_malformed_request_is_answered_and_the_next_one_too(void **state)
{
    struct desk *desk = *state;
    struct bytes key = bytes_of(desk->admitted, ZSOCK_KEY_SIZE);
    static uint8_t large[5000];
    const char *const version[] = {"2.0", "7", ZSOCK_ZAP_DOMAIN, "127.0.0.1", "", "CURVE", NULL};
    const char *const brief[] = {"1.0", NULL};
    const char *const lengthy[] = {
        "1.0", "7", ZSOCK_ZAP_DOMAIN, "", "", "CURVE", "a credential of thirty-two bytes", NULL};
    const struct {
        const char *const *frames;
        struct bytes credential;
    } cases[] = {
        {version, key},
        {brief, BYTES_NONE},
        {lengthy, key},
        {good, BYTES_NONE},
        {good, bytes_of(desk->admitted, ZSOCK_KEY_SIZE - 1)},
        {good, bytes_of(large, sizeof(large))},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        ask(desk, cases[i].frames, cases[i].credential);
        assert_string_equal(desk->status, "500");
        assert_string_equal(desk->user, "");
    }
    ask(desk, good, key);
    assert_string_equal(desk->status, "200");
}

static void a_second_handler_is_refused(void **state)
{
    struct desk *desk = *state;
    struct zap *second = NULL;
    assert_int_equal(zap_open(&desk->loop, desk->context, admits, desk, &second), ERR_BUSY);
    assert_null(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_admitted_key_gets_in_under_its_own_name, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_unknown_key_is_refused_without_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(any_other_mechanism_or_domain_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_malformed_request_is_answered_and_the_next_one_too, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_second_handler_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
