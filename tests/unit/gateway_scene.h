/*
 * gateway_scene.h - a gateway on a loop of its own, a folder of pages, and clients that never
 * block: the loop turns while they wait.
 */
#pragma once

#include <uv.h>

#include "display/gateway.h"

enum { GATEWAY_SCENE_TICKETS = 100 };

struct gateway_scene {
    uv_loop_t loop;
    uv_timer_t deadline;
    bool is_late, answers, write_fails;
    char folder[64];
    struct assets *assets;
    struct grants *grants;
    struct stream *stream;
    struct gateway *gateway;
    gateway_ticket tickets[GATEWAY_SCENE_TICKETS];
    size_t ticket_count, writes;
    struct route route;
    struct visitor visitor;
    struct buffer body;
    int port;
    const char *certificate_path, *key_path; /* NULL: no TLS */
};

int gateway_scene_setup(void **state);
int gateway_scene_teardown(void **state); /* fails when a handle is left */
enum err gateway_scene_open(struct gateway_scene *scene, const char *address, bool insecure,
                            struct gateway **out);
void gateway_scene_answer(struct gateway_scene *scene, gateway_ticket ticket);
void gateway_scene_turn(struct gateway_scene *scene);
void gateway_scene_find_port(struct gateway_scene *scene); /* of its gateway */

int client_call(struct gateway_scene *scene);
void client_never_blocks(int client);
void client_say(int client, const char *text);
/* Reads until the text holds until, or its end when until is NULL. The caller frees. */
char *client_hear(struct gateway_scene *scene, int client, const char *until);
char *client_ask(struct gateway_scene *scene, const char *request);
/* Every answer carries the security headers, every refusal a remedy. */
int client_status(struct gateway_scene *scene, const char *request);

#define HOST  "Host: 127.0.0.1\r\n"
#define CLOSE HOST "Connection: close\r\n\r\n"
/* As somebody who comes by name: loopback's right is for a loopback Host only. */
#define REMOTE "Host: wall.example:8600\r\nConnection: close\r\n"
