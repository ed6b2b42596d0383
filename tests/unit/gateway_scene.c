/* gateway_scene.c - see gateway_scene.h. */
#include "gateway_scene.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { DEADLINE_MS = 60000, ANSWER_SIZE = 3 << 20 };

/* The digits text begins with. */
static int number_of(const char *text)
{
    uint64_t number = 0;
    assert_int_equal(u64_parse(bytes_of(text, strspn(text, "0123456789")), 65535, &number), OK);
    return (int)number;
}

static void put(const struct gateway_scene *scene, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", scene->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void drop(const struct gateway_scene *scene, const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", scene->folder, name);
    assert_int_equal(remove(path), 0);
}

static void on_deadline(uv_timer_t *timer)
{
    ((struct gateway_scene *)timer->data)->is_late = true;
}

void gateway_scene_answer(struct gateway_scene *scene, gateway_ticket ticket)
{
    gateway_answer(scene->gateway, ticket,
                   &(struct gateway_reply){.status = 200,
                                           .type = "application/json; charset=utf-8",
                                           .body = buffer_bytes(&scene->body)});
}

static void on_request(void *context, gateway_ticket ticket, const struct route *route,
                       const struct visitor *visitor)
{
    struct gateway_scene *scene = context;
    assert_true(scene->ticket_count < GATEWAY_SCENE_TICKETS);
    scene->tickets[scene->ticket_count++] = ticket;
    scene->route = *route;
    scene->visitor = *visitor;
    if (scene->answers)
        gateway_scene_answer(scene, ticket);
}

static enum err on_grants_changed(void *context)
{
    struct gateway_scene *scene = context;
    scene->writes++;
    return scene->write_fails ? ERR_FULL : OK;
}

enum err gateway_scene_open(struct gateway_scene *scene, const char *address, bool insecure,
                            struct gateway **out)
{
    struct problem problem = {0};
    struct gateway_options options = {.loop = &scene->loop,
                                      .address = address,
                                      .assets = scene->assets,
                                      .grants = scene->grants,
                                      .stream = scene->stream,
                                      .insecure_http = insecure,
                                      .certificate_path = scene->certificate_path,
                                      .key_path = scene->key_path,
                                      .names = {"wall.example"},
                                      .name_count = 1};
    struct gateway_handlers handlers = {scene, on_request, on_grants_changed};
    enum err err = gateway_open(&options, &handlers, out, &problem);
    assert_true(err == OK || (problem.text[0] && problem.remedy[0]));
    return err;
}

void gateway_scene_find_port(struct gateway_scene *scene)
{
    scene->port = number_of(strrchr(gateway_address(scene->gateway), ':') + 1);
}

int gateway_scene_setup(void **state)
{
    struct gateway_scene *scene = calloc(1, sizeof(*scene));
    struct problem problem = {0};
    (void)snprintf(scene->folder, sizeof(scene->folder), "/tmp/huoshui-gateway-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    put(scene, "index.html", "<!doctype html>活水");
    put(scene, "wall.js", "let a = 1;");
    put(scene, "wall.js.gz", "zipped");
    assert_int_equal(assets_open(scene->folder, &scene->assets, &problem), OK);
    scene->grants = grants_new();
    scene->stream = stream_new(1 << 20);
    scene->answers = true;
    buffer_add_text(&scene->body, "{}");
    uv_loop_init(&scene->loop);
    uv_timer_init(&scene->loop, &scene->deadline);
    scene->deadline.data = scene;
    uv_timer_start(&scene->deadline, on_deadline, DEADLINE_MS, 0);
    assert_int_equal(gateway_scene_open(scene, "127.0.0.1:0", false, &scene->gateway), OK);
    gateway_scene_find_port(scene);
    *state = scene;
    return 0;
}

int gateway_scene_teardown(void **state)
{
    struct gateway_scene *scene = *state;
    gateway_close(scene->gateway);
    uv_close((uv_handle_t *)&scene->deadline, NULL);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&scene->loop); /* 0: nobody has left a handle */
    drop(scene, "index.html");
    drop(scene, "wall.js");
    drop(scene, "wall.js.gz");
    assert_int_equal(rmdir(scene->folder), 0);
    assets_free(scene->assets);
    grants_free(scene->grants);
    stream_free(scene->stream);
    buffer_release(&scene->body);
    free(scene);
    return rc;
}

void gateway_scene_turn(struct gateway_scene *scene)
{
    assert_false(scene->is_late);
    uv_run(&scene->loop, UV_RUN_ONCE);
}

/* A browser: a socket that never blocks. */
int client_call(struct gateway_scene *scene)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address;
    assert_int_equal(uv_ip4_addr("127.0.0.1", scene->port, &address), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    return client;
}

void client_never_blocks(int client)
{
    assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
}

void client_say(int client, const char *text)
{
    ssize_t sent = send(client, text, strlen(text), MSG_NOSIGNAL);
    assert_int_equal(sent, strlen(text));
}

/* Reads until the text holds until, or its end when until is NULL. */
char *client_hear(struct gateway_scene *scene, int client, const char *until)
{
    char *text = calloc(1, ANSWER_SIZE);
    size_t size = 0;
    for (;;) {
        ssize_t got = recv(client, text + size, ANSWER_SIZE - 1 - size, MSG_DONTWAIT);
        if (got == 0)
            break;
        size += got > 0 ? (size_t)got : 0;
        if (until && strstr(text, until))
            break;
        if (got < 0)
            gateway_scene_turn(scene);
    }
    return text;
}

char *client_ask(struct gateway_scene *scene, const char *request)
{
    int client = client_call(scene);
    client_say(client, request);
    char *text = client_hear(scene, client, NULL);
    (void)close(client);
    return text;
}

int client_status(struct gateway_scene *scene, const char *request)
{
    char *text = client_ask(scene, request);
    int status = strncmp(text, "HTTP/1.1 ", 9) == 0 ? number_of(text + 9) : 0;
    assert_non_null(strstr(text, "Content-Security-Policy: default-src 'none';"));
    assert_non_null(strstr(text, "X-Content-Type-Options: nosniff\r\n"));
    if (status >= 400)
        assert_non_null(strstr(text, "\"remedy\":\""));
    free(text);
    return status;
}
