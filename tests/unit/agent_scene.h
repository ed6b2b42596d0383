/*
 * agent_scene.h - a county's directory made by init, a city that enrols it, and a courier whose
 * port is a list of the frames it has sent.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/commands.h"

enum { SCENE_WALL_MS = 1664504400, SCENE_FRAMES_MAX = 64 };

struct agent_scene {
    char root[64], directory[80];
    struct home home;
    struct courier courier;
    bool is_running, is_connected, is_full;
    uint64_t now_ms;
    struct buffer sent[SCENE_FRAMES_MAX]; /* frames, in order */
    size_t sent_count, looked_at;
    struct arena arena;
    uint8_t city_sign[32], city_curve[32];
    struct signer *city;
    struct buffer out, error;
    struct control_answer answer;
};

void agent_scene_open_home(struct agent_scene *scene);
int agent_scene_setup(void **state);
void agent_scene_stop(struct agent_scene *scene);
int agent_scene_teardown(void **state);

/* ---- commands ---- */

int agent_scene_ask(struct agent_scene *scene, const struct control_request *request);
const char *agent_scene_said(const struct agent_scene *scene);
const char *agent_scene_complained(const struct agent_scene *scene);
int agent_scene_submit(struct agent_scene *scene, const char *lines);
void agent_scene_note(struct agent_scene *scene, const char *text);
/* What the city writes for these keys. */
void agent_scene_welcome(struct agent_scene *scene, const struct identity *identity, uint32_t epoch,
                         struct buffer *out);
/* word: join or rejoin. */
int agent_scene_join(struct agent_scene *scene, const char *word, uint32_t epoch);

/* ---- the courier ---- */

void agent_scene_turn(struct agent_scene *scene);
void agent_scene_start(struct agent_scene *scene);
/* The next frame that was sent is of this kind. */
struct frame agent_scene_sent(struct agent_scene *scene, enum frame_kind kind);
void agent_scene_sent_nothing(const struct agent_scene *scene);
void agent_scene_tell(struct agent_scene *scene, const struct frame *frame);
/* Up to the hello, which it gives. */
struct hello agent_scene_greet(struct agent_scene *scene);
void agent_scene_tell_welcome(struct agent_scene *scene, uint64_t have_seq,
                              const struct hash *chain, const char *token);
void agent_scene_tell_ack(struct agent_scene *scene, uint64_t have_seq,
                          struct ack_refusal *refusals, size_t refusal_count);
/* What is on the disk, whatever is in memory. */
struct outbox_state agent_scene_stored(const struct agent_scene *scene);
